"""Work that takes longer than a page may: asked for, done in order, stopped, begun again.

Rules of this file:
- Only what stands in `ACTS` can be asked for. Arguments and results are ids and counts.
- One job at a time, in the order of asking, in a process that answers no pages.
- An act is all or nothing: one that was stopped, or whose process died, left nothing, and
  may begin again. One whose process died twice is given up.
- Progress is never written inside the act's own transaction: a page could not see it there.
- A failure is kept as its kind, code, message and hint; a bug without any detail.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
import logging
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import PurePath

from django.db import connection

from homeward.foundation.errors import EngineError, HomewardError, InputError
from homeward.node.home import Node
from homeward.node.models import Job

ACTS: Mapping[str, str] = {
    "list.check": "homeward.node.actions.uploads:check_upload",
    "list.take": "homeward.node.actions.uploads:take_import",
    "list.undo": "homeward.node.actions.lists:undo_import",
    "list.triage": "homeward.node.actions.triage:look_through",
    "case.wanted": "homeward.node.actions.case_jobs:wanted",
    "case.answer": "homeward.node.actions.case_jobs:answer",
    "case.final": "homeward.node.actions.case_jobs:final",
    "case.notify": "homeward.node.actions.case_jobs:notifying",
    "case.erase": "homeward.node.actions.case_jobs:erasing",
    "case.plan": "homeward.node.actions.case_jobs:plan",
    "case.accept": "homeward.node.actions.case_jobs:accept",
    "review.case": "homeward.node.actions.review_jobs:propose_case",
    "review.list": "homeward.node.actions.review_jobs:propose_list",
    "review.learn": "homeward.node.actions.review_jobs:learn",
    "bundle.import": "homeward.node.actions.carrying:import_upload",
}
"""Act → its function, `f(node, **arguments, now=…, actor=…, report=…)`. What it returns is kept
if it is a short JSON document. `report(phase, done, total)` raises once somebody said stop."""

Clock = Callable[[], dt.datetime]
Report = Callable[[str, int, int], None]

BUG = "bug"
_OPEN = ("waiting", "running")
_BEGIN_MAX = 2
_PROGRESS_SECONDS = 0.3
_ARGUMENTS_MAX_CHARS = 100_000
_RESULT_MAX_CHARS = 10_000
_log = logging.getLogger("homeward.jobs")


class StoppedError(Exception):
    """Somebody asked the running job to stop, or the node's server is ending."""


def ask(
    node: Node,
    act: str,
    arguments: Mapping[str, str | int],
    *,
    actor: str,
    now: dt.datetime,
    id: str,  # noqa: A002 - the word of the table
) -> Job:
    """Ask for a job. The same one, asked for twice by one person, is one job.

    Args:
        node: The open node.
        act: A key of `ACTS`.
        arguments: Of the act: ids and counts, nothing about a person.
        actor: Id of the user who asks.
        now: Aware UTC instant.
        id: Random, 1 to 32 characters; it will stand in addresses.

    Returns:
        The job: a new one, or the same one that is still open.

    Raises:
        InputError: There is no such act, or the arguments are too long.
        EngineError: The node is not open, or its database failed.
    """
    text = json.dumps(dict(arguments), sort_keys=True)
    if act not in ACTS or len(text) > _ARGUMENTS_MAX_CHARS:
        raise InputError(
            "jobs.act",
            f"Expected one of {', '.join(ACTS)} with short arguments, found another.",
            hint="Go back to the page and choose again.",
        )
    with node.transaction():
        same = Job.objects.filter(act=act, arguments=text, actor=actor, state__in=_OPEN).first()
        if same is not None:
            found: Job = same
            return found
        job: Job = Job.objects.create(id=id, act=act, arguments=text, actor=actor, created_at=now)
        return job


def keep_failure(
    act: str,
    arguments: Mapping[str, str | int],
    error: HomewardError,
    *,
    actor: str,
    now: dt.datetime,
    id: str,  # noqa: A002 - the word of the table
) -> None:
    """Keep, as a failed job, what was tried without being asked for; once for each id.

    Args:
        act: A key of `ACTS`.
        arguments: Of the act.
        error: Why it failed.
        actor: Who or what tried it.
        now: Aware UTC instant.
        id: The same for the same attempt.
    """
    Job.objects.get_or_create(
        id=id,
        defaults={
            "act": act,
            "arguments": json.dumps(dict(arguments), sort_keys=True),
            "actor": actor,
            "state": "failed",
            "error": _kept(error),
            "created_at": now,
            "ended_at": now,
        },
    )


def stop(node: Node, job_id: str) -> None:
    """Ask a job to stop: at once if it waits, else at its next step.

    Args:
        node: The open node.
        job_id: Of the job; one that has ended stays as it is.
    """
    with node.transaction():
        found = Job.objects.filter(id=job_id)
        if not found.filter(state="waiting").update(state="stopped", asked_to_stop=True):
            found.filter(state="running").update(asked_to_stop=True)


def resume(node: Node) -> int:
    """Let what was running when its process died begin again, or give it up.

    Args:
        node: The open node; nobody else runs its jobs.

    Returns:
        Number of jobs that will begin again.
    """
    with node.transaction():
        died = Job.objects.filter(state="running")
        died.filter(asked_to_stop=True).update(state="stopped")
        given_up = EngineError(
            "jobs.died",
            f"Expected this work to end, found that its process died {_BEGIN_MAX} times.",
            hint="Look at the machine's memory and disk. Nothing was changed; then ask for it again.",
            facts={"times": _BEGIN_MAX},
        )
        died.filter(begun_count__gte=_BEGIN_MAX).update(state="failed", error=_kept(given_up))
        return int(died.update(state="waiting", phase="", done_count=0))


def run_waiting(node: Node, *, now: Clock, is_ending: Callable[[], bool] = lambda: False) -> int:
    """Do what waits, one job after another, in this process.

    Args:
        node: The open node.
        now: Gives the time, aware UTC.
        is_ending: True once the process is to end: the job that runs is left, to begin again.

    Returns:
        Number of jobs that ended.
    """
    count = 0
    while not is_ending():
        job = Job.objects.filter(state="waiting").order_by("created_at", "id").first()
        if job is None:
            break
        count += _run(node, job, now, is_ending)
    return count


def _run(node: Node, job: Job, now: Clock, is_ending: Callable[[], bool]) -> int:
    row = Job.objects.filter(id=job.id)
    begun = job.begun_count + 1
    if not row.filter(state="waiting").update(state="running", started_at=now(), begun_count=begun):
        return 0  # stopped meanwhile
    try:
        module, name = ACTS[job.act].split(":")
        act = getattr(importlib.import_module(module), name)
        report = _reporter(job.id, is_ending)
        result = act(node, **json.loads(job.arguments), now=now(), actor=job.actor, report=report)
        ended = {"state": "done", "result": _result(result)}
    except StoppedError:
        if is_ending():
            return 0
        ended = {"state": "stopped"}
    except HomewardError as error:
        ended = {"state": "failed", "error": _kept(error)}
    except Exception as error:  # noqa: BLE001 - a bug ends its job, not the jobs after it
        place = traceback.extract_tb(error.__traceback__)[-1]
        # Without its message: it could quote a person.
        _log.error(
            "job %s (%s) met a bug: %s at %s:%s",
            *(job.id, job.act, type(error).__name__, PurePath(place.filename).name, place.lineno),
        )
        ended = {"state": "failed", "error": json.dumps({"kind": BUG})}
    row.update(**ended, ended_at=now())
    return 1


def _reporter(job_id: str, is_ending: Callable[[], bool]) -> Report:
    """Return the `report` of a running job."""
    row, last = Job.objects.filter(id=job_id), float("-inf")

    def report(phase: str, done: int, total: int) -> None:
        nonlocal last
        if is_ending():
            raise StoppedError
        if connection.in_atomic_block or time.monotonic() - last < _PROGRESS_SECONDS:
            return
        last = time.monotonic()
        row.update(phase=phase, done_count=done, total_count=total)
        if row.filter(asked_to_stop=True).exists():
            raise StoppedError

    return report


def _result(value: object) -> str:
    text = json.dumps(value) if isinstance(value, dict) else "{}"
    return text if len(text) <= _RESULT_MAX_CHARS else "{}"


def _kept(error: HomewardError) -> str:
    return json.dumps(
        {
            "kind": type(error).__name__,
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
            "facts": dict(error.facts or {}),
        },
        ensure_ascii=False,
        default=str,
    )
