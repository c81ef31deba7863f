# ruff: noqa: RUF001 -- Cyrillic letters that look like Latin ones are meant

import unicodedata
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.foundation.dates import parse_date
from homeward.matching.columns import (
    NAMES,
    columns_of,
    comparable,
    family_name,
    father_s_name,
    given_name,
    read_cell,
)
from homeward.matching.match import match
from homeward.records.model import PersonRecord

CELLS = ("Кравченко", "Смішна", "Kravchenko", "Щербак-Гай", "аль Хасан", "Мамед огли", "О.", "")


@pytest.mark.parametrize("part", NAMES)
@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_s_form_says_nothing(part, cell):
    read = partial(read_cell, part)
    expected = read(cell)
    for form in ("NFC", "NFD"):
        assert read(unicodedata.normalize(form, cell)) == expected
    assert read(f"  {cell.upper()} ") == expected


@settings(deadline=None)  # the first name loads the tables
@given(st.text(max_size=30))
def test_any_text_is_read_and_its_text_is_ascii(cell):
    for read in (partial(read_cell, part) for part in NAMES):
        name = read(cell)
        assert name.text.isascii()
        assert set(name.tokens) <= set(name.near)
        assert bool(name.tokens) == bool(name.block)


def test_letters_that_look_alike_are_one():
    assert family_name("Cеменюк").tokens == family_name("Семенюк").tokens  # a Latin C


def test_a_father_s_name_tells_the_bearer_s_sex():
    assert father_s_name("Миколайович").sex == "M"
    assert father_s_name("Nikolaevna").sex == "F"
    assert set(father_s_name("Миколайович").tokens) & set(father_s_name("Николаевна").tokens)


def test_a_father_s_name_without_an_ending_is_the_father_s_own():
    assert set(father_s_name("Микола").tokens) & set(father_s_name("Миколайович").tokens)


def test_a_short_name_is_near_and_not_the_same():
    short, full = given_name("Саша"), given_name("Олександр")
    assert not set(short.tokens) & set(full.tokens)
    assert set(short.near) & set(full.near)


def test_a_first_of_january_is_the_year():
    (born,) = columns_of([PersonRecord(ref="1", birth_date=parse_date("1990-01-01"))]).born[1:]
    (year,) = columns_of([PersonRecord(ref="1", birth_date=parse_date("1990"))]).born[1:]
    assert born == year
    assert born.on == 0


def test_a_whole_name_gives_the_parts_that_have_no_column():
    whole = PersonRecord(ref="1", name_as_written="Орленко Іван Петрович")
    columns = columns_of([whole])
    assert [columns.values[part][columns.cells[part][0]].casefold() for part in NAMES] == [
        "орленко",
        "іван",
        "петрович",
    ]


def test_rows_stand_by_reference():
    people = [PersonRecord(ref=ref, family_name=ref) for ref in ("b", "c", "a")]
    columns = columns_of(people)
    assert columns.refs == ("a", "b", "c")
    names = columns.values["family_name"]
    assert [names[place] for place in columns.cells["family_name"]] == ["a", "b", "c"]


def test_lists_without_arabic_letters_are_compared_as_they_are():
    left, right = (columns_of([PersonRecord(ref="1", family_name=n)]) for n in ("Коваль", "Koval"))
    assert comparable(left, right) == (left, right)
    assert comparable(left, left) == (left, left)


def test_a_name_in_arabic_letters_meets_by_its_consonants():
    wanted = PersonRecord(
        ref="1",
        family_name="Кравченко",
        given_name="Олександр",
        birth_date=parse_date("1990-02-03"),
    )
    held = PersonRecord(
        ref="2",
        family_name="كرافتشينكو",
        given_name="ألكسندر",
        birth_date=parse_date("1990-02-03"),
    )
    (pair,) = match([wanted], [held])
    assert pair.verdict in {"very_likely", "likely"}
    assert {reason.part for reason in pair.reasons if reason.bits > 0} == {
        "family_name",
        "given_name",
        "birth_date",
    }
