"""How people are stored: as versions that nobody changes, and a list that points at them.

Rules of this file:
- Who stands on a list is what its changes say: of every person the version whose change
  was taken over last and was not undone.
- Versions are written beforehand, in any number of transactions; a change counts from the
  one short transaction in which the list points at them.
- The whole row rests encrypted; what one filters by stands beside it, and blind marks of
  names to search by.
- A row that stands there already makes no version.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import Max, Q

from homeward.foundation.dates import PartialDate, parse_date
from homeward.matching.readings import skeleton
from homeward.node.at_rest import mark, open_at_rest, seal_at_rest
from homeward.node.home import Node
from homeward.node.models import ListImport, Person, PersonVersion
from homeward.records.model import DATE_COLUMNS, ListKind, PersonRecord

Progress = Callable[[int, int], None]
Row = tuple[PersonRecord, bytes, str]
"""A person, the plain row and its blind mark."""

BATCH_ROWS = 1_000
MARK_LETTERS = 3  # of a name's key: enough to narrow a search, too few to tell a name

ROW = "person"  # the purpose of a row at rest
_COLUMNS = tuple(field.name for field in fields(PersonRecord) if field.name != "extra")
_cells = attrgetter(*_COLUMNS)
_COPIED = ("ref", "power", "status", "sex", "health", "consent", "alive")
_copied = attrgetter(*_COPIED)
_SHOWN = (
    *(*_COPIED, "birth_earliest", "birth_latest", "since"),
    *("family_mark", "given_mark", "number_mark", "row_mark", "kind"),
)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_decode = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a change of a list changed, in people."""

    added_count: int
    changed_count: int
    unchanged_count: int


def row_marks(kind: ListKind, refs: Collection[str] | None = None) -> dict[str, str]:
    """Return the marks of rows that stand on a list, by reference; of everybody without `refs`."""
    rows = Person.objects.filter(kind=kind)
    if refs is not None:
        rows = rows.filter(ref__in=refs)
    return dict(rows.values_list("ref", "row_mark"))


def differing(
    node: Node,
    records: Sequence[PersonRecord],
    *,
    known: Mapping[str, str],
    progress: Progress | None = None,
) -> Iterator[list[Row]]:
    """Find the rows that do not stand on the list just so.

    Args:
        node: The open node.
        records: People with distinct references.
        known: The marks of the rows that stand there, from `row_marks`.
        progress: Called with people done and people in all.

    Yields:
        For each thousand people those whose row differs; perhaps nobody.
    """
    for start in range(0, len(records), BATCH_ROWS):
        batch: list[Row] = []
        for record in records[start : start + BATCH_ROWS]:
            row = _row(record)
            row_mark = mark(node, row.decode(), purpose=ROW, digits=32)
            if known.get(record.ref) != row_mark:
                batch.append((record, row, row_mark))
        yield batch
        if progress is not None:
            progress(min(start + BATCH_ROWS, len(records)), len(records))


def write_versions(node: Node, rows: Iterable[Row], *, into: ListImport) -> None:
    """Write rows as versions of a change; nobody's list shows them yet."""
    # Plain SQL: building a model object for each row takes longer than all the rest.
    columns = ", ".join(f'"{name}"' for name in (*_SHOWN, "row", "change_id"))
    places = ", ".join("%s" for _ in (*_SHOWN, "row", "change_id"))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO node_personversion ({columns}) VALUES ({places})",  # noqa: S608 - our own names
            [
                (
                    *_shown(node, record),
                    *(row_mark, into.kind, seal_at_rest(node, row, purpose=ROW), into.pk),
                )
                for record, row, row_mark in rows
            ],
        )


def written(into: ListImport) -> dict[str, str]:
    """Return the marks of the versions that a change has written so far, by reference."""
    return dict(PersonVersion.objects.filter(change=into).values_list("ref", "row_mark"))


def drop_versions(node: Node, *, of: ListImport) -> None:
    """Remove the versions of a change that never counted, some thousand at a time."""
    assert of.turn is None, "versions that counted are never removed"
    some = PersonVersion.objects.filter(change=of).order_by("id")
    while ids := list(some.values_list("id", flat=True)[:BATCH_ROWS]):
        with node.transaction(), connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM node_personversion WHERE change_id = %s AND id <= %s",
                (of.pk, ids[-1]),
            )


def tide(kind: ListKind) -> tuple[int, int]:
    """Return two counts that move whenever a list changes: changes taken over, and undone."""
    # Plain SQL: every page of a list asks this.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT MAX(turn) FROM node_listimport WHERE kind = %s AND state = 'done'), "
            "(SELECT COUNT(*) FROM node_listimport WHERE kind = %s AND state = 'undone')",
            (kind, kind),
        )
        last, undone = cursor.fetchone()
    return last or 0, undone


def is_changed_since(kind: ListKind, at: dt.datetime) -> bool:
    """Tell whether a list was changed, or a change of it undone, after an instant."""
    changes = ListImport.objects.filter(kind=kind, turn__isnull=False)
    return bool(changes.filter(Q(imported_at__gt=at) | Q(undone_at__gt=at)).exists())


def hold_lists() -> None:
    """Make every other change of a list wait until this transaction ends."""
    # Where writers do not wait for one another anyway, the first change stands for all.
    list(ListImport.objects.select_for_update().order_by("id").values_list("id")[:1])


def switch(into: ListImport, *, people_count: int) -> Changes:
    """Make the list point at a change's versions; the caller holds a transaction and the lists.

    Args:
        into: The change; afterwards it is done and has its turn.
        people_count: Good rows of the change, also those that differ in nothing.

    Returns:
        How many people were added, changed and left.
    """
    shown = ", ".join(f'"{name}"' for name in _SHOWN)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*), COUNT(p.id) FROM node_personversion v "
            "LEFT JOIN node_person p ON p.kind = v.kind AND p.ref = v.ref WHERE v.change_id = %s",
            (into.pk,),
        )
        version_count, known_count = cursor.fetchone()
        cursor.execute(
            f'INSERT INTO node_person ({shown}, "version_id") '  # noqa: S608 - our own names
            f"SELECT {shown}, id FROM node_personversion WHERE change_id = %s {_on_conflict()}",
            (into.pk,),
        )
    into.turn = (ListImport.objects.aggregate(last=Max("turn"))["last"] or 0) + 1
    into.state = "done"
    into.added_count = version_count - known_count
    into.changed_count = known_count
    into.unchanged_count = people_count - version_count
    into.save()
    return Changes(
        added_count=into.added_count,
        changed_count=into.changed_count,
        unchanged_count=into.unchanged_count,
    )


def is_overtaken(change: ListImport) -> bool:
    """Tell whether a later change wrote one of the people whom this change wrote."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM node_personversion v JOIN node_person p "
            "ON p.kind = v.kind AND p.ref = v.ref "
            "WHERE v.change_id = %s AND p.version_id <> v.id LIMIT 1",
            (change.pk,),
        )
        return cursor.fetchone() is not None


def switch_back(change: ListImport) -> None:
    """Make the list point at what stood before a change; the caller holds a transaction."""
    shown = ", ".join(f'"{name}"' for name in _SHOWN)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO node_person ({shown}, "version_id") '  # noqa: S608 - our own names
            f"SELECT {shown}, id FROM node_personversion WHERE id IN ("
            "SELECT (SELECT w.id FROM node_personversion w "
            "JOIN node_listimport c ON c.id = w.change_id "
            "WHERE w.kind = v.kind AND w.ref = v.ref AND c.state = 'done' AND c.id <> v.change_id "
            "ORDER BY c.turn DESC LIMIT 1) FROM node_personversion v WHERE v.change_id = %s) "
            f"{_on_conflict()}",
            (change.pk,),
        )
        # Who still points at the change stood nowhere before it.
        cursor.execute(
            "DELETE FROM node_person WHERE version_id IN "
            "(SELECT id FROM node_personversion WHERE change_id = %s)",
            (change.pk,),
        )


def erase(kind: ListKind, refs: Collection[str]) -> None:
    """Delete people of a list, with every version of them; the caller holds a transaction."""
    Person.objects.filter(kind=kind, ref__in=refs).delete()
    PersonVersion.objects.filter(kind=kind, ref__in=refs).delete()


def read_row(node: Node, sealed: bytes, *, columns: AbstractSet[str] | None = None) -> PersonRecord:
    """Open one encrypted row.

    Args:
        node: The node that wrote it.
        sealed: The row as it rests.
        columns: Which columns to fill beside `ref`; None fills all, unknown ones too.

    Returns:
        The person; other columns are empty.

    Raises:
        TamperError: The row was changed.
    """
    document, _ = _decode(open_at_rest(node, sealed, purpose=ROW).decode())
    if columns is not None:
        document = {
            name: value for name, value in document.items() if name in columns or name == "ref"
        }
    for name in DATE_COLUMNS:
        if name in document:
            document[name] = _date(document[name])
    if "extra" in document:
        document["extra"] = tuple((name, text) for name, text in document["extra"])
    return PersonRecord(**document)


def name_mark(node: Node, name: str, *, part: str) -> str:
    """Return the blind mark of the beginning of a name.

    Args:
        node: The node.
        name: One part of a name, any script; of several words the first long one counts.
        part: `family` or `given`.
    """
    return mark(node, _beginning(name), purpose=part)


def number_mark(node: Node, number: str) -> str:
    """Return the blind mark of a service number; case, spaces and signs do not count."""
    plain = "".join(char for char in number if char.isalnum()).casefold()
    return mark(node, plain, purpose="number")


def _on_conflict() -> str:
    replaced = ", ".join(f'"{name}" = excluded."{name}"' for name in (*_SHOWN, "version_id"))
    return f'ON CONFLICT ("kind", "ref") DO UPDATE SET {replaced}'


def _shown(node: Node, record: PersonRecord) -> tuple[Any, ...]:
    """Return what stands beside the encrypted row: what one filters by, and blind marks."""
    birth = record.birth_date
    days = (birth.earliest, birth.latest) if birth else (None, None)
    since = record.captured_on or record.missing_since
    family, given = record.family_name, record.given_name
    if not family and not given:
        family, given, *_ = *record.name_as_written.split(maxsplit=2), "", ""
    return (
        *_copied(record),
        *days,
        since.earliest if since else None,
        name_mark(node, family, part="family"),
        name_mark(node, given, part="given"),
        number_mark(node, record.service_number),
    )


@lru_cache(maxsize=65_536)
def _beginning(name: str) -> str:
    words = skeleton(name).split() if name else []
    long = (word for word in words if len(word) >= MARK_LETTERS)
    return next(long, words[0] if words else "")[:MARK_LETTERS]


def _row(record: PersonRecord) -> bytes:
    # Empty cells are left out; the record's own defaults bring them back.
    document: dict[str, Any] = {}
    for name, value in zip(_COLUMNS, _cells(record), strict=True):
        if value:
            document[name] = value.text if isinstance(value, PartialDate) else value
    if record.extra:
        document["extra"] = record.extra
    return _encode(document).encode()


@lru_cache(maxsize=65_536)
def _date(text: str) -> PartialDate:
    return parse_date(text)
