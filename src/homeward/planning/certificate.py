"""Checking that a plan is optimal, without a solver.

Rules of this file:
- It imports numpy and the standard library, nothing else: it can be read alone.
- Arithmetic is in integers. Numbers that could overflow 64 bits are refused.
- The objectives are checked level by level. At each level the certificate gives one
  integer multiplier for each row, at a scale. Whatever the multipliers are, they bound
  the level from above (weak duality), so a wrong certificate proves too little, never
  too much:

      bound(y) = sum_r (y_r > 0 ? y_r * high_r : y_r * low_r)
               + sum_i max(0, scale * value_i - y . row_i)

  If floor(bound / scale) is what the plan reaches, no plan reaches more.
- Where one bound leaves a gap, the certificate is a tree: it splits on how many people of
  one class (equal columns) go home, at most k or at least k + 1, and every leaf has a
  bound of its own or is shown to be empty (scale 0, a negative bound).
- A level that is proved narrows the next: with gap g = bound - scale * value, whoever's
  |scale * value_i - y . row_i| exceeds g is settled, and a row with multiplier y_r has at
  most g / |y_r| of slack. Where g > 0 the level's value also stands as a row below.
- The sums over people are given by holder, so that a party checks its own share on its
  own list: the bound of another holder's people is the number that holder stated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

SAFE = 1 << 62
DEPTH_MAX = 200
TREE_NODES_MAX = 20_000
"""How deep and how large a tree may be, so that a hostile one cannot keep its reader busy."""


class CertificateError(ValueError):
    """The certificate does not prove what it claims."""


@dataclass(slots=True)
class Face:
    """What is left to decide: rows with bounds, and who is settled.

    Attributes:
        rows: Coefficients, shape `(n_people, n_rows)`.
        low: Least activity of each row, `None` for no bound.
        high: Greatest activity of each row, `None` for no bound.
        settled: Per person 1 (goes), 0 (stays) or -1 (open), shape `(n_people,)`.
        holder: Index of the holder of each person, shape `(n_people,)`.
        holders: Codes of all holders.
        present: Codes of the holders whose people are here.
        values: Values of the levels that stand as rows, each shape `(n_people,)`.
        reached: What those levels reached.
    """

    rows: Ints
    low: list[int | None]
    high: list[int | None]
    settled: NDArray[np.int8]
    holder: NDArray[np.int32]
    holders: tuple[str, ...]
    present: frozenset[str]
    values: list[Ints] = field(default_factory=list)
    reached: list[int] = field(default_factory=list)

    @property
    def width(self) -> int:
        """Number of rows, with the levels that stand as rows."""
        return int(self.rows.shape[1]) + len(self.values)

    def column(self, r: int) -> Ints:
        """Return row r's coefficients: an agreement's row, or a level that stands as one."""
        own = self.rows.shape[1]
        column: Ints = self.rows[:, r] if r < own else self.values[r - own]
        return column


@dataclass(frozen=True, slots=True)
class _Split:
    """One step down the tree: how many of a class go home."""

    people: NDArray[np.bool_]
    low: int | None
    high: int | None


def verify_level(face: Face, value: Ints, level: Mapping[str, Any]) -> Face:
    """Check the proof of one level and return what it leaves open.

    Args:
        face: What the levels above leave open.
        value: What each person adds to this level, shape `(n_people,)`.
        level: `{"value": reached, "bound": multipliers, "tree": only where needed}`.

    Returns:
        The face that holds every plan that reaches `value` on this level.

    Raises:
        CertificateError: The proof does not show that no plan reaches more.
    """
    reached, bound = _integer(level.get("value")), level.get("bound")
    total = _bound(face, value, bound, ())
    scale = _integer(bound["scale"])  # type: ignore[index]
    if scale == 0:
        raise CertificateError("A level is bounded at scale 0, which bounds nothing.")
    gap = total - scale * reached
    if gap < 0:
        raise CertificateError("The plan claims more than any plan can reach.")
    if level.get("unproved") is True:
        # The plan is "feasible" only, and `check_plan` holds it to that word.
        if _integer(level.get("at_most")) != total // scale:
            raise CertificateError("The level states another limit than its bound gives.")
    elif "tree" in level:
        _verify_tree(face, value, reached, level["tree"])
    elif gap >= scale:
        raise CertificateError("The bound leaves room for a better plan.")
    return narrow(face, value, reached, _integers(bound["y"]), scale, gap)  # type: ignore[index]


def narrow(face: Face, value: Ints, reached: int, y: list[int], scale: int, gap: int) -> Face:
    """Return what one bound with a gap (at its scale) leaves open; see the rules above."""
    reduced = scale * value - weigh(face, y)
    settled = face.settled.copy()
    is_open = settled < 0
    settled[is_open & (reduced > gap)] = 1
    settled[is_open & (reduced < -gap)] = 0
    low, high = list(face.low), list(face.high)
    for r, multiplier in enumerate(y[: len(low)]):
        upper, lower = high[r], low[r]
        if multiplier > 0 and upper is not None:
            least = upper - gap // multiplier
            low[r] = least if lower is None else max(lower, least)
        elif multiplier < 0 and lower is not None:
            most = lower + gap // -multiplier
            high[r] = most if upper is None else min(upper, most)
    values, levels = list(face.values), list(face.reached)
    if gap > 0:
        values.append(value)
        levels.append(reached)
    return Face(
        face.rows, low, high, settled, face.holder, face.holders, face.present, values, levels
    )


def bound_terms(face: Face, y: Sequence[int]) -> int | None:
    """Return what the rows add to the bound, or None if a multiplier leans on no bound."""
    total = 0
    width = face.rows.shape[1]
    for r, multiplier in enumerate(y):
        if multiplier == 0:
            continue
        if r >= width:
            total += multiplier * face.reached[r - width]
            continue
        side = face.high[r] if multiplier > 0 else face.low[r]
        if side is None:
            return None
        total += multiplier * side
    return total


def _verify_tree(face: Face, value: Ints, reached: int, root: object) -> None:
    waiting: list[tuple[object, tuple[_Split, ...]]] = [(root, ())]
    for _ in range(TREE_NODES_MAX):
        if not waiting:
            return
        node, path = waiting.pop()
        if not isinstance(node, Mapping) or len(path) > DEPTH_MAX:
            raise CertificateError("The proof has no form that can be checked.")
        if "class" in node:
            below, above = _split(face, node)
            waiting.append((node.get("above"), (*path, above)))
            waiting.append((node.get("below"), (*path, below)))
            continue
        total, scale = _bound(face, value, node, path), _integer(node["scale"])
        if total >= 0 if scale == 0 else total // scale > reached:
            raise CertificateError("A leaf of the proof leaves room for a better plan.")
    raise CertificateError(f"The proof has more than {TREE_NODES_MAX} parts.")


def _split(face: Face, node: Mapping[str, Any]) -> tuple[_Split, _Split]:
    signature, at_most = _integers(node.get("class")), _integer(node.get("at_most"))
    if len(signature) != face.width:
        raise CertificateError("The proof splits on a class that has other columns.")
    people = face.settled < 0
    for r, coefficient in enumerate(signature):
        people = people & (face.column(r) == coefficient)
    return _Split(people, None, at_most), _Split(people, at_most + 1, None)


def _bound(face: Face, value: Ints, proof: object, path: tuple[_Split, ...]) -> int:
    """Return the bound, at its scale, checking the sums of the holders that are here."""
    if not isinstance(proof, Mapping):
        raise CertificateError("The proof has no form that can be checked.")
    y, scale = _integers(proof.get("y")), _integer(proof.get("scale"))
    branch = _integers(proof.get("branch", []))
    if len(y) > face.width or len(branch) > len(path) or scale < 0:
        raise CertificateError("The proof has more multipliers than there are rows.")
    _refuse_overflow(face, value, y, branch, scale)
    total = bound_terms(face, y)
    if total is None:
        raise CertificateError("A multiplier leans on a row that has no such bound.")
    reduced = scale * value - weigh(face, y)
    for multiplier, split in zip(branch, path, strict=False):
        side = split.high if multiplier > 0 else split.low
        if multiplier and side is None:
            raise CertificateError("A multiplier leans on the open side of a split.")
        total += multiplier * (side or 0)
        reduced = reduced - multiplier * split.people
    stated = proof.get("sums")
    if not isinstance(stated, Mapping) or set(stated) != set(face.holders):
        raise CertificateError("The proof does not state a sum for each holder.")
    for code, own in holder_sums(face, reduced).items():
        if _integer(stated[code]) != own:
            raise CertificateError(f"The sum stated for {code} is not that of its list.")
    return total + sum(_integer(number) for number in stated.values())


def holder_sums(face: Face, reduced: Ints) -> dict[str, int]:
    """Return, for each holder whose people are here, what they add to the bound."""
    gains = np.where(face.settled < 0, np.maximum(reduced, 0), reduced * (face.settled > 0))
    return {
        code: int(gains[face.holder == number].sum())
        for number, code in enumerate(face.holders)
        if code in face.present
    }


def weigh(face: Face, y: Sequence[int]) -> Ints:
    """Return y . row_i for every person, shape `(n_people,)`."""
    total = np.zeros(face.rows.shape[0], dtype=np.int64)
    for r, multiplier in enumerate(y):
        if multiplier:
            total += multiplier * face.column(r)
    return total


def _refuse_overflow(
    face: Face, value: Ints, y: Sequence[int], branch: Sequence[int], scale: int
) -> None:
    people = max(1, face.rows.shape[0])
    largest = scale * (int(np.abs(value).max(initial=0)))
    for r, multiplier in enumerate(y):
        largest += abs(multiplier) * int(np.abs(face.column(r)).max(initial=0))
    largest += sum(abs(multiplier) for multiplier in branch)
    if largest * people >= SAFE:
        raise CertificateError("The multipliers are too large to be checked in 64 bits.")


def _integer(value: object) -> int:
    if type(value) is not int or abs(value) >= SAFE:
        raise CertificateError("The certificate holds something else than an integer.")
    return value


def _integers(values: object) -> list[int]:
    if not isinstance(values, list):
        raise CertificateError("The certificate holds something else than integers.")
    return [_integer(value) for value in values]
