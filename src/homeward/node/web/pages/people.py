# mypy: disallow-untyped-decorators=False
# Django ships no types, so its decorators are untyped to the type checker.
"""The lists: who is held, who is wanted; found by name, reference, number and filters.

Rules of this file:
- What is searched for may be a name: it goes by form, rests sealed in the session, and
  never stands in an address. Filters, columns and pages stand there.
- A role sees, filters and exports the columns that it needs, and no other.
- What is exported is what is shown: same search, same filters, same columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from homeward.node import access
from homeward.node.access import Reader
from homeward.node.actions.lists import ListFormat
from homeward.node.actions.people import export_people
from homeward.node.finding import Order, filters_for, may_order_longest
from homeward.node.web.columns import KINDS, NAMES
from homeward.node.web.current import current_node
from homeward.node.web.kept import forget, keep, kept
from homeward.node.web.person_words import kind_of
from homeward.node.web.policy import columns_of, may_see, page, roles_of
from homeward.node.web.rows import table_rows
from homeward.node.web.shell import bureaus
from homeward.node.web.value_words import VALUES
from homeward.records.model import COLUMNS, HELD, WANTED, ListKind

_PAGE_PEOPLE = 50
_TYPES: Mapping[ListFormat, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_SEARCH_MAX_CHARS = 200
_NAME_COLUMNS = ("family_name", "given_name", "father_name", "name_as_written")
# Always shown, in a place of their own.
_FIXED = ("ref", *_NAME_COLUMNS, "birth_date", "power", "status", "captured_on", "missing_since")

FILTER_VALUES: Mapping[str, Mapping[str, Any]] = {
    **VALUES,
    "age": {"under_25": gettext_lazy("under 25"), "over_60": gettext_lazy("over 60")},
    "held": {
        "over_1_year": gettext_lazy("over one year"),
        "over_2_years": gettext_lazy("over two years"),
    },
}
"""Filter → its values and their words; one of party codes has none."""

_FILTER_NAMES: Mapping[str, Any] = {
    **NAMES,
    "age": pgettext_lazy("filter", "Age"),
}
_HELD_NAMES = {HELD: gettext_lazy("Held for"), WANTED: gettext_lazy("Missing for")}

ORDERS: Mapping[Order, Any] = {
    "ref": gettext_lazy("by reference"),
    "longest": gettext_lazy("longest first"),
}
"""Order of the list → its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to see of a list."""

    kind: ListKind
    search: str
    filters: Mapping[str, str]
    order: Order
    columns: tuple[str, ...]
    page: int

    def question(self, visible: frozenset[str] | None) -> dict[str, Any]:
        """Return the part of it that decides who is found, as `access` takes it."""
        return {
            "search": self.search,
            "filters": self.filters,
            "order": self.order,
            "columns": visible,
        }

    def address(self, *, name: str = "people") -> str:
        """Return the address that shows the same, without what is searched for."""
        values = [*self.filters.items()]
        values += [("order", self.order)] if self.order != "ref" else []
        values += [("search", "kept")] if self.search else []
        address: str = reverse(name, args=[self.kind])
        return f"{address}?{urlencode(values)}" if values else address


@page("people")
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest, kind: str) -> HttpResponse:
    """Show a page of a list; a POST keeps what is searched for and comes back."""
    of_kind, visible = kind_of(kind), columns_of(roles_of(request.user))
    if request.method == "POST":
        return _search(request, of_kind, visible)
    asked, now = _asked(request, of_kind, visible), timezone.now()
    has_days = may_order_longest(of_kind, visible)
    reader = Reader(actor=request.user.get_username(), purpose="list_page", now=now)
    found = access.find(
        current_node(),
        of_kind,
        page=asked.page,
        page_size=_PAGE_PEOPLE,
        reader=reader,
        **asked.question(visible),
    )
    context = {
        "kind": of_kind,
        "title": KINDS[of_kind],
        "tabs": KINDS.items(),
        "asked": asked,
        "has_names": visible is None or "family_name" in visible,
        "choices": _choices(
            get_language(),
            of_kind,
            visible,
            tuple(asked.filters.items()),
            asked.order,
            asked.columns,
            (current_node().party, *bureaus(request)),
        ),
        "active": [
            (_filter_name(name, of_kind), FILTER_VALUES.get(name, {}).get(value, value))
            for name, value in asked.filters.items()
        ],
        "head": _head(get_language(), of_kind, asked.columns, has_days),
        "rows": table_rows(
            found.people,
            of_kind,
            columns=asked.columns,
            has_days=has_days,
            today=now.date(),
        ),
        "counted_to": now.date() if has_days and found.people else None,
        "total": f"{found.total_count:,}",
        "is_empty": not (asked.search or asked.filters) and not found.total_count,
        "is_cut": found.is_cut,
        "pages": _pages(
            get_language(),
            asked.address(),
            asked.address(name="people-export"),
            found.page,
            found.page_count,
        ),
        "may_edit": may_see(roles_of(request.user), "person-edit"),
    }
    return render(request, "people.html", context)


@page("people-export")
@require_GET
def export(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """Give those who are shown, on all pages, as a file."""
    of_kind, visible, now = kind_of(kind), columns_of(roles_of(request.user)), timezone.now()
    asked = _asked(request, of_kind, visible)
    file_format: ListFormat = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    shown = {*_FIXED, *asked.columns}
    parts = export_people(
        current_node(),
        of_kind,
        asked=asked.question(visible),
        columns=[
            column
            for column in COLUMNS[of_kind]
            if column in shown and (visible is None or column in visible)
        ],
        file_format=file_format,
        reader=Reader(actor=request.user.get_username(), purpose="export", now=now),
    )
    answer = StreamingHttpResponse(parts, content_type=_TYPES[file_format])
    name = f"{of_kind}-{now:%Y-%m-%d}.{file_format}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _order(text: str | None) -> Order:
    return "longest" if text == "longest" else "ref"


def _search(request: HttpRequest, kind: ListKind, visible: frozenset[str] | None) -> HttpResponse:
    """Keep what was typed and chosen, and show the list."""
    search = request.POST.get("search", "").strip()[:_SEARCH_MAX_CHARS]
    if search:
        keep(request, f"search-{kind}", {"search": search})
    else:
        forget(request, f"search-{kind}")
    chosen = set(request.POST.getlist("column"))
    optional = _optional(kind, visible)
    request.session[f"columns-{kind}"] = [each for each in optional if each in chosen]
    asked = Asked(
        kind=kind,
        search=search,
        filters={name: value for name in access.FILTERS if (value := request.POST.get(name, ""))},
        order=_order(request.POST.get("order")),
        columns=(),
        page=1,
    )
    return redirect(asked.address())


def _asked(request: HttpRequest, kind: ListKind, visible: frozenset[str] | None) -> Asked:
    held = kept(request, f"search-{kind}") if request.GET.get("search") else None
    number = request.GET.get("page", "1")
    optional = _optional(kind, visible)
    chosen = request.session.get(f"columns-{kind}", [])
    return Asked(
        kind=kind,
        search=(held or {}).get("search", ""),
        filters={name: value for name in access.FILTERS if (value := request.GET.get(name, ""))},
        order=_order(request.GET.get("order")),
        columns=tuple(column for column in optional if column in chosen),
        page=int(number) if number.isdecimal() and len(number) < 8 else 1,
    )


def _optional(kind: ListKind, visible: frozenset[str] | None) -> list[str]:
    return [
        column
        for column in COLUMNS[kind]
        if column not in _FIXED and (visible is None or column in visible)
    ]


@lru_cache(maxsize=1_000)
def _choices(
    language: str,  # noqa: ARG001 - the words depend on it
    kind: ListKind,
    visible: frozenset[str] | None,
    chosen: tuple[tuple[str, str], ...],
    order: Order,
    columns: tuple[str, ...],
    parties: tuple[str, ...],
) -> SafeString:
    """Return the filters, orders and columns that a role may choose on a list."""
    values = dict(chosen)
    context = {
        "filters": [
            {
                "name": name,
                "label": _filter_name(name, kind),
                "choices": [
                    (value, FILTER_VALUES[name][value] if name in FILTER_VALUES else value)
                    for value in (access.FILTERS[name].values or sorted(set(parties)))
                ],
                "value": values.get(name, ""),
            }
            for name in filters_for(kind, visible)
        ],
        "orders": [
            (name, text, name == order)
            for name, text in ORDERS.items()
            if name == "ref" or may_order_longest(kind, visible)
        ],
        "columns": [
            (column, NAMES[column], column in columns) for column in _optional(kind, visible)
        ],
    }
    return render_to_string("parts/people_choices.html", context)


@lru_cache(maxsize=1_000)
def _head(
    language: str,  # noqa: ARG001 - the words depend on it
    kind: ListKind,
    columns: tuple[str, ...],
    has_days: bool,
) -> SafeString:
    """Return the head of the table."""
    headings = [NAMES[column] for column in columns]
    context = {"kind": kind, "has_days": has_days, "headings": headings}
    return render_to_string("parts/people_head.html", context)


def _filter_name(name: str, kind: ListKind) -> Any:
    return _HELD_NAMES[kind] if name == "held" else _FILTER_NAMES[name]


@lru_cache(maxsize=1_000)
def _pages(
    language: str,  # noqa: ARG001 - the words depend on it
    address: str,
    export_address: str,
    number: int,
    count: int,
) -> SafeString:
    """Return the ways to the other pages of what is shown, and to all of it as a file."""
    context = {
        "number": number,
        "count": count,
        "first": address,
        "previous": _with(address, page=number - 1) if number > 1 else "",
        "next": _with(address, page=number + 1) if number < count else "",
        "last": _with(address, page=count),
        "exports": [(text, _with(export_address, format=text.lower())) for text in ("CSV", "XLSX")],
    }
    return render_to_string("parts/people_pages.html", context)


def _with(address: str, **values: int | str) -> str:
    """Return an address with further values; page 1 needs none."""
    if values.get("page") == 1:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode(values)}"


PATTERNS = [
    path("people", people, {"kind": HELD}, name="people"),
    path("people/<str:kind>", people, name="people"),
    path("people/<str:kind>/export", export, name="people-export"),
]
