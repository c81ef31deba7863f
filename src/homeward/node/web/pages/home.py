"""The first page: what to do next, and where everything stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from homeward.node import book
from homeward.node.actions.overview import overview
from homeward.node.web import guide
from homeward.node.web.current import current_node
from homeward.node.web.pages.cases import case_row
from homeward.node.web.pages.jobs import running
from homeward.node.web.pages.ledger import lines
from homeward.node.web.policy import may_see, page, roles_of
from homeward.node.web.steps import row_of

_LATEST = 10


@page("home")
def home(request: HttpRequest) -> HttpResponse:
    """Show the next steps, the work that goes on, the cases and the latest entries."""
    node = current_node()
    view = overview(node)
    roles = roles_of(request.user)
    latest = lines(book.read_book(node))[:_LATEST] if view.log else []
    context = {
        "view": view,
        "steps": [row_of(node, step, roles) for step in view.steps],
        "jobs": running(request),
        "guide": guide.of(node, view),
        "cases": [case_row(node, case, view.steps) for case in reversed(view.cases)],
        "latest": latest,
        "sees_people": may_see(roles, "people"),
        "sees_carry": may_see(roles, "carry"),
    }
    return render(request, "home.html", context)


@page("health")
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Say that the node is open and answers."""
    current_node()
    return HttpResponse("ok\n", content_type="text/plain")


PATTERNS = [
    path("", home, name="home"),
    path("health", health, name="health"),
]
