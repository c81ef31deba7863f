"""Why there is no plan: every minimal conflict of clauses, and what would mend it.

Rules of this file:
- A conflict is a set of clauses that cannot be kept together, and each of which is needed
  for that. All of them are found, up to a stated number of questions.
- A repair changes one number of one clause by as little as makes everything feasible; it
  is shown only after the whole agreement was found feasible with it.
- Consent is never a repair. Sentences carry the numbers that are available.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from homeward.planning.engine import Engine
from homeward.planning.problem import Problem, Row
from homeward.planning.solve import solve_level
from homeward.terms.clauses import Balance, Cap, Clause, Give, Named, Quota, Veto

QUESTIONS_MAX = 400
"""How many sub-agreements are tried at most before the list is cut (each takes milliseconds)."""


def explain(problem: Problem, engine: Engine) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Explain why no plan keeps every clause.

    Args:
        problem: An agreement applied to a pool, known to have no plan.
        engine: The solver.

    Returns:
        Conflicts `{"clauses", "sentence"}`, smallest first, and repairs
        `{"clause", "change", "sentence"}`, smallest change first.
    """
    oracle = _Oracle(problem, engine)
    found = oracle.conflicts()
    conflicts = [
        {"clauses": list(core), "sentence": _conflict_sentence(problem, core)} for core in found
    ]
    involved = {clause for core in found for clause in core}
    repairs = [
        r
        for c in problem.agreement.clauses
        if c.id in involved
        for r in _repairs(problem, engine, c)
    ]
    repairs.sort(key=lambda r: (abs(r["change"]["to"] - r["change"]["from"]), r["clause"]))
    return conflicts, repairs


def is_feasible(problem: Problem, engine: Engine, active: frozenset[str] | None = None) -> bool:
    """Say whether some plan keeps the clauses named (all, if None)."""
    face = problem.face(active)
    if face is None:
        return False
    return solve_level(face, problem.nothing, engine) is not None


@dataclass(slots=True)
class _Oracle:
    """Answers whether a set of clauses can be kept, asking the solver once for each set."""

    problem: Problem
    engine: Engine
    asked: dict[frozenset[str], bool] = field(default_factory=dict)

    def feasible(self, clauses: frozenset[str]) -> bool:
        if clauses not in self.asked:
            self.asked[clauses] = is_feasible(self.problem, self.engine, clauses)
        return self.asked[clauses]

    def conflicts(self) -> list[tuple[str, ...]]:
        """Find every minimal conflict: any other one misses some clause of the first."""
        order = {clause: i for i, clause in enumerate(self.problem.clause_ids)}
        cores: set[frozenset[str]] = set()
        seen: set[frozenset[str]] = set()
        waiting = [frozenset(order)]
        while waiting and len(self.asked) < QUESTIONS_MAX:
            clauses = waiting.pop()
            if clauses in seen:
                continue
            seen.add(clauses)
            core = next((c for c in cores if c <= clauses), None)
            if core is None:
                if self.feasible(clauses):
                    continue
                core = self._shrink(clauses)
                cores.add(core)
            waiting += [clauses - {clause} for clause in sorted(core, key=order.__getitem__)]
        ordered = [tuple(sorted(core, key=order.__getitem__)) for core in cores]
        return sorted(ordered, key=lambda core: (len(core), [order[c] for c in core]))

    def _shrink(self, clauses: frozenset[str]) -> frozenset[str]:
        for clause in sorted(clauses):
            if not self.feasible(clauses - {clause}):
                clauses -= {clause}
        return clauses


def _conflict_sentence(problem: Problem, core: tuple[str, ...]) -> str:
    clauses = {clause.id: clause for clause in problem.agreement.clauses}
    asks = [_ask(problem, clauses[name]) for name in core]
    if len(core) == 1:
        return f"{asks[0]} That alone cannot be met."
    return " ".join(asks) + " These clauses cannot be kept together."


def _ask(problem: Problem, clause: Clause) -> str:
    """Say what a clause asks, with the numbers available to it."""
    what = "prisoners of war" if clause.where is None else f"people of category {clause.where}"
    available = _available(problem, clause)
    match clause:
        case Give(count=count):
            return f"Clause {clause.id} asks for {count} {what} on each flow; able to travel: {available}."
        case Quota(min=low, max=high, scope=scope):
            wish = " and ".join(
                part
                for part in (
                    f"at least {low}" if low is not None else "",
                    f"at most {high}" if high is not None else "",
                )
                if part
            )
            on = "on each flow" if scope == "each" else "on all flows together"
            return f"Clause {clause.id} asks for {wish} {what} {on}; able to travel: {available}."
        case Cap(max=high):
            return f"Clause {clause.id} lets at most {high} {what} travel."
        case Balance():
            return f"Clause {clause.id} asks that each gives as many {what} as it gets; able to travel: {available}."
        case Named():
            fixing = next(f for f in problem.fixings if f.clause == clause.id)
            absent = (
                f", of whom {fixing.absent} cannot travel or are on no list"
                if fixing.absent
                else ""
            )
            return f"Clause {clause.id} names {int(fixing.people.sum()) + fixing.absent} people{absent}."
        case Veto():
            fixing = next(f for f in problem.fixings if f.clause == clause.id)
            return f"Clause {clause.id} keeps {int(fixing.people.sum())} people from travelling."
    fixing = next(f for f in problem.fixings if f.clause == clause.id)
    return (
        f"Clause {clause.id} leaves out {int(fixing.people.sum())} people who do not wish to go "
        "or have not been asked."
    )


def _available(problem: Problem, clause: Clause) -> str:
    """Return, for each row of a clause, how many people it could count at most."""
    refused = np.zeros(len(problem.people), dtype=bool)
    for fixing in problem.fixings:
        if not fixing.goes:
            refused |= fixing.people
    parts = []
    for i, row in enumerate(problem.rows):
        if row.clause == clause.id:
            count = int(((problem.most(i) > 0) & ~refused).sum())
            parts.append(f"{count} ({row.label})")
    return ", ".join(parts)


def _repairs(problem: Problem, engine: Engine, clause: Clause) -> list[dict[str, Any]]:
    """Return the least changes of one clause's numbers that make the whole feasible."""
    match clause:
        case Give(count=count):
            return _give_repairs(problem, engine, clause.id, count)
        case Quota(min=low, max=high):
            found = []
            if low:
                found += _bisect(problem, engine, clause.id, "min", low, 0)
            if high is not None:
                found += _bisect(problem, engine, clause.id, "max", high, len(problem.people))
            return found
        case Cap(max=high):
            return _bisect(problem, engine, clause.id, "max", high, len(problem.people))
    return []


def _give_repairs(
    problem: Problem, engine: Engine, clause: str, count: int
) -> list[dict[str, Any]]:
    """Find the nearest smaller and larger count that can be given on every flow alike."""
    own = [i for i, row in enumerate(problem.rows) if row.clause == clause]
    rows, factors = list(problem.rows), problem.factors.copy()
    for i in own[1:]:
        factors[:, i] -= factors[:, own[0]]
        rows[i] = replace(rows[i], low=0, high=0)
    counted = problem.every_way(problem.most(own[0]))
    repairs = []
    for low, high, sense in ((0, count - 1, 1), (count + 1, len(problem.people), -1)):
        if low > high:
            continue
        rows[own[0]] = replace(rows[own[0]], low=low, high=high)
        changed = replace(problem, rows=tuple(rows), factors=factors)
        face = changed.face()
        worth = replace(counted, people=sense * counted.people)
        solved = None if face is None else solve_level(face, worth, engine)
        if solved is not None:
            repairs.append(_repair(clause, "count", count, sense * solved.reached))
    return repairs


def _bisect(
    problem: Problem, engine: Engine, clause: str, key: str, value: int, limit: int
) -> list[dict[str, Any]]:
    """Find the least loosening of a bound, which can only help: hence by halving."""

    def feasible(bound: int) -> bool:
        def loosened(row: Row) -> Row:
            return replace(row, low=bound) if key == "min" else replace(row, high=bound)

        rows = tuple(loosened(r) if r.clause == clause else r for r in problem.rows)
        return is_feasible(replace(problem, rows=rows), engine)

    if (key == "max" and limit <= value) or not feasible(limit):
        return []  # more than everybody cannot travel
    bad, good = value, limit
    while abs(good - bad) > 1:
        middle = (good + bad) // 2
        if feasible(middle):
            good = middle
        else:
            bad = middle
    return [_repair(clause, key, value, good)]


def _repair(clause: str, key: str, old: int, new: int) -> dict[str, Any]:
    return {
        "clause": clause,
        "change": {"key": key, "from": old, "to": new},
        "sentence": f"With {key} {new} instead of {old} in clause {clause} a plan exists.",
    }
