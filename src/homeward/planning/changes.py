"""The numbers of a clause, and an agreement with one of them changed.

Rules of this file:
- A number is a key of one clause; of a list of numbers, one place, counted from 1.
- What a clause counts stays as it is where only its number changes: rows are read anew, and
  nobody is judged again. Where the phases would change, everything is.
- No change is made here that the agreement could not have said itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from homeward.foundation.errors import InputError
from homeward.planning.certificate import Ints
from homeward.planning.problem import Problem, compile_problem
from homeward.planning.rows import Row, rows_of
from homeward.planning.travellers import Whom
from homeward.terms.agreed import Agreement
from homeward.terms.clause_keys import COUNT_MAX
from homeward.terms.clauses import PHASE_MAX, Cap, Clause, Give, Phase, Quota, Ratio, Remains


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number that a clause states.

    Attributes:
        clause: Id of the clause.
        key: As the agreement writes it.
        value: What it is now.
        place: Which of a list of numbers, counted from 1; 0 where there is one.
        least: The smallest that an agreement may say.
        most: The greatest.
    """

    clause: str
    key: str
    value: int
    place: int = 0
    least: int = 0
    most: int

    @property
    def name(self) -> str:
        """The key, and the place where there are several: `at_least 2`."""
        return f"{self.key} {self.place}" if self.place else self.key


def numbers_of(problem: Problem, clause: Clause) -> tuple[Number, ...]:
    """Return the numbers of a clause that decide who goes.

    Args:
        problem: The agreement applied to the pool: says how many there could be.
        clause: Of the agreement.

    Returns:
        The numbers, in the order of the clause's keys; none for most kinds.
    """
    counts = np.bincount(problem.kind, minlength=problem.columns.shape[1])
    units = int((problem.columns @ counts).sum())
    most = min(COUNT_MAX, max(units, len(problem.people)))
    return tuple(
        Number(
            clause=clause.id,
            key=key,
            value=value,
            place=place,
            least=int(key in _FROM_ONE or isinstance(clause, Ratio)),
            most=PHASE_MAX if key == "rounds" else max(most, value),
        )
        for key, value, place in _stated(clause)
        if value is not None
    )


def stated_numbers(agreement: Agreement) -> tuple[tuple[str, str, int, int], ...]:
    """Return clause, key, place and value of every number that decides who goes."""
    return tuple(
        (clause.id, key, place, value)
        for clause in agreement.clauses
        for key, value, place in _stated(clause)
        if value is not None
    )


def with_stated(agreement: Agreement, clause: str, key: str, place: int, value: int) -> Agreement:
    """Return an agreement with one number changed, nobody's list at hand.

    Args:
        agreement: As read.
        clause: Id of the clause.
        key: As the agreement writes it.
        place: Which of a list of numbers, counted from 1; 0 where there is one.
        value: Instead of it.

    Returns:
        The agreement, to be written and read again: the number may still be one that no
        agreement says.

    Raises:
        InputError: The clause states no such number.
    """
    before = next((each for each in agreement.clauses if each.id == clause), None)
    stated = [each for each in _stated(before) if each[1] is not None] if before else []
    known = [(name, at) for name, _, at in stated]
    if before is None or (key, place) not in known:
        names = ", ".join(f"{name} {at}" if at else name for name, at in known)
        raise InputError(
            "planning.whatif_key",
            f"Expected a number of clause {clause} ({names or 'it has none'}), found another key.",
            hint="Name a clause and one of its numbers.",
        )
    number = Number(clause=clause, key=key, value=0, place=place, most=value)
    after = _changed(before, number, value)
    clauses = tuple(after if each is before else each for each in agreement.clauses)
    return replace(agreement, clauses=clauses)


_FROM_ONE = ("seats", "rounds")
"""Keys of which an agreement may not say 0; nor may a ratio."""


def _stated(clause: Clause) -> list[tuple[str, int | None, int]]:
    """Return key, value and place of every number."""
    match clause:
        case Give(count=count):
            return [("count", count, 0)]
        case Quota() | Remains():
            return [("min", clause.min, 0), ("max", clause.max, 0)]
        case Cap(max=most):
            return [("max", most, 0)]
        case Ratio(give=parts):
            several = len(parts) > 1
            return [("count", part.count, n * several) for n, part in enumerate(parts, 1)]
        case Phase(rounds=rounds):
            least = [("at_least", value, n) for n, value in enumerate(clause.at_least, 1)]
            fixed = rounds if isinstance(rounds, int) else None
            return [*least, ("seats", clause.seats, 0), ("rounds", fixed, 0)]
    return []


def with_number(problem: Problem, number: Number, value: int) -> Problem:
    """Return the problem with one number changed.

    Args:
        problem: The agreement applied to the pool.
        number: From `numbers_of`.
        value: Instead of it, from `number.least` to `number.most`.

    Returns:
        The problem; its agreement says the new number, and keeps the old hash.

    Raises:
        RuleError: The seats would make too many rounds necessary.
    """
    agreement = problem.agreement
    before = next(clause for clause in agreement.clauses if clause.id == number.clause)
    after = _changed(before, number, value)
    clauses = tuple(after if clause is before else clause for clause in agreement.clauses)
    changed = replace(agreement, clauses=clauses)
    as_needed = isinstance(before, Phase) and before.rounds == "as_needed"
    if number.key == "rounds" or (number.key == "seats" and as_needed):
        return compile_problem(changed, problem.pool, seed=problem.seed, holders=problem.holders)
    rows, missing = rows_of(after, problem.travellers, problem.phases)
    own = iter(rows)
    spliced = tuple(next(own) if row.clause == after.id else row for row in problem.rows)
    slacks = {slack.name: slack for slack in missing}
    return replace(
        problem,
        agreement=changed,
        rows=spliced,
        factors=_counted_anew(problem, after.id, spliced),
        missing=tuple(slacks.get(slack.name, slack) for slack in problem.missing),
    )


def _changed(clause: Clause, number: Number, value: int) -> Clause:
    at = max(0, number.place - 1)
    match clause:
        case Ratio(give=parts):
            part = replace(parts[at], count=value)
            return replace(clause, give=(*parts[:at], part, *parts[at + 1 :]))
        case Phase(at_least=least) if number.key == "at_least":
            return replace(clause, at_least=(*least[:at], value, *least[at + 1 :]))
        case Phase(at_least=least) if number.key == "rounds":
            padded = (*least, *(0,) * (value - len(least)))[:value] if least else ()
            return replace(clause, rounds=value, at_least=padded)
    return replace(clause, **{number.key: value})  # type: ignore[arg-type]


def _counted_anew(problem: Problem, clause: str, rows: tuple[Row, ...]) -> Ints:
    """Return how ways count columns, with the rows of one clause counted anew."""
    places: dict[Whom, int] = {}
    for row in problem.rows:
        for term in row.terms:
            places.setdefault(term.whom, len(places))
    factors = problem.factors.copy()
    for r, row in enumerate(rows):
        if row.clause != clause:
            continue
        factors[:, r, :] = 0
        for term in row.terms:
            counts = np.array([term.counts(way) for way in problem.ways], dtype=np.int64)
            factors[:, r, places[term.whom]] += term.factor * counts
    return factors
