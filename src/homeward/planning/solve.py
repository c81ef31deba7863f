"""Finding the optimum of one level, with its proof.

Rules of this file:
- People with equal columns, to whom the same is open, are interchangeable: a level is
  solved over classes, and the people of a class with the largest values go by the ways
  that count them most. This is exact, not a heuristic.
- What so many people of a class add is concave in their number; its linear pieces are
  added as cuts where the solver oversteps them, until it does not (Kelley).
- Everything the solver says is only a hint. Values are recomputed in integers, and a
  level is proved only by multipliers that `certificate` accepts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeward.foundation.errors import EngineError
from homeward.planning.certificate import (
    DEPTH_MAX,
    SAFE,
    Face,
    Ints,
    Worth,
    bound_terms,
    holder_sums,
    most_of,
    weigh,
)
from homeward.planning.classes import Classes
from homeward.planning.engine import Engine
from homeward.planning.relax import Limit, Relaxation

SCALES = (1, 2, 3, 4, 6, 12, 60, 1 << 16, 1 << 24, 1 << 34)
"""Tried in order: multipliers are whole numbers or simple fractions nearly always. The
largest serve few people under a tie-break that stands as a row; others they do not fit."""

NODES_MAX = 3_000
_JSON_SAFE = 1 << 53

Node = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """One level.

    Attributes:
        reached: What the best plan found reaches.
        way: How everybody goes home in it, 0 for staying, else 1 + the way; `(n_people,)`.
        slack: What it takes of each slack.
        level: The level as the certificate states it, without its id; `unproved` stands in
            it, with what no plan exceeds, where the search ended before a proof.
    """

    reached: int
    way: NDArray[np.int32]
    slack: tuple[int, ...]
    level: Node


def solve_level(face: Face, worth: Worth, engine: Engine) -> Solved | None:
    """Maximise one level over a face.

    Args:
        face: What the levels above leave open.
        worth: What people and slacks add.
        engine: The solver.

    Returns:
        The optimum with its proof, or None if the face holds no plan.

    Raises:
        EngineError: The solver failed, or found neither a plan nor that there is none.
    """
    search = _Search(face, worth, engine)
    root = search.run()
    if search.best is None:
        if search.unproved:
            raise EngineError(
                "planning.no_answer",
                "Expected a plan or a proof that there is none, found neither within the limits.",
                hint="Simplify the clauses, or give the solver more time.",
            )
        return None
    y, scale, _, total = search.multipliers(search.root_dual, (), target=search.best.reached)
    sums = holder_sums(face, weigh(face, worth, y, scale))
    level: Node = {
        "value": search.best.reached,
        "bound": {"y": y, "scale": scale, "sums": sums},
    }
    if total // scale > search.best.reached:
        if search.unproved:
            level |= {"unproved": True, "at_most": total // scale}
        else:
            level["tree"] = search.finish(root, ())
    way = search.classes.ways_of(search.best.z)
    return Solved(reached=search.best.reached, way=way, slack=search.best.slack, level=level)


@dataclass(frozen=True, slots=True)
class _Found:
    """A plan over classes: `z[k, w]` people of class k by way w."""

    reached: int
    z: Ints
    slack: tuple[int, ...]


class _Search:
    """Branch and bound over one level's classes."""

    def __init__(self, face: Face, worth: Worth, engine: Engine) -> None:
        self.face, self.worth = face, worth
        self.classes = Classes(face, worth)
        self.relaxation = Relaxation(face, worth, self.classes, engine)
        self.best: _Found | None = None
        self.unproved = False
        self.nodes = 0
        self.root_dual = np.zeros(face.width)

    def run(self) -> Node | None:
        """Search the whole tree; return it."""
        return self._node(())

    def _node(self, path: tuple[Limit, ...]) -> Node | None:
        self.nodes += 1
        if self.nodes > NODES_MAX or len(path) > DEPTH_MAX:
            self.unproved = True
            return None
        answer = self.relaxation.solve(path)
        if answer is None:
            return self._empty(path) or self._split(path, self.relaxation.limits(path)[0])
        if answer.is_cut_short:
            self.unproved = True
        if not path:
            self.root_dual = answer.dual
        self._remember(answer.z, answer.slack)
        if self.best is not None:
            y, scale, branch, total = self.multipliers(answer.dual, path, target=self.best.reached)
            if total // scale <= self.best.reached:
                return {"y": y, "scale": scale, "branch": branch}
        return self._split(path, answer.z)

    def _remember(self, z: NDArray[np.float64], slack: NDArray[np.float64]) -> None:
        """Keep a whole solution that keeps every row, if it is the best so far."""
        whole, taken = np.rint(z).astype(np.int64), np.rint(slack).astype(np.int64)
        if np.abs(z - whole).max(initial=0) > 1e-6 or np.abs(slack - taken).max(initial=0) > 1e-6:
            return
        slacks = tuple(taken.tolist())
        if not self.classes.keeps(whole, slacks):
            return
        reached = self.classes.worth_of(whole, slacks)
        if self.best is None or reached > self.best.reached:
            self.best = _Found(reached, whole, slacks)

    def _split(self, path: tuple[Limit, ...], z: NDArray[np.float64]) -> Node | None:
        low, high = self.relaxation.limits(path)
        whole = np.rint(z)
        distance = np.abs(z - whole)
        if distance.max(initial=0) < 1e-6:
            # A whole solution that its own bound does not close, or a part that is empty
            # only to floats, since multipliers are rounded: any class that may still send
            # more or fewer is split there, in the end to single plans.
            distance = (high - low).astype(float)
        if not distance.size or not distance.max():
            self.unproved = True
            return None
        k, way = np.unravel_index(int(distance.argmax()), distance.shape)
        at, nearest = float(z[k, way]), float(whole[k, way])
        at_most = int(nearest if abs(at - nearest) < 1e-6 else np.floor(at))
        at_most = min(at_most, int(high[k, way]) - 1)
        below = self._node((*path, Limit(int(k), int(way), None, at_most)))
        above = self._node((*path, Limit(int(k), int(way), at_most + 1, None)))
        return {
            "class": self.classes.told[k],
            "way": int(way),
            "at_most": at_most,
            "k": int(k),
            "below": below,
            "above": above,
        }

    def finish(self, node: Node | None, path: tuple[Limit, ...]) -> Node:
        """Return the tree as the certificate states it, with the holders' sums."""
        assert node is not None, "the tree was searched to its end"
        if "class" in node:
            k, way, at_most = node["k"], node["way"], node["at_most"]
            return {
                "class": node["class"],
                "way": way,
                "at_most": at_most,
                "below": self.finish(node["below"], (*path, Limit(k, way, None, at_most))),
                "above": self.finish(node["above"], (*path, Limit(k, way, at_most + 1, None))),
            }
        worths = weigh(self.face, self.worth, node["y"], node["scale"])
        for multiplier, limit in zip(node["branch"], path, strict=True):
            worths[1 + limit.way][self.classes.people(limit.k)] -= multiplier
        return {**node, "sums": holder_sums(self.face, worths)}

    def multipliers(
        self, dual: NDArray[np.float64], path: tuple[Limit, ...], *, target: int
    ) -> tuple[list[int], int, list[int], int]:
        """Round duals to the integers that bound best.

        Args:
            dual: Of the rows.
            path: The splits.
            target: What the best plan found reaches.

        Returns:
            Multipliers of rows, their scale, those of the splits, and the bound at that
            scale. The first scale that meets `target` exactly is taken, else the tightest.
        """
        chosen: tuple[list[int], int, list[int], int] | None = None
        for scale in SCALES:
            y = self._signs(np.rint(dual * scale).tolist())
            found = self._bounded(y, path, scale)
            if found is None:
                continue
            branch, total = found
            if total == scale * target:
                return y, scale, branch, total
            if chosen is None or total * chosen[1] < chosen[3] * scale:
                chosen = (y, scale, branch, total)
        if chosen is None:
            found = self._bounded([], path, 1)
            assert found is not None, "no multipliers lean on no row"
            return [], 1, *found
        return chosen

    def _bounded(
        self, y: list[int], path: tuple[Limit, ...], scale: int
    ) -> tuple[list[int], int] | None:
        """Return the best multipliers of the splits, and the bound; None if it cannot be checked."""
        if not self._safe(y, scale, path):
            return None
        rows = bound_terms(self.face, self.worth, y, scale)
        if rows is None:
            return None
        branch, extra = self._branch(y, path, scale)
        total = rows + self.classes.best_sum(y, extra, scale)
        for multiplier, limit in zip(branch, path, strict=True):
            total += multiplier * ((limit.high if multiplier > 0 else limit.low) or 0)
        if max(abs(rows), abs(total - rows), *map(abs, y), 0) >= _JSON_SAFE:
            return None  # a document holds no larger number
        return branch, total

    def _branch(self, y: list[int], path: tuple[Limit, ...], scale: int) -> tuple[list[int], Ints]:
        """Return a multiplier for each split, and their sum for each class and way.

        A split costs what makes as many people as it allows prefer its way.
        """
        low, high = self.relaxation.limits(path)
        costs = self.classes.costs(y)
        extra = np.zeros_like(costs)
        places = list(dict.fromkeys((limit.k, limit.way) for limit in path))
        for k, way in places * (1 if len(self.face.ways) == 1 else 2):
            extra[k, way] = 0
            lead = self.classes.lead(k, way, costs[k] + extra[k], scale)
            most, least = int(high[k, way]), int(low[k, way])
            if most < len(lead) and lead[most] > 0:
                extra[k, way] = lead[most]
            elif least > 0 and lead[least - 1] < 0:
                extra[k, way] = lead[least - 1]
        branch, told = [], set()
        for limit in path:
            at, multiplier = (limit.k, limit.way), int(extra[limit.k, limit.way])
            bound = limit.high == high[at] if multiplier > 0 else limit.low == low[at]
            branch.append(multiplier if multiplier and bound and at not in told else 0)
            if branch[-1]:
                told.add(at)
        return branch, extra

    def _safe(self, y: list[int], scale: int, path: tuple[Limit, ...]) -> bool:
        """Say whether the checker can add this bound up, and a split's numbers be written."""
        most = most_of(self.face, self.worth, y, scale)
        limit = _JSON_SAFE if path else SAFE  # at the root the sums are looked at
        return 2 * most * (1 + len(path)) * max(1, len(self.face.open)) < limit

    def _signs(self, duals: list[float]) -> list[int]:
        """Drop multipliers that lean on a side with no bound, and zeros at the end."""
        y = [int(dual) for dual in duals]
        own = len(self.face.low)
        for r in range(min(own, len(y))):
            side = self.face.high[r] if y[r] > 0 else self.face.low[r]
            if y[r] and side is None:
                y[r] = 0
        while y and y[-1] == 0:
            y.pop()
        return y

    def _empty(self, path: tuple[Limit, ...]) -> Node | None:
        """Return a leaf that shows that this part of the tree holds no plan, if one does."""
        dual = self.relaxation.shortfall(path)
        if dual is None:
            return None
        for scale in SCALES:
            y = self._signs(np.rint(dual * scale).tolist())
            found = self._bounded(y, path, 0)
            if found is not None and found[1] < 0:
                return {"y": y, "scale": 0, "branch": found[0]}
        return None
