"""Following a handover: from the accepted plan, entry by entry.

Rules of this file:
- A handover starts from a plan that every party accepted, with everybody at their holder.
- The captives of the plan, where the reader has them, are those that the plan's root names.
- An entry counts as a whole or not at all, and nothing counts after the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from homeward.foundation.errors import TamperError, TurnError
from homeward.foundation.ids import PartyCode, parse_flow
from homeward.handover.custody import Captive, Custody, captives_root, standings
from homeward.handover.steps import STEPS
from homeward.negotiation.case import CaseState, Plan
from homeward.negotiation.entries import Recorded, refusal


def begin(
    case: CaseState,
    planned: Mapping[str, frozenset[str]] | None,
    waiting: Mapping[str, frozenset[str]] | None = None,
) -> Custody:
    """Start the handover of an accepted plan: everybody is with their holder.

    Args:
        case: A case whose plan every party has accepted.
        planned: The plan's captives by leg (`"RU -> UA"`). None for a reader who has
            only the ledger: then no leg may name more people than the plan sends, and
            who they are stays unchecked.
        waiting: The captives behind each gate, by clause, as far as the reader knows them.

    Returns:
        The custody before any entry.

    Raises:
        TurnError: The plan is not accepted by every party.
        TamperError: `planned` is not what the plan's root and counts say.
    """
    if case.plan is None or case.accepted != frozenset(case.parties):
        raise TurnError(
            "handover.no_plan",
            f"Expected a plan that every party has accepted, found a case that is {case.state}.",
            hint="Wait until the last party has accepted.",
        )
    if planned is not None:
        _verify_planned(case.plan, planned)
    captives = {
        captive: Captive(
            leg=parse_flow(leg),
            waits_for=frozenset(
                gate for gate, behind in (waiting or {}).items() if captive in behind
            ),
        )
        for leg, ids in (planned or {}).items()
        for captive in ids
    }
    return Custody(
        case=case.case,
        plan_sha256=case.plan.plan_sha256,
        flows={parse_flow(leg): count for leg, count in case.plan.flows.items()},
        agreed_stops=case.stops,
        is_plan_known=planned is not None,
        captives=captives,
        peaks={PartyCode(party): 0 for party in case.parties},
        gates={clause: gate["confirmed_by"] for clause, gate in case.gates.items()},
    )


def fold(
    case: CaseState,
    planned: Mapping[str, frozenset[str]] | None,
    waiting: Mapping[str, frozenset[str]] | None = None,
) -> Custody:
    """Read the custody of everybody from a case.

    Args:
        case: The case with its handover entries.
        planned: As in `begin`.
        waiting: As in `begin`.

    Returns:
        The custody after the last entry.

    Raises:
        TurnError: The plan is not accepted by every party.
        TamperError: `planned` is not what the plan's root and counts say.
        PeerError: As `advance`, for the first entry that does not fit.
    """
    custody = begin(case, planned, waiting)
    for recorded in case.handover:
        custody = advance(custody, recorded)
    return custody


def advance(custody: Custody, recorded: Recorded) -> Custody:
    """Add one entry to a handover.

    Args:
        custody: Where everybody is before the entry; it is not changed.
        recorded: An entry that `homeward.negotiation.advance` let pass.

    Returns:
        Where everybody is after the entry.

    Raises:
        PeerError: The entry does not fit. Nothing of it counts, not even for those
            captives whom it would fit.
    """
    if custody.is_ended:
        raise refusal(
            recorded, "handover.ended", expected="no entry after the end", found="another"
        )
    after = STEPS[recorded.entry.type](custody, recorded)
    standing = standings(after)
    peaks = {party: max(peak, standing[party]) for party, peak in after.peaks.items()}
    return replace(after, peaks=peaks)


def _verify_planned(plan: Plan, planned: Mapping[str, frozenset[str]]) -> None:
    ids = [captive for leg in planned.values() for captive in leg]
    counts = {leg: len(each) for leg, each in planned.items() if each}
    agreed = {leg: count for leg, count in plan.flows.items() if count}
    if counts != agreed or len(set(ids)) != len(ids) or captives_root(ids) != plan.captives_root:
        raise TamperError(
            "handover.planned",
            "Expected the captives that the accepted plan's root names, found others.",
            hint="Fetch the plan's captives again; do not use this copy.",
            facts={"captive_count": len(ids), "captives_root": plan.captives_root},
        )
