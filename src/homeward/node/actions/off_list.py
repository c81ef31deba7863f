"""Taking people off a list of our own: they stay in the registry, and are shown to nobody.

Rules of this file:
- Nobody is deleted: a row says who is off a list, why, since when and by whom, and it can be
  put back. Whoever stands on a list twice is taken off it once.
- Who is off is neither asked for, nor answered with, nor bound by a final list. A list that
  was shown before does not change by it: its lines are withdrawn in the case.
- A reason comes from the closed list of the ledger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from homeward.foundation.errors import InputError
from homeward.negotiation.entries import LINE_REASONS
from homeward.node import access, people
from homeward.node.access import Reader
from homeward.node.home import Node
from homeward.node.models import OffList
from homeward.node.tables import database_errors
from homeward.records.model import ListKind


def take_off(
    node: Node,
    *,
    kind: ListKind,
    refs: Collection[str],
    reason: str,
    now: dt.datetime,
    actor: str,
) -> int:
    """Take people off a list of ours.

    Args:
        node: The open node.
        kind: Which list.
        refs: Our own references.
        reason: One of `homeward.negotiation.entries.LINE_REASONS`.
        now: Aware UTC instant.
        actor: Id of the user.

    Returns:
        How many were taken off; whoever was off already is not counted.

    Raises:
        InputError: Another reason, or somebody who is not on the list.
    """
    if reason not in LINE_REASONS:
        raise InputError(
            "lists.off_reason",
            f"Expected one of {', '.join(LINE_REASONS)}, found another reason.",
            hint="Use one of the reasons.",
        )
    with node.transaction():
        _verify_listed(kind, refs)
        new = sorted(set(refs) - off(node, kind))
        OffList.objects.bulk_create(
            [OffList(kind=kind, ref=ref, reason=reason, at=now, actor=actor) for ref in new]
        )
        _note(node, "list.taken_off", kind, new, now, actor)
    return len(new)


def put_back(
    node: Node, *, kind: ListKind, refs: Collection[str], now: dt.datetime, actor: str
) -> int:
    """Put people back on a list of ours.

    Returns:
        How many were put back.

    Raises:
        InputError: Somebody is not off the list.
    """
    with node.transaction():
        missing = set(refs) - off(node, kind)
        if missing:
            raise _refused(len(missing), "people who are off this list")
        rows = OffList.objects.filter(kind=kind, ref__in=list(refs), put_back_at=None)
        count: int = rows.update(put_back_at=now, put_back_by=actor)
        _note(node, "list.put_back", kind, sorted(refs), now, actor)
    return count


def off(node: Node, kind: ListKind) -> frozenset[str]:
    """Return the references of those who are off a list now."""
    node.require_open()
    with database_errors():
        rows = OffList.objects.filter(kind=kind, put_back_at=None)
        return frozenset(rows.values_list("ref", flat=True))


def _verify_listed(kind: ListKind, refs: Collection[str]) -> None:
    known = people.row_marks(kind, refs).keys()
    if not refs or set(refs) != known:
        raise _refused(len(set(refs) - known), "people of this list")


def _refused(count: int, expected: str) -> InputError:
    return InputError(
        "lists.off_refs",
        f"Expected {expected}, found {count} others.",
        hint="Name them by your own references, as the list has them.",
        facts={"count": count},
    )


def _note(
    node: Node, act: str, kind: ListKind, refs: Collection[str], now: dt.datetime, actor: str
) -> None:
    reader = Reader(actor=actor, purpose="person_edit", now=now)
    for ref in refs:
        access.note(node, reader, act=act, subject=f"{kind}:{ref}", person_count=1)
