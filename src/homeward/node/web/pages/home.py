"""The first page: what to do next, and where everything stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from homeward.node import book
from homeward.node.actions.overview import overview
from homeward.node.web import words
from homeward.node.web.current import current_node
from homeward.node.web.pages.ledger import lines
from homeward.node.web.policy import page

_LATEST = 10


@page("home")
def home(request: HttpRequest) -> HttpResponse:
    """Show the next steps, the cases and the latest entries."""
    node = current_node()
    view = overview(node)
    steps = [{"sentence": words.of_step(step), "command": step.command} for step in view.steps]
    cases = [
        {
            "case": case.case,
            "state": words.STATES[case.state],
            "turn": words.of_turn(case, node.party),
            "ours": node.party in case.turn,
            "legs": case.legs,
        }
        for case in reversed(view.cases)
    ]
    latest = lines(book.read_book(node))[:_LATEST] if view.log else []
    context = {"view": view, "steps": steps, "cases": cases, "latest": latest}
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
