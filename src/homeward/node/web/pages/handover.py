"""The handover of a case: how far both legs are, and what this node does next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, re_path, reverse
from django.utils import timezone

from homeward.foundation.errors import TurnError
from homeward.negotiation.on_paper import unsigned_of
from homeward.node import book
from homeward.node.actions.handover import GateView, LegView, gates_of, legs_of
from homeward.node.actions.overview import overview
from homeward.node.actions.report import sheet_of
from homeward.node.home import Node
from homeward.node.web import guide, words
from homeward.node.web.current import current_node
from homeward.node.web.handover_acts import ACTS, act_page, gate_facts
from homeward.node.web.handover_people import STAGE_TITLES
from homeward.node.web.policy import may_see, page, roles_of
from homeward.node.web.rollcall import Called

_NO_PLAN = "handover.no_plan"


@page("handover")
def handover(request: HttpRequest, case: str) -> HttpResponse:
    """Show both legs, who is missing, and what this node does next."""
    node = current_node()
    state = book.case_of(book.read_ahead(node), case)
    try:
        legs = legs_of(node, case)
    except TurnError as error:
        if error.code != _NO_PLAN:
            raise
        legs = ()
    view = overview(node)
    roles = roles_of(request.user)
    steps = list(_next(view.steps, case, roles))
    offered = {(step["act"], step["leg"]) for step in steps}
    context = {
        "case": case,
        "state": words.STATES[state.state],
        "turn": next(
            (
                words.of_turn(c, node.party, is_ours=bool(steps))
                for c in view.cases
                if c.case == case
            ),
            "",
        ),
        "ours": bool(steps),
        "unsigned": words.of_unsigned(
            {party: unsigned_of(state, party) for party in state.on_paper}
        ),
        "is_over": state.state in ("closed", "aborted"),
        "steps": steps,
        "guide": None if steps else guide.of(node, view, case=case),
        "others": [
            o for o in _others(node, legs, case, roles) if (o["act"], o["leg"]) not in offered
        ],
        "gates": [_gate(each) for each in (gates_of(node, case) if legs else ())],
        "legs": [_shown(request, node, case, leg) for leg in legs],
    }
    return render(request, "handover.html", context)


@page("handover-mediator")
def mediator_act(request: HttpRequest, case: str, act: str) -> HttpResponse:
    """Do what the mediator does in a handover."""
    return act_page(request, case, act)


@page("handover-party")
def party_act(request: HttpRequest, case: str, act: str) -> HttpResponse:
    """Do what a holder or a home party does in a handover."""
    return act_page(request, case, act)


def _next(steps: Any, case: str, roles: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Yield the next steps of this handover: what they do, and who may do them."""
    for step in steps:
        act = step.kind.removeprefix("handover.")
        if step.case != case or act not in ACTS:
            continue
        row = ACTS[act].row
        yield {
            "act": act,
            "leg": step.leg,
            "title": STAGE_TITLES["last_stop"]
            if "--last-stop" in step.command
            else ACTS[act].title,
            "address": _address(case, act, step.leg) if may_see(roles, row) else "",
        }


def _others(
    node: Node, legs: tuple[LegView, ...], case: str, roles: frozenset[str]
) -> Iterator[dict[str, Any]]:
    """Yield what may be done besides: people can leave a leg at any time, for instance."""
    for leg in legs:
        for name, act in ACTS.items():
            if (
                act.is_anytime
                and act.is_ours(node, leg)
                and may_see(roles, act.row)
                and leg.concerned(name)
            ):
                flow = str(leg.counts.leg)
                yield {
                    "act": name,
                    "leg": flow,
                    "title": act.title,
                    "address": _address(case, name, flow),
                }


def _address(case: str, act: str, leg: str) -> str:
    query = f"?{urlencode({'leg': leg})}" if leg else ""
    return f"{reverse('handover-act', args=[case, act])}{query}"


def _shown(request: HttpRequest, node: Node, case: str, leg: LegView) -> dict[str, Any]:
    counts, roles = leg.counts, roles_of(request.user)
    flow = str(counts.leg)
    reached, base, meaning = _big_count(leg)
    has_names = may_see(roles, "handover-party") and node.party in (
        counts.leg.holder,
        counts.leg.home,
    )
    names: dict[str, str] = {}
    if leg.missing and has_names:
        actor = request.user.get_username()
        rows = sheet_of(node, case, flow, now=timezone.now(), actor=actor)
        names = {captive: name for captive, name, _ in rows}
    return {
        "leg": flow,
        "holder": counts.leg.holder,
        "home": counts.leg.home,
        "reached": reached,
        "base": base,
        "meaning": meaning,
        "stages": _stages(leg),
        "missing": [Called(captive=each, name=names.get(each, "")) for each in leg.missing],
        "query": urlencode({"leg": flow}),
        "has_manifest": bool(counts.on_manifest) and has_names,
        "has_receipt": bool(counts.home) and may_see(roles, "papers"),
    }


def _gate(gate: GateView) -> dict[str, Any]:
    return {
        "clause": gate.clause,
        "sentence": gate_facts(gate),
        "by": gate.confirmed_by,
        "is_confirmed": gate.is_confirmed,
    }


def _big_count(leg: LegView) -> tuple[int, int, Any]:
    """Return the one count that matters now, of how many, and what it counts."""
    counts = leg.counts
    for reached, base, meaning in (
        (counts.home, counts.planned, words.STAGES["home"]),
        (counts.checked_in, counts.departed, words.STAGES["checked_in"]),
        (counts.departed, counts.on_manifest, words.STAGES["departed"]),
        (counts.on_manifest, counts.planned, words.STAGES["on_manifest"]),
    ):
        if reached:
            return reached, base, meaning
    return counts.wills_recorded, counts.planned, words.STAGES["wills_recorded"]


def _stages(leg: LegView) -> list[dict[str, Any]]:
    """Return the stages of a leg in order: words, how many came that far, done or not."""
    counts = leg.counts
    numbers = {
        "wills_recorded": counts.wills_recorded,
        "on_manifest": counts.on_manifest,
        "departed": counts.departed,
        "checked_in": counts.checked_in,
        **({"stopped": counts.stopped} if leg.has_stops else {}),
        "asked_again": leg.asked_again,
        "home": counts.home,
        "receipted": leg.receipted,
    }
    latest = max((i for i, number in enumerate(numbers.values()) if number), default=-1)
    return [
        {
            "text": words.STAGES[name],
            "count": number,
            "place": "done" if i < latest else "now" if i == latest else "later",
        }
        for i, (name, number) in enumerate(numbers.items())
    ]


def _acts(row: str) -> str:
    return "|".join(name for name, act in ACTS.items() if act.row == row)


_ACT = r"^cases/(?P<case>[^/]+)/handover/(?P<act>{})$"

PATTERNS = [
    path("cases/<str:case>/handover", handover, name="handover"),
    re_path(_ACT.format(_acts("handover-mediator")), mediator_act, name="handover-act"),
    re_path(_ACT.format(_acts("handover-party")), party_act, name="handover-act"),
]
