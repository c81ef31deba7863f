# mypy: disallow-untyped-decorators=False
# Django ships no types, so its decorators are untyped to the type checker.
"""Who is the same person: the queues, the pairs in each, and one pair side by side.

Rules of this file:
- No number comes first: how likely it is stands in words, and why in sentences.
- Everything works by a form; the keys of `review.js` press the same buttons, by their place
  on the keyboard, and can be switched off.
- What is decided can be taken back; so no password is asked for.
- Pairs are named in addresses by blind marks, never by a reference or a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from homeward.matching.latin import latinise
from homeward.node.access import Reader
from homeward.node.actions import queues, review, review_jobs
from homeward.node.actions.cases import IDENTITY
from homeward.node.actions.queues import Standing
from homeward.node.actions.review import SHOWN, Line, Look
from homeward.node.home import utc_text
from homeward.node.models import Weights
from homeward.node.proposals import Queue
from homeward.node.web import words
from homeward.node.web.columns import KINDS
from homeward.node.web.current import current_node
from homeward.node.web.dates import when
from homeward.node.web.pages.jobs import begin
from homeward.node.web.person_words import kind_of, latin_of, name_of
from homeward.node.web.policy import columns_of, not_yours, page, roles_of
from homeward.node.web.reason_words import (
    PARTS,
    bits_of,
    lost_of,
    name_of_part,
    of_reason,
    speaks,
    weight_of,
)
from homeward.records.model import PersonRecord

VERDICTS: Mapping[str, tuple[Any, str]] = {
    "very_likely": (_("very likely the same person"), "good"),
    "likely": (_("likely the same person"), "attention"),
    "possible": (_("possibly the same person"), ""),
}
"""Verdict → its words and the kind of its chip."""

OUTCOMES: Mapping[str, tuple[Any, str]] = {
    "waiting": (_("to be decided"), ""),
    "second": (_("waits for a second reviewer"), "attention"),
    "disputed": (_("reviewers do not agree: one more has to look"), "attention"),
    "unsure": (_("not sure"), "attention"),
    "same": (_("the same person"), "good"),
    "different": (_("different people"), "stop"),
    "settled": (_("settled by another pair"), ""),
}
"""Outcome of the decisions → its words and the kind of its chip."""

SAID: Mapping[str, Any] = {
    "same": _("Same"),
    "different": _("Different"),
    "unsure": _("Not sure"),
}
"""What one account says of a pair → its word."""

DONE: Mapping[str, Any] = {
    "same": _("Decided: the same person."),
    "different": _("Decided: different people."),
    "unsure": _("Noted: not sure. The pair is set aside."),
    "second": _("Noted: the same person. A second reviewer has to say so too."),
    "disputed": _("Noted. Reviewers do not agree, so one more has to look."),
}
"""Outcome after a decision → what the page says."""

TWICE = _("Decided: the same person. Nothing is merged: both rows stay on your list.")

TABS: Mapping[str, Any] = {
    "open": _("To be decided"),
    "unsure": _("Not sure"),
    "decided": _("Decided"),
    "clear": _("Clear without a decision"),
}
"""Part of a queue → its words."""


@page("review")
def all_queues(request: HttpRequest) -> HttpResponse:
    """Show what waits to be decided, case by case and list by list."""
    rows = [_row(each) for each in queues.queues(current_node())]
    first = next((row for row in rows if row["progress"].waiting), None)
    context = {"queues": rows, "first": first, "weights": Weights.objects.order_by("-id").first()}
    return render(request, "review.html", context)


@page("review")
def of_case(request: HttpRequest, case: str) -> HttpResponse:
    """Show the pairs of a case."""
    return _queue(request, Queue(kind="answer", case=case))


@page("review")
def of_list(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the pairs of one list of ours."""
    return _queue(request, Queue(kind=kind_of(kind)))


def find_in_case(request: HttpRequest, case: str) -> HttpResponse:
    """Compare the wanted lists of a case with the people we hold."""
    queues.standing(current_node(), Queue(kind="answer", case=case))
    return begin(request, "review.case", {"case": case})


def find_in_list(request: HttpRequest, kind: str) -> HttpResponse:
    """Look for people who stand twice on one of our lists."""
    queues.standing(current_node(), Queue(kind=kind_of(kind)))
    return begin(request, "review.list", {"kind": kind})


@page("review")
def pair(request: HttpRequest, pair: str) -> HttpResponse:
    """Show a pair side by side; on POST write down what was said of it."""
    node, reader = current_node(), _reader(request)
    if request.method == "POST":
        word, seen = request.POST.get("word", ""), request.POST.get("seen", "")
        outcome = review.decide(node, pair, word, seen=seen, actor=reader.actor, now=reader.now)
        is_twice = outcome == "same" and review.queue_of(node, pair).kind != "answer"
        messages.success(request, TWICE if is_twice else DONE.get(outcome, SAID[word]))
        return _go_on(request, pair)
    look = review.look_at(node, pair, columns=columns_of(roles_of(request.user)), reader=reader)
    standing = queues.standing(node, look.queue)
    own = next((each.word for each in look.voices if each.actor == reader.actor), "")
    latin = request.GET.get("latin") == "1"
    context = {
        "look": look,
        "verdict": VERDICTS[look.verdict],
        "outcome": OUTCOMES[look.outcome],
        "queue": _row(standing),
        "sides": (_heading(look, "left"), _heading(look, "right")),
        "names": [_named(side, latin=latin) for side in (look.left, look.right)],
        "rows": (rows := _evidence(look, latin=latin)),
        "gist": _gist(rows),
        "begins": "" if look.begins is None else bits_of(look.begins),
        "rivals": [_rival(each, latin=latin) for each in look.rivals],
        "voices": [
            (each.actor, each.word, SAID[each.word], utc_text(each.at)) for each in look.voices
        ],
        "said": SAID.get(own, ""),
        "latin": latin,
        "keys": request.GET.get("keys") != "0",
        "query": _query(request),
        "other_latin": _query(request, latin="" if latin else "1"),
        "other_keys": _query(request, keys="" if request.GET.get("keys") == "0" else "0"),
        "next": review.next_pair(node, look.queue, actor=reader.actor, after=pair),
        "may_be_taken_back": bool(own),
        "may_undo": review.has_said(node, actor=reader.actor),
    }
    return render(request, "review_pair.html", context)


def undo(request: HttpRequest) -> HttpResponse:
    """Take back what this account said last, of one pair or of all."""
    reader = _reader(request)
    where = review.undo(
        current_node(), actor=reader.actor, now=reader.now, pair=request.POST.get("pair", "")
    )
    messages.success(request, gettext("Taken back. The pair is as it was before your decision."))
    if not where:
        return redirect("review")
    return redirect(f"{reverse('review-pair', args=[where])}{_query(request)}")


def weights(request: HttpRequest) -> HttpResponse:
    """Learn the weights from the decisions, or go back to those that are shipped."""
    if request.POST.get("do") == "learn":
        return begin(request, "review.learn", {})
    reader = _reader(request)
    review_jobs.go_back(current_node(), now=reader.now, actor=reader.actor)
    messages.success(request, gettext("The weights are those of the package again."))
    return redirect("review")


def _queue(request: HttpRequest, queue: Queue) -> HttpResponse:
    node, reader = current_node(), _reader(request)
    shown = request.GET.get("show", "open")
    if shown not in SHOWN:
        raise not_yours()
    standing = queues.standing(node, queue)
    number = request.GET.get("page", "")
    found = review.lines(
        node,
        queue,
        shown=shown,
        page=int(number) if number.isdecimal() and len(number) < 9 else 1,
        reader=reader,
    )
    here = _address(queue)
    context = {
        "queue": _row(standing),
        "shown": shown,
        "tabs": [(name, text, f"{here}?show={name}") for name, text in TABS.items()],
        "pairs": [_line(each) for each in found.lines],
        "found": found,
        "previous": found.page > 1 and f"{here}?show={shown}&page={found.page - 1}",
        "following": found.page < found.page_count and f"{here}?show={shown}&page={found.page + 1}",
        "next": review.next_pair(node, queue, actor=reader.actor),
    }
    return render(request, "review_queue.html", context)


def _reader(request: HttpRequest) -> Reader:
    actor = request.user.get_username()
    return Reader(actor=actor, purpose=review.PURPOSE, now=timezone.now())


def _address(queue: Queue) -> str:
    if queue.kind == "answer":
        return str(reverse("review-case", args=[queue.case]))
    return str(reverse("review-list", args=[queue.kind]))


def _row(standing: Standing) -> dict[str, Any]:
    """Return a queue as the pages show it."""
    queue = standing.queue
    if queue.kind == "answer":
        title = words.set_apart(gettext("Wanted list in case {case}"), case=queue.case)
    else:
        title = KINDS[queue.kind]
    address = _address(queue)
    return {
        "title": title,
        "is_case": queue.kind == "answer",
        "case": queue.case,
        "address": address,
        "find": f"{address}/find",
        "progress": standing.progress,
        "compared_at": standing.compared_at and utc_text(standing.compared_at),
        "is_outdated": standing.is_outdated,
        "is_answered": standing.is_answered,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "sides": [_shown(side) for side in (line.left, line.right)],
        "verdict": VERDICTS[line.verdict],
        "outcome": OUTCOMES[line.outcome],
        "is_open": line.outcome == "waiting",
    }


def _shown(record: PersonRecord | None) -> dict[str, Any]:
    """Return who somebody is in two lines; empty for who left the list."""
    if record is None:
        return {}
    return {
        "name": name_of(record) or record.ref,
        "latin": latin_of(record),
        "born": when(record.birth_date) if record.birth_date else "",
    }


def _named(record: PersonRecord, *, latin: bool) -> dict[str, str]:
    name, spelt = name_of(record) or record.ref, latin_of(record)
    return {"text": spelt, "language": "en"} if latin and spelt else {"text": name, "language": ""}


def _heading(look: Look, side: str) -> Any:
    if look.queue.kind != "answer":
        ref = (look.left if side == "left" else look.right).ref
        return words.set_apart(gettext("Reference {ref}"), ref=ref)
    if side == "right":
        return gettext("On your held list")
    return words.set_apart(gettext("Wanted by {party}"), party=look.party)


def _evidence(look: Look, *, latin: bool) -> list[dict[str, Any]]:
    """Return the rows of the table, those that both records speak of first."""
    said = {each.part: each for each in look.evidence}
    rows = []
    for part in PARTS:
        cells = [lost_of(side, part) for side in (look.left, look.right)]
        reason = said.get(part)
        if not any(cells) and reason is None:
            continue
        rows.append(
            {
                "name": name_of_part(part),
                "cells": [_cell(cell, look, part, latin=latin) for cell in cells],
                "never_sent": look.queue.kind == "answer" and part not in IDENTITY,
                "sentence": of_reason(reason, look.left, look.right) if reason else "",
                "weight": weight_of(reason.weight) if reason else None,
                "speaks": speaks(reason.weight) if reason else "",
                "bits": bits_of(reason.weight) if reason else "",
                "is_missing": reason is None and not all(cells),
                "is_whole_name": part == "name_as_written",
            }
        )
    return sorted(rows, key=lambda row: row["is_missing"])


def _gist(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return what speaks for one person, what against it, and what only one record says."""
    return {
        "for": [row["name"] for row in rows if row["speaks"] == "for"],
        "against": [row["name"] for row in rows if row["speaks"] == "against"],
        "missing": [
            row["name"]
            for row in rows
            if row["is_missing"] and not (row["never_sent"] or row["is_whole_name"])
        ],
    }


def _cell(text: str, look: Look, part: str, *, latin: bool) -> dict[str, str]:
    """Return a cell as written, and in Latin letters where that is asked for and differs."""
    has_letters = part.endswith("name") or part in ("name_as_written", "birth_place", "unit")
    spelt = latinise(text, guess="ru" if look.right.power == "RU" else "uk")
    return {"text": text, "latin": spelt if latin and has_letters and spelt != text else ""}


def _rival(rival: review.Rival, *, latin: bool) -> dict[str, Any]:
    shown = _shown(rival.record)
    if shown and not latin:
        shown["latin"] = ""
    return {
        "id": rival.id,
        "of_left": rival.of == "left",
        "person": shown,
        "verdict": VERDICTS[rival.verdict],
        "outcome": OUTCOMES[rival.outcome],
        "is_open": rival.outcome == "waiting",
    }


def _query(request: HttpRequest, **changed: str) -> str:
    """Return how the reader has set the page, as the end of an address."""
    kept = {name: request.GET.get(name, "") for name in ("latin", "keys")} | changed
    kept = {name: value for name, value in kept.items() if value in ("0", "1")}
    return f"?{urlencode(kept)}" if kept else ""


def _go_on(request: HttpRequest, before: str) -> HttpResponse:
    """Go to the next pair that waits for this account, or to the queue if none does."""
    node = current_node()
    queue = review.queue_of(node, before)
    following = review.next_pair(node, queue, actor=_reader(request).actor, after=before)
    if following:
        return redirect(f"{reverse('review-pair', args=[following])}{_query(request)}")
    messages.success(request, gettext("Nothing more waits for you here."))
    return redirect(_address(queue))


def _post(view: Any) -> Any:
    return page("review")(require_POST(view))


PATTERNS = [
    path("review", all_queues, name="review"),
    path("review/case/<str:case>", of_case, name="review-case"),
    path("review/case/<str:case>/find", _post(find_in_case), name="review-case-find"),
    path("review/list/<str:kind>", of_list, name="review-list"),
    path("review/list/<str:kind>/find", _post(find_in_list), name="review-list-find"),
    path("review/pair/<str:pair>", pair, name="review-pair"),
    path("review/undo", _post(undo), name="review-undo"),
    path("review/weights", _post(weights), name="review-weights"),
]
