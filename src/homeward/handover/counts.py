"""The handover in numbers: how far people have come, and who is exposed.

Rules of this file:
- Counts name nobody and give no reason: who said no, fell ill, was vetoed or died is
  "not travelling", one number.
- A column counts everybody who has come that far; "missing" alone is about now.
- Exposure is people let go less people received, as the record shows it. It is a bound
  on what a party can lose, and no promise that an exchange is atomic.
"""

from __future__ import annotations

from dataclasses import dataclass

from homeward.foundation.ids import Flow, PartyCode
from homeward.handover.custody import Captive, Custody, standings

_NOT_TRAVELLING = ("withdrawn", "turned_back", "died")


@dataclass(frozen=True, slots=True, kw_only=True)
class LegCounts:
    """People of one leg, by how far they have come."""

    leg: Flow
    planned: int
    wills_recorded: int
    on_manifest: int
    departed: int
    checked_in: int
    missing: int
    stopped: int
    home: int
    not_travelling: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """People a party has let go less those it has received: now, and at most so far.

    `now` is below zero for a party that has received more than it let go.
    """

    now: int
    peak: int


def count_legs(custody: Custody) -> tuple[LegCounts, ...]:
    """Count the people of every leg.

    Args:
        custody: Where everybody is.

    Returns:
        One row per leg of the plan, sorted by leg.
    """
    return tuple(_count(custody, leg) for leg in sorted(custody.flows))


def exposure(custody: Custody) -> dict[PartyCode, Exposure]:
    """Say for every party how many people it has let go beyond those it received.

    Args:
        custody: Where everybody is.

    Returns:
        People by party, at this moment and at most so far.
    """
    return {
        party: Exposure(now=now, peak=custody.peaks[party])
        for party, now in standings(custody).items()
    }


def _count(custody: Custody, leg: Flow) -> LegCounts:
    people = [captive for captive in custody.captives.values() if captive.leg == leg]

    def reached(state: str) -> int:
        return sum(state in captive.path for captive in people)

    return LegCounts(
        leg=leg,
        planned=custody.flows[leg],
        wills_recorded=sum(captive.will is not None for captive in people),
        on_manifest=reached("manifested"),
        departed=reached("departed"),
        checked_in=reached("checked_in"),
        missing=sum(captive.is_missing for captive in people),
        stopped=reached("stopped"),
        home=reached("home"),
        not_travelling=sum(map(_is_not_travelling, people)),
    )


def _is_not_travelling(captive: Captive) -> bool:
    return captive.state in _NOT_TRAVELLING or False in {captive.will, captive.last_will}
