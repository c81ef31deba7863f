"""A table of talks in sentences, for a terminal.

Rules of this file:
- Formats that nobody spoke of are one line together; every other verdict has its quotes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from homeward.talks.model import Format, Position
from homeward.talks.table import Act, Judged, Table

_WIDTH = 98
_QUOTE_CHARS = 160


def in_words(table: Table) -> str:
    """Write a table of talks for people.

    Args:
        table: From `talks_table`.

    Returns:
        Lines, each ended by a line break; never empty.
    """
    sides = " and ".join(table.sides)
    lines = [f"Talks between {sides}{f' on {table.on.isoformat()}' if table.on else ''}"]
    silent = [j for j in table.formats if j.verdict == "unknown" and not j.because]
    for judged in table.formats:
        if judged not in silent:
            lines += _judged(judged)
    if silent:
        named = "; ".join(_format(judged.format) for judged in silent)
        lines += _wrapped(f"Nobody has spoken of these: {named}.", 2)
    for circle in table.circular_waits:
        waits = " and ".join(f"{wait.waits} waits for {wait.waits_for}" for wait in circle)
        lines += _wrapped(f"A circle: {waits}.", 2)
        for wait in circle:
            for position in wait.because:
                lines += _quote(position)
    best = table.recommended
    lines += _wrapped(
        f"The most direct way that is open: {_format(best.format)}."
        if best
        else "No way is open by what was said. The next step down the ladder is to ask.",
        2,
    )
    return "".join(f"{line}\n" for line in lines)


def _judged(judged: Judged) -> Iterator[str]:
    parties = ", ".join(f"{party} {verdict}" for party, verdict in judged.parties.items())
    use = ", in use in this exchange" if judged.in_use else ""
    yield from _wrapped(f"{judged.verdict.upper()}: {_format(judged.format)}{use} ({parties})", 2)
    for position in judged.because:
        yield from _quote(position)
    if judged.verdict != "feasible":
        for number, acts in enumerate(judged.unblock):
            yield from _wrapped(f"{'or' if number else 'would help'}: {_acts(acts)}.", 6)


def _acts(acts: tuple[Act, ...]) -> str:
    return ", and ".join(f"{act.by}: {act.act}" for act in acts)


def _quote(position: Position) -> Iterator[str]:
    quote = textwrap.shorten(position.quote, _QUOTE_CHARS, placeholder=" …")
    stance = position.stance.replace("_", " ")
    yield from _wrapped(f"{position.actor} {stance} [{position.document}]: {quote}", 6)


def _format(asked: Format) -> str:
    host = f" through {asked.host}" if asked.host else ""
    return f"{asked.level} {asked.mode.replace('_', ' ')}{host}, {'-'.join(asked.participants)}"


def _wrapped(line: str, indent: int) -> list[str]:
    return textwrap.wrap(
        line,
        _WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 2),
        break_on_hyphens=False,
    )
