"""From texts that were read to statements on one exchange each.

Rules of this file:
- An exchange is a day and its two sides. A text that names no day tells of the exchange that
  others date up to three days before it was published; alone it tells of that day.
- Where a text names one side alone, the other is the one that all texts together name.
- What is planned, offered or framed is no exchange; one without a day is not compared.
- A number that the reader was not sure of stays doubtful, and contradicts nobody.
- Civilians whom a text counts among a number are a claim of their own.
- Nothing is decided here about who is right.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from homeward.foundation.errors import InputError
from homeward.foundation.ids import parse_party
from homeward.statements.durations import durations_of
from homeward.statements.model import CLAIMS_MAX, SOURCE, Claim, LeftOut, Statement, Unit
from homeward.statements.reading.values import Event, Leg, Reading, Span

_TOLD = ("main", "previous", "parallel")
_WINDOW_DAYS = 3
_MEDIATES = ("mediator", "facilitator")
_CIVILIANS = re.compile(r"civil|цивіл|граждан|мирн|مدني", re.IGNORECASE)
_CIVILIANS_BEHIND = 24
_AMONG_CHARS = 90
_SUBSETS_CHARS = 400
# "Said nothing", not "did not mention those": the words behind the denial name nobody.
_NOBODY_NAMED_CHARS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text that was read, and the name by which verdicts cite it."""

    name: str
    published_on: dt.date | None
    text: str
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One exchange and every statement on it."""

    date: dt.date
    parties: frozenset[str]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningTotal:
    """A number of all people so far that a party gave in a text."""

    source: str
    people: int
    date: dt.date
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """What one text says of one exchange; `is_dated` by the text itself."""

    date: dt.date
    is_dated: bool
    parties: frozenset[str]
    statement: Statement


def exchanges_in(documents: Sequence[Document]) -> tuple[tuple[Told, ...], int]:
    """Bring together what several texts say of the same exchange.

    Args:
        documents: Texts that were read.

    Returns:
        The exchanges by day, and how many of the exchanges that texts speak of have no day.
    """
    pieces: list[_Piece] = []
    undated = 0
    holders = _holders(documents)
    for document in documents:
        for event in document.reading.events:
            if event.role not in _TOLD:
                continue
            piece = _piece(document, event, holders)
            undated += piece is None
            pieces += [piece] if piece is not None else []
    told: list[Told] = []
    for piece in sorted(pieces, key=lambda p: (not p.is_dated, p.date, p.statement.document)):
        at = _place(told, piece)
        if at is None:
            told.append(_told(piece))
        else:
            told[at] = _joined(told[at], piece)
    return tuple(sorted(told, key=lambda each: (each.date, sorted(each.parties)))), undated


def claims_in(document: Document) -> tuple[tuple[Event, dt.date | None, Claim], ...]:
    """Return every claim of one text, with the event that it is about.

    Args:
        document: A text that was read.

    Returns:
        Event, its day (None where the text leaves it open) and claim, those of planned and
        offered exchanges too, in the order of the events.
    """
    holders = _holders((document,))
    return tuple(
        (event, _date(document, event)[0], claim)
        for event in document.reading.events
        for claim in dict.fromkeys(_claims(document, event, holders))
    )


def left_out_in(document: Document) -> tuple[LeftOut, ...]:
    """Return what a text says that its sources left out.

    Args:
        document: A text that was read.
    """
    return tuple(_left_out(document))


def running_totals(documents: Iterable[Document]) -> tuple[RunningTotal, ...]:
    """Return the totals so far that parties gave, by source and day.

    Args:
        documents: Texts that were read.
    """
    found = {
        RunningTotal(source=total.source, people=total.count, date=date, document=document.name)
        for document in documents
        for event in document.reading.events
        if event.role == "main" and (date := _date(document, event)[0])
        for total in event.cumulative
        if total.source not in ("narrator", "both", "foreign") and SOURCE.fullmatch(total.source)
    }
    return tuple(sorted(found, key=lambda t: (t.source, t.date, t.people, t.document)))


def _piece(document: Document, event: Event, holders: Mapping[str, str]) -> _Piece | None:
    date, is_dated = _date(document, event)
    if date is None:
        return None
    claims = list(_claims(document, event, holders))
    parties = {party for c in claims for party in (c.home, c.holder) if party and c.fact == "leg"}
    left_out = left_out_in(document) if event.role == "main" else ()
    statement = Statement(
        document=document.name,
        source="narrator",
        published_on=document.published_on or date,
        claims=tuple(dict.fromkeys(claims))[:CLAIMS_MAX],
        text=document.text,
        left_out=left_out,
    )
    return _Piece(date=date, is_dated=is_dated, parties=frozenset(parties), statement=statement)


def _date(document: Document, event: Event) -> tuple[dt.date | None, bool]:
    text = event.date or ""
    if len(text) == len("2025-02-05"):
        is_dated = not event.date_basis.startswith("published")
        return dt.date.fromisoformat(text), is_dated
    if event.role == "main" and not text:
        return document.published_on, False
    return None, False


def _place(told: Sequence[Told], piece: _Piece) -> int | None:
    """Return the exchange that a text speaks of, if another text told of it."""
    fitting = [
        (abs((piece.date - each.date).days), at)
        for at, each in enumerate(told)
        if _may_be(each, piece)
    ]
    return min(fitting)[1] if fitting else None


def _may_be(told: Told, piece: _Piece) -> bool:
    same_sides = not told.parties or not piece.parties or len(told.parties & piece.parties) >= 2
    days = (piece.date - told.date).days
    return same_sides and (days == 0 if piece.is_dated else 0 <= days <= _WINDOW_DAYS)


def _told(piece: _Piece) -> Told:
    return Told(date=piece.date, parties=piece.parties, statements=(piece.statement,))


def _joined(told: Told, piece: _Piece) -> Told:
    """Add a text to an exchange; what one document says of it twice is one statement."""
    statements = list(told.statements)
    for at, known in enumerate(statements):
        if known.document == piece.statement.document:
            claims = tuple(dict.fromkeys((*known.claims, *piece.statement.claims)))
            statements[at] = replace(known, claims=claims[:CLAIMS_MAX])
            break
    else:
        statements.append(piece.statement)
    return Told(date=told.date, parties=told.parties | piece.parties, statements=tuple(statements))


def _claims(document: Document, event: Event, holders: Mapping[str, str]) -> Iterator[Claim]:
    make = _Maker(document)
    told: dict[str, Any]
    sides = _sides(event)
    for leg in event.legs:
        yield from _legs(make, leg, _holder(leg, sides, holders), document)
    for mediation in event.mediators:
        if mediation.role in _MEDIATES:
            told = {"value": mediation.party, "source": mediation.source}
            yield from make(mediation.span, fact="mediator", **told)
    for stop in event.medical_checks:
        home = stop.home or stop.source.partition(".")[0]
        told = {"value": stop.country, "source": stop.source, "home": home}
        yield from make(stop.span, fact="medical_checks", **told)
    for total in event.pooled:
        told = {"value": total.count, "source": total.source, "unit": "people"}
        yield from make(total.span, fact="total", **told)
    for held in durations_of(document.text, document.reading, event) * (event.role == "main"):
        told = {"value": held.days, "source": held.source, "home": held.home}
        yield from make(held.span, fact="duration", qualifier=held.qualifier, **told)


class _Maker:
    """Makes claims of one document; what has no place in a claim is left out."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def __call__(self, span: Span, **parts: Any) -> Iterator[Claim]:
        quoted = self._document.text[span[0] : span[1]]
        parties = [parts[part] for part in ("home", "holder") if parts.get(part) is not None]
        if not quoted or not SOURCE.fullmatch(parts["source"]) or not all(map(_is_party, parties)):
            return
        yield Claim(document=self._document.name, quoted=quoted, at=span[0], **parts)


def _legs(make: _Maker, leg: Leg, holder: str, document: Document) -> Iterator[Claim]:
    if not holder or holder == leg.home or leg.unit not in get_args(Unit):
        return
    count, qualifier = leg.count, leg.qualifier
    if (count is None) != (qualifier in ("unstated", "dozens")):
        qualifier = "unstated" if count is None else "approx"
    told: dict[str, Any] = {"fact": "leg", "home": leg.home, "holder": holder, "source": leg.source}
    told["is_doubtful"] = leg.confidence == "review"
    some = _subsets(document, leg)
    yield from make(leg.span, **told, value=count, unit=leg.unit, qualifier=qualifier, among=some)
    if leg.unit != "people" or qualifier != "exact" or count is None:
        return
    among = _civilians_among(document, leg)
    if among is not None and among[0] < count:
        yield from make(among[1], **told, value=among[0], unit="civilians")
        yield from make(among[1], **told, value=count - among[0], unit="soldiers")


def _subsets(document: Document, leg: Leg) -> frozenset[int]:
    """Return the numbers of some of these people, told in the sentences behind them."""
    others = [other.span[0] for event in document.reading.events for other in event.legs]
    end = min((at for at in others if at > leg.span[1]), default=len(document.text))
    end = min(end, leg.span[1] + _SUBSETS_CHARS)
    return frozenset(
        int(number.value)
        for number in document.reading.numbers
        if number.role == "subset"
        and leg.span[1] <= number.span[0] < end
        and 0 < number.value < (leg.count or 0)
    )


def _civilians_among(document: Document, leg: Leg) -> tuple[int, Span] | None:
    """Return the civilians whom a text counts among a leg, behind it in the same sentence."""
    text = document.text
    for number in document.reading.numbers:
        start, end = number.span
        if number.role != "subset" or not 0 <= start - leg.span[1] <= _AMONG_CHARS:
            continue
        between = text[leg.span[1] : start]
        behind = re.split(r"[,.;]", text[end : end + _CIVILIANS_BEHIND])[0]
        if not re.search(r"[.;]|\n\n", between) and _CIVILIANS.search(behind):
            return int(number.value), number.span
    return None


def _holders(documents: Sequence[Document]) -> dict[str, str]:
    """Return for each home party the one holder that all texts together name."""
    legs = [leg for d in documents for event in d.reading.events for leg in event.legs]
    found: dict[str, set[str]] = {}
    for leg in legs:
        if leg.holder:
            found.setdefault(leg.home, set()).add(leg.holder)
            found.setdefault(leg.holder, set()).add(leg.home)
    homes = {leg.home for leg in legs}
    if not found and len(homes) == len(("one", "the other")):
        found = {home: homes - {home} for home in homes}
    return {home: min(parties) for home, parties in found.items() if len(parties) == 1}


def _holder(leg: Leg, sides: frozenset[str], holders: Mapping[str, str]) -> str:
    others = sides - {leg.home}
    return leg.holder or (min(others) if len(others) == 1 else holders.get(leg.home, ""))


def _left_out(document: Document) -> Iterator[LeftOut]:
    for omission in document.reading.omissions:
        if omission.stated_by == "narrator" and SOURCE.fullmatch(omission.source):
            start, end = omission.span
            yield LeftOut(
                source=omission.source,
                is_silence=len(omission.what.strip()) < _NOBODY_NAMED_CHARS,
                at=start,
                quoted=document.text[start:end],
            )


def _sides(event: Event) -> frozenset[str]:
    return frozenset(party for leg in event.legs for party in (leg.home, leg.holder) if party)


def _is_party(code: str) -> bool:
    try:
        parse_party(code)
    except InputError:
        return False
    return True
