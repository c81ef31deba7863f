"""What one changed number would bring: the objectives before and after, solved anew.

Rules of this file:
- Nothing is read off multipliers: at an optimum that is not unique they mislead. Both
  agreements are solved, level by level, each level proved; only the tie-breaks are left out.
- What a change costs is told beside what it brings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from homeward.foundation.errors import InputError
from homeward.planning.certificate import verify_level
from homeward.planning.changes import Number, numbers_of, with_number
from homeward.planning.engine import Engine
from homeward.planning.problem import Problem
from homeward.planning.solve import solve_level

SOONEST = "soonest"
"""The level by which everybody goes as early as can be: a sum that says nothing by itself."""


def whatif(
    problem: Problem, engine: Engine, clause: str, key: str, change: int, *, place: int = 0
) -> dict[str, Any]:
    """Say what a plan would reach if one number of one clause were another.

    Args:
        problem: The agreement applied to the pool.
        engine: The solver.
        clause: Id of the clause.
        key: One of its numbers.
        change: What is added to it, negative to take away.
        place: Which number, counted from 1, where the key is a list of numbers.

    Returns:
        `clause`, `change` (`key`, `from`, `to`, and `place` if given), `objectives` (`id`,
        `from`, `to`: None where there is no plan) and `sentence`.

    Raises:
        InputError: The clause has no such number, or the number may not be so.
        RuleError: The seats would make too many rounds necessary.
        EngineError: The solver failed.
    """
    number = _number(problem, clause, key, place)
    value = number.value + change
    if not number.least <= value <= number.most:
        raise InputError(
            "planning.whatif_value",
            f"Expected {key} from {number.least} to {number.most} in clause {clause}, found {value}.",
            hint="Ask for a number that the agreement could say.",
        )
    before = values_of(problem, engine)
    after = values_of(with_number(problem, number, value), engine)
    names = list(before or after or ())
    changed: dict[str, Any] = {"key": key, "from": number.value, "to": value}
    return {
        "clause": clause,
        "change": changed | ({"place": place} if place else {}),
        "objectives": [
            {
                "id": name,
                "from": None if before is None else before.get(name),
                "to": None if after is None else after.get(name),
            }
            for name in names
        ],
        "sentence": _sentence(number, value, before, after),
    }


def _number(problem: Problem, clause: str, key: str, place: int) -> Number:
    numbers = [
        number
        for own in problem.agreement.clauses
        if own.id == clause
        for number in numbers_of(problem, own)
    ]
    for number in numbers:
        if (number.key, number.place) == (key, place):
            return number
    names = ", ".join(number.name for number in numbers)
    raise InputError(
        "planning.whatif_key",
        f"Expected a number of clause {clause} ({names or 'it has none'}), found another key.",
        hint="Name a clause and one of its numbers.",
    )


def values_of(problem: Problem, engine: Engine) -> dict[str, int] | None:
    """Return what the best plan reaches on every level but the tie-breaks.

    Args:
        problem: The agreement applied to the pool.
        engine: The solver.

    Returns:
        Level -> value, as the plan states it; None if there is no plan.

    Raises:
        EngineError: The solver failed.
    """
    senses = {objective.id: objective.sense for objective in problem.agreement.objectives}
    face = problem.face()
    if face is None:
        return None
    found: dict[str, int] = {}
    goals = problem.goals or (("", problem.nothing),)
    for number, (name, worth) in enumerate(goals, 1):
        solved = solve_level(face, worth, engine)
        if solved is None:
            return None
        if name:
            found[name] = solved.reached * senses.get(name.rpartition(": ")[2], 1)
        if number < len(goals):
            face = verify_level(face, worth, solved.level)
    return found


def _sentence(
    number: Number, value: int, before: dict[str, int] | None, after: dict[str, int] | None
) -> str:
    change = f"With {number.name} {value} instead of {number.value} in clause {number.clause}"
    if after is None:
        was = "as there is none now" if before is None else "while there is one now"
        return f"{change} there is no plan, {was}."
    if before is None:
        return f"{change} a plan exists, while there is none now: {_reached(after)}."
    parts = [
        f"{_said(name, after[name], old)} instead of {abs(old):,}"
        for name, old in before.items()
        if name in after and after[name] != old and name != SOONEST
    ]
    return f"{change} {_joined(parts) or 'every objective stays as it is'}."


def _reached(values: dict[str, int]) -> str:
    parts = [_said(name, value) for name, value in values.items() if name != SOONEST]
    return _joined(parts) or "nothing is sought"


def _said(name: str, value: int, old: int = 0) -> str:
    """Say what a level reaches; what a wish is short of is told as what it misses."""
    phase, _, sought = name.rpartition(": ")
    if name.startswith("wish ") and min(value, old) < 0:
        return f"{name} misses {-value:,}"
    return f"{sought} in {phase} is {value:,}" if phase else f"{name} is {value:,}"


def _joined(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
