"""How long people had been held, as a text tells it.

Rules of this file:
- The reader has said which numbers are lengths of time; here only those count that stand near
  a word of captivity. A war, a term of office and "two years ago" are none.
- A time is told of some among those who went home, so it says nothing about the others.
- What words mean is data: `durations.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from homeward.statements.model import DAYS_MAX, Qualifier
from homeward.statements.reading.values import Event, Reading, Span

_NEAR_CHARS = 70
_HALF_YEAR_DAYS = 182
_YEAR_DAYS = 365
_SENTENCE_END = re.compile(r"[.!?؟。\n]")
_QUALIFIERS: tuple[tuple[str, Qualifier], ...] = (
    ("most", "at_most"),
    ("least", "at_least"),
    ("more", "more_than"),
    ("about", "approx"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How long some of those who went home to `home` had been held, as one source says."""

    home: str
    days: int
    qualifier: Qualifier
    source: str
    span: Span


def durations_of(text: str, reading: Reading, event: Event) -> list[Held]:
    """Return the durations of captivity that a text tells.

    Args:
        text: The text that was read.
        reading: What was read in it.
        event: The exchange that the text is about.

    Returns:
        One for each number of that meaning, in the order of the text.
    """
    words = _words().get(reading.language)
    if words is None:
        return []
    found = []
    for number in reading.numbers:
        days, end, has_half = _days(text, number.value, number.span, words)
        if number.role != "duration" and not has_half:
            continue
        if not 0 < days <= DAYS_MAX or not _is_captivity(text, (number.span[0], end), words):
            continue
        source = _source(reading, number.span)
        home = _home(text, event, source, number.span)
        if home:
            found.append(
                Held(
                    home=home,
                    days=days,
                    qualifier=_qualifier(text, number.span[0], words),
                    source=source,
                    span=(number.span[0], end),
                )
            )
    return found


@dataclass(frozen=True, slots=True)
class _Words:
    held: tuple[str, ...]
    other: tuple[str, ...]
    half: str
    units: Mapping[str, int]
    qualifiers: tuple[tuple[Qualifier, tuple[str, ...]], ...]


@cache
def _words() -> Mapping[str, _Words]:
    path = resources.files("homeward.statements").joinpath("durations.toml")
    tables = tomllib.loads(path.read_text("utf-8"))
    return {
        language: _Words(
            held=tuple(table["held"].split(", ")),
            other=tuple(table["other"].split(", ")),
            half=table["half"],
            units=table["units"],
            qualifiers=tuple((name, tuple(table[key].split(", "))) for key, name in _QUALIFIERS),
        )
        for language, table in tables.items()
    }


def _days(text: str, value: float, span: Span, words: _Words) -> tuple[int, int, bool]:
    """Return the days that a number and its unit make, where they end, and if a half is in them."""
    rest = text[span[1] : span[1] + 40].lower()
    half = re.match(rf"\s*{re.escape(words.half)}\b", rest)
    skip = half.end() if half else 0
    unit = re.match(r"[\s\-\u2011]*([^\W\d_]+)", rest[skip:])
    if unit is None:
        return 0, span[1], False
    days = next((d for stem, d in words.units.items() if unit[1].startswith(stem)), 0)
    extra = _HALF_YEAR_DAYS if half and days == _YEAR_DAYS else 0
    return round(value * days) + extra, span[1] + skip + unit.end(), extra > 0


def _is_captivity(text: str, span: Span, words: _Words) -> bool:
    start, end = _sentence(text, span)
    behind = text[span[1] : end].lower().lstrip(" ,'\u2019-")
    if any(behind.startswith(word) for word in words.other):
        return False
    if re.search(r"\w[-\u2011]\w+$", text[span[0] : span[1]]):  # "a three-year war"
        return any(behind.startswith(stem) for stem in words.held)
    near = text[max(start, span[0] - _NEAR_CHARS) : min(end, span[1] + _NEAR_CHARS)].lower()
    return any(re.search(rf"\b{re.escape(stem)}", near) for stem in words.held)


def _sentence(text: str, span: Span) -> Span:
    before = list(_SENTENCE_END.finditer(text, max(0, span[0] - 1000), span[0]))
    after = _SENTENCE_END.search(text, span[1])
    return (before[-1].end() if before else 0), (after.start() if after else len(text))


def _qualifier(text: str, at: int, words: _Words) -> Qualifier:
    before = text[max(0, at - 30) : at].lower().rstrip()
    for name, phrases in words.qualifiers:
        if any(re.search(rf"\b{re.escape(phrase)}$", before) for phrase in phrases):
            return name
    return "exact"


def _source(reading: Reading, span: Span) -> str:
    around = [c for c in reading.claims if c.span[0] <= span[0] and span[1] <= c.span[1]]
    return min(around, key=lambda c: c.span[1] - c.span[0]).source if around else "narrator"


def _home(text: str, event: Event, source: str, span: Span) -> str:
    """Return whose people they were: those of the sentence, else the speaker's, else the last."""
    start, end = _sentence(text, span)
    homes = {leg.home for leg in event.legs}
    here = {leg.home for leg in event.legs if start <= leg.span[0] < end}
    if len(here) == 1:
        return here.pop()
    party = source.partition(".")[0]
    if party in homes:
        return party
    before = [leg for leg in event.legs if leg.span[0] < span[0]]
    return max(before, key=lambda leg: leg.span[0]).home if before else ""
