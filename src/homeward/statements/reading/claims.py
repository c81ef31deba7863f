"""Who said what, and which pictures are spoken of.

Rules of this file:
- A claim is a stretch of text with a speaker; it is quoted if it stands in quotation marks. Day,
  channel and "that" before what is said are no part of it, and alone they are no claim.
- What was left out is found in `omissions`.
- Pictures are noted by kind and owner, never kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from homeward.statements.reading.acting import Part, actor_before
from homeward.statements.reading.marked import Marked
from homeward.statements.reading.omissions import absent, of_each, once, only_one, stated
from homeward.statements.reading.spoken import NARRATOR, Speech
from homeward.statements.reading.values import Evidence, Reading, Said

_QUOTES = frozenset('"“”«»‘„')
_ARABIC = re.compile(r"[\u0621-\u064a]")
_CITED = 10  # tokens between "which" and who says it: "which, the other side says, are"
_MET = 6  # tokens between "a meeting of" and the last one who meets
_OPENING = 3  # tokens at the beginning of a sentence, or between two that say nothing
_CHANNEL = ("account", "channel", "small", "article", "in")
_SMALL = 2  # letters of a word that is only a preposition or an article
_CONTENT_MAX_CHARS = 600


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
            told = _told(part.marked, speech)
            if told is not None:
                reading.claims.append(_claim(text, part.marked, speech, told))
        reading.omissions += [*stated(text, part, last), *only_one(text, part, sides)]
        reading.evidence += _evidence(text, part, last)
        last = _last_teller(part) or _subject(part) or last
    reading.omissions = of_each(once(reading.omissions), sides)
    reading.omissions += absent(reading, sides)


def _last_teller(part: Part) -> str:
    """Return who told a sentence: not somebody whom its speaker only cites in a relative clause."""
    told = [
        s for s in part.speeches if not part.marked.any("which", start=s.cue - _CITED, end=s.cue)
    ]
    return (told or part.speeches)[-1].source if part.speeches else ""


def _subject(part: Part) -> str:
    """Return the office with which a sentence begins, of which the next one may go on to tell."""
    marked = part.marked
    first = [m for m in marked.mentions if m.party and not m.prep and m.start <= _OPENING]
    return first[0].source if first and first[0].form in {"office", "alias"} else ""


def _told(marked: Marked, speech: Speech) -> tuple[int, int] | None:
    """Return the tokens of what is said; None where only a day or a channel is named."""
    start, end, tokens = speech.start, speech.end, marked.tokens
    for at in range(start, min(end, start + _OPENING + 1)):
        if tokens[at].has("that"):
            start = at + 1
            break
        if not _is_beside(marked, at):
            break
    quote = [
        k for k in range(start, end - 1) if tokens[k].norm == ":" and tokens[k + 1].text in _QUOTES
    ]
    start = quote[0] + 1 if quote and not speech.behind else start
    words = [at for at in range(start, end) if tokens[at].kind != "mark"]
    return None if words and all(_is_beside(marked, at) for at in words) else (start, end)


def _is_beside(marked: Marked, at: int) -> bool:
    """Return whether a word only tells when or by which channel: "in a post on Monday"."""
    token = marked.tokens[at]
    dated = at in marked.weekdays or at in marked.months or token.has("today", "yesterday")
    return dated or token.has(*_CHANNEL) or len(token.text) <= _SMALL


def _claim(text: str, marked: Marked, speech: Speech, told: tuple[int, int]) -> Said:
    tokens = marked.tokens[slice(*told)] or marked.tokens[-1:]
    start, end = tokens[0].start, tokens[-1].end
    return Said(
        source=speech.source,
        cue=marked.tokens[speech.cue].text,
        content=text[start:end].strip(" ,;:—–")[:_CONTENT_MAX_CHARS],
        quoted=any(token.norm in _QUOTES or token.text in _QUOTES for token in tokens),
        span=(start, end),
    )


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
