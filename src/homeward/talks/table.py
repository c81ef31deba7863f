"""Judges every format of talks by the positions that were stated.

Rules of this file:
- A party at a format is blocked, conditional, unknown or accepting; the format is as its worst
  required party, in this order. Nobody's silence is consent.
- Refusals and bars hold for every format in which the refused would sit; readiness and
  conditions for the table and the level they were stated for.
- An unconditional word lifts no condition that the same party stated, unless it says so later.
- A mediator whom both sides confirm in the exchange itself carries word between them: that
  shuttle is in use, and so feasible.
- To unblock is to undo every block; each is undone by one act of one party, and where several
  acts would do, each of them is a way. Only smallest sets are shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Literal

from homeward.statements.heard import Document
from homeward.talks.model import (
    BARRING,
    LADDER,
    LEVELS,
    READY,
    Format,
    Position,
    is_leader,
    superseded,
)

Verdict = Literal["blocked", "conditional", "unknown", "feasible"]
ORDER: tuple[Verdict, ...] = ("blocked", "conditional", "unknown", "feasible")
"""Verdicts from the worst to the best."""

_CONTEXT = ("dismisses", "contests_legitimacy", "characterises", "interprets")
_BILATERAL = 2
_SETS_MAX = 16


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Act:
    """One thing that one party could do: `act` in words, `kind` and `about` for other languages.

    `about` is whom a bar or a refusal is about, or the condition that would be dropped.
    """

    by: str
    act: str
    kind: Literal["do", "lift", "take_back", "say", "drop"] = "do"
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A format, its verdict, and what it rests on.

    `parties` are the verdicts of those who would take part; `because` the positions that
    decide, then those that only speak of it; `unblock` the smallest sets of acts that would
    lift what stands in the way, smallest first.
    """

    format: Format
    verdict: Verdict
    parties: Mapping[str, Verdict]
    because: tuple[Position, ...]
    unblock: tuple[tuple[Act, ...], ...]
    in_use: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One party waits for another; `because` are the words that show it."""

    waits: str
    waits_for: str
    because: tuple[Position, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All formats on one day, what replaced what, and who waits for whom in a circle.

    `recommended` is the most direct format that is feasible; None if none is.
    """

    on: dt.date | None
    sides: tuple[str, ...]
    positions: tuple[Position, ...]
    replaced: Mapping[int, int]
    formats: tuple[Judged, ...]
    circular_waits: tuple[tuple[Wait, ...], ...]
    recommended: Judged | None


@dataclass(frozen=True, slots=True)
class _Seat:
    """One party at one format: its verdict, the positions it rests on, the ways to lift it."""

    verdict: Verdict
    because: tuple[Position, ...] = ()
    ways: tuple[tuple[Act, ...], ...] = field(default_factory=tuple)


def talks_table(
    positions: Sequence[Position],
    sides: tuple[str, ...],
    mediators: Mapping[str, frozenset[str]],
    *,
    on: dt.date | None,
) -> Table:
    """Say which formats of talks are still possible.

    Args:
        positions: As texts tell them, of any parties.
        sides: The two sides.
        mediators: Party that carries word in the exchange → the sides that say so.
        on: The day for which it is asked; later words do not count. None counts all.

    Returns:
        Formats by level, then by mode from the most direct down, tables of more than two last.
    """
    counted = [p for p in positions if on is None or p.said_on is None or p.said_on <= on]
    replaced = superseded(counted)
    live = [p for number, p in enumerate(counted) if number not in replaced]
    formats = [_judge(each, live, sides, mediators) for each in _formats(live, sides, mediators)]
    feasible = [judged for judged in formats if judged.verdict == "feasible"]
    return Table(
        on=on,
        sides=sides,
        positions=tuple(counted),
        replaced=replaced,
        formats=tuple(formats),
        circular_waits=_circles(live, sides),
        recommended=min(feasible, key=_directness) if feasible else None,
    )


def mediators_in(
    documents: Iterable[Document], sides: tuple[str, ...]
) -> dict[str, frozenset[str]]:
    """Return who mediates the exchange itself, and which sides confirm it.

    Args:
        documents: Texts that were read.
        sides: The two sides.
    """
    found: dict[str, frozenset[str]] = {}
    for document in documents:
        for event in document.reading.events:
            for mediation in event.mediators if event.role == "main" else ():
                if mediation.role in ("mediator", "facilitator") and mediation.party not in sides:
                    party = mediation.source.partition(".")[0]
                    said = frozenset(sides) if party == "both" else frozenset({party}) & set(sides)
                    found[mediation.party] = found.get(mediation.party, frozenset()) | said
    return found


def _formats(
    live: Sequence[Position], sides: tuple[str, ...], mediators: Mapping[str, frozenset[str]]
) -> list[Format]:
    found = []
    for level in LEVELS:
        for mode in LADDER:
            hosts = sorted(mediators) if mode == "shuttle" and mediators else [""]
            found += [
                Format(level=level, mode=mode, participants=sides, host=host) for host in hosts
            ]
    tables = sorted({tuple(sorted(p.participants)) for p in live if p.participants})
    for table in tables:
        for level in LEVELS[:2]:
            found.append(Format(level=level, mode="face_to_face", participants=table))
    return found


def _judge(
    asked: Format,
    live: Sequence[Position],
    sides: tuple[str, ...],
    mediators: Mapping[str, frozenset[str]],
) -> Judged:
    # A mediator speaks to whoever represents a side; that it also reaches leaders nobody said.
    in_use = (
        asked.mode == "shuttle"
        and asked.level != "leaders"
        and mediators.get(asked.host, frozenset()) >= set(sides)
        and bool(sides)
    )
    seats = {party: _seat(party, asked, live, sides) for party in asked.participants}
    if in_use:
        seats = {
            party: _Seat("feasible") if seat.verdict == "unknown" else seat
            for party, seat in seats.items()
        }
    verdicts = {seat.verdict for seat in seats.values()}
    verdict: Verdict = next((each for each in ORDER if each in verdicts), "unknown")
    deciding = [p for seat in seats.values() for p in seat.because]
    spoken = [p for p in live if p not in deciding and _speaks_of(p, asked, sides)]
    ways = [seat.ways for seat in seats.values() if seat.verdict == verdict and seat.ways]
    return Judged(
        format=asked,
        verdict=verdict,
        parties={party: seat.verdict for party, seat in seats.items()},
        because=(*deciding, *spoken),
        unblock=() if verdict == "feasible" else _smallest([w for seat in ways for w in seat]),
        in_use=in_use,
    )


def _seat(party: str, asked: Format, live: Sequence[Position], sides: tuple[str, ...]) -> _Seat:
    own = [p for p in live if p.party == party and p.on_talks and asked.mode in p.modes]
    bars = [p for p in own if p.stance in BARRING and _bars(p, asked, sides)]
    fitting = [p for p in own if _is_for(p, asked, sides)]
    ready = [p for p in fitting if p.stance in READY]
    waiting = [p for p in fitting if p.conditions]
    if bars:
        return _Seat("blocked", (*bars, *ready), tuple((_lift(party, p),) for p in bars))
    if waiting:
        ways = tuple(
            _ways_of(party, condition.on_party, condition.act)
            for p in waiting
            for condition in p.conditions
        )
        return _Seat("conditional", (*waiting, *(p for p in ready if p not in waiting)), ways)
    if ready:
        return _Seat("feasible", tuple(ready))
    return _Seat("unknown", (), ((Act(by=party, act="say whether it would come", kind="say"),),))


def _ways_of(party: str, on_party: str, act: str) -> tuple[Act, ...]:
    """Return the acts each of which would meet or lift a condition."""
    dropped = Act(by=party, act=f"drop the condition: {act}", kind="drop", about=act)
    return (Act(by=on_party, act=act), dropped) if on_party else (dropped,)


def _lift(party: str, position: Position) -> Act:
    whom = f" with {position.target}" if position.target else ""
    if position.stance == "legal_bar":
        what = f" ({position.instrument})" if position.instrument else ""
        words = f"lift the legal bar on talks{whom}{what}"
        return Act(by=party, act=words, kind="lift", about=position.target)
    words = f"take back the refusal of talks{whom}"
    return Act(by=party, act=words, kind="take_back", about=position.target)


def _bars(position: Position, asked: Format, sides: tuple[str, ...]) -> bool:
    """Tell whether a refusal or a bar keeps its party from a format."""
    party = position.target.partition(".")[0] or next(
        (side for side in sides if side != position.party), ""
    )
    return party in asked.participants and asked.level in position.levels


def _is_for(position: Position, asked: Format, sides: tuple[str, ...]) -> bool:
    """Tell whether a readiness or a condition was stated for this table and level."""
    if position.stance not in (*READY, "precondition"):
        return False
    if position.participants:
        return position.participants == set(asked.participants)
    return set(asked.participants) == set(sides) and asked.level in position.levels


def _speaks_of(position: Position, asked: Format, sides: tuple[str, ...]) -> bool:
    """Tell whether a position is about a format without deciding it."""
    if len(asked.participants) > _BILATERAL:
        return False
    if position.stance in _CONTEXT:
        return asked.mode == "face_to_face" and asked.level == (
            "leaders" if is_leader(position.target) else "delegations"
        )
    outside = position.party not in sides
    return outside and asked.mode in position.modes and asked.level in position.levels


def _smallest(ways: Sequence[tuple[Act, ...]]) -> tuple[tuple[Act, ...], ...]:
    """Return the smallest sets that hold at least one act of each way."""
    if not ways:
        return ()
    distinct = list(dict.fromkeys(ways))[: _SETS_MAX // 2]
    sets = {frozenset(chosen) for chosen in product(*distinct)}
    minimal = [each for each in sets if not any(other < each for other in sets)]
    ordered = sorted(tuple(sorted(each)) for each in minimal)
    return tuple(sorted(ordered, key=len)[:_SETS_MAX])


def _circles(live: Sequence[Position], sides: tuple[str, ...]) -> tuple[tuple[Wait, ...], ...]:
    """Return the circles in which each side waits for the other.

    A side waits for the other by a condition on it; or because the other refuses, or contests
    the signature of, the one who alone could make its move, while its own law binds it.
    """
    if len(sides) != _BILATERAL:
        return ()
    first, second = sides
    waits = (_wait(first, second, live), _wait(second, first, live))
    found = [wait for wait in waits if wait is not None]
    has_condition = any(p.conditions and p.party in sides for w in found for p in w.because)
    return (tuple(found),) if len(found) == _BILATERAL and has_condition else ()


def _wait(party: str, other: str, live: Sequence[Position]) -> Wait | None:
    asks = [p for p in live if p.party == party and any(c.on_party == other for c in p.conditions)]
    refused = [
        p
        for p in live
        if p.party == other
        and p.stance in ("rules_out", "contests_legitimacy")
        and p.target.partition(".")[0] == party
    ]
    bound = [p for p in live if p.party == party and p.stance == "legal_bar"]
    because = asks or ((*refused, *bound) if refused and bound else ())
    return Wait(waits=party, waits_for=other, because=tuple(because)) if because else None


def _directness(judged: Judged) -> tuple[int, int, int]:
    asked = judged.format
    return (LADDER.index(asked.mode), LEVELS.index(asked.level), len(asked.participants))
