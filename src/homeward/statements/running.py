"""Totals so far as checksums: does what a speaker counts close with its own totals?

Rules of this file:
- Two totals of one party are compared with the exchanges between them, by its own numbers of
  people who came home to it; a mediator's with its totals of both directions.
- A gap is shown, with how many people it is. Nobody is blamed for it: an exchange of which no
  text was read leaves one too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from homeward.statements.heard import RunningTotal, Told
from homeward.statements.model import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Two totals of one party, and what it counted of the exchanges in between.

    `since` and `on` are their days, `rise` is the difference between the totals, `counted` the
    people of the exchanges of which it gave a number.
    """

    party: str
    since: dt.date
    on: dt.date
    rise: int
    counted: int
    exchanges: int

    @property
    def gap(self) -> int:
        """People in the totals beyond those that were counted; below zero if fewer."""
        return self.rise - self.counted


def intervals(totals: Sequence[RunningTotal], told: Sequence[Told]) -> tuple[Interval, ...]:
    """Hold the running totals of each party against its own numbers in between.

    Args:
        totals: As texts gave them.
        told: Every exchange that was read.

    Returns:
        One for each two totals of a party that follow one another, by party and day.
    """
    found = []
    by_party = sorted(totals, key=lambda t: (_party(t.source), t.date, t.people))
    for party, several in groupby(by_party, key=lambda t: _party(t.source)):
        last = {total.date: total.people for total in several}
        for (since, before), (on, after) in pairwise(last.items()):
            between = [_counted(each, party) for each in told if since < each.date <= on]
            numbers = [count for count in between if count is not None]
            found.append(
                Interval(
                    party=party,
                    since=since,
                    on=on,
                    rise=after - before,
                    counted=sum(numbers),
                    exchanges=len(numbers),
                )
            )
    return tuple(found)


def _counted(told: Told, party: str) -> int | None:
    """Return how many people a party counts in one exchange, as it counts in its totals."""
    own = [
        claim
        for statement in told.statements
        for claim in statement.claims
        if _party(claim.source) == party and claim.qualifier == "exact"
    ]
    if party not in told.parties:
        pooled = [_number(c) for c in own if c.fact == "total"]
        legs = {(c.home, c.holder): _number(c) for c in own if c.fact == "leg"}
        return max(pooled, default=sum(legs.values()) or None)
    home = [c for c in own if c.fact == "leg" and c.home == party and c.unit != "remains"]
    people = [_number(c) for c in home if c.unit == "people"]
    if people:
        return max(people)
    by_unit = {c.unit: _number(c) for c in home}
    return sum(by_unit.values()) if by_unit else None


def _number(claim: Claim) -> int:
    return claim.value if isinstance(claim.value, int) else 0


def _party(source: str) -> str:
    return source.partition(".")[0]
