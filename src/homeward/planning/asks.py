"""What a clause asks, in a sentence with the numbers that are available to it.

Rules of this file:
- A sentence says what the clause asks, as the agreement is told (`terms.sentences`), and
  then how many there are: of those whom neither their will nor a veto keeps.
- Nobody is told by name or reference, only by number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from homeward.planning.problem import Fixing, Problem
from homeward.planning.rows import Term
from homeward.planning.travellers import EQUIVALENTS, Whom, values_of
from homeward.terms.clauses import (
    Balance,
    Bundle,
    Cap,
    Clause,
    Give,
    Pair,
    Phase,
    Quota,
    Ratio,
    Remains,
    Together,
)
from homeward.terms.sentences import tell


def ask(problem: Problem, clause: Clause) -> str:
    """Say what a clause asks, with the numbers available to it.

    Args:
        problem: The agreement applied to the pool.
        clause: Of the agreement, with rows or people of its own.

    Returns:
        A sentence or more, each with a full stop.
    """
    said = _SAID.get(clause.kind)
    if said is not None:
        return said(problem, clause)
    told = [s.text for s in tell(problem.agreement) if s.about == f"clause {clause.id}"]
    counted = _COUNTED.get(clause.kind)
    numbers = [] if counted is None else [counted(problem, clause)]
    return " ".join([f"Clause {clause.id} asks:", *told, *numbers])


def _what(clause: Clause) -> str:
    return "prisoners of war" if clause.where is None else f"people of category {clause.where}"


def _give(problem: Problem, clause: Give) -> str:
    return (
        f"Clause {clause.id} asks for {clause.count} {_what(clause)} on each flow; able to travel: "
        f"{_available(problem, clause)}."
    )


def _quota(problem: Problem, clause: Quota) -> str:
    bounds = [f"at least {clause.min}"] if clause.min is not None else []
    bounds += [f"at most {clause.max}"] if clause.max is not None else []
    what = _what(clause)
    if clause.unit == EQUIVALENTS:
        what = f"equivalents of {what}"
    on = "on each flow" if clause.scope == "each" else "on all flows together"
    return (
        f"Clause {clause.id} asks for {' and '.join(bounds)} {what} {on}; able to travel: "
        f"{_available(problem, clause)}."
    )


def _cap(_: Problem, clause: Cap) -> str:
    return f"Clause {clause.id} lets at most {clause.max} {_what(clause)} travel."


def _balance(problem: Problem, clause: Balance) -> str:
    what = _what(clause)
    if clause.unit == EQUIVALENTS:
        what = f"equivalents of {what}"
    opening = [a for a in problem.agreement.accounts if a.unit == clause.unit]
    owed = "".join(
        f" {a.debtor} owes {a.creditor} {a.amount} from before, which it gives above that."
        for a in opening
    )
    return (
        f"Clause {clause.id} asks that each gives as many {what} as it gets; able to travel: "
        f"{_available(problem, clause)}.{owed}"
    )


def _named(problem: Problem, clause: Clause) -> str:
    fixing = _fixing(problem, clause)
    absent = f", of whom {fixing.absent} cannot travel or are on no list" if fixing.absent else ""
    return f"Clause {clause.id} names {int(fixing.people.sum()) + fixing.absent} people{absent}."


def _veto(problem: Problem, clause: Clause) -> str:
    kept = int(_fixing(problem, clause).people.sum())
    return f"Clause {clause.id} keeps {kept} people from travelling."


def _consent(problem: Problem, clause: Clause) -> str:
    return (
        f"Clause {clause.id} leaves out {int(_fixing(problem, clause).people.sum())} people who do "
        "not wish to go or have not been asked."
    )


_SAID: Mapping[str, Callable[[Problem, Any], str]] = {
    "give": _give,
    "quota": _quota,
    "cap": _cap,
    "balance": _balance,
    "named": _named,
    "veto": _veto,
    "consent": _consent,
}
"""Kinds that have one sentence in which what is asked and what there is stand together."""


def _all_of(problem: Problem, clause: Clause) -> str:
    return f"These are {int(_fixing(problem, clause).people.sum())} people."


def _rows(problem: Problem, clause: Ratio | Remains) -> str:
    return f"Able to go: {_available(problem, clause)}."


def _pair(problem: Problem, clause: Pair) -> str:
    one, other = clause.flows
    pairs = 0
    for text in values_of(problem.agreement, clause.key):
        value = (clause.key, text)
        sides = [
            _count(problem, Whom(flow=f, where=clause.where, value=value)) for f in (one, other)
        ]
        pairs += min(sides)
    whole = [f"{_count(problem, Whom(flow=f, where=clause.where))} ({f})" for f in (one, other)]
    return f"Able to travel: {', '.join(whole)}; they make {pairs} pairs at most."


def _people(problem: Problem, clause: Together | Bundle) -> str:
    meant = set(problem.travellers.named(clause)) | set(getattr(clause, "requires", ()))
    able = sum(_count(problem, Whom(person=person)) > 0 for person in meant)
    return f"Of these {len(meant)} people {able} can travel."


def _phase(problem: Problem, clause: Phase) -> str:
    flows = problem.agreement.flows
    able = ", ".join(f"{_count(problem, Whom(flow=flow, where='all'))} ({flow})" for flow in flows)
    seats = ""
    if clause.seats is not None:
        seats = f" In all there are {clause.seats * problem.phases} seats on each flow."
    return f"Able to travel: {able}.{seats}"


_COUNTED: Mapping[str, Callable[[Problem, Any], str]] = {
    "all_of": _all_of,
    "ratio": _rows,
    "remains": _rows,
    "pair": _pair,
    "together": _people,
    "bundle": _people,
    "phase": _phase,
}


def _fixing(problem: Problem, clause: Clause) -> Fixing:
    return next(fixing for fixing in problem.fixings if fixing.clause == clause.id)


def _available(problem: Problem, clause: Clause) -> str:
    """Return, for everything that a clause counts, how much of it there is at most."""
    terms: dict[str, list[Term]] = {}
    for row in problem.rows:
        if row.clause == clause.id:
            mixed = len({term.factor > 0 for term in row.terms}) > 1
            for term in row.terms:
                label = str(term.whom.flow) if mixed else row.label
                terms.setdefault(label, [])
                if all(term.whom != other.whom for other in terms[label]):
                    terms[label].append(term)
    return ", ".join(
        f"{sum(_count(problem, term.whom) for term in counted)} ({label})"
        for label, counted in terms.items()
    )


def _count(problem: Problem, whom: Whom) -> int:
    """Return how many people (or equivalents) there are whom nothing keeps here."""
    kept = np.zeros(len(problem.people), dtype=bool)
    for fixing in problem.fixings:
        if not fixing.goes:
            kept |= fixing.people
    return int(problem.travellers.counted(whom, problem.people)[~kept].sum())
