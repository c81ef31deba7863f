"""The cells of a long list, read a column at a time, where nobody needs its people one by one.

Rules of this file:
- It keeps the rows that `read_list` keeps, and says of each cell what the person's record says.
- Each distinct cell is looked at once. A row in which any cell is out of the ordinary is read as
  `read_list` reads it.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from homeward.foundation.dates import PartialDate
from homeward.records.cells import EVENTS, MAX_CELL_CHARS, MAX_REF_CHARS, Fault, Meanings
from homeward.records.header import Header, find_titles, known_titles, read_header
from homeward.records.model import DATE_COLUMNS, UNKNOWN, ListKind, PersonRecord
from homeward.records.read import MAX_ROWS, RowReader
from homeward.records.table import Cells, read_table, refused

_ROWS_AT_ONCE = 20_000

CELLS: Final = (
    *("ref", "family_name", "given_name", "father_name", "name_as_written", "birth_date"),
    *("birth_place", "sex", "service_number", "unit", "captured_on", "missing_since"),
)
"""The columns that are kept."""


@dataclass(frozen=True, slots=True)
class ListCells:
    """The rows of a list that passed every check.

    Attributes:
        cells: For each column of `CELLS` the text of every row; empty if nothing is said.
        dates: What the texts of dates mean.
        row_count: Rows that are not empty, without the header; good and bad.
    """

    cells: dict[str, list[str]]
    dates: dict[str, PartialDate]
    row_count: int


def cells_of(records: Sequence[PersonRecord]) -> ListCells:
    """Return the cells of people who were read one by one."""
    cells: dict[str, list[str]] = {}
    dates: dict[str, PartialDate] = {}
    for column in CELLS:
        if column in DATE_COLUMNS:
            found = [getattr(record, column) for record in records]
            dates.update((date.text, date) for date in found if date)
            cells[column] = [date.text if date else "" for date in found]
        else:
            cells[column] = [getattr(record, column) for record in records]
    return ListCells(cells, dates, len(records))


def read_cells_of_list(data: bytes, *, kind: ListKind, file: str, today: dt.date) -> ListCells:
    """Read a held or a wanted list.

    Args:
        data: As for `read_list`.
        kind: Which list it is said to be.
        file: What the file is called, for messages.
        today: No birth, capture or loss is later than this day.

    Returns:
        The cells of the good rows, in no order.

    Raises:
        InputError: As by `read_list`.
    """
    table = read_table(data, known=known_titles({}), file=file)
    header_row, titles = find_titles(table, file)
    header = read_header(titles, kind, {}, file, is_theirs=False)
    reader = RowReader(header, today)
    plain = _PlainRows(header, reader.meanings, today)
    row = header_row
    while block := list(islice(table.rows, _ROWS_AT_ONCE)):
        for odd in plain.read(block):
            reader.read(row + 1 + odd, block[odd])
        row += len(block)
        if row - header_row > MAX_ROWS:
            found = f"at most {MAX_ROWS} rows, found more"
            raise refused(file, "records.too_large", found, "Split the list into several files.")
    refs = plain.cells.get("ref", [])
    row_count = len(refs) + reader.row_count
    shared = plain.refs_not_for_one(reader.first_row)
    cells = plain.kept(shared)
    odd_rows = cells_of([each for each in reader.finish()[0] if each.ref not in shared])
    for column in CELLS:
        cells[column] += odd_rows.cells[column]
    return ListCells(cells, {**plain.dates(), **odd_rows.dates}, row_count)


class _Texts(dict[str, "str | None"]):
    """Remembers what the cells of a column say; None of one that is out of the ordinary."""

    def __init__(self, column: str, meanings: Meanings | None, today: dt.date) -> None:
        super().__init__()
        self._is_ref = column == "ref"
        self._meanings = meanings
        self._today = today

    def __missing__(self, cell: str) -> str | None:
        text = self[cell] = self._said(cell)
        return text

    def _said(self, cell: str) -> str | None:
        if cell != cell.strip() or cell[:1] == "'" or not cell.isprintable():
            return None
        if len(cell) > MAX_CELL_CHARS:
            return None
        if self._is_ref:
            usable = 0 < len(cell) <= MAX_REF_CHARS and unicodedata.is_normalized("NFC", cell)
            return cell if usable else None
        value = self._meanings[cell] if self._meanings is not None else cell
        if value.__class__ is PartialDate:
            return None if value.earliest > self._today else value.text
        return None if value.__class__ is Fault else value or ""


class _PlainRows:
    """The rows without anything out of the ordinary, column by column."""

    def __init__(self, header: Header, meanings: dict[str, Meanings], today: dt.date) -> None:
        self._is_readable = not header.unnamed
        self._width = len(header.titles)
        self._place = {column: at for column, at in header.known if column in CELLS}
        self._meanings = meanings
        of_title = {at: column for column, at in header.known}
        self._texts = [
            _Texts(of_title.get(at, ""), meanings.get(of_title.get(at, "")), today)
            for at in range(self._width)
        ]
        self.cells: dict[str, list[str]] = {column: [] for column in self._place}

    def read(self, rows: Sequence[Cells | None]) -> Iterator[int]:
        """Keep the plain rows, and yield the places of the others."""
        width = self._width
        fits = [
            self._is_readable and row is not None and len(row) == width and "ref" in self._place
            for row in rows
        ]
        columns = zip(
            *[row for row, fit in zip(rows, fits, strict=True) if fit and row], strict=True
        )
        said = [
            list(map(texts.__getitem__, column))
            for texts, column in zip(self._texts, columns, strict=False)
        ]
        odd = {
            n for column in said if None in column for n, text in enumerate(column) if text is None
        }
        for column, at in self._place.items() if said else ():
            texts = said[at]
            self.cells[column] += [t for n, t in enumerate(texts) if n not in odd and t is not None]
        plain_row = 0
        for place, fit in enumerate(fits):
            if not fit or plain_row in odd:
                yield place
            plain_row += fit

    def dates(self) -> dict[str, PartialDate]:
        """Return what the texts of dates mean."""
        found = (value for column in DATE_COLUMNS for value in self._meanings[column].values())
        return {date.text: date for date in found if date.__class__ is PartialDate}

    def refs_not_for_one(self, others: dict[str, int]) -> set[str]:
        """Return the references that several rows have, plain rows or others."""
        refs = self.cells.get("ref", [])
        shared = set(refs) & others.keys()
        if len(set(refs)) < len(refs):
            shared.update(ref for ref, count in Counter(refs).items() if count > 1)
        return shared

    def kept(self, shared: set[str]) -> dict[str, list[str]]:
        """Return the cells of the rows that have a reference of their own and possible dates."""
        refs = self.cells.get("ref", [])
        bad = {n for n, ref in enumerate(refs) if ref in shared} if shared else set()
        dates = self.dates()
        births = self.cells.get("birth_date", [])
        for column, _, _ in EVENTS:
            days = enumerate(zip(self.cells.get(column, ()), births, strict=False))
            bad.update(
                n for n, (day, birth) in days
                if day and birth and dates[day].latest < dates[birth].earliest
            )  # fmt: skip
        empty = {"sex": UNKNOWN}
        cells = {c: self.cells.get(c) or [empty.get(c, "")] * len(refs) for c in CELLS}
        if not bad:
            return cells
        return {c: [t for n, t in enumerate(texts) if n not in bad] for c, texts in cells.items()}
