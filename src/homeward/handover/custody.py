"""Custody: one table per captive, from the holder's hands to home.

Rules of this file:
- `CUSTODY` is all there is: what has no row in a captive's present state is refused, so
  that repeated, lost or reordered entries release nobody twice and lose nobody.
- Every captive has exactly one custodian: the holder, the mediator who issued their
  manifest, or the home party.
- Home, withdrawn, turned back and died are final within a case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from homeward.foundation.errors import InputError
from homeward.foundation.ids import Flow, PartyCode
from homeward.foundation.merkle import leaf_hash, tree_root

CUSTODY: dict[tuple[str, str], str] = {
    ("held", "asked"): "held",
    ("held", "manifest_issued"): "manifested",
    ("held", "withdrawn"): "withdrawn",
    ("manifested", "asked"): "manifested",
    ("manifested", "withdrawn"): "withdrawn",
    ("manifested", "departed"): "departed",
    ("departed", "missing"): "departed",
    ("departed", "checked_in"): "checked_in",
    ("departed", "asked_again"): "departed",
    ("departed", "turned_back"): "turned_back",
    ("departed", "died"): "died",
    ("checked_in", "stop_checked"): "stopped",
    ("checked_in", "unfit"): "checked_in",
    ("checked_in", "asked_again"): "checked_in",
    ("checked_in", "received"): "home",
    ("checked_in", "turned_back"): "turned_back",
    ("checked_in", "died"): "died",
    ("stopped", "stop_checked"): "stopped",
    ("stopped", "unfit"): "stopped",
    ("stopped", "asked_again"): "stopped",
    ("stopped", "received"): "home",
    ("stopped", "turned_back"): "turned_back",
    ("stopped", "died"): "died",
}
"""Every state of a captive and event that fit, and the state they lead to."""

CUSTODIANS = {
    "held": "holder",
    "manifested": "holder",
    "withdrawn": "holder",
    "turned_back": "holder",
    "departed": "mediator",
    "checked_in": "mediator",
    "stopped": "mediator",
    "died": "mediator",  # until the remains go home, an act of its own
    "home": "home",
}
"""Who has custody in each state."""

ON_THE_WAY = ("departed", "checked_in", "stopped")
LET_GO = (*ON_THE_WAY, "died", "home")


@dataclass(frozen=True, slots=True, kw_only=True)
class Captive:
    """One captive of the plan. `path` holds the states passed through, the last is now.

    `will` and `last_will` are None until an interviewer recorded them; `custodian` and
    `stops` come with the manifest. `waits_for` are the gates before them that nobody has
    confirmed yet, by clause. `is_receipted` says that a receipt of the holder
    covers them.
    """

    leg: Flow
    path: tuple[str, ...] = ("held",)
    will: bool | None = None
    last_will: bool | None = None
    custodian: str = ""
    stops: tuple[tuple[str, str], ...] = ()
    stops_passed: int = 0
    is_missing: bool = False
    is_receipted: bool = False
    waits_for: frozenset[str] = frozenset()

    @property
    def state(self) -> str:
        """The present state, a key of `CUSTODIANS`."""
        return self.path[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """Where everybody of one accepted plan is.

    `flows` says how many the plan sends on each leg. Where `is_plan_known` is false the
    reader has only the ledger: captives appear as entries name them. `peaks` holds, by
    party, the most people it had let go beyond those it had received. `gates` says by clause
    who confirms it; `confirmed` are those that are.
    """

    case: str
    plan_sha256: str
    flows: Mapping[Flow, int]
    agreed_stops: Mapping[str, tuple[Mapping[str, str], ...]]
    is_plan_known: bool
    captives: Mapping[str, Captive]
    peaks: Mapping[PartyCode, int]
    is_ended: bool = False
    gates: Mapping[str, str] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()


def captives_root(ids: Iterable[str]) -> str:
    """Return the root by which a plan or a receipt names a set of captives.

    Args:
        ids: Opaque ids, in any order.

    Returns:
        Merkle root over the ids' leaf hashes in order of id, 64 hexadecimal digits.
    """
    return tree_root([leaf_hash(each.encode("ascii")) for each in sorted(ids)]).hex()


def custodian_of(custody: Custody, captive: str) -> PartyCode:
    """Say who answers for a captive now.

    Args:
        custody: Where everybody is.
        captive: Opaque id.

    Returns:
        Code of the holder, the mediator or the home party.

    Raises:
        InputError: The captive is not part of this handover.
    """
    if captive not in custody.captives:
        raise InputError(
            "handover.unknown",
            "Expected a captive of this handover, found another id.",
            hint="Check the case and the id.",
        )
    found = custody.captives[captive]
    who = {
        "holder": found.leg.holder,
        "mediator": PartyCode(found.custodian),
        "home": found.leg.home,
    }
    return who[CUSTODIANS[found.state]]


def standings(custody: Custody) -> dict[PartyCode, int]:
    """Count, for each party, the people it has let go less those it has received.

    Args:
        custody: Where everybody is.

    Returns:
        People by party; below zero for a party that is ahead.
    """
    standing = dict.fromkeys(custody.peaks, 0)
    for captive in custody.captives.values():
        if captive.state in LET_GO:
            standing[captive.leg.holder] += 1
        if captive.state == "home":
            standing[captive.leg.home] -= 1
    return standing
