"""Lists read a column at a time: the same rows and cells as read one by one."""

import csv
import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.foundation.errors import InputError
from homeward.records.model import HELD, WANTED
from homeward.records.plain import cells_of, read_cells_of_list
from homeward.records.read import read_list

TODAY = dt.date(2026, 3, 1)
CELLS = {
    "ref": ["A1", "A2", "A3", "A4", "A1 ", "'A1", "", "é", "é", "x" * 200, "A\x01"],
    "birth_date": ["1990-01-01", "1990", "", "2030-01-01", "14.03.1998", "1990~", " 1990-01-02"],
    "captured_on": ["2022-03-01", "1980", "", "2029", "x"],
    "missing_since": ["2022-03-01", "1980", "", "2029", "x"],
    "sex": ["M", "f", "", "x", "man", "unknown"],
    "power": ["UA", "ru", "", "??"],
    "further": ["", "a", "b\nc", "\x07", "'=1"],
    "family_name": ["Гайченко", "", "Haichenko Ivan", "'Гай", "Гай\u00a0Й", "Г\x00"],
    "given_name": ["Іван", "", "Іванович"],
    "name_as_written": ["Гайченко Іван Іванович", ""],
    "": ["", "", "z"],
}


@st.composite
def lists(draw):
    titles = ["ref", *draw(st.lists(st.sampled_from(list(CELLS)[1:]), unique=True))]
    one_row = st.tuples(*(st.sampled_from(CELLS[title]) for title in titles)).map(list)
    rows = draw(st.lists(one_row, max_size=8))
    more = st.sampled_from([[]] * 9 + [[""], ["more"]])
    rows = [row + draw(more) for row in rows]
    text = io.StringIO()
    csv.writer(text).writerows([titles, *rows])
    return (text.getvalue() + draw(st.sampled_from(["", '"x"y,1\r\nA9,"z\r\n']))).encode()


@given(data=lists(), kind=st.sampled_from([HELD, WANTED]))
def test_columns_say_what_rows_say(data, kind):
    expected = None
    try:
        reading = read_list(data, kind=kind, file="list.csv", today=TODAY)
    except InputError as error:
        expected = error.code
    if expected is not None:
        with pytest.raises(InputError) as refused:
            read_cells_of_list(data, kind=kind, file="list.csv", today=TODAY)
        assert refused.value.code == expected
        return
    found = read_cells_of_list(data, kind=kind, file="list.csv", today=TODAY)
    one_by_one = cells_of(reading.records)
    assert found.row_count == reading.row_count
    assert sorted(zip(*found.cells.values(), strict=True)) == sorted(
        zip(*one_by_one.cells.values(), strict=True)
    )
    assert {text: found.dates[text] for text in one_by_one.dates} == one_by_one.dates
