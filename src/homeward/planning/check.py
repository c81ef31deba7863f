"""Checking a plan without a solver and without believing anybody.

Rules of this file, which are also the numbered steps:
1. The bytes are canonical and carry their own hash.
2. The plan is for this agreement.
3. The plan is over this pool; with a party, that party's root is the one stated, and the
   pool's hash is over the roots stated.
4. Everybody who moves is held where the plan says, may travel, and moves once.
5. Every clause is kept: whom it settles, and its numbers. With a party, that party's
   share is counted, and the shares stated add up.
6. The values stated are those of the moves.
7. The certificate proves each level; only a plan with every level proved says "optimal".
8. What the plan says of itself (counts, exposure, findings) follows from the moves.

A broken clause is a `RuleError` with its id; anything else that does not hold is a
`TamperError`. Nothing is repaired, nothing is retried.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeward.foundation.canonical import read_sealed
from homeward.foundation.errors import InfeasibleError, InputError, RuleError, TamperError
from homeward.planning.certificate import CertificateError, Face, verify_level
from homeward.planning.plan import FORMAT, moves_of, summary_of
from homeward.planning.problem import TIES, Problem, compile_problem
from homeward.terms.agreement import Agreement
from homeward.terms.pool import Pool


def check_plan(
    agreement: Agreement,
    pool: Pool,
    data: bytes,
    *,
    party: str | None = None,
    seed: str | None = None,
) -> dict[str, Any]:
    """Check a plan and that no better one exists.

    Args:
        agreement: What was agreed.
        pool: People held: all of them, or with `party` only that party's own.
        data: The plan, byte for byte.
        party: Check only this party's share.
        seed: The seed that both sides drew; None if ties are broken by the pool's hash.

    Returns:
        The plan.

    Raises:
        TamperError: A byte, a hash, a value or the certificate does not hold.
        RuleError: A move breaks a clause.
        InfeasibleError: The document says that there is no plan.
        InputError: `party` is no holder of this pool.
    """
    plan = read_sealed(data, "plan_sha256", what="plan")  # step 1
    try:
        return _check(agreement, pool, plan, party, seed)
    except CertificateError as error:
        raise TamperError(
            "planning.certificate",
            f"Expected a certificate that proves the plan, found one that does not. {error}",
            hint="Refuse this plan; ask the mediator for another.",
        ) from error
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise _broken(
            "a plan in the agreed form", f"a missing or wrong part ({type(error).__name__})"
        ) from error


def _check(
    agreement: Agreement, pool: Pool, plan: dict[str, Any], party: str | None, seed: str | None
) -> dict[str, Any]:
    if plan["format"] != FORMAT:
        raise _broken(f"format {FORMAT}", "another")
    if plan["terms_sha256"] != agreement.sha256:  # step 2
        raise _broken("the plan of this agreement", "that of other terms")
    _same_pool(pool, plan, party)  # step 3
    if plan["seed"] != (plan["pool_sha256"] if seed is None else seed):
        raise _broken("ties broken by the seed that was drawn", "another seed")
    problem = compile_problem(
        agreement, pool, seed=plan["seed"], holders=tuple(sorted(plan["roots"]))
    )
    if plan["status"] == "infeasible":
        raise _no_plan(plan)
    goes = _goes(problem, plan, party)  # step 4
    face = _kept(problem, goes, plan["certificate"], party)  # step 5
    levels = plan["certificate"]["levels"]
    _levels_complete(problem, levels)
    left = _proved(problem, face, goes, plan["certificate"], party)  # steps 6 and 7
    if (left.settled < 0).any() and [level["id"] for level in levels][-len(TIES) :] != list(TIES):
        raise _broken("ties broken by the seed", "people left undecided")
    unproved = any(level.get("unproved") for level in levels)
    if plan["status"] != ("feasible" if unproved else "optimal"):
        raise _broken("a status that the certificate bears out", "another")
    if party is None:
        stated = {key: plan[key] for key in ("objectives", "counts", "exposure", "legal_findings")}
        own = summary_of(problem, goes, levels)  # step 8
        if (
            stated != own
            or plan["review"] != problem.review
            or plan["moves"] != moves_of(problem, goes)
        ):
            raise _broken("what the plan says of itself to follow from its moves", "something else")
    return plan


def _same_pool(pool: Pool, plan: Mapping[str, Any], party: str | None) -> None:
    roots = plan["roots"]
    if party is not None and party not in pool.holders:
        raise InputError(
            "planning.party",
            f"Expected the list of {party}, found lists of {', '.join(pool.holders) or 'nobody'}.",
            hint=f"Give --held {party}=FILE.",
        )
    own = [party] if party is not None else list(pool.holders)
    if party is None and set(roots) != set(pool.holders):
        raise _broken("a plan over the lists given", "one over other holders")
    if any(roots[code] != pool.roots[code] for code in own) or plan["pool_sha256"] != pool.sha256(
        roots
    ):
        raise _broken("a plan over these lists", "one over other people")


def _goes(problem: Problem, plan: Mapping[str, Any], party: str | None) -> NDArray[np.bool_]:
    """Return who goes home under the bargain, from the moves."""
    pool, builder = problem.pool, problem.builder
    candidate = np.full(pool.size, -1, dtype=np.int64)
    candidate[problem.people] = np.arange(len(problem.people))
    first = np.searchsorted(pool.holder, np.arange(len(pool.holders) + 1)).tolist()
    spans = {code: (first[n], first[n + 1]) for n, code in enumerate(pool.holders)}
    goes = np.zeros(len(problem.people), dtype=bool)
    outside = set()
    for move in plan["moves"]:
        if party is not None and move["holder"] != party:
            continue
        low, high = spans[move["holder"]]
        person = bisect_left(pool.refs, move["ref"], low, high)
        if person == high or pool.refs[person] != move["ref"]:
            raise _broken("moves of people on the lists", "a move of somebody else")
        home = builder.codes[builder.home[person]] if builder.home[person] >= 0 else None
        if move["home"] != home or move["destination"] != home:
            raise _rule("home", "their Power", "another")
        if move["basis"] == "article_109":
            outside.add(person)
            continue
        place = candidate[person]
        if place < 0:
            raise _rule("give", "people whom a clause lets travel", "somebody else")
        if goes[place]:
            raise _broken("each person once", "one twice")
        goes[place] = True
    if outside != set(map(int, problem.owed)):
        raise _rule(
            "article_109", "everybody who is owed, and nobody else, outside the bargain", "others"
        )
    return goes


def _kept(
    problem: Problem, goes: NDArray[np.bool_], certificate: Mapping[str, Any], party: str | None
) -> Face:
    for fixing in problem.fixings:
        if fixing.goes and fixing.absent:
            raise _rule(fixing.clause, "everybody it names", "somebody absent")
        if (goes[fixing.people] != fixing.goes).any():
            raise _rule(fixing.clause, "whom it settles to be so settled", "otherwise")
    shares = certificate["shares"]
    holder = problem.pool.holder[problem.people]
    for number, code in enumerate(problem.pool.holders):
        own = problem.coefficients[goes & (holder == number)].sum(axis=0)
        if [int(n) for n in own] != shares[code]["rows"]:
            raise _broken(f"the share of {code} that its moves have", "another")
    for i, row in enumerate(problem.rows):
        activity = sum(int(share["rows"][i]) for share in shares.values())
        if (row.low is not None and activity < row.low) or (
            row.high is not None and activity > row.high
        ):
            bounds = f"from {row.low if row.low is not None else 0} to {row.high if row.high is not None else 'any'}"
            raise _rule(row.clause, f"{bounds} people ({row.label})", str(activity))
    face = problem.face()
    if face is None:
        raise _broken("clauses that can be kept", "clauses that contradict one another")
    return face


def _levels_complete(problem: Problem, levels: list[Mapping[str, Any]]) -> None:
    wanted = [name for name, _ in problem.objectives]
    stated = [level["id"] for level in levels]
    if (
        stated[: len(wanted)] != wanted
        or stated[len(wanted) :] != list(TIES)[: len(stated) - len(wanted)]
    ):
        raise _broken("a proof of every objective in its order", "others")


def _proved(
    problem: Problem,
    face: Face,
    goes: NDArray[np.bool_],
    certificate: Mapping[str, Any],
    party: str | None,
) -> Face:
    named = dict(problem.objectives)
    shares = certificate["shares"]
    holder = problem.pool.holder[problem.people]
    if set(shares) != set(problem.holders):
        raise _broken("a share for each holder", "others")
    for number, level in enumerate(certificate["levels"]):
        name = level["id"]
        value = named[name] if name in named else problem.tie(TIES.index(name), face.settled < 0)
        for place, code in enumerate(problem.pool.holders):
            if shares[code]["values"][number] != int(value[goes & (holder == place)].sum()):
                raise _broken(f"the value that the moves of {code} have ({name})", "another")
        if sum(int(share["values"][number]) for share in shares.values()) != level["value"]:
            raise _broken(f"values that add up ({name})", "another sum")
        face = verify_level(face, value, level)
    return face


def _rule(clause: str, expected: str, found: str) -> RuleError:
    return RuleError(
        "planning.clause_broken",
        f"In clause {clause}: expected {expected}, found {found}.",
        hint="Refuse this plan; it does not keep the agreement.",
        facts={"clause": clause},
    )


def _broken(expected: str, found: str) -> TamperError:
    return TamperError(
        "planning.plan_broken",
        f"Expected {expected}, found {found}.",
        hint="Refuse this plan; ask the mediator for another.",
    )


def _no_plan(plan: Mapping[str, Any]) -> InfeasibleError:
    sentences = " ".join(str(conflict["sentence"]) for conflict in plan["conflicts"][:3])
    return InfeasibleError(
        "planning.infeasible",
        f"Expected a plan, found a document that says there is none. {sentences}",
        hint="Change the agreement; the repairs in the document say how.",
    )
