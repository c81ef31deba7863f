"""Telling a Power, or an observer, whom we have captured; and whom we have not told it yet.

Rules of this file:
- Each notification holds those whom that reader was not told of before; what it says goes
  sealed to the reader, the ledger gets a count and a root.
- It says who somebody is, and when and where they were captured; nothing of health or of the
  place where they are held.
- Who is overdue is counted without opening a row. An uncertain day of capture counts from the
  first day that it can mean; without one nobody can tell, and nobody is counted.
- Somebody counts as notified once, in whatever case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from homeward.foundation.errors import InputError, TurnError
from homeward.handover.replay import Replay
from homeward.negotiation.case import CaseState
from homeward.negotiation.notifying import overdue_before
from homeward.negotiation.state import UNFINISHED
from homeward.node import access, blobs, book, finding
from homeward.node.access import Reader
from homeward.node.actions.cases import IDENTITY, returned
from homeward.node.actions.off_list import off
from homeward.node.actions.showing import hand_of
from homeward.node.home import Node
from homeward.node.told import Notified
from homeward.records.model import HELD
from homeward.terms.pool import row_of

TOLD = (*IDENTITY, "power", "rank", "captured_on", "captured_at")
"""The columns of a notification (GC III art. 122: identity, and what concerns the capture)."""


def notify(node: Node, case: str, to: str, *, now: dt.datetime, actor: str) -> int:
    """Notify a Power of those of its people whom we hold, or an observer of everybody.

    Args:
        node: A bureau's open node.
        case: A case that is not over.
        to: Another party of it, or an observer that its terms name.
        now: When.
        actor: Who notifies.

    Returns:
        How many people it was told of, whom it was not told of before.

    Raises:
        InputError: That is no party and no observer of the case.
        TurnError: There is nobody to tell it of, or the case is over.

    Source:
        GC III arts 70, 122-123.
    """
    book.require_role(node, "bureau")
    log = book.read_ahead(node)
    state = book.case_of(log, case)
    if to == node.party or to not in (*state.parties, *state.observers):
        raise InputError(
            "notify.to",
            f"Expected another party or an observer of {case}, found {to}.",
            hint="See `homeward case show` for both.",
            facts={"party": to},
        )
    powers = _powers(state, node.party, to)
    gone = off(node, HELD) | returned(node) | _told(node, log, to)
    reader = Reader(actor=actor, purpose="notification", now=now)
    people = [
        person
        for person in access.people(node, HELD, reader=reader)
        if person.power in powers and person.ref not in gone
    ]
    if not people:
        raise TurnError(
            "notify.nobody",
            f"Expected somebody of whom {to} was not told, found nobody.",
            hint="Bring in the held list as it is now; whoever was told of is not told of twice.",
            facts={"party": to},
        )
    lines = [
        {**row_of(person, TOLD), "ref": node.keys.captive_id(case, person.ref)} for person in people
    ]
    rows = blobs.salted(node, case, f"notified/{to}", lines)
    root = blobs.rows_root(rows)
    body = {"to": to, "count": len(rows), "root": root, "as_of": now.date().isoformat()}
    with node.transaction():
        book.record(node, case=case, type="notified", body=body, role="bureau", now=now)
        blobs.send(
            node,
            case=case,
            purpose="notified",
            to=hand_of(state, to),
            key=root,
            content=rows,
            now=now,
        )
        blobs.keep(node, case=case, purpose="notified", key=root, content=rows, now=now)
        Notified.objects.bulk_create(
            [Notified(to=to, root=root, ref=person.ref) for person in people]
        )
    return len(people)


def notified_rows(
    node: Node, case: str, by: str, *, now: dt.datetime, actor: str
) -> list[dict[str, str]]:
    """Return of whom a holder notified us in a case, without the salts.

    Args:
        node: The open node of the Power or of the observer.
        case: The case.
        by: The holder.
        now: When.
        actor: Who reads.

    Raises:
        TurnError: It has notified us of nobody.
        AccessError: What it sealed to us has not arrived.
        TamperError: It has another root than the ledger says.
    """
    state = book.case_of(book.read_ahead(node), case)
    told = state.notified.get((by, node.party), ())
    if not told:
        raise TurnError(
            "notify.none",
            f"Expected a notification of {by} to {node.party}, found none.",
            hint="It comes with the mediator's next bundle once the holder has recorded it.",
            facts={"party": by},
        )
    reader = Reader(actor=actor, purpose="notification", now=now)
    return [
        {name: cell for name, cell in row.items() if name != "salt"}
        for each in told
        for row in blobs.read_rows(node, root=each.root, what="notification", reader=reader)
    ]


def overdue(node: Node, log: Replay, case: str, *, now: dt.datetime) -> dict[str, int]:
    """Count those whom we captured more than a week ago and of whom their Power was not told.

    Args:
        node: The open node.
        log: The log that the case stands in.
        case: The case.
        now: Aware UTC instant.

    Returns:
        Other parties of the case with a number above zero; empty when it is over, or where
        this node holds nobody.
    """
    state = log.cases[case]
    if node.about.role != "bureau" or state.state not in UNFINISHED:
        return {}
    gone = off(node, HELD) | returned(node)
    found = {}
    for party in state.parties:
        if party != node.party:
            held = finding.refs_since(HELD, power=party, before=overdue_before(now.date()))
            left = len(held - gone - _told(node, log, party)) if held else 0
            found.update({party: left} if left else {})
    return found


def _powers(state: CaseState, own: str, to: str) -> frozenset[str]:
    """Return on whose people a reader is told: its own, or an observer all of the case."""
    return frozenset({to} if to in state.parties else set(state.parties) - {own})


def _told(node: Node, log: Replay, to: str) -> frozenset[str]:
    """Return the references of those of whom somebody was told by entries that count."""
    roots = [root for state in log.cases.values() for root in _roots(state, node.party, to)]
    return frozenset(Notified.objects.filter(to=to, root__in=roots).values_list("ref", flat=True))


def _roots(state: CaseState, by: str, to: str) -> Iterable[str]:
    return (each.root for each in state.notified.get((by, to), ()))
