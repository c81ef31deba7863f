# mypy: disallow-untyped-decorators=False
# Django ships no types, so its decorators are untyped to the type checker.
"""Values in texts that run either way, and sentences about entries and steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

register = template.Library()


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
        date_format(at, "j M Y", use_l10n=False),
        gettext(", "),
        at.strftime("%H:%M"),
    )


@register.filter
def listed(words: Iterable[object]) -> str:
    """Write words one after another, with the comma of the reader's script."""
    return str(gettext(", ")).join(map(str, words))


@register.filter
def leg(value: object) -> str:
    """Write a leg with an arrow, `RU → UA`."""
    return str(value).replace("->", "→")


@register.filter
def thousands(value: int) -> str:
    """Write a count with its thousands apart, `7,813`, in every language alike."""
    return f"{value:,}"
