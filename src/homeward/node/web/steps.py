"""Where each step is done, and who may do it.

Rules of this file:
- Every kind of step has a row: a step without a page would leave somebody alone.
- A step that the reader's roles cannot do says which role does it.
- What goes by itself is no step: nobody carries where the nodes share a folder, and a
  sheet to be filled in waits on the page that asks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from homeward.node import courier
from homeward.node.actions.list_todo import Step
from homeward.node.home import Node
from homeward.node.web import words
from homeward.node.web.handover_acts import ACTS
from homeward.node.web.policy import POLICY, ROLES, may_see

Address = Callable[[Step], str]


def _case_act(step: Step) -> str:
    return str(reverse("case-act", args=[step.case, step.kind.removeprefix("case.")]))


def _handover_act(step: Step) -> str:
    address = reverse("handover-act", args=[step.case, step.kind.removeprefix("handover.")])
    return _on_leg(address, step)


def _on_leg(address: str, step: Step) -> str:
    return f"{address}?{urlencode({'leg': step.leg})}" if step.leg else address


def _room_act(step: Step) -> str:
    return str(reverse("room-act", args=[step.case, step.kind.removeprefix("case.")]))


def _paper(step: Step) -> str:
    if not step.act:  # a form to be written: the page of the side has it
        return str(reverse("paper", args=[step.case, step.party]))
    return _on_leg(reverse("paper-act", args=[step.case, step.party, step.act]), step)


def _lines(step: Step, side: str) -> str:
    query = urlencode({"party": step.party, "side": side})
    return f"{reverse('room-lines', args=[step.case])}?{query}"


STEP_PAGES: Mapping[str, tuple[str, Address]] = {
    "card.add": ("peers", lambda _: reverse("peers")),
    "list.held": ("imports", lambda _: reverse("imports")),
    "list.wanted": ("imports", lambda _: reverse("imports")),
    "case.open": ("case-open", lambda _: reverse("case-open")),
    "case.sign": ("case-binding", _case_act),
    "case.wanted": ("case-lists", _case_act),
    "case.answer": ("case-lists", _case_act),
    "case.final": ("case-binding", _case_act),
    "case.reveal": ("case-binding", _case_act),
    "case.remark": ("case-lists", lambda step: _lines(step, "asked")),
    "case.lapse": ("case-plan", _room_act),
    "case.reply": ("case-lists", lambda step: _lines(step, "answered")),
    "case.offer": ("offers", lambda step: reverse("room", args=[step.case]) + "#offers"),
    "case.plan": ("case-plan", _case_act),
    "case.show": ("plan", lambda step: reverse("plan", args=[step.case])),
    "case.accept": ("case-binding", _case_act),
    "case.paper": ("case-paper", _paper),
    "case.notify": ("notices", lambda step: reverse("notices", args=[step.case])),
    "case.second": ("case-binding", _room_act),
    "case.second-mediator": ("case-plan", _room_act),
    "review.case": ("review", lambda step: reverse("review-case", args=[step.case])),
    "review.held": ("review", lambda _: reverse("review-list", args=["held"])),
    "review.wanted": ("review", lambda _: reverse("review-list", args=["wanted"])),
    **{f"handover.{name}": (act.row, _handover_act) for name, act in ACTS.items()},
    "handover.sheet": ("papers", lambda step: _on_leg(reverse("handover", args=[step.case]), step)),
    "handover.print": ("papers", lambda step: _on_leg(reverse("manifest", args=[step.case]), step)),
    "cosign.wait": ("carry", lambda _: reverse("carry")),
    "cosign.carry": ("carry", lambda _: reverse("carry")),
    "carry.out": ("carry", lambda _: reverse("carry")),
    "wait": ("carry", lambda _: reverse("carry")),
}
"""Kind of step → the row of its page in the policy, and the page's address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A step for a page: its sentence, its case and leg if it has any, its address, the command.

    `address` is empty where the reader may not do it; then `roles` are those who may.
    `until` says its deadline. `by_itself` is true of a step to wait, where what one waits for arrives by itself.
    """

    kind: str
    sentence: SafeString
    address: str
    roles: tuple[Any, ...]
    command: str
    case: str = ""
    leg: str = ""
    by_itself: bool = False
    until: str = ""
    is_overdue: bool = False


def rows_of(node: Node, steps: Iterable[Step], roles: Collection[str]) -> list[Row]:
    """Return the steps of a node as a page shows them.

    Args:
        node: The open node.
        steps: From the overview.
        roles: Of the reader.
    """
    has_post = courier.last_carried(node) is not None
    return [
        _arriving(step) if has_post and step.kind == "wait" else row_of(node, step, roles)
        for step in steps
        if step.kind != "handover.sheet"
        and not step.command.startswith("case lines ")
        and not (has_post and step.kind in ("carry.out", "cosign.carry"))
    ]


def _arriving(step: Step) -> Row:
    return Row(
        kind=step.kind,
        sentence=words.of_step(step, by_itself=True),
        address=reverse("home"),
        roles=(),
        command="",
        by_itself=True,
    )


def row_of(node: Node, step: Step, roles: Collection[str]) -> Row:
    """Return a step as a page shows it.

    Args:
        node: The open node.
        step: From the overview.
        roles: Of the reader.
    """
    name, address = STEP_PAGES[step.kind]
    may = may_see(roles, name)
    # Only a mediator's node has accounts that mediate, and only a bureau's has the others.
    here = [r for r in POLICY[name] or () if (r == "mediator") == (node.about.role == "mediator")]
    return Row(
        kind=step.kind,
        sentence=words.of_step(step),
        address=address(step) if may else "",
        roles=() if may else tuple(ROLES[role] for role in here or POLICY[name] or ()),
        command=step.command,
        case=step.case,
        leg=words.of_leg(step.leg),
        until=_until(step),
        is_overdue=step.is_overdue,
    )


def _until(step: Step) -> str:
    if not step.due_at:
        return ""
    return words.of_due(dt.datetime.fromisoformat(step.due_at), is_overdue=step.is_overdue)
