"""Whatever is written reads back the same, and nothing written runs."""

from __future__ import annotations

import csv
import datetime as dt
import io
import unicodedata

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.foundation.dates import parse_date
from homeward.foundation.errors import InputError
from homeward.records.formula import guard, unguard
from homeward.records.model import ALLOWED, COLUMNS, HELD, WANTED, PersonRecord
from homeward.records.read import read_list
from homeward.records.write import write_csv, write_xlsx

TODAY = dt.date(2025, 2, 5)
DATES = {"birth_date": 1900, "captured_on": 2014, "missing_since": 2014}

# Heavy in what breaks lists: quotes, separators, formulas, invisible and foreign letters.
_NASTY = "'\"=+-@;,\t\n\u200b\u202e\u00a0＝＋－＠_x0041<&>ЇЄґعé01"  # noqa: RUF001
_any_character = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
texts = st.text(st.sampled_from(_NASTY) | _any_character, max_size=12).map(str.strip)
refs = (
    texts.map(lambda text: unicodedata.normalize("NFC", text))
    .map(str.strip)
    .filter(str.isprintable)
)


def dates(first_year: int):
    exact = st.dates(dt.date(first_year, 1, 1), dt.date(first_year + 10, 12, 31)).map(str)
    written = st.tuples(exact, st.sampled_from((4, 7, 10)), st.sampled_from(("", "~", "?", "%")))
    return written.map(lambda parts: parse_date(parts[0][: parts[1]] + parts[2]))


def records_of(kind):
    fields = {"extra": texts.flatmap(further), "power": st.sampled_from(("", "UA", "YE-HOUTHI"))}
    for column in COLUMNS[kind][1:]:
        if column in ALLOWED:
            fields[column] = st.sampled_from(ALLOWED[column])
        elif column in DATES:
            fields[column] = st.none() | dates(DATES[column])
        elif column != "power":
            fields[column] = texts
    cells = st.fixed_dictionaries({"ref": refs.filter(bool)}, optional=fields)
    people = st.lists(cells, unique_by=lambda cells: cells["ref"], max_size=3)
    return people.map(lambda rows: [PersonRecord(**row) for row in rows]).filter(in_one_order)


def further(first):
    cells = texts.map(lambda second: (("=note", first), ("Ґ 2", second)))
    return cells.map(lambda pairs: tuple(pair for pair in pairs if pair[1]))


def in_one_order(records):
    """Whether the further columns appear first in the order every record has them."""
    order = list(dict.fromkeys(name for record in records for name, _ in record.extra))
    return order != ["Ґ 2", "=note"]


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
@pytest.mark.parametrize("kind", [HELD, WANTED])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_any_records_written_and_read_are_the_same_records(write, kind, data) -> None:
    records = data.draw(records_of(kind))
    reading = read_list(write(records, kind), kind=kind, file="list", today=TODAY)
    assert reading.problems == ()
    assert reading.records == tuple(records)


def first_visible(text: str) -> str:
    visible = (c for c in text if unicodedata.category(c) not in {"Zs", "Zl", "Zp", "Cc", "Cf"})
    return unicodedata.normalize("NFKC", next(visible, ""))


@settings(max_examples=30, deadline=None)
@given(records=records_of(HELD))
def test_no_exported_cell_starts_a_formula(records) -> None:
    table = list(csv.reader(io.StringIO(write_csv(records, HELD).decode("utf-8-sig"), newline="")))
    sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx(records, HELD))).active
    cells = [cell for row in table for cell in row]
    cells += [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert not [cell for cell in cells if first_visible(cell) in set("=+-@")]
    assert not [cell for cell in cells if cell.startswith(("\t", "\r"))]


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.sampled_from(_NASTY) | st.characters(), max_size=12))
def test_the_guard_is_undone_exactly_for_every_text(text: str) -> None:
    assert unguard(guard(text)) == text


@settings(max_examples=200, deadline=None)
@given(
    data=st.binary(max_size=200)
    | st.text(st.sampled_from("ref,;\t\n\"'sex A1"), max_size=60).map(
        lambda t: f"ref,sex\n{t}".encode()
    )
    | st.binary(max_size=60).map(lambda tail: b"ref,sex\nA-1,M\n" + tail)
    | st.binary(max_size=60).map(lambda tail: b"PK\x03\x04" + tail)
)
def test_any_bytes_are_a_list_or_an_input_error(data: bytes) -> None:
    try:
        reading = read_list(data, kind=HELD, file="list", today=TODAY)
    except InputError:
        return
    bad = {problem.row for problem in reading.problems}
    assert len(reading.records) + len(bad) == reading.row_count
