"""Some columns of people as a file: the same cells, guards and bytes as the whole list."""

import csv
import io

from openpyxl import load_workbook

from homeward.foundation.dates import parse_date
from homeward.records.model import COLUMNS, PersonRecord
from homeward.records.write import csv_lines, write_csv, write_xlsx, xlsx_of

PEOPLE = (
    PersonRecord(ref="1", family_name="=SUM(A1)", birth_date=parse_date("1998-03~")),
    PersonRecord(ref="2", rank="-x", extra=(("simulation", "yes"), ("more", "z"))),
)


def rows(parts):
    text = b"".join(parts).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_only_the_chosen_columns_are_written_in_their_order():
    written = rows(csv_lines(PEOPLE, ("birth_date", "ref"), further=("simulation",)))
    assert written == [["birth_date", "ref", "simulation"], ["1998-03~", "1", ""], ["", "2", "yes"]]


def test_a_cell_that_would_run_is_guarded():
    written = rows(csv_lines(PEOPLE, ("family_name", "rank")))
    assert written[1:] == [["'=SUM(A1)", ""], ["", "'-x"]]


def test_all_columns_are_the_bytes_of_the_whole_list():
    further = ("simulation", "more")
    assert b"".join(csv_lines(PEOPLE, COLUMNS["held"], further=further)) == write_csv(
        PEOPLE, "held"
    )
    assert xlsx_of(PEOPLE, COLUMNS["held"], further=further) == write_xlsx(PEOPLE, "held")


def test_a_workbook_has_the_same_cells():
    book = load_workbook(io.BytesIO(xlsx_of(PEOPLE, ("ref", "rank"))))
    assert list(book.active.values) == [("ref", "rank"), ("1", None), ("2", "'-x")]


def test_nobody_makes_a_file_with_its_header():
    assert rows(csv_lines((), ("ref",))) == [["ref"]]
