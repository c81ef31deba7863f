"""Categories of an agreement in the reader's words.

Rules of this file:
- A category is what its predicate says, whatever an agreement calls it. So words of ours
  stand for a predicate that we know, and never for a name.
- Any other category is called by its own name, in quotes. Beside it stands what it asks:
  in words if that is one thing, else as the agreement writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.foundation.dates import parse_date
from homeward.node.actions.report import COUNTED
from homeward.node.web import columns, value_words
from homeward.node.web.dates import when
from homeward.node.web.words import set_apart
from homeward.terms import Agreement
from homeward.terms.predicate import (
    COLUMNS,
    Compare,
    Everybody,
    OnList,
    Predicate,
    parse_predicate,
)

CATEGORIES: Mapping[str, Any] = {
    "wounded": _("seriously wounded or sick"),
    "held_over_two_years": _("held over two years"),
    "women": _("women"),
    "under_25": _("under 25"),
    "owed_article_109": _("owed by article 109"),
}
"""Category of the record → its words."""

_KNOWN: Mapping[Predicate, Any] = {
    **{
        parse_predicate(asked, where=name, columns=COLUMNS): CATEGORIES[name]
        for name, (_columns, asked) in COUNTED.items()
        if name != "owed_article_109"  # no predicate judges who is owed
    },
    Everybody(): _("everybody"),
    Compare("status", "==", "pow"): _("prisoners of war"),
    Compare("status", "==", "civilian"): _("civilians"),
}
"""What a category asks → its words."""

_NAMES: Mapping[str, Any] = {**columns.NAMES, "age": _("Age"), "days_held": _("Days held")}

_EQUAL: Mapping[str, Any] = {
    "==": _("{column}: {value}"),
    "!=": _("{column}: not {value}"),
    "in": _("{column}: one of {value}"),
}
_ASKED: Mapping[str, Mapping[str, Any]] = {
    "ordered": {
        ">=": _("{column}: {value} or worse"),
        ">": _("{column}: worse than {value}"),
        "<=": _("{column}: {value} or better"),
        "<": _("{column}: better than {value}"),
    },
    "number": {
        ">=": _("{column}: at least {value}"),
        ">": _("{column}: more than {value}"),
        "<=": _("{column}: at most {value}"),
        "<": _("{column}: less than {value}"),
    },
    "date": {
        ">=": _("{column}: {value} or later"),
        ">": _("{column}: after {value}"),
        "<=": _("{column}: {value} or earlier"),
        "<": _("{column}: before {value}"),
    },
}
"""Type of a column → operator → the sentence of a comparison."""


def of_category(name: str, agreement: Agreement) -> SafeString:
    """Tell a category.

    Args:
        name: A category of the agreement.
        agreement: Says what it means.

    Returns:
        A few words as markup; whatever comes from the agreement is escaped.
    """
    category = agreement.categories[name]
    known = _KNOWN.get(category.predicate)
    if known is not None:
        return format_html("<bdi>{}</bdi>", known)
    match category.predicate:
        case Compare() as compared:
            asked = _comparison(compared, agreement)
        case OnList(name=listed):
            asked = set_apart(gettext("on the list {list}"), list=listed)
        case _:
            asked = format_html('<code dir="ltr">{}</code>', category.text)
    called = format_html('<bdi dir="ltr">{}</bdi>', name)
    return format_html(gettext("“{name}” ({asked})"), name=called, asked=asked)


def _comparison(compared: Compare, agreement: Agreement) -> SafeString:
    column = {**COLUMNS, **agreement.fields}[compared.column]
    said = _EQUAL.get(compared.operator) or _ASKED[column.type][compared.operator]
    values = compared.value if isinstance(compared.value, tuple) else (compared.value,)
    told = gettext(", ").join(_value(compared.column, column.type, value) for value in values)
    name = _NAMES.get(compared.column, compared.column)
    return format_html("<bdi>{}</bdi>", format_html(str(said), column=name, value=told))


def _value(column: str, kind: str, value: object) -> str:
    if kind == "date":
        return when(parse_date(str(value)))
    text = str(value)
    return str(value_words.VALUES.get(column, {}).get(text, text))
