"""Every kind of entry of a case: who may write it, and what it says.

Rules of this file:
- A body has exactly the fields of its row in `KINDS`: a field that nobody asked for
  could carry a name. Of the optional ones, those that its case asks for.
- A captive is an opaque salted id of 32 hexadecimal digits, never a name or a reference.
- A reason comes from a closed list: there is no free text in a case, apart from the
  terms themselves and the stops that they name.
- What a captive wants is written by an interviewer of the mediator alone; no role of a
  party may write it.
- What a party on paper says is entered by a mediator, as one of `PAPER_TYPES`, and says so.
- A refusal is a `PeerError` that names the entry's number, type and author.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from homeward.foundation.errors import Fact, PeerError
from homeward.negotiation.fields import (
    CAPTIVES,
    CAPTIVES_OR_NONE,
    CODE,
    CODES,
    COUNT,
    DAY,
    FLOWS,
    LEG,
    PARTIES_MAX,
    PARTY,
    PARTY_OR_NONE,
    PURPOSE,
    SHA256,
    SHEETS,
    SOME,
    STOPS,
    TERMS,
    TIME,
    Field,
    counts_by,
    is_party,
    list_of,
    one_of,
)

ANSWER_CODES = (
    "held",
    "held_not_offered",
    "already_returned",
    "died_in_custody",
    "killed_in_action",
    "not_held",
    "duplicate_of",
    "insufficient_identification",
    "held_elsewhere",
    "not_conflict_related",
    "under_prosecution",
    "not_travelling",
)
REMARK_CODES = (
    "evidence_of_capture",
    "seen_alive",
    "letter_received",
    "photo_published",
    "video_published",
    "named_in_statement",
    "visit_recorded",
    "not_returned",
    "wrong_person",
    "date_or_place_differs",
    "other_evidence",
)
UPHELD = "upheld"
REPLY_CODES = (*ANSWER_CODES, UPHELD)
"""What a reply to a remark may say: another answer, or that the answer stands."""
REJECTION_REASONS = (
    "not_agreed",
    "clause_not_kept",
    "certificate_fails",
    "legal_finding",
    "list_changed",
)
WITHDRAWAL_REASONS = ("not_travelling", "died", "vetoed", "unfit")
ABORT_REASONS = (
    "no_agreement",
    "terms_not_kept",
    "deadline_passed",
    "transport_not_safe",
    "mediator_unavailable",
)
LAPSABLE = ("wanted_list", "answers", "replies")
"""Steps that a case can go on without. Without a final list or a seed there is no plan."""
SEALABLE = ("wanted_list", "answers", "final_list")
"""Lists that the terms may seal: committed to by everybody before anybody shows one."""
VERSIONED = ("wanted_list", "final_list")
"""Lists of which lines can be withdrawn before the plan is accepted."""
LINE_REASONS = (
    "duplicate",
    "came_home",
    "died",
    "released",
    "wrong_person",
    "not_held",
    "no_longer_sought",
)
HANDOVER_TYPES = (
    "will_recorded",
    "manifest_issued",
    "withdrawn",
    "departed",
    "checked_in",
    "stop_checked",
    "turned_back",
    "released",
    "received",
    "gate_confirmed",
)
RECEIVED_UNSIGNED = "received_unsigned"
PAPER_TYPES = (
    "terms_signed",
    "wanted_list",
    "answers",
    "replies",
    "final_list",
    "seed_revealed",
    "plan_accepted",
    "plan_rejected",
    "departed",
    "checked_in",
    "turned_back",
    "released",
    "received",
)
"""What a mediator may enter for a party that the terms name as on paper."""
PAPER_BY_TWO = ("plan_accepted",)
"""What two officers of the mediator enter together: it binds the party to its people."""
CONFIRMABLE = ("terms_signed", "wanted_list", "answers", "final_list", "plan_accepted")
"""Entries that two officers may have to sign: what binds a party, and what shows its people."""


class Entry(Protocol):
    """What a case reads of a signed entry; the ledger has checked its signature."""

    @property
    def type(self) -> str:
        """Kind of entry, a key of `KINDS`."""

    @property
    def case(self) -> str:
        """The case that it belongs to."""

    @property
    def author(self) -> str:
        """Code of the party that signed it."""

    @property
    def key(self) -> str:
        """Id of the key that signed it."""

    @property
    def body(self) -> Mapping[str, Any]:
        """What it says."""

    @property
    def entry_sha256(self) -> str:
        """Hash of its exact bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """How an entry of a party on paper came: who entered it, from which sheets, and since when.

    `sheets` are hashes of the scans or sheets that the mediator keeps; `received_at` is when it
    received them, by its own word.
    """

    entered_by: str
    sheets: tuple[str, ...]
    received_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An entry in its place.

    `index` is its number in the ledger; `role` is what its key was good for at that
    number (`bureau`, `mediator`, `interviewer`, `officer` or `observer`); `needs_second` is
    true if its party asked, at that number, for a second officer to confirm it. `paper` is
    there if its author signed nothing: a mediator received it on paper and entered it.
    """

    index: int
    role: str
    entry: Entry
    needs_second: bool = False
    paper: Paper | None = None

    @property
    def signer(self) -> str:
        """Code of the party whose key signed it: its author, or who entered it."""
        return self.entry.author if self.paper is None else self.paper.entered_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of entry: who may write it (side and role of the key), and its fields.

    `optional` are fields that some cases ask for and others refuse; the case says which.
    """

    authors: tuple[tuple[str, str], ...]
    fields: Mapping[str, Field]
    optional: Mapping[str, Field] = field(default_factory=dict)


_ANSWERS = counts_by("answer code", ANSWER_CODES.__contains__, at_least=0, at_most=64)
_REMARKS = counts_by("remark code", REMARK_CODES.__contains__, at_least=1, at_most=64)
_REPLIES = counts_by("reply code", REPLY_CODES.__contains__, at_least=1, at_most=64)

_NONCE = {"nonce": SHA256}  # where the terms seal lists

_VERSION = {
    "list": one_of(VERSIONED),
    "to": PARTY_OR_NONE,
    "replaces": SHA256,
    "count": COUNT,
    "root": SHA256,
}

_BUREAU = (("party", "bureau"),)
_MEDIATOR = (("mediator", "mediator"),)
_INTERVIEWER = (("mediator", "interviewer"),)

KINDS: dict[str, Kind] = {
    "case_opened": Kind(
        authors=_MEDIATOR,
        fields={
            "terms_toml": TERMS,
            "terms_sha256": SHA256,
            "parties": list_of(PARTY, at_least=2, at_most=PARTIES_MAX),
            "mediators": list_of(PARTY, at_least=1, at_most=PARTIES_MAX),
            # Without a common seed the mediator could grind the last tie-break.
            "seed_required": Field("true", lambda value: value is True),
        },
    ),
    "terms_signed": Kind(authors=_BUREAU, fields={"terms_sha256": SHA256}),
    "list_committed": Kind(
        authors=_BUREAU,
        fields={"kind": one_of(SEALABLE), "to": PARTY_OR_NONE, "commitment": SHA256},
    ),
    "wanted_list": Kind(
        authors=_BUREAU,
        fields={"to": PARTY, "count": COUNT, "root": SHA256},
        optional=_NONCE,
    ),
    "answers": Kind(
        authors=_BUREAU,
        fields={
            "to": PARTY,
            "in_reply_to": SHA256,
            "count": COUNT,
            "counts": _ANSWERS,
            "root": SHA256,
        },
        optional=_NONCE,
    ),
    "remarks": Kind(
        authors=_BUREAU,
        fields={
            "to": PARTY,
            "in_reply_to": SHA256,
            "count": SOME,
            "counts": _REMARKS,
            "root": SHA256,
        },
    ),
    "replies": Kind(
        authors=_BUREAU,
        fields={
            "to": PARTY,
            "in_reply_to": SHA256,
            "count": SOME,
            "counts": _REPLIES,
            "root": SHA256,
        },
    ),
    "lapsed": Kind(authors=_MEDIATOR, fields={"step": one_of(LAPSABLE), "party": PARTY}),
    "final_list": Kind(
        authors=_BUREAU,
        fields={"count": COUNT, "root": SHA256, "seed_commitment": SHA256},
        optional=_NONCE,
    ),
    "line_withdrawn": Kind(
        authors=_BUREAU,
        fields={**_VERSION, "lines": CAPTIVES, "reason": one_of(LINE_REASONS)},
    ),
    "list_replaced": Kind(authors=_BUREAU, fields=_VERSION),
    "seed_revealed": Kind(authors=_BUREAU, fields={"nonce": SHA256}),
    "plan_proposed": Kind(
        authors=_MEDIATOR,
        fields={
            "terms_sha256": SHA256,
            "pool_sha256": SHA256,
            "plan_sha256": SHA256,
            "seed": SHA256,
            "status": one_of(("optimal", "feasible")),
            "legal_findings": CODES,
            "flows": FLOWS,
            "captives_root": SHA256,
        },
    ),
    "plan_accepted": Kind(
        authors=_BUREAU,
        fields={
            "terms_sha256": SHA256,
            "pool_sha256": SHA256,
            "plan_sha256": SHA256,
            "acknowledged": CODES,
        },
    ),
    # By another key of the same signer; only then does the entry that it names count.
    "confirmed": Kind(authors=_BUREAU + _MEDIATOR, fields={"entry": SHA256}),
    RECEIVED_UNSIGNED: Kind(
        authors=_MEDIATOR,
        fields={
            "party": PARTY,
            "type": one_of(PAPER_TYPES),
            # Has the fields of its type; checked as that entry is.
            "body": Field("what it says", lambda value: isinstance(value, Mapping)),
            "sheets": SHEETS,
            "received_at": TIME,
        },
    ),
    "plan_rejected": Kind(
        authors=_BUREAU, fields={"plan_sha256": SHA256, "reason": one_of(REJECTION_REASONS)}
    ),
    "will_recorded": Kind(
        authors=_INTERVIEWER,
        fields={
            "stage": one_of(("before_departure", "last_stop")),
            "leg": LEG,
            "travelling": CAPTIVES_OR_NONE,
            "not_travelling": CAPTIVES_OR_NONE,
        },
    ),
    "manifest_issued": Kind(
        authors=_MEDIATOR,
        fields={
            "leg": LEG,
            "captives": CAPTIVES,
            "stops": STOPS,
            "plan_sha256": SHA256,
        },
    ),
    "withdrawn": Kind(
        authors=_MEDIATOR + _INTERVIEWER,
        fields={"leg": LEG, "captives": CAPTIVES, "reason": one_of(WITHDRAWAL_REASONS)},
    ),
    "departed": Kind(authors=_BUREAU, fields={"leg": LEG, "captives": CAPTIVES}),
    "checked_in": Kind(
        authors=(("party", "officer"), ("party", "bureau")),
        fields={"leg": LEG, "captives": CAPTIVES_OR_NONE, "missing": CAPTIVES_OR_NONE},
    ),
    "stop_checked": Kind(
        authors=_MEDIATOR,
        fields={
            "leg": LEG,
            "country": PARTY,
            "purpose": PURPOSE,
            "captives": CAPTIVES_OR_NONE,
            "unfit": CAPTIVES_OR_NONE,
        },
    ),
    "turned_back": Kind(authors=_BUREAU, fields={"leg": LEG, "captives": CAPTIVES}),
    "released": Kind(authors=_BUREAU, fields={"leg": LEG, "count": COUNT, "captives_root": SHA256}),
    "received": Kind(authors=_BUREAU, fields={"leg": LEG, "captives": CAPTIVES, "count": COUNT}),
    # Who it is, the terms say of each gate; whether it has happened, nobody else can.
    "gate_confirmed": Kind(
        authors=(("party", "officer"), ("party", "bureau"), ("mediator", "mediator")),
        fields={"clause": CODE, "plan_sha256": SHA256},
    ),
    # In any state, beside the bargain: the law waits for no plan (GC III arts 70, 122).
    "notified": Kind(
        authors=_BUREAU, fields={"to": PARTY, "count": SOME, "root": SHA256, "as_of": DAY}
    ),
    # Beside the bargain too: what both sides say of the exchange, as ids of lines.
    "lines_agreed": Kind(authors=_BUREAU, fields={"lines": CODES, "embargo_until": TIME}),
    "case_closed": Kind(authors=_MEDIATOR, fields={"totals": FLOWS}),
    "aborted": Kind(authors=_BUREAU + _MEDIATOR, fields={"reason": one_of(ABORT_REASONS)}),
}
"""The one table of a case's entries. Two lists of ids in one body name nobody twice."""

_LISTS_OF_IDS = ("travelling", "not_travelling", "captives", "missing", "unfit")


def verify_shape(recorded: Recorded) -> None:
    """Check that an entry is of a known type and says exactly what its type says.

    Args:
        recorded: An entry whose signature holds.

    Raises:
        PeerError: Another type, a field too many or too few, a value of another form,
            or a captive named twice.
    """
    entry = recorded.entry
    kind = KINDS.get(entry.type)
    if kind is None:
        raise refusal(
            recorded, "case.type", expected="a type that a case knows", found="another type"
        )
    if not isinstance(entry.body, Mapping) or not (
        kind.fields.keys() <= entry.body.keys() <= kind.fields.keys() | kind.optional.keys()
    ):
        raise refusal(
            recorded,
            "case.body",
            expected=f"exactly the fields {', '.join(kind.fields)}",
            found="others",
        )
    for name, value in entry.body.items():
        form = kind.fields.get(name) or kind.optional[name]
        if not form.holds(value):
            raise refusal(
                recorded,
                "case.body",
                expected=f"{form.expected} as {name}",
                found="something else",
            )
    lists = [entry.body[name] for name in _LISTS_OF_IDS if name in kind.fields]
    named = [captive for ids in lists for captive in ids]
    if lists and not named:
        raise refusal(recorded, "case.body", expected="at least one captive", found="none")
    if len(set(named)) != len(named):
        raise refusal(
            recorded,
            "case.body",
            expected="every captive in one list",
            found=f"{len(named) - len(set(named))} in two",
        )


def refusal(
    recorded: Recorded,
    code: str,
    *,
    expected: str,
    found: str,
    hint: str = "Keep the entry as evidence and ask its author to record it anew.",
    facts: Mapping[str, Fact] | None = None,
) -> PeerError:
    """Make the error that refuses an entry.

    Args:
        recorded: The entry that is refused.
        code: Stable dotted name.
        expected: What the case allows, in words.
        found: What the entry does, in words; never a text out of its body.
        hint: What to do.
        facts: Ids and counts beside the entry's number, type and author.

    Returns:
        The error, to be raised by the caller.
    """
    # Type and author come from outside: what is not well formed is not repeated.
    kind = recorded.entry.type if recorded.entry.type in KINDS else "unknown"
    kind = kind if recorded.paper is None else RECEIVED_UNSIGNED
    author = recorded.signer if is_party(recorded.signer) else "unknown"
    return PeerError(
        code,
        f"Expected {expected}, found {found} in entry {recorded.index} ({kind} by {author}).",
        hint=hint,
        facts={"entry": recorded.index, "type": kind, "author": author, **(facts or {})},
    )
