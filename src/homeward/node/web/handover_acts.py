# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""Every act of a handover: whose it is, and its page.

Rules of this file:
- `ACTS` is all there is. An act of another node's, or on a leg that is not there, is a page
  that does not exist.
- What concerns everybody whom the record names has one page; where people are asked or
  chosen first, that is in `handover_people`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.node import book
from homeward.node.actions import handover as acts
from homeward.node.actions.handover import CONCERNED, GateView, LegView, legs_of
from homeward.node.actions.overview import overview
from homeward.node.cosigned import require_grounds
from homeward.node.home import Node
from homeward.node.web import words
from homeward.node.web.current import current_node
from homeward.node.web.handover_people import (
    STAGE_TITLES,
    At,
    check_in,
    interview,
    stop_on_the_way,
    turn_back,
    withdraw,
)
from homeward.node.web.policy import not_yours
from homeward.terms.clause_checks import phase_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act: its row of the policy, its title, whose it is, and its page.

    `of` is `mediator`, `holder`, `home` or `party` (either of these). `is_anytime` is true where it may be done
    besides the next step.
    """

    row: str
    title: Any
    of: str
    view: Callable[[At], HttpResponse]
    is_anytime: bool = False
    has_leg: bool = True

    def is_ours(self, node: Node, leg: LegView | None) -> bool:
        """Tell whether it is this node's act on a leg."""
        if self.of == "mediator":
            return book.sequences(node)
        if self.of == "party":
            return node.about.role == "bureau"
        return leg is not None and getattr(leg.counts.leg, self.of) == node.party


def act_page(request: HttpRequest, case: str, act: str) -> HttpResponse:
    """Show the page of an act, or what comes of it.

    Args:
        request: `leg` in its query names the leg.
        case: The case.
        act: A key of `ACTS`.

    Raises:
        AccessError: There is no such case or leg, or it is another node's act.
    """
    node, wanted = current_node(), ACTS[act]
    legs = {str(leg.counts.leg): leg for leg in legs_of(node, case)}
    leg = legs.get(request.GET.get("leg", "")) if wanted.has_leg else None
    if (wanted.has_leg and leg is None) or not wanted.is_ours(node, leg):
        raise not_yours()
    if act == "depart":
        require_grounds(book.read_book(node), case, "departed")
    return wanted.view(
        At(request=request, node=node, case=case, act=act, title=wanted.title, leg=leg)
    )


def _plain(
    run: Callable[[Node, str, str], int], warning: Any, button: Any, done: Any
) -> Callable[[At], HttpResponse]:
    """Return the page of an act that concerns everybody whom the record says it does."""

    def view(at: At) -> HttpResponse:
        assert at.leg is not None, "it concerns the people of a leg"
        ids = at.leg.concerned(at.act)
        if not ids:
            return redirect(at.back)

        def act(_form: Any) -> str:
            return str(done).format(count=run(at.node, at.case, at.flow))

        facts: list[tuple[object, object]] = [(_("People"), len(ids))]
        return at.deed(facts=facts, warning=warning, button=button, act=act)

    return view


def _close(at: At) -> HttpResponse:
    if not any(
        step.kind == "handover.close" and step.case == at.case for step in overview(at.node).steps
    ):
        return redirect(at.back)  # somebody is on the way, or a receipt is missing
    legs = legs_of(at.node, at.case)

    def act(_form: Any) -> str:
        totals = acts.close_case(at.node, at.case, now=timezone.now())
        said = gettext("The case is closed. People home: {count}.")
        return str(said.format(count=sum(totals.values())))

    return at.deed(
        facts=[
            (
                words.set_apart(gettext("Home, {leg}"), leg=words.of_leg(leg.counts.leg)),
                words.set_apart("{count}", count=f"{leg.counts.home} / {leg.counts.planned}"),
            )
            for leg in legs
        ],
        warning=_("Nothing can be recorded in this case afterwards."),
        button=_("Close the case"),
        act=act,
    )


class _GateForm(forms.Form):
    """Which gate, of those that this node confirms."""

    def __init__(self, gates: Sequence[GateView]) -> None:
        super().__init__()
        self.fields["gate"] = forms.ChoiceField(
            label=_("What has happened"),
            choices=[(gate.clause, f"{gate.clause}: {gate.until}") for gate in gates],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose what has happened.")},
        )


def _confirm(at: At) -> HttpResponse:
    ours = [
        gate
        for gate in acts.gates_of(at.node, at.case)
        if gate.confirmed_by == at.node.party and not gate.is_confirmed
    ]
    if not ours:
        return redirect(at.back)

    def act(form: Any) -> str:
        acts.confirm_gate(at.node, at.case, form.cleaned_data["gate"], now=timezone.now())
        return str(gettext("The gate is confirmed. Whoever waited for it alone may go."))

    return at.deed(
        facts=[(words.set_apart("{gate}", gate=gate.clause), gate_facts(gate)) for gate in ours],
        warning=_(
            "With your signature the people behind this gate may be let go. Sign only what you "
            "know to have happened."
        ),
        button=_("Sign: it has happened"),
        form=_GateForm(ours),
        act=act,
    )


def gate_facts(gate: GateView) -> SafeString:
    """Tell what waits for what at a gate.

    Args:
        gate: From `gates_of`.
    """
    number = phase_number(gate.before)
    if number is not None:
        said = gettext("Before phase {before}: {until}. People who wait here: {count}.")
    else:
        said = gettext("Before clause {before}: {until}. People who wait here: {count}.")
    until = format_html('<bdi dir="auto">{}</bdi>', gate.until.rstrip("."))
    return words.set_apart(said, before=number or gate.before, until=until, count=gate.waiting)


ACTS: Mapping[str, Act] = {
    "interview": Act(
        row="handover-mediator",
        title=STAGE_TITLES["before_departure"],
        of="mediator",
        view=interview,
        is_anytime=True,
    ),
    "manifest": Act(
        row="handover-mediator",
        title=_("Issue the manifest"),
        of="mediator",
        view=_plain(
            lambda node, case, leg: len(acts.issue_manifest(node, case, leg, now=timezone.now())),
            _("The holder lets exactly these people go. Both sides can print it with names."),
            _("Issue the manifest"),
            _("On the manifest: {count}."),
        ),
    ),
    "withdraw": Act(
        row="handover-mediator",
        title=_("Take people off a leg"),
        of="mediator",
        view=withdraw,
        is_anytime=True,
    ),
    "stop": Act(
        row="handover-mediator",
        title=_("Record a stop on the way"),
        of="mediator",
        view=stop_on_the_way,
    ),
    "confirm-mediator": Act(
        row="handover-mediator",
        title=_("Confirm what people wait for"),
        of="mediator",
        view=_confirm,
        has_leg=False,
    ),
    "confirm": Act(
        row="handover-party",
        title=_("Confirm what people wait for"),
        of="party",
        view=_confirm,
        has_leg=False,
    ),
    "close": Act(
        row="handover-mediator",
        title=_("Close the case"),
        of="mediator",
        view=_close,
        has_leg=False,
    ),
    "depart": Act(
        row="handover-party",
        title=_("Let the people of the manifest go"),
        of="holder",
        view=_plain(
            lambda node, case, leg: len(acts.depart(node, case, leg, now=timezone.now())),
            _("From here on the mediator answers for them."),
            _("Sign the departure"),
            _("Departed: {count}."),
        ),
    ),
    "turn-back": Act(
        row="handover-party",
        title=_("Take back those who do not travel on"),
        of="holder",
        view=turn_back,
        is_anytime=True,
    ),
    "released": Act(
        row="handover-party",
        title=_("Give your receipt for those let go"),
        of="holder",
        view=_plain(
            lambda node, case, leg: acts.confirm_release(node, case, leg, now=timezone.now()),
            _("Your receipt names nobody: it holds their number, and a fingerprint of their ids."),
            _("Sign the receipt"),
            _("Your receipt covers: {count}."),
        ),
    ),
    "check-in": Act(
        row="handover-party",
        title=_("Count your people at the crossing"),
        of="home",
        view=check_in,
    ),
    "receive": Act(
        row="handover-party",
        title=_("Receive your people at home"),
        of="home",
        view=_plain(
            lambda node, case, leg: len(acts.receive(node, case, leg, now=timezone.now())),
            _(
                "They said, in private and again, that they travel. From here on you answer for them."
            ),
            _("Sign: they are home"),
            _("Home: {count}."),
        ),
    ),
}
"""Act of a handover → who does it, and its page. The keys are those of the addresses."""

_WITHOUT_LEG = {name for name, act in ACTS.items() if not act.has_leg}
assert {*CONCERNED, *_WITHOUT_LEG} == {*ACTS, "last-stop"}, "every act knows whom it concerns"
