# ruff: noqa: RUF001, RUF003 -- letters that look alike are the subject of these tests

import unicodedata

import pytest

from homeward.matching.letters import clean, script_of, words


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("КОВАЛЕ́НКО", ("коваленко",)),
        ("Дем’янчук", ("демянчук",)),
        ("Dem'yanchuk", ("demyanchuk",)),
        ("Мельнiк Iван", ("мельнік", "іван")),  # Latin i, Latin I
        ("Cергійович", ("сергійович",)),  # Latin C
        ("Ceмeнiв", ("семенів",)),  # Latin C, e, i, and letters that have a double as capitals
        ("Tомoк", ("томок",)),  # Latin T, o
        ("Kovаlenko", ("kovalenko",)),  # Cyrillic а
        ("Ива3ов Петр0в", ("ивазов", "петров")),
        ("Нечуй-Левицький", ("нечуй", "левицький")),
        ("О.М. Кравченко", ("о", "м", "кравченко")),
        ("İsmayılov", ("ismayılov",)),
        ("مُحَمَّد", ("محمد",)),
        ("أحمـــد", ("احمد",)),
        ("فاطمة", ("فاطمه",)),
        ("  - 7 ", ()),
    ],
)
def test_a_text_becomes_words_of_one_script_each(written, read):
    assert words(written) == read


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_every_canonical_form_is_one_text(form):
    written = "Їжакевич Йосип Ґедзь Ёлкин Šmihaľ ў"
    assert clean(unicodedata.normalize(form, written)) == clean(written)


def test_a_word_of_doubles_follows_its_neighbours():
    assert words("Іван Xома") == ("іван", "хома")
    assert words("Иван Томa") == ("иван", "тома")
    assert words("Toma") == ("toma",)


@pytest.mark.parametrize(
    ("word", "script"),
    [
        ("іван", "cyrillic"),
        ("ivan", "latin"),
        ("žuk", "latin"),
        ("محمد", "arabic"),
        ("გიორგი", "georgian"),
        ("արմեն", "armenian"),
        ("יוסף", "hebrew"),
        ("γιωργος", "greek"),
        ("王", "other"),
    ],
)
def test_a_word_has_a_script(word, script):
    assert script_of(word) == script
