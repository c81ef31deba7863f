"""The parts of a record's name, wherever on the list they were written.

Rules of this file:
- Cells stay as they are written unless one of the next rules says otherwise.
- Without a family or a given name, the name as written is read; without that, a cell that holds
  a given name beside another word is read as a whole name.
- Cells that surely stand in each other's columns (a given name as family name and a family name
  as given name, a father's name as either) are read as one whole name.
- A whole name with aliases gives every name of a part, with " / " between them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from homeward.matching.letters import words
from homeward.matching.parse import alternatives, ends_as_family, look, parse
from homeward.records.model import PersonRecord

BETWEEN = " / "


class Parts(NamedTuple):
    """What stands for each part of a name; texts as written, or made of cleaned words."""

    family: str
    given: str
    father: str


def parts_of(record: PersonRecord) -> Parts:
    """Return the parts of a record's name.

    Args:
        record: Whose name.

    Returns:
        Its cells, or what was read from a whole name; a part with a cell of its own keeps it
        unless the columns are shifted.
    """
    cells = Parts(record.family_name, record.given_name, record.father_name)
    return parts_in(cells, record.name_as_written)


def parts_in(cells: Parts, name_as_written: str) -> Parts:
    """Return the same of the cells of a row."""
    if cells.family and cells.given:
        return _unshifted(cells) if _may_be_shifted(cells) else cells
    if name_as_written:
        return _filled(cells, read_whole(name_as_written))
    alone = cells.family or cells.given
    if alone and _is_whole(alone):
        return _filled(Parts("", "", cells.father), read_whole(alone))
    return cells


def _filled(cells: Parts, read: Parts) -> Parts:
    return Parts(*(cell or found for cell, found in zip(cells, read, strict=True)))


def _may_be_shifted(cells: Parts) -> bool:
    given, father = _looks(cells.given), _looks(cells.father)
    if given == "father":
        return father != "father"
    # Family names are many: they are looked at only where another cell is odd.
    if given == "family":
        swapped = ("given", "given or family") if _ends_as_family(cells.given) else ("given",)
        return _looks(cells.family) in swapped
    return father == "family" and _looks(cells.family) == "father"


def _unshifted(cells: Parts) -> Parts:
    found = read_whole(" ".join(filter(None, cells)))
    return found if found.family and found.given else cells


@lru_cache(maxsize=1 << 17)  # cells repeat
def _looks(cell: str) -> str:
    """Return what a cell of one word looks like; empty for other cells."""
    spelt = words(cell)
    return look(spelt[0]) if len(spelt) == 1 else ""


def _ends_as_family(cell: str) -> bool:
    """Say whether a cell of one word ends as no given name does."""
    return ends_as_family(words(cell)[0])


@lru_cache(maxsize=1 << 17)
def _is_whole(cell: str) -> bool:
    """Say whether one cell holds a given name and another word."""
    spelt = words(cell)
    return len(spelt) > 1 and any(look(word) == "given" for word in spelt)


@lru_cache(maxsize=1 << 12)
def read_whole(full: str) -> Parts:
    """Read a whole name with its aliases.

    Args:
        full: As written.

    Returns:
        The parts of its most likely reading; empty where there are none.
    """
    read = [_read(name) for name in alternatives(full)]
    return Parts(
        *(BETWEEN.join(dict.fromkeys(filter(None, part))) for part in zip(*read, strict=True))
    )


def _read(full: str) -> Parts:
    ways = parse(full)
    if not ways:
        return Parts("", "", "")
    best = ways[0]
    if len(best.any) == 1:  # nothing but a name: by a family name most are looked for
        return Parts(_shown(best.any), "", "")
    if best.any:  # no part shows: as Arabic names stand, given, father, …, family
        text = "".join(words(full))
        given, *middle, family = sorted(best.any, key=text.find)  # no order of its own
        return Parts(_shown((family,)), _shown((given,)), _shown(middle[:1]))
    return Parts(_shown(best.family), _shown(best.given), _shown(best.father))


def _shown(found: tuple[str, ...] | list[str]) -> str:
    return " ".join(word.capitalize() for word in found)
