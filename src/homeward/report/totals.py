"""Counts who went home, per flow and category.

Rules of this file:
- It sees flags and days, never a person: no name, date or id comes in.
- The moves of a flow must be as many as the record shows to have reached home.
- In public, one to four people are a range; so is a category that leaves one to four
  others out, and a sum over such a flow is not shown: subtraction would tell.
- In public, a flow of fewer than ten people shows no categories.
- In public, days held are rounded down to whole months of 30 days and left out for fewer
  than five people: an exact number of days is a date of capture.
- A flow whose numbers the terms withhold shows none in public, and then no sum does.
- Refusals to travel are not counted here: a refusal is never told.

Source: GC III arts 109 and 118; GC III art. 13 (public curiosity).
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from homeward.foundation.errors import InputError
from homeward.foundation.ids import Flow

Category = Literal["wounded", "held_over_two_years", "women", "under_25", "owed_article_109"]
CATEGORIES: tuple[Category, ...] = get_args(Category)

SMALL_BELOW = 5
# Below twice that, the range of a category and the range of its rest would overlap.
_CATEGORIES_FROM = 2 * SMALL_BELOW
_MONTH_DAYS = 30
_SMALL = f"1\u2013{SMALL_BELOW - 1}"

Count = int | str | None
"""A number; a range as text where the public reads and it is small; None if not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One person who went home, without anything that names them.

    `days_held` runs from capture to the day home, None if the capture is not dated.
    """

    flow: Flow
    days_held: int | None
    categories: frozenset[Category]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowTotals:
    """The numbers of one flow. `home` are the people who reached home on it."""

    flow: Flow
    home: Count
    categories: Mapping[Category, Count]
    days_held_longest: int | None
    days_held_median: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The numbers of one exchange, flows in order. `home` is their sum, None if not shown."""

    flows: tuple[FlowTotals, ...]
    home: Count
    public: bool


def totals(
    moves: Iterable[Move],
    custody: Mapping[Flow, int],
    *,
    categories: tuple[Category, ...] = CATEGORIES,
    withheld: frozenset[Flow] = frozenset(),
    public: bool,
) -> Report:
    """Count an exchange for the public or for those who ran it.

    Args:
        moves: One per person who reached home.
        custody: People who reached home, per flow, as the fold over the ledger shows.
        categories: Those that can be judged; the others are None, never 0.
        withheld: Flows whose numbers the terms keep from the public.
        public: True if anybody may read it.

    Returns:
        Counts, bands or None per flow and category; days of at least 0.

    Raises:
        InputError: The moves of a flow are not as many as the record shows.
    """
    by_flow: dict[Flow, list[Move]] = defaultdict(list)
    for move in moves:
        by_flow[move.flow].append(move)
    flows = sorted({*by_flow, *custody})
    for flow in flows:
        if len(by_flow[flow]) != custody.get(flow, 0):
            raise InputError(
                "report.moves",
                f"Expected {custody.get(flow, 0)} people home on {flow}, "
                f"found {len(by_flow[flow])} moves.",
                hint="Count again from the ledger before anything is shown.",
                facts={"flow": str(flow), "moves": len(by_flow[flow])},
            )
    hidden = withheld if public else frozenset[Flow]()
    counted = tuple(
        _withheld(flow)
        if flow in hidden
        else _flow_totals(flow, by_flow[flow], categories, public=public)
        for flow in flows
    )
    exact = all(isinstance(flow.home, int) for flow in counted)
    return Report(flows=counted, home=sum(custody.values()) if exact else None, public=public)


def _flow_totals(
    flow: Flow, moves: list[Move], categories: tuple[Category, ...], *, public: bool
) -> FlowTotals:
    counts = {name: sum(name in move.categories for move in moves) for name in CATEGORIES}
    few = public and len(moves) < _CATEGORIES_FROM
    days = [move.days_held for move in moves if move.days_held is not None]
    shows_days = days and not (public and len(days) < SMALL_BELOW)
    return FlowTotals(
        flow=flow,
        home=shown(len(moves), len(moves), public=public),
        categories={
            name: None if few or name not in categories else shown(count, len(moves), public=public)
            for name, count in counts.items()
        },
        days_held_longest=_days(max(days), public=public) if shows_days else None,
        days_held_median=_days(int(statistics.median(days)), public=public) if shows_days else None,
    )


def _withheld(flow: Flow) -> FlowTotals:
    return FlowTotals(
        flow=flow,
        home=None,
        categories=dict.fromkeys(CATEGORIES),
        days_held_longest=None,
        days_held_median=None,
    )


def shown(count: int, of: int, *, public: bool) -> Count:
    """Return a count of a group of people, as a range where it or its rest is small.

    Args:
        count: People of whom something is true.
        of: People of the whole group.
        public: True if the reader may not see small numbers.
    """
    if not public:
        return count
    if 0 < count < SMALL_BELOW:
        return _SMALL
    if 0 < of - count < SMALL_BELOW:
        return f"{of - SMALL_BELOW + 1}\u2013{of - 1}"
    return count


def _days(days: int, *, public: bool) -> int:
    return days - days % _MONTH_DAYS if public else days
