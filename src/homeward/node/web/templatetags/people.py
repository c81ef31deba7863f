# mypy: disallow-untyped-decorators=False
# Django ships no types, so its decorators are untyped to the type checker.
"""Texts about people that run either way."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from homeward.foundation.dates import PartialDate
from homeward.node.web import dates, rows
from homeward.records.model import PersonRecord

register = template.Library()


@register.filter
def apart(text: object) -> SafeString:
    """Set a text of either direction apart from the sentence around it."""
    return format_html("<bdi>{}</bdi>", text)


@register.filter
def when(date: PartialDate | None) -> SafeString:
    """Write a partial date in words; nothing for none."""
    return apart(dates.when(date)) if date else SafeString("")


@register.filter
def chips(person: PersonRecord) -> SafeString:
    """Write a person's status, and what makes their case urgent."""
    return rows.chips(person)


@register.filter
def day(date: dt.date) -> SafeString:
    """Write a calendar day in words."""
    return apart(dates.of_day(date))
