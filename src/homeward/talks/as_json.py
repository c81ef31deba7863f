"""A table of talks as JSON, in the words of the contract.

Rules of this file:
- Every verdict comes with the quotes it rests on; spans count characters of the document.
"""

from __future__ import annotations

from typing import Any

from homeward.talks.model import Position
from homeward.talks.table import Judged, Table, Wait


def document(table: Table) -> dict[str, Any]:
    """Return a table of talks as the JSON document that other programs rely on.

    Args:
        table: From `talks_table`.

    Returns:
        `{"on", "formats", "circular_waits", "recommended", …}`, values of JSON.
    """
    return {
        "on": table.on.isoformat() if table.on else None,
        "sides": list(table.sides),
        "formats": [_format(judged) for judged in table.formats],
        "circular_waits": [[_wait(wait) for wait in circle] for circle in table.circular_waits],
        "recommended": _named(table.recommended) if table.recommended else None,
        "positions": [
            {**_position(position), "superseded_by": table.replaced.get(number)}
            for number, position in enumerate(table.positions)
        ],
    }


def _named(judged: Judged) -> dict[str, Any]:
    return {
        "level": judged.format.level,
        "mode": judged.format.mode,
        "participants": list(judged.format.participants),
        "host": judged.format.host or None,
    }


def _format(judged: Judged) -> dict[str, Any]:
    return {
        **_named(judged),
        "verdict": judged.verdict,
        "in_use": judged.in_use,
        "parties": dict(judged.parties),
        "because": [_because(position) for position in judged.because],
        "unblock": [[{"by": act.by, "act": act.act} for act in acts] for acts in judged.unblock],
    }


def _wait(wait: Wait) -> dict[str, Any]:
    return {
        "waits": wait.waits,
        "for": wait.waits_for,
        "because": [_because(position) for position in wait.because],
    }


def _because(position: Position) -> dict[str, Any]:
    return {
        "actor": position.actor,
        "stance": position.stance,
        "quote": position.quote,
        "document": position.document,
        "span": list(position.span),
    }


def _position(position: Position) -> dict[str, Any]:
    return {
        **_because(position),
        "target": position.target or None,
        "levels": sorted(position.levels),
        "modes": sorted(position.modes),
        "participants": sorted(position.participants),
        "conditions": [
            {"act": each.act, "on_party": each.on_party or None} for each in position.conditions
        ],
        "instrument": position.instrument or None,
        "said_on": position.said_on.isoformat() if position.said_on else None,
    }
