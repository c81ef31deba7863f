import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.foundation.dates import exact_date, parse_date
from homeward.foundation.errors import InputError


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("1998", "1998-01-01", "1998-12-31"),
        ("1998-02", "1998-02-01", "1998-02-28"),
        ("2000-02", "2000-02-01", "2000-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        ("1998-03-14", "1998-03-14", "1998-03-14"),
        ("1998~", "1997-01-01", "1999-12-31"),
        ("1998?", "1997-01-01", "1999-12-31"),
        ("1998%", "1997-01-01", "1999-12-31"),
        ("1998-03~", "1998-02-01", "1998-04-30"),
        ("1998-01?", "1997-12-01", "1998-02-28"),
        ("1998-12%", "1998-11-01", "1999-01-31"),
        ("1998-03-01~", "1998-02-28", "1998-03-02"),
        ("1998-12-31?", "1998-12-30", "1999-01-01"),
        ("1800~", "1799-01-01", "1801-12-31"),
        ("2200", "2200-01-01", "2200-12-31"),
    ],
)
def test_a_date_lies_between_its_earliest_and_latest_day(text, earliest, latest):
    date = parse_date(text)
    assert (date.earliest.isoformat(), date.latest.isoformat()) == (earliest, latest)
    assert date.text == text
    assert date.is_exact is (earliest == latest)


def test_space_around_a_date_is_not_part_of_it():
    assert parse_date(" 1998-03 ") == parse_date("1998-03")


@pytest.mark.parametrize(
    "text",
    ["1998-02-29", "1900-02-29", "1998-04-31", "1998-13", "1998-00", "1998-03-00", "1998-00-10"],
)
def test_a_day_that_does_not_exist_is_refused(text):
    with pytest.raises(InputError) as caught:
        parse_date(text)
    assert caught.value.code == "dates.no_such_day"
    assert text not in str(caught.value)


@pytest.mark.parametrize("text", ["1799", "2201", "0000", "9999-12-31"])
def test_a_year_of_another_age_is_refused(text):
    with pytest.raises(InputError) as caught:
        parse_date(text)
    assert caught.value.code == "dates.year"


@pytest.mark.parametrize(
    "text",
    [
        *("", "98", "14.03.1998", "1998-3-14", "1998/03", "1998-03-14T00:00", "~1998", "1998~?"),
        *("199X", "1998-03-14-15", "-1998", "1998\n-03"),
    ],
)
def test_another_form_is_refused_and_not_repeated(text):
    with pytest.raises(InputError) as caught:
        parse_date(text)
    assert caught.value.code == "dates.form"
    assert len(text) < 4 or text not in str(caught.value)


@given(st.dates(dt.date(1800, 1, 1), dt.date(2200, 12, 31)))
def test_an_exact_day_reads_back(day):
    assert parse_date(day.isoformat()) == exact_date(day)


@given(st.dates(dt.date(1800, 1, 1), dt.date(2200, 12, 31)), st.sampled_from("~?%"))
def test_doubt_widens_a_date_on_both_sides_at_every_precision(day, mark):
    for length in (4, 7, 10):
        sure = parse_date(day.isoformat()[:length])
        doubtful = parse_date(sure.text + mark)
        assert sure.earliest <= day <= sure.latest
        assert doubtful.earliest < sure.earliest <= sure.latest < doubtful.latest
