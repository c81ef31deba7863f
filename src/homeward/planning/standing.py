"""Why somebody goes or stays: the one rule of the agreement that settles each person.

Rules of this file:
- A rule is a word of `RULES`, never a score, and never who would be next.
- The first rule that holds is the one that counts, in the order of `RULES`.
- Whose value the lists do not tell is not taken for somebody whom no clause means.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeward.planning.problem import Builder
from homeward.terms.agreement import PRISONERS_OF_WAR, Agreement
from homeward.terms.pool import Mask, Pool, members

RULES = (
    "agreed",  # goes home under the bargain
    "article_109",  # goes home outside it
    "no_party",  # depends on no other party of the agreement
    "dead",
    "unfit",  # not fit to travel
    "vetoed",
    "will",  # the holder reports that they do not wish to go, or the terms leave out who was not asked
    "over_count",  # a clause could send them, and sends no more
    "unknown_value",  # the lists do not tell what a clause asks
    "no_clause",  # no clause sends them
)
"""Every rule, in the order in which they are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one person stands under an agreement.

    Attributes:
        rule: One of `RULES`.
        categories: Category -> `yes`, `no` or `unknown`.
        clauses: Ids of the clauses that count or name the person.
    """

    rule: str
    categories: Mapping[str, str]
    clauses: tuple[str, ...]


def rules_of(
    agreement: Agreement,
    pool: Pool,
    moves: Mapping[str, str],
    *,
    holders: Collection[str],
) -> NDArray[np.int8]:
    """Tell of everybody in a pool by which rule they go or stay.

    Args:
        agreement: What was agreed.
        pool: People held, of some holders or all.
        moves: Reference -> basis (`agreed` or `article_109`) of whoever goes.
        holders: Every holder, also those whose lists are not here.

    Returns:
        Index in `RULES` of each person, shape `(n_people,)`.
    """
    builder = _builder(agreement, pool, holders)
    basis = np.array([moves.get(ref, "") for ref in pool.refs], dtype="U12")
    vetoed, willing = _kept(builder, agreement)
    judged = members(agreement, pool)
    unknown = np.zeros(pool.size, dtype=bool)
    for clause in agreement.clauses:
        if hasattr(clause, "flows"):
            unknown |= judged[clause.where or PRISONERS_OF_WAR][1]
    holds: Mapping[str, Mask] = {
        "agreed": basis == "agreed",
        "article_109": basis == "article_109",
        "no_party": builder.home < 0,
        "dead": pool.text("alive", lambda text: text == "no"),
        "unfit": pool.text("fit_to_travel", lambda text: text == "no"),
        "vetoed": vetoed,
        "will": ~willing,
        "over_count": builder.given(),
        "unknown_value": unknown,
        "no_clause": np.ones(pool.size, dtype=bool),
    }
    found = np.full(pool.size, -1, dtype=np.int8)
    for number, rule in enumerate(RULES):
        found[(found < 0) & holds[rule]] = number
    return found


def standing_of(
    agreement: Agreement,
    pool: Pool,
    moves: Mapping[str, str],
    person: int,
    *,
    holders: Collection[str],
) -> Standing:
    """Tell how one person stands.

    Args:
        agreement: What was agreed.
        pool: People held.
        moves: As for `rules_of`.
        person: Index in the pool.
        holders: Every holder.

    Returns:
        The rule, the categories and the clauses.
    """
    builder = _builder(agreement, pool, holders)
    judged = members(agreement, pool)
    everybody = np.ones(pool.size, dtype=bool)
    clauses = []
    for clause in agreement.clauses:
        fixing: Any = builder.fixing(clause, everybody)
        counted = any(
            builder.flow(term.flow)[person] and builder.category(term.where)[person]
            for row in builder.rows(clause)
            for term in row.terms
        )
        if counted or (fixing is not None and fixing.people[person]):
            clauses.append(clause.id)
    return Standing(
        rule=RULES[rules_of(agreement, pool, moves, holders=holders)[person]],
        categories={
            name: "yes" if inside[person] else "unknown" if unknown[person] else "no"
            for name, (inside, unknown) in judged.items()
        },
        clauses=tuple(clauses),
    )


def _builder(agreement: Agreement, pool: Pool, holders: Collection[str]) -> Builder:
    return Builder(agreement, pool, elsewhere=set(holders) - set(pool.holders))


def _kept(builder: Builder, agreement: Agreement) -> tuple[Mask, Mask]:
    """Return who is vetoed, and who is not kept by the rule of consent."""
    vetoed = np.zeros(builder.pool.size, dtype=bool)
    for clause in agreement.clauses:
        fixing = builder.fixing(clause, vetoed) if clause.kind == "veto" else None
        if fixing is not None:
            vetoed = vetoed | fixing.people
    return vetoed, ~builder.stays(agreement.consent)
