"""What would mend an agreement that no plan keeps: a number changed, several, or clauses gone.

Rules of this file:
- A repair changes one number by as little as makes everything feasible; it is told only after
  the whole agreement was found feasible with it.
- Only a clause that stands in every conflict can mend all of them alone.
- A count can be too small as well as too large: the nearest number on either side is told.
- Where no number alone mends everything, several together do it by the least sum of changes
  (`loosening`). Where no numbers do, it is told which clauses would have to go (`removals`).
- Consent is never a repair, and neither is a wish: it was never in the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np

from homeward.foundation.errors import RuleError
from homeward.planning.certificate import Worth
from homeward.planning.changes import Number, numbers_of, with_number
from homeward.planning.engine import Engine
from homeward.planning.feasible import Feasibility, is_feasible
from homeward.planning.loosening import LOOSER, Change, least_changes
from homeward.planning.problem import Problem
from homeward.planning.removals import removals_of
from homeward.planning.solve import solve_level

_TRIES_MAX = 40
"""How far from a ratio's count another one is looked for, one by one."""


def repairs_of(
    feasibility: Feasibility, conflicts: Sequence[Sequence[str]]
) -> list[dict[str, Any]]:
    """Return the least changes after which a plan exists.

    Args:
        feasibility: Of the problem that has no plan.
        conflicts: The minimal conflicts found, as clause ids.

    Returns:
        `{"clause", "change", "sentence"}`, smallest change first; `change` has `key`, `from`
        and `to`, and `place` where the key is a list of numbers. What must change together with
        it stands in `with`, as `{"clause", "change"}`. Of a clause that would have to go, `key`
        is `kind` and `to` is None.

    Raises:
        EngineError: The solver failed.
    """
    problem = feasibility.problem
    if not conflicts:
        return []
    in_all = reduce(set.intersection, (set(core) for core in conflicts))
    found = [
        _numbers([(number, value)])
        for clause in problem.agreement.clauses
        if clause.id in in_all
        for number in numbers_of(problem, clause)
        for value in _mending(feasibility, number)
    ]
    if found:
        return sorted(found, key=_size)
    several = least_changes(problem, feasibility.engine)
    if several:
        return [_numbers(several)]
    return [_removal(problem, gone) for gone in removals_of(feasibility, conflicts)]


def _size(repair: Mapping[str, Any]) -> tuple[int, str]:
    change = repair["change"]
    return abs(change["to"] - change["from"]), repair["clause"]


def _mending(feasibility: Feasibility, number: Number) -> list[int]:
    """Return the nearest values that mend everything, on either side."""
    kind = next(c.kind for c in feasibility.problem.agreement.clauses if c.id == number.clause)
    if kind == "give":
        return _counts(feasibility.problem, feasibility.engine, number)
    if kind == "ratio":
        return _one_by_one(feasibility, number)
    return _halved(feasibility, number)


def _is_mended(feasibility: Feasibility, number: Number) -> Callable[[int], bool]:
    """Return a test whether everything can be kept with another value."""
    problem, every = feasibility.problem, frozenset(feasibility.clauses)

    def mended(value: int) -> bool:
        try:
            changed = with_number(problem, number, value)
        except RuleError:
            return False  # so few seats that there would be too many rounds
        if changed.phases != problem.phases or number.key == "count":
            return is_feasible(changed, feasibility.engine)
        pairs = enumerate(zip(problem.rows, changed.rows, strict=True))
        bounds = {i: (new.low, new.high) for i, (old, new) in pairs if old is not new}
        return feasibility.keeps(every, bounds)

    return mended


def _halved(feasibility: Feasibility, number: Number) -> list[int]:
    """Find the least loosening, which can only help: hence by halving."""
    mended, sense = _is_mended(feasibility, number), LOOSER[number.key]
    bad = number.value
    good = _limit(feasibility.problem, number)
    if (good - bad) * sense <= 0 or not mended(good):
        return []
    while abs(good - bad) > 1:
        middle = (good + bad) // 2
        if mended(middle):
            good = middle
        else:
            bad = middle
    return [good]


def _limit(problem: Problem, number: Number) -> int:
    """Return the loosest value that could still make a difference."""
    if number.key in {"min", "at_least"}:
        return number.least
    phase = problem.agreement.phase
    if number.key == "rounds" and phase is not None:
        seats = phase.seats or len(problem.people)
        return min(number.most, max(number.value, -(-len(problem.people) // max(1, seats))))
    return number.most


def _one_by_one(feasibility: Feasibility, number: Number) -> list[int]:
    """Find the nearest smaller and larger value where neither direction always helps."""
    mended, value = _is_mended(feasibility, number), number.value
    lower = range(value - 1, max(number.least, value - _TRIES_MAX) - 1, -1)
    upper = range(value + 1, min(number.most, value + _TRIES_MAX) + 1)
    nearest = (next((v for v in side if mended(v)), None) for side in (lower, upper))
    return [found for found in nearest if found is not None]


def _counts(problem: Problem, engine: Engine, number: Number) -> list[int]:
    """Find the nearest smaller and larger count that can be given on every flow alike."""
    own = [i for i, row in enumerate(problem.rows) if row.clause == number.clause]
    first, rows, factors = own[0], list(problem.rows), problem.factors.copy()
    for i in own[1:]:
        factors[:, i] -= factors[:, first]
        rows[i] = replace(rows[i], low=0, high=0)
    (place,) = np.flatnonzero(problem.factors[:, first].any(axis=0)).tolist()
    ways = tuple(problem.factors[:, first, place].tolist())
    found = []
    sides = ((number.least, number.value - 1, 1), (number.value + 1, number.most, -1))
    for low, high, sense in sides:
        if low > high:
            continue
        rows[first] = replace(rows[first], low=low, high=high)
        changed = replace(problem, rows=tuple(rows), factors=factors)
        face = changed.face()
        worth = Worth(sense * problem.columns[place][problem.kind], ways)
        solved = None if face is None else solve_level(face, worth, engine)
        if solved is not None:
            found.append(sense * solved.reached)
    return found


def _numbers(changes: Sequence[Change]) -> dict[str, Any]:
    """Return the repair that changes these numbers together."""
    parts, said = [], []
    for number, value in changes:
        change: dict[str, Any] = {"key": number.key, "from": number.value, "to": value}
        if number.place:
            change["place"] = number.place
        parts.append({"clause": number.clause, "change": change})
        said.append(f"{number.name} {value} instead of {number.value} in clause {number.clause}")
    return _told(parts, f"With {_listed(said)} a plan exists.")


def _removal(problem: Problem, gone: Sequence[str]) -> dict[str, Any]:
    """Return the repair by which these clauses go."""
    kinds = {clause.id: clause.kind for clause in problem.agreement.clauses}
    parts = [{"clause": c, "change": {"key": "kind", "from": kinds[c], "to": None}} for c in gone]
    return _told(parts, f"Without clause{'s' * (len(gone) > 1)} {_listed(gone)} a plan exists.")


def _told(parts: Sequence[dict[str, Any]], sentence: str) -> dict[str, Any]:
    first, *others = parts
    return {**first, **({"with": others} if others else {}), "sentence": sentence}


def _listed(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
