"""What a number is, whose word it is and where people go, one rule at a time."""

import datetime as dt

import pytest

from homeward.statements.reading import read_statement

DAY = dt.date(2031, 9, 10)  # a Wednesday


def legs(text):
    """Return home, number and speaking side of the legs of the main event."""
    return {
        (leg.home, leg.count, leg.source.partition(".")[0])
        for event in read_statement(text, DAY).events
        if event.role == "main"
        for leg in event.legs
    }


def mediators(text):
    events = read_statement(text, DAY).events
    return {m.party for event in events for m in event.mediators if m.role != "carrier"}


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (
            "Armenia said 45 soldiers were home. Its army counted 13 officers, 20 privates and 12 men.",
            {("AM", 45, "AM")},
        ),
        (
            "Azerbaijan let 24 people go on Monday - 13 Armenians, ten Georgians and an Iranian.",
            {("AM", 13, "narrator"), ("GE", 10, "narrator"), ("IR", 1, "narrator")},
        ),
        (
            "Armenia and Azerbaijan freed 190 prisoners between them, 95 apiece.",
            {("AM", 95, "narrator"), ("AZ", 95, "narrator")},
        ),
    ],
)
def test_a_row_that_adds_up_is_parts_or_makes_its_sum_pooled(text, want):
    assert legs(text) == want


@pytest.mark.parametrize(
    "text",
    [
        "Armenia offered to release all 310 prisoners if Azerbaijan lets 275 go.",
        "Armenia's army did not mention the 45 Azerbaijanis who had come home.",
    ],
)
def test_what_is_offered_or_passed_over_is_no_leg(text):
    assert legs(text) == set()


def test_a_pool_is_no_leg_but_those_taken_from_it_are():
    text = "Of the 112 captives that Azerbaijan promised to release, only 38 have reached Armenia."
    assert {leg[:2] for leg in legs(text)} == {("AM", 38)}


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Forty Armenians were freed, the head of Armenia's presidential office said.", "AM"),
        ("Forty Armenians were freed - Georgia's foreign ministry announced.", "GE"),
        ("Azerbaijan freed 40 Armenians, it said.", "AZ"),
    ],
)
def test_who_stands_behind_a_sentence_says_it(text, want):
    assert {leg[2] for leg in legs(text)} == {want}


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (
            "Armenia and Azerbaijan released 12 and 40 captives respectively.",
            {("AZ", 12), ("AM", 40)},
        ),
        ("Armenia brought 40 people home in its biggest swap.", {("AM", 40)}),
        (
            "Twelve Armenians came home. In the other direction went 40 people.",
            {("AM", 12), ("AZ", 40)},
        ),
        (
            "Forty Armenians came home. In the evening 12 people arrived in Baku.",
            {("AM", 40), ("AZ", 12)},
        ),
    ],
)
def test_where_people_go(text, want):
    assert {leg[:2] for leg in legs(text)} == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (
            "Under the deal, which Doha brokered, Armenia and Azerbaijan freed 40 people each.",
            {"QA"},
        ),
        (
            "Georgia said that 40 Armenians and two Azerbaijanis had been freed with its help.",
            {"GE"},
        ),
        ("Armenia freed two Azerbaijanis. Turkish diplomats acted as go-betweens.", {"TR"}),
    ],
)
def test_who_mediated(text, want):
    assert mediators(text) == want


def test_a_refusal_that_is_denied_is_readiness():
    reading = read_statement("Armenia did not exclude talks with Azerbaijan in Geneva.", DAY)
    assert [(p.actor, p.stance) for p in reading.positions] == [("AM", "willing")]


def test_a_number_behind_a_colon_is_no_hour():
    text = (
        "Prisoners came home both ways on April 9: 14 Armenians and three Azerbaijanis were freed."
    )
    assert {leg[:2] for leg in legs(text)} == {("AM", 14), ("AZ", 3)}


def test_an_age_between_commas_is_an_age():
    text = "One Armenian pilot, 33, came home in return for seven Azerbaijani sailors."
    assert {leg[:2] for leg in legs(text)} == {("AM", 1), ("AZ", 7)}
