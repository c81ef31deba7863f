"""Dates in the reader's language, also those that are only partly known.

Rules of this file:
- A day is written one way on every page: `14 March 1998`.
- What is not known is said: a month without a day never looks like a day.
- The code of the list (`1998-03~`) is never shown instead of words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from homeward.foundation.dates import PartialDate, parse_date

_FORMATS = {4: "Y", 7: "F Y", 10: "j E Y"}  # length of the code -> how Django writes it
_KNOWN: Mapping[int, Any] = {
    4: _("{date}, day and month unknown"),
    7: _("{date}, day unknown"),
    10: "{date}",
}
_DOUBTED: Mapping[str, Any] = {
    "~": _("about {date}"),
    "?": _("{date}, not certain"),
    "%": _("about {date}, not certain"),
}


def of_day(day: dt.date) -> str:
    """Write a calendar day in words.

    Args:
        day: Wholly known.
    """
    return when_in(get_language(), day.isoformat())


def when(date: PartialDate) -> str:
    """Write a partial date in words.

    Args:
        date: As a list writes it.

    Returns:
        Such as `14 March 1998`, `March 1998, day unknown` or `about 1998`.
    """
    return when_in(get_language(), date.text)


@lru_cache(maxsize=16_384)  # the days of forty years, more than a list has
def when_in(language: str, text: str) -> str:  # noqa: ARG001 - the words depend on it
    """Write a partial date in words, given the language that is on: asking for it takes longer.

    Args:
        language: Code of the reader's language.
        text: The date as a list writes it.
    """
    doubt = text[-1] if text[-1] in _DOUBTED else ""
    code = text.removesuffix(doubt)
    # What may be another day is widened around the code: the code alone is what was written.
    written = parse_date(code).earliest
    words = date_format(written, _FORMATS[len(code)], use_l10n=False)
    sentence = _DOUBTED[doubt] if doubt else _KNOWN[len(code)]
    return str(sentence).format(date=words)
