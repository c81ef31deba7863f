"""Trying a text on the lists that this node has: what each clause does, and what would come of it.

Rules of this file:
- Only numbers leave it, never a person: neither a name nor an id.
- Nothing is signed, sent or kept. The tie-breaks are left out: their seed is drawn later.
- A bureau has the list of those it holds. In the place of the other side's list stand the
  people whom that side said it holds; before it answered, and where there is one other side
  alone, everybody whom we miss. Which of these it was is told beside the numbers.
- A mediator has the final lists that have come, with the columns of the tabled terms.
- A list of people that the text names and that is not here counts as empty, and is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from homeward.foundation.errors import AccessError, EngineError
from homeward.foundation.ids import PersonId
from homeward.negotiation.case import CaseState
from homeward.node import access, book
from homeward.node.access import Reader
from homeward.node.actions.answered import answer_rows
from homeward.node.actions.cases import (
    came_home,
    read_pool_rows,
    returned,
    terms_of,
)
from homeward.node.actions.clause_figures import Figures, figures_of
from homeward.node.actions.off_list import off
from homeward.node.actions.plans import plan_of
from homeward.node.home import Node
from homeward.planning.certificate import CertificateError, verify_level
from homeward.planning.changes import Number, numbers_of
from homeward.planning.conflicts import explain
from homeward.planning.engine import Engine
from homeward.planning.findings import Finding, legal_findings
from homeward.planning.problem import Problem, compile_problem
from homeward.planning.solve import Solved, solve_level
from homeward.planning.whatif import whatif
from homeward.records.model import HELD, WANTED, PersonRecord
from homeward.terms import Agreement
from homeward.terms.pool import Mask, Pool, row_of

LIVE_PEOPLE = 5_000
"""So many people at most are counted anew while somebody types: about a second."""

LIVE_SECONDS, ASKED_SECONDS = 10.0, 60.0
"""How long one program of the solver may take, by itself and when somebody waits for it."""

FINAL, OWN, SAID, MISSED = "final", "own", "said", "missed"
"""Where the people of a holder come from: its final list; our own list of those we hold; those
whom it said it holds; all whom we miss."""

Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The people on whom a text can be tried: holder → rows, and where they come from."""

    held: Mapping[str, Sequence[Row]]
    sources: Mapping[str, str]
    named: Mapping[str, frozenset[PersonId]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What would come of a text, where every list that it needs is here.

    `counts` is by leg, and None if no plan keeps every clause; then `conflicts` (ids of
    clauses) and `repairs` say why. `reached` is what each aim reaches, by its id.
    """

    counts: Mapping[str, int] | None
    reached: Mapping[str, int]
    findings: tuple[Finding, ...]
    conflicts: tuple[tuple[str, ...], ...]
    repairs: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a text does to the people on the lists here.

    Attributes:
        people: Holder → how many are on its list.
        sources: Holder → where these come from: `final`, `own`, `said` or `missed`.
        absent: Lists of people that the text names and that are not here.
        figures: Id of a clause → its numbers, a leg each; empty for what counts nobody.
        review: Category, or id of a clause → how many people it cannot judge.
        numbers: Every number of a clause that decides who goes.
        outcome: None where a list is not here, or there are too many people for now.
    """

    people: Mapping[str, int]
    sources: Mapping[str, str]
    absent: tuple[str, ...]
    figures: Mapping[str, tuple[Figures, ...]]
    review: Mapping[str, int]
    numbers: tuple[Number, ...]
    outcome: Outcome | None


def people_here(node: Node, state: CaseState) -> int:
    """Return on how many people at most a text would be tried here, without reading them."""
    if book.sequences(node):
        return sum(claim.count for claim in state.final_lists.values())
    return access.count(node, HELD) + access.count(node, WANTED)


def lists_here(node: Node, case: str, agreement: Agreement, *, reader: Reader) -> Lists:
    """Read the people on whom this node can try a text.

    Args:
        node: The open node.
        case: The case.
        agreement: The text that is tried; it names the columns.
        reader: Who reads, what for, and when.

    Returns:
        Their rows by holder; nobody at a node that has no list.
    """
    state = book.case_of(book.read_ahead(node), case)
    held: dict[str, Sequence[Row]] = {}
    sources: dict[str, str] = {}
    if book.sequences(node):
        for party, rows in _final(node, state).items():
            if party in agreement.parties:
                held[party], sources[party] = rows, FINAL
    elif node.party in agreement.parties and node.party in state.parties:
        held[node.party], sources[node.party] = _own(node, case, agreement, reader), OWN
        for party, (rows, source) in _theirs(node, state, agreement, reader).items():
            held[party], sources[party] = rows, source
    return Lists(held=held, sources=sources, named=_named(node, state))


def try_text(agreement: Agreement, lists: Lists, *, seconds: float) -> Trial:
    """Try an agreement on lists.

    Args:
        agreement: The text, read.
        lists: From `lists_here`.
        seconds: How long one program of the solver may take.

    Returns:
        What it does.

    Raises:
        RuleError: A veto names more people than agreed, or the seats make too many rounds.
        EngineError: The solver failed.
    """
    absent = tuple(sorted(agreement.lists - set(lists.named)))
    problem = _problem(agreement, lists)
    is_whole = {flow.holder for flow in agreement.flows} <= set(lists.held)
    gone, outcome = None, None
    if is_whole and problem.pool.size:
        with Engine(seconds) as engine:
            found, reached = _best(problem, engine)
            if found is None:
                outcome = _impossible(problem, engine)
            else:
                gone = _gone(problem, found)
                outcome = _possible(problem, found, reached, gone)
    return Trial(
        people={party: len(rows) for party, rows in lists.held.items()},
        sources=lists.sources,
        absent=absent,
        figures={clause.id: figures_of(problem, clause, gone) for clause in agreement.clauses},
        review=problem.review,
        numbers=_numbers(problem) if is_whole else (),
        outcome=outcome,
    )


def ask_what_if(
    agreement: Agreement, lists: Lists, *, clause: str, key: str, place: int, value: int
) -> dict[str, Any]:
    """Say what would be reached if one number of one clause were another.

    Args:
        agreement: The text, read.
        lists: From `lists_here`.
        clause: Id of the clause.
        key: Which number of it.
        place: Which of a list of numbers, counted from 1; 0 where there is one.
        value: What it would be.

    Returns:
        As `planning.whatif.whatif`.

    Raises:
        InputError: There is no such number, or it may not be so.
        RuleError: The seats would make too many rounds necessary.
        EngineError: The solver failed.
    """
    problem = _problem(agreement, lists)
    now = {(n.clause, n.key, n.place): n.value for n in _numbers(problem)}
    change = value - now.get((clause, key, place), 0)
    with Engine(ASKED_SECONDS) as engine:
        return whatif(problem, engine, clause, key, change, place=place)


def _numbers(problem: Problem) -> tuple[Number, ...]:
    return tuple(n for c in problem.agreement.clauses for n in numbers_of(problem, c))


def _problem(agreement: Agreement, lists: Lists) -> Problem:
    named = {name: lists.named.get(name, frozenset()) for name in agreement.lists}
    pool = Pool.of(agreement, lists.held, named)
    holders = tuple(sorted({*pool.holders, *(str(f.holder) for f in agreement.flows)}))
    return compile_problem(agreement, pool, seed="", holders=holders)


def _best(problem: Problem, engine: Engine) -> tuple[Solved | None, dict[str, int]]:
    """Return one of the best plans, and what it reaches by the name of each level."""
    senses = {each.id: each.sense for each in problem.agreement.objectives}
    face, found = problem.face(), None
    reached: dict[str, int] = {}
    for name, worth in problem.goals or (("", problem.nothing),):
        found = None if face is None else solve_level(face, worth, engine)
        if face is None or found is None:
            return None, {}
        if name:
            reached[name] = found.reached * senses.get(name.rpartition(": ")[2], 1)
        try:
            face = verify_level(face, worth, found.level)
        except CertificateError as error:
            raise EngineError(
                "planning.no_proof",
                f"Expected a proof of {name} that can be checked, found none. {error}",
                hint="Simplify the clauses.",
            ) from error
    return found, reached


def _gone(problem: Problem, found: Solved) -> Mask:
    """Return who goes by a plan, over the pool."""
    gone = problem.pool.on_list(frozenset())
    gone[problem.people[found.way > 0]] = True
    gone[problem.owed] = True
    return gone


def _possible(problem: Problem, found: Solved, reached: Mapping[str, int], gone: Mask) -> Outcome:
    on = problem.travellers.flow
    return Outcome(
        counts={str(flow): int((on(flow) & gone).sum()) for flow in problem.agreement.flows},
        reached=reached,
        findings=tuple(legal_findings(problem, found.way)),
        conflicts=(),
        repairs=(),
    )


def _impossible(problem: Problem, engine: Engine) -> Outcome:
    conflicts, repairs = explain(problem, engine)
    return Outcome(
        counts=None,
        reached={},
        findings=(),
        conflicts=tuple(tuple(each["clauses"]) for each in conflicts),
        repairs=tuple(repairs),
    )


def _final(node: Node, state: CaseState) -> dict[str, list[Row]]:
    """Return the final lists that have come to a mediator."""
    tabled, found = terms_of(node, state.case), {}
    for party, claim in sorted(state.final_lists.items()):
        try:
            found[party] = read_pool_rows(node, tabled, claim.root)
        except AccessError:
            continue  # it is told that this list is not here
    return found


def _own(node: Node, case: str, agreement: Agreement, reader: Reader) -> list[Row]:
    """Return those we hold and who may be part of the exchange, as a final list would."""
    gone = returned(node) | off(node, HELD)
    return [
        {**row_of(person, agreement.columns), "ref": node.keys.captive_id(case, person.ref)}
        for person in access.people(node, HELD, reader=reader)
        if person.power in agreement.parties and person.ref not in gone
    ]


def _theirs(
    node: Node, state: CaseState, agreement: Agreement, reader: Reader
) -> dict[str, tuple[list[Row], str]]:
    """Return what we know of whom each other party holds, and where we know it from."""
    others = [party for party in sorted(agreement.parties) if party != node.party]
    said = {other: _answered(node, state, other, reader) for other in others}
    if not any(ids is not None for ids in said.values()) and len(others) != 1:
        return {}
    home = came_home(node, reader) | off(node, WANTED)
    missed = [p for p in access.people(node, WANTED, reader=reader) if p.ref not in home]
    found = {}
    for other, ids in said.items():
        if ids is not None:
            people = [_missed_row(p, agreement, node, ids[p.ref]) for p in missed if p.ref in ids]
            found[str(other)] = people, SAID
        elif len(others) == 1:
            made = [node.keys.captive_id(f"{state.case}|missed", p.ref) for p in missed]
            rows = zip(missed, made, strict=True)
            found[str(other)] = [_missed_row(p, agreement, node, ref) for p, ref in rows], MISSED
    return found


def _answered(node: Node, state: CaseState, other: str, reader: Reader) -> dict[str, str] | None:
    """Return whom a party said it holds: our reference → its salted id; None before it said so."""
    if (other, node.party) not in state.answers:
        return None
    try:
        rows = answer_rows(node, state, holder=other, asker=node.party, reader=reader)
    except AccessError:
        return None
    return {row["ref"]: row["captive"] for row in rows if row["code"] == "held"}


def _missed_row(person: PersonRecord, agreement: Agreement, node: Node, ref: str) -> Row:
    """Return somebody whom we miss as the holder's list could have them."""
    captured = person.captured_on or person.missing_since
    known = replace(person, captured_on=captured, power=person.power or str(node.party))
    return {**row_of(known, agreement.columns), "ref": ref}


def _named(node: Node, state: CaseState) -> Mapping[str, frozenset[PersonId]]:
    """Return the lists of people that the proposed plan was made with, if there is one."""
    if state.plan is None:
        return {}
    try:
        return plan_of(node, state)[1]
    except AccessError:
        return {}
