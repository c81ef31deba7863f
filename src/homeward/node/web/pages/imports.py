# mypy: disallow-subclassing-any=False, disallow-untyped-decorators=False
# Django ships no types, so its classes and decorators are Any to the type checker.
"""Bring in a list: choose the file, name its columns, check it, take it over, undo it.

Rules of this file:
- Nothing on a list changes before somebody has seen what would change and said yes.
- A file that is refused leaves the wizard where it was, with what was chosen.
- What takes long is a job; a page never waits for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
from homeward.node import access
from homeward.node.actions import lists, uploads
from homeward.node.models import ListImport
from homeward.node.web import failure_words, problem_words
from homeward.node.web.columns import KINDS, MEANINGS, NAMES, groups_of
from homeward.node.web.current import current_node
from homeward.node.web.failure_words import Failure
from homeward.node.web.pages.jobs import begin
from homeward.node.web.policy import not_yours, page
from homeward.records.fix import say_otherwise
from homeward.records.model import ListKind
from homeward.records.read import ProblemGroup, RowProblem
from homeward.records.titles import EXTRA
from homeward.records.write import write_csv

_SHOWN_ROWS = 20
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# The contents are up to 200 MB each. A list of the other side's has pages of its own.
_SLIM = ListImport.objects.exclude(source=uploads.THEIRS).defer("file", "findings", "rows_to_fix")

STEPS = (
    ("file", gettext_lazy("Choose the file")),
    ("columns", gettext_lazy("Name the columns")),
    ("check", gettext_lazy("Check")),
    ("take", gettext_lazy("Take over")),
    ("receipt", gettext_lazy("Receipt")),
)
"""Steps of the wizard, in order."""

STATES: Mapping[str, tuple[str, Any]] = {
    "uploaded": ("attention", gettext_lazy("columns to be named")),
    "checked": ("attention", gettext_lazy("to be taken over")),
    "done": ("good", gettext_lazy("taken over")),
    "undone": ("", gettext_lazy("undone")),
    "discarded": ("", gettext_lazy("discarded")),
}
"""State of an import → colour and words of its chip."""

GUESSES: Mapping[str, tuple[str, Any]] = {
    "same": ("good", gettext_lazy("same name")),
    "remembered": ("good", gettext_lazy("as the last time")),
    "guessed": ("attention", gettext_lazy("guessed, please look")),
    "chosen": ("good", gettext_lazy("chosen by a person")),
    "unknown": ("", gettext_lazy("not recognised")),
}
"""How the meaning of a column was found → colour and words of its chip."""


class UploadForm(forms.Form):
    """Which list, and the file."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Which list is it?"),
        choices=[("", gettext_lazy("Choose")), *KINDS.items()],
        error_messages={"required": gettext_lazy("Choose which list the file is.")},
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose a file of at most 200 MB."),
            "empty": gettext_lazy("The file is empty. Export the list again."),
        },
    )


class ColumnsForm(forms.Form):
    """What each column of a file means; a field for each, by its place in the file."""

    def __init__(
        self,
        guesses: Sequence[uploads.ColumnGuess],
        kind: ListKind,
        data: Any = None,
        *,
        needs_ref: bool = True,
    ) -> None:
        super().__init__(data)
        self.guesses, self.needs_ref = guesses, needs_ref
        choices = [
            ("", _("Leave out")),
            (EXTRA, _("Keep as a further column")),
            *(
                (str(heading), [(column, NAMES[column]) for column in columns])
                for heading, columns in groups_of(kind)
            ),
        ]
        for at, guess in enumerate(guesses):
            self.fields[f"column-{at}"] = forms.ChoiceField(
                label=guess.title, choices=choices, required=False, initial=guess.column
            )

    def clean(self) -> dict[str, Any]:
        """Check that one column is the reference and none is named twice."""
        places: dict[str, list[str]] = defaultdict(list)
        for name, column in self.cleaned_data.items():
            if column and column != EXTRA:
                places[column].append(name)
        for column, names in places.items():
            for name in names if len(names) > 1 else ():
                said = _("{column} is chosen for {count} columns. Choose it once.")
                self.add_error(name, said.format(column=NAMES[column], count=len(names)))
        if self.needs_ref and "ref" not in places and not self.errors:
            self.add_error(None, _("Say which column has your own reference of each person."))
        return dict(self.cleaned_data)

    def meanings(self) -> dict[str, str]:
        """Return title → our column, `""` for none."""
        return {
            guess.title: self.cleaned_data[f"column-{at}"] for at, guess in enumerate(self.guesses)
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return what the page shows of each column of the file."""
        return [
            {
                "title": guess.title,
                "samples": guess.samples,
                "chip": GUESSES[guess.how],
                "field": self[f"column-{at}"],
            }
            for at, guess in enumerate(self.guesses)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A step that changes the list or ends the import: asked once more before it happens."""

    states: tuple[str, ...]
    title: Any
    text: Any
    button: Any
    job: str


ACTS: Mapping[str, Act] = {
    "take": Act(
        states=("checked",),
        title=gettext_lazy("Take over this list"),
        text=gettext_lazy(
            "The new and changed people are written to your list. The rows that are kept out "
            "stay in your file. Nobody is removed from the list because a file does not name "
            "them. You can undo this until somebody builds on it."
        ),
        button=gettext_lazy("Take over. Rows: %(count)s"),
        job="list.take",
    ),
    "undo": Act(
        states=("done",),
        title=gettext_lazy("Undo this import"),
        text=gettext_lazy(
            "The list becomes what it was before this file. People who were new with it are no "
            "longer on the list. People whom it changed are as they were. The file can be "
            "brought in again."
        ),
        button=gettext_lazy("Undo this import"),
        job="list.undo",
    ),
    "discard": Act(
        states=("uploaded", "checked"),
        title=gettext_lazy("Discard this file"),
        text=gettext_lazy(
            "The file is removed from this node. Nothing on your list changes. You still have "
            "the file where you took it from."
        ),
        button=gettext_lazy("Discard this file"),
        job="",
    ),
}
"""Act of the wizard → when it may be done, and its words. `discard` needs no job."""


@page("imports")
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Show the earlier imports and take a new file."""
    form, status, refused = UploadForm(), 200, None
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        status = InputError.http_status
        if form.is_valid():
            try:
                return redirect("import-columns", _take_in(request, form))
            except InputError as error:
                refused = error
    context = {
        "form": form,
        "refused": refusal_of(refused),
        "earlier": [_line(each) for each in lists.imports(current_node())],
        "kinds": [
            (words, reverse(f"import-template-{kind}"), _meanings(kind))
            for kind, words in KINDS.items()
        ],
        "steps": _steps("file"),
    }
    return render(request, "imports.html", context, status=status)


@page("imports")
@require_GET
def template(request: HttpRequest, kind: ListKind) -> HttpResponse:  # noqa: ARG001
    """Give an empty list: one row with the names of the columns."""
    return download(write_csv([], kind), f"{kind}.csv", "text/csv; charset=utf-8")


@page("imports")
@require_GET
def one(request: HttpRequest, import_id: int) -> HttpResponse:
    """Show an import where it stands: its columns, its check or its receipt."""
    found = _found(import_id)
    if found.state == "uploaded":
        return redirect("import-columns", import_id)
    return _checked(request, found) if found.state == "checked" else _receipt(request, found)


@page("imports")
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, import_id: int) -> HttpResponse:
    """Ask what each column of the file means, then check the file."""
    node, found = current_node(), _found(import_id)
    if found.state not in ("uploaded", "checked"):
        return redirect("import", import_id)
    guesses = uploads.columns_of(node, import_id)
    form, status, refused = ColumnsForm(guesses, found.kind), 200, None
    if request.method == "POST":
        form = ColumnsForm(guesses, found.kind, request.POST)
        status = InputError.http_status
        if form.is_valid():
            try:
                uploads.set_columns(node, import_id, form.meanings())
                return begin(request, "list.check", {"import_id": import_id})
            except InputError as error:
                refused = error
    context = {
        "form": form,
        "refused": refusal_of(refused),
        "upload": _line(found),
        "groups": _meanings(found.kind),
        "steps": _steps("columns"),
    }
    return render(request, "import_columns.html", context, status=status)


@page("imports")
@require_GET
def rows(request: HttpRequest, import_id: int) -> HttpResponse:  # noqa: ARG001
    """Give the rows that are kept out as a workbook, each with what is wrong with it."""
    node = current_node()
    data = uploads.rows_to_fix(node, import_id)
    if not failure_words.is_english():
        groups, _problems = uploads.problems_of(node, import_id)
        data = say_otherwise(
            data, groups, of_row=problem_words.of_row, of_problem=problem_words.of_group
        )
    return download(data, f"rows-to-fix-{import_id}.xlsx", _XLSX)


@page("imports")
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, import_id: int, name: str) -> HttpResponse:
    """Say what taking over, undoing or discarding means; on POST do it."""
    node, found, wanted = current_node(), _found(import_id), ACTS[name]
    may = found.state in wanted.states and not (name == "undo" and _no_undo(found))
    if not may:
        return redirect("import", import_id)
    if request.method == "POST":
        if wanted.job:
            return begin(request, wanted.job, {"import_id": import_id})
        uploads.discard_upload(node, import_id)
        messages.success(request, _("The file is discarded. Nothing on your list changed."))
        return redirect("imports")
    written = found.added_count + found.changed_count
    context = {
        "act": wanted,
        "is_step": name == "take",
        "button": str(wanted.button) % {"count": f"{written:,}"},
        "upload": _line(found),
        "steps": _steps("receipt" if name == "undo" else "take" if name == "take" else "check"),
    }
    return render(request, "import_act.html", context)


def _take_in(request: HttpRequest, form: UploadForm) -> int:
    file = form.cleaned_data["file"]
    return uploads.take_upload(
        current_node(),
        kind=form.cleaned_data["kind"],
        data=file.read(),
        file_name=file.name,
        now=timezone.now(),
        actor=request.user.get_username(),
    )


def _checked(request: HttpRequest, found: ListImport) -> HttpResponse:
    groups, problems = uploads.problems_of(current_node(), found.id)
    cells: dict[tuple[str, str], list[RowProblem]] = defaultdict(list)
    for problem in problems:
        if len(shown := cells[problem.kind, problem.column]) < _SHOWN_ROWS:
            shown.append(problem)
    twins = uploads.duplicates_of(current_node(), found.id)
    written = found.added_count + found.changed_count
    context = {
        "upload": _line(found),
        "twins": twins,
        "more_twins": twins.count - len(twins.pairs),
        "written": f"{written:,}" if written else "",
        "groups": [_group(group, cells[group.kind, group.column]) for group in groups],
        "steps": _steps("check"),
    }
    return render(request, "import_check.html", context)


def _group(group: ProblemGroup, cells: Sequence[RowProblem]) -> dict[str, Any]:
    more = group.count - len(cells)
    return {
        "column": problem_words.of_column(group.column),
        "words": problem_words.of_fault(group.kind, group.column),
        "count": f"{group.count:,}",
        "cells": cells,
        "more": f"{more:,}" if more else "",
    }


def _receipt(request: HttpRequest, found: ListImport) -> HttpResponse:
    node = current_node()
    context = {
        "twin_count": uploads.duplicates_of(node, found.id).count if found.findings else 0,
        "may_stand_twice": access.count(node, found.kind) > 1,
        "upload": _line(found),
        "no_undo": _no_undo(found) if found.state == "done" else "",
        "steps": _steps("receipt"),
    }
    return render(request, "import_receipt.html", context)


def _found(import_id: int) -> ListImport:
    current_node()
    found: ListImport | None = _SLIM.filter(id=import_id).first()
    if found is None:
        raise not_yours()
    return found


def _no_undo(found: ListImport) -> str:
    return problem_words.of_no_undo(lists.undo_refusal(current_node(), found.id))


def _line(found: ListImport) -> dict[str, Any]:
    good = found.added_count + found.changed_count + found.unchanged_count
    return {
        "id": found.id,
        "kind": found.kind,
        "list": KINDS[found.kind],
        "file_name": found.file_name,
        "is_page": found.source == "page",
        "at": found.imported_at.isoformat(),
        "undone_at": found.undone_at.isoformat() if found.undone_at else "",
        "actor": found.actor,
        "sha256": found.file_sha256,
        "state": found.state,
        "chip": STATES[found.state],
        "rows": f"{found.row_count:,}",
        "is_counted": found.state not in ("uploaded", "discarded"),
        "added": f"{found.added_count:,}",
        "changed": f"{found.changed_count:,}",
        "unchanged": f"{found.unchanged_count:,}",
        "kept_out": f"{found.row_count - good:,}" if found.row_count > good else "",
    }


def _steps(now: str) -> list[tuple[Any, str]]:
    """Return the steps of the wizard, each with where it stands: done, now or later."""
    at = [name for name, _words in STEPS].index(now)
    places = ["done" if n < at else "now" if n == at else "later" for n in range(len(STEPS))]
    return [(words, place) for (_name, words), place in zip(STEPS, places, strict=True)]


def _meanings(kind: ListKind) -> list[tuple[Any, list[tuple[Any, str, Any]]]]:
    return [
        (heading, [(NAMES[each], each, MEANINGS[each]) for each in group])
        for heading, group in groups_of(kind)
    ]


def refusal_of(error: InputError | None) -> Failure | None:
    """Return what is wrong with a file and what to do, without what the file is called."""
    if error is None:
        return None
    said = problem_words.of_refusal(error)
    if said is None:
        return failure_words.of(error)
    return Failure(what=said[0], repair=said[1], original="", code=error.code)


def download(data: bytes, name: str, content_type: str) -> HttpResponse:
    """Answer with a file."""
    answer = HttpResponse(data, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


PATTERNS = [
    path("imports", imports, name="imports"),
    path("imports/template/held.csv", template, {"kind": "held"}, name="import-template-held"),
    path(
        "imports/template/wanted.csv", template, {"kind": "wanted"}, name="import-template-wanted"
    ),
    path("imports/<int:import_id>", one, name="import"),
    path("imports/<int:import_id>/columns", columns, name="import-columns"),
    path("imports/<int:import_id>/rows", rows, name="import-rows"),
    *(
        path(f"imports/<int:import_id>/{name}", act, {"name": name}, name=f"import-{name}")
        for name in ACTS
    ),
]
