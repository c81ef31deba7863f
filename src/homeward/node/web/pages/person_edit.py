# mypy: disallow-subclassing-any=False, disallow-untyped-decorators=False
# Django ships no types, so its classes and decorators are Any to the type checker.
"""Write down one person, or correct what the list says of one.

Rules of this file:
- What was typed is kept, sealed in the session, until it is saved or cancelled.
- Nothing is saved before somebody has seen what changes, old beside new.
- If the person was changed meanwhile, the changes are shown again before they are saved.
- A reference stays: to change it is to write down another person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from homeward.foundation.dates import PartialDate
from homeward.node import access
from homeward.node.access import Reader
from homeward.node.actions import lists
from homeward.node.actions.people import person_of
from homeward.node.web import problem_words
from homeward.node.web.columns import KINDS, MEANINGS, NAMES, groups_of
from homeward.node.web.current import current_node
from homeward.node.web.kept import forget, keep, kept
from homeward.node.web.person_words import address_of, changes_of, kind_of, line_of
from homeward.node.web.policy import not_yours, page
from homeward.node.web.value_words import VALUES
from homeward.records.cells import MAX_CELL_CHARS, MAX_REF_CHARS
from homeward.records.model import ALLOWED, COLUMNS, DATE_COLUMNS, UNKNOWN, ListKind, PersonRecord

_DOUBTS = {"": (False, False), "~": (True, False), "?": (False, True), "%": (True, True)}
_SIGNS = {doubt: sign for sign, doubt in _DOUBTS.items()}
_HINTS: Mapping[str, Any] = {
    **{column: MEANINGS[column] for column in ("ref", "name_as_written", "power")},
    "consent": gettext_lazy("What the person is reported to want. It is only a hint."),
}
_PARTS = (
    ("year", 4, gettext_lazy("Year")),
    ("month", 2, gettext_lazy("Month")),
    ("day", 2, gettext_lazy("Day")),
)


class PersonForm(forms.Form):
    """Every column of a list, dates as three boxes each of which may stay empty."""

    def __init__(self, kind: ListKind, *, is_new: bool, **more: Any) -> None:
        super().__init__(**more)
        self.kind = kind
        self.values: dict[str, str] = {}
        for column in COLUMNS[kind]:
            if column in DATE_COLUMNS:
                self._add_date(column)
            elif column in ALLOWED:
                words = VALUES[column]
                choices = [(value, words[value]) for value in (UNKNOWN, *ALLOWED[column][:-1])]
                self.fields[column] = forms.ChoiceField(
                    label=NAMES[column],
                    choices=choices,
                    initial=UNKNOWN,
                    required=False,
                    error_messages={"invalid_choice": _("Choose one of these answers.")},
                )
            elif column != "ref" or is_new:
                self.fields[column] = _text(column)

    def _add_date(self, column: str) -> None:
        for name, digits, label in _PARTS:
            attrs = {"inputmode": "numeric", "size": digits, "dir": "ltr", "autocomplete": "off"}
            self.fields[f"{column}_{name}"] = forms.CharField(
                label=label, required=False, max_length=digits, widget=forms.TextInput(attrs=attrs)
            )
        for name, label in (
            ("about", _("about this time")),
            ("uncertain", _("not certain")),
        ):
            self.fields[f"{column}_{name}"] = forms.BooleanField(label=label, required=False)

    def clean(self) -> dict[str, Any]:
        """Put the boxes of each date together."""
        found: dict[str, Any] = self.cleaned_data
        for column in COLUMNS[self.kind]:
            if column in DATE_COLUMNS:
                self.values[column] = self._date(column)
            elif column in found:
                self.values[column] = found[column]
        return found

    def _date(self, column: str) -> str:
        year, month, day = (self.cleaned_data.get(f"{column}_{name}", "") for name, *_ in _PARTS)
        if not all(part.isascii() and part.isdecimal() for part in (year, month, day) if part):
            text = _("Write year, month and day as numbers.")
            self.add_error(f"{column}_year", _at(column, text))
        elif (day and not month) or (month and not year):
            text = _("Write the year, and the month if there is a day; leave the rest empty.")
            self.add_error(f"{column}_year", _at(column, text))
        elif year:
            doubt = tuple(
                bool(self.cleaned_data.get(f"{column}_{name}")) for name in ("about", "uncertain")
            )
            parts = (year.zfill(4), month and month.zfill(2), day and day.zfill(2))
            return "-".join(filter(None, parts)) + _SIGNS[doubt[0], doubt[1]]
        return ""

    def groups(self) -> list[dict[str, Any]]:
        """Return the fields under their headings; those of a date together."""
        return [
            {"heading": heading, "items": [self._item(each) for each in columns if self._has(each)]}
            for heading, columns in groups_of(self.kind)
        ]

    def _has(self, column: str) -> bool:
        return column in self.fields or column in DATE_COLUMNS

    def _item(self, column: str) -> dict[str, Any]:
        if column not in DATE_COLUMNS:
            return {"field": self[column], "hint": _HINTS.get(column, "")}
        return {
            "legend": NAMES[column],
            "boxes": [self[f"{column}_{name}"] for name, *_ in _PARTS],
            "ticks": [self[f"{column}_{name}"] for name in ("about", "uncertain")],
        }


@page("person-edit")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the form, check what was typed, show what changes, save it."""
    of_kind, ref = kind_of(kind), request.GET.get("ref", "")
    before, base = _as_it_stands(request, of_kind, ref)
    draft = f"draft-{of_kind}-{ref}"
    act = request.POST.get("act", "")
    if act == "cancel":
        forget(request, draft)
        back = address_of(of_kind, ref) if ref else reverse("people", args=[of_kind])
        return redirect(back)
    typed = kept(request, draft) if act != "check" else request.POST.dict()
    form = _form(request, of_kind, before, typed)
    if act == "check":
        keep(request, draft, {name: form.data[name] for name in form.fields if name in form.data})
        if form.is_valid():
            return redirect(_address(of_kind, ref, check="1"))
    elif act == "save" or request.GET.get("check"):
        if typed is None:
            return redirect(_address(of_kind, ref))  # saved or cancelled in another window
        if form.is_valid() and act == "save" and request.POST.get("base") == base:
            return _save(request, of_kind, form, draft, is_new=before is None)
        if form.is_valid():
            if act == "save":
                text = _("The person was changed meanwhile. Look at the changes again.")
                messages.warning(request, text)
            return _checked(request, of_kind, form, before, base)
    context = {
        "kind": of_kind,
        "list_name": KINDS[of_kind],
        "ref": ref,
        "row": before and line_of(before),
        "further": before.extra if before else (),
        "form": form,
        "groups": form.groups(),
        "is_draft": typed is not None,
    }
    return render(request, "person_edit.html", context, status=422 if act == "check" else 200)


def _form(
    request: HttpRequest,
    kind: ListKind,
    before: PersonRecord | None,
    typed: Mapping[str, str] | None,
) -> PersonForm:
    """Return the form with what was typed, checked; else with the person as the list has them."""
    if typed is None:
        return PersonForm(kind, is_new=before is None, initial=_initial(before) if before else {})
    form = PersonForm(kind, is_new=before is None, data=typed)
    form.full_clean()
    if before is not None:
        form.values["ref"] = before.ref
    elif "ref" in form.values and _is_taken(request, kind, form.values["ref"]):
        form.add_error("ref", _("Somebody on this list has this reference already."))
    today = timezone.now().date()
    for problem in lists.check_person(kind, form.values, today):
        name = f"{problem.column}_year" if problem.column in DATE_COLUMNS else problem.column
        if name not in form.errors:
            what, repair = problem_words.of_fault(problem.kind, problem.column)
            form.add_error(name, _at(problem.column, f"{what} {repair}"))
    return form


def _checked(
    request: HttpRequest, kind: ListKind, form: PersonForm, before: PersonRecord | None, base: str
) -> HttpResponse:
    """Show what will change, old beside new."""
    ref = before.ref if before else ""
    after = person_of(kind, form.values, before=before, today=timezone.now().date())
    context = {
        "kind": kind,
        "list_name": KINDS[kind],
        "ref": form.values["ref"],
        "is_new": before is None,
        "row": line_of(after),
        "changes": changes_of(before, after, kind),
        "base": base,
        "form_address": _address(kind, ref),
    }
    return render(request, "person_check.html", context)


def _save(
    request: HttpRequest, kind: ListKind, form: PersonForm, draft: str, *, is_new: bool
) -> HttpResponse:
    """Write the person, and go to their page."""
    lists.write_person(
        current_node(),
        kind=kind,
        values=form.values,
        now=timezone.now(),
        actor=request.user.get_username(),
    )
    forget(request, draft)
    here = address_of(kind, form.values["ref"])
    said = _("The person stands on the list.") if is_new else _("The changes are saved.")
    link = format_html('<a href="{}&tab=timeline">{}</a>', here, _("See it, or undo it"))
    messages.success(request, format_html("{} {}", said, link))
    return redirect(here)


def _as_it_stands(
    request: HttpRequest, kind: ListKind, ref: str
) -> tuple[PersonRecord | None, str]:
    """Return the person as the list has them, and by which change; nothing without a reference."""
    if not ref:
        return None, ""
    reader = Reader(actor=request.user.get_username(), purpose="person_edit", now=timezone.now())
    history = access.history(current_node(), kind, ref, columns=None, reader=reader)
    current = next((version for version in history if version.is_current), None)
    if current is None:
        raise not_yours()
    return current.record, str(current.change_id)


def _is_taken(request: HttpRequest, kind: ListKind, ref: str) -> bool:
    reader = Reader(actor=request.user.get_username(), purpose="person_edit", now=timezone.now())
    return bool(access.some(current_node(), kind, [ref], reader=reader))


def _initial(record: PersonRecord) -> dict[str, Any]:
    """Return the person as the form's fields have them."""
    found: dict[str, Any] = {}
    for column in COLUMNS["held"] + COLUMNS["wanted"]:
        value = getattr(record, column)
        if not isinstance(value, PartialDate):
            found[column] = value
            continue
        sign = value.text[-1] if value.text[-1] in _DOUBTS else ""
        parts = value.text.removesuffix(sign).split("-")
        found |= {f"{column}_{name}": part for (name, *_), part in zip(_PARTS, parts, strict=False)}
        about, uncertain = _DOUBTS[sign]
        found |= {f"{column}_about": about, f"{column}_uncertain": uncertain}
    return found


def _at(column: str, problem: str) -> str:
    """Name the column before what is wrong with it: the summary stands far from the field."""
    return str(_("{column}: {problem}")).format(column=NAMES[column], problem=problem)


def _text(column: str) -> forms.CharField:
    attrs = {"spellcheck": "false", "autocomplete": "off"}
    attrs["dir"] = "ltr" if column in {"ref", "power", "service_number"} else "auto"
    return forms.CharField(
        label=NAMES[column],
        required=column == "ref",
        max_length=MAX_REF_CHARS if column == "ref" else MAX_CELL_CHARS,
        widget=forms.TextInput(attrs=attrs),
        error_messages={"required": " ".join(problem_words.of_fault("missing_ref", "ref"))},
    )


def _address(kind: ListKind, ref: str, **more: str) -> str:
    values = {**({"ref": ref} if ref else {}), **more}
    address: str = reverse("person-edit", args=[kind])
    return f"{address}?{urlencode(values)}" if values else address
