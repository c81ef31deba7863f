"""Where a part of the search is split in two.

Rules of this file:
- A group is everybody who is equal in one column, or in all, or in none: a rank, a flow, a
  category, a class, all people. A bound that a split of single classes would only move from
  class to class is closed by a split of the group.
- Of the groups of which the relaxation sends no whole number, the few that are nearest to a
  half are tried, and the one is taken whose two parts have the lowest bounds.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from homeward.planning.relax import Group, Limit, Relaxation, Relaxed

_TRIED = 8
_NEAR = 1e-6

Split = tuple[Group, int, int]
"""A group, a way, and the most people of one part; the other has at least one more."""


def best_split(relaxation: Relaxation, path: tuple[Limit, ...], answer: Relaxed) -> Split | None:
    """Return the split that lowers the bounds of both parts most, None if all numbers are whole.

    Args:
        relaxation: Of the level.
        path: The splits so far.
        answer: The solution under them.

    Raises:
        EngineError: The solver failed.
    """
    tried = sorted(_broken(relaxation, answer), key=lambda found: found[0])[:_TRIED]
    best: tuple[float, Split] | None = None
    for _, split in tried if len(tried) > 1 else ():
        group, way, at_most = split
        gains = []
        for limit in (Limit(group, way, None, at_most), Limit(group, way, at_most + 1, None)):
            part = relaxation.solve((*path, limit))
            gains.append(float("inf") if part is None else max(answer.bound - part.bound, 0.0))
        score = (min(gains) + _NEAR) * (min(max(gains), 1e12) + _NEAR)
        if best is None or score > best[0]:
            best = score, split
    if best is not None:
        return best[1]
    return tried[0][1] if tried else None


def _broken(relaxation: Relaxation, answer: Relaxed) -> Iterator[tuple[float, Split]]:
    """Yield the groups that are sent in parts, with how far from a half they are."""
    z, told = answer.z, relaxation.told
    nobody: Group = (None,) * told.shape[1]
    for way in range(z.shape[1]):
        yield from _parted(nobody, way, float(z[:, way].sum()))
        for column in range(told.shape[1]):
            values, place = np.unique(told[:, column], return_inverse=True)
            if not 1 < len(values) < len(told):
                continue
            sums = np.bincount(place, weights=z[:, way], minlength=len(values))
            for value, at in zip(values.tolist(), sums.tolist(), strict=True):
                yield from _parted((*nobody[:column], value, *nobody[column + 1 :]), way, at)
        for k in np.flatnonzero(np.abs(z[:, way] - np.rint(z[:, way])) > _NEAR).tolist():
            yield from _parted(tuple(told[k].tolist()), way, float(z[k, way]))


def _parted(group: Group, way: int, at: float) -> Iterator[tuple[float, Split]]:
    most = int(np.floor(at))
    if min(at - most, most + 1 - at) > _NEAR:
        yield round(abs(at - most - 0.5), 6), (group, way, most)


def any_split(
    relaxation: Relaxation, path: tuple[Limit, ...], answer: Relaxed | None
) -> Split | None:
    """Return a split of the class that may still send most more or fewer; None if none may.

    Args:
        relaxation: Of the level.
        path: The splits so far.
        answer: The solution under them, if there is one.
    """
    classes = relaxation.classes
    low = np.zeros(classes.can_go.shape, dtype=np.int64)
    high = np.where(classes.can_go, classes.size[:, None], 0)
    for limit in path:
        members = relaxation.members(limit.group)
        if len(members) == 1:
            at = int(members[0]), limit.way
            low[at] = max(low[at], 0 if limit.low is None else limit.low)
            high[at] = min(high[at], high[at] if limit.high is None else limit.high)
    room = high - low
    if not room.size or room.max() <= 0:
        return None
    k, way = (int(place) for place in np.unravel_index(int(room.argmax()), room.shape))
    sent = low[k, way] if answer is None else round(float(answer.z[k, way]))
    at_most = int(min(max(sent, low[k, way]), high[k, way] - 1))
    return tuple(relaxation.told[k].tolist()), way, at_most
