"""People of our lists: what the cases say of one, and those of a question as a file.

Rules of this file:
- A file holds what the reader may see and has chosen, as `records.write` guards it; in a
  simulation every row says so.
- Of a person on the held list it says where they stand in each case that they are bound to.
- Of a person on the wanted list it says what each holder answered, in the holder's words.
- Answers that have not arrived are said to be missing, never guessed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from homeward.foundation.errors import AccessError
from homeward.handover.replay import Replay
from homeward.ledger.envelope import Envelope
from homeward.negotiation.case import CaseState
from homeward.node import access, blobs, book
from homeward.node.access import Reader
from homeward.node.actions.answered import answer_rows
from homeward.node.actions.lists import ListFormat
from homeward.node.actions.report import timeline_of
from homeward.node.home import Node
from homeward.node.models import CaptiveLink
from homeward.records.model import HELD, ListKind, PersonRecord
from homeward.records.read import read_row
from homeward.records.write import csv_lines, xlsx_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCase:
    """What one case says of one person.

    Attributes:
        case: The case.
        state: Its state.
        holder: Who holds the person, or answered for them.
        captive: The salted id, `""` if the holder named none.
        code: Code of the holder's answer; `""` on the held list, and if it has not arrived.
        name_as_written: The name as the holder writes it, `""` if it named nobody.
        reasons: Why the holder takes the two for one person.
        steps: Entries of the ledger that touch the person, by number.
    """

    case: str
    state: str
    holder: str
    captive: str = ""
    code: str = ""
    name_as_written: str = ""
    reasons: tuple[str, ...] = ()
    steps: tuple[tuple[int, Envelope], ...] = ()


def cases_of(
    node: Node, kind: ListKind, ref: str, *, now: dt.datetime, actor: str
) -> tuple[PersonCase, ...]:
    """Find what the cases say of one person, the latest case first.

    Args:
        node: The bureau's open node.
        kind: Which list.
        ref: Our own reference.
        now: When it is read.
        actor: Who reads.

    Returns:
        One row for each case, on the wanted list one for each holder that owes an answer.

    Raises:
        TamperError: The node's copy of the ledger, or an answer, does not hold.
    """
    try:
        state = book.read_ahead(node)
    except AccessError:
        return ()  # no mediator's card yet, so no case
    reader = Reader(actor=actor, purpose="follow", now=now)
    find = _held if kind == HELD else _wanted
    return tuple(
        row
        for case in reversed(tuple(state.cases.values()))
        for row in find(node, state, case, ref, reader)
    )


def person_of(
    kind: ListKind, values: Mapping[str, str], *, before: PersonRecord | None, today: dt.date
) -> PersonRecord:
    """Return a person as they would stand on the list.

    Args:
        kind: Which list.
        values: Column → text, as `check_person` found nothing wrong with.
        before: As the list has them; what no column names is kept. None for a new person.
        today: No birth, capture or loss is later than this day.
    """
    read, _ = read_row(values, kind=kind, today=today)
    assert read is not None, "it was checked"
    return replace(before, **{name: getattr(read, name) for name in values}) if before else read


def export_people(
    node: Node,
    kind: ListKind,
    *,
    asked: Mapping[str, Any],
    columns: Sequence[str],
    file_format: ListFormat,
    reader: Reader,
) -> Iterator[bytes]:
    """Write those of a question as a file; the read is written down first.

    Args:
        node: The open node.
        kind: Which list.
        asked: Search, filters and order, as `access.find` takes them, and the role's columns.
        columns: What is written of each.
        file_format: `csv` comes line by line, `xlsx` at once.
        reader: Who reads, what for, and when.

    Returns:
        The file, in parts.

    Raises:
        AccessError: As `access.find`.
        InputError: As `access.find`; or so many fit the search that only some were looked at.
    """
    people = access.each(node, kind, reader=reader, **asked)
    further: tuple[str, ...] = ()
    if node.about.simulation:
        further = ("simulation",)
        people = (replace(person, extra=(("simulation", "yes"),)) for person in people)
    if file_format == "csv":
        return csv_lines(people, columns, further=further)
    return iter([xlsx_of(people, columns, further=further)])


def _held(
    node: Node,
    state: Replay,
    case: CaseState,
    ref: str,
    reader: Reader,  # noqa: ARG001 - our own list says who it is
) -> Iterator[PersonCase]:
    for captive in CaptiveLink.objects.filter(case=case.case, ref=ref).values_list(
        "captive_id", flat=True
    ):
        yield PersonCase(
            case=case.case,
            state=case.state,
            holder=node.party,
            captive=captive,
            steps=_steps(node, state, case, captive),
        )


def _wanted(
    node: Node, state: Replay, case: CaseState, ref: str, reader: Reader
) -> Iterator[PersonCase]:
    for (asker, holder), claim in sorted(case.wanted.items()):
        if asker != node.party:
            continue
        row = _answer(node, case, holder, ref, reader)
        if not row and not _asked_for(node, claim.root, ref, reader):
            continue
        captive = row.get("captive", "")
        yield PersonCase(
            case=case.case,
            state=case.state,
            holder=holder,
            captive=captive,
            code=row.get("code", ""),
            name_as_written=row.get("name_as_written", ""),
            reasons=tuple(row.get("reasons", "").splitlines()),
            steps=_steps(node, state, case, captive) if captive else (),
        )


def _asked_for(node: Node, root: str, ref: str, reader: Reader) -> bool:
    rows = blobs.read_rows(node, root=root, what="wanted list", reader=reader)
    return any(row["ref"] == ref for row in rows)


def _answer(
    node: Node, case: CaseState, holder: str, ref: str, reader: Reader
) -> Mapping[str, str]:
    try:
        rows = answer_rows(node, case, holder=holder, asker=node.party, reader=reader)
    except AccessError:
        return {}  # in the ledger, and not yet in a bundle of ours
    return next((row for row in rows if row["ref"] == ref), {})


def _steps(
    node: Node, state: Replay, case: CaseState, captive: str
) -> tuple[tuple[int, Envelope], ...]:
    return tuple(
        (number, state.envelopes[number]) for number, _, _ in timeline_of(node, case.case, captive)
    )
