"""Who on one list is perhaps one person.

Rules of this file:
- The list is compared with itself by the same engine, levels and weights as two lists are.
- It is a hint for the list's owner, and nobody is merged.
- Few people stand twice on a list: every pair begins with weight for two people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from homeward.matching.columns import Columns, columns_of
from homeward.matching.engine import Limits, link
from homeward.matching.match import Pair, Proposals, decide
from homeward.matching.model import Model, shipped_model
from homeward.records.model import PersonRecord

EXPECTED_SHARE: Final = 0.02
"""The share of a list's people who are expected on it twice, before it is looked at."""

LEAST_PROBABILITY: Final = 0.9
"""Below it two rows are not said to be one person's."""


def duplicates(records: Iterable[PersonRecord]) -> list[tuple[str, str]]:
    """Find the likely duplicates inside one list.

    Args:
        records: People with distinct references.

    Returns:
        Pairs of references: the first of those who are alike, with each of the others, in
        the order of the list.

    Raises:
        EngineError: Memory failed.
    """
    people = list(records)
    place = {record.ref: n for n, record in enumerate(people)}
    first = list(range(len(people)))

    def root(n: int) -> int:
        while first[n] != n:
            first[n] = n = first[first[n]]
        return n

    for pair in duplicate_pairs(people):
        one, other = sorted((root(place[pair.wanted_ref]), root(place[pair.held_ref])))
        first[other] = one
    return [(people[root(n)].ref, people[n].ref) for n in range(len(people)) if root(n) != n]


def duplicate_pairs(
    records: Iterable[PersonRecord], *, limits: Limits | None = None
) -> tuple[Pair, ...]:
    """Propose pairs of rows of one list that are probably one person's, with reasons.

    Args:
        records: People with distinct references.
        limits: Of memory and folders, as for `match.propose`.

    Returns:
        Pairs with a probability of at least `LEAST_PROBABILITY`, best first; `wanted_ref` and
        `held_ref` are the two rows' references.

    Raises:
        EngineError: Memory or disk failed.
    """
    columns = columns_of(records)
    if len(columns.refs) < 2:
        return ()
    found = propose_duplicates(columns, limits=limits)
    return tuple(
        of_one_list(pair) for pair in found.pairs() if pair.probability >= LEAST_PROBABILITY
    )


def propose_duplicates(
    columns: Columns,
    *,
    model: Model | None = None,
    limits: Limits | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Proposals:
    """Weigh the rows of one list, made ready, against each other.

    Args:
        columns: The list; two rows or more.
        model: Where the weights begin; the shipped model if None.
        limits: Of memory and folders.
        progress: Called with (steps done, steps in all).

    Returns:
        The proposals, of any probability; `of_one_list` puts their reasons right.

    Raises:
        EngineError: Memory or disk failed.
    """
    model = (model or shipped_model()).with_overlap(EXPECTED_SHARE)
    scored = link(columns, columns, limits=limits, model=model, progress=progress)
    return decide(columns, columns, scored)


def of_one_list(pair: Pair) -> Pair:
    """Return a pair whose reasons speak of two rows instead of two lists."""
    reasons = (
        replace(reason, sentence=reason.sentence.replace("on both lists", "in both rows"))
        for reason in pair.reasons
    )
    return replace(pair, reasons=tuple(reasons))
