"""Official tables of romanisation: our own examples, then every open vector of the tables we claim."""

# ruff: noqa: RUF001 -- letters that look alike are the subject of these tests

import csv
import re
import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.foundation.errors import InputError
from homeward.matching.romanise import LANGUAGES, romanise, systems

NAMES = {
    "ukr": "Ukrainian",
    "rus": "Russian",
    "bel": "Belarusian",
    "kat": "Georgian",
    "hye": "Armenian",
    "ara": "Arabic",
}
ALPHABETS = {
    "ukr": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "rus": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "bel": "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
    "kat": "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "hye": "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև",
    "ara": "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءآأؤإئ",
}

# The tables' own examples where we know them; else names of nobody.
OWN = [
    ("ukr-kmu-2010", "Згурський Юрій Їжакевич-Короп'є", "Zghurskyi Yurii Yizhakevych-Koropie"),
    ("ukr-un-2012", "Щербухи", "Shcherbukhy"),
    ("ukr-bgnpcgn-2019", "Знам’янка", "Znamianka"),
    ("ukr-icao-9303", "ЗГОРАНЬ ЄВГЕН", "ZHORAN YEVHEN"),
    ("ukr-passport-2007", "Євген Сергій Юлія", "Ievgen Sergii Iuliia"),
    ("ukr-ua-1996", "Щур'ян", "Schur”ian"),
    ("ukr-geodesy-1993", "Сьомаки", "Siomaky"),
    ("ukr-bgnpcgn-1965", "Згурський Юрій", "Z·hurs’kyy Yuriy"),
    ("ukr-odni-2015", "Кость Щур'ян", "Kost Shchuryan"),
    ("ukr-alalc-1997", "Юрій Цап", "I͡Uriĭ T͡Sap"),
    ("ukr-un-1998", "Щука Їжак", "Ščuka Ìžak"),
    ("ukr-iso-9-1995", "Їжак Щука", "Ïžak Ŝuka"),
    ("ukr-dstu-9112-2021-a", "Ґедзь Гнат Щука", "Gedzj Ğnat Ŝuka"),
    ("ukr-dstu-9112-2021-b", "Хома Щука", "Khoma Shchuka"),
    ("ukr-scholarly", "Щука Хома Юрій", "Ščuka Xoma Jurij"),
    ("ukr-french", "Ющенко Жук", "Iouchtchenko Jouk"),
    ("ukr-german", "Ющенко Василь Зозуля", "Juschtschenko Wassyl Sosulja"),
    ("rus-icao-9303", "Подъячев Юрий", "Podieiachev Iurii"),
    ("rus-gost-52535-2006", "Царёв Подъячев", "Tcarev Podiachev"),
    ("rus-bgnpcgn-1947", "Елкин Муравьёв Сэм", "Yelkin Murav’yëv S·em"),
    ("rus-odni-2015", "Елкин Муравьёв", "Yelkin Muravyev"),
    ("rus-alalc-1997", "Юрий Ёлкин", "I͡Uriĭ Ëlkin"),
    ("rus-alalc-2012", "ЦАПЛИН", "T͡SAPLIN"),
    ("rus-gost-16876-1983", "Щукин", "Ščukin"),
    ("rus-un-1987", "Подъячев", "Pod”jačev"),
    ("rus-gost-779-2000-a", "Щукин", "Ŝukin"),
    ("rus-gost-779-2000-b", "Цыц Щукин Эхо", "Cy`cz Shhukin E`xo"),
    ("rus-iso-9-1995", "Подъячев Игорь", "Podʺâčev Igorʹ"),
    ("rus-oss-2017", "Ёж", "``Ezh"),
    ("rus-bss-2017", "Ручьи", "Ruchyi"),
    ("rus-by-mvd-2008", "Адъютантов", "Adjutantov"),
    ("rus-by-mvd-2010", "Игорь", "Igor"),
    ("rus-scholarly", "Хрущ", "Xrušč"),
    ("rus-french", "Сергей Гусев Пушкин", "Sergueï Goussev Pouchkine"),
    ("rus-german", "Зайцев Евгений Хрущёв", "Saizew Jewgeni Chruschtschow"),
    ("bel-by-2007", "Любань Вераб'ёвічы", "Liubań Vierabjovičy"),
    ("bel-by-1998", "Друць", "Druć"),
    ("bel-un-2007", "Юхнаўка", "Juchnaŭka"),
    ("bel-gki-2000", "Гомель", "Homiel'"),
    ("bel-gki-1992", "Канюхі", "Kanjuhi"),
    ("bel-mvd-2008", "Вераб’ёў", "Vierabjow"),
    ("bel-mvd-2010", "Міхаіл", "Mikhail"),
    ("bel-icao-9303", "Сяргей Кавалёў", "Siarhei Kavaliou"),
    ("bel-bgnpcgn-1979", "Гезгалы", "Hyez·haly"),
    ("bel-odni-2015", "Васіль Быкаў", "Vasil Bykaw"),
    ("bel-alalc-1997", "Лукашэнка Юры", "Lukashėnka I͡Ury"),
    ("kat-ggg-2002", "კაკაბაძე", "k’ak’abadze"),
    ("kat-bgnpcgn-2009", "ბაყაყი", "baq’aq’i"),
    ("kat-bgnpcgn-1981", "თქვენ კაცი", "t’k’ven kats’i"),
    ("kat-odni-2015", "კაკაბაძე", "kakabadze"),
    ("kat-alalc-1997", "ღრმა ⴑⴍⴊⴍⴋⴍⴌ", "ġrma solomon"),
    ("kat-alalc-2011", "ქვემო", "kʻvemo"),
    ("kat-iso-9984-1996", "ღრმა ჯართი", "ḡrma ǰart̕i"),
    ("kat-din-32707-2010", "ღრმა", "ġrma"),
    ("hye-bgnpcgn-1981", "Երևան Ոսկան Ղուկաս", "Yerevan Voskan Ghukas"),
    ("ara-alalc-1997", "مُصْطَفَى الرَّاشِد", "muṣṭafá al-rāshid"),
    ("ara-bgnpcgn-1956", "عَبْدُ الرَّحْمٰن", "‘Abd ar Raḩmān"),
    ("ara-un-1972", "الشَّارِقَة", "Ash Shāriqah"),
    ("ara-un-2017", "صَالِح", "S̱āliẖ"),
    ("ara-odni-2015", "القَذَّافِي عَبدُالرَحمَن", "Al Qadhafi ’Abd al Rahman"),
    ("ara-odni-2004", "نُور الدِّين", "Nur al Din"),
    ("ara-iso-233-2-1993", "الشَّمْسُ", "al-Šams"),
]

# The file of vectors names a table by its map; where our id is not language-authority-edition:
IDS = {
    "bas-rus-Cyrl-Latn-2017-bss": "rus-bss-2017",
    "bas-rus-Cyrl-Latn-2017-oss": "rus-oss-2017",
    "gost-rus-Cyrl-Latn-16876-71-1983": "rus-gost-16876-1983",
    "gost-rus-Cyrl-Latn-7.79-2000-2002": "rus-gost-779-2000-a",
    "mvd-rus-Cyrl-Latn-2008": "rus-by-mvd-2008",
    "mvd-rus-Cyrl-Latn-2010": "rus-by-mvd-2010",
    "stategeocadastre-ukr-Cyrl-Latn-1993": "ukr-geodesy-1993",
    "ua-ukr-Cyrl-Latn-2007": "ukr-passport-2007",
    "ua-ukr-Cyrl-Latn-2010": "ukr-kmu-2010",
}

# Marks of the vectors that are not those of the standard: (table, as in the vector, as it is, why).
CORRECTED = [
    ("rus-alalc-1997", "ǐ", "ĭ", "the vectors write a caron; the table has a breve"),
    ("rus-alalc-1997", "Ǐ", "Ĭ", "the vectors write a caron; the table has a breve"),
    ("rus-alalc-2012", "ǐ", "ĭ", "the vectors write a caron; the table has a breve"),
    ("rus-alalc-2012", "Ǐ", "Ĭ", "the vectors write a caron; the table has a breve"),
    ("rus-bgnpcgn-1947", 'b"y', "b”y", "one ъ is a straight quotation mark; the table has ”"),
    ("ara-un-2017", "'", "’", "one hamza is a straight apostrophe; the table has ’"),
    ("ukr-un-1998", "ı̀", "ì", "the mark of ì stands on an i without a dot"),
]

_PASSPORT = "the map behind it is that of 2010; the passports of 2007 spelt Ievgen, Iuliia, Sergii"
_VERB = "a verb's last vowel is not written; to add it needs a dictionary"
_K = "the vector marks კ, which the table of 1981 leaves bare (it marks ქ)"
EXCEPTIONS = {
    ("ukr-passport-2007", "ОЛЕКСАНДР ЯН"): _PASSPORT,
    ("ukr-passport-2007", "ЮЛІЯ"): _PASSPORT,
    ("ukr-passport-2007", "ЗГОРАНИ"): _PASSPORT,
    ("ukr-passport-2007", "ЙОРКШИР-ТЕР'ЄР"): _PASSPORT,
    ("ukr-passport-2007", "ЄНАКІЄВЕ"): _PASSPORT,
    ("ukr-alalc-1997", "Єнакієве"): "the table writes both letters of the ligature as capitals: I͡E",
    ("kat-bgnpcgn-1981", "ჯვავიაკვარა"): _K,
    ("kat-bgnpcgn-1981", "ლეკუხონა"): _K,
    ("ara-alalc-1997", "مَلَأ"): _VERB,
    ("ara-alalc-1997", "خَطِئ"): _VERB,
}
NOT_CLAIMED = {
    "ara-iso-233-1984": "its vectors leave out shadda and set the article apart, which ISO 233 does not",
    "ara-ses-1930": "two vectors, one of them a conventional spelling (Sheikh); its text is not at hand",
    "ara-un-1971": "four vectors show three of the letters in which it differs; its text is not at hand",
}
COUNTS = {"as they stand": 1349, "corrected": 26, "exception": 10, "not claimed": 12}

HEAD = """\
# Romanisation

How names of six languages are spelt in Latin letters, table by table. `homeward.matching.romanise`
reads the tables from `src/homeward/matching/tables/romanisation`, a file for each language, and spells
a text by any of them: `romanise("Щур'ян", "ukr-kmu-2010")` is `Shchurian`. The format of the files is
explained at the top of `romanise.py`. This page is made from them by `make golden`.

- Capitals are those of the text; a word all in capitals stays so. Arabic and Georgian have none:
  Arabic words get one where the table gives them one, Georgian words do not.
- What is not in the script of the table stays as it is.
- Arabic needs its vowel signs: without them a name has no one spelling. A word with ة before another
  word, and without the article, is read as joined to it (-at); two names of one person are not joined,
  so give them one by one.
- The tables are facts of the publications named beside them, written down for homeward in a format of its
  own. Of `ukr-geodesy-1993`, `ukr-un-1998` and `bel-gki-1992` the text was not at hand: test lines alone
  show them, and letters that no line shows are those of the nearest table.
- French and German spellings, and those of scholars, are usage: no authority binds them.
"""


def page():
    """Write the reference page: the tables, what the vectors say, what does not pass and why."""
    lines = [HEAD]
    for language in LANGUAGES:
        lines += [
            f"## {NAMES[language]}",
            "",
            "| id | table | authority | published |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| `{each.id}` | {each.name}, {each.edition} | {each.authority} | {each.citation} |"
            for each in systems().values()
            if each.language == language
        ]
        lines.append("")
    total = sum(COUNTS.values())
    lines += [
        "## Conformance",
        "",
        (
            f"Measured with the {total:,} test lines of interscript/maps for these languages: "
            f"{COUNTS['as they stand']:,} pass as they stand,"
        ),
        (
            f"{COUNTS['corrected']} once a mark in the line is corrected, {COUNTS['exception']} do not pass, "
            f"and {COUNTS['not claimed']} are of tables that we do not claim."
        ),
        "",
        "| table | line | why it does not pass |",
        "|---|---|---|",
        *(f"| `{table}` | {text} | {why} |" for (table, text), why in EXCEPTIONS.items()),
        *(f"| `{table}`, not claimed | all | {why} |" for table, why in NOT_CLAIMED.items()),
        "",
        "| table | in the line | corrected | why |",
        "|---|---|---|---|",
        *(f"| `{table}` | {was} | {correct} | {why} |" for table, was, correct, why in CORRECTED),
        "",
        "Of ICAO 9303 for Ukrainian and Russian, ISO 9, DSTU 9112, GOST 7.79 B, GOST R 52535.1 and the tables",
        "of usage there are no such lines; our own examples stand for them.",
    ]
    return "\n".join(lines) + "\n"


def vectors(folder):
    """Read the open vectors: the id of the table, the source, the target as the file has it."""
    path = folder / "data/matching/transliteration-standards.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row["map"].removesuffix(".imp")
            authority, language, _, _, edition = name.split("-", 4)
            code = "hye" if language == "arm" else language
            # The file keeps the escapes of the maps it is taken from.
            source, target = (
                row[side].replace("\\n", "\n").replace('\\"', '"') for side in ("source", "target")
            )
            yield IDS.get(name, f"{code}-{authority}-{edition}"), source, target


def corrected(table, target):
    for where, was, correct, _ in CORRECTED:
        if where == table:
            target = target.replace(was, correct)
    return target


@pytest.mark.parametrize(("system", "written", "latin"), OWN)
def test_a_name_is_spelt_as_its_table_says(system, written, latin):
    assert romanise(written, system) == unicodedata.normalize("NFC", latin)


def test_every_table_has_an_example():
    assert {system for system, _, _ in OWN} == set(systems())


@pytest.mark.shared
def test_every_open_vector_of_the_tables_we_claim_passes(shared_dir):
    found = Counter()
    wrong, stale = [], set(EXCEPTIONS)
    for table, source, target in vectors(shared_dir):
        if table in NOT_CLAIMED:
            found["not claimed"] += 1
            continue
        got = romanise(source, table)
        if got == unicodedata.normalize("NFC", target):
            found["as they stand"] += 1
        elif (table, source) in EXCEPTIONS:
            found["exception"] += 1
            stale.discard((table, source))
        elif got == unicodedata.normalize("NFC", corrected(table, target)):
            found["corrected"] += 1
        else:
            wrong.append((table, source, target, got))
    assert wrong == []
    assert stale == set()
    assert found == COUNTS


def test_the_reference_page_lists_the_tables_and_what_does_not_pass(golden):
    golden("docs/reference/romanisation.md", page())


@pytest.mark.parametrize("system", systems())
def test_a_table_has_every_letter_of_its_alphabet(system):
    alphabet = ALPHABETS[systems()[system].language]
    for text in (alphabet, alphabet.upper(), " ".join(alphabet), " ".join(alphabet).title()):
        left = re.findall("[\u0370-\u06ff\u10a0-\u10ff\u1c90-\u1cbf]", romanise(text, system))
        assert left == []


@pytest.mark.parametrize(
    ("written", "latin"),
    [
        ("Щ", "Shch"),
        ("ЩУКА", "SHCHUKA"),
        ("Щука", "Shchuka"),
        ("щука", "shchuka"),
        ("МакЩука", "MakShchuka"),
        ("Ю.М. ЩУКА-Юрчук", "Yu.M. SHCHUKA-Yurchuk"),
        ("Мар'їне", "Marine"),
        ("Мар’їне", "Marine"),
        ("Марʼїне", "Marine"),
        ("'Марія'", "'Mariia'"),
        ("Коцюби́нський", "Kotsiubynskyi"),
    ],
)
def test_capitals_apostrophes_and_stress_are_read(written, latin):
    assert romanise(written, "ukr-kmu-2010") == latin


@pytest.mark.parametrize("system", ["ukr-kmu-2010", "rus-french", "kat-ggg-2002", "ara-alalc-1997"])
@pytest.mark.parametrize("written", ["", "Shevchenko", "O'Neill", "李小龍 12", "a<b=c~d"])
def test_what_is_of_another_script_stays_as_written(system, written):
    assert romanise(written, system) == written


def test_arabic_reads_a_word_by_the_words_around_it():
    assert romanise("مَدِينَة", "ara-alalc-1997") == "madīnah"
    assert romanise("مَدِينَة السَّلَام", "ara-alalc-1997") == "madīnat al-salām"
    assert romanise("المَدِينَة الكُبرَى", "ara-alalc-1997") == "al-madīnah al-kubrá"
    assert romanise("السَّلَام، السَّلَام", "ara-bgnpcgn-1956") == "As Salām, as Salām"


def test_a_table_that_does_not_exist_is_refused():
    for name in ("ukr-kmu-2011", "kmu-2010", ""):
        with pytest.raises(InputError) as refused:
            romanise("Щука", name)
        assert refused.value.code == "romanise.system"


@given(
    st.text(alphabet="абгґеєжзиіїйльюящцЩЇЙЁёъыэў'’ -aZé\u0301\u064eالرحمةيوءა", max_size=20),
    st.sampled_from(sorted(systems())),
)
def test_the_canonical_form_of_a_text_does_not_matter(text, system):
    spelt = romanise(unicodedata.normalize("NFC", text), system)
    assert romanise(unicodedata.normalize("NFD", text), system) == spelt
    assert unicodedata.is_normalized("NFC", spelt)
