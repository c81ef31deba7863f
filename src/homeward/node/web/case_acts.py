# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""Every act of a case before its handover: whose it is, and the page that signs it.

Rules of this file:
- `ACTS` is all there is. An act of another node's is a page that does not exist; one that
  the case does not allow now is a `TurnError`, before anybody is asked for a password.
- What reads many people, or plans, runs as a job.
- A reason comes from a closed list; each legal finding is ticked by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.foundation.errors import InputError, TurnError
from homeward.negotiation import CaseState
from homeward.negotiation.case import OWED_IN
from homeward.negotiation.entries import ABORT_REASONS, REJECTION_REASONS
from homeward.negotiation.state import moves
from homeward.node import access, book
from homeward.node.access import Reader
from homeward.node.actions import cases, disclosure, plans, queues
from homeward.node.actions.disclosure import Look
from homeward.node.actions.handover import legs_of
from homeward.node.actions.off_list import off
from homeward.node.cosigned import require_grounds
from homeward.node.home import Node
from homeward.node.proposals import Queue
from homeward.node.web import clause_words, terms_words, words
from homeward.node.web.acting import Deed, deed
from homeward.node.web.current import current_node
from homeward.node.web.policy import not_yours
from homeward.records.model import HELD, WANTED
from homeward.records.table import MAX_FILE_BYTES

_LEFT_OUT = _("Left out, home by an earlier case")

_TAKEN_OFF = _("Left out, taken off the list")

Facts = list[tuple[object, object]]
Begin = Callable[[HttpRequest, str, Mapping[str, str | int]], HttpResponse]
"""Asks for a job, and goes where it leads: `pages.jobs.begin`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act: its row of the policy, whose node does it, the entry it records, its page."""

    row: str
    of: str
    entry: str
    title: Any
    view: Callable[[At], HttpResponse]


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """Where an act happens: the request, the node, the case as it stands, the act."""

    request: HttpRequest
    node: Node
    state: CaseState
    act: str
    begin: Begin

    @property
    def case(self) -> str:
        """The case."""
        return self.state.case

    @property
    def others(self) -> list[str]:
        """The other parties of the case."""
        return [party for party in self.state.parties if party != self.node.party]

    def deed(self, *, facts: Facts, **texts: Any) -> HttpResponse:
        """Show the page that signs the act."""
        lines: Facts = [(_("Case"), words.set_apart("{case}", case=self.case)), *facts]
        back = reverse("case", args=[self.case])
        title = str(ACTS[self.act].title)
        return deed(self.request, Deed(title=title, facts=lines, back=back, **texts))

    def job(self, **arguments: str) -> HttpResponse:
        """Ask for the job of the act."""
        return self.begin(self.request, f"case.{self.act}", {"case": self.case, **arguments})


def act_page(request: HttpRequest, case: str, act: str, *, begin: Begin) -> HttpResponse:
    """Show the page of an act, or what comes of it.

    Args:
        request: GET shows, POST acts.
        case: The case.
        act: A key of `ACTS`.
        begin: Asks for a job.

    Raises:
        AccessError: There is no such case, or it is an act of another node's.
        TurnError: The case does not allow it now.
    """
    node, wanted = current_node(), ACTS[act]
    state = book.case_of(book.read_ahead(node), case)
    if node.about.role != wanted.of or node.party not in (*state.parties, *state.mediators):
        raise not_yours()
    is_kept_open = wanted.entry == "aborted" and is_anybody_on_the_way(node, state)
    allowed = moves(state, node.party, wanted.of)
    is_binding = "list_committed" in allowed and OWED_IN.get(state.state) == wanted.entry
    if is_kept_open or not (is_binding or wanted.entry in allowed):
        raise TurnError(
            "web.case_act",
            f"Expected a case that allows this act of {node.party} now, found one that does not.",
            hint="The page of the case says whose turn it is and for what.",
            facts={"party": node.party},
        )
    require_grounds(book.read_book(node), case, wanted.entry)
    return wanted.view(At(request=request, node=node, state=state, act=act, begin=begin))


def is_anybody_on_the_way(node: Node, state: CaseState) -> bool:
    """Tell whether somebody of a case has departed and is neither home nor turned back."""
    if state.state not in ("accepted", "handover"):
        return False
    return any(leg.concerned("turn-back") for leg in legs_of(node, state.case))


def joined(sentences: Iterable[SafeString]) -> SafeString:
    """Return sentences as one text."""
    return format_html_join(" ", "{}", ((each,) for each in sentences))


def terms_facts(agreement: Any) -> Facts:
    """Return what an agreement says, for a page that signs or tables it."""
    facts: Facts = list(terms_words.head_of(agreement))
    for clause in agreement.clauses:
        sentences = joined(clause_words.of_clause(clause, agreement))
        facts.append((words.set_apart("{id}", id=clause.id), sentences))
    for number, objective in enumerate(agreement.objectives, 1):
        label = gettext("Aim {number}").format(number=number)
        facts.append((label, terms_words.of_objective(objective, agreement)))
    return facts


def _sign(at: At) -> HttpResponse:
    def act(_form: Any) -> str:
        cases.sign_terms(at.node, at.case, now=timezone.now())
        return str(gettext("The terms are signed."))

    return at.deed(
        facts=terms_facts(cases.terms_of(at.node, at.case)),
        warning=_("With your signature your party is bound to these terms."),
        button=_("Sign the terms"),
        act=act,
    )


def _wanted(at: At) -> HttpResponse:
    actor = at.request.user.get_username()
    reader = Reader(actor=actor, purpose="wanted_list", now=timezone.now())
    home = cases.came_home(at.node, reader)
    gone = off(at.node, WANTED)
    sent = access.count(at.node, WANTED, gone=home | gone)
    to = [party for party in at.others if (at.node.party, party) not in at.state.wanted]
    return at.deed(
        facts=[
            (_("Goes to"), words.set_apart("{parties}", parties=", ".join(to))),
            (_("People who are sent"), sent),
            (_("What they see"), _("Names, birth, sex and service number. Nothing else.")),
            (_LEFT_OUT, access.count(at.node, WANTED, gone=gone) - sent),
            (_TAKEN_OFF, len(gone)),
        ],
        warning=_(
            "The names go sealed to the other party alone; the mediator carries them and cannot "
            "read them. The ledger gets a number and a hash."
        ),
        button=_("Send the list"),
        act=lambda _form: at.job(),
    )


def _answer(at: At) -> HttpResponse:
    lists = [
        (party, at.state.wanted.get((party, at.node.party)))
        for party in at.others
        if (at.node.party, party) not in at.state.answers
    ]
    facts: Facts = [
        (
            words.set_apart(gettext("Lines that {party} asks about"), party=party),
            claim.count if claim else gettext("not here yet"),
        )
        for party, claim in lists
    ]
    return at.deed(
        facts=[
            *facts,
            (_("People on your held list"), access.count(at.node, HELD)),
            (
                _("Answered as held"),
                _("Those who are very likely the same person, and those whom people decided."),
            ),
            (
                _("Answered as not enough to tell"),
                _("Those who may be the same person, as long as nobody has decided."),
            ),
            (_("Pairs to be decided first"), _pairs(at)),
        ],
        warning=_(
            "Every line gets an answer, sealed to the party that asked. The ledger gets how many "
            "lines got which answer."
        ),
        button=_("Answer every line"),
        act=lambda _form: at.job(),
    )


def _pairs(at: At) -> SafeString:
    """Say how many pairs wait for somebody to decide, and where."""
    queue = Queue(kind="answer", case=at.case)
    found = next((each for each in queues.queues(at.node) if each.queue == queue), None)
    said = gettext("The lists have not been compared yet.")
    if found is not None and found.compared_at is not None:
        said = f"{found.progress.waiting:,}"
    address = reverse("review-case", args=[at.case])
    return format_html('{} <a href="{}">{}</a>', said, address, gettext("Who is the same person"))


def _twice(at: At) -> list[tuple[Any, Any]]:
    """Warn of people who were decided to stand on the held list twice."""
    count = queues.twice_count(at.node, HELD)
    said = _("Pairs that you decided are one person; both rows are bound")
    return [(said, count)] if count else []


def _final(at: At) -> HttpResponse:
    parties, home = at.state.parties, cases.returned(at.node)
    gone = off(at.node, HELD)
    bound = access.count(at.node, HELD, powers=parties, gone=home | gone)
    listed = access.count(at.node, HELD, powers=parties, gone=gone)
    return at.deed(
        facts=[
            (_("People who are bound"), bound),
            (_("Who they are"), _("Everybody on your held list who depends on another party.")),
            (_LEFT_OUT, listed - bound),
            (_TAKEN_OFF, access.count(at.node, HELD, powers=parties) - listed),
            *_twice(at),
            (
                _("What the mediator gets"),
                _("An id in this case and the columns that the terms name. No name."),
            ),
        ],
        warning=_(
            "With it you bind yourself: the plan is made from these people. Until it is accepted, "
            "somebody can be withdrawn, with a reason that all parties see."
        ),
        button=_("Sign the final list"),
        act=lambda _form: at.job(),
    )


def _reveal(at: At) -> HttpResponse:
    def act(_form: Any) -> str:
        cases.reveal_seed(at.node, at.case, now=timezone.now())
        return str(gettext("Your half of the seed is shown."))

    return at.deed(
        facts=[
            (
                _("What it is"),
                _("A random number. Your final list already binds you to it."),
            )
        ],
        warning=_(
            "If several plans are equally good, the two halves together draw one. Nobody could "
            "choose the outcome beforehand."
        ),
        button=_("Show our half"),
        act=act,
    )


class _ListsForm(forms.Form):
    """One file for each list that the agreement names."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        for name in names:
            self.fields[f"list-{name}"] = forms.FileField(
                label=gettext("List {name}").format(name=name),
                help_text=_(
                    "CSV or XLSX with a column person (HOLDER:salted id), or holder and ref."
                ),
            )


def _plan(at: At) -> HttpResponse:
    agreement = cases.terms_of(at.node, at.case)
    names = sorted(agreement.lists)
    facts: Facts = [
        (words.set_apart(gettext("Final list of {party}"), party=party), claim.count)
        for party, claim in sorted(at.state.final_lists.items())
    ]
    facts += [
        (
            gettext("Aim {number}").format(number=n),
            terms_words.of_objective(objective, agreement),
        )
        for n, objective in enumerate(agreement.objectives, 1)
    ]

    def act(form: Any) -> HttpResponse:
        keys = [f"{name}={_kept(at, form.cleaned_data[f'list-{name}'])}" for name in names]
        return at.job(lists=",".join(keys))

    return at.deed(
        facts=facts,
        warning=_(
            "The plan is made, proved, and proposed to all parties at once. They can reject it."
        ),
        button=_("Plan and propose"),
        form=_ListsForm(names) if names else None,
        act=act,
    )


def _kept(at: At, file: Any) -> str:
    if file.size > MAX_FILE_BYTES:
        raise InputError(
            "web.list_size",
            f"Expected a list of at most {MAX_FILE_BYTES} bytes, found {file.size}.",
            hint="Check that this is the right file.",
            facts={"max_bytes": MAX_FILE_BYTES},
        )
    # Its own name could name somebody.
    now = timezone.now()
    return plans.keep_list(at.node, at.case, file.read(), file="list", now=now)


class FindingsForm(forms.Form):
    """One tick for each legal finding: what is signed is its rule and clause, not its count."""

    def __init__(self, plan: Mapping[str, Any], *, is_exact: bool) -> None:
        super().__init__()
        self.codes = plans.findings_of(plan)
        told: dict[str, list[SafeString]] = {}
        ranges = set()
        for finding in plan["legal_findings"]:
            code = plans.findings_of({"legal_findings": [finding]})[0]
            said = terms_words.of_finding(finding, is_exact=is_exact)
            told.setdefault(code, []).append(said)
            if said != terms_words.of_finding(finding, is_exact=True):
                ranges.add(code)
        for number, code in enumerate(self.codes):
            self.fields[f"finding-{number}"] = forms.BooleanField(
                label=joined(told[code]),
                help_text=_(
                    "Small numbers are ranges. Two officers see them on the page of the plan."
                )
                if code in ranges
                else "",
                error_messages={"required": _("Tick what the law says here, or reject the plan.")},
            )


def plan_facts(plan: Mapping[str, Any]) -> Iterator[tuple[object, object]]:
    """Yield how many go home by a plan, and what its certificate proves."""
    for leg, count in sorted(plan["counts"].items()):
        yield words.set_apart(gettext("Go home, {leg}"), leg=words.of_leg(leg)), count
    yield _("Certificate"), terms_words.STATUS[plan["status"]][0]
    for party, count in sorted(plan["exposure"]["by_party"].items()):
        label = words.set_apart(gettext("{party} lets go under the bargain"), party=party)
        yield label, count


def _accept(at: At) -> HttpResponse:
    plan, _lists = plans.plan_of(at.node, at.state)
    read = format_html('<code dir="ltr">{}…</code>', plan["plan_sha256"][:16])
    look = Look(act="small_counts", case=at.case)
    actor = at.request.user.get_username()
    is_exact = disclosure.show(at.node, look, actor=actor, now=timezone.now())

    def act(form: Any) -> HttpResponse:
        return at.job(acknowledge=",".join(form.codes))

    return at.deed(
        facts=[*plan_facts(plan), (_("Plan"), read)],
        warning=_(
            "First the plan is checked on your own list: only if it holds is it signed. With your "
            "signature each home party learns who of its people comes. Nobody else learns it."
        ),
        button=_("Check and accept the plan"),
        form=FindingsForm(plan, is_exact=is_exact),
        act=act,
    )


class ReasonForm(forms.Form):
    """A reason of a closed list."""

    def __init__(self, reasons: tuple[str, ...], said: Mapping[str, Any]) -> None:
        super().__init__()
        self.fields["reason"] = forms.ChoiceField(
            label=_("Reason"),
            choices=[("", "—"), *((reason, said[reason]) for reason in reasons)],
            error_messages={"required": _("Choose a reason.")},
        )


def _reject(at: At) -> HttpResponse:
    plan, _lists = plans.plan_of(at.node, at.state)

    def act(form: Any) -> str:
        reason = form.cleaned_data["reason"]
        plans.reject_plan(at.node, at.case, reason=reason, now=timezone.now())
        return str(gettext("The plan is rejected. The mediator may propose another one."))

    return at.deed(
        facts=list(plan_facts(plan)),
        warning=_("The reason stands in the ledger for all parties. No other text does."),
        button=_("Reject the plan"),
        form=ReasonForm(REJECTION_REASONS, terms_words.REJECTIONS),
        act=act,
    )


def _abort(at: At) -> HttpResponse:
    def act(form: Any) -> str:
        cases.abort(at.node, at.case, reason=form.cleaned_data["reason"], now=timezone.now())
        return str(gettext("The case is ended without an exchange."))

    return at.deed(
        facts=[(_("State"), words.STATES[at.state.state])],
        warning=_(
            "Nobody goes home under this case any more. What was recorded stays in the ledger."
        ),
        button=_("End the case"),
        form=ReasonForm(ABORT_REASONS, terms_words.ABORTS),
        act=act,
    )


def _row(row: str, of: str, entry: str, title: Any, view: Callable[[At], HttpResponse]) -> Act:
    return Act(row=row, of=of, entry=entry, title=title, view=view)


_BINDING, _LISTS, _PLAN = "case-binding", "case-lists", "case-plan"
_END = _("End the case without an exchange")

ACTS: Mapping[str, Act] = {
    "sign": _row(_BINDING, "bureau", "terms_signed", _("Sign the terms"), _sign),
    "wanted": _row(_LISTS, "bureau", "wanted_list", _("Send the wanted list"), _wanted),
    "answer": _row(_LISTS, "bureau", "answers", _("Answer the wanted list"), _answer),
    "final": _row(_BINDING, "bureau", "final_list", _("Sign the final list"), _final),
    "reveal": _row(_BINDING, "bureau", "seed_revealed", _("Show our half of the seed"), _reveal),
    "plan": _row(_PLAN, "mediator", "plan_proposed", _("Plan the exchange"), _plan),
    "accept": _row(_BINDING, "bureau", "plan_accepted", _("Check and accept the plan"), _accept),
    "reject": _row(_BINDING, "bureau", "plan_rejected", _("Reject the plan"), _reject),
    "abort": _row(_BINDING, "bureau", "aborted", _END, _abort),
    "end": _row(_PLAN, "mediator", "aborted", _END, _abort),
}
"""Act → its row."""
