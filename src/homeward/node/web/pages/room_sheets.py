# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""The lines of a list as a sheet: to be filled in elsewhere, and brought back with evidence.

Rules of this file:
- What a sheet says is kept line by line, as if it were typed; it is sent with all others.
- Names stand on a sheet: it is for the two ends of a list, as the page of lines is.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.foundation.errors import InputError
from homeward.node.actions.line_sheets import LINES_MAX_BYTES
from homeward.node.actions.line_uploads import Filled, keep_sheet, sheet_of_lines
from homeward.node.actions.lines import REMARKS
from homeward.node.actions.remarks import EVIDENCE_MAX_BYTES
from homeward.node.web import failure_words, value_words
from homeward.node.web.file_fields import FilesField
from homeward.node.web.pages.room import Side, side_of
from homeward.node.web.policy import not_yours, page


class _SheetForm(forms.Form):
    """A filled sheet, and the evidence that it names."""

    def __init__(self, kind: str, *args: Any) -> None:
        super().__init__(*args)
        self.fields["sheet"] = forms.FileField(
            label=_("The filled sheet"),
            help_text=_("CSV or XLSX. A line that is left empty changes nothing."),
            error_messages={"required": _("Choose the sheet.")},
        )
        if kind == REMARKS:
            self.fields["evidence"] = FilesField(
                label=_("The files of evidence"),
                help_text=_("Named as in the column evidence. Each of at most 8 MB."),
                required=False,
            )

    def filled(self) -> Filled:
        """Return what came; one byte too many is left to be refused."""
        said = self.cleaned_data
        evidence = {
            PurePath(each.name).name: each.read(EVIDENCE_MAX_BYTES + 1)
            for each in said.get("evidence", ())
        }
        return Filled(sheet=said["sheet"].read(LINES_MAX_BYTES + 1), evidence=evidence)


@page("room-lines")
def room_sheet(request: HttpRequest, case: str) -> HttpResponse:
    """Give the lines as a sheet to be filled in."""
    at = _open(request, case)
    data = sheet_of_lines(at.node, case, at.party, at.kind, now=timezone.now(), actor=at.actor)
    answer = HttpResponse(data, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{at.kind}-{at.party}.csv"'
    return answer


@page("room-lines")
def room_sheet_filled(request: HttpRequest, case: str) -> HttpResponse:
    """Ask for the filled sheet; keep what it says."""
    at = _open(request, case)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = _SheetForm(at.kind, *given)
    if form.is_bound and form.is_valid():
        try:
            count = keep_sheet(
                at.node,
                case,
                at.party,
                at.kind,
                form.filled(),
                now=timezone.now(),
                actor=at.actor,
            )
        except InputError as error:
            form.add_error(None, failure_words.of(error).sentence)
        else:
            said = gettext("Lines kept: {count}. They are sent with all others, at once.")
            messages.success(request, said.format(count=count))
            return redirect(at.address(code="kept") if count else at.address())
    status = InputError.http_status if form.errors else 200
    said_codes = value_words.REMARKS if at.kind == REMARKS else value_words.REPLIES
    context = {
        "at": at,
        "case": case,
        "form": form,
        "is_asked": at.kind == REMARKS,
        "codes": list(said_codes.items()),
    }
    return render(request, "room_sheet.html", context, status=status)


def _open(request: HttpRequest, case: str) -> Side:
    """Find a list of which something can be said now."""
    at = side_of(request, case)
    if not at.is_open:
        raise not_yours()
    return at


PATTERNS = [
    path("cases/<str:case>/lines/sheet", room_sheet, name="room-sheet"),
    path("cases/<str:case>/lines/filled", room_sheet_filled, name="room-sheet-filled"),
]
