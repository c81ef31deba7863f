"""What the law says of a plan: findings that whoever accepts it must acknowledge.

Rules of this file:
- A finding never changes a plan; it stands in it, with the rule, the clause, a sentence
  whose first number is how many people it is about.
- A finding is about somebody: what meets nobody is none, and nobody has to acknowledge it.
- There is one for each rule and clause, and each counts those whom its own clause counts.
  Civilians whom no clause counts are told under the clause that lets them go, where it names
  them, or the agreement gives by number, and their own side lets others go for it. That both
  sides let a whole category go is no bargain.
- No agreement is measured by a convention younger than itself.
- GC III arts 109-110: the seriously wounded and sick are owed without counterpart.
- GC IV art. 34: civilians are no counterpart. GC III art. 33: medical and religious personnel
  are no prisoners of war. Additional Protocol I art. 34: the dead are returned for the
  sake of their families.
- GC III art. 16: prisoners of war are treated alike; the Convention has no scale by
  which one stands for several. GC III art. 21: nobody may be compelled to accept parole.
- That somebody does not wish to go breaks no law (GC III art. 109(3)), and how many do not
  is told to nobody: a refusal makes no finding.
- Whoever has one list only finds nothing that is not found over all lists.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from homeward.planning.problem import Problem
from homeward.planning.travellers import EQUIVALENTS
from homeward.planning.ways import AGREED, part_name
from homeward.terms.clauses import (
    AllOf,
    Balance,
    Clause,
    Counted,
    Give,
    Named,
    Pair,
    Part,
    Quota,
    Ratio,
    Remains,
    Surplus,
    Veto,
)
from homeward.terms.pool import Mask

CONVENTIONS = dt.date(1949, 8, 12)
"""The four Geneva Conventions were signed on this day."""

PROTOCOL = dt.date(1977, 6, 8)
"""Additional Protocol I."""

Finding = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Going:
    """How everybody of the pool goes under the bargain.

    Attributes:
        problem: The agreement applied to the pool.
        way: 0 for staying, else 1 + the way; shape `(n_pool,)`.
    """

    problem: Problem
    way: NDArray[np.int32]

    @property
    def moving(self) -> Mask:
        """Everybody who goes."""
        return self.way > 0

    def by(self, *, accounts: Collection[str] | None = None, basis: str | None = None) -> Mask:
        """Return who goes by a basis, and on an account or on none (any, if None)."""
        ways = [
            number
            for number, way in enumerate(self.problem.ways, 1)
            if basis in (None, way.basis) and (accounts is None or way.account in ("", *accounts))
        ]
        found: Mask = np.isin(self.way, ways)
        return found


def legal_findings(problem: Problem, way: NDArray[np.int32]) -> list[Finding]:
    """Return the findings of a plan.

    Args:
        problem: The agreement applied to the pool.
        way: How everybody goes under the bargain, 0 for staying, else 1 + the way; shape
            `(n_people,)` of the problem.

    Returns:
        `{"rule", "clause", "sentence"}` each, in a fixed order.

    Source: GC III arts 16, 21, 33, 109-110; GC IV art. 34; Additional Protocol I art. 34.
    """
    if problem.agreement.effective < CONVENTIONS:
        return []
    over_pool = np.zeros(problem.pool.size, dtype=np.int32)
    over_pool[problem.people] = way
    going = _Going(problem, over_pool)
    found = list(_counted_109(going))
    for clause in problem.agreement.clauses:
        for rule in _RULES:
            found += rule(going, clause)
    return found


def _counted_109(going: _Going) -> Iterator[Finding]:
    count = int((going.problem.travellers.owed & going.moving).sum())
    if going.problem.agreement.article_109 == "counted" and count:
        is_are = "is" if count == 1 else "are"
        yield _finding(
            "GC III arts 109-110",
            "article_109",
            f"{count} of those who go home {is_are} seriously wounded or sick and "
            "owed without counterpart; the agreement counts them.",
        )


def _civilians(going: _Going, clause: Clause) -> Iterator[Finding]:
    civilian = going.problem.travellers.civilian
    count = int((_counted(going, clause) & civilian).sum())
    if count:
        yield _finding(
            "GC IV art. 34",
            clause.id,
            f"Clause {clause.id} counts {_many(count, 'civilian')} as counterpart; "
            "civilians may not be held for exchange.",
        )
    elif isinstance(clause, AllOf | Named):
        count = int((_beside(going, clause) & civilian).sum())
        if count:
            yield _finding(
                "GC IV art. 34",
                clause.id,
                f"Clause {clause.id} lets {_many(count, 'civilian')} go home while others go the "
                "other way; civilians may not be held for exchange.",
            )


def _retained(going: _Going, clause: Clause) -> Iterator[Finding]:
    retained = going.problem.pool.text("status", lambda text: text in {"medical", "religious"})
    count = int((_counted(going, clause) & retained).sum())
    if count:
        yield _finding(
            "GC III art. 33",
            clause.id,
            f"Clause {clause.id} counts {count} medical or religious personnel as prisoners; "
            "they are not, and may be kept only as far as prisoners need them.",
        )


def _equivalents(going: _Going, clause: Clause) -> Iterator[Finding]:
    if getattr(clause, "unit", None) != EQUIVALENTS:
        return
    count = int(_counted(going, clause).sum())
    if count:
        yield _finding(
            "GC III art. 16",
            clause.id,
            f"Clause {clause.id} counts {_many(count)} by a scale of equivalents; the "
            "Convention of 1949 has none by which one prisoner stands for several.",
        )


def _released(going: _Going, clause: Clause) -> Iterator[Finding]:
    if not isinstance(clause, Surplus):
        return
    count = int((_inside(going, clause) & going.by(basis=clause.release)).sum())
    if count:
        law = {
            "parole": f"Clause {clause.id} sends {_many(count)} home on parole; nobody may be "
            "compelled to give it, and it binds only as far as the law of their Power allows.",
            "credit": f"Clause {clause.id} sends {_many(count)} home on credit; they owe nothing "
            "themselves, and nobody may be held for what their Power owes.",
        }
        yield _finding("GC III art. 21", clause.id, law[clause.release])


def _kept(going: _Going, clause: Clause) -> Iterator[Finding]:
    if not isinstance(clause, Veto):
        return
    travellers = going.problem.travellers
    count = int((travellers.people(clause) & travellers.owed).sum())
    if count:
        yield _finding(
            "GC III arts 109-110",
            clause.id,
            f"Clause {clause.id} keeps {count} of the seriously wounded or sick, "
            "who are owed whatever the terms say.",
        )


def _remains(going: _Going, clause: Clause) -> Iterator[Finding]:
    if not isinstance(clause, Remains) or clause.balance != "equal":
        return
    travellers = going.problem.travellers
    count = int((travellers.any_flow(clause.flows) & travellers.dead & going.moving).sum())
    if count and travellers.agreement.effective >= PROTOCOL:
        yield _finding(
            "AP I art. 34",
            clause.id,
            f"Clause {clause.id} counts the remains of {_many(count)} as counterpart; the dead "
            "are returned to their families for their own sake.",
        )


_RULES: tuple[Callable[[_Going, Clause], Iterator[Finding]], ...] = (
    _civilians,
    _retained,
    _equivalents,
    _released,
    _kept,
    _remains,
)


def _counted(going: _Going, clause: Clause) -> Mask:
    """Return who goes and is counted by a clause against others, over the pool."""
    match clause:
        case Ratio(for_each=each, give=parts):
            found = _on(going, each) & going.moving
            for number, part in enumerate(parts, 1):
                found |= _on(going, part) & going.by(accounts=[part_name(clause, number)])
            return found
        case Give():
            return _inside(going, clause) & going.by(accounts=[clause.id])
        case Balance() | Surplus():
            # Whoever goes on parole or on credit is weighed against nobody.
            return _inside(going, clause) & going.by(basis=AGREED)
        case Quota() | Pair():
            return _inside(going, clause) & going.moving
    return np.zeros(going.problem.pool.size, dtype=bool)


def _beside(going: _Going, clause: AllOf | Named) -> Mask:
    """Return who goes by a clause in a bargain between two sides, and is counted by none."""
    agreement, travellers = going.problem.agreement, going.problem.travellers
    alive = going.moving & ~travellers.dead
    found = travellers.meant(clause) & alive
    if isinstance(clause, AllOf) and not any(isinstance(c, _BY_NUMBER) for c in agreement.clauses):
        return found & False
    for other in agreement.clauses:
        found &= ~_counted(going, other)
    bloc = {code: name for name, group in agreement.blocs.items() for code in group}
    side = {n: bloc.get(code, code) for n, code in enumerate(travellers.codes)}
    flows = {(h, t) for h, t in np.stack([travellers.holder, travellers.home])[:, alive].T.tolist()}
    between = {(side[holder], side[home]) for holder, home in flows}
    for holder, home in flows:
        if (side[home], side[holder]) not in between:
            found &= (travellers.holder != holder) | (travellers.home != home)
    return found


_BY_NUMBER = (Give, Balance, Pair, Surplus, Ratio)
"""Clauses that weigh people by how many they are."""


def _on(going: _Going, counted: Counted | Part) -> Mask:
    travellers = going.problem.travellers
    return travellers.flow(counted.flow) & travellers.category(counted.where) & ~travellers.dead


def _inside(going: _Going, clause: Give | Quota | Balance | Pair | Surplus) -> Mask:
    """Return everybody alive of the category and the flows of a clause."""
    travellers = going.problem.travellers
    return travellers.any_flow(clause.flows) & travellers.category(clause.where) & ~travellers.dead


def _many(count: int, one: str = "person") -> str:
    several = "people" if one == "person" else f"{one}s"
    return f"{count} {one if count == 1 else several}"


def _finding(rule: str, clause: str, sentence: str) -> Finding:
    return {"rule": rule, "clause": clause, "sentence": sentence}
