"""Showing a list to its reader, or first being bound to it where the terms seal lists.

Rules of this file:
- Where lists are sealed, the same act is done twice: first it binds us to the list as it is
  now, then, when everybody is bound, it shows that very list, whatever has changed since.
- The nonce is made from our own secret and the list, so that nobody can guess it and we
  need not keep it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from homeward.foundation.crypto import derive_bytes
from homeward.negotiation.case import CaseState
from homeward.negotiation.sealing import commitment, may_commit
from homeward.node import blobs, book
from homeward.node.home import Node
from homeward.node.models import Blob

Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A list that is ready: its kind, its rows and root, who reads it, and what its entry says.

    `to` is the recipient that the ledger names, empty for a final list.
    """

    kind: str
    to: str
    reader: str
    root: str
    rows: Rows
    body: Mapping[str, Any] = field(default_factory=dict)
    in_reply_to: str | None = None


def hand_of(state: CaseState, party: str) -> str:
    """Return whose node reads and writes for a party: its own, or of one on paper a mediator's."""
    return state.mediators[0] if party in state.on_paper else party


def bound_rows(node: Node, state: CaseState, kind: str, to: str) -> Rows | None:
    """Return the list that we are bound to; None if we are free to make it."""
    seal = state.seals.get((kind, node.party, to))
    if seal is None:
        return None
    kept = Blob.objects.filter(case=state.case, purpose=f"bound_{kind}", recipient=node.party)
    for root in kept.values_list("key", flat=True):
        if _commitment(node, state, kind, to, root) == seal.commitment:
            rows: Rows = blobs.read(node, key=root, what="list that we are bound to")
            return rows
    return None


def show(node: Node, state: CaseState, listed: Listed, *, now: dt.datetime) -> None:
    """Bind ourselves to a list if that is what the case asks for now; else show it.

    Args:
        node: The open node of a bureau; the caller holds a transaction.
        state: The case.
        listed: The list.
        now: When.

    Raises:
        TurnError: The case allows neither.
    """
    kind, root = listed.kind, listed.root
    if may_commit(state, node.party):
        bound = _commitment(node, state, kind, listed.to, root)
        body: dict[str, Any] = {"kind": kind, "to": listed.to, "commitment": bound}
        book.record(node, case=state.case, type="list_committed", body=body, role="bureau", now=now)
        _keep(node, state.case, f"bound_{kind}", listed, now)
        return
    body = {**listed.body, "count": len(listed.rows), "root": root}
    if listed.to:
        body["to"] = listed.to
    if state.is_sealed:
        body["nonce"] = _nonce(node, state, kind, listed.to, root)
    book.record(
        node,
        case=state.case,
        type=kind,
        body=body,
        role="bureau",
        now=now,
        in_reply_to=listed.in_reply_to,
    )
    blobs.send(
        node,
        case=state.case,
        purpose=kind,
        to=listed.reader,
        key=root,
        content=listed.rows,
        now=now,
    )
    _keep(node, state.case, kind, listed, now)


def left(node: Node, state: CaseState, kind: str) -> list[str]:
    """Return to whom we still owe a list, or to be bound to it.

    All others if to nobody, so that the log says no.
    """
    others = [party for party in state.parties if party != node.party]
    if may_commit(state, node.party):
        done = {to for of, author, to in state.seals if (of, author) == (kind, node.party)}
    else:
        claims = state.wanted if kind == "wanted_list" else state.answers
        done = {to for author, to in claims if author == node.party}
    if kind == "answers":
        asked = [other for other in others if (other, node.party) in state.wanted]
        others = asked or others
    return [other for other in others if other not in done] or others


def _keep(node: Node, case: str, purpose: str, listed: Listed, now: dt.datetime) -> None:
    blobs.keep(node, case=case, purpose=purpose, key=listed.root, content=listed.rows, now=now)


def _nonce(node: Node, state: CaseState, kind: str, to: str, root: str) -> str:
    label = f"bound|{state.case}|{kind}|{to}|{root}"
    return derive_bytes(node.keys.id_secret, label).hex()


def _commitment(node: Node, state: CaseState, kind: str, to: str, root: str) -> str:
    return commitment(
        case=state.case,
        kind=kind,
        author=node.party,
        to=to,
        nonce=_nonce(node, state, kind, to, root),
        root=root,
    )
