"""Which numbers of an agreement that no plan keeps could give way together, by the least.

Rules of this file:
- Whatever can be loosened may give way: a `min`, an `at_least`, a `max`, and `seats` where the
  number of rounds does not hang on them. Only where that is not enough, a `count` may be smaller
  or greater as well. Everything else stays as it is.
- What is least is the sum of all changes, each in what its number counts: people or equivalents.
- The changes are slacks of one level, which is solved and proved like any level of a plan. Where
  the search ended without a proof, each change is taken back as far as a plan exists without it.
- Nothing is returned before the agreement with these numbers was found feasible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from homeward.foundation.errors import EngineError
from homeward.planning.certificate import Face, Slack, Worth
from homeward.planning.changes import Number, numbers_of, with_number
from homeward.planning.classes import kinds_of
from homeward.planning.engine import Engine
from homeward.planning.feasible import is_feasible
from homeward.planning.problem import Problem
from homeward.planning.solve import Solved, solve_level
from homeward.terms.clauses import Clause, Give, Phase

LOOSER: Mapping[str, int] = {"min": -1, "at_least": -1, "max": 1, "seats": 1, "rounds": 1}
"""Key -> in which direction a change can only help."""

Change = tuple[Number, int]
"""A number, and what it is instead."""

_Side = tuple[int, str]
"""A row of the problem, and which of its bounds: `low` or `high`."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A number that may give way in one direction, by whole units.

    Attributes:
        number: Which.
        sense: What a unit adds to it, 1 or -1.
        moves: Bound of a row -> what a unit adds to it.
    """

    number: Number
    sense: int
    moves: Mapping[_Side, int]

    @property
    def most(self) -> int:
        """By how many units it can give way."""
        end = self.number.most if self.sense > 0 else self.number.least
        return (end - self.number.value) * self.sense


def least_changes(problem: Problem, engine: Engine) -> tuple[Change, ...]:
    """Return numbers that mend everything if they are changed together, by the least sum.

    Args:
        problem: An agreement applied to a pool, known to have no plan.
        engine: The solver.

    Returns:
        Each number with what it is instead, in the agreement's order; none if no numbers that
        may give way mend it, or none were found within the limits of the search.

    Raises:
        EngineError: The solver failed.
    """
    for with_counts in (False, True):
        steps = [
            step
            for clause in problem.agreement.clauses
            if not clause.prefer and (with_counts or not isinstance(clause, Give))
            for number in numbers_of(problem, clause)
            for step in _steps(problem, clause, number)
        ]
        found = _given_way(problem, engine, steps) if steps else ()
        if found:
            return found
    return ()


def _steps(problem: Problem, clause: Clause, number: Number) -> Iterator[_Step]:
    """Yield how a number may give way; nothing for one that decides more than bounds of rows."""
    match clause:
        case Give():
            senses = [1, -1]
        case Phase(rounds="as_needed"):
            senses = [LOOSER[number.key]] if number.key == "at_least" else []
        case _:
            senses = [LOOSER[number.key]] if number.key in LOOSER and number.key != "rounds" else []
    for sense in senses:
        step = _Step(number, sense, {})
        if step.most > 0:
            yield replace(step, moves=_moves(problem, number, sense))


def _moves(problem: Problem, number: Number, sense: int) -> dict[_Side, int]:
    """Return which bounds of rows move with a number, and by how much with a unit."""
    changed = with_number(problem, number, number.value + sense)
    found: dict[_Side, int] = {}
    for i, (old, new) in enumerate(zip(problem.rows, changed.rows, strict=True)):
        for side in ("low", "high"):
            before, after = getattr(old, side), getattr(new, side)
            if before is not None and before != after:
                found[i, side] = after - before
    return found


def _given_way(problem: Problem, engine: Engine, steps: Sequence[_Step]) -> tuple[Change, ...]:
    """Return by how much each number gives way, as the rules of this file say."""
    face = _face(problem, steps)
    if face is None:
        return ()
    worth = Worth(problem.nothing.people, problem.nothing.ways, (-1,) * len(steps))
    try:
        solved = solve_level(face, worth, engine)
    except EngineError as error:
        if error.code == "planning.no_answer":  # the conflicts are told all the same
            return ()
        raise
    if solved is None:
        return ()
    units = _least(problem, engine, steps, solved)
    changes = _changes(steps, units)
    return changes if is_feasible(_with(problem, changes), engine) else ()


def _least(
    problem: Problem, engine: Engine, steps: Sequence[_Step], solved: Solved
) -> tuple[int, ...]:
    """Return the units of each step: those found if they are proved, else fewer where fewer do."""
    units = list(solved.slack)
    if "unproved" not in solved.level:
        return tuple(units)
    for s, count in enumerate(units):
        good, bad = count, -1
        while good - bad > 1:
            units[s] = (good + bad) // 2
            if is_feasible(_with(problem, _changes(steps, units)), engine):
                good = units[s]
            else:
                bad = units[s]
        units[s] = good
    return tuple(units)


def _changes(steps: Sequence[_Step], units: Sequence[int]) -> tuple[Change, ...]:
    return tuple(
        (step.number, step.number.value + step.sense * count)
        for step, count in zip(steps, units, strict=True)
        if count
    )


def _with(problem: Problem, changes: Iterable[Change]) -> Problem:
    for number, value in changes:
        problem = with_number(problem, number, value)
    return problem


def _face(problem: Problem, steps: Sequence[_Step]) -> Face | None:
    """Return the plans that keep every clause but for what gives way; wishes are left out.

    A row of which only one bound gives way, or each by a number of its own, stands twice: once
    for either bound.
    """
    bare, hard = problem.face(), set(problem.clause_ids)
    if bare is None:
        return None
    rows: list[tuple[int, int | None, int | None]] = []
    adds: list[dict[int, int]] = [{} for _ in steps]
    for i, row in enumerate(problem.rows):
        if row.clause not in hard:
            continue
        by_low, by_high = (
            {s: -step.moves[i, side] for s, step in enumerate(steps) if (i, side) in step.moves}
            for side in ("low", "high")
        )
        parts = [(row.low, None, by_low), (None, row.high, by_high)]
        for low, high, given in [(row.low, row.high, by_low)] if by_low == by_high else parts:
            if low is not None or high is not None:
                for s, unit in given.items():
                    adds[s][len(rows)] = unit
                rows.append((i, low, high))
    factors = problem.factors[:, [i for i, _, _ in rows], :]
    used = np.flatnonzero(factors.any(axis=(0, 1)))
    everybody = np.arange(len(problem.kind))
    kind, columns = kinds_of(
        [problem.kind], everybody, lambda people: problem.columns[used][:, problem.kind[people]]
    )
    return replace(
        bare,
        kind=kind,
        columns=columns,
        ways=np.ascontiguousarray(factors[:, :, used]),
        low=[low for _, low, _ in rows],
        high=[high for _, _, high in rows],
        slacks=tuple(Slack(0, step.most, own) for step, own in zip(steps, adds, strict=True)),
        largest=[],
    )
