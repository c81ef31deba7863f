# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""Cases: all of them, one of them, the opening of one, and the acts before the handover.

Rules of this file:
- A case says first whose move it is, then what this node may do, then what was agreed.
- A stage is done when every party has done its part; the page says who has not.
- The agreement on its way to being tabled stands in the session, never in an address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, re_path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.foundation.errors import InputError
from homeward.negotiation import CaseState
from homeward.negotiation.agreed_lines import possible_lines
from homeward.negotiation.fields import TERMS_MAX_CHARS
from homeward.negotiation.state import BY_EVERY_PARTY, has_acted
from homeward.negotiation.versions import own_list
from homeward.node import book, courier
from homeward.node.actions import cases as acts
from homeward.node.actions.list_todo import Step
from homeward.node.actions.offers import cases_with_offers
from homeward.node.actions.overview import CaseView, Overview, overview
from homeward.node.home import Node
from homeward.node.web import failure_words, guide, value_words, words
from homeward.node.web.acting import Deed, deed
from homeward.node.web.case_acts import ACTS, act_page, is_anybody_on_the_way, joined, terms_facts
from homeward.node.web.clause_words import of_clause
from homeward.node.web.current import current_node
from homeward.node.web.pages.jobs import begin
from homeward.node.web.pages.ledger import lines
from homeward.node.web.policy import may_see, page, roles_of
from homeward.node.web.steps import rows_of
from homeward.node.web.terms_words import head_of, of_objective
from homeward.terms import read_agreement
from homeward.terms.agreement import TEXT_MAX_BYTES

STAGES: Mapping[str, Any] = {
    "terms_signed": _("Terms signed"),
    "wanted_list": _("Wanted lists sent"),
    "answers": _("Every line answered"),
    "final_list": _("Final lists signed"),
    "seed_revealed": _("Seed drawn"),
    "plan_proposed": _("Plan proposed"),
    "plan_accepted": _("Plan accepted"),
    "handover": _("Everybody brought home"),
    "case_closed": _("Case closed"),
}
"""Stage of a case, by the entry that ends it → its heading."""

PLACES = {"done": _("done"), "now": _("now"), "later": _("later"), "never": _("not reached")}
"""Whether a stage is over → its word."""

_SESSION_KEY = "agreement"
DRAFT_KEY = "agreement draft"
"""Where in the session another page leaves a draft, for `case_open` to begin with."""
_ENDED = ("closed", "aborted")


@page("cases")
def cases(request: HttpRequest) -> HttpResponse:
    """Show every case: whose move it is, where it stands, how many people."""
    node = current_node()
    view = overview(node, now=timezone.now())
    last = _last_entries(node) if view.log else {}
    rows = [
        case_row(node, case, view.steps, last.get(case.case, "")) for case in reversed(view.cases)
    ]
    may_open = may_see(roles_of(request.user), "case-open") and book.sequences(node)
    may_offer = may_see(roles_of(request.user), "offers") and bool(view.peers)
    context = {
        "cases": rows,
        "may_open": may_open,
        "may_offer": may_offer,
        "talks": _talks(node, view) if may_offer else [],
    }
    return render(request, "cases.html", context)


def _talks(node: Node, view: Overview) -> list[str]:
    """Return the names of talks from which no case has come."""
    opened = {case.case for case in view.cases}
    return [name for name in cases_with_offers(node) if name not in opened]


@page("case")
def case(request: HttpRequest, case: str) -> HttpResponse:
    """Show one case."""
    node = current_node()
    state = book.case_of(book.read_ahead(node), case)
    view, roles = overview(node, now=timezone.now()), roles_of(request.user)
    seen = next(each for each in view.cases if each.case == case)
    agreement = acts.terms_of(node, case)
    end = "end" if book.sequences(node) else "abort"
    may_end = (
        state.state not in _ENDED
        and node.party in (*state.parties, *state.mediators)
        and may_see(roles, ACTS[end].row)
    )
    is_kept_open = may_end and is_anybody_on_the_way(node, state)
    steps = rows_of(node, [step for step in view.steps if step.case == case], roles)
    context = {
        "case": case_row(node, seen, view.steps),
        "steps": steps,
        "guide": None if steps else guide.of(node, view, case=case),
        "by_itself": courier.last_carried(node) is not None,
        "stages": list(_stages(state, seen)),
        "head": list(head_of(agreement)),
        "clauses": [
            (clause.id, joined(of_clause(clause, agreement))) for clause in agreement.clauses
        ],
        "objectives": [of_objective(objective, agreement) for objective in agreement.objectives],
        "lists": list(_lists(state)),
        "answers": list(_answers(state)),
        "entries": [line for line in lines(book.read_book(node)) if line["case"] == case],
        "may_try": may_see(roles, "agreement"),
        "has_room": may_see(roles, "room"),
        "has_notices": may_see(roles, "notices"),
        "on_paper": state.on_paper if book.sequences(node) and may_see(roles, "case-paper") else (),
        "has_plan": state.plan is not None and may_see(roles, "plan"),
        "has_handover": state.plan is not None and _is_accepted(state),
        "has_statements": state.plan is not None and may_see(roles, "statements"),
        "about": f"case:{case}",
        "has_communique": bool(possible_lines(state))
        and node.party in (*state.parties, *state.mediators)
        and may_see(roles, "communique"),
        "may_reject": state.state == "proposed"
        and node.party in state.parties
        and may_see(roles, ACTS["reject"].row),
        "end": reverse("case-act", args=[case, end]) if may_end and not is_kept_open else "",
        "is_kept_open": is_kept_open,
    }
    return render(request, "case.html", context)


class OpenForm(forms.Form):
    """An agreement, written or as a file."""

    text = forms.CharField(
        label=_("Agreement"),
        help_text=_("In TOML, as both sides agreed it."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "dir": "ltr"}),
    )
    file = forms.FileField(
        label=_("Or a file"),
        help_text=_("If you choose a file, it is read instead of the text above."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Read the agreement; what is wrong in it is said with its line."""
        cleaned: dict[str, Any] = super().clean()
        file, text = cleaned.get("file"), cleaned.get("text") or ""
        if file is not None:
            if file.size > TEXT_MAX_BYTES:
                self.add_error("file", _("This file is too large for an agreement."))
                return cleaned
            try:
                text = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("This file is no text in UTF-8. Save it as UTF-8."))
                return cleaned
        field = "file" if file is not None else "text"
        if not text.strip():
            self.add_error("text", _("Write the agreement here, or choose a file."))
        elif len(text) > TERMS_MAX_CHARS:
            said = gettext("This is too long for the ledger. Characters at most: {count}.")
            self.add_error(field, said.format(count=TERMS_MAX_CHARS))
        else:
            try:
                cleaned["agreement"], cleaned["text"] = read_agreement(text), text
            except InputError as error:
                self.add_error(field, _with_line(error))
        return cleaned


@page("case-open")
def case_open(request: HttpRequest) -> HttpResponse:
    """Ask for an agreement; show it as sentences; table it."""
    if "check" in request.GET:
        return _check(request)
    draft = request.session.get(DRAFT_KEY, "")
    form = OpenForm(request.POST or None, request.FILES or None, initial={"text": draft})
    if request.method == "POST" and form.is_valid():
        missing = _missing(form.cleaned_data["agreement"])
        if missing is None:
            request.session[_SESSION_KEY] = form.cleaned_data["text"]
            return redirect(f"{reverse('case-open')}?check=1")
        form.add_error(None, missing)
    status = InputError.http_status if form.is_bound else 200
    return render(request, "case_open.html", {"form": form}, status=status)


def lists_act(request: HttpRequest, case: str, act: str) -> HttpResponse:
    """Do what a caseworker does: send the wanted list, answer one."""
    return act_page(request, case, act, begin=begin)


def binding_act(request: HttpRequest, case: str, act: str) -> HttpResponse:
    """Do what binds a party: sign, accept, reject, end."""
    return act_page(request, case, act, begin=begin)


def plan_act(request: HttpRequest, case: str, act: str) -> HttpResponse:
    """Do what a mediator does: plan, end."""
    return act_page(request, case, act, begin=begin)


def _check(request: HttpRequest) -> HttpResponse:
    text = request.session.get(_SESSION_KEY)
    if text is None:
        return redirect("case-open")
    agreement = read_agreement(text)

    def act(_form: Any) -> HttpResponse | str:
        acts.open_case(current_node(), text, now=timezone.now())
        del request.session[_SESSION_KEY]
        request.session.pop(DRAFT_KEY, None)
        return str(gettext("The case is open. The parties sign its terms next."))

    wanted = Deed(
        title=gettext("Table the agreement"),
        facts=terms_facts(agreement),
        warning=gettext(
            "All parties get these terms. To change them afterwards, the case is ended and "
            "another one opened."
        ),
        button=gettext("Table the agreement"),
        back=reverse("case", args=[agreement.id])
        if request.method == "POST"
        else reverse("case-open"),
        act=act,
    )
    return deed(request, wanted)


def _missing(agreement: Any) -> SafeString | None:
    """Say why an agreement that can be read cannot be tabled here; None if it can."""
    view = overview(current_node())
    named = {*agreement.parties, *agreement.observers} - set(agreement.on_paper)
    unknown = sorted(named - set(view.peers))
    if unknown:
        said = gettext("There is no card here of: {parties}. Read it in first.")
        return words.set_apart(said, parties=", ".join(unknown))
    if agreement.id in {case.case for case in view.cases}:
        said = gettext("There is a case of this name: {case}. Give the agreement another id.")
        return words.set_apart(said, case=agreement.id)
    return None


def _with_line(error: InputError) -> str:
    """Return what is wrong, with its line; an English message says the line itself."""
    problem, line = failure_words.of(error).sentence, error.facts.get("line")
    if line is None or problem.startswith(f"Line {line}"):
        return problem
    told: str = format_html(gettext("Line {number}: {problem}"), number=line, problem=problem)
    return told


def case_row(node: Node, view: CaseView, owed: Iterable[Step], latest: str = "") -> dict[str, Any]:
    """Return a case as `parts/case.html` shows it.

    Args:
        node: The open node.
        view: The case.
        owed: The steps of this node. In a handover everybody may act at times; it is our
            turn only if one of them is of this case.
        latest: Stated instant of its latest entry, or empty.
    """
    is_ours = any(
        step.case == view.case and step.kind not in {"wait", "case.notify", "cosign.wait"}
        for step in owed
    )
    return {
        "case": view.case,
        "state": words.STATES[view.state],
        "is_over": view.state in _ENDED,
        "turn": words.of_turn(view, node.party, is_ours=is_ours),
        "ours": is_ours,
        "legs": view.legs,
        "latest": latest,
        "unsigned": words.of_unsigned(view.unsigned),
    }


def _last_entries(node: Node) -> dict[str, str]:
    """Return the stated instant of each case's latest entry."""
    return {envelope.case: envelope.at for envelope in book.read_book(node).envelopes}


def _is_accepted(state: CaseState) -> bool:
    return state.accepted == frozenset(state.parties)


def _stages(state: CaseState, seen: CaseView) -> Iterator[dict[str, Any]]:
    """Yield each stage: its heading, whether it is over, and what was done in it."""
    is_now = state.state not in _ENDED
    for kind, heading in STAGES.items():
        if _is_done(state, kind):
            place = "done"
        elif state.state == "aborted":
            place = "never"
        else:
            place, is_now = ("now", False) if is_now else ("later", False)
        yield {
            "heading": heading,
            "place": place,
            "word": PLACES[place],
            "facts": [
                *_facts(state, kind, is_now=place == "now"),
                *(map(words.of_owed, seen.due) if place == "now" else ()),
            ],
        }


def _is_done(state: CaseState, kind: str) -> bool:
    if kind == "plan_proposed":
        return state.plan is not None
    if kind in ("handover", "case_closed"):
        return state.state == "closed"
    return all(has_acted(state, kind, party) for party in state.parties)


def _facts(state: CaseState, kind: str, *, is_now: bool) -> Iterator[SafeString]:
    """Yield what stands in the record of a stage."""
    acted = [party for party in state.parties if has_acted(state, kind, party)]
    left = [party for party in state.parties if party not in acted]
    if kind in BY_EVERY_PARTY:
        if acted:
            yield words.set_apart(gettext("Done: {parties}."), parties=", ".join(acted))
        if left and is_now:
            yield words.set_apart(gettext("To do: {parties}."), parties=", ".join(left))
    claims = {"wanted_list": state.wanted, "answers": state.answers}.get(kind, {})
    for (author, to), claim in sorted(claims.items()):
        said = gettext("From {author} to {to}. Lines: {count}.")
        yield words.set_apart(said, author=author, to=to, count=claim.count)
    if kind == "plan_proposed" and state.plan is not None:
        for leg, count in sorted(state.plan.flows.items()):
            said = gettext("{leg}: people who go home: {count}.")
            yield words.set_apart(said, leg=words.of_leg(leg), count=count)


def _lists(state: CaseState) -> Iterator[dict[str, Any]]:
    """Yield every list of the case: what, from whom to whom, how many, and its root."""
    for heading, claims in (
        (_("Wanted list"), state.wanted),
        (_("Answers"), state.answers),
        (_("Remarks"), state.remarks),
        (_("Replies"), state.replies),
    ):
        for (author, to), claim in sorted(claims.items()):
            unsigned = author in state.on_paper
            yield {"what": heading, "by": author, "to": to, "claim": claim, "unsigned": unsigned}
    for (kind, author, to), gone in sorted(state.withdrawn_lines.items()):
        said = gettext("Lines withdrawn: {list}")
        now = own_list(state, kind, author, to)
        told = said.format(list=words.DUE[kind])
        counted = {"count": len(gone), "root": now.root if now else ""}
        yield {"what": told, "by": author, "to": to or state.mediators[0], "claim": counted}
    for party, claim in sorted(state.final_lists.items()):
        unsigned = party in state.on_paper
        to = state.mediators[0]
        yield {"what": _("Final list"), "by": party, "to": to, "claim": claim, "unsigned": unsigned}


def _answers(state: CaseState) -> Iterator[dict[str, Any]]:
    """Yield how each wanted list was answered, by code; then remarks and replies alike."""
    for kind, said, sentence in (
        (state.answer_counts, value_words.ANSWERS, ""),
        (state.remark_counts, value_words.REMARKS, gettext("Remarks of {by} to {to}")),
        (state.reply_counts, value_words.REPLIES, gettext("Replies of {by} to {to}")),
    ):
        for (author, to), counts in sorted(kind.items()):
            codes = [
                (said[code], count, code == "insufficient_identification")
                for code, count in sorted(counts.items())
                if count
            ]
            told = words.set_apart(sentence, by=author, to=to) if sentence else ""
            yield {"by": author, "to": to, "codes": codes, "told": told}
    for (author, to), count in sorted(state.no_answer.items()):
        yield {"by": author, "to": to, "codes": [(value_words.NO_ANSWER, count, True)]}
    for (author, to), count in sorted(state.no_reply.items()):
        told = words.set_apart(gettext("Replies of {by} to {to}"), by=author, to=to)
        codes = [(value_words.NO_REPLY, count, True)]
        yield {"by": author, "to": to, "codes": codes, "told": told}


def _acts(row: str) -> str:
    return "|".join(name for name, act in ACTS.items() if act.row == row)


_ACT = r"^cases/(?P<case>[^/]+)/do/(?P<act>{})$"

PATTERNS = [
    path("cases", cases, name="cases"),
    path("cases/open", case_open, name="case-open"),
    path("cases/<str:case>", case, name="case"),
    *(
        re_path(_ACT.format(_acts(row)), page(row)(view), name="case-act")
        for row, view in (
            ("case-lists", lists_act),
            ("case-binding", binding_act),
            ("case-plan", plan_act),
        )
    ),
]
