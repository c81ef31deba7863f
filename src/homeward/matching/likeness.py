"""How alike two words are as spellings of one name, learned from names written in many scripts.

Rules of this file:
- Both words are aligned letter by letter, in order; a letter may stand alone (kh = х leaves h
  alone). A pair of letters and a letter alone each have a weight in bits, and the likeness is
  the sum along the best alignment: what `aligned` shows is what was counted.
- A letter's weight depends on two or three letters to either side, on the other word's script
  (Arabic leaves vowels out) and on what its own word looks like as a whole (French, German).
  Letters of all scripts share one space of sounds, so the order of the words does not matter.
- The learned numbers are data, `tables/likeness.npz`, made by `tools/train_likeness`; their
  origin and licence stand in `tables/likeness.md`. Nothing is learned here.
- The zero lies where a spelling and the nearest other name are equally likely, so a likeness
  is a careful one: most pairs of unrelated names are far below.
- A word without a letter of a known script says nothing: 0 bits. Of a word of more than
  `LETTERS_MAX` letters the first are compared.

Source: the alignment is that of Needleman and Wunsch (1970); weights learned from pairs alike and
unlike follow McCallum, Bellare and Pereira (2005), "A conditional random field for
discriminatively-trained finite-state string edit distance".
"""

# ruff: noqa: RUF002 -- letters that look alike are the subject of this file

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

LETTERS_MAX = 24

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]

# The scripts of the table, in its order, by the ranges of their letters.
SCRIPTS: tuple[tuple[tuple[int, int], ...], ...] = (
    ((0x61, 0x7B), (0xDF, 0x2B0), (0x1E00, 0x1F00)),  # Latin
    ((0x400, 0x530),),  # Cyrillic
    ((0x600, 0x780),),  # Arabic
    ((0x10A0, 0x1100), (0x1C90, 0x1CC0)),  # Georgian
    ((0x530, 0x590),),  # Armenian
    ((0x590, 0x600),),  # Hebrew
    ((0x370, 0x400),),  # Greek
)
# Codes of the table before those of its letters.
NOTHING, START, END, UNKNOWN, FIRST = range(5)

_CODES = 0x2000  # all the scripts above lie below
_REACH = 2  # letters to either side that the first layer sees
_WORDS, _PAIRS, _BLOCK = 256, 1024, 1 << 15  # so much at a time stays in the cache


@dataclass(frozen=True, slots=True)
class _Table:
    """The learned numbers, ready to use; weights in bits.

    `code` and `script` map a code point to a letter of the table and to its script (-1: none).
    `near` holds a row for each place from two before to two after and each letter; `wide` the
    layer over three letters, `whole` what the mean of the word adds, `out` the letter's place
    in the space of sounds and, for each other script, its weight alone.
    """

    version: str
    code: NDArray[np.uint16]
    script: NDArray[np.int8]
    near: Floats
    wide: Floats
    whole: Floats
    wide_bias: Floats
    out: Floats
    out_bias: Floats
    signs: Floats
    alone: Floats
    pair: Floats
    start: Floats


@dataclass(frozen=True, slots=True)
class _Words:
    """Encoded words: `sounds` and `alone` have a row for each letter, word after word."""

    first: Ints
    length: Ints
    script: Ints
    sounds: Floats
    alone: Floats


def likeness(a: str, b: str) -> float:
    """Return how much speaks for two words being spellings of one name.

    Args:
        a: One cleaned word of a name (`letters.words`).
        b: Another, in the same script or another.

    Returns:
        Log-odds in bits against the nearest other name: 3 is eight to one for, -3 eight to
        one against; 0 if either word has no letter of a known script.
    """
    return _likeness(min(a, b), max(a, b))


@lru_cache(maxsize=1 << 16)  # words repeat
def _likeness(a: str, b: str) -> float:
    return float(likeness_of([(a, b)])[0])


def likeness_of(pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
    """Return the likeness of many pairs of words.

    Args:
        pairs: Pairs of cleaned words.

    Returns:
        One number in bits for each pair, in order, rounded to thousandths; of a pair among
        other pairs the last digit may differ by one, as sums are taken in another order.
    """
    found = np.zeros(len(pairs), dtype=np.float64)
    for start in range(0, len(pairs), _BLOCK):
        block = pairs[start : start + _BLOCK]
        found[start : start + len(block)] = _block(block)
    return np.round(found, 3) + 0.0  # no negative zero


def aligned(a: str, b: str) -> tuple[tuple[str, str], ...]:
    """Return the groups of letters that stand for one another in the best alignment.

    Args:
        a: One cleaned word.
        b: Another.

    Returns:
        Pairs of letters of `a` and letters of `b`, in order; together they are the two words.
        A letter alone joins the neighbour it is more like: kh = х. If the words share nothing,
        or one is of an unknown script, the one pair is the two words.
    """
    table = _table()
    words = _encode((a[:LETTERS_MAX], b[:LETTERS_MAX]), table)
    if min(words.script) < 0:
        return ((a, b),)
    weights, alone_a, alone_b = (
        part[..., 0] for part in _weights(words, np.array([0]), np.array([1]), table)
    )
    steps = _best_path(weights, alone_a, alone_b)
    if not steps:
        return ((a, b),)
    groups = _groups(steps, weights)
    ends = [*groups[1:], (len(a), len(b))]
    return tuple(
        (a[i:i_end], b[j:j_end]) for (i, j), (i_end, j_end) in zip(groups, ends, strict=True)
    )


@lru_cache(maxsize=1)
def table_version() -> str:
    """Return the version of the learned numbers: 16 hexadecimal digits of their SHA-256."""
    return _table().version


@lru_cache(maxsize=1)
def _table() -> _Table:
    data = resources.files("homeward.matching").joinpath("tables/likeness.npz").read_bytes()
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        held = {name: file[name] for name in file.files}
    code, script = letter_codes(str(held.pop("letters")))
    return _Table(
        version=hashlib.sha256(data).hexdigest()[:16],
        code=code,
        script=script,
        **{name: numbers.astype(np.float32) for name, numbers in held.items()},
    )


def letter_codes(letters: str) -> tuple[NDArray[np.uint16], NDArray[np.int8]]:
    """Map code points to codes of letters and to scripts, as the trainer does too.

    Args:
        letters: The letters of a table, in its order.

    Returns:
        For each code point its code (a letter that is unknown with its marks goes without
        them) and the number of its script in `SCRIPTS`, -1 for none.
    """
    code = np.full(_CODES, UNKNOWN, dtype=np.uint16)
    script = np.full(_CODES, -1, dtype=np.int8)
    known = {ord(letter): FIRST + i for i, letter in enumerate(letters)}
    for number, ranges in enumerate(SCRIPTS):
        for first, last in ranges:
            script[first:last] = number
            for point in range(first, last):
                base = ord(unicodedata.normalize("NFD", chr(point))[0])
                code[point] = known.get(point, known.get(base, UNKNOWN))
    return code, script


def _block(pairs: Sequence[tuple[str, str]]) -> Floats:
    table = _table()
    # The shorter word is the first: fewer steps, and one order for (a, b) and (b, a).
    ordered = [(a, b) if (len(a), a) <= (len(b), b) else (b, a) for a, b in pairs]
    numbers: dict[str, int] = {}
    first = np.array([numbers.setdefault(a, len(numbers)) for a, _ in ordered], dtype=np.intp)
    second = np.array([numbers.setdefault(b, len(numbers)) for _, b in ordered], dtype=np.intp)
    words = _encode([word[:LETTERS_MAX] for word in numbers], table)
    tells = (words.script[first] >= 0) & (words.script[second] >= 0)
    found = np.zeros(len(pairs), dtype=np.float32)
    order = np.lexsort((words.length[first], words.length[second]))
    order = order[tells[order]]
    for start in range(0, len(order), _PAIRS):
        rows = order[start : start + _PAIRS]
        found[rows] = _sums(words, first[rows], second[rows], table)
    return found


def _encode(words: Sequence[str], table: _Table) -> _Words:
    """Place each letter of each word in the space of sounds."""
    length = np.array([len(word) for word in words], dtype=np.intp)
    first = np.concatenate(([0], np.cumsum(length)[:-1]))
    points = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    known = np.minimum(points, _CODES - 1)  # the last is nobody's
    codes, scripts = table.code[known], table.script[known]
    script = np.full(len(words), -1, dtype=np.intp)
    filled = length > 0
    script[filled] = scripts[first[filled]]
    out = np.empty((len(points), table.out.shape[1]), dtype=np.float32)
    order = np.argsort(length, kind="stable")
    order = order[filled[order]]
    for start in range(0, len(order), _WORDS):
        rows = order[start : start + _WORDS]
        width = int(length[rows[-1]])
        inside = np.arange(width) < length[rows, None]
        places = (first[rows, None] + np.arange(width))[inside]
        padded = np.zeros((len(rows), width + 2 * _REACH), dtype=np.intp)
        padded[:, _REACH - 1] = START
        padded[np.arange(len(rows)), _REACH + length[rows]] = END
        padded[:, _REACH:-_REACH][inside] = codes[places]
        out[places] = _layers(padded, inside, table)[inside]
    sounds = len(table.signs)
    return _Words(first, length, script, out[:, :sounds], out[:, sounds:])


def _layers(padded: Ints, inside: NDArray[np.bool_], table: _Table) -> Floats:
    words, width = inside.shape
    near = table.near[0][padded[:, :width]]
    for place in range(1, 2 * _REACH + 1):
        near += table.near[place][padded[:, place : place + width]]
    np.maximum(near, 0, out=near)
    near *= inside[..., None]
    mean = near.sum(axis=1) / inside.sum(axis=1, dtype=np.float32)[:, None]
    size = near.shape[2]
    three = np.zeros((words, width, 3, size), dtype=np.float32)
    three[:, 1:, 0] = near[:, :-1]
    three[:, :, 1] = near
    three[:, :-1, 2] = near[:, 1:]
    wide = (three.reshape(-1, 3 * size) @ table.wide).reshape(words, width, size)
    wide += (mean @ table.whole + table.wide_bias)[:, None]
    np.maximum(wide, 0, out=wide)
    wide += near
    out: Floats = wide.reshape(-1, size) @ table.out + table.out_bias
    return out.reshape(words, width, -1)


def _weights(
    words: _Words, first: Ints, second: Ints, table: _Table
) -> tuple[Floats, Floats, Floats]:
    """Return weights of letter pairs [a, b, pair] and of letters alone [a, pair], [b, pair]."""
    last = len(words.sounds) - 1
    script_a, script_b = words.script[first], words.script[second]
    a, b = (
        # Past a word's end stand letters of the next: no alignment reaches them.
        np.minimum(words.first[rows, None] + np.arange(words.length[rows].max()), last)
        for rows in (first, second)
    )
    sounds_b = words.sounds[b].transpose(0, 2, 1)
    weights = np.ascontiguousarray(
        np.matmul(words.sounds[a] * table.signs, sounds_b).transpose(1, 2, 0), dtype=np.float32
    )
    weights += table.pair[script_a, script_b]
    alone_a = words.alone[a, script_b[:, None]].T + table.alone[script_a, script_b]
    alone_b = words.alone[b, script_a[:, None]].T + table.alone[script_b, script_a]
    return (
        weights,
        np.ascontiguousarray(alone_a),
        np.ascontiguousarray(alone_b),
    )


def _sums(words: _Words, first: Ints, second: Ints, table: _Table) -> Floats:
    """Return the sum of weights along the best alignment of each pair."""
    weights, alone_a, alone_b = _weights(words, first, second, table)
    width = len(alone_b)
    row = np.zeros((width + 1, len(first)), dtype=np.float32)
    np.cumsum(alone_b, axis=0, out=row[1:])
    found = row[words.length[second], np.arange(len(first))]
    for i, alone in enumerate(alone_a):
        down = row + alone
        np.maximum(down[1:], row[:-1] + weights[i], out=down[1:])
        for j in range(width):
            np.maximum(down[j + 1], down[j] + alone_b[j], out=down[j + 1])
        row = down
        ends = words.length[first] == i + 1
        if ends.any():
            found[ends] = row[words.length[second][ends], np.flatnonzero(ends)]
    start = table.start[words.script[first], words.script[second]]
    total: Floats = found + start
    return total


def _best_path(weights: Floats, alone_a: Floats, alone_b: Floats) -> list[tuple[int, int]]:
    """Return the places of the letters that stand for one another, in order."""
    rows, columns = weights.shape
    best = np.zeros((rows + 1, columns + 1), dtype=np.float32)
    best[1:, 0], best[0, 1:] = np.cumsum(alone_a), np.cumsum(alone_b)
    for i in range(rows):
        for j in range(columns):
            best[i + 1, j + 1] = max(
                best[i, j] + weights[i, j], best[i, j + 1] + alone_a[i], best[i + 1, j] + alone_b[j]
            )
    steps = []
    i, j = rows, columns
    while i and j:
        if best[i, j] == best[i - 1, j - 1] + weights[i - 1, j - 1]:
            i, j = i - 1, j - 1
            steps.append((i, j))
        elif best[i, j] == best[i - 1, j] + alone_a[i - 1]:
            i -= 1
        else:
            j -= 1
    return steps[::-1]


def _groups(steps: list[tuple[int, int]], weights: Floats) -> list[tuple[int, int]]:
    """Return where each group begins in either word: letters alone go to the liker side."""
    groups = [(0, 0)]
    for (i, j), (i_next, j_next) in pairwise(steps):
        of_a = weights[i + 1 : i_next, j] - weights[i + 1 : i_next, j_next]
        of_b = weights[i, j + 1 : j_next] - weights[i_next, j + 1 : j_next]
        groups.append((i + 1 + _kept(of_a), j + 1 + _kept(of_b)))
    return groups


def _kept(gains: Floats) -> int:
    """Return how many of the letters alone stay with the group before them."""
    return int(np.argmax(np.concatenate(([0], np.cumsum(gains)))))
