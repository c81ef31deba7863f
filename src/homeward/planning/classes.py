"""People who are interchangeable on one level, taken together.

Rules of this file:
- A kind is everybody whom all rows count alike: what rows count is found once a kind, not once
  a person. Kinds follow from agreement and pool, and are the same on every level.
- A class is everybody of one kind to whom the same is open, and who add the same to the levels
  that stand as rows. Who has one thing open is in no class, and counted beforehand.
- Of a class the people with the largest values go by the way that counts them most; those
  who stay come last. Weights of ways are never negative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeward.planning.certificate import Face, Ints, Worth, told_apart


class Classes:
    """The classes of one face and one level.

    Attributes:
        size: People in each class, shape `(n_classes,)`.
        can_stay: Whether staying is open, shape `(n_classes,)`.
        can_go: Which ways are open, shape `(n_classes, n_ways)`.
        rows: What one person adds to each row, shape `(n_classes, n_ways, n_rows)`.
        values: Of each class, what its people add to the level, largest first.
        base: What those in no class add to each row.
        base_worth: What they add to the level.
        told: The columns that tell each class apart, as the certificate writes them.
    """

    def __init__(self, face: Face, worth: Worth) -> None:
        self.face, self.worth = face, worth
        apart = told_apart(face)
        ways = len(face.ways)
        self._undecided = np.flatnonzero(face.undecided())
        number, one = grouped([face.kind, *apart], self._undecided)
        people = self._undecided[one]
        own_columns = face.columns[:, face.kind[people]].T
        self.told = [
            [*columns, *(int(column[i]) for column in apart)]
            for i, columns in zip(people, own_columns.tolist(), strict=True)
        ]
        self.size = np.bincount(number, minlength=len(one))
        self.can_stay = face.open[people, 0]
        self.can_go = face.open[people, 1:]
        self._ways_open = [np.flatnonzero(is_open).tolist() for is_open in self.can_go]
        own = len(face.low)
        self.rows = np.zeros((len(one), ways, face.width), dtype=np.int64)
        for way, factors in enumerate(face.ways):
            self.rows[:, way, :own] = own_columns @ factors.T
            for r, level in enumerate(face.worths, own):
                self.rows[:, way, r] = level.people[people] * level.ways[way]
        self._sort(number)
        self._count_decided()

    def _sort(self, number: NDArray[np.int32]) -> None:
        own = self.worth.people[self._undecided]
        rank = ordered_by(-own, number)
        self._order = self._undecided[rank]
        self._start = np.concatenate([[0], np.cumsum(self.size)])[:-1]
        ranked = own[rank]
        spans = list(zip(self._start.tolist(), self.size.tolist(), strict=True))
        self.values = [ranked[s : s + n] for s, n in spans]
        self._sums = np.zeros(len(ranked) + 1, dtype=np.int64)
        np.cumsum(ranked, out=self._sums[1:])

    def _count_decided(self) -> None:
        """Count what those with one thing open add to rows and level."""
        face, worth = self.face, self.worth
        decided = ~face.undecided()
        self._way = np.zeros(len(decided), dtype=np.int32)
        self.base = np.zeros(face.width, dtype=np.int64)
        self.base_worth = 0
        own = len(face.low)
        for way, factors in enumerate(face.ways):
            gone = np.flatnonzero(decided & face.open[:, 1 + way])
            if not len(gone):
                continue
            self._way[gone] = 1 + way
            counts = np.bincount(face.kind[gone], minlength=face.columns.shape[1])
            self.base[:own] += factors @ (face.columns @ counts)
            for r, level in enumerate(face.worths, own):
                self.base[r] += int(level.people[gone].sum()) * level.ways[way]
            self.base_worth += int(worth.people[gone].sum()) * worth.ways[way]

    def people(self, k: int) -> NDArray[np.int64]:
        """Return the people of a class, the largest value first."""
        return self._order[self._start[k] :][: self.size[k]]

    def counts_of(self, way: NDArray[np.int32]) -> Ints:
        """Return how many of each class go by each way in a plan, `(n_classes, n_ways)`.

        Args:
            way: How everybody goes, 0 for staying, else 1 + the way; shape `(n_people,)`.
        """
        span = 1 + len(self.face.ways)
        number = np.repeat(np.arange(len(self.size)), self.size)
        at = number * span + way[self._order]
        found: Ints = np.bincount(at, minlength=len(self.size) * span).reshape(-1, span)[:, 1:]
        return found

    def sum_of(self, k: int, count: int) -> int:
        """Return the sum of so many largest values of a class."""
        start = int(self._start[k])
        return int(self._sums[start + count] - self._sums[start])

    def by_weight(self) -> list[int]:
        """Return the ways, those that count most first, then in their order."""
        return sorted(range(len(self.face.ways)), key=lambda way: (-self.worth.ways[way], way))

    def keeps(self, z: Ints, slacks: Sequence[int]) -> bool:
        """Say whether so many people by each way keep every row.

        Args:
            z: Shape `(n_classes, n_ways)`.
            slacks: Units taken of each slack.
        """
        face = self.face
        activity = self.base + np.einsum("kw,kwr->r", z, self.rows)
        own = len(face.low)
        for r, counted in enumerate(activity.tolist()):
            total = counted + sum(face.slack_in(r, s) * units for s, units in enumerate(slacks))
            low = face.low[r] if r < own else face.reached[r - own]
            high = face.high[r] if r < own else face.reached[r - own]
            if (low is not None and total < low) or (high is not None and total > high):
                return False
        return True

    def worth_of(self, z: Ints, slacks: Sequence[int]) -> int:
        """Return what so many people by each way reach on the level."""
        total = self.base_worth
        total += sum(self.worth.slack(s) * units for s, units in enumerate(slacks))
        for k in range(len(self.size)):
            done = 0
            for way in self.by_weight():
                end = done + int(z[k, way])
                total += self.worth.ways[way] * (self.sum_of(k, end) - self.sum_of(k, done))
                done = end
        return total

    def ways_of(self, z: Ints) -> NDArray[np.int32]:
        """Return how everybody goes, 0 for staying, else 1 + the way; shape `(n_people,)`."""
        found = self._way.copy()
        for k in range(len(self.size)):
            people, done = self.people(k), 0
            for way in self.by_weight():
                end = done + int(z[k, way])
                found[people[done:end]] = 1 + way
                done = end
        return found

    def best_sum(self, y: Sequence[int], extra: Ints, scale: int) -> int:
        """Return the sum over people of the best that is open to each under multipliers.

        Args:
            y: Of the rows.
            extra: More that a way costs a class, shape `(n_classes, n_ways)`.
            scale: Of the multipliers.
        """
        price = np.array(y, dtype=np.int64)
        total = scale * self.base_worth - int(self.base[: len(y)] @ price)
        costs = (self.costs(y) + extra).tolist()
        return total + sum(self._best(k, own, scale) for k, own in enumerate(costs))

    def costs(self, y: Sequence[int]) -> Ints:
        """Return what a person of each class costs by each way, `(n_classes, n_ways)`."""
        found: Ints = self.rows[:, :, : len(y)] @ np.array(y, dtype=np.int64)
        return found

    def _best(self, k: int, costs: Sequence[int], scale: int) -> int:
        ways, values = self._ways_open[k], self.values[k]
        if values[0] == values[-1]:
            each = [scale * self.worth.ways[w] * int(values[0]) - costs[w] for w in ways]
            return len(values) * max(each + [0] * bool(self.can_stay[k]))
        if len(ways) == 1 and self.can_stay[k]:
            cost, weight = costs[ways[0]], scale * self.worth.ways[ways[0]]
            if not weight:
                return len(values) * max(0, -cost)
            gone = len(values) - int(values[::-1].searchsorted(cost // weight, side="right"))
            return weight * self.sum_of(k, gone) - gone * cost
        found = [scale * self.worth.ways[w] * values - costs[w] for w in ways]
        if self.can_stay[k]:
            found.append(np.zeros_like(values))
        return int(np.maximum.reduce(found).sum())

    def steps(self) -> list[tuple[int, list[int]]]:
        """Return the thresholds of the ways' weights: how much each adds, and whom it counts."""
        weights = sorted({weight for weight in self.worth.ways if weight > 0}, reverse=True)
        return [
            (upper - lower, [w for w, g in enumerate(self.worth.ways) if g >= upper])
            for upper, lower in pairwise([*weights, 0])
        ]


def kinds_of(
    alike: Sequence[NDArray[Any]],
    people: NDArray[np.int64],
    columns: Callable[[NDArray[np.int64]], Ints],
) -> tuple[NDArray[np.int32], Ints]:
    """Put people into kinds that rows count alike.

    Args:
        alike: Cells of everybody; people who are equal in all have equal columns.
        people: Places in `alike` of those who are put into kinds, ascending.
        columns: Of some people, given their places in `alike`: shape `(n_columns, n_places)`.

    Returns:
        The kind of each person, and the columns of each kind, `(n_columns, n_kinds)`: no two
        kinds are equal, and they stand in the order of their columns.
    """
    number, one = grouped(alike, people)
    found = columns(people[one])
    order = np.lexsort(found[::-1]) if len(found) else np.arange(len(one))
    ranked = found[:, order]
    is_new = (ranked[:, 1:] != ranked[:, :-1]).any(axis=0)
    place = np.zeros(len(one), dtype=np.int32)
    place[order[1:]] = np.cumsum(is_new)
    return place[number], ranked[:, np.concatenate([np.ones(min(1, len(one)), bool), is_new])]


def grouped(
    columns: Sequence[NDArray[Any]], people: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Group people by equal columns.

    Args:
        columns: Each of shape `(n_people,)`.
        people: Places of those to be grouped, ascending.

    Returns:
        The class of each of them, and the place among them of one of each class; classes
        stand in the order of their columns, whatever the order of the people.
    """
    if not len(people):
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
    # Most of everybody: picking them from one key costs less than from every column.
    is_most = bool(columns) and 2 * len(people) > len(columns[0])
    size, span = len(columns[0]) if is_most else len(people), 1
    key: NDArray[np.int32] | NDArray[np.int64] = np.zeros(size, dtype=np.int32)
    for column in columns:
        cells = column if is_most else column[people]
        least = int(cells.min())
        width = int(cells.max()) - least + 1
        if width == 1:
            continue
        if span * width > _TABLE_MAX:
            key, span = _renumbered(key, span)
        if span * width > _TABLE_MAX:
            distinct, cells = np.unique(cells, return_inverse=True)
            least, width = 0, len(distinct)
        span *= width
        if span >= 1 << 31:
            key = key.astype(np.int64, copy=False)
        key *= width
        key += np.subtract(cells, least, dtype=np.int64) if least else cells
    number, span = _renumbered(key[people] if is_most else key, span)
    one = np.empty(span, dtype=np.int32)
    one[number] = np.arange(len(people), dtype=np.int32)
    return number, one


_TABLE_MAX = 1 << 22
"""Keys below this are numbered anew by a table, without a sort."""


def _renumbered(key: NDArray[Any], span: int) -> tuple[NDArray[np.int32], int]:
    """Return keys below `span` as 0, 1, 2, ... in their order, and how many there are."""
    if span > 16 * max(len(key), 1 << 14):
        distinct, place = np.unique(key, return_inverse=True)
        return place.astype(np.int32), len(distinct)
    stands = np.zeros(span, dtype=bool)
    stands[key] = True
    number = np.cumsum(stands, dtype=np.int32)
    number -= 1
    return number[key], int(number[-1]) + 1


def ordered_by(*keys: NDArray[Any]) -> NDArray[np.int64]:
    """Return the order of people by whole numbers, the last key first, as `numpy.lexsort` does.

    It goes by 16 bits at a time, which numpy sorts in one pass over the people.

    Args:
        keys: Each of shape `(people,)`; people who are equal in all stay in their order.
    """
    order: NDArray[np.int64] | None = None
    for key in keys:
        if not len(key):
            return np.zeros(0, dtype=np.int64)
        least = int(key.min())
        for shift in range(0, (int(key.max()) - least).bit_length(), 16):
            digit = ((key - least) >> shift).astype(np.uint16)  # the lowest 16 bits of it
            if order is None:
                order = np.argsort(digit, kind="stable")
            else:
                order = order[np.argsort(digit[order], kind="stable")]
    return np.arange(len(keys[0])) if order is None else order
