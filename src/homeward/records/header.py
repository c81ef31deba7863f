"""The first row of a list: which column stands where.

Rules of this file:
- A title is read in any case, with spaces or hyphens; no column stands twice.
- Without a header the first row is a person: no message repeats its cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from homeward.foundation.errors import InputError
from homeward.records.cells import MAX_REF_CHARS
from homeward.records.formula import unguard
from homeward.records.model import COLUMNS, ListKind
from homeward.records.table import Table, column_name, refused
from homeward.records.titles import ERROR_COLUMN, EXTRA, KNOWN_TITLES

_MAX_COLUMNS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where each column stands; cells at `unnamed` positions must be empty."""

    titles: tuple[str, ...]
    known: tuple[tuple[str, int], ...]
    unknown: tuple[tuple[str, int], ...]
    unnamed: tuple[int, ...]


def known_titles(columns: Mapping[str, str]) -> frozenset[str]:
    """Return the names by which the separator of a file is told, with those of a mapping."""
    return KNOWN_TITLES | {column_name(title) for title in columns}


def find_titles(table: Table, file: str) -> tuple[int, list[str]]:
    """Return the row of the header, from 1, and the titles of the columns.

    Args:
        table: An open file; its rows are read up to the header.
        file: What the file is called, for messages.

    Returns:
        The row, and the titles with single spaces; an unnamed column has an empty one.

    Raises:
        InputError: There is no header, a title is unreadable or stands there twice, or
            there are more than 500.
    """
    for row, cells in enumerate(table.rows, 1):
        if cells is None:
            break
        if any(cell.strip() for cell in cells):
            titles = [unguard(" ".join(cell.split())) for cell in cells]
            while not titles[-1]:
                titles.pop()
            return row, titles
    raise no_header(file)


def verify_titles(titles: Sequence[str], file: str) -> None:
    """Check the titles of a file, whatever they mean.

    Args:
        titles: From `find_titles`.
        file: What the file is called, for messages.

    Raises:
        InputError: A title is unreadable or stands there twice, or there are too many.
    """
    _check_titles(titles, [column_name(title) for title in titles], file)


def read_header(
    titles: Sequence[str],
    kind: ListKind,
    columns: Mapping[str, str],
    file: str,
    *,
    is_theirs: bool,
) -> Header:
    """Return where each column of a list stands.

    Args:
        titles: From `find_titles`.
        kind: Which list it is said to be.
        columns: As for `read.read_list`.
        file: What the file is called, for messages.
        is_theirs: As for `read.read_list`.

    Returns:
        The header.

    Raises:
        InputError: No title is one of ours, or `ref` is missing, or as by `verify_titles`.
    """
    meant = [columns.get(title, title) for title in titles]
    names = [column_name(title) for title in meant]
    # Without a header the first row is a person: no message may repeat its cells.
    if not set(COLUMNS[kind]) & set(names):
        raise no_header(file)
    if "ref" not in names and not is_theirs:
        raise refused(
            file,
            "records.no_ref",
            "a column named ref, found none",
            "Add a column ref with a reference of your own for each person.",
        )
    left_out = {
        at
        for at, title in enumerate(titles)
        if title and (not meant[at] or names[at] == ERROR_COLUMN)
    }
    kept = {at for at, name in enumerate(meant) if name == EXTRA and titles[at] in columns}
    names = ["" if at in left_out else name for at, name in enumerate(names)]
    names = [column_name(titles[at]) if at in kept else name for at, name in enumerate(names)]
    _check_titles(titles, names, file)
    known = [(column, names.index(column)) for column in COLUMNS[kind] if column in names]
    taken = left_out | {at for _, at in known}
    return Header(
        titles=tuple(names[at] if at in taken else title for at, title in enumerate(titles)),
        known=tuple(known),
        unknown=tuple((t, at) for at, t in enumerate(titles) if t and at not in taken),
        unnamed=tuple(at for at, title in enumerate(titles) if not title),
    )


def _check_titles(titles: Sequence[str], names: Sequence[str], file: str) -> None:
    if len(titles) > _MAX_COLUMNS:
        found = f"at most {_MAX_COLUMNS} columns, found {len(titles)}"
        raise refused(file, "records.too_large", found, "Remove columns that are not needed.")
    first: dict[str, int] = {}
    for number, (title, name) in enumerate(zip(titles, names, strict=True), 1):
        if not title.isprintable() or len(title) > MAX_REF_CHARS:
            found = f"names of columns in visible characters, found others in column {number}"
            raise refused(file, "records.column_name", found, "Type the name again.")
        if name and name in first:
            found = f"each column once, found columns {first[name]} and {number} with one name"
            raise refused(file, "records.duplicate_column", found, "Rename or remove one of them.")
        first[name] = number


def no_header(file: str) -> InputError:
    """Return the error for a file whose first row names no column of ours."""
    return refused(
        file,
        "records.no_header",
        "a list whose first row names its columns (ref, family_name, …), found none of them",
        "Check that this is the list, and put the names of the columns in its first row.",
    )
