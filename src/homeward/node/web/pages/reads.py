"""Who looked: every read of people at this node, by whom, when and what for.

Rules of this file:
- Ids and counts alone: no name of a captive stands in the log, so none can stand here.
- A filter that finds nothing looks the same whether the reference exists or not.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.node import access
from homeward.node.access import Read, Reads
from homeward.node.home import utc_text
from homeward.node.web.columns import KINDS
from homeward.node.web.current import current_node
from homeward.node.web.policy import may_see, page, roles_of

_PAGE_READS = 50
_FILE_BATCH = 5_000
_FILE_MAX_READS = 1_000_000
_ACTOR_MAX_CHARS, _REF_MAX_CHARS = 150, 128
_COLUMNS = ("at", "actor", "act", "subject", "person_count", "purpose")

ACTS: Mapping[str, Any] = {
    "people.read": _("read people of a list"),
    "people.found": _("looked through a list"),
    "person.read": _("read one person"),
    "person.history": _("read what was written of one person"),
    "disclosed.read": _("read what another party disclosed"),
    "disclosure.ask": _("asked a second officer to see it"),
    "disclosure.agree": _("agreed that another officer sees it"),
    "disclosure.read": _("saw what two officers allowed"),
    "list.undone": _("undid an import"),
    "list.taken_off": _("took somebody off a list"),
    "list.put_back": _("put somebody back on a list"),
    "case.erased": _("erased the people of a case"),
    "card.confirm": _("compared a card by voice"),
    "card.drop": _("took a card off"),
    "account.add": _("added an account"),
    "account.roles": _("changed the roles of an account"),
    "account.on": _("switched an account on"),
    "account.off": _("switched an account off"),
    "account.password": _("set a new password for an account"),
    "account.factor": _("removed the second step of an account"),
}
"""Act of the access log → its words; one without a row is shown as it stands."""

PURPOSES: Mapping[str, Any] = {
    "list_page": _("page of a list"),
    "person_page": _("page of a person"),
    "person_edit": _("change of a person"),
    "person_undo": _("undoing a change"),
    "export": _("export of a list"),
    "wanted_list": _("wanted list of a case"),
    "answers": _("answers of a case"),
    "remarks": _("remarks on answers"),
    "replies": _("replies to remarks"),
    "final_list": _("final list of a case"),
    "identities": _("identities for a plan"),
    "plan": _("page of a plan"),
    "small_counts": _("exact small numbers of a plan"),
    "why": _("why one person goes or stays"),
    "named_list": _("list that an agreement names"),
    "undo": _("undoing an import"),
    "manifest": _("manifest"),
    "sheet": _("sheet for the private talks"),
    "follow": _("the way of one person"),
    "review": _("deciding who is the same person"),
    "paper_form": _("form of a side on paper"),
    "notification": _("notification of captives"),
    "erasure": _("erasing the people of a case"),
    "card": _("card of a party"),
    "account": _("accounts of this node"),
}
"""Purpose of a read → its words; one without a row is shown as it stands."""

SUBJECTS: Mapping[str, Any] = {
    "held": KINDS["held"],
    "wanted": KINDS["wanted"],
    "account": _("Account"),
    "card": _("Card"),
    "import": _("Import"),
    "answer": _("Wanted list in the case"),
}
"""What stands before the colon of a subject → its words."""

DISCLOSED: Mapping[str, Any] = {
    "wanted list": _("wanted list"),
    "answers": _("answers"),
    "remarks": _("remarks"),
    "replies": _("replies"),
    "evidence": _("evidence"),
    "list": _("list"),
    "list of those who come": _("list of those who come"),
}
"""What another party disclosed → its words."""


@page("reads")
def reads(request: HttpRequest) -> HttpResponse:
    """Show the reads, the latest first, of one account or at one person."""
    asked = _asked(request)
    number = request.GET.get("page", "")
    found = _found(asked, int(number) if number.isdecimal() and len(number) < 9 else 1)
    context = {
        "asked": asked,
        "found": found,
        "rows": [_row(each) for each in found.reads],
        "newer": found.page > 1 and _address(asked, found.page - 1),
        "older": found.page < found.page_count and _address(asked, found.page + 1),
        "as_file": urlencode(asked),
        "may_erase": may_see(roles_of(request.user), "erase"),
    }
    return render(request, "reads.html", context)


@page("reads")
def reads_file(request: HttpRequest) -> HttpResponse:
    """Give the same reads as CSV."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(_COLUMNS)
    for each in _all(_asked(request)):
        cells = (each.actor, each.act, each.subject, each.person_count, each.purpose)
        table.writerow([utc_text(each.at), *map(_plain, cells)])
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="who-looked.csv"'
    return answer


def _asked(request: HttpRequest) -> dict[str, str]:
    return {
        "account": request.GET.get("account", "").strip()[:_ACTOR_MAX_CHARS],
        "ref": request.GET.get("ref", "").strip()[:_REF_MAX_CHARS],
    }


def _found(asked: Mapping[str, str], number: int, size: int = _PAGE_READS) -> Reads:
    return access.reads(
        current_node(), page=number, page_size=size, actor=asked["account"], ref=asked["ref"]
    )


def _all(asked: Mapping[str, str]) -> Iterator[Read]:
    for number in range(1, _FILE_MAX_READS // _FILE_BATCH + 1):
        found = _found(asked, number, _FILE_BATCH)
        yield from found.reads
        if number == found.page_count:
            return


def _row(read: Read) -> dict[str, Any]:
    return {
        "at": utc_text(read.at),
        "actor": read.actor,
        "act": ACTS.get(read.act, read.act),
        "subject": _subject(read),
        "count": read.person_count,
        "purpose": PURPOSES.get(read.purpose, read.purpose),
    }


def _subject(read: Read) -> SafeString:
    """Tell what was read in words, and set the ids of it apart."""
    before, _colon, after = read.subject.partition(":")
    disclosed, _space, root = read.subject.rpartition(" ")
    if read.act.startswith("disclosure."):
        return _with_ids(gettext("Case"), before, after)
    if read.act == "disclosed.read" and disclosed in DISCLOSED:
        return _with_ids(DISCLOSED[disclosed], root)
    if before in SUBJECTS:
        return _with_ids(SUBJECTS[before], after)
    return _with_ids("", read.subject)


def _with_ids(words: object, *ids: str) -> SafeString:
    shown = [format_html('<code dir="ltr">{}</code>', each) for each in ids if each]
    return format_html_join(" ", "{}", ((part,) for part in (words, *shown) if part))


def _address(asked: Mapping[str, str], number: int) -> str:
    return urlencode({**asked, "page": number})


def _plain(cell: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


PATTERNS = [
    path("reads", reads, name="reads"),
    path("reads/file", reads_file, name="reads-file"),
]
