"""What a case holds: the values that its entries add up to.

Rules of this file:
- A case is a value: nothing in it changes, a new entry makes a new one.
- It holds hashes, counts and codes, and no personal data, because its entries hold none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from homeward.negotiation.entries import Recorded
from homeward.terms.agreed import Timetable


@dataclass(frozen=True, slots=True, kw_only=True)
class ListClaim:
    """A list that a party bound itself to: how many lines, and their Merkle root."""

    count: int
    root: str
    entry_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What a party is bound to before it shows a list, and the number of the entry."""

    commitment: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """Captives of whom a holder told somebody: how many, their root, as of which day."""

    count: int
    root: str
    as_of: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesAgreed:
    """The lines of a communiqué to which a party agrees, and until when nothing is published."""

    lines: tuple[str, ...]
    embargo_until: str
    index: int


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


@dataclass(frozen=True, kw_only=True)  # without slots, for `foundation.values.replace`
class CaseState:
    """What one case has agreed so far.

    `wanted`, `answers`, `remarks` and `replies` are keyed by author and recipient; `final_lists`,
    `commitments` and `nonces` by party. `stops` are the agreed stops of the people of a
    home party, in order, as manifests name them; `gates` are the agreed gates by clause:
    `before`, `until` and `confirmed_by`, as the terms say. `waiting` are entries that count once
    a second officer of their author has confirmed them. `handover` holds the entries after the
    acceptance, in order, as they were recorded. `on_paper` are the parties without a node,
    `papers` what a mediator entered for them and counts, and `observers` who looks on, by the
    terms; `cosigned` how many parties must have cosigned what a step rests on, empty for none.
    `notified` are notifications of captives, by author and recipient; `lines_agreed` what each
    party agrees to of a communiqué. `reached` holds for each state the number of
    the entry that last led to it; `lapsed` the steps that the case went on without, with
    the party that owed them; `unreplied` the remarks that so stay without a reply, by author
    and recipient. `withdrawn_lines` are the ids of lines that count for nothing, and `seals`
    the commitments where the terms seal lists (`is_sealed`), both by kind of list, author and
    recipient (empty for a final list).
    """

    state: str = "unopened"
    case: str = ""
    last_index: int = -1
    entry_hashes: frozenset[str] = frozenset()
    parties: tuple[str, ...] = ()
    mediators: tuple[str, ...] = ()
    on_paper: tuple[str, ...] = ()
    observers: tuple[str, ...] = ()
    cosigned: str = ""
    terms_sha256: str = ""
    timetable: Timetable | None = None
    reached: Mapping[str, int] = field(default_factory=dict)
    is_sealed: bool = False
    seals: Mapping[tuple[str, str, str], Seal] = field(default_factory=dict)
    lapsed: frozenset[tuple[str, str]] = frozenset()
    unreplied: frozenset[tuple[str, str]] = frozenset()
    stops: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    gates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    signed: frozenset[str] = frozenset()
    wanted: Mapping[tuple[str, str], ListClaim] = field(default_factory=dict)
    answers: Mapping[tuple[str, str], ListClaim] = field(default_factory=dict)
    answer_counts: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    remarks: Mapping[tuple[str, str], ListClaim] = field(default_factory=dict)
    remark_counts: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    replies: Mapping[tuple[str, str], ListClaim] = field(default_factory=dict)
    reply_counts: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    withdrawn_lines: Mapping[tuple[str, str, str], frozenset[str]] = field(default_factory=dict)
    final_lists: Mapping[str, ListClaim] = field(default_factory=dict)
    commitments: Mapping[str, str] = field(default_factory=dict)
    nonces: Mapping[str, str] = field(default_factory=dict)
    seed: str = ""
    plan: Plan | None = None
    accepted: frozenset[str] = frozenset()
    waiting: tuple[Recorded, ...] = ()
    notified: Mapping[tuple[str, str], tuple[Notification, ...]] = field(default_factory=dict)
    lines_agreed: Mapping[str, LinesAgreed] = field(default_factory=dict)
    papers: tuple[Recorded, ...] = ()
    abort_reason: str = ""
    handover: tuple[Recorded, ...] = ()

    @property
    def open_remarks(self) -> frozenset[tuple[str, str]]:
        """Remarks that still wait for their replies, by author and recipient."""
        return frozenset(
            (author, to)
            for author, to in self.remarks
            if (to, author) not in self.replies and (author, to) not in self.unreplied
        )

    @property
    def no_answer(self) -> Mapping[tuple[str, str], int]:
        """Lines that nobody answered because the step lapsed, by who owed it and who asked."""
        return {
            (holder, asker): claim.count
            for (asker, holder), claim in self.wanted.items()
            if ("answers", holder) in self.lapsed and (holder, asker) not in self.answers
        }

    @property
    def no_reply(self) -> Mapping[tuple[str, str], int]:
        """Remarks that nobody replied to because the step lapsed, by who owed it and who remarked."""
        return {(to, author): self.remarks[author, to].count for author, to in self.unreplied}


OWED_IN: Mapping[str, str] = {
    "terms_signed": "wanted_list",
    "wanted": "answers",
    "answered": "final_list",
    "remarked": "replies",
    "replied": "final_list",
}
"""State of a case -> the lists that parties owe in it."""


NEW_CASE = CaseState()
"""Before its first entry."""
