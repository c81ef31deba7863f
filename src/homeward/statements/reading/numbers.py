"""Numbers in digits and in words.

Rules of this file:
- A number in words is a row of numerals that add up as the language says them; a numeral
  that cannot continue the row begins another number.
- Digits before a numeral of a thousand or more multiply it (`7 тысяч`, `1.5 million`).
- A number is not yet a count: what it counts is decided in `roles`.
"""

from __future__ import annotations

from dataclasses import dataclass

from homeward.statements.reading.pack import Pack
from homeward.statements.reading.tokens import Token

VALUE_MAX = 10_000_000


@dataclass(slots=True)
class Number:
    """Tokens `start` to `end` of a sentence say `value`."""

    start: int
    end: int
    value: float
    digits: bool

    @property
    def count(self) -> int | None:
        """The value as a number of people, None if it is not whole or far too large."""
        whole = int(self.value)
        return whole if whole == self.value and whole <= VALUE_MAX else None


def numbers_of(tokens: list[Token], pack: Pack) -> list[Number]:
    """Find the numbers of a sentence.

    Args:
        tokens: Of one sentence. Shape `(n,)`.
        pack: Of its language.

    Returns:
        Numbers that do not overlap, in order.
    """
    words = {
        match.start: (match.end, float(match.labels[0])) for match in pack.numerals.find(tokens)
    }
    found: list[Number] = []
    at = 0
    while at < len(tokens):
        if tokens[at].value is not None:
            number = _digits(tokens, at, words)
        elif at in words:
            number = _in_words(tokens, at, words, pack)
        else:
            at += 1
            continue
        found.append(number)
        at = number.end
    return found


def _digits(tokens: list[Token], at: int, words: dict[int, tuple[int, float]]) -> Number:
    value = tokens[at].value
    assert value is not None
    after = words.get(at + 1)
    if after and after[1] >= 1000 and value < 1000:
        return Number(at, after[0], value * after[1], digits=True)
    return Number(at, at + 1, value, digits=True)


def _in_words(
    tokens: list[Token], at: int, words: dict[int, tuple[int, float]], pack: Pack
) -> Number:
    """Add numerals up from left to right while they fit."""
    total, group, last = 0.0, 0.0, float("inf")
    start = here = at
    joined = False
    while here in words:
        end, value = words[here]
        if value >= 1000:
            if total and total < value:
                break
            total += max(group, 1.0) * value
            group, last = 0.0, value
        elif value == 100 and 0 < group < 100:
            group, last = group * 100, 100.0
        elif here == start or _continues(value, group, last, joined=joined, pack=pack):
            group, last = group + value, value
        else:
            break
        at, joined = end, False
        here = at
        if at < len(tokens) and tokens[at].norm in pack.numeral_and and at + 1 in words:
            here, joined = at + 1, True
        elif at in words and "و" in pack.numeral_and:
            joined = tokens[at].norm.startswith("و") and not tokens[at].norm.startswith("واحد")
    return Number(start, at, total + group, digits=False)


def _continues(value: float, group: float, last: float, *, joined: bool, pack: Pack) -> bool:
    """Return whether a numeral below a thousand may follow the last one."""
    if group == 0:
        return True  # after a thousand
    if pack.language == "ar":
        return joined and (value < 100 <= last or (last < 10 and 20 <= value < 100))
    if pack.language == "en" and joined:
        return last >= 100 > value
    if pack.language == "es" and joined:
        return 30 <= last < 100 and value < 10
    if pack.language == "fr" and joined:
        return 20 <= last < 100 and value in (1, 11)
    if last >= 100:
        return value < last and (value < 100 or last >= 1000)
    if 20 <= last < 100 and last % 10 == 0:
        return value < 10 or (value < 20 and pack.language == "fr" and last in (60, 80))
    return False
