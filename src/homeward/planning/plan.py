"""Making a plan: solve level by level, prove each, write it down.

Rules of this file:
- A plan is "optimal" only if every level, the tie-breaks included, carries a proof, and
  each proof is checked here, as its reader will, before the next level is solved.
- What a plan says of itself follows from its moves, so that whoever has only some of the
  lists can still check it.
- The same agreement and the same people give the same bytes, whatever the order of rows.
- Whoever's will is not known yet may be planned, and the move says so; release waits for
  the recorded answer, whatever the plan says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeward.foundation.canonical import seal_document
from homeward.foundation.errors import EngineError
from homeward.planning.certificate import CertificateError, Face, Mask, Worth, verify_level
from homeward.planning.conflicts import explain
from homeward.planning.engine import Engine
from homeward.planning.findings import legal_findings
from homeward.planning.moves import moves_of, written
from homeward.planning.outcome import outcome_of
from homeward.planning.problem import TIES, Problem, compile_problem
from homeward.planning.sequence import Step, batches_of, exposure_of
from homeward.planning.solve import Solved, solve_level
from homeward.terms.agreed import Agreement
from homeward.terms.pool import Pool

FORMAT = "homeward-plan-1"


def make_plan(
    agreement: Agreement, pool: Pool, engine: Engine, *, seed: str | None = None
) -> dict[str, Any]:
    """Plan who goes home.

    Args:
        agreement: What was agreed.
        pool: People held, by each holder.
        engine: The solver.
        seed: What ties are broken by: the seed that both sides drew, or None for the
            hash of the pool.

    Returns:
        The plan as in design 4.3, sealed with `plan_sha256`. `status` is `optimal`,
        `feasible` (with what no plan exceeds) or `infeasible` (with every minimal
        conflict and the repairs).

    Raises:
        RuleError: A veto names more people than agreed.
        EngineError: The solver failed.
    """
    pool_sha256 = pool.sha256()
    drawn = pool_sha256 if seed is None else seed
    problem = compile_problem(agreement, pool, seed=drawn)
    levels, worths, found = _solve(problem, engine)
    head = {
        "format": FORMAT,
        "terms_sha256": agreement.sha256,
        "pool_sha256": pool_sha256,
        "roots": dict(pool.roots),
        "seed": drawn,
        "review": problem.review,
        "phases": problem.phases,
        "could_go": problem.could_go,
    }
    if found is None:
        conflicts, repairs = explain(problem, engine)
        body = {**_NOTHING, "agreement": agreement.id, "conflicts": conflicts, "repairs": repairs}
        return seal_document({**head, **body}, "plan_sha256")
    way = found.way
    batch, steps = batches_of(problem, way)
    moves = written(pool, moves_of(problem, way, batch))
    body = {
        "status": "feasible" if any("unproved" in level for level in levels) else "optimal",
        "moves": moves,
        "certificate": {
            "levels": levels,
            "shares": shares_of(problem, way, worths),
            "slacks": list(found.slack),
        },
        "conflicts": [],
        "repairs": [],
        "legal_findings": legal_findings(problem, way),
        **outcome_of(problem, way, moves),
        "steps": steps,
        **summary_of(problem, moves, levels, steps),
    }
    return seal_document({**head, **body}, "plan_sha256")


_NOTHING: Mapping[str, Any] = {
    "status": "infeasible",
    "moves": [],
    "objectives": [],
    "certificate": {},
    "counts": {},
    "exposure": {},
    "steps": [],
    "legal_findings": [],
    "accounts": [],
    "gates": [],
    "extensions": [],
}


def _solve(
    problem: Problem, engine: Engine
) -> tuple[list[dict[str, Any]], list[Worth], Solved | None]:
    """Solve the levels in order.

    Returns:
        The levels as the certificate states them, what people add to each, and the last
        solution; None for that if there is no plan.
    """
    face = problem.face()
    levels: list[dict[str, Any]] = []
    worths: list[Worth] = []
    found: Solved | None = None
    for name in problem.levels:
        if face is None:
            return [], [], None
        if found is not None and name in TIES and not problem.is_drawn(name, face):
            break  # there is nothing to draw
        worth = problem.worth(name, face)
        is_tie = name in TIES or any("unproved" in level for level in levels)
        found = solve_level(face, worth, engine, above=found, is_tie=is_tie)
        if found is None:
            return [], [], None
        levels.append({"id": name, **found.level})
        worths.append(worth)
        face = _proved(face, worth, levels[-1])
    return levels, worths, found


def _proved(face: Face, worth: Worth, level: Mapping[str, Any]) -> Face:
    try:
        return verify_level(face, worth, level)
    except CertificateError as error:
        raise EngineError(
            "planning.no_proof",
            f"Expected a proof of {level['id']} that can be checked, found none. {error}",
            hint="Simplify the clauses, or plan fewer people at once.",
        ) from error


def summary_of(
    problem: Problem,
    moves: Sequence[Mapping[str, Any]],
    levels: Sequence[Mapping[str, Any]],
    steps: Sequence[Step],
) -> dict[str, Any]:
    """Return what follows from moves, levels and steps alone; `check` recomputes it."""
    senses = {o.id: o.sense for o in problem.agreement.objectives}
    on_flows = Counter(map(itemgetter("holder", "home"), moves))
    return {
        "agreement": problem.agreement.id,
        "objectives": [
            {"id": (name := level["id"]), "value": level["value"] * senses.get(_of(name), 1)}
            for level in levels
        ],
        "counts": {f"{holder} -> {home}": count for (holder, home), count in on_flows.items()},
        "exposure": exposure_of(problem, steps),
    }


def _of(level: str) -> str:
    """Return the objective of a level, which may be of one phase: `phase 2: sum(age)`."""
    return level.rpartition(": ")[2]


def shares_of(
    problem: Problem, way: NDArray[np.int32], worths: Sequence[Worth]
) -> dict[str, dict[str, list[int]]]:
    """Return what each holder's people add to each row and level, so that shares add up."""
    holder = problem.pool.holder[problem.people]
    shares = {}
    for number, code in enumerate(problem.pool.holders):
        own = holder == number
        shares[code] = {
            "rows": problem.activities(way, own),
            "values": [value_of(worth, way, own) for worth in worths],
        }
    return shares


def value_of(worth: Worth, way: NDArray[np.int32], of: Mask) -> int:
    """Return what some people add to a level.

    Args:
        worth: The level.
        way: How everybody goes, shape `(n_people,)`.
        of: Who is counted, shape `(n_people,)`.
    """
    return sum(
        weight * int(worth.people[of & (way == number)].sum())
        for number, weight in enumerate(worth.ways, 1)
        if weight
    )
