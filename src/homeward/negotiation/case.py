"""What a case holds: the values that its entries add up to.

Rules of this file:
- A case is a value: nothing in it changes, a new entry makes a new one.
- It holds hashes, counts and codes, and no personal data, because its entries hold none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from homeward.negotiation.entries import Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class ListClaim:
    """A list that a party bound itself to: how many lines, and their Merkle root."""

    count: int
    root: str
    entry_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A proposed plan: its hashes, and how many go home on each leg."""

    terms_sha256: str
    pool_sha256: str
    plan_sha256: str
    status: str
    legal_findings: tuple[str, ...]
    flows: Mapping[str, int]
    captives_root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseState:
    """What one case has agreed so far.

    `wanted` and `answers` are keyed by author and recipient; `final_lists`,
    `commitments` and `nonces` by party. `stops` are the agreed stops of the people of a
    home party, in order, as manifests name them; `gates` are the agreed gates by clause:
    `before`, `until` and `confirmed_by`, as the terms say. `handover` holds the entries after the
    acceptance, in order, as they were recorded.
    """

    state: str = "unopened"
    case: str = ""
    last_index: int = -1
    entry_hashes: frozenset[str] = frozenset()
    parties: tuple[str, ...] = ()
    mediators: tuple[str, ...] = ()
    terms_sha256: str = ""
    stops: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    gates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    signed: frozenset[str] = frozenset()
    wanted: Mapping[tuple[str, str], ListClaim] = field(default_factory=dict)
    answers: Mapping[tuple[str, str], ListClaim] = field(default_factory=dict)
    answer_counts: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    final_lists: Mapping[str, ListClaim] = field(default_factory=dict)
    commitments: Mapping[str, str] = field(default_factory=dict)
    nonces: Mapping[str, str] = field(default_factory=dict)
    seed: str = ""
    plan: Plan | None = None
    accepted: frozenset[str] = frozenset()
    abort_reason: str = ""
    handover: tuple[Recorded, ...] = ()


NEW_CASE = CaseState()
"""Before its first entry."""
