"""What one cell means, and every way in which it can be wrong.

Rules of this file:
- A cell means exactly one thing or has exactly one fault; nothing is guessed.
- An empty cell is no fault: a date is then not known, an allowed value `unknown`.
- Case does not count in allowed values and party codes; Unicode form is NFC.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from homeward.foundation.dates import PartialDate, parse_date
from homeward.foundation.errors import InputError
from homeward.foundation.ids import parse_party
from homeward.records.model import ALLOWED, DATE_COLUMNS, UNKNOWN
from homeward.records.their_words import NOT_KNOWN, THEIR_WORDS, YEAR_OF_BIRTH, plain

MAX_CELL_CHARS: Final = 4_000
MAX_REF_CHARS: Final = 128
_DOTTED_DATE = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})")
# Day first, as everybody writes it from whom such a list comes; digits of any script.
_THEIR_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell is bad; the same for every cell that is bad in this way."""

    kind: str
    expected: str
    hint: str


MISSING_REF = Fault(
    "missing_ref", "a reference", "Give the person a reference that no other row has."
)
BAD_REF = Fault(
    "bad_ref",
    f"at most {MAX_REF_CHARS} visible characters",
    "Shorten it, or type it again without invisible characters.",
)
DUPLICATE_REF = Fault(
    "duplicate_ref",
    "a reference that no other row has",
    "Keep one of the rows, or give each person a reference of their own.",
)
TOO_LONG = Fault(
    "too_long", f"at most {MAX_CELL_CHARS} characters", "Shorten it; keep long notes elsewhere."
)
CONTROL = Fault("control_character", "text without control characters", "Type the cell again.")
BROKEN_QUOTES = Fault(
    "broken_quotes",
    "quotes around a whole cell, doubled inside it",
    "Close the quote, double those inside the cell, or export the list as XLSX.",
)
_POWER = Fault(
    "unknown_value",
    "a code such as UA or YE-HOUTHI, or nothing",
    "Use the ISO 3166 alpha-2 code; leave the cell empty if the Power is not known.",
)
_DATE_FORM = Fault(
    "date_form",
    "a date such as 1998, 1998-03 or 1998-03-14",
    "Write year, month, day with hyphens: 14.03.1998 is 1998-03-14.",
)
_IMPOSSIBLE_DATE = Fault(
    "impossible_date",
    "a day that exists, from 1800 to 2200",
    "Write only year and month, such as 1990-02, if the day is unknown.",
)
FUTURE_BIRTH = Fault("future_birth", "a day that has come", "Check the year.")
# Column, then what is wrong if it is later than today, or earlier than birth.
EVENTS = (
    (
        "captured_on",
        Fault("future_capture", "a day that has come", "Check the year."),
        Fault("capture_before_birth", "a day after birth", "Check this date and birth_date."),
    ),
    (
        "missing_since",
        Fault("future_missing", "a day that has come", "Check the year."),
        Fault("missing_before_birth", "a day after birth", "Check this date and birth_date."),
    ),
)


class Meanings(dict[str, Any]):
    """Remembers what a column's texts mean: most cells repeat an earlier one."""

    def __init__(self, parse: Callable[[str], object]) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, text: str) -> object:
        value = self[text] = self._parse(unicodedata.normalize("NFC", text))
        return value


def column_meanings(*, is_theirs: bool = False) -> dict[str, Meanings]:
    """Return, for each column whose cells are more than text, what its texts mean.

    Args:
        is_theirs: On a list that somebody else wrote a day may be written 14.03.1998, and
            words may be those of `their_words`.
    """
    of_dates = _parse_their_date if is_theirs else _parse_date
    parsers: dict[str, Callable[[str], object]] = dict.fromkeys(DATE_COLUMNS, of_dates)
    for column, allowed in ALLOWED.items():
        ours = _parse_allowed(allowed)
        parsers[column] = _parse_their_word(column, ours) if is_theirs else ours
    parsers["power"] = _parse_power
    return {column: Meanings(parse) for column, parse in parsers.items()}


def _parse_allowed(allowed: Sequence[str]) -> Callable[[str], object]:
    meanings: dict[str, object] = {"": UNKNOWN, **{value.lower(): value for value in allowed}}
    fault = Fault(
        "unknown_value",
        f"{', '.join(allowed[:-1])} or {allowed[-1]}",
        "Write one of these words, in Latin letters, or leave the cell empty.",
    )
    return lambda text: meanings.get(text.lower(), fault)


def _parse_power(text: str) -> object:
    try:
        return parse_party(text.upper()) if text else ""
    except InputError:
        return _POWER


def _parse_their_word(column: str, ours: Callable[[str], object]) -> Callable[[str], object]:
    words = {**dict.fromkeys(NOT_KNOWN, UNKNOWN), **THEIR_WORDS[column]}

    def parse(text: str) -> object:
        value = words.get(plain(text))
        return ours(text) if value is None else value

    return parse


def _parse_their_date(text: str) -> object:
    if plain(text) in NOT_KNOWN:
        return None
    if written := _THEIR_DATE.fullmatch(text):
        day, month, year = map(int, written.groups())
        return _parse_date(f"{year:04}-{month:02}-{day:02}")
    if born := YEAR_OF_BIRTH.fullmatch(text.lower()):
        return _parse_date(f"{int(born[1]):04}")
    return _parse_date(text)


def _parse_date(text: str) -> object:
    if not text:
        return None
    try:
        return parse_date(text)
    except InputError as error:
        form = error.code == "dates.form"
    dotted = _DOTTED_DATE.fullmatch(text)
    if dotted is None:
        return _DATE_FORM if form else _IMPOSSIBLE_DATE
    # Written day first: tell a day that cannot be from one that is only written otherwise.
    exists = _parse_date("-".join(reversed(dotted.groups()))).__class__ is PartialDate
    return _DATE_FORM if exists else _IMPOSSIBLE_DATE
