# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""Captives of whom a Power, or an observer, was told: who is overdue, telling, and what came.

Rules of this file:
- It stands beside the bargain: nobody's turn depends on it, and it is open until the case ends.
- The page has counts alone. Names are in the file that the reader of a notification downloads.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.foundation.errors import TurnError
from homeward.negotiation import CaseState
from homeward.negotiation.state import UNFINISHED
from homeward.node import book
from homeward.node.actions.line_sheets import write_lines
from homeward.node.actions.notify import TOLD, notified_rows, overdue
from homeward.node.home import Node
from homeward.node.web import words
from homeward.node.web.acting import Deed, deed
from homeward.node.web.current import current_node
from homeward.node.web.dates import of_day
from homeward.node.web.pages.jobs import begin
from homeward.node.web.policy import may_see, not_yours, page, roles_of


@page("notices")
def notices(request: HttpRequest, case: str) -> HttpResponse:
    """Show who was told of whose captives, in counts, and who is overdue."""
    node = current_node()
    log = book.read_ahead(node)
    state, roles = book.case_of(log, case), roles_of(request.user)
    late = overdue(node, log, case, now=timezone.now())
    context = {
        "case": case,
        "state": words.STATES[state.state],
        "is_over": state.state not in UNFINISHED,
        "ours": list(_ours(node, state, late, may_tell=may_see(roles, "case-lists"))),
        "told": list(_told(node, state, may_read=may_see(roles, "room-lines"))),
    }
    return render(request, "notices.html", context)


@page("case-lists")
def notice(request: HttpRequest, case: str) -> HttpResponse:
    """Tell one reader whom we have captured, of whom it was not told."""
    node = current_node()
    log = book.read_ahead(node)
    state, to = book.case_of(log, case), request.GET.get("to", "")
    if to not in _readers(node, state):
        raise not_yours()
    if state.state not in UNFINISHED:
        raise TurnError(
            "web.case_act",
            f"Expected a case that allows this act of {node.party} now, found one that does not.",
            hint="The page of the case says whose turn it is and for what.",
            facts={"party": node.party},
        )
    late = overdue(node, log, case, now=timezone.now())
    facts: list[tuple[object, object]] = [
        (_("Case"), words.set_apart("{case}", case=case)),
        (_("Goes to"), words.set_apart("{party}", party=to)),
        (_("Told of before, in this case"), _count(state, node.party, to)),
    ]
    if to in state.parties:
        facts.append((_("Captured more than a week ago and not told of"), late.get(to, 0)))
    return deed(
        request,
        Deed(
            title=gettext("Tell of captives"),
            facts=[
                *facts,
                (_("What it says"), _("Who they are, and when and where they were captured.")),
            ],
            warning=gettext(
                "It names everybody on your held list of whom this reader was not told yet, sealed "
                "to this reader alone. Nothing of health or of the place where somebody is held "
                "goes with it. The ledger gets a number and a hash."
            ),
            button=gettext("Tell of them"),
            back=reverse("notices", args=[case]),
            act=lambda _form: begin(request, "case.notify", {"case": case, "to": to}),
        ),
    )


@page("room-lines")
def notified(request: HttpRequest, case: str) -> HttpResponse:
    """Give the people of whom a holder told us, as a sheet."""
    node = current_node()
    state, by = book.case_of(book.read_ahead(node), case), request.GET.get("by", "")
    if not _count(state, by, node.party):
        raise not_yours()
    rows = notified_rows(node, case, by, now=timezone.now(), actor=request.user.get_username())
    answer = HttpResponse(write_lines(("ref", *TOLD), rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="notified-by-{by}.csv"'
    return answer


def _readers(node: Node, state: CaseState) -> tuple[str, ...]:
    """Return whom this node can tell: other parties and observers, if it is a party itself."""
    if node.about.role != "bureau" or node.party not in state.parties:
        return ()
    return tuple(each for each in (*state.parties, *state.observers) if each != node.party)


def _count(state: CaseState, by: str, to: str) -> int:
    return sum(each.count for each in state.notified.get((by, to), ()))


def _ours(
    node: Node, state: CaseState, late: dict[str, int], *, may_tell: bool
) -> Iterator[dict[str, Any]]:
    """Yield each reader whom we can tell: how many it was told of, and how many are overdue."""
    is_open = state.state in UNFINISHED
    for to in _readers(node, state):
        address = f"{reverse('notice', args=[state.case])}?{urlencode({'to': to})}"
        yield {
            "to": to,
            "count": _count(state, node.party, to),
            "overdue": late.get(to, 0),
            "is_owed": to in state.parties,
            "address": address if may_tell and is_open else "",
        }


def _told(node: Node, state: CaseState, *, may_read: bool) -> Iterator[dict[str, Any]]:
    """Yield every notification of the case; those to us with the address of their people."""
    for (by, to), told in sorted(state.notified.items()):
        address = f"{reverse('notified', args=[state.case])}?{urlencode({'by': by})}"
        for each in told:
            yield {
                "by": by,
                "to": to,
                "number": each.index,
                "count": each.count,
                "as_of": of_day(dt.date.fromisoformat(each.as_of)),
                "address": address if may_read and to == node.party else "",
            }


PATTERNS = [
    path("cases/<str:case>/notices", notices, name="notices"),
    path("cases/<str:case>/notices/tell", notice, name="notice"),
    path("cases/<str:case>/notices/people", notified, name="notified"),
]
