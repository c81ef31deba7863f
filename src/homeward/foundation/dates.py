"""Dates that are only partly known, kept as they were written.

Rules of this file:
- The text stays; beside it stand the earliest and the latest day it can mean.
- Three precisions are read: `1998`, `1998-03`, `1998-03-14`, each with an optional
  `~` (approximate), `?` (uncertain) or `%` (both).
- "Approximate" and "uncertain" widen a date by one unit of its own precision on both
  sides: `1998~` may be 1997-01-01 to 1999-12-31. The standard gives no number; this is
  the least that keeps such a date from deciding anything by a day.

Source: ISO 8601-2:2019 (EDTF), levels 0 and 1, the part that bureaus' lists use.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from homeward.foundation.errors import InputError

_EDTF = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?([~?%]?)")
_YEAR_MIN, _YEAR_MAX = 1800, 2200


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date as written, with the days it can mean.

    `text` is EDTF; `earliest` and `latest` are inclusive.
    """

    text: str
    earliest: dt.date
    latest: dt.date

    @property
    def is_exact(self) -> bool:
        """True if only one day is possible."""
        return self.earliest == self.latest


def parse_date(text: str) -> PartialDate:
    """Read a partial date.

    Args:
        text: EDTF such as `1998`, `1998-03`, `1998-03-14`, `1998~`, `1998-03?`.

    Returns:
        The date with its earliest and latest possible day.

    Raises:
        InputError: The text has another form, or no such day exists. The message
            does not repeat the text, which may be somebody's birth date.
    """
    match = _EDTF.fullmatch(text.strip())
    if match is None:
        raise InputError(
            "dates.form",
            "Expected a date such as 1998, 1998-03 or 1998-03-14, found another form.",
            hint="Write year, month, day with hyphens; leave out what is unknown.",
        )
    year, month, day = (int(part) if part else None for part in match.group(1, 2, 3))
    assert year is not None, "the pattern requires a year"
    if not _YEAR_MIN <= year <= _YEAR_MAX:
        raise InputError(
            "dates.year",
            f"Expected a year from {_YEAR_MIN} to {_YEAR_MAX}, found another.",
            hint="Check the century.",
        )
    try:
        earliest, latest = _bounds(year, month, day)
    except ValueError:
        raise InputError(
            "dates.no_such_day",
            "Expected a day that exists, found one that does not.",
            hint="Write only year and month if the day is unknown.",
        ) from None
    if match.group(4):
        earliest, latest = _widen(earliest, latest, month=month, day=day)
    return PartialDate(match.group(0), earliest, latest)


def exact_date(day: dt.date) -> PartialDate:
    """Return a calendar day as a partial date that is exact."""
    return PartialDate(day.isoformat(), day, day)


def _bounds(year: int, month: int | None, day: int | None) -> tuple[dt.date, dt.date]:
    if month is None:
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    if day is None:
        last = calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 0
        return dt.date(year, month, 1), dt.date(year, month, last)
    exact = dt.date(year, month, day)
    return exact, exact


def _widen(
    earliest: dt.date, latest: dt.date, *, month: int | None, day: int | None
) -> tuple[dt.date, dt.date]:
    if day is not None:
        unit = dt.timedelta(days=1)
        return earliest - unit, latest + unit
    if month is not None:
        before = earliest - dt.timedelta(days=1)
        after = latest + dt.timedelta(days=1)
        return before.replace(day=1), after.replace(
            day=calendar.monthrange(after.year, after.month)[1]
        )
    return dt.date(earliest.year - 1, 1, 1), dt.date(latest.year + 1, 12, 31)
