"""Lines of a joint communiqué, agreed beside the bargain: which are said, and not before when.

Rules of this file:
- A party says by an entry which lines it agrees to, out of those that its case can have, and until
  when nothing is published. Its later word counts instead of its earlier one.
- Agreed is what every party agrees to; published is nothing before the latest of their times.
- An entry holds ids of lines, never a text. What a line says is written from the record, the same
  in four languages, and withholds what the terms withhold.
- Nothing in the bargain waits for it, and it changes no state. When the case is closed, what
  stands there stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from homeward.foundation.ids import Flow, parse_flow
from homeward.negotiation.case import CaseState, LinesAgreed
from homeward.negotiation.checks import refuse_unless
from homeward.negotiation.entries import Recorded


def leg_line(flow: Flow) -> str:
    """Return the id of the line on people who went home on a flow."""
    return f"leg.{flow.holder}-{flow.home}"


def checks_line(home: str) -> str:
    """Return the id of the line on medical checks of people who went home to a party."""
    return f"medical_checks.{home}"


def mediator_line(mediator: str) -> str:
    """Return the id of the line on who mediated."""
    return f"mediator.{mediator}"


def possible_lines(state: CaseState) -> tuple[str, ...]:
    """Return the ids of all lines that a communiqué on a case can have.

    Args:
        state: The case.

    Returns:
        In the order of the text; empty while there is no plan.
    """
    return tuple(_lines(state))


def agreed_lines(state: CaseState) -> tuple[str, ...]:
    """Return the ids of the lines that every party has agreed to.

    Args:
        state: The case.

    Returns:
        In the order of the text; empty until every party has spoken.
    """
    said = [state.lines_agreed.get(party) for party in state.parties]
    if None in said:
        return ()
    return tuple(
        line
        for line in possible_lines(state)
        if all(each is not None and line in each.lines for each in said)
    )


def embargo_of(state: CaseState) -> str:
    """Return the instant before which nothing is published; empty until every party has spoken.

    Args:
        state: The case.
    """
    if not set(state.parties) <= state.lines_agreed.keys():
        return ""
    return max(each.embargo_until for each in state.lines_agreed.values())


def lines_agreed(state: CaseState, recorded: Recorded) -> CaseState:
    """Add to a case what a party says of its communiqué.

    Raises:
        PeerError: It names a line that the case cannot have.
    """
    body = recorded.entry.body
    refuse_unless(
        set(body["lines"]) <= set(possible_lines(state)),
        recorded,
        "case.lines",
        expected="lines that a communiqué on this case can have",
        found="another line",
    )
    said = LinesAgreed(
        lines=tuple(body["lines"]), embargo_until=body["embargo_until"], index=recorded.index
    )
    party = recorded.entry.author
    return replace(state, lines_agreed={**state.lines_agreed, party: said})


def _lines(state: CaseState) -> Iterator[str]:
    for flow in sorted(map(parse_flow, state.plan.flows if state.plan else ())):
        yield leg_line(flow)
        if any("medical" in stop["purpose"] for stop in state.stops.get(flow.home, ())):
            yield checks_line(flow.home)
    for mediator in state.mediators:
        yield mediator_line(mediator)
