"""What the record holds of one real exchange: figures, each with who said it and where.

Rules of this file:
- Two figures that differ both stand; none is preferred, averaged or corrected.
- A figure is one speaker's, of one direction; a mediator may count both directions together.
- An explanation is one that the sources give, or that the civilians in one of two figures
  make by themselves. Without one a difference stays open and is said to be open.
- Nobody is named. The dead are remains, and are never counted with captives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from homeward.foundation.dates import PartialDate
from homeward.foundation.ids import PartyCode

UKRAINE, RUSSIA = PartyCode("UA"), PartyCode("RU")
PARTIES = (UKRAINE, RUSSIA)
OTHER: Mapping[PartyCode, PartyCode] = {UKRAINE: RUSSIA, RUSSIA: UKRAINE}
"""Party → the one that held its people."""

Why = Literal["civilians", "one_person", "apart", "category", "open"]
"""What explains a difference: civilians whom one side leaves out, one person, people counted
apart, a word for the same people, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How many people went home, as one speaker said.

    `home` is None where both directions are counted together. `civilians` are among `people`,
    None if their number is not told; `apart` are people whom the speaker counts beside its
    exchanges; `only_soldiers` says that the speaker spoke of soldiers alone.
    """

    home: PartyCode | None
    people: int
    by: str
    civilians: int | None = None
    some_civilians: bool = False
    only_soldiers: bool = False
    apart: int = 0
    is_about: bool = False
    sources: tuple[str, ...]

    @property
    def party(self) -> str:
        """Whose office spoke."""
        return self.by.partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mediation:
    """Who mediated, and which parties said so."""

    party: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A country on the way; `home` and `by` where it is known whose people stopped, and who said."""

    country: str
    home: str | None = None
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One exchange as it was told. `explained` is what the sources say of a direction's figures."""

    id: str
    on: PartialDate
    figures: tuple[Figure, ...]
    mediators: tuple[Mediation, ...] = ()
    stops: tuple[Stop, ...] = ()
    remarks: tuple[str, ...] = ()
    explained: Mapping[PartyCode, Why]
    sources: tuple[str, ...]

    def said(self, home: PartyCode | None, party: str) -> Figure | None:
        """Return what a party said of one direction, None if the record has nothing.

        Args:
            home: Where the people went; None for a count of both directions together.
            party: Whose figure.
        """
        return next((f for f in self.figures if f.home == home and f.party == party), None)

    def figure(self, home: PartyCode) -> Figure | None:
        """Return the figure of a direction: that of its own side, else of the other side."""
        return self.said(home, home) or self.said(home, OTHER[home])

    @property
    def has_numbers(self) -> bool:
        """True if anybody gave a number of any kind."""
        return bool(self.figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two speakers on the same people. `home` is None for a mediator's count of both directions.

    `one` is the side whose people they are, or both sides together; `other` the other speaker.
    `gap` is 0 where only the words differ.
    """

    home: PartyCode | None
    one: int
    other: int
    other_by: str
    why: Why

    @property
    def gap(self) -> int:
        """How many people lie between the two figures."""
        return abs(self.one - self.other)


def differences(exchange: Exchange) -> tuple[Difference, ...]:
    """Return where two speakers count the same people differently.

    A figure that its speaker called approximate contradicts none.

    Args:
        exchange: One row of the record.

    Returns:
        Those of Ukraine's people, of Russia's, and of a mediator's count, in this order.
    """
    found = [_of_direction(exchange, home) for home in PARTIES]
    return tuple(each for each in (*found, _of_mediator(exchange)) if each is not None)


def _of_direction(exchange: Exchange, home: PartyCode) -> Difference | None:
    own, other = exchange.said(home, home), exchange.said(home, OTHER[home])
    if own is None or other is None or own.is_about or other.is_about:
        return None
    why: Why
    if own.people == other.people:
        if not (other.only_soldiers and (own.civilians or own.some_civilians)):
            return None
        why = "category"
    elif home in exchange.explained:
        why = exchange.explained[home]
    else:
        larger = max(own, other, key=lambda figure: figure.people)
        why = "civilians" if larger.civilians == abs(own.people - other.people) else "open"
    return Difference(home=home, one=own.people, other=other.people, other_by=other.by, why=why)


def _of_mediator(exchange: Exchange) -> Difference | None:
    pooled = next((figure for figure in exchange.figures if figure.home is None), None)
    sides = [exchange.figure(home) for home in PARTIES]
    known = [figure for figure in sides if figure is not None]
    if pooled is None or len(known) < len(PARTIES):
        return None
    together = sum(figure.people for figure in known)
    gap = together - pooled.people
    if gap == 0:
        return None
    why: Why = "open"
    if gap == sum(figure.apart for figure in known):
        why = "apart"
    elif gap == sum(figure.civilians or 0 for figure in known):
        why = "civilians"
    return Difference(home=None, one=together, other=pooled.people, other_by=pooled.by, why=why)
