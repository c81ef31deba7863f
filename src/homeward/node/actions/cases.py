"""A case, step by step: from the opening to the acceptance of a plan.

Rules of this file:
- One function a user intent; each records at most one entry a counterpart.
- What a party discloses goes sealed to its reader; the ledger gets roots and counts.
- A wanted list and an answer show who the person is, never `unit`, `held_at` or `health`.
- The mediator's pool holds salted ids and the columns that the terms name, never a name.
- An answer "held" is given only for a match that is very likely; what is less sure is
  "insufficient_identification" and waits for a person to look at it.
- Nobody accepts a plan that does not hold on their own list, or of which the ledger says
  something else: its hashes, its findings, who travels, and over which signed lists.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from homeward.foundation.canonical import canonical_bytes
from homeward.foundation.crypto import derive_bytes
from homeward.foundation.dates import parse_date
from homeward.foundation.errors import (
    InfeasibleError,
    InputError,
    RuleError,
    TamperError,
    TurnError,
)
from homeward.foundation.ids import PersonId, parse_person
from homeward.handover.custody import captives_root
from homeward.matching.match import best_pairs, match
from homeward.negotiation.case import CaseState, ListClaim
from homeward.node import access, blobs, book
from homeward.node.access import Reader
from homeward.node.home import Node
from homeward.node.models import CaptiveLink, Peer
from homeward.planning import check_plan, make_plan
from homeward.planning.engine import Engine
from homeward.records.model import DATE_COLUMNS, HELD, WANTED, PersonRecord
from homeward.terms import Agreement, read_agreement
from homeward.terms.pool import Pool, holder_root, row_of

IDENTITY = (
    *("family_name", "given_name", "father_name", "name_as_written"),
    *("birth_date", "birth_place", "sex", "service_number"),
)
"""The columns by which two bureaus recognise one person."""


def open_case(node: Node, terms: str, *, now: dt.datetime) -> str:
    """Table an agreement: the mediator's first entry of a case.

    Args:
        node: The mediator's open node.
        terms: The agreement, TOML.
        now: When.

    Returns:
        The case, named after the agreement.

    Raises:
        InputError: The agreement cannot be read, or this is no mediator's node.
        AccessError: A party's card is missing.
        TurnError: The case exists already.
    """
    agreement = read_agreement(terms)
    if not book.sequences(node):
        raise InputError(
            "cases.mediator",
            f"Expected the node of a mediator, found that of {node.party}.",
            hint="The mediator opens a case; a bureau signs its terms.",
        )
    _join_members(node, [str(party) for party in agreement.parties], now)
    body = {
        "terms_toml": terms,
        "terms_sha256": agreement.sha256,
        "parties": sorted(agreement.parties),
        "mediators": [node.party],
        "seed_required": True,
    }
    book.record(node, case=agreement.id, type="case_opened", body=body, role="mediator", now=now)
    return agreement.id


def sign_terms(node: Node, case: str, *, now: dt.datetime) -> None:
    """Sign the terms of a case, as they stand in the ledger."""
    state = book.case_of(book.read_ahead(node), case)
    body = {"terms_sha256": state.terms_sha256}
    book.record(node, case=case, type="terms_signed", body=body, role="bureau", now=now)


def send_wanted(node: Node, case: str, *, now: dt.datetime, actor: str) -> dict[str, int]:
    """Send to each other party the list of those we miss in its power.

    Returns:
        Number of people by party.
    """
    state = book.case_of(book.read_ahead(node), case)
    reader = Reader(actor=actor, purpose="wanted_list", now=now)
    everybody = list(access.people(node, WANTED, reader=reader))
    counts = {}
    for other in _others(node, state):
        rows = [{"ref": record.ref, **row_of(record, IDENTITY)} for record in everybody]
        rows = blobs.salted(node, case, f"wanted/{other}", rows)
        root = blobs.rows_root(rows)
        body = {"to": other, "count": len(rows), "root": root}
        with node.transaction():
            book.record(node, case=case, type="wanted_list", body=body, role="bureau", now=now)
            blobs.send(
                node, case=case, purpose="wanted_list", to=other, key=root, content=rows, now=now
            )
            blobs.keep(node, case=case, purpose="wanted_list", key=root, content=rows, now=now)
        counts[other] = len(rows)
    return counts


def answer(node: Node, case: str, *, now: dt.datetime, actor: str) -> dict[str, dict[str, int]]:
    """Answer every line of the wanted lists that the other parties sent us.

    Returns:
        By party, how many lines got which answer.

    Raises:
        AccessError: A wanted list has not arrived.
        TurnError: There is none in the ledger yet, or it is not our move.
    """
    state = book.case_of(book.read_ahead(node), case)
    reader = Reader(actor=actor, purpose="answers", now=now)
    held = list(access.people(node, HELD, reader=reader))
    found = {}
    for other in _others(node, state):
        claim = _claim(state.wanted.get((other, node.party)), f"wanted list of {other} for us")
        wanted = blobs.read_rows(node, root=claim.root, what="wanted list")
        rows = _answers(node, case, wanted, [p for p in held if p.power == other], returned(node))
        rows = blobs.salted(node, case, f"answers/{other}", rows)
        root, counts = blobs.rows_root(rows), Counter(row["code"] for row in rows)
        body = {
            "to": other,
            "in_reply_to": claim.entry_sha256,
            "count": len(rows),
            "counts": dict(counts),
            "root": root,
        }
        with node.transaction():
            book.record(
                node, case=case, type="answers", body=body, role="bureau", now=now,
                in_reply_to=claim.entry_sha256,
            )  # fmt: skip
            blobs.send(
                node, case=case, purpose="answers", to=other, key=root, content=rows, now=now
            )
            blobs.keep(node, case=case, purpose="answers", key=root, content=rows, now=now)
        found[other] = dict(counts)
    return found


def send_final_list(node: Node, case: str, *, now: dt.datetime, actor: str) -> int:
    """Bind ourselves to the people we hold, and give the mediator what the plan needs.

    The mediator gets salted ids and the columns that the terms name; we also commit to our
    half of the seed that breaks ties, before anybody shows theirs.

    Returns:
        Number of people.
    """
    state = book.case_of(book.read_ahead(node), case)
    agreement = terms_of(node, case)
    reader = Reader(actor=actor, purpose="final_list", now=now)
    gone = returned(node)
    held = [
        person
        for person in access.people(node, HELD, reader=reader)
        if person.power in state.parties and person.ref not in gone
    ]
    rows = [_pool_row(node, case, agreement, person) for person in held]
    rows.sort(key=lambda row: row["ref"])
    root = _pool_root(agreement, rows)
    body = {
        "count": len(rows),
        "root": root,
        "seed_commitment": hashlib.sha256(_nonce(node, case)).hexdigest(),
    }
    with node.transaction():
        book.record(node, case=case, type="final_list", body=body, role="bureau", now=now)
        blobs.send(
            node,
            case=case,
            purpose="final_list",
            to=state.mediators[0],
            key=root,
            content=rows,
            now=now,
        )
        blobs.keep(node, case=case, purpose="final_list", key=root, content=rows, now=now)
        CaptiveLink.objects.bulk_create(
            [
                CaptiveLink(case=case, captive_id=row["ref"], ref=ref)
                for row, ref in zip(rows, _refs_by_id(node, case, held), strict=True)
            ],
            ignore_conflicts=True,
        )
    return len(rows)


def reveal_seed(node: Node, case: str, *, now: dt.datetime) -> None:
    """Show our half of the seed, once every party is bound to its list."""
    body = {"nonce": _nonce(node, case).hex()}
    book.record(node, case=case, type="seed_revealed", body=body, role="bureau", now=now)


def propose_plan(
    node: Node,
    case: str,
    *,
    now: dt.datetime,
    lists: Mapping[str, frozenset[PersonId]] | None = None,
) -> dict[str, Any]:
    """Plan the exchange over both final lists and propose it.

    Args:
        node: The mediator's open node.
        case: The case.
        now: When.
        lists: The lists that the agreement names, of salted ids.

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
    held = {}
    for party in state.parties:
        claim = _claim(state.final_lists.get(party), f"final list of {party}")
        held[party] = read_pool_rows(node, agreement, claim.root)
    given = dict(lists or {})
    pool = Pool.of(agreement, held, given)
    with Engine() as engine:
        plan = make_plan(agreement, pool, engine, seed=state.seed)
    if plan["status"] == "infeasible":
        raise InfeasibleError(
            "cases.infeasible",
            " ".join(conflict["sentence"] for conflict in plan["conflicts"]) or "No plan exists.",
            hint=" ".join(
                (
                    *(repair["sentence"] for repair in plan["repairs"]),
                    "End this case with `homeward case abort`, and table a mended agreement.",
                )
            ),
            facts={"clauses": sorted({c for x in plan["conflicts"] for c in x["clauses"]})},
        )
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


def accept_plan(
    node: Node, case: str, *, acknowledge: Iterable[str], now: dt.datetime, actor: str
) -> dict[str, Any]:
    """Check the proposed plan on our own list, accept it, and say who comes.

    Args:
        node: A bureau's open node.
        case: The case.
        acknowledge: Codes of the legal findings that we acknowledge.
        now: When.
        actor: Who accepts.

    Returns:
        The plan.

    Raises:
        TamperError: The plan does not hold on our list, or is not what the ledger says.
        RuleError: It breaks a clause, or a legal finding is not acknowledged.
    """
    state, agreement = book.case_of(book.read_ahead(node), case), terms_of(node, case)
    plan, lists = plan_of(node, state)
    claim = _claim(state.final_lists.get(node.party), "final list of ours")
    own = read_pool_rows(node, agreement, claim.root)
    pool = Pool.of(agreement, {node.party: own}, lists)
    check_plan(agreement, pool, canonical_bytes(plan), party=node.party, seed=state.seed)
    _verify_proposal(state, plan)
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
    body = {
        "terms_sha256": plan["terms_sha256"],
        "pool_sha256": plan["pool_sha256"],
        "plan_sha256": plan["plan_sha256"],
        "acknowledged": findings,
    }
    with node.transaction():
        book.record(node, case=case, type="plan_accepted", body=body, role="bureau", now=now)
        _disclose_identities(node, case, plan, Reader(actor=actor, purpose="identities", now=now))
    return plan


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


def abort(node: Node, case: str, *, reason: str, now: dt.datetime) -> None:
    """End a case without an exchange, for a reason of the closed list."""
    role = "mediator" if book.sequences(node) else "bureau"
    book.record(node, case=case, type="aborted", body={"reason": reason}, role=role, now=now)


def terms_of(node: Node, case: str) -> Agreement:
    """Return the agreement of a case, from the ledger."""
    return read_agreement(terms_text(node, case))


def terms_text(node: Node, case: str) -> str:
    """Return the text of a case's agreement, as it stands in the ledger."""
    state = book.read_ahead(node)
    book.case_of(state, case)
    opened = next(e for e in state.envelopes if e.case == case and e.type == "case_opened")
    return str(opened.body["terms_toml"])


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


def planned_of(plan: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Return the captives of a plan by leg."""
    legs: dict[str, set[str]] = {}
    for move in plan["moves"]:
        legs.setdefault(f"{move['holder']} -> {move['home']}", set()).add(move["ref"])
    return {leg: frozenset(ids) for leg, ids in legs.items()}


def read_pool_rows(node: Node, agreement: Agreement, root: str) -> list[dict[str, str]]:
    """Return a party's part of the pool, checked against the root that it signed."""
    rows = blobs.read(node, key=root, what="final list")
    if _pool_root(agreement, rows) != root:
        raise blobs.other_root("final list")
    return list(rows)


def returned(node: Node) -> frozenset[str]:
    """Return the references on our held list of those whom an earlier case brought home."""
    found: set[str] = set()
    for case, custody in book.read_book(node).custodies.items():
        home = {captive for captive, at in custody.captives.items() if at.state == "home"}
        links = CaptiveLink.objects.filter(case=case, captive_id__in=home)
        found.update(links.values_list("ref", flat=True))
    return frozenset(found)


def _join_members(node: Node, parties: Iterable[str], now: dt.datetime) -> None:
    """Name in the log everybody whose keys it needs; the first entry names ourselves."""
    cards = [book.peer_card(party) for party in sorted(parties)]
    observers = Peer.objects.filter(role="observer").order_by("party")
    cards += [book.peer_card(peer.party) for peer in observers]
    state = book.read_book(node)
    if not state.members:
        members = [book.member_of(card) for card in (node.card, *cards)]
        book.record(
            node, case="log", type="log_opened", body={"members": members}, role="mediator", now=now
        )
        return
    for card in cards:
        if card.party not in state.members:
            body = book.member_of(card)
            book.record(node, case="log", type="member_joined", body=body, role="mediator", now=now)


def _claim(claim: ListClaim | None, what: str) -> ListClaim:
    if claim is None:
        raise TurnError(
            "cases.claim",
            f"Expected a {what} in the ledger, found none.",
            hint="See `homeward status` for what comes next, and import the next bundle.",
        )
    return claim


def _others(node: Node, state: CaseState) -> list[str]:
    return [party for party in state.parties if party != node.party]


def _nonce(node: Node, case: str) -> bytes:
    return derive_bytes(node.keys.id_secret, f"seed|{case}")


def _pool_row(node: Node, case: str, agreement: Agreement, person: PersonRecord) -> dict[str, str]:
    row = row_of(person, agreement.columns)
    return {**row, "ref": node.keys.captive_id(case, person.ref)}


def _refs_by_id(node: Node, case: str, held: Iterable[PersonRecord]) -> list[str]:
    return [ref for _, ref in sorted((node.keys.captive_id(case, p.ref), p.ref) for p in held)]


def _pool_root(agreement: Agreement, rows: list[dict[str, str]]) -> str:
    ordered = sorted(rows, key=lambda row: row["ref"])
    columns = agreement.columns
    table = [[row.get(name, "") for row in ordered] for name in columns]
    return holder_root(columns, [row["ref"] for row in ordered], table)


def _answers(
    node: Node,
    case: str,
    wanted: list[dict[str, str]],
    held: list[PersonRecord],
    gone: frozenset[str],
) -> list[dict[str, str]]:
    by_ref = {person.ref: person for person in held}
    pairs = {
        pair.wanted_ref: pair for pair in best_pairs(match([_record(row) for row in wanted], held))
    }
    rows = []
    for line in wanted:
        pair = pairs.get(line["ref"])
        if pair is None or pair.verdict == "possible":
            rows.append({"ref": line["ref"], "code": "not_held"})
        elif pair.verdict == "likely":
            rows.append({"ref": line["ref"], "code": "insufficient_identification"})
        elif pair.held_ref in gone:
            rows.append({"ref": line["ref"], "code": "already_returned"})
        else:
            person = by_ref[pair.held_ref]
            rows.append(
                {
                    "ref": line["ref"],
                    "code": "held",
                    "captive": node.keys.captive_id(case, person.ref),
                    "name_as_written": person.name_as_written or _full_name(person),
                    "reasons": "\n".join(reason.sentence for reason in pair.reasons),
                }
            )
    return rows


def _record(row: Mapping[str, str]) -> PersonRecord:
    cells: dict[str, Any] = {name: row.get(name, "") for name in ("ref", *IDENTITY)}
    for name in DATE_COLUMNS & cells.keys():
        cells[name] = parse_date(cells[name]) if cells[name] else None
    return PersonRecord(**cells)


def _full_name(person: PersonRecord) -> str:
    return " ".join(filter(None, (person.family_name, person.given_name, person.father_name)))


def _disclose_identities(node: Node, case: str, plan: Mapping[str, Any], reader: Reader) -> None:
    """Tell each home party who of its people comes: only those of the plan."""
    own = {m["ref"]: m["home"] for m in plan["moves"] if m["holder"] == node.party}
    links = dict(
        CaptiveLink.objects.filter(case=case, captive_id__in=own).values_list("captive_id", "ref")
    )
    people = {p.ref: p for p in access.some(node, HELD, set(links.values()), reader=reader)}
    for home in sorted(set(own.values())):
        rows = [
            {**row_of(people[ref], IDENTITY), "ref": captive}
            for captive, ref in sorted(links.items())
            if own[captive] == home
        ]
        rows = blobs.salted(node, case, f"identities/{home}", rows)
        key = blobs.rows_root(rows)
        blobs.send(
            node, case=case, purpose="identities", to=home, key=key, content=rows, now=reader.now
        )


def findings_in(node: Node, case: str) -> list[str]:
    """Return the codes of the legal findings of the proposed plan."""
    return findings_of(plan_of(node, book.case_of(book.read_ahead(node), case))[0])
