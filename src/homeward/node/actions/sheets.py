"""The sheet of a leg: one row a captive, with an answer that a person fills in.

Rules of this file:
- Nobody is assumed to have said anything: a row without an answer counts for nobody, and
  where everybody has to be counted it is refused.
- A sheet holds only those of whom the question can be asked now.
- It may come back as CSV of any separator or as XLSX, as spreadsheets save it.
- A heading is its code; the reader's own word may stand behind it, after a dot.
- No cell of it can be run as a formula, and no message repeats one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from homeward.foundation.errors import InputError
from homeward.records.formula import guard
from homeward.records.table import column_name, read_table

QUESTIONS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "interview": (("held", "manifested"), "do you wish to go home?"),
    "check-in": (("departed",), "is this person here?"),
    "stop": (("checked_in", "stopped"), "may this person travel on?"),
    "last-stop": (("checked_in", "stopped"), "do you still wish to go home?"),
}
"""Question -> the states of those whom it is put to, and its words."""

COLUMNS = ("captive", "name", "state", "answer")
_DOT = " · "
SHEET_MAX_BYTES = 4 << 20
_ROWS_MAX = 20_000
_ANSWERS = {"yes": True, "y": True, "no": False, "n": False}


def write_sheet(
    rows: Iterable[tuple[str, str, str]], *, words: Mapping[str, str] | None = None
) -> bytes:
    """Write a sheet to be filled in.

    Args:
        rows: Salted id, name (empty at a mediator) and state of each captive.
        words: Column -> its word in the reader's language, if that is not English.

    Returns:
        CSV with a byte order mark, so that a spreadsheet opens it as UTF-8.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        _DOT.join(filter(None, (column, (words or {}).get(column)))) for column in COLUMNS
    )
    writer.writerows((captive, guard(name), state, "") for captive, name, state in rows)
    return out.getvalue().encode("utf-8-sig")


def read_answers(
    data: bytes, *, file: str, is_everybody_needed: bool = False
) -> tuple[list[str], list[str]]:
    """Read a filled sheet.

    Args:
        data: The whole file, at most 4 MiB.
        file: What the file is called, for messages.
        is_everybody_needed: Refuse a row without an answer.

    Returns:
        Salted ids with yes, and with no.

    Raises:
        InputError: It is no sheet, an answer is neither yes nor no, somebody stands in it
            twice, nobody has an answer, or somebody who needs one has none.
    """
    if len(data) > SHEET_MAX_BYTES:
        raise InputError(
            "sheets.size",
            f"Expected a sheet of at most {SHEET_MAX_BYTES} bytes, found {len(data)}.",
            hint="Write the sheet anew, and fill in the column answer alone.",
            facts={"max_bytes": SHEET_MAX_BYTES},
        )
    table = read_table(data, known=frozenset(COLUMNS), file=file)
    said: dict[str, bool | None] = {}
    places: dict[str, int] | None = None
    for number, cells in enumerate(table.rows, start=1):
        if number > _ROWS_MAX:
            raise _refused(number, f"at most {_ROWS_MAX:,} rows", "more")
        if places is None:
            header = [_column(cell) for cell in cells or []]
            places = {name: header.index(name) for name in COLUMNS if name in header}
            if not {"captive", "answer"} <= places.keys():
                raise _refused(number, "columns captive and answer", "others")
        elif cells is None or any(map(str.strip, cells)):
            captive, answer = (_cell(cells, places[name]) for name in ("captive", "answer"))
            if not captive or answer.casefold() not in {*_ANSWERS, ""}:
                raise _refused(number, "a captive, and yes or no as the answer", "something else")
            if captive in said:
                raise _refused(number, "each captive once", "one twice")
            said[captive] = _ANSWERS.get(answer.casefold())
    blank = sum(answer is None for answer in said.values())
    if blank == len(said) or (blank and is_everybody_needed):
        raise InputError(
            "sheets.blank",
            f"Expected yes or no in the column answer, found {blank} of {len(said)} rows without.",
            hint="Fill the sheet in; nothing was recorded.",
            facts={"rows": len(said), "blank": blank},
        )
    return [i for i, yes in said.items() if yes], [i for i, yes in said.items() if yes is False]


def _column(heading: str) -> str:
    return column_name(heading.partition(_DOT.strip())[0])


def _cell(cells: list[str] | None, at: int) -> str:
    return cells[at].strip() if cells is not None and at < len(cells) else ""


def _refused(row: int, expected: str, found: str) -> InputError:
    return InputError(
        "sheets.form",
        f"Expected {expected} in row {row} of the sheet, found {found}.",
        hint="Write the sheet anew (`homeward case sheet`), and fill in the column answer alone.",
        facts={"row": row},
    )
