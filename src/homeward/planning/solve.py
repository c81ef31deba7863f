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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
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
from homeward.planning.relax import Limit, Place, Relaxation, Relaxed
from homeward.planning.splits import any_split, best_split

SCALES = (1, 2, 3, 4, 6, 12, 60, 1 << 16, 1 << 24, 1 << 34)
"""Tried in order: multipliers are whole numbers or simple fractions nearly always. The
largest serve few people under a tie-break that stands as a row; others they do not fit."""

_SMALL = 7
_DENOMINATOR_MAX, _TELLING = 1 << 21, 128

NODES_MAX, NODES_OF_TIES, NODES_TO_A_PLAN = 1_000, 200, 5_000
HINT_AT = 10
"""Parts of the tree looked at before a level is left unproved; before a first plan, or the proof
that there is none, more, since else there is no answer at all. A draw between plans that are
equal in all that was agreed is worth fewer, and so is what stands below an unproved level.
The solver's own search is asked for a good plan at `HINT_AT`, or at once where no class adds
unequal numbers: that is quick."""

_JSON_SAFE = 1 << 53
_NEAR = 1e-6

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


def solve_level(
    face: Face,
    worth: Worth,
    engine: Engine,
    *,
    above: Solved | None = None,
    is_tie: bool = False,
) -> Solved | None:
    """Maximise one level over a face.

    Args:
        face: What the levels above leave open.
        worth: What people and slacks add.
        engine: The solver.
        above: The plan of the level above, which this face holds: the search begins with it,
            and has a plan however short it is cut.
        is_tie: Whether the level decides nothing that was agreed, or cannot be the best.

    Returns:
        The optimum with its proof, or None if the face holds no plan.

    Raises:
        EngineError: The solver failed, or found neither a plan nor that there is none.
    """
    search = _Search(face, worth, engine, NODES_OF_TIES if is_tie else NODES_MAX)
    if above is not None:
        search.begin(above)
    root = search.run()
    if search.best is None:
        if search.unproved:
            raise EngineError(
                "planning.no_answer",
                "Expected a plan or a proof that there is none, found neither within the limits.",
                hint="Simplify the clauses, or give the solver more time.",
            )
        return None
    y, scale, _, total = search.multipliers(search.root_dual, {}, (), target=search.best.reached)
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

    def __init__(self, face: Face, worth: Worth, engine: Engine, nodes_max: int) -> None:
        self.face, self.worth, self.nodes_max = face, worth, nodes_max
        self.classes = Classes(face, worth)
        self.relaxation = Relaxation(face, worth, self.classes, engine)
        self.hint_at = HINT_AT if self.relaxation.curved else 1
        self.best: _Found | None = None
        self.unproved = False
        self.nodes = 0
        self.root_dual = np.zeros(face.width)

    def begin(self, plan: Solved) -> None:
        """Keep a plan as the best so far, each class with those of its people who add most."""
        z = self.classes.counts_of(plan.way)
        if self.classes.keeps(z, plan.slack):
            self.best = _Found(self.classes.worth_of(z, plan.slack), z, plan.slack)

    def run(self) -> Node | None:
        """Search the whole tree; return it."""
        return self._node(())

    def _node(self, path: tuple[Limit, ...]) -> Node | None:
        self.nodes += 1
        nodes_max = NODES_TO_A_PLAN if self.best is None else self.nodes_max
        if self.nodes > nodes_max or len(path) > DEPTH_MAX:
            self.unproved = True
            return None
        answer = self.relaxation.solve(path)
        if answer is None:
            return self._empty(path) or self._split(path, None)
        if answer.is_cut_short:
            self.unproved = True
        if not path:
            self.root_dual = answer.dual
        self._remember(answer.z, answer.slack)
        leaf = self._closed(answer, path)
        if (
            leaf is None
            and self.nodes == self.hint_at
            and (whole := self.relaxation.whole()) is not None
        ):
            self._remember(*whole)
            leaf = self._closed(answer, path)
        return leaf or self._split(path, answer)

    def _closed(self, answer: Relaxed, path: tuple[Limit, ...]) -> Node | None:
        """Return a leaf that shows that nothing better is in this part, if its bound does.

        Multipliers of rows with large numbers may be no fractions that a document can hold.
        Then the part is split on, until the splits alone bound it.
        """
        target = None if self.best is None else self.best.reached
        if target is None or answer.bound > target + 1 - _NEAR:
            return None  # no multipliers bound more tightly than those of the relaxation
        leaf = self._leaf(answer, path, target)
        if leaf is None and path and (bare := self.relaxation.solve(path, is_bare=True)):
            leaf = self._leaf(bare, path, target)
        return leaf

    def _leaf(self, answer: Relaxed, path: tuple[Limit, ...], target: int) -> Node | None:
        y, scale, branch, total = self.multipliers(answer.dual, answer.branch, path, target=target)
        return {"y": y, "scale": scale, "branch": branch} if total // scale <= target else None

    def _remember(self, z: NDArray[np.float64], slack: NDArray[np.float64]) -> None:
        """Keep a whole solution that keeps every row, if it is the best so far."""
        whole = np.rint(z).astype(np.int64)
        if np.abs(z - whole).max(initial=0) > 1e-6:
            return
        # What wishes are short of is whole where people are; a share of people is rounded down.
        slacks = tuple(np.floor(slack + 1e-6).astype(np.int64).tolist())
        if not self.classes.keeps(whole, slacks):
            return
        reached = self.classes.worth_of(whole, slacks)
        if self.best is None or reached > self.best.reached:
            self.best = _Found(reached, whole, slacks)

    def _split(self, path: tuple[Limit, ...], answer: Relaxed | None) -> Node | None:
        """Split a part in two where that tells most; None if nothing is left to split."""
        chosen = None if answer is None else best_split(self.relaxation, path, answer)
        # A whole solution that its own bound does not close, or a part that is empty only to
        # floats, since multipliers are rounded: any class that may still send more or fewer is
        # split there, in the end to single plans.
        chosen = chosen or any_split(self.relaxation, path, answer)
        if chosen is None:
            self.unproved = True
            return None
        group, way, at_most = chosen
        return {
            "class": list(group),
            "way": way,
            "at_most": at_most,
            "below": self._node((*path, Limit(group, way, None, at_most))),
            "above": self._node((*path, Limit(group, way, at_most + 1, None))),
        }

    def finish(self, node: Node | None, path: tuple[Limit, ...]) -> Node:
        """Return the tree as the certificate states it, with the holders' sums."""
        assert node is not None, "the tree was searched to its end"
        if "class" in node:
            group, way, at_most = tuple(node["class"]), node["way"], node["at_most"]
            below = self.finish(node["below"], (*path, Limit(group, way, None, at_most)))
            above = self.finish(node["above"], (*path, Limit(group, way, at_most + 1, None)))
            return {**node, "below": below, "above": above}
        worths = weigh(self.face, self.worth, node["y"], node["scale"])
        for multiplier, limit in zip(node["branch"], path, strict=True):
            for k in self.relaxation.members(limit.group).tolist() if multiplier else ():
                worths[1 + limit.way][self.classes.people(k)] -= multiplier
        return {**node, "sums": holder_sums(self.face, worths)}

    def multipliers(
        self,
        dual: NDArray[np.float64],
        branch: Mapping[Place, float],
        path: tuple[Limit, ...],
        *,
        target: int,
    ) -> tuple[list[int], int, list[int], int]:
        """Round duals to the integers that bound best.

        Args:
            dual: Of the rows.
            branch: Of the splits.
            path: The splits.
            target: What the best plan found reaches.

        Returns:
            Multipliers of rows, their scale, those of the splits, and the bound at that
            scale. The first scale that meets `target` exactly is taken, else the tightest.
            Of a part of the tree, the first that does not exceed it is enough.
        """
        chosen: tuple[list[int], int, list[int], int] | None = None
        for scale in _scales([*dual.tolist(), *branch.values()]):
            y = self._signs(np.rint(dual * scale).tolist())
            found = self._bounded(y, path, scale, branch)
            if found is None:
                continue
            prices, total = found
            if total == scale * target or (path and total // scale <= target):
                return y, scale, prices, total
            if chosen is None or total * chosen[1] < chosen[3] * scale:
                chosen = (y, scale, prices, total)
        if chosen is None:
            found = self._bounded([], path, 1, branch)
            assert found is not None, "no multipliers lean on no row"
            return [], 1, *found
        return chosen

    def _bounded(
        self,
        y: list[int],
        path: tuple[Limit, ...],
        scale: int,
        branch: Mapping[Place, float],
        *,
        is_empty: bool = False,
    ) -> tuple[list[int], int] | None:
        """Return the multipliers of the splits, and the bound; None if it cannot be checked.

        Args:
            y: Of the rows.
            path: The splits.
            scale: Of `y`, and what `branch` is brought to.
            branch: Of the splits, as the solver states them.
            is_empty: Bound nothing but rows and splits: no plan is worth anything.
        """
        worth_scale = 0 if is_empty else scale
        if not self._safe(y, worth_scale, path):
            return None
        rows = bound_terms(self.face, self.worth, y, worth_scale)
        if rows is None:
            return None
        least, most = _limits(path)
        prices = {place: round(branch.get(place, 0.0) * scale) for place in least}
        for place, price in prices.items():
            side = most[place] if price > 0 else least[place]
            if side is None:
                prices[place] = 0
        extra = np.zeros(self.classes.can_go.shape, dtype=np.int64)
        for (group, way), price in prices.items():
            extra[self.relaxation.members(group), way] += price
        total = rows + self.classes.best_sum(y, extra, worth_scale)
        for place, price in prices.items():
            total += price * ((most[place] if price > 0 else least[place]) or 0)
        if max(abs(rows), abs(total - rows), *map(abs, y), 0) >= _JSON_SAFE:
            return None  # a document holds no larger number
        if not path and not self._writable(y, worth_scale):
            return None
        return _by_step(path, prices, least, most), total

    def _writable(self, y: list[int], scale: int) -> bool:
        """Say whether a document can hold every holder's sum: they may cancel one another."""
        most = most_of(self.face, self.worth, y, scale)
        if most * len(self.face.open) < _JSON_SAFE:
            return True
        sums = holder_sums(self.face, weigh(self.face, self.worth, y, scale))
        return max(map(abs, sums.values()), default=0) < _JSON_SAFE

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
        missed = self.relaxation.shortfall(path)
        if missed is None:
            return None
        dual, branch = missed
        for scale in _scales([*dual.tolist(), *branch.values()]):
            y = self._signs(np.rint(dual * scale).tolist())
            found = self._bounded(y, path, scale, branch, is_empty=True)
            if found is not None and found[1] < 0:
                return {"y": y, "scale": 0, "branch": found[0]}
        return None


def _scales(duals: Sequence[float]) -> Iterator[int]:
    """Yield the scales to be tried: the small ones, that of the duals as fractions, the large.

    Where a level stands as a row with large numbers, duals are fractions of these. Which ones,
    a float tells only of a small dual; the others are fractions of the same number.
    """
    yield from SCALES[:_SMALL]
    own = 1
    for dual in (dual for dual in duals if abs(dual) < _TELLING):
        own = lcm(own, Fraction(dual).limit_denominator(_DENOMINATOR_MAX).denominator)
        if own > SCALES[-1]:
            break
    else:
        if own not in SCALES:
            yield own
    yield from SCALES[_SMALL:]


def _limits(
    path: tuple[Limit, ...],
) -> tuple[dict[Place, int | None], dict[Place, int | None]]:
    """Return the least and the most that each group of a path sends by its way."""
    least: dict[Place, int | None] = {}
    most: dict[Place, int | None] = {}
    for limit in path:  # a later split of the same group is the tighter one
        least[limit.place] = limit.low if limit.low is not None else least.get(limit.place)
        most[limit.place] = limit.high if limit.high is not None else most.get(limit.place)
    return least, most


def _by_step(
    path: tuple[Limit, ...],
    prices: Mapping[Place, int],
    least: Mapping[Place, int | None],
    most: Mapping[Place, int | None],
) -> list[int]:
    """Return a multiplier for each step: a group's, where the step sets the bound it leans on."""
    found, told = [], set()
    for limit in path:
        price, place = prices[limit.place], limit.place
        sets = limit.high == most[place] if price > 0 else limit.low == least[place]
        found.append(price if sets and place not in told else 0)
        if found[-1]:
            told.add(place)
    return found
