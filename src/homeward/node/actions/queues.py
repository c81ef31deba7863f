"""Which pairs wait to be decided: a queue for each case that asks us, and for each list.

Rules of this file:
- Counts and dates only: nobody is read here.
- A queue says so when a list of ours was changed after it was made.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Count

from homeward.foundation.errors import AccessError
from homeward.negotiation.case import CaseState
from homeward.node import access, book, people, proposals
from homeward.node.actions.off_list import off
from homeward.node.decisions import own_key
from homeward.node.home import Node
from homeward.node.models import Comparison
from homeward.node.proposals import Queue
from homeward.records.model import HELD, WANTED, ListKind

OPEN: Final = ("waiting", "second", "disputed")
"""Outcomes that wait for somebody: for anybody, for a second account, for one more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a queue is: pairs that somebody has to look at.

    Attributes:
        total: All of them.
        decided: Same, different, or settled by a decision on another pair.
        unsure: Looked at, and not sure.
        second: Waiting for a second account, or for one more where two do not agree.
        waiting: Waiting for anybody, `second` included.
    """

    total: int
    decided: int
    unsure: int
    second: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A queue at a glance; `compared_at` is None before the lists were compared.

    Attributes:
        queue: Which.
        progress: How far.
        compared_at: When the lists were read.
        is_outdated: True if a list of ours was changed since.
        is_answered: True of a case whose wanted lists are all answered.
    """

    queue: Queue
    progress: Progress
    compared_at: dt.datetime | None
    is_outdated: bool
    is_answered: bool


def queues(node: Node) -> tuple[Standing, ...]:
    """Return every queue: the cases that ask us, the latest first, then our two lists."""
    node.require_open()
    found = [
        _standing(node, Queue(kind="answer", case=state.case), state)
        for state in reversed(_cases(node))
        if askers(node, state)
    ]
    kinds: tuple[ListKind, ...] = (HELD, WANTED)
    lists = [kind for kind in kinds if access.count(node, kind) > 1]
    return (*found, *(_standing(node, Queue(kind=kind), None) for kind in lists))


def standing(node: Node, queue: Queue) -> Standing:
    """Return one queue.

    Raises:
        AccessError: There is no such queue at this node.
    """
    found = next((each for each in queues(node) if each.queue == queue), None)
    if found is None:
        raise proposals.nothing()
    return found


def waiting_count(node: Node, queue: Queue) -> int:
    """Return how many pairs of a queue wait for somebody; 0 before the lists were compared."""
    node.require_open()
    return int(proposals.asked(queue).filter(outcome__in=OPEN).count())


def twice_count(node: Node, kind: ListKind) -> int:
    """Return how many pairs of one list of ours were decided to be one person.

    Nothing is merged: such a person stands on the list twice until one is taken off it.
    """
    gone = [own_key(node, kind, ref) for ref in off(node, kind)]
    same = proposals.asked(Queue(kind=kind)).filter(outcome="same")
    return int(same.exclude(left_key__in=gone).exclude(right_key__in=gone).count())


def _cases(node: Node) -> list[CaseState]:
    try:
        return list(book.read_ahead(node).cases.values())
    except AccessError:
        return []  # no mediator's card yet


def askers(node: Node, state: CaseState) -> list[str]:
    """Return who sent us a wanted list in a case."""
    return sorted(asker for asker, holder in state.wanted if holder == node.party)


def _standing(node: Node, queue: Queue, state: CaseState | None) -> Standing:
    by_outcome = dict(
        proposals.asked(queue).order_by().values_list("outcome").annotate(count=Count("id"))
    )
    made = Comparison.objects.filter(kind=queue.kind, case=queue.case).first()
    return Standing(
        queue=queue,
        progress=Progress(
            total=sum(by_outcome.values()),
            decided=sum(by_outcome.get(each, 0) for each in ("same", "different", "settled")),
            unsure=by_outcome.get("unsure", 0),
            second=by_outcome.get("second", 0) + by_outcome.get("disputed", 0),
            waiting=sum(by_outcome.get(each, 0) for each in OPEN),
        ),
        compared_at=made.at if made else None,
        is_outdated=made is not None
        and people.is_changed_since(proposals.own_list(queue), made.at),
        is_answered=state is not None
        and all((node.party, asker) in state.answers for asker in askers(node, state)),
    )
