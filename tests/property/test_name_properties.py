"""What never changes the score of two names, however they are written."""

# ruff: noqa: RUF001 -- letters that look alike are the subject of these tests

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.matching.compare import compare
from homeward.matching.letters import words
from homeward.matching.readings import READINGS_MAX, readings

_FAMILY = (
    "Кравченко", "Ковальський", "Дем'янчук", "Хоменко", "Семенів", "Щербина", "Ґудзь", "Їжак",
    "Kravchenko", "Hryhorovych", "Demianchuk", "Kovalskaya", "Ščerbyna", "Иванов", "Алиев",
)  # fmt: skip
_GIVEN = (
    "Олександр", "Микола", "Сергій", "Юхим", "Николай", "Артём", "Oleksandr", "Nikolai", "Григорій",
    "Hryhorii", "Саша", "Мамед", "Ганна",
)  # fmt: skip
_FATHER = ("Миколайович", "Николаевич", "Mykolaiovych", "Іванівна", "Ильич", "Petrovich", "")
_LOOKS = str.maketrans("асеіорхуАСЕІОРХ", "aceiopxyACEIOPX")
_CYRILLIC_ONLY = frozenset("бгґдєжзийклмнптфцчшщьюяыэъв")


@st.composite
def names(draw):
    parts = [draw(st.sampled_from(part)) for part in (_FAMILY, _GIVEN, _FATHER)]
    return [part for part in parts if part]


@settings(deadline=None)  # the tables are read once
@given(names(), names(), st.randoms(use_true_random=False))
def test_no_order_of_words_changes_a_score(one, other, rng):
    mixed = rng.sample(one, len(one))
    assert compare(" ".join(mixed), " ".join(other)).score == pytest.approx(
        compare(" ".join(one), " ".join(other)).score, abs=2e-6
    )


@settings(deadline=None)  # the tables are read once
@given(names(), names())
def test_a_score_is_symmetric(one, other):
    a, b = " ".join(one), " ".join(other)
    assert compare(a, b).score == pytest.approx(compare(b, a).score, abs=2e-6)


@settings(deadline=None)  # the tables are read once
@given(names(), names(), st.sampled_from(("NFC", "NFD", "NFKC", "NFKD")), st.booleans())
def test_neither_the_canonical_form_nor_case_changes_a_score(one, other, form, is_upper):
    a, b = " ".join(one), " ".join(other)
    written = unicodedata.normalize(form, a.upper() if is_upper else a)
    assert compare(written, b).score == compare(a, b).score


@settings(deadline=None)  # the tables are read once
@given(names(), names(), st.sampled_from("'\u2019\u02bc`\u02b9\u2032"))
def test_no_kind_of_apostrophe_changes_a_score(one, other, apostrophe):
    a, b = " ".join(one), " ".join(other)
    assert compare(a.replace("'", apostrophe), b).score == compare(a, b).score


@settings(deadline=None)  # the tables are read once
@given(names(), names(), st.integers(0, 2**30))
def test_letters_that_only_look_right_change_no_score(one, other, chosen):
    a, b = " ".join(one), " ".join(other)
    looking = "".join(
        letter.translate(_LOOKS) if chosen >> (at % 30) & 1 else letter
        for at, letter in enumerate(a)
    )
    told = all(
        not set(word.lower()) & set("асеіорху") or set(word.lower()) & _CYRILLIC_ONLY
        for word in one
    )
    if told:  # a word of doubles alone may be of either alphabet
        assert compare(looking, b).score == compare(a, b).score


@settings(deadline=None)  # the tables are read once
@given(names(), names(), names(), st.sampled_from((" / ", " alias ", " он же ", " (")))
def test_an_alias_never_lowers_a_score(one, other, alias, mark):
    a, b = " ".join(one), " ".join(other)
    with_alias = a + mark + " ".join(alias) + (")" if mark == " (" else "")
    assert compare(with_alias, b).score >= compare(a, b).score - 2e-6


@settings(deadline=None)  # the tables are read once
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_texts_have_a_score(one, other):
    assert 0 <= compare(one, other).score <= 1


@settings(deadline=None)  # the tables are read once
@given(st.text(max_size=40))
def test_cleaning_is_done_after_once(text):
    once = words(text)
    assert words(" ".join(once)) == once


@settings(deadline=None)  # the tables are read once
@given(st.text(max_size=20))
def test_every_word_has_few_readings_of_ascii_or_its_own_letters(text):
    for word in words(text):
        assert len(readings(word)) <= READINGS_MAX
