"""The only door to people: who reads one leaves a trace.

Rules of this file:
- Every read of a person is written down before the person is handed out: who, when, which
  list or reference, how many, what for. No name enters that log.
- A count of people is not a read of a person.
- A reference that is not on the list gets the same answer as one that is not the reader's,
  and the attempt is written down too.
- The whole row rests encrypted; what one filters by stands beside it, and blind marks of
  names to search by.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.db import connection

from homeward.foundation.dates import PartialDate, parse_date
from homeward.foundation.errors import AccessError
from homeward.matching.names import name_key
from homeward.node.at_rest import mark, open_at_rest, seal_at_rest
from homeward.node.home import Node, database_errors
from homeward.node.models import AccessLog, ListImport, Person, PersonVersion
from homeward.records.model import DATE_COLUMNS, ListKind, PersonRecord

Progress = Callable[[int, int], None]

_Row = tuple[Any, ...]

_ROW = "person"  # the purpose of a row at rest
_MARK_LETTERS = 3  # of a name's key: enough to narrow a search, too few to tell a name
_COLUMNS = tuple(field.name for field in fields(PersonRecord) if field.name != "extra")
_cells = attrgetter(*_COLUMNS)
_COPIED = ("ref", "power", "status", "sex", "health", "consent", "alive")
_copied = attrgetter(*_COPIED)
_WRITTEN = (
    *(*_COPIED, "birth_earliest", "birth_latest", "since"),
    *("family_mark", "given_mark", "number_mark", "row_mark", "kind", "version_id"),
)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_BATCH_ROWS = 1_000
_WORD_MAX_CHARS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads people, what for, and when. `actor` is an id, `purpose` one word."""

    actor: str
    purpose: str
    now: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What storing a list changed, in people."""

    added_count: int
    changed_count: int
    unchanged_count: int


def people(node: Node, kind: ListKind, *, reader: Reader) -> Iterator[PersonRecord]:
    """Read everybody on a list, in order of reference.

    Args:
        node: The open node.
        kind: Which list.
        reader: Who reads, what for, and when.

    Returns:
        The people, one at a time; the read is written down before the first.

    Raises:
        EngineError: The node is not open, or its database failed.
    """
    with node.transaction():
        note(node, reader, act="people.read", subject=kind, person_count=count(node, kind))
    return _in_order(node, kind)


def some(
    node: Node, kind: ListKind, refs: Collection[str], *, reader: Reader
) -> list[PersonRecord]:
    """Read the people of some references, in order of reference; others are left out.

    Args:
        node: The open node.
        kind: Which list.
        refs: The bureau's own references.
        reader: Who reads, what for, and when.

    Returns:
        Those who are on the list; the read is written down.

    Raises:
        EngineError: The node is not open, or its database failed.
    """
    with node.transaction():
        found: list[bytes] = []
        ordered = sorted(refs)
        for start in range(0, len(ordered), _BATCH_ROWS):
            batch = ordered[start : start + _BATCH_ROWS]
            rows = Person.objects.filter(kind=kind, ref__in=batch).order_by("ref")
            found += rows.values_list("version__row", flat=True)
        note(node, reader, act="people.read", subject=kind, person_count=len(found))
    return [_record(node, row) for row in found]


def person(node: Node, kind: ListKind, ref: str, *, reader: Reader) -> PersonRecord:
    """Read one person.

    Args:
        node: The open node.
        kind: Which list.
        ref: The bureau's own reference.
        reader: Who reads, what for, and when.

    Returns:
        The person as the list writes them.

    Raises:
        AccessError: Nobody on the list has this reference.
        EngineError: The node is not open, or its database failed.
    """
    with node.transaction():
        rows = Person.objects.filter(kind=kind, ref=ref).values_list("version__row", flat=True)
        row = rows.first()
        found = 0 if row is None else 1
        note(node, reader, act="person.read", subject=f"{kind}:{ref}"[:136], person_count=found)
    if row is None:
        raise AccessError(
            "access.person",
            f"Expected a person with this reference on the {kind} list, found none.",
            hint="Look the reference up on the list again.",
        )
    return _record(node, row)


def count(node: Node, kind: ListKind) -> int:
    """Return how many people stand on a list.

    Raises:
        EngineError: The node is not open, or its database failed.
    """
    node.require_open()
    with database_errors():
        return int(Person.objects.filter(kind=kind).count())


def store(
    node: Node,
    records: Sequence[PersonRecord],
    *,
    into: ListImport,
    progress: Progress | None = None,
) -> Changes:
    """Write the rows of a change; a row that stands there already is left alone.

    Args:
        node: The open node; the caller has begun a transaction.
        records: People with distinct references.
        into: The change that brings them; it names list and time.
        progress: Called with people done and people in all.

    Returns:
        How many people were added, changed and left.

    Raises:
        EngineError: The node is not open.
    """
    node.require_open()
    known = dict(Person.objects.filter(kind=into.kind).values_list("ref", "row_mark"))
    added = changed = 0
    batch: list[tuple[PersonRecord, bytes, str]] = []
    for done, record in enumerate(records, start=1):
        row = _row(record)
        row_mark = mark(node, row.decode(), purpose=_ROW, digits=32)
        before = known.get(record.ref)
        if before != row_mark:
            added += before is None
            changed += before is not None
            batch.append((record, row, row_mark))
        if done % _BATCH_ROWS == 0 or done == len(records):
            _write(node, batch, into)
            batch.clear()
            if progress is not None:
                progress(done, len(records))
    return Changes(
        added_count=added, changed_count=changed, unchanged_count=len(records) - added - changed
    )


def _in_order(node: Node, kind: ListKind) -> Iterator[PersonRecord]:
    rows = Person.objects.filter(kind=kind).order_by("ref").values_list("version__row", flat=True)
    with database_errors():
        for row in rows.iterator(_BATCH_ROWS):
            yield _record(node, row)


def _write(node: Node, batch: list[tuple[PersonRecord, bytes, str]], into: ListImport) -> None:
    # Plain SQL: building a model object for each row takes longer than all the rest.
    if not batch:
        return
    versions = [
        (into.id, into.kind, record.ref, seal_at_rest(node, row, purpose=_ROW), row_mark)
        for record, row, row_mark in batch
    ]
    columns = ", ".join(f'"{name}"' for name in _WRITTEN)
    places = ", ".join("%s" for _ in _WRITTEN)
    replaced = ", ".join(f'"{name}" = excluded."{name}"' for name in _WRITTEN)
    with connection.cursor() as cursor:
        cursor.executemany(
            'INSERT INTO node_personversion ("change_id", "kind", "ref", "row", "row_mark") '
            "VALUES (%s, %s, %s, %s, %s)",
            versions,
        )
        refs = [record.ref for record, _, _ in batch]
        written = PersonVersion.objects.filter(change=into, ref__in=refs)
        ids = dict(written.values_list("ref", "id"))
        cursor.executemany(
            f"INSERT INTO node_person ({columns}) VALUES ({places}) "  # noqa: S608 - our own names
            f'ON CONFLICT ("kind", "ref") DO UPDATE SET {replaced}',
            [
                (*_shown(node, record), row_mark, into.kind, ids[record.ref])
                for record, _, row_mark in batch
            ],
        )


def _shown(node: Node, record: PersonRecord) -> _Row:
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
        *marks(node, family, given, record.service_number),
    )


def marks(node: Node, family: str, given: str, number: str) -> tuple[str, str, str]:
    """Return the blind marks by which a person is looked up: two names and the number."""
    digits = "".join(char for char in number if char.isalnum()).casefold()
    return (
        mark(node, _letters(family), purpose="family"),
        mark(node, _letters(given), purpose="given"),
        mark(node, digits, purpose="number"),
    )


@lru_cache(maxsize=65_536)
def _letters(name: str) -> str:
    return name_key(name).skeleton[:_MARK_LETTERS] if name else ""


def _row(record: PersonRecord) -> bytes:
    # Empty cells are left out; the record's own defaults bring them back.
    document: dict[str, Any] = {}
    for name, value in zip(_COLUMNS, _cells(record), strict=True):
        if value:
            document[name] = value.text if isinstance(value, PartialDate) else value
    if record.extra:
        document["extra"] = record.extra
    return _encode(document).encode()


def _record(node: Node, sealed: bytes) -> PersonRecord:
    document = json.loads(open_at_rest(node, sealed, purpose=_ROW))
    for name in document.keys() & DATE_COLUMNS:
        document[name] = _date(document[name])
    document["extra"] = tuple((name, text) for name, text in document.get("extra", ()))
    return PersonRecord(**document)


@lru_cache(maxsize=65_536)
def _date(text: str) -> PartialDate:
    return parse_date(text)


def note(node: Node, reader: Reader, *, act: str, subject: str, person_count: int) -> None:
    """Write down that people are read, also people of whom another party told us.

    Args:
        node: The open node.
        reader: Who reads, what for, and when.
        act: What is read, such as `people.read`.
        subject: A list, a reference or a root; never a name.
        person_count: How many people.

    Raises:
        EngineError: The node is not open.
    """
    node.require_open()
    assert len(reader.purpose) <= _WORD_MAX_CHARS, "a purpose is one word of ours"
    assert reader.purpose.replace("_", "").isalpha(), "a purpose is one word of ours"
    AccessLog.objects.create(
        at=reader.now,
        actor=reader.actor,
        act=act,
        subject=subject,
        person_count=person_count,
        purpose=reader.purpose,
    )
