"""Entries, states and next steps as sentences in the reader's language.

Rules of this file:
- One sentence for each kind; a number stands after its colon, so that no language has to
  bend a word to it.
- An entry is told by who wrote it and how many people it is about. How many refused to
  travel is never told: the power of origin must not learn it here.
- Whatever is not a word of ours is set apart, so that it reads the same either way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.foundation.ids import Flow
from homeward.ledger.envelope import Envelope
from homeward.negotiation.deadlines import Due
from homeward.node.actions.list_todo import Step
from homeward.node.actions.overview import CaseView
from homeward.node.web.dates import of_day

ENTRIES: Mapping[str, Any] = {
    "log_opened": _("{author} opened the ledger. Members: {members}."),
    "member_joined": _("{author} admitted to the ledger: {members}."),
    "keys_changed": _("{author} changed which keys sign for it."),
    "case_opened": _("{author} opened a case with the terms of an agreement."),
    "terms_signed": _("{author} signed the terms."),
    "list_committed": _("{author} bound itself to a list that it will show: {kind}."),
    "wanted_list": _("{author} sent {to} the list of those it misses. People: {count}."),
    "answers": _("{author} answered {to} on every line of its wanted list. Lines: {count}."),
    "remarks": _("{author} remarked on answers of {to}, with evidence. Lines: {count}."),
    "replies": _("{author} replied to every remark of {to}. Lines: {count}."),
    "lapsed": _("{author} recorded that {party} let a deadline pass: {step}."),
    "final_list": _("{author} bound itself to its final list. People: {count}."),
    "line_withdrawn": _("{author} withdrew lines: {list}. Lines withdrawn: {lines}."),
    "list_replaced": _("{author} put another version in place: {list}. Lines: {count}."),
    "seed_revealed": _("{author} showed its half of the seed."),
    "plan_proposed": _("{author} proposed a plan. People: {flows}."),
    "plan_accepted": _("{author} checked the plan and accepted it."),
    "confirmed": _("A second officer of {author} confirmed what one had signed."),
    "plan_rejected": _("{author} rejected the plan."),
    "received_unsigned": _("{author} entered what it received of {party}, unsigned: {said}."),
    "will_recorded": _("{author} asked people in private, {leg}. Asked: {asked}."),
    "manifest_issued": _("{author} issued the manifest of {leg}. People: {count}."),
    "withdrawn": _("{author} took people off {leg}. People: {count}."),
    "departed": _("{author} let the people of {leg} go. People: {count}."),
    "checked_in": _("{author} counted the people of {leg}. Here: {count}. Missing: {missing}."),
    "stop_checked": _("{author} recorded the stop of {leg} in {country}. People: {count}."),
    "turned_back": _("{author} took people of {leg} back. People: {count}."),
    "released": _("{author} gave its receipt for {leg}. Let go: {count}."),
    "received": _("{author} received its people of {leg}. Home: {count}."),
    "gate_confirmed": _("{author} confirmed what people waited for at a gate: {clause}."),
    "notified": _("{author} told {to} of people whom it captured. People: {count}."),
    "lines_agreed": _("{author} said which lines of a communiqué it agrees to. Lines: {lines}."),
    "case_closed": _("{author} closed the case. Home: {flows}."),
    "aborted": _("{author} ended the case without an exchange."),
}
"""Kind of entry → its sentence."""

STATES: Mapping[str, Any] = {
    "opened": _("terms to be signed"),
    "terms_signed": _("wanted lists to be sent"),
    "wanted": _("wanted lists to be answered"),
    "answered": _("final lists to be signed"),
    "remarked": _("remarks to be replied to"),
    "replied": _("final lists to be signed"),
    "listed": _("seed to be drawn"),
    "seeded": _("plan to be made"),
    "proposed": _("plan to be accepted"),
    "accepted": _("handover to begin"),
    "handover": _("handover on the way"),
    "closed": _("closed"),
    "aborted": _("ended without an exchange"),
}
"""State of a case → what stands on its chip."""

STEPS: Mapping[str, Any] = {
    "card.add": _("Read in the cards of the others."),
    "list.held": _("Read in the list of those you hold."),
    "list.wanted": _("Read in the list of those you miss."),
    "case.open": _("Table an agreement."),
    "case.sign": _("Read the terms and sign them."),
    "case.wanted": _("Send the list of those you miss."),
    "case.answer": _("Answer every line of the wanted list."),
    "case.final": _("Bind yourself to your final list."),
    "case.reveal": _("Show your half of the seed."),
    "case.remark": _("Before your final list: remark on answers of {party}. Lines: {count}"),
    "case.reply": _("Reply to the remarks of {party} on your answers. Lines: {count}"),
    "case.lapse": _("A deadline has passed. Go on without the part of {party}, or end the case."),
    "case.plan": _("Plan the exchange and propose it."),
    "case.show": _("Read the terms, the plan and what the law says to it."),
    "case.accept": _("Check the plan on your own list, then accept or reject it."),
    "case.paper": _("Enter what you received of {party} on paper."),
    "case.notify": _("Tell {party} of its people whom you captured over a week ago: {count}"),
    "case.offer": _("Read what is offered and answer it. It binds nobody. Offers: {count}"),
    "case.second": _("Let a second officer confirm what waits. Entries: {count}."),
    "case.second-mediator": _("Let a second officer confirm what waits. Entries: {count}."),
    "review.case": _("Decide who is the same person: {count}"),
    "review.held": _("Decide who stands twice among those you hold: {count}"),
    "review.wanted": _("Decide who stands twice among those you miss: {count}"),
    "handover.sheet": _("Write the sheet to be filled in."),
    "handover.interview": _("Record who, asked in private, wishes to go home."),
    "handover.interview.again": _("Ask again at the last stop, and record who travels on."),
    "handover.manifest": _("Put those who travel on the manifest."),
    "handover.withdraw": _("Take those who do not travel off the leg."),
    "handover.stop": _("Record the stop on the way."),
    "handover.depart": _("Let the people of the manifest go."),
    "handover.turn-back": _("Take back those who do not travel on."),
    "handover.released": _("Give your receipt."),
    "handover.check-in": _("Count your people at the crossing."),
    "handover.receive": _("Receive your people and give your receipt."),
    "handover.close": _("Close the case."),
    "handover.confirm": _("Confirm what people wait for at a gate, when it has happened."),
    "handover.confirm-mediator": _("Confirm what people wait for at a gate, when it has happened."),
    "handover.print": _("Print the manifest, with names."),
    "cosign.wait": _(
        "Wait until {party} has cosigned what your next step rests on. It comes with a bundle."
    ),
    "cosign.carry": _("Carry your cosignature to {party}: a step of another party waits for it."),
    "carry.out": _("Carry what is new to {party}, until its next bundle confirms it."),
    "wait": _("Wait for the next bundle, then read it in."),
    "wait.for": _("Wait for {party}. Then read in the next bundle."),
    "wait.post": _("Nothing to do. What the others sign arrives here by itself."),
    "wait.post.for": _("Wait for {party}. What is signed there arrives here by itself."),
}
"""Kind of step → what there is to do."""

PAPERS: Mapping[str, Any] = {
    "terms_signed": _("terms signed"),
    "wanted_list": _("wanted list"),
    "answers": _("answers"),
    "replies": _("replies"),
    "final_list": _("final list"),
    "seed_revealed": _("half of the seed"),
    "plan_accepted": _("plan accepted"),
    "plan_rejected": _("plan rejected"),
    "departed": _("departure"),
    "checked_in": _("count at the crossing"),
    "turned_back": _("return of people"),
    "released": _("receipt of the holder"),
    "received": _("receipt at home"),
}
"""What a side on paper said → its words."""
WAITING: Mapping[str, Any] = {
    "terms_signed": _("the signature under the terms"),
    "wanted_list": _("the wanted list"),
    "answers": _("the answers to a wanted list"),
    "final_list": _("the final list"),
    "plan_accepted": _("the acceptance of the plan"),
}
"""Entry that may wait for a second officer → its words."""

DUE: Mapping[str, Any] = {
    "wanted_list": _("wanted lists"),
    "answers": _("answers to every line"),
    "replies": _("replies to every remark"),
    "final_list": _("final list"),
    "interviews": _("private talks with everybody"),
}
"""What a timetable asks for → its words."""

STAGES: Mapping[str, Any] = {
    "wills_recorded": _("asked in private"),
    "on_manifest": _("on the manifest"),
    "departed": _("departed"),
    "checked_in": _("counted at the crossing"),
    "stopped": _("past a stop"),
    "asked_again": _("asked again"),
    "home": _("home"),
    "receipted": _("in the holder's receipt"),
}
"""Stage of a leg → its words."""


def of_entry(envelope: Envelope) -> SafeString:
    """Tell an entry in one sentence.

    Args:
        envelope: The entry, verified.

    Returns:
        The sentence as markup; whatever comes from outside is escaped.
    """
    sentence = str(ENTRIES[envelope.type])
    values = {name: value for name, read in _VALUES.items() if (value := read(envelope.body))}
    return set_apart(sentence, author=envelope.author, **values)


def of_step(step: Step, *, by_itself: bool = False) -> SafeString:
    """Tell the next step in one sentence; its case and its leg stand beside it.

    Args:
        step: From the overview.
        by_itself: True where bundles travel through a shared folder.

    Returns:
        The sentence as markup.
    """
    kind = step.kind
    if "--last-stop" in step.command:
        kind += ".again"
    elif kind == "wait":
        kind += (".post" if by_itself else "") + (".for" if step.party else "")
    return set_apart(str(STEPS[kind]), party=step.party, count=step.count)


def of_due(due_at: dt.datetime, *, is_overdue: bool) -> str:
    """Say until when something is due, or since when it is overdue."""
    said = gettext("Overdue since: {day}") if is_overdue else gettext("Until: {day}")
    return str(said).format(day=of_day(due_at.date()))


def of_owed(due: Due) -> SafeString:
    """Say who owes what, and until when."""
    said = gettext("{party} owes: {step}. {until}")
    until = of_due(due.due_at, is_overdue=due.is_overdue)
    return set_apart(said, party=due.party, step=DUE[due.step], until=until)


def of_waiting(kind: str) -> str:
    """Say what waits for a second officer; what has no words of its own by the ledger's word."""
    return str(WAITING.get(kind, kind.replace("_", " ")))


def of_carrying(*, by_itself: bool) -> str:
    """Say how what was just signed reaches the others.

    Args:
        by_itself: True where bundles travel through a shared folder.
    """
    said = gettext("It is on its way.") if by_itself else gettext("It goes with the next bundle.")
    return str(said)


def of_unsigned(unsigned: Mapping[str, Iterable[str]]) -> list[SafeString]:
    """Say of each party on paper what was received of it, unsigned.

    Args:
        unsigned: Party → kinds of entries, as `negotiation.on_paper.unsigned_of` gives them.
    """
    said = gettext("{party} takes part on paper. Received, unsigned: {said}.")
    none = gettext("nothing yet")
    return [
        set_apart(
            said,
            party=party,
            said=format_html(
                "<bdi>{}</bdi>", ", ".join(str(PAPERS[kind]) for kind in kinds) or none
            ),
        )
        for party, kinds in sorted(unsigned.items())
    ]


def of_turn(view: CaseView, party: str, *, is_ours: bool) -> SafeString:
    """Say whose move it is in a case.

    Args:
        view: The case.
        party: The reader's own party.
        is_ours: True if this party has a step to do in it.
    """
    others = sorted(set(view.turn) - {party})
    if is_ours:
        return SafeString(gettext("Your turn"))
    if others:
        return set_apart(gettext("Turn of {parties}"), parties=", ".join(others))
    return SafeString(gettext("Nobody's turn"))


def set_apart(sentence: str, /, **values: object) -> SafeString:
    """Put values into a sentence so that each reads the same either way.

    Args:
        sentence: Ours, with a place in braces for each value.
        values: From outside; they are escaped. Markup of ours stands as it is.
    """
    cells = {
        name: value
        if isinstance(value, SafeString)
        else format_html('<bdi dir="ltr">{}</bdi>', value)
        for name, value in values.items()
    }
    # A number stays on the line of its colon.
    return format_html(sentence.replace(": {", ":\u00a0{"), **cells)


def of_leg(leg: Flow | str) -> str:
    """Write a leg with an arrow, `RU → UA`; no line breaks within it.

    Args:
        leg: A leg, or as the ledger writes it.
    """
    return str(leg).replace(" -> ", "\u00a0→\u00a0")


def _count(body: Mapping[str, Any]) -> str:
    return str(len(body["captives"]) if "captives" in body else body.get("count", ""))


def _flows(body: Mapping[str, Any]) -> str:
    flows = body.get("flows") or body.get("totals") or {}
    return ", ".join(f"{of_leg(leg)}\u00a0{count}" for leg, count in sorted(flows.items()))


def _members(body: Mapping[str, Any]) -> str:
    members = body.get("members") or ([body["member"]] if "member" in body else [body])
    return ", ".join(str(member.get("party", "")) for member in members)


_VALUES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "to": lambda body: str(body.get("to", "")),
    "count": _count,
    "asked": lambda body: str(
        len(body.get("travelling", ())) + len(body.get("not_travelling", ()))
    ),
    "missing": lambda body: str(len(body.get("missing", ()))),
    "country": lambda body: str(body.get("country", "")),
    "clause": lambda body: str(body.get("clause", "")),
    "leg": lambda body: of_leg(str(body.get("leg", ""))),
    "flows": _flows,
    "members": _members,
    "list": lambda body: str(DUE.get(body.get("list", ""), "")),
    "lines": lambda body: str(len(body.get("lines", ()))),
    "kind": lambda body: str(DUE.get(body.get("kind", ""), "")),
    "party": lambda body: str(body.get("party", "")),
    "step": lambda body: str(DUE.get(body.get("step", ""), "")),
    "said": lambda body: str(PAPERS.get(str(body.get("type", "")), "")),
}
