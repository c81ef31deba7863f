"""The record of real exchanges: figures, charts, one page each, files and a feed, for everybody."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language, gettext

from homeward.foundation.dates import parse_date
from homeward.foundation.ids import PartyCode
from homeward.node.web import dates, history_charts, history_words
from homeward.node.web.bars import Bar, bars
from homeward.node.web.policy import may_see, not_yours, page, roles_of
from homeward.report.checksums import by_speaker
from homeward.report.exchanges import OTHER, PARTIES, Difference, Exchange, Figure, differences
from homeward.report.history import (
    NOBODY,
    History,
    Query,
    by_mediator,
    compared,
    read_history,
    select,
    steps,
    sums,
)
from homeward.report.history_files import as_csv, as_document

_ASKED = ("from", "to", "party", "mediator", "differing")


@page("history")
def history(request: HttpRequest) -> HttpResponse:
    """List real exchanges, with sums and charts of those that were asked for."""
    record = read_history()
    query = _query(request)
    found = select(record.exchanges, query)
    asked = {name: request.GET.get(name, "") for name in _ASKED}
    days = {"from": query.first, "to": query.last}  # a field for a day shows no month or year
    context = {
        "asked": {**asked, **{name: day.isoformat() if day else "" for name, day in days.items()}},
        "given": urlencode({name: value for name, value in asked.items() if value}),
        "parties": [(code, history_words.of_country(code)) for code in PARTIES],
        "mediators": [
            (each.mediator, history_words.of_country(each.mediator))
            for each in by_mediator(record.exchanges)
        ],
        "count": len(found),
        "complete_to": record.complete_to,
        "sums": [(history_words.of_country(each.home), each) for each in sums(found)],
        "rows": [_row(record, each, found) for each in found],
        "checks": _checks(record),
        "remains": [_row(record, each, ()) for each in record.remains],
        **(_charts(record, found) if len({each.on for each in found}) > 1 else {}),
    }
    return render(request, "history.html", context)


@page("history")
def history_exchange(request: HttpRequest, exchange: str) -> HttpResponse:
    """Show one exchange: its figures, who said them where, and what explains a difference."""
    record = read_history()
    found = record.exchange(exchange)
    if found is None:
        raise not_yours()
    place = record.exchanges.index(found)
    around = record.exchanges
    context = {
        "exchange": found,
        "day": dates.when(found.on),
        "figures": [
            {
                "home": _home(figure),
                "by": history_words.of_speaker(figure.by),
                "figure": figure,
                "sources": [found.sources.index(source) + 1 for source in figure.sources],
            }
            for figure in found.figures
        ],
        "sides": [_side(found, home) for home in PARTIES],
        "differences": [_difference(each) for each in differences(found)],
        "mediators": [
            (
                history_words.of_country(each.party),
                [history_words.of_country(by) for by in each.by],
            )
            for each in found.mediators
        ],
        "stops": [
            (
                history_words.of_country(stop.country),
                history_words.of_country(stop.home) if stop.home else "",
                [history_words.of_country(by) for by in stop.by],
            )
            for stop in found.stops
        ],
        "remarks": history_words.of_remarks(found),
        "sources": [(each, urlsplit(each).hostname or each) for each in found.sources],
        "about": f"history:{found.id}" if may_see(roles_of(request.user), "statements") else "",
        "before": around[place - 1] if place else None,
        "after": around[place + 1] if place + 1 < len(around) else None,
    }
    return render(request, "history_exchange.html", context)


@page("history")
def history_csv(request: HttpRequest) -> HttpResponse:
    """Give the figures that were asked for as CSV; its second row are the tags of HXL."""
    text = as_csv(select(read_history().exchanges, _query(request)))
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="exchanges.csv"'
    return answer


@page("history")
def history_json(request: HttpRequest) -> HttpResponse:
    """Give everything that the page shows as JSON."""
    record = read_history()
    document = as_document(record, select(record.exchanges, _query(request)))
    data = json.dumps(document, ensure_ascii=False, indent=1).encode()
    return HttpResponse(data, content_type="application/json")


@page("history")
def history_atom(request: HttpRequest) -> HttpResponse:
    """Give the exchanges that were asked for as a feed, the newest first."""
    found = select(read_history().exchanges, _query(request))
    feed = Atom1Feed(
        title=gettext("Exchanges between Ukraine and Russia"),
        link=request.build_absolute_uri(reverse("history")),
        feed_url=request.build_absolute_uri(),
        description="",
        language=get_language(),
        author_name="Homeward",
    )
    for each in reversed(found):
        address = request.build_absolute_uri(reverse("history-exchange", args=[each.id]))
        at = dt.datetime.combine(each.on.latest, dt.time(), dt.UTC)
        said = [
            f"{history_words.of_country(home)}: {_people(each, home)}"
            for home in PARTIES
            if each.figure(home)
        ]
        if not said and each.figures:
            people = each.figures[0].people
            said = [gettext("both directions together: %(count)s") % {"count": people}]
        remarks = [history_words.of_difference(d) for d in differences(each)]
        feed.add_item(
            title=dates.when(each.on),
            link=address,
            unique_id=address,
            pubdate=at,
            updateddate=at,
            description=" · ".join([*said, *remarks, *history_words.of_remarks(each)])
            or gettext("Nobody gave a number."),
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml")


def _query(request: HttpRequest) -> Query:
    """Return what an address asks for. Raises `InputError` if a date is none."""
    given = {name: request.GET.get(name, "").strip() for name in _ASKED}
    return Query(
        first=parse_date(given["from"]).earliest if given["from"] else None,
        last=parse_date(given["to"]).latest if given["to"] else None,
        party=given["party"] or None,
        mediator=given["mediator"] or None,
        differing=bool(given["differing"]),
    )


def _row(record: History, each: Exchange, found: Sequence[Exchange]) -> dict[str, Any]:
    """Return what the list says of an exchange, or of a return of remains."""
    return {
        "exchange": each,
        "day": dates.when(each.on),
        "said": [
            [
                (figure.people if figure else None, figure.is_about if figure else False)
                for figure in (each.said(home, home), each.said(home, OTHER[home]))
            ]
            for home in PARTIES
        ],
        "together": next((figure.people for figure in each.figures if figure.home is None), None),
        "mediators": [history_words.of_country(m.party) for m in each.mediators],
        "differs": any(True for _ in differences(each)),
        "remarks": history_words.of_remarks(each),
        "in_record": bool(found) and record.exchange(each.id) is not None,
    }


def _charts(record: History, found: Sequence[Exchange]) -> dict[str, Any]:
    """Return the charts of several exchanges, and what the tables under them need."""
    taken = steps(found, complete_to=record.complete_to)
    mediated = by_mediator(found)
    return {
        "per_exchange": history_charts.per_exchange(found),
        "cumulative": history_charts.cumulative(taken),
        "days": history_charts.days_between(taken),
        "longest": max(taken, key=lambda step: step.days_since or 0),
        "steps": [
            (dates.when(step.exchange.on), [step.home[home] for home in PARTIES], step.days_since)
            for step in taken
        ],
        "lines": [history_words.of_country(home) for home in PARTIES],
        "mediated": [(history_words.of_country(each.mediator), each) for each in mediated],
        "mediator_bars": bars(
            [
                Bar(
                    label=history_words.of_country(each.mediator),
                    value=each.people,
                    party="none" if each.mediator == NOBODY else "mediator",
                )
                for each in mediated
            ]
        ),
        "compared": [_compared(found, home) for home in PARTIES],
        "chart": {
            "width": history_charts.WIDTH,
            "height": history_charts.HEIGHT,
            "middle": history_charts.MIDDLE,
            "floor": history_charts.FLOOR,
        },
    }


def _compared(found: Sequence[Exchange], home: PartyCode) -> dict[str, Any]:
    """Hold each side's figures of one direction against the other's."""
    count, differ = compared(found, home)
    drawn, rows = [], []
    for each in differ:
        figures = [(party, each.said(home, party)) for party in (home, OTHER[home])]
        known = [(party, figure) for party, figure in figures if figure is not None]
        day = dates.when(each.on)
        for party, figure in known:
            name = history_words.of_country(party)
            colour = history_charts.COLOURS[party]
            drawn.append(Bar(label=f"{day} · {name}", value=figure.people, party=colour))
        why = [d for d in differences(each) if d.home == home]
        rows.append(
            (each.id, day, [figure.people for _, figure in known], [_difference(d) for d in why])
        )
    return {
        "home": history_words.of_country(home),
        "order": [history_words.of_country(party) for party in (home, OTHER[home])],
        "both": count,
        "agree": count - len(differ),
        "differ": len(differ),
        "bars": bars(drawn) if drawn else None,
        "rows": rows,
    }


def _checks(record: History) -> list[dict[str, Any]]:
    """Return each speaker's totals, with how many close."""
    found = []
    for party, several in by_speaker(record.checksums()).items():
        judged = [each for each in several if each.verdict != "start"]
        found.append(
            {
                "party": history_words.of_country(party),
                "closes": sum(each.verdict == "closes" for each in judged),
                "of": len(judged),
                "rows": [
                    (
                        dates.when(each.total.on),
                        each,
                        history_words.VERDICTS[each.verdict],
                        history_words.besides(each),
                    )
                    for each in several
                ],
            }
        )
    return found


def _side(exchange: Exchange, home: PartyCode) -> dict[str, Any]:
    """Say of one direction how many speakers gave a number."""
    figures = [exchange.said(home, party) for party in PARTIES]
    known = [figure for figure in figures if figure is not None]
    return {
        "home": history_words.of_country(home),
        "count": len(known),
        "same": len({figure.people for figure in known}) == 1,
        "only": history_words.of_country(known[0].party) if len(known) == 1 else "",
    }


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "home": history_words.of_country(found.home) if found.home else "",
        "gap": found.gap,
        "why": history_words.of_difference(found),
    }


def _home(figure: Figure) -> str:
    return history_words.of_country(figure.home) if figure.home else ""


def _people(exchange: Exchange, home: PartyCode) -> str:
    """Return both sides' figures of one direction, one number where they agree."""
    said = (exchange.said(home, home), exchange.said(home, OTHER[home]))
    return " / ".join(dict.fromkeys(str(figure.people) for figure in said if figure is not None))


PATTERNS = [
    path("history", history, name="history"),
    path("history.csv", history_csv, name="history-csv"),
    path("history.json", history_json, name="history-json"),
    path("history.atom", history_atom, name="history-atom"),
    path("history/<str:exchange>", history_exchange, name="history-exchange"),
]
