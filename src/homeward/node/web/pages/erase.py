# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""Erasing what names the people of a case that is over: what goes and what stays, said before.

Rules of this file:
- It is for the administrator alone, and asks for the id of the case to be typed.
- Nothing but counts stands here; looking changes nothing.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.node import book
from homeward.node.actions.erasure import OVER, Erasure, erasure_of
from homeward.node.actions.overview import overview
from homeward.node.web import words
from homeward.node.web.acting import Deed, deed
from homeward.node.web.current import current_node
from homeward.node.web.pages.jobs import begin
from homeward.node.web.policy import page


@page("erase")
def erase(request: HttpRequest) -> HttpResponse:
    """Show the cases that are over, and whether anything of them is left."""
    node = current_node()
    cases = [
        {
            "case": view.case,
            "state": words.STATES[view.state],
            "is_empty": _look(request, view.case).is_empty,
        }
        for view in reversed(overview(node).cases)
        if view.state in OVER
    ]
    return render(request, "erase.html", {"cases": cases})


@page("erase")
def erase_case(request: HttpRequest, case: str) -> HttpResponse:
    """Say what an erasure of a case destroys; do it."""
    book.case_of(book.read_ahead(current_node()), case)
    found = _look(request, case)
    return deed(
        request,
        Deed(
            title=gettext("Erase the people of a case"),
            facts=[
                (_("Case"), words.set_apart("{case}", case=case)),
                (_("Lists and pieces of evidence that go"), found.list_count),
                (
                    _("Of these, never confirmed by their reader"),
                    found.undelivered_count,
                ),
                (_("People of the held list who go, all versions"), found.held_count),
                (_("People of the wanted list who go, all versions"), found.wanted_count),
                (_("Imported files whose findings go"), found.file_count),
                (
                    _("What stays"),
                    _("The ledger, receipts and the plan, and whoever is still held or missed."),
                ),
                (
                    _("Out of reach"),
                    _("Backups made before, copies of other parties, and paper."),
                ),
                (_("Bundles kept as evidence, which stay"), found.evidence_count),
                (_("Lists kept to be looked through, which stay"), found.kept_list_count),
            ],
            warning=gettext(
                "What names these people on this node is destroyed for ever, with the key under "
                "which it rested. Nobody can bring it back, not even with all keys of this node."
            ),
            button=gettext("Erase them"),
            back=reverse("erase"),
            form=_CaseForm(case),
            act=lambda _form: begin(request, "case.erase", {"case": case}),
        ),
    )


class _CaseForm(forms.Form):
    """The id of the case, typed by whoever erases it."""

    def __init__(self, case: str) -> None:
        super().__init__()
        self.case = case
        self.fields["typed"] = forms.CharField(
            label=_("Type the id of the case"),
            widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
            error_messages={"required": _("Type the id of the case.")},
        )

    def clean_typed(self) -> Any:
        """Compare it with the case."""
        if self.cleaned_data["typed"] != self.case:
            raise forms.ValidationError(_("This is another id."))
        return self.case


def _look(request: HttpRequest, case: str) -> Erasure:
    actor = request.user.get_username()
    return erasure_of(current_node(), case, now=timezone.now(), actor=actor)


PATTERNS = [
    path("erase", erase, name="erase"),
    path("erase/<str:case>", erase_case, name="erase-case"),
]
