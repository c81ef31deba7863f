"""Who acts at a token of a sentence: for omissions and for stances.

Rules of this file:
- The nearest party or office before, free of prepositions and of cases that do not act.
- A Slavic plural may have nobody but a place for its subject ("в Киеве отвергли").
- Else who is named right behind, else who speaks there, else the last speaker.
"""

from __future__ import annotations

import re
from typing import Protocol

from homeward.statements.reading.clauses import Clause
from homeward.statements.reading.discourse import source_at
from homeward.statements.reading.marked import Marked, Mention
from homeward.statements.reading.named import IMPERSONAL
from homeward.statements.reading.quantity import Quantity
from homeward.statements.reading.spoken import NARRATOR, Speech

_REACH = 5
_IMPERSONAL = 3
_BESIDE = 3
_NOUN = re.compile(
    r"[а-яіїє]{3,}([нт]и[ея]|[нт]ию|нню?|тт[яю]|ци[яию]|ці[яїю]|ств[оау]|ив[ауи]|де[яию]|вк[аиу]|он[аиу])$"
)
_ARABIC = re.compile(r"[\u0621-\u064a]")
_MET = 6  # tokens between "a meeting of" and the last one who meets
_OPENING = 3  # tokens at the beginning of a sentence, or between two that say nothing


class Part(Protocol):
    """A sentence after the stages that look at one sentence."""

    marked: Marked
    quantities: list[Quantity]
    clauses: list[Clause]
    speeches: list[Speech]


def actor_before(part: Part, at: int, last: str, *, reach: int = 14) -> str:
    """Return who acts right before a token: a party or an office, else the last speaker.

    Args:
        part: The sentence.
        at: Position of the verb or the negation.
        last: Who spoke in the sentence before.
        reach: How many tokens back are looked at.
    """
    marked = part.marked
    denier = _denier(marked, at)
    if denier is not None:
        return denier.source
    if _is_himself(marked, at) and any(s.start <= at < s.end for s in part.speeches):
        return source_at(part.clauses, part.speeches, at)
    low = max(0, at - reach)
    clause = next((c for c in part.clauses if c.start <= at < c.end), None)
    near: list[Mention] = [
        m
        for m in marked.mentions
        if low <= m.start
        and m.end <= at
        and (m.prep in {"", "of"} or is_impersonal(marked, m, at - _BESIDE))
        and (m.case in {"", "nominative"} or m.prep == "in")
        and m.form not in {"adj", "people"}
        and m.party
        and not any(q.start <= m.start < q.end for q in part.quantities)
        and not any(t.norm in ";:" for t in marked.tokens[m.end : at])
        and not marked.any("thank", start=m.start - 2, end=m.start)
        and not _is_attribute(marked, m)
    ]
    addressed = [
        m for m in near if m.start and marked.tokens[m.start - 1].has("say") and m is not near[0]
    ]
    near = [
        m for m in near if m not in addressed
    ]  # "The king told Vale that his country was ready"
    inside = [m for m in near if clause and m.start >= clause.start]
    chosen = inside or near
    if chosen:
        bare = [m for m in chosen if not m.prep]
        # "does not recognise the right of Vale and refuses": whoever is in a genitive does not act
        owned = chosen[-1].prep == "of" and bool(bare)
        return (bare if owned else chosen)[-1].source
    both = marked.tagged("both_sides", start=low, end=at + 1)
    if both and not marked.any("of", start=both[0] - 1, end=both[0]):  # not "prisoners of both"
        return "both"
    if not near and marked.any("both_sides", start=at, end=at + _REACH):
        return "both"
    after = [
        m
        for m in marked.mentions
        if at < m.start <= at + (8 if at == 0 else 4)
        and m.prep == ""
        and m.party
        and m.form in {"name", "seat", "actor", "office", "alias"}
    ]
    own = source_at(part.clauses, part.speeches, at)
    told = any(s.start <= at < s.end for s in part.speeches)
    if after and not told:
        return after[0].source
    return own if own != NARRATOR else last


def _is_attribute(marked: Marked, mention: Mention) -> bool:
    """Return whether a name that is not declined stands behind a Slavic noun: "план совета"."""
    before = marked.tokens[mention.start - 1 : mention.start]
    bare = not mention.prep and mention.form in {"name", "seat", "actor"} and mention.case == ""
    return bare and bool(before) and bool(_NOUN.search(before[0].norm))


def is_impersonal(marked: Marked, mention: Mention, at: int) -> bool:
    """Return whether a Slavic plural has nobody but a place for its subject: "в Киеве отвергли".

    Args:
        marked: The sentence.
        mention: The place, or an office.
        at: Where the verb may begin; two more tokens are looked at.

    Returns:
        True if it does.
    """
    placed = mention.prep in {"in", "to"} and mention.form in {"office", "alias", "seat", "name"}
    placed = placed and mention.case not in {"accusative", "dative", "nominative"}
    verbs = marked.tokens[max(at, mention.end) : max(at, mention.end) + _IMPERSONAL]
    return placed and any(IMPERSONAL.search(token.norm) for token in verbs)


def _denier(marked: Marked, at: int) -> Mention | None:
    """Return who is named right behind an Arabic denial: "and did not mention Vale anything"."""
    if not _ARABIC.match(marked.tokens[at].norm) or not marked.tokens[at].has("negation", "silent"):
        return None
    for mention in marked.mentions:
        if at < mention.start <= at + _OPENING and not mention.prep and mention.party:
            told = marked.any("account", start=mention.start - 1, end=mention.start)
            named = mention.form in {"name", "seat", "actor", "office", "alias"}
            return mention if named or (mention.form == "adj" and told) else None
    return None


def _is_himself(marked: Marked, at: int) -> bool:
    """Return whether Arabic "that he" before a verb means who speaks, or whom talks unite stands there."""
    before = marked.tokens[at - 1] if at else None
    if before is None or not _ARABIC.match(before.norm):
        return False
    near = [m for m in marked.mentions if m.end == at]
    met = bool(near) and marked.any("talks", start=near[0].start - _MET, end=near[0].start)
    return (before.has("pronoun") and before.has("that")) or met
