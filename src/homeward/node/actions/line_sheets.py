"""A sheet with one line a row, some of whose columns a person fills in.

Rules of this file:
- A row whose columns to be filled in are all empty says nothing.
- It may come back as CSV of any separator or as XLSX, as spreadsheets save it.
- No cell of it can be run as a formula, and no message repeats one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from homeward.foundation.errors import InputError
from homeward.records.formula import guard, unguard
from homeward.records.table import column_name, read_table

LINES: Mapping[str, tuple[str, ...]] = {
    "remarks": ("ref", "name", "answer", "remark", "evidence"),
    "replies": ("ref", "name", "answer", "remark", "evidence", "reply", "held_ref"),
}
"""What a sheet of lines is for → its columns; those that are empty are filled in."""

LINES_MAX_BYTES = 64 << 20
_LINES_MAX = 1_000_000


def write_lines(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Write a sheet to be filled in.

    Args:
        columns: Its columns, in order.
        rows: Cells by column; one that is left out is empty.

    Returns:
        CSV with a byte order mark, so that a spreadsheet opens it as UTF-8.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([guard(row.get(column, "")) for column in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def read_lines(
    data: bytes, *, file: str, to_fill: Sequence[str], optional: Sequence[str] = ()
) -> dict[str, dict[str, str]]:
    """Read a filled sheet.

    Args:
        data: The whole file, at most 64 MiB.
        file: What the file is called, for messages.
        to_fill: Columns that a person fills in; they must be there, beside `ref`.
        optional: More columns that it may have.

    Returns:
        Reference → cells of those columns, of every row that says something.

    Raises:
        InputError: It is no such sheet, or a reference stands in it twice.
    """
    if len(data) > LINES_MAX_BYTES:
        raise InputError(
            "lines.size",
            f"Expected a sheet of at most {LINES_MAX_BYTES} bytes, found {len(data)}.",
            hint="Write the sheet anew (`homeward case lines`), and fill in its empty columns.",
            facts={"max_bytes": LINES_MAX_BYTES},
        )
    wanted = ("ref", *to_fill, *optional)
    said: dict[str, dict[str, str]] = {}
    places: dict[str, int] | None = None
    for number, cells in enumerate(
        read_table(data, known=frozenset(wanted), file=file).rows, start=1
    ):
        if number > _LINES_MAX:
            raise _refused(number, f"at most {_LINES_MAX:,} rows", "more")
        if places is None:
            header = [column_name(cell) for cell in cells or []]
            places = {name: header.index(name) for name in wanted if name in header}
            if not {"ref", *to_fill} <= places.keys():
                raise _refused(number, f"columns {', '.join(('ref', *to_fill))}", "others")
        elif cells is None:
            raise _refused(number, "a row that can be read", "a broken one")
        else:
            row = {name: _cell(cells, at) for name, at in places.items()}
            ref = row.pop("ref")
            if not any(row[name] for name in to_fill):
                continue
            if not ref or ref in said:
                raise _refused(number, "a reference, each once", "none, or one twice")
            said[ref] = row
    return said


def _cell(cells: list[str], at: int) -> str:
    return unguard(cells[at].strip()) if at < len(cells) else ""


def _refused(row: int, expected: str, found: str) -> InputError:
    return InputError(
        "lines.form",
        f"Expected {expected} in row {row} of the sheet, found {found}.",
        hint="Write the sheet anew (`homeward case lines`), and fill in its empty columns.",
        facts={"row": row},
    )
