"""Who speaks, and which numbers are some of a group: one mechanism at a time."""

import datetime as dt

import pytest

from homeward.statements.reading import read_statement

DAY = dt.date(2031, 9, 10)  # a Wednesday


def legs(text):
    """Return home, number and source of the legs of the main event."""
    return {
        (leg.home, leg.count, leg.source)
        for event in read_statement(text, DAY).events
        if event.role == "main"
        for leg in event.legs
    }


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (
            "Asmara freed 40 Ethiopians, the office of the Ethiopian prime minister said.",
            {("ET", 40, "ET.prime_minister")},
        ),
        (
            "Eritrea's defence minister told parliament that 38 soldiers returned from Ethiopia.",
            {("ER", 38, "ER.defence_minister")},
        ),
        (
            "Ministry of Defence of Eritrea (Telegram): 38 Eritrean soldiers were returned today.",
            {("ER", 38, "ER.defence_ministry")},
        ),
        (
            "Officials from Kenya who brokered the exchange said Ethiopia had received 40 soldiers.",
            {("ET", 40, "KE.delegation")},
        ),
        (
            "It was confirmed in Eritrea that 38 of its soldiers had come home from Ethiopia.",
            {("ER", 38, "ER")},
        ),
    ],
)
def test_whose_word_it_is(text, want):
    assert legs(text) == want


@pytest.mark.parametrize(
    "text",
    [
        "Ethiopia received 90 soldiers from Eritrea. Forty-one of those freed had been ill.",
        "Ethiopia received 90 soldiers from Eritrea. Thirty-one were taken to hospital.",
    ],
)
def test_some_of_those_told_of_are_no_leg(text):
    assert {leg[:2] for leg in legs(text)} == {("ET", 90)}


def test_when_people_were_caught_is_no_day_of_the_event():
    text = "Eritrea let go four Ethiopian soldiers seized on 7 May."
    assert {leg[:2] for leg in legs(text)} == {("ET", 4)}
