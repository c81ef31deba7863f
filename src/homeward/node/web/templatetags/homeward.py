# mypy: disallow-untyped-decorators=False
# Django ships no types, so its decorators are untyped to the type checker.
"""Values in texts that run either way, and sentences about entries and steps."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from homeward.node.web import dates, words

register = template.Library()

_WITH_HYPHENS = re.compile(r"\b([A-Z0-9]+(?:-[A-Z0-9]+)+)\b")


@register.filter
def ltr(value: object) -> SafeString:
    """Set an id, a number or a code so that its signs keep their order."""
    return format_html('<bdi dir="ltr">{}</bdi>', value)


@register.filter
def instant(text: str) -> SafeString:
    """Set an instant of the ledger, `2025-02-05T08:00:00Z`, for people."""
    at = dt.datetime.fromisoformat(text)
    return format_html(
        '<time datetime="{}"><bdi>{}</bdi>{}<bdi dir="ltr">{} UTC</bdi></time>',
        text,
        dates.of_day(at.date()),
        gettext(", "),
        at.strftime("%H:%M"),
    )


@register.filter
def unbroken(text: object) -> SafeString:
    """Keep each code and each date of a sentence on one line, such as `YE-HOUTHI`, `1998-03`."""
    parts = _WITH_HYPHENS.split(str(text))
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<bdi class="whole" dir="ltr">{}</bdi>', part) if number % 2 else part,)
            for number, part in enumerate(parts)
        ),
    )


@register.filter
def listed(several: Iterable[object]) -> str:
    """Write words one after another, with the comma of the reader's script."""
    return str(gettext(", ")).join(map(str, several))


@register.filter
def leg(value: object) -> str:
    """Write a leg with an arrow that no line breaks."""
    return words.of_leg(str(value))


@register.filter
def thousands(value: int) -> str:
    """Write a count with its thousands apart, `7,813`, in every language alike."""
    return f"{value:,}"
