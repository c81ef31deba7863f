"""A side on paper: entering what the mediator received of it, at the mediator's node.

Rules of this file:
- What is entered names the hashes of the sheets it came on; they are kept here, encrypted.
- A sheet is read as a whole or not at all: nobody mends it but the side that wrote it.
- Whatever the side shows somebody is sealed to that reader as a bureau would seal it. What is
  meant for the side comes to the mediator, who prints it for them.
- Its captives get salted ids of the mediator's making, the same from the answers to the receipt.
- Its half of the seed is made of the throws on its own sheet, and of nothing of the mediator's.
- Who comes, the other side is told; nothing of that leaves before a second officer has
  confirmed the acceptance.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from homeward.foundation.crypto import b64, unb64
from homeward.foundation.errors import InputError, TurnError
from homeward.foundation.ids import Flow, parse_flow
from homeward.handover.custody import LET_GO, Captive, captives_root
from homeward.negotiation.case import CaseState
from homeward.negotiation.entries import ANSWER_CODES, RECEIVED_UNSIGNED, REPLY_CODES
from homeward.negotiation.on_paper import seed_half
from homeward.node import blobs, book
from homeward.node.access import Reader
from homeward.node.actions.cases import IDENTITY, claim_of, pool_root, terms_of
from homeward.node.actions.handover import custody_of, entering
from homeward.node.actions.line_sheets import read_lines
from homeward.node.actions.plans import acceptance_of, plan_of, tell_who_comes
from homeward.node.actions.sheets import read_answers
from homeward.node.actions.showing import hand_of
from homeward.node.home import Node, utc_text
from homeward.records.model import HELD, WANTED, ListKind, PersonRecord
from homeward.records.read import read_list
from homeward.terms.pool import row_of

SHEET_MAX_BYTES = 16 << 20
_KEPT = "paper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What came of a side: the sheet that is read, the sheet of throws, scans, and since when.

    `data` is empty where nothing is read, `throws` but with a final list.
    """

    data: bytes = b""
    file: str = ""
    throws: bytes = b""
    scans: tuple[bytes, ...] = ()
    received_at: dt.datetime

    @property
    def files(self) -> tuple[bytes, ...]:
        """Everything that came, the sheet that is read first."""
        return tuple(each for each in (self.data, self.throws, *self.scans) if each)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the officer says beside the sheet: the step, one of `STEPS`, and what it asks for."""

    step: str
    to: str = ""
    leg: str = ""
    reason: str = ""
    acknowledge: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entering:
    """One step that is being entered."""

    node: Node
    state: CaseState
    party: str
    sheet: Sheet
    said: Said
    reader: Reader

    def other(self, owed: Iterable[str]) -> str:
        """Return the party that a list goes to: as said, or the only one there is."""
        found = [each for each in owed if self.said.to in {"", each}]
        if len(found) != 1:
            raise InputError(
                "paper.to",
                f"Expected one party for whom this sheet is, found {len(found)}.",
                hint="Say for whom it is (--to PARTY); `homeward status` says for whom something is owed.",
                facts={"count": len(found)},
            )
        return found[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Disclosed:
    """Rows that the step shows somebody, under the root that the ledger names."""

    purpose: str
    to: str
    root: str
    rows: list[dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A step, ready to be entered: its body, what it shows, and how many lines or people it has."""

    body: Mapping[str, Any]
    count: int = 0
    shows: tuple[_Disclosed, ...] = ()
    comes: Mapping[str, str] = field(default_factory=dict)
    """With an acceptance: salted id -> home party, of those who leave this side."""


def enter(
    node: Node,
    case: str,
    party: str,
    said: Said,
    sheet: Sheet,
    *,
    now: dt.datetime,
    actor: str,
) -> int:
    """Enter what the mediator received of a party on paper: it counts as that party's part.

    Args:
        node: The mediator's open node.
        case: The case.
        party: Whose part it is; the terms name it as on paper.
        said: Which step it is, and what the officer says beside the sheet.
        sheet: What came.
        now: When it is entered.
        actor: Who enters it.

    Returns:
        How many lines or people it is about; 0 if it counts nobody.

    Raises:
        InputError: Nothing came, a sheet cannot be read as a whole, or too few throws.
        TurnError: The party is not on paper or has a node by now, or it is not its move.
        RuleError: A legal finding of the plan is not acknowledged.
    """
    book.require_role(node, "mediator")
    state = book.case_of(book.read_ahead(node), case)
    _verify_sheet(sheet, now)
    if party not in state.on_paper:
        raise TurnError(
            "paper.party",
            f"Expected a party that the terms name as on paper, found {party}.",
            hint="Whoever has a node signs for itself; nobody enters anything for it.",
            facts={"party": party},
        )
    kind, build = STEPS[said.step]
    reader = Reader(actor=actor, purpose=kind, now=now)
    entering_ = _Entering(
        node=node, state=state, party=party, sheet=sheet, said=said, reader=reader
    )
    part = build(entering_)
    body = {
        "party": party,
        "type": kind,
        "body": part.body,
        "sheets": [_sha256(each) for each in sheet.files],
        "received_at": utc_text(sheet.received_at),
    }
    with node.transaction():
        if said.step in _OF_THE_HANDOVER:
            entering(node, case, RECEIVED_UNSIGNED, body, role="mediator", now=now)
        else:
            book.record(
                node, case=case, type=RECEIVED_UNSIGNED, body=body, role="mediator", now=now
            )
        _keep(entering_, part, now)
    return part.count


def people_of(node: Node, state: CaseState, party: str) -> dict[str, PersonRecord]:
    """Return whom a party on paper holds, by salted id, from the sheet that the ledger names.

    Raises:
        TurnError: Its final list was not entered.
    """
    last = [e for e in state.papers if e.entry.author == party and e.entry.type == "final_list"]
    if not last or last[-1].paper is None:
        raise TurnError(
            "paper.no_final",
            f"Expected a final list of {party}, found none that was entered.",
            hint="See `homeward status` for what comes next.",
            facts={"party": party},
        )
    kept = blobs.read(node, key=last[-1].paper.sheets[0], what="sheet")
    people = _read(unb64(kept["data"], what="sheet"), HELD, kept["file"], _today(last[-1].paper))
    return {_captive(node, state.case, party, person.ref): person for person in people}


def _today(paper: Any) -> dt.date:
    return dt.datetime.fromisoformat(paper.received_at).date()


def _verify_sheet(sheet: Sheet, now: dt.datetime) -> None:
    if not sheet.files:
        raise InputError(
            "paper.nothing",
            "Expected a sheet or a scan of what the party said, found none.",
            hint="Add the sheet, or a scan of it (--sheet, --scan): the entry says its hash.",
        )
    largest = max(len(each) for each in sheet.files)
    if largest > SHEET_MAX_BYTES:
        raise InputError(
            "paper.size",
            f"Expected sheets of at most {SHEET_MAX_BYTES} bytes, found one of {largest}.",
            hint="Scan it with fewer colours or dots.",
            facts={"max_bytes": SHEET_MAX_BYTES},
        )
    if sheet.received_at > now:
        raise InputError(
            "paper.received_at",
            "Expected a time that has passed as the time of receipt, found a later one.",
            hint="Write when the sheet was received, in UTC.",
        )


def _keep(entering_: _Entering, part: _Part, now: dt.datetime) -> None:
    """Keep the sheets, and seal what the step shows; the caller holds a transaction."""
    node, state = entering_.node, entering_.state
    case = state.case
    for data in entering_.sheet.files:
        content = {"data": b64(data), "file": entering_.sheet.file}
        blobs.keep(node, case=case, purpose=_KEPT, key=_sha256(data), content=content, now=now)
    for shown in part.shows:
        hand = hand_of(state, shown.to) if shown.to else node.party
        if hand != node.party:
            blobs.send(
                node,
                case=case,
                purpose=shown.purpose,
                to=hand,
                key=shown.root,
                content=shown.rows,
                now=now,
            )
        blobs.keep(
            node, case=case, purpose=shown.purpose, key=shown.root, content=shown.rows, now=now
        )
    if part.comes:
        people = people_of(node, state, entering_.party)
        leaving = {each: people[each] for each in part.comes}
        tell_who_comes(node, state, leaving, part.comes, now=now)


def _terms(entering_: _Entering) -> _Part:
    return _Part(body={"terms_sha256": entering_.state.terms_sha256})


def _wanted(entering_: _Entering) -> _Part:
    node, state, party = entering_.node, entering_.state, entering_.party
    others = [each for each in state.parties if each != party]
    to = entering_.other(each for each in others if (party, each) not in state.wanted)
    people = _listed(entering_, WANTED)
    lines = [{"ref": person.ref, **row_of(person, IDENTITY)} for person in people]
    rows = blobs.salted(node, state.case, f"wanted/{party}/{to}", lines)
    root = blobs.rows_root(rows)
    return _Part(
        body={"to": to, "count": len(rows), "root": root},
        count=len(rows),
        shows=(_Disclosed(purpose="wanted_list", to=to, root=root, rows=rows),),
    )


def _answers(entering_: _Entering) -> _Part:
    state, party = entering_.state, entering_.party
    asked = [a for a, to in state.wanted if to == party and (party, a) not in state.answers]
    to = entering_.other(asked)
    claim = claim_of(state.wanted.get((to, party)), f"wanted list of {to} for {party}")
    lines = blobs.read_rows(
        entering_.node, root=claim.root, what="wanted list", reader=entering_.reader
    )
    known = {row["ref"] for row in lines}
    return _replying(entering_, "answers", "answer", to, known, ANSWER_CODES, claim.entry_sha256)


def _replies(entering_: _Entering) -> _Part:
    state, party = entering_.state, entering_.party
    to = entering_.other(author for author, about in state.open_remarks if about == party)
    claim = claim_of(state.remarks.get((to, party)), f"remarks of {to} to {party}")
    lines = blobs.read_rows(
        entering_.node, root=claim.root, what="remarks", reader=entering_.reader
    )
    known = {row["ref"] for row in lines}
    return _replying(entering_, "replies", "reply", to, known, REPLY_CODES, claim.entry_sha256)


def _replying(
    entering_: _Entering,
    kind: str,
    column: str,
    to: str,
    known: set[str],
    codes: tuple[str, ...],
    in_reply_to: str,
) -> _Part:
    """Read a sheet with a code on every line, each known line once."""
    node, case, party = entering_.node, entering_.state.case, entering_.party
    said = read_lines(
        _data(entering_),
        file=entering_.sheet.file,
        to_fill=(column,),
        optional=("held_ref", "held_name"),
    )
    wrong = sum(row[column] not in codes for row in said.values())
    blank = sum(row[column] == "held" and not row.get("held_ref") for row in said.values())
    if said.keys() != known or wrong or blank:
        raise InputError(
            "paper.lines",
            f"Expected a code on each of {len(known)} lines, and the holder's own reference where "
            f"it is 'held'; found {len(known - said.keys())} lines without, "
            f"{len(said.keys() - known)} that nobody asked about, {wrong} with another code and "
            f"{blank} held without a reference.",
            hint=f"Ask the party to fill in the sheet again; the codes are {', '.join(codes)}.",
            facts={"count": len(known), "wrong": wrong, "blank": blank},
        )
    rows = []
    for ref, cells in sorted(said.items()):
        row = {"ref": ref, "code": cells[column]}
        if cells[column] == "held":
            row["captive"] = _captive(node, case, party, cells["held_ref"])
            row["name_as_written"] = cells.get("held_name", "")
            row["reasons"] = ""
        rows.append(row)
    rows = blobs.salted(node, case, f"{kind}/{party}/{to}", rows)
    root = blobs.rows_root(rows)
    counts = Counter(row["code"] for row in rows)
    body = {
        "to": to,
        "in_reply_to": in_reply_to,
        "count": len(rows),
        "counts": dict(counts),
        "root": root,
    }
    shows = (_Disclosed(purpose=kind, to=to, root=root, rows=rows),)
    return _Part(body=body, count=len(rows), shows=shows)


def _final(entering_: _Entering) -> _Part:
    node, state, party = entering_.node, entering_.state, entering_.party
    agreement = terms_of(node, state.case)
    half = seed_half(state.case, party, _throws(entering_))
    rows = [
        {
            **row_of(person, agreement.columns),
            "ref": _captive(node, state.case, party, person.ref),
        }
        for person in _listed(entering_, HELD)
        if person.power in state.parties
    ]
    rows.sort(key=lambda row: row["ref"])
    root = pool_root(agreement, rows)
    commitment = hashlib.sha256(bytes.fromhex(half)).hexdigest()
    return _Part(
        body={"count": len(rows), "root": root, "seed_commitment": commitment},
        count=len(rows),
        shows=(_Disclosed(purpose="final_list", to="", root=root, rows=rows),),
    )


def _seed(entering_: _Entering) -> _Part:
    half = seed_half(entering_.state.case, entering_.party, _throws(entering_))
    return _Part(body={"nonce": half})


def _accept(entering_: _Entering) -> _Part:
    plan, _ = plan_of(entering_.node, entering_.state)
    own = [move for move in plan["moves"] if move["holder"] == entering_.party]
    return _Part(
        body=acceptance_of(plan, entering_.said.acknowledge),
        count=len(own),
        comes={move["ref"]: move["home"] for move in own},
    )


def _reject(entering_: _Entering) -> _Part:
    plan, _ = plan_of(entering_.node, entering_.state)
    return _Part(body={"plan_sha256": plan["plan_sha256"], "reason": entering_.said.reason})


def _depart(entering_: _Entering) -> _Part:
    leg, people = _leg(entering_)
    ids = sorted(i for i, c in people.items() if c.state == "manifested" and not c.waits_for)
    return _Part(body={"leg": str(leg), "captives": ids}, count=len(ids))


def _check_in(entering_: _Entering) -> _Part:
    leg, people = _leg(entering_)
    here, _ = read_answers(_data(entering_), file=entering_.sheet.file, is_everybody_needed=True)
    departed = {i for i, c in people.items() if c.state == "departed"}
    missing = sorted(departed - set(here))
    body = {"leg": str(leg), "captives": sorted(here), "missing": missing}
    return _Part(body=body, count=len(here))


def _turn_back(entering_: _Entering) -> _Part:
    leg, people = _leg(entering_)
    ids = sorted(
        i
        for i, c in people.items()
        if c.state in {"checked_in", "stopped"} and c.last_will is False
    )
    return _Part(body={"leg": str(leg), "captives": ids}, count=len(ids))


def _receive(entering_: _Entering) -> _Part:
    leg, people = _leg(entering_)
    ids = sorted(
        i for i, c in people.items() if c.state in {"checked_in", "stopped"} and c.last_will
    )
    return _Part(body={"leg": str(leg), "captives": ids, "count": len(ids)}, count=len(ids))


def _released(entering_: _Entering) -> _Part:
    leg, people = _leg(entering_)
    ids = [i for i, c in people.items() if c.state in LET_GO and not c.is_receipted]
    body = {"leg": str(leg), "count": len(ids), "captives_root": captives_root(ids)}
    return _Part(body=body, count=len(ids))


STEPS: Mapping[str, tuple[str, Callable[[_Entering], _Part]]] = {
    "sign": ("terms_signed", _terms),
    "wanted": ("wanted_list", _wanted),
    "answer": ("answers", _answers),
    "reply": ("replies", _replies),
    "final": ("final_list", _final),
    "reveal": ("seed_revealed", _seed),
    "accept": ("plan_accepted", _accept),
    "reject": ("plan_rejected", _reject),
    "depart": ("departed", _depart),
    "check-in": ("checked_in", _check_in),
    "turn-back": ("turned_back", _turn_back),
    "receive": ("received", _receive),
    "released": ("released", _released),
}
"""Step, named as the act of a party with a node → the entry it stands for, and how it is read."""

_OF_THE_HANDOVER = ("depart", "check-in", "turn-back", "receive", "released")


def _leg(entering_: _Entering) -> tuple[Flow, Mapping[str, Captive]]:
    leg = parse_flow(entering_.said.leg)
    custody = custody_of(entering_.node, entering_.state)
    return leg, {i: c for i, c in sorted(custody.captives.items()) if c.leg == leg}


def _listed(entering_: _Entering, kind: ListKind) -> tuple[PersonRecord, ...]:
    sheet = entering_.sheet
    return _read(_data(entering_), kind, sheet.file, sheet.received_at.date())


def _read(data: bytes, kind: ListKind, file: str, today: dt.date) -> tuple[PersonRecord, ...]:
    reading = read_list(data, kind=kind, file=file, today=today)
    if reading.problems:
        rows = sorted({problem.row for problem in reading.problems})
        raise InputError(
            "paper.list",
            f"Expected a list whose every row can be read, found {len(rows)} of "
            f"{reading.row_count} that cannot.",
            hint="Ask the party to mend these rows on its own sheet: nobody else may.",
            facts={"rows": [str(row) for row in rows[:20]], "count": len(rows)},
        )
    return tuple(reading.records)


def _throws(entering_: _Entering) -> str:
    """Return the throws of a sheet, in its order."""
    rows = read_lines(entering_.sheet.throws, file="throws", to_fill=("number",))
    return "".join(row["number"] for row in rows.values())


def _data(entering_: _Entering) -> bytes:
    if not entering_.sheet.data:
        raise InputError(
            "paper.no_sheet",
            "Expected the sheet that the party filled in, found none.",
            hint="Add it (--sheet); an empty one comes from `homeward case paper-form`.",
        )
    return entering_.sheet.data


def _captive(node: Node, case: str, party: str, ref: str) -> str:
    return node.keys.captive_id(case, f"paper|{party}|{ref}")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
