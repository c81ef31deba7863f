"""What a preposition means that has more than one meaning.

Rules of this file:
- Behind a noun of mediation a word that is "from" and "of" is "of"; behind "thanked" a word that is
  "to" only tells who is thanked.
- In Slavic languages the case of the word behind tells "in" from "to".
"""

from __future__ import annotations

from homeward.statements.reading.tokens import Token

_LOCATIVE = ("е", "ии", "уси", "і", "ї", "ом", "ому", "ой", "ій", "ых", "их")  # of Slavic nouns
_THANKS = 12  # tokens behind "thanked" in which those who are thanked stand


def meant(tokens: list[Token], here: int, at: int, name: str) -> str:
    """Return what a preposition means before a word.

    Args:
        tokens: Of the sentence.
        here: Of the preposition.
        at: Of the word that it governs.
        name: What the pack says that it means.

    Returns:
        The same, or another: "of", "in", or an empty text for an object.
    """
    if name == "from" and _of_noun(tokens, here):
        return "of"
    if name == "to" and _thanked(tokens, here):
        return ""
    return "in" if name == "to" and _locative(tokens[here], tokens[at]) else name


def _thanked(tokens: list[Token], at: int) -> bool:
    """Return whether "to" only tells who is thanked: "agradeció a Vale y al Emirato su ayuda"."""
    for before in range(at - 1, max(-1, at - _THANKS), -1):
        if tokens[before].has("thank"):
            return True
        if tokens[before].has("exchange", "release", "receive", "return", "facilitate"):
            return False
    return False


def _of_noun(tokens: list[Token], at: int) -> bool:
    """Return whether a word that is "from" and "of" stands behind a noun that has a doer: "mediación de"."""
    before = at - 1
    while before > 0 and tokens[before].has("of"):
        before -= 1  # "de los" is one phrase of two words
    noun = before >= 0 and tokens[before].has("mediate", "facilitate", "thank")
    return noun and tokens[at].has("of")


def _locative(before: Token, word: Token) -> bool:
    """Return whether case makes a word that is "to" and "in" mean "in": "в Києві", "в Москве"."""
    return before.has("in") and word.norm.endswith(_LOCATIVE)
