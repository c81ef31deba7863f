"""The forms that a side on paper prints and fills in, at the mediator's node.

Rules of this file:
- A form has the columns that `paper.enter` reads; what is to be filled in is empty.
- It holds what that side may see and nothing else: the lists that others sent it, and its own.
- The read of people is written down.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from homeward.foundation.errors import TurnError
from homeward.foundation.ids import parse_flow
from homeward.negotiation.case import CaseState
from homeward.negotiation.on_paper import THROWS_MIN
from homeward.node import access, blobs, book
from homeward.node.access import Reader
from homeward.node.actions.cases import claim_of, full_name, record_of
from homeward.node.actions.handover import custody_of
from homeward.node.actions.line_sheets import write_lines
from homeward.node.actions.paper import people_of
from homeward.node.actions.plans import plan_of
from homeward.node.home import Node
from homeward.node.models import Blob
from homeward.records.formula import guard
from homeward.records.model import COLUMNS, HELD, WANTED
from homeward.records.write import write_sheet

_LINE = ("ref", "name", "birth_date", "answer", "held_ref", "held_name")
_REMARKED = ("ref", "name", "remark", "reply", "held_ref", "held_name")
_PLANNED = ("captive", "ref", "name", "leg", "phase")
_COUNTED = ("captive", "name", "state", "answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form: its columns, and the rows that stand in it before it is filled in."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Which form is asked for."""

    node: Node
    state: CaseState
    party: str
    about: str
    reader: Reader


def form_of(
    node: Node, case: str, party: str, form: str, *, about: str = "", now: dt.datetime, actor: str
) -> Form:
    """Return a form for a party on paper, to be printed and filled in.

    Args:
        node: The mediator's open node.
        case: The case.
        party: The party on paper.
        form: One of `FORMS`.
        about: The party whose list is answered, or the leg, where the form asks for it.
        now: When.
        actor: Who writes it.

    Returns:
        Its columns and rows.

    Raises:
        TurnError: The party is not on paper, or there is nothing to fill in yet.
        AccessError: A list has not arrived.
    """
    book.require_role(node, "mediator")
    state = book.case_of(book.read_ahead(node), case)
    if party not in state.on_paper:
        raise TurnError(
            "paper.party",
            f"Expected a party that the terms name as on paper, found {party}.",
            hint="Whoever has a node writes its sheets there.",
            facts={"party": party},
        )
    reader = Reader(actor=actor, purpose="paper_form", now=now)
    if form in BLANK:
        return BLANK[form]
    return _FORMS[form](_Asked(node=node, state=state, party=party, about=about, reader=reader))


def form_bytes(form: Form, *, as_xlsx: bool) -> bytes:
    """Write a form as a file: XLSX, or CSV that a spreadsheet opens as UTF-8.

    Args:
        form: From `form_of`.
        as_xlsx: Which of the two.
    """
    if not as_xlsx:
        return write_lines(form.columns, form.rows)
    cells = ([guard(row.get(name, "")) for name in form.columns] for row in form.rows)
    return write_sheet([list(form.columns), *cells])


def _answers(asked: _Asked) -> Form:
    rows = _asked_of(asked)
    return Form(
        columns=_LINE,
        rows=tuple(
            {"ref": row["ref"], "name": _name(row), "birth_date": row.get("birth_date", "")}
            for row in rows
        ),
    )


def _replies(asked: _Asked) -> Form:
    state, pair = asked.state, (asked.about, asked.party)
    claim = claim_of(state.remarks.get(pair), f"remarks of {asked.about} to {asked.party}")
    names = {row["ref"]: _name(row) for row in _asked_of(asked)}
    rows = blobs.read_rows(asked.node, root=claim.root, what="remarks", reader=asked.reader)
    return Form(
        columns=_REMARKED,
        rows=tuple(
            {"ref": row["ref"], "name": names.get(row["ref"], ""), "remark": row["code"]}
            for row in rows
        ),
    )


def _plan(asked: _Asked) -> Form:
    plan, _ = plan_of(asked.node, asked.state)
    people = people_of(asked.node, asked.state, asked.party)
    own = [move for move in plan["moves"] if move["holder"] == asked.party]
    _note(asked, len(own))
    return Form(
        columns=_PLANNED,
        rows=tuple(
            {
                "captive": move["ref"],
                "ref": people[move["ref"]].ref,
                "name": people[move["ref"]].name_as_written or full_name(people[move["ref"]]),
                "leg": f"{move['holder']} -> {move['home']}",
                "phase": str(move["phase"]),
            }
            for move in own
        ),
    )


def _check_in(asked: _Asked) -> Form:
    leg = parse_flow(asked.about)
    custody = custody_of(asked.node, asked.state)
    names = _who_comes(asked, leg.holder)
    return Form(
        columns=_COUNTED,
        rows=tuple(
            {"captive": each, "name": names.get(each, ""), "state": captive.state}
            for each, captive in sorted(custody.captives.items())
            if captive.leg == leg and captive.state == "departed"
        ),
    )


BLANK: Mapping[str, Form] = {
    "wanted": Form(columns=COLUMNS[WANTED]),
    "final": Form(columns=COLUMNS[HELD]),
    "throws": Form(
        columns=("ref", "number"),
        rows=tuple({"ref": str(number)} for number in range(1, THROWS_MIN + 1)),
    ),
}
"""Forms that are the same for everybody."""

_FORMS: Mapping[str, Callable[[_Asked], Form]] = {
    "answer": _answers,
    "reply": _replies,
    "accept": _plan,
    "check-in": _check_in,
}
FORMS = (*BLANK, *_FORMS)
"""Forms, named as the step that they are for; `throws` goes with the final list."""


def _asked_of(asked: _Asked) -> list[dict[str, str]]:
    """Return what another party asked of the party on paper."""
    claim = claim_of(
        asked.state.wanted.get((asked.about, asked.party)),
        f"wanted list of {asked.about} for {asked.party}",
    )
    return blobs.read_rows(asked.node, root=claim.root, what="wanted list", reader=asked.reader)


def _who_comes(asked: _Asked, holder: str) -> dict[str, str]:
    """Return the names of those who come home to the party on paper, by salted id."""
    sent = Blob.objects.filter(
        case=asked.state.case, purpose="identities", recipient=asked.node.party, sender=holder
    )
    return {
        row["ref"]: _name(row)
        for key in sent.values_list("key", flat=True)
        for row in blobs.read_rows(
            asked.node, root=key, what="list of those who come", reader=asked.reader
        )
    }


def _note(asked: _Asked, count: int) -> None:
    access.note(
        asked.node, asked.reader, act="disclosed.read", subject="final list", person_count=count
    )


def _name(row: Mapping[str, str]) -> str:
    return row.get("name_as_written") or full_name(record_of(row))
