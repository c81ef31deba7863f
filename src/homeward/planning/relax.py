"""The linear relaxation of one level over classes, for a solver that nobody has to believe.

Rules of this file:
- Variables are how many people of a class go by each way, the slacks, and what the classes
  add to the level. The first rows are those of the face: their duals are the multipliers of
  a bound. Every group that was split has a row of its own, bound where a path says so.
- What a class adds is concave in its number: it is bounded by its linear pieces, each added
  where the solver oversteps it. A class of equal values needs none. Pieces once added stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from homeward.planning.certificate import Face, Ints, Worth, told_apart
from homeward.planning.classes import Classes
from homeward.planning.engine import INFINITY, Engine, LinearProgram

_ROUNDS_MAX = 500
_WHOLE_ROUNDS_MAX = 20

Floats = NDArray[np.float64]


Group = tuple[int | None, ...]
"""The classes with these columns, None for whatever stands there."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One split on the way down: a group sends at most `high` or at least `low` by a way."""

    group: Group
    way: int
    low: int | None
    high: int | None

    @property
    def place(self) -> Place:
        """The group and the way."""
        return self.group, self.way


Place = tuple[Group, int]


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A solution of the relaxation.

    Attributes:
        z: People of each class by each way, shape `(n_classes, n_ways)`.
        slack: Units of each slack.
        bound: What no plan under the splits exceeds, but for rounding.
        dual: Of the face's rows.
        branch: Of the splits, by group and way.
        is_cut_short: Whether the solver still oversteps what classes add.
    """

    z: Floats
    slack: Floats
    bound: float
    dual: Floats
    branch: dict[Place, float]
    is_cut_short: bool


class Relaxation:
    """The relaxation of one level."""

    def __init__(self, face: Face, worth: Worth, classes: Classes, engine: Engine) -> None:
        self.face, self.worth, self.classes, self.engine = face, worth, classes, engine
        self.places = [(int(k), int(w)) for k, w in np.argwhere(classes.can_go)]
        self.at = {place: number for number, place in enumerate(self.places)}
        self.curved = [k for k, v in enumerate(classes.values) if v[0] != v[-1]]
        self._curved_at = {k: number for number, k in enumerate(self.curved)}
        self.steps = classes.steps()
        columns = len(face.columns) + len(told_apart(face))
        self.told = np.array(classes.told, dtype=np.int64).reshape(len(classes.size), columns)
        self._members: dict[Group, Ints] = {}
        self.pieces: dict[int, set[int]] = {k: set() for k in self.curved} if self.steps else {}
        self._strict = _Splittable(self._built())
        self._missable: _Splittable | None = None

    def members(self, group: Group) -> Ints:
        """Return the numbers of the classes of a group."""
        if group not in self._members:
            inside = np.ones(len(self.told), dtype=bool)
            for column, value in enumerate(group):
                if value is not None:
                    inside &= self.told[:, column] == value
            self._members[group] = np.flatnonzero(inside)
        return self._members[group]

    def solve(self, path: tuple[Limit, ...], *, is_bare: bool = False) -> Relaxed | None:
        """Solve the relaxation under splits; None if it has no solution.

        Args:
            path: The splits.
            is_bare: Leave the rows of the face out: the splits alone bound the level.

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
            bound = float(self.classes.worth_of(nothing[0].astype(np.int64), ()))
            return Relaxed(*nothing, bound, dual, {}, is_cut_short=False) if kept else None
        for _ in range(_ROUNDS_MAX):
            program = self._under(self._strict, path)
            if is_bare:
                program.row_low[: self.face.width] = [-INFINITY] * self.face.width
                program.row_high[: self.face.width] = [INFINITY] * self.face.width
            answer = self.engine.solve(program)
            if answer is None:
                return None
            cut_short = self._overstepped(answer.x, first)
            found = Relaxed(
                self._numbers(answer.x),
                answer.x[len(self.places) : first],
                self.classes.base_worth - float(np.dot(self._strict.program.cost, answer.x)),
                -answer.dual[: self.face.width],
                self._strict.priced(answer.dual, path),
                cut_short,
            )
            if not cut_short:
                break
        return found

    def whole(self) -> tuple[Floats, Floats] | None:
        """Look for a plan: people of each class by each way, and slacks; None if none is found.

        Raises:
            EngineError: The solver failed.
        """
        first = len(self.places) + len(self.face.slacks)
        found: tuple[Floats, Floats] | None = None
        for _ in range(_WHOLE_ROUNDS_MAX):
            x = self.engine.solve_whole(self._strict.program, first)
            if x is None:
                return None
            found = self._numbers(x), x[len(self.places) : first]
            if not self._overstepped(x, first):
                break
        return found

    def _built(self) -> LinearProgram:
        classes, slacks = self.classes, self.face.slacks
        cost = [self._flat_cost(k, way) for k, way in self.places]
        cost += [-float(self.worth.slack(s)) for s in range(len(slacks))]
        cost += [-float(weight) for _ in self.curved for weight, _ in self.steps]
        low, high = self._bounds()
        added = len(cost) - len(low)
        program = LinearProgram(cost, low + [-INFINITY] * added, high + [INFINITY] * added)
        self._add_rows(program)
        self._add_sizes(program)
        for k in self.pieces:
            self._add_piece(program, k, 0)
            self._add_piece(program, k, int(classes.size[k]) - 1)
        return program

    def _add_piece(self, program: LinearProgram, k: int, q: int) -> None:
        """Bound what a class adds by the line that its value at `q` people follows."""
        if q in self.pieces[k]:
            return
        self.pieces[k].add(q)
        slope = float(self.classes.values[k][q])
        level = float(self.classes.sum_of(k, q)) - q * slope
        first = len(self.places) + len(self.face.slacks)
        first += self._curved_at[k] * len(self.steps)
        for number, (_, ways) in enumerate(self.steps):
            counted = [self.at[k, w] for w in ways if (k, w) in self.at]
            program.add_row(
                -INFINITY, level, [first + number, *counted], [1.0, *[-slope] * len(counted)]
            )

    def _under(self, of: _Splittable, path: Sequence[Limit]) -> LinearProgram:
        """Return a program with the bounds of a path; groups that are new get their rows."""
        for limit in path:
            if limit.place not in of.rows:
                members = self.members(limit.group).tolist()
                of.add(
                    limit.place,
                    [self.at[k, limit.way] for k in members if (k, limit.way) in self.at],
                )
        return of.under(path)

    def _bounds(self) -> tuple[list[float], list[float]]:
        """Return the bounds of how many people go, then of the slacks."""
        most = [float(self.classes.size[k]) for k, _ in self.places]
        low = [0.0] * len(most) + [float(slack.low) for slack in self.face.slacks]
        return low, most + [float(slack.high) for slack in self.face.slacks]

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
        before, number = sum(map(len, self.pieces.values())), first
        for k in self.curved:
            values = self.classes.values[k]
            for _, ways in self.steps:
                z = sum(float(x[self.at[k, w]]) for w in ways if (k, w) in self.at)
                near = round(z) if abs(z - round(z)) < 1e-6 else max(z, 0.0)
                q = min(int(near), len(values) - 1)
                worth = float(self.classes.sum_of(k, q)) + (near - q) * float(values[q])
                if x[number] > worth + 1e-7 * max(1.0, abs(worth)):
                    self._add_piece(self._strict.program, k, q)
                    if near == q and q > 0:
                        self._add_piece(self._strict.program, k, q - 1)
                number += 1
        return sum(map(len, self.pieces.values())) > before

    def shortfall(self, path: tuple[Limit, ...]) -> tuple[Floats, dict[Place, float]] | None:
        """Return multipliers that may show that no plan keeps rows and splits.

        Args:
            path: The splits.

        Returns:
            Duals of the rows and of the splits, as in `Relaxed`, of the program that misses
            rows, sizes of classes and splits by the least; None if there is no answer.

        Raises:
            EngineError: The solver failed.
        """
        if self._missable is None:
            self._missable = self._missing()
        answer = self.engine.solve(self._under(self._missable, path))
        if answer is None:
            return None
        return -answer.dual[: self.face.width], self._missable.priced(answer.dual, path)

    def _missing(self) -> _Splittable:
        """Return the program that may miss every row, size and split, and counts by how much."""
        low, high = self._bounds()
        own = len(low)
        strict = LinearProgram([], [], [])
        self._add_rows(strict)
        self._add_sizes(strict)
        added = 2 * len(strict.row_low) + 2
        program = LinearProgram(
            [0.0] * own + [1.0] * added, low + [0.0] * added, high + [INFINITY] * added
        )
        for r in range(len(strict.row_low)):
            span = slice(strict.start[r], strict.start[r + 1])
            program.add_row(
                strict.row_low[r],
                strict.row_high[r],
                [*strict.index[span], own + 2 * r, own + 2 * r + 1],
                [*strict.coefficient[span], 1.0, -1.0],
            )
        return _Splittable(program, [own + added - 2], [own + added - 1])


@dataclass(frozen=True, slots=True)
class _Splittable:
    """A program that can be solved under any splits.

    Attributes:
        program: Its rows; every split group has two at the end, at least and at most.
        short: Columns that count by how much splits miss what is least.
        over: Columns that count by how much splits miss what is most.
        rows: Of each group and way, the first of its two rows.
    """

    program: LinearProgram
    short: list[int] = field(default_factory=list)
    over: list[int] = field(default_factory=list)
    rows: dict[Place, int] = field(default_factory=dict)

    def add(self, place: Place, counted: list[int]) -> None:
        """Add the rows of a group whose people are counted by these columns."""
        self.rows[place] = len(self.program.row_low)
        ones = [1.0] * len(counted)
        for missed, sign in ((self.short, 1.0), (self.over, -1.0)):
            self.program.add_row(-INFINITY, INFINITY, counted + missed, ones + [sign] * len(missed))

    def under(self, path: Sequence[Limit]) -> LinearProgram:
        """Return the program with the bounds of a path."""
        program = self.program
        low, high = list(program.row_low), list(program.row_high)
        for limit in path:
            row = self.rows[limit.place]
            if limit.low is not None:
                low[row] = max(low[row], float(limit.low))
            if limit.high is not None:
                high[row + 1] = min(high[row + 1], float(limit.high))
        return program.bounded(program.low, program.high, low, high)

    def priced(self, dual: Floats, path: Sequence[Limit]) -> dict[Place, float]:
        """Return the multipliers of the groups of a path."""
        rows = {limit.place: self.rows[limit.place] for limit in path}
        return {place: -float(dual[row] + dual[row + 1]) for place, row in rows.items()}
