# mypy: disallow-untyped-decorators=False
# Django ships no types, so its decorators are untyped to the type checker.
"""One person: what is known and from where, what happened, who looked.

Rules of this file:
- Every value says which change of the list brought it, and when.
- Nobody on a list is deleted: a change made on this page is undone, and both stay written.
- What a holder answered is quoted as its words, never as fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from homeward.node import access
from homeward.node.access import Reader, Version
from homeward.node.actions import lists
from homeward.node.actions import people as following
from homeward.node.home import utc_text
from homeward.node.web import problem_words, words
from homeward.node.web.columns import KINDS, NAMES, groups_of
from homeward.node.web.current import current_node
from homeward.node.web.pages.person_edit import edit
from homeward.node.web.pages.reads import ACTS, PURPOSES
from homeward.node.web.person_words import address_of, cell_of, changes_of, kind_of, line_of
from homeward.node.web.policy import columns_of, may_see, not_yours, page, roles_of
from homeward.node.web.value_words import ANSWERS, NO_ANSWER
from homeward.records.model import COLUMNS, ListKind, PersonRecord

TABS: Mapping[str, Any] = {
    "facts": gettext_lazy("Facts"),
    "timeline": gettext_lazy("Timeline"),
    "reads": gettext_lazy("Who looked"),
}
"""Tab of a person → its words."""


@page("person")
@require_GET
def person(request: HttpRequest, kind: str) -> HttpResponse:
    """Show one person of a list."""
    of_kind, visible, now = kind_of(kind), columns_of(roles_of(request.user)), timezone.now()
    ref, tab = request.GET.get("ref", ""), request.GET.get("tab", "facts")
    if tab not in TABS:
        raise not_yours()
    node = current_node()
    reader = Reader(actor=request.user.get_username(), purpose="person_page", now=now)
    record = access.person(node, of_kind, ref, columns=visible, reader=reader)
    here = address_of(of_kind, ref)
    context = {
        "kind": of_kind,
        "list_name": KINDS[of_kind],
        "ref": ref,
        "row": line_of(record),
        "tab": tab,
        "tabs": [(name, text, f"{here}&tab={name}") for name, text in TABS.items()],
        "may_edit": may_see(roles_of(request.user), "person-edit"),
    }
    if tab == "reads":
        context["reads"] = [
            {
                "at": utc_text(read.at),
                "actor": read.actor,
                "act": ACTS.get(read.act, read.act),
                "purpose": PURPOSES.get(read.purpose, read.purpose),
                "count": f"{read.person_count:,}",
            }
            for read in access.reads_of(node, of_kind, ref)
        ]
    else:
        history = access.history(node, of_kind, ref, columns=visible, reader=reader)
        more = _timeline if tab == "timeline" else _facts
        context |= more(request, of_kind, record, history, visible)
    return render(request, "person.html", context)


@page("person-edit")
@require_POST
def undo(request: HttpRequest, kind: str) -> HttpResponse:
    """Take back the latest change of a person, if it was made on their page."""
    of_kind, now = kind_of(kind), timezone.now()
    node, actor, ref = current_node(), request.user.get_username(), request.POST.get("ref", "")
    reader = Reader(actor=actor, purpose="person_undo", now=now)
    history = access.history(node, of_kind, ref, columns=None, reader=reader)
    change = _undoable(history)
    if change is None or str(change.change_id) != request.POST.get("change", ""):
        raise not_yours()
    lists.undo_import(node, import_id=change.change_id, now=now, actor=actor)
    messages.success(request, _("The change is undone. It stays in the timeline."))
    was_new = len([each for each in history if not each.is_undone]) == 1
    return redirect(reverse("people", args=[of_kind]) if was_new else address_of(of_kind, ref))


def _facts(
    request: HttpRequest,  # noqa: ARG001 - as the other tab
    kind: ListKind,
    record: PersonRecord,
    history: Sequence[Version],
    visible: frozenset[str] | None,
) -> dict[str, Any]:
    """Return every known column with the change that brought its value."""
    sources = {name: _source(version) for name, version in access.facts(history).items()}
    groups = []
    for heading, columns in groups_of(kind):
        rows = [
            {"name": NAMES[each], "value": value, "source": sources.get(each)}
            for each in columns
            if (value := cell_of(record, each))
        ]
        groups.append({"heading": heading, "rows": rows})
    if record.extra:
        rows = [
            {"name": name, "value": text, "source": sources.get("extra")}
            for name, text in record.extra
        ]
        groups.append({"heading": _("Further columns of your files"), "rows": rows})
    unknown = [
        NAMES[column]
        for column in COLUMNS[kind]
        if not cell_of(record, column) and (visible is None or column in visible)
    ]
    return {"groups": [group for group in groups if group["rows"]], "unknown": unknown}


def _timeline(
    request: HttpRequest,
    kind: ListKind,
    record: PersonRecord,
    history: Sequence[Version],
    visible: frozenset[str] | None,
) -> dict[str, Any]:
    """Return what was changed, and what the cases say."""
    roles = roles_of(request.user)
    changes = []
    for at, version in enumerate(history):
        earlier = next((each.record for each in history[at + 1 :] if not each.is_undone), None)
        changes.append(
            {
                "source": _source(version),
                "is_undone": version.is_undone,
                "is_new": earlier is None,
                "what": changes_of(earlier, version.record, kind) if earlier else [],
            }
        )
    undoable = _undoable(history) if may_see(roles, "person-edit") else None
    refusal = lists.undo_refusal(current_node(), undoable.change_id) if undoable else ""
    refusal = problem_words.of_no_undo(refusal)
    return {
        "changes": changes,
        "undoable": undoable,
        "refusal": refusal,
        "cases": _cases(request, kind, record.ref, visible) if may_see(roles, "case") else [],
    }


def _cases(
    request: HttpRequest, kind: ListKind, ref: str, visible: frozenset[str] | None
) -> list[dict[str, Any]]:
    actor = request.user.get_username()
    found = following.cases_of(current_node(), kind, ref, now=timezone.now(), actor=actor)
    has_names = visible is None or "name_as_written" in visible
    return [
        {
            "case": case.case,
            "state": words.STATES[case.state],
            "holder": case.holder,
            "captive": case.captive,
            "answer": {**ANSWERS, "no_answer": NO_ANSWER}.get(case.code, ""),
            "name": case.name_as_written if has_names else "",
            "reasons": case.reasons if has_names else (),
            "steps": [
                {
                    "number": number,
                    "at": envelope.at,
                    "case": case.case,
                    "sentence": words.of_entry(envelope),
                }
                for number, envelope in case.steps
            ],
        }
        for case in found
    ]


def _source(version: Version) -> dict[str, Any]:
    return {
        "is_page": version.source == "page",
        "file": version.file_name,
        "change": version.change_id,
        "at": utc_text(version.at),
        "actor": version.actor,
    }


def _undoable(history: Sequence[Version]) -> Version | None:
    """Return the version that counts if it was written on the page."""
    current = next((version for version in history if version.is_current), None)
    return current if current is not None and current.source == "page" else None


PATTERNS = [
    path("people/<str:kind>/person", person, name="person"),
    path("people/<str:kind>/edit", edit, name="person-edit"),
    path("people/<str:kind>/undo", undo, name="person-undo"),
]
