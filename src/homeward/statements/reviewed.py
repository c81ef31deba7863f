"""What a machine read in a text as rows that a person reviews, and back into statements.

Rules of this file:
- A row is one thing that one source said (a claim), left out, or holds of talks, with its place
  in the text. A row that a person adds has its place too: words that the text does not hold are
  refused.
- A row says of which exchange of the text it is, and of which day where that is known.
- What a person has confirmed is no longer doubtful.
- Nothing here knows who reviewed, or when.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, cast, get_args

from homeward.foundation.errors import InputError
from homeward.foundation.ids import PartyCode, parse_party
from homeward.statements.heard import Document, claims_in, left_out_in
from homeward.statements.model import (
    SOURCE,
    Claim,
    Fact,
    LeftOut,
    Qualifier,
    Statement,
    Unit,
    Value,
)
from homeward.statements.reading.values import Event

Kind = Literal["leg", "mediator", "medical_checks", "duration", "total", "omission", "position"]
KINDS: tuple[Kind, ...] = get_args(Kind)
CLAIMS: tuple[Kind, ...] = cast("tuple[Kind, ...]", get_args(Fact))
STANCES = (
    *("proposes", "willing", "willing_if", "rules_out", "legal_bar", "precondition"),
    *("excludes_topic", "contests_legitimacy", "dismisses", "characterises", "interprets"),
)
"""What an actor can hold of talks, as the reader has it."""

_MENTIONED = ("main", "previous", "parallel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that a text says, as somebody reviews it.

    `value`, `unit`, `home`, `holder` and `qualifier` are those of a `Claim`; `stance` and all
    behind it those of a position on talks, a condition being an act and whose it is. `source` is
    who said it, left it out, or holds it. `role` is
    that of the exchange in the text, `date` its day as `2025-02-05`, empty if the text leaves it open.
    """

    kind: Kind
    source: str
    start: int
    end: int
    role: str = "main"
    date: str = ""
    home: str = ""
    holder: str = ""
    unit: str = ""
    value: Value = None
    qualifier: str = "exact"
    is_doubtful: bool = False
    among: tuple[int, ...] = ()
    is_silence: bool = False
    stance: str = ""
    target: str = ""
    levels: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    participants: tuple[str, ...] = ()
    conditions: tuple[tuple[str, str], ...] = ()
    instrument: str = ""
    said_on: str = ""
    on_talks: bool = True


def rows_in(document: Document) -> tuple[Row, ...]:
    """Return what was read in a text, row by row.

    Args:
        document: A text that was read.

    Returns:
        Claims and omissions that the text states, in its order. Positions are heard in
        `homeward.talks`.
    """
    found = [_of_claim(event, day, claim) for event, day, claim in claims_in(document)]
    found += [
        Row(
            kind="omission",
            source=each.source,
            start=each.at,
            end=each.at + len(each.quoted),
            is_silence=each.is_silence,
        )
        for each in left_out_in(document)
    ]
    return in_order(found)


def in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return rows in the order of their text."""
    return tuple(sorted(rows, key=lambda row: (row.start, row.end, KINDS.index(row.kind))))


def place_of(text: str, quote: str) -> tuple[int, int]:
    """Find the words of a claim that somebody adds.

    Args:
        text: The whole text.
        quote: Its words, as the text has them; blanks around them do not matter.

    Returns:
        The first place where they stand.

    Raises:
        InputError: The text does not hold them.
    """
    words = quote.strip()
    at = text.find(words) if words else -1
    if at < 0:
        raise InputError(
            "statements.no_quote",
            "Expected words that stand in the text, found others.",
            hint="Copy the words from the text exactly.",
        )
    return at, at + len(words)


def verify_row(row: Row, text: str) -> None:
    """Check that a row says one thing, in words of its text.

    Args:
        row: As somebody wrote it.
        text: The whole text.

    Raises:
        InputError: A part of it is missing, is no party, or does not belong to its kind.
    """
    movers = [on for _act, on in row.conditions]
    for code in filter(None, (row.home, row.holder, *row.participants, *movers)):
        parse_party(code)
    if row.kind in ("mediator", "medical_checks"):
        parse_party(str(row.value))
    if not SOURCE.fullmatch(row.source):
        raise InputError(
            "statements.source",
            "Expected as source a party, an office, both, narrator or foreign, found another.",
            hint="Write UA, or UA.president for an office; narrator for the press.",
        )
    if row.kind in CLAIMS:
        _claim(row, "document", text)


def statement_of(
    name: str, published_on: dt.date, text: str, rows: Iterable[Row], *, is_reviewed: bool
) -> Statement:
    """Return rows of a text as a statement on one exchange.

    Args:
        name: By which verdicts cite the text.
        published_on: Its day of publication.
        text: The whole text.
        rows: Those of this exchange.
        is_reviewed: True if a person has confirmed each: then none is doubtful.
    """
    kept = [replace(row, is_doubtful=False) if is_reviewed else row for row in rows]
    claims = [_claim(row, name, text) for row in kept if row.kind in CLAIMS]
    return Statement(
        document=name,
        source="narrator",
        published_on=published_on,
        claims=tuple(dict.fromkeys(claims)),
        text=text,
        left_out=tuple(
            LeftOut(
                source=row.source,
                is_silence=row.is_silence,
                at=row.start,
                quoted=text[row.start : row.end],
            )
            for row in kept
            if row.kind == "omission"
        ),
    )


def on_exchange(rows: Iterable[Row], date: dt.date) -> tuple[Row, ...]:
    """Return the rows of a text that are about the exchange of a day.

    Args:
        rows: Of a text that is about this exchange.
        date: Its day.

    Returns:
        Those of the exchange that the text is about, and what it says of an earlier or other
        one if that was on this day.
    """
    return tuple(
        row
        for row in rows
        if row.role == "main" or (row.role in _MENTIONED and row.date == date.isoformat())
    )


def as_values(row: Row) -> dict[str, Any]:
    """Return a row as values of JSON."""
    return asdict(row)


def from_values(values: Mapping[str, Any]) -> Row:
    """Return the row that `as_values` wrote."""
    lists = {name: tuple(values[name]) for name in ("among", "levels", "modes", "participants")}
    lists["conditions"] = tuple((act, on) for act, on in values["conditions"])
    return Row(**{**values, **lists})


def _of_claim(event: Event, day: dt.date | None, claim: Claim) -> Row:
    assert claim.at is not None, "a claim that was read has its place"
    return Row(
        kind=claim.fact,
        source=claim.source,
        start=claim.at,
        end=claim.at + len(claim.quoted),
        role=event.role,
        date=day.isoformat() if day else "",
        home=claim.home or "",
        holder=claim.holder or "",
        unit=claim.unit or "",
        value=claim.value,
        qualifier=claim.qualifier,
        is_doubtful=claim.is_doubtful,
        among=tuple(sorted(claim.among)),
    )


def _claim(row: Row, document: str, text: str) -> Claim:
    return Claim(
        fact=cast("Fact", row.kind),
        home=PartyCode(row.home) if row.home else None,
        holder=PartyCode(row.holder) if row.holder else None,
        unit=cast("Unit", row.unit) if row.unit else None,
        value=row.value,
        qualifier=cast("Qualifier", row.qualifier),
        source=row.source,
        document=document,
        quoted=text[row.start : row.end],
        at=row.start,
        is_doubtful=row.is_doubtful,
        among=frozenset(row.among),
    )
