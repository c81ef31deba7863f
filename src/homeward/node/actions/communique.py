"""A joint communiqué of a case: which lines both sides agree to, and from when it is public.

Rules of this file:
- What a party agrees to is an entry of the ledger, so that whoever publishes more can be shown it.
- A text has the agreed lines alone, written from the record. A number that the terms withhold is
  not in it, and a small one is a range.
- The public sees it when every party has agreed, the embargo is over and the case is closed: while
  people are on the way nobody is told of them. Before that the parties and the mediator see it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from homeward.foundation.errors import AccessError, InputError
from homeward.foundation.ids import parse_flow
from homeward.negotiation import moves
from homeward.negotiation.agreed_lines import agreed_lines, embargo_of, leg_line, possible_lines
from homeward.negotiation.case import CaseState, LinesAgreed
from homeward.node import book
from homeward.node.home import Node, utc_text
from homeward.report.totals import shown
from homeward.statements.communique import Communique, write_communique
from homeward.statements.from_ledger import records_of
from homeward.statements.model import Record

ENTRY = "lines_agreed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """A communiqué as it stands.

    `possible` are all lines that the case can have, `legs` the leg of each line on one. `said` is what each party agrees to; `agreed` what all do, `embargo_until` the latest of their
    times (empty until all have spoken). `whole` is a text of every line that the record can write
    now, `made` one of the agreed lines; each is None while nobody is home, or nothing is agreed.
    """

    case: str
    parties: tuple[str, ...]
    possible: tuple[str, ...]
    legs: Mapping[str, str]
    said: Mapping[str, LinesAgreed]
    agreed: tuple[str, ...]
    embargo_until: str
    whole: Communique | None
    made: Communique | None
    is_public: bool
    may_agree: bool


def joint_of(node: Node, case: str, *, now: dt.datetime) -> Joint:
    """Return the communiqué of a case, for its parties and mediators.

    Args:
        node: The open node.
        case: The case.
        now: Aware UTC instant.

    Raises:
        AccessError: There is no such case, or the node is neither a party nor a mediator of it.
    """
    ledger = book.read_ahead(node)
    state = book.case_of(ledger, case)
    if node.party not in (*state.parties, *state.mediators):
        raise AccessError(
            "communique.case",
            "Expected a case of which this node is a party or a mediator, found another.",
            hint="Go back to the list of cases.",
        )
    record = records_of(ledger).get(case)
    agreed = agreed_lines(state)
    return Joint(
        case=case,
        parties=state.parties,
        possible=possible_lines(state),
        legs={leg_line(parse_flow(leg)): leg for leg in (state.plan.flows if state.plan else ())},
        said=state.lines_agreed,
        agreed=agreed,
        embargo_until=embargo_of(state),
        whole=_written(node, record, possible_lines(state)),
        made=_written(node, record, agreed, agreed_by=state.parties),
        is_public=_is_public(state, now),
        may_agree=ENTRY in moves(state, node.party, "bureau"),
    )


def agree(
    node: Node, case: str, lines: Sequence[str], embargo_until: dt.datetime, *, now: dt.datetime
) -> None:
    """Sign which lines of the communiqué our party agrees to.

    Args:
        node: The open node of a party.
        case: The case.
        lines: Ids of lines; none withdraws our agreement to all.
        embargo_until: Before this instant nothing is published; aware UTC.
        now: When.

    Raises:
        AccessError: There is no such case.
        InputError: The case has no such line.
        TurnError: There is no accepted plan yet, or the case is over.
    """
    state = book.case_of(book.read_ahead(node), case)
    others = set(lines) - set(possible_lines(state))
    if state.plan is not None and others:
        raise InputError(
            "communique.lines",
            f"Expected lines that this case can have, found {len(others)} others.",
            hint="Choose among the lines that are shown.",
            facts={"count": len(others)},
        )
    ordered = [line for line in possible_lines(state) if line in lines]
    body = {"lines": ordered, "embargo_until": utc_text(embargo_until)}
    book.record(node, case=case, type=ENTRY, body=body, role="bureau", now=now)


def public_communique(node: Node, case: str, *, now: dt.datetime) -> Communique | None:
    """Return the communiqué of a case as anybody may read it.

    Args:
        node: The open node.
        case: The case.
        now: Aware UTC instant.

    Returns:
        None before every party has agreed, the embargo is over and the case is closed; and
        where no line is agreed.
    """
    ledger = book.read_book(node)
    state = ledger.cases.get(case)
    if state is None or not _is_public(state, now):
        return None
    record = records_of(ledger).get(case)
    return _written(node, record, agreed_lines(state), agreed_by=state.parties)


def _is_public(state: CaseState, now: dt.datetime) -> bool:
    embargo = embargo_of(state)
    is_over = state.state == "closed" and bool(agreed_lines(state))
    return is_over and bool(embargo) and now >= dt.datetime.fromisoformat(embargo)


def _written(
    node: Node, record: Record | None, lines: Sequence[str], *, agreed_by: Sequence[str] = ()
) -> Communique | None:
    if record is None:
        return None
    counts = {flow: shown(count, count, public=True) for flow, count in record.legs.items()}
    counts |= dict.fromkeys(record.withheld)
    simulation = node.about.simulation
    whole = write_communique(record, counts, simulation=simulation)
    chosen = [line.id for line in whole.lines if line.id in lines]
    if not chosen:
        return None  # without a choice the writer would take all
    known = {party for flow in counts for party in (flow.home, flow.holder)}
    agreeing = [party for party in agreed_by if party in known]
    return write_communique(
        record, counts, chosen=chosen, agreed_by=agreeing, simulation=simulation
    )
