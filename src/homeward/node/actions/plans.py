"""The plan of a case: proposed by the mediator, checked and accepted by each party.

Rules of this file:
- The mediator plans over both final lists, each with the root that its party signed.
- Nobody accepts a plan that does not hold on their own list, or of which the ledger says
  something else: its hashes, its findings, who travels, and over which signed lists.
- Every legal finding is acknowledged by name.
- With its acceptance a holder tells each home party who comes, and nobody else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from homeward.foundation.canonical import canonical_bytes, canonical_sha256
from homeward.foundation.errors import InfeasibleError, RuleError, TamperError, TurnError
from homeward.foundation.ids import PersonId, parse_person
from homeward.handover.custody import captives_root
from homeward.negotiation.case import CaseState
from homeward.node import access, blobs, book
from homeward.node.access import Reader
from homeward.node.actions.cases import (
    IDENTITY,
    Report,
    claim_of,
    no_report,
    read_pool_rows,
    terms_of,
)
from homeward.node.actions.showing import hand_of
from homeward.node.home import Node
from homeward.node.models import CaptiveLink
from homeward.planning import check_plan, make_plan
from homeward.planning.engine import Engine
from homeward.records.model import HELD, PersonRecord
from homeward.terms.named import read_named
from homeward.terms.pool import Pool, row_of


def propose_plan(
    node: Node,
    case: str,
    *,
    now: dt.datetime,
    lists: Mapping[str, frozenset[PersonId]] | None = None,
    report: Report = no_report,
) -> dict[str, Any]:
    """Plan the exchange over both final lists and propose it.

    Args:
        node: The mediator's open node.
        case: The case.
        now: When.
        lists: The lists that the agreement names, of salted ids.
        report: Told the phases; it may raise to stop.

    Returns:
        The plan.

    Raises:
        TurnError: This is no mediator's node, or a final list is not signed.
        AccessError: A final list has not arrived.
        TamperError: A final list has another root than its party signed.
        InfeasibleError: No plan keeps every clause; the message says which collide.
    """
    book.require_role(node, "mediator")
    state, agreement = book.case_of(book.read_ahead(node), case), terms_of(node, case)
    report("reading", 0, 0)
    held = {}
    for party in state.parties:
        claim = claim_of(state.final_lists.get(party), f"final list of {party}")
        held[party] = read_pool_rows(node, agreement, claim.root)
    given = dict(lists or {})
    pool = Pool.of(agreement, held, given)
    report("planning", 0, 0)
    with Engine() as engine:
        plan = make_plan(agreement, pool, engine, seed=state.seed)
    if plan["status"] == "infeasible":
        raise _infeasible(plan)
    report("checking", 0, 0)
    data = canonical_bytes(plan)
    check_plan(agreement, pool, data, seed=state.seed)
    body = {
        "terms_sha256": plan["terms_sha256"],
        "pool_sha256": plan["pool_sha256"],
        "plan_sha256": plan["plan_sha256"],
        "seed": state.seed,
        "status": plan["status"],
        "legal_findings": findings_of(plan),
        "flows": plan["counts"],
        "captives_root": captives_root(move["ref"] for move in plan["moves"]),
    }
    content = {"plan": plan, "lists": {n: sorted(map(str, people)) for n, people in given.items()}}
    with node.transaction():
        book.record(node, case=case, type="plan_proposed", body=body, role="mediator", now=now)
        for party in state.parties:
            if party in state.on_paper:
                continue  # it is printed for them
            blobs.send(
                node,
                case=case,
                purpose="plan",
                to=party,
                key=plan["plan_sha256"],
                content=content,
                now=now,
            )
        blobs.keep(
            node, case=case, purpose="plan", key=plan["plan_sha256"], content=content, now=now
        )
    return plan


def _infeasible(plan: Mapping[str, Any]) -> InfeasibleError:
    return InfeasibleError(
        "cases.infeasible",
        " ".join(conflict["sentence"] for conflict in plan["conflicts"]) or "No plan exists.",
        hint=" ".join(
            (
                *(repair["sentence"] for repair in plan["repairs"]),
                "End this case with `homeward case abort`, and table a mended agreement.",
            )
        ),
        facts={
            "clauses": sorted({c for x in plan["conflicts"] for c in x["clauses"]}),
            "conflicts": [" ".join(each["clauses"]) for each in plan["conflicts"]],
            "repairs": [_change(each) for each in plan["repairs"] if _is_of_numbers(each)],
            "removals": [
                " ".join(part["clause"] for part in (each, *each.get("with", ())))
                for each in plan["repairs"]
                if not _is_of_numbers(each)
            ],
        },
    )


def _is_of_numbers(repair: Mapping[str, Any]) -> bool:
    """Say whether a repair changes numbers; else clauses go."""
    return repair["change"]["to"] is not None


def _change(repair: Mapping[str, Any]) -> str:
    """Write what a repair changes as `clause key old new`, several with commas between them.

    Of a list of numbers the place stands after the key.
    """
    parts = ((part["clause"], part["change"]) for part in (repair, *repair.get("with", ())))
    return ", ".join(
        f"{clause} {c['key']} {c['place']} {c['from']} {c['to']}"
        if "place" in c
        else f"{clause} {c['key']} {c['from']} {c['to']}"
        for clause, c in parts
    )


def accept_plan(
    node: Node,
    case: str,
    *,
    acknowledge: Iterable[str],
    now: dt.datetime,
    actor: str,
    report: Report = no_report,
) -> dict[str, Any]:
    """Check the proposed plan on our own list, accept it, and say who comes.

    Args:
        node: A bureau's open node.
        case: The case.
        acknowledge: Codes of the legal findings that we acknowledge.
        now: When.
        actor: Who accepts.
        report: Told the phases; it may raise to stop.

    Returns:
        The plan.

    Raises:
        TamperError: The plan does not hold on our list, or is not what the ledger says.
        RuleError: It breaks a clause, or a legal finding is not acknowledged.
    """
    state, agreement = book.case_of(book.read_ahead(node), case), terms_of(node, case)
    plan, lists = plan_of(node, state)
    claim = claim_of(state.final_lists.get(node.party), "final list of ours")
    own = read_pool_rows(node, agreement, claim.root)
    report("checking", 0, 0)
    pool = Pool.of(agreement, {node.party: own}, lists)
    check_plan(agreement, pool, canonical_bytes(plan), party=node.party, seed=state.seed)
    _verify_proposal(state, plan)
    body = acceptance_of(plan, acknowledge)
    report("sealing", 0, 0)
    with node.transaction():
        book.record(node, case=case, type="plan_accepted", body=body, role="bureau", now=now)
        _disclose_identities(node, state, plan, Reader(actor=actor, purpose="identities", now=now))
    return plan


def acceptance_of(plan: Mapping[str, Any], acknowledge: Iterable[str]) -> dict[str, Any]:
    """Return what an acceptance of a plan says.

    Args:
        plan: The plan.
        acknowledge: Codes of the legal findings that whoever accepts acknowledges.

    Raises:
        RuleError: A legal finding is not acknowledged.
    """
    findings = findings_of(plan)
    missing = sorted(set(findings) - set(acknowledge))
    if missing:
        raise RuleError(
            "cases.findings",
            f"Expected every legal finding to be acknowledged, found {len(missing)} that are not: "
            f"{', '.join(missing)}.",
            hint="Read them with `homeward case show`; accept with --acknowledge CODE for each.",
            facts={"findings": missing},
        )
    return {
        "terms_sha256": plan["terms_sha256"],
        "pool_sha256": plan["pool_sha256"],
        "plan_sha256": plan["plan_sha256"],
        "acknowledged": findings,
    }


def _verify_proposal(state: CaseState, plan: Mapping[str, Any]) -> None:
    """Check a plan that holds against what the mediator signed of it in the ledger."""
    said = state.plan
    assert said is not None, "the plan was found by what the ledger says"
    stated = (
        *(said.plan_sha256, said.pool_sha256, said.status, said.captives_root),
        *(list(said.legal_findings), dict(said.flows)),
        {party: claim.root for party, claim in state.final_lists.items()},
    )
    found = (
        *(plan["plan_sha256"], plan["pool_sha256"], plan["status"]),
        captives_root(move["ref"] for move in plan["moves"]),
        *(findings_of(plan), plan["counts"], plan["roots"]),
    )
    if stated != found:
        raise TamperError(
            "cases.proposal",
            "Expected the plan of which the ledger tells, over the lists that the parties signed, "
            "found another.",
            hint="Reject it, and ask the mediator to propose it anew.",
        )


def keep_list(node: Node, case: str, data: bytes, *, file: str, now: dt.datetime) -> str:
    """Keep a list that the agreement names, until the plan is made with it.

    Args:
        node: The mediator's open node.
        case: The case.
        data: CSV or XLSX of salted ids, as `terms.named` reads it.
        file: What the file is called.
        now: When.

    Returns:
        The key by which `kept_list` finds it.

    Raises:
        InputError: It is no such list, or names somebody who is on no final list.
    """
    state, agreement = book.case_of(book.read_ahead(node), case), terms_of(node, case)
    held = {
        party: frozenset(row["ref"] for row in read_pool_rows(node, agreement, claim.root))
        for party, claim in state.final_lists.items()
    }
    people = read_named(data, file=file, held=held)
    content = sorted(map(str, people))
    key = canonical_sha256(content)
    with node.transaction():
        blobs.keep(node, case=case, purpose="named_list", key=key, content=content, now=now)
    return key


def kept_list(node: Node, key: str) -> frozenset[PersonId]:
    """Return the people of a list that `keep_list` kept."""
    return frozenset(map(parse_person, blobs.read(node, key=key, what="list of the agreement")))


def reject_plan(node: Node, case: str, *, reason: str, now: dt.datetime) -> None:
    """Reject the proposed plan, for a reason of the closed list."""
    state = book.case_of(book.read_ahead(node), case)
    if state.plan is None:
        raise TurnError(
            "cases.no_plan",
            f"Expected a proposed plan, found a case that is {state.state}.",
            hint="See `homeward status` for what comes next.",
        )
    body = {"plan_sha256": state.plan.plan_sha256, "reason": reason}
    book.record(node, case=case, type="plan_rejected", body=body, role="bureau", now=now)


def plan_of(node: Node, state: CaseState) -> tuple[dict[str, Any], dict[str, frozenset[PersonId]]]:
    """Return the proposed plan and the lists that it was made with.

    Raises:
        TurnError: No plan was proposed.
        AccessError: It has not arrived.
    """
    if state.plan is None:
        raise TurnError(
            "cases.no_plan",
            f"Expected a proposed plan, found a case that is {state.state}.",
            hint="See `homeward status` for what comes next.",
        )
    content = blobs.read(node, key=state.plan.plan_sha256, what="plan")
    lists = {
        name: frozenset(parse_person(text) for text in people)
        for name, people in content["lists"].items()
    }
    return content["plan"], lists


def findings_of(plan: Mapping[str, Any]) -> list[str]:
    """Return a code for each legal finding, as acceptances acknowledge them."""
    codes = {f"{f['rule']}/{f['clause']}".replace(" ", "-") for f in plan["legal_findings"]}
    return sorted(codes)


def findings_in(node: Node, case: str) -> list[str]:
    """Return the codes of the legal findings of the proposed plan."""
    return findings_of(plan_of(node, book.case_of(book.read_ahead(node), case))[0])


def planned_of(plan: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Return the captives of a plan by leg."""
    legs: dict[str, set[str]] = {}
    for move in plan["moves"]:
        legs.setdefault(f"{move['holder']} -> {move['home']}", set()).add(move["ref"])
    return {leg: frozenset(ids) for leg, ids in legs.items()}


def _disclose_identities(
    node: Node, state: CaseState, plan: Mapping[str, Any], reader: Reader
) -> None:
    """Tell each home party who of its people comes: only those of the plan."""
    case = state.case
    own = {m["ref"]: m["home"] for m in plan["moves"] if m["holder"] == node.party}
    links = dict(
        CaptiveLink.objects.filter(case=case, captive_id__in=own).values_list("captive_id", "ref")
    )
    found = {p.ref: p for p in access.some(node, HELD, set(links.values()), reader=reader)}
    tell_who_comes(node, state, {c: found[ref] for c, ref in links.items()}, own, now=reader.now)


def tell_who_comes(
    node: Node,
    state: CaseState,
    people: Mapping[str, PersonRecord],
    homes: Mapping[str, str],
    *,
    now: dt.datetime,
) -> None:
    """Seal to each home party who of its people comes.

    Args:
        node: The open node of the holder, or of the mediator of one on paper.
        state: The case.
        people: By salted id.
        homes: Salted id -> home party, of everybody of the plan whom the holder holds.
        now: When.
    """
    case = state.case
    for home in sorted(set(homes.values())):
        rows = [
            {**row_of(person, IDENTITY), "ref": captive}
            for captive, person in sorted(people.items())
            if homes[captive] == home
        ]
        rows = blobs.salted(node, case, f"identities/{home}", rows)
        key = blobs.rows_root(rows)
        reader = hand_of(state, home)
        if reader == node.party:
            blobs.keep(node, case=case, purpose="identities", key=key, content=rows, now=now)
        else:
            blobs.send(
                node, case=case, purpose="identities", to=reader, key=key, content=rows, now=now
            )
