"""What is known of who speaks: stretches of a sentence, and what is remembered between sentences.

Rules of this file:
- A source is a code: a party, an office of it, `both`, or the text itself (`narrator`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NARRATOR = "narrator"


@dataclass(slots=True)
class Speech:
    """Tokens `start` to `end` of a sentence are what `source` says, by the word at `cue`."""

    start: int
    end: int
    source: str
    cue: int
    denied: bool = False
    behind: bool = False


@dataclass(slots=True)
class State:
    """What the reader remembers from sentence to sentence."""

    sides: tuple[str, ...]
    speaker: str = NARRATOR
    speaking: bool = False
    offices: dict[str, str] = field(default_factory=dict)
    actor: str = ""
    subject: str = ""
    home_party: str = ""
    dateline: str = ""
    owners: Mapping[str, str] = field(default_factory=dict)
