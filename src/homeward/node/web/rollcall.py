"""Asking everybody of a leg: one row a person, filled in by hand, by scanner or as a sheet.

Rules of this file:
- Nobody is assumed to have said anything. "All others" counts only where somebody ticked it.
- What is filled in rests sealed in the session until it is signed; it is never in an address,
  and what was scanned or searched for is not either: it could be a name.
- A row tells the salted id and what this side's own sheet tells; why somebody does not
  travel is asked nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from homeward.foundation.errors import InputError
from homeward.node.actions.sheets import read_answers
from homeward.node.web import failure_words, kept

ID_CHARS = 8
ROWS_MAX = 400
"""People that a form shows at most: a browser sends three fields for each; more take a sheet."""

_SCAN_MIN_CHARS = 4
_YES, _NO, _OPEN = "yes", "no", "open"
_ALL, _LAST = "all", "last"
_NOBODY, _SEVERAL = "nobody", "several"


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One row: salted id, the name as this side knows it (empty at a mediator), and a note."""

    captive: str
    name: str = ""
    note: Any = ""

    @property
    def short(self) -> str:
        """The beginning of the id, as manifests print it."""
        return self.captive[:ID_CHARS]


@dataclass(frozen=True, slots=True, kw_only=True)
class RollCall:
    """A question to everybody of a leg, and where its page stands.

    Attributes:
        key: Under which the session keeps what was filled in.
        title: Heading of the page.
        leg: Such as `RU -> UA`.
        people: Whom it is put to.
        yes: Label of the one answer.
        no: Label of the other.
        open: Label of no answer; empty where everybody needs one.
        all_yes: Sentence of the box that answers yes for all others.
        count_word: What the big count counts.
        can_scan: True where people are here and may be scanned.
        here: Address of this page.
        check: Address of the page on which it is signed.
        back: Address to go back to.
        sheet: Address of the sheet to be filled in instead.
        other: Address and words of the same question at another time, if there is one.
    """

    key: str
    title: Any
    leg: str
    people: Sequence[Called]
    yes: Any
    no: Any
    open: Any
    all_yes: Any
    count_word: Any
    can_scan: bool
    here: str
    check: str
    back: str
    sheet: str
    other: tuple[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What was filled in: salted ids with yes, with no, and without an answer."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    open: tuple[str, ...]


def call(request: HttpRequest, roll: RollCall) -> HttpResponse:
    """Show the rows, take what is filled in, and lead to the page that signs it.

    Args:
        request: GET shows; POST marks who was scanned, or checks all of it.
        roll: The question.

    Returns:
        The page, or a redirect.
    """
    draft = kept.kept(request, roll.key) or {}
    errors: list[str] = []
    if request.method == "POST":
        draft, errors = _taken(request, roll, draft)
        if "scan" in request.POST.get("do", ""):
            kept.keep(request, roll.key, _scanned(roll, draft, request.POST.get("scan", "")))
            return redirect(roll.here)
        errors = errors or _left_open(roll, draft)
        if not errors:
            kept.keep(request, roll.key, draft)
            return redirect(roll.check)
    status = InputError.http_status if errors else 200
    return render(request, "rollcall.html", _page(roll, draft, errors), status=status)


def answers(request: HttpRequest, roll: RollCall) -> Answers | None:
    """Return what was filled in, as it would be signed; None if nothing was."""
    draft = kept.kept(request, roll.key)
    if draft is None or _left_open(roll, draft):
        return None
    said = {each.captive: _said(draft, each.captive) for each in roll.people}
    return Answers(
        yes=tuple(each for each, word in said.items() if word == _YES),
        no=tuple(each for each, word in said.items() if word == _NO),
        open=tuple(each for each, word in said.items() if word not in (_YES, _NO)),
    )


def named(people: Iterable[Called], ids: Iterable[str]) -> str:
    """Return some people as a line of short ids, each with its name if this side knows it."""
    wanted = set(ids)
    return "; ".join(
        f"{each.short} {each.name}".rstrip() for each in people if each.captive in wanted
    )


def _said(draft: Mapping[str, str], captive: str) -> str:
    return draft.get(captive) or (_YES if draft.get(_ALL) else "")


def _taken(
    request: HttpRequest, roll: RollCall, draft: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Return what the form says, row by row or as a sheet, and what is wrong with it."""
    file = request.FILES.get("sheet")
    if file is not None:
        try:
            yes, no = read_answers(file.read(), file="sheet", is_everybody_needed=not roll.open)
        except InputError as error:
            return dict(draft), [failure_words.of(error).sentence]
        known = {each.captive for each in roll.people}
        strangers = len({*yes, *no} - known)
        if strangers:
            said = _("The sheet names people who are not asked now: {count}. Write it anew.")
            return dict(draft), [said.format(count=strangers)]
        return {**dict.fromkeys(yes, _YES), **dict.fromkeys(no, _NO)}, []
    if len(roll.people) > ROWS_MAX:
        return dict(draft), [_("Choose the filled sheet first.")]
    found = {
        each.captive: word
        for each in roll.people
        if (word := request.POST.get(f"a-{each.captive}")) in (_YES, _NO, _OPEN)
    }
    if request.POST.get(_ALL):
        found[_ALL] = _YES
    return found, []


def _left_open(roll: RollCall, draft: Mapping[str, str]) -> list[str]:
    words = [_said(draft, each.captive) for each in roll.people]
    blank = sum(word not in (_YES, _NO) for word in words)
    if blank == len(words):
        return [_("Nobody is marked yet. Mark somebody, or tick the box for all others.")]
    if blank and not roll.open:
        said = _("Not marked yet: {count}. Mark everybody, or tick the box for all others.")
        return [said.format(count=blank)]
    return []


def _scanned(roll: RollCall, draft: Mapping[str, str], text: str) -> dict[str, str]:
    """Mark the one person whom a scan or a search means."""
    text = text.strip().casefold()
    found = [
        each.captive
        for each in roll.people
        if len(text) >= _SCAN_MIN_CHARS
        and (each.captive.startswith(text) or text in each.name.casefold())
    ]
    marks = {name: word for name, word in draft.items() if name != _LAST}
    if len(found) == 1:
        return {**marks, found[0]: _YES, _LAST: found[0]}
    return {**marks, _LAST: _SEVERAL if found else _NOBODY}


def _page(roll: RollCall, draft: Mapping[str, str], errors: list[str]) -> dict[str, Any]:
    marked = [(each, draft.get(each.captive, "")) for each in roll.people]
    last = draft.get(_LAST, "")
    return {
        "roll": roll,
        "rows": marked if len(marked) <= ROWS_MAX else (),
        "counted": sum(_said(draft, each.captive) == _YES for each in roll.people),
        "all": draft.get(_ALL, ""),
        "found": next((each for each in roll.people if each.captive == last), None),
        "last": last,
        "errors": errors,
        "choices": [(_YES, roll.yes), (_NO, roll.no), *([(_OPEN, roll.open)] if roll.open else [])],
        "is_fresh": not draft,
    }
