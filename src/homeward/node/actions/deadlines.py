"""What is due in the cases of this node, and recording that a step lapsed.

Rules of this file:
- A deadline is counted from the times that entries state; `now` comes in as an argument.
- A mediator's node records no lapse before the deadline has passed by its own clock. Whether
  the others accept the entry, the order of the log decides, and no clock.
"""

from __future__ import annotations

import datetime as dt

from homeward.foundation.errors import TurnError
from homeward.handover.replay import Replay
from homeward.negotiation.case import CaseState
from homeward.negotiation.deadlines import Due, deadlines
from homeward.node import book
from homeward.node.actions.handover import custody_of
from homeward.node.home import Node

_HANDOVER = ("accepted", "handover")


def due_of(node: Node, log: Replay, state: CaseState, *, now: dt.datetime) -> tuple[Due, ...]:
    """Say what is due in a case, and what is overdue.

    Args:
        node: The open node.
        log: The log that the case stands in.
        state: The case.
        now: Aware UTC instant.
    """

    def stated_at(index: int) -> dt.datetime:
        return dt.datetime.fromisoformat(log.envelopes[index].at)

    is_anybody_unasked = (
        state.timetable is not None
        and state.state in _HANDOVER
        and any(
            captive.state == "held" and captive.will is None
            for captive in custody_of(node, state).captives.values()
        )
    )
    return deadlines(state, stated_at=stated_at, now=now, is_anybody_unasked=is_anybody_unasked)


def lapse(node: Node, case: str, *, step: str, owed_by: str, now: dt.datetime) -> None:
    """Record that a party let the deadline of a step pass: the case goes on without its part.

    Args:
        node: The mediator's open node.
        case: The case.
        step: One of `homeward.negotiation.entries.LAPSABLE`.
        owed_by: The party that owes it.
        now: When.

    Raises:
        TurnError: The step is not overdue, or the case does not allow it.
    """
    log = book.read_ahead(node)
    state = book.case_of(log, case)
    overdue = {(due.step, due.party) for due in due_of(node, log, state, now=now) if due.is_overdue}
    if (step, owed_by) not in overdue:
        raise TurnError(
            "cases.not_overdue",
            f"Expected a step that {owed_by} owes and whose deadline has passed, found "
            f"{len(overdue)} others.",
            hint="See `homeward status` for what is due, and until when.",
            facts={"party": owed_by, "count": len(overdue)},
        )
    body = {"step": step, "party": owed_by}
    book.record(node, case=case, type="lapsed", body=body, role="mediator", now=now)
