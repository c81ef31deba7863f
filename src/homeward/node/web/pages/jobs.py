"""Work that goes on by itself: how far it is, how to stop it, what came of it.

Rules of this file:
- A page that asks for a job waits less than a second for it: what is quick feels like a page.
- Everybody sees the work they asked for; an administrator sees all. What the shared folder
  brought and was refused is seen by whoever carries bundles.
- The page tells how far it is every second with a script, every two without one.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from homeward.node import courier, jobs
from homeward.node.models import Job
from homeward.node.web import failure_words, words
from homeward.node.web.current import current_node
from homeward.node.web.failure_words import Failure
from homeward.node.web.policy import may_see, not_yours, page, roles_of

AFTER: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "list.check": ("import", ("import_id",)),
    "list.take": ("import", ("import_id",)),
    "list.undo": ("import", ("import_id",)),
    "list.triage": ("triage-list", ("list_id",)),
    "case.wanted": ("case", ("case",)),
    "case.answer": ("case", ("case",)),
    "case.final": ("case", ("case",)),
    "case.notify": ("notices", ("case",)),
    "case.erase": ("erase", ()),
    "case.plan": ("plan", ("case",)),
    "case.accept": ("case", ("case",)),
    "review.case": ("review-case", ("case",)),
    "review.list": ("review-list", ("kind",)),
    "review.learn": ("review", ()),
    "bundle.import": ("carry", ()),
}
"""Act → the page where it leads when it is done: its name, and which arguments it takes."""

TITLES: Mapping[str, Any] = {
    "list.check": _("Check a list"),
    "list.take": _("Take over a list"),
    "list.undo": _("Undo an import"),
    "list.triage": _("Look through a list of the other side"),
    "case.wanted": _("Send the wanted list"),
    "case.answer": _("Answer the wanted list"),
    "case.final": _("Sign the final list"),
    "case.notify": _("Tell of captives"),
    "case.erase": _("Erase the people of a case"),
    "case.plan": _("Plan the exchange"),
    "case.accept": _("Check and accept the plan"),
    "review.case": _("Compare the wanted list with yours"),
    "review.list": _("Look for people who stand twice"),
    "review.learn": _("Learn from the decisions"),
    "bundle.import": _("Read in a bundle"),
}
"""Act → what it is called."""

DONE: Mapping[str, Any] = {
    "list.check": _("The list was checked. Nothing was changed yet."),
    "list.take": _("The list was taken over."),
    "list.undo": _("The import was undone. The list is as it was before."),
    "list.triage": _("The list was looked through. Nothing on your lists changed."),
    "case.wanted": _("The wanted list is signed."),
    "case.answer": _("Every line is answered."),
    "case.final": _("The final list is signed."),
    "case.notify": _("The reader is told, sealed to it alone."),
    "case.erase": _("The people of the case are erased on this node."),
    "case.plan": _("The plan is made and proposed."),
    "case.accept": _("The plan was checked and accepted."),
    "review.case": _("The lists were compared."),
    "review.list": _("The list was looked through."),
    "review.learn": _("The weights were learned anew. Compare the lists again to use them."),
    "bundle.import": _("The bundle was read in."),
}
"""Act → what was done, once it is."""

_SIGNED = frozenset(act for act in DONE if act.startswith("case.")) - {"case.erase"}
"""Acts after which something has to reach the others."""

PHASES: Mapping[str, Any] = {
    "reading": _("Reading"),
    "comparing": _("Comparing with the list"),
    "writing": _("Writing"),
    "switching": _("Switching to the new list"),
    "matching": _("Looking for the same people"),
    "sealing": _("Sealing"),
    "planning": _("Planning"),
    "checking": _("Checking"),
    "bundle": _("Reading the bundle"),
    "erasing": _("Erasing"),
}
"""Phase → what is being done."""

STATES: Mapping[str, tuple[Any, str]] = {
    "waiting": (_("waiting"), ""),
    "running": (_("running"), ""),
    "done": (_("done"), "good"),
    "failed": (_("did not work"), "stop"),
    "stopped": (_("stopped"), "attention"),
}
"""State → its word and the kind of its chip."""

_OPEN = ("waiting", "running")
_WAIT_SECONDS, _LOOK_SECONDS = 0.7, 0.05
_LATEST = 50
_ATTENTION_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A job in words. `seconds_left` is None while nobody can tell."""

    id: str
    act: str
    title: Any
    state: str
    state_text: Any
    chip: str
    phase: Any
    done: int
    total: int
    seconds_left: int | None
    actor: str
    asked_at: str
    sentence: Any
    failure: Failure | None
    leads: str
    asked_to_stop: bool

    @property
    def is_open(self) -> bool:
        """True until it has ended."""
        return self.state in _OPEN


def begin(request: HttpRequest, act: str, arguments: Mapping[str, str | int]) -> HttpResponse:
    """Ask for a job, wait a moment for it, and go where it leads.

    Args:
        request: Of whoever asks.
        act: A key of `jobs.ACTS`.
        arguments: Of the act: ids and counts.

    Returns:
        A redirect: to the page where the act leads if it is done already, else to the
        job's own page.

    Raises:
        InputError: There is no such act.
    """
    job = jobs.ask(
        current_node(),
        act,
        arguments,
        actor=request.user.get_username(),
        now=timezone.now(),
        id=secrets.token_hex(16),
    )
    until = time.monotonic() + _WAIT_SECONDS
    while job.state in _OPEN and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)
        job.refresh_from_db()
    if job.state != "done":
        return redirect("job", job_id=job.id)
    messages.success(request, _done(act))
    return redirect(_leads(job))


def running(request: HttpRequest) -> list[Shown]:
    """Return the work that goes on for whoever asks, as the first page shows it.

    Args:
        request: Of an account.

    Returns:
        In order of asking, and what the shared folder brought in the last days and was
        refused; for `parts/jobs.html`, which reads `jobs`.
    """
    lately = timezone.now() - dt.timedelta(days=_ATTENTION_DAYS)
    refused = Q(actor__in=courier.BY_THEMSELVES, state="failed", created_at__gte=lately)
    shown = _mine(request).filter(Q(state__in=_OPEN) | refused)
    return [_shown(job) for job in shown.order_by("created_at")[:_LATEST]]


@page("jobs")
def all_jobs(request: HttpRequest) -> HttpResponse:
    """Show the latest work, the newest first."""
    latest = [_shown(job) for job in _mine(request).order_by("-created_at")[:_LATEST]]
    return render(request, "jobs.html", {"jobs": latest, "is_all": _sees_all(request)})


@page("jobs")
def one(request: HttpRequest, job_id: str) -> HttpResponse:
    """Show how far a job is, or what came of it."""
    return render(request, "job.html", {"job": _shown(_found(request, job_id))})


@page("jobs")
def progress(request: HttpRequest, job_id: str) -> HttpResponse:
    """Give the part of the page that changes; one that has ended is shown as a whole page."""
    shown = _shown(_found(request, job_id))
    answer = render(request, "parts/job.html", {"job": shown})
    if not shown.is_open:
        answer["HX-Refresh"] = "true"
    return answer


def stop(request: HttpRequest, job_id: str) -> HttpResponse:
    """Ask a job to stop."""
    jobs.stop(current_node(), _found(request, job_id).id)
    return redirect("job", job_id=job_id)


def _sees_all(request: HttpRequest) -> bool:
    return "administrator" in roles_of(request.user)


def _mine(request: HttpRequest) -> Any:
    current_node()
    if _sees_all(request):
        return Job.objects.all()
    actors = [request.user.get_username()]
    if may_see(roles_of(request.user), "carry"):
        actors.extend(courier.BY_THEMSELVES)
    return Job.objects.filter(actor__in=actors)


def _found(request: HttpRequest, job_id: str) -> Job:
    job: Job | None = _mine(request).filter(id=job_id).first()
    if job is None:
        raise not_yours()
    return job


def _leads(job: Job) -> str:
    name, takes = AFTER[job.act]
    arguments = json.loads(job.arguments)
    address: str = reverse(name, kwargs={each: arguments[each] for each in takes})
    return address


def _shown(job: Job) -> Shown:
    text, chip = STATES[job.state]
    return Shown(
        id=job.id,
        act=job.act,
        title=TITLES[job.act],
        state=job.state,
        state_text=text,
        chip=chip,
        phase=PHASES.get(job.phase, _("Working")),
        done=job.done_count,
        total=job.total_count,
        seconds_left=_seconds_left(job, timezone.now()),
        actor=job.actor,
        asked_at=job.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        sentence=_done(job.act),
        failure=_failure(job),
        leads=_leads(job),
        asked_to_stop=job.asked_to_stop,
    )


def _done(act: str) -> str:
    """Say what was done, and how it reaches the others."""
    if act not in _SIGNED:
        return str(DONE[act])
    by_itself = courier.last_carried(current_node()) is not None
    return f"{DONE[act]} {words.of_carrying(by_itself=by_itself)}"


def _failure(job: Job) -> Failure | None:
    """Say why a job failed; None if it did not, or by a failure that nobody foresaw."""
    kept = json.loads(job.error) if job.error else {}
    return failure_words.of_problem(kept) if kept.get("message") else None


def _seconds_left(job: Job, now: dt.datetime) -> int | None:
    """Tell from the rate so far how long the phase will take; it promises nothing early."""
    if job.started_at is None or not 0 < job.done_count < job.total_count:
        return None
    passed = (now - job.started_at).total_seconds()
    return (
        round(passed / job.done_count * (job.total_count - job.done_count)) if passed > 1 else None
    )


PATTERNS = [
    path("jobs", all_jobs, name="jobs"),
    path("jobs/<str:job_id>", one, name="job"),
    path("jobs/<str:job_id>/progress", progress, name="job-progress"),
    path("jobs/<str:job_id>/stop", page("jobs")(require_POST(stop)), name="job-stop"),
]
