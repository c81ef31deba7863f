"""The handover, step by step: wills, manifests, the crossing, stops, receipts.

Rules of this file:
- What a captive wants is recorded by the mediator's neutral interviewer alone, with a key
  of its own; why somebody does not travel is recorded nowhere.
- A manifest holds whoever said "travelling" before departure and was not withdrawn.
- Before an entry is signed, the whole handover is folded with it and with the people of
  the plan: nobody outside the plan moves, nobody moves twice, nobody is lost.
- Nobody behind a gate goes before it is confirmed. Who is behind it, the plan tells; of a
  clause that the plan does not name with each move, the lists that this node has.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from homeward.foundation.errors import AccessError, PeerError, RuleError, TurnError
from homeward.foundation.ids import parse_flow
from homeward.handover import custody as custodies
from homeward.handover.counts import LegCounts, count_legs
from homeward.handover.custody import Captive, Custody, captives_root
from homeward.handover.follow import fold
from homeward.negotiation.case import CaseState
from homeward.node import book
from homeward.node.actions.gates import behind_gates
from homeward.node.actions.plans import plan_of, planned_of
from homeward.node.home import Node

_CAN_BE_WITHDRAWN = ("held", "manifested")
_AT_THE_CROSSING = ("checked_in", "stopped")

CONCERNED: Mapping[str, Callable[[Captive], bool]] = {
    "interview": lambda c: c.state in _CAN_BE_WITHDRAWN,
    "manifest": lambda c: c.state == "held" and c.will is True,
    "withdraw": lambda c: c.state in (*_CAN_BE_WITHDRAWN, *custodies.ON_THE_WAY),
    "depart": lambda c: c.state == "manifested" and c.will is True and not c.waits_for,
    "check-in": lambda c: c.state == "departed",
    "stop": lambda c: c.state in _AT_THE_CROSSING and c.stops_passed < len(c.stops),
    "last-stop": lambda c: c.state in custodies.ON_THE_WAY and c.stops_passed == len(c.stops),
    "turn-back": lambda c: c.state in custodies.ON_THE_WAY,
    "receive": lambda c: c.state in _AT_THE_CROSSING and c.last_will is True,
    "released": lambda c: c.state in custodies.LET_GO and not c.is_receipted,
}
"""Act of the handover -> those of a leg to whom it can be done now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegView:
    """One leg as its handover stands.

    `asked_again` and `receipted` are people; `missing` are salted ids; `next_stop` is the
    country and purpose of the stop that the first of those on the way has before them.
    `people` are all captives of the leg by salted id, as far as this node knows them.
    """

    counts: LegCounts
    asked_again: int
    receipted: int
    missing: tuple[str, ...]
    has_stops: bool
    next_stop: tuple[str, str] | None
    people: Mapping[str, Captive]

    def concerned(self, act: str) -> list[str]:
        """Return the salted ids of those to whom an act can be done now, sorted."""
        return [each for each, found in self.people.items() if CONCERNED[act](found)]


def legs_of(node: Node, case: str) -> tuple[LegView, ...]:
    """Look at the legs of a handover.

    Args:
        node: The open node.
        case: The case.

    Returns:
        One view a leg, in order of leg.

    Raises:
        AccessError: The log has no such case.
        TurnError: The plan is not accepted by every party.
    """
    _, custody = _standing(node, case)
    return tuple(_leg_view(custody, counts) for counts in count_legs(custody))


def _leg_view(custody: Custody, counts: LegCounts) -> LegView:
    people = {
        each: found for each, found in sorted(custody.captives.items()) if found.leg == counts.leg
    }
    before = [c.stops[c.stops_passed] for c in people.values() if CONCERNED["stop"](c)]
    return LegView(
        counts=counts,
        asked_again=sum(captive.last_will is not None for captive in people.values()),
        receipted=sum(captive.is_receipted for captive in people.values()),
        missing=tuple(each for each, captive in people.items() if captive.is_missing),
        has_stops=bool(custody.agreed_stops.get(counts.leg.home)),
        next_stop=before[0] if before else None,
        people=people,
    )


def record_wills(
    node: Node,
    case: str,
    leg: str,
    *,
    stage: str,
    travelling: Iterable[str],
    not_travelling: Iterable[str] = (),
    now: dt.datetime,
) -> None:
    """Record what people said in private: before departure, or again at the last stop.

    Args:
        node: The mediator's open node; signed with the interviewer's key.
        case: The case.
        leg: Such as `RU -> UA`.
        stage: `before_departure` or `last_stop`.
        travelling: Salted ids of those who wish to go home.
        not_travelling: Salted ids of those who do not travel; why is not recorded.
        now: When.

    Raises:
        TurnError: Somebody is not on this leg, or it is not the moment.

    Source:
        GC III art. 109(3): none against his will; that everybody is asked is our policy.
    """
    body = {
        "stage": stage,
        "leg": leg,
        "travelling": sorted(travelling),
        "not_travelling": sorted(not_travelling),
    }
    entering(node, case, "will_recorded", body, role="interviewer", now=now)


def issue_manifest(node: Node, case: str, leg: str, *, now: dt.datetime) -> list[str]:
    """Put on the manifest of a leg everybody who said "travelling".

    Returns:
        Salted ids on the manifest.
    """
    state, custody = _standing(node, case)
    ready = [
        captive
        for captive, found in sorted(custody.captives.items())
        if str(found.leg) == leg and found.state == "held" and found.will is True
    ]
    assert state.plan is not None, "the handover has begun, so there is a plan"
    body = {
        "leg": leg,
        "captives": ready,
        "stops": [dict(stop) for stop in state.stops.get(parse_flow(leg).home, ())],
        "plan_sha256": state.plan.plan_sha256,
    }
    entering(node, case, "manifest_issued", body, role="mediator", now=now)
    return ready


def withdraw(
    node: Node, case: str, leg: str, captives: Iterable[str], *, reason: str, now: dt.datetime
) -> None:
    """Take people off a leg: they are on no later manifest of this case."""
    body = {"leg": leg, "captives": sorted(captives), "reason": reason}
    entering(node, case, "withdrawn", body, role="mediator", now=now)


def depart(node: Node, case: str, leg: str, *, now: dt.datetime) -> list[str]:
    """Let the people of our manifest go into the mediator's custody.

    Whoever waits for a gate stays on the manifest until it is confirmed.

    Returns:
        Salted ids of those who departed.

    Raises:
        RuleError: Everybody on the manifest waits for a gate.
    """
    _, custody = _standing(node, case)
    ready = {each: custody.captives[each] for each in on_leg(node, case, leg, "manifested")}
    leaving = [each for each, captive in ready.items() if not captive.waits_for]
    if ready and not leaving:
        gates = sorted({gate for captive in ready.values() for gate in captive.waits_for})
        raise RuleError(
            "handover.gate",
            f"Expected people on {leg} for whom every gate is confirmed, found {len(ready)} who "
            f"wait for {', '.join(gates)}.",
            hint="Whoever the terms name confirms the gate first; then let them go.",
            facts={"captive_count": len(ready), "gates": gates},
        )
    body = {"leg": leg, "captives": leaving}
    entering(node, case, "departed", body, role="bureau", now=now)
    return leaving


def check_in(
    node: Node, case: str, leg: str, *, present: Iterable[str], now: dt.datetime
) -> list[str]:
    """Count our people at the crossing.

    Args:
        node: The home party's open node.
        case: The case.
        leg: Such as `RU -> UA`.
        present: Salted ids of those who are here.
        now: When.

    Returns:
        Salted ids of those who departed and are not here: they stay in the mediator's
        custody, and the case stays open, until they are found.
    """
    here = set(present)
    missing = [captive for captive in on_leg(node, case, leg, "departed") if captive not in here]
    body = {"leg": leg, "captives": sorted(here), "missing": missing}
    entering(node, case, "checked_in", body, role="officer", now=now)
    return missing


def check_at_stop(
    node: Node,
    case: str,
    leg: str,
    *,
    country: str,
    purpose: str,
    unfit: Iterable[str] = (),
    now: dt.datetime,
) -> list[str]:
    """Record a stop of a leg, such as a medical check, for everybody whose next stop it is.

    Returns:
        Salted ids of those who may travel on.

    Raises:
        TurnError: It is nobody's next stop.
    """
    waiting = set(unfit)
    _, custody = _standing(node, case)
    here = {
        captive
        for captive, found in custody.captives.items()
        if str(found.leg) == leg
        and found.state in {"checked_in", "stopped"}
        and found.stops[found.stops_passed :][:1] == ((country, purpose),)
    }
    if not here:
        raise TurnError(
            "handover.stop",
            f"Expected somebody on {leg} whose next stop this is, found nobody.",
            hint="Name the stop as the terms do; see `homeward case show`.",
        )
    onward = sorted(here - waiting)
    body = {
        "leg": leg,
        "country": country,
        "purpose": purpose,
        "captives": onward,
        "unfit": sorted(waiting),
    }
    entering(node, case, "stop_checked", body, role="mediator", now=now)
    return onward


def turn_back(
    node: Node, case: str, leg: str, captives: Iterable[str], *, now: dt.datetime
) -> None:
    """Take back people who do not travel on."""
    body = {"leg": leg, "captives": sorted(captives)}
    entering(node, case, "turned_back", body, role="bureau", now=now)


def receive(node: Node, case: str, leg: str, *, now: dt.datetime) -> list[str]:
    """Receive at home everybody who said "travelling" again at the last stop.

    Returns:
        Salted ids of those who are home.
    """
    _, custody = _standing(node, case)
    arrived = [
        captive
        for captive, found in sorted(custody.captives.items())
        if str(found.leg) == leg and found.state in {"checked_in", "stopped"} and found.last_will
    ]
    body = {"leg": leg, "captives": arrived, "count": len(arrived)}
    entering(node, case, "received", body, role="bureau", now=now)
    return arrived


def confirm_release(node: Node, case: str, leg: str, *, now: dt.datetime) -> int:
    """Give the holder's receipt for everybody let go since the last one.

    Returns:
        How many people it covers.
    """
    _, custody = _standing(node, case)
    gone = [
        captive
        for captive, found in custody.captives.items()
        if str(found.leg) == leg and found.state in custodies.LET_GO and not found.is_receipted
    ]
    body = {"leg": leg, "count": len(gone), "captives_root": captives_root(gone)}
    entering(node, case, "released", body, role="bureau", now=now)
    return len(gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateView:
    """One gate of the terms: what waits for what, who confirms it, and whether they have.

    `waiting` is how many people behind it have not gone yet, as far as this node knows them.
    """

    clause: str
    before: str
    until: str
    confirmed_by: str
    is_confirmed: bool
    waiting: int


def gates_of(node: Node, case: str) -> tuple[GateView, ...]:
    """Look at the gates of a handover.

    Args:
        node: The open node.
        case: The case.

    Returns:
        Each gate, in the order of the terms.

    Raises:
        AccessError: The log has no such case.
        TurnError: The plan is not accepted by every party.
    """
    state, custody = _standing(node, case)
    return tuple(
        GateView(
            clause=clause,
            before=gate["before"],
            until=gate["until"],
            confirmed_by=gate["confirmed_by"],
            is_confirmed=clause in custody.confirmed,
            waiting=sum(
                clause in captive.waits_for and captive.state in _CAN_BE_WITHDRAWN
                for captive in custody.captives.values()
            ),
        )
        for clause, gate in state.gates.items()
    )


def confirm_gate(node: Node, case: str, clause: str, *, now: dt.datetime) -> None:
    """Confirm that what a gate waits for has happened: the people behind it may go.

    Args:
        node: The open node of the party or mediator whom the terms name.
        case: The case.
        clause: Id of the gate.
        now: When.

    Raises:
        TurnError: There is no such gate for this node, or it is confirmed.
    """
    state, _ = _standing(node, case)
    assert state.plan is not None, "the handover has begun, so there is a plan"
    body = {"clause": clause, "plan_sha256": state.plan.plan_sha256}
    role = "mediator" if book.sequences(node) else "officer"
    entering(node, case, "gate_confirmed", body, role=role, now=now)


def close_case(node: Node, case: str, *, now: dt.datetime) -> dict[str, int]:
    """Close a case in which everybody is home, turned back, or accounted for.

    Returns:
        How many went home on each leg.
    """
    _, custody = _standing(node, case)
    totals = {
        str(leg): sum(c.leg == leg and c.state == "home" for c in custody.captives.values())
        for leg in custody.flows
    }
    entering(node, case, "case_closed", {"totals": totals}, role="mediator", now=now)
    return totals


def on_leg(node: Node, case: str, leg: str, state: str) -> list[str]:
    """Return the salted ids of everybody on a leg who is in a state, sorted."""
    _, custody = _standing(node, case)
    return sorted(
        captive
        for captive, found in custody.captives.items()
        if str(found.leg) == leg and found.state == state
    )


def custody_of(node: Node, state: CaseState) -> Custody:
    """Return where everybody of an accepted plan is, checked against the plan if we have it.

    Raises:
        TurnError: The plan is not accepted by every party.
        TamperError: The plan is not the one in the ledger.
    """
    try:
        plan, lists = plan_of(node, state)
    except AccessError:
        return fold(state, None)  # an observer follows without the plan
    return fold(state, planned_of(plan), behind_gates(node, state, plan, lists))


def _standing(node: Node, case: str) -> tuple[CaseState, Custody]:
    state = book.case_of(book.read_ahead(node), case)
    return state, custody_of(node, state)


def entering(
    node: Node,
    case: str,
    type: str,  # noqa: A002 - the word of the ledger
    body: dict[str, Any],
    *,
    role: str,
    now: dt.datetime,
) -> None:
    """Record an entry of the handover, if the handover allows it as a whole.

    Args:
        node: The open node.
        case: The case.
        type: Kind of entry.
        body: What it says.
        role: In which role we sign.
        now: When.

    Raises:
        TurnError: The case or the handover does not allow it now.
    """
    with node.transaction():
        book.record(node, case=case, type=type, body=body, role=role, now=now)
        state = book.case_of(book.read_ahead(node), case)
        try:
            custody_of(node, state)
        except PeerError as error:
            raise TurnError(
                error.code,
                error.message,
                hint="Nothing was recorded. See `homeward status`.",
                facts=error.facts,
            ) from error
