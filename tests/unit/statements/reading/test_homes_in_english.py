"""Who goes home to whom, and who tells it, in the words of English agencies."""

import datetime as dt

import pytest

from homeward.statements.reading import read_statement

DAY = dt.date(2025, 5, 7)  # a Wednesday


def legs(text):
    """Return home, number and speaking side of the legs of the main event."""
    return {
        (leg.home, leg.count, leg.source.partition(".")[0])
        for event in read_statement(text, DAY).events
        if event.role == "main"
        for leg in event.legs
    }


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (
            "Vale freed 12 soldiers on Monday, and Orland nine, the Vale defence ministry said.",
            {("XO", 12, "XV"), ("XV", 9, "XV")},
        ),
        (
            (
                "Vale's ministry said 40 of its men were home, along with three children who had been "
                "deported to Orland."
            ),
            {("XV", 40, "XV"), ("XV", 3, "XV")},
        ),
        (
            (
                "Six residents of the Lim district, detained by Orland in March, returned home on "
                "Monday, the Vale ministry said."
            ),
            {("XV", 6, "XV")},
        ),
        (
            "The army of Vale said 50 of its men had returned, and four civilians with them.",
            {("XV", 50, "XV"), ("XV", 4, "XV")},
        ),
        (
            "Vale and Orland traded prisoners, with 31 going to Vale and 29 to Orland.",
            {("XV", 31, "narrator"), ("XO", 29, "narrator")},
        ),
        (
            "Some 64 prisoners flew from Vale to Orland and 70 came the other way, the ICRC said.",
            {("XO", 64, "ICRC"), ("XV", 70, "ICRC")},
        ),
        (
            (
                "Armenia freed 40 captives, two Georgians among them, in return for 17 of its own, "
                "Baku said."
            ),
            {("AZ", 40, "AZ"), ("AM", 17, "AZ")},
        ),
    ],
)
def test_home_is_told_by_what_belongs_to_the_number(text, want):
    assert legs(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (
            (
                "Armenia has received 909 bodies which, Baku claims, belong to its soldiers, the army "
                "in Yerevan said on Tuesday."
            ),
            {("AM", 909, "AM")},
        ),
        (
            "Ninety Armenian soldiers were freed, AFP reported, citing the Defence Ministry in Yerevan.",
            {("AM", 90, "AM")},
        ),
        (
            "Armenia got 30 men back and freed 28, its army said. Baku confirmed the figure.",
            {("AM", 30, "AM"), ("AZ", 28, "AM"), ("AZ", 28, "AZ")},
        ),
    ],
)
def test_source_is_who_tells_the_number_and_not_an_aside(text, want):
    assert legs(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (
            (
                "Vale's army said 44 of its men were back in the biggest swap since the war began, 12 "
                "of them pilots."
            ),
            {("XV", 44, "XV")},
        ),
        (
            (
                "A total of 5,757 Armenians have returned since March 2022, 189 of them on Monday, "
                "Yerevan said."
            ),
            {("AM", 189, "AM")},
        ),
        (
            'Armenia and Azerbaijan exchanged captives under the formula "60 for 60", Baku said.',
            {("AM", 60, "AZ"), ("AZ", 60, "AZ")},
        ),
        (
            "Armenia freed 82 Azerbaijanis in the last exchange of the year, Baku said on Monday.",
            {("AZ", 82, "AZ")},
        ),
        (
            "No exchange has been held since April 18, when 95 returned to each country, Baku said.",
            set(),
        ),
    ],
)
def test_other_rounds_ages_and_running_totals_are_told_apart(text, want):
    assert legs(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Among the 207 who returned to Armenia were eight nurses, Yerevan said.", {207}),
        (
            (
                "Armenia got 563 bodies back. Of these, 320 were recovered in the hills and 89 near "
                "the river, while 154 had been in morgues in Azerbaijan."
            ),
            {563},
        ),
        ("Baku said 25 people, both soldiers and civilians, had been released.", {25}),
        ("After talks in Merin Baku let 1,081 go, the ICRC said.", {1081}),
        (
            (
                "Armenia and Azerbaijan each returned one border guard on Wednesday, four days after a "
                "ceasefire."
            ),
            {1},
        ),
        (
            "Armenia and Azerbaijan freed 50 men each, officials from both countries confirmed.",
            {50},
        ),
    ],
)
def test_some_of_the_freed_are_a_part_and_the_freed_are_none(text, want):
    assert {count for _, count, _ in legs(text)} == want


def test_each_of_two_places_has_its_own_number():
    text = "The ICRC said 250 detainees were back with their families in Yerevan and 70 in Baku."
    assert legs(text) == {("AM", 250, "ICRC"), ("AZ", 70, "ICRC")}


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Kyiv received 909 bodies on Friday, up from 757 in March.", {909}),
        ("After 757 bodies in March, Kyiv received 909 on Friday, its army said.", {909}),
        ("Yerevan said Baku returned eight men and kept 23.", {8}),
        ("Baku's army said Yerevan would hand over 12 soldiers on Friday.", set()),
        ("The Armenian army reported 21 of its soldiers home.", {21}),
    ],
)
def test_what_is_compared_kept_or_to_come_is_no_leg_of_the_event(text, want):
    assert {count for _, count, _ in legs(text)} == want


def test_some_of_a_pool_are_of_its_people():
    text = "Baku let eight of its 31 Armenian prisoners go on Monday."
    assert legs(text) == {("AM", 8, "narrator")}
