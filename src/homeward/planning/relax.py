"""The linear relaxation of one level over classes, for a solver that nobody has to believe.

Rules of this file:
- Variables are how many people of a class go by each way, the slacks, and what the classes
  add to the level. The first rows are those of the face: their duals are the multipliers of
  a bound. Splits are bounds of variables.
- What a class adds is concave in its number: it is bounded by its linear pieces, each added
  where the solver oversteps it. A class of equal values needs none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from homeward.planning.certificate import Face, Worth
from homeward.planning.classes import Classes
from homeward.planning.engine import INFINITY, Engine, LinearProgram

_ROUNDS_MAX = 500

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Limit:
    """One split on the way down: class `k` sends at most `high` or at least `low` by a way."""

    k: int
    way: int
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A solution of the relaxation.

    Attributes:
        z: People of each class by each way, shape `(n_classes, n_ways)`.
        slack: Units of each slack.
        dual: Of the face's rows.
        is_cut_short: Whether the solver still oversteps what classes add.
    """

    z: Floats
    slack: Floats
    dual: Floats
    is_cut_short: bool


class Relaxation:
    """The relaxation of one level; pieces once added stay."""

    def __init__(self, face: Face, worth: Worth, classes: Classes, engine: Engine) -> None:
        self.face, self.worth, self.classes, self.engine = face, worth, classes, engine
        self.places = [(int(k), int(w)) for k, w in np.argwhere(classes.can_go)]
        self.at = {place: number for number, place in enumerate(self.places)}
        self.curved = [k for k, v in enumerate(classes.values) if v[0] != v[-1]]
        self.steps = classes.steps()
        self.pieces = (
            {(k, q) for k in self.curved for q in (0, int(classes.size[k]) - 1)}
            if self.steps
            else set()
        )

    def limits(self, path: tuple[Limit, ...]) -> tuple[Floats, Floats]:
        """Return the least and greatest number of each class by each way."""
        low = np.zeros(self.classes.can_go.shape)
        high = np.where(self.classes.can_go, self.classes.size[:, None], 0).astype(float)
        for limit in path:
            at = limit.k, limit.way
            if limit.low is not None:
                low[at] = max(low[at], limit.low)
            if limit.high is not None:
                high[at] = min(high[at], limit.high)
        return low, high

    def solve(self, path: tuple[Limit, ...]) -> Relaxed | None:
        """Solve the relaxation under splits; None if it has no solution.

        Args:
            path: The splits.

        Returns:
            The solution.

        Raises:
            EngineError: The solver failed.
        """
        first = len(self.places) + len(self.face.slacks)
        if not first:  # everybody is settled: the rows hold or they do not
            nothing = np.zeros(self.classes.can_go.shape), np.zeros(0)
            kept = self.classes.keeps(nothing[0].astype(np.int64), ())
            dual = np.zeros(self.face.width)
            return Relaxed(*nothing, dual, is_cut_short=False) if kept else None
        for _ in range(_ROUNDS_MAX):
            program = self._program(path)
            answer = self.engine.solve(program)
            if answer is None:
                return None
            cut_short = self._overstepped(answer.x, first)
            found = Relaxed(
                self._numbers(answer.x),
                answer.x[len(self.places) : first],
                -answer.dual[: self.face.width],
                cut_short,
            )
            if not cut_short:
                break
        return found

    def _program(self, path: tuple[Limit, ...]) -> LinearProgram:
        classes, slacks = self.classes, self.face.slacks
        pieces = [(k, j) for k in self.curved for j in range(len(self.steps))]
        cost = [self._flat_cost(k, way) for k, way in self.places]
        cost += [-float(self.worth.slack(s)) for s in range(len(slacks))]
        cost += [-float(self.steps[j][0]) for _, j in pieces]
        low, high = self._bounds(path)
        low += [-INFINITY] * len(pieces)
        high += [INFINITY] * len(pieces)
        program = LinearProgram(cost, low, high)
        self._add_rows(program)
        self._add_sizes(program)
        first = len(self.places) + len(slacks)
        for number, (k, j) in enumerate(pieces):
            counted = [self.at[k, w] for w in self.steps[j][1] if (k, w) in self.at]
            for q in sorted(q for of, q in self.pieces if of == k):
                slope = float(classes.values[k][q])
                level = float(classes.prefix[k][q]) - q * slope
                program.add_row(
                    -INFINITY, level, [first + number, *counted], [1.0, *[-slope] * len(counted)]
                )
        return program

    def _bounds(self, path: tuple[Limit, ...]) -> tuple[list[float], list[float]]:
        """Return the bounds of how many people go, then of the slacks."""
        low, high = self.limits(path)
        least = [float(low[place]) for place in self.places]
        most = [float(high[place]) for place in self.places]
        least += [float(slack.low) for slack in self.face.slacks]
        most += [float(slack.high) for slack in self.face.slacks]
        return least, most

    def _flat_cost(self, k: int, way: int) -> float:
        values = self.classes.values[k]
        return 0.0 if k in self.curved else -float(self.worth.ways[way] * values[0])

    def _add_rows(self, program: LinearProgram) -> None:
        """Add the rows of the face."""
        own, slacks = len(self.face.low), range(len(self.face.slacks))
        k, way = (np.array([p[i] for p in self.places], dtype=np.int64) for i in (0, 1))
        for r in range(self.face.width):
            low = self.face.low[r] if r < own else self.face.reached[r - own]
            high = self.face.high[r] if r < own else self.face.reached[r - own]
            column = self.classes.rows[k, way, r]
            index = np.flatnonzero(column)
            taken = [(s, self.face.slack_in(r, s)) for s in slacks if self.face.slack_in(r, s)]
            base = int(self.classes.base[r])
            program.add_row(
                -INFINITY if low is None else float(low - base),
                INFINITY if high is None else float(high - base),
                [*index.tolist(), *(len(self.places) + s for s, _ in taken)],
                [*column[index].astype(float).tolist(), *(float(c) for _, c in taken)],
            )

    def _add_sizes(self, program: LinearProgram) -> None:
        """A class sends no more people than it has, by all ways together."""
        for k, size in enumerate(self.classes.size.tolist()):
            ways = [self.at[k, w] for w in np.flatnonzero(self.classes.can_go[k]).tolist()]
            if len(ways) > 1 or not self.classes.can_stay[k]:
                low = -INFINITY if self.classes.can_stay[k] else float(size)
                program.add_row(low, float(size), ways, [1.0] * len(ways))

    def _numbers(self, x: Floats) -> Floats:
        z = np.zeros(self.classes.can_go.shape)
        for number, place in enumerate(self.places):
            z[place] = min(max(x[number], 0.0), float(self.classes.size[place[0]]))
        return z

    def _overstepped(self, x: Floats, first: int) -> bool:
        """Add the pieces that this point oversteps; say whether there were any."""
        before, number = len(self.pieces), first
        for k in self.curved:
            prefix, values = self.classes.prefix[k], self.classes.values[k]
            for _, ways in self.steps:
                z = sum(float(x[self.at[k, w]]) for w in ways if (k, w) in self.at)
                near = round(z) if abs(z - round(z)) < 1e-6 else max(z, 0.0)
                q = min(int(near), len(values) - 1)
                worth = float(prefix[q]) + (near - q) * float(values[q])
                if x[number] > worth + 1e-7 * max(1.0, abs(worth)):
                    self.pieces.add((k, q))
                    if near == q and q > 0:
                        self.pieces.add((k, q - 1))
                number += 1
        return len(self.pieces) > before

    def shortfall(self, path: tuple[Limit, ...]) -> Floats | None:
        """Return multipliers that may show that no plan keeps rows and splits.

        Args:
            path: The splits.

        Returns:
            Duals of the rows of the program that misses them by the least; None if the
            solver gives no answer.

        Raises:
            EngineError: The solver failed.
        """
        count, (low, high) = self.face.width, self._bounds(path)
        own = len(low)
        program = LinearProgram(
            [0.0] * own + [1.0] * (2 * count),
            low + [0.0] * (2 * count),
            high + [INFINITY] * (2 * count),
        )
        strict = LinearProgram([], [], [])
        self._add_rows(strict)
        for r in range(count):
            span = slice(strict.start[r], strict.start[r + 1])
            program.add_row(
                strict.row_low[r],
                strict.row_high[r],
                [*strict.index[span], own + 2 * r, own + 2 * r + 1],
                [*strict.coefficient[span], 1.0, -1.0],
            )
        self._add_sizes(program)
        answer = self.engine.solve(program)
        return None if answer is None else -answer.dual[:count]
