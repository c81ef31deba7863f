"""Lands that no gazetteer knows, in Arabic, which writes no capitals.

Rules of this file:
- A word of which the pack knows nothing is a land by what stands around it: "the republic of X",
  "the army of X", "between X and Y", "X said that", "that X freed", "freed X 40", "from X".
- "And" is written to the word behind it; other small words too, so a land's stem is the word as
  it stands, without a leading "and".
- What is made of a land by the endings of adjectives is its adjective.
"""

from __future__ import annotations

import re

from homeward.statements.reading.marked import Marked, preposition
from homeward.statements.reading.tokens import Token

_LETTER = re.compile(r"[\u0621-\u064a]")
_MOVES = ("exchange", "release", "receive", "return")
_ADJECTIVES = ("ي", "يه", "يا", "يين", "يون", "يان", "يات")
_LAST = re.compile(r"(يا|ا|ه)$")
_SHORTEST = 3  # letters of a land
_MEN = ("people", "soldiers", "civilians", "remains")


def stem_of(token: Token) -> str:
    """Return the word as a land's name, or an empty text for a word of another script.

    Args:
        token: Of the text.
    """
    if not _LETTER.match(token.norm):
        return ""
    joined = token.norm.startswith("و") and len(token.forms) > 1
    return token.forms[1] if joined else token.norm


def kind_of(token: Token, stem: str) -> str:
    """Return `name` or `adj` if a word is a land or made of it, else an empty text.

    Args:
        token: Of the text.
        stem: Of a land, from `stem_of`.
    """
    if stem in token.forms:
        return "name"
    bare = _LAST.sub("", stem)
    made = {f"{bare}{ending}" for ending in _ADJECTIVES}
    return "adj" if len(bare) >= _SHORTEST and not made.isdisjoint(token.forms) else ""


def votes_for(marked: Marked, at: int) -> int:
    """Return how much the words around an unknown one speak for a land.

    Args:
        marked: The sentence.
        at: Position of the word.

    Returns:
        Zero for a word that is known, too short, or has an article.
    """
    token, tokens = marked.tokens[at], marked.tokens
    plain = token.kind == "word" and not token.tags and len(stem_of(token)) >= _SHORTEST
    if not plain or token.norm.startswith("ال") or marked.number_at(at) is not None:
        return 0
    if at == 0:
        return 0
    before = tokens[at - 1]
    moved = marked.any(*_MOVES, start=at + 1, end=at + 3)
    votes = 3 * before.has("state_word") + 3 * (preposition(marked, at) == "between")
    votes += 3 * any(m.end == at and m.form == "office" and not m.party for m in marked.mentions)
    votes += 3 * (before.has("say") and marked.any("that", start=at + 1, end=at + 2))
    votes += 2 * (before.has("say") and moved)
    votes += 2 * (
        before.has("that") and (moved or marked.any("say", "silent", start=at + 1, end=at + 2))
    )
    counted = any(at < n.start <= at + 2 for n in marked.numbers)
    votes += 2 * (before.has(*_MOVES) and counted)
    led = before.has("from", "to", "by") and marked.any(*_MOVES, *_MEN)
    votes += 2 * (led and marked.number_at(at + 1) is None)
    office = any(m.end == at - 1 and m.form == "office" and not m.party for m in marked.mentions)
    votes += 2 * (before.has("in") and office) + (before.has(*_MEN) and not before.has("remains"))
    votes += 2 * marked.any("mediate", "thank", start=at + 1, end=at + 4)  # "X, the mediator"
    leads = at + 1 < len(tokens) and _joins(marked, at + 1)
    return votes + 3 * _joins(marked, at) + 2 * leads


def _joins(marked: Marked, at: int) -> bool:
    """Return whether "and" joins a word to one that acts: "freed X and Y", "between X and Y"."""
    tokens = marked.tokens
    if at < 2 or not (tokens[at].norm.startswith("و") and len(tokens[at].forms) > 1):
        return False
    plain = tokens[at - 1].kind == "word" and not tokens[at - 1].tags
    return plain and tokens[at - 2].has(*_MOVES, "say", "between")
