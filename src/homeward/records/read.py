"""From a file to people, and everything that is wrong with it.

Rules of this file:
- A row is kept whole or not at all; a row that is not kept has at least one problem.
- Each bad cell is one problem: row, column, found, expected, what to do.
- Of rows that share a `ref` none is kept, and each of them is a problem.
- Texts stay as written except for the space around them; line breaks become one newline.
  References, dates and allowed values are compared in Unicode form NFC.
- A date is impossible only if its earliest possible day is: `2025~` may still be past.
- Empty rows are no rows. An unknown column is kept, a cell under no column is a problem.
- A column "Error" is what `rows_to_fix` wrote beside bad rows: it is left out.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from homeward.foundation.dates import PartialDate
from homeward.records.cells import (
    BAD_REF,
    BROKEN_QUOTES,
    CONTROL,
    DUPLICATE_REF,
    EVENTS,
    FUTURE_BIRTH,
    MAX_CELL_CHARS,
    MAX_REF_CHARS,
    MISSING_REF,
    TOO_LONG,
    Fault,
    column_meanings,
)
from homeward.records.formula import unguard
from homeward.records.header import Header, find_titles, known_titles, read_header
from homeward.records.model import ALLOWED, COLUMNS, DATE_COLUMNS, UNKNOWN, ListKind, PersonRecord
from homeward.records.table import (
    CONTROL_CHARACTERS,
    Cells,
    read_table,
    refused,
)

MAX_ROWS: Final = 2_000_000
_FOUND_CHARS = 80
_GROUP_ROWS = 20
_PROGRESS_ROWS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """One bad cell, or one bad row where `column` is empty.

    Attributes:
        row: As a spreadsheet counts; the header is 1.
        column: Name of the column, `""` for the whole row.
        kind: Stable word, such as `impossible_date`.
        found: The cell as written, at most 80 characters. For the list's owner only:
            never in an error or a log.
        expected: What may stand there.
        hint: What to do.
    """

    row: int
    column: str
    kind: str
    found: str = field(repr=False)
    expected: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemGroup:
    """All problems that are repaired in the same way.

    `rows` are the first 20 of `count`, in order.
    """

    kind: str
    column: str
    count: int
    expected: str
    hint: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReading:
    """What a file says.

    Attributes:
        file: What the file is called.
        kind: `held` or `wanted`.
        records: The rows that passed every check, in order.
        problems: What is wrong with the others, by row.
        row_count: Rows that are not empty, without the header; good and bad.
        encoding: As `Table.encoding`.
        sha256: Of the file's bytes, 64 hexadecimal digits.
        unknown_columns: Names of the columns kept in `PersonRecord.extra`.
        row_of: Reference → row, of a list that somebody else wrote; else empty.
    """

    file: str
    kind: ListKind
    records: tuple[PersonRecord, ...]
    problems: tuple[RowProblem, ...]
    row_count: int
    encoding: str
    sha256: str
    unknown_columns: tuple[str, ...]
    row_of: Mapping[str, int]


def read_list(
    data: bytes,
    *,
    kind: ListKind,
    file: str,
    today: dt.date,
    columns: Mapping[str, str] | None = None,
    is_theirs: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> ListReading:
    """Read a held or a wanted list.

    Args:
        data: A CSV or XLSX file, at most 200 MB and 2,000,000 rows.
        kind: Which list it is said to be.
        file: What the file is called, for messages.
        today: No birth, capture or loss is later than this day.
        columns: What titles of the file mean: one of our columns, `EXTRA` for a further
            column, or empty for one that is left out. Other titles mean what they say.
        is_theirs: Somebody else wrote the list, and cannot mend it. A row whose reference
            cannot be used is called by its number, such as `row-12`; a cell that cannot be
            read is a problem, and counts as empty; a day may be written 14.03.1998.
        progress: Called now and then with (rows read, rows about to be read in all).

    Returns:
        The good rows, and a problem for every bad cell.

    Raises:
        InputError: The file is no list: empty, unreadable, without a header or a `ref`
            column, with a column named twice, or beyond a limit.
    """
    meant = columns or {}
    table = read_table(data, known=known_titles(meant), file=file)
    header_row, titles = find_titles(table, file)
    header = read_header(titles, kind, meant, file, is_theirs=is_theirs)
    reader = RowReader(header, today, is_theirs=is_theirs)
    row = header_row
    for row, cells in enumerate(table.rows, header_row + 1):
        reader.read(row, cells)
        if row - header_row > MAX_ROWS:
            found = f"at most {MAX_ROWS} rows, found more"
            raise refused(file, "records.too_large", found, "Split the list into several files.")
        if progress is not None and row % _PROGRESS_ROWS == 0:
            progress(row, max(row, table.row_estimate))
    if progress is not None:
        progress(row, row)
    records, problems = reader.finish()
    return ListReading(
        file=file,
        kind=kind,
        records=records,
        problems=problems,
        row_count=reader.row_count,
        encoding=table.encoding,
        sha256=hashlib.sha256(data).hexdigest(),
        unknown_columns=tuple(name for name, _ in header.unknown),
        row_of=reader.row_of,
    )


def read_row(
    values: Mapping[str, str], *, kind: ListKind, today: dt.date
) -> tuple[PersonRecord | None, tuple[RowProblem, ...]]:
    """Read one person as if it were a row of a list.

    Args:
        values: Our columns of this kind of list → text; others are empty.
        kind: Which list.
        today: No birth, capture or loss is later than this day.

    Returns:
        The person, or None and what is wrong, each problem with its column.
    """
    assert values.keys() <= set(COLUMNS[kind]), "only columns of this list"
    titles = tuple(COLUMNS[kind])
    known = tuple((column, at) for at, column in enumerate(titles))
    reader = RowReader(Header(titles=titles, known=known, unknown=(), unnamed=()), today)
    # A missing reference is a problem, also where every cell is empty.
    cells = [values.get(column, "") for column in titles]
    reader.read(1, cells)
    records, problems = reader.finish()
    if not records and not problems:
        return None, (_problem(1, "ref", "", MISSING_REF),)
    return (records[0] if records else None), problems


def group_problems(problems: Iterable[RowProblem]) -> tuple[ProblemGroup, ...]:
    """Group problems by repair.

    Args:
        problems: Of one list.

    Returns:
        One group for each kind and column, the most frequent first.
    """
    groups: dict[tuple[str, str], list[RowProblem]] = {}
    for problem in problems:
        groups.setdefault((problem.kind, problem.column), []).append(problem)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        ProblemGroup(
            kind=kind,
            column=column,
            count=len(members),
            expected=members[0].expected,
            hint=members[0].hint,
            rows=tuple(problem.row for problem in members[:_GROUP_ROWS]),
        )
        for (kind, column), members in ordered
    )


def ref_of_row(row: int) -> str:
    """Return how the person of a row is called who has no reference."""
    return f"row-{row}"


_Bad = dict[str, tuple[str, Fault]]


class RowReader:
    """Reads rows one by one and keeps what they say; `first_row` has each reference met."""

    def __init__(self, header: Header, today: dt.date, *, is_theirs: bool = False) -> None:
        self.row_count = 0
        self._header = header
        self._today = today
        self._records: list[PersonRecord] = []
        self._problems: list[RowProblem] = []
        self.first_row: dict[str, int] = {}
        self._repeats: dict[str, list[int]] = {}
        self._is_theirs = is_theirs
        self.row_of: dict[str, int] = {}
        self.meanings = meanings = column_meanings(is_theirs=is_theirs)
        self._parsed = [(c, at, meanings[c]) for c, at in header.known if c in meanings]
        self._texts = [(c, at) for c, at in header.known if c not in meanings]

    def read(self, row: int, raw: Cells | None) -> None:
        """Read one row: afterwards it is a record, a problem, or was empty."""
        if raw is None:
            self.row_count += 1
            self._report(row, "", "", BROKEN_QUOTES)
            return
        cells = list(map(str.strip, raw))
        joined = "".join(cells)
        if not joined:
            return
        self.row_count += 1
        if not self._fits(row, cells):
            return
        bad: _Bad = {}
        cells = self._readable(cells, joined, bad)
        values: dict[str, Any] = {column: cells[at] for column, at in self._texts}
        for column, at, meanings in self._parsed:
            value = values[column] = meanings[cells[at]]
            if value.__class__ is Fault:
                bad.setdefault(column, (cells[at], value))
        self._check_dates(values, bad)
        self._check_ref(row, values, bad)
        for column, (found, fault) in bad.items():
            self._report(row, column, found, fault)
        if self._is_theirs:
            self._empty(row, values, bad)
        elif bad:
            return
        if self._header.unknown:
            extra = ((name, cells[at]) for name, at in self._header.unknown)
            values["extra"] = tuple(pair for pair in extra if pair[1])
        self._records.append(PersonRecord(**values))

    def finish(self) -> tuple[tuple[PersonRecord, ...], tuple[RowProblem, ...]]:
        """Return the records without a shared `ref`, and all problems by row."""
        for ref, rows in self._repeats.items():
            for row in rows[self._is_theirs :]:  # there the first may have it
                self._report(row, "ref", ref, DUPLICATE_REF)
        lost = {} if self._is_theirs else self._repeats
        records = tuple(record for record in self._records if record.ref not in lost)
        return records, tuple(sorted(self._problems, key=lambda problem: problem.row))

    def _fits(self, row: int, cells: Cells) -> bool:
        width = len(self._header.titles)
        if len(cells) == width and not self._header.unnamed:
            return True
        nameless = (*cells[width:], *(cells[at] for at in self._header.unnamed if at < len(cells)))
        if len(cells) >= width and not any(nameless):
            return True
        fault = Fault(
            "wrong_width",
            f"{width} cells, one under each named column",
            "Look for a missing or an extra separator, or name the column.",
        )
        self._report(row, "", f"{len(cells)} cells", fault)
        return False

    def _readable(self, cells: Cells, joined: str, bad: _Bad) -> Cells:
        # One look at the whole row spares almost every row a look at each cell.
        if "'" in joined:
            cells = [unguard(cell) if cell[:1] == "'" else cell for cell in cells]
        if len(joined) <= MAX_CELL_CHARS and joined.isprintable():
            return cells
        cells = [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in cells]
        for title, cell in zip(self._header.titles, cells, strict=False):
            if not title:
                continue  # left out
            if len(cell) > MAX_CELL_CHARS:
                bad[title] = (cell, TOO_LONG)
            elif CONTROL_CHARACTERS.search(cell):
                bad[title] = (cell, CONTROL)
        return cells

    def _check_dates(self, values: dict[str, Any], bad: _Bad) -> None:
        birth = values.get("birth_date")
        if birth.__class__ is not PartialDate:
            birth = None
        elif birth.earliest > self._today:
            bad["birth_date"] = (birth.text, FUTURE_BIRTH)
            birth = None
        for column, future, before_birth in EVENTS:
            event = values.get(column)
            if event.__class__ is not PartialDate:
                continue
            if event.earliest > self._today:
                bad[column] = (event.text, future)
            elif birth is not None and event.latest < birth.earliest:
                bad[column] = (event.text, before_birth)

    def _check_ref(self, row: int, values: dict[str, Any], bad: _Bad) -> None:
        given = values.get("ref", ref_of_row(row))  # a list without the column has no cell
        ref = values["ref"] = unicodedata.normalize("NFC", given)
        if not ref:
            bad["ref"] = ("", MISSING_REF)
        elif len(ref) > MAX_REF_CHARS or not ref.isprintable():
            bad["ref"] = (ref, BAD_REF)
        elif ref in self.first_row:
            # A row that is bad for another reason shares its reference all the same.
            self._repeats.setdefault(ref, [self.first_row[ref]]).append(row)
        else:
            self.first_row[ref] = row

    def _empty(self, row: int, values: dict[str, Any], bad: _Bad) -> None:
        """Keep a row of a list that is not ours: what cannot be read in it counts as empty."""
        for column in bad.keys() & values.keys():
            is_word = column in ALLOWED
            values[column] = UNKNOWN if is_word else None if column in DATE_COLUMNS else ""
        is_usable = "ref" not in bad and values["ref"] not in self._repeats
        values["ref"] = values["ref"] if is_usable else ref_of_row(row)
        self.row_of[values["ref"]] = row

    def _report(self, row: int, column: str, found: str, fault: Fault) -> None:
        self._problems.append(_problem(row, column, found, fault))


def _problem(row: int, column: str, found: str, fault: Fault) -> RowProblem:
    shown = found if len(found) <= _FOUND_CHARS else f"{found[: _FOUND_CHARS - 1]}…"
    return RowProblem(
        row=row,
        column=column,
        kind=fault.kind,
        found=shown,
        expected=fault.expected,
        hint=fault.hint,
    )
