# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""The forms of the desk for statements: a text, and what one of its rows says.

Rules of this file:
- A row has the fields of its kind and no other; whether they fit together the action says.
- Codes of parties are typed as they are written everywhere: `UA`, `YE-HOUTHI`.
- A condition of talks is a line: whose move it is, a colon, and what it is to do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from homeward.node.actions.desk import ADDRESS_MAX_CHARS, TEXT_MAX_CHARS, TITLE_MAX_CHARS
from homeward.node.web.statement_words import LEVELS, MODES, QUALIFIERS, ROLES, STANCES, UNITS
from homeward.statements.model import COUNT_MAX
from homeward.statements.reviewed import Kind, Row

FIELDS: Mapping[Kind, tuple[str, ...]] = {
    "leg": ("count", "qualifier", "unit", "home", "holder", "source", "role", "date"),
    "total": ("count", "qualifier", "unit", "source", "role", "date"),
    "duration": ("days", "qualifier", "home", "source"),
    "mediator": ("party", "source"),
    "medical_checks": ("country", "home", "source"),
    "omission": ("source", "is_silence"),
    "position": (
        *("source", "stance", "target", "levels", "modes", "participants"),
        *("conditions", "instrument", "said_on"),
    ),
}
"""Kind of a row → what can be corrected in it."""

LANGUAGES = {
    "en": "English",
    "uk": "Українська",
    "ru": "Русский",
    "ar": "العربية",
    "es": "Español",
    "fr": "Français",
}
"""Languages that are read, each named in itself."""

_VALUES = ("count", "days", "party", "country")
_DAYS, _LISTS = ("date", "said_on"), ("levels", "modes", "participants")
_CODE = {"dir": "ltr", "autocapitalize": "characters", "spellcheck": "false"}
_FILE_MAX_BYTES = 4 * TEXT_MAX_CHARS


def _several(label: Any, words: Mapping[str, Any], **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=list(words.items()), widget=forms.CheckboxSelectMultiple, **more
    )


def _code(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=60, widget=forms.TextInput(attrs=dict(_CODE)), **more
    )


class TextForm(forms.Form):
    """A text, pasted or as a file, and what is known of it."""

    title = forms.CharField(label=_("Title"), max_length=TITLE_MAX_CHARS)
    published_on = forms.DateField(
        label=_("Day of publication"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("as the text looks")), *LANGUAGES.items()],
        required=False,
    )
    address = forms.CharField(
        label=_("Where it was published"),
        help_text=_("An address, if there is one. It is not opened."),
        max_length=ADDRESS_MAX_CHARS,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "url"}),
    )
    text = forms.CharField(
        label=_("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "dir": "auto"}),
    )
    file = forms.FileField(
        label=_("Or a text file"),
        help_text=_("If you choose a file, it is read instead of the text above."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".txt,text/plain"}),
    )

    def clean(self) -> dict[str, Any]:
        """Take the text from the file if there is one."""
        cleaned: dict[str, Any] = super().clean()
        file = cleaned.get("file")
        if file is not None:
            if file.size > _FILE_MAX_BYTES:
                self.add_error("file", _("This file is too large for a statement."))
                return cleaned
            try:
                cleaned["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("This file is no text in UTF-8. Save it as UTF-8."))
                return cleaned
        if not (cleaned.get("text") or "").strip():
            self.add_error("text", _("Paste the text here, or choose a file."))
        return cleaned


class RowForm(forms.Form):
    """What a row says: the fields of its kind; with `is_new`, also its words."""

    quote = forms.CharField(
        label=_("Its words"),
        help_text=_("Copied from the text exactly; they are found in it."),
        strip=True,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    count = forms.IntegerField(
        label=_("Number"),
        help_text=_("Empty if the text gives none."),
        min_value=0,
        max_value=COUNT_MAX,
        required=False,
    )
    days = forms.IntegerField(label=_("Days"), min_value=0, required=False)
    qualifier = forms.ChoiceField(label=_("How exact"), choices=list(QUALIFIERS.items()))
    unit = forms.ChoiceField(label=_("Who is counted"), choices=list(UNITS.items()))
    party = _code(_("Who mediates"), help_text=_("A code such as AE."))
    country = _code(_("In which country"), help_text=_("A code such as BY."))
    home = _code(_("Home to"), help_text=_("A code such as UA."))
    holder = _code(_("Let go by"), help_text=_("A code such as RU."))
    source = _code(
        _("Who says it"),
        help_text=_("A party, an office such as UA.president, both, or narrator for the text."),
    )
    stance = forms.ChoiceField(label=_("Position"), choices=list(STANCES.items()))
    target = _code(_("On talks with"), required=False)
    levels = _several(_("Who would talk"), LEVELS)
    modes = _several(_("In which way"), MODES)
    participants = _code(
        _("Who else sits at the table"),
        help_text=_("Codes with commas between them; empty if only the two sides are meant."),
        required=False,
    )
    conditions = forms.CharField(
        label=_("Conditions"),
        help_text=_("One in a line, whose move it is before it. UA: lift the decree"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    instrument = forms.CharField(
        label=_("Law or decree"), max_length=TITLE_MAX_CHARS, required=False
    )
    said_on = forms.DateField(
        label=_("Day on which it was said"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    role = forms.ChoiceField(label=_("About which exchange"), choices=list(ROLES.items()))
    date = forms.DateField(
        label=_("Day of the exchange"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    is_silence = forms.BooleanField(
        label=_("It said nothing at all"), required=False, initial=False
    )

    def __init__(self, kind: Kind, *args: Any, is_new: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self._kind = kind
        wanted = (*(("quote",) if is_new else ()), *FIELDS[kind])
        self.order_fields(wanted)
        for name in self.fields.keys() - set(wanted):
            del self.fields[name]

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as fields of a `Row`."""
        found = {name: self.cleaned_data[name] for name in FIELDS[self._kind]}
        for name in _VALUES:
            if name in found:
                found["value"] = found.pop(name)
        for name in _DAYS:
            if name in found:
                found[name] = found[name].isoformat() if found[name] else ""
        for name in _LISTS:
            if name in found:
                found[name] = tuple(sorted(found[name]))
        return found

    def clean_participants(self) -> list[str]:
        """Part the codes at their commas."""
        codes = self.cleaned_data["participants"].replace("،", ",").split(",")
        return [code.strip() for code in codes if code.strip()]

    def clean_conditions(self) -> tuple[tuple[str, str], ...]:
        """Part each line into what is to be done and whose move it is."""
        found = []
        for line in filter(str.strip, self.cleaned_data["conditions"].splitlines()):
            party, colon, act = line.partition(":")
            if not (colon and act.strip()):
                raise forms.ValidationError(_("Write whose move it is, a colon, and the act."))
            found.append((act.strip(), party.strip()))
        return tuple(found)


def initial_of(row: Row) -> dict[str, Any]:
    """Return what a form shows of a row before somebody corrects it.

    Args:
        row: As it counts now.
    """
    return {
        **dict.fromkeys(_VALUES, row.value),
        **{name: getattr(row, name) for name in ("qualifier", "unit", "home", "holder", "source")},
        **{name: getattr(row, name) for name in ("stance", "target", "role", "is_silence")},
        **{name: getattr(row, name) for name in ("levels", "modes", "instrument")},
        "participants": ", ".join(row.participants),
        "conditions": "\n".join(f"{on}: {act}" for act, on in row.conditions),
        **{name: _day(getattr(row, name)) for name in _DAYS},
    }


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
