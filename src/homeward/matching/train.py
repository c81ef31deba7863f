"""Learning what each level is worth from the lists themselves, and how many people they share.

Rules of this file:
- What is counted are patterns of levels, never pairs: the work does not grow with the lists.
- Expectation and maximisation over all pairs of the two lists: pairs that no rule proposes are
  taken as two people's. What two people show (u) comes from pairs drawn at random.
- What is known beforehand weighs like `BELIEF` counted pairs, so that short lists change little.

Source: Dempster, Laird and Rubin, JRSS B 39 (1977); Winkler, "Using the EM algorithm for weight
computation in the Fellegi-Sunter model", ASA (1988).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from homeward.matching.model import MILLI, PARTS, Model, learned_levels
from homeward.matching.sql import MISSING, SCALES, pattern_of

BELIEF: Final = 2_000.0
"""Pairs of one person that the shipped m counts as."""

BELIEF_U: Final = 200_000.0
"""Pairs of two people that the shipped u counts as."""

ROUNDS: Final = 25
POPULATION_MIN: Final = 5_000
"""Short lists are drawn from the same armies as long ones."""

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Patterns:
    """How often each pattern of levels was seen: codes, rarity in half bits, counts."""

    code: Longs
    rarity: Longs
    count: Longs

    def codes(self, part: str) -> Longs:
        """Return the code of one part in each pattern."""
        most = next(len(p.levels) for p in PARTS if p.name == part) + 1
        return self.code // SCALES[part] % most


def prior_bits(overlap: float, left: int, right: int) -> int:
    """Return the weight of any pair before it is looked at, in thousandths of a bit.

    Args:
        overlap: The share of the shorter list that is expected on the other.
        left: Records of one list.
        right: Records of the other.

    Returns:
        log2 of the odds, below zero.
    """
    return round(MILLI * math.log2(overlap / max(left, right, POPULATION_MIN)))


def with_u(model: Model, random_pairs: Patterns) -> Model:
    """Return the model with u counted on random pairs, added to what it holds."""
    u: dict[str, Mapping[str, float]] = {}
    for part in PARTS:
        if part.name not in model.u:
            continue
        codes = random_pairs.codes(part.name)
        seen = np.bincount(codes, weights=random_pairs.count, minlength=len(part.levels) + 1)
        total = float(seen[MISSING + 1 :].sum()) + BELIEF_U
        u[part.name] = {
            level.name: (seen[place] + BELIEF_U * model.u[part.name][level.name]) / total
            for place, level in enumerate(part.levels, 1)
            if level.name in model.u[part.name]
        }
    return Model(m=model.m, u=u, overlap=model.overlap, tables=model.tables)


def with_m(model: Model, patterns: Patterns, left: int, right: int, *, share: float) -> Model:
    """Return the model with m and the overlap learned from two lists.

    Args:
        model: Where to begin, and what is believed.
        patterns: Of the candidates of a sample of the left list.
        left: Records of the left list.
        right: Records of the right list.
        share: Of the left list that was sampled, in (0, 1].

    Returns:
        The model after `ROUNDS` rounds.
    """
    shorter, believed = min(left, right), model.m
    for _ in range(ROUNDS):
        prior = prior_bits(model.overlap, left, right) / MILLI
        odds = np.exp2(np.clip(prior + _bits(model, patterns), -60.0, 60.0))
        expected = patterns.count * odds / (1.0 + odds)
        found = float(expected.sum()) / share
        overlap = min(1.0, max(1e-3, (found + 10.0) / (shorter + 20.0)))
        model = Model(
            m=_shares(believed, patterns, expected),
            u=model.u,
            overlap=overlap,
            tables=model.tables,
        )
    return model


def with_decisions(model: Model, pairs: Iterable[tuple[Mapping[str, str], float]]) -> Model:
    """Return the model with m learned from pairs that people have decided, and their neighbours.

    Only what is unclear is put before people; counted alone it would teach that one person's
    records differ. So the pairs that nobody was asked about count too, by their probability.

    Args:
        model: Where to begin, and what is believed.
        pairs: Of each pair that was proposed, what was seen of each part (level by part; a
            level that is not known says nothing), and how far it is one person: 0 or 1 if
            somebody decided, else its probability.

    Returns:
        The model; u and the overlap are as before.
    """
    same: Counter[int] = Counter()
    for levels, share in pairs:
        same[pattern_of(levels)] += round(share * _SHARE)
    codes = sorted(same)
    count = np.array([same[code] / _SHARE for code in codes], dtype=np.float64)
    longs = np.array(codes, dtype=np.int64)
    patterns = Patterns(longs, np.zeros_like(longs), np.ones_like(longs))
    m = _shares(model.m, patterns, count)
    return Model(m=m, u=model.u, overlap=model.overlap, tables=model.tables)


_SHARE = 1_000_000  # whole numbers add up alike in any order


def _bits(model: Model, patterns: Patterns) -> Floats:
    total: Floats = np.asarray(patterns.rarity * 0.5, dtype=np.float64)
    for part in PARTS:
        weights = [0, *(model.bits(part.name, level) for level in part.levels)]
        total += np.array(weights, dtype=np.float64)[patterns.codes(part.name)] / MILLI
    return total


def _shares(
    believed: Mapping[str, Mapping[str, float]], patterns: Patterns, expected: Floats
) -> dict[str, dict[str, float]]:
    shares: dict[str, dict[str, float]] = {}
    for part in PARTS:
        if part.name not in believed:
            continue
        seen = np.bincount(
            patterns.codes(part.name), weights=expected, minlength=len(part.levels) + 1
        )
        names = {level.name: place for place, level in enumerate(part.levels, 1)}
        learned = [level.name for level in learned_levels(part)]
        total = sum(float(seen[names[name]]) for name in learned) + BELIEF
        shares[part.name] = {
            name: (float(seen[names[name]]) + BELIEF * believed[part.name][name]) / total
            for name in learned
        }
    return shares


def model_of_truth(
    same: Patterns, different: Patterns, believed: float, tables: str, overlap: float
) -> Model:
    """Return the model that is counted where the truth is known, for shipping.

    Args:
        same: Patterns of pairs of one person.
        different: Patterns of random pairs of two people.
        believed: What every level was seen before it was counted, so that none is impossible.
        tables: Version of the tables of names.
        overlap: The share of the shorter list that is expected on the other.
    """
    counted: list[dict[str, dict[str, float]]] = []
    for patterns in (same, different):
        shares: dict[str, dict[str, float]] = {}
        for part in PARTS:
            learned = learned_levels(part)
            if not learned:
                continue
            names = {level.name: place for place, level in enumerate(part.levels, 1)}
            seen = np.bincount(
                patterns.codes(part.name), weights=patterns.count, minlength=len(names) + 1
            )
            total = sum(float(seen[names[level.name]]) + believed for level in learned)
            shares[part.name] = {
                level.name: (float(seen[names[level.name]]) + believed) / total for level in learned
            }
        counted.append(shares)
    return Model(m=counted[0], u=counted[1], overlap=overlap, tables=tables)


def patterns_from(rows: Sequence[npt.NDArray[np.generic]]) -> Patterns:
    """Return patterns from the columns of `sql.patterns_sql`."""
    code, rarity, count = (np.asarray(column).astype(np.int64) for column in rows)
    return Patterns(code, rarity, count)
