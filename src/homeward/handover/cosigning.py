"""Who witnesses a log, and which policy decides for a kind of entry.

Rules of this file:
- Every member but a mediator is a witness, with the first of its keys: the log names it, so
  whoever has the ledger can tell whose cosignature it is.
- A mediator signs its log's checkpoints and is no witness of them: its word for its own log
  adds nothing.
- A witness's name is its party's, so that the name says whom to ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from homeward.foundation.ids import PartyCode
from homeward.handover.replay import KEYS_OF_ROLE, Member
from homeward.ledger.cosignature import WitnessVerifier
from homeward.ledger.note import NoteVerifier
from homeward.ledger.policy import Policy, make_policy
from homeward.negotiation.quorums import QUORUMS, needed, quorum_of


def witness_name(party: PartyCode) -> str:
    """Return the name under which a party cosigns."""
    return f"homeward/{party.lower()}"


def witnesses_of(members: Iterable[Member]) -> dict[PartyCode, WitnessVerifier]:
    """Return the witnesses among the members of a log, by party, in order of code."""
    found = {}
    for member in sorted(members, key=lambda each: each.party):
        if member.role != "mediator":
            first = KEYS_OF_ROLE[member.role][0]
            public = next(key.public for key in member.keys.values() if key.role == first)
            found[member.party] = WitnessVerifier(witness_name(member.party), public)
    return found


def policy_for(
    kind: str,
    log: NoteVerifier,
    members: Iterable[Member],
    table: Mapping[str, str] = QUORUMS,
) -> Policy:
    """Return the policy under which an entry of a kind counts.

    Args:
        kind: Kind of entry.
        log: The log's key.
        members: Of the log.
        table: Kind of entry → quorum, as the case agreed.

    Returns:
        A policy of all witnesses, of whom as many are needed as the table says.

    Raises:
        InputError: The table has a quorum that is none.
    """
    witnesses = list(witnesses_of(members).values())
    return make_policy(log, witnesses, needed(quorum_of(kind, table), len(witnesses)))
