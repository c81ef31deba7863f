"""The record of real exchanges as JSON and as CSV.

Rules of this file:
- A row of the CSV is one speaker's figure of one direction; the second row are the tags of HXL.
- An exchange of which nobody gave a number has one row without a number, never a zero.
- In the JSON a leg has the keys that a statement's leg has, and its addresses beside them.
- The dead are `remains`, in a list of their own.

Source: HXL 1.1 (hxlstandard.org), hashtags and attributes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from homeward.report.checksums import Checksum
from homeward.report.exchanges import OTHER, Exchange, Figure, differences
from homeward.report.history import History, by_mediator, steps, sums
from homeward.report.history_words import REMARKS

COLUMNS = (
    *("exchange", "date", "home", "holder", "people", "qualifier", "civilians", "unit"),
    *("said_by", "mediators", "sources"),
)
HXL = (
    *("#meta+id", "#date+exchange", "#country+home+code", "#country+holder+code"),
    *("#affected+returned", "#meta+qualifier", "#affected+returned+civilians", "#meta+unit"),
    *("#meta+speaker", "#meta+mediators", "#meta+source"),
)


def as_csv(exchanges: Sequence[Exchange]) -> str:
    """Write figures as CSV with a row of HXL tags.

    Args:
        exchanges: In order.

    Returns:
        The file's text.
    """
    out = io.StringIO()
    csv.writer(out).writerows([COLUMNS, HXL, *_rows(exchanges)])
    return out.getvalue()


def as_document(history: History, exchanges: Sequence[Exchange]) -> dict[str, Any]:
    """Give some exchanges of the record, with sums, as a document for programs.

    Args:
        history: The whole record.
        exchanges: Those that were asked for, in order.

    Returns:
        What becomes one JSON document.
    """
    return {
        "complete_to": history.complete_to.isoformat(),
        "exchanges": [_exchange(each) for each in exchanges],
        "totals": [
            {
                "home": each.home,
                "people": each.people,
                "exchanges_counted": each.counted,
                "exchanges_without_figure": each.uncounted,
                "said": {
                    party: {"people": people, "exchanges": count}
                    for party, (people, count) in each.said.items()
                },
            }
            for each in sums(exchanges)
        ],
        "by_mediator": [
            {
                "mediator": each.mediator,
                "exchanges": each.exchanges,
                "people": each.people,
                "without_number": each.without_number,
            }
            for each in by_mediator(exchanges)
        ],
        "cumulative": [
            {"exchange": each.exchange.id, "home": dict(each.home), "days_since": each.days_since}
            for each in steps(exchanges, complete_to=history.complete_to)
        ],
        "checksums": [_checksum(each) for each in history.checksums()],
        "remains": [_exchange(each) for each in history.remains],
    }


def _rows(exchanges: Sequence[Exchange]) -> Iterator[tuple[object, ...]]:
    for each in exchanges:
        mediators = " ".join(mediation.party for mediation in each.mediators)
        for figure in each.figures:
            yield (
                *(each.id, each.on.text, figure.home or "", _holder(figure) or "", figure.people),
                *(_qualifier(figure), "" if figure.civilians is None else figure.civilians),
                *(_unit(figure), figure.by, mediators, " ".join(figure.sources)),
            )
        if not each.figures:
            unstated = ("", "", "", "unstated", "", "people", "")
            yield (each.id, each.on.text, *unstated, mediators, " ".join(each.sources))


def _exchange(each: Exchange) -> dict[str, Any]:
    return {
        "id": each.id,
        "date": each.on.text,
        "legs": [
            {
                "home": figure.home,
                "holder": _holder(figure),
                "count": figure.people,
                "qualifier": _qualifier(figure),
                "unit": _unit(figure),
                "civilians": figure.civilians,
                "apart": figure.apart,
                "source": figure.by,
                "addresses": list(figure.sources),
            }
            for figure in each.figures
        ],
        "mediators": [{"party": m.party, "named_by": list(m.by)} for m in each.mediators],
        "stops": [
            {"country": stop.country, "home": stop.home, "named_by": list(stop.by)}
            for stop in each.stops
        ],
        "remarks": [{"code": code, "sentence": REMARKS[code]} for code in each.remarks],
        "differences": [
            {
                "home": found.home,
                "one": found.one,
                "other": found.other,
                "other_source": found.other_by,
                "gap": found.gap,
                "why": found.why,
            }
            for found in differences(each)
        ],
        "addresses": list(each.sources),
    }


def _checksum(each: Checksum) -> dict[str, Any]:
    return {
        "source": each.total.by,
        "date": each.total.on.text,
        "counts": each.total.counts,
        "people": each.total.people,
        "since": each.since.isoformat() if each.since else None,
        "rise": each.rise,
        "recorded": each.recorded,
        "gap": each.gap,
        "exchanges": each.exchanges,
        "borrowed": each.borrowed,
        "left_out": each.left_out,
        "without_number": each.without_number,
        "verdict": each.verdict,
        "addresses": list(each.total.sources),
    }


def _holder(figure: Figure) -> str | None:
    return OTHER[figure.home] if figure.home else None


def _qualifier(figure: Figure) -> str:
    return "approx" if figure.is_about else "exact"


def _unit(figure: Figure) -> str:
    return "soldiers" if figure.only_soldiers else "people"
