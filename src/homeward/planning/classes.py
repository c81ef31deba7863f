"""People who are interchangeable on one level, taken together.

Rules of this file:
- A class is everybody with equal columns to whom the same is open. Who has one thing open
  is in no class, and counted beforehand.
- Of a class the people with the largest values go by the way that counts them most; those
  who stay come last. Weights of ways are never negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

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
        prefix: Of each class, the sums of its 0, 1, 2, ... largest values.
        base: What those in no class add to each row.
        told: The columns that tell each class apart, as the certificate writes them.
    """

    def __init__(self, face: Face, worth: Worth) -> None:
        self.face, self.worth = face, worth
        columns = told_apart(face)
        ways = len(face.ways)
        self._undecided = np.flatnonzero(face.open.sum(axis=1) > 1)
        number, first = _grouped([c[self._undecided] for c in columns], len(self._undecided))
        people = self._undecided[first]
        self.told = [[int(column[i]) for column in columns] for i in people]
        self.size = np.bincount(number, minlength=len(first))
        self.can_stay = face.open[people, 0]
        self.can_go = face.open[people, 1:]
        base_rows = np.array(
            [[int(column[i]) for column in face.columns] for i in people], dtype=np.int64
        ).reshape(len(first), len(face.columns))
        own = len(face.low)
        self.rows = np.zeros((len(first), ways, face.width), dtype=np.int64)
        for way, factors in enumerate(face.ways):
            self.rows[:, way, :own] = base_rows @ factors.T
            for r, level in enumerate(face.worths, own):
                self.rows[:, way, r] = level.people[people] * level.ways[way]
        self._sort(number)
        self._count_decided()

    def _sort(self, number: NDArray[np.int64]) -> None:
        own = self.worth.people[self._undecided]
        rank = np.lexsort((self._undecided, -own, number))
        self._order = self._undecided[rank]
        self._start = np.concatenate([[0], np.cumsum(self.size)])[:-1]
        ranked = own[rank]
        spans = list(zip(self._start.tolist(), self.size.tolist(), strict=True))
        self.values = [ranked[s : s + n] for s, n in spans]
        self.prefix = [np.concatenate([[0], np.cumsum(v)]) for v in self.values]

    def _count_decided(self) -> None:
        """Count what those with one thing open add to rows and level."""
        face, worth = self.face, self.worth
        decided = face.open.sum(axis=1) == 1
        self._way = np.where(decided, face.open.argmax(axis=1), 0).astype(np.int32)
        self.base = np.zeros(face.width, dtype=np.int64)
        self._base_worth = 0
        own = len(face.low)
        for way, factors in enumerate(face.ways):
            gone = decided & face.open[:, 1 + way]
            if not gone.any():
                continue
            sums = np.array([int(column[gone].sum()) for column in face.columns], dtype=np.int64)
            self.base[:own] += factors @ sums
            for r, level in enumerate(face.worths, own):
                self.base[r] += int(level.people[gone].sum()) * level.ways[way]
            self._base_worth += int(worth.people[gone].sum()) * worth.ways[way]

    def people(self, k: int) -> NDArray[np.int64]:
        """Return the people of a class, the largest value first."""
        return self._order[self._start[k] :][: self.size[k]]

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
        total = self._base_worth
        total += sum(self.worth.slack(s) * units for s, units in enumerate(slacks))
        for k, prefix in enumerate(self.prefix):
            done = 0
            for way in self.by_weight():
                end = done + int(z[k, way])
                total += self.worth.ways[way] * int(prefix[end] - prefix[done])
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
        total = scale * self._base_worth - int(self.base[: len(y)] @ price)
        costs = self.costs(y) + extra
        for k, values in enumerate(self.values):
            total += self._best(k, values, costs[k], scale)
        return total

    def costs(self, y: Sequence[int]) -> Ints:
        """Return what a person of each class costs by each way, `(n_classes, n_ways)`."""
        found: Ints = self.rows[:, :, : len(y)] @ np.array(y, dtype=np.int64)
        return found

    def lead(self, k: int, way: int, costs: Ints, scale: int) -> Ints:
        """Return by how much a way is worth more than whatever else is open, largest first.

        Args:
            k: The class.
            way: Open to it.
            costs: Of each way, shape `(n_ways,)`.
            scale: Of the costs.
        """
        values = self.values[k]
        others = [
            scale * self.worth.ways[w] * values - costs[w]
            for w in np.flatnonzero(self.can_go[k]).tolist()
            if w != way
        ]
        if self.can_stay[k]:
            others.append(np.zeros_like(values))
        own = scale * self.worth.ways[way] * values - costs[way]
        found: Ints = np.sort(own - np.maximum.reduce(others))[::-1]
        return found

    def _best(self, k: int, values: Ints, costs: Ints, scale: int) -> int:
        ways = np.flatnonzero(self.can_go[k]).tolist()
        if values[0] == values[-1]:
            each = [scale * self.worth.ways[w] * int(values[0]) - int(costs[w]) for w in ways]
            return len(values) * max(each + [0] * bool(self.can_stay[k]))
        if len(ways) == 1 and self.can_stay[k]:
            cost, weight = int(costs[ways[0]]), scale * self.worth.ways[ways[0]]
            gone = int(np.searchsorted(-values * weight, -cost, side="left"))
            return weight * int(self.prefix[k][gone]) - gone * cost
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


def _grouped(
    columns: Sequence[NDArray[np.int64]], people: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Group people by equal columns.

    Args:
        columns: Each of shape `(people,)`.
        people: Number of people, also where there is no column.

    Returns:
        The class of each person, and one person of each class; classes stand in the
        order of their columns, whatever the order of the people.
    """
    key, span = np.zeros(people, dtype=np.int64), 1
    for column in columns:
        if not people:
            break
        least = int(column.min())
        width = int(column.max()) - least + 1
        if span * width >= 1 << 62:
            distinct, key = np.unique(key, return_inverse=True)
            span = len(distinct)
        key, span = key * width + (column - least), span * width
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return inverse.astype(np.int64), first.astype(np.int64)
