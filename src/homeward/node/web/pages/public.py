"""The public record: exchanges in numbers, without a name and without an account."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from homeward.node import book
from homeward.node.actions.communique import public_communique
from homeward.node.actions.record import PublicRecord, public_cases, public_record
from homeward.node.home import Node
from homeward.node.models import LogHead
from homeward.node.web import words
from homeward.node.web.bars import Bar, bars
from homeward.node.web.current import current_node
from homeward.node.web.pages.communique import text_of
from homeward.node.web.policy import page
from homeward.report.totals import CATEGORIES, Category

CATEGORY_WORDS: Mapping[Category, Any] = {
    "wounded": _("seriously wounded or sick"),
    "held_over_two_years": _("held over two years"),
    "women": _("women"),
    "under_25": _("under 25 years"),
    "owed_article_109": _("owed by article 109 without counterpart"),
}
"""Category of the record → its words."""

STAGE_WORDS: Mapping[str, Any] = {
    "plan_accepted": _("the plan was accepted"),
    "departed": _("people departed"),
    "checked_in": _("they were counted at the crossing"),
    "stop_checked": _("a stop on the way"),
    "received": _("people were home"),
    "case_closed": _("the case was closed"),
}
"""Kind of entry → the stage it is in public."""

_HXL = ("#meta+case", "#country+holder", "#country+home", "#indicator+name", "#affected", "#meta")
_COLUMNS = ("case", "holder", "home", "measure", "people", "note")
_SIMULATION = "SIMULATION: the people are invented."
_KEEP_SECONDS = 3600


@page("public")
def public(request: HttpRequest) -> HttpResponse:
    """List the exchanges of which anybody may know."""
    node = current_node()
    records = [_record(node, case) for case in public_cases(node)] if _head(node) else []
    return render(request, "public.html", {"records": records})


@page("public")
def public_case(request: HttpRequest, case: str) -> HttpResponse:
    """Show one exchange in numbers, or that its numbers are withheld."""
    node = current_node()
    record = _record(node, case)
    parties = sorted(record.parties)
    joint = public_communique(node, case, now=timezone.now())
    context = {
        "record": record,
        "mediators": ", ".join(record.mediators),
        "parties": ", ".join(record.parties),
        "unsigned": [
            words.set_apart(_("What {party} says of it was received on paper."), party=party)
            for party in record.on_paper
        ],
        "legs": [{"leg": str(leg.flow)} for leg in record.legs],
        "table": _table(record),
        "stages": [
            (
                STAGE_WORDS[stage.kind],
                dt.date.fromisoformat(stage.first_on),
                dt.date.fromisoformat(stage.last_on),
            )
            for stage in record.stages
        ],
        "chart": bars(
            [
                Bar(
                    label=words.of_leg(leg.flow),
                    value=leg.totals.home,
                    party="one" if parties.index(leg.flow.home) == 0 else "two",
                )
                for leg in record.legs
            ]
        ),
        "communique": text_of(joint) if joint else "",
        "head": _head(node),
        "vkey": book.log_of(node).vkey,
    }
    return render(request, "public_case.html", context)


@page("public")
def public_json(request: HttpRequest, case: str) -> HttpResponse:  # noqa: ARG001
    """Give the same numbers as JSON."""
    node = current_node()
    record, head = _record(node, case), _head(node)
    document = {
        "case": record.case,
        "parties": list(record.parties),
        "mediators": list(record.mediators),
        "received_unsigned": list(record.on_paper),
        "simulation": node.about.simulation,
        "is_over": record.is_over,
        "withheld": record.is_withheld,
        "rows": [dict(zip(_COLUMNS, row, strict=True)) for row in _rows(node, record)],
        "stages": [
            {"stage": stage.kind, "first_on": stage.first_on, "last_on": stage.last_on}
            for stage in record.stages
        ],
        "checkpoint": head.checkpoint if head else None,
        "vkey": book.log_of(node).vkey,
    }
    data = json.dumps(document, ensure_ascii=False, indent=1).encode()
    return HttpResponse(data, content_type="application/json")


@page("public")
def public_csv(request: HttpRequest, case: str) -> HttpResponse:  # noqa: ARG001
    """Give the same numbers as CSV; its second row are the tags of HXL."""
    node = current_node()
    record = _record(node, case)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([_COLUMNS, _HXL, *_rows(node, record)])
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{record.case}.csv"'
    return answer


def _table(record: PublicRecord) -> list[tuple[Any, list[Any]]]:
    """Return the rows of the page's table: words, and a number for each leg."""
    legs = record.legs
    rows: list[tuple[Any, list[Any]]] = [
        (_("Agreed"), [leg.agreed for leg in legs]),
        (_("Home"), [leg.totals.home for leg in legs]),
        *(
            (said, [leg.totals.categories[name] for leg in legs])
            for name, said in CATEGORY_WORDS.items()
        ),
        (_("Days held, the longest"), [leg.totals.days_held_longest for leg in legs]),
        (_("Days held, the median"), [leg.totals.days_held_median for leg in legs]),
    ]
    return [row for row in rows if any(cell is not None for cell in row[1])]


def _rows(node: Node, record: PublicRecord) -> Iterator[tuple[str, ...]]:
    """Yield the table of an exchange; a number that is not shown has no row."""
    mark = _SIMULATION if node.about.simulation else ""
    for leg in record.legs:
        measures = {"agreed": leg.agreed, "home": leg.totals.home}
        measures |= {f"home_{name}": leg.totals.categories[name] for name in CATEGORIES}
        for name, count in measures.items():
            if count is not None:
                flow = leg.flow
                yield record.case, flow.holder, flow.home, name, str(count), mark


def _record(node: Node, case: str) -> PublicRecord:
    """Return the record of a case; it is counted once for each state of the ledger."""
    head = _head(node)
    name = f"public|{node.party}|{bytes(head.root).hex() if head else ''}|{case.encode().hex()}"
    counted = caches["process"]
    found: PublicRecord | None = counted.get(name)
    if found is None:
        found = public_record(node, case)
        counted.set(name, found, _KEEP_SECONDS)
    return found


def _head(node: Node) -> LogHead | None:
    head: LogHead | None = LogHead.objects.filter(origin=book.log_of(node).name).first()
    return head


PATTERNS = [
    path("public", public, name="public"),
    path("public/<str:case>.json", public_json, name="public-json"),
    path("public/<str:case>.csv", public_csv, name="public-csv"),
    path("public/<str:case>", public_case, name="public-case"),
]
