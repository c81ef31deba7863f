"""Workbooks: what programs write, what attackers write, and what homeward writes."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from homeward.foundation.dates import parse_date
from homeward.foundation.errors import InputError
from homeward.records.model import COLUMNS, HELD, PersonRecord
from homeward.records.read import ListReading, read_list
from homeward.records.write import write_csv, write_xlsx

TODAY = dt.date(2025, 2, 5)


def read(data: bytes) -> ListReading:
    return read_list(data, kind=HELD, file="list.xlsx", today=TODAY)


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def with_sheet(sheet: bytes) -> bytes:
    """Return a workbook of ours with another sheet inside."""
    data = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(write_xlsx([], HELD))) as source,
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, sheet if "sheet1" in name else source.read(name))
    return data.getvalue()


def sheet_of(rows: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def test_typed_dates_and_numbers_become_the_text_a_bureau_would_write() -> None:
    reading = read(
        workbook(
            ["ref", "birth_date", "captured_on", "service_number", "note"],
            [17, dt.date(1998, 3, 14), dt.datetime.fromisoformat("2024-09-21"), 527599, 1.5],
            ["A-2", 1987, None, None, True],
        )
    )
    first, second = reading.records
    assert (first.ref, first.service_number) == ("17", "527599")
    assert first.birth_date == parse_date("1998-03-14")
    assert first.captured_on == parse_date("2024-09-21")
    assert second.birth_date == parse_date("1987")
    assert [first.extra, second.extra] == [(("note", "1.5"),), (("note", "TRUE"),)]
    assert reading.encoding == "xlsx"


def test_rows_are_numbered_as_they_are_seen_even_after_empty_ones() -> None:
    reading = read(workbook([], ["ref", "sex"], [], ["A-1", "Z"]))
    assert [problem.row for problem in reading.problems] == [4]


def test_an_error_in_a_cell_is_a_problem_and_not_an_empty_cell() -> None:
    cells = '<c r="A1" t="str"><v>ref</v></c><c r="B1" t="str"><v>health</v></c>'
    bad = '<c r="A2" t="str"><v>A-1</v></c><c r="B2" t="e"><v>#N/A</v></c>'
    reading = read(with_sheet(sheet_of(f'<row r="1">{cells}</row><row r="2">{bad}</row>')))
    assert [(p.column, p.found) for p in reading.problems] == [("health", "#N/A")]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        # Two cells far apart would be laid out as a sheet of 17 thousand million cells.
        ('<c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c>', "records.too_large"),
        ("<c><v>1</v></c>", "records.workbook"),
        ('<c s="1" r="A1"><v>1</v></c>', "records.workbook"),
        ('<x:c r="A1"><v>1</v></x:c>', "records.workbook"),
    ],
)
def test_a_sheet_that_would_fill_memory_is_refused(rows: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read(with_sheet(sheet_of(f"<row>{rows}</row>")))
    assert caught.value.code == code


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("homeward.records.table.MAX_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(InputError) as caught:
        read(with_sheet(sheet_of(" " * 2_000_000)))
    assert caught.value.code == "records.too_large"


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    data = with_sheet(sheet_of(" " * 2_000_000))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lying = data.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != data
    with pytest.raises(InputError) as caught:
        read(lying)
    assert caught.value.code == "records.workbook"


def test_other_archives_and_broken_workbooks_are_refused() -> None:
    good = write_xlsx([PersonRecord(ref="A-1")], HELD)
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("content.xml", "<office/>")
    for data in (other.getvalue(), good[: len(good) // 2], b"PK\x03\x04"):
        with pytest.raises(InputError) as caught:
            read(data)
        assert caught.value.code == "records.workbook"


def test_another_program_reads_our_workbook_as_text_and_never_as_a_formula() -> None:
    record = PersonRecord(
        ref="A-1", unit="=1+1", birth_date=parse_date("1998-03"), service_number="0017"
    )
    sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx([record], HELD))).active
    assert sheet is not None
    header, row = sheet.iter_rows()
    cells = {title.value: cell for title, cell in zip(header, row, strict=False)}
    assert tuple(cells) == COLUMNS[HELD]
    assert cells["unit"].value == "'=1+1"
    assert cells["birth_date"].value == "1998-03"
    assert cells["service_number"].value == "0017"
    assert {cell.data_type for cell in row if cell.value is not None} == {"s"}
    assert cells["birth_date"].number_format == "@"


def test_the_same_records_give_the_same_bytes() -> None:
    records = [PersonRecord(ref="A-1", family_name="Вигаданенко")]
    assert write_xlsx(records, HELD) == write_xlsx(iter(records), HELD)
    with zipfile.ZipFile(io.BytesIO(write_xlsx(records, HELD))) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_what_no_list_may_hold_is_not_written(write) -> None:
    with pytest.raises(InputError) as caught:
        write([PersonRecord(ref="A-1", unit="a\x00b")], HELD)
    assert caught.value.code == "records.control_character"
    with pytest.raises(InputError) as caught:
        write([PersonRecord(ref="A-1", extra=(("Health", "good"),))], HELD)
    assert caught.value.code == "records.duplicate_column"


def test_a_list_too_long_for_a_sheet_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("homeward.records.write._MAX_SHEET_ROWS", 2)
    people = [PersonRecord(ref=f"A-{number}") for number in range(2)]
    assert write_xlsx(people[:1], HELD)
    with pytest.raises(InputError) as caught:
        write_xlsx(people, HELD)
    assert caught.value.code == "records.sheet_full"


def test_csv_opens_in_a_spreadsheet_as_utf_8() -> None:
    data = write_csv([PersonRecord(ref="A-1", family_name="Їжак")], HELD)
    assert data.startswith(b"\xef\xbb\xbfref,family_name,")
    assert data.endswith(b"\r\n")
    assert "Їжак".encode() in data
