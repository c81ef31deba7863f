"""Positions as rows that a person reviews, and the table of talks from reviewed rows.

Rules of this file:
- A row has all that was heard of a position: on which formats, with which conditions.
- Only rows that are given count. Who mediates is told by rows too, and which sides say so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from homeward.statements.heard import Document
from homeward.statements.reviewed import Row
from homeward.talks.hearing import positions_in, sides_in
from homeward.talks.model import Condition, Level, Mode, Position
from homeward.talks.table import Table, talks_table

_QUOTE_MAX_CHARS = 300
_SIDES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A text and those of its rows that count."""

    name: str
    text: str
    rows: tuple[Row, ...]


def position_rows(document: Document) -> list[Row]:
    """Return the positions on talks that a text tells, as rows.

    Args:
        document: A text that was read.
    """
    return [_row(position) for position in positions_in(document, sides_in([document]))]


def table_of(told: Sequence[Told], sides: tuple[str, ...], *, on: dt.date | None) -> Table | None:
    """Judge formats of talks by reviewed rows.

    Args:
        told: Texts with the rows that count.
        sides: The two sides; none: those of whom the rows speak most.
        on: The day for which it is asked; later words do not count. None counts all.

    Returns:
        The table; None if nobody's position is told, or no two sides are known.
    """
    found = [_position(row, each) for each in told for row in each.rows if row.kind == "position"]
    sides = sides or _sides(found)
    if not found or len(sides) != _SIDES:
        return None
    mediators: dict[str, frozenset[str]] = {}
    for row in (row for each in told for row in each.rows):
        if row.kind == "mediator" and row.role == "main" and row.value not in sides:
            party, by = str(row.value), row.source.partition(".")[0]
            said = frozenset(sides) if by == "both" else frozenset({by}) & set(sides)
            mediators[party] = mediators.get(party, frozenset()) | said
    return talks_table(found, sides, mediators, on=on)


def _sides(positions: Sequence[Position]) -> tuple[str, ...]:
    votes: dict[str, int] = {}
    for position in positions:
        for party in filter(None, (position.party, position.target.partition(".")[0])):
            votes[party] = votes.get(party, 0) + 1
    return tuple(sorted(sorted(votes, key=lambda party: (-votes[party], party))[:_SIDES]))


def _row(position: Position) -> Row:
    return Row(
        kind="position",
        source=position.actor,
        start=position.span[0],
        end=position.span[1],
        stance=position.stance,
        target=position.target,
        levels=tuple(sorted(position.levels)),
        modes=tuple(sorted(position.modes)),
        participants=tuple(sorted(position.participants)),
        conditions=tuple((each.act, each.on_party) for each in position.conditions),
        instrument=position.instrument,
        said_on=position.said_on.isoformat() if position.said_on else "",
        on_talks=position.on_talks,
    )


def _position(row: Row, told: Told) -> Position:
    return Position(
        actor=row.source,
        stance=row.stance,
        target=row.target,
        levels=frozenset(cast("tuple[Level, ...]", row.levels)),
        modes=frozenset(cast("tuple[Mode, ...]", row.modes)),
        participants=frozenset(row.participants),
        conditions=tuple(Condition(act=act, on_party=on) for act, on in row.conditions),
        instrument=row.instrument,
        said_on=dt.date.fromisoformat(row.said_on) if row.said_on else None,
        on_talks=row.on_talks,
        quote=" ".join(told.text[row.start : row.end].split())[:_QUOTE_MAX_CHARS],
        document=told.name,
        span=(row.start, row.end),
    )
