"""Propose who on a held list is who on a wanted list.

Rules of this file:
- A pair is a proposal with its reasons; a person decides. Nothing is merged.
- Only records that share a blocking key are compared, and a block that would give more
  than `_BLOCK_PAIRS_MAX` pairs is left out: the cost grows with the lists, not with their
  product.
- A pair is `very_likely` only if it leads every other pair of both people by
  `_LEAD_BITS`: of twins and namesakes neither is.
- The same lists in any order give the same pairs.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from homeward.matching.levels import LEVELS, PARTS, Level, Side, prepare, sentence_of
from homeward.matching.names import NameKey
from homeward.records.model import PersonRecord

Verdict = Literal["very_likely", "likely", "possible"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What one part of the two records says; `bits` above zero speak for one person."""

    part: str
    sentence: str
    bits: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A proposal that two records are one person.

    `weight_bits` is the logarithm to base 2 of the odds, the prior included: at 0 the two
    records are as likely one person as two. `reasons` stand in the order of `PARTS`.
    """

    wanted_ref: str
    held_ref: str
    weight_bits: float
    verdict: Verdict
    reasons: tuple[Reason, ...]

    @property
    def probability(self) -> float:
        """The probability that both are one person, from 0 to 1, to six digits."""
        return round(1 / (1 + math.exp2(-self.weight_bits)), 6)


# The one place where a weight becomes a word: probabilities of about .999, .9 and .001.
VERDICT_BITS: tuple[tuple[Verdict, float], ...] = (
    ("very_likely", 10.0),
    ("likely", 3.2),
    ("possible", -9.96),
)
_LEAD_BITS = 3.0
_PAIRS_PER_RECORD = 5
_BLOCK_PAIRS_MAX = 4_000
# Short lists are drawn from the same armies as long ones: a lower bound for the prior.
_POPULATION_MIN = 5_000
_RARITY_BITS_MAX = 12.0
# How common a name is before it was counted: one person in so many; and how many counted
# records that opinion is worth.
_NAME_PRIOR = {"family_name": (2_000, 1_000), "given_name": (30, 300), "father_name": (30, 300)}

_LEVELS_OF = {part: tuple(level for level in LEVELS if level.part == part) for part in PARTS}

_Rarities = Mapping[str, Mapping[object, float]]
_Scored = tuple[float, Side, Side, tuple[tuple[Level, float], ...]]


def match(wanted: Sequence[PersonRecord], held: Sequence[PersonRecord]) -> tuple[Pair, ...]:
    """Propose pairs of records that are probably one person.

    Args:
        wanted: One bureau's list of the people it looks for; refs are unique.
        held: The other bureau's list of the people it holds; refs are unique.

    Returns:
        Pairs with a probability of at least .001, best first, at most five for any record.

    Source:
        Fellegi and Sunter 1969; the rows stand in `levels.LEVELS`.
    """
    keys: dict[str, NameKey] = {}
    a_side = [prepare(record, keys) for record in wanted]
    b_side = [prepare(record, keys) for record in held]
    scored = _score(a_side, b_side)
    leads = _leads(scored)
    counts: Counter[tuple[str, str]] = Counter()
    pairs = []
    for (weight, a, b, levels), lead in zip(scored, leads, strict=True):
        ends = (("wanted", a.record.ref), ("held", b.record.ref))
        if any(counts[end] >= _PAIRS_PER_RECORD for end in ends):
            continue
        counts.update(ends)
        pairs.append(
            Pair(
                wanted_ref=a.record.ref,
                held_ref=b.record.ref,
                weight_bits=weight,
                verdict=_verdict(weight, lead),
                reasons=tuple(
                    Reason(
                        part=level.part,
                        sentence=sentence_of(level, a.record, b.record),
                        bits=bits,
                    )
                    for level, bits in levels
                ),
            )
        )
    return tuple(pairs)


def best_pairs(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """Keep at most one pair for each record.

    Args:
        pairs: As `match` returns them, best first.

    Returns:
        The best pair, then the best that shares no record with it, and so on.
    """
    wanted: set[str] = set()
    held: set[str] = set()
    kept = []
    for pair in pairs:
        if pair.wanted_ref not in wanted and pair.held_ref not in held:
            wanted.add(pair.wanted_ref)
            held.add(pair.held_ref)
            kept.append(pair)
    return tuple(kept)


def _block_keys(side: Side, *, swapped: bool) -> Iterator[tuple[str, ...]]:
    """Yield the keys of which two records of one person share at least one."""
    given, family = side.given[:1], side.family[:1]
    for day in (side.born_on, side.born_swapped_on if swapped else 0):
        if day:
            yield ("born, given", str(day), given)
            yield ("born, family", str(day), family)
    if side.service:
        yield ("service", side.service)
    if side.unit and side.given:
        yield ("unit, given, family", side.unit, side.given, family)
    if not side.family:
        return
    yield ("family, given", side.family, side.given)
    if side.father:
        yield ("family, given, father", side.family[:4], side.given, side.father)
    if side.born:
        first, last = (dt.date.fromordinal(day).year for day in side.born)
        for year in range(first, min(last, first + 2) + 1):
            yield ("family, year", side.family, str(year))


def _candidates(wanted: Sequence[Side], held: Sequence[Side]) -> set[tuple[int, int]]:
    blocks: dict[tuple[str, ...], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for i, side in enumerate(wanted):
        # To swap on one side is enough: the other side's plain day meets it.
        for key in _block_keys(side, swapped=True):
            blocks[key][0].append(i)
    for j, side in enumerate(held):
        for key in _block_keys(side, swapped=False):
            if key in blocks:
                blocks[key][1].append(j)
    found: set[tuple[int, int]] = set()
    for left, right in blocks.values():
        if len(left) * len(right) <= _BLOCK_PAIRS_MAX:
            found.update((i, j) for i in left for j in right)
    return found


def _rarities(sides: Sequence[Side]) -> _Rarities:
    """Return, for each part with a name, the bits that two people sharing it give."""
    bits: dict[str, dict[object, float]] = {}
    for part, (one_in, worth) in _NAME_PRIOR.items():
        counts = Counter(PARTS[part](side) for side in sides)
        total = len(sides) + worth
        bits[part] = {
            name: min(_RARITY_BITS_MAX, round(-math.log2((count + worth / one_in) / total), 3))
            for name, count in counts.items()
        }
    return bits


def _score(wanted: Sequence[Side], held: Sequence[Side]) -> list[_Scored]:
    rarities = _rarities((*wanted, *held))
    prior = -math.log2(2 * max(len(wanted), len(held), _POPULATION_MIN))
    scored: list[_Scored] = []
    for i, j in _candidates(wanted, held):
        levels = _compare(wanted[i], held[j], rarities)
        weight = round(prior + sum(bits for _, bits in levels), 3)
        if weight >= VERDICT_BITS[-1][1]:
            scored.append((weight, wanted[i], held[j], levels))
    return sorted(scored, key=lambda row: (-row[0], row[1].record.ref, row[2].record.ref))


def _compare(a: Side, b: Side, rarities: _Rarities) -> tuple[tuple[Level, float], ...]:
    found = []
    for part, value in PARTS.items():
        name = value(a)
        if not name or not value(b):
            continue
        for level in _LEVELS_OF[part]:
            if level.holds(a, b):
                rare = rarities[part][name] if level.rarity else 0.0
                found.append((level, level.bits + rare))
                break
    return tuple(found)


def _leads(scored: Sequence[_Scored]) -> list[float]:
    """Return by how many bits each pair leads every rival of both its records."""
    tops: dict[tuple[str, str], list[float]] = defaultdict(list)
    for weight, a, b, _ in scored:  # best first
        for end in (("wanted", a.record.ref), ("held", b.record.ref)):
            if len(tops[end]) < 2:
                tops[end].append(weight)
    leads = []
    for weight, a, b, _ in scored:
        lead = math.inf
        for top in (tops["wanted", a.record.ref], tops["held", b.record.ref]):
            rivals = top[1:] if weight == top[0] else top[:1]
            lead = min(lead, *(weight - rival for rival in rivals), math.inf)
        leads.append(lead)
    return leads


def _verdict(weight: float, lead: float) -> Verdict:
    if weight >= VERDICT_BITS[0][1] and lead >= _LEAD_BITS:
        return "very_likely"
    return "likely" if weight >= VERDICT_BITS[1][1] else "possible"
