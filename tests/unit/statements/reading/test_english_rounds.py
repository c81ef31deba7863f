"""English: the day before, among those released, in all, the first of a year, N more, whose agencies."""

import datetime as dt

import pytest

from homeward.statements.reading import read_statement

SATURDAY = dt.date(2031, 3, 15)


def main_of(text):
    reading = read_statement(text, SATURDAY)
    return next(event for event in reading.events if event.role == "main")


@pytest.mark.parametrize(
    ("text", "legs"),
    [
        (
            "Russia and Ukraine said on Saturday that they had each freed 38 men the day before.",
            {("RU", 38), ("UA", 38)},
        ),
        (
            "Ukraine got 38 soldiers back, its army said. It said six women were among those released.",
            {("UA", 38)},
        ),
        (
            "Ukraine's army said 38 soldiers and 7 civilians had come home, 45 people altogether.",
            {("UA", 38), ("UA", 7)},
        ),
        (
            "Each side freed 38 prisoners in the first exchange of 2031 between Kyiv and Moscow.",
            {("RU", 38), ("UA", 38)},
        ),
        (
            "As a gesture of good will 38 Ukrainians were given for 7 Russians, Russia's army said.",
            {("UA", 38), ("RU", 7)},
        ),
        (
            "Ukraine's president counted 38 Ukrainians who came back and 7 more who were freed later.",
            {("UA", 38), ("UA", 7)},
        ),
        (
            "Ukraine's president put the number of Ukrainian soldiers who returned at 38.",
            {("UA", 38)},
        ),
        (
            "Russia gave back the bodies of 38 soldiers and took those of 7 of its own soldiers.",
            {("UA", 38), ("RU", 7)},
        ),
        (
            "Kyiv freed 38 Russian soldiers, its army said. Russia's army said it had counted 37.",
            {("RU", 38), ("RU", 37)},
        ),
        (
            "On the eve of a feast that falls on 16 March this year, Ukraine got back 38 soldiers.",
            {("UA", 38)},
        ),
    ],
    ids=(
        "day-before",
        "among",
        "in-all",
        "first-of-year",
        "good-will",
        "more",
        "number-at",
        "those-of",
        "counted",
        "feast",
    ),
)
def test_a_round_is_read_as_it_is_told(text, legs):
    assert {(leg.home, leg.count) for leg in main_of(text).legs} == legs


def test_what_took_place_the_day_before_has_that_day():
    text = "Russia and Ukraine said on Saturday that they had each freed 38 men the day before."
    assert main_of(text).date == "2031-03-14"


def test_a_ministry_that_agencies_quote_is_of_their_country():
    text = "Kyiv freed 38 Russians in Vale, Russian news agencies quoted the defence ministry as saying."
    assert {leg.source for leg in main_of(text).legs} == {"RU.defence_ministry"}


def test_the_organisation_is_the_one_that_spoke_last():
    text = (
        "The Red Cross said an exchange had begun. Its plane took 38 Ukrainians to Kyiv and 7 "
        "Russian prisoners to Moscow, the organisation said."
    )
    assert {leg.source for leg in main_of(text).legs} == {"ICRC"}
