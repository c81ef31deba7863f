"""Why somebody goes or stays: the one rule of the agreement that settles each person.

Rules of this file:
- A rule is a word of `RULES`, never a score, and never who would be next.
- The first rule that holds is the one that counts, in the order of `RULES`.
- Whose value the lists do not tell is not taken for somebody whom no clause means.
- Whoever goes on parole, on credit or as remains goes home under the bargain as well; how is
  told beside the rule, with the phase and the gates that they wait for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeward.planning.problem import fixing_of
from homeward.planning.rows import rows_of
from homeward.planning.travellers import Travellers
from homeward.terms.agreed import PRISONERS_OF_WAR, Agreement
from homeward.terms.clauses import AllOf, Gate, Ratio
from homeward.terms.pool import Mask, Pool, members

RULES = (
    "agreed",  # goes home under the bargain
    "article_109",  # goes home outside it
    "no_party",  # depends on no other party of the agreement
    "dead",  # and no clause brings them home
    "unfit",  # not fit to travel
    "vetoed",
    "will",  # the holder reports that they do not wish to go, or the terms leave out who was not asked
    "over_count",  # a clause could send them, and sends no more
    "unknown_value",  # the lists do not tell what a clause asks
    "no_clause",  # no clause sends them
)
"""Every rule, in the order in which they are tried."""


UNDER_THE_BARGAIN = ("agreed", "parole", "credit", "remains")
"""How somebody may go home by the agreement; beside it stands `article_109`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one person stands under an agreement.

    Attributes:
        rule: One of `RULES`.
        basis: As the plan has it (`agreed`, `parole`, `credit`, `remains`, `article_109`);
            empty for whoever stays.
        phase: In which the person goes; 0 for whoever stays.
        gates: Ids of the clauses whose confirmation has to be recorded before.
        categories: Category -> `yes`, `no` or `unknown`.
        clauses: Ids of the clauses that count or name the person.
    """

    rule: str
    basis: str
    phase: int
    gates: tuple[str, ...]
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
        moves: Reference -> basis of whoever goes, as the plan has it.
        holders: Every holder, also those whose lists are not here.

    Returns:
        Index in `RULES` of each person, shape `(n_people,)`.
    """
    travellers = _travellers(agreement, pool, holders)
    basis = np.array([moves.get(ref, "") for ref in pool.refs], dtype="U12")
    vetoed, willing = _kept(travellers, agreement)
    given = travellers.given()
    holds: Mapping[str, Mask] = {
        "agreed": np.isin(basis, UNDER_THE_BARGAIN),
        "article_109": basis == "article_109",
        "no_party": travellers.home < 0,
        "dead": pool.text("alive", lambda text: text == "no") & ~given,
        "unfit": pool.text("fit_to_travel", lambda text: text == "no"),
        "vetoed": vetoed,
        "will": ~willing,
        "over_count": given,
        "unknown_value": _untold(travellers, agreement),
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
    phase: int = 1,
) -> Standing:
    """Tell how one person stands.

    Args:
        agreement: What was agreed.
        pool: People held.
        moves: As for `rules_of`.
        person: Index in the pool.
        holders: Every holder.
        phase: In which the plan sends the person, if it does.

    Returns:
        The rule, how and when the person goes, the categories and the clauses.
    """
    travellers = _travellers(agreement, pool, holders)
    judged = members(agreement, pool)
    everybody = np.ones(pool.size, dtype=bool)
    clauses = []
    for clause in agreement.clauses:
        fixing: Any = fixing_of(clause, travellers, everybody)
        rows, _ = rows_of(clause, travellers, phases=1)
        alone = np.array([person])
        counted = any(travellers.counted(t.whom, alone)[0] for row in rows for t in row.terms)
        meant = counted or travellers.meant(clause)[person]
        if meant or (fixing is not None and fixing.people[person]):
            clauses.append(clause.id)
    basis = moves.get(pool.refs[person], "")
    return Standing(
        rule=RULES[rules_of(agreement, pool, moves, holders=holders)[person]],
        basis=basis,
        phase=phase if basis else 0,
        gates=_gates(agreement, clauses, phase) if basis else (),
        categories={
            name: "yes" if inside[person] else "unknown" if unknown[person] else "no"
            for name, (inside, unknown) in judged.items()
        },
        clauses=tuple(clauses),
    )


def _travellers(agreement: Agreement, pool: Pool, holders: Collection[str]) -> Travellers:
    return Travellers(agreement, pool, elsewhere=set(holders) - set(pool.holders))


def _kept(travellers: Travellers, agreement: Agreement) -> tuple[Mask, Mask]:
    """Return who is vetoed, and who is not kept by the rule of consent."""
    vetoed = np.zeros(travellers.pool.size, dtype=bool)
    for clause in agreement.clauses:
        fixing = fixing_of(clause, travellers, vetoed) if clause.kind == "veto" else None
        if fixing is not None:
            vetoed = vetoed | fixing.people
    return vetoed, ~travellers.stays(agreement.consent)


def _untold(travellers: Travellers, agreement: Agreement) -> Mask:
    """Return of whom the lists do not tell what some clause asks."""
    judged = members(agreement, travellers.pool)
    unknown = np.zeros(travellers.pool.size, dtype=bool)
    for clause in agreement.clauses:
        if isinstance(clause, Ratio):
            for where in (clause.for_each.where, *(part.where for part in clause.give)):
                unknown |= judged[where or PRISONERS_OF_WAR][1]
        elif hasattr(clause, "flows"):
            unknown |= judged[clause.where or PRISONERS_OF_WAR][1]
        if isinstance(clause, AllOf) and clause.cutoff is not None:
            low, high, no_day = travellers.pool.bounds("captured_on")
            last = clause.cutoff.toordinal()
            undated = no_day | ((low <= last) & (high > last))
            unknown |= (
                undated & travellers.any_flow(clause.flows) & travellers.category(clause.where)
            )
    return unknown


def _gates(agreement: Agreement, clauses: Collection[str], phase: int) -> tuple[str, ...]:
    """Return the gates before a phase, and before the clauses by which somebody goes."""
    before = {f"phase {phase}", *clauses}
    return tuple(c.id for c in agreement.clauses if isinstance(c, Gate) and c.before in before)
