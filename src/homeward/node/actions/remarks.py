"""Remarks on the other party's answers, and our replies to theirs.

Rules of this file:
- A remark is a code of a closed list on one line of the answers. A code that speaks of
  evidence comes with it; the file goes sealed to the party that answered, to nobody else.
- The sealed sheet names each piece of evidence by a salted hash, so that it is bound by the
  root in the ledger, and nobody can recognise a published film by its hash.
- Every remark gets one reply. A reply "held" names somebody of our own held list.
- A line on which nobody remarked keeps its answer.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from homeward.foundation.crypto import b64, derive_bytes, unb64
from homeward.foundation.errors import InputError, TamperError
from homeward.negotiation.case import CaseState
from homeward.negotiation.entries import REMARK_CODES, REPLY_CODES
from homeward.node import access, blobs, book
from homeward.node.access import Reader
from homeward.node.actions.answered import answer_rows
from homeward.node.actions.cases import claim_of, full_name, record_of
from homeward.node.actions.showing import hand_of
from homeward.node.case_secrets import case_secret
from homeward.node.home import Node
from homeward.records.model import HELD

EVIDENCE_MAX_BYTES = 8 << 20
WITHOUT_EVIDENCE = ("not_returned", "wrong_person", "date_or_place_differs")
"""Codes that a remark may have without a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One remark: its code, and the bytes of its evidence (or none)."""

    code: str
    evidence: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply: its code, and of "held" the reference on our own held list."""

    code: str
    held_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: who it is as the asker wrote it, its answer, and the remark on it if any."""

    ref: str
    name: str
    answer: str
    remark: str = ""
    evidence: str = ""


def answered_lines(
    node: Node, case: str, party: str, *, now: dt.datetime, actor: str
) -> tuple[Line, ...]:
    """Return what another party answered to each line of our wanted list.

    Raises:
        TurnError: There are no answers yet.
        AccessError: They have not arrived.
    """
    state = book.case_of(book.read_ahead(node), case)
    claim_of(state.answers.get((party, node.party)), f"answers of {party} to us")
    reader = Reader(actor=actor, purpose="remarks", now=now)
    names = _names(node, state.wanted[node.party, party].root, reader)
    rows = answer_rows(node, state, holder=party, asker=node.party, reader=reader)
    return tuple(
        Line(ref=row["ref"], name=names.get(row["ref"], ""), answer=row["code"]) for row in rows
    )


def send_remarks(
    node: Node,
    case: str,
    party: str,
    said: Mapping[str, Remark],
    *,
    now: dt.datetime,
    actor: str,
) -> dict[str, int]:
    """Remark on lines of the answers that another party gave us.

    Args:
        node: A bureau's open node.
        case: The case.
        party: Who answered.
        said: Our reference → the remark on its line.
        now: When.
        actor: Who remarks.

    Returns:
        Number of remarks by code.

    Raises:
        InputError: There is no remark, or one is on no line of ours, has another code, or
            lacks its evidence.
        TurnError: There are no answers, or it is not our move.
    """
    state = book.case_of(book.read_ahead(node), case)
    answered = claim_of(state.answers.get((party, node.party)), f"answers of {party} to us")
    reader = Reader(actor=actor, purpose="remarks", now=now)
    known = {
        row["ref"]
        for row in answer_rows(node, state, holder=party, asker=node.party, reader=reader)
    }
    _verify_remarks(said, known)
    rows, evidence = [], {}
    for ref, remark in sorted(said.items()):
        row = {"ref": ref, "code": remark.code}
        if remark.evidence:
            content = _evidence(node, case, party, ref, remark.evidence)
            row["evidence"] = blobs.rows_root(content)
            evidence[row["evidence"]] = content
        rows.append(row)
    rows = blobs.salted(node, case, f"remarks/{party}", rows)
    counts = Counter(remark.code for remark in said.values())
    sheet = _Sheet(
        kind="remarks",
        party=party,
        in_reply_to=answered.entry_sha256,
        rows=rows,
        counts=counts,
    )
    hand = hand_of(state, party)
    with node.transaction():
        _record(node, state, sheet, now=now)
        for key, content in evidence.items():
            blobs.send(
                node, case=case, purpose="evidence", to=hand, key=key, content=content, now=now
            )
            blobs.keep(node, case=case, purpose="evidence", key=key, content=content, now=now)
    return dict(counts)


def remarked_lines(
    node: Node, case: str, party: str, *, now: dt.datetime, actor: str
) -> tuple[Line, ...]:
    """Return the lines on which another party remarked, with what we answered to each.

    Raises:
        TurnError: That party has not remarked on our answers.
        AccessError: The remarks have not arrived.
    """
    state = book.case_of(book.read_ahead(node), case)
    claim = claim_of(state.remarks.get((party, node.party)), f"remarks of {party} to us")
    reader = Reader(actor=actor, purpose="replies", now=now)
    names = _names(node, state.wanted[party, node.party].root, reader)
    answers = {
        row["ref"]: row["code"]
        for row in answer_rows(node, state, holder=node.party, asker=party, reader=reader)
    }
    remarks = blobs.read_rows(node, root=claim.root, what="remarks", reader=reader)
    return tuple(
        Line(
            ref=row["ref"],
            name=names.get(row["ref"], ""),
            answer=answers.get(row["ref"], ""),
            remark=row["code"],
            evidence=row.get("evidence", ""),
        )
        for row in sorted(remarks, key=lambda row: row["ref"])
    )


def evidence_name(key: str) -> str:
    """Return what a piece of evidence is called as a file; it says nothing of its content."""
    return f"evidence-{key[:16]}"


def evidence_of(node: Node, key: str, *, now: dt.datetime, actor: str) -> bytes:
    """Return one piece of evidence, as its sender sealed it.

    Args:
        node: The open node.
        key: As a line of `remarked_lines` names it.
        now: When.
        actor: Who reads.

    Raises:
        AccessError: It has not arrived.
        TamperError: It is not the one that the remark names.
    """
    reader = Reader(actor=actor, purpose="replies", now=now)
    rows = blobs.read_rows(node, root=key, what="evidence", reader=reader)
    if len(rows) != 1 or "data" not in rows[0]:
        raise blobs.other_root("evidence")
    try:
        return unb64(rows[0]["data"], what="evidence")
    except TamperError as error:
        raise blobs.other_root("evidence") from error


def send_replies(
    node: Node,
    case: str,
    party: str,
    said: Mapping[str, Reply],
    *,
    now: dt.datetime,
    actor: str,
) -> dict[str, int]:
    """Reply to every remark that another party made on our answers.

    Args:
        node: A bureau's open node.
        case: The case.
        party: Who remarked.
        said: That party's reference → our reply.
        now: When.
        actor: Who replies.

    Returns:
        Number of replies by code.

    Raises:
        InputError: A remark has no reply, or a reply no remark; a code is another, or "held"
            names nobody of our held list.
        TurnError: There are no remarks, or it is not our move.
    """
    lines = remarked_lines(node, case, party, now=now, actor=actor)
    state = book.case_of(book.read_ahead(node), case)
    _verify_replies(said, {line.ref for line in lines})
    wanted = {reply.held_ref for reply in said.values() if reply.code == "held"}
    reader = Reader(actor=actor, purpose="replies", now=now)
    people = {person.ref: person for person in access.some(node, HELD, wanted, reader=reader)}
    if wanted != people.keys():
        raise InputError(
            "remarks.held_ref",
            f"Expected a reference of our held list for each reply 'held', found "
            f"{len(wanted - people.keys())} without.",
            hint="Fill in the column held_ref with the reference on your own held list.",
            facts={"count": len(wanted - people.keys())},
        )
    rows = []
    for ref, reply in sorted(said.items()):
        row = {"ref": ref, "code": reply.code}
        if reply.code == "held":
            person = people[reply.held_ref]
            row["captive"] = node.keys.captive_id(case, person.ref)
            row["name_as_written"] = person.name_as_written or full_name(person)
        rows.append(row)
    rows = blobs.salted(node, case, f"replies/{party}", rows)
    counts = Counter(reply.code for reply in said.values())
    sheet = _Sheet(
        kind="replies",
        party=party,
        in_reply_to=state.remarks[party, node.party].entry_sha256,
        rows=rows,
        counts=counts,
    )
    with node.transaction():
        _record(node, state, sheet, now=now)
    return dict(counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """Remarks or replies, ready to be recorded."""

    kind: str
    party: str
    in_reply_to: str
    rows: list[dict[str, str]]
    counts: Mapping[str, int]


def _record(node: Node, state: CaseState, sheet: _Sheet, *, now: dt.datetime) -> None:
    """Record a sheet, and seal it to its reader; the caller has a transaction."""
    kind, party, rows, in_reply_to = sheet.kind, sheet.party, sheet.rows, sheet.in_reply_to
    case, root = state.case, blobs.rows_root(rows)
    body = {
        "to": party,
        "in_reply_to": in_reply_to,
        "count": len(rows),
        "counts": dict(sheet.counts),
        "root": root,
    }
    book.record(
        node, case=case, type=kind, body=body, role="bureau", now=now, in_reply_to=in_reply_to
    )
    hand = hand_of(state, party)
    blobs.send(node, case=case, purpose=kind, to=hand, key=root, content=rows, now=now)
    blobs.keep(node, case=case, purpose=kind, key=root, content=rows, now=now)


def _names(node: Node, root: str, reader: Reader) -> dict[str, str]:
    rows = blobs.read_rows(node, root=root, what="wanted list", reader=reader)
    return {row["ref"]: row.get("name_as_written") or full_name(record_of(row)) for row in rows}


def _evidence(node: Node, case: str, party: str, ref: str, data: bytes) -> list[dict[str, str]]:
    salt = derive_bytes(case_secret(node, case), f"evidence/{party}|{ref}", 16).hex()
    return [{"data": b64(data), "salt": salt}]


def _verify_remarks(said: Mapping[str, Remark], known: set[str]) -> None:
    if not said:
        raise InputError(
            "remarks.none",
            "Expected at least one remark, found none.",
            hint="Fill in the column remark, or sign your final list without remarks.",
        )
    refuse_lines(len(said.keys() - known), "lines of our wanted list that were answered")
    _refuse_codes(sum(remark.code not in REMARK_CODES for remark in said.values()), REMARK_CODES)
    bare = sum(not r.evidence and r.code not in WITHOUT_EVIDENCE for r in said.values())
    heavy = sum(len(remark.evidence) > EVIDENCE_MAX_BYTES for remark in said.values())
    if bare or heavy:
        raise InputError(
            "remarks.evidence",
            f"Expected a file of 1 to {EVIDENCE_MAX_BYTES} bytes as evidence of a remark, found "
            f"{bare} remarks without and {heavy} with a larger one.",
            hint="Name a file in the column evidence; cut a film to what it has to show.",
            facts={"count": bare + heavy, "max_bytes": EVIDENCE_MAX_BYTES},
        )


def _verify_replies(said: Mapping[str, Reply], known: set[str]) -> None:
    refuse_lines(len(said.keys() - known), "lines on which that party remarked")
    if known - said.keys():
        raise InputError(
            "remarks.unanswered",
            f"Expected a reply to each of {len(known)} remarks, found "
            f"{len(known - said.keys())} without.",
            hint="Fill in the column reply on every line: another answer, or upheld.",
            facts={"count": len(known - said.keys())},
        )
    _refuse_codes(sum(reply.code not in REPLY_CODES for reply in said.values()), REPLY_CODES)


def refuse_lines(count: int, expected: str) -> None:
    """Refuse a sheet with lines that are not those expected.

    Raises:
        InputError: `count` is not 0.
    """
    if count:
        raise InputError(
            "remarks.lines",
            f"Expected {expected}, found {count} others.",
            hint="Write the sheet anew (`homeward case lines`), and leave its column ref as it is.",
            facts={"count": count},
        )


def _refuse_codes(count: int, allowed: tuple[str, ...]) -> None:
    if count:
        raise InputError(
            "remarks.code",
            f"Expected one of {', '.join(allowed)}, found another on {count} lines.",
            hint="Use one of the codes.",
            facts={"count": count},
        )
