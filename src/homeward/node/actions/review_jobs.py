"""What takes long about review: comparing lists, and learning from what people decided.

Rules of this file:
- A stop leaves everything as it was: what is found is written in one short transaction.
- The weights learn only when somebody asks, from every pair that was found between two lists:
  a decided one counts as decided, any other by its probability. Two rows of one list do not
  teach: they were often typed from one paper.
- What was learned is kept beside what was learned before, and every pair says which weights
  gave it; the shipped weights are one click away.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping

from homeward.foundation.errors import RuleError
from homeward.matching.model import model_text, shipped_model
from homeward.matching.train import with_decisions
from homeward.node import access, blobs, book, pairing, proposals
from homeward.node.access import Reader
from homeward.node.actions.cases import claim_of, record_of
from homeward.node.actions.queues import askers
from homeward.node.actions.review import PURPOSE
from homeward.node.home import Node
from homeward.node.models import Proposal, Weights
from homeward.node.proposals import Queue
from homeward.records.model import HELD, ListKind

Report = Callable[[str, int, int], None]

_DECIDED: Mapping[str, int] = {"same": 1_000_000, "different": 0, "settled": 0}
"""Outcome -> millionths of one person that the pair counts as."""

_ONE = 1_000_000


def propose_case(
    node: Node, *, case: str, now: dt.datetime, actor: str, report: Report
) -> dict[str, int]:
    """Compare the wanted lists that others sent us in a case with the people we hold.

    Args:
        node: The bureau's open node.
        case: The case.
        now: Aware UTC instant.
        actor: Who asked for it.
        report: Is told how far it is, and raises to stop; nothing is changed before.

    Returns:
        `pairs`, and how many of them somebody has to look at: `asked`.

    Raises:
        AccessError: There is no such case, or a wanted list has not arrived.
        TurnError: No wanted list is in the ledger yet.
    """
    report("reading", 0, 0)
    state = book.case_of(book.read_ahead(node), case)
    reader = Reader(actor=actor, purpose=PURPOSE, now=now)
    held = list(access.people(node, HELD, reader=reader))
    asking = askers(node, state)
    if not asking:
        claim_of(None, "wanted list for us")
    made: list[Proposal] = []
    model = ""
    for other in asking:
        claim = claim_of(state.wanted[other, node.party], f"wanted list of {other} for us")
        rows = blobs.read_rows(node, root=claim.root, what="wanted list", reader=reader)
        lines = {row["ref"]: row for row in rows}
        theirs = {person.ref: person for person in held if person.power == other}
        wanted = {ref: record_of(line) for ref, line in lines.items()}
        found = pairing.between(list(wanted.values()), list(theirs.values()), report=report)
        model = found.model
        made += proposals.made_of(
            node, Queue(kind="answer", case=case), other, found, wanted, theirs, lines
        )
    return proposals.replace(
        node, Queue(kind="answer", case=case), made, model, actor=actor, now=now
    )


def propose_list(
    node: Node, *, kind: ListKind, now: dt.datetime, actor: str, report: Report
) -> dict[str, int]:
    """Look for people who stand twice on one of our lists.

    Args:
        node: The open node.
        kind: Which list.
        now: Aware UTC instant.
        actor: Who asked for it.
        report: Is told how far it is, and raises to stop; nothing is changed before.

    Returns:
        `pairs`, and how many of them somebody has to look at: `asked`.
    """
    report("reading", 0, 0)
    reader = Reader(actor=actor, purpose=PURPOSE, now=now)
    everybody = {person.ref: person for person in access.people(node, kind, reader=reader)}
    found = pairing.within(list(everybody.values()), report=report)
    made = proposals.made_of(node, Queue(kind=kind), "", found, everybody, everybody, {})
    return proposals.replace(node, Queue(kind=kind), made, found.model, actor=actor, now=now)


def learn(node: Node, *, now: dt.datetime, actor: str, report: Report) -> dict[str, int]:
    """Learn the weights anew from what people decided.

    Args:
        node: The open node.
        now: Aware UTC instant.
        actor: Who asked for it.
        report: Is told how far it is, and raises to stop; nothing is changed before.

    Returns:
        `decided`, the pairs that it learned from.

    Raises:
        RuleError: Nobody has decided on a pair of two lists yet.
    """
    pairs: list[tuple[Mapping[str, str], float]] = []
    learned_from = set()
    seen = set()
    rows = Proposal.objects.filter(comparison__kind="answer").order_by("-comparison__at", "id")
    total = rows.count()
    for number, row in enumerate(rows.iterator(chunk_size=1_000), 1):
        report("reading", number, total)
        if row.pair_mark in seen:
            continue  # of an earlier case between the same parties
        seen.add(row.pair_mark)
        content = proposals.opened(node, row)
        millionths = _DECIDED.get(row.outcome, content["millionths"])
        pairs.append((content["levels"], millionths / _ONE))
        if row.outcome in ("same", "different"):
            learned_from.add(row.pair_mark)
    if not learned_from:
        raise RuleError(
            "review.nothing_decided",
            "Expected pairs of two lists that somebody decided, found none.",
            hint="Decide some pairs of a case first; the weights learn from them.",
        )
    # Always from what is shipped: to learn twice from the same decisions counts them once.
    text = model_text(with_decisions(shipped_model(), pairs))
    _keep(node, text, decision_count=len(learned_from), now=now, actor=actor)
    return {"decided": len(learned_from)}


def go_back(node: Node, *, now: dt.datetime, actor: str) -> None:
    """Let the shipped weights count again; what was learned stays written."""
    _keep(node, "", decision_count=0, now=now, actor=actor)


def _keep(node: Node, text: str, *, decision_count: int, now: dt.datetime, actor: str) -> None:
    with node.transaction():
        Weights.objects.create(
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            decision_count=decision_count,
            made_at=now,
            actor=actor,
        )
