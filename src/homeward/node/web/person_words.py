"""One person of a list in the reader's language.

Rules of this file:
- What the reader may not see is empty in the record already; nothing is asked again here.
- What is not known is said to be unknown, and never looks like a no.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from homeward.matching.latin import latinise
from homeward.node.web.columns import NAMES
from homeward.node.web.dates import when
from homeward.node.web.policy import not_yours
from homeward.node.web.value_words import VALUES
from homeward.records.model import (
    COLUMNS,
    DATE_COLUMNS,
    ListKind,
    PersonRecord,
)


def kind_of(text: str) -> ListKind:
    """Return the kind of list that an address names.

    Raises:
        AccessError: There is no such list.
    """
    for kind in COLUMNS:
        if kind == text:
            return kind
    raise not_yours()


def line_of(person: PersonRecord) -> dict[str, Any]:
    """Put one person into words; what the reader may not see is empty in the record.

    Args:
        person: As `access` gave it.

    Returns:
        What parts/person_bar.html shows.
    """
    return {
        "ref": person.ref,
        "name": name_of(person),
        "latin": latin_of(person),
        "born": when(person.birth_date) if person.birth_date else "",
        "power": person.power,
        "person": person,
    }


def name_of(person: PersonRecord) -> str:
    """Return the name as it is written, or its parts; empty if there is none to see."""
    parts = (person.family_name, person.given_name, person.father_name)
    return person.name_as_written or " ".join(filter(None, parts))


def latin_of(person: PersonRecord) -> str:
    """Return the name in Latin letters; empty if it is written in them."""
    name = name_of(person)
    latin = latinise(name, guess="ru" if person.power == "RU" else "uk")
    return latin if latin != name else ""


def cell_of(person: PersonRecord, column: str) -> str:
    """Return what stands in a known column, in words; empty if nothing is known."""
    value = getattr(person, column)
    if column in DATE_COLUMNS:
        return when(value) if value else ""
    if column in VALUES:
        return "" if value == "unknown" else str(VALUES[column][value])
    return str(value)


def address_of(kind: ListKind, ref: str) -> str:
    """Return the address of a person's page."""
    return f"{reverse('person', args=[kind])}?{urlencode({'ref': ref})}"


def changes_of(
    before: PersonRecord | None, after: PersonRecord, kind: ListKind
) -> list[tuple[Any, str, str]]:
    """Return what changed from one version of a person to the next.

    Args:
        before: The earlier version; None for a new person.
        after: The later one.
        kind: Which list.

    Returns:
        Name of the column, what stood there, what stands there now, in words.
    """
    found = [
        (NAMES[column], cell_of(before, column) if before else "", cell_of(after, column))
        for column in COLUMNS[kind]
    ]
    earlier, later = dict(before.extra) if before else {}, dict(after.extra)
    further = dict.fromkeys((*earlier, *later))
    found += [(name, earlier.get(name, ""), later.get(name, "")) for name in further]
    return [(name, old, new) for name, old, new in found if old != new]
