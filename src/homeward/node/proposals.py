"""Pairs that wait to be decided, as they rest: kept, replaced, and brought up to date.

Rules of this file:
- What a proposal shows is sealed; beside it stand blind marks and what one orders by.
- A new comparison takes the place of the one before it; decisions stay, and count again for
  the pairs that are still there and say the same.
- In an answer one line is one person: when a pair is the same, those that share a record
  with it are settled.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet

from homeward.foundation.errors import AccessError
from homeward.matching.match import LIKELY_BITS
from homeward.matching.model import MILLI
from homeward.node import decisions, pairing
from homeward.node.at_rest import open_at_rest, seal_at_rest
from homeward.node.decisions import Kind
from homeward.node.home import Node
from homeward.node.models import Comparison, Proposal
from homeward.records.model import HELD, ListKind, PersonRecord

LOOKED_AT: Final = 0.05
"""Pairs less probable than this are not kept: one in twenty is worth a look."""

CONTENT = "pair"  # the purpose of a proposal's content at rest
_LIKELY = round(LIKELY_BITS * MILLI)
_BATCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Which pairs: `answer` of a case, or of one list of ours (then `case` is empty)."""

    kind: Kind
    case: str = ""


def of_queue(queue: Queue) -> QuerySet[Proposal]:
    """Return all pairs of a queue."""
    rows = Proposal.objects.filter(comparison__kind=queue.kind, comparison__case=queue.case)
    return rows.select_related("comparison")


def asked(queue: Queue) -> QuerySet[Proposal]:
    """Return the pairs of a queue that somebody has to look at."""
    return of_queue(queue).filter(is_asked=True)


def queue_of(row: Proposal) -> Queue:
    """Return the queue of a pair."""
    return Queue(kind=row.comparison.kind, case=row.comparison.case)


def own_list(queue: Queue) -> ListKind:
    """Return on which list of ours the second person of each pair stands."""
    return HELD if queue.kind == "answer" else queue.kind


def made_of(
    node: Node,
    queue: Queue,
    party: str,
    found: pairing.Found,
    left: Mapping[str, PersonRecord],
    right: Mapping[str, PersonRecord],
    theirs: Mapping[str, Mapping[str, str]],
) -> list[Proposal]:
    """Make what was found ready for `replace`, which seals it.

    Args:
        node: The open node.
        queue: Which.
        party: Whose lines the first records are; empty on a list of ours.
        found: From `pairing`.
        left: The first records by reference.
        right: The second records.
        theirs: The other party's lines, by reference; none on a list of ours.
    """
    made = []
    for pair, levels in zip(found.pairs, found.levels, strict=True):
        if pair.probability < LOOKED_AT:
            continue
        one, two = left[pair.wanted_ref], right[pair.held_ref]
        marks = decisions.pair_of(node, queue.kind, party, one, two)
        weight = round(pair.weight_bits * MILLI)
        content = {
            "party": party,
            "left_ref": one.ref,
            "right_ref": two.ref,
            "line": theirs.get(one.ref),
            "weight": weight,
            "millionths": round(pair.probability * 1_000_000),
            "levels": levels,
            "evidence": [
                {
                    "part": reason.part,
                    "level": levels[reason.part],
                    "sentence": reason.sentence,
                    "weight": round(reason.bits * MILLI),
                }
                for reason in pair.reasons
            ],
        }
        made.append(
            Proposal(
                id=decisions.queue_mark(node, marks, queue.case),
                party=party,
                pair_mark=marks.pair,
                left_key=marks.left_key,
                right_key=marks.right_key,
                left_mark=marks.left,
                right_mark=marks.right,
                verdict=pair.verdict,
                distance=abs(weight - _LIKELY),
                is_asked=queue.kind != "answer" or pair.verdict != "very_likely",
                content=json.dumps(content).encode(),
            )
        )
    return made


def replace(
    node: Node, queue: Queue, made: list[Proposal], model: str, *, actor: str, now: dt.datetime
) -> dict[str, int]:
    """Put new proposals in place of a queue's earlier ones; decisions stay.

    Returns:
        `pairs`, and how many of them somebody has to look at: `asked`.
    """
    with node.transaction():
        Comparison.objects.filter(kind=queue.kind, case=queue.case).delete()
        comparison = Comparison.objects.create(
            kind=queue.kind, case=queue.case, at=now, actor=actor, model=model
        )
        for row in made:
            row.comparison = comparison
            row.content = seal_at_rest(node, row.content, purpose=CONTENT)
        Proposal.objects.bulk_create(made, batch_size=_BATCH)
        for party in sorted({row.party for row in made}):
            refresh(queue.kind, party, Q())
    return {"pairs": len(made), "asked": sum(row.is_asked for row in made)}


def near(row: Proposal) -> Q:
    """Return the condition for who shares a record with a pair, and for the pair itself."""
    return Q(left_key=row.left_key) | Q(right_key=row.right_key)


def refresh(kind: Kind, party: str, which: Q) -> None:
    """Write down what comes of the decisions now; the caller holds a transaction.

    Args:
        kind: Of the queues.
        party: Of the pairs.
        which: From `near`, or an empty condition for all.
    """
    scope = Proposal.objects.filter(comparison__kind=kind, party=party)
    rows = list(scope.filter(which).defer("content"))
    pairs = {row.pair_mark for row in rows} if which else None
    said = decisions.voices(kind, party, pairs)
    for row in rows:
        row.outcome = decisions.outcome_of(
            said.get((row.pair_mark, row.left_mark, row.right_mark), ())
        )
    _write(rows)
    if kind != "answer":
        return  # one person may stand three times on a list
    found = set(scope.filter(outcome="same").values_list("pair_mark", "left_key", "right_key"))
    lefts, rights = {left for _, left, _ in found}, {right for _, _, right in found}
    same = {mark for mark, _, _ in found}
    settled = [
        row
        for row in rows
        if row.pair_mark not in same
        and row.outcome != "different"
        and (row.left_key in lefts or row.right_key in rights)
    ]
    for row in settled:
        row.outcome = "settled"
    _write(settled)


def _write(rows: Sequence[Proposal]) -> None:
    Proposal.objects.bulk_update(rows, ["outcome"], batch_size=_BATCH)


def row_of(node: Node, pair: str) -> Proposal:
    """Return a pair.

    Raises:
        AccessError: There is none of this id.
    """
    node.require_open()
    row: Proposal | None = Proposal.objects.filter(id=pair).select_related("comparison").first()
    if row is None:
        raise nothing()
    return row


def opened(node: Node, row: Proposal) -> dict[str, Any]:
    """Return what a pair shows: references, line, evidence, levels, weight."""
    found: dict[str, Any] = json.loads(open_at_rest(node, row.content, purpose=CONTENT))
    return found


def nothing() -> AccessError:
    """Return the one answer to a pair or a queue that is not there."""
    return AccessError(
        "review.pair",
        "Expected a pair that waits here, found none.",
        hint="Go back to the list of pairs; the lists may have been compared again.",
    )
