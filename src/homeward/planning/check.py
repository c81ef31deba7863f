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

import operator
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeward.foundation.canonical import read_sealed
from homeward.foundation.errors import InfeasibleError, InputError, RuleError, TamperError
from homeward.foundation.ids import PartyCode, PersonId
from homeward.planning.certificate import CertificateError, Face, verify_level
from homeward.planning.findings import legal_findings
from homeward.planning.moves import Move, Moves, moves_of, read_moves
from homeward.planning.outcome import outcome_of
from homeward.planning.plan import FORMAT, summary_of, value_of
from homeward.planning.problem import TIES, Problem, compile_problem
from homeward.planning.rows import added_at_most
from homeward.planning.sequence import batches_of
from homeward.planning.ways import Way
from homeward.terms.agreed import Agreement
from homeward.terms.clauses import PHASE_MAX, Destination, Named, Veto
from homeward.terms.pool import Pool

PLAN_MAX_BYTES = 1 << 28
_KEYS = {
    *("format", "agreement", "terms_sha256", "pool_sha256", "roots", "seed", "review", "phases"),
    *("could_go", "status", "moves", "objectives", "certificate", "counts", "exposure", "steps"),
    *("legal_findings", "accounts", "gates", "extensions", "conflicts", "repairs", "plan_sha256"),
}


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """The moves of people on lists that are not here."""

    people: frozenset[PersonId]
    moves: Mapping[str, Mapping[tuple[str, Way], int]]
    """Holder -> (home, way) -> how many travel under the bargain."""


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
        agreement,
        pool,
        seed=plan["seed"],
        holders=tuple(sorted(plan["roots"])),
        phases=_phases(pool, plan),
        could_go=plan["could_go"],
    )
    if any(type(number) is not int for number in plan["could_go"].values()):
        raise _broken("whole numbers of people who could go", "others")
    if plan["could_go"] != problem.could_go:
        raise _broken("as many people who could go as the lists have", "others")
    here, others = _parted(pool, plan["moves"])  # step 4
    elsewhere = _elsewhere(problem, others)
    way = _ways(problem, here)
    certificate = plan["certificate"]
    _well_formed(problem, certificate)
    face = _kept(problem, way, elsewhere, certificate)  # step 5
    left = _proved(problem, face, way, certificate)  # steps 6 and 7
    levels = certificate["levels"]
    drawn = {level["id"] for level in levels}
    due = next((tie for tie in TIES if tie not in drawn), None)
    if due is not None and problem.is_drawn(due, left):
        raise _broken("ties broken by the seed", "people left undecided")
    unproved = any("unproved" in level for level in levels)
    if plan["status"] != ("feasible" if unproved else "optimal"):
        raise _broken("a status that the certificate bears out", "another")
    _says_of_itself(problem, way, (here, others), plan)  # step 8
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


def _phases(pool: Pool, plan: Mapping[str, Any]) -> int | None:
    """Return how many phases to reckon with: as stated, if some lists are not here."""
    stated = plan["phases"]
    if type(stated) is not int or not 1 <= stated <= PHASE_MAX:
        raise _broken(f"from 1 to {PHASE_MAX} phases", "another number")
    return stated if set(plan["roots"]) != set(pool.holders) else None


def _elsewhere(problem: Problem, moves: Sequence[Move]) -> _Elsewhere:
    """Count the moves of people on lists that are not here."""
    outside = problem.agreement.article_109 != "counted"
    absent, codes = problem.travellers.elsewhere, set(problem.travellers.codes)
    countries = codes | {c.country for c in problem.agreement.clauses if isinstance(c, Destination)}
    people: set[PersonId] = set()
    found: dict[str, Counter[tuple[str, Way]]] = {code: Counter() for code in absent}
    for move in moves:
        holder, home = move["holder"], move["home"]
        way = _way(move)
        keys_of = ("holder", "home", "ref", "basis", "destination", "phase", "batch")
        form = {key: move[key] for key in keys_of}
        form |= {"flags": ["ask"]} if "flags" in move else {}
        form |= {"account": way.account} if "account" in move else {}
        if holder not in absent or home not in codes - {holder}:
            raise _broken("moves from a party home to another", "others")
        is_outside = outside and way == Way(basis="article_109")
        if move != form or move["destination"] not in countries:
            raise _broken("moves in the agreed form", "others")
        if way not in problem.ways and not is_outside:
            raise _broken("moves by a way of this agreement", "another way")
        people.add(PersonId(PartyCode(holder), move["ref"]))
        if not is_outside:
            found[holder][home, way] += 1
    return _Elsewhere(frozenset(people), found)


def _parted(pool: Pool, moves: Sequence[Move]) -> tuple[Moves, Sequence[Move]]:
    """Return the moves of people on the lists that are here, and the others; check their order."""
    key = operator.itemgetter("holder", "ref")
    if not all(map(operator.lt, map(key, moves), map(key, islice(moves, 1, None)))):
        raise _broken("each person once, by holder and reference", "another order, or one twice")
    others = [move for move in moves if move["holder"] not in pool.holders]
    own = [move for move in moves if move["holder"] in pool.holders] if others else moves
    here = read_moves(pool, own)
    if here is None:
        raise _broken("moves of people on the lists", "a move of somebody else")
    return here, others


def _way(move: Mapping[str, Any]) -> Way:
    return Way(phase=move["phase"], account=move.get("account", ""), basis=move["basis"])


def _ways(problem: Problem, here: Moves) -> NDArray[np.int32]:
    """Return how everybody of the lists that are here goes: 0 stays, else 1 + the way."""
    travellers, people, number = problem.travellers, here.people, here.number
    sent, countries = travellers.destinations()
    home_at = {code: place for place, code in enumerate(travellers.codes)}
    homes = np.array([home_at.get(form["home"], -2) for form in here.forms], dtype=np.int32)
    is_sent = [[name == form["destination"] for name in countries] for form in here.forms]
    if (homes[number] != travellers.home[people]).any() or not (
        np.array(is_sent, dtype=bool).reshape(-1, len(countries))[number, sent[people]].all()
    ):
        raise _rule("home", "their Power, or the destination agreed", "another")
    is_owed = np.array([form["basis"] == "article_109" for form in here.forms], dtype=bool)[number]
    if not np.array_equal(people[is_owed], problem.owed):
        raise _rule(
            "article_109", "everybody who is owed, and nobody else, outside the bargain", "others"
        )
    candidate = np.full(problem.pool.size, -1, dtype=np.int64)
    candidate[problem.people] = np.arange(len(problem.people))
    place = candidate[people[~is_owed]]
    if (place < 0).any():
        raise _rule("give", "people whom a clause lets travel", "somebody else")
    numbers = {way: n for n, way in enumerate(problem.ways, 1)}
    ways = np.array([numbers.get(_way(form), 0) for form in here.forms], dtype=np.int32)
    own = ways[number[~is_owed]]
    if not own.all() or not problem.possible[place, own - 1].all():
        raise _broken("moves by a way that is open to the person", "another way")
    found = np.zeros(len(problem.people), dtype=np.int32)
    found[place] = own
    return found


def _well_formed(problem: Problem, certificate: Mapping[str, Any]) -> None:
    """Check that every objective has its level, and every holder its numbers."""
    stated = [level["id"] for level in certificate["levels"]]
    if len(stated) < len(problem.goals) or stated != list(problem.levels)[: len(stated)]:
        raise _broken("a proof of every objective in its order", "others")
    if set(certificate["shares"]) != set(problem.holders):
        raise _broken("a share for each holder", "others")
    for share in certificate["shares"].values():
        sizes = {"rows": len(problem.rows), "values": len(stated)}
        if {key: len(numbers) for key, numbers in share.items()} != sizes:
            raise _broken("a number for each row and level", "others")
        if any(type(number) is not int for numbers in share.values() for number in numbers):
            raise _broken("whole numbers in the shares", "others")
    slacks = certificate["slacks"]
    if len(slacks) != len(problem.missing):
        raise _broken("what each wish is short of", "others")
    for units, missing in zip(slacks, problem.missing, strict=True):
        if type(units) is not int or not 0 <= units <= missing.most:
            raise _broken("whole numbers of what wishes are short of", "others")


def _kept(
    problem: Problem,
    way: NDArray[np.int32],
    elsewhere: _Elsewhere,
    certificate: Mapping[str, Any],
) -> Face:
    """Check every clause, and return the face on which the certificate works."""
    shares = certificate["shares"]
    taken = {m.name: n for m, n in zip(problem.missing, certificate["slacks"], strict=True)}
    _settled(problem, way > 0, elsewhere)
    holder = problem.pool.holder[problem.people]
    for number, code in enumerate(problem.pool.holders):
        if problem.activities(way, holder == number) != shares[code]["rows"]:
            raise _broken(f"the share of {code} that its moves have", "another")
    for i, row in enumerate(problem.rows):
        for code in problem.travellers.elsewhere:
            least, most = added_at_most(problem.travellers, row, code, elsewhere.moves[code])
            if not least <= shares[code]["rows"][i] <= most:
                raise _broken(f"a share of {code} that its moves can have", "another")
        activity = sum(share["rows"][i] for share in shares.values())
        activity += sum(unit * taken[name] for name, unit in row.slacks.items())
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
        if isinstance(clause, Named | Veto) and not clause.prefer:
            named = problem.travellers.named_elsewhere(clause)
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
        reached = sum(share["values"][number] for share in shares.values())
        reached += sum(worth.slack(s) * n for s, n in enumerate(certificate["slacks"]))
        if reached != level["value"]:
            raise _broken(f"values that add up ({name})", "another sum")
        face = verify_level(face, worth, level)
    return face


def _says_of_itself(
    problem: Problem,
    way: NDArray[np.int32],
    moves: tuple[Moves, Sequence[Move]],
    plan: Mapping[str, Any],
) -> None:
    """Check what the plan says of itself; of lists that are not here, what can be checked."""
    here, others = moves
    batch, steps = batches_of(problem, way, plan["steps"])
    own = summary_of(problem, plan["moves"], plan["certificate"]["levels"], steps)
    own["steps"] = steps
    _same_batches(problem, others, steps)
    findings = legal_findings(problem, way)
    follows = outcome_of(problem, way, plan["moves"])
    if problem.travellers.elsewhere:  # of their people, what they owe is what the plan states
        ours = set(problem.pool.holders)
        stated = [account for account in plan["accounts"] if account["creditor"] not in ours]
        given = [account for account in plan["accounts"] if account["creditor"] in ours]
        if given != follows["accounts"]:
            raise _broken("what is owed to follow from the moves", "something else")
        follows["accounts"] = [a for a in plan["accounts"] if a in given or a in stated]
    if problem.travellers.elsewhere:
        named = [(f["rule"], f["clause"]) for f in plan["legal_findings"]]
        findings_hold = all((f["rule"], f["clause"]) in named for f in findings)
        review_holds = all(plan["review"].get(k, 0) >= n for k, n in problem.review.items())
    else:
        findings_hold = findings == plan["legal_findings"]
        review_holds = problem.review == plan["review"]
    if (
        any(plan[key] != stated for key, stated in (own | follows).items())
        or not here.same(moves_of(problem, way, batch))
        or plan["conflicts"]
        or plan["repairs"]
        or not findings_hold
        or not review_holds
    ):
        raise _broken("what the plan says of itself to follow from its moves", "something else")


def _same_batches(
    problem: Problem, moves: Sequence[Mapping[str, Any]], steps: Sequence[Mapping[str, Any]]
) -> None:
    """Check that the steps count the moves of people on lists that are not here."""
    moved = Counter(
        (move["phase"], move["batch"], move["holder"], move["home"])
        for move in moves
        if move["basis"] != "article_109"
    )
    stated = Counter[tuple[int, int, str, str]]()
    for step in steps:
        if step["holder"] in problem.travellers.elsewhere:
            for part in step["parts"]:
                at = (step["phase"], step["batch"], step["holder"], part["home"])
                stated[at] += part["people"]
    if moved != stated:
        raise _broken("steps that count the moves", "others")


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
