"""Who may sign for a party at an entry of the log, and within which limits.

Rules of this file:
- `keys_changed` carries a document of keys (see `ledger.keyring`) and belongs to no case.
  The document holds by its own signatures; the entry is signed by a key that its author has
  after it, never by a device: so whoever lost every key comes back by the roots alone.
- The first root document of a party stands on the first key of its card; whose it is, only
  a fingerprint compared by voice can tell.
- A device signs check-ins and nothing else.
- An officer's key signs the kinds that its document names, and accepts no plan of more
  people than `accept_at_most`, all legs together. Who confirms is bound like who signed.
- A mediator enters what it received on paper only for a party that is no member of the log:
  who has keys here signs with them. An officer who may not accept so many people may not
  enter that a party on paper accepts them either.
- Where a party asks for two officers, an entry counts when a second one has confirmed it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from homeward.foundation.errors import Fact, PeerError, TamperError
from homeward.ledger.envelope import Envelope, key_id, read_envelope
from homeward.ledger.key_documents import RootDocument, SignedDocument, read_signed
from homeward.ledger.keyring import Grant, Keyring, Vocabulary, advance_keyring
from homeward.negotiation.case import CaseState
from homeward.negotiation.entries import CONFIRMABLE, RECEIVED_UNSIGNED
from homeward.negotiation.state import waiting_entry

KEYS_CHANGED = "keys_changed"
DEVICE_KINDS = ("checked_in",)
ACCEPT_AT_MOST = "accept_at_most"
LIMITS = (ACCEPT_AT_MOST,)
"""Limits that a root document may set; of any other nobody would know how to keep it."""


def public_of(keyrings: Mapping[str, Keyring], entry: bytes, *, key: str, index: int) -> bytes:
    """Return the key that has to have signed an entry.

    Args:
        keyrings: Keys by party, before this entry.
        entry: Its bytes; read only where the key is not known yet.
        key: The key id that it names.
        index: Its number.

    Returns:
        32 bytes: a key that its author has, or one that a document in it names. The latter
        counts once that document was found to hold.

    Raises:
        PeerError: The key has ended.
        TamperError: Nobody the log knows has this key.
    """
    envelope = read_envelope(entry)
    keyring = keyrings.get(envelope.author)
    if keyring is not None and key in keyring.ended:
        raise PeerError(
            "keys.revoked",
            f"Expected a key that {envelope.author} has at entry {index}, found key {key}, which "
            "has ended.",
            hint="Keep the entry as evidence; nothing counts that this key signed from there on.",
            facts={"entry": index, "author": envelope.author, "key": key},
        )
    if keyring is not None and envelope.type == KEYS_CHANGED:
        document = read_signed(envelope.body).document
        if isinstance(document, RootDocument):
            for each in document.officers:
                if key_id(each.public) == key:
                    return each.public
    raise TamperError(
        "replay.stranger",
        "Expected a key that the log names for "
        f"{envelope.author} before this entry, found key {key}.",
        hint="Nobody the log knows signed it; ask the mediator where it comes from.",
        facts={"author": envelope.author, "key": key},
    )


def change_keys(
    keyrings: Mapping[str, Keyring], envelope: Envelope, *, index: int, roles: tuple[str, ...]
) -> Keyring:
    """Return the keys of a party after an entry that changes them.

    Args:
        keyrings: Keys by party, before the entry.
        envelope: The entry; its signature holds.
        index: Its number.
        roles: The roles that keys of this party have, first the one that signs first.

    Returns:
        Its author's keys, from this entry on.

    Raises:
        PeerError: The document breaks a rule, or the entry's key is none of those after it.
        TamperError: A signature on the document does not hold.
    """
    before = keyrings[envelope.author]
    if envelope.version != 1:
        raise _key_refusal(envelope, index, code="keys.form", expected="version 1", found="another")
    signed = read_signed(envelope.body)
    taken = {key for party, each in keyrings.items() if party != before.party for key in each.known}
    words = Vocabulary(roles=roles, limits=LIMITS, two_officers=CONFIRMABLE)
    after = advance_keyring(before, signed, index=index, words=words, taken=taken)
    grant = after.at(index).grants.get(envelope.key)
    if grant is None or grant.officer is not None:
        raise _key_refusal(
            envelope,
            index,
            code="keys.signer",
            expected="the key of an officer who has it afterwards",
            found="another",
        )
    _verify_first(before, signed, envelope, index, roles[0])
    return after


def verify_grant(grant: Grant, envelope: Envelope, case: CaseState, index: int) -> None:
    """Check that a key may sign an entry of a case.

    Args:
        grant: What the key may do at this entry.
        envelope: The entry; its signature holds.
        case: Its case, before the entry.
        index: Its number.

    Raises:
        PeerError: A device signed something else than a check-in, an officer a kind that is
            not theirs, or a plan of too many people.
    """
    kind = bound = envelope.type
    meant = waiting_entry(case, envelope.body.get("entry")) if kind == "confirmed" else None
    if meant is not None:
        bound = meant.entry.type
        kind = bound if meant.paper is None else RECEIVED_UNSIGNED
    elif kind == RECEIVED_UNSIGNED:
        bound = str(envelope.body.get("type"))
    if grant.officer is not None and kind not in DEVICE_KINDS:
        raise _key_refusal(
            envelope,
            index,
            code="keys.device",
            expected="check-ins alone by a device",
            found="another entry",
        )
    if grant.kinds is not None and kind not in grant.kinds:
        raise _key_refusal(
            envelope,
            index,
            code="keys.kind",
            expected="the kinds of entry that its key may sign",
            found="another",
        )
    most = grant.limits.get(ACCEPT_AT_MOST)
    if bound == "plan_accepted" and most is not None and case.plan is not None:
        count = sum(case.plan.flows.values())
        if count > most:
            raise _key_refusal(
                envelope,
                index,
                code="keys.limit",
                expected=f"a plan of at most {most} people, as far as this key goes,",
                found=f"one of {count}",
                facts={"max_people": most, "people": count},
            )


def verify_paper(members: Collection[str], envelope: Envelope, index: int) -> None:
    """Check that nobody enters on paper what a party can sign itself.

    Args:
        members: Codes of those who are members of the log at this entry.
        envelope: The entry; its signature holds.
        index: Its number.

    Raises:
        PeerError: The party that it is entered for is a member of the log.
    """
    if envelope.type == RECEIVED_UNSIGNED and envelope.body.get("party") in members:
        raise _key_refusal(
            envelope,
            index,
            code="paper.has_node",
            expected="paper of a party that is no member of the log",
            found="that of a member, which signs with its own key,",
        )


def _verify_first(
    before: Keyring, signed: SignedDocument, envelope: Envelope, index: int, role: str
) -> None:
    if before.epoch or not isinstance(signed.document, RootDocument):
        return
    grant = before.changes[-1].grants.get(envelope.key)
    if grant is None or grant.role != role:
        raise _key_refusal(
            envelope,
            index,
            code="keys.first",
            expected="the first root document under the first key of its party's card",
            found="another key",
        )


def _key_refusal(
    envelope: Envelope,
    index: int,
    *,
    code: str,
    expected: str,
    found: str,
    facts: Mapping[str, Fact] | None = None,
) -> PeerError:
    return PeerError(
        code,
        f"Expected {expected}, found {found} in entry {index} by {envelope.author}.",
        hint="Keep the entry as evidence and ask its author to record it anew.",
        facts={"entry": index, "author": envelope.author, "key": envelope.key, **(facts or {})},
    )
