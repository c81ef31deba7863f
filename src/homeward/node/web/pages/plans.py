"""The plan of a case, and why one person goes or stays.

Rules of this file:
- Counts below five are ranges, unless two officers allowed more for an hour.
- Why one person goes or stays is shown to the two officers who allowed it, and to nobody
  else; never a score, and never who would be next.
- A bureau sees its own people's references, and of them the columns that its role needs.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from homeward.foundation.canonical import canonical_bytes
from homeward.foundation.dates import PartialDate
from homeward.foundation.errors import AccessError
from homeward.negotiation import whose_turn
from homeward.node import access, book
from homeward.node.access import Reader
from homeward.node.actions import disclosure, plans
from homeward.node.actions.cases import terms_of, terms_text
from homeward.node.actions.disclosure import Look
from homeward.node.actions.overview import overview
from homeward.node.actions.planned import (
    Mover,
    PlanView,
    captive_of,
    leg_of,
    plan_view,
    why_of,
)
from homeward.node.home import utc_text
from homeward.node.web import category_words, columns, dates, terms_words, value_words, words
from homeward.node.web.current import current_node
from homeward.node.web.pages.cases import case_row
from homeward.node.web.policy import columns_of, may_see, not_yours, page, roles_of
from homeward.planning.problem import TIES
from homeward.records.model import HELD
from homeward.report.totals import shown
from homeward.terms.agreement import Agreement

_PAGE_PEOPLE = 50
_WHOLE = "all"  # instead of the number of a page: everybody, to be printed
_SALTED_ID = re.compile(r"[0-9a-f]{32}")
_SHOWN_COLUMNS = ("rank", "status", "health", "article_109", "captured_on")
_CERTIFICATE_KEYS = ("agreement", "terms_sha256", "pool_sha256", "plan_sha256", "certificate")


@page("plan")
def plan(request: HttpRequest, case: str) -> HttpResponse:
    """Show the proposed plan; ask for, or agree to, small numbers."""
    look = Look(act="small_counts", case=case)
    if request.method == "POST":
        return _ask(request, look, reverse("plan", args=[case]))
    node, actor, now = current_node(), request.user.get_username(), timezone.now()
    _require_plan(case)
    is_exact = disclosure.show(node, look, actor=actor, now=now)
    view, around = plan_view(node, case, is_exact=is_exact), overview(node)
    seen = next(each for each in around.cases if each.case == case)
    roles = roles_of(request.user)
    context = {
        "case": case_row(node, seen, around.steps),
        "status": terms_words.STATUS[view.plan["status"]],
        "plan": view.plan,
        "flows": list(_flows(view)),
        "categories": [category_words.CATEGORIES[name] for name in view.categories],
        "sought": list(_sought(view.plan, view.agreement, is_exact=is_exact)),
        "checker": node.party if node.party in view.agreement.parties else min(view.plan["roots"]),
        "exposure": sorted(view.plan["exposure"]["by_party"].items()),
        "findings": [
            terms_words.of_finding(each, is_exact=is_exact) for each in view.plan["legal_findings"]
        ],
        "review": list(_review(view, is_exact=is_exact)),
        "stays": list(_stays(view)),
        "is_exact": is_exact,
        "stage": disclosure.stage(node, look, actor=actor, now=now),
        "asked": _asked(look, now),
        "may_ask": may_see(roles, "why"),
        "may_accept": may_see(roles, "case-binding")
        and "plan_accepted" in _turn(case).get(node.party, ()),
        "has_page": "page" in request.GET,
        **_people(request, view),
    }
    return render(request, "plan.html", context)


@page("plan")
def plan_file(request: HttpRequest, case: str, part: str) -> HttpResponse:  # noqa: ARG001
    """Give the plan, its certificate or its terms as a file."""
    _require_plan(case)
    node = current_node()
    document, _ = plans.plan_of(node, book.case_of(book.read_ahead(node), case))
    if part == "certificate":
        document = {key: document[key] for key in _CERTIFICATE_KEYS}
    data = terms_text(node, case).encode() if part == "terms" else canonical_bytes(document)
    name = "terms.toml" if part == "terms" else f"{part}.json"
    answer = HttpResponse(data, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@page("why")
def why_about(request: HttpRequest, case: str) -> HttpResponse:
    """Lead from a reference or a salted id to the page about that person."""
    text = request.POST.get("person", "").strip()
    _require_plan(case)
    try:
        captive = captive_of(current_node(), case, text)
    except AccessError:
        captive = text
    if not _SALTED_ID.fullmatch(captive):  # what was typed could be a name: no address holds it
        messages.warning(request, gettext("Nobody of this case has this reference or id."))
        return redirect("plan", case=case)
    return redirect("why", case=case, captive=captive)


@page("why")
def why(request: HttpRequest, case: str, captive: str) -> HttpResponse:
    """Show why one person goes or stays, to two officers; ask for it, or agree."""
    _require_plan(case)
    node, actor, now = current_node(), request.user.get_username(), timezone.now()
    look = Look(act="why", case=case, subject=captive)
    standing = why_of(node, case, captive, actor=actor, now=now)
    if request.method == "POST":
        return _ask(request, look, reverse("why", args=[case, captive]))
    context: dict[str, Any] = {
        "case": case,
        "captive": captive,
        "stage": disclosure.stage(node, look, actor=actor, now=now),
        "asked": _asked(look, now),
    }
    if standing is not None:
        document, _ = plans.plan_of(node, book.case_of(book.read_ahead(node), case))
        agreement = terms_of(node, case)
        leg = leg_of(document, captive)
        context |= {
            "leg": words.of_leg(leg) if leg else "",
            "rule": terms_words.RULES[standing.rule],
            "clauses": standing.clauses,
            "categories": [
                (category_words.of_category(name, agreement), terms_words.IN_CATEGORY[said])
                for name, said in standing.categories.items()
            ],
        }
    return render(request, "why.html", context)


def _require_plan(case: str) -> None:
    """Answer a case without a plan as a page that does not exist."""
    state = book.case_of(book.read_ahead(current_node()), case)
    if state.plan is None:
        raise not_yours()


def _ask(request: HttpRequest, look: Look, back: str) -> HttpResponse:
    if not may_see(roles_of(request.user), "why"):
        raise not_yours()
    node, actor, now = current_node(), request.user.get_username(), timezone.now()
    if request.POST.get("do") == "agree":
        disclosure.agree(node, look, actor=actor, now=now)
        said = gettext("You agreed. Both of you see it for one hour.")
    else:
        disclosure.ask(node, look, actor=actor, now=now)
        said = gettext("You asked. Another officer has to agree, from an account of their own.")
    messages.success(request, said)
    return redirect(back)


def _asked(look: Look, now: dt.datetime) -> dict[str, str]:
    """Return who asked for a look that waits for another officer, and when."""
    found = disclosure.waiting(look, now)
    return {"by": found.asked_by, "at": utc_text(found.asked_at)} if found else {}


def _turn(case: str) -> Mapping[str, tuple[str, ...]]:
    return whose_turn(book.case_of(book.read_ahead(current_node()), case))


def _flows(view: PlanView) -> Iterator[dict[str, Any]]:
    for each in view.flows:
        yield {
            "leg": words.of_leg(each.flow),
            "count": each.home,
            "is_told": any(each.categories[name] is not None for name in view.categories),
            "categories": [
                (each.categories[name], category_words.CATEGORIES[name]) for name in view.categories
            ],
        }


def _sought(
    plan: Mapping[str, Any], agreement: Agreement, *, is_exact: bool
) -> Iterator[dict[str, Any]]:
    """Yield what the plan sought, what it reached, and where that is not proved the limit."""
    known = {objective.id: objective for objective in agreement.objectives}
    levels = {level["id"]: level for level in plan["certificate"]["levels"]}
    for stated in plan["objectives"]:
        objective, level = known.get(stated["id"]), levels[stated["id"]]
        if objective is None:
            if stated["id"] == TIES[0]:
                yield {"text": gettext("Ties are drawn by the seed of both sides."), "value": None}
            continue
        limit = level["at_most"] * objective.sense if level.get("unproved") else None
        value: Any = stated["value"]
        if objective.count_of:
            value = shown(value, sum(plan["counts"].values()), public=not is_exact)
        else:
            value = f"{value:,}"
        yield {
            "text": terms_words.of_objective(objective, agreement),
            "value": value,
            "limit": limit,
        }


def _review(view: PlanView, *, is_exact: bool) -> Iterator[tuple[SafeString, Any]]:
    """Yield each category that the lists could not judge of everybody, and of how many."""
    for name, count in sorted(view.plan["review"].items()):
        if name in view.agreement.categories:  # until it is checked, a plan may say anything
            told = category_words.of_category(name, view.agreement)
        else:
            told = words.set_apart("{name}", name=name)
        yield told, shown(count, count, public=not is_exact)


def _stays(view: PlanView) -> Iterator[dict[str, Any]]:
    for holder, counts in view.stays.items():
        rules = [(terms_words.STAYS[rule], count) for rule, count in counts.items()]
        yield {"holder": holder, "rules": rules}


def _people(request: HttpRequest, view: PlanView) -> dict[str, Any]:
    """Return one page of the people who go, with what this reader may see of ours."""
    asked = request.GET.get("page", "1")
    size = max(1, len(view.movers)) if asked == _WHOLE else _PAGE_PEOPLE
    pages = max(1, -(-len(view.movers) // size))
    number = min(max(1, int(asked) if asked.isdecimal() and len(asked) < 6 else 1), pages)
    # Our own people first: they are whom the reader knows.
    movers = sorted(view.movers, key=lambda mover: not mover.ref)
    these = movers[(number - 1) * size : number * size]
    needed = columns_of(roles_of(request.user))
    # Whoever needs no column of a list needs no reference either.
    cells = _cells(request, these, needed) if needed is None or "ref" in needed else {}
    headings = [name for name in _SHOWN_COLUMNS if needed is None or name in needed]
    return {
        "people": [
            {
                "captive": mover.captive,
                "leg": words.of_leg(mover.leg),
                "is_asked": mover.is_asked,
                "is_outside": mover.basis == "article_109",
                "ref": mover.ref if mover.ref in cells else "",
                "cells": [(columns.NAMES[n], c) for n, c in cells.get(mover.ref, ())],
            }
            for mover in these
        ],
        "headings": [columns.NAMES[name] for name in headings] if cells else [],
        "people_count": len(view.movers),
        "page_number": number,
        "page_count": pages,
        "before": f"?{urlencode({'page': number - 1})}#people" if number > 1 else "",
        "after": f"?{urlencode({'page': number + 1})}#people" if number < pages else "",
    }


def _cells(
    request: HttpRequest, movers: list[Mover], needed: frozenset[str] | None
) -> dict[str, list[tuple[str, SafeString | str]]]:
    """Read what this reader may see of our own people who go, by reference."""
    refs = {mover.ref for mover in movers if mover.ref}
    if not refs:
        return {}
    reader = Reader(actor=request.user.get_username(), purpose="plan", now=timezone.now())
    found = {}
    for record in access.some(current_node(), HELD, refs, reader=reader):
        cells = []
        for name in _SHOWN_COLUMNS:
            if needed is None or name in needed:
                value = getattr(record, name)
                if isinstance(value, PartialDate):
                    text = dates.when(value)
                else:
                    text = value_words.VALUES.get(name, {}).get(value or "", value or "")
                cells.append((name, text))
        found[record.ref] = cells
    return found


PATTERNS = [
    path("cases/<str:case>/plan", plan, name="plan"),
    path("cases/<str:case>/plan/plan.json", plan_file, {"part": "plan"}, name="plan-file"),
    path(
        "cases/<str:case>/plan/certificate.json",
        plan_file,
        {"part": "certificate"},
        name="plan-certificate",
    ),
    path("cases/<str:case>/plan/terms.toml", plan_file, {"part": "terms"}, name="plan-terms"),
    path("cases/<str:case>/why", why_about, name="why-about"),
    path("cases/<str:case>/why/<str:captive>", why, name="why"),
]
