"""How many people a clause touches, leaves out or holds back, leg by leg.

Rules of this file:
- Only people who may travel at all are counted; the dead by the clauses that bring them home.
- Left out is who goes by the same leg and is not in the category of the clause; whom the list
  does not let it judge is counted apart.
- A veto and the rule of consent hold back whom some other clause would send.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from homeward.foundation.ids import Flow
from homeward.planning.problem import Problem
from homeward.terms.agreement import PRISONERS_OF_WAR
from homeward.terms.clauses import (
    AllOf,
    Cap,
    Clause,
    Consent,
    Escrow,
    Extend,
    Gate,
    Phase,
    Ratio,
    Remains,
    Veto,
    flows_of,
    list_of,
)
from homeward.terms.pool import Mask, members


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The numbers of a clause on one leg. None: the clause has no such number.

    Attributes:
        leg: Such as `RU -> UA`.
        category: The category that a part of a ratio counts; empty for other clauses.
        people: On the leg, whoever may travel, or is dead for a clause on the dead.
        about: Whom the clause is about.
        left_out: Who goes by the leg and is not in its category.
        wounded: Seriously wounded or sick among those left out.
        unknown: Of whom the lists do not tell whether they are in it.
        held_back: Whom a veto or the rule of consent keeps, of those whom a clause would send.
        going: Of those it is about, who goes by the plan tried; None without a plan.
    """

    leg: str
    category: str = ""
    people: int
    about: int | None = None
    left_out: int | None = None
    wounded: int | None = None
    unknown: int | None = None
    held_back: int | None = None
    going: int | None = None


def figures_of(problem: Problem, clause: Clause, gone: Mask | None) -> tuple[Figures, ...]:
    """Count whom a clause is about.

    Args:
        problem: The agreement applied to the lists that are here.
        clause: Of the agreement.
        gone: Who goes by the plan tried, over the pool; None where there is none.

    Returns:
        One for each leg that somebody of the lists is on; none for a clause that only orders
        the course of the exchange.
    """
    if isinstance(clause, Phase | Escrow | Gate | Extend):
        return ()
    if isinstance(clause, Veto | Consent):
        return tuple(_held_back(problem, clause))
    if isinstance(clause, Remains):
        dead = problem.travellers.dead
        return tuple(_about(problem, flow, dead, gone) for flow in _here(problem, clause))
    named: Any = clause
    if list_of(clause) is not None or getattr(named, "persons", None):
        mask = problem.travellers.people(named)
        told = (_about(problem, flow, mask, gone) for flow in _here(problem, clause))
        return tuple(each for each in told if each.about)
    pairs = [(flow, clause.where) for flow in _here(problem, clause)]
    if isinstance(clause, Ratio):
        each = clause.for_each
        pairs = [(each.flow, each.where), *((part.flow, part.where) for part in clause.give)]
    return tuple(
        _in_category(problem, clause, flow, where, gone)
        for flow, where in pairs
        if str(flow.holder) in problem.pool.holders
    )


def _here(problem: Problem, clause: Clause) -> tuple[Flow, ...]:
    """Return the legs of a clause, all if it names none, whose holder's list is here."""
    flows = flows_of(clause) or problem.agreement.flows
    if isinstance(clause, Cap) and clause.by is not None:
        flows = tuple(flow for flow in problem.agreement.flows if flow.holder == clause.by)
    return tuple(flow for flow in flows if str(flow.holder) in problem.pool.holders)


def _held_back(problem: Problem, clause: Veto | Consent) -> Iterator[Figures]:
    travellers = problem.travellers
    mask = travellers.people(clause) if isinstance(clause, Veto) else travellers.stays(clause)
    sent = travellers.given() | travellers.owed
    for flow in _here(problem, clause):
        on = travellers.flow(flow) & sent
        count = int((on & mask).sum())
        yield Figures(leg=str(flow), people=int(on.sum()), held_back=count)


def _about(problem: Problem, flow: Flow, mask: Mask, gone: Mask | None) -> Figures:
    on = problem.travellers.flow(flow)
    inside = on & mask
    return Figures(
        leg=str(flow),
        people=int(on.sum()),
        about=int(inside.sum()),
        going=None if gone is None else int((inside & gone).sum()),
    )


def _in_category(
    problem: Problem, clause: Clause, flow: Flow, where: str | None, gone: Mask | None
) -> Figures:
    travellers, pool = problem.travellers, problem.pool
    judged, unjudged = members(problem.agreement, pool)[where or PRISONERS_OF_WAR]
    able = travellers.flow(flow) & travellers.able
    inside, unknown = able & judged, able & unjudged
    if isinstance(clause, AllOf) and clause.cutoff is not None:
        low, high, undated = pool.bounds("captured_on")
        last = clause.cutoff.toordinal()
        unknown |= inside & (undated | ((low <= last) & (high > last)))
        inside &= ~undated & (high <= last)
    out = able & ~inside & ~unknown
    grave = pool.text("health", lambda text: text in {"serious", "grave"})
    return Figures(
        leg=str(flow),
        category=(where or PRISONERS_OF_WAR) if isinstance(clause, Ratio) else "",
        people=int(able.sum()),
        about=int(inside.sum()),
        left_out=int(out.sum()),
        wounded=int((out & grave).sum()),
        unknown=int(unknown.sum()),
        going=None if gone is None else int((inside & gone).sum()),
    )
