"""A list that the other side sent or published, compared with our own lists and kept apart.

Rules of this file:
- Nobody on such a list ever comes onto a list of ours: it is looked at, and discarded.
- It rests encrypted, with what was found, until it is discarded.
- Who is home is known from the cases of this node, and from a list that comes with the file.
- Reading what was found reads people, and is written down.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from homeward.foundation.errors import AccessError, InputError
from homeward.matching.triage import Line, Triage, triage
from homeward.matching.triage_sheets import Words, write_triage
from homeward.node import access
from homeward.node.access import Reader
from homeward.node.actions import uploads
from homeward.node.actions.cases import came_home, returned
from homeward.node.actions.lists import Report, file_label, refuse_simulation
from homeward.node.actions.uploads import THEIRS
from homeward.node.at_rest import open_at_rest
from homeward.node.home import Node
from homeward.node.models import ListImport
from homeward.node.tables import database_errors
from homeward.records.fix import unread_of
from homeward.records.header import find_titles, known_titles, verify_titles
from homeward.records.model import HELD, WANTED, ListKind, PersonRecord
from homeward.records.read import ListReading, read_list
from homeward.records.table import read_table
from homeward.records.titles import guess_columns

RETURNED_MAX_BYTES: Final = 20 << 20
PURPOSE: Final = "triage"

OURS_OF: Final[Mapping[ListKind, ListKind]] = {HELD: WANTED, WANTED: HELD}
"""What the other side says of the people of its list → the list of ours they are looked for on."""

_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was found of a list, and with how many people of ours it was compared.

    `people` has, by reference, what each line calls its person, and the date of birth.
    """

    triage: Triage
    people: Mapping[str, tuple[str, str]]
    ours: int
    returned: int


def keep_list(
    node: Node,
    *,
    kind: ListKind,
    data: bytes,
    file_name: str,
    home: tuple[str, bytes] | None = None,
    now: dt.datetime,
    actor: str,
) -> int:
    """Keep a list of the other side's, to be looked through; nothing is imported.

    Args:
        node: The open node.
        kind: `held` if the other side says that it holds these people, `wanted` if it looks
            for them.
        data: The file, CSV or XLSX, at most 200 MB.
        file_name: As the user named it; folders are cut off.
        home: A list of people who are home already: its name and content, at most 20 MB.
        now: Aware UTC instant.
        actor: Id of the user.

    Returns:
        Its id; its columns are guessed.

    Raises:
        InputError: One of the files is no list; nothing is kept.
        EngineError: The node is not open, or its database failed.
    """
    if home:
        home_name = file_label(home[0])
        refuse_simulation(node, _read_home(home[1], home_name, now).unknown_columns, home_name)
    with node.transaction():
        at = uploads.take_upload(
            node, kind=kind, data=data, file_name=file_name, now=now, actor=actor, source=THEIRS
        )
        if home:
            entry = uploads.find_upload(node, at, source=THEIRS)
            given = {"name": home_name, "data": base64.b64encode(home[1]).decode()}
            found = uploads.findings_of(node, entry) | {"returned": given}
            entry.findings = uploads.seal_findings(node, found)
            entry.save()
    return at


def look_through(
    node: Node, *, list_id: int, now: dt.datetime, actor: str, report: Report
) -> dict[str, int]:
    """Say of every line of a list what it means for us, as a job.

    Args:
        node: The open node.
        list_id: Of the list.
        now: Aware UTC instant.
        actor: Id of the user.
        report: Is told how far it is, and raises to stop.

    Returns:
        Counts: `list_id`, and lines by class.

    Raises:
        AccessError: There is no such list.
        InputError: With these columns it is no list.
        TurnError: It was discarded.
    """
    entry = uploads.waiting_upload(node, list_id, source=THEIRS)
    data = open_at_rest(node, entry.file, purpose=uploads.FILE)
    reading = uploads.read_upload(entry, data, now, report)
    reader = Reader(actor=actor, purpose=PURPOSE, now=now)
    mine = OURS_OF[entry.kind]
    people = {person.ref: person for person in access.people(node, mine, reader=reader)}
    gone = _gone(node, mine, reader)
    found = uploads.findings_of(node, entry)
    home = {ref: people.pop(ref) for ref in sorted(gone & people.keys())}
    home = {each.ref: each for each in _given_home(found, now)} | home
    lists = {mine: list(people.values()), "returned": list(home.values())}

    def progress(done: int, total: int) -> None:
        report("matching", done, total)

    said = triage(
        reading.records,
        is_sought=entry.kind == WANTED,
        wanted=lists.get(WANTED, ()),
        held=lists.get(HELD, ()),
        returned=lists["returned"],
        unread=unread_of(reading),
        progress=progress,
    )
    found |= {
        "lines": [asdict(line) for line in said.lines],
        "sizes": {"ours": len(people), "returned": len(home)},
        "people": {person.ref: (_name(person), _birth(person)) for person in reading.records},
    }
    with node.transaction():
        entry = uploads.waiting_upload(node, list_id, source=THEIRS)
        entry.findings = uploads.seal_findings(node, found)
        entry.row_count = reading.row_count
        entry.problem_count = len(reading.problems)
        entry.imported_at, entry.actor, entry.state = now, actor, "checked"
        entry.save()
    return {"list_id": list_id, **{str(name): count for name, count in said.counts().items()}}


def found_of(node: Node, list_id: int, *, reader: Reader) -> Looked:
    """Return what was found of a list that was looked through.

    Raises:
        AccessError: There is no such list.
        TurnError: It was not looked through yet, or was discarded.
    """
    entry = uploads.waiting_upload(node, list_id, state="checked", source=THEIRS)
    found = uploads.findings_of(node, entry)
    lines = tuple(
        Line(**{**line, "flags": tuple(line["flags"]), "reasons": tuple(line["reasons"])})
        for line in found["lines"]
    )
    _note(node, list_id, len(lines), reader)
    said = Triage(lines=lines, is_sought=entry.kind == WANTED)
    return Looked(triage=said, people=found["people"], **found["sizes"])


def people_of(node: Node, list_id: int, *, reader: Reader) -> tuple[PersonRecord, ...]:
    """Return the lines of a list that can be read.

    Raises:
        AccessError: There is no such list.
        TurnError: It was discarded.
    """
    entry = uploads.waiting_upload(node, list_id, source=THEIRS)
    data = open_at_rest(node, entry.file, purpose=uploads.FILE)
    records = uploads.read_upload(entry, data, reader.now, _no_report).records
    _note(node, list_id, len(records), reader)
    return records


def workbook(node: Node, list_id: int, *, words: Words, reader: Reader) -> bytes:
    """Write what was found of a list as an XLSX file.

    Args:
        node: The open node.
        list_id: Of the list.
        words: In the reader's language.
        reader: Who reads, and when.

    Raises:
        AccessError: There is no such list.
        TurnError: It was not looked through yet, or was discarded.
    """
    looked = found_of(node, list_id, reader=reader)
    people = people_of(node, list_id, reader=reader)
    is_simulation = node.about.simulation
    return write_triage(looked.triage, people, is_simulation=is_simulation, words=words)


def lists_of(node: Node) -> tuple[ListImport, ...]:
    """Return the latest 50 lists that are kept, newest first, without their content."""
    node.require_open()
    with database_errors():
        kept = ListImport.objects.filter(source=THEIRS).exclude(state="discarded")
        return tuple(kept.defer("file", "findings", "rows_to_fix").order_by("-id")[:_SHOWN])


def _gone(node: Node, kind: ListKind, reader: Reader) -> frozenset[str]:
    """Return the references on a list of ours of those who are home."""
    try:
        return returned(node) if kind == HELD else came_home(node, reader)
    except AccessError:
        return frozenset()  # no mediator's card yet, so no case


def _given_home(found: Mapping[str, Any], now: dt.datetime) -> Sequence[PersonRecord]:
    given = found.get("returned")
    if not given:
        return ()
    return _read_home(base64.b64decode(given["data"]), given["name"], now).records


def _read_home(data: bytes, name: str, now: dt.datetime) -> ListReading:
    """Read a list of people who are home, by its titles, as somebody else's."""
    if len(data) > RETURNED_MAX_BYTES:
        raise InputError(
            "triage.returned_size",
            f"Expected a list of at most {RETURNED_MAX_BYTES} bytes of those who are home, "
            f"found {len(data)}.",
            hint="Leave out columns other than names, birth date and service number.",
            facts={"max_bytes": RETURNED_MAX_BYTES},
        )
    _, titles = find_titles(read_table(data, known=known_titles({}), file=name), name)
    verify_titles(titles, name)
    guesses = guess_columns(titles, HELD)
    meant = {title: column for title, (column, how) in guesses.items() if how == "guessed"}
    return read_list(data, kind=HELD, file=name, today=now.date(), columns=meant, is_theirs=True)


def _name(person: PersonRecord) -> str:
    parts = (person.family_name, person.given_name, person.father_name)
    return " ".join(filter(None, parts)) or person.name_as_written


def _birth(person: PersonRecord) -> str:
    return person.birth_date.text if person.birth_date else ""


def _note(node: Node, list_id: int, count: int, reader: Reader) -> None:
    subject = f"list:{list_id}"
    access.note(node, reader, act="triage.read", subject=subject, person_count=count)


def _no_report(_phase: str, _done: int, _total: int) -> None:
    return
