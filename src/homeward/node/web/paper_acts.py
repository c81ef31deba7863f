# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""Entering what a side on paper sent, at the mediator's node: one page for each of its steps.

Rules of this file:
- A step is offered where that side could take it itself now; what is not its move is a
  `TurnError`, before anybody is asked for a password.
- A page asks for what its step reads (`NEEDS`), for scans, and for the time of receipt.
- It says before what everybody will see: received, unsigned.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.foundation.errors import TurnError
from homeward.negotiation import CaseState, moves
from homeward.negotiation.entries import REJECTION_REASONS
from homeward.node import book
from homeward.node.actions.handover import CONCERNED, legs_of
from homeward.node.actions.paper import SHEET_MAX_BYTES, STEPS, Said, Sheet, enter
from homeward.node.actions.plans import plan_of
from homeward.node.home import Node
from homeward.node.web import terms_words, words
from homeward.node.web.acting import Deed, deed
from homeward.node.web.case_acts import FindingsForm, plan_facts
from homeward.node.web.current import current_node
from homeward.node.web.file_fields import FilesField
from homeward.node.web.policy import not_yours

NEEDS: Mapping[str, tuple[str, ...]] = {
    "sign": (),
    "wanted": ("sheet", "to"),
    "answer": ("sheet", "to"),
    "reply": ("sheet", "to"),
    "final": ("sheet", "throws"),
    "reveal": ("throws",),
    "accept": (),
    "reject": ("reason",),
    "depart": (),
    "check-in": ("sheet",),
    "turn-back": (),
    "receive": (),
    "released": (),
}
"""Step → what its page asks for, beside scans and the time of receipt."""

END_OF: Mapping[str, str] = {
    "depart": "holder",
    "check-in": "home",
    "turn-back": "holder",
    "receive": "home",
    "released": "holder",
}
"""Step of a handover → the end of a leg that takes it."""

_LISTS_TO_SEVERAL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """Where something is entered: the request, the mediator's node, the case, the side."""

    request: HttpRequest
    node: Node
    state: CaseState
    party: str

    @property
    def back(self) -> str:
        """Address of the page of this side."""
        return str(reverse("paper", args=[self.state.case, self.party]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A step that can be entered now; `leg` is empty outside a handover."""

    step: str
    leg: str = ""


def at_side(request: HttpRequest, case: str, party: str) -> At:
    """Find the side whose page is asked for.

    Args:
        request: Of a mediator.
        case: The case.
        party: A party that its terms name as on paper.

    Raises:
        AccessError: There is no such case or side, or this is not the mediator's node.
    """
    node = current_node()
    state = book.case_of(book.read_ahead(node), case)
    if not book.sequences(node) or party not in state.on_paper:
        raise not_yours()
    return At(request=request, node=node, state=state, party=party)


def open_steps(at: At) -> Iterator[Open]:
    """Yield every step that this side could take now, in the order of the flow."""
    allowed = moves(at.state, at.party, "bureau")
    legs = legs_of(at.node, at.state.case) if at.state.handover else ()
    for step, (kind, _read) in STEPS.items():
        if kind not in allowed:
            continue
        if step not in END_OF:
            yield Open(step=step)
            continue
        for leg in legs:
            if getattr(leg.counts.leg, END_OF[step]) == at.party and leg.concerned(step):
                yield Open(step=step, leg=str(leg.counts.leg))


def act_page(request: HttpRequest, case: str, party: str, act: str) -> HttpResponse:
    """Show the page that enters a step of a side on paper, or what comes of it.

    Args:
        request: GET shows, POST enters; `leg` in its query names the leg of a handover.
        case: The case.
        party: The side on paper.
        act: A key of `paper.STEPS`.

    Raises:
        AccessError: There is no such case or side.
        TurnError: It is not that side's move.
    """
    at = at_side(request, case, party)
    here = [each for each in open_steps(at) if each.step == act]
    leg = request.GET.get("leg", "")
    if not here or (leg and leg not in {each.leg for each in here}):
        raise TurnError(
            "web.case_act",
            f"Expected a case that allows this act of {party} now, found one that does not.",
            hint="The page of the case says whose turn it is and for what.",
            facts={"party": party},
        )
    plan = plan_of(at.node, at.state)[0] if act in ("accept", "reject") else None
    form = _PaperForm(at, act, leg or here[0].leg, plan if act == "accept" else None)

    def do(_form: Any) -> str:
        count = enter(
            at.node,
            case,
            party,
            form.said(),
            form.sheet(),
            now=timezone.now(),
            actor=request.user.get_username(),
        )
        if act == "accept":
            return str(gettext("Entered. It counts when a second officer has confirmed it."))
        return str(gettext("Entered. Lines or people: {count}.")).format(count=count)

    facts: list[tuple[object, object]] = [
        (_("Case"), words.set_apart("{case}", case=case)),
        (_("Received of"), words.set_apart("{party}", party=party)),
        (_("What came"), words.PAPERS[STEPS[act][0]]),
    ]
    if form.leg:
        facts.append((_("Leg"), words.of_leg(form.leg)))
    return deed(
        request,
        Deed(
            title=gettext("Enter what came on paper"),
            facts=[*facts, *(plan_facts(plan) if plan else ())],
            warning=gettext(
                "It counts as the part of this side, and stands everywhere as received, unsigned. "
                "The ledger gets the hashes of the files and the time; the files stay here, "
                "encrypted."
            ),
            button=gettext("Enter it"),
            back=at.back,
            form=form,
            act=do,
        ),
    )


class _PaperForm(FindingsForm):
    """What a step asks for, scans, and since when it is here."""

    def __init__(self, at: At, step: str, leg: str, plan: Mapping[str, Any] | None) -> None:
        super().__init__(plan or {"legal_findings": []}, is_exact=False)
        self.step, self.leg = step, leg
        self._ask(at, NEEDS[step])
        self.fields["scans"] = FilesField(
            label=_("Scans of what was signed by hand"),
            help_text=_("One file or several. They are kept as they are, and nobody reads them."),
            required=not {"sheet", "throws"} & set(NEEDS[step]),
            error_messages={"required": _("Choose at least one file.")},
        )
        self.fields["received_at"] = forms.DateTimeField(
            label=_("Received, in UTC"),
            initial=timezone.now().replace(second=0, microsecond=0),
            widget=forms.DateTimeInput(
                format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "dir": "ltr"}
            ),
            error_messages={
                "required": _("Write when it was received."),
                "invalid": _("Write day and time, such as 2025-02-05T08:00."),
            },
        )

    def _ask(self, at: At, needed: tuple[str, ...]) -> None:
        others = [each for each in at.state.parties if each != at.party]
        if "sheet" in needed:
            self.fields["sheet"] = forms.FileField(
                label=_("The filled sheet"),
                help_text=_("CSV or XLSX. It is read as a whole or not at all."),
                error_messages={"required": _("Choose the sheet.")},
            )
        if "throws" in needed:
            self.fields["throws"] = forms.FileField(
                label=_("The sheet of throws of a die"),
                help_text=_("As that side wrote them. Nobody else may throw for it."),
                error_messages={"required": _("Choose the sheet.")},
            )
        if "to" in needed and len(others) >= _LISTS_TO_SEVERAL:
            self.fields["to"] = forms.ChoiceField(
                label=_("For whom"), choices=[(each, each) for each in others]
            )
        if "reason" in needed:
            said = terms_words.REJECTIONS
            self.fields["reason"] = forms.ChoiceField(
                label=_("Reason"),
                choices=[("", "—"), *((each, said[each]) for each in REJECTION_REASONS)],
                error_messages={"required": _("Choose a reason.")},
            )

    def said(self) -> Said:
        """Return what the officer says beside the sheet."""
        return Said(
            step=self.step,
            to=self.cleaned_data.get("to", ""),
            leg=self.leg,
            reason=self.cleaned_data.get("reason", ""),
            acknowledge=tuple(self.codes),
        )

    def sheet(self) -> Sheet:
        """Return what came of the side; of a file one byte too many, which is refused."""
        given = self.cleaned_data
        read = {name: given[name].read(SHEET_MAX_BYTES + 1) for name in _SHEETS if name in given}
        received: dt.datetime = given["received_at"]
        return Sheet(
            data=read.get("sheet", b""),
            file=_name_of(given["sheet"]) if "sheet" in given else "",
            throws=read.get("throws", b""),
            scans=tuple(each.read(SHEET_MAX_BYTES + 1) for each in given["scans"]),
            received_at=received.astimezone(dt.UTC),
        )


_SHEETS = ("sheet", "throws")


def _name_of(file: Any) -> str:
    """Return a name that says the kind of a file alone: its own could name somebody."""
    return "sheet.xlsx" if str(file.name).casefold().endswith(".xlsx") else "sheet.csv"


assert NEEDS.keys() == STEPS.keys(), "every step of a side on paper has its page"
assert END_OF.keys() <= CONCERNED.keys(), "every step of a handover knows whom it concerns"
