"""Who witnesses a log, and which policy decides for a kind of entry.

Rules of this file:
- Every member but a mediator is a witness, with the first of its keys: the log names it, so
  whoever has the ledger can tell whose cosignature it is.
- A mediator signs its log's checkpoints and is no witness of them: its word for its own log
  adds nothing.
- An observer cosigns if it wants: nobody waits for it, and no entry counts by its word alone.
- A key that its party's roots have ended cosigns nothing that holds the entry which ended it, and
  that party is no witness from then on.
- A witness's name is its party's, so that the name says whom to ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from homeward.foundation.errors import TamperError
from homeward.foundation.ids import PartyCode
from homeward.handover.replay import KEYS_OF_ROLE, Member
from homeward.ledger.cosignature import WitnessVerifier, open_cosigned
from homeward.ledger.keyring import Keyring
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


def ended_at(keyring: Keyring | None, member: Member) -> int | None:
    """Return the number of the entry that ended the key with which a member witnesses.

    Args:
        keyring: The keys of that member; None before it has any.
        member: The member.

    Returns:
        None if it has not ended.
    """
    first = KEYS_OF_ROLE[member.role][0]
    cards = {key for key, each in member.keys.items() if each.role == first}
    changes = keyring.changes if keyring is not None else ()
    return next((each.index for each in changes if cards.isdisjoint(each.grants)), None)


def witnessed_by(note: str, log: NoteVerifier, members: Iterable[Member]) -> dict[PartyCode, int]:
    """Return who cosigned the checkpoint of an exported ledger.

    Args:
        note: The checkpoint, with the signature lines under it.
        log: The log's key.
        members: Of the log, as its entries name them.

    Returns:
        Party → the time that it states, in seconds since 1970; in order of code.

    Raises:
        TamperError: A line does not hold, or is nobody's whom the log names.
    """
    witnesses = witnesses_of(members)
    found = open_cosigned(note, log, note.partition("\n")[0], witnesses.values())
    if found.text.count("\n") != note.count("\n"):
        raise TamperError(
            "ledger.cosigned",
            "Expected signature lines of witnesses whom the log names, found one of a stranger.",
            hint="Fetch the checkpoint again from the log; keep this copy as evidence.",
            facts={"file": "checkpoint"},
        )
    return {
        party: found.times[each.vkey]
        for party, each in witnesses.items()
        if each.vkey in found.times
    }


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
        A policy of all witnesses who owe their word, observers left out, of whom as many are
        needed as the table says.

    Raises:
        InputError: The table has a quorum that is none.
    """
    owing = [member for member in members if member.role != "observer"]
    witnesses = list(witnesses_of(owing).values())
    return make_policy(log, witnesses, needed(quorum_of(kind, table), len(witnesses)))
