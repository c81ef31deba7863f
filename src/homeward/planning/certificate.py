"""Checking that a plan is optimal, without a solver.

Rules of this file:
- It imports numpy and the standard library, nothing else: it can be read alone.
- Arithmetic is in integers. Numbers that could overflow 64 bits are refused.
- Everybody stays, or goes home by one way (a phase, an account). What is open to somebody
  is a row of `Face.open`: first staying, then each way.
- The objectives are checked level by level. At each level the certificate gives one
  integer multiplier for each row, at a scale. Whatever the multipliers are, they bound
  the level from above (weak duality), so a wrong certificate proves too little, never
  too much:

      bound(y) = sum_r (y_r > 0 ? y_r * high_r : y_r * low_r)
               + sum_s max over low_s <= k <= high_s of k * (scale * value_s - y . row_s)
               + sum_i max over what is open to i of (scale * value_iw - y . row_iw), 0 to stay

  with s the slacks (what a wish is short of) and w the ways. If floor(bound / scale) is
  what the plan reaches, no plan reaches more.
- Where one bound leaves a gap, the certificate is a tree: it splits on how many people of
  one group (equal in the columns named, with more than one thing open to them) go home by
  one way, at most k or at least k + 1, and every leaf has a bound of its own or is shown to
  be empty (scale 0, a negative bound).
- A level that is proved narrows the next: with gap g = bound - scale * value, whatever is
  worth more than g less than the best that is open to somebody is closed to them; a row
  with multiplier y_r stays within g / |y_r| of its bound, and so does a slack. Where g > 0
  the level's value also stands as a row below.
- The sums over people are given by holder, so that a party checks its own share on its
  own list: the bound of another holder's people is the number that holder stated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

SAFE = 1 << 62
CLOSED = -(1 << 62)
"""What is not open to somebody is worth less than anything that can be checked."""
DEPTH_MAX = 200
TREE_NODES_MAX = 20_000
"""How deep and how large a tree may be, so that a hostile one cannot keep its reader busy."""


class CertificateError(ValueError):
    """The certificate does not prove what it claims."""


@dataclass(frozen=True)
class Worth:
    """What a plan reaches on a level.

    Person i who goes by way w adds `people[i] * ways[w]`, each unit of slack s adds `slacks[s]`.
    """

    people: Ints
    ways: tuple[int, ...]
    slacks: tuple[int, ...] = ()

    @cached_property
    def largest(self) -> int:
        """The greatest absolute value of what a person adds by a way of weight 1."""
        return int(np.abs(self.people).max(initial=0))

    def slack(self, s: int) -> int:
        """Return what a unit of slack s adds."""
        return self.slacks[s] if s < len(self.slacks) else 0


@dataclass(frozen=True, slots=True)
class Slack:
    """A whole number from `low` to `high` that a plan chooses; a unit adds `rows[r]` to row r."""

    low: int
    high: int
    rows: Mapping[int, int]


@dataclass(slots=True, kw_only=True)
class Face:
    """What is left to decide.

    Attributes:
        kind: Of which kind each person is, shape `(n_people,)`: rows count people of one kind alike.
        columns: What rows are made of, a number for each kind, shape `(n_columns, n_kinds)`.
        ways: How often a way counts a column in a row, shape `(n_ways, n_rows, n_columns)`.
        low: Least activity of each row, `None` for no bound.
        high: Greatest activity of each row, `None` for no bound.
        open: What is open to each person, shape `(n_people, 1 + n_ways)`: staying, each way.
        slacks: What rows may be short of.
        holder: Index of the holder of each person, shape `(n_people,)`.
        holders: Codes of all holders.
        present: Codes of the holders whose people are here.
        worths: Levels that stand as rows, after the agreement's rows.
        reached: What those levels reached.
    """

    kind: NDArray[np.int32]
    columns: Ints
    ways: Ints
    low: list[int | None]
    high: list[int | None]
    open: Mask
    slacks: tuple[Slack, ...]
    holder: NDArray[np.int32]
    holders: tuple[str, ...]
    present: frozenset[str]
    worths: list[Worth] = field(default_factory=list)
    reached: list[int] = field(default_factory=list)
    largest: list[int] = field(default_factory=list)
    """The greatest absolute value of each column; found once."""

    def __post_init__(self) -> None:
        """Look for what is greatest."""
        if not self.largest:
            self.largest = np.abs(self.columns).max(axis=1, initial=0).tolist()

    @property
    def width(self) -> int:
        """Number of rows, with the levels that stand as rows."""
        return len(self.low) + len(self.worths)

    def undecided(self, *, ways_only: bool = False) -> Mask:
        """Return to whom more than one thing, or one way home, is open, shape `(n_people,)`."""
        found = np.zeros(len(self.open), dtype=np.int32)
        for way in range(int(ways_only), self.open.shape[1]):
            found += self.open[:, way]
        more: Mask = found > 1
        return more

    def slack_in(self, r: int, s: int) -> int:
        """Return what a unit of slack s adds to row r."""
        own = len(self.low)
        return self.slacks[s].rows.get(r, 0) if r < own else self.worths[r - own].slack(s)


@dataclass(frozen=True, slots=True)
class _Split:
    """One step down the tree: how many of a group go home by a way."""

    people: Mask
    way: int
    low: int | None
    high: int | None


def verify_level(face: Face, worth: Worth, level: Mapping[str, Any]) -> Face:
    """Check the proof of one level and return what it leaves open.

    Args:
        face: What the levels above leave open.
        worth: What people and slacks add to this level.
        level: `{"value": reached, "bound": multipliers, "tree": only where needed}`.

    Returns:
        The face that holds every plan that reaches `value` on this level.

    Raises:
        CertificateError: The proof does not show that no plan reaches more.
    """
    reached, bound = _integer(level.get("value")), level.get("bound")
    total, worths = _bound(face, worth, bound, ())
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
        _verify_tree(face, worth, reached, level["tree"])
    elif gap >= scale:
        raise CertificateError("The bound leaves room for a better plan.")
    y = _integers(bound["y"])  # type: ignore[index]
    slacks = zip(face.slacks, _each(face, worth, y, scale), strict=True)
    left = _narrow(face, worth, reached, y, gap, worths)
    return replace(left, slacks=tuple(_tightened(slack, each, gap) for slack, each in slacks))


def _narrow(
    face: Face, worth: Worth, reached: int, y: list[int], gap: int, worths: list[Ints]
) -> Face:
    """Return what one bound with a gap (at its scale) leaves open; see the rules above."""
    least = _best(face, worths) - gap
    is_open = np.stack([own >= least for own in worths]).T & face.open  # a way lies together
    low, high = list(face.low), list(face.high)
    for r, multiplier in enumerate(y[: len(low)]):
        upper, lower = high[r], low[r]
        if multiplier > 0 and upper is not None:
            fewest = upper - gap // multiplier
            low[r] = fewest if lower is None else max(lower, fewest)
        elif multiplier < 0 and lower is not None:
            most = lower + gap // -multiplier
            high[r] = most if upper is None else min(upper, most)
    levels, values = list(face.worths), list(face.reached)
    if gap > 0:
        levels.append(worth)
        values.append(reached)
    return replace(face, low=low, high=high, open=is_open, worths=levels, reached=values)


def bound_terms(face: Face, worth: Worth, y: Sequence[int], scale: int) -> int | None:
    """Return what rows and slacks add to the bound; None if a multiplier leans on no bound."""
    total, own = 0, len(face.low)
    for r, multiplier in enumerate(y):
        if multiplier == 0:
            continue
        if r >= own:
            total += multiplier * face.reached[r - own]
            continue
        side = face.high[r] if multiplier > 0 else face.low[r]
        if side is None:
            return None
        total += multiplier * side
    for slack, each in zip(face.slacks, _each(face, worth, y, scale), strict=True):
        total += max(each * slack.low, each * slack.high)
    return total


def _each(face: Face, worth: Worth, y: Sequence[int], scale: int) -> list[int]:
    """Return what a unit of each slack is worth under multipliers."""
    return [
        scale * worth.slack(s) - sum(m * face.slack_in(r, s) for r, m in enumerate(y))
        for s in range(len(face.slacks))
    ]


def _tightened(slack: Slack, each: int, gap: int) -> Slack:
    """Return what a gap leaves of a slack: every unit off its best end costs `each`."""
    if each > 0:
        return replace(slack, low=max(slack.low, slack.high - gap // each))
    if each < 0:
        return replace(slack, high=min(slack.high, slack.low + gap // -each))
    return slack


def _verify_tree(face: Face, worth: Worth, reached: int, root: object) -> None:
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
        (total, _), scale = _bound(face, worth, node, path), _integer(node["scale"])
        if total >= 0 if scale == 0 else total // scale > reached:
            raise CertificateError("A leaf of the proof leaves room for a better plan.")
    raise CertificateError(f"The proof has more than {TREE_NODES_MAX} parts.")


def told_apart(face: Face) -> list[NDArray[Any]]:
    """Return what tells people of one kind apart: those who are equal in all are one class."""
    by_way = [face.open[:, way] for way in range(face.open.shape[1])]
    return [*(worth.people for worth in face.worths), *by_way]


def _split(face: Face, node: Mapping[str, Any]) -> tuple[_Split, _Split]:
    group, at_most = node.get("class"), _integer(node.get("at_most"))
    way, apart, own = _integer(node.get("way")), told_apart(face), len(face.columns)
    if not isinstance(group, list) or len(group) != own + len(apart):
        raise CertificateError("The proof splits on a group that has other columns.")
    if not 0 <= way < len(face.ways):
        raise CertificateError("The proof splits on a way that nobody goes.")
    kinds = np.ones(face.columns.shape[1], dtype=bool)
    for column, value in zip(face.columns, group[:own], strict=True):
        if value is not None:
            kinds &= column == _integer(value)
    people: Mask = kinds[face.kind] & face.undecided()
    for column, value in zip(apart, group[own:], strict=True):
        if value is not None:
            people &= column == _integer(value)
    return _Split(people, way, None, at_most), _Split(people, way, at_most + 1, None)


def _bound(
    face: Face, worth: Worth, proof: object, path: tuple[_Split, ...]
) -> tuple[int, list[Ints]]:
    """Return the bound at its scale, and what each way is worth; the sums stated are checked."""
    if not isinstance(proof, Mapping):
        raise CertificateError("The proof has no form that can be checked.")
    y, scale = _integers(proof.get("y")), _integer(proof.get("scale"))
    branch = _integers(proof.get("branch", []))
    if len(y) > face.width or len(branch) > len(path) or scale < 0:
        raise CertificateError("The proof has more multipliers than there are rows.")
    _refuse_overflow(face, worth, y, branch, scale)
    total = bound_terms(face, worth, y, scale)
    if total is None:
        raise CertificateError("A multiplier leans on a row that has no such bound.")
    worths = weigh(face, worth, y, scale)
    for multiplier, split in zip(branch, path, strict=False):
        side = split.high if multiplier > 0 else split.low
        if multiplier and side is None:
            raise CertificateError("A multiplier leans on the open side of a split.")
        total += multiplier * (side or 0)
        worths[1 + split.way] -= multiplier * split.people
    stated = proof.get("sums")
    if not isinstance(stated, Mapping) or set(stated) != set(face.holders):
        raise CertificateError("The proof does not state a sum for each holder.")
    for code, own in holder_sums(face, worths).items():
        if _integer(stated[code]) != own:
            raise CertificateError(f"The sum stated for {code} is not that of its list.")
    return total + sum(_integer(number) for number in stated.values()), worths


def holder_sums(face: Face, worths: Sequence[Ints]) -> dict[str, int]:
    """Return, for each holder whose people are here, what they add to the bound at most.

    Args:
        face: Who is held by whom, and what is open to them.
        worths: From `weigh`.

    Returns:
        Holder -> sum over its people of the best that is open to each.
    """
    best = _best(face, worths)
    return {
        code: int(best[face.holder == number].sum())
        for number, code in enumerate(face.holders)
        if code in face.present
    }


def _best(face: Face, worths: Sequence[Ints]) -> Ints:
    """Return what the best that is open to each person is worth."""
    best = np.full(len(face.open), CLOSED)
    for at, own in enumerate(worths):
        np.maximum(best, own, out=best, where=face.open[:, at])
    return best


def weigh(face: Face, worth: Worth, y: Sequence[int], scale: int) -> list[Ints]:
    """Return what staying and each way is worth to everybody under multipliers.

    Args:
        face: The rows.
        worth: The level.
        y: One multiplier for each row, the last may be left out.
        scale: Of the multipliers.

    Returns:
        1 + n_ways arrays of shape `(n_people,)`: 0 for staying, then
        `scale * value - y . row` for each way.
    """
    own = len(face.low)
    rows = np.array(y[:own], dtype=np.int64)
    found = [np.zeros(len(face.open), dtype=np.int64)]
    for way, factors in enumerate(face.ways):
        total = scale * worth.ways[way] * worth.people
        costs = rows @ factors[: len(rows)] @ face.columns
        if costs.any():
            total -= costs[face.kind]
        for multiplier, level in zip(y[own:], face.worths, strict=False):
            if multiplier and level.ways[way]:
                total = total - multiplier * level.ways[way] * level.people
        found.append(total)
    return found


def most_of(face: Face, worth: Worth, y: Sequence[int], scale: int) -> int:
    """Return a number that no person's worth under multipliers exceeds, either side of 0."""
    most = scale * max(map(abs, worth.ways)) * worth.largest
    own = len(face.low)
    for r, multiplier in enumerate(y):
        if multiplier and r < own:
            each = np.abs(face.ways[:, r, :]).max(axis=0, initial=0).tolist()
            row = sum(factor * large for factor, large in zip(each, face.largest, strict=True))
            most += abs(multiplier) * row
        elif multiplier:
            level = face.worths[r - own]
            row = max(map(abs, level.ways)) * level.largest
            most += abs(multiplier) * row
    return most


def _refuse_overflow(
    face: Face, worth: Worth, y: Sequence[int], branch: Sequence[int], scale: int
) -> None:
    most = most_of(face, worth, y, scale) + sum(map(abs, branch))
    if most * max(1, len(face.open)) >= SAFE:
        raise CertificateError("The multipliers are too large to be checked in 64 bits.")


def _integer(value: object) -> int:
    if type(value) is not int or abs(value) >= SAFE:
        raise CertificateError("The certificate holds something else than an integer.")
    return value


def _integers(values: object) -> list[int]:
    if not isinstance(values, list):
        raise CertificateError("The certificate holds something else than integers.")
    return [_integer(value) for value in values]
