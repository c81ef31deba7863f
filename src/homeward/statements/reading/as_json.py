"""A reading as JSON, in the words of the contract."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from homeward.statements.reading.values import Event, Reading


def document(reading: Reading) -> dict[str, Any]:
    """Return a reading as the JSON document that other programs rely on.

    Args:
        reading: From `read_statement`.

    Returns:
        Values of JSON; spans are lists of two positions in characters.
    """
    return {
        "language": reading.language,
        "published": reading.published.isoformat() if reading.published else None,
        "events": [_event(event) for event in reading.events],
        "evidence": [_plain(asdict(item)) for item in reading.evidence],
        "claims": [_plain(asdict(item)) for item in reading.claims],
        "omissions": [_plain(asdict(item)) for item in reading.omissions],
        "positions": [_plain(asdict(item)) for item in reading.positions],
        "numbers": [_plain(asdict(item)) for item in reading.numbers],
    }


def _event(event: Event) -> dict[str, Any]:
    plain = asdict(event)
    plain["pooled_totals"] = plain.pop("pooled")
    plain["cumulative_totals"] = plain.pop("cumulative")
    return {key: _plain(value) for key, value in plain.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and value == int(value):
        return int(value)
    return value
