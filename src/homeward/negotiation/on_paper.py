"""A party without a node: what a mediator received on paper and entered for it.

Rules of this file:
- A mediator enters such a part for a party alone that the terms of the case name as on paper.
- It is judged as if that party had recorded it, and counts as that party's part; what marks
  it stays with it.
- What binds the party to a plan counts when another officer of the mediator has confirmed it.
- The half of the seed of such a party is made of numbers that it drew and wrote down itself.

Source: `docs/decisions/0029-a-side-on-paper.md`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeward.foundation.errors import InputError
from homeward.negotiation.case import CaseState
from homeward.negotiation.checks import refuse_unless
from homeward.negotiation.entries import PAPER_BY_TWO, Paper, Recorded

SEED_DOMAIN = "homeward-paper-seed-v1"
THROWS_MIN, THROWS_MAX = 50, 1_000
"""Throws of a die that a half of the seed takes: fifty of them are 129 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What a party on paper says, as an entry of it."""

    type: str
    case: str
    author: str
    key: str
    body: Mapping[str, Any]
    entry_sha256: str


def part_of(state: CaseState, recorded: Recorded) -> Recorded:
    """Return what a mediator entered as the part of the party that it came from.

    Args:
        state: The case.
        recorded: An entry `received_unsigned` of the right shape.

    Returns:
        The part, marked; it still has to be judged like any entry of that party.

    Raises:
        PeerError: The terms do not name that party as on paper.
    """
    entry, body = recorded.entry, recorded.entry.body
    refuse_unless(
        body["party"] in state.on_paper,
        recorded,
        "case.not_on_paper",
        expected="a party that the terms name as on paper",
        found="another",
    )
    part = _Part(
        type=body["type"],
        case=entry.case,
        author=body["party"],
        key=entry.key,
        body=body["body"],
        entry_sha256=entry.entry_sha256,
    )
    paper = Paper(
        entered_by=entry.author, sheets=tuple(body["sheets"]), received_at=body["received_at"]
    )
    needs_second = recorded.needs_second or body["type"] in PAPER_BY_TWO
    return Recorded(
        index=recorded.index, role="bureau", entry=part, needs_second=needs_second, paper=paper
    )


def unsigned_of(state: CaseState, party: str) -> tuple[str, ...]:
    """Return the kinds of a party's parts that were received unsigned, in their order."""
    return tuple(
        dict.fromkeys(each.entry.type for each in state.papers if each.entry.author == party)
    )


def seed_half(case: str, party: str, throws: str) -> str:
    """Make a party's half of the seed out of numbers that it drew and wrote on its sheet.

    Args:
        case: The case.
        party: Code of the party.
        throws: The throws of a die, in order: digits from 1 to 6, and nothing else.

    Returns:
        SHA-256 over four lines of text (the domain, the case, the party and the throws), 64
        hexadecimal digits; any computer makes it again from the party's own copy.

    Raises:
        InputError: There are fewer throws than a guess would take, or other digits.
    """
    if not THROWS_MIN <= len(throws) <= THROWS_MAX or set(throws) - set("123456"):
        raise InputError(
            "paper.throws",
            f"Expected {THROWS_MIN} to {THROWS_MAX} throws of a die, each from 1 to 6, found "
            f"{len(throws)} characters that are not.",
            hint="Copy the throws as the party wrote them on its sheet; ask it for more if some "
            "are missing. Nobody else may throw for it.",
            facts={"count": len(throws)},
        )
    text = "".join(f"{line}\n" for line in (SEED_DOMAIN, case, party, throws))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
