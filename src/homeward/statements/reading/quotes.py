"""Quotations that run over several sentences.

Rules of this file:
- Who is named behind the end of a quotation says all of it, the sentences before included.
- A quotation that was opened and never closed says nothing of who speaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from homeward.statements.reading.marked import Marked
from homeward.statements.reading.spoken import Speech

_OPENERS = frozenset("«“„")
_CLOSERS = frozenset("»”")
_PLAIN = '"'
_BACK = 4  # sentences of one quotation


class Part(Protocol):
    """A sentence with its speakers."""

    marked: Marked
    speeches: list[Speech]


AnyPart = TypeVar("AnyPart", bound=Part)


def quoted_before(parts: Sequence[AnyPart]) -> list[AnyPart]:
    """Return the sentences before the last one that are of the quotation which that one ends.

    Args:
        parts: The sentences so far.

    Returns:
        Those without a speaker of their own, the first of them opening the quotation.
    """
    last = parts[-1]
    told = last.speeches[0] if last.speeches else None
    if told is None or not (told.behind or told.end <= told.cue):
        return []
    if _open_after(last.marked, 0, told.cue) >= 0:
        return []
    found: list[AnyPart] = []
    for part in reversed(parts[-1 - _BACK : -1]):
        if part.speeches:
            return []
        found.append(part)
        if _open_after(part.marked, 0, len(part.marked.tokens)) > 0:
            return found
    return []


def _open_after(marked: Marked, start: int, end: int) -> int:
    """Return how many quotations stay open at the end of a stretch; -1 if one ends that began before."""
    depth, plain = 0, 0
    for token in marked.tokens[start:end]:
        depth += (token.text in _OPENERS) - (token.text in _CLOSERS)
        plain += token.text == _PLAIN
        if depth < 0:
            return -1
    if plain % 2:
        first = next(at for at, token in enumerate(marked.tokens) if token.text == _PLAIN)
        return 1 if first <= 1 else -1
    return depth
