"""The only door to people: who reads one leaves a trace.

Rules of this file:
- Every read of a person is written down before the person is handed out: who, when, which
  list or reference, how many, what for. No name and no search enters that log.
- A count of people is not a read of a person; but what a reader may not see, it may not
  count by either.
- A reference that is not on the list gets the same answer as one that is not the reader's,
  and the attempt is written down too.
- Whoever may see some columns gets records whose other columns are empty.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

from homeward.foundation.errors import AccessError
from homeward.node import finding, reading_notes
from homeward.node.finding import Columns, Order, Question
from homeward.node.home import Node
from homeward.node.models import AccessLog, Person, PersonVersion
from homeward.node.people import BATCH_ROWS, read_row
from homeward.node.reading_notes import Note
from homeward.node.tables import database_errors
from homeward.records.model import ListKind, PersonRecord

FILTERS: Final = finding.FILTERS
"""Every filter of a list, in the order in which a page shows them."""

_PAGE_MAX = 1_000
_READS_SHOWN = 200
_WORD_MAX_CHARS = 40
_NO_FILTERS: Mapping[str, str] = {}
_COUNTED = ("done", "undone")  # changes that were taken over at some time


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads people, what for, and when. `actor` is an id, `purpose` one word."""

    actor: str
    purpose: str
    now: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of those who were asked for.

    Attributes:
        people: Those on the page, in order.
        total_count: How many there are on all pages.
        page: Which page this is, from 1; the last one if there are fewer.
        page_count: At least 1.
        is_cut: True if so many fit the search that only some were looked at: then the
            search must be narrower.
    """

    people: tuple[PersonRecord, ...]
    total_count: int
    page: int
    page_count: int
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What one change said of a person.

    `source` is `file` or `page`; `file_name` is empty for a page. `is_current` is true of
    the one version that counts.
    """

    change_id: int
    source: str
    file_name: str
    at: dt.datetime
    actor: str
    is_undone: bool
    is_current: bool
    record: PersonRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One look at people: ids and counts, never a name."""

    at: dt.datetime
    actor: str
    act: str
    subject: str
    person_count: int
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """One page of the looks at people, newest first."""

    reads: tuple[Read, ...]
    total_count: int
    page: int
    page_count: int


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
    with node.transaction(in_turn=False):
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
    with node.transaction(in_turn=False):
        found: list[bytes] = []
        ordered = sorted(refs)
        for start in range(0, len(ordered), BATCH_ROWS):
            batch = ordered[start : start + BATCH_ROWS]
            rows = Person.objects.filter(kind=kind, ref__in=batch).order_by("ref")
            found += rows.values_list("version__row", flat=True)
        note(node, reader, act="people.read", subject=kind, person_count=len(found))
    return [read_row(node, row) for row in found]


def person(
    node: Node, kind: ListKind, ref: str, *, columns: Columns = None, reader: Reader
) -> PersonRecord:
    """Read one person.

    Args:
        node: The open node.
        kind: Which list.
        ref: The bureau's own reference.
        columns: Which columns to show; None shows all, unknown ones too.
        reader: Who reads, what for, and when.

    Returns:
        The person as the list writes them.

    Raises:
        AccessError: Nobody on the list has this reference.
        EngineError: The node is not open, or its database failed.
    """
    with node.transaction(in_turn=False):
        rows = Person.objects.filter(kind=kind, ref=ref).values_list("version__row", flat=True)
        row = rows.first()
        found = 0 if row is None else 1
        note(node, reader, act="person.read", subject=_subject(kind, ref), person_count=found)
    if row is None:
        raise _nobody(kind)
    return read_row(node, row, columns=columns)


def history(
    node: Node, kind: ListKind, ref: str, *, columns: Columns = None, reader: Reader
) -> tuple[Version, ...]:
    """Read everything that was ever written of one person on a list.

    Args:
        node: The open node.
        kind: Which list.
        ref: The bureau's own reference.
        columns: Which columns to show; None shows all, unknown ones too.
        reader: Who reads, what for, and when.

    Returns:
        The versions, newest first, also those that were undone.

    Raises:
        AccessError: Nobody on the list has this reference.
        EngineError: The node is not open, or its database failed.
    """
    with node.transaction(in_turn=False):
        current = Person.objects.filter(kind=kind, ref=ref).values_list("version", flat=True)
        current_id = current.first()
        written = PersonVersion.objects.filter(kind=kind, ref=ref, change__state__in=_COUNTED)
        versions = list(written.select_related("change").order_by("-change__turn"))
        found = 0 if current_id is None else 1
        note(node, reader, act="person.history", subject=_subject(kind, ref), person_count=found)
    if current_id is None:
        raise _nobody(kind)
    return tuple(
        Version(
            change_id=version.change_id,
            source=version.change.source,
            file_name=version.change.file_name,
            at=version.change.imported_at,
            actor=version.change.actor,
            is_undone=version.change.state == "undone",
            is_current=version.id == current_id,
            record=read_row(node, version.row, columns=columns),
        )
        for version in versions
    )


def facts(versions: Sequence[Version]) -> dict[str, Version]:
    """Say for each column in which version its present value first came.

    Args:
        versions: From `history`.

    Returns:
        Column → version, for the columns that hold something; `extra` is one column.
    """
    counting = [version for version in versions if not version.is_undone]
    first: dict[str, Version] = {}
    for field in fields(PersonRecord):
        present = getattr(counting[0].record, field.name) if counting else None
        if not present:
            continue
        for version in counting:
            if getattr(version.record, field.name) != present:
                break
            first[field.name] = version
    return first


def find(  # noqa: PLR0913 - a question has these parts, and a page asks them all
    node: Node,
    kind: ListKind,
    *,
    search: str = "",
    filters: Mapping[str, str] = _NO_FILTERS,
    order: Order = "ref",
    page: int = 1,
    page_size: int = 50,
    columns: Columns,
    reader: Reader,
) -> Found:
    """Find people, one page of them.

    Args:
        node: The open node.
        kind: Which list.
        search: The beginning of a reference, a service number, or words of a name in any
            order and any script; without names among the columns only a reference.
        filters: Names of `FILTERS` → a value of each.
        order: `ref`, or `longest`: who is held or missed since the earliest day first.
        page: From 1; beyond the last page the last one is given.
        page_size: People on a page, 1 to 1,000.
        columns: Which columns the reader may see; None means all.
        reader: Who reads, what for, and when. Ages are reckoned as of this day.

    Returns:
        The page; the read of those on it is written down.

    Raises:
        AccessError: A filter or the order reads a column that the reader may not see.
        InputError: There is no such filter or value, or the search is too long.
        EngineError: The node is not open, or its database failed.
    """
    assert 1 <= page_size <= _PAGE_MAX, "a page is a page"
    question = _question(kind, search, filters, order, columns, reader)
    node.require_open()
    with database_errors():
        finding.require_allowed(question)
        is_cut = False
        if question.search:
            refs, is_cut = finding.search_refs(node, question)
            total = len(refs)
        else:
            total = finding.count_of(question)
        page_count = max(1, -(-total // page_size))
        page = min(max(page, 1), page_count)
        start, end = (page - 1) * page_size, min(page * page_size, total)
        if question.search:
            shown = refs[start:end]
        else:
            shown = finding.page_refs(question, start=start, end=end)
        # In no transaction of ours: no other writer waits while the rows are opened.
        note(node, reader, act="people.found", subject=kind, person_count=len(shown))
        rows = {row.ref: row for row in finding.rows_of(node, kind, shown, columns=columns)}
    return Found(
        people=tuple(rows[ref] for ref in shown if ref in rows),
        total_count=total,
        page=page,
        page_count=page_count,
        is_cut=is_cut,
    )


def each(
    node: Node,
    kind: ListKind,
    *,
    search: str = "",
    filters: Mapping[str, str] = _NO_FILTERS,
    order: Order = "ref",
    columns: Columns,
    reader: Reader,
) -> Iterator[PersonRecord]:
    """Read everybody whom `find` would show on any page, in the same order.

    Returns:
        The people, one at a time; the read is written down before the first.

    Raises:
        AccessError: As `find`.
        InputError: As `find`; or so many fit the search that only some were looked at.
        EngineError: The node is not open, or its database failed.
    """
    question = _question(kind, search, filters, order, columns, reader)
    with node.transaction(in_turn=False):
        finding.require_allowed(question)
        if question.search:
            refs, is_cut = finding.search_refs(node, question)
            if is_cut:
                raise finding.too_many()
        else:
            refs = finding.page_refs(question, start=0, end=finding.count_of(question))
        note(node, reader, act="people.read", subject=kind, person_count=len(refs))
    return _one_by_one(node, kind, refs, columns)


def reads_of(node: Node, kind: ListKind, ref: str) -> tuple[Read, ...]:
    """Return who looked at a person: at this person alone, or at the whole list.

    Returns:
        The latest 200, newest first. A read of more than one person is of many on the
        list, and of this one perhaps.

    Raises:
        EngineError: The node is not open, or its database failed.
    """
    node.require_open()
    with database_errors():
        looks = AccessLog.objects.filter(subject__in=(_subject(kind, ref), kind))
        # A page of a list shows a few people, and nobody noted which.
        rows = looks.exclude(act="people.found").order_by("-at", "-id")[:_READS_SHOWN]
        return tuple(map(_read, rows))


def reads(
    node: Node, *, page: int = 1, page_size: int = 50, actor: str = "", ref: str = ""
) -> Reads:
    """Return who looked at people, one page of it, newest first.

    Args:
        node: The open node.
        page: From 1; beyond the last page the last one is given.
        page_size: Looks on a page.
        actor: Of this account alone; empty: of all.
        ref: At this one person, on either list, alone; empty: at all.

    Raises:
        EngineError: The node is not open, or its database failed.
    """
    node.require_open()
    with database_errors():
        looks = AccessLog.objects.all()
        if actor:
            looks = looks.filter(actor=actor)
        if ref:
            looks = looks.filter(subject__in=(_subject("held", ref), _subject("wanted", ref)))
        total = looks.count()
        page_count = max(1, -(-total // page_size))
        page = min(max(page, 1), page_count)
        start = (page - 1) * page_size
        rows = looks.order_by("-id")[start : start + page_size]
        found = tuple(map(_read, rows))
    return Reads(reads=found, total_count=total, page=page, page_count=page_count)


def count(
    node: Node, kind: ListKind, *, powers: Collection[str] | None = None, gone: Collection[str] = ()
) -> int:
    """Return how many people stand on a list.

    Args:
        node: The open node.
        kind: Which list.
        powers: Count only those who depend on one of these parties; None counts all.
        gone: References of people who are not counted.

    Raises:
        EngineError: The node is not open, or its database failed.
    """
    node.require_open()
    with database_errors():
        return finding.size_of(kind, powers=powers, gone=gone)


def _in_order(node: Node, kind: ListKind) -> Iterator[PersonRecord]:
    rows = Person.objects.filter(kind=kind).order_by("ref").values_list("version__row", flat=True)
    with database_errors():
        for row in rows.iterator(BATCH_ROWS):
            yield read_row(node, row)


def _question(
    kind: ListKind,
    search: str,
    filters: Mapping[str, str],
    order: Order,
    columns: Columns,
    reader: Reader,
) -> Question:
    return Question(
        kind=kind,
        search=" ".join(search.split()),
        filters={name: value for name, value in filters.items() if value},
        order=order,
        columns=columns,
        today=reader.now.date(),
    )


def _one_by_one(
    node: Node, kind: ListKind, refs: Sequence[str], columns: Columns
) -> Iterator[PersonRecord]:
    with database_errors():
        for start in range(0, len(refs), BATCH_ROWS):
            batch = refs[start : start + BATCH_ROWS]
            rows = {row.ref: row for row in finding.rows_of(node, kind, batch, columns=columns)}
            # Who left the list since is left out.
            yield from (rows[ref] for ref in batch if ref in rows)


def _subject(kind: ListKind, ref: str) -> str:
    return f"{kind}:{ref}"[:136]


def _nobody(kind: ListKind) -> AccessError:
    return AccessError(
        "access.person",
        f"Expected a person with this reference on the {kind} list, found none.",
        hint="Look the reference up on the list again.",
    )


def _read(row: AccessLog) -> Read:
    return Read(
        at=row.at,
        actor=row.actor,
        act=row.act,
        subject=row.subject,
        person_count=row.person_count,
        purpose=row.purpose,
    )


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
    reading_notes.write(
        Note(
            at=reader.now,
            actor=reader.actor,
            act=act,
            subject=subject,
            person_count=person_count,
            purpose=reader.purpose,
        )
    )
