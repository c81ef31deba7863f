"""Charts of the record of real exchanges: where each mark stands in its drawing.

Rules of this file:
- Bars and lines begin at zero. What has no number has a mark of its own, never a bar.
- A drawing knows numbers and places, no words; what it shows stands in a table below it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from homeward.foundation.ids import PartyCode
from homeward.report.exchanges import PARTIES, RUSSIA, UKRAINE, Exchange
from homeward.report.history import Step

WIDTH = 720
MIDDLE, HALF = 170, 120
FLOOR, ROOM = 270, 220
HEIGHT = 320
_BAR_MAX = 24
_NAMES_TOP, _NAME_ROW = 56, 40

COLOURS: Mapping[PartyCode, str] = {RUSSIA: "one", UKRAINE: "two"}
"""Party → its colour and pattern: by the order of codes, as in the records of cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A bar in place; `colour` names its class."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text in place. `value` is what it says; `anchor` is the side of it that stands at `x`."""

    x: float
    y: float
    value: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as the points of a path, the height of its name, and the number at its end."""

    party: PartyCode
    colour: str
    points: str
    y: int
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Marks, lines, years, and the places of exchanges without a number."""

    marks: tuple[Mark, ...] = ()
    lines: tuple[Line, ...] = ()
    years: tuple[Label, ...] = ()
    unknown: tuple[float, ...] = ()
    peak: Label | None = None


def per_exchange(exchanges: Sequence[Exchange]) -> Drawing:
    """Draw one bar up and one bar down for each exchange, in order.

    Args:
        exchanges: At least one.

    Returns:
        Up are those who went home to Ukraine, down those who went home to Russia.
    """
    step = WIDTH / len(exchanges)
    width = min(step * 0.7, _BAR_MAX)
    most = max((f.people for e in exchanges for h in PARTIES if (f := e.figure(h))), default=1)
    marks, years, unknown = [], [], []
    year = 0
    for place, each in enumerate(exchanges):
        x = place * step + (step - width) / 2
        if each.on.latest.year != year:
            year = each.on.latest.year
            years.append(Label(x=round(place * step, 1), y=HEIGHT - 4, value=str(year)))
        known = False
        for home in PARTIES:
            figure = each.figure(home)
            if figure is None:
                continue
            known = True
            height = figure.people * HALF / most
            marks.append(
                Mark(
                    x=round(x, 1),
                    y=round(MIDDLE - height if home == UKRAINE else MIDDLE, 1),
                    width=round(width, 1),
                    height=round(height, 1),
                    colour=COLOURS[home],
                )
            )
        if not known:
            unknown.append(round(x + width / 2, 1))
    return Drawing(marks=tuple(marks), years=_apart(years), unknown=tuple(unknown))


def cumulative(steps: Sequence[Step]) -> Drawing:
    """Draw what went home up to each day, one line for each direction.

    Args:
        steps: At least two, of different days.

    Returns:
        Two lines of steps over time.
    """
    days = _Days(steps)
    most = max(1, *steps[-1].home.values())
    lines: list[Line] = []
    for home in PARTIES:
        points = [f"M0 {FLOOR}"]
        for each in steps:
            y = FLOOR - each.home[home] * ROOM / most
            points.append(f"H{days.x(each.exchange.on.latest)}V{y:.1f}")
        lines.append(
            Line(
                party=home,
                colour=COLOURS[home],
                points=" ".join(points),
                y=_NAMES_TOP + _NAME_ROW * len(lines),
                value=steps[-1].home[home],
            )
        )
    return Drawing(lines=tuple(lines), years=days.years())


def days_between(steps: Sequence[Step]) -> Drawing:
    """Draw the days between an exchange and the one before it, as stems over time.

    Args:
        steps: At least two, of different days.

    Returns:
        Stems, and the longest time as a label.
    """
    days = _Days(steps)
    known = [(each, each.days_since) for each in steps if each.days_since]
    if not known:
        return Drawing(years=days.years())
    longest, most = max(known, key=lambda pair: pair[1])
    marks = tuple(
        Mark(
            x=days.x(each.exchange.on.latest) - 2,
            y=round(FLOOR - since * ROOM / most, 1),
            width=4,
            height=round(since * ROOM / most, 1),
            colour="stem",
        )
        for each, since in known
    )
    x = days.x(longest.exchange.on.latest)
    peak = Label(x=x, y=FLOOR - ROOM - 10, value=str(most), anchor=_anchor(x))
    return Drawing(marks=marks, years=days.years(), peak=peak)


class _Days:
    """Places of days between the first and the last."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._first = steps[0].exchange.on.earliest
        self._last = steps[-1].exchange.on.latest
        self._span = max(1, (self._last - self._first).days)

    def x(self, day: dt.date) -> float:
        """Return where a day stands."""
        return round((day - self._first).days * (WIDTH - 4) / self._span, 1)

    def years(self) -> tuple[Label, ...]:
        """Return a label where each year begins."""
        found = [Label(x=0, y=HEIGHT - 4, value=str(self._first.year))]
        found += [
            Label(x=self.x(dt.date(year, 1, 1)), y=HEIGHT - 4, value=str(year))
            for year in range(self._first.year + 1, self._last.year + 1)
        ]
        return _apart(found)


def _apart(labels: Sequence[Label]) -> tuple[Label, ...]:
    """Leave out a year whose label would stand on the one before it, or outside."""
    kept: list[Label] = []
    for each in labels:
        if each.x <= WIDTH - 64 and (not kept or each.x - kept[-1].x >= 72):
            kept.append(each)
    return tuple(kept)


def _anchor(x: float) -> str:
    if x < WIDTH / 3:
        return "start"
    return "end" if x > 2 * WIDTH / 3 else "middle"
