# mypy: disallow-subclassing-any=False, disallow-untyped-decorators=False
# Django ships no types, so its classes and decorators are Any to the type checker.
"""Look through a list of the other side: choose the file, name its columns, see what it says.

Rules of this file:
- Nothing of such a list comes onto a list of ours.
- What takes long is a job; a page never waits for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from homeward.foundation.errors import InputError
from homeward.matching.triage import Line
from homeward.node.access import Reader
from homeward.node.actions import triage as acts
from homeward.node.actions import uploads
from homeward.node.models import ListImport
from homeward.node.web.current import current_node
from homeward.node.web.pages.imports import ColumnsForm, download, refusal_of
from homeward.node.web.pages.jobs import begin
from homeward.node.web.policy import not_yours, page
from homeward.node.web.triage_reasons import in_sheets, in_words
from homeward.node.web.triage_words import CLASSES, COLUMNS, FLAGS, KINDS, to_do

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FIRST_LINES = 10
_PAGE_LINES = 50
_PERCENT_MAX = 99.9

STATES = {
    "uploaded": ("attention", gettext_lazy("columns to be named")),
    "checked": ("good", gettext_lazy("looked through")),
}
"""State of a list → colour and words of its chip."""


class ListForm(forms.Form):
    """A list of the other side's, what it says of its people, and who is home."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Who is on the list?"),
        choices=[("", gettext_lazy("Choose")), *KINDS.items()],
        error_messages={"required": gettext_lazy("Choose who is on the list.")},
    )
    file = forms.FileField(
        label=gettext_lazy("The list of the other side"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose a file of at most 200 MB."),
            "empty": gettext_lazy("The file is empty. Export the list again."),
        },
    )
    home = forms.FileField(
        label=gettext_lazy("People who are home already, if you have a list"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        required=False,
        error_messages={"empty": gettext_lazy("The file is empty. Export the list again.")},
    )


@page("triage")
@require_http_methods(["GET", "POST"])
def lists(request: HttpRequest) -> HttpResponse:
    """Show the lists that are kept, and take a new one."""
    form, status, refused = ListForm(), 200, None
    if request.method == "POST":
        form = ListForm(request.POST, request.FILES)
        status = InputError.http_status
        if form.is_valid():
            try:
                return redirect("triage-columns", _take_in(request, form))
            except InputError as error:
                refused = error
    context = {
        "form": form,
        "refused": refusal_of(refused),
        "kept": [_line(each) for each in acts.lists_of(current_node())],
    }
    return render(request, "triage.html", context, status=status)


@page("triage")
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, list_id: int) -> HttpResponse:
    """Ask what each column of the list means, then look it through."""
    node, found = current_node(), _found(list_id)
    guesses = uploads.columns_of(node, list_id, source=uploads.THEIRS)
    form, status, refused = ColumnsForm(guesses, found.kind, needs_ref=False), 200, None
    if request.method == "POST":
        form = ColumnsForm(guesses, found.kind, request.POST, needs_ref=False)
        status = InputError.http_status
        if form.is_valid():
            try:
                meant = form.meanings()
                uploads.set_columns(node, list_id, meant, source=uploads.THEIRS)
                return begin(request, "list.triage", {"list_id": list_id})
            except InputError as error:
                refused = error
    context = {
        "form": form,
        "refused": refusal_of(refused),
        "list": _line(found),
    }
    return render(request, "triage_columns.html", context, status=status)


@page("triage")
@require_GET
def one(request: HttpRequest, list_id: int) -> HttpResponse:
    """Show what a list says: counts, and its lines by class, or all lines of one class."""
    found = _found(list_id)
    if found.state != "checked":
        return redirect("triage-columns", list_id)
    looked = acts.found_of(current_node(), list_id, reader=_reader(request))
    said = looked.triage
    only = request.GET.get("class", "")
    counts = said.counts()
    groups = [
        _group(request, each, [line for line in said.lines if line.class_ == each], looked, only)
        for each in CLASSES
        if counts[each] and only in ("", each)
    ]
    if not groups and only:
        raise not_yours()
    flags = [
        (FLAGS[flag][0], FLAGS[flag][1], count)
        for flag, count in said.flag_counts().items()
        if count
    ]
    context = {
        "list": _line(found),
        "counts": [(CLASSES[each].name, each, count) for each, count in counts.items()],
        "flags": flags,
        "groups": groups,
        "only": only,
        "ours": looked.ours,
        "home": looked.returned,
    }
    return render(request, "triage_list.html", context)


@page("triage")
@require_GET
def report(request: HttpRequest, list_id: int) -> HttpResponse:
    """Give what a list says as a workbook."""
    found = _found(list_id)
    words = in_sheets(is_sought=found.kind == "wanted")
    data = acts.workbook(current_node(), list_id, words=words, reader=_reader(request))
    return download(data, f"list-{list_id}.xlsx", _XLSX)


@page("triage")
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, list_id: int) -> HttpResponse:
    """Ask whether to forget a list; on POST forget it."""
    found = _found(list_id)
    if request.method == "POST":
        uploads.discard_upload(current_node(), list_id, source=uploads.THEIRS)
        messages.success(request, _("The list is discarded. Nothing on your lists changed."))
        return redirect("triage")
    return render(request, "triage_discard.html", {"list": _line(found)})


def _take_in(request: HttpRequest, form: ListForm) -> int:
    file, home = form.cleaned_data["file"], form.cleaned_data["home"]
    return acts.keep_list(
        current_node(),
        kind=form.cleaned_data["kind"],
        data=file.read(),
        file_name=file.name,
        home=(home.name, home.read()) if home else None,
        now=timezone.now(),
        actor=request.user.get_username(),
    )


def _group(
    request: HttpRequest, class_: Any, lines: Sequence[Line], looked: acts.Looked, only: str
) -> dict[str, Any]:
    """Return what the page shows of a class: its first lines, or a page of all of them."""
    number = request.GET.get("page", "1")
    size = _PAGE_LINES if only else _FIRST_LINES
    page_count = max(1, -(-len(lines) // size))
    at = min(max(int(number), 1), page_count) if only and number.isdecimal() else 1
    words = CLASSES[class_]
    return {
        "class": class_,
        "name": words.name,
        "chip": words.chip,
        "meaning": words.meaning,
        "to_do": to_do(class_, is_sought=looked.triage.is_sought),
        "count": len(lines),
        "has_match": any(line.match for line in lines),
        "their_column": COLUMNS["other_line"] if class_ == "duplicate" else COLUMNS["match"],
        "lines": [_shown(line, looked) for line in lines[(at - 1) * size : at * size]],
        "more": 0 if only else max(0, len(lines) - size),
        "page": at,
        "pages": page_count,
        "previous": at - 1 if only and at > 1 else 0,
        "next": at + 1 if only and at < page_count else 0,
    }


def _shown(line: Line, looked: acts.Looked) -> dict[str, Any]:
    address = ""
    # Who is home may stand on a list that came with the file, and has no page.
    if line.match_list in ("wanted", "held"):
        query = urlencode({"ref": line.match})
        address = f"{reverse('person', args=[line.match_list])}?{query}"
    percent = min(100 * (line.probability or 0.0), _PERCENT_MAX)
    name, birth = looked.people.get(line.ref, ("", ""))
    return {
        "ref": line.ref,
        "name": name,
        "birth": birth,
        "flags": [FLAGS[flag][0] for flag in line.flags],
        "match": line.match,
        "address": address,
        "is_home": line.match_list == "returned",
        "percent": "" if line.probability is None else f"{percent:.1f} %",
        "reasons": [in_words(reason) for reason in line.reasons],
    }


def _reader(request: HttpRequest) -> Reader:
    return Reader(actor=request.user.get_username(), purpose=acts.PURPOSE, now=timezone.now())


def _found(list_id: int) -> ListImport:
    current_node()
    kept = ListImport.objects.filter(source=uploads.THEIRS).exclude(state="discarded")
    found: ListImport | None = kept.defer("file", "findings").filter(pk=list_id).first()
    if found is None:
        raise not_yours()
    return found


def _line(found: ListImport) -> dict[str, Any]:
    return {
        "id": found.pk,
        "file_name": found.file_name,
        "kind": KINDS[found.kind],
        "at": found.imported_at.isoformat(),
        "actor": found.actor,
        "chip": STATES[found.state],
        "rows": found.row_count,
        "is_looked": found.state == "checked",
    }


PATTERNS = [
    path("triage", lists, name="triage"),
    path("triage/<int:list_id>", one, name="triage-list"),
    path("triage/<int:list_id>/columns", columns, name="triage-columns"),
    path("triage/<int:list_id>/report.xlsx", report, name="triage-report"),
    path("triage/<int:list_id>/discard", discard, name="triage-discard"),
]
