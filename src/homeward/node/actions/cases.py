"""A case, step by step: from the opening to the lists that both sides are bound to.

Rules of this file:
- One function a user intent; each records at most one entry a counterpart.
- What a party discloses goes sealed to its reader; the ledger gets roots and counts.
- A wanted list and an answer show who the person is, never `unit`, `held_at` or `health`.
- The mediator's pool holds salted ids and the columns that the terms name, never a name.
- An answer "held" is given only for a match that is very likely, or that people decided;
  what is less sure is "insufficient_identification" until a person has looked at it.
- What people decided of two records counts as long as both say what they said then.
- Who is home, by an earlier case, or was taken off a list is neither asked for nor offered.
- Where the terms seal lists, the same act first binds us to a list and then shows it.
- An act that was stopped between two counterparts goes on with those who are left.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homeward.foundation.crypto import derive_bytes
from homeward.foundation.dates import parse_date
from homeward.foundation.errors import InputError, TurnError
from homeward.matching.match import best_pairs
from homeward.negotiation.case import CaseState, ListClaim
from homeward.node import access, blobs, book, decisions, pairing
from homeward.node.access import Reader
from homeward.node.actions.answered import answer_rows
from homeward.node.actions.off_list import off
from homeward.node.actions.showing import Listed, Rows, bound_rows, hand_of, left, show
from homeward.node.home import Node
from homeward.node.models import CaptiveLink, Peer
from homeward.records.model import DATE_COLUMNS, HELD, WANTED, PersonRecord
from homeward.terms import Agreement, read_agreement
from homeward.terms.pool import holder_root, row_of

IDENTITY = (
    *("family_name", "given_name", "father_name", "name_as_written"),
    *("birth_date", "birth_place", "sex", "service_number"),
)
"""The columns by which two bureaus recognise one person."""

_UNSURE = "insufficient_identification"

CODE_OF: Mapping[str, str] = {"very_likely": "held", "likely": _UNSURE, "possible": ""}
"""Verdict on the best pair of a line → code of the answer; empty: nobody of ours."""

DECIDED = "Somebody compared both records and decided that they are one person."
"""The reason that is given with an answer that people decided."""

Report = Callable[[str, int, int], None]
"""Told the phase, steps done and steps in all (0: unknown); it raises to stop the act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Best:
    """Who a line probably is, with the code of the answer and why."""

    code: str
    held_ref: str
    reasons: tuple[str, ...]


def no_report(phase: str, done: int, total: int) -> None:
    """Take no notice: nobody waits for this act."""


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
            facts={"party": node.party},
        )
    named = {*agreement.parties, *agreement.observers} - set(agreement.on_paper)
    _join_members(node, [str(party) for party in named], now)
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


def send_wanted(
    node: Node, case: str, *, now: dt.datetime, actor: str, report: Report = no_report
) -> dict[str, int]:
    """Send to each other party the list of those we miss in its power.

    Returns:
        Number of people by party.
    """
    report("reading", 0, 0)
    state = book.case_of(book.read_ahead(node), case)
    counts = {}
    for other in left(node, state, "wanted_list"):
        rows = bound_rows(node, state, "wanted_list", other)
        if rows is None:
            rows = wanted_rows(node, case, other, now=now, actor=actor)
        report("sealing", 0, 0)
        listed = Listed(
            kind="wanted_list",
            to=other,
            reader=hand_of(state, other),
            root=blobs.rows_root(rows),
            rows=rows,
        )
        with node.transaction():
            show(node, state, listed, now=now)
        counts[other] = len(rows)
    return counts


def wanted_rows(
    node: Node, case: str, other: str, *, now: dt.datetime, actor: str
) -> list[dict[str, str]]:
    """Return those we miss, as we ask another party about them; the read is written down."""
    reader = Reader(actor=actor, purpose="wanted_list", now=now)
    home = came_home(node, reader) | off(node, WANTED)
    people = (p for p in access.people(node, WANTED, reader=reader) if p.ref not in home)
    lines = [{"ref": person.ref, **row_of(person, IDENTITY)} for person in people]
    return blobs.salted(node, case, f"wanted/{other}", lines)


def answer(
    node: Node, case: str, *, now: dt.datetime, actor: str, report: Report = no_report
) -> dict[str, dict[str, int]]:
    """Answer every line of the wanted lists that the other parties sent us.

    Returns:
        By party, how many lines got which answer.

    Raises:
        AccessError: A wanted list has not arrived.
        TurnError: There is none in the ledger yet, or it is not our move.
    """
    report("reading", 0, 0)
    state = book.case_of(book.read_ahead(node), case)
    reader = Reader(actor=actor, purpose="answers", now=now)
    gone = off(node, HELD)
    held = [each for each in access.people(node, HELD, reader=reader) if each.ref not in gone]
    found = {}
    for other in left(node, state, "answers"):
        claim = claim_of(state.wanted.get((other, node.party)), f"wanted list of {other} for us")
        rows = bound_rows(node, state, "answers", other)
        if rows is None:
            wanted = blobs.read_rows(node, root=claim.root, what="wanted list", reader=reader)
            report("matching", 0, 0)
            theirs = [person for person in held if person.power == other]
            best = _best(node, other, [record_of(line) for line in wanted], theirs, report)
            lines = _answers(node, case, wanted, theirs, best, returned(node))
            rows = blobs.salted(node, case, f"answers/{other}", lines)
        counts = Counter(row["code"] for row in rows)
        report("sealing", 0, 0)
        listed = Listed(
            kind="answers",
            to=other,
            reader=hand_of(state, other),
            root=blobs.rows_root(rows),
            rows=rows,
            body={"in_reply_to": claim.entry_sha256, "counts": dict(counts)},
            in_reply_to=claim.entry_sha256,
        )
        with node.transaction():
            show(node, state, listed, now=now)
        found[other] = dict(counts)
    return found


def send_final_list(
    node: Node, case: str, *, now: dt.datetime, actor: str, report: Report = no_report
) -> int:
    """Bind ourselves to the people we hold, and give the mediator what the plan needs.

    The mediator gets salted ids and the columns that the terms name; we also commit to our
    half of the seed that breaks ties, before anybody shows theirs.

    Returns:
        Number of people.
    """
    state = book.case_of(book.read_ahead(node), case)
    agreement = terms_of(node, case)
    report("reading", 0, 0)
    rows = bound_rows(node, state, "final_list", "")
    if rows is None:
        rows = final_rows(node, state, now=now, actor=actor)
    report("sealing", 0, 0)
    listed = Listed(
        kind="final_list",
        to="",
        reader=state.mediators[0],
        root=pool_root(agreement, rows),
        rows=rows,
        body={"seed_commitment": hashlib.sha256(_nonce(node, case)).hexdigest()},
    )
    with node.transaction():
        show(node, state, listed, now=now)
    return len(rows)


def final_rows(
    node: Node, state: CaseState, *, now: dt.datetime, actor: str
) -> list[dict[str, str]]:
    """Return those we hold as the mediator sees them, and keep who each of them is."""
    agreement, gone = terms_of(node, state.case), returned(node) | off(node, HELD)
    reader = Reader(actor=actor, purpose="final_list", now=now)
    held = [
        person
        for person in access.people(node, HELD, reader=reader)
        if person.power in state.parties and person.ref not in gone
    ]
    rows = [_pool_row(node, state.case, agreement, person) for person in held]
    links = [
        CaptiveLink(case=state.case, captive_id=row["ref"], ref=person.ref)
        for row, person in zip(rows, held, strict=True)
    ]
    with node.transaction():
        CaptiveLink.objects.bulk_create(links, ignore_conflicts=True)
    return sorted(rows, key=lambda row: row["ref"])


def reveal_seed(node: Node, case: str, *, now: dt.datetime) -> None:
    """Show our half of the seed, once every party is bound to its list."""
    body = {"nonce": _nonce(node, case).hex()}
    book.record(node, case=case, type="seed_revealed", body=body, role="bureau", now=now)


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


def read_pool_rows(node: Node, agreement: Agreement, root: str) -> list[dict[str, str]]:
    """Return a party's part of the pool, checked against the root that it signed."""
    rows = blobs.read(node, key=root, what="final list")
    if pool_root(agreement, rows) != root:
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


def came_home(node: Node, reader: Reader) -> frozenset[str]:
    """Return the references on our wanted list of those whom an earlier case brought home."""
    found: set[str] = set()
    state = book.read_book(node)
    for case, custody in state.custodies.items():
        home = {captive for captive, at in custody.captives.items() if at.state == "home"}
        found |= came_home_by(node, state.cases[case], home, reader)
    return frozenset(found)


def came_home_by(node: Node, state: CaseState, home: Collection[str], reader: Reader) -> set[str]:
    """Return the references on our wanted list of those whom a case brought home.

    Args:
        node: The open node.
        state: The case.
        home: The salted ids of those who are home.
        reader: Who reads the answers.
    """
    found: set[str] = set()
    for holder, asker in state.answers:
        if home and asker == node.party:
            rows = answer_rows(node, state, holder=holder, asker=asker, reader=reader)
            found.update(row["ref"] for row in rows if row.get("captive") in home)
    return found


def _join_members(node: Node, parties: Collection[str], now: dt.datetime) -> None:
    """Name in the log everybody whose keys it needs; the first entry names ourselves."""
    cards = [book.peer_card(party) for party in sorted(parties)]
    observers = Peer.objects.filter(role="observer").order_by("party")
    cards += [book.peer_card(peer.party) for peer in observers if peer.party not in parties]
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


def claim_of(claim: ListClaim | None, what: str) -> ListClaim:
    """Return what a party bound itself to.

    Raises:
        TurnError: The ledger has no such list yet.
    """
    if claim is None:
        raise TurnError(
            "cases.claim",
            f"Expected a {what} in the ledger, found none.",
            hint="See `homeward status` for what comes next, and import the next bundle.",
        )
    return claim


def _nonce(node: Node, case: str) -> bytes:
    return derive_bytes(node.keys.id_secret, f"seed|{case}")


def _pool_row(node: Node, case: str, agreement: Agreement, person: PersonRecord) -> dict[str, str]:
    row = row_of(person, agreement.columns)
    return {**row, "ref": node.keys.captive_id(case, person.ref)}


def pool_root(agreement: Agreement, rows: Rows) -> str:
    """Return the root over a party's part of the pool."""
    ordered = sorted(rows, key=lambda row: row["ref"])
    columns = agreement.columns
    table = [[row.get(name, "") for row in ordered] for name in columns]
    return holder_root(columns, [row["ref"] for row in ordered], table)


def _answers(
    node: Node,
    case: str,
    wanted: Sequence[Mapping[str, str]],
    held: Sequence[PersonRecord],
    best: Mapping[str, _Best],
    gone: frozenset[str],
) -> list[dict[str, str]]:
    by_ref = {person.ref: person for person in held}
    rows = []
    for line in wanted:
        found = best.get(line["ref"])
        if found is None or not found.code:
            rows.append({"ref": line["ref"], "code": "not_held"})
        elif found.code != "held":
            rows.append({"ref": line["ref"], "code": found.code})
        elif found.held_ref in gone:
            rows.append({"ref": line["ref"], "code": "already_returned"})
        else:
            person = by_ref[found.held_ref]
            rows.append(
                {
                    "ref": line["ref"],
                    "code": "held",
                    "captive": node.keys.captive_id(case, person.ref),
                    "name_as_written": person.name_as_written or full_name(person),
                    "reasons": "\n".join(found.reasons),
                }
            )
    return rows


def _best(
    node: Node,
    other: str,
    wanted: Sequence[PersonRecord],
    held: Sequence[PersonRecord],
    report: Report,
) -> dict[str, _Best]:
    """Return for each line who it is, by what people decided and else by what is very likely."""
    pairs = pairing.between(wanted, held, report=report).pairs
    decisions.verify_decisions(node)
    lines, people = ({record.ref: record for record in side} for side in (wanted, held))
    told = decisions.outcomes(node, decisions.voices("answer", other), lines, people)
    sentences = {
        (pair.wanted_ref, pair.held_ref): tuple(reason.sentence for reason in pair.reasons)
        for pair in pairs
    }
    same = [refs for refs, outcome in told.items() if outcome == "same"]
    often = Counter(ref for line, person in same for ref in (("line", line), ("person", person)))
    best: dict[str, _Best] = {}
    for line, person in same:
        is_one = often["line", line] == often["person", person] == 1
        reasons = (*sentences.get((line, person), ()), DECIDED)
        best[line] = _Best(code="held" if is_one else _UNSURE, held_ref=person, reasons=reasons)
    taken = {person for _, person in same}
    left = [
        pair
        for pair in pairs
        if pair.wanted_ref not in best
        and pair.held_ref not in taken
        and told.get((pair.wanted_ref, pair.held_ref)) != "different"
    ]
    for pair in best_pairs(left):
        refs = (pair.wanted_ref, pair.held_ref)
        code = _UNSURE if refs in told else CODE_OF[pair.verdict]
        best[refs[0]] = _Best(code=code, held_ref=refs[1], reasons=sentences[refs])
    return best


def record_of(line: Mapping[str, str]) -> PersonRecord:
    """Return a line of another party's wanted list as a record."""
    cells: dict[str, Any] = {name: line.get(name, "") for name in ("ref", *IDENTITY)}
    for name in DATE_COLUMNS & cells.keys():
        cells[name] = parse_date(cells[name]) if cells[name] else None
    return PersonRecord(**cells)


def full_name(person: PersonRecord) -> str:
    """Return a person's names in their order, as one text."""
    return " ".join(filter(None, (person.family_name, person.given_name, person.father_name)))
