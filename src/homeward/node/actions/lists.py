"""Read a list into the node, and write it out again.

Rules of this file:
- An import is all or nothing for its good rows; a bad row is reported and keeps nobody out.
- The same rows read twice change nobody: a row is known by the hash of its content.
- Nobody is removed because a file does not name them.
- A list that says it is a simulation is refused by a real node.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from homeward.node import access
from homeward.node.access import Progress, Reader
from homeward.node.home import Node
from homeward.node.models import ListImport
from homeward.records.model import ListKind
from homeward.records.read import ProblemGroup, RowProblem, group_problems, read_list
from homeward.records.table import column_name, refused
from homeward.records.write import write_csv, write_xlsx

ListFormat = Literal["csv", "xlsx"]

_FILE_NAME_MAX_CHARS = 255


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
    name = PurePath(file_name.replace("\\", "/")).name[:_FILE_NAME_MAX_CHARS]
    reading = read_list(
        data, kind=kind, file=name, today=now.date(), progress=_half(progress, second=False)
    )
    if not node.about.simulation and "simulation" in map(column_name, reading.unknown_columns):
        raise refused(
            name,
            "lists.simulation",
            "a list of real people at a real node, found one with a column simulation",
            "Nothing of a simulation may pass for real; check that this is the right file.",
        )
    with node.transaction():
        entry = ListImport.objects.create(
            kind=kind,
            file_sha256=reading.sha256,
            file_name=name,
            imported_at=now,
            actor=actor,
            row_count=reading.row_count,
            added_count=0,
            changed_count=0,
            unchanged_count=0,
            problem_count=len(reading.problems),
        )
        changes = access.store(
            node, reading.records, into=entry, progress=_half(progress, second=True)
        )
        entry.added_count = changes.added_count
        entry.changed_count = changes.changed_count
        entry.unchanged_count = changes.unchanged_count
        entry.save()
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


def _half(progress: Progress | None, *, second: bool) -> Progress | None:
    if progress is None:
        return None

    def report(done: int, total: int) -> None:
        progress(done + second * total, 2 * total)

    return report
