"""What is due by the timetable of the terms, and what is overdue.

Rules of this file:
- A deadline follows from the time that an entry states (the entry that began the step) and
  the days of the terms. Without a timetable nothing is due.
- Nothing is decided here: a step ends by an entry, also when it lapses.
- Nobody owes remarks. They have an end, so that the final lists have one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from homeward.negotiation.case import OWED_IN, CaseState
from homeward.negotiation.list_steps import owing
from homeward.terms.agreed import Timetable


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something that a party owes: the step, who, until when, and whether that is over."""

    step: str
    party: str
    due_at: dt.datetime
    is_overdue: bool


def deadlines(
    state: CaseState,
    *,
    stated_at: Callable[[int], dt.datetime],
    now: dt.datetime,
    is_anybody_unasked: bool = False,
) -> tuple[Due, ...]:
    """Say what is due in a case, and what is overdue.

    Args:
        state: The case.
        stated_at: The time that the entry of a number states.
        now: Aware UTC instant.
        is_anybody_unasked: After the acceptance: whether somebody of the plan has not been
            asked in private yet; the case alone does not tell.

    Returns:
        One row for each party that owes a list of the present step; for each mediator after
        the acceptance, while somebody was not asked. Empty without a timetable.
    """
    begun = state.reached.get("accepted" if state.state == "handover" else state.state)
    if state.timetable is None or begun is None:
        return ()
    if state.state in {"accepted", "handover"}:
        step, days = "interviews", state.timetable.interviews_days
        owed = state.mediators if is_anybody_unasked else ()
    elif state.state in OWED_IN:
        step, owed = OWED_IN[state.state], owing(state)
        days = _days(state, state.timetable, step)
    else:
        return ()
    due_at = stated_at(begun) + dt.timedelta(days=days)
    return tuple(
        Due(step=step, party=party, due_at=due_at, is_overdue=now > due_at) for party in owed
    )


def _days(state: CaseState, timetable: Timetable, step: str) -> int:
    if step == "final_list":
        # Before any remark, the time for remarks comes first.
        return timetable.final_days + timetable.remarks_days * (state.state == "answered")
    return {
        "wanted_list": timetable.wanted_days,
        "answers": timetable.answers_days,
        "replies": timetable.replies_days,
    }[step]
