"""Why there is no plan: every minimal conflict of clauses, and what would mend it.

Rules of this file:
- A conflict is a set of clauses that cannot be kept together, and each of which is needed
  for that. All of them are found, up to a stated number of questions; if that was not
  enough, the last conflict says so.
- Of two sets the larger is asked first: whatever is part of a set that can be kept need not
  be asked.
"""

from __future__ import annotations

from typing import Any

from homeward.planning.asks import ask
from homeward.planning.engine import Engine
from homeward.planning.feasible import Feasibility, is_feasible
from homeward.planning.problem import Problem
from homeward.planning.repairs import repairs_of

__all__ = ["conflicts_of", "explain", "is_feasible"]

QUESTIONS_MAX = 400
"""How many programs are solved at most before the list is cut; most take 1 to 3 ms."""

_SETS_MAX = 20_000


def explain(problem: Problem, engine: Engine) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Explain why no plan keeps every clause.

    Args:
        problem: An agreement applied to a pool, known to have no plan.
        engine: The solver.

    Returns:
        Conflicts `{"clauses", "sentence"}`, smallest first, and repairs as `repairs_of` gives them.

    Raises:
        EngineError: The solver failed.
    """
    feasibility = Feasibility(problem, engine)
    found, is_complete = conflicts_of(feasibility)
    told = [_sentence(problem, core) for core in found]
    if told and not is_complete:
        told[-1] += " There may be more conflicts: the search was cut short."
    conflicts = [
        {"clauses": list(core), "sentence": sentence}
        for core, sentence in zip(found, told, strict=True)
    ]
    return conflicts, repairs_of(feasibility, found)


def conflicts_of(feasibility: Feasibility) -> tuple[list[tuple[str, ...]], bool]:
    """Find the minimal conflicts: any other one misses some clause of the first.

    Args:
        feasibility: Answers which clauses can be kept together.

    Returns:
        Clause ids of each conflict in the agreement's order, the smallest first; and whether
        these are all.

    Raises:
        EngineError: The solver failed.
    """
    order = {clause: i for i, clause in enumerate(feasibility.clauses)}
    cores: list[frozenset[str]] = []
    seen: set[frozenset[str]] = set()
    waiting: list[list[frozenset[str]]] = [[] for _ in range(len(order) + 1)]
    waiting[-1].append(frozenset(order))
    while any(waiting) and feasibility.questions < QUESTIONS_MAX and len(seen) < _SETS_MAX:
        clauses = next(sets for sets in reversed(waiting) if sets).pop()
        core = next((core for core in cores if core <= clauses), None)
        if core is None:
            collision = feasibility.collision(clauses)
            if collision is None:
                continue
            core = _shrunk(feasibility, clauses, collision)
            cores.append(core)
        for clause in sorted(core, key=order.__getitem__):
            smaller = clauses - {clause}
            if smaller not in seen:
                seen.add(smaller)
                waiting[len(smaller)].append(smaller)
    ordered = [tuple(sorted(core, key=order.__getitem__)) for core in cores]
    ordered.sort(key=lambda core: (len(core), [order[clause] for clause in core]))
    return ordered, not any(waiting)


def _shrunk(
    feasibility: Feasibility, clauses: frozenset[str], collision: frozenset[str]
) -> frozenset[str]:
    """Drop every clause that the collision does not need."""
    left = collision if feasibility.collision(collision) is not None else clauses
    for clause in sorted(left):
        if clause not in left:
            continue  # a smaller collision left it out
        smaller = feasibility.collision(left - {clause})
        if smaller is not None:
            is_proved = smaller < left and feasibility.collision(smaller) is not None
            left = smaller if is_proved else left - {clause}
    return left


def _sentence(problem: Problem, core: tuple[str, ...]) -> str:
    clauses = {clause.id: clause for clause in problem.agreement.clauses}
    asks = " ".join(ask(problem, clauses[name]) for name in core)
    end = (
        "That alone cannot be met." if len(core) == 1 else "These clauses cannot be kept together."
    )
    return f"{asks} {end}"
