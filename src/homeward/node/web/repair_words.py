"""Why there is no plan, and what would mend that, in the reader's language.

Rules of this file:
- A conflict is told by its clauses: their sentences stand on the same page.
- A change is written as an agreement writes the number, `clause: key = 8 → 6`, each set apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from homeward.node.web.words import set_apart


def of_conflict(clauses: Sequence[str]) -> SafeString:
    """Tell which clauses cannot be kept together."""
    together = gettext("These clauses cannot be kept together: {clauses}.")
    alone = gettext("This clause alone cannot be kept: {clauses}.")
    return set_apart(together if len(clauses) > 1 else alone, clauses=", ".join(clauses))


def of_repair(repair: Mapping[str, Any]) -> SafeString:
    """Tell with which numbers, or without which clauses, a plan would exist.

    Args:
        repair: Of a plan, as `planning.repairs.repairs_of` gives it.
    """
    parts = (repair, *repair.get("with", ()))
    if repair["change"]["to"] is None:
        return without_clauses([part["clause"] for part in parts])
    return with_numbers([of_change(part) for part in parts])


def with_numbers(changes: Sequence[str]) -> SafeString:
    """Tell that a plan exists with these changes, each from `of_change`."""
    if len(changes) == 1:
        return set_apart(gettext("With another number a plan exists: {change}."), change=changes[0])
    said = gettext("With these numbers together a plan exists: {changes}.")
    cells = format_html_join(", ", '<bdi dir="ltr">{}</bdi>', ((each,) for each in changes))
    return set_apart(said, changes=cells)


def without_clauses(clauses: Sequence[str]) -> SafeString:
    """Tell that a plan exists where these clauses are not agreed."""
    if len(clauses) == 1:
        return set_apart(gettext("Without this clause a plan exists: {clause}."), clause=clauses[0])
    said = gettext("Without these clauses a plan exists: {clauses}.")
    return set_apart(said, clauses=", ".join(clauses))


def of_change(part: Mapping[str, Any]) -> str:
    """Write a change of a number as an agreement writes it: `clause: key = 8 → 6`."""
    change = part["change"]
    name = f"{change['key']} {change['place']}" if "place" in change else change["key"]
    return f"{part['clause']}: {name} = {change['from']} → {change['to']}"
