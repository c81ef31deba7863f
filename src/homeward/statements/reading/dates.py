"""Days that a text names, by our own arithmetic.

Rules of this file:
- A weekday is the latest such day not after the day of publication, that day included.
- A day and a month without a year is the latest such day not after publication; without a
  publication date it stays open.
- Where a sentence speaks of what is planned, a day and a month may lie ahead instead.
- "Today" is the day of publication, "yesterday" the day before. "Last week" names no day.
- Nothing here reads a clock.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from homeward.statements.reading.marked import Marked
from homeward.statements.reading.roles import YEARS
from homeward.statements.reading.tokens import Token

_WEEK = 7
_AHEAD_MONTHS = 6  # a planned day lies at most so far ahead
_SOON_WORDS = 4  # "for" or a verb of the future and a weekday
_SOON_MONTHS = 3  # a month alone that comes so soon lies ahead
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$")


@dataclass(frozen=True, slots=True)
class Day:
    """A date as far as it is known (`2025-02-05`, `2024-06`), how it was said, and where."""

    date: str | None
    basis: str
    at: int
    coming: bool = False


def days_of(marked: Marked, published: dt.date | None) -> list[Day]:
    """Find the days that a sentence names.

    Args:
        marked: The sentence.
        published: The day of publication, if it is known.

    Returns:
        Days in the order of the sentence.
    """
    found = [_month(marked, at, month, published) for at, month in marked.months.items()]
    found += [_weekday(marked, at, day, published) for at, day in marked.weekdays.items()]
    found += _numeric(marked)
    for tag, back in (("today", 0), ("yesterday", 1)):
        day = published - dt.timedelta(days=back) if published else None
        date = day.isoformat() if day else None
        for at in marked.tagged(tag):
            found.append(Day(date, f"relative({marked.tokens[at].text})", at))
    for tag in ("last_week", "last_month", "last_year"):
        for at in marked.tagged(tag):
            found.append(Day(None, f"relative({tag.replace('_', ' ')})", at))
    return sorted((day for day in found if day), key=lambda day: day.at)


def _weekday(marked: Marked, at: int, weekday: int, published: dt.date | None) -> Day:
    word = marked.tokens[at].text
    if published is None:
        return Day(None, f"relative({word})", at)
    back = (published.weekday() - weekday) % _WEEK
    near = marked.tokens[max(0, at - 2) : at + 3]
    if any(token.has("next_word") for token in near) or _lies_ahead(marked, at):
        ahead = (weekday - published.weekday()) % _WEEK or _WEEK
        coming = published + dt.timedelta(days=ahead)
        return Day(coming.isoformat(), f"relative({word})", at, coming=True)
    day = published - dt.timedelta(days=back)
    return Day(day.isoformat(), f"relative({word})", at)


def _lies_ahead(marked: Marked, at: int) -> bool:
    """Return whether a weekday is one for which something is meant: "for Saturday and Sunday"."""
    tokens = marked.tokens
    if at > 1 and tokens[at - 1].has("and") and at - 2 in marked.weekdays:
        return _lies_ahead(marked, at - 2)
    for back in range(at - 1, max(-1, at - _SOON_WORDS), -1):
        if tokens[back].has("day_ahead") or _will_move(tokens[back]):
            return True
        if tokens[back].kind != "word" or marked.number_at(back) is not None:
            return False
        if not tokens[back].has("small", "article", "definite") and back < at - 1:
            return False
    return False


def _will_move(token: Token) -> bool:
    """Return whether a word is a verb of moving people that stands in the future."""
    return token.has("planned") and token.has("exchange", "release", "receive", "return")


def _month(marked: Marked, at: int, month: int, published: dt.date | None) -> Day | None:
    # A modal verb or a verb of marching is no month: "may", "march" in small letters.
    if marked.tokens[at].norm in {"may", "march"} and not marked.tokens[at].capital:
        return None
    day, year = _around(marked, at)
    if year is None:
        if published is None:
            return Day(None, "stated", at) if day else None
        ahead = (month, day or 1) > (published.month, published.day)
        near = (month - published.month) % 12 <= _AHEAD_MONTHS
        soon = day is None and (month - published.month) % 12 <= _SOON_MONTHS
        coming = ahead and near and (soon or marked.any("planned"))
        year = published.year - (ahead and not coming)
    try:
        date = dt.date(year, month, day or 1).isoformat()
    except ValueError:  # the 31st of a short month
        return Day(f"{year:04}-{month:02}", "stated", at)
    coming = published is not None and date > published.isoformat()
    return Day(date if day else date[:7], "stated", at, coming=coming)


def _around(marked: Marked, at: int) -> tuple[int | None, int | None]:
    """Return the day and the year written around a month."""
    day = year = None
    for here in (at - 1, at + 1, at - 2, at + 2, at + 3, at + 4):
        if day is None and here in marked.days:
            day = marked.days[here]
        token = marked.tokens[here] if 0 <= here < len(marked.tokens) else None
        if token is None or token.value is None or not token.text.isdigit():
            continue
        value = int(token.value)
        if len(token.text) == 4 and value in YEARS:
            year = year or value
        elif 1 <= value <= 31 and day is None and _free(marked, at, here):
            day = value if abs(here - at) <= 2 else None
    return day, year


def _free(marked: Marked, month: int, number: int) -> bool:
    """Return whether nothing but small words stands between a month and its day."""
    low, high = sorted((month, number))
    return all(
        (t.kind == "word" or (t.norm == "." and low == month and k == 0))
        and (t.has("of", "small", "ordinal_ending") or t.glued or t.norm == ".")
        and not t.has("year_word")
        for k, t in enumerate(marked.tokens[low + 1 : high])
    )


def _numeric(marked: Marked) -> list[Day]:
    found = []
    tokens = marked.tokens
    starts = [n.start for n in marked.numbers if n.digits and n.start + 2 < len(tokens)]
    for at in starts:
        parts = [
            t
            for t in tokens[at : at + 5]
            if t.kind == "number" and t.text.replace(".", "").isdigit()
        ]
        if not parts or tokens[at].kind != "number":
            continue
        text = "".join(t.text if t.kind == "number" else "-" for t in tokens[at : at + 5])
        glued = "-".join(
            t.text
            for t in tokens[at : at + 3]
            if t.kind == "number" and (t.glued or t is tokens[at])
        )
        for line in (glued, text):
            date = _parsed(line)
            if date:
                found.append(Day(date, "stated", at))
                break
    return found


def _parsed(line: str) -> str | None:
    match = _ISO.match(line)
    if match:
        year, month, day = map(int, match.groups())
    else:
        other = re.match(r"(\d{1,2})[-.](\d{1,2})[-.](\d{4})", line)
        if not other:
            return None
        day, month, year = map(int, other.groups())
    try:
        return dt.date(year, month, day).isoformat() if year in YEARS else None
    except ValueError:
        return None
