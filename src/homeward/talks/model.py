"""Formats of talks and stated positions on them.

Rules of this file:
- A format is a level, a mode, who takes part, and who carries or hosts.
- A position is one stance of one actor, in the words of a text; it says on which formats.
- A later word counts instead of an earlier one only from the same actor or a higher office,
  on the same object. A legal bar is lifted by law alone, so no word counts instead of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["leaders", "delegations", "technical"]
Mode = Literal["face_to_face", "proximity", "shuttle", "written"]

LEVELS: tuple[Level, ...] = ("leaders", "delegations", "technical")
LADDER: tuple[Mode, ...] = ("face_to_face", "proximity", "shuttle", "written")
"""The modes from the most direct down; who cannot do the one tries the next."""

BARRING = ("rules_out", "legal_bar")
READY = ("willing", "proposes")
_LEADERS = frozenset({"president", "king", "prime_minister"})
_RANKS: Sequence[tuple[str, int]] = (("spokesman", 1), ("press", 1), ("minist", 2), ("mfa", 2))
_HIGHEST = 3


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Format:
    """One way to talk. `host` is who carries or hosts, empty if nobody is named."""

    level: Level
    mode: Mode
    participants: tuple[str, ...]
    host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What has to come first, and whose move it is; `on_party` is empty if nobody's."""

    act: str
    on_party: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What an actor holds of talks, in the words of a document.

    `target` is the party or office that the stance is about. `levels` and `modes` are those it
    speaks of, `participants` the whole table if more than the two sides are named; `on_talks`
    is false for a bar on something else, such as an election. `said_on` is None where the text
    tells no day.
    """

    actor: str
    stance: str
    target: str
    levels: frozenset[Level]
    modes: frozenset[Mode]
    participants: frozenset[str] = frozenset()
    conditions: tuple[Condition, ...] = ()
    instrument: str = ""
    said_on: dt.date | None
    on_talks: bool = True
    quote: str
    document: str
    span: tuple[int, int]

    @property
    def party(self) -> str:
        """Whose office speaks."""
        return self.actor.partition(".")[0]

    @property
    def rank(self) -> int:
        """How high the office stands; the party itself and its head stand highest."""
        office = self.actor.partition(".")[2]
        return next((rank for word, rank in _RANKS if word in office), _HIGHEST)


def is_leader(actor: str) -> bool:
    """Tell whether an office is the head of a state or of its government.

    Args:
        actor: A party or an office of it, such as `RU.president`.
    """
    return actor.partition(".")[2] in _LEADERS


def superseded(positions: Sequence[Position]) -> dict[int, int]:
    """Find which positions a later one takes the place of.

    Args:
        positions: In the order in which they were read.

    Returns:
        Number of a position → number of the one that counts instead.
    """
    found: dict[int, int] = {}
    for early, before in enumerate(positions):
        for late, after in enumerate(positions):
            if _replaces(after, before):
                found[early] = late
    return found


def _replaces(after: Position, before: Position) -> bool:
    if before.stance not in ("rules_out", *READY) or after.stance not in ("rules_out", *READY):
        return False
    if before.said_on is None or after.said_on is None or after.said_on <= before.said_on:
        return False
    return (
        (after.actor == before.actor or (after.party == before.party and after.rank > before.rank))
        and after.participants == before.participants
        and after.target == before.target
        and bool(after.levels & before.levels)
        and bool(after.modes & before.modes)
    )
