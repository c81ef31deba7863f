"""Every kind of entry of a case: who may write it, and what it says.

Rules of this file:
- A body has exactly the fields of its row in `KINDS`: a field that nobody asked for
  could carry a name.
- A captive is an opaque salted id of 32 hexadecimal digits, never a name or a reference.
- A reason comes from a closed list: there is no free text in a case, apart from the
  terms themselves and the stops that they name.
- What a captive wants is written by an interviewer of the mediator alone; no role of a
  party may write it.
- A refusal is a `PeerError` that names the entry's number, type and author.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from homeward.foundation.errors import Fact, HomewardError, PeerError
from homeward.foundation.ids import parse_flow, parse_party

PARTIES_MAX = 16
COUNT_MAX = 1_000_000
CAPTIVES_MAX = 2_000  # an entry of the ledger has no room for more
CODES_MAX = 64
STOPS_MAX = 16
TERMS_MAX_CHARS = 48_000

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
class Recorded:
    """An entry in its place.

    `index` is its number in the ledger; `role` is what its key was good for at that
    number (`bureau`, `mediator`, `interviewer`, `officer` or `observer`).
    """

    index: int
    role: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body: what is expected, in words, and the check."""

    expected: str
    holds: Callable[[Any], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of entry: who may write it (side and role of the key), and its fields."""

    authors: tuple[tuple[str, str], ...]
    fields: Mapping[str, Field]


def _reads_as(parse: Callable[[str], object], value: object) -> bool:
    try:
        return isinstance(value, str) and str(parse(value)) == value
    except HomewardError:
        return False


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= COUNT_MAX


def _is_flow(value: object) -> bool:
    return _reads_as(parse_flow, value)


def _is_party(value: object) -> bool:
    return _reads_as(parse_party, value)


def _matching(expected: str, pattern: str) -> Field:
    compiled = re.compile(pattern)
    return Field(expected, lambda value: isinstance(value, str) and bool(compiled.fullmatch(value)))


def _one_of(words: tuple[str, ...]) -> Field:
    return Field(f"one of {', '.join(words)}", lambda value: value in words)


def _list_of(item: Field, *, at_least: int, at_most: int) -> Field:
    def holds(value: object) -> bool:
        return (
            isinstance(value, (list, tuple))
            and at_least <= len(value) <= at_most
            and all(item.holds(each) for each in value)
            and len(set(value)) == len(value)
        )

    return Field(f"{at_least} to {at_most} times {item.expected}, none twice", holds)


def _counts_by(
    expected: str, is_key: Callable[[object], bool], *, at_least: int, at_most: int
) -> Field:
    def holds(value: object) -> bool:
        return (
            isinstance(value, Mapping)
            and at_least <= len(value) <= at_most
            and all(is_key(key) and _is_count(count) for key, count in value.items())
        )

    return Field(f"a count by {expected}", holds)


def _is_stop(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and set(value) == {"country", "purpose"}
        and PARTY.holds(value["country"])
        and PURPOSE.holds(value["purpose"])
    )


def _are_stops(value: object) -> bool:
    return (
        isinstance(value, (list, tuple)) and len(value) <= STOPS_MAX and all(map(_is_stop, value))
    )


def _is_text(value: object, at_most: int) -> bool:
    # A lone surrogate is a str in Python and has no bytes to hash.
    return (
        isinstance(value, str)
        and 0 < len(value) <= at_most
        and not re.search("[\ud800-\udfff]", value)
    )


SHA256 = _matching("64 hexadecimal digits", "[0-9a-f]{64}")
CODE = _matching("a code of at most 80 characters", r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,79}")
PURPOSE = Field("a purpose of at most 200 characters", lambda value: _is_text(value, 200))
CAPTIVE = _matching("an opaque id of 32 hexadecimal digits", "[0-9a-f]{32}")
PARTY = Field("a party's code", _is_party)
COUNT = Field(f"a whole number from 0 to {COUNT_MAX}", _is_count)
LEG = Field("a leg such as 'RU -> UA'", _is_flow)
CAPTIVES = _list_of(CAPTIVE, at_least=1, at_most=CAPTIVES_MAX)
CAPTIVES_OR_NONE = _list_of(CAPTIVE, at_least=0, at_most=CAPTIVES_MAX)
CODES = _list_of(CODE, at_least=0, at_most=CODES_MAX)
FLOWS = _counts_by("leg", _is_flow, at_least=1, at_most=PARTIES_MAX**2)
ANSWERS = _counts_by("answer code", ANSWER_CODES.__contains__, at_least=0, at_most=64)

TERMS = Field(
    f"the terms, at most {TERMS_MAX_CHARS} characters",
    lambda value: _is_text(value, TERMS_MAX_CHARS),
)

_BUREAU = (("party", "bureau"),)
_MEDIATOR = (("mediator", "mediator"),)
_INTERVIEWER = (("mediator", "interviewer"),)

KINDS: dict[str, Kind] = {
    "case_opened": Kind(
        authors=_MEDIATOR,
        fields={
            "terms_toml": TERMS,
            "terms_sha256": SHA256,
            "parties": _list_of(PARTY, at_least=2, at_most=PARTIES_MAX),
            "mediators": _list_of(PARTY, at_least=1, at_most=PARTIES_MAX),
            # Without a common seed the mediator could grind the last tie-break.
            "seed_required": Field("true", lambda value: value is True),
        },
    ),
    "terms_signed": Kind(authors=_BUREAU, fields={"terms_sha256": SHA256}),
    "wanted_list": Kind(authors=_BUREAU, fields={"to": PARTY, "count": COUNT, "root": SHA256}),
    "answers": Kind(
        authors=_BUREAU,
        fields={
            "to": PARTY,
            "in_reply_to": SHA256,
            "count": COUNT,
            "counts": ANSWERS,
            "root": SHA256,
        },
    ),
    "final_list": Kind(
        authors=_BUREAU, fields={"count": COUNT, "root": SHA256, "seed_commitment": SHA256}
    ),
    "seed_revealed": Kind(authors=_BUREAU, fields={"nonce": SHA256}),
    "plan_proposed": Kind(
        authors=_MEDIATOR,
        fields={
            "terms_sha256": SHA256,
            "pool_sha256": SHA256,
            "plan_sha256": SHA256,
            "seed": SHA256,
            "status": _one_of(("optimal", "feasible")),
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
    "plan_rejected": Kind(
        authors=_BUREAU, fields={"plan_sha256": SHA256, "reason": _one_of(REJECTION_REASONS)}
    ),
    "will_recorded": Kind(
        authors=_INTERVIEWER,
        fields={
            "stage": _one_of(("before_departure", "last_stop")),
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
            "stops": Field(f"at most {STOPS_MAX} stops with country and purpose", _are_stops),
            "plan_sha256": SHA256,
        },
    ),
    "withdrawn": Kind(
        authors=_MEDIATOR + _INTERVIEWER,
        fields={"leg": LEG, "captives": CAPTIVES, "reason": _one_of(WITHDRAWAL_REASONS)},
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
    "case_closed": Kind(authors=_MEDIATOR, fields={"totals": FLOWS}),
    "aborted": Kind(authors=_BUREAU + _MEDIATOR, fields={"reason": _one_of(ABORT_REASONS)}),
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
    if not isinstance(entry.body, Mapping) or set(entry.body) != set(kind.fields):
        raise refusal(
            recorded,
            "case.body",
            expected=f"exactly the fields {', '.join(kind.fields)}",
            found="others",
        )
    for name, field in kind.fields.items():
        if not field.holds(entry.body[name]):
            raise refusal(
                recorded,
                "case.body",
                expected=f"{field.expected} as {name}",
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
    author = recorded.entry.author if _is_party(recorded.entry.author) else "unknown"
    return PeerError(
        code,
        f"Expected {expected}, found {found} in entry {recorded.index} ({kind} by {author}).",
        hint=hint,
        facts={"entry": recorded.index, "type": kind, "author": author, **(facts or {})},
    )
