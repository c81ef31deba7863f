"""What a plan brings about beside its moves: what is owed, what waits, what is earned.

Rules of this file:
- Whoever goes home on parole or on credit is owed by their own side to the side that let them
  go, in the unit of the clause. A declaration of exchange later takes it off the account.
- A gate names what waits: nobody behind it is released before the confirmation is recorded.
- An extension is earned once for every full number of people, up to its most.
- Of lists that are not here nothing is computed: what the plan states of them stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from homeward.planning.problem import Problem
from homeward.planning.travellers import Whom
from homeward.terms.clauses import Extend, Gate, Surplus


def outcome_of(
    problem: Problem, way: NDArray[Any], moves: Sequence[Mapping[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    """Return what follows from a plan.

    Args:
        problem: The agreement applied to the pool.
        way: How everybody goes, 0 for staying, else 1 + the way; shape `(n_people,)`.
        moves: Of the plan.

    Returns:
        `accounts` (`clause`, `debtor`, `creditor`, `unit`, `amount`, `release`, `within_days`),
        `gates` (`clause`, `before`, `until`, `confirmed_by`) and `extensions` (`clause`,
        `adds`, `times`), each in the agreement's order.
    """
    clauses = problem.agreement.clauses
    return {
        "accounts": [a for c in clauses if isinstance(c, Surplus) for a in _owed(problem, c, way)],
        "gates": [
            {
                "clause": clause.id,
                "before": clause.before,
                "until": clause.until,
                "confirmed_by": clause.confirmed_by,
            }
            for clause in clauses
            if isinstance(clause, Gate)
        ],
        "extensions": [_earned(clause, moves) for clause in clauses if isinstance(clause, Extend)],
    }


def _owed(problem: Problem, clause: Surplus, way: NDArray[Any]) -> Iterator[dict[str, Any]]:
    released = [n for n, w in enumerate(problem.ways, 1) if w.basis == clause.release]
    gone = [way == number for number in released]
    for flow in clause.flows:
        if flow.holder not in problem.pool.holders:
            continue
        counted = Whom(flow=flow, where=clause.where, unit=clause.unit)
        units = problem.travellers.counted(counted, problem.people)
        amount = sum(int(units[of].sum()) for of in gone)
        if amount:
            yield {
                "clause": clause.id,
                "debtor": flow.home,
                "creditor": flow.holder,
                "unit": clause.unit,
                "amount": amount,
                "release": clause.release,
                "within_days": clause.within_days,
            }


def _earned(clause: Extend, moves: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    on = Counter((move["holder"], move["home"]) for move in moves)
    times = on[clause.flow.holder, clause.flow.home] // clause.per
    if clause.max is not None:
        times = min(times, clause.max)
    return {"clause": clause.id, "adds": clause.adds, "times": times}
