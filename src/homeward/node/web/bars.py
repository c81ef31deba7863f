"""Bars for a page: where each stands, so that a template can draw them without a script.

Rules of this file:
- A bar begins at zero. One that would show a range as if it were a number is not drawn:
  then there is no chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 340
_ROW = 52
_BAR_TOP = 24
BAR_HEIGHT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: what it is, how many, and whose colour and pattern it has (`one`, `two`)."""

    label: str
    value: int | str | None
    party: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A bar in place, in units of the drawing. `text_y` is the base line of its label."""

    label: str
    value: int
    party: str
    text_y: int
    y: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars in a drawing of `WIDTH` by `height`."""

    width: int
    height: int
    bar_height: int
    bars: tuple[Drawn, ...]


def bars(wanted: Sequence[Bar]) -> Chart | None:
    """Place bars under one another, the longest as wide as the drawing.

    Args:
        wanted: In order.

    Returns:
        The chart; None if there is nothing to draw, or a number that is not exact.
    """
    exact = [bar.value for bar in wanted if isinstance(bar.value, int)]
    if len(exact) != len(wanted) or not any(exact):
        return None
    drawn = tuple(
        Drawn(
            label=bar.label,
            value=value,
            party=bar.party,
            text_y=place * _ROW + _BAR_TOP - 8,
            y=place * _ROW + _BAR_TOP,
            length=round(value * WIDTH / max(exact)),
        )
        for place, (bar, value) in enumerate(zip(wanted, exact, strict=True))
    )
    return Chart(width=WIDTH, height=len(drawn) * _ROW, bar_height=BAR_HEIGHT, bars=drawn)
