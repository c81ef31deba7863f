"""Who on our lists each line of another list may be, and which lines repeat one another.

Rules of this file:
- A line that repeats another is not looked for: it would be that line's rival.
- A line is a duplicate of one line only, never of a chain: two people who both resemble a
  third line stay two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from homeward.matching.columns import Columns, columns_of
from homeward.matching.duplicates import LEAST_PROBABILITY, of_one_list, propose_duplicates
from homeward.matching.match import Pair, propose
from homeward.records.model import PersonRecord

OurList = Literal["wanted", "held", "returned"]
Progress = Callable[[int, int], None]

WORTH_A_LOOK: Final = 0.1
"""The least probability that anybody of ours is meant at which a person has to look."""

_ROUND = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """Who of one of our lists fits a line best, and how probable it is that anybody does."""

    pair: Pair
    ref: str
    anybody: float
    is_several: bool

    @property
    def is_sure(self) -> bool:
        """Tell whether the engine itself calls the pair very likely."""
        return self.pair.verdict == "very_likely"


Found = dict[str, Best]  # by the line's reference


class Search:
    """Looks for lines on our lists, and counts the steps."""

    def __init__(
        self,
        ours: Mapping[OurList, Sequence[PersonRecord]],
        is_sought: bool,
        progress: Progress | None,
    ) -> None:
        self._ours = ours
        self._ready: dict[OurList, Columns] = {}
        self._is_sought = is_sought
        self._progress = progress
        self._rounds_done, self._rounds = 0, 2 + 2 * len(ours)

    def look_for(self, lines: Sequence[PersonRecord]) -> dict[OurList, Found]:
        """Return who of each of our lists fits each line."""
        ready = columns_of(lines)
        found: dict[OurList, Found] = {}
        for name, people in self._ours.items():
            if name not in self._ready:
                self._ready[name] = columns_of(people)
            ours = self._ready[name]
            left, right = (ready, ours) if self._is_sought else (ours, ready)
            # Nobody to be compared makes no pairs.
            pairs = propose(left, right, progress=self.step).pairs() if lines else ()
            found[name] = self._best(pairs)
            self.round_done()
        return found

    def round_done(self) -> None:
        """Count a round of the work."""
        self._rounds_done = min(self._rounds_done + 1, self._rounds)
        self.step(0, 1)

    def step(self, done: int, total: int) -> None:
        """Say how far the present round is."""
        if self._progress is not None:
            steps = self._rounds_done * _ROUND + done * _ROUND // max(total, 1)
            self._progress(min(steps, self._rounds * _ROUND), self._rounds * _ROUND)

    def _best(self, pairs: Iterable[Pair]) -> Found:
        by_line: dict[str, list[Pair]] = defaultdict(list)
        for pair in pairs:
            by_line[pair.wanted_ref if self._is_sought else pair.held_ref].append(pair)
        return {
            ref: Best(
                pair=some[0],
                ref=some[0].held_ref if self._is_sought else some[0].wanted_ref,
                anybody=min(1.0, sum(pair.probability for pair in some)),
                is_several=sum(pair.probability >= WORTH_A_LOOK for pair in some) > 1,
            )
            for ref, some in by_line.items()
        }


def unsure(best: Best) -> Best:
    """Return what was found only once a rival was set aside: likely at most, and one of several."""
    verdict = best.pair.verdict if best.pair.verdict == "possible" else "likely"
    return replace(best, pair=replace(best.pair, verdict=verdict), is_several=True)


def repeated_lines(
    lines: Sequence[PersonRecord], progress: Progress
) -> dict[str, tuple[str, Pair]]:
    """Return the lines that repeat another, each with that one; the fullest line stands."""
    alike: dict[str, dict[str, Pair]] = defaultdict(dict)
    # One line alone repeats none, and is nobody to be compared.
    found = propose_duplicates(columns_of(lines), progress=progress).pairs() if lines[1:] else ()
    for pair in (of_one_list(pair) for pair in found if pair.probability >= LEAST_PROBABILITY):
        alike[pair.wanted_ref][pair.held_ref] = pair
        alike[pair.held_ref][pair.wanted_ref] = pair
    standing: set[str] = set()
    repeated: dict[str, tuple[str, Pair]] = {}
    some = [line for line in lines if line.ref in alike]
    for line in sorted(some, key=_fullness, reverse=True):  # a stable sort: the first of equals
        rivals = [pair for ref, pair in alike[line.ref].items() if ref in standing]
        if rivals:
            best = max(rivals, key=lambda pair: pair.weight_bits)
            other = best.held_ref if best.wanted_ref == line.ref else best.wanted_ref
            repeated[line.ref] = other, best
        else:
            standing.add(line.ref)
    return repeated


def _fullness(line: PersonRecord) -> int:
    """Count what a line tells of who somebody is."""
    names = line.name_as_written.split() or [
        name for name in (line.family_name, line.given_name, line.father_name) if name
    ]
    birth = line.birth_date
    days = (
        0
        if birth is None
        else 3 - (not birth.is_exact) - ((birth.latest - birth.earliest).days > 60)
    )
    return min(len(names), 3) + days + bool(line.service_number)
