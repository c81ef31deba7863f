"""In which order people are handed over, and what a side can lose on the way.

Rules of this file:
- Phases come one after the other; within a phase batches are numbered from 1. Who goes outside
  the bargain (article 109) goes with the first.
- `together`: each side lets all of a phase go at once, in one batch.
- `exposure`, `medical`: the side that has received most against what it gave lets its next batch
  go. So nobody is ever further behind than one batch of the other side, while both have people
  left. In a batch stand those worth most to the exchange, or the gravest cases, first.
- Exposure is what a side has let go beyond what it got, at the worst moment, in people or in
  equivalents where the agreement has a scale. A custodian who has both groups in hand before
  anybody goes on takes it from the sides: all at once, or batch by batch.

Source: T. Sandholm, "Safe exchange planner", ICMAS 2000, for chunks that keep both sides' loss small.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeward.planning.certificate import Ints
from homeward.planning.problem import Problem
from homeward.terms.clauses import Escrow
from homeward.terms.predicate import HEALTH_ORDER

Step = dict[str, Any]
"""`phase`, `batch`, `holder`, and `parts`: `home`, `people`, `value` of each home."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """People of one holder who move at once.

    Attributes:
        people: Places in the problem; empty if the holder's list is not here.
        parts: What goes to each home: `home`, `people`, `value`.
    """

    people: NDArray[np.int64]
    parts: list[dict[str, Any]]


def batches_of(
    problem: Problem, way: NDArray[np.int32], stated: Sequence[Step] = ()
) -> tuple[NDArray[np.int32], list[Step]]:
    """Return in which batch everybody goes, and the steps of the handover.

    Args:
        problem: The agreement applied to the pool.
        way: How everybody goes, 0 for staying, else 1 + the way; shape `(n_people,)`.
        stated: The steps of a plan, for holders whose lists are not here.

    Returns:
        Batches of shape `(n_people,)`, 0 for staying, and the steps in their order. With
        `stated`, equal to it if those steps keep the order agreed.
    """
    batch = np.zeros(len(way), dtype=np.int32)
    steps: list[Step] = []
    for phase in range(1, problem.phases + 1):
        waiting = _own_chunks(problem, way, phase)
        for step in stated:
            if step["phase"] == phase and step["holder"] in problem.travellers.elsewhere:
                nobody = np.zeros(0, dtype=np.int64)
                waiting.setdefault(step["holder"], []).append(Chunk(nobody, step["parts"]))
        for number, holder, chunk in _turns(problem, waiting):
            batch[chunk.people] = number
            steps.append({"phase": phase, "batch": number, "holder": holder, "parts": chunk.parts})
    return batch, steps


def _own_chunks(problem: Problem, way: NDArray[np.int32], phase: int) -> dict[str, list[Chunk]]:
    """Return the people of one phase of each holder whose list is here, in their order."""
    handover, holder = problem.agreement.handover, problem.pool.holder[problem.people]
    value, need = _value(problem), _need(problem)
    phases = np.array([0, *(w.phase for w in problem.ways)])[way]
    found: dict[str, list[Chunk]] = {}
    for number, code in enumerate(problem.pool.holders):
        own = np.flatnonzero((phases == phase) & (holder == number))
        keys = (own, -need[own]) if handover.order == "medical" else (own, -need[own], -value[own])
        ranked = own[np.lexsort(keys)]
        size = handover.batch or max(1, len(ranked))
        found[code] = [
            Chunk(ranked[at : at + size], _parts(problem, ranked[at : at + size], value))
            for at in range(0, len(ranked), size)
        ]
    return found


def _value(problem: Problem) -> Ints:
    """Return what each person counts for in an exchange: remains for nothing."""
    if problem.agreement.equivalents is None:
        units = np.ones(len(problem.people), dtype=np.int64)
    else:
        units = problem.travellers.equivalents[problem.people]
    return units * ~problem.travellers.dead[problem.people]


def _need(problem: Problem) -> Ints:
    column = problem.pool.columns["health"]
    grades = {text: grade for grade, text in enumerate(HEALTH_ORDER)}
    found: Ints = np.array([grades.get(text, -1) for text in column.values] or [-1])
    return found[column.codes][problem.people]


def _parts(problem: Problem, people: NDArray[np.int64], value: Ints) -> list[dict[str, Any]]:
    home = problem.travellers.home[problem.people[people]]
    return [
        {
            "home": problem.travellers.codes[number],
            "people": int((home == number).sum()),
            "value": int(value[people][home == number].sum()),
        }
        for number in np.unique(home).tolist()
    ]


def _turns(
    problem: Problem, waiting: Mapping[str, list[Chunk]]
) -> Iterator[tuple[int, str, Chunk]]:
    """Yield the chunks of a phase in their order: the side that is ahead moves next."""
    left = {code: list(chunks) for code, chunks in sorted(waiting.items()) if chunks}
    if problem.agreement.handover.batch is None:
        yield from ((1, code, chunk) for code, chunks in left.items() for chunk in chunks)
        return
    ahead = dict.fromkeys(map(str, problem.agreement.parties), 0)
    number = 0
    while left:
        code = min(left, key=lambda c: (-ahead[c], -len(left[c]), c))
        chunk = left[code].pop(0)
        if not left[code]:
            del left[code]
        for part in chunk.parts:
            ahead[code] -= part["value"]
            ahead[part["home"]] += part["value"]
        number += 1
        yield number, code, chunk


def exposure_of(problem: Problem, steps: Sequence[Step]) -> dict[str, Any]:
    """Return what a party can lose if it lets its people go and the others do not.

    Args:
        problem: The agreement applied to the pool.
        steps: From `batches_of`.

    Returns:
        `unit`, `order`, `batch`, `custodian`, `by_party` and a `sentence`.
    """
    agreement = problem.agreement
    behind = dict.fromkeys((str(code) for code in problem.holders), 0)
    worst = dict(behind)
    moments: dict[tuple[int, int], list[Step]] = {}
    for step in steps:
        moments.setdefault((step["phase"], step["batch"]), []).append(step)
    for _, at_once in sorted(moments.items()):
        # Of what goes at once, the worst is that ours has gone and theirs has not.
        for step in at_once:
            behind[step["holder"]] += sum(part["value"] for part in step["parts"])
            worst[step["holder"]] = max(worst[step["holder"]], behind[step["holder"]])
        for part in (part for step in at_once for part in step["parts"]):
            if part["home"] in behind:
                behind[part["home"]] -= part["value"]
    escrow = next((c for c in agreement.clauses if isinstance(c, Escrow)), None)
    unit = "people" if agreement.equivalents is None else "equivalents"
    return {
        "unit": unit,
        "order": agreement.handover.order,
        "batch": agreement.handover.batch,
        "custodian": None if escrow is None else escrow.custodian,
        "by_party": worst,
        "sentence": _sentence(
            max(worst.values(), default=0), unit, escrow, agreement.handover.batch
        ),
    }


def _sentence(most: int, unit: str, escrow: Escrow | None, batch: int | None) -> str:
    how = "All of a phase go in one batch" if batch is None else f"{batch} people go at a time"
    if escrow is not None:
        until = {
            "all_or_nothing": "nobody goes on before everybody is in its hands",
            "batch": "nobody of a batch goes on before both sides' batch is in its hands",
        }[escrow.release]
        return (
            f"{how}. {escrow.custodian} is custodian: {until}. Without it a party that lets its "
            f"people go and gets nobody back would be at most {most} {unit} behind."
        )
    return (
        f"{how}: a party that lets its people go and gets nobody back "
        f"is at most {most} {unit} behind."
    )
