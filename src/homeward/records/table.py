"""From the bytes of a file to rows of cells: CSV and XLSX, nothing about people.

Rules of this file:
- A byte order mark decides the encoding; without one, NUL bytes mean UTF-16, valid
  UTF-8 is UTF-8, and the rest is windows-1251. Damaged UTF-8 is refused, not guessed.
- The separator (comma, semicolon, tab) is the one that finds most known columns, or else
  the most columns.
- A quote that is opened wrongly costs its own line, never the lines after it.
- A workbook is unpacked within limits and packed anew before its reader sees it: the
  reader gets what was measured, not what the file says of itself.
- Rows are numbered as a spreadsheet numbers them: the header is 1, empty rows count.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook

from homeward.foundation.errors import InputError

MAX_FILE_BYTES = 200_000_000
MAX_UNPACKED_BYTES = 512 << 20
_MAX_SHEET_CELLS = 20_000_000  # rows times columns: the reader keeps empty cells too
_MAX_BROKEN_LINES = 1_000

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_DELIMITERS = ",;\t"
_SAMPLE_BYTES = 1 << 20

Cells = list[str]

CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What no cell may hold: controls except tab and newline, and what XML cannot say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of a file, read as they are asked for.

    Attributes:
        encoding: `utf-8`, `utf-16-le`, `utf-16-be`, `windows-1251` or `xlsx`.
        rows: Cells as written, header first; None for a line whose quotes are broken.
        row_estimate: About the number of rows, header included; lines inside quotes count.
    """

    encoding: str
    rows: Iterator[Cells | None]
    row_estimate: int


def read_table(data: bytes, *, known: AbstractSet[str], file: str) -> Table:
    """Open a file as rows of cells.

    Args:
        data: The whole file, at most 200 MB.
        known: Names of columns, lower case, that tell one separator from another.
        file: What the file is called, for messages.

    Returns:
        The table. Iterating over its rows raises InputError after 1,000 lines with
        broken quotes.

    Raises:
        InputError: The file is empty, too large, in no known encoding or form.
    """
    if len(data) > MAX_FILE_BYTES:
        raise refused(
            file,
            "records.too_large",
            f"a file of at most {MAX_FILE_BYTES} bytes, found {len(data)}",
            "Split the list into several files.",
        )
    if not data.strip():
        raise refused(
            file,
            "records.empty",
            "a list with a header row, found an empty file",
            "Export it again.",
        )
    if data.startswith(b"PK\x03\x04"):
        return _read_xlsx(data, file)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise refused(
            file,
            "records.old_workbook",
            "a CSV or XLSX file, found an old or protected workbook",
            "Save it as XLSX without a password, or as CSV.",
        )
    return _read_csv(data, known, file)


def refused(file: str, code: str, expected_found: str, hint: str) -> InputError:
    """Return the error for a file that cannot be read at all.

    Args:
        file: What the file is called.
        code: Stable dotted name.
        expected_found: `"a list, found something else"`, without any cell's content.
        hint: What to do.

    Returns:
        The error, to be raised by the caller.
    """
    return InputError(code, f"{file}: Expected {expected_found}.", hint=hint, facts={"file": file})


def _read_csv(data: bytes, known: AbstractSet[str], file: str) -> Table:
    text, encoding = _decode(data, file)
    first_lines = text[:_SAMPLE_BYTES]
    delimiter = max(_DELIMITERS, key=lambda mark: _count_known(first_lines, mark, known))
    lines = max(text.count("\n"), text.count("\r")) + 1
    return Table(encoding=encoding, rows=_csv_rows(text, delimiter, file), row_estimate=lines)


def _decode(data: bytes, file: str) -> tuple[str, str]:
    encoding, skip = _encoding_of(data)
    try:
        return data[skip:].decode(encoding), encoding
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, skip + error.start) + 1
        raise refused(
            file,
            "records.encoding",
            f"{encoding} throughout, found another byte in line {line}",
            "Export the list again as UTF-8.",
        ) from None


def _encoding_of(data: bytes) -> tuple[str, int]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding, len(bom)
    # A header is mostly ASCII, so in UTF-16 every other byte of it is NUL.
    head = data[:200]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if 4 * max(even, odd) > len(head):
        return ("utf-16-be" if even > odd else "utf-16-le"), 0
    return ("utf-8" if _is_mostly_utf8(data) else "windows-1251"), 0


def _is_mostly_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        # One damaged byte in a UTF-8 file must not turn every name into nonsense.
        sample = data[:_SAMPLE_BYTES]
        high = sum(sample.count(byte) for byte in range(0x80, 0x100))
        valid = [char for char in sample.decode("utf-8", "ignore") if char > "\x7f"]
        return 2 * len("".join(valid).encode()) > high
    return True


def _count_known(text: str, delimiter: str, known: AbstractSet[str]) -> tuple[int, int]:
    try:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return 0, 0
    return sum(column_name(cell) in known for cell in header), len(header)


def column_name(cell: str) -> str:
    """Return the name a header cell means: case, spaces and hyphens do not count."""
    return re.sub(r"[\s-]+", "_", cell.strip().lower())


def _csv_rows(text: str, delimiter: str, file: str) -> Iterator[Cells | None]:
    lines = io.StringIO(text, newline="")
    # Strict: a quote in the wrong place is an error instead of a longer cell.
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    broken = 0
    while True:
        start = lines.tell()
        try:
            row = next(reader, None)
        except csv.Error:
            broken += 1
            if broken > _MAX_BROKEN_LINES:
                raise refused(
                    file,
                    "records.broken_quotes",
                    f"quotes that are closed, found more than {_MAX_BROKEN_LINES} lines where they are not",
                    "Export the list again as CSV or XLSX.",
                ) from None
            lines.seek(start)
            lines.readline()  # the next row starts on the next line
            yield None
            continue
        if row is None:
            return
        yield row


def _read_xlsx(data: bytes, file: str) -> Table:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(_repack(data, file)))
        sheet = workbook.get_sheet_by_index(0)
        # Read from A1 on, so that rows are numbered as they are seen.
        rows = sheet.to_python(skip_empty_area=False)
    except (
        *(CalamineError, zipfile.BadZipFile, zlib.error, EOFError),
        *(NotImplementedError, RuntimeError, ValueError),  # encrypted, or an odd compression
    ) as error:
        raise refused(
            file,
            "records.workbook",
            f"an XLSX workbook with one list on its first sheet, found another file ({type(error).__name__})",
            "Save it again as XLSX without a password, or as CSV.",
        ) from error
    return Table(
        encoding="xlsx",
        rows=([_cell_text(cell) for cell in row] for row in rows),
        row_estimate=len(rows),
    )


def _repack(data: bytes, file: str) -> bytes:
    copy = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(copy, "w") as target:
        members = {member.filename: member for member in source.infolist()}
        if sum(member.file_size for member in members.values()) > MAX_UNPACKED_BYTES:
            raise _too_wide(file, f"more than {MAX_UNPACKED_BYTES} bytes once unpacked")
        if "xl/workbook.xml" not in members or "content.xml" in members:
            raise zipfile.BadZipFile  # another kind of archive
        for name, member in members.items():
            content = source.read(member)
            # Any member may be the sheet, whatever its name says.
            target.writestr(zipfile.ZipInfo(name), _checked_sheet(content, file))
    return copy.getvalue()


def _checked_sheet(xml: bytes, file: str) -> bytes:
    # The reader lays out every cell up to the last one named: two cells can fill memory.
    columns = set(re.findall(rb'<c r="([A-Z]{1,3})\d', xml))
    rows = re.findall(rb'<c r="[A-Z]{1,3}(\d{1,7})"', xml)
    tags = len(re.findall(rb"<c[\s/>]", xml))
    prefixed = b":c" in xml and re.search(rb"<\w+:c[\s/>]", xml)
    if len(rows) != tags or prefixed:
        raise zipfile.BadZipFile  # cells that do not say where they stand
    width = max(map(_column_number, columns), default=0)
    height = max(map(int, rows), default=0)
    if width * height > _MAX_SHEET_CELLS:
        raise _too_wide(file, f"{height} rows of {width} columns")
    # The reader drops errors such as #N/A; as text they are seen and reported.
    return re.sub(rb'(<c r="[A-Z]+\d+"[^>]*? t=)"e"', rb'\1"str"', xml) if b't="e"' in xml else xml


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _too_wide(file: str, found: str) -> InputError:
    return refused(
        file,
        "records.too_large",
        f"a sheet of at most {_MAX_SHEET_CELLS} cells, found {found}",
        "Remove stray cells far from the list, or save it as CSV.",
    )


def _cell_text(value: object) -> str:
    match value:
        case str():
            return value
        case bool():
            return str(value).upper()
        case float() if value.is_integer():
            return str(int(value))
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.date() | dt.time():
            return value.isoformat()
    return str(value)
