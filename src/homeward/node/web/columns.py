"""The columns of a list as people call them, and what stands in each.

Rules of this file:
- Every column that a list can have stands in one group, and has a name and a meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from homeward.records.model import COLUMNS, ListKind

KINDS: Mapping[ListKind, Any] = {
    "held": _("People you hold"),
    "wanted": _("People you want home"),
}
"""Kind of a list → what it is called."""

GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (
        _("Who it is"),
        (
            *("ref", "family_name", "given_name", "father_name", "name_as_written"),
            *("birth_date", "birth_place", "sex"),
        ),
    ),
    (_("Service"), ("power", "status", "rank", "service_number", "unit")),
    (_("Capture"), ("captured_on", "captured_at", "held_at", "missing_since", "last_seen_at")),
    (_("Health and will"), ("alive", "health", "article_109", "fit_to_travel", "consent")),
)
"""Heading → its columns, in the order in which they are shown."""

NAMES: Mapping[str, Any] = {
    "ref": _("Reference"),
    "family_name": _("Family name"),
    "given_name": _("Given name"),
    "father_name": _("Father's name"),
    "name_as_written": _("Name as written"),
    "birth_date": _("Date of birth"),
    "birth_place": _("Place of birth"),
    "sex": _("Sex"),
    "power": _("Power"),
    "status": _("Status"),
    "rank": _("Rank"),
    "service_number": _("Service number"),
    "unit": _("Unit"),
    "captured_on": _("Date of capture"),
    "captured_at": _("Place of capture"),
    "held_at": _("Held at"),
    "missing_since": _("Missing since"),
    "last_seen_at": _("Last seen at"),
    "alive": _("Alive"),
    "health": _("Health"),
    "article_109": _("Direct repatriation owed"),
    "fit_to_travel": _("Fit to travel"),
    "consent": _("Will to go home"),
}
"""Column → its name."""

MEANINGS: Mapping[str, Any] = {
    "ref": _("Your own reference. Every row needs one that no other row has."),
    "family_name": _("The family name, in the script of the document."),
    "given_name": _("The given name."),
    "father_name": _("The father's name or patronymic."),
    "name_as_written": _("The whole name in one cell, as it was written down."),
    "birth_date": _("As far as it is known: 1998, 1998-03 or 1998-03-14."),
    "birth_place": _("Town, region or country, in your own words."),
    "sex": _("M, F, X or unknown."),
    "power": _("The Power on which the person depends: a code such as UA."),
    "status": _("pow, civilian, medical, religious or unknown."),
    "rank": _("The rank, in your own words."),
    "service_number": _("The number on the identity disc or in the papers."),
    "unit": _("The unit, in your own words."),
    "captured_on": _("As far as it is known: 2024, 2024-05 or 2024-05-17."),
    "captured_at": _("Where the person was captured, in your own words."),
    "held_at": _("Where the person is held now."),
    "missing_since": _("As far as it is known: 2024, 2024-05 or 2024-05-17."),
    "last_seen_at": _("Where the person was last seen, in your own words."),
    "alive": _("yes, no or unknown."),
    "health": _("good, sick, wounded, serious, grave or unknown."),
    "article_109": _("What a medical commission found: owed, not_owed or unknown."),
    "fit_to_travel": _("yes, no or unknown."),
    "consent": _("What the person is reported to want: yes, no or unknown. It is only a hint."),
}
"""Column → what stands in its cells."""


def groups_of(kind: ListKind) -> list[tuple[Any, list[str]]]:
    """Return the groups of one kind of list, without columns that it does not have.

    Args:
        kind: Held or wanted.

    Returns:
        Heading and columns; no group is empty.
    """
    there = set(COLUMNS[kind])
    found = [(heading, [each for each in group if each in there]) for heading, group in GROUPS]
    return [(heading, group) for heading, group in found if group]
