"""The moves of a plan: one a person, written and read form by form.

Rules of this file:
- A form is all that a move says but the reference. Many people move by few forms, so what a form
  says is decided once, and people are held against numbers.
- Moves stand by holder and reference, which is the order of the pool.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeward.planning.classes import grouped
from homeward.planning.problem import Problem
from homeward.planning.ways import REMAINS, Way
from homeward.terms.pool import Pool

Move = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Moves:
    """Who moves, and how.

    Attributes:
        people: Index in the pool, shape `(n_moves,)`.
        number: Which form each has, shape `(n_moves,)`.
        forms: What moves say, the reference left out.
    """

    people: NDArray[np.int64]
    number: NDArray[np.int64] | NDArray[np.int32]
    forms: list[dict[str, Any]]

    def same(self, other: Moves) -> bool:
        """Say whether the same people move by the same forms, however these are numbered."""
        if not np.array_equal(self.people, other.people):
            return False
        pairs = np.unique(self.number.astype(np.int64) * len(other.forms) + other.number)
        places = (divmod(pair, len(other.forms)) for pair in pairs.tolist())
        return all(self.forms[own] == other.forms[theirs] for own, theirs in places)


def moves_of(problem: Problem, way: NDArray[np.int32], batch: NDArray[np.int32]) -> Moves:
    """Return who moves in a solution.

    Args:
        problem: The agreement applied to the pool.
        way: How everybody goes, 0 for staying, else 1 + the way; shape `(n_people,)`.
        batch: In which batch of the phase, shape `(n_people,)`.
    """
    pool, travellers = problem.pool, problem.travellers
    sent, countries = travellers.destinations()
    going = np.flatnonzero(way)
    people = np.concatenate([problem.people[going], problem.owed])
    order = np.argsort(people, kind="stable")
    people = people[order]
    by = np.concatenate([way[going], np.zeros(len(problem.owed), dtype=np.int32)])[order]
    batches = np.concatenate([batch[going], np.ones(len(problem.owed), dtype=np.int32)])[order]
    ways = (Way(basis="article_109"), *problem.ways)
    asked = np.array([w.basis == REMAINS for w in ways])[by]
    asked |= ~pool.text("consent", lambda text: text in {"unknown", ""})[people]
    cells = [pool.holder[people], travellers.home[people], sent[people], by, batches, asked]
    number, one = grouped(cells, np.arange(len(people)))
    forms = []
    for holder, home, destination, w, in_batch, is_asked in np.stack(
        [of[one] for of in cells], axis=1
    ).tolist():
        form = {
            "holder": pool.holders[holder],
            "home": travellers.codes[home],
            "destination": countries[destination],
            "phase": ways[w].phase,
            "batch": in_batch,
            "basis": ways[w].basis,
        }
        form |= {"account": ways[w].account} if ways[w].account else {}
        forms.append(form if is_asked else {**form, "flags": ["ask"]})
    return Moves(people, number, forms)


def written(pool: Pool, moves: Moves) -> list[dict[str, Any]]:
    """Return moves as a plan states them."""
    people, number = moves.people.tolist(), moves.number.tolist()
    return [{**moves.forms[k], "ref": pool.refs[i]} for i, k in zip(people, number, strict=True)]


def read_moves(pool: Pool, stated: Sequence[Move]) -> Moves | None:
    """Return what a plan states of people on the lists that are here.

    Args:
        pool: People held.
        stated: Of these holders, by holder and reference, each person once.

    Returns:
        The moves, or None if one is of somebody who is on no list.

    Raises:
        LookupError, TypeError: A move has another form than moves have.
    """
    first = np.searchsorted(pool.holder, np.arange(len(pool.holders) + 1)).tolist()
    is_there = np.zeros(pool.size, dtype=bool)
    for n, code in enumerate(pool.holders):
        low, high = (side(stated, code, key=_HOLDER) for side in (bisect_left, bisect_right))
        refs, span = set(map(_REF, stated[low:high])), slice(first[n], first[n + 1])
        is_there[span] = list(map(refs.__contains__, pool.refs[span]))
    people = np.flatnonzero(is_there)
    if len(people) != len(stated):
        return None
    places: dict[Any, int] = {}
    shortest = 1 + len(_PARTS)
    at = [
        places.setdefault(_parts(move) if len(move) == shortest else _told(move), i)
        for i, move in enumerate(stated)
    ]
    one_of_each, number = np.unique(np.array(at, dtype=np.int64), return_inverse=True)
    forms = [{key: v for key, v in stated[i].items() if key != "ref"} for i in one_of_each.tolist()]
    return Moves(people, number, forms)


_HOLDER, _REF = itemgetter("holder"), itemgetter("ref")
_PARTS = ("holder", "home", "destination", "phase", "batch", "basis")
"""What every move says, beside the reference."""
_parts = itemgetter(*_PARTS)


def _told(move: Move) -> tuple[Any, ...]:
    """Return what tells the form of a move that says more from others."""
    flags = move.get("flags")
    return (
        *_parts(move),
        move.get("account"),
        None if flags is None else (type(flags), *flags),
        len(move),
    )
