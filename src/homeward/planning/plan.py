"""Making a plan: solve level by level, prove each, write it down.

Rules of this file:
- A plan is "optimal" only if every level, the tie-breaks included, carries a proof.
- The same agreement and the same people give the same bytes, whatever the order of rows.
- Whoever's will is not known yet may be planned, and the move says so; release waits for
  the recorded answer, whatever the plan says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeward.foundation.canonical import seal_document
from homeward.planning.certificate import Face, Ints, bound_terms, narrow
from homeward.planning.conflicts import explain
from homeward.planning.engine import Engine
from homeward.planning.findings import legal_findings
from homeward.planning.problem import TIES, Problem, compile_problem
from homeward.planning.solve import Solved, solve_level
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
    levels, goes = _solve(problem, engine)
    head = {
        "format": FORMAT,
        "agreement": agreement.id,
        "terms_sha256": agreement.sha256,
        "pool_sha256": pool_sha256,
        "roots": dict(pool.roots),
        "seed": drawn,
        "review": problem.review,
    }
    if goes is None:
        conflicts, repairs = explain(problem, engine)
        body = {**_body(problem, None, []), "conflicts": conflicts, "repairs": repairs}
        return seal_document({**head, **body}, "plan_sha256")
    return seal_document({**head, **_body(problem, goes, levels)}, "plan_sha256")


def _solve(
    problem: Problem, engine: Engine
) -> tuple[list[dict[str, Any]], NDArray[np.bool_] | None]:
    """Solve the levels in order; return them as the certificate states them, and who goes."""
    face = problem.face()
    if face is None:
        return [], None
    levels: list[dict[str, Any]] = []
    goes: NDArray[np.bool_] | None = None
    for name, value in problem.objectives:
        face, goes = _level(face, name, value, engine, levels)
        if goes is None:
            return [], None
    for number, name in enumerate(TIES):
        if goes is not None and not (face.settled < 0).any():
            break  # one plan is left: there is nothing to draw
        face, goes = _level(face, name, problem.tie(number, face.settled < 0), engine, levels)
        if goes is None:
            return [], None
    return levels, goes


def _level(
    face: Face, name: str, value: Ints, engine: Engine, levels: list[dict[str, Any]]
) -> tuple[Face, NDArray[np.bool_] | None]:
    solved: Solved | None = solve_level(face, value, engine)
    if solved is None:
        return face, None
    level = {"id": name, **solved.level}
    if not solved.proved:
        level |= {"unproved": True, "at_most": solved.bound}
    levels.append(level)
    return narrow(face, value, solved.reached, solved.y, solved.scale, solved.gap), solved.goes


def _body(
    problem: Problem, goes: NDArray[np.bool_] | None, levels: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    if goes is None:
        return {
            "status": "infeasible",
            "moves": [],
            "objectives": [],
            "certificate": {},
            "exposure": {},
            "legal_findings": [],
        }
    proved = not any(level.get("unproved") for level in levels)
    return {
        "status": "optimal" if proved else "feasible",
        "moves": moves_of(problem, goes),
        "certificate": {"levels": list(levels), "shares": shares_of(problem, goes, levels)},
        "conflicts": [],
        "repairs": [],
        **summary_of(problem, goes, levels),
    }


def summary_of(
    problem: Problem, goes: NDArray[np.bool_], levels: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what a plan says of itself beyond moves and proof; `check` recomputes it."""
    senses = {o.id: o.sense for o in problem.agreement.objectives}
    return {
        "objectives": [
            {"id": level["id"], "value": level["value"] * senses.get(level["id"], 1)}
            for level in levels
        ],
        "counts": counts_of(problem, goes),
        "exposure": exposure_of(problem, goes),
        "legal_findings": legal_findings(problem, goes),
    }


def moves_of(problem: Problem, goes: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Return one move a person, by holder and reference."""
    pool, builder = problem.pool, problem.builder
    unasked = pool.text("consent", lambda text: text in {"unknown", ""})
    moving = [(int(i), "agreed") for i in problem.people[goes]]
    moving += [(int(i), "article_109") for i in problem.owed]
    moves = []
    for person, basis in sorted(moving):
        home = builder.codes[builder.home[person]]
        move: dict[str, Any] = {
            "ref": pool.refs[person],
            "holder": pool.holders[pool.holder[person]],
            "home": home,
            "destination": home,
            "phase": 1,
            "batch": 1,
            "basis": basis,
        }
        if unasked[person]:
            move["flags"] = ["ask"]
        moves.append(move)
    return moves


def shares_of(
    problem: Problem, goes: NDArray[np.bool_], levels: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, list[int]]]:
    """Return what each holder's people add to each row and level, so that shares add up."""
    values = level_values(problem, levels)
    holder = problem.pool.holder[problem.people]
    shares = {}
    for number, code in enumerate(problem.pool.holders):
        own = goes & (holder == number)
        shares[code] = {
            "rows": [int(n) for n in problem.coefficients[own].sum(axis=0)],
            "values": [int(value[own].sum()) for value in values],
        }
    return shares


def level_values(problem: Problem, levels: Sequence[Mapping[str, Any]]) -> list[Ints]:
    """Return what each person adds to each level of a certificate, tie-breaks included.

    A tie-break counts only people who were open when it was drawn, so the levels are
    narrowed one after the other, exactly as the proof does.
    """
    face = problem.face()
    assert face is not None, "a plan was found, so no two clauses settle somebody differently"
    values: list[Ints] = []
    named = dict(problem.objectives)
    for level in levels:
        name, bound = level["id"], level["bound"]
        value = named[name] if name in named else problem.tie(TIES.index(name), face.settled < 0)
        values.append(value)
        total = sum(bound["sums"].values()) + _rows_total(face, bound["y"])
        gap = total - bound["scale"] * level["value"]
        face = narrow(face, value, level["value"], bound["y"], bound["scale"], gap)
    return values


def counts_of(problem: Problem, goes: NDArray[np.bool_]) -> dict[str, int]:
    """Return how many go home on each flow, those under article 109 included."""
    builder = problem.builder
    people = np.concatenate([problem.people[goes], problem.owed])
    arcs = builder.holder[people] * len(builder.codes) + builder.home[people]
    found, numbers = np.unique(arcs, return_counts=True)
    ends = [divmod(int(arc), len(builder.codes)) for arc in found]
    flows = [f"{builder.codes[holder]} -> {builder.codes[home]}" for holder, home in ends]
    return dict(sorted(zip(flows, numbers.tolist(), strict=True)))


def exposure_of(problem: Problem, goes: NDArray[np.bool_]) -> dict[str, Any]:
    """Return what a party can lose if it lets its people go and the others do not."""
    holder = problem.pool.holder[problem.people]
    released = {
        code: int((goes & (holder == number)).sum())
        for number, code in enumerate(problem.pool.holders)
    }
    most = max(released.values(), default=0)
    return {
        "unit": "people",
        "by_party": released,
        "sentence": f"All go in one batch: a party that lets its people go and gets nobody back "
        f"is at most {most} people behind.",
    }


def _rows_total(face: Face, y: Sequence[int]) -> int:
    total = bound_terms(face, y)
    assert total is not None, "the planner uses no multiplier on a side without bound"
    return total
