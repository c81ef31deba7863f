"""Propose who on a held list is who on a wanted list.

Rules of this file:
- A pair is a proposal with its reasons; a person decides. Nothing is merged.
- A probability takes the rivals in: of two equal candidates neither is above one half.
- A pair is `very_likely` only if it leads every other pair of both people by far: of twins
  and namesakes neither is. It is `likely` if nobody leads it.
- Two family names that are no spellings of one are never `very_likely` one person's, whatever
  else agrees, but by a service number: people marry, and take names.
- The same lists in any order give the same pairs.
- Nothing is kept from one call to the next: an edited record is weighed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from homeward.matching.columns import Columns, columns_of
from homeward.matching.engine import Limits, Scored, link
from homeward.matching.model import MILLI, PARTS, Model
from homeward.matching.reasons import CELL_OF, Reason, sentence_of, speaks
from homeward.matching.sql import codes_of, level_of
from homeward.records.model import PersonRecord

Verdict = Literal["very_likely", "likely", "possible"]

VERDICTS: Final[tuple[Verdict, ...]] = ("very_likely", "likely", "possible")

VERY_LIKELY: Final = 0.995
"""The least probability of `very_likely`, rivals taken in."""

LIKELY_BITS: Final = 3.2
"""The least weight of `likely`: a probability of .9 if there were no rival."""

PAIRS_PER_RECORD: Final = 5
LEAST_PROBABILITY: Final = 0.001
_LEAD_BITS = 3.0
_PART: Final = {part.name: part for part in PARTS}
_PAIRS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A proposal that two records are one person.

    Attributes:
        wanted_ref: Of the wanted record.
        held_ref: Of the held record.
        weight_bits: The logarithm to base 2 of the odds, the prior included, rivals not.
        probability: That both are one person, from 0 to 1, rivals taken in, to six digits.
        verdict: What a weight becomes in words.
        reasons: In the order of the parts.
    """

    wanted_ref: str
    held_ref: str
    weight_bits: float
    probability: float
    verdict: Verdict
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposals:
    """What was found between two lists, best first; pairs are made as they are asked for.

    Attributes:
        left: The wanted list, made ready.
        right: The held list.
        scored: What the engine found.
        order: Places in `scored` of the pairs to show, best first.
        probability: Of each of them.
        verdict: Of each of them, as a place in `VERDICTS`.
    """

    left: Columns
    right: Columns
    scored: Scored
    order: npt.NDArray[np.int64]
    probability: npt.NDArray[np.float64]
    verdict: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.order)

    def pairs(self) -> Iterator[Pair]:
        """Yield the pairs with their reasons, best first."""
        for start in range(0, len(self), _PAIRS_AT_ONCE):
            yield from _written_out(self.part(start, start + _PAIRS_AT_ONCE))

    def part(self, start: int, end: int) -> Proposals:
        """Return some of the pairs with no more of the lists than they show: for a process."""
        at = self.order[start:end]
        scored = self.scored
        rows_a, a = np.unique(scored.a[at], return_inverse=True)
        rows_b, b = np.unique(scored.b[at], return_inverse=True)
        left, places_a = _only(self.left, rows_a)
        right, places_b = _only(self.right, rows_b)
        return Proposals(
            left=left,
            right=right,
            scored=replace(
                scored,
                a=a.astype(np.int32),
                b=b.astype(np.int32),
                weight=scored.weight[at],
                code=scored.code[at],
                rarity={
                    part: (mine[places_a[part]], theirs[places_b[part]])
                    for part, (mine, theirs) in scored.rarity.items()
                },
            ),
            order=np.arange(len(at)),
            probability=self.probability[start:end],
            verdict=self.verdict[start:end],
        )


@dataclass(frozen=True, slots=True)
class _Said:
    """What one part of a pattern of levels says, before it is looked at whose names they are."""

    part: str
    column: str
    level: str
    bits: int
    more: tuple[str, ...]
    less: tuple[str, ...]


def _said(code: int, model: Model) -> tuple[_Said, ...]:
    """Return what a pattern of levels says, part by part."""
    codes, said = codes_of(code), []
    for part in PARTS:
        level = level_of(part, codes[part.name])
        if level is not None and speaks(part.name, level.name):
            column = CELL_OF.get(part.name, part.name)
            more = (part.name,) if level.rarity else ()
            bits = model.bits(part.name, level)
            said.append(_Said(part.name, column, level.name, bits, more, level.takes_back))
    return tuple(said)


def _written_out(part: Proposals) -> Iterator[Pair]:
    """Yield the pairs of a part made by `Proposals.part`."""
    scored, left, right = part.scored, part.left, part.right
    patterns = {code: _said(code, scored.model) for code in np.unique(scored.code).tolist()}
    mine = {column: cells.tolist() for column, cells in left.cells.items()}
    theirs = {column: cells.tolist() for column, cells in right.cells.items()}
    rarity = {name: (one.tolist(), other.tolist()) for name, (one, other) in scored.rarity.items()}
    rows = (scored.a, scored.b, scored.weight, scored.code, part.probability, part.verdict)
    for a, b, weight, code, probability, verdict in zip(*(r.tolist() for r in rows), strict=True):

        def rare(name: str, a: int = a, b: int = b) -> int:
            one, other = rarity[name]
            return int(min(one[mine[name][a]], other[theirs[name][b]]))

        reasons = []
        for said in patterns[code]:
            bits = said.bits
            for name in said.more:
                bits += rare(name)
            for name in said.less:
                bits -= rare(name)
            one = left.values[said.column][mine[said.column][a]]
            other = right.values[said.column][theirs[said.column][b]]
            sentence = sentence_of(said.part, said.level, one, other)
            reasons.append(Reason(part=said.part, sentence=sentence, bits=bits / MILLI))
        yield Pair(
            wanted_ref=left.refs[a],
            held_ref=right.refs[b],
            weight_bits=weight / MILLI,
            probability=probability,
            verdict=VERDICTS[verdict],
            reasons=tuple(reasons),
        )


def _only(columns: Columns, rows: npt.NDArray[Any]) -> tuple[Columns, dict[str, npt.NDArray[Any]]]:
    """Return some rows of a list as they are written, and which cells of the list they hold."""
    places, cells, values = {}, {}, {}
    for column, of_rows in columns.cells.items():
        places[column], inverse = np.unique(of_rows[rows], return_inverse=True)
        cells[column] = inverse.astype(np.int32)
        values[column] = [columns.values[column][place] for place in places[column].tolist()]
    only = Columns(
        refs=tuple(columns.refs[row] for row in rows.tolist()),
        values=values,
        cells=cells,
        names={},
        born=[],
        lost=[],
        tokens={},
    )
    return only, places


def match(wanted: Sequence[PersonRecord], held: Sequence[PersonRecord]) -> tuple[Pair, ...]:
    """Propose pairs of records that are probably one person.

    Args:
        wanted: One bureau's list of the people it looks for; refs are unique.
        held: The other bureau's list of the people it holds; refs are unique.

    Returns:
        Pairs with a probability of at least .001, best first, at most five for any record.

    Raises:
        EngineError: Memory failed.

    Source:
        Fellegi and Sunter 1969; the levels stand in `model.PARTS`.
    """
    if not wanted or not held:
        return ()
    return tuple(propose(columns_of(wanted), columns_of(held)).pairs())


def propose(
    left: Columns,
    right: Columns,
    *,
    limits: Limits | None = None,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Proposals:
    """Propose pairs of two lists made ready, of any size.

    Args:
        left: The wanted list.
        right: The held list; the same object looks for duplicates.
        limits: Of memory and folders.
        progress: Called with (steps done, steps in all).
        stop: Asked between steps whether to stop.

    Returns:
        The proposals.

    Raises:
        EngineError: It was stopped, or memory or disk failed.
    """
    return decide(left, right, link(left, right, limits=limits, progress=progress, stop=stop))


def decide(left: Columns, right: Columns, scored: Scored) -> Proposals:
    """Turn weights into probabilities and verdicts, and keep the best of each record.

    Args:
        left: The wanted list.
        right: The held list; the same object if it was compared with itself.
        scored: What an engine found.

    Returns:
        The proposals.
    """
    order = np.lexsort((scored.b, scored.a, -scored.weight))
    a, b, weight = scored.a[order], scored.b[order], scored.weight[order]
    odds = np.exp2(np.minimum(weight / MILLI, 500.0))
    rivals = np.zeros(len(order))
    lead = np.full(len(order), np.inf)
    kept = np.ones(len(order), dtype=bool)
    # One person may stand three times in one list: there, others are no rivals.
    for end in (a, b) if left is not right else ():
        rank, top = _ranks(end, weight)
        kept &= rank < PAIRS_PER_RECORD
        lead = np.minimum(lead, (weight - top) / MILLI)
        rivals += np.bincount(end, weights=odds)[end] - odds
    probability = np.round(odds / (1.0 + odds + np.maximum(rivals, 0.0)), 6)
    kept &= probability >= LEAST_PROBABILITY
    verdict = np.where(
        (probability >= VERY_LIKELY) & (lead >= _LEAD_BITS) & ~_of_two_families(scored.code[order]),
        0,
        np.where((weight >= LIKELY_BITS * MILLI) & (lead > -_LEAD_BITS), 1, 2),
    )
    best_first = np.lexsort((b[kept], a[kept], -weight[kept], -probability[kept]))
    return Proposals(
        left=left,
        right=right,
        scored=scored,
        order=order[kept][best_first],
        probability=probability[kept][best_first],
        verdict=verdict[kept][best_first],
    )


def _of_two_families(codes: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Say which patterns have two family names and no service number in common."""
    patterns, inverse = np.unique(codes, return_inverse=True)
    told = []
    for pattern in patterns.tolist():
        levels = codes_of(pattern)
        family = level_of(_PART["family_name"], levels["family_name"])
        service = level_of(_PART["service_number"], levels["service_number"])
        is_other = family is not None and family.name in ("other", "woman")
        told.append(is_other and (service is None or service.name != "same"))
    return np.array(told, dtype=bool)[inverse]


def _ranks(
    end: npt.NDArray[Any], weight: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return each pair's rank among those of its record, and the best weight of the others."""
    size = len(end)
    order = np.argsort(end, kind="stable")  # pairs stand best first, and so does each group
    groups = end[order]
    is_first = np.r_[True, groups[1:] != groups[:-1]][:size]
    starts = np.flatnonzero(is_first)
    lengths = np.diff(np.r_[starts, size])
    rank, top = np.empty(size, dtype=np.int64), np.empty(size)
    rank[order] = np.arange(size) - np.repeat(starts, lengths)
    sorted_weight = weight[order].astype(np.float64)
    second = np.r_[sorted_weight[1:], -np.inf][starts] if size else sorted_weight
    second[lengths == 1] = -np.inf
    others = np.repeat(sorted_weight[starts], lengths)
    others[is_first] = second
    top[order] = others
    return rank, top


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
