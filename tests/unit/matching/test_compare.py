# ruff: noqa: RUF001 -- letters that look alike are the subject of these tests

import pytest

from homeward.matching.compare import PARTS, compare, compare_all
from homeward.matching.evidence import LEVELS, evidence

ONE_PERSON = [
    ("Кравченко Олександр Миколайович", "Кравченко Александр Николаевич"),
    ("Кравченко Олександр Миколайович", "KRAVCHENKO Aleksandr Nikolaevich"),
    ("Григорій Хоменко", "Hryhorii Khomenko"),
    ("Григорій Хоменко", "Grigory Homenko"),
    ("Юхим Щербина", "Juchym Ščerbyna"),
    ("Сергій Ковальський", "Sergey Kovalskiy"),
    ("Ковальов Артем", "Ковалёв Артём"),
    ("Шевченко Ганна Іванівна", "Shevchenko Anna Ivanovna"),
    ("Алієв Мамед Гасан огли", "Алиев Мамед Гасан оглы"),
    ("Гиорги Чавчавадзе", "გიორგი ჭავჭავაძე"),
    ("Іванов Віктор", "Ivanow Wiktor"),
]
TWO_PEOPLE = [
    ("Кравченко Олександр Миколайович", "Кравченко Сергій Миколайович"),  # brothers
    ("Кравченко Олександр Миколайович", "Кривченко Олександр Миколайович"),
    ("Кравченко Олександр Миколайович", "Кравченко Олександр Михайлович"),
    ("Прихожа Семен Артемійович", "Prykhozha Semen Arsentiiovych"),
    ("Шевчук Іван", "Савчук Іван"),
    ("Микола Бондар", "Михайло Бондар"),
    ("Іван Петрович Коваль", "Петро Іванович Коваль"),  # father and son
]


@pytest.mark.parametrize(("one", "other"), ONE_PERSON)
def test_spellings_of_one_name_score_high(one, other):
    assert compare(one, other).score > 0.8


@pytest.mark.parametrize(("one", "other"), TWO_PEOPLE)
def test_names_of_two_people_score_low(one, other):
    assert compare(one, other).score < 0.3


def test_a_missing_fathers_name_says_nothing():
    found = compare("Кравченко Олександр Миколайович", "Kravchenko Oleksandr")
    assert {reason.part for reason in found.reasons} == {"family", "given"}
    assert found.score > 0.8


def test_a_short_form_speaks_weaker_than_the_name():
    short = evidence("given", "саша", "олександр")
    whole = evidence("given", "александр", "олександр")
    assert (short.level, whole.level) == ("diminutive", "same_name")


def test_reasons_name_the_table_and_add_up():
    found = compare("Григорій Хоменко", "Hryhorii Khomenko")
    assert [reason.part for reason in found.reasons] == ["family", "given"]
    assert "Хоменко = Khomenko" in found.reasons[0].sentence
    assert "KMU 2010" in found.reasons[0].sentence
    assert all(reason.bits > 0 for reason in found.reasons)


def test_a_name_without_a_word_scores_nothing():
    assert compare("", "Іван").score == 0
    assert compare(" - ", "()").reasons == ()


def test_many_pairs_score_as_one_by_one():
    pairs = [*ONE_PERSON, *TWO_PEOPLE]
    assert compare_all(pairs) == [compare(one, other) for one, other in pairs]


@pytest.mark.parametrize(
    ("part", "one", "other", "level"),
    [
        ("family", "кравченко", "kravchenko", "same"),
        ("family", "homenko", "хоменко", "table"),
        ("family", "ковальська", "kovalskaia", "ending"),
        ("family", "іванов", "иванова", "other_ending"),
        ("family", "попівчак", "поповчак", "alternating"),
        ("family", "слипенко", "слипченко", "near_2"),
        ("family", "коваль", "щербина", "other"),
        ("given", "микола", "николай", "same_name"),
        ("given", "богдан", "борис", "other_name"),
        ("given", "о", "олександр", "initial"),
        ("given", "о", "іван", "other_initial"),
        ("father", "миколайович", "николаевич", "same_name"),
        ("father", "іванович", "ивановна", "other_sex"),
        ("father", "артемійович", "арсентійович", "other_name"),
    ],
)
def test_two_words_reach_a_level(part, one, other, level):
    assert evidence(part, one, other).level == level
    assert evidence(part, other, one).level == level
    assert level in LEVELS
    assert part in PARTS
