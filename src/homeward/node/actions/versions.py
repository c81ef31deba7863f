"""Changing a list that we have shown: withdrawing lines, putting another version in its place.

Rules of this file:
- A line that is withdrawn is named in the ledger by a salted id alone, with a reason of the
  closed list; its reader gets the list without it, sealed as before.
- Another version is made from our lists as they are now, and names what it replaces.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from homeward.foundation.errors import InputError
from homeward.negotiation.case import CaseState
from homeward.negotiation.versions import own_list
from homeward.node import blobs, book
from homeward.node.access import Reader
from homeward.node.actions import cases
from homeward.node.actions.showing import Rows, hand_of
from homeward.node.home import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    """A list as it is to be: which, for whom, who reads it, its rows and their root."""

    kind: str
    to: str
    reader: str
    rows: Rows
    root: str


def withdraw_lines(
    node: Node,
    case: str,
    refs: Collection[str],
    *,
    kind: str,
    reason: str,
    now: dt.datetime,
    actor: str,
) -> int:
    """Withdraw people from a list that we have shown, before the plan is accepted.

    Args:
        node: A bureau's open node.
        case: The case.
        refs: Our own references.
        kind: `wanted_list` or `final_list`.
        reason: One of `homeward.negotiation.entries.LINE_REASONS`.
        now: When.
        actor: Who withdraws them.

    Returns:
        Number of lines withdrawn, over all readers.

    Raises:
        InputError: Somebody is on no list that we have shown.
        TurnError: We have shown no such list, or the case does not allow it any more.
    """
    state = book.case_of(book.read_ahead(node), case)
    reader = Reader(actor=actor, purpose=kind, now=now)
    count = 0
    with node.transaction():
        for to in _shown_to(node, state, kind):
            rows = _rows(node, state, kind, to, reader)
            gone = {
                ref if kind == "wanted_list" else node.keys.captive_id(case, ref) for ref in refs
            }
            missing = gone - {row["ref"] for row in rows}
            if missing or not gone:
                raise InputError(
                    "versions.refs",
                    f"Expected people of the list that we have shown, found {len(missing)} of "
                    f"{len(gone)} who are not on it.",
                    hint="Name them by your own references, as the list has them.",
                    facts={"count": len(missing)},
                )
            lines = sorted(_line_id(kind, row) for row in rows if row["ref"] in gone)
            left = [row for row in rows if row["ref"] not in gone]
            body = {"lines": lines, "reason": reason}
            _record(node, state, "line_withdrawn", _version(node, state, kind, to, left), body, now)
            count += len(lines)
    return count


def replace_list(
    node: Node, case: str, *, kind: str, now: dt.datetime, actor: str
) -> dict[str, int]:
    """Put our list as it is now in place of the one that we have shown.

    Returns:
        Number of people by reader.

    Raises:
        TurnError: We have shown no such list, or it is too late for another version.
    """
    state = book.case_of(book.read_ahead(node), case)
    counts = {}
    with node.transaction():
        for to in _shown_to(node, state, kind):
            rows = (
                cases.wanted_rows(node, case, to, now=now, actor=actor)
                if kind == "wanted_list"
                else cases.final_rows(node, state, now=now, actor=actor)
            )
            version = _version(node, state, kind, to, rows)
            _record(node, state, "list_replaced", version, {}, now)
            counts[version.reader] = len(rows)
    return counts


def _shown_to(node: Node, state: CaseState, kind: str) -> list[str]:
    """Return to whom we have shown a list of a kind; all, so that the log says no, if to nobody."""
    if kind == "final_list":
        return [""]
    others = [party for party in state.parties if party != node.party]
    return [to for to in others if (node.party, to) in state.wanted] or others


def _rows(node: Node, state: CaseState, kind: str, to: str, reader: Reader) -> Rows:
    what = kind.replace("_", " ")
    claim = cases.claim_of(own_list(state, kind, node.party, to), f"{what} of ours")
    if kind == "wanted_list":
        return blobs.read_rows(node, root=claim.root, what=what, reader=reader)
    return cases.read_pool_rows(node, cases.terms_of(node, state.case), claim.root)


def _version(node: Node, state: CaseState, kind: str, to: str, rows: Rows) -> _Version:
    root = (
        blobs.rows_root(rows)
        if kind == "wanted_list"
        else cases.pool_root(cases.terms_of(node, state.case), rows)
    )
    return _Version(
        kind=kind,
        to=to,
        reader=hand_of(state, to) if to else state.mediators[0],
        rows=rows,
        root=root,
    )


def _record(
    node: Node,
    state: CaseState,
    entry: str,
    version: _Version,
    more: dict[str, Any],
    now: dt.datetime,
) -> None:
    claim = cases.claim_of(
        own_list(state, version.kind, node.party, version.to), f"{version.kind} of ours"
    )
    body = {
        "list": version.kind,
        "to": version.to,
        "replaces": claim.entry_sha256,
        "count": len(version.rows),
        "root": version.root,
        **more,
    }
    case, kind, root = state.case, version.kind, version.root
    book.record(node, case=case, type=entry, body=body, role="bureau", now=now)
    blobs.send(
        node, case=case, purpose=kind, to=version.reader, key=root, content=version.rows, now=now
    )
    blobs.keep(node, case=case, purpose=kind, key=root, content=version.rows, now=now)


def _line_id(kind: str, row: Any) -> str:
    return str(row["ref"]) if kind == "final_list" else blobs.line_id(row)
