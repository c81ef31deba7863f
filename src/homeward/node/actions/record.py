"""What anybody may know of an exchange: agreed and home in numbers, and when.

Rules of this file:
- An exchange is public from the moment every party has accepted its plan; before that
  there is none, and what was on the table stays there.
- Where the terms withhold a number, no number is public: the checkpoint is all.
- Small numbers are ranges, as in `report`; so is what was agreed where it would tell by
  subtraction how few did not go home.
- While people are on the way nobody is told when or where they move: the stages come with
  the close, by day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from homeward.foundation.errors import AccessError
from homeward.foundation.ids import Flow, parse_flow
from homeward.handover.counts import count_legs
from homeward.ledger.envelope import Envelope
from homeward.negotiation.case import CaseState
from homeward.node import book
from homeward.node.actions.cases import terms_of
from homeward.node.actions.handover import custody_of
from homeward.node.actions.report import report_of
from homeward.node.home import Node
from homeward.report.totals import SMALL_BELOW, Count, FlowTotals, Move, Report, totals

STAGES = ("plan_accepted", "departed", "checked_in", "stop_checked", "received", "case_closed")
"""Kinds of entry that are stages of the public record, in order."""

_ENDED = ("closed", "aborted")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicLeg:
    """One leg in public: how many were agreed, and how many are home, by category."""

    flow: Flow
    agreed: Count
    totals: FlowTotals


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One kind of step: the days of its first and its last entry, `2025-02-05`."""

    kind: str
    first_on: str
    last_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRecord:
    """One exchange in public. Withheld, it has neither legs nor stages nor a sum.

    What the parties in `on_paper` say of it was received, unsigned.
    """

    case: str
    parties: tuple[str, ...]
    mediators: tuple[str, ...]
    is_over: bool
    is_withheld: bool
    on_paper: tuple[str, ...] = ()
    legs: tuple[PublicLeg, ...] = ()
    home: Count = None
    stages: tuple[Stage, ...] = ()


def public_cases(node: Node) -> list[str]:
    """Return the exchanges of which there is a public record, the latest first."""
    cases = book.read_book(node).cases
    return [name for name, state in reversed(list(cases.items())) if _is_public(state)]


def public_record(node: Node, case: str) -> PublicRecord:
    """Return what anybody may know of an exchange.

    Args:
        node: The open node; a mediator's knows categories, another counts legs alone.
        case: The case.

    Returns:
        Its public record, from the ledger without drafts.

    Raises:
        AccessError: There is no such exchange, or it is not public.
    """
    found = book.read_book(node)
    state = found.cases.get(case)
    if state is None or not _is_public(state):
        raise AccessError(
            "record.case",
            "Expected an exchange that every party has accepted, found none of that name.",
            hint="Go back to the list of exchanges.",
        )
    is_over = state.state in _ENDED
    withheld = any(clause.withhold for clause in terms_of(node, case).clauses)
    if withheld:
        return PublicRecord(
            case=case,
            parties=state.parties,
            mediators=state.mediators,
            is_over=is_over,
            is_withheld=True,
            on_paper=state.on_paper,
        )
    report = _report(node, state)
    home = {c.leg: c.home for c in count_legs(custody_of(node, state))}
    assert state.plan is not None, "it is accepted, so there is a plan"
    agreed = {parse_flow(leg): count for leg, count in state.plan.flows.items()}
    return PublicRecord(
        case=case,
        parties=state.parties,
        mediators=state.mediators,
        is_over=is_over,
        is_withheld=False,
        on_paper=state.on_paper,
        legs=tuple(
            PublicLeg(
                flow=each.flow,
                agreed=_agreed(agreed.get(each.flow, 0), home.get(each.flow, 0)),
                totals=each,
            )
            for each in report.flows
        ),
        home=report.home,
        stages=_stages(found.envelopes, case) if is_over else (),
    )


def _is_public(state: CaseState) -> bool:
    return state.plan is not None and state.accepted == frozenset(state.parties)


def _report(node: Node, state: CaseState) -> Report:
    try:
        return report_of(node, state.case, public=True)
    except AccessError:
        pass  # not a mediator: the ledger alone, which knows no category
    home = {counts.leg: counts.home for counts in count_legs(custody_of(node, state))}
    return totals(_uncategorised(home), home, categories=(), public=True)


def _uncategorised(counts: Mapping[Flow, int]) -> list[Move]:
    return [
        Move(flow=flow, days_held=None, categories=frozenset())
        for flow, count in counts.items()
        for _ in range(count)
    ]


def _agreed(planned: int, home: int) -> Count:
    """Return what was agreed for a leg, as a range where it or who stayed is a small number."""
    if 0 < planned < SMALL_BELOW:
        return f"1\u2013{SMALL_BELOW - 1}"
    # Where `home` is itself a range, one derived from it would give it away.
    if home >= SMALL_BELOW and 0 < planned - home < SMALL_BELOW:
        return f"{home + 1}\u2013{home + SMALL_BELOW - 1}"
    return planned


def _stages(envelopes: Sequence[Envelope], case: str) -> tuple[Stage, ...]:
    days: dict[str, list[str]] = {kind: [] for kind in STAGES}
    for envelope in envelopes:
        if envelope.case == case and envelope.type in days:
            days[envelope.type].append(envelope.at[:10])
    return tuple(
        Stage(kind=kind, first_on=min(found), last_on=max(found))
        for kind, found in days.items()
        if found
    )
