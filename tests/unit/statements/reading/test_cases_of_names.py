"""What case, gaps and short forms tell in Russian and Ukrainian, and some of it elsewhere."""

import datetime as dt

import pytest

from homeward.statements.reading import read_statement

DAY = dt.date(2031, 9, 10)  # a Wednesday


def legs(text):
    """Return home and number of every leg of the main event."""
    events = read_statement(text, DAY).events
    return {(leg.home, leg.count) for e in events if e.role == "main" for leg in e.legs}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Верния и Ольдия провели обмен. Вернии переданы 14 солдат.",
            {("XV", 14)},
        ),
        (
            "Велгард и Ардон провели обмен. Велгарду переданы 14 солдат.",
            {("XV", 14)},
        ),
        (
            "Ереван и Баку провели обмен. Баку и Ереван довольны: Ереваном отпущены 14 солдат.",
            {("AZ", 14)},
        ),
        (
            (
                "Велгард и Ардон обменялись пленными. С территории, подконтрольной Ардону, "
                "возвращены 30 солдат."
            ),
            {("XV", 30)},
        ),
    ],
)
def test_case_says_to_whom_and_by_whom_people_are_handed_over(text, expected):
    assert legs(text) >= expected


def test_who_leaves_out_the_word_of_saying_still_speaks():
    text = (
        "Ереван и Баку обменялись пленными. Армянская служба нацбезопасности говорит о четверых вернувшихся соотечественниках, "
        "азербайджанская госкомиссия — о двоих своих военных."
    )
    found = {
        (leg.home, leg.count, leg.source.partition(".")[0])
        for event in read_statement(text, DAY).events
        for leg in event.legs
    }
    assert found == {("AM", 4, "AM"), ("AZ", 2, "AZ")}


def test_the_name_of_a_whole_deal_is_no_leg_of_one_of_its_days():
    text = (
        "Второй день обмена «500 на 500»: Велгард вернул 120 своих солдат, "
        "Ардон тоже забрал 120 своих солдат."
    )
    assert not any(count == 500 for _, count in legs(text))


def test_an_ordinal_in_words_is_a_day():
    text = "Двадцать первого августа Велгард вернул из Ардона 12 своих солдат."
    assert [event.date for event in read_statement(text, DAY).events] == ["2031-08-21"]


def test_two_days_told_together_are_a_running_total():
    text = "В среду Велгард забрал у Ардона 40 своих солдат. За два дня домой вернулись 75 человек."
    assert not any(count == 75 for _, count in legs(text))


def test_what_is_put_off_moves_nobody():
    text = "Велгард отпустил 6 солдат Ардона. Ардон отложил освобождение 62 солдат Велгарда."
    assert not any(count == 62 for _, count in legs(text))
