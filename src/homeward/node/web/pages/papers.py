"""The papers of a handover: manifest and receipt as PDF, and sheets to be filled in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext

from homeward.foundation.ids import parse_flow
from homeward.node import book
from homeward.node.actions.handover import legs_of
from homeward.node.actions.report import manifest_of, receipt_of, sheet_of
from homeward.node.actions.sheets import QUESTIONS, write_sheet
from homeward.node.web import paper_words
from homeward.node.web.current import current_node
from homeward.node.web.policy import may_see, not_yours, page, roles_of


@page("papers")
def manifest(request: HttpRequest, case: str) -> HttpResponse:
    """Give the manifest of a leg as PDF, with names: to a handover officer alone."""
    leg = _leg(request, case)
    if not may_see(roles_of(request.user), "handover-party"):
        raise not_yours()
    actor = request.user.get_username()
    data = manifest_of(
        current_node(),
        case,
        leg,
        now=timezone.now(),
        actor=actor,
        beside=paper_words.language(),
    )
    return _file(data, _name("manifest", leg, "pdf"), "application/pdf")


@page("papers")
def receipt(request: HttpRequest, case: str) -> HttpResponse:
    """Give the receipt of a leg as PDF: numbers and roots, no name."""
    leg = _leg(request, case)
    beside = paper_words.language()
    data = receipt_of(current_node(), case, leg, now=timezone.now(), beside=beside)
    return _file(data, _name("receipt", leg, "pdf"), "application/pdf")


@page("papers")
def sheet(request: HttpRequest, case: str) -> HttpResponse:
    """Give the sheet of a question, with the names that this side knows; never an empty one."""
    leg, question = _leg(request, case), request.GET.get("for", "")
    node = current_node()
    own = "handover-mediator" if book.sequences(node) else "handover-party"
    if question not in QUESTIONS or not may_see(roles_of(request.user), own):
        raise not_yours()
    states = QUESTIONS[question][0]
    actor = request.user.get_username()
    everybody = sheet_of(node, case, leg, now=timezone.now(), actor=actor)
    rows = [row for row in everybody if row[2] in states]
    if not rows:
        messages.warning(request, gettext("Nobody of this leg is to be asked this now."))
        return redirect("handover", case=case)
    data = write_sheet(rows, words=paper_words.sheet_words())
    return _file(data, _name(question, leg, "csv"), "text/csv; charset=utf-8")


def _leg(request: HttpRequest, case: str) -> str:
    leg: str = request.GET.get("leg", "")
    if leg not in {str(view.counts.leg) for view in legs_of(current_node(), case)}:
        raise not_yours()
    return leg


def _name(what: str, leg: str, ending: str) -> str:
    flow = parse_flow(leg)
    return f"{what}-{flow.holder}-to-{flow.home}.{ending}"


def _file(data: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


PATTERNS = [
    path("cases/<str:case>/papers/manifest", manifest, name="manifest"),
    path("cases/<str:case>/papers/receipt", receipt, name="receipt-pdf"),
    path("cases/<str:case>/papers/sheet", sheet, name="sheet"),
]
