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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeward.foundation.canonical import seal_document
from homeward.foundation.errors import EngineError
from homeward.planning.certificate import CertificateError, Face, Mask, Worth, verify_level
from homeward.planning.conflicts import explain
from homeward.planning.engine import Engine
from homeward.planning.findings import legal_findings
from homeward.planning.problem import TIES, Problem, Way, compile_problem
from homeward.planning.solve import solve_level
from homeward.terms.agreement import Agreement
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
    levels, worths, way = _solve(problem, engine)
    head = {
        "format": FORMAT,
        "terms_sha256": agreement.sha256,
        "pool_sha256": pool_sha256,
        "roots": dict(pool.roots),
        "seed": drawn,
        "review": problem.review,
    }
    if way is None:
        conflicts, repairs = explain(problem, engine)
        body = {**_NOTHING, "agreement": agreement.id, "conflicts": conflicts, "repairs": repairs}
        return seal_document({**head, **body}, "plan_sha256")
    moves = moves_of(problem, way)
    body = {
        "status": "feasible" if any("unproved" in level for level in levels) else "optimal",
        "moves": moves,
        "certificate": {"levels": levels, "shares": shares_of(problem, way, worths)},
        "conflicts": [],
        "repairs": [],
        "legal_findings": legal_findings(problem, way > 0),
        **summary_of(problem, moves, levels),
    }
    return seal_document({**head, **body}, "plan_sha256")


_NOTHING: Mapping[str, Any] = {
    "status": "infeasible",
    "moves": [],
    "objectives": [],
    "certificate": {},
    "counts": {},
    "exposure": {},
    "legal_findings": [],
}


def _solve(
    problem: Problem, engine: Engine
) -> tuple[list[dict[str, Any]], list[Worth], NDArray[np.int32] | None]:
    """Solve the levels in order.

    Returns:
        The levels as the certificate states them, what people add to each, and how
        everybody goes; None for that if there is no plan.
    """
    face = problem.face()
    levels: list[dict[str, Any]] = []
    worths: list[Worth] = []
    way: NDArray[np.int32] | None = None
    for name in problem.levels:
        if face is None:
            return [], [], None
        if way is not None and name in TIES and not (face.open.sum(axis=1) > 1).any():
            break  # one plan is left: there is nothing to draw
        worth = problem.worth(name, face)
        solved = solve_level(face, worth, engine)
        if solved is None:
            return [], [], None
        way = solved.way
        levels.append({"id": name, **solved.level})
        worths.append(worth)
        face = _proved(face, worth, levels[-1])
    return levels, worths, way


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
    problem: Problem, moves: Sequence[Mapping[str, Any]], levels: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what follows from moves and levels alone; `check` recomputes it."""
    senses = {o.id: o.sense for o in problem.agreement.objectives}
    return {
        "agreement": problem.agreement.id,
        "objectives": [
            {"id": level["id"], "value": level["value"] * senses.get(level["id"], 1)}
            for level in levels
        ],
        "counts": dict(Counter(f"{move['holder']} -> {move['home']}" for move in moves)),
        "exposure": exposure_of(problem.holders, moves),
    }


def moves_of(problem: Problem, way: NDArray[np.int32]) -> list[dict[str, Any]]:
    """Return one move a person, by holder and reference.

    Args:
        problem: The agreement applied to the pool.
        way: How everybody goes, 0 for staying, else 1 + the way; shape `(n_people,)`.
    """
    pool, builder = problem.pool, problem.builder
    unasked = pool.text("consent", lambda text: text in {"unknown", ""}).tolist()
    homes, holders = builder.home.tolist(), pool.holder.tolist()  # one by one, lists are faster
    ways = way.tolist()
    moving = [
        (int(person), problem.ways[ways[i] - 1])
        for i, person in enumerate(problem.people)
        if ways[i]
    ]
    moving += [(int(i), Way(basis="article_109")) for i in problem.owed]
    moves = []
    for person, by in sorted(moving, key=lambda row: row[0]):
        home = builder.codes[homes[person]]
        move: dict[str, Any] = {
            "ref": pool.refs[person],
            "holder": pool.holders[holders[person]],
            "home": home,
            "destination": home,
            "phase": by.phase,
            "batch": 1,
            "basis": by.basis,
        }
        if unasked[person]:
            move["flags"] = ["ask"]
        moves.append(move)
    return moves


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


def exposure_of(holders: Sequence[str], moves: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what a party can lose if it lets its people go and the others do not."""
    agreed = Counter(move["holder"] for move in moves if move["basis"] == "agreed")
    released = {code: agreed[code] for code in holders}
    return {
        "unit": "people",
        "by_party": released,
        "sentence": f"All go in one batch: a party that lets its people go and gets nobody back "
        f"is at most {max(released.values(), default=0)} people behind.",
    }
