"""What is to be done about lists between parties: a step, its sheet, its deadline.

Rules of this file:
- A sheet that a person fills in is two steps: write it, record what was filled in.
- What nobody owes stands after what is owed.
- A deadline stands with its step; what a mediator may do once it has passed is a step too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from homeward.negotiation import CaseState, moves
from homeward.negotiation.deadlines import Due
from homeward.negotiation.entries import LAPSABLE
from homeward.node import book
from homeward.node.actions.offers import waiting_offers
from homeward.node.home import Node, utc_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do.

    Attributes:
        kind: One of `KINDS`.
        command: What to type after `homeward`.
        why: What it does.
        case: The case it is about, or empty.
        leg: Such as `RU -> UA`, or empty.
        party: To whom it is carried, or for whom one waits (several joined by a comma).
        act: Of a side on paper: which of its steps is entered, or empty.
        count: Of what it is about; 0 if nothing is counted.
        due_at: Until when the terms ask for it, such as `2025-02-12T08:00:00Z`, or empty.
        is_overdue: True if that has passed.
    """

    kind: str
    command: str
    why: str
    case: str = ""
    leg: str = ""
    party: str = ""
    act: str = ""
    count: int = 0
    due_at: str = ""
    is_overdue: bool = False


_STEP_OF = {
    "wanted_list": "case.wanted",
    "answers": "case.answer",
    "replies": "case.reply",
    "final_list": "case.final",
    "interviews": "handover.interview",
}
"""What the timetable names -> the kind of step that does it."""


def with_deadlines(
    node: Node, case: str, owed: Iterable[Due], steps: Iterable[Step]
) -> Iterator[Step]:
    """Yield the steps of a case, each with its deadline; then what a mediator may do about it."""
    owed = tuple(owed)
    ours = {_STEP_OF[due.step]: due for due in owed if due.party == node.party}
    on_paper = {due.party: due for due in owed}
    for step in steps:
        is_entered = step.kind == "case.paper"
        due = on_paper.get(step.party) if is_entered else ours.get(step.kind)
        if due is None:
            yield step
        else:
            yield replace(step, due_at=utc_text(due.due_at), is_overdue=due.is_overdue)
    for due in owed:
        if due.is_overdue and due.step in LAPSABLE and book.sequences(node):
            yield Step(
                kind="case.lapse",
                command=f"case lapse {case} --step {due.step} --party {due.party}",
                why=f"{due.party} let the deadline pass: go on without its part (or: case abort)",
                case=case,
                party=due.party,
                due_at=utc_text(due.due_at),
                is_overdue=True,
            )


def notifying(case: str, overdue: Mapping[str, int]) -> Iterator[Step]:
    """Yield the notifications of captives that are overdue, by whom to tell."""
    for party, count in sorted(overdue.items()):
        yield Step(
            kind="case.notify",
            command=f"case notify {case} --to {party}",
            why=f"tell {party} of {count} whom you captured more than a week ago "
            "(Third Geneva Convention, arts 70 and 122)",
            case=case,
            party=party,
            count=count,
            is_overdue=True,
        )


def remarking(node: Node, state: CaseState) -> Iterator[Step]:
    """Yield the remarks that are open to us: nobody owes any, so they stand after what is."""
    if "remarks" not in moves(state, node.party, "bureau"):
        return
    for (holder, asker), counts in sorted(state.answer_counts.items()):
        count = sum(counts.values()) - counts.get("held", 0)
        if asker == node.party and count and (asker, holder) not in state.remarks:
            yield from _line_steps(
                state,
                ("remark", "remarks", holder, count),
                "before your final list: remark on its answers, if you have evidence",
            )


def offered(node: Node, case: str, now: dt.datetime) -> Iterator[Step]:
    """Yield the offers that wait for our answer: nobody owes one."""
    count = waiting_offers(node, case, now=now)
    if count:
        yield Step(
            kind="case.offer",
            command=f"case offers {case}",
            why=f"read what is offered, binding nobody; {count} not answered yet",
            case=case,
            count=count,
        )


def replying(node: Node, state: CaseState) -> Iterator[Step]:
    """Yield the replies that we owe."""
    for author, to in sorted(state.open_remarks):
        if to == node.party:
            count = state.remarks[author, to].count
            why = "reply to every remark on your answers"
            yield from _line_steps(state, ("reply", "replies", author, count), why)


def _line_steps(state: CaseState, what: tuple[str, str, str, int], why: str) -> Iterator[Step]:
    """Yield the two steps of a sheet of lines: write it, record what was filled in."""
    act, lines, party, count = what
    file = f"{lines}-{party}.csv"
    for command in (
        f"case lines {state.case} --party {party} --for {lines} -o {file}",
        f"case {act} {state.case} --party {party} --lines {file}",
    ):
        yield Step(
            kind=f"case.{act}", command=command, why=why, case=state.case, party=party, count=count
        )
