"""Checking a plan without a solver and without believing anybody.

Rules of this file, which are also the numbered steps:
1. The bytes are canonical, not too many, and carry their own hash.
2. The plan is for this agreement.
3. The plan is over this pool: the roots of the lists that are here are those stated, and
   the pool's hash is over the roots stated, all of them roots of parties.
4. Everybody who moves is held where the plan says, may travel, and moves once. Of people
   on lists that are not here, the moves are counted.
5. Every clause is kept: whom it settles, and its numbers. The shares stated add up; the
   share of a list that is here is counted, another one is no more than its moves allow.
6. The values stated are those of the moves.
7. The certificate proves each level; only a plan with every level proved says "optimal".
8. What the plan says of itself (counts, exposure, findings) follows from the moves.

With a party, its own list is enough: everything that the plan says of its people is
checked, and what others' people add to a bound is the number that the plan states.

A broken clause is a `RuleError` with its id; anything else that does not hold is a
`TamperError`. Nothing is repaired, nothing is retried.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeward.foundation.canonical import read_sealed
from homeward.foundation.errors import InfeasibleError, InputError, RuleError, TamperError
from homeward.foundation.ids import PartyCode, PersonId
from homeward.planning.certificate import CertificateError, Face, verify_level
from homeward.planning.findings import legal_findings
from homeward.planning.plan import FORMAT, moves_of, summary_of, value_of
from homeward.planning.problem import TIES, Problem, Row, compile_problem
from homeward.terms.agreement import Agreement
from homeward.terms.clauses import Named, Veto
from homeward.terms.pool import Pool

PLAN_MAX_BYTES = 1 << 28
_KEYS = {
    *("format", "agreement", "terms_sha256", "pool_sha256", "roots", "seed", "review"),
    *("status", "moves", "objectives", "certificate", "counts", "exposure"),
    *("legal_findings", "conflicts", "repairs", "plan_sha256"),
}


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """The moves of people on lists that are not here."""

    people: frozenset[PersonId]
    agreed: Mapping[tuple[str, str], int]
    """(holder, home) -> how many travel under the bargain."""

    def limits(self, holder: str, row: Row) -> tuple[int, int]:
        """Return what these moves can add to a row at least and at most."""
        parts = [
            term.factor * self.agreed.get((holder, term.flow.home), 0)
            for term in row.terms
            if term.flow.holder == holder
        ]
        return sum(min(0, part) for part in parts), sum(max(0, part) for part in parts)


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
        pool: People held: all of them, or with `party` at least that party's own.
        data: The plan, byte for byte.
        party: Whose share to check, where the other lists are not here.
        seed: The seed that both sides drew; None if ties are broken by the pool's hash.

    Returns:
        The plan.

    Raises:
        TamperError: A byte, a hash, a value or the certificate does not hold.
        RuleError: A move breaks a clause.
        InfeasibleError: The document says that there is no plan (which only whoever has
            every list can find out again, by planning).
        InputError: `party` is no holder of this pool.
    """
    if len(data) > PLAN_MAX_BYTES:
        raise _broken(f"a plan of at most {PLAN_MAX_BYTES} bytes", f"{len(data)}")
    plan = read_sealed(data, "plan_sha256", what="plan")  # step 1
    try:
        return _check(agreement, pool, plan, party, seed)
    except CertificateError as error:
        raise TamperError(
            "planning.certificate",
            f"Expected a certificate that proves the plan, found one that does not. {error}",
            hint="Refuse this plan; ask the mediator for another.",
        ) from error
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _broken(
            "a plan in the agreed form", f"a missing or wrong part ({type(error).__name__})"
        ) from error


def _check(
    agreement: Agreement, pool: Pool, plan: dict[str, Any], party: str | None, seed: str | None
) -> dict[str, Any]:
    if plan["format"] != FORMAT or set(plan) != _KEYS:
        raise _broken(f"format {FORMAT}", "another")
    if plan["terms_sha256"] != agreement.sha256:  # step 2
        raise _broken("the plan of this agreement", "that of other terms")
    _same_pool(agreement, pool, plan, party)  # step 3
    if plan["seed"] != (plan["pool_sha256"] if seed is None else seed):
        raise _broken("ties broken by the seed that was drawn", "another seed")
    if plan["status"] == "infeasible":
        raise _no_plan(agreement, plan)
    problem = compile_problem(
        agreement, pool, seed=plan["seed"], holders=tuple(sorted(plan["roots"]))
    )
    elsewhere = _elsewhere(problem, plan["moves"])  # step 4
    way = _ways(problem, plan["moves"])
    certificate = plan["certificate"]
    _well_formed(problem, certificate)
    face = _kept(problem, way, elsewhere, certificate["shares"])  # step 5
    left = _proved(problem, face, way, certificate)  # steps 6 and 7
    levels = certificate["levels"]
    if (left.open.sum(axis=1) > 1).any() and [level["id"] for level in levels][
        -len(TIES) :
    ] != list(TIES):
        raise _broken("ties broken by the seed", "people left undecided")
    unproved = any("unproved" in level for level in levels)
    if plan["status"] != ("feasible" if unproved else "optimal"):
        raise _broken("a status that the certificate bears out", "another")
    _says_of_itself(problem, way, plan)  # step 8
    return plan


def _same_pool(
    agreement: Agreement, pool: Pool, plan: Mapping[str, Any], party: str | None
) -> None:
    roots = plan["roots"]
    if party is not None and party not in pool.holders:
        raise InputError(
            "planning.party",
            f"Expected the list of {party}, found lists of {', '.join(pool.holders) or 'nobody'}.",
            hint=f"Give --held {party}=FILE.",
        )
    if not all(isinstance(root, str) for root in roots.values()):
        raise _broken("roots as text", "another form")
    if party is None and set(roots) != set(pool.holders):
        raise _broken("a plan over the lists given", "one over other holders")
    if not set(roots) <= set(agreement.parties):
        raise _broken("a plan over lists of the parties", "one over another holder")
    if any(roots[code] != pool.roots[code] for code in pool.holders) or (
        plan["pool_sha256"] != pool.sha256(roots)
    ):
        raise _broken("a plan over these lists", "one over other people")


def _elsewhere(problem: Problem, moves: list[Mapping[str, Any]]) -> _Elsewhere:
    """Count the moves of people on lists that are not here; check the order of all."""
    keys = [(move["holder"], move["ref"]) for move in moves]
    if any(first >= second for first, second in pairwise(keys)):
        raise _broken("each person once, by holder and reference", "another order, or one twice")
    bases = {"agreed", "article_109"}
    if problem.agreement.article_109 == "counted":
        bases.remove("article_109")
    absent = problem.builder.elsewhere
    people, agreed = set(), Counter[tuple[str, str]]()
    for move in moves:
        holder, home = move["holder"], move["home"]
        if holder in problem.pool.holders:
            continue
        form = {key: move[key] for key in ("holder", "home", "ref", "basis")}
        form |= {"destination": home, "phase": 1, "batch": 1}
        form |= {"flags": ["ask"]} if "flags" in move else {}
        if holder not in absent or home not in set(problem.builder.codes) - {holder}:
            raise _broken("moves from a party home to another", "others")
        if move != form or move["basis"] not in bases:
            raise _broken("moves in the agreed form", "others")
        people.add(PersonId(PartyCode(holder), move["ref"]))
        agreed[holder, home] += move["basis"] == "agreed"
    return _Elsewhere(frozenset(people), agreed)


def _ways(problem: Problem, moves: list[Mapping[str, Any]]) -> NDArray[np.int32]:
    """Return how everybody of the lists that are here goes: 0 stays, else 1 + the way."""
    pool, builder = problem.pool, problem.builder
    candidate = np.full(pool.size, -1, dtype=np.int64)
    candidate[problem.people] = np.arange(len(problem.people))
    first = np.searchsorted(pool.holder, np.arange(len(pool.holders) + 1)).tolist()
    spans = {code: (first[n], first[n + 1]) for n, code in enumerate(pool.holders)}
    found = np.zeros(len(problem.people), dtype=np.int32)
    numbers = {(way.phase, way.basis): number for number, way in enumerate(problem.ways, 1)}
    homes, places = builder.home.tolist(), candidate.tolist()  # one by one, lists are faster
    outside = set()
    for move in moves:
        if move["holder"] not in spans:
            continue
        low, high = spans[move["holder"]]
        person = bisect_left(pool.refs, move["ref"], low, high)
        if person == high or pool.refs[person] != move["ref"]:
            raise _broken("moves of people on the lists", "a move of somebody else")
        home = builder.codes[homes[person]] if homes[person] >= 0 else None
        if move["home"] != home or move["destination"] != home:
            raise _rule("home", "their Power", "another")
        if move["basis"] == "article_109":
            outside.add(person)
            continue
        place = places[person]
        if place < 0:
            raise _rule("give", "people whom a clause lets travel", "somebody else")
        if (move["phase"], move["basis"]) not in numbers:
            raise _broken("moves by a way of this agreement", "another way")
        found[place] = numbers[move["phase"], move["basis"]]
    if outside != set(map(int, problem.owed)):
        raise _rule(
            "article_109", "everybody who is owed, and nobody else, outside the bargain", "others"
        )
    return found


def _well_formed(problem: Problem, certificate: Mapping[str, Any]) -> None:
    """Check that every objective has its level, and every holder its numbers."""
    stated = [level["id"] for level in certificate["levels"]]
    if len(stated) < len(problem.objectives) or stated != list(problem.levels)[: len(stated)]:
        raise _broken("a proof of every objective in its order", "others")
    if set(certificate["shares"]) != set(problem.holders):
        raise _broken("a share for each holder", "others")
    for share in certificate["shares"].values():
        sizes = {"rows": len(problem.rows), "values": len(stated)}
        if {key: len(numbers) for key, numbers in share.items()} != sizes:
            raise _broken("a number for each row and level", "others")
        if any(type(number) is not int for numbers in share.values() for number in numbers):
            raise _broken("whole numbers in the shares", "others")


def _kept(
    problem: Problem,
    way: NDArray[np.int32],
    elsewhere: _Elsewhere,
    shares: Mapping[str, Mapping[str, list[int]]],
) -> Face:
    """Check every clause, and return the face on which the certificate works."""
    _settled(problem, way > 0, elsewhere)
    holder = problem.pool.holder[problem.people]
    for number, code in enumerate(problem.pool.holders):
        if problem.activities(way, holder == number) != shares[code]["rows"]:
            raise _broken(f"the share of {code} that its moves have", "another")
    for i, row in enumerate(problem.rows):
        for code in problem.builder.elsewhere:
            least, most = elsewhere.limits(code, row)
            if not least <= shares[code]["rows"][i] <= most:
                raise _broken(f"a share of {code} that its moves can have", "another")
        activity = sum(share["rows"][i] for share in shares.values())
        if not row.allows(activity):
            bounds = f"from {row.low or 0} to {'any' if row.high is None else row.high}"
            raise _rule(row.clause, f"{bounds} people ({row.label})", str(activity))
    face = problem.face()
    if face is None:
        raise _broken("clauses that can be kept", "clauses that contradict one another")
    return face


_SETTLES = {
    True: ("everybody whom it names to go home", "somebody who stays"),
    False: ("nobody to travel whom it keeps here", "somebody who does"),
}
"""Whether a clause lets go -> what is expected, and what was found."""


def _settled(problem: Problem, goes: NDArray[np.bool_], elsewhere: _Elsewhere) -> None:
    for fixing in problem.fixings:
        if fixing.goes and fixing.absent:
            raise _rule(fixing.clause, "everybody it names", "somebody absent")
        if (goes[fixing.people] != fixing.goes).any():
            raise _rule(fixing.clause, *_SETTLES[fixing.goes])
    for clause in problem.agreement.clauses:
        if isinstance(clause, Named | Veto):
            named = problem.builder.named_elsewhere(clause)
            if named & elsewhere.people != (named if isinstance(clause, Named) else frozenset()):
                raise _rule(clause.id, *_SETTLES[isinstance(clause, Named)])


def _proved(
    problem: Problem, face: Face, way: NDArray[np.int32], certificate: Mapping[str, Any]
) -> Face:
    shares = certificate["shares"]
    holder = problem.pool.holder[problem.people]
    for number, level in enumerate(certificate["levels"]):
        name = level["id"]
        worth = problem.worth(name, face)
        for place, code in enumerate(problem.pool.holders):
            if shares[code]["values"][number] != value_of(worth, way, holder == place):
                raise _broken(f"the value that the moves of {code} have ({name})", "another")
        if sum(share["values"][number] for share in shares.values()) != level["value"]:
            raise _broken(f"values that add up ({name})", "another sum")
        face = verify_level(face, worth, level)
    return face


def _says_of_itself(problem: Problem, way: NDArray[np.int32], plan: Mapping[str, Any]) -> None:
    """Check what the plan says of itself; of lists that are not here, what can be checked."""
    own = summary_of(problem, plan["moves"], plan["certificate"]["levels"])
    here = [move for move in plan["moves"] if move["holder"] in problem.pool.holders]
    findings = legal_findings(problem, way > 0)
    if problem.builder.elsewhere:
        named = [(f["rule"], f["clause"]) for f in plan["legal_findings"]]
        findings_hold = all((f["rule"], f["clause"]) in named for f in findings)
        review_holds = all(plan["review"].get(k, 0) >= n for k, n in problem.review.items())
    else:
        findings_hold = findings == plan["legal_findings"]
        review_holds = problem.review == plan["review"]
    if (
        any(plan[key] != stated for key, stated in own.items())
        or here != moves_of(problem, way)
        or plan["conflicts"]
        or plan["repairs"]
        or not findings_hold
        or not review_holds
    ):
        raise _broken("what the plan says of itself to follow from its moves", "something else")


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


def _no_plan(agreement: Agreement, plan: Mapping[str, Any]) -> InfeasibleError:
    stated = {name for conflict in plan["conflicts"] for name in conflict["clauses"]}
    clauses = [clause.id for clause in agreement.clauses if clause.id in stated]
    return InfeasibleError(
        "planning.infeasible",
        "Expected a plan, found a document that says there is none: it names a conflict of "
        f"{', '.join(clauses) or 'no clause'}.",
        hint="Change the agreement; the repairs in the document say how.",
        facts={"clauses": clauses},
    )
