"""Cells of a list that somebody else wrote: other words, other dates, and what stays unread."""

# ruff: noqa: RUF001 - letters that look alike are the subject of this file

import datetime as dt

import pytest

from homeward.records.model import ALLOWED
from homeward.records.read import read_list
from homeward.records.their_words import NOT_KNOWN, THEIR_WORDS, plain


def person(column, cell, *, is_theirs=True):
    data = f"ref\t{column}\nX-1\t{cell}\n".encode()
    today = dt.date(2025, 2, 5)
    return read_list(data, kind="held", file="f", today=today, is_theirs=is_theirs)


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("status", "Військовополонений", "pow"),
        ("status", "гражданское лицо", "civilian"),
        ("status", "مدني", "civilian"),
        ("status", "POW", "pow"),
        ("health", "тяжкопоранений", "serious"),
        ("alive", "Погиб.", "no"),
        ("sex", "чол.", "M"),
        ("article_109", "так", "owed"),
        ("consent", "н/д", "unknown"),
        ("status", "—", "unknown"),
    ],
)
def test_words_of_other_lists_are_read_on_theirs_alone(column, cell, value):
    (found,) = person(column, cell).records
    assert getattr(found, column) == value
    assert not person(column, cell).problems
    if cell != "POW":
        assert not person(column, cell, is_theirs=False).records


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("14/03/1988", "1988-03-14"),
        ("1.2.1990", "1990-02-01"),
        ("5-12-1971", "1971-12-05"),
        ("\u0661\u0664/\u0663/\u0661\u0669\u0668\u0668", "1988-03-14"),
        ("1988 г.р.", "1988"),
        ("1988 р.н.", "1988"),
        ("1988-03", "1988-03"),
        ("невідомо", None),
    ],
)
def test_dates_of_other_lists_are_read(cell, text):
    reading = person("birth_date", cell)
    (found,) = reading.records
    assert (found.birth_date and found.birth_date.text) == text
    assert not reading.problems


@pytest.mark.parametrize("cell", ["31.02.1990", "03/14/1988", "soon", "1.1.99"])
def test_what_is_no_date_is_said_and_counts_as_empty(cell):
    reading = person("birth_date", cell)
    assert reading.records[0].birth_date is None
    assert [problem.column for problem in reading.problems] == ["birth_date"]


def test_a_word_means_one_value_and_that_value_is_allowed():
    assert THEIR_WORDS.keys() == ALLOWED.keys()
    for column, words in THEIR_WORDS.items():
        assert set(words.values()) <= set(ALLOWED[column])
        assert all(plain(word) == word for word in words)
        assert not words.keys() & (
            NOT_KNOWN | {each.lower() for each in ALLOWED[column]} - {"yes", "no"}
        )
