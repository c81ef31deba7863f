"""The first page: what to do next, and where everything stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone

from homeward.node import book
from homeward.node.actions.overview import overview
from homeward.node.models import LogHead
from homeward.node.web import guide
from homeward.node.web.current import current_node
from homeward.node.web.pages.cases import case_row
from homeward.node.web.pages.jobs import running
from homeward.node.web.pages.ledger import lines
from homeward.node.web.policy import may_see, page, roles_of
from homeward.node.web.steps import rows_of

_LATEST = 10


@page("home")
def home(request: HttpRequest) -> HttpResponse:
    """Show the next steps, the work that goes on, the cases and the latest entries."""
    node = current_node()
    view = overview(node, now=timezone.now())
    roles = roles_of(request.user)
    steps = rows_of(node, view.steps, roles)
    latest = lines(book.read_book(node))[:_LATEST] if view.log else []
    context = {
        "view": view,
        "steps": steps,
        "looks_again": bool(view.log) and steps[0].by_itself,
        "jobs": running(request),
        "guide": guide.of(node, view),
        "cases": [case_row(node, case, view.steps) for case in reversed(view.cases)],
        "latest": latest,
        "sees_people": may_see(roles, "people"),
        "sees_carry": may_see(roles, "carry"),
    }
    return render(request, "home.html", context)


@page("home")
def arrived(request: HttpRequest) -> HttpResponse:
    """Give the first page anew, if the ledger has not the size any more that it shows."""
    if "HX-Request" not in request.headers:  # after signing in anew: a person, not the page
        return redirect("home")
    head = LogHead.objects.filter(origin=book.log_of(current_node()).name).first()
    if head is not None and request.GET.get("size") == str(head.size):
        return HttpResponse(status=204)
    answer: HttpResponse = home(request)
    return answer


@page("health")
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Say that the node is open and answers."""
    current_node()
    return HttpResponse("ok\n", content_type="text/plain")


PATTERNS = [
    path("", home, name="home"),
    path("arrived", arrived, name="arrived"),
    path("health", health, name="health"),
]
