"""A proposed plan as one looks at it: counts, reasons, and how one person stands.

Rules of this file:
- A party sees what its own list tells; a mediator sees both, and no name.
- Numbers below five are ranges, as in the public record, unless two officers allowed more.
- How one person stands is shown by `why_of` alone, and only if two officers allowed it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeward.foundation.errors import AccessError, TurnError
from homeward.foundation.ids import Flow, parse_flow
from homeward.negotiation.case import CaseState
from homeward.node import book
from homeward.node.actions import disclosure
from homeward.node.actions.cases import read_pool_rows, terms_of
from homeward.node.actions.disclosure import Look
from homeward.node.actions.plans import findings_of, plan_of
from homeward.node.actions.report import COUNTED, judged_moves
from homeward.node.home import Node
from homeward.node.models import CaptiveLink
from homeward.planning.standing import RULES, Standing, rules_of, standing_of
from homeward.report.totals import Category, Count, FlowTotals, Move, shown, totals
from homeward.terms import Agreement
from homeward.terms.pool import Pool

GOING = ("agreed", "article_109")
"""The rules by which somebody goes; by any other they stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """One move of the plan: salted id, leg, basis; `ref` where the person is on our list."""

    captive: str
    leg: str
    basis: str
    is_asked: bool
    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A proposed plan.

    Attributes:
        plan: The document itself.
        findings: Code of each legal finding, in the order of the plan's.
        flows: How many go on each leg, by category; None where our list does not tell.
        categories: The categories that the pool can tell.
        stays: By holder whose list we have, how many stay by each rule.
        movers: Every move, in the plan's order.
    """

    case: str
    state: str
    agreement: Agreement
    plan: Mapping[str, Any]
    findings: tuple[str, ...]
    flows: tuple[FlowTotals, ...]
    categories: tuple[Category, ...]
    stays: Mapping[str, Mapping[str, Count]]
    movers: tuple[Mover, ...]


def plan_view(node: Node, case: str, *, is_exact: bool) -> PlanView:
    """Look at the proposed plan of a case.

    Args:
        node: The open node.
        case: The case.
        is_exact: True if two officers allowed small numbers to be shown.

    Returns:
        What it says, as far as this node's lists tell.

    Raises:
        TurnError: No plan was proposed.
        AccessError: The plan, or our list, has not arrived.
    """
    state = book.case_of(book.read_ahead(node), case)
    agreement = terms_of(node, case)
    plan, _ = plan_of(node, state)
    pool, held = _pool(node, state, agreement)
    known = tuple(n for n, (need, _) in COUNTED.items() if set(need) <= set(agreement.columns))
    ours = {holder: frozenset(row["ref"] for row in rows) for holder, rows in held.items()}
    going = {m["ref"]: f"{m['holder']} -> {m['home']}" for m in plan["moves"]}
    seen = {ref: leg for ref, leg in going.items() if parse_flow(leg).holder in ours}
    flows: list[FlowTotals] = []
    for leg, count in sorted(plan["counts"].items()):
        flow = parse_flow(leg)
        own = {ref: each for ref, each in seen.items() if each == leg}
        # Of whom only the other side has the list, the plan tells the number alone.
        unseen = [Move(flow=flow, days_held=None, categories=frozenset())] * count
        moves = judged_moves(agreement, held, own, known) if own else unseen
        judged = known if own else ()
        flows += totals(moves, {flow: count}, categories=judged, public=not is_exact).flows
    return PlanView(
        case=case,
        state=state.state,
        agreement=agreement,
        plan=plan,
        findings=tuple(findings_of(plan)),
        flows=tuple(flows),
        categories=known,
        stays=_stays(agreement, pool, plan, is_exact=is_exact),
        movers=_movers(case, plan),
    )


def why_of(node: Node, case: str, captive: str, *, actor: str, now: dt.datetime) -> Standing | None:
    """Tell why one captive goes or stays, if two officers allowed it.

    Args:
        node: The open node.
        case: The case.
        captive: Salted id.
        actor: Id of the account that looks.
        now: When.

    Returns:
        How the captive stands; None if this account may not see it.

    Raises:
        TurnError: No plan was proposed.
        AccessError: Nobody on the lists that we have is this captive.
    """
    state, agreement = book.case_of(book.read_ahead(node), case), terms_of(node, case)
    plan, _ = plan_of(node, state)
    pool, _ = _pool(node, state, agreement)
    if captive not in pool.refs:
        raise AccessError(
            "planned.captive",
            "Expected a captive of this case on a list of this node, found none.",
            hint="Take the id from the plan, or from your own list.",
        )
    if not disclosure.show(node, Look(act="why", case=case, subject=captive), actor=actor, now=now):
        return None
    person = pool.refs.index(captive)
    return standing_of(agreement, pool, _bases(plan), person, holders=tuple(plan["roots"]))


def captive_of(node: Node, case: str, ref: str) -> str:
    """Return the salted id of somebody on our own list, by our reference.

    Raises:
        AccessError: Nobody of that reference is in the case.
    """
    node.require_open()
    link = CaptiveLink.objects.filter(case=case, ref=ref).first()
    if link is None:
        raise AccessError(
            "planned.ref",
            "Expected somebody with this reference in the case, found nobody.",
            hint="Look the reference up on the list of those you hold.",
        )
    return str(link.captive_id)


def leg_of(plan: Mapping[str, Any], captive: str) -> Flow | None:
    """Return on which leg a captive goes; None for whoever stays."""
    for move in plan["moves"]:
        if move["ref"] == captive:
            return parse_flow(f"{move['holder']} -> {move['home']}")
    return None


def _pool(
    node: Node, state: CaseState, agreement: Agreement
) -> tuple[Pool, dict[str, list[dict[str, str]]]]:
    """Return the lists that this node has: its own, or at a mediator all."""
    parties = state.parties if book.sequences(node) else (node.party,)
    held = {
        party: read_pool_rows(node, agreement, state.final_lists[party].root)
        for party in parties
        if party in state.final_lists
    }
    if not held:
        raise TurnError(
            "planned.no_list",
            f"Expected the final list of a party, found that {node.party} has none.",
            hint="An observer sees the ledger; the lists are with the parties and the mediator.",
        )
    return Pool.of(agreement, held, plan_of(node, state)[1]), held


def _bases(plan: Mapping[str, Any]) -> dict[str, str]:
    return {move["ref"]: move["basis"] for move in plan["moves"]}


def _stays(
    agreement: Agreement, pool: Pool, plan: Mapping[str, Any], *, is_exact: bool
) -> dict[str, dict[str, Count]]:
    rules = rules_of(agreement, pool, _bases(plan), holders=tuple(plan["roots"]))
    stays = {}
    for number, holder in enumerate(pool.holders):
        counts = Counter(RULES[rule] for rule in rules[pool.holder == number])
        left = sum(count for rule, count in counts.items() if rule not in GOING)
        stays[holder] = {
            rule: shown(counts[rule], left, public=not is_exact)
            for rule in RULES
            if rule not in GOING and counts[rule]
        }
    return stays


def _movers(case: str, plan: Mapping[str, Any]) -> tuple[Mover, ...]:
    refs = dict(CaptiveLink.objects.filter(case=case).values_list("captive_id", "ref"))
    return tuple(
        Mover(
            captive=move["ref"],
            leg=f"{move['holder']} -> {move['home']}",
            basis=move["basis"],
            is_asked="ask" not in move.get("flags", ()),
            ref=refs.get(move["ref"], ""),
        )
        for move in plan["moves"]
    )
