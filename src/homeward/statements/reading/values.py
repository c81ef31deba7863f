"""What reading a statement gives: values with their place in the text.

Rules of this file:
- Every value says where it stands: `span` are the first character and the one behind the last.
- A leg is people going home to `home`, let go by `holder`, as one source tells it.
- `confidence` is `sure`, `likely` or `review`; nothing is sure that had to be guessed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

Span = tuple[int, int]
Confidence = Literal["sure", "likely", "review"]


@dataclass(slots=True, kw_only=True)
class Leg:
    """People going home, per source; `how` says by which rule their direction is known."""

    home: str
    holder: str
    count: int | None
    qualifier: str
    unit: str
    source: str
    confidence: Confidence
    span: Span
    how: str = ""


@dataclass(slots=True, kw_only=True)
class Mediation:
    """A third party and what it did."""

    party: str
    role: str
    source: str
    span: Span


@dataclass(slots=True, kw_only=True)
class Stop:
    """A country in which people of `home` were seen by doctors, or passed through."""

    home: str
    country: str
    relation: str
    source: str
    span: Span


@dataclass(slots=True, kw_only=True)
class Total:
    """A number that is no leg: of both directions, or of many exchanges."""

    count: int
    source: str
    span: Span
    split: str = ""


@dataclass(slots=True, kw_only=True)
class Event:
    """One exchange that a text speaks of."""

    role: str
    date: str | None = None
    date_basis: str = "none"
    legs: list[Leg] = field(default_factory=list)
    mediators: list[Mediation] = field(default_factory=list)
    medical_checks: list[Stop] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    pooled: list[Total] = field(default_factory=list)
    cumulative: list[Total] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Said:
    """One attributed sentence."""

    source: str
    cue: str
    content: str
    quoted: bool
    span: Span


@dataclass(slots=True, kw_only=True)
class Omission:
    """What a source left out, told by the text (`narrator`) or seen by comparison (`absence`)."""

    source: str
    what: str
    stated_by: str
    span: Span


@dataclass(slots=True, kw_only=True)
class Stance:
    """What an actor holds of a format of talks, a person or a topic."""

    actor: str
    stance: str
    target: str | None
    format: str | None
    conditions: list[str]
    instrument: str | None
    said_on: str | None
    quoted: bool
    span: Span


@dataclass(slots=True, kw_only=True)
class NumberRole:
    """A number of the text and what it is."""

    value: float
    role: str
    span: Span


@dataclass(slots=True, kw_only=True)
class Evidence:
    """A picture, film or document that a text speaks of; noted, never shown again."""

    kind: str
    source: str
    about: str
    span: Span


@dataclass(slots=True, kw_only=True)
class Reading:
    """Everything read in one text."""

    language: str
    published: dt.date | None
    events: list[Event] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    claims: list[Said] = field(default_factory=list)
    omissions: list[Omission] = field(default_factory=list)
    positions: list[Stance] = field(default_factory=list)
    numbers: list[NumberRole] = field(default_factory=list)
