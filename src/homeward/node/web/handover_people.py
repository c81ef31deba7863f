"""Acts of a handover that need people to be asked or chosen first.

Rules of this file:
- First the people, then a page that repeats counts and everybody who deviates: only that
  one signs.
- Names stand here for the two sides alone; the read is written down. A mediator has none.
- Why somebody does not travel is asked nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.handover.custody import ON_THE_WAY
from homeward.node.actions import handover as acts
from homeward.node.actions.handover import LegView
from homeward.node.actions.report import sheet_of
from homeward.node.home import Node
from homeward.node.web import kept, picking, rollcall, terms_words, words
from homeward.node.web.acting import Deed, deed
from homeward.node.web.rollcall import Called

REASONS: Mapping[str, Any] = {
    "not_travelling": _("does not travel"),
    "unfit": _("is not fit to travel"),
    "vetoed": _("is not to go, by the terms"),
    "died": _("has died"),
}
"""Reason of a withdrawal → its words."""

STAGE_TITLES: Mapping[str, Any] = {
    "before_departure": _("Ask in private, before departure"),
    "last_stop": _("Ask in private again, at the last stop"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """Where an act happens: node, case, leg (None for a whole case), its title, the request."""

    request: HttpRequest
    node: Node
    case: str
    act: str
    title: Any
    leg: LegView | None

    @property
    def flow(self) -> str:
        """The leg as the ledger writes it."""
        return str(self.leg.counts.leg) if self.leg else ""

    @property
    def back(self) -> str:
        """Address of the handover."""
        return str(reverse("handover", args=[self.case]))

    def here(self, **more: str) -> str:
        """Return the address of this act."""
        query = urlencode({**({"leg": self.flow} if self.flow else {}), **more})
        return f"{reverse('handover-act', args=[self.case, self.act])}?{query}"

    def key(self, stage: str = "") -> str:
        """Return under which name the session keeps what was filled in."""
        return f"{self.act}|{stage}|{self.case}|{self.flow}"

    def people(self, ids: list[str], note: Callable[[str], Any] = lambda _: "") -> list[Called]:
        """Return some people of the leg, with names if this side knows them."""
        names: dict[str, str] = {}
        if self.node.about.role == "bureau":
            actor = self.request.user.get_username()
            rows = sheet_of(self.node, self.case, self.flow, now=timezone.now(), actor=actor)
            names = {captive: name for captive, name, _ in rows}
        return [Called(captive=i, name=names.get(i, ""), note=note(i)) for i in ids]

    def deed(self, *, facts: list[tuple[object, object]], **texts: Any) -> HttpResponse:
        """Show the page on which this act is checked and signed."""
        lines: list[tuple[object, object]] = [
            (_("Case"), words.set_apart("{case}", case=self.case))
        ]
        if self.leg:
            lines.append((_("Leg"), words.set_apart("{leg}", leg=words.of_leg(self.flow))))
        title = texts.pop("title", self.title)
        wanted = Deed(title=str(title), facts=[*lines, *facts], back=self.back, **texts)
        return deed(self.request, wanted)


def interview(at: At) -> HttpResponse:
    """Ask people in private, before departure or again at the last stop."""
    assert at.leg is not None, "an interview has a leg"
    people = at.leg.people
    first = [i for i in at.leg.concerned("interview") if people[i].will is None]
    again = [i for i in at.leg.concerned("last-stop") if people[i].last_will is None]
    stage = at.request.GET.get("stage", "")
    if stage not in STAGE_TITLES:
        stage = "before_departure" if first or not again else "last_stop"
    is_again = stage == "last_stop"
    everybody = at.leg.concerned("last-stop" if is_again else "interview")

    def note(captive: str) -> Any:
        said = people[captive].last_will if is_again else people[captive].will
        return "" if said is None else gettext("asked before")

    other = "before_departure" if is_again else "last_stop"
    others = at.leg.concerned("interview" if is_again else "last-stop")
    roll = rollcall.RollCall(
        key=at.key(stage),
        title=STAGE_TITLES[stage],
        leg=at.flow,
        people=at.people(everybody, note),
        yes=_("travelling"),
        no=_("does not travel"),
        open=_("not asked yet"),
        all_yes=_("All who are not marked otherwise said that they travel."),
        count_word=_("said that they travel"),
        can_scan=False,
        here=at.here(stage=stage),
        check=at.here(stage=stage, check="1"),
        back=at.back,
        sheet=_sheet_address(at, "last-stop" if is_again else "interview"),
        other=(at.here(stage=other), STAGE_TITLES[other]) if others else None,
    )
    return _rolled(at, roll, lambda said: _sign_wills(at, roll, stage, said))


def _sign_wills(
    at: At, roll: rollcall.RollCall, stage: str, said: rollcall.Answers
) -> HttpResponse:
    def act(_form: Any) -> str:
        acts.record_wills(
            at.node,
            at.case,
            at.flow,
            stage=stage,
            travelling=said.yes,
            not_travelling=said.no,
            now=timezone.now(),
        )
        kept.forget(at.request, roll.key)
        return str(
            gettext("Recorded what people said. Asked: {count}.").format(
                count=len(said.yes) + len(said.no)
            )
        )

    return at.deed(
        title=roll.title,
        facts=[
            (_("Travelling"), len(said.yes)),
            (_("Do not travel"), _counted(roll, said.no)),
            (_("Not asked yet"), _counted(roll, said.open)),
        ],
        warning=_(
            "It is signed with the key of the neutral interviewer. Why somebody does not travel is recorded nowhere."
        ),
        button=_("Sign as interviewer"),
        act=act,
    )


def check_in(at: At) -> HttpResponse:
    """Count the people of a leg at the crossing."""
    assert at.leg is not None, "a check-in has a leg"
    people = at.leg.people
    roll = rollcall.RollCall(
        key=at.key(),
        title=at.title,
        leg=at.flow,
        people=at.people(
            at.leg.concerned("check-in"),
            lambda i: gettext("was missing before") if people[i].is_missing else "",
        ),
        yes=_("here"),
        no=_("missing"),
        open="",
        all_yes=_("All who are not marked otherwise are here."),
        count_word=_("are here"),
        can_scan=True,
        here=at.here(),
        check=at.here(check="1"),
        back=at.back,
        sheet=_sheet_address(at, "check-in"),
    )
    return _rolled(at, roll, lambda said: _sign_check_in(at, roll, said))


def _sign_check_in(at: At, roll: rollcall.RollCall, said: rollcall.Answers) -> HttpResponse:
    def act(_form: Any) -> str:
        acts.check_in(at.node, at.case, at.flow, present=said.yes, now=timezone.now())
        kept.forget(at.request, roll.key)
        return str(
            gettext("Counted at the crossing: {here} of {all}.").format(
                here=len(said.yes), all=len(said.yes) + len(said.no)
            )
        )

    return at.deed(
        facts=[(_("Here"), len(said.yes)), (_("Missing"), _counted(roll, said.no))],
        warning=_(
            "Whoever is missing stays in the mediator's custody, and the case stays open until they are found."
        ),
        button=_("Sign the count"),
        act=act,
    )


def _rolled(
    at: At, roll: rollcall.RollCall, sign: Callable[[rollcall.Answers], HttpResponse]
) -> HttpResponse:
    if not roll.people:
        return redirect(at.back)
    if "check" not in at.request.GET:
        return rollcall.call(at.request, roll)
    said = rollcall.answers(at.request, roll)
    return redirect(roll.here) if said is None else sign(said)


def _counted(roll: rollcall.RollCall, ids: tuple[str, ...]) -> str:
    """Return how many, and who they are if they are not everybody."""
    if not ids or len(ids) == len(roll.people):
        return str(len(ids))
    return f"{len(ids)}: {rollcall.named(roll.people, ids)}"


def withdraw(at: At) -> HttpResponse:
    """Take people off a leg."""
    assert at.leg is not None, "somebody leaves a leg"
    people, concerned = at.leg.people, at.leg.concerned("withdraw")
    on_the_way = frozenset(i for i in concerned if people[i].state in ON_THE_WAY)
    asked = _picking(
        at,
        concerned,
        proposed={i for i, c in people.items() if c.state == "manifested" and c.will is False},
        explained=_(
            "Whoever is taken off is on no later manifest of this case. Those on the way can be "
            "taken off only if they died."
        ),
        mark=_("take off"),
        reasons=[
            (reason, said)
            for reason, said in REASONS.items()
            if reason == "died" or len(on_the_way) < len(concerned)
        ],
    )
    wanted = replace(asked, only={"died": on_the_way})

    def sign(ids: tuple[str, ...], reason: str) -> HttpResponse:
        def act(_form: Any) -> str:
            acts.withdraw(at.node, at.case, at.flow, ids, reason=reason, now=timezone.now())
            kept.forget(at.request, wanted.key)
            return str(gettext("Taken off the leg: {count}.").format(count=len(ids)))

        return at.deed(
            facts=[(_("People"), _picked(wanted, ids)), (_("Why"), REASONS[reason])],
            warning=_("They are on no later manifest of this case."),
            button=_("Take off the leg"),
            act=act,
        )

    return _chosen(at, wanted, sign)


def turn_back(at: At) -> HttpResponse:
    """Take back who does not travel on."""
    assert at.leg is not None, "somebody of a leg turns back"
    people = at.leg.people
    wanted = _picking(
        at,
        at.leg.concerned("turn-back"),
        proposed={i for i in at.leg.concerned("turn-back") if people[i].last_will is False},
        explained=_(
            "Whoever does not travel on comes back to you. They do not go home in this case."
        ),
        mark=_("comes back"),
    )

    def sign(ids: tuple[str, ...], _reason: str) -> HttpResponse:
        def act(_form: Any) -> str:
            acts.turn_back(at.node, at.case, at.flow, ids, now=timezone.now())
            kept.forget(at.request, wanted.key)
            return str(gettext("Back with you: {count}.").format(count=len(ids)))

        return at.deed(
            facts=[(_("People"), _picked(wanted, ids))],
            warning=_("You answer for them again."),
            button=_("Take them back"),
            act=act,
        )

    return _chosen(at, wanted, sign)


def stop_on_the_way(at: At) -> HttpResponse:
    """Record a stop, and who must wait there."""
    assert at.leg is not None, "a stop is on a leg"
    stop, people = at.leg.next_stop, at.leg.people
    if stop is None:
        return redirect(at.back)
    waiting = [
        i for i in at.leg.concerned("stop") if people[i].stops[people[i].stops_passed] == stop
    ]
    wanted = _picking(
        at,
        waiting,
        proposed=set(),
        explained=_("Mark whoever must wait here. Everybody else may travel on."),
        mark=_("waits here"),
        can_be_nobody=True,
    )

    def sign(ids: tuple[str, ...], _reason: str) -> HttpResponse:
        def act(_form: Any) -> str:
            country, purpose = stop
            onward = acts.check_at_stop(
                at.node,
                at.case,
                at.flow,
                country=country,
                purpose=purpose,
                unfit=ids,
                now=timezone.now(),
            )
            kept.forget(at.request, wanted.key)
            return str(gettext("May travel on: {count}.").format(count=len(onward)))

        return at.deed(
            facts=[
                (
                    _("Stop on the way"),
                    words.set_apart(
                        "{country} · {purpose}",
                        country=stop[0],
                        purpose=terms_words.of_purpose(stop[1]),
                    ),
                ),
                (_("May travel on"), len(waiting) - len(ids)),
                (_("Wait here"), _picked(wanted, ids)),
            ],
            warning=_("Nothing about anybody's health is recorded."),
            button=_("Record the stop on the way"),
            act=act,
        )

    return _chosen(at, wanted, sign)


def _picking(
    at: At,
    ids: list[str],
    *,
    proposed: set[str],
    explained: Any,
    mark: Any,
    reasons: Any = (),
    can_be_nobody: bool = False,
) -> picking.Pick:
    return picking.Pick(
        key=at.key(),
        title=at.title,
        leg=at.flow,
        people=at.people(ids),
        proposed=frozenset(proposed),
        explained=explained,
        mark=mark,
        reasons=reasons,
        can_be_nobody=can_be_nobody,
        here=at.here(),
        check=at.here(check="1"),
        back=at.back,
    )


def _chosen(
    at: At, wanted: picking.Pick, sign: Callable[[tuple[str, ...], str], HttpResponse]
) -> HttpResponse:
    if not wanted.people:
        return redirect(at.back)
    if "check" not in at.request.GET:
        return picking.pick(at.request, wanted)
    found = picking.picked(at.request, wanted)
    return redirect(wanted.here) if found is None else sign(*found)


def _picked(wanted: picking.Pick, ids: tuple[str, ...]) -> str:
    return f"{len(ids)}: {rollcall.named(wanted.people, ids)}" if ids else "0"


def _sheet_address(at: At, question: str) -> str:
    query = urlencode({"leg": at.flow, "for": question})
    return f"{reverse('sheet', args=[at.case])}?{query}"
