"""Who is named beside a word of saying, and may be who says it.

Rules of this file:
- Behind the word, an office or a party follows at once, or behind the name of a person.
- Before it, the nearest that no preposition keeps from speaking; "and" joins a second one.
- Whoever is counted, contradicted or moves people in between does not speak.
"""

from __future__ import annotations

import re

from homeward.statements.reading.clauses import MOVES
from homeward.statements.reading.marked import Marked, Mention
from homeward.statements.reading.quantity import Quantity
from homeward.statements.reading.tokens import Token

_DATE = 7  # tokens of a date
FAR = 6  # tokens of a name between a word of saying and the office behind it
IMPERSONAL = re.compile(r"[а-яіїє]{2,}(ли|лись|лися|[уюая]ть?)(ся)?$")  # "сообщили", "кажуть"
_OPENING = 4  # tokens at the beginning of a sentence
_DOTS = frozenset(".-'")


def mention_after(marked: Marked, end: int, quantities: list[Quantity]) -> Mention | None:
    """Return who is named behind a word of saying.

    Args:
        marked: The sentence.
        end: Where the word of saying ends.
        quantities: Of the sentence.

    Returns:
        The mention, or None.
    """
    for mention in marked.mentions:
        if end <= mention.start <= end + FAR + _DATE and mention.form != "people":
            between = undated(marked, end, mention.start)
            if len(between) > FAR or any(
                t.kind != "word" or t.has(*MOVES, "that", "press") for t in between
            ):
                return None
            cited = marked.tokens[end - 1].has("according") and mention.prep == "to"
            cited = cited and marked.tokens[mention.start].has("clitic_to")  # Arabic "according to"
            if any(q.start <= mention.start < q.end for q in quantities):
                return None
            free = cited or _may_follow(mention) or _is_impersonal(marked, mention, end)
            return mention if free else None
    return None


def undated(marked: Marked, start: int, end: int) -> list[Token]:
    """Return the words of a stretch without its dates: ", said on Saturday, 22 May, the king".

    Args:
        marked: The sentence.
        start: Where the stretch begins.
        end: Where it ends.

    Returns:
        Its other words and marks.
    """
    days = {*marked.months, *marked.weekdays}
    dated = any(start <= at < end for at in days)
    found = []
    for at in range(start, end):
        token = marked.tokens[at]
        of_date = token.kind == "number" or token.norm in ",،" or token.has("year_word")
        if token.norm in _DOTS or at in days or (dated and of_date):
            continue
        found.append(token)
    return found


def _may_follow(mention: Mention) -> bool:
    """Return whether a mention behind a word of saying can be who says it."""
    if mention.form in {"office", "alias"}:
        return mention.prep not in {"from", "with", "between"}
    return mention.prep in {"", "of", "by"}


def _is_impersonal(marked: Marked, mention: Mention, end: int) -> bool:
    """Return whether a Slavic plural and a place say who speaks: "сообщили в Киеве"."""
    placed = mention.prep == "in" and mention.form in {"name", "seat"} and mention.start == end + 1
    return placed and bool(IMPERSONAL.search(marked.tokens[end - 1].norm))


def joined_after(marked: Marked, first: Mention) -> list[Mention]:
    """Return a second speaker joined by "and" behind the first.

    Args:
        marked: The sentence.
        first: The first speaker.

    Returns:
        The second, if any.
    """
    for mention in marked.mentions:
        if mention.start > first.start and 0 <= mention.start - first.end <= 6:
            between = marked.tokens[first.end : mention.start + 1]
            joint = any(t.has("and") or t.norm.startswith("و") for t in between)
            words = [t for t in between if t.norm != "," or not between[-2:][0].has("and")]
            parted = any(t.has(*MOVES, "say", "thank", "that") or t.kind == "mark" for t in words)
            if joint and not parted:
                return [mention]
    return []


def mentions_before(
    marked: Marked, cue: int, start: int, quantities: list[Quantity]
) -> list[Mention]:
    """Return who is named before a word of saying as the one who says it.

    Args:
        marked: The sentence.
        cue: Where the word of saying stands.
        start: The first token looked at.
        quantities: Of the sentence.

    Returns:
        One mention, two that speak together, or none.
    """
    tokens = marked.tokens
    near = [
        m
        for m in marked.mentions
        if start <= m.start
        and m.end <= cue
        and may_speak(m)
        and not (m.form in {"name", "seat"} and not m.prep and m.case == "oblique")
        and (
            _is_person(marked, m, cue)
            if m.form == "adj"
            else not any(q.start <= m.start < q.end for q in quantities if not _is_office(q, m))
        )
        and not marked.any("contradicting", start=m.start - 3, end=m.start)
    ]
    while near and any(t.has(*MOVES) for t in _plain(tokens[near[-1].end : cue])):
        near = near[:-1] if tokens[cue].has("pronoun") else []
    if any(tokens[at].has("pronoun") for at in range(max(start, cue - 2), cue)):
        return []
    aside = cue and tokens[cue - 1].norm == "," and tokens[cue + 2 : cue + 3]
    if aside and aside[0].kind == "mark" and tokens[cue + 1].has("pronoun"):
        return []  # "as many, writes he, went home"
    if near and any(tokens[at].norm in {";", ":"} for at in range(near[-1].end, cue)):
        return []
    if near and near[-1].prep == "of" and len(near) > 1:
        near = near[:-1]
    group = near[-1:]
    if len(near) > 1:
        between = tokens[near[-2].end : near[-1].start]
        if len(between) <= 5 and any(t.has("and") or t.norm == "," for t in between):
            group = near[-2:] if any(t.has("and") for t in between) else near[-1:]
    return group


def _is_office(quantity: Quantity, mention: Mention) -> bool:
    """Return whether one person told without a number is only who speaks: "a lawmaker said"."""
    return quantity.weak and mention.form == "office"


def _is_person(marked: Marked, mention: Mention, cue: int) -> bool:
    """Return whether an adjective and a person's noun say who speaks: "a Dornish politician said"."""
    after = marked.tokens[mention.end : mention.end + 1]
    free = mention.end < cue and not mention.prep and 0 < mention.start <= _OPENING
    if free and marked.tokens[mention.start - 1].has("body_word", "official"):
        return True  # Spanish puts the noun first: "the body Dornish said"
    person = bool(after) and after[0].has("single", "mediate", "body_word", "soldiers")
    unknown = bool(after) and not (after[0].tags or after[0].capital)
    person = person or (unknown and mention.end + 1 == cue)  # "the Dornish chancery said"
    return person and mention.end < cue and not mention.prep


def _plain(tokens: list[Token]) -> list[Token]:
    """Leave out a relative clause between commas: "Vale, which hosted the handover, said"."""
    commas = [at for at, token in enumerate(tokens) if token.norm in ",،"]
    if tokens and tokens[0].has("which") and not commas:
        return []  # "officials who brokered the exchange said"
    if len(commas) >= 2 and commas[0] == 0:
        return tokens[commas[-1] :]
    return tokens


def may_speak(mention: Mention) -> bool:
    """Return whether a preposition leaves a mention free to speak: "in the ministry they said".

    Args:
        mention: Before a word of saying.

    Returns:
        True if it may be who says it.
    """
    if mention.prep == "to":  # one word is "in" and "to" in Russian and Ukrainian
        return mention.form in {"office", "alias"} and mention.start <= 2
    if mention.prep == "in":
        return mention.form in {"office", "alias"} or mention.start <= 2
    return mention.prep not in {"to", "from", "with", "by", "between"}
