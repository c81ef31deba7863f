"""The record of real exchanges: what is in it, chosen, added up and held against itself.

Rules of this file:
- The record is read once and never changed: facts and figures, each with its source.
- A sum takes one figure for each exchange and direction: that of the side whose people they
  are, else the other side's. How many exchanges have none is said beside every sum.
- Days are counted between days; two exchanges of one day are one day.
- A month without a day counts as its last day, and takes part in no count of days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from homeward.foundation.ids import PartyCode
from homeward.report.checksums import Checksum, checksums
from homeward.report.exchange_tables import (
    PublishedTotal,
    read_complete_to,
    read_exchanges,
    read_totals,
)
from homeward.report.exchanges import OTHER, PARTIES, Exchange, Figure, differences

NOBODY = "none"
"""Stands for a mediator where the record names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The whole record. `complete_to` is the last day up to which no announced exchange is absent."""

    exchanges: tuple[Exchange, ...]
    remains: tuple[Exchange, ...]
    totals: tuple[PublishedTotal, ...]
    complete_to: dt.date

    def exchange(self, name: str) -> Exchange | None:
        """Return an exchange by its id, None if there is none.

        Args:
            name: Such as `2025-02-05`.
        """
        return next((each for each in self.exchanges if each.id == name), None)

    def checksums(self) -> tuple[Checksum, ...]:
        """Return each published total held against the record."""
        return checksums(self.totals, self.exchanges, complete_to=self.complete_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which exchanges are asked for; None and False ask for all.

    `first` and `last` are days, both included. `party` is whose people went home, `mediator`
    a code or `NOBODY`, `differing` those whose speakers differ, `without_number` those of which
    nobody gave a number.
    """

    first: dt.date | None = None
    last: dt.date | None = None
    party: str | None = None
    mediator: str | None = None
    differing: bool = False
    without_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """People who went home in some exchanges: by one figure each, and by each speaker.

    `counted` exchanges have a figure of this direction, `uncounted` ones have none; `said` are
    the people and the exchanges in each party's own words.
    """

    home: PartyCode
    people: int
    counted: int
    uncounted: int
    said: Mapping[PartyCode, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mediated:
    """The exchanges of one mediator, or of none: how many, and who went home in them.

    `together` are people of exchanges of which only the mediator gave a number, of both
    directions in one; they are not in `home`.
    """

    mediator: str
    exchanges: int
    home: Mapping[PartyCode, int]
    together: int
    without_number: int

    @property
    def people(self) -> int:
        """Those of both directions."""
        return sum(self.home.values()) + self.together


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """All that went home up to one exchange, and the days since the one before it."""

    exchange: Exchange
    home: Mapping[PartyCode, int]
    days_since: int | None


@lru_cache(maxsize=1)
def read_history() -> History:
    """Read the record that comes with the program.

    Returns:
        The record; the same each time.

    Raises:
        InputError: A table of the package is malformed.
    """
    folder = resources.files("homeward.report").joinpath("tables")
    texts = {
        name: folder.joinpath(f"{name}.toml").read_text("utf-8")
        for name in ("exchanges", "remains", "totals")
    }
    return History(
        exchanges=read_exchanges(texts["exchanges"]),
        remains=read_exchanges(texts["remains"]),
        totals=read_totals(texts["totals"]),
        complete_to=read_complete_to(texts["exchanges"]).latest,
    )


def select(exchanges: Iterable[Exchange], query: Query) -> tuple[Exchange, ...]:
    """Choose exchanges.

    Args:
        exchanges: Any.
        query: What is asked for.

    Returns:
        Those that fit, in their order.
    """
    tests: list[Callable[[Exchange], bool]] = []
    first, last = query.first, query.last
    if first is not None:
        tests.append(lambda each: each.on.latest >= first)
    if last is not None:
        tests.append(lambda each: each.on.earliest <= last)
    if query.party is not None:
        tests.append(lambda each: any(figure.home == query.party for figure in each.figures))
    if query.mediator is not None:
        tests.append(lambda each: query.mediator in _mediators(each))
    if query.differing:
        tests.append(lambda each: bool(differences(each)))
    if query.without_number:
        tests.append(lambda each: not each.has_numbers)
    return tuple(each for each in exchanges if all(fits(each) for fits in tests))


def sums(exchanges: Sequence[Exchange]) -> tuple[Sum, ...]:
    """Add up who went home, one sum for each direction.

    Args:
        exchanges: Any.

    Returns:
        For Ukraine, then for Russia.
    """
    return tuple(_sum(exchanges, home) for home in PARTIES)


def by_mediator(exchanges: Iterable[Exchange]) -> tuple[Mediated, ...]:
    """Add up per mediator; an exchange with two mediators counts for both.

    Args:
        exchanges: Any.

    Returns:
        Most people first; those without a mediator last.
    """
    of: dict[str, list[Exchange]] = {}
    for each in exchanges:
        for mediator in _mediators(each):
            of.setdefault(mediator, []).append(each)
    found = [
        Mediated(
            mediator=mediator,
            exchanges=len(several),
            home={
                home: sum(figure.people for figure in _figures(several, home)) for home in PARTIES
            },
            together=sum(_together(each) for each in several),
            without_number=sum(not _has_count(each) for each in several),
        )
        for mediator, several in of.items()
    ]
    return tuple(sorted(found, key=lambda m: (m.mediator == NOBODY, -m.people, m.mediator)))


def steps(exchanges: Iterable[Exchange], *, complete_to: dt.date) -> tuple[Step, ...]:
    """Add up exchange by exchange, and count the days in between.

    Args:
        exchanges: In the order of days.
        complete_to: The last day up to which the record has every announced exchange.

    Returns:
        One for each. The first has no days since, and neither has a second one of a day, one
        whose day is not known, or one after the record is complete.
    """
    home = dict.fromkeys(PARTIES, 0)
    day: dt.date | None = None
    found = []
    for each in exchanges:
        for party in PARTIES:
            figure = each.figure(party)
            home[party] += figure.people if figure else 0
        since = None
        if each.on.is_exact:
            if day is not None and each.on.latest <= complete_to:
                since = (each.on.latest - day).days or None
            day = each.on.latest
        found.append(Step(exchange=each, home=dict(home), days_since=since))
    return tuple(found)


def compared(exchanges: Iterable[Exchange], home: PartyCode) -> tuple[int, tuple[Exchange, ...]]:
    """Count where both sides gave a figure of the same people.

    Args:
        exchanges: Any.
        home: Whose people.

    Returns:
        In how many exchanges both did, and those in which their figures differ.
    """
    both = [each for each in exchanges if each.said(home, home) and each.said(home, OTHER[home])]
    differ = tuple(
        each for each in both if any(d.home == home and d.gap for d in differences(each))
    )
    return len(both), differ


def _mediators(exchange: Exchange) -> tuple[str, ...]:
    return tuple(each.party for each in exchange.mediators) or (NOBODY,)


def _together(exchange: Exchange) -> int:
    """Return the people of both directions where nobody counted one of them, else 0."""
    if any(exchange.figure(home) for home in PARTIES):
        return 0
    return max((figure.people for figure in exchange.figures if figure.home is None), default=0)


def _has_count(exchange: Exchange) -> bool:
    return bool(_together(exchange)) or any(exchange.figure(home) for home in PARTIES)


def _figures(exchanges: Iterable[Exchange], home: PartyCode) -> list[Figure]:
    return [figure for each in exchanges if (figure := each.figure(home)) is not None]


def _sum(exchanges: Sequence[Exchange], home: PartyCode) -> Sum:
    figures = _figures(exchanges, home)
    said = {}
    for party in PARTIES:
        own = [figure for each in exchanges if (figure := each.said(home, party)) is not None]
        said[party] = (sum(figure.people for figure in own), len(own))
    return Sum(
        home=home,
        people=sum(figure.people for figure in figures),
        counted=len(figures),
        uncounted=len(exchanges) - len(figures),
        said=said,
    )
