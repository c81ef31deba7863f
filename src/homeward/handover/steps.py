"""What each entry of a handover does, and what must hold before.

Rules of this file:
- Nobody is on a manifest, and nobody departs, without "travelling" as the last word
  that an interviewer recorded before departure.
- Nobody is home without a second "travelling", recorded after the last stop of their
  manifest; on a leg without stops, at any time after departure.
- Nobody withdrawn, whatever the reason, is on a later manifest.
- Nobody outside the accepted plan is on a manifest, and a manifest names the stops that
  the terms name.
- Nobody behind a gate of the terms departs before whoever confirms it has confirmed it, once.
- Somebody missing at a check-in stays in the custodian's custody, and the case open,
  until a later check-in or until they are turned back.
- A case is aborted or closed only when nobody is on the way, and closed only when nobody
  still waits to go, each holder's receipts cover everybody who is home, and the totals agree.

Source: GC III art. 109(3) for the will of the sick and wounded; that everybody is asked,
and asked again, is a policy beyond it. Arts 118-119 for the handover.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from homeward.foundation.errors import PeerError
from homeward.foundation.ids import Flow, PartyCode, parse_flow
from homeward.handover.custody import (
    CUSTODY,
    LET_GO,
    ON_THE_WAY,
    Captive,
    Custody,
    captives_root,
)
from homeward.negotiation.entries import Recorded, refusal

_IDS_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guard:
    """What must hold of a captive before an event, beyond the state."""

    code: str
    expected: str
    holds: Callable[[Captive], bool]


_WILL = _Guard(
    code="handover.no_will",
    expected='"travelling", recorded by an interviewer before departure, for everybody',
    holds=lambda captive: captive.will is True,
)
_GATE = _Guard(
    code="handover.gate",
    expected="every gate before these people confirmed by whom the terms name",
    holds=lambda captive: not captive.waits_for,
)
_LAST_STOP = _Guard(
    code="handover.stops_left",
    expected="everybody past the last stop of their manifest",
    holds=lambda captive: captive.stops_passed == len(captive.stops),
)
_LAST_WILL = _Guard(
    code="handover.no_second_will",
    expected='a second "travelling", recorded at the last stop, for everybody',
    holds=lambda captive: captive.last_will is True,
)
_GUARDS: dict[str, tuple[_Guard, ...]] = {
    "manifest_issued": (_WILL,),
    "departed": (_WILL, _GATE),
    "asked_again": (_LAST_STOP,),
    "received": (_LAST_STOP, _LAST_WILL),
}

_SIGNED_BY: dict[str, Callable[[Flow], PartyCode]] = {
    "departed": lambda leg: leg.holder,
    "turned_back": lambda leg: leg.holder,
    "released": lambda leg: leg.holder,
    "checked_in": lambda leg: leg.home,
    "received": lambda leg: leg.home,
}


def _will_recorded(custody: Custody, recorded: Recorded) -> Custody:
    body = recorded.entry.body
    again = body["stage"] == "last_stop"
    event = "asked_again" if again else "asked"
    for ids, travelling in ((body["travelling"], True), (body["not_travelling"], False)):
        custody = _move(custody, recorded, event, ids, _answer(again=again, travelling=travelling))
    return custody


def _manifest_issued(custody: Custody, recorded: Recorded) -> Custody:
    body = recorded.entry.body
    if body["plan_sha256"] != custody.plan_sha256:
        raise refusal(recorded, "handover.plan", expected="the accepted plan", found="another plan")
    agreed = custody.agreed_stops.get(_leg(custody, recorded).home, ())
    if list(body["stops"]) != list(agreed):
        raise refusal(
            recorded,
            "handover.stops",
            expected=f"the {len(agreed)} stops that the terms name for this leg, in their order",
            found="others",
        )
    stops = tuple((stop["country"], stop["purpose"]) for stop in agreed)
    return _move(
        custody,
        recorded,
        "manifest_issued",
        body["captives"],
        lambda captive: replace(captive, custodian=recorded.entry.author, stops=stops),
    )


def _withdrawn(custody: Custody, recorded: Recorded) -> Custody:
    ids = recorded.entry.body["captives"]
    if recorded.entry.body["reason"] != "died":
        return _move(custody, recorded, "withdrawn", ids)
    # Who dies on the way cannot be turned back; the case must be able to end all the same.
    gone = [each for each in ids if _state(custody, each) in ON_THE_WAY]
    custody = _move(custody, recorded, "died", gone, _found)
    return _move(custody, recorded, "withdrawn", [each for each in ids if each not in set(gone)])


def _departed(custody: Custody, recorded: Recorded) -> Custody:
    return _move(custody, recorded, "departed", recorded.entry.body["captives"])


def _checked_in(custody: Custody, recorded: Recorded) -> Custody:
    body = recorded.entry.body
    custody = _move(custody, recorded, "checked_in", body["captives"], _found)
    return _move(custody, recorded, "missing", body["missing"], _lost)


def _stop_checked(custody: Custody, recorded: Recorded) -> Custody:
    body = recorded.entry.body
    here = (body["country"], body["purpose"])
    next_stop = _Guard(
        code="handover.stop",
        expected="the next stop of everybody's manifest",
        holds=lambda captive: captive.stops[captive.stops_passed :][:1] == (here,),
    )
    custody = _move(custody, recorded, "unfit", body["unfit"], guard=next_stop)
    return _move(custody, recorded, "stop_checked", body["captives"], _passed, guard=next_stop)


def _turned_back(custody: Custody, recorded: Recorded) -> Custody:
    ids = recorded.entry.body["captives"]
    return _move(custody, recorded, "turned_back", ids, _found)


def _released(custody: Custody, recorded: Recorded) -> Custody:
    leg, body = _leg(custody, recorded), recorded.entry.body
    let_go = [
        each
        for each, captive in custody.captives.items()
        if captive.leg == leg and captive.state in LET_GO and not captive.is_receipted
    ]
    if not let_go or body["count"] != len(let_go) or body["captives_root"] != captives_root(let_go):
        raise refusal(
            recorded,
            "handover.receipt",
            expected=f"a receipt for the {len(let_go)} let go since the last one, by their root",
            found=f"one for {body['count']}",
        )
    captives = dict(custody.captives)
    for each in let_go:
        captives[each] = replace(captives[each], is_receipted=True)
    return replace(custody, captives=captives)


def _received(custody: Custody, recorded: Recorded) -> Custody:
    body = recorded.entry.body
    if body["count"] != len(body["captives"]):
        raise refusal(
            recorded,
            "handover.receipt",
            expected=f"the count of the {len(body['captives'])} captives named",
            found=f"{body['count']}",
        )
    return _move(custody, recorded, "received", body["captives"])


def _gate_confirmed(custody: Custody, recorded: Recorded) -> Custody:
    body, clause = recorded.entry.body, recorded.entry.body["clause"]
    if body["plan_sha256"] != custody.plan_sha256:
        raise refusal(recorded, "handover.plan", expected="the accepted plan", found="another plan")
    if custody.gates.get(clause) != recorded.entry.author:
        raise refusal(
            recorded,
            "handover.gate_author",
            expected="a gate of the terms that its author confirms",
            found="another",
        )
    if clause in custody.confirmed:
        raise refusal(
            recorded,
            "handover.gate_confirmed",
            expected="a gate that nobody has confirmed yet",
            found="one that is confirmed",
        )
    captives = {
        each: replace(captive, waits_for=captive.waits_for - {clause})
        for each, captive in custody.captives.items()
    }
    return replace(custody, captives=captives, confirmed=custody.confirmed | {clause})


def _case_closed(custody: Custody, recorded: Recorded) -> Custody:
    _verify_nobody_on_the_way(custody, recorded)
    waiting = sum(_is_waiting(captive) for captive in custody.captives.values())
    if waiting:
        raise refusal(
            recorded,
            "handover.waiting",
            expected="everybody of the plan home, turned back, withdrawn, or asked and staying",
            found=f"{waiting} who still wait to go",
            hint="Let them go, or withdraw them; then close.",
            facts={"captive_count": waiting},
        )
    home = [captive for captive in custody.captives.values() if captive.state == "home"]
    open_count = sum(not captive.is_receipted for captive in home)
    if open_count:
        raise refusal(
            recorded,
            "handover.receipt_missing",
            expected="receipts of the holders for everybody who is home",
            found=f"{open_count} without",
            hint="Ask the holder for its receipt, then close.",
        )
    totals = {str(leg): sum(captive.leg == leg for captive in home) for leg in custody.flows}
    if dict(recorded.entry.body["totals"]) != totals:
        raise refusal(
            recorded,
            "handover.totals",
            expected=f"the totals of the record, {sum(totals.values())} home in all",
            found="others",
        )
    return replace(custody, is_ended=True)


def _aborted(custody: Custody, recorded: Recorded) -> Custody:
    _verify_nobody_on_the_way(custody, recorded)
    return replace(custody, is_ended=True)


STEPS: dict[str, Callable[[Custody, Recorded], Custody]] = {
    "will_recorded": _will_recorded,
    "manifest_issued": _manifest_issued,
    "withdrawn": _withdrawn,
    "departed": _departed,
    "checked_in": _checked_in,
    "stop_checked": _stop_checked,
    "turned_back": _turned_back,
    "released": _released,
    "received": _received,
    "gate_confirmed": _gate_confirmed,
    "case_closed": _case_closed,
    "aborted": _aborted,
}


def _is_waiting(captive: Captive) -> bool:
    """Tell whether somebody may still expect to go: manifested, or not heard to stay."""
    return captive.state == "manifested" or (captive.state == "held" and captive.will is not False)


def _verify_nobody_on_the_way(custody: Custody, recorded: Recorded) -> None:
    underway = [c for c in custody.captives.values() if c.state in ON_THE_WAY]
    if underway:
        raise refusal(
            recorded,
            "handover.on_the_way",
            expected="everybody who departed home or turned back",
            found=f"{len(underway)} on the way",
            hint="Bring them home or turn them back first; find whoever is missing.",
            facts={
                "captive_count": len(underway),
                "missing_count": sum(captive.is_missing for captive in underway),
            },
        )


def _leg(custody: Custody, recorded: Recorded) -> Flow:
    leg = parse_flow(recorded.entry.body["leg"])
    if leg not in custody.flows:
        raise refusal(
            recorded,
            "handover.leg",
            expected=f"a leg of the plan, {' or '.join(map(str, custody.flows))}",
            found=str(leg),
        )
    signer = _SIGNED_BY.get(recorded.entry.type)
    if signer and signer(leg) != recorded.entry.author:
        raise refusal(
            recorded,
            "handover.not_their_leg",
            expected=f"the signature of {signer(leg)}, whose act it is on {leg}",
            found="another",
        )
    return leg


def _move(
    custody: Custody,
    recorded: Recorded,
    event: str,
    ids: Iterable[str],
    change: Callable[[Captive], Captive] = lambda captive: captive,
    *,
    guard: _Guard | None = None,
) -> Custody:
    """Move some captives by one event, all of them or none."""
    leg, ids = _leg(custody, recorded), tuple(ids)
    captives = _known(custody, recorded, leg, ids)
    stuck = [each for each in ids if (captives[each].state, event) not in CUSTODY]
    if stuck:
        raise _stuck(recorded, captives, event, stuck)
    for each_guard in (*_GUARDS.get(event, ()), *([guard] if guard else [])):
        failing = [each for each in ids if not each_guard.holds(captives[each])]
        if failing:
            raise _refuse_some(recorded, each_guard.code, each_guard.expected, failing)
    for each in ids:
        captive = captives[each]
        after = CUSTODY[captive.state, event]
        path = captive.path if after == captive.state else (*captive.path, after)
        captives[each] = change(replace(captive, path=path))
    return replace(custody, captives=captives)


def _answer(*, again: bool, travelling: bool) -> Callable[[Captive], Captive]:
    if again:
        return lambda captive: replace(captive, last_will=travelling)
    return lambda captive: replace(captive, will=travelling)


def _found(captive: Captive) -> Captive:
    return replace(captive, is_missing=False)


def _lost(captive: Captive) -> Captive:
    return replace(captive, is_missing=True)


def _passed(captive: Captive) -> Captive:
    return replace(captive, stops_passed=captive.stops_passed + 1)


def _known(
    custody: Custody, recorded: Recorded, leg: Flow, ids: tuple[str, ...]
) -> dict[str, Captive]:
    """Return all captives, with those of `ids` among them, on this leg."""
    captives = dict(custody.captives)
    new = [each for each in ids if each not in captives]
    on_leg = sum(captive.leg == leg for captive in captives.values())
    if new and (custody.is_plan_known or on_leg + len(new) > custody.flows[leg]):
        raise _refuse_some(
            recorded, "handover.not_in_plan", "captives of the accepted plan alone", new
        )
    captives.update({each: Captive(leg=leg) for each in new})
    elsewhere = [each for each in ids if captives[each].leg != leg]
    if elsewhere:
        raise _refuse_some(recorded, "handover.other_leg", "captives of this leg alone", elsewhere)
    return captives


def _state(custody: Custody, captive: str) -> str:
    return custody.captives[captive].state if captive in custody.captives else "held"


def _stuck(
    recorded: Recorded, captives: Mapping[str, Captive], event: str, stuck: list[str]
) -> PeerError:
    if event == "manifest_issued" and any(captives[e].state == "withdrawn" for e in stuck):
        gone = [each for each in stuck if captives[each].state == "withdrawn"]
        return _refuse_some(
            recorded, "handover.withdrawn", "nobody who was withdrawn on a manifest", gone
        )
    fitting = " or ".join(state for state, each in CUSTODY if each == event)
    return _refuse_some(recorded, "handover.custody", f"captives who are {fitting}", stuck)


def _refuse_some(recorded: Recorded, code: str, expected: str, ids: list[str]) -> PeerError:
    return refusal(
        recorded,
        code,
        expected=expected,
        found=f"{len(ids)} for whom that does not hold",
        facts={"captive_count": len(ids), "captives": sorted(ids)[:_IDS_SHOWN]},
    )
