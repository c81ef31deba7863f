"""What changes a list and can be taken back: a file, or one person written on a page.

Rules of this file:
- An import is all or nothing for its good rows; a bad row is reported and keeps nobody out.
- The same rows read twice change nobody: a row is known by the mark of its content.
- Nobody is removed because a file does not name them.
- A change is undone by pointing at what stood before it. It stays when a later change wrote
  one of the same people, or when we signed a list of a running case since: someone built on it.
- A list that says it is a simulation is refused by a real node.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Literal

from homeward.foundation.errors import AccessError, InputError, RuleError
from homeward.ledger.envelope import read_envelope
from homeward.node import access, book, people
from homeward.node.access import Reader
from homeward.node.home import Node
from homeward.node.models import Draft, ListImport
from homeward.node.people import Progress
from homeward.node.tables import database_errors
from homeward.records.model import HELD, WANTED, ListKind
from homeward.records.read import ProblemGroup, RowProblem, group_problems, read_list, read_row
from homeward.records.table import column_name, refused
from homeward.records.write import write_csv, write_xlsx

ListFormat = Literal["csv", "xlsx"]

Report = Callable[[str, int, int], None]
"""Called with a phase, steps done and steps in all; raises if somebody asked to stop.
Phases: reading, comparing, writing, switching."""

WHY_NOT_UNDONE: Mapping[str, str] = {
    "not_done": "It does not count: it was not taken over, or was undone already.",
    "overtaken": "A later change wrote one of the same people.",
    "built_on": "We signed a list in a case that still runs since then.",
}
"""Why a change stays → a sentence."""

_BUILT_ON = {
    HELD: ("answers", "replies", "final_list", "list_committed"),
    WANTED: ("wanted_list", "list_committed"),
}
_OVER = ("closed", "aborted")
_FILE_NAME_MAX_CHARS = 255
_IMPORTS_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOutcome:
    """What an import did. Problems quote cells: they are for the list's owner alone."""

    import_id: int
    row_count: int
    added_count: int
    changed_count: int
    unchanged_count: int
    problems: tuple[RowProblem, ...]
    problem_groups: tuple[ProblemGroup, ...]
    unknown_columns: tuple[str, ...]
    encoding: str
    file_sha256: str


def import_list(
    node: Node,
    *,
    kind: ListKind,
    data: bytes,
    file_name: str,
    now: dt.datetime,
    actor: str,
    progress: Progress | None = None,
) -> ImportOutcome:
    """Read a file into one of the node's lists.

    Args:
        node: The open node.
        kind: Which list.
        data: The file, CSV or XLSX.
        file_name: As the user named it; folders are cut off.
        now: Aware UTC instant.
        actor: Id of the user.
        progress: Called with steps done and steps in all; a row is one step to read and
            one to write.

    Returns:
        What was added, changed and left, and every problem.

    Raises:
        InputError: The file is no list; nothing was changed.
        EngineError: The node is not open, or its database failed; nothing was changed.
    """
    node.require_open()
    name = file_label(file_name)
    reading = read_list(
        data, kind=kind, file=name, today=now.date(), progress=_half(progress, second=False)
    )
    refuse_simulation(node, reading.unknown_columns, name)
    with node.transaction():
        people.hold_lists()
        entry = ListImport.objects.create(
            kind=kind,
            file_sha256=reading.sha256,
            file_name=name,
            imported_at=now,
            actor=actor,
            row_count=reading.row_count,
            problem_count=len(reading.problems),
        )
        writing = _half(progress, second=True)
        known = people.row_marks(kind)
        for batch in people.differing(node, reading.records, known=known, progress=writing):
            people.write_versions(node, batch, into=entry)
        changes = people.switch(entry, people_count=len(reading.records))
    return ImportOutcome(
        import_id=entry.id,
        row_count=reading.row_count,
        added_count=changes.added_count,
        changed_count=changes.changed_count,
        unchanged_count=changes.unchanged_count,
        problems=reading.problems,
        problem_groups=group_problems(reading.problems),
        unknown_columns=reading.unknown_columns,
        encoding=reading.encoding,
        file_sha256=reading.sha256,
    )


def export_list(
    node: Node, *, kind: ListKind, file_format: ListFormat, now: dt.datetime, actor: str
) -> bytes:
    """Write one of the node's lists as a file that `import_list` reads back.

    Args:
        node: The open node.
        kind: Which list.
        file_format: `csv` or `xlsx`.
        now: Aware UTC instant.
        actor: Id of the user.

    Returns:
        The file, people in order of reference.

    Raises:
        EngineError: The node is not open, or its database failed.
    """
    reader = Reader(actor=actor, purpose="export", now=now)
    records = list(access.people(node, kind, reader=reader))
    return write_csv(records, kind) if file_format == "csv" else write_xlsx(records, kind)


def imports(node: Node) -> tuple[ListImport, ...]:
    """Return the latest 50 changes that came from files, newest first, without their content."""
    node.require_open()
    with database_errors():
        files = ListImport.objects.filter(source="file").defer("file", "findings", "rows_to_fix")
        return tuple(files.order_by("-id")[:_IMPORTS_SHOWN])


def undo_refusal(node: Node, import_id: int) -> str:
    """Say why a change of a list cannot be undone; an empty text if it can.

    Args:
        node: The open node.
        import_id: Of the change, a file or a page.

    Returns:
        A sentence of `WHY_NOT_UNDONE`, or nothing.

    Raises:
        AccessError: There is no such change.
    """
    why = _refusal(node, _change(node, import_id))
    return WHY_NOT_UNDONE[why] if why else ""


def undo_import(
    node: Node, *, import_id: int, now: dt.datetime, actor: str, report: Report | None = None
) -> dict[str, int]:
    """Take a change of a list back: everybody in it stands as before, or no longer.

    Args:
        node: The open node.
        import_id: Of the change, a file or a page.
        now: Aware UTC instant.
        actor: Id of the user.
        report: Is told how far it is, and raises to stop; nothing is changed before.

    Returns:
        Counts: `import_id`, and people `removed` and `restored`.

    Raises:
        AccessError: There is no such change.
        RuleError: Somebody built on it, or it does not count any more.
    """
    if report is not None:
        report("switching", 0, 1)
    with node.transaction():
        people.hold_lists()
        change = _change(node, import_id)
        why = _refusal(node, change)
        if why:
            raise RuleError(
                f"lists.{why}",
                f"Expected a change that can be undone. {WHY_NOT_UNDONE[why]}",
                hint="Correct the people one by one, or read a newer list.",
                facts={"import": import_id},
            )
        people.switch_back(change)
        change.state, change.undone_at, change.rows_to_fix = "undone", now, None
        change.save()
        reader = Reader(actor=actor, purpose="undo", now=now)
        touched = change.added_count + change.changed_count
        access.note(
            node, reader, act="list.undone", subject=f"import:{import_id}", person_count=touched
        )
    if report is not None:
        report("switching", 1, 1)
    return {
        "import_id": import_id,
        "removed": change.added_count,
        "restored": change.changed_count,
    }


def check_person(
    kind: ListKind, values: Mapping[str, str], today: dt.date
) -> tuple[RowProblem, ...]:
    """Say what is wrong with a person as typed, each problem with its column.

    Args:
        kind: Which list.
        values: Columns of this list → text; others are empty.
        today: No birth, capture or loss is later than this day.
    """
    return read_row(values, kind=kind, today=today)[1]


def write_person(
    node: Node, *, kind: ListKind, values: Mapping[str, str], now: dt.datetime, actor: str
) -> int:
    """Write one person on a list, new or changed, as a change that can be undone.

    Args:
        node: The open node.
        kind: Which list.
        values: Columns of this list → text; the reference says whom. Columns that are not
            named, and further columns, stay as they are.
        now: Aware UTC instant.
        actor: Id of the user.

    Returns:
        Id of the change.

    Raises:
        InputError: Something is wrong with the person; see `check_person`.
        EngineError: The node is not open, or its database failed.
    """
    read, problems = read_row(values, kind=kind, today=now.date())
    if read is None:
        raise InputError(
            "lists.person",
            f"Expected a person without a mistake, found mistakes: {len(problems)}.",
            hint="Mend each field that is named.",
            facts={"columns": sorted({problem.column for problem in problems})},
        )
    reader = Reader(actor=actor, purpose="edit", now=now)
    with node.transaction():
        people.hold_lists()
        before = access.some(node, kind, [read.ref], reader=reader)
        if before:
            read = replace(before[0], **{name: getattr(read, name) for name in values})
        change = ListImport.objects.create(
            kind=kind,
            source="page",
            file_sha256="",
            file_name="",
            imported_at=now,
            actor=actor,
            row_count=1,
        )
        known = people.row_marks(kind, [read.ref])
        for batch in people.differing(node, [read], known=known):
            people.write_versions(node, batch, into=change)
        people.switch(change, people_count=1)
    return int(change.pk)


def file_label(file_name: str) -> str:
    """Return a file's name without its folders, as it is shown and kept."""
    return PurePath(file_name.replace("\\", "/")).name[:_FILE_NAME_MAX_CHARS]


def refuse_simulation(node: Node, titles: Iterable[str], file: str) -> None:
    """Refuse a list whose columns say that it is a simulation at a node that is none.

    Raises:
        InputError: It is one.
    """
    if not node.about.simulation and "simulation" in map(column_name, titles):
        raise refused(
            file,
            "lists.simulation",
            "a list of real people at a real node, found one with a column simulation",
            "Nothing of a simulation may pass for real; check that this is the right file.",
        )


def _refusal(node: Node, change: ListImport) -> str:
    if change.state != "done":
        return "not_done"
    if people.is_overtaken(change):
        return "overtaken"
    return "built_on" if _is_built_on(node, change) else ""


def _is_built_on(node: Node, change: ListImport) -> bool:
    """Tell whether we signed a list since, in a case that still runs."""
    signed = [
        read_envelope(bytes(entry))
        for entry in Draft.objects.filter(created_at__gte=change.imported_at).values_list(
            "entry", flat=True
        )
    ]
    cases = {each.case for each in signed if each.type in _BUILT_ON[change.kind]}
    if not cases:
        return False
    known = book.read_ahead(node).cases
    return any(case in known and known[case].state not in _OVER for case in cases)


def _change(node: Node, import_id: int) -> ListImport:
    node.require_open()
    with database_errors():
        found = ListImport.objects.defer("file", "findings")
        change: ListImport | None = found.filter(pk=import_id).first()
    if change is None:
        raise AccessError(
            "lists.import",
            "Expected a change of one of our lists, found none.",
            hint="See the list of imports.",
        )
    return change


def _half(progress: Progress | None, *, second: bool) -> Progress | None:
    if progress is None:
        return None

    def report(done: int, total: int) -> None:
        progress(done + second * total, 2 * total)

    return report
