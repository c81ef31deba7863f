"""Who said what, what was left out, and which pictures are spoken of.

Rules of this file:
- A claim is a stretch of text with a speaker; it is quoted if it stands in quotation marks.
- An omission is stated where the text denies that somebody mentioned, said or gave it, or
  says that somebody kept silent. Who left it out is who acts there, else who speaks.
- An omission by absence is weaker: a side told only of its own people, and the other
  direction took place by another source, or nobody told of it.
- Pictures are noted by kind and owner, never kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from homeward.statements.reading.clauses import Clause
from homeward.statements.reading.discourse import NARRATOR, Speech, source_at
from homeward.statements.reading.marked import Marked, Mention
from homeward.statements.reading.quantities import Quantity
from homeward.statements.reading.values import Evidence, Omission, Reading, Said

_QUOTES = frozenset('"“”«»‘„')
_REACH = 5
_CONTENT_MAX_CHARS = 600


class Part(Protocol):
    """A sentence after the stages that look at one sentence."""

    marked: Marked
    quantities: list[Quantity]
    clauses: list[Clause]
    speeches: list[Speech]


def add(reading: Reading, text: str, parts: Sequence[Part], sides: tuple[str, ...]) -> None:
    """Add claims, omissions and evidence to a reading.

    Args:
        reading: With its events; it is added to.
        text: The whole text.
        parts: Its sentences.
        sides: The two sides.
    """
    last = NARRATOR
    for part in parts:
        for speech in part.speeches:
            reading.claims.append(_claim(text, part.marked, speech))
        reading.omissions += _stated(text, part, last)
        reading.evidence += _evidence(text, part, last)
        if part.speeches:
            last = part.speeches[-1].source
    reading.omissions = _once(reading.omissions)
    reading.omissions += _absent(reading, sides)


def actor_before(part: Part, at: int, last: str, *, reach: int = 14) -> str:
    """Return who acts right before a token: a party or an office, else the last speaker.

    Args:
        part: The sentence.
        at: Position of the verb or the negation.
        last: Who spoke in the sentence before.
        reach: How many tokens back are looked at.
    """
    marked = part.marked
    low = max(0, at - reach)
    clause = next((c for c in part.clauses if c.start <= at < c.end), None)
    near: list[Mention] = [
        m
        for m in marked.mentions
        if low <= m.start
        and m.end <= at
        and m.prep in {"", "of"}
        and m.form not in {"adj", "people"}
        and m.party
        and not any(q.start <= m.start < q.end for q in part.quantities)
        and not any(t.norm in ";:" for t in marked.tokens[m.end : at])
    ]
    inside = [m for m in near if clause and m.start >= clause.start]
    chosen = inside or near
    if chosen:
        return chosen[-1].source
    if marked.any("both_sides", start=low, end=at + 1):
        return "both"
    after = [
        m
        for m in marked.mentions
        if at < m.start <= at + 4
        and m.prep == ""
        and m.party
        and m.form in {"name", "seat", "actor", "office", "alias"}
    ]
    own = source_at(part.clauses, part.speeches, at)
    told = any(s.start <= at < s.end for s in part.speeches)
    if after and not told:
        return after[0].source
    return own if own != NARRATOR else last


def _claim(text: str, marked: Marked, speech: Speech) -> Said:
    tokens = marked.tokens[speech.start : speech.end] or marked.tokens[-1:]
    start, end = tokens[0].start, tokens[-1].end
    content = text[start:end].strip(" ,;:—–")
    return Said(
        source=speech.source,
        cue=marked.tokens[speech.cue].text,
        content=content[:_CONTENT_MAX_CHARS],
        quoted=any(token.norm in _QUOTES or token.text in _QUOTES for token in tokens),
        span=(start, end),
    )


def _stated(text: str, part: Part, last: str) -> list[Omission]:
    marked = part.marked
    found: list[Omission] = []
    for at in marked.tagged("negation", "silent"):
        token = marked.tokens[at]
        if token.has("silent"):
            end = at + 1
        else:
            cue = _mentioned(marked, at)
            if cue is None:
                continue
            end = cue + 1
            if marked.any("passive", start=at - 2, end=cue) and not _named(marked, at):
                continue  # "nothing was said" leaves open by whom
        who = actor_before(part, at, last)
        if who == NARRATOR:
            continue
        span = (token.start, marked.tokens[-1].end)
        what = text[marked.tokens[min(end, len(marked.tokens) - 1)].start : span[1]]
        found.append(
            Omission(source=who, what=what.strip(" .,")[:200], stated_by="narrator", span=span)
        )
    return found


def _named(marked: Marked, at: int) -> bool:
    """Return whether somebody who may act stands before a token of the sentence."""
    return any(m.end <= at and m.prep in {"", "of"} and m.party for m in marked.mentions)


def _mentioned(marked: Marked, at: int) -> int | None:
    """Return where a denied word of mentioning stands, right behind its negation."""
    for here in range(at + 1, min(len(marked.tokens), at + _REACH)):
        token = marked.tokens[here]
        if token.kind == "mark" or marked.number_at(here):
            return None
        if token.has("mention"):
            return here
        if token.has("exchange", "release", "receive", "return", "talks", "willing"):
            return None
    return None


def _once(omissions: list[Omission]) -> list[Omission]:
    seen: set[tuple[str, int]] = set()
    kept = []
    for omission in omissions:
        key = (omission.source, omission.span[1])
        if key not in seen:
            seen.add(key)
            kept.append(omission)
    return kept


def _absent(reading: Reading, sides: tuple[str, ...]) -> list[Omission]:
    found = []
    main = next((event for event in reading.events if event.role == "main"), None)
    if main is None or len(sides) != 2:
        return []
    for source in dict.fromkeys(leg.source for leg in main.legs):
        party = source.partition(".")[0]
        if party not in sides:
            continue
        legs = [leg for leg in main.legs if leg.source == source]
        if all(leg.home == party for leg in legs):
            away = next(side for side in sides if side != party)
            what = f"people who went home to {away}"
            found.append(Omission(source=source, what=what, stated_by="absence", span=legs[0].span))
    return found


def _evidence(text: str, part: Part, last: str) -> list[Evidence]:
    found = []
    for kind in ("photo", "video", "document"):
        for at in part.marked.tagged(kind)[:1]:
            token = part.marked.tokens[at]
            about = text[token.start : part.marked.tokens[-1].end].strip(" .")[:200]
            who = actor_before(part, at, last)
            found.append(
                Evidence(kind=kind, source=who, about=about, span=(token.start, token.end))
            )
    return found
