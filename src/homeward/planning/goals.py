"""What a plan seeks, level by level: what people and slacks add to each.

Rules of this file:
- Levels stand in this order: what wishes are short of, the order of the phases, as many
  exchanged as can be before anybody goes on parole, the objectives, everybody as early as
  can be. The tie-breaks come after them (`problem`).
- Whoever waits longest goes first, in steps of days that are the same for every list, for
  nobody sees the waits on the other side's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from homeward.planning.certificate import Worth
from homeward.planning.rows import LEAST_SHARE, Missing
from homeward.planning.travellers import EQUIVALENTS, Travellers
from homeward.planning.ways import AGREED, Way
from homeward.terms.agreed import Objective
from homeward.terms.clauses import AllOf, Named, Surplus

WAIT_STEP, WAIT_STEPS = 180, 12
"""Days in a step of waiting, and how many steps: the last holds whoever waits longer."""

Goals = Iterator[tuple[str, Worth]]


def goals_of(
    travellers: Travellers,
    ways: Sequence[Way],
    people: NDArray[np.int64],
    missing: Sequence[Missing],
) -> Goals:
    """Yield the levels but for the tie-breaks, in the order that the rules state.

    Args:
        travellers: The agreement applied to the pool.
        ways: How somebody can go home.
        people: Index in the pool of everybody whom some clause may move.
        missing: The slacks.
    """
    agreement = travellers.agreement
    yield from _wishes(travellers, ways, people, missing)
    yield from _ordered(travellers, ways, people)
    yield from _exchanged(travellers, ways, people)
    for objective in agreement.objectives:
        match objective.kind:
            case "least_share":
                units = tuple(int(m.clause == LEAST_SHARE) for m in missing)
                yield objective.id, Worth(_nobody(people), _every(ways), units)
            case "longest":
                yield from _longest(objective, travellers, ways, people)
            case _:
                yield from _sought(objective, travellers, ways, people)
    last = max(way.phase for way in ways)
    if last > 1:
        soonest = tuple(last - way.phase for way in ways)
        yield "soonest", Worth(np.ones(len(people), dtype=np.int64), soonest)


def _wishes(
    travellers: Travellers,
    ways: Sequence[Way],
    people: NDArray[np.int64],
    missing: Sequence[Missing],
) -> Goals:
    for clause in travellers.agreement.clauses:
        if clause.prefer:
            units = tuple(m.worth if m.clause == clause.id else 0 for m in missing)
            wished = _nobody(people)
            if isinstance(clause, Named | AllOf):
                wished = travellers.meant(clause)[people].astype(np.int64)
            yield f"wish {clause.id}", Worth(wished, _every(ways), units)


def _ordered(travellers: Travellers, ways: Sequence[Way], people: NDArray[np.int64]) -> Goals:
    phase = travellers.agreement.phase
    order = () if phase is None else phase.order
    for number in range(1, max(way.phase for way in ways) + 1):
        for name in order:
            counted = travellers.category(name)[people].astype(np.int64)
            yield f"phase {number}: count({name})", Worth(counted, _in_phase(ways, number))


def _exchanged(travellers: Travellers, ways: Sequence[Way], people: NDArray[np.int64]) -> Goals:
    for clause in travellers.agreement.clauses:
        if isinstance(clause, Surplus):
            units = np.ones(len(people), dtype=np.int64)
            if clause.unit == EQUIVALENTS:
                units = travellers.equivalents[people]
            exchanged = tuple(int(way.basis == AGREED) for way in ways)
            yield f"exchanged {clause.id}", Worth(units, exchanged)


def _sought(
    objective: Objective, travellers: Travellers, ways: Sequence[Way], people: NDArray[np.int64]
) -> Goals:
    """Yield the levels of one objective: one, or one for each phase."""
    added = travellers.value(objective.count_of, objective.sum_of)[people] * objective.sense
    if not objective.by_phase:
        yield objective.id, Worth(added, _every(ways))
        return
    for phase in range(1, max(way.phase for way in ways) + 1):
        yield f"phase {phase}: {objective.id}", Worth(added, _in_phase(ways, phase))


def _longest(
    objective: Objective, travellers: Travellers, ways: Sequence[Way], people: NDArray[np.int64]
) -> Goals:
    """Yield a level for each step of waiting, the longest first: who waits so long goes."""
    waits = travellers.value(None, "days_held")[people]
    step = np.minimum(waits // WAIT_STEP, WAIT_STEPS - 1)
    counted = travellers.value_is_known("days_held")[people]
    for number in reversed(range(WAIT_STEPS)):
        added = (counted & (step == number)).astype(np.int64)
        yield f"{objective.id} from {number * WAIT_STEP}", Worth(added, _every(ways))


def _in_phase(ways: Sequence[Way], phase: int) -> tuple[int, ...]:
    return tuple(int(way.phase == phase) for way in ways)


def _every(ways: Sequence[Way]) -> tuple[int, ...]:
    return (1,) * len(ways)


def _nobody(people: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.zeros(len(people), dtype=np.int64)
