"""Holds published totals against what the record has: do they close?

Rules of this file:
- A total is compared with the one before it of the same speaker; a total of a year with its
  year. The first running total has nothing before it.
- The speaker's own figures are added; people whom it counts apart are left out of them.
- Exchanges of which the speaker gave no figure are tried left out, and counted by the other
  side's figures. Which of the two closes is said.
- A sum that does not close is a gap, unless exchanges without a number of that direction, or days after the
  record is complete, lie in between: then nothing can be told.
- For a total of a mediator its own count of both directions comes first.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from homeward.foundation.ids import PartyCode
from homeward.report.exchange_tables import PublishedTotal
from homeward.report.exchanges import OTHER, PARTIES, Exchange

Verdict = Literal["start", "closes", "gap", "unknown"]
"""`start`: nothing before it. `unknown`: numbers are missing in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checksum:
    """One published total against the record.

    `since` is the day after which exchanges count, None for the first total. `rise` is by how
    many people the total rose, `recorded` how many the record has; `gap` is what is left.
    `borrowed` exchanges are counted by another's figure, `left_out` ones are not counted.
    """

    total: PublishedTotal
    since: dt.date | None
    rise: int
    recorded: int
    exchanges: int
    borrowed: int
    left_out: int
    without_number: int
    verdict: Verdict

    @property
    def gap(self) -> int:
        """People in the published total beyond those of the record."""
        return self.rise - self.recorded


@dataclass(frozen=True, slots=True)
class _Count:
    """What a speaker's exchanges hold: own figures, borrowed ones, and how many of each."""

    own: int
    borrowed_people: int
    exchanges: int
    borrowed: int
    without_number: int


def checksums(
    totals: Iterable[PublishedTotal], exchanges: Sequence[Exchange], *, complete_to: dt.date
) -> tuple[Checksum, ...]:
    """Hold each published total against the sum of what was recorded since the one before.

    Args:
        totals: Of any speakers, those of one speaker in the order of days.
        exchanges: The whole record.
        complete_to: The last day up to which the record has every announced exchange.

    Returns:
        One for each total, in their order.
    """
    before: dict[str, PublishedTotal] = {}
    found = []
    for total in totals:
        party = total.by.partition(".")[0]
        is_year = total.counts == "home_in_year"
        last = None if is_year else before.get(party)
        since = last.on.latest if last else None
        if is_year:
            since = total.on.earliest - dt.timedelta(days=1)
        within = [
            each
            for each in exchanges
            if (since is None or each.on.latest > since) and each.on.latest <= total.on.latest
        ]
        has_all = total.on.latest <= complete_to
        rise = total.people - (last.people if last else 0)
        found.append(_checksum(total, since, rise, within, has_all=has_all))
        before[party] = total
    return tuple(found)


def _checksum(
    total: PublishedTotal,
    since: dt.date | None,
    rise: int,
    within: Sequence[Exchange],
    *,
    has_all: bool,
) -> Checksum:
    count = _mediated(total, within) if total.counts == "mediated" else _home(total, within)
    with_all = count.own + count.borrowed_people
    # The speaker may leave out what it did not announce: the sum that closes is taken.
    takes_own = count.own == rise != with_all
    recorded = count.own if takes_own else with_all
    verdict: Verdict
    if since is None:
        verdict = "start"
    elif recorded == rise:
        verdict = "closes"
    else:
        verdict = "gap" if has_all and not count.without_number else "unknown"
    return Checksum(
        total=total,
        since=since,
        rise=rise,
        recorded=recorded,
        exchanges=count.exchanges,
        borrowed=0 if takes_own else count.borrowed,
        left_out=count.borrowed if takes_own else 0,
        without_number=count.without_number,
        verdict=verdict,
    )


def _home(total: PublishedTotal, within: Sequence[Exchange]) -> _Count:
    """Count the people whom a party got home, by its office's own figures and by others'."""
    party = PartyCode(total.by.partition(".")[0])
    own = borrowed_people = borrowed = without = 0
    for each in within:
        said = each.said(party, party)
        if said is not None and _is_of(said.by, total):
            own += said.people - said.apart
            continue
        other = said or each.said(party, OTHER[party])
        if other is not None and not other.is_about:
            borrowed_people += other.people
            borrowed += 1
        else:
            without += 1
    return _Count(own, borrowed_people, len(within), borrowed, without)


def _is_of(by: str, total: PublishedTotal) -> bool:
    """Tell whether a figure is of the speaker of a total: an office's yearly count is its own."""
    return total.counts != "home_in_year" or by == total.by


def _mediated(total: PublishedTotal, within: Sequence[Exchange]) -> _Count:
    mediated = [each for each in within if any(m.party == total.by for m in each.mediators)]
    own = borrowed_people = borrowed = without = 0
    for each in mediated:
        pooled = each.said(None, total.by)
        sides = [figure for home in PARTIES if (figure := each.figure(home)) is not None]
        if pooled is not None:
            own += pooled.people
        elif len(sides) == len(PARTIES):
            borrowed_people += sum(figure.people for figure in sides)
            borrowed += 1
        else:
            without += 1
    return _Count(own, borrowed_people, len(mediated), borrowed, without)


def by_speaker(found: Iterable[Checksum]) -> dict[str, tuple[Checksum, ...]]:
    """Group checksums by the party that speaks.

    Args:
        found: In the order of days.

    Returns:
        Code of a party → its checksums, in the same order.
    """
    groups: dict[str, list[Checksum]] = defaultdict(list)
    for each in found:
        groups[each.total.by.partition(".")[0]].append(each)
    return {party: tuple(several) for party, several in groups.items()}
