"""Notification of captives: a lane beside the bargain, open as long as a case is.

Rules of this file:
- A holder tells a Power whom it has captured, or an observer that the terms name: as a count and
  a root over salted rows, as of a day. It waits for nothing that the parties bargain for, and
  nothing in the bargain waits for it.
- Each notification names somebody; the later one is of a day that is not before the earlier.
- Nothing here decides who had to be notified: a holder knows from its own list.

Source: GC III art. 70 (not more than one week after arrival), arts 122-123 (within the shortest
possible period, through Powers and the Central Agency).
"""

from __future__ import annotations

import datetime as dt

from homeward.foundation.values import replace
from homeward.negotiation.case import CaseState, Notification
from homeward.negotiation.checks import refuse_unless
from homeward.negotiation.entries import Recorded

DUE_DAYS = 7
"""Days from capture after which a captive has to be notified (GC III art. 70)."""


def overdue_before(today: dt.date) -> dt.date:
    """Return the day before which somebody was captured who has to be notified by now."""
    return today - dt.timedelta(days=DUE_DAYS)


def notified(state: CaseState, recorded: Recorded) -> CaseState:
    """Add a notification to a case.

    Raises:
        PeerError: It goes to nobody of the case, repeats one, or is of an earlier day.
    """
    author, body = recorded.entry.author, recorded.entry.body
    to = body["to"]
    refuse_unless(
        to != author and (to in state.parties or to in state.observers),
        recorded,
        "case.recipient",
        expected="another party or an observer of the case as recipient",
        found="somebody else",
    )
    former = state.notified.get((author, to), ())
    refuse_unless(
        body["root"] not in {each.root for each in former},
        recorded,
        "case.twice",
        expected="each notification once",
        found="one that stands here",
    )
    refuse_unless(
        not former or former[-1].as_of <= body["as_of"],
        recorded,
        "case.notified_on",
        expected="a notification of a day not before the last one",
        found="an earlier day",
    )
    told = Notification(
        count=body["count"], root=body["root"], as_of=body["as_of"], index=recorded.index
    )
    return replace(state, notified={**state.notified, (author, to): (*former, told)})
