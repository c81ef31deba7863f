"""Every component on one page, for those who build pages; in simulations only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from homeward.node.web.current import current_node
from homeward.node.web.policy import not_yours, page


@page("design")
def design(request: HttpRequest) -> HttpResponse:
    """Show every component with invented content."""
    if not current_node().about.simulation:
        raise not_yours()
    return render(request, "design.html")


PATTERNS = [
    path("design", design, name="design"),
]
