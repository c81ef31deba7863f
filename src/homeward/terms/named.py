"""Lists that stand beside an agreement: the people of a veto, or those promised by name.

Rules of this file:
- A named list is used whole or not at all: a row lost from a veto would send somebody.
- A row names a person as `HOLDER:ref`, as holder and reference, or by a reference alone
  where one held list has it.
- No message shows a cell.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

from homeward.foundation.errors import InputError
from homeward.foundation.ids import PartyCode, PersonId, parse_person
from homeward.records.formula import unguard
from homeward.records.table import column_name, read_table, refused

ROWS_MAX = 200_000
_COLUMNS = frozenset(("person", "holder", "ref"))


def read_named(
    data: bytes, *, file: str, held: Mapping[str, frozenset[str]]
) -> frozenset[PersonId]:
    """Read the people of a list that an agreement names.

    Args:
        data: CSV or XLSX with a column `person`, or `holder` and `ref`, or `ref`.
        file: What the file is called, for messages.
        held: Holder -> references of its held list, where one without a holder is looked up.

    Returns:
        The people.

    Raises:
        InputError: The file is no such list, or a row names nobody, or somebody on two
            held lists.
    """
    rows = enumerate(read_table(data, known=_COLUMNS, file=file).rows, 1)
    header = [column_name(cell) for cell in next(rows)[1] or []]
    places = {name: header.index(name) for name in _COLUMNS if name in header}
    if "person" not in places and "ref" not in places:
        raise refused(
            file,
            "terms.list_columns",
            "a column person, or columns holder and ref, or a column ref, found none of them",
            "Put the names of the columns in the first row.",
        )
    return frozenset(_people(rows, places, held, file))


def _people(
    rows: Iterator[tuple[int, list[str] | None]],
    places: Mapping[str, int],
    held: Mapping[str, frozenset[str]],
    file: str,
) -> Iterator[PersonId]:
    for number, cells in rows:
        if number > ROWS_MAX:
            found = f"at most {ROWS_MAX} rows, found more"
            raise refused(file, "terms.list_size", found, "Check that this is the right file.")
        if cells is not None and not any(map(str.strip, cells)):
            continue
        row = {name: _cell(cells, at) for name, at in places.items()}
        yield _person(row, held, file, number)


def _cell(cells: list[str] | None, at: int) -> str:
    text = cells[at] if cells is not None and at < len(cells) else ""
    return unicodedata.normalize("NFC", unguard(text.strip()))


def _person(
    row: Mapping[str, str], held: Mapping[str, frozenset[str]], file: str, number: int
) -> PersonId:
    ref, holder = row.get("ref", ""), row.get("holder", "")
    try:
        if row.get("person") or "ref" not in row:
            return parse_person(row["person"])
        if holder or not ref:
            return parse_person(f"{holder}:{ref}")
    except InputError as error:
        found = f"a person in row {number}, found no holder and reference"
        hint = "Write HOLDER:ref as person, or fill in holder and ref."
        raise refused(file, "terms.list_row", found, hint) from error
    holders = [holder for holder, known in held.items() if ref in known]
    if len(holders) != 1:
        where = f"on {len(holders)} of the held lists given"
        raise refused(
            file,
            "terms.list_ref",
            f"each reference on one held list, found that of row {number} {where}",
            "Add a column holder with the party that holds each person.",
        )
    return PersonId(PartyCode(holders[0]), ref)
