"""From people to a file that spreadsheets open safely and homeward reads back.

Rules of this file:
- What was read and is written reads back as the same records.
- Every cell is text, and none starts a formula: see `formula`.
- The same records give the same bytes: no clock, no temporary file. That is why XLSX is
  written here: the usual library stamps the hour and spools names to disk.

Source: RFC 4180 (CSV); ECMA-376 part 1, section 18 (SpreadsheetML).
"""

from __future__ import annotations

import codecs
import csv
import html
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from homeward.foundation.dates import PartialDate
from homeward.foundation.errors import InputError
from homeward.records.formula import guard
from homeward.records.model import COLUMNS, ListKind, PersonRecord
from homeward.records.table import CONTROL_CHARACTERS, MAX_UNPACKED_BYTES, column_name

_MAX_SHEET_ROWS = 1_048_576
# In a sheet _x0041_ means the letter A: an underscore that could begin this is spelt out.
_SHEET_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SHEET_PATH = "xl/worksheets/sheet{}.xml"
_NAME, _NAME_MAX_CHARS = "list", 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_BEGIN_OF_ROW = re.compile(r'(<row r="(?!1")\d+"><c r="A\d+" s="1" t="inlineStr"><is><t>)([^<]*)')

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# `{types}`, `{names}`, `{sheets}` and `{styles}` stand for what each sheet needs.
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    "{types}</Types>",
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    "<bookViews><workbookView/></bookViews><sheets>{names}</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    "{sheets}"
    f'<Relationship Id="rId{{styles}}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    # Styles are the number format "text" (49): a program must not turn 1998-03 into a day.
    # 1 is plain; of a sheet that is laid out, 2 is the header and 3 every other cell.
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/>'
    '<xf numFmtId="49" applyNumberFormat="1"/>'
    '<xf numFmtId="49" applyNumberFormat="1" fontId="1" applyFont="1" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="49" applyNumberFormat="1" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0"/></cellStyles></styleSheet>',
}


def write_csv(records: Iterable[PersonRecord], kind: ListKind) -> bytes:
    """Write a list as CSV.

    Args:
        records: In the order they are written.
        kind: Which columns are written; columns of the other kind are not.

    Returns:
        UTF-8 with a byte order mark, commas, and CRLF after each row.

    Raises:
        InputError: A cell holds a control character, or a further column has the name
            of one that homeward knows.
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows(_rows(records, kind))
    return text.getvalue().encode("utf-8-sig")


def write_xlsx(records: Iterable[PersonRecord], kind: ListKind) -> bytes:
    """Write a list as a workbook with one sheet, every cell a text.

    Args:
        records: In the order they are written.
        kind: Which columns are written; columns of the other kind are not.

    Returns:
        An XLSX file; the same records always give the same bytes.

    Raises:
        InputError: As `write_csv`; or the list is too long for a sheet.
    """
    return write_sheet(_rows(records, kind))


def csv_lines(
    records: Iterable[PersonRecord], columns: Sequence[str], *, further: Sequence[str] = ()
) -> Iterator[bytes]:
    """Write some columns of people as CSV, line by line, keeping no row.

    Args:
        records: In the order they are written.
        columns: Known columns, in the order they are written.
        further: Columns of `PersonRecord.extra` that are written after them.

    Returns:
        The lines of a file as `write_csv` writes one.

    Raises:
        InputError: A cell holds a control character.
    """
    yield codecs.BOM_UTF8
    for row in _table(records, columns, further):
        text = io.StringIO(newline="")
        csv.writer(text).writerow(row)
        yield text.getvalue().encode()


def xlsx_of(
    records: Iterable[PersonRecord], columns: Sequence[str], *, further: Sequence[str] = ()
) -> bytes:
    """Write some columns of people as a workbook, as `write_xlsx` does.

    Args:
        records: In the order they are written.
        columns: Known columns, in the order they are written.
        further: Columns of `PersonRecord.extra` that are written after them.

    Returns:
        An XLSX file; the same records always give the same bytes.

    Raises:
        InputError: A cell holds a control character, or the list is too long for a sheet.
    """
    return write_sheet(_table(records, columns, further))


def write_sheet(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows as a workbook with one sheet, every cell a text.

    Args:
        rows: Cells that start no formula and hold no control character; the header first,
            and no row longer than it.

    Returns:
        An XLSX file; the same rows always give the same bytes.

    Raises:
        InputError: There are more rows than a sheet holds.
    """
    return _package({_NAME: _sheet(rows)})


def write_sheets(
    sheets: Mapping[str, Iterable[Sequence[str]]], *, widths: Mapping[str, Sequence[int]]
) -> bytes:
    """Write a workbook to be read and filtered, every cell a text.

    Args:
        sheets: Name of each sheet, at most 31 characters of it are kept → its rows, as for
            `write_sheet`.
        widths: Name of each sheet → how wide each of its columns is, in characters. Longer
            text is wrapped; the header is bold, stays in sight, and filters the rows.

    Returns:
        An XLSX file; the same sheets always give the same bytes.

    Raises:
        InputError: There are more rows than a sheet holds.
    """
    return _package({name: _sheet(rows, widths[name]) for name, rows in sheets.items()})


def _sheet(rows: Iterable[Sequence[str]], widths: Sequence[int] = ()) -> bytes:
    sheet = io.BytesIO()
    sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}">{_layout(widths)}<sheetData>'.encode())
    letters: list[str] = []
    number = 0
    header, others = (2, 3) if widths else (1, 1)
    for number, row in enumerate(rows, 1):
        letters = letters or [_column_letters(at) for at in range(len(row))]
        style = header if number == 1 else others
        sheet.write(_sheet_row(number, row, letters, style).encode())
        if number > _MAX_SHEET_ROWS or sheet.tell() > MAX_UNPACKED_BYTES - (1 << 20):
            raise InputError(
                "records.sheet_full",
                f"Expected a list that fits in one sheet, found more than {number - 1} rows.",
                hint="Write it as CSV.",
                facts={"rows": number - 1},
            )
    last = f"{_column_letters(len(widths) - 1)}{number}"
    filters = f'<autoFilter ref="A1:{last}"/>' if widths and number else ""
    sheet.write(f"</sheetData>{filters}</worksheet>".encode())
    return sheet.getvalue()


def _layout(widths: Sequence[int]) -> str:
    """Return what keeps the header of a sheet in sight and its columns wide enough."""
    if not widths:
        return ""
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
        for at, width in enumerate(widths, 1)
    )
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    view = f'<sheetView workbookViewId="0">{pane}</sheetView>'
    return f"<sheetViews>{view}</sheetViews><cols>{columns}</cols>"


def change_first_column(data: bytes, change: Callable[[str], str]) -> bytes:
    """Change the first cell of every row below the header, where it is not empty.

    Args:
        data: A workbook that `write_sheet` wrote.
        change: Takes a cell; returns one that starts no formula and holds no control character.

    Returns:
        The workbook, its other cells as they were.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet = package.read(_SHEET_PATH.format(1)).decode()

    def changed(row: re.Match[str]) -> str:
        text = html.unescape(row[2]).replace("_x005F_", "_")
        return row[1] + _sheet_text(change(text))

    return _package({_NAME: _BEGIN_OF_ROW.sub(changed, sheet).encode()})


def _rows(records: Iterable[PersonRecord], kind: ListKind) -> Iterator[list[str]]:
    people = list(records)
    extra = dict.fromkeys(name for person in people for name, _ in person.extra)
    header = [*COLUMNS[kind], *extra]
    if len({column_name(title) for title in header}) < len(header):
        raise InputError(
            "records.duplicate_column",
            "Expected each column once, found a further column with the name of another.",
            hint="Rename the further column.",
        )
    yield from _table(people, COLUMNS[kind], tuple(extra))


def _table(
    people: Iterable[PersonRecord], columns: Sequence[str], further: Sequence[str]
) -> Iterator[list[str]]:
    yield [_cell(title) for title in (*columns, *further)]
    for person in people:
        extra = dict(person.extra)
        values = [getattr(person, column) for column in columns]
        yield [_cell(value) for value in (*values, *(extra.get(name, "") for name in further))]


def _cell(value: str | PartialDate | None) -> str:
    if not value:
        return ""
    if isinstance(value, PartialDate):
        return value.text
    if not value.isprintable() and CONTROL_CHARACTERS.search(value):
        raise InputError(
            "records.control_character",
            "Expected text without control characters, found one.",
            hint="Correct the record, then write the list again.",
        )
    return guard(value)


def _sheet_row(number: int, row: Sequence[str], letters: Sequence[str], style: int) -> str:
    cells = [
        f'<c r="{column}{number}" s="{style}" t="inlineStr"><is><t>{_sheet_text(text)}</t></is></c>'
        for column, text in zip(letters, row, strict=False)
        if text
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _sheet_text(text: str) -> str:
    return html.escape(_SHEET_ESCAPE.sub("_x005F_", text), quote=False)


def _column_letters(at: int) -> str:
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _package(sheets: Mapping[str, bytes]) -> bytes:
    """Put sheets, by name, into one file."""
    paths = [_SHEET_PATH.format(number) for number in range(1, len(sheets) + 1)]
    said = {"{types}": "", "{names}": "", "{sheets}": "", "{styles}": str(len(sheets) + 1)}
    for number, (path, name) in enumerate(zip(paths, sheets, strict=True), 1):
        shown = html.escape(_NOT_IN_NAMES.sub(" ", name)[:_NAME_MAX_CHARS])
        said["{types}"] += f'<Override PartName="/{path}" ContentType="{_TYPE}.worksheet+xml"/>'
        said["{names}"] += f'<sheet name="{shown}" sheetId="{number}" r:id="rId{number}"/>'
        said["{sheets}"] += (
            f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" '
            f'Target="{path.removeprefix("xl/")}"/>'
        )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for part, text in _PARTS.items():
            for place, what in said.items():
                text = text.replace(place, what)  # noqa: PLW2901 - the same part, filled in
            _add(package, part, f"{_XML}{text}".encode())
        for path, sheet in zip(paths, sheets.values(), strict=True):
            _add(package, path, sheet)
    return file.getvalue()


def _add(package: zipfile.ZipFile, path: str, content: bytes) -> None:
    # A name alone carries the date 1980-01-01: the bytes do not tell the hour.
    package.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)
