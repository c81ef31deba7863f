"""Which clauses would have to go, where no change of numbers mends an agreement.

Rules of this file:
- As few clauses as can be. Of several sets of the same size a few are told, in the agreement's
  order: which of two clauses gives way is for the parties to choose.
- Whatever goes must hit every conflict; a set that hits all is told only after the agreement
  without these clauses, with all that this changes for the others, was found feasible.
- Consent never goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from homeward.planning.feasible import Feasibility, is_feasible
from homeward.planning.problem import compile_problem
from homeward.terms.clauses import Consent

TOLD_MAX = 4
_TRIES_MAX = 24
"""Sets that are tried at most; nearly always the first is right."""

_NODES_MAX = 20_000

Clauses = frozenset[str]

_Branch = tuple[Clauses, tuple[Clauses, ...]]
"""What was chosen, and which sets that does not hit."""


def removals_of(
    feasibility: Feasibility, conflicts: Sequence[Sequence[str]]
) -> list[tuple[str, ...]]:
    """Return the smallest sets of clauses without which a plan exists.

    Args:
        feasibility: Of the problem that has no plan.
        conflicts: The minimal conflicts found, as clause ids.

    Returns:
        Sets of the same size, at most `TOLD_MAX`, each in the agreement's order; none if none
        was found within the limits.

    Raises:
        EngineError: The solver failed.
    """
    consent = {c.id for c in feasibility.problem.agreement.clauses if isinstance(c, Consent)}
    order = [clause for clause in feasibility.clauses if clause not in consent]
    to_hit = [frozenset(core) - consent for core in conflicts]
    found: list[tuple[str, ...]] = []
    for _ in range(_TRIES_MAX):
        gone = smallest_hitting(to_hit, order)
        if gone is None or (found and len(gone) > len(found[0])) or len(found) == TOLD_MAX:
            break
        rest = frozenset(feasibility.clauses) - gone
        collision = feasibility.collision(rest)
        if collision is None and _leaves_a_plan(feasibility, gone):
            found.append(tuple(clause for clause in order if clause in gone))
        # Any other set, if it is not smaller, hits something of what this one leaves.
        to_hit.append((rest if collision is None else collision) - consent)
    return found


def _leaves_a_plan(feasibility: Feasibility, gone: Clauses) -> bool:
    """Say whether the agreement has a plan that does not say these clauses at all."""
    problem = feasibility.problem
    kept = tuple(c for c in problem.agreement.clauses if c.id not in gone)
    changed = compile_problem(
        replace(problem.agreement, clauses=kept),
        problem.pool,
        seed=problem.seed,
        holders=problem.holders,
    )
    return is_feasible(changed, feasibility.engine)


def smallest_hitting(sets: Sequence[Clauses], order: Sequence[str]) -> Clauses | None:
    """Return as few clauses as can be of which each set has one.

    Args:
        sets: What is to be hit.
        order: All clauses: of two that hit as many sets the earlier is tried first.

    Returns:
        The clauses; None if a set is empty. Where very many sets overlap, not always the fewest.
    """
    if not all(sets):
        return None
    place = {clause: i for i, clause in enumerate(order)}
    best: Clauses | None = None
    waiting: list[_Branch] = [(frozenset(), tuple(dict.fromkeys(sets)))]
    nodes = 0
    while waiting and (nodes < _NODES_MAX or best is None):
        nodes += 1
        chosen, left = waiting.pop()
        if best is not None and len(chosen) + _apart(left) >= len(best):
            continue
        if not left:
            best = chosen
            continue
        waiting += reversed(list(_branches(chosen, left, place)))
    return best


def _branches(
    chosen: Clauses, left: tuple[Clauses, ...], place: Mapping[str, int]
) -> Iterator[_Branch]:
    """Yield the ways to hit the smallest of the sets that are left, the most promising first."""
    smallest = min(left, key=len)
    for clause in sorted(smallest, key=lambda c: (-sum(c in each for each in left), place[c])):
        yield chosen | {clause}, tuple(each for each in left if clause not in each)


def _apart(sets: Sequence[Clauses]) -> int:
    """Return how many of the sets have nothing in common: so many clauses are needed at least."""
    taken: set[str] = set()
    count = 0
    for each in sorted(sets, key=len):
        if taken.isdisjoint(each):
            taken |= each
            count += 1
    return count
