"""Which words are forms of one given name, and whose son or daughter a father's name tells of."""

# ruff: noqa: RUF001 -- letters that look alike are the subject of these tests

import importlib.util
import random
import subprocess
import sys
import unicodedata
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.matching import population
from homeward.matching.classes import (
    FANOUT_MAX,
    LEVELS,
    USUAL,
    canonical,
    family_groups,
    father_classes,
    given_classes,
    is_family,
    is_father_name,
    is_given,
    languages,
    name_class,
    sex_of_father_name,
    table_version,
)

ROOT = Path(__file__).resolve().parents[3]
TABLES = resources.files("homeward.matching").joinpath("tables")
BYTES_MAX = {
    "given.tsv": 1_000_000,
    "given.index": 1_500_000,
    "family.words": 1_000_000,
    "family.groups": 1_000_000,
    "population.toml": 50_000,
}


def names(links, level=None):
    return {canonical(link.class_id) for link in links if level in (None, link.level)}


def worse_of_best(one, other):
    """Return the level at which two words are one name: the worse of the two, the best class."""
    there = {link.class_id: link.level for link in given_classes(other)}
    met = [
        max(LEVELS.index(link.level), LEVELS.index(there[link.class_id]))
        for link in given_classes(one)
        if link.class_id in there
    ]
    return LEVELS[min(met)] if met else None


@pytest.mark.parametrize(
    "forms",
    [
        "Микола Николай Мікалай Mykola Nikolai Nikolay Nikolaj Mikalai نيكولاي",
        "Олександр Александр Аляксандр Oleksandr Aleksandr Alexander Aliaksandr الكسندر",
        "Сергій Сергей Сяргей Serhii Sergey Sergiy Serguei Sergej Siarhei سيرغي",
        "Дмитро Дмитрий Дзмітрый Dmytro Dmitry Dmitrii Dmitrij",
        "Євген Евгений Яўген Yevhen Ievgen Evgeny Evgenii Jewgeni Yevheniy",
        "Ганна Анна Hanna Anna",
        "Ілля Илья Illia Ilya Ilja Ilia",
        "Данило Даниил Данила Danylo Daniil Danila",
        "Юхим Ефим Yukhym Yefim",
        "Мухаммад Магомед Мухаммед محمد Mohammed Magomed Muhammad",
        "Хусейн Гусейн Усеїн حسين Hussein Huseyn",
        "Георгій Георгий გიორგი Giorgi Georgii",
        "Оганес Ованнес Հովհաննես Hovhannes",
        "Шавкат Шевкет Shevket Shavkat",
    ],
)
def test_official_forms_of_one_name_are_the_same_in_every_language(forms):
    first, *others = forms.split()
    assert {form: worse_of_best(first, form) for form in others} == dict.fromkeys(others, "same")


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Юрій", "Георгій", "variant"),
        ("Юрий", "Егор", "variant"),
        ("Георгий", "Yehor", "variant"),
        ("Микола", "Nicolas", "variant"),
        ("Петро", "Peter", "variant"),
        ("Артем", "Артемій", "variant"),
        ("Панас", "Опанас", "variant"),
        ("Рамзан", "Рамазан", "variant"),
        ("Саша", "Олександр", "diminutive"),
        ("Саша", "Олександра", "diminutive"),
        ("Sasha", "Александр", "diminutive"),
        ("Володя", "Володимир", "diminutive"),
        ("Вова", "Владимир", "diminutive"),
        ("Влад", "Владислав", "diminutive"),
        ("Влад", "Володимир", "diminutive"),
        ("Нюра", "Ганна", "diminutive"),
        ("Богдан", "Богдана", None),
        ("Валерій", "Валерія", None),
        ("Артемій", "Арсентій", None),
        ("Юрій", "Юхим", None),
        ("Роман", "Рамазан", None),
        ("Микола", "Микита", None),
        ("Денис", "Демид", None),
    ],
)
def test_the_level_tells_how_sure_two_words_are_one_name(one, other, level):
    assert worse_of_best(one, other) == level
    assert worse_of_best(other, one) == level


@pytest.mark.parametrize(
    "spellings",
    [
        "Mykola Mykoła Nikolai Nikolay Nikolaj Nikolaï",  # KMU, Polish, ICAO, BGN, ISO, French
        "Yurii Iurii Yuriy Jurij Iouri Youri Juri",
        "Zakhar Zahar Zachar Sachar",  # KMU, ISO 9, scientific, German
        "Trokhym Trohym Trochym",
        "Serhiy Serhii Serhij Serhïj",
        "Yaroslav Iaroslav Jaroslav Jaroslaw",
        "Zhanna Žanna Janna",
    ],
)
def test_every_table_of_romanisation_leads_to_the_name(spellings):
    first, *others = spellings.split()
    assert {word: worse_of_best(first, word) for word in others} == dict.fromkeys(others, "same")


@pytest.mark.parametrize(
    ("father", "forms"),
    [
        ("Микола", "Миколайович Николаевич Мікалаевіч Mykolaiovych Nikolayevich Nikolajewitsch"),
        ("Микола", "Миколаївна Николаевна Мікалаеўна Mykolaivna Nikolaevna Миколович"),
        ("Яків", "Якович Яковлевич Яківна Яковлевна Iakovlevich Yakovych"),
        ("Ілля", "Ілліч Ильич Іллівна Ильинична Illich Ilyich Ilinichna"),
        ("Лев", "Львович Львівна Львовна Lvovych"),
        ("Лука", "Лукич Лукинична Lukych"),
        ("Микита", "Микитович Никитич Никитична"),
        ("Григорій", "Григорович Григорьевич Hryhorovych Grigorievich Рыгоравіч"),
        ("Сергій", "Сергійович Сергеевич Serhiiovych Sergeevich Sergueïevitch Сергіївна"),
        ("Василь", "Васильович Васильевич Vasylovych Wassiljewitsch Васілевіч"),
        ("Федір", "Федорович Фёдорович Fedorovych Федорівна"),
        ("Мухаммад", "Магомедович Мухаммедович Magomedovich Магомедовна"),
        ("Мамед", "Мамедоглы Мамедогли Mamedoglu Mammadoğlu Мамедкызы"),
        ("Алі", "Алиевич Алійович Алиоглы Alioğlu"),
        ("Артем", "Артемович Артёмович Artemovych"),
        ("Артемій", "Артемійович Артемьевич"),
    ],
)
def test_a_fathers_name_leads_to_the_fathers_given_name(father, forms):
    found = {form: names(father_classes(form)) for form in forms.split()}
    assert [form for form, classes in found.items() if father not in classes] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Артемович", "Арсентійович"),
        ("Михайлович", "Миколайович"),
        ("Антонович", "Антипович"),
        ("Романович", "Рамазанович"),
        ("Петрович", "Павлович"),
        ("Артемович", "Артемійович"),
    ],
)
def test_fathers_names_of_two_names_share_no_class(one, other):
    assert names(father_classes(one)).isdisjoint(names(father_classes(other)))


@pytest.mark.parametrize(
    ("sex", "forms"),
    [
        ("male", "Миколайович Ильич Mykolaiovych Nikolaevich Мікалаевіч Мамедоглы огли oğlu بن"),
        ("female", "Миколаївна Ильинична Mykolaivna Nikolaevna Мікалаеўна кизи qızı بنت Мамедкызы"),
        ("", "Микола Шевченко Ткач Nikolai محمد"),
    ],
)
def test_the_ending_of_a_fathers_name_tells_the_bearers_sex(sex, forms):
    assert {sex_of_father_name(form) for form in forms.split()} == {sex}


def test_words_are_known_by_what_they_are():
    assert all(map(is_given, ["Микола", "Olena", "Саша", "Магомед", "გიორგი"]))
    assert all(
        map(is_father_name, ["Петрович", "Миколаївна", "Ильич", "Невідоміївна", "Сергеевич"])
    )
    assert not any(map(is_father_name, ["Рабинович", "Новик", "Павлик", "Шевченко", "Микола"]))
    assert all(map(is_family, ["Шевченко", "Shevchenko", "Ковальский", "Мельник", "Kovalskyi"]))


def test_fewer_than_one_word_in_a_thousand_passes_for_a_family_name_by_chance():
    draw = random.Random(4)
    made = ["".join(draw.choices("бвгджзклмнпрстфхцчшщ", k=9)) for _ in range(20_000)]
    assert sum(map(is_family, made)) < 20


def test_spellings_that_no_table_connects_meet_in_a_group():
    assert set(family_groups("Эйзенхауэр")) & set(family_groups("Eisenhower"))
    assert not set(family_groups("Эйзенхауэр")) & set(family_groups("Roosevelt"))


def test_the_languages_of_a_form_are_told():
    class_id = given_classes("Микола")[0].class_id
    assert languages(class_id, "Микола") == ("uk",)
    assert languages(class_id, "Николай") == ("ru",)
    assert "uk" in languages(class_id, "Mykola")
    assert languages(class_id, "Coke") == ()


def test_a_link_tells_its_rule():
    assert {link.rule for link in given_classes("Микола")} == {"as written"}
    assert all("KMU 2010" in link.rule for link in given_classes("Mykola") if link.level == "same")


def test_there_is_no_class_of_a_negative_number():
    with pytest.raises(IndexError):
        canonical(-1)


@pytest.mark.parametrize("text", ["", "'", "-", "1917", " "])
def test_text_without_a_letter_is_nobodys_name(text):
    assert (given_classes(text), father_classes(text), sex_of_father_name(text)) == ((), (), "")
    assert not any(is_it(text) for is_it in (is_given, is_father_name, is_family))
    assert family_groups(text) == ()


KNOWN = st.sampled_from(
    ["Микола", "В'ячеслав", "Мар’ян", "Йосип", "Артём", "Юлія", "Hryhorii", "Žanna", "Ғали"]
)
FATHERS = st.sampled_from(["Миколайович", "Іллівна", "Фёдорович", "Артёмовна", "Serhiïvna"])


@given(KNOWN, FATHERS, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_case_and_canonical_form_do_not_matter(word, father, form):
    for changed in (word.upper(), word.lower(), word):
        assert given_classes(unicodedata.normalize(form, changed)) == given_classes(word)
    for changed in (father.upper(), father.lower(), father):
        assert father_classes(unicodedata.normalize(form, changed)) == father_classes(father)


@given(st.text(max_size=12))
def test_any_text_is_answered_within_bounds(text):
    links = given_classes(text)
    assert len(links) <= FANOUT_MAX
    assert len({link.class_id for link in links}) == len(links)
    assert [LEVELS.index(link.level) for link in links] == sorted(
        LEVELS.index(link.level) for link in links
    )
    father_classes(text)
    is_family(text)


def test_every_row_is_found_by_its_own_first_form():
    lines = TABLES.joinpath("given.tsv").read_text("utf-8").splitlines()
    rows = [line for line in lines if not line.startswith("#")]
    lost = []
    for class_id in range(0, len(rows), 7):
        row = name_class(class_id)
        if class_id not in {link.class_id for link in given_classes(row.uk[0])}:
            lost.append(row.name)
    assert lost == []


def test_the_usual_names_are_those_written_by_hand():
    curated = TABLES.joinpath("given.tsv").read_text("utf-8").splitlines()[1]
    assert USUAL <= int(curated.removeprefix("# curated: ")) < USUAL + 100


def test_no_table_is_larger_than_its_bound():
    sizes = {name: len(TABLES.joinpath(name).read_bytes()) for name in BYTES_MAX}
    assert {name: size for name, size in sizes.items() if size > BYTES_MAX[name]} == {}


def test_the_version_names_the_bytes():
    assert len(table_version()) == 16
    assert table_version() == table_version()


def test_the_index_is_what_the_readable_table_and_the_present_keys_make(tmp_path):
    """Make the index again, in a process of its own, for the tool is no package."""
    tool = ROOT / "tools/names_tables/write.py"
    if not tool.is_file():
        pytest.skip(f"needs {tool}")
    made = tmp_path / "given.index"
    script = (
        "import sys; sys.path[:0] = sys.argv[1:3]\n"
        "import pathlib, write\n"
        "text = pathlib.Path(sys.argv[3]).read_text('utf-8')\n"
        "pathlib.Path(sys.argv[4]).write_bytes(write.index(text))\n"
    )
    source = Path(importlib.util.find_spec("homeward").origin).parent.parent
    table = source / "homeward/matching/tables/given.tsv"
    arguments = [str(tool.parent), str(source), str(table), str(made)]
    subprocess.run([sys.executable, "-c", script, *arguments], check=True)
    message = "letters or readings changed: run tools/names_tables/build"
    assert made.read_bytes() == TABLES.joinpath("given.index").read_bytes(), message


def test_the_commonest_names_have_their_bearers():
    family, men = population.family_bearers(), population.given_bearers()
    assert family["ivanov"] > family["melnik"] > 0
    assert men[given_classes("Александр")[0].class_id] > men[given_classes("Назар")[0].class_id]
    assert all(0 < bearers < 20_000 for bearers in (*family.values(), *men.values()))
