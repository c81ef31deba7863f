"""Finds the phrases of a language pack in a sentence: leftmost first, longest first.

Rules of this file:
- A phrase is a row of words; `word*` is any word that begins so, `_` any one word. Behind `!` a
  first word must be written with its very accents: "à" is not "a", "él" is not "el".
- At each place the longest phrase wins and carries all its labels; what it covers is not
  looked at again. So `exchange` inside `in exchange for` is no exchange.
- The time is linear in the number of tokens.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from homeward.statements.reading.tokens import Token, normal, tokens_of


class Phrase(NamedTuple):
    """A row of word patterns and what it means; `written` is how the first must be spelt, if set."""

    words: tuple[str, ...]
    label: str
    capital: bool
    written: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Tokens `start` to `end` of a sentence mean `labels`."""

    start: int
    end: int
    labels: tuple[str, ...]


def phrase_of(text: str, label: str, *, capital: bool = False) -> Phrase:
    """Read a phrase as a pack writes it.

    Args:
        text: Words parted by spaces, with `*`, `_` and `!` as above.
        label: What it means.
        capital: Whether its first word must begin with a capital letter.

    Returns:
        The phrase, its words compared as tokens are.
    """
    words: list[str] = []
    written = text[1:].split(maxsplit=1)[0] if text.startswith("!") else ""
    for part in text.removeprefix("!").split():
        star = part.endswith("*")
        if part == "_":
            words.append("_")
            continue
        inner = [token.norm for token in tokens_of(part.rstrip("*"))]
        if not inner:
            continue
        words += inner
        if star:
            words[-1] += "*"
    return Phrase(tuple(words), label, capital, written)


class Matcher:
    """An index over phrases.

    Args:
        phrases: Of one language; the order does not matter.
    """

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._exact: dict[str, list[Phrase]] = defaultdict(list)
        self._prefix: dict[str, list[Phrase]] = defaultdict(list)
        for phrase in phrases:
            if not phrase.words:
                continue
            first = phrase.words[0]
            if first.endswith("*"):
                self._prefix[first[:-1]].append(phrase)
            else:
                self._exact[first].append(phrase)
        self._shortest = min((len(key) for key in self._prefix), default=1)
        self._longest = max((len(key) for key in self._prefix), default=0)

    def find(self, tokens: list[Token]) -> list[Match]:
        """Return the phrases in a sentence.

        Args:
            tokens: Of one sentence. Shape `(n,)`.

        Returns:
            Matches that do not overlap, in order.
        """
        found: list[Match] = []
        at = 0
        while at < len(tokens):
            match = self._at(tokens, at)
            if match is None:
                at += 1
            else:
                found.append(match)
                at = match.end
        return found

    def knows(self, *words: str) -> bool:
        """Return whether each of these words begins a phrase as it stands.

        Args:
            words: As tokens are compared.
        """
        return all(word in self._exact for word in words)

    def _at(self, tokens: list[Token], at: int) -> Match | None:
        best = 0
        labels: dict[str, bool] = {}
        for phrase in self._candidates(tokens[at]):
            length = len(phrase.words)
            if length < best or (phrase.capital and not tokens[at].capital):
                continue
            if phrase.written and not _is_written(tokens[at], phrase.written):
                continue
            if at + length <= len(tokens) and all(
                _fits(tokens[at + k], word) for k, word in enumerate(phrase.words) if k
            ):
                labels = labels if length == best else {}
                best = length
                labels[phrase.label] = True
        return Match(at, at + best, tuple(labels)) if best else None

    def _candidates(self, token: Token) -> Iterable[Phrase]:
        for form in token.forms:
            yield from self._exact.get(form, ())
            for length in range(self._shortest, min(len(form), self._longest) + 1):
                yield from self._prefix.get(form[:length], ())


def _is_written(token: Token, written: str) -> bool:
    """Return whether a word has these accents; capitals are often written without theirs."""
    return token.text.lower() == written or token.text.isupper()


def _fits(token: Token, word: str) -> bool:
    if word == "_":
        return token.kind == "word"
    if word.endswith("*"):
        return any(form.startswith(word[:-1]) for form in token.forms)
    return word in token.forms


def key(text: str) -> str:
    """Return a single word as phrases compare it.

    Args:
        text: One word.

    Returns:
        Its compared shape.
    """
    return normal(text)
