"""Two full names: are they spellings of one person's name, and why?

Rules of this file:
- Names are compared part by part, over the best parses of both; the order of words, a missing
  father's name and aliases speak for nothing and against nothing.
- A part speaks through one row of `WEIGHTS`: the level of its words in `evidence`.
- Unequal lengths are not punished: every word of the shorter part must meet one of the other's.
- The score is the probability that two names are one where confusable names are as frequent as
  equal ones; whether two people are one needs dates and frequencies too (`match`).

Source: Fellegi and Sunter, JASA 64 (1969), for weights by level; fitted by logistic regression
on generated names, see `tools/train_names`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import permutations
from operator import attrgetter
from typing import NamedTuple

from homeward.matching.evidence import Part, evidence, learn_likeness
from homeward.matching.parse import Parse, parses

_OTHER_LETTERS = re.compile("[\u0370-\u03ff\u0530-\u1dff\u2d00-\ufeff]")
PARTS: tuple[Part, ...] = ("family", "given", "father", "any")


class Reason(NamedTuple):
    """What one part of two names says; `bits` above zero speak for one person."""

    part: Part
    sentence: str
    bits: float


class Comparison(NamedTuple):
    """The score of two names, from 0 to 1, and its reasons in the order of the parts."""

    score: float
    reasons: tuple[Reason, ...]


WEIGHTS: Mapping[Part, Mapping[str, float]] = {
    "family": {
        "same": 4.1, "table": 3.8, "ending": 4.1, "other_ending": -2.0, "alternating": 1.2,
        "consonants": 0.0, "likeness": -0.5, "initial": 0.5, "near": -1.9, "near_2": -4.3,
        "near_3": -4.6, "other_initial": -5.0, "other": -6.2, "missing": -3.0,
    },
    "given": {
        "same": 6.3, "same_name": 4.9, "table": 5.6, "variant": 0.0, "diminutive": 2.0,
        "alternating": 0.7, "consonants": 1.0, "likeness": -1.0, "initial": 2.0, "near": -2.0,
        "near_2": -3.1, "near_3": -4.1, "other_name": -8.7, "other_initial": -5.0, "other": -7.0,
        "missing": -3.0,
    },
    "father": {
        "same": 1.0, "same_name": 0.7, "table": 0.7, "variant": -1.6, "diminutive": -1.5,
        "ending": 0.3, "alternating": -5.8, "consonants": 0.5, "likeness": -1.0, "initial": 0.3,
        "near": -7.2, "near_2": -7.7, "near_3": -9.0, "other_name": -9.4, "other_sex": -8.3,
        "other_initial": -5.0, "other": -9.5,
    },
    "any": {
        "same": 3.0, "same_name": 3.0, "table": 3.0, "variant": 0.5, "diminutive": 1.0,
        "ending": 1.0, "other_ending": -2.0, "alternating": 0.0, "consonants": 0.0,
        "likeness": 0.0, "initial": 0.5, "other_name": -5.0, "other_initial": -4.0,
        "other": -4.0,
    },
}  # fmt: skip
"""Bits of each level. Those of `diminutive`, `variant`, `initial`, `other_ending`, a father's
`same` and all of `any` are set by hand: the generated names have too few of them, and among
hard negatives they would say less than they do on real lists."""
BASE = -6.7
"""What names with parts must overcome; a likeness of words without a part counts from 0."""
_MOST = BASE + sum(max(WEIGHTS[part].values()) for part in ("family", "given", "father"))
"""No two names in Cyrillic and Latin letters say more; a likeness is not bounded so."""


def compare(one: str, other: str) -> Comparison:
    """Score two full names.

    Args:
        one: A full name as written, in any script and order, with or without aliases.
        other: Another.

    Returns:
        The score and the reasons. Symmetric; 0 for a text without a word.

    Source:
        The tables and weights named at the top of the file.
    """
    return _compared(_read(one), _read(other))


class _Name(NamedTuple):
    """A full name as it is compared.

    `lettered`: it can have no letters but Cyrillic and Latin ones. `partless`: some parse of it
    has words without a part.
    """

    ways: tuple[Parse, ...]
    lettered: bool
    partless: bool


@lru_cache(maxsize=1 << 17)  # a name stands in several pairs
def _read(full: str) -> _Name:
    ways = parses(full)
    return _Name(ways, _OTHER_LETTERS.search(full) is None, any(way.any for way in ways))


def _compared(one: _Name, other: _Name) -> Comparison:
    best: tuple[float, list[Reason]] | None = None
    bounded = one.lettered and other.lettered
    for a in one.ways:
        for b in other.ways:
            if best and bounded and not (a.any or b.any):
                most = _MOST + math.log2(a.weight * b.weight)
                if best[0] >= most:
                    continue
            bits, found = bits_of(a, b)
            if best is None or bits > best[0]:
                best = bits, found
    if best is None:
        return Comparison(0.0, ())
    bits, found = best
    reasons = tuple([reason for reason in found if reason.sentence])
    return Comparison(round(1 / (1 + math.exp2(-bits)), 6), reasons)


def bits_of(a: Parse, b: Parse) -> tuple[float, list[Reason]]:
    """Return the bits of two parses and what each part says: what `compare` takes the best of."""
    bits = math.log2(a.weight * b.weight)
    habits = (a.habit, b.habit)
    if a.any or b.any:
        found = _aligned("any", a.words, b.words, habits)
        each = [reason.bits for reason in found]
        together = sum(each) * _WORDS_SPEAK / max(_WORDS_SPEAK, len(found))
        bits += min([together, *(one for one in each if one < 0)])
        return bits, found
    bits += BASE
    found = []
    parts: tuple[tuple[Part, tuple[str, ...], tuple[str, ...]], ...] = (
        ("family", a.family, b.family),
        ("given", a.given, b.given),
        ("father", a.father, b.father),
    )
    for part, mine, theirs in parts:
        if mine and theirs:
            if len(mine) == len(theirs) == 1:
                reason = _reason(part, mine[0], theirs[0], habits)
            else:
                reason = min(_aligned(part, mine, theirs, habits), key=_bits)
        elif part != "father" and (mine or theirs):
            reason = _MISSING[part]
        else:
            continue
        found.append(reason)
        bits += reason.bits
    return bits, found


_WORDS_SPEAK = 2
"""So many words of a name without parts speak in full; the words of longer ones share that, and
one that speaks against outweighs the others."""

_MISSING = {part: Reason(part, "", WEIGHTS[part]["missing"]) for part in ("family", "given")}
_bits = attrgetter("bits")


@lru_cache(maxsize=1 << 19)  # pairs of words repeat as words do
def _reason(part: Part, one: str, other: str, habits: tuple[str, str]) -> Reason:
    """Return what two words of one part say."""
    row = evidence(part, one, other, habits)
    return Reason(part, row.sentence, WEIGHTS[part][row.level] + row.likeness)


def _aligned(
    part: Part, mine: Sequence[str], theirs: Sequence[str], habits: tuple[str, str]
) -> list[Reason]:
    """Pair every word of the shorter part with one of the longer, the best way."""
    table = [[_reason(part, x, y, habits) for y in theirs] for x in mine]
    if len(mine) > len(theirs):
        table = [list(column) for column in zip(*table, strict=True)]
    long = table[0]
    if len(long) > 5:
        return _greedy(table)
    order = max(
        permutations(range(len(long)), len(table)),
        key=lambda order: sum([row[at].bits for row, at in zip(table, order, strict=True)]),
    )
    return [row[at] for row, at in zip(table, order, strict=True)]


def _greedy(table: Sequence[Sequence[Reason]]) -> list[Reason]:
    free = set(range(len(table[0])))
    rows = []
    for row in table:
        at = max(free, key=lambda at: (row[at].bits, -at))
        free.remove(at)
        rows.append(row[at])
    return rows


def compare_all(pairs: Sequence[tuple[str, str]]) -> list[Comparison]:
    """Score many pairs of names.

    Args:
        pairs: Of full names, as for `compare`.

    Returns:
        A comparison for each, in their order: what `compare` returns, sooner.
    """
    read = [(_read(one), _read(other)) for one, other in pairs]
    learn_likeness(
        (x, y)
        for one, other in read
        if one.partless or other.partless or not (one.lettered and other.lettered)
        for a in one.ways
        for b in other.ways
        if a.any or b.any or not (one.lettered and other.lettered)
        for x in a.words
        for y in b.words
    )
    return [_compared(one, other) for one, other in read]
