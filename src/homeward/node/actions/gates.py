"""Who of a plan stands behind a gate of the terms, as far as this node can know it.

Rules of this file:
- Behind "phase N" is whoever the plan sends in that phase.
- Behind a clause is whoever the plan counts for it; where it counts nobody for one clause
  alone, whoever the clause means on the lists that this node has: its own, or at a mediator
  all. A home party leaves those of the other side's list to their holder and the mediator.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homeward.foundation.errors import AccessError
from homeward.foundation.ids import PersonId
from homeward.negotiation.case import CaseState
from homeward.node import book
from homeward.node.actions.cases import read_pool_rows, terms_of
from homeward.node.home import Node
from homeward.planning.travellers import Travellers
from homeward.terms import Agreement
from homeward.terms.clause_checks import phase_number
from homeward.terms.clauses import Clause, Destination, Quota, Ratio, list_of
from homeward.terms.pool import Mask, Pool


def behind_gates(
    node: Node,
    state: CaseState,
    plan: Mapping[str, Any],
    lists: Mapping[str, frozenset[PersonId]],
) -> dict[str, frozenset[str]]:
    """Return who waits for each gate.

    Args:
        node: The open node.
        state: The case.
        plan: The accepted plan.
        lists: The lists of people that it was made with.

    Returns:
        Id of the gate -> salted ids of the captives of the plan behind it.
    """
    found: dict[str, frozenset[str]] = {}
    for gate, said in state.gates.items():
        number = phase_number(said["before"])
        if number is not None:
            behind = {move["ref"] for move in plan["moves"] if move["phase"] == number}
        else:
            behind = _of_clause(node, state, plan, lists, said["before"])
        found[gate] = frozenset(behind)
    return found


def _of_clause(
    node: Node,
    state: CaseState,
    plan: Mapping[str, Any],
    lists: Mapping[str, frozenset[PersonId]],
    name: str,
) -> set[str]:
    agreement = terms_of(node, state.case)
    clause = next(each for each in agreement.clauses if each.id == name)
    counted = {move["ref"] for move in plan["moves"] if _is_for(move, name)}
    if counted and not isinstance(clause, Ratio):
        return counted
    pool = Pool.of(agreement, _held(node, state, agreement), lists)
    travellers = Travellers(agreement, pool, elsewhere=set(plan["roots"]) - set(pool.holders))
    mask = _meant(travellers, clause)
    meant = {ref for ref, inside in zip(pool.refs, mask.tolist(), strict=True) if inside}
    return counted | (meant & {move["ref"] for move in plan["moves"]})


def _is_for(move: Mapping[str, Any], clause: str) -> bool:
    """Tell whether the plan counts a move for a clause, or for a part of it."""
    return str(move.get("account", "")).partition("/")[0] == clause


def _held(node: Node, state: CaseState, agreement: Agreement) -> dict[str, list[dict[str, str]]]:
    """Return the final lists that are here."""
    held = {}
    for party in state.parties if book.sequences(node) else (node.party,):
        if party in state.final_lists:
            try:
                held[party] = read_pool_rows(node, agreement, state.final_lists[party].root)
            except AccessError:
                continue
    return held


def _meant(travellers: Travellers, clause: Clause) -> Mask:
    """Return whom a clause names or counts, over the lists that are here."""
    people: Any = clause
    if list_of(clause) is not None or getattr(people, "persons", None):
        return travellers.people(people)
    match clause:
        case Ratio():  # whom it gives for them, the plan counts for it
            each = clause.for_each
            return travellers.flow(each.flow) & travellers.category(each.where)
        case Quota():
            return travellers.any_flow(clause.flows) & travellers.category(clause.where)
        case Destination():
            return travellers.category(clause.where)
    return travellers.meant(clause)
