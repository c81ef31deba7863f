# mypy: disallow-untyped-decorators=False
# Django ships no types, so its decorators are untyped to the type checker.
"""The desk for statements: texts that are kept, and one text with what it says beside it.

Rules of this file:
- Every row has a number that stands in the text too; colour is never the only sign.
- Everything works by a form; the keys of `review.js` press the buttons of the row that is on.
- What is not reviewed is marked so, and is in no file that can be downloaded.
- What a side said is quoted, with who said it; pictures are never shown.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, re_path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from homeward.foundation.errors import InputError
from homeward.node.actions import comparison, desk
from homeward.node.actions.desk import By, Published, Reviewed, Text
from homeward.node.web import dates, failure_words
from homeward.node.web import statement_words as said
from homeward.node.web.current import current_node
from homeward.node.web.pages.imports import download
from homeward.node.web.policy import may_see, not_yours, page, roles_of
from homeward.node.web.statement_forms import LANGUAGES, RowForm, TextForm, initial_of
from homeward.statements import FactVerdict
from homeward.statements.reconcile import JudgedClaim
from homeward.statements.reviewed import CLAIMS, KINDS, Kind

WORDS: Mapping[str, Any] = {
    "confirmed": _("Confirmed."),
    "struck": _("Struck out."),
    "waiting": _("Taken back."),
}
"""What was said of a row by one button → what the page says."""

DONE_CORRECTED, DONE_ADDED = _("Corrected."), _("Added.")
ROW, CORRECT, ADD = _("Row"), _("Correct row"), _("Add")

_ID_BYTES = 16
_USUAL: Mapping[str, Any] = {
    "role": "main",
    "qualifier": "exact",
    "unit": "soldiers",
    "stance": "willing",
    "levels": ["delegations"],
    "modes": ["face_to_face"],
}
"""What a form for a new row begins with."""


@page("statements")
def statements(request: HttpRequest) -> HttpResponse:
    """List the texts that are kept, and the exchanges that they are about."""
    node = current_node()
    found = desk.list_texts(node)
    keys = dict.fromkeys(text.exchange for text in found if text.exchange)
    context = {
        "texts": [
            {
                "id": text.id,
                "title": text.title,
                "published": dates.of_day(text.published_on),
                "language": LANGUAGES[text.language],
                "rows": text.rows,
                "waiting": text.waiting,
                "chip": said.review_of(text.rows, text.waiting),
            }
            for text in found
        ],
        "exchanges": [exchange_line(each) for each in comparison.known(node, keys)],
        "may_review": _may_review(request),
    }
    return render(request, "statements.html", context)


@page("statements-review")
def new(request: HttpRequest) -> HttpResponse:
    """Take a text in, and read it."""
    form, status = TextForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = InputError.http_status
        if form.is_valid():
            given = form.cleaned_data
            published = Published(
                title=given["title"],
                text=given["text"],
                published_on=given["published_on"],
                language=given["language"] or None,
                address=given["address"],
            )
            try:
                at = desk.keep_text(
                    current_node(),
                    published,
                    id=secrets.token_hex(_ID_BYTES),
                    now=timezone.now(),
                    actor=_actor(request),
                )
                return redirect("statement", at)
            except InputError as error:
                form.add_error("text", failure_words.of(error).sentence)
    return render(request, "statement_new.html", {"form": form}, status=status)


@page("statements")
def statement(request: HttpRequest, text_id: str) -> HttpResponse:
    """Show a text with its marks, and beside it what it says and what is known of that."""
    node = current_node()
    text = desk.text_of(node, text_id)
    may_review = _may_review(request)
    asked = request.GET.get("row", "")
    numbers = {each.number for each in text.rows}
    on = int(asked) if asked.isdecimal() and len(asked) < 9 and int(asked) in numbers else None
    now = (on or desk.next_waiting(text, 0)) if may_review else on
    judged = _judged(comparison.preview(node, text))
    near = comparison.exchanges(node, around=text.published_on)
    chosen = text.exchange or comparison.suggested(node, text)
    context = {
        "text": text,
        "waiting": text.waiting,
        "chip": said.review_of(len(text.rows), text.waiting),
        "language": LANGUAGES[text.language],
        "direction": said.direction_of(text.language),
        "published": dates.of_day(text.published_on),
        "marked": _marked(text, now, "&keys=0" if _is_keyless(request) else ""),
        "rows": [_row(each, text, judged, is_now=each.number == now) for each in text.rows],
        "next": desk.next_waiting(text, now or 0),
        "may_review": may_review,
        "keys": may_review and not _is_keyless(request),
        "query": "?keys=0" if _is_keyless(request) else "",
        "kinds": [(kind, said.KINDS[kind]) for kind in KINDS],
        "exchanges": [(each.key, exchange_line(each)) for each in near],
        "chosen": chosen,
        "about": exchange_line(comparison.exchange_of(node, text.exchange))
        if text.exchange
        else None,
        "reviewed": len(text.counting),
    }
    return render(request, "statement.html", context)


def decide(request: HttpRequest, text_id: str, number: int) -> HttpResponse:
    """Confirm a row, strike it out, or take back what was said of it."""
    node = current_node()
    word, seen = request.POST.get("word", ""), request.POST.get("seen", "")
    text = desk.text_of(node, text_id)
    if word not in WORDS or not seen.isdecimal() or number not in {r.number for r in text.rows}:
        raise not_yours()
    by = By(actor=_actor(request), now=timezone.now(), seen=int(seen))
    desk.decide(node, text_id, number, word, by=by)
    messages.success(request, f"{ROW} {number}: {WORDS[word]}")
    return _go_on(request, text_id, number if word == "waiting" else 0, after=number)


@page("statements-review")
def correct(request: HttpRequest, text_id: str, number: int) -> HttpResponse:
    """Ask what a row says in truth."""
    node = current_node()
    text = desk.text_of(node, text_id)
    found = next((each for each in text.rows if each.number == number), None)
    if found is None:
        raise not_yours()
    kind, status = found.row.kind, 200
    form = RowForm(kind, request.POST or None, is_new=False, initial=initial_of(found.row))
    if request.method == "POST":
        status = InputError.http_status
        if form.is_valid():
            seen = request.POST.get("seen", "")
            by = By(
                actor=_actor(request),
                now=timezone.now(),
                seen=int(seen) if seen.isdecimal() else -1,
            )
            try:
                desk.correct(node, text_id, number, form.values(), by=by)
                messages.success(request, f"{ROW} {number}: {DONE_CORRECTED}")
                return _go_on(request, text_id, 0, after=number)
            except InputError as error:
                form.add_error(None, failure_words.of(error).sentence)
    context = {
        "form": form,
        "text": text,
        "direction": said.direction_of(text.language),
        "title": f"{CORRECT} {number}: {said.KINDS[kind]}",
        "quote": text.text[found.row.start : found.row.end],
        "seen": found.seen,
    }
    return render(request, "statement_row.html", context, status=status)


@page("statements-review")
def add(request: HttpRequest, text_id: str, kind: Kind) -> HttpResponse:
    """Ask for what the reader missed."""
    node = current_node()
    text, status = desk.text_of(node, text_id), 200
    start = {**_USUAL, "said_on": text.published_on}
    form = RowForm(kind, request.POST or None, is_new=True, initial=start)
    if request.method == "POST":
        status = InputError.http_status
        if form.is_valid():
            try:
                number = desk.add_row(
                    node,
                    text_id,
                    form.cleaned_data["quote"],
                    {"kind": kind, **form.values()},
                    now=timezone.now(),
                    actor=_actor(request),
                )
                messages.success(request, f"{ROW} {number}: {DONE_ADDED}")
                return _go_on(request, text_id, number)
            except InputError as error:
                form.add_error(None, failure_words.of(error).sentence)
    context = {
        "form": form,
        "text": text,
        "direction": said.direction_of(text.language),
        "title": f"{ADD}: {said.KINDS[kind]}",
        "quote": text.text,
    }
    return render(request, "statement_row.html", context, status=status)


def about(request: HttpRequest, text_id: str) -> HttpResponse:
    """Write down which exchange a text is about."""
    comparison.say_exchange(current_node(), text_id, request.POST.get("exchange", ""))
    messages.success(request, gettext("Kept: which exchange the text is about."))
    return redirect("statement", text_id)


@page("statements")
def item(request: HttpRequest, text_id: str) -> HttpResponse:  # noqa: ARG001 - a view
    """Give what people reviewed as a test item for readers of statements."""
    found = desk.corpus_item(desk.text_of(current_node(), text_id))
    return _json(found, f"{found['id']}.json", "application/json")


@page("statements")
def claim_review(request: HttpRequest, text_id: str) -> HttpResponse:  # noqa: ARG001 - a view
    """Give verdicts on what people reviewed as ClaimReview."""
    node = current_node()
    found = comparison.reviews(node, desk.text_of(node, text_id))
    return _json(found, f"claim-review-{text_id[:12]}.jsonld", "application/ld+json")


def exchange_line(found: comparison.Exchange) -> dict[str, Any]:
    """Return an exchange as lists and headings show it.

    Args:
        found: From `exchange_of`.
    """
    kind = gettext("Case") if found.is_case else gettext("Real exchange")
    day = dates.of_day(found.date) if found.date else ""
    return {
        "key": found.key,
        "kind": kind,
        "name": found.name if found.is_case else "",
        "day": day,
        "words": " · ".join(filter(None, (kind, found.name if found.is_case else "", day))),
    }


def _judged(verdicts: tuple[FactVerdict, ...]) -> dict[object, tuple[FactVerdict, JudgedClaim]]:
    return {
        _key(each.claim.document, each.claim.at, each.claim.fact, each.claim): (found, each)
        for found in verdicts
        for each in found.claims
    }


def _key(document: str, at: int | None, kind: str, values: Any) -> object:
    """Return what tells one claim of a text from all others; `values` is a claim or a row."""
    return (
        document,
        at,
        kind,
        values.home or "",
        values.holder or "",
        values.unit or "",
        values.value,
    )


def _row(
    each: Reviewed,
    text: Text,
    judged: Mapping[object, tuple[FactVerdict, JudgedClaim]],
    *,
    is_now: bool,
) -> dict[str, Any]:
    """Return a row of the table."""
    row = each.row
    shown = {
        "number": each.number,
        "words": said.of_row(row),
        "quote": text.text[row.start : row.end] if row.kind == "omission" else "",
        "state": each.state,
        "chip": said.STATES[each.state],
        "is_now": is_now,
        "is_added": each.is_added,
        "read": said.of_row(each.read) if each.state == "corrected" else None,
        "actor": each.actor,
        "at": each.at,
        "seen": each.seen,
        "fact": None,
    }
    found = judged.get(_key(text.id, row.start, row.kind, row)) if row.kind in CLAIMS else None
    if found is not None:
        verdict, claim = found
        shown["fact"] = said.of_fact(verdict)
        shown["agrees"] = claim.agrees_with_record
        shown["others"] = said.said(
            other.claim for other in verdict.claims if other.claim != claim.claim
        )
    return shown


def _marked(text: Text, now: int | None, keys: str) -> SafeString:
    """Return a text with its marks: what a row stands on, and the row's number before it."""
    edges = {0, len(text.text)}
    for each in text.rows:
        edges |= {each.read.start, each.read.end}
    places = sorted(edges)
    parts = [_segment(text, (start, end), now, keys) for start, end in pairwise(places)]
    return format_html_join("", "{}", ((part,) for part in parts))


def _segment(text: Text, span: tuple[int, int], now: int | None, keys: str) -> SafeString:
    start, end = span
    covering = [each for each in text.rows if each.read.start <= start and end <= each.read.end]
    words = text.text[start:end]
    if not covering:
        return format_html("{}", words)
    numbers = format_html_join(
        "",
        '<a class="mark-no" id="mark-{}" href="?row={}{}#row-{}"><bdi>{}</bdi></a>',
        (
            (each.number, each.number, keys, each.number, each.number)
            for each in covering
            if each.read.start == start
        ),
    )
    kinds = {"struck" if each.state == "struck" else "" for each in covering}
    is_now = any(each.number == now for each in covering)
    look = "now" if is_now else "struck" if kinds == {"struck"} else ""
    return format_html('{}<mark class="{}">{}</mark>', numbers, look, words)


def _go_on(request: HttpRequest, text_id: str, number: int, *, after: int = 0) -> HttpResponse:
    """Go to a row of a text, or to the one that waits after another."""
    text = desk.text_of(current_node(), text_id)
    to = number or desk.next_waiting(text, after) or after
    keys = "&keys=0" if _is_keyless(request) else ""
    return redirect(f"{reverse('statement', args=[text_id])}?row={to}{keys}#row-{to}")


def _is_keyless(request: HttpRequest) -> bool:
    """Tell whether the reader has switched the keys off."""
    return bool(request.GET.get("keys") == "0")


def _may_review(request: HttpRequest) -> bool:
    return may_see(roles_of(request.user), "statements-review")


def _actor(request: HttpRequest) -> str:
    return str(request.user.get_username())


def _json(value: object, name: str, content_type: str) -> HttpResponse:
    data = json.dumps(value, ensure_ascii=False, indent=1).encode()
    return download(data, name, content_type)


def _post(view: Any) -> Any:
    return page("statements-review")(require_POST(view))


_ADD = rf"^statements/(?P<text_id>[^/]+)/add/(?P<kind>{'|'.join(KINDS)})$"

PATTERNS = [
    path("statements", statements, name="statements"),
    path("statements/new", new, name="statement-new"),
    path("statements/<str:text_id>", statement, name="statement"),
    path("statements/<str:text_id>/about", _post(about), name="statement-about"),
    path("statements/<str:text_id>/item.json", item, name="statement-item"),
    path("statements/<str:text_id>/claims.jsonld", claim_review, name="statement-claims"),
    path("statements/<str:text_id>/<int:number>", _post(decide), name="statement-decide"),
    path("statements/<str:text_id>/<int:number>/correct", correct, name="statement-correct"),
    re_path(_ADD, add, name="statement-add"),
]
