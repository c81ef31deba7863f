"""A side on paper, at the mediator's node: what came of it, what is to be entered, its forms.

Rules of this file:
- What stands here was received, unsigned, and says so.
- A form is given only where it has something to fill in; names on it are read and noted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, re_path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from homeward.foundation.ids import parse_flow
from homeward.negotiation.on_paper import unsigned_of
from homeward.node.actions.handover import legs_of
from homeward.node.actions.overview import overview
from homeward.node.actions.paper import STEPS
from homeward.node.actions.paper_forms import BLANK, FORMS, form_bytes, form_of
from homeward.node.web import paper_acts, words
from homeward.node.web.paper_acts import At, Open, at_side, open_steps
from homeward.node.web.policy import not_yours, page

FORM_TITLES = {
    "wanted": _("The wanted list"),
    "final": _("The final list"),
    "throws": _("The throws of a die"),
    "answer": _("Answers to a wanted list"),
    "reply": _("Replies to remarks"),
    "accept": _("The plan, to be read"),
    "check-in": _("The count at the crossing"),
}
"""Form → its heading."""

_OVER = ("closed", "aborted")
_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@page("case-paper")
def paper(request: HttpRequest, case: str, party: str) -> HttpResponse:
    """Show one side on paper."""
    at = at_side(request, case, party)
    view = overview(at.node, now=timezone.now())
    owed = {
        Open(step=step.act, leg=step.leg)
        for step in view.steps
        if step.kind == "case.paper" and step.case == case and step.party == party
    }
    waiting = [e for e in at.state.waiting if e.entry.author == party]
    context = {
        "case": case,
        "party": party,
        "state": words.STATES[at.state.state],
        "is_over": at.state.state in _OVER,
        "unsigned": words.of_unsigned({party: unsigned_of(at.state, party)}),
        "waits": [words.of_waiting(each.entry.type) for each in waiting],
        "steps": [_step(at, each, is_owed=each in owed) for each in open_steps(at)],
        "forms": [] if at.state.state in _OVER else list(_forms(at)),
        "came": [
            {
                "what": words.PAPERS[each.entry.type],
                "number": each.index,
                "at": each.paper.received_at,
                "sheets": each.paper.sheets,
            }
            for each in at.state.papers
            if each.entry.author == party and each.paper is not None
        ],
    }
    return render(request, "paper.html", context)


@page("case-paper")
def paper_act(request: HttpRequest, case: str, party: str, act: str) -> HttpResponse:
    """Enter one step of a side on paper."""
    return paper_acts.act_page(request, case, party, act)


@page("case-paper")
def paper_form(request: HttpRequest, case: str, party: str, form: str) -> HttpResponse:
    """Give a form as a file, to be printed and filled in."""
    at = at_side(request, case, party)
    about, ending = request.GET.get("about", ""), request.GET.get("as", "xlsx")
    if ending not in _KINDS or (form not in BLANK and (form, about) not in set(_fillable(at))):
        raise not_yours()
    actor = request.user.get_username()
    found = form_of(at.node, case, party, form, about=about, now=timezone.now(), actor=actor)
    answer = HttpResponse(form_bytes(found, as_xlsx=ending == "xlsx"), content_type=_KINDS[ending])
    answer["Content-Disposition"] = f'attachment; filename="{form}-{party}.{ending}"'
    return answer


def _step(at: At, each: Open, *, is_owed: bool) -> dict[str, Any]:
    address = reverse("paper-act", args=[at.state.case, at.party, each.step])
    return {
        "what": words.PAPERS[STEPS[each.step][0]],
        "leg": words.of_leg(each.leg) if each.leg else "",
        "address": f"{address}?{urlencode({'leg': each.leg})}" if each.leg else address,
        "is_owed": is_owed,
    }


def _forms(at: At) -> Iterator[dict[str, Any]]:
    """Yield every form that this side can fill in now, with the addresses of its files."""
    for form, about in (*((name, "") for name in BLANK), *_fillable(at)):
        address = reverse("paper-form", args=[at.state.case, at.party, form])
        yield {
            "title": FORM_TITLES[form],
            "about": words.of_leg(parse_flow(about)) if form == "check-in" else about,
            "files": [
                (kind.upper(), f"{address}?{urlencode({'about': about, 'as': kind})}")
                for kind in _KINDS
            ],
        }


def _fillable(at: At) -> Iterator[tuple[str, str]]:
    """Yield the forms that have rows now, and the party or leg that each is about."""
    state = at.state
    for asker, holder in state.wanted:
        if holder == at.party and (holder, asker) not in state.answers:
            yield "answer", asker
    for author, to in state.open_remarks:
        if to == at.party:
            yield "reply", author
    if state.state == "proposed" and at.party in state.final_lists:
        yield "accept", ""
    for leg in legs_of(at.node, state.case) if state.handover else ():
        if leg.counts.leg.home == at.party and leg.concerned("check-in"):
            yield "check-in", str(leg.counts.leg)


_STEPS, _FORMS = "|".join(STEPS), "|".join(FORMS)
_SIDE = r"^cases/(?P<case>[^/]+)/paper/(?P<party>[^/]+)"

PATTERNS = [
    path("cases/<str:case>/paper/<str:party>", paper, name="paper"),
    re_path(rf"{_SIDE}/enter/(?P<act>{_STEPS})$", paper_act, name="paper-act"),
    re_path(rf"{_SIDE}/form/(?P<form>{_FORMS})$", paper_form, name="paper-form"),
]
