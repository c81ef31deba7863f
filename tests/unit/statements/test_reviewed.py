"""Rows that people review: what was read comes back unchanged, and nothing is invented."""

import datetime as dt
import json
from dataclasses import replace

import pytest

from homeward.foundation.errors import InputError
from homeward.statements import reconcile
from homeward.statements.corpus_item import as_item
from homeward.statements.heard import Document, exchanges_in
from homeward.statements.reading import read_statement
from homeward.statements.reviewed import (
    Row,
    as_values,
    from_values,
    on_exchange,
    place_of,
    rows_in,
    statement_of,
    verify_row,
)

DAY = dt.date(2025, 2, 5)
TEXT = """Ukraine's president said on Wednesday that 150 Ukrainian soldiers had come home.
He did not mention any Russian soldiers. Both sides said that the United Arab Emirates mediated."""


def read(text=TEXT):
    return Document(name="text", published_on=DAY, text=text, reading=read_statement(text, DAY))


def leg(rows):
    return next(row for row in rows if row.kind == "leg")


def test_a_text_becomes_rows_in_its_order_each_in_its_words():
    rows = rows_in(read())
    assert [row.kind for row in rows] == ["leg", "omission", "mediator"]
    assert leg(rows).value == 150
    assert (leg(rows).home, leg(rows).holder, leg(rows).source) == ("UA", "RU", "UA.president")
    assert leg(rows).date == "2025-02-05"
    assert "150" in TEXT[leg(rows).start : leg(rows).end]
    for row in rows:
        verify_row(row, TEXT)


def test_rows_come_back_from_what_is_stored():
    for row in rows_in(read()):
        assert from_values(json.loads(json.dumps(as_values(row)))) == row


def test_rows_give_the_verdicts_that_the_text_itself_gives():
    document = read()
    told = exchanges_in([document])[0][0]
    rows = on_exchange(rows_in(document), DAY)
    statement = statement_of("text", DAY, TEXT, rows, is_reviewed=False)
    whole = reconcile(told.statements, None, date=DAY)
    assert reconcile([statement], None, date=DAY) == whole
    assert {each.fact for each in whole} == {"leg", "mediator"}


def test_what_a_person_confirmed_is_not_doubtful():
    doubted = [replace(leg(rows_in(read())), is_doubtful=True)]
    for is_reviewed in (False, True):
        told = statement_of("text", DAY, TEXT, doubted, is_reviewed=is_reviewed)
        assert told.claims[0].is_doubtful is not is_reviewed


def test_a_row_of_another_exchange_is_left_out_of_this_one():
    row = leg(rows_in(read()))
    other = replace(row, role="previous", date="2024-12-30")
    same_day = replace(row, role="previous", date="2025-02-05")
    planned = replace(row, role="planned", date="2025-02-05")
    assert on_exchange([row, other, same_day, planned], DAY) == (row, same_day)


def test_words_are_found_in_the_text_or_refused():
    assert place_of(TEXT, "  150 Ukrainian soldiers ") == (43, 65)
    for quote in ("151 Ukrainian soldiers", "", "  "):
        with pytest.raises(InputError) as refused:
            place_of(TEXT, quote)
        assert refused.value.code == "statements.no_quote"


@pytest.mark.parametrize(
    "change",
    [
        {"home": "Ukraine"},
        {"home": "RU"},
        {"source": "somebody"},
        {"unit": "geese"},
        {"value": -1},
        {"value": None},
        {"kind": "mediator", "value": "the Emirates"},
    ],
    ids=str,
)
def test_a_row_that_says_no_one_thing_is_refused(change):
    with pytest.raises(InputError):
        verify_row(replace(leg(rows_in(read())), **change), TEXT)


def test_a_reviewed_text_is_an_item_of_the_corpus():
    rows = rows_in(read())
    trap = Row(kind="leg", source="narrator", start=0, end=7, value=5, home="UA", holder="RU")
    item = as_item("x", TEXT, language="en", published_on=DAY, address="", kept=rows, struck=[trap])
    assert (item["conflict"], item["kind"], item["text"]) == ("RU-UA", "verbatim", TEXT)
    assert item["events"] == [
        {
            "role": "main",
            "date": "2025-02-05",
            "legs": [
                {
                    "home_party": "UA",
                    "holder_party": "RU",
                    "count": 150,
                    "qualifier": "exact",
                    "unit": "soldiers",
                    "per_source": "UA.president",
                }
            ],
            "mediators": [{"name": "AE", "role": "mediator", "per_source": "both"}],
            "medical_checks": False,
            "stops": [],
            "pooled_totals": [],
        }
    ]
    assert item["omissions"][0]["who"] == "UA.president"
    assert item["traps"] == [{"kind": "leg", "value": 5, "words": "Ukraine"}]
