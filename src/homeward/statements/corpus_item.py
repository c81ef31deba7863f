"""A text and what people reviewed in it, as a test item of the corpus of statements.

Rules of this file:
- The form is that of the corpus: events with legs per source, omissions, positions. Readers are
  measured by it; no rule is made for one text.
- It holds what people confirmed, corrected or added. What they struck out are its traps: what a
  reader must not find.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from homeward.statements.reviewed import Row


def as_item(
    name: str,
    text: str,
    *,
    language: str,
    published_on: dt.date,
    address: str,
    kept: Sequence[Row],
    struck: Sequence[Row],
) -> dict[str, Any]:
    """Write a reviewed text as an item.

    Args:
        name: Of the item.
        text: The whole text.
        language: Of the text.
        published_on: Its day of publication.
        address: Where it was published; empty if that is not known.
        kept: Rows that people confirmed, corrected or added.
        struck: Rows that people struck out.

    Returns:
        Values of JSON, one item.
    """
    roles = list(dict.fromkeys(row.role for row in kept if row.kind not in _BESIDE))
    parties = sorted({party for row in kept for party in (row.home, row.holder) if party})
    return {
        "id": name,
        "lang": language,
        "conflict": "-".join(parties),
        "published": published_on.isoformat(),
        "url": address,
        "kind": "verbatim",
        "text": text,
        "events": [_event(role, [row for row in kept if row.role == role]) for role in roles],
        "omissions": [
            {
                "who": row.source,
                "did_not_mention": text[row.start : row.end],
                "stated_by": "narrator",
            }
            for row in kept
            if row.kind == "omission"
        ],
        "positions": [_position(row) for row in kept if row.kind == "position"],
        "durations": [
            {"what": f"captivity ({row.home})", "days": row.value, "per_source": row.source}
            for row in kept
            if row.kind == "duration"
        ],
        "traps": [
            {"kind": row.kind, "value": row.value, "words": text[row.start : row.end]}
            for row in struck
        ],
    }


_BESIDE = ("omission", "position", "duration")


def _event(role: str, rows: Sequence[Row]) -> dict[str, Any]:
    checks = [row for row in rows if row.kind == "medical_checks"]
    return {
        "role": role,
        "date": next((row.date for row in rows if row.date), None),
        "legs": [
            {
                "home_party": row.home,
                "holder_party": row.holder,
                "count": row.value,
                "qualifier": row.qualifier,
                "unit": row.unit,
                "per_source": row.source,
            }
            for row in rows
            if row.kind == "leg"
        ],
        "mediators": [
            {"name": row.value, "role": "mediator", "per_source": row.source}
            for row in rows
            if row.kind == "mediator"
        ],
        "medical_checks": bool(checks),
        "stops": [{"home": row.home, "country": row.value, "source": row.source} for row in checks],
        "pooled_totals": [
            {"count": row.value, "qualifier": row.qualifier} for row in rows if row.kind == "total"
        ],
    }


def _position(row: Row) -> dict[str, Any]:
    return {
        "actor": row.source,
        "stance": row.stance,
        "target": row.target or None,
        "format": ", ".join((*row.levels, *row.modes)) or None,
        "condition": "; ".join(act for act, _ in row.conditions) or None,
        "precondition_on": next((on for _, on in row.conditions if on), None),
        "date": row.said_on or None,
    }
