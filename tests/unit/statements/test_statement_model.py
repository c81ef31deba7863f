import datetime as dt

import pytest

from homeward.foundation.errors import InputError
from homeward.foundation.ids import PartyCode, parse_flow
from homeward.statements import Claim, Record, Statement

TO_UA = parse_flow("RU -> UA")


def leg(**changes):
    parts = {
        "fact": "leg",
        "home": PartyCode("UA"),
        "holder": PartyCode("RU"),
        "unit": "soldiers",
        "value": 150,
        "source": "UA.president",
        "document": "d",
        "quoted": "150 home",
    }
    return Claim(**{**parts, **changes})


def statement(claim, text="Today 150 home.", source="UA.president"):
    return Statement(
        document="d", source=source, published_on=dt.date(2025, 2, 5), claims=(claim,), text=text
    )


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"fact": "rumour"}, "fact"),
        ({"qualifier": "roughly"}, "qualifier"),
        ({"source": "somebody"}, "source"),
        ({"home": None}, "home and holder"),
        ({"home": PartyCode("RU")}, "home and holder"),
        ({"unit": None}, "unit"),
        ({"unit": "heroes"}, "unit"),
        ({"value": "150"}, "value"),
        ({"value": True}, "value"),
        ({"value": -1}, "value"),
        ({"value": None}, "value"),
        ({"qualifier": "unstated"}, "value"),
        ({"fact": "total"}, "holder"),
        ({"fact": "mediator", "holder": None, "unit": None, "value": "AE"}, "home"),
    ],
)
def test_a_claim_with_a_part_that_does_not_fit_is_refused(changes, part):
    with pytest.raises(InputError, match=f"Expected as {part} of a claim"):
        leg(**changes)


def test_a_statement_keeps_what_its_source_withheld():
    withheld = leg(value=None, qualifier="unstated")
    assert statement(withheld).withholds == (withheld,)
    assert statement(leg()).withholds == ()


@pytest.mark.parametrize("changes", [{"quoted": "151 home"}, {"document": "e"}, {"quoted": ""}])
def test_words_that_the_text_does_not_hold_are_refused(changes):
    with pytest.raises(InputError, match="Expected claim 1 in the words of its document"):
        statement(leg(**changes))


def test_a_statement_of_an_unknown_kind_of_source_is_refused():
    with pytest.raises(InputError, match="Expected as source a party"):
        statement(leg(), source="the press")


def test_a_text_too_long_is_refused():
    with pytest.raises(InputError, match="found 200001 and 1"):
        statement(leg(), text="150 home".ljust(200_001))


def record(**changes):
    return Record(date=dt.date(2025, 2, 5), legs={TO_UA: 157}, **changes)


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, {"people": 157, "soldiers": None, "civilians": None, "remains": None}),
        (
            {"categories": {TO_UA: {"civilians": 7}}},
            {"people": 157, "soldiers": 150, "civilians": 7},
        ),
        ({"remains": {TO_UA: 12}}, {"remains": 12, "people": 157}),
        ({"withheld": frozenset({TO_UA})}, {"people": None, "remains": None}),
    ],
)
def test_the_record_tells_only_what_it_knows_and_may_tell(changes, counts):
    known = record(**changes)
    assert {unit: known.count(TO_UA, unit) for unit in counts} == counts
    assert known.total(PartyCode("UA"), "people") == counts["people"]


def test_the_record_says_nothing_of_a_flow_it_does_not_know():
    assert record().count(parse_flow("UA -> RU"), "people") is None
    assert record().total(PartyCode("RU"), "people") is None
