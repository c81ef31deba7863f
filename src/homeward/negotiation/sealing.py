"""Sealed lists: everybody is bound to what it will show before anybody shows anything.

Rules of this file:
- Where the terms seal lists, a party first records a commitment for each wanted list, for
  its answers to each asker, and for its final list; the list's own entry opens it.
- No list is opened before every commitment of its kind stands in the log, of every party
  whose step has not lapsed.
- A list with another root than its author committed to is refused; the refusal names both
  entries. A commitment names its author and its recipient: a copied one cannot be opened.
- Lines keep their own salts, so that parts of a list can be opened later.
- Remarks undo the commitment to a final list as they undo the list itself.
"""

from __future__ import annotations

import hashlib

from homeward.foundation.canonical import canonical_bytes
from homeward.foundation.values import replace
from homeward.negotiation.case import OWED_IN, CaseState, Seal
from homeward.negotiation.checks import refuse_unless
from homeward.negotiation.entries import SEALABLE, Recorded, refusal

_DOMAIN = b"homeward list commitment v1\n"


def commitment(*, case: str, kind: str, author: str, to: str, nonce: str, root: str) -> str:
    """Return the commitment to a list.

    Args:
        case: The case.
        kind: One of `SEALABLE`.
        author: Code of the party that commits.
        to: Code of the recipient; empty for a final list.
        nonce: 32 bytes as 64 hexadecimal digits, which nobody else can guess.
        root: The root of the list.

    Returns:
        SHA-256 over a domain, a line of canonical JSON with case, kind, author and
        recipient, and the bytes of nonce and root; 64 hexadecimal digits.
    """
    head = canonical_bytes({"author": author, "case": case, "kind": kind, "to": to})
    secret = bytes.fromhex(nonce) + bytes.fromhex(root)
    return hashlib.sha256(_DOMAIN + head + b"\n" + secret).hexdigest()


def readers(state: CaseState, kind: str, party: str) -> tuple[str, ...]:
    """Return to whom a party owes lists of a kind; one empty code for a final list."""
    others = tuple(other for other in state.parties if other != party)
    if kind == "wanted_list":
        return others
    if kind == "answers":
        return tuple(other for other in others if (other, party) in state.wanted)
    return ("",)


def has_committed(state: CaseState, kind: str, party: str) -> bool:
    """Tell whether a party is bound to all lists of a kind, or owes none any more."""
    owed = readers(state, kind, party)
    return (kind, party) in state.lapsed or all((kind, party, to) in state.seals for to in owed)


def may_commit(state: CaseState, party: str) -> bool:
    """Tell whether a party still has to commit to its lists of the present step."""
    kind = OWED_IN.get(state.state)
    return state.is_sealed and kind in SEALABLE and not has_committed(state, str(kind), party)


def may_open(state: CaseState, kind: str) -> bool:
    """Tell whether lists of a kind may be shown: at once, or after every commitment."""
    return not state.is_sealed or all(has_committed(state, kind, each) for each in state.parties)


def list_committed(state: CaseState, recorded: Recorded) -> CaseState:
    """Add a commitment to a case.

    Raises:
        PeerError: The terms seal nothing, it is not for a list of the present step, or it
            is a second one.
    """
    author, body = recorded.entry.author, recorded.entry.body
    kind, to = body["kind"], body["to"]
    refuse_unless(
        state.is_sealed,
        recorded,
        "case.not_sealed",
        expected="terms that seal lists",
        found="terms that do not",
    )
    refuse_unless(
        OWED_IN.get(state.state) == kind
        and (kind, author) not in state.lapsed
        and to in readers(state, kind, author),
        recorded,
        "case.not_owed",
        expected="a commitment to a list that its author owes now",
        found="one to another",
    )
    refuse_unless(
        (kind, author, to) not in state.seals,
        recorded,
        "case.twice",
        expected="one commitment to each list",
        found="a second",
    )
    seal = Seal(commitment=body["commitment"], index=recorded.index)
    return replace(state, seals={**state.seals, (kind, author, to): seal})


def verify_opening(state: CaseState, recorded: Recorded, *, to: str = "") -> None:
    """Check that a list is the one that its author committed to, and that it may be shown.

    Args:
        state: The case.
        recorded: The entry of the list.
        to: Its recipient; empty for a final list.

    Raises:
        PeerError: It opens nothing where lists are sealed, or something where none is; some
            commitment is missing; or it has another root than was committed to.
    """
    entry = recorded.entry
    nonce = entry.body.get("nonce")
    refuse_unless(
        (nonce is not None) == state.is_sealed,
        recorded,
        "case.nonce",
        expected="a nonce if the terms seal lists, and none if they do not",
        found="the other",
    )
    if nonce is None:
        return
    refuse_unless(
        may_open(state, entry.type),
        recorded,
        "case.sealed",
        expected="no list before every party is bound to its own",
        found="one before",
    )
    seal = state.seals[entry.type, entry.author, to]
    opened = commitment(
        case=entry.case,
        kind=entry.type,
        author=entry.author,
        to=to,
        nonce=nonce,
        root=entry.body["root"],
    )
    if opened != seal.commitment:
        raise refusal(
            recorded,
            "case.other_root",
            expected=f"the list that its author committed to in entry {seal.index}",
            found="another",
            hint="Keep both entries: together they show that the author changed its list.",
            facts={"committed": seal.index},
        )


def without_final(state: CaseState, party: str) -> CaseState:
    """Return a case in which a party is not bound to its final list any more."""
    seals = {key: seal for key, seal in state.seals.items() if key[:2] != ("final_list", party)}
    lists = {each: claim for each, claim in state.final_lists.items() if each != party}
    return replace(state, final_lists=lists, seals=seals)
