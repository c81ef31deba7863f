"""Every component on one page, for those who build pages; in simulations only."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from homeward.node.web import guide
from homeward.node.web.current import current_node
from homeward.node.web.pages.imports import STEPS
from homeward.node.web.policy import not_yours, page
from homeward.node.web.terms_words import STATUS

_SHOWN: Mapping[str, Any] = {
    "steps": [
        {"sentence": _("Read in the list of those you hold."), "address": "#next"}
        | {"kind": "import", "command": "import held HELD.csv"},
        {"sentence": _("Read in the list of those you miss."), "roles": [_("caseworker")]}
        | {"command": "import wanted WANTED.csv"},
    ],
    "wizard": [
        (words, "done" if number < 2 else "now" if number == 2 else "later")
        for number, (_name, words) in enumerate(STEPS)
    ],
    "guide": SimpleNamespace(
        case="exchange-0",
        is_over=False,
        by_itself=True,
        steps=[
            SimpleNamespace(
                text=words,
                status="done" if number < 2 else "now" if number == 2 else "later",
                places=(("AE", "#guide"),),
            )
            for number, (words, _role) in enumerate(guide.STEPS)
        ],
    ),
    "verdicts": list(STATUS.values()),
    "roll": [
        ("a1b2c3d4", "Шевченко Іван Петрович", "yes"),
        ("b2c3d4e5", "Smirnov Pavel", "no"),
        ("c3d4e5f6", "سالم حسن", ""),
    ],
    "choices": [("yes", _("here")), ("no", _("missing"))],
    "voice": ["7f95", "1ab4", "4fef", "b6ff", "5317", "7abf", "ae06", "b378"],
    "bands": [("one", "RU"), ("two", "UA"), ("mediator", "AE")],
    "clauses": [
        ("en", "ltr", "Nobody travels against their will."),
        ("uk", "ltr", "Ніхто не їде проти своєї волі."),
        ("ru", "ltr", "Никто не едет против своей воли."),
        ("ar", "rtl", "لا يسافر أحد رغما عنه."),
    ],
}


@page("design")
def design(request: HttpRequest) -> HttpResponse:
    """Show every component with invented content."""
    if not current_node().about.simulation:
        raise not_yours()
    return render(request, "design.html", dict(_SHOWN))


PATTERNS = [
    path("design", design, name="design"),
]
