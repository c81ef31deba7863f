# mypy: disallow-untyped-decorators=False, disallow-subclassing-any=False
"""Lists and people for programs: find them, read one, bring a list in."""

from __future__ import annotations

import json
import secrets
from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import File, Query, Router, Schema, Status, UploadedFile
from pydantic import Field

from homeward.foundation.dates import PartialDate
from homeward.node import access, jobs
from homeward.node.actions import uploads
from homeward.node.models import Job, ListImport
from homeward.node.web.api.frame import PROBLEMS, Kind, Number, Ref, Text, reader, require
from homeward.node.web.current import current_node
from homeward.node.web.policy import columns_of, not_yours
from homeward.records.model import COLUMNS, PersonRecord

router = Router()

_PAGE_MAX = 200


class Search(Schema):
    """What to look for, in what order, and which page of it."""

    search: Text = ""
    order: Literal["ref", "longest"] = "ref"
    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    page_size: Annotated[int, Field(ge=1, le=_PAGE_MAX)] = 50
    power: Text = ""
    status: Text = ""
    sex: Text = ""
    health: Text = ""
    consent: Text = ""
    alive: Text = ""
    age: Text = ""
    held: Text = ""


class People(Schema):
    """One page of a list; each person has the columns that the account needs."""

    total_count: int
    page: int
    page_count: int
    people: list[dict[str, str]]


class Import(Schema):
    """One import of a list and how far it is."""

    import_id: int
    kind: str
    state: str
    row_count: int
    added_count: int
    changed_count: int
    unchanged_count: int
    problem_count: int
    job: str = ""


class JobState(Schema):
    """One job and how far it is."""

    job: str
    act: str
    state: str
    phase: str
    done_count: int
    total_count: int
    result: dict[str, Any]
    error: dict[str, Any]


@router.get("/lists/{kind}", response={200: People, **PROBLEMS})
def find_people(request: Any, kind: Kind, search: Query[Search]) -> People:
    """Find people on a list: by name in any script, reference or number, and by filters."""
    columns = columns_of(require(request, "people"))
    asked = search.dict()
    words = {name: asked.pop(name) for name in ("search", "order", "page", "page_size")}
    found = access.find(
        current_node(),
        kind,
        filters={name: value for name, value in asked.items() if value},
        columns=columns,
        reader=reader(request, "api"),
        **words,
    )
    return People(
        total_count=found.total_count,
        page=found.page,
        page_count=found.page_count,
        people=[_row(person, kind, columns) for person in found.people],
    )


@router.get("/lists/{kind}/person", response={200: dict[str, str], **PROBLEMS})
def read_person(request: Any, kind: Kind, ref: Ref) -> dict[str, str]:
    """Read one person by the bureau's own reference."""
    columns = columns_of(require(request, "person"))
    person = access.person(
        current_node(), kind, ref, columns=columns, reader=reader(request, "api")
    )
    return _row(person, kind, columns)


@router.post("/lists/{kind}/imports", response={202: Import, **PROBLEMS})
def take_file(request: Any, kind: Kind, file: File[UploadedFile]) -> Any:
    """Upload a list (CSV or XLSX) and have it checked; nothing changes before `take`."""
    require(request, "imports")
    import_id = uploads.take_upload(
        current_node(),
        kind=kind,
        data=file.read(),
        file_name=file.name or "",
        now=timezone.now(),
        actor=request.auth.get_username(),
    )
    return Status(202, _import(import_id, job=_ask(request, "list.check", import_id)))


@router.get("/imports/{import_id}", response={200: Import, **PROBLEMS})
def read_import(request: Any, import_id: Number) -> Import:
    """Tell how far an import is, and what it would change or has changed."""
    require(request, "imports")
    return _import(import_id)


@router.post("/imports/{import_id}/take", response={202: Import, **PROBLEMS})
def take_over(request: Any, import_id: Number) -> Any:
    """Take the good rows of a checked file over into the list."""
    require(request, "imports")
    _import(import_id)
    return Status(202, _import(import_id, job=_ask(request, "list.take", import_id)))


@router.post("/imports/{import_id}/undo", response={202: Import, **PROBLEMS})
def undo(request: Any, import_id: Number) -> Any:
    """Take an import back, as long as nobody has built on it."""
    require(request, "imports")
    _import(import_id)
    return Status(202, _import(import_id, job=_ask(request, "list.undo", import_id)))


@router.get("/jobs/{job_id}", response={200: JobState, **PROBLEMS})
def read_job(request: Any, job_id: Ref) -> JobState:
    """Tell how far a job of this account is."""
    require(request, "jobs")
    return _job(request, job_id)


@router.post("/jobs/{job_id}/stop", response={200: JobState, **PROBLEMS})
def stop_job(request: Any, job_id: Ref) -> JobState:
    """Ask a job of this account to stop."""
    require(request, "jobs")
    _job(request, job_id)
    jobs.stop(current_node(), job_id)
    return _job(request, job_id)


def _row(person: PersonRecord, kind: Kind, columns: frozenset[str] | None) -> dict[str, str]:
    shown = [name for name in COLUMNS[kind] if columns is None or name in columns]
    cells = {name: getattr(person, name) for name in shown}
    row = {
        name: value.text if isinstance(value, PartialDate) else str(value)
        for name, value in cells.items()
        if value
    }
    return {**row, **dict(person.extra)}


def _ask(request: Any, act: str, import_id: int) -> str:
    job = jobs.ask(
        current_node(),
        act,
        {"import_id": import_id},
        actor=request.auth.get_username(),
        now=timezone.now(),
        id=secrets.token_hex(16),
    )
    return str(job.id)


def _import(import_id: int, *, job: str = "") -> Import:
    current_node()
    found = ListImport.objects.filter(pk=import_id).exclude(source=uploads.THEIRS).first()
    if found is None:
        raise not_yours()
    names = set(Import.__annotations__) - {"import_id", "job"}
    return Import(import_id=import_id, job=job, **{name: getattr(found, name) for name in names})


def _job(request: Any, job_id: str) -> JobState:
    found = Job.objects.filter(pk=job_id, actor=request.auth.get_username()).first()
    if found is None:
        raise not_yours()
    names = ("act", "state", "phase", "done_count", "total_count")
    return JobState(
        job=job_id,
        result=json.loads(found.result or "{}"),
        error=json.loads(found.error or "{}"),
        **{name: getattr(found, name) for name in names},
    )
