"""A file on its way into a list: what its columns mean, what is wrong, taking it over.

Rules of this file:
- Nothing of a file stands on a list before it was taken over; then all its good rows do.
- A file rests encrypted, and only until it is taken over or discarded. Its bad rows stay
  for their owner to mend.
- A bad row keeps nobody out but itself, and nobody is removed because a file does not
  name them.
- Meanings of columns are proposed and confirmed by a person; a header that was confirmed
  once is remembered.
- What a file says of people is sealed; counts and references are not.
- A list of the other side's is kept in the same way, and never taken over: see `triage`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from homeward.foundation.errors import AccessError, TurnError
from homeward.matching.duplicates import duplicates
from homeward.node import people
from homeward.node.actions import upload_columns
from homeward.node.actions.lists import Report, file_label, refuse_simulation
from homeward.node.at_rest import open_at_rest, seal_at_rest
from homeward.node.home import Node
from homeward.node.models import KnownHeader, ListImport
from homeward.node.tables import database_errors
from homeward.records.fix import rows_to_fix as write_rows_to_fix
from homeward.records.header import find_titles, known_titles, no_header, verify_titles
from homeward.records.model import ListKind, PersonRecord
from homeward.records.read import ListReading, ProblemGroup, RowProblem, group_problems, read_list
from homeward.records.table import read_table
from homeward.records.titles import guess_columns

PROBLEMS_KEPT: Final = 10_000
PAIRS_KEPT: Final = 20
OURS, THEIRS = "file", "them"
"""Sources of a file: for a list of ours, or a list of the other side's that is only looked at."""

_GIVEN = ("returned",)  # what came with the file, whatever its columns mean
FILE: Final = "upload"
"""Under which purpose a file rests."""

FINDINGS, TO_FIX = "findings", "rows_to_fix"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnGuess:
    """One column of a file and what it is taken to mean.

    Attributes:
        title: As the file writes it.
        column: One of our columns, `extra` for a further column that is kept, or empty for
            one that is left out.
        samples: Up to three of its cells. For the list's owner only.
        how: `same` (our own name), `remembered` (said by a person, here or for an
            earlier file with the same header),
            `guessed` (from its usual title) or `unknown`.
    """

    title: str
    column: str
    samples: tuple[str, ...] = dataclasses.field(repr=False)
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """People of one file who are perhaps the same person: same birth date, same names.

    `pairs` are references, the first 20 of `count`.
    """

    count: int
    pairs: tuple[tuple[str, str], ...]


def take_upload(
    node: Node,
    *,
    kind: ListKind,
    data: bytes,
    file_name: str,
    now: dt.datetime,
    actor: str,
    source: str = OURS,
) -> int:
    """Keep a file that is to become part of a list; nothing is imported yet.

    Args:
        node: The open node.
        kind: Which list.
        data: The file, CSV or XLSX, at most 200 MB.
        file_name: As the user named it; folders are cut off.
        now: Aware UTC instant.
        actor: Id of the user.
        source: `OURS` or `THEIRS`.

    Returns:
        Id of the import; its columns are guessed.

    Raises:
        InputError: The file is no table with a header, or too large; nothing is kept.
        EngineError: The node is not open, or its database failed.
    """
    node.require_open()
    name = file_label(file_name)
    table = read_table(data, known=known_titles({}), file=name)
    _, titles = find_titles(table, name)
    verify_titles(titles, name)
    refuse_simulation(node, titles, name)
    guesses = guess_columns(titles, kind, is_theirs=source == THEIRS)
    if len(titles) == 1 and not any(how == "guessed" for _, how in guesses.values()):
        raise no_header(name)
    header_sha256 = upload_columns.header_sha256(titles)
    with node.transaction():
        meant = _remembered(kind, header_sha256, guesses)
        entry = ListImport.objects.create(
            kind=kind,
            source=source,
            state="uploaded",
            file_sha256=hashlib.sha256(data).hexdigest(),
            file_name=name,
            file=seal_at_rest(node, data, purpose=FILE),
            columns=json.dumps({title: column for title, (column, _) in meant.items()}),
            header_sha256=header_sha256,
            findings=seal_findings(
                node,
                {
                    "how": {title: how for title, (_, how) in meant.items()},
                    "samples": upload_columns.samples(titles, table.rows),
                },
            ),
            imported_at=now,
            actor=actor,
        )
    return int(entry.pk)


def columns_of(node: Node, import_id: int, *, source: str = OURS) -> tuple[ColumnGuess, ...]:
    """Return what each column of a file is taken to mean, in the order of the file.

    Raises:
        AccessError: There is no such import.
    """
    entry = find_upload(node, import_id, source=source)
    found = findings_of(node, entry)
    meant: dict[str, str] = json.loads(entry.columns)
    return tuple(
        ColumnGuess(
            title=title,
            column=column,
            samples=tuple(found["samples"].get(title, ())),
            how=found["how"].get(title, "unknown"),
        )
        for title, column in meant.items()
    )


def set_columns(
    node: Node, import_id: int, columns: Mapping[str, str], *, source: str = OURS
) -> None:
    """Say what the columns of a file mean; it must be checked again afterwards.

    Args:
        node: The open node.
        import_id: Of the file.
        columns: Title → one of our columns, `extra` to keep it as a further column, or
            empty to leave it out. Titles that are not named keep their meaning.
        source: Of the file.

    Raises:
        AccessError: There is no such import.
        InputError: A title or a column does not exist, a column is used twice, a further
            column has the name of one of ours, or none is `ref`.
        TurnError: The file was taken over or discarded already.
    """
    entry = waiting_upload(node, import_id, source=source)
    meant: dict[str, str] = json.loads(entry.columns)
    needs_ref = entry.source == OURS
    upload_columns.verify_columns(entry.kind, meant, columns, needs_ref=needs_ref)
    found = findings_of(node, entry)
    changed = {title: "remembered" for title in columns if columns[title] != meant[title]}
    with node.transaction():
        entry.columns = json.dumps(meant | dict(columns))
        entry.state = "uploaded"
        kept = {name: found[name] for name in (*_GIVEN, "samples") if name in found}
        entry.findings = seal_findings(node, kept | {"how": found["how"] | changed})
        entry.rows_to_fix = None
        entry.save()
        KnownHeader.objects.update_or_create(
            kind=entry.kind,
            header_sha256=entry.header_sha256,
            defaults={"columns": entry.columns},
        )


def check_upload(
    node: Node, *, import_id: int, now: dt.datetime, actor: str, report: Report
) -> dict[str, int]:
    """Read a file as its columns are meant, and say what taking it over would do.

    Args:
        node: The open node.
        import_id: Of the file.
        now: Aware UTC instant; no birth, capture or loss is later than this day.
        actor: Id of the user.
        report: Is told how far it is, and raises to stop.

    Returns:
        Counts: `import_id`, `rows`, `added`, `changed`, `unchanged`, `kept_out` (rows),
        `problems` (cells) and `duplicates` (pairs).

    Raises:
        AccessError: There is no such import.
        InputError: With these columns the file is no list.
        TurnError: The file was taken over or discarded already.
    """
    entry = waiting_upload(node, import_id)
    data = open_at_rest(node, entry.file, purpose=FILE)
    reading = read_upload(entry, data, now, report)
    known = people.row_marks(entry.kind)
    differing = people.differing(
        node, reading.records, known=known, progress=_in(report, "comparing")
    )
    added = changed = 0
    for batch in differing:
        new = sum(record.ref not in known for record, _, _ in batch)
        added, changed = added + new, changed + len(batch) - new
    pairs = duplicates(reading.records)
    to_fix = b""
    if reading.problems:
        to_fix = write_rows_to_fix(
            data, file=entry.file_name, columns=json.loads(entry.columns), problems=reading.problems
        )
    groups = group_problems(reading.problems)
    found = findings_of(node, entry) | {
        "groups": [dataclasses.asdict(group) for group in groups],
        "problems": [dataclasses.asdict(each) for each in reading.problems[:PROBLEMS_KEPT]],
        "duplicates": {"count": len(pairs), "pairs": pairs[:PAIRS_KEPT]},
    }
    with node.transaction():
        entry = waiting_upload(node, import_id)
        entry.findings = seal_findings(node, found)
        entry.rows_to_fix = seal_at_rest(node, to_fix, purpose=TO_FIX) if to_fix else None
        entry.row_count, entry.problem_count = reading.row_count, len(reading.problems)
        entry.added_count, entry.changed_count = added, changed
        entry.unchanged_count = len(reading.records) - added - changed
        entry.imported_at, entry.actor, entry.state = now, actor, "checked"
        entry.save()
    return _counts(entry) | {"duplicates": len(pairs)}


def problems_of(
    node: Node, import_id: int
) -> tuple[tuple[ProblemGroup, ...], tuple[RowProblem, ...]]:
    """Return what is wrong with a file that was checked; for the list's owner only.

    Returns:
        The problems grouped by repair, the most frequent first; and the first 10,000 of
        them by row, each with its cell.

    Raises:
        AccessError: There is no such import.
    """
    found = findings_of(node, find_upload(node, import_id))
    groups = tuple(
        ProblemGroup(**{**group, "rows": tuple(group["rows"])}) for group in found["groups"]
    )
    return groups, tuple(RowProblem(**each) for each in found["problems"])


def duplicates_of(node: Node, import_id: int) -> Duplicates:
    """Return who in a file that was checked is perhaps one person.

    Raises:
        AccessError: There is no such import.
    """
    found = findings_of(node, find_upload(node, import_id))["duplicates"]
    pairs = tuple((first, second) for first, second in found["pairs"])
    return Duplicates(count=found["count"], pairs=pairs)


def rows_to_fix(node: Node, import_id: int) -> bytes:
    """Return the bad rows of a file that was checked, to be mended and uploaded again.

    Returns:
        An XLSX file: what is wrong, then the columns of the file.

    Raises:
        AccessError: There is no such import, or nothing is wrong with its rows.
    """
    entry = find_upload(node, import_id)
    if entry.rows_to_fix is None:
        raise _no_import()
    return open_at_rest(node, entry.rows_to_fix, purpose=TO_FIX)


def take_import(
    node: Node, *, import_id: int, now: dt.datetime, actor: str, report: Report
) -> dict[str, int]:
    """Take a checked file over into its list: all its good rows at once.

    The rows are written beforehand in many short transactions; a stop or a crash on the
    way leaves the list as it was, and a second try begins anew.

    Args:
        node: The open node.
        import_id: Of the file.
        now: Aware UTC instant.
        actor: Id of the user.
        report: Is told how far it is, and raises to stop.

    Returns:
        Counts, as `check_upload`.

    Raises:
        AccessError: There is no such import.
        TurnError: The file was not checked, or was taken over or discarded already.
    """
    entry = waiting_upload(node, import_id, state="checked")
    people.drop_versions(node, of=entry)
    data = open_at_rest(node, entry.file, purpose=FILE)
    records = read_upload(entry, data, now, report).records
    tide = people.tide(entry.kind)
    known = people.row_marks(entry.kind)
    for batch in people.differing(node, records, known=known, progress=_in(report, "writing")):
        if batch:
            with node.transaction():
                people.write_versions(node, batch, into=entry)
    report("switching", 0, 1)
    with node.transaction():
        people.hold_lists()
        entry = waiting_upload(node, import_id, state="checked")
        if people.tide(entry.kind) != tide:
            _write_overtaken(node, records, entry)
        entry.imported_at, entry.actor, entry.file = now, actor, None
        people.switch(entry, people_count=len(records))
    report("switching", 1, 1)
    return _counts(entry)


def discard_upload(node: Node, import_id: int, *, source: str = OURS) -> None:
    """Forget a file that was not taken over; nobody's list changes.

    Raises:
        AccessError: There is no such import.
        TurnError: The file was taken over or discarded already.
    """
    waiting_upload(node, import_id, source=source)
    with node.transaction():
        entry = waiting_upload(node, import_id, source=source)
        entry.state, entry.file, entry.findings, entry.rows_to_fix = "discarded", None, None, None
        entry.save()
    people.drop_versions(node, of=entry)


def _write_overtaken(node: Node, records: Sequence[PersonRecord], entry: ListImport) -> None:
    """Write what differs since another change came in between; seldom, and seldom much."""
    known = people.row_marks(entry.kind)
    already = people.written(entry)
    for batch in people.differing(node, records, known=known):
        people.write_versions(node, [row for row in batch if row[0].ref not in already], into=entry)


def read_upload(entry: ListImport, data: bytes, now: dt.datetime, report: Report) -> ListReading:
    """Read a file as its columns are meant.

    Raises:
        InputError: With these columns the file is no list.
    """
    return read_list(
        data,
        kind=entry.kind,
        file=entry.file_name,
        today=now.date(),
        columns=json.loads(entry.columns),
        is_theirs=entry.source == THEIRS,
        progress=_in(report, "reading"),
    )


def _in(report: Report, phase: str) -> people.Progress:
    def progress(done: int, total: int) -> None:
        report(phase, done, total)

    return progress


def _remembered(
    kind: str, header_sha256: str, guesses: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    before = KnownHeader.objects.filter(kind=kind, header_sha256=header_sha256).first()
    known: dict[str, str] = json.loads(before.columns) if before else {}
    return {
        title: (known[title], "remembered")
        if title in known and (how != "same" or known[title] != column)
        else (column, how)
        for title, (column, how) in guesses.items()
    }


def seal_findings(node: Node, found: Mapping[str, Any]) -> bytes:
    """Return what was found in a file as it rests."""
    return seal_at_rest(node, json.dumps(found).encode(), purpose=FINDINGS)


def findings_of(node: Node, entry: ListImport) -> dict[str, Any]:
    """Return what was found in a file."""
    empty = {
        "how": {},
        "samples": {},
        "groups": [],
        "problems": [],
        "duplicates": {"count": 0, "pairs": []},
    }
    if entry.findings is None:
        return empty
    found: dict[str, Any] = json.loads(open_at_rest(node, entry.findings, purpose=FINDINGS))
    return empty | found


def _counts(entry: ListImport) -> dict[str, int]:
    good = entry.added_count + entry.changed_count + entry.unchanged_count
    return {
        "import_id": entry.pk,
        "rows": entry.row_count,
        "added": entry.added_count,
        "changed": entry.changed_count,
        "unchanged": entry.unchanged_count,
        "kept_out": entry.row_count - good,
        "problems": entry.problem_count,
    }


def find_upload(node: Node, import_id: int, *, source: str = OURS) -> ListImport:
    """Return a file by its id and source.

    Raises:
        AccessError: There is none.
    """
    node.require_open()
    with database_errors():
        found = ListImport.objects.filter(pk=import_id)
        is_theirs = {"source": THEIRS}
        found = found.filter(**is_theirs) if source == THEIRS else found.exclude(**is_theirs)
        entry: ListImport | None = found.first()
    if entry is None:
        raise _no_import()
    return entry


def waiting_upload(
    node: Node, import_id: int, *, state: str = "", source: str = OURS
) -> ListImport:
    """Return a file that is not done with.

    Raises:
        AccessError: There is none.
        TurnError: It is in another state.
    """
    entry = find_upload(node, import_id, source=source)
    allowed = (state,) if state else ("uploaded", "checked")
    if entry.state not in allowed:
        raise TurnError(
            "uploads.state",
            f"Expected a file that is {' or '.join(allowed)}, found one that is {entry.state}.",
            hint="See the list of imports for what was done with it.",
            facts={"import": import_id, "state": entry.state},
        )
    return entry


def _no_import() -> AccessError:
    return AccessError(
        "uploads.import",
        "Expected an import of this node, found none.",
        hint="See the list of imports.",
    )
