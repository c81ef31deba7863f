"""The lines of a wanted list as both ends see them, and what we are about to say of them.

Rules of this file:
- A line is shown to the two ends alone: who is wanted, the answer, the remark, the reply.
- Remarks, and replies, become one entry each. What somebody decides line by line before is
  kept on this node alone, encrypted, until it is sent; then it is gone from here.
- Rows are read from the sealed sheets and checked against the roots in the ledger; every read
  is written down.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from homeward.foundation.canonical import canonical_sha256
from homeward.foundation.crypto import b64, unb64
from homeward.foundation.errors import InputError
from homeward.negotiation.case import CaseState
from homeward.negotiation.entries import REMARK_CODES, REPLY_CODES
from homeward.node import blobs, book
from homeward.node.access import Reader
from homeward.node.actions import remarks
from homeward.node.actions.answered import NO_ANSWER
from homeward.node.actions.cases import full_name, record_of
from homeward.node.actions.remarks import EVIDENCE_MAX_BYTES, Remark, Reply
from homeward.node.home import Node
from homeward.node.models import Blob

REMARKS, REPLIES = "remarks", "replies"
CODES: Mapping[str, tuple[str, ...]] = {REMARKS: REMARK_CODES, REPLIES: REPLY_CODES}
"""What is said of lines → its codes."""

_UPHELD = "upheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: who is wanted, and what both ends said of it; what nobody said is empty.

    `evidence` is the key of the evidence that came with the remark.
    """

    ref: str
    name: str
    answer: str = ""
    remark: str = ""
    evidence: str = ""
    reply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What we are about to say of one line: its code, our own held reference, our evidence."""

    code: str
    held_ref: str = ""
    evidence: str = ""


def lines_of(
    node: Node, case: str, party: str, *, asked_by_us: bool, now: dt.datetime, actor: str
) -> tuple[Line, ...]:
    """Return every line that one of two ends asked the other about.

    Args:
        node: A bureau's open node.
        case: The case.
        party: The other end.
        asked_by_us: True for our own wanted list, False for theirs.
        now: When.
        actor: Who reads.

    Returns:
        The lines, in order of reference; empty before the wanted list.

    Raises:
        AccessError: There is no such case, or a sheet has not arrived.
        TamperError: A sheet has another root than the ledger says.
    """
    state = book.case_of(book.read_ahead(node), case)
    asker, holder = (node.party, party) if asked_by_us else (party, node.party)
    wanted = state.wanted.get((asker, holder))
    if wanted is None:
        return ()
    reader = Reader(actor=actor, purpose="remarks" if asked_by_us else "replies", now=now)

    def rows(claims: Mapping[tuple[str, str], Any], key: tuple[str, str], what: str) -> Any:
        claim = claims.get(key)
        if claim is None:
            return {}
        read = blobs.read_rows(node, root=claim.root, what=what, reader=reader)
        return {row["ref"]: row for row in read}

    people = rows(state.wanted, (asker, holder), "wanted list")
    answers = rows(state.answers, (holder, asker), "answers")
    said = rows(state.remarks, (asker, holder), "remarks")
    replied = rows(state.replies, (holder, asker), "replies")
    nothing = NO_ANSWER if (holder, asker) in state.no_answer else ""
    return tuple(
        Line(
            ref=ref,
            name=row.get("name_as_written") or full_name(record_of(row)),
            answer=answers.get(ref, {}).get("code", nothing),
            remark=said.get(ref, {}).get("code", ""),
            evidence=said.get(ref, {}).get("evidence", ""),
            reply=replied.get(ref, {}).get("code", ""),
        )
        for ref, row in sorted(people.items())
    )


def is_open(state: CaseState, kind: str, party: str, other: str) -> bool:
    """Tell whether a party may still write remarks, or replies, for another.

    Args:
        state: The case.
        kind: `remarks` or `replies`.
        party: Who writes.
        other: Who reads.
    """
    if kind == REPLIES:
        return (other, party) in state.open_remarks
    return (other, party) in state.answers and (party, other) not in state.remarks


def keep_line(
    node: Node,
    case: str,
    party: str,
    kind: str,
    ref: str,
    said: Remark | Reply,
    *,
    now: dt.datetime,
) -> None:
    """Keep what we are about to say of one line; a code that is empty takes it back.

    Args:
        node: A bureau's open node.
        case: The case.
        party: The other end.
        kind: `remarks` or `replies`.
        ref: The reference of the line.
        said: What we say; evidence that is left out leaves what was kept before.
        now: When.

    Raises:
        InputError: The code is another, or the evidence is too large.
    """
    keep_lines(node, case, party, kind, {ref: said}, now=now)


def keep_lines(
    node: Node,
    case: str,
    party: str,
    kind: str,
    said: Mapping[str, Remark | Reply],
    *,
    now: dt.datetime,
) -> None:
    """Keep what we are about to say of several lines, all of them or none.

    Args:
        node: A bureau's open node.
        case: The case.
        party: The other end.
        kind: `remarks` or `replies`.
        said: Reference of a line → what we say; an empty code takes it back, and evidence that
            is left out leaves what was kept before.
        now: When.

    Raises:
        InputError: A code is another, or evidence is too large.
    """
    _verify(kind, said.values())
    with node.transaction():
        kept = {name: asdict(each) for name, each in kept_lines(node, case, party, kind).items()}
        for ref, each in said.items():
            before = kept.pop(ref, {"evidence": ""})
            if not each.code:
                continue
            evidence = before["evidence"]
            data = each.evidence if isinstance(each, Remark) else b""
            if data:
                evidence = hashlib.sha256(b"kept evidence\n" + data).hexdigest()
                purpose = _purpose(kind, evidence=True)
                blobs.keep(
                    node, case=case, purpose=purpose, key=evidence, content=b64(data), now=now
                )
            held = each.held_ref if isinstance(each, Reply) else ""
            kept[ref] = {"code": each.code, "held_ref": held, "evidence": evidence}
        blobs.keep(
            node,
            case=case,
            purpose=_purpose(kind),
            key=_key(case, party, kind),
            content=kept,
            now=now,
        )


def _verify(kind: str, said: Collection[Remark | Reply]) -> None:
    wrong = sum(bool(each.code) and each.code not in CODES[kind] for each in said)
    if wrong:
        raise InputError(
            "remarks.code",
            f"Expected one of {', '.join(CODES[kind])}, found another on {wrong} lines.",
            hint="Use one of the codes.",
            facts={"count": wrong},
        )
    heavy = sum(
        isinstance(each, Remark) and len(each.evidence) > EVIDENCE_MAX_BYTES for each in said
    )
    if heavy:
        raise InputError(
            "remarks.evidence",
            f"Expected a file of 1 to {EVIDENCE_MAX_BYTES} bytes as evidence of a remark, found "
            f"0 remarks without and {heavy} with a larger one.",
            hint="Name a file in the column evidence; cut a film to what it has to show.",
            facts={"count": heavy, "max_bytes": EVIDENCE_MAX_BYTES},
        )


def kept_lines(node: Node, case: str, party: str, kind: str) -> dict[str, Kept]:
    """Return what we are about to say of lines, by reference."""
    node.require_open()
    key = _key(case, party, kind)
    if not Blob.objects.filter(key=key, recipient=node.party).exists():
        return {}
    content = blobs.read(node, key=key, what="kept lines")
    return {ref: Kept(**each) for ref, each in content.items()}


def kept_counts(node: Node, case: str, party: str, kind: str) -> dict[str, int]:
    """Count what we are about to say of lines, by code."""
    return dict(Counter(kept.code for kept in kept_lines(node, case, party, kind).values()))


def send_kept(
    node: Node,
    case: str,
    party: str,
    kind: str,
    *,
    others_upheld: bool = False,
    now: dt.datetime,
    actor: str,
) -> dict[str, int]:
    """Send what was kept: all remarks, or all replies, as one entry.

    Args:
        node: A bureau's open node.
        case: The case.
        party: The other end.
        kind: `remarks` or `replies`.
        others_upheld: Of replies: the answer stands wherever nothing was kept.
        now: When.
        actor: Who sends it.

    Returns:
        Number of lines by code.

    Raises:
        InputError: Something is missing or wrong; nothing was sent.
        TurnError: It is not our move.
    """
    kept = kept_lines(node, case, party, kind)
    with node.transaction():
        if kind == REMARKS:
            said = {
                ref: Remark(code=k.code, evidence=_evidence(node, k)) for ref, k in kept.items()
            }
            counts = remarks.send_remarks(node, case, party, said, now=now, actor=actor)
        else:
            replies = {ref: Reply(code=k.code, held_ref=k.held_ref) for ref, k in kept.items()}
            if others_upheld:
                for line in remarks.remarked_lines(node, case, party, now=now, actor=actor):
                    replies.setdefault(line.ref, Reply(code=_UPHELD))
            counts = remarks.send_replies(node, case, party, replies, now=now, actor=actor)
        gone = [_key(case, party, kind), *(k.evidence for k in kept.values() if k.evidence)]
        Blob.objects.filter(
            key__in=gone, recipient=node.party, purpose__startswith=_purpose(kind)
        ).delete()
    return counts


def _evidence(node: Node, kept: Kept) -> bytes:
    if not kept.evidence:
        return b""
    return unb64(blobs.read(node, key=kept.evidence, what="kept evidence"), what="evidence")


def _key(case: str, party: str, kind: str) -> str:
    return canonical_sha256(["kept lines", case, party, kind])


def _purpose(kind: str, *, evidence: bool = False) -> str:
    return f"kept_{kind}_evidence" if evidence else f"kept_{kind}"
