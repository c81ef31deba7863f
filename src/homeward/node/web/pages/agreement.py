"""The agreement of a case, to be written and tried: what it says, and what would come of it.

Rules of this file:
- Nothing is signed or sent from here. A text binds nobody before it is tabled and signed.
- The same address answers whoever presses the button and whoever types: same markup. While
  somebody types, only what can be counted in about a second is counted.
- Numbers only, never a name; small ones are ranges, unless two officers allowed more.
- What was typed comes back as it was, also where it cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.foundation.errors import EngineError, HomewardError, InputError, RuleError
from homeward.negotiation import CaseState
from homeward.negotiation.fields import TERMS_MAX_CHARS
from homeward.node import book
from homeward.node.access import Reader
from homeward.node.actions import disclosure, trying, wordings
from homeward.node.actions.disclosure import Look
from homeward.node.actions.trying import Lists, Outcome, Trial
from homeward.node.actions.wordings import Wording
from homeward.node.home import Node, utc_text
from homeward.node.web import (
    difference_words,
    failure_words,
    repair_words,
    terms_words,
    trial_words,
    words,
)
from homeward.node.web.case_acts import joined
from homeward.node.web.category_words import of_category
from homeward.node.web.clause_words import of_clause
from homeward.node.web.current import current_node
from homeward.node.web.policy import may_see, page, roles_of
from homeward.planning.whatif import SOONEST
from homeward.report.totals import shown
from homeward.terms import Agreement, read_agreement

NOT_TRIED: Mapping[str, Any] = {
    "many": _("There are many people on the lists here. Press “Check” to count them."),
    "none": _("This node has no list yet, so nobody is counted."),
    "part": _(
        "The list of another holder is not here, so no plan is tried. The numbers of each clause "
        "are those of the lists here."
    ),
}
"""Why a text is not tried, or not wholly → its sentence."""

_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _At:
    """What a request asks about: the text, with which one it is compared, how it was asked."""

    node: Node
    state: CaseState
    text: str
    kept: tuple[Wording, ...]
    against: Wording
    do: str
    is_live: bool
    actor: str

    @property
    def case(self) -> str:
        """Which case the text is tried in."""
        return self.state.case


@page("agreement")
def agreement(request: HttpRequest, case: str) -> HttpResponse:
    """Show a text of the agreement beside what it says and does; keep it; ask what if."""
    at = _at(request, case)
    if at.do == "keep":
        try:
            return _keep(request, at)
        except InputError:
            pass  # the page says where it cannot be read
    context, status = _answer(request, at)
    roles = roles_of(request.user)
    context |= {
        "case": case,
        "state": words.STATES[at.state.state],
        "text": at.text,
        "wordings": [_version(each, at) for each in at.kept],
        "against": at.against.key,
        "may_table": may_see(roles, "case-open") and book.sequences(at.node),
        "max_chars": TERMS_MAX_CHARS,
    }
    # A part of a page that is put in while somebody types is no failure.
    status = 200 if "HX-Request" in request.headers else status
    return render(request, "agreement.html", context, status=status)


def _at(request: HttpRequest, case: str) -> _At:
    node = current_node()
    state = book.case_of(book.read_ahead(node), case)
    kept = wordings.wordings_of(node, case)
    by_key = {each.key: each for each in kept}
    asked = request.POST if request.method == "POST" else request.GET
    chosen = by_key.get(asked.get("wording", ""), kept[0])
    text = asked.get("text", chosen.text) if request.method == "POST" else chosen.text
    return _At(
        node=node,
        state=state,
        text=text.replace("\r\n", "\n"),
        kept=kept,
        against=by_key.get(asked.get("against", ""), kept[0]),
        do=request.POST.get("do", ""),
        is_live=request.method != "POST" or "do" not in request.POST,
        actor=request.user.get_username(),
    )


def _keep(request: HttpRequest, at: _At) -> HttpResponse:
    key = wordings.keep_wording(at.node, at.case, at.text, actor=at.actor, now=timezone.now())
    messages.success(request, gettext("The text is kept on this node. Nobody else has it."))
    query = urlencode({"wording": key, "against": at.against.key})
    return redirect(f"{reverse('agreement', args=[at.case])}?{query}")


def _answer(request: HttpRequest, at: _At) -> tuple[dict[str, Any], int]:
    """Return what the page says of the text, and the status of the answer."""
    try:
        if len(at.text) > TERMS_MAX_CHARS:
            said = gettext("This is too long for the ledger. Characters at most: {count}.")
            return {"error": {"sentence": said.format(count=TERMS_MAX_CHARS)}}, 422
        read = read_agreement(at.text)
    except InputError as error:
        return {"error": _error(error, at.text)}, error.http_status
    now = timezone.now()
    look = Look(act="small_counts", case=at.case)
    is_exact = disclosure.show(at.node, look, actor=at.actor, now=now)
    context: dict[str, Any] = {
        "read": read,
        "spoken": wordings.spoken(read.sha256).split(),
        "head": list(terms_words.head_of(read)),
        "objectives": [terms_words.of_objective(each, read) for each in read.objectives],
        "is_exact": is_exact,
        **_differences(at, read),
    }
    if at.is_live and trying.people_here(at.node, at.state) > trying.LIVE_PEOPLE:
        return context | _untried(read, "many"), 200
    reader = Reader(actor=at.actor, purpose="agreement", now=now)
    try:
        lists = trying.lists_here(at.node, at.case, read, reader=reader)
        seconds = trying.LIVE_SECONDS if at.is_live else trying.ASKED_SECONDS
        trial = trying.try_text(read, lists, seconds=seconds)
    except (InputError, RuleError, EngineError) as error:
        context["failure"] = failure_words.of(error)
        return context | _untried(read, ""), 200 if at.is_live else error.http_status
    context |= _tried(read, trial, is_exact=is_exact)
    if at.do == "whatif":
        context["what_if"] = _what_if(request, read, lists, is_exact=is_exact)
    return context, 200


def _error(error: InputError, text: str) -> dict[str, Any]:
    """Return where the text cannot be read, the line as it stands there, and why."""
    facts = error.facts
    number = facts.get("line")
    lines = text.split("\n")
    line = lines[number - 1] if isinstance(number, int) and 0 < number <= len(lines) else ""
    places = [
        (gettext("Line"), number),
        (gettext("Clause"), facts.get("clause")),
        (gettext("Key"), facts.get("key")),
    ]
    return {
        "places": [(label, value) for label, value in places if value is not None],
        "line": line.strip()[:200],
        "sentence": failure_words.of(error).sentence,
    }


def _untried(read: Agreement, why: str) -> dict[str, Any]:
    return {
        "clauses": [(each.id, joined(of_clause(each, read)), []) for each in read.clauses],
        "not_tried": NOT_TRIED.get(why, ""),
    }


def _tried(read: Agreement, trial: Trial, *, is_exact: bool) -> dict[str, Any]:
    """Return what came of trying the text."""
    why = "" if trial.outcome is not None else "part" if trial.people else "none"
    return {
        "clauses": [
            (
                clause.id,
                joined(of_clause(clause, read)),
                [
                    (
                        words.of_leg(each.leg),
                        list(trial_words.of_figures(each, read, is_exact=is_exact)),
                    )
                    for each in trial.figures[clause.id]
                ],
            )
            for clause in read.clauses
        ],
        "not_tried": NOT_TRIED.get(why, ""),
        "sources": [
            trial_words.of_source(party, trial.sources[party], count)
            for party, count in sorted(trial.people.items())
        ],
        "is_guessed": any(each in trial_words.GUESSED for each in trial.sources.values()),
        "absent": trial.absent,
        "review": list(_review(read, trial, is_exact=is_exact)),
        "numbers": [
            (f"{n.clause} {n.key} {n.place}", trial_words.of_number(n)) for n in trial.numbers
        ],
        **_come_of_it(read, trial.outcome, is_exact=is_exact),
    }


def _come_of_it(read: Agreement, outcome: Outcome | None, *, is_exact: bool) -> dict[str, Any]:
    if outcome is None:
        return {}
    return {
        "outcome": outcome,
        "is_possible": outcome.counts is not None,
        "counts": [(words.of_leg(leg), n) for leg, n in sorted((outcome.counts or {}).items())],
        "reached": [
            (trial_words.of_level(name, read), _counted(name, value, is_exact=is_exact))
            for name, value in outcome.reached.items()
            if name != SOONEST
        ],
        "findings": [terms_words.of_finding(each, is_exact=is_exact) for each in outcome.findings],
        "conflicts": [repair_words.of_conflict(each) for each in outcome.conflicts],
        "repairs": [repair_words.of_repair(each) for each in outcome.repairs],
    }


def _review(read: Agreement, trial: Trial, *, is_exact: bool) -> Iterator[tuple[SafeString, Any]]:
    """Yield what the lists could not judge of everybody, and of how many."""
    for name, count in sorted(trial.review.items()):
        if name in read.categories:
            told = of_category(name, read)
        else:
            told = words.set_apart(gettext("the day of clause {clause}"), clause=name)
        yield told, shown(count, count, public=not is_exact)


def _what_if(
    request: HttpRequest, read: Agreement, lists: Lists, *, is_exact: bool
) -> dict[str, Any]:
    """Return what another number would bring, or why that cannot be said."""
    number, value = request.POST.get("number", ""), request.POST.get("value", "").strip()
    asked: dict[str, Any] = {"number": number, "value": value}
    parts = number.split(" ")
    if len(parts) != 3 or not parts[2].isdecimal() or not _NUMBER.fullmatch(value):
        return {
            **asked,
            "error": gettext("Choose a number of the agreement, and write another one."),
        }
    clause, key, place = parts[0], parts[1], int(parts[2])
    try:
        answer = trying.ask_what_if(
            read, lists, clause=clause, key=key, place=place, value=int(value)
        )
    except HomewardError as error:
        return {**asked, "error": failure_words.of(error).sentence}
    return {
        **asked,
        "sentence": trial_words.of_what_if(answer),
        "rows": [
            (
                trial_words.of_level(each["id"], read),
                *(_counted(each["id"], each[end], is_exact=is_exact) for end in ("from", "to")),
            )
            for each in answer["objectives"]
            if each["id"] != SOONEST
        ],
    }


def _counted(name: str, value: int | None, *, is_exact: bool) -> str:
    """Write what a level reaches; of people counted, a small number is a range."""
    if value is None:
        return str(gettext("no plan"))
    if name.endswith("least_share"):
        return f"{value:,} \N{PER MILLE SIGN}"
    if trial_words.counts_people(name):
        return str(shown(value, value, public=not is_exact))
    return f"{value:,}"


def _differences(at: _At, read: Agreement) -> dict[str, Any]:
    before = at.against.agreement
    changes = difference_words.between(before, read)
    return {
        "changes": changes,
        "is_same": before.sha256 == read.sha256,
        "is_same_text": at.against.text == at.text,
        "against_name": _name(at.against),
        "against_spoken": wordings.spoken(before.sha256).split(),
    }


def _version(wording: Wording, at: _At) -> dict[str, Any]:
    query = urlencode({"wording": wording.key, "against": at.against.key})
    return {
        "key": wording.key,
        "name": _name(wording),
        "spoken": wordings.spoken(wording.agreement.sha256),
        "by": wording.by,
        "address": f"{reverse('agreement', args=[at.case])}?{query}",
        "is_shown": wording.text == at.text,
    }


def _name(wording: Wording) -> SafeString:
    if wording.at is None:
        return format_html("{}", gettext("The tabled text"))
    return words.set_apart(gettext("Kept {at}"), at=utc_text(wording.at)[:16].replace("T", " "))


PATTERNS = [path("cases/<str:case>/agreement", agreement, name="agreement")]
