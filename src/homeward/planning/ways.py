"""By which ways somebody can go home.

Rules of this file:
- A way is a phase, an account and a basis. Without a clause on phases there is one phase.
- On a flow to which a ratio gives, everybody who goes is counted by exactly one clause that
  gives them there: that clause is their account. On other flows there is one account.
- On the flows of a surplus somebody is exchanged, or goes on parole or on credit.
- The dead go as remains.
- Rounds "as needed" are as many as the larger flow fills with the seats agreed; with
  `equal`, as the smaller one does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from homeward.foundation.errors import RuleError
from homeward.planning.travellers import Travellers
from homeward.terms.clauses import (
    PHASE_MAX,
    AllOf,
    Balance,
    Clause,
    Give,
    Named,
    Pair,
    Quota,
    Ratio,
    Remains,
    Surplus,
)
from homeward.terms.pool import Mask

AGREED, REMAINS = "agreed", "remains"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way home: in which phase, for which clause whoever takes it is counted, and how.

    `basis` is `agreed`, `parole`, `credit`, `remains` or, outside the bargain, `article_109`.
    """

    phase: int = 1
    account: str = ""
    basis: str = AGREED


def part_name(ratio: Ratio, number: int) -> str:
    """Return the account of one part of a ratio, counted from 1."""
    return f"{ratio.id}/{number}"


def phases_of(travellers: Travellers, given: Mask) -> int:
    """Return how many phases an exchange has.

    Args:
        travellers: The agreement applied to the pool.
        given: Whom some clause gives, shape `(n_people,)`.

    Returns:
        At least 1.

    Raises:
        RuleError: There would be more than `PHASE_MAX` rounds.
    """
    phase = travellers.agreement.phase
    if phase is None:
        return 1
    if phase.days:
        return len(phase.days)
    if isinstance(phase.rounds, int):
        return phase.rounds
    sizes = travellers.numbers(given).values()
    many = (min if phase.equal else max)([size for size in sizes if size] or [0])
    rounds = -(-many // (phase.seats or 1)) if phase.seats else 1
    if rounds > PHASE_MAX:
        raise RuleError(
            "planning.rounds",
            f"Expected at most {PHASE_MAX} rounds in clause {phase.id}, found need of {rounds}.",
            hint="Agree on more seats, or on a number of rounds.",
            facts={"clause": phase.id, "allowed": PHASE_MAX, "found": rounds},
        )
    return max(1, rounds)


def ways_of(travellers: Travellers, given: Mask, phases: int) -> tuple[tuple[Way, ...], Mask]:
    """Return the ways, and which of them are open to whom.

    The ways follow from the agreement and the number of phases alone, so that whoever has
    only some of the lists numbers them alike.

    Args:
        travellers: The agreement applied to the pool.
        given: Whom some clause gives, shape `(n_people,)`.
        phases: From `phases_of`, or as a plan states them.

    Returns:
        The ways, and a mask of shape `(n_people, n_ways)`.
    """
    accounts = _accounts(travellers, given)
    ways = [
        (Way(phase=phase, account=account, basis=basis), mask)
        for phase in range(1, phases + 1)
        for (account, basis), mask in accounts.items()
    ]
    return tuple(way for way, _ in ways), np.stack([mask for _, mask in ways], axis=1)


def _accounts(travellers: Travellers, given: Mask) -> dict[tuple[str, str], Mask]:
    """Return (account, basis) -> to whom it is open."""
    clauses, dead = travellers.agreement.clauses, travellers.dead
    shared = {part.flow for c in clauses if isinstance(c, Ratio) for part in c.give}
    apart = travellers.any_flow(shared) & ~dead
    found: dict[tuple[str, str], Mask] = {("", AGREED): given & ~apart & ~dead}
    for clause in clauses:
        for account, mask in _givers(travellers, clause) if shared else ():
            found[account, AGREED] = mask & apart & given
        if isinstance(clause, Surplus):
            before = found.get(("", clause.release), np.zeros_like(given))
            found["", clause.release] = before | (travellers.meant(clause) & given & ~apart)
    if any(isinstance(clause, Remains | AllOf | Named) for clause in clauses):
        found["", REMAINS] = given & dead
    return found


def _givers(travellers: Travellers, clause: Clause) -> Iterator[tuple[str, Mask]]:
    """Yield each account of a clause that gives on flows of ratios, and whom it gives."""
    if isinstance(clause, Ratio):
        for number, part in enumerate(clause.give, 1):
            counted = travellers.flow(part.flow) & travellers.category(part.where)
            yield part_name(clause, number), counted & travellers.able
    elif isinstance(clause, Give | AllOf | Balance | Pair | Named | Quota):
        yield clause.id, travellers.meant(clause)
