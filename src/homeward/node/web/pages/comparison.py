# mypy: disallow-untyped-decorators=False
# Django ships no types, so its decorators are untyped to the type checker.
"""Statements on one exchange beside one another, and the talks around it.

Rules of this file:
- Reviewed rows alone stand here, each figure with who gave it.
- A format of talks is shown with the words that decide it. One that is possible can become the
  draft of an agreement; nothing is tabled from here.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from homeward.node import book
from homeward.node.actions import comparison as acts
from homeward.node.actions.desk import Text
from homeward.node.web import dates, history_words
from homeward.node.web import statement_words as said
from homeward.node.web.current import current_node
from homeward.node.web.pages.cases import DRAFT_KEY
from homeward.node.web.pages.statements import exchange_line
from homeward.node.web.policy import may_see, not_yours, page, roles_of
from homeward.report.exchanges import differences
from homeward.statements import FactVerdict
from homeward.talks.table import Judged, Table


@page("statements")
def comparison(request: HttpRequest, key: str) -> HttpResponse:
    """Show who says what of an exchange, who left out what, and which talks are possible."""
    node = current_node()
    exchange = acts.exchange_of(node, key)
    texts, facts = acts.compare(node, exchange)
    table = acts.talks_of(exchange, texts)
    context = {
        "exchange": exchange_line(exchange),
        "address": _address(request, exchange),
        "is_case": exchange.is_case,
        "has_record": exchange.record is not None,
        "texts": [_text(each) for each in texts],
        "waiting": sum(each.waiting for each in texts),
        "facts": [_fact(each, facts) for each in facts],
        "differences": [
            history_words.of_difference(each) for each in differences(exchange.recorded)
        ]
        if exchange.recorded
        else [],
        "may_open": may_see(roles_of(request.user), "case-open") and book.sequences(node),
        **(_talks(table, texts) if table else {}),
    }
    return render(request, "comparison.html", context)


def open_case(request: HttpRequest, key: str) -> HttpResponse:
    """Write the draft of an agreement for a format that is possible, and go on to table it."""
    node = current_node()
    exchange = acts.exchange_of(node, key)
    texts, _ = acts.compare(node, exchange)
    table = acts.talks_of(exchange, texts)
    given = request.POST.get("format", "")
    number = int(given) if given.isdecimal() and len(given) < 3 else 0
    if table is None or not 0 < number <= len(table.formats):
        raise not_yours()
    asked = table.formats[number - 1].format
    request.session[DRAFT_KEY] = acts.draft_of(node, asked, now=timezone.now())
    return redirect("case-open")


def _address(request: HttpRequest, exchange: acts.Exchange) -> str:
    if not exchange.is_case:
        return str(reverse("history-exchange", args=[exchange.name]))
    may = may_see(roles_of(request.user), "case")
    return reverse("case", args=[exchange.name]) if may else ""


def _text(text: Text) -> dict[str, Any]:
    return {
        "id": text.id,
        "title": text.title,
        "published": dates.of_day(text.published_on),
        "chip": said.review_of(len(text.rows), text.waiting),
    }


def _fact(found: FactVerdict, others: tuple[FactVerdict, ...]) -> dict[str, Any]:
    differs = found.verdict == "differs_in_category"
    return {
        "fact": said.of_fact(found),
        "said": said.said(each.claim for each in found.claims),
        "sum": said.sum_of(found, others) if differs else "",
    }


def _talks(table: Table, texts: list[Text]) -> dict[str, Any]:
    spoken = [each for each in table.formats if each.verdict != "unknown" or each.because]
    languages = {text.id: text.language for text in texts}
    return {
        "formats": [_format(each, table, languages) for each in spoken],
        "silent": [_named(each) for each in table.formats if each not in spoken],
        "circles": [
            tuple(said.of_party(wait.waits) for wait in circle) for circle in table.circular_waits
        ],
    }


def _named(judged: Judged) -> str:
    shown = said.of_format(judged.format)
    return f"{shown['level']}, {shown['mode']}"


def _format(judged: Judged, table: Table, languages: dict[str, str]) -> dict[str, Any]:
    is_possible = judged.verdict == "feasible"
    return {
        "format": said.of_format(judged.format),
        "chip": said.OPEN[judged.verdict],
        "in_use": judged.in_use,
        "is_best": judged == table.recommended,
        "because": [
            (
                said.of_source(each.actor),
                said.STANCES[each.stance],
                each.quote,
                languages[each.document],
                each.document,
            )
            for each in judged.because
        ],
        "unblock": [
            [(said.of_party(act.by), said.of_act(act)) for act in several]
            for several in judged.unblock
        ],
        "number": table.formats.index(judged) + 1 if is_possible else 0,
    }


PATTERNS = [
    path("statements/on/<str:key>", comparison, name="comparison"),
    path(
        "statements/on/<str:key>/case",
        page("case-open")(require_POST(open_case)),
        name="comparison-case",
    ),
]
