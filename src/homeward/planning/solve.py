"""Finding the optimum of one level, with its proof.

Rules of this file:
- People with equal columns are interchangeable: a level is solved over classes, and from
  a class the people with the largest values go. This is exact, not a heuristic.
- The value of sending z people of a class is concave in z; its linear pieces are added
  as cuts where the solver oversteps them, until it does not (Kelley).
- Everything the solver says is only a hint. Values are recomputed in integers, and a
  level is proved only by multipliers that `certificate` accepts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeward.foundation.errors import EngineError
from homeward.planning.certificate import (
    DEPTH_MAX,
    SAFE,
    Face,
    Ints,
    bound_terms,
    holder_sums,
    weigh,
)
from homeward.planning.engine import INFINITY, Engine, LinearProgram

SCALES = (1, 2, 3, 4, 6, 12, 60, 1 << 16, 1 << 24, 1 << 34)
"""Tried in order: multipliers are whole numbers or simple fractions nearly always. The
largest serve few people under a tie-break that stands as a row; others they do not fit."""

NODES_MAX = 3_000
_ROUNDS_MAX = 500
_JSON_SAFE = 1 << 53

Node = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """One level.

    Attributes:
        reached: What the best plan found reaches.
        goes: Who goes home in it, shape `(n_people,)`.
        level: The level as the certificate states it, without its id; `unproved` stands in
            it, with what no plan exceeds, where the search ended before a proof.
    """

    reached: int
    goes: NDArray[np.bool_]
    level: Node


def solve_level(face: Face, value: Ints, engine: Engine) -> Solved | None:
    """Maximise one level over a face.

    Args:
        face: What the levels above leave open.
        value: What each person adds, shape `(n_people,)`.
        engine: The solver.

    Returns:
        The optimum with its proof, or None if the face holds no plan.

    Raises:
        EngineError: The solver failed, or found neither a plan nor that there is none.
    """
    search = _Search(face, value, engine)
    root = search.run()
    if search.best is None:
        if search.unproved:
            raise EngineError(
                "planning.no_answer",
                "Expected a plan or a proof that there is none, found neither within the limits.",
                hint="Simplify the clauses, or give the solver more time.",
            )
        return None
    y, scale, total = search.multipliers(search.root_dual, (), target=search.best)
    level: Node = {"value": search.best, "bound": _leaf(face, value, y, scale)}
    if total // scale > search.best:
        if search.unproved:
            level |= {"unproved": True, "at_most": total // scale}
        else:
            level["tree"] = search.finish(root)
    return Solved(reached=search.best, goes=search.goes(), level=level)


def _leaf(face: Face, value: Ints, y: list[int], scale: int) -> Node:
    return {"y": y, "scale": scale, "sums": holder_sums(face, scale * value - weigh(face, y))}


@dataclass(frozen=True, slots=True)
class _Limit:
    """One split on the way down: class `k` sends at most `high` or at least `low`."""

    k: int
    low: int | None
    high: int | None


@dataclass(slots=True)
class _Search:
    """Branch and bound over one level's classes."""

    face: Face
    value: Ints
    engine: Engine
    best: int | None = None
    best_z: NDArray[np.int64] | None = None
    unproved: bool = False
    nodes: int = 0
    root_dual: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    cuts: set[tuple[int, int]] = field(default_factory=set)
    _open: NDArray[np.int64] = field(init=False)
    _class: NDArray[np.int64] = field(init=False)
    signature: Ints = field(init=False)
    size: NDArray[np.int64] = field(init=False)
    order: NDArray[np.int64] = field(init=False)
    start: NDArray[np.int64] = field(init=False)
    values: list[Ints] = field(init=False)
    prefix: list[Ints] = field(init=False)
    base: list[int] = field(init=False)
    base_value: int = field(init=False)
    largest: list[int] = field(init=False)
    largest_value: int = field(init=False)

    def __post_init__(self) -> None:
        """Collapse the open people into classes."""
        face = self.face
        self._open = np.flatnonzero(face.settled < 0)
        columns = [face.column(r) for r in range(face.width)]
        self._class, first = _classes([c[self._open] for c in columns], len(self._open))
        count = len(first)
        self.signature = np.array(
            [[int(c[self._open[i]]) for c in columns] for i in first], dtype=np.int64
        ).reshape(count, face.width)
        own = self.value[self._open]
        rank = np.lexsort((self._open, -own, self._class))
        self.order = self._open[rank]
        self.size = np.bincount(self._class, minlength=count)
        self.start = np.concatenate([[0], np.cumsum(self.size)])[:-1]
        sorted_values = own[rank]
        self.values = [sorted_values[s : s + n] for s, n in zip(self.start, self.size, strict=True)]
        self.prefix = [np.concatenate([[0], np.cumsum(v)]) for v in self.values]
        gone = face.settled == 1
        self.base = [int(c[gone].sum()) for c in columns]
        self.base_value = int(self.value[gone].sum())
        self.largest = [int(np.abs(c).max(initial=0)) for c in columns]
        self.largest_value = int(np.abs(self.value).max(initial=0))
        for k, n in enumerate(self.size):
            self.cuts |= {(k, 0), (k, int(n) - 1)}

    def run(self) -> Node | None:
        """Search the whole tree; return it."""
        return self._node(())

    def goes(self) -> NDArray[np.bool_]:
        """Return who goes home in the best plan found."""
        assert self.best_z is not None, "asked after a plan was found"
        mask: NDArray[np.bool_] = self.face.settled == 1
        for s, z in zip(self.start, self.best_z, strict=True):
            mask[self.order[s : s + z]] = True
        return mask

    def finish(self, node: Node | None) -> Node:
        """Return the tree as the certificate states it, with the holders' sums."""
        return self._finished(node, ())

    def _finished(self, node: Node | None, path: tuple[_Limit, ...]) -> Node:
        assert node is not None, "the tree was searched to its end"
        if "class" not in node:
            reduced = node["scale"] * self.value - weigh(self.face, node["y"])
            for multiplier, limit in zip(node["branch"], path, strict=True):
                reduced[self.order[self.start[limit.k] :][: self.size[limit.k]]] -= multiplier
            return {**node, "sums": holder_sums(self.face, reduced)}
        k, at_most = node["k"], node["at_most"]
        return {
            "class": node["class"],
            "at_most": at_most,
            "below": self._finished(node["below"], (*path, _Limit(k, None, at_most))),
            "above": self._finished(node["above"], (*path, _Limit(k, at_most + 1, None))),
        }

    def _node(self, path: tuple[_Limit, ...]) -> Node | None:
        self.nodes += 1
        if self.nodes > NODES_MAX or len(path) > DEPTH_MAX:
            self.unproved = True
            return None
        solution = self._relax(path)
        if solution is None:
            return self._empty(path) or self._split(path, self._limits(path)[0].astype(float))
        z, dual = solution
        if not path:
            self.root_dual = dual
        whole = np.rint(z).astype(np.int64)
        if np.abs(z - whole).max(initial=0) < 1e-6 and self._keeps(whole):
            reached = self._worth(whole)
            if self.best is None or reached > self.best:
                self.best, self.best_z = reached, whole
        if self.best is not None:
            y, scale, total = self.multipliers(dual, path, target=self.best)
            if total // scale <= self.best:
                return {"y": y, "scale": scale, "branch": self._branch(y, scale, path)}
        return self._split(path, z)

    def _split(self, path: tuple[_Limit, ...], z: NDArray[np.float64]) -> Node | None:
        low, high = self._limits(path)
        whole = np.rint(z)
        distance = np.abs(z - whole)
        if distance.max(initial=0) < 1e-6:
            # A whole solution that its own bound does not close, or a part that is empty
            # only to floats, since multipliers are rounded: any class that may still send
            # more or fewer is split there, in the end to single plans.
            distance = high - low
        k = int(distance.argmax()) if len(distance) else 0
        if not len(distance) or not distance[k]:
            self.unproved = True
            return None
        at_most = int(whole[k] if abs(z[k] - whole[k]) < 1e-6 else np.floor(z[k]))
        at_most = min(at_most, int(high[k]) - 1)
        below = self._node((*path, _Limit(k, None, at_most)))
        above = self._node((*path, _Limit(k, at_most + 1, None)))
        return {
            "class": [int(c) for c in self.signature[k]],
            "k": k,
            "at_most": at_most,
            "below": below,
            "above": above,
        }

    def _limits(self, path: tuple[_Limit, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        low, high = np.zeros_like(self.size), self.size.copy()
        for limit in path:
            if limit.low is not None:
                low[limit.k] = max(low[limit.k], limit.low)
            if limit.high is not None:
                high[limit.k] = min(high[limit.k], limit.high)
        return low, high

    def _rows(self) -> list[tuple[int, float, float]]:
        """Return row number and residual bounds of every row, levels included."""
        rows = []
        own = self.face.rows.shape[1]
        for r in range(self.face.width):
            low = self.face.low[r] if r < own else self.face.reached[r - own]
            high = self.face.high[r] if r < own else self.face.reached[r - own]
            rows.append(
                (
                    r,
                    -INFINITY if low is None else float(low - self.base[r]),
                    INFINITY if high is None else float(high - self.base[r]),
                )
            )
        return rows

    def _relax(
        self, path: tuple[_Limit, ...]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Solve the relaxation; return z and the duals of the rows, or None if empty."""
        low, high = self._limits(path)
        count = len(self.size)
        if not count:  # everybody is settled: the rows hold or they do not
            return (np.zeros(0), np.zeros(0)) if self._keeps(self.size) else None
        for _ in range(_ROUNDS_MAX):
            program = LinearProgram(
                [0.0] * count + [-1.0] * count,
                [*map(float, low), *[-INFINITY] * count],
                [*map(float, high), *[INFINITY] * count],
            )
            for r, row_low, row_high in self._rows():
                index = np.flatnonzero(self.signature[:, r])
                program.add_row(
                    row_low,
                    row_high,
                    index.tolist(),
                    self.signature[index, r].astype(float).tolist(),
                )
            for k, q in sorted(self.cuts):
                slope = float(self.values[k][q])
                level = float(self.prefix[k][q]) - q * slope
                program.add_row(-INFINITY, level, [count + k, k], [1.0, -slope])
            answer = self.engine.solve(program)
            if answer is None:
                return None
            z = np.clip(answer.x[:count], low, high)
            if not self._overstepped(z, answer.x[count:]):
                return z, -answer.dual[: self.face.width]
        self.unproved = True
        return None

    def _overstepped(self, z: NDArray[np.float64], t: NDArray[np.float64]) -> bool:
        """Add the cuts that this point violates; say whether there were any."""
        before = len(self.cuts)
        for k, n in enumerate(self.size):
            near = np.rint(z[k]) if abs(z[k] - np.rint(z[k])) < 1e-6 else z[k]
            q = min(int(np.floor(near)), int(n) - 1)
            worth = float(self.prefix[k][q]) + (near - q) * float(self.values[k][q])
            if t[k] > worth + 1e-7 * max(1.0, abs(worth)):
                self.cuts.add((k, q))
                if near == q and q > 0:
                    self.cuts.add((k, q - 1))
        return len(self.cuts) > before

    def _keeps(self, z: NDArray[np.int64]) -> bool:
        own = self.face.rows.shape[1]
        for r in range(self.face.width):
            activity = self.base[r] + int(self.signature[:, r] @ z)
            low = self.face.low[r] if r < own else self.face.reached[r - own]
            high = self.face.high[r] if r < own else self.face.reached[r - own]
            if (low is not None and activity < low) or (high is not None and activity > high):
                return False
        return True

    def _worth(self, z: NDArray[np.int64]) -> int:
        return self.base_value + sum(int(self.prefix[k][n]) for k, n in enumerate(z))

    def multipliers(
        self, dual: NDArray[np.float64], path: tuple[_Limit, ...], *, target: int
    ) -> tuple[list[int], int, int]:
        """Round duals to the integers that bound best.

        Returns:
            Multipliers, their scale, and the bound at that scale. The first scale that
            meets `target` exactly is taken, else the tightest.
        """
        chosen: tuple[list[int], int, int] | None = None
        for scale in SCALES:
            y = self._signs([round(float(d) * scale) for d in dual])
            if not self._safe(y, scale, path):
                continue
            total = self._total(y, scale, path)
            if total is None or not self._fits(y, total):
                continue
            if total == scale * target:
                return y, scale, total
            if chosen is None or total * chosen[1] < chosen[2] * scale:
                chosen = (y, scale, total)
        if chosen is None:
            y = []
            total = self._total(y, 1, path)
            assert total is not None, "no multipliers lean on no row"
            return y, 1, total
        return chosen

    def _safe(self, y: list[int], scale: int, path: tuple[_Limit, ...]) -> bool:
        """Say whether the checker can add this bound up, and a split's numbers be written."""
        most = scale * self.largest_value
        most += sum(abs(m) * largest for m, largest in zip(y, self.largest, strict=False))
        limit = _JSON_SAFE if path else SAFE  # at the root `_fits` looks at the numbers
        return most * (1 + len(path)) * max(1, len(self.value)) < limit

    def _fits(self, y: list[int], total: int) -> bool:
        """Say whether every number of this bound can stand in a document."""
        rows = bound_terms(self.face, y) or 0
        return max(abs(rows), abs(total - rows), *map(abs, y), 0) < _JSON_SAFE

    def _signs(self, y: list[int]) -> list[int]:
        """Drop multipliers that lean on a side with no bound, and zeros at the end."""
        own = self.face.rows.shape[1]
        for r in range(min(own, len(y))):
            side = self.face.high[r] if y[r] > 0 else self.face.low[r]
            if y[r] and side is None:
                y[r] = 0
        while y and y[-1] == 0:
            y.pop()
        return y

    def _total(self, y: list[int], scale: int, path: tuple[_Limit, ...]) -> int | None:
        """Return the bound at its scale, class by class; the same number as person by person."""
        total = bound_terms(self.face, y)
        if total is None:
            return None
        total += scale * self.base_value - sum(m * b for m, b in zip(y, self.base, strict=False))
        price = self.signature[:, : len(y)] @ np.array(y, dtype=np.int64)
        low, high = self._limits(path)
        for k, theta in enumerate(price.tolist()):
            n = int(np.searchsorted(-self.values[k] * scale, -theta, side="left"))
            n = min(max(n, int(low[k])), int(high[k]))
            total += scale * int(self.prefix[k][n]) - n * theta
        return int(total)

    def _branch(self, y: list[int], scale: int, path: tuple[_Limit, ...]) -> list[int]:
        """Return the multiplier of each split, so that the bound is that of `_total`."""
        low, high = self._limits(path)
        price = self.signature[:, : len(y)] @ np.array(y, dtype=np.int64)
        multipliers = []
        done: set[tuple[int, bool]] = set()
        for limit in path:
            k, theta = limit.k, int(price[limit.k])
            tight = limit.high == high[k] if limit.high is not None else limit.low == low[k]
            side = (k, limit.high is not None)
            multiplier = 0
            if tight and side not in done:
                done.add(side)
                if limit.high is not None and limit.high < self.size[k]:
                    multiplier = max(0, scale * int(self.values[k][limit.high]) - theta)
                elif limit.low is not None and 0 < limit.low <= self.size[k]:
                    multiplier = min(0, scale * int(self.values[k][limit.low - 1]) - theta)
            multipliers.append(multiplier)
        return multipliers

    def _empty(self, path: tuple[_Limit, ...]) -> Node | None:
        """Return a leaf that shows that this part of the tree holds no plan, if one does."""
        low, high = self._limits(path)
        count, width = len(self.size), self.face.width
        program = LinearProgram(
            [0.0] * count + [1.0] * (2 * width),
            [*map(float, low), *[0.0] * (2 * width)],
            [*map(float, high), *[INFINITY] * (2 * width)],
        )
        for r, row_low, row_high in self._rows():
            index = np.flatnonzero(self.signature[:, r]).tolist()
            weights = self.signature[index, r].astype(float).tolist()
            slack = [count + 2 * r, count + 2 * r + 1]
            program.add_row(row_low, row_high, [*index, *slack], [*weights, 1.0, -1.0])
        answer = self.engine.solve(program)
        if answer is None:
            return None
        for scale in SCALES:
            y = self._signs([round(-float(d) * scale) for d in answer.dual[:width]])
            total = self._total(y, 0, path) if self._safe(y, 0, path) else None
            if total is not None and total < 0:
                return {"y": y, "scale": 0, "branch": self._branch(y, 0, path)}
        return None


def _classes(columns: list[Ints], people: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
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
