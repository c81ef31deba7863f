"""The forms that a field of an entry may have.

Rules of this file:
- A captive is an opaque salted id of 32 hexadecimal digits, never a name or a reference.
- Every text has a length, every list a size, every number bounds.
- A reason is one of a closed list.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from homeward.foundation.errors import HomewardError
from homeward.foundation.ids import parse_flow, parse_party

PARTIES_MAX = 16
COUNT_MAX = 1_000_000
CAPTIVES_MAX = 2_000  # an entry of the ledger has no room for more
CODES_MAX = 64
STOPS_MAX = 16
SHEETS_MAX = 16
TERMS_MAX_CHARS = 48_000
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body: what is expected, in words, and the check."""

    expected: str
    holds: Callable[[Any], bool]


def _reads_as(parse: Callable[[str], object], value: object) -> bool:
    try:
        return isinstance(value, str) and str(parse(value)) == value
    except HomewardError:
        return False


def is_count(value: object) -> bool:
    """Tell whether a value is a count."""
    return type(value) is int and 0 <= value <= COUNT_MAX


def is_flow(value: object) -> bool:
    """Tell whether a value is a leg, written as the ledger writes it."""
    return _reads_as(parse_flow, value)


def is_party(value: object) -> bool:
    """Tell whether a value is a party's code."""
    return _reads_as(parse_party, value)


def matching(expected: str, pattern: str) -> Field:
    """Return a field whose text matches a pattern as a whole."""
    compiled = re.compile(pattern)
    return Field(expected, lambda value: isinstance(value, str) and bool(compiled.fullmatch(value)))


def one_of(words: tuple[str, ...]) -> Field:
    """Return a field whose value is one of a closed list."""
    return Field(f"one of {', '.join(words)}", lambda value: value in words)


def list_of(item: Field, *, at_least: int, at_most: int) -> Field:
    """Return a field that lists items, none twice."""

    def holds(value: object) -> bool:
        return (
            isinstance(value, (list, tuple))
            and at_least <= len(value) <= at_most
            and all(item.holds(each) for each in value)
            and len(set(value)) == len(value)
        )

    return Field(f"{at_least} to {at_most} times {item.expected}, none twice", holds)


def counts_by(
    expected: str, is_key: Callable[[object], bool], *, at_least: int, at_most: int
) -> Field:
    """Return a field of counts, each under a key of its own."""

    def holds(value: object) -> bool:
        return (
            isinstance(value, Mapping)
            and at_least <= len(value) <= at_most
            and all(is_key(key) and is_count(count) for key, count in value.items())
        )

    return Field(f"a count by {expected}", holds)


def _is_stop(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and set(value) == {"country", "purpose"}
        and PARTY.holds(value["country"])
        and PURPOSE.holds(value["purpose"])
    )


def _are_stops(value: object) -> bool:
    return (
        isinstance(value, (list, tuple)) and len(value) <= STOPS_MAX and all(map(_is_stop, value))
    )


def _is_day(value: object) -> bool:
    return (
        isinstance(value, str)
        and len(value) == len("2025-02-05")
        and _is_time(f"{value}T00:00:00Z")
    )


def _is_time(value: object) -> bool:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return False
    try:
        dt.datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_text(value: object, at_most: int) -> bool:
    # A lone surrogate is a str in Python and has no bytes to hash.
    return (
        isinstance(value, str)
        and 0 < len(value) <= at_most
        and not re.search("[\ud800-\udfff]", value)
    )


SHA256 = matching("64 hexadecimal digits", "[0-9a-f]{64}")
SHEETS = list_of(SHA256, at_least=1, at_most=SHEETS_MAX)
DAY = Field("a day such as 2025-02-05", _is_day)
TIME = Field("a time such as 2025-02-05T08:00:00Z", _is_time)
CODE = matching("a code of at most 80 characters", r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,79}")
PURPOSE = Field("a purpose of at most 200 characters", lambda value: _is_text(value, 200))
CAPTIVE = matching("an opaque id of 32 hexadecimal digits", "[0-9a-f]{32}")
PARTY = Field("a party's code", is_party)
PARTY_OR_NONE = Field(
    "a party's code, or an empty text", lambda value: value == "" or is_party(value)
)
COUNT = Field(f"a whole number from 0 to {COUNT_MAX}", is_count)
SOME = Field(f"a whole number from 1 to {COUNT_MAX}", lambda value: is_count(value) and value > 0)
LEG = Field("a leg such as 'RU -> UA'", is_flow)
CAPTIVES = list_of(CAPTIVE, at_least=1, at_most=CAPTIVES_MAX)
CAPTIVES_OR_NONE = list_of(CAPTIVE, at_least=0, at_most=CAPTIVES_MAX)
CODES = list_of(CODE, at_least=0, at_most=CODES_MAX)
FLOWS = counts_by("leg", is_flow, at_least=1, at_most=PARTIES_MAX**2)
STOPS = Field(f"at most {STOPS_MAX} stops with country and purpose", _are_stops)
TERMS = Field(
    f"the terms, at most {TERMS_MAX_CHARS} characters",
    lambda value: _is_text(value, TERMS_MAX_CHARS),
)
