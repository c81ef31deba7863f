"""Which key a party had at which entry of the log.

Rules of this file, for a document carried by the entry at index i:
1. It is for this log and this party.
2. It follows the party's last document: it names it by hash, and a root document has the
   next epoch. The first has epoch 1, or a later one if it continues a former log. So an old
   document cannot be played again, and no history of keys is rolled back.
3. A key that has ended never comes back, no key belongs to two parties, and a root key
   signs documents alone.
4. Every signature on it holds, and each is by a key that has a part in it.
5. A root document is signed by the threshold of the roots before it, by the threshold of
   its own roots, and by every officer's key that the party did not have before. A
   revocation is signed by the threshold of the roots. Devices are signed by their officer
   and by each new device.
6. It takes effect at i, for the entry at i itself too: a key that it ends signs nothing at
   i or later, whatever was signed before i stays valid. No clock decides anything.

A party without a root document has the keys of its card. What a role, a limit or a kind of
entry means is for the caller, who says which there are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from homeward.foundation.errors import Fact, PeerError
from homeward.ledger.envelope import key_id
from homeward.ledger.key_documents import (
    Devices,
    Revocation,
    RootDocument,
    SignedDocument,
    verify_signatures,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one key may do. A device has the key id of its officer in `officer`."""

    role: str
    public: bytes
    limits: Mapping[str, int] = field(default_factory=dict)
    kinds: tuple[str, ...] | None = None
    officer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words that documents of one party may use: roles, limits, entries that two sign."""

    roles: Collection[str]
    limits: Collection[str]
    two_officers: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What holds from an index on, until the next change: keys by key id."""

    index: int
    grants: Mapping[str, Grant]
    two_officers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """The keys of one party, at every index of the log so far.

    `epoch` is 0 and `head` None as long as there is no root document; `head` is the hash of
    the last root document or revocation, `device_heads` that of each officer's devices.
    `ended` are keys that never count again. `changes` are in order of their index.
    """

    log: str
    party: str
    changes: tuple[Change, ...]
    epoch: int = 0
    threshold: int = 0
    roots: Mapping[str, bytes] = field(default_factory=dict)
    head: str | None = None
    device_heads: Mapping[str, str] = field(default_factory=dict)
    ended: frozenset[str] = frozenset()

    def at(self, index: int) -> Change:
        """Return what held for the entry at an index; before the party joined, nothing."""
        for change in reversed(self.changes):
            if change.index <= index:
                return change
        return Change(index=0, grants={})

    def keys_of(self, role: str, index: int) -> tuple[bytes, ...]:
        """Return the officers' public keys of a role at an index, devices left out."""
        return tuple(
            grant.public
            for _, grant in sorted(self.at(index).grants.items())
            if grant.role == role and grant.officer is None
        )

    @property
    def known(self) -> frozenset[str]:
        """The ids of every key that is, or was, of this party."""
        return self.ended | self.roots.keys() | self.changes[-1].grants.keys()


def begin_keyring(*, log: str, party: str, keys: Mapping[str, Grant], index: int) -> Keyring:
    """Return the keyring of a party that has a card and no root document.

    Args:
        log: The log's origin.
        party: Code of the party.
        keys: The keys of its card, by key id.
        index: The first entry that they may sign.
    """
    return Keyring(log=log, party=party, changes=(Change(index=index, grants=dict(keys)),))


def advance_keyring(
    keyring: Keyring,
    signed: SignedDocument,
    *,
    index: int,
    words: Vocabulary,
    taken: Collection[str] = (),
) -> Keyring:
    """Add a document to a party's keys.

    Args:
        keyring: The party's keys so far; they stay as they are, also if it is refused.
        signed: The document and its signatures.
        index: Of the entry that carries it; after every earlier change.
        words: What the party's documents may speak of.
        taken: Ids of keys that other parties have or had.

    Returns:
        The keys from this index on, and as they were before.

    Raises:
        PeerError: A rule of this file is broken.
        TamperError: A signature does not hold.
    """
    document = signed.document
    assert index >= keyring.changes[-1].index, "documents come in the order of the log"
    if (document.log, document.party) != (keyring.log, keyring.party):  # rule 1
        raise _document_refusal(
            code="keys.other", expected="a document for this log and its author", found="another"
        )
    match document:
        case RootDocument():
            after = _with_root(keyring, document, index, words)
        case Revocation():
            after = _with_revocation(keyring, document, index)
        case Devices():
            after = _with_devices(keyring, document, index)
    _verify_new_keys(keyring, after, taken)  # rule 3
    _verify_quorum(keyring, after, signed)  # rules 4 and 5
    if isinstance(document, Devices):
        heads = {**after.device_heads, document.officer: signed.sha256}
        return replace(after, device_heads=heads)
    return replace(after, head=signed.sha256)


def _with_root(keyring: Keyring, document: RootDocument, index: int, words: Vocabulary) -> Keyring:
    _verify_epoch(keyring, document)  # rule 2
    _verify_words(document, words)
    before = keyring.changes[-1].grants
    officers = {
        key_id(each.public): Grant(
            role=each.role, public=each.public, limits=each.limits, kinds=each.kinds
        )
        for each in document.officers
    }
    for key in officers.keys() & before.keys():
        if before[key].officer is not None or before[key].role != officers[key].role:
            raise _document_refusal(
                code="keys.taken",
                expected="every key in one role",
                found="a key that changes its role",
            )
    devices = {key: grant for key, grant in before.items() if grant.officer is not None}
    two_officers = frozenset(document.two_officers)
    after = _with_change(keyring, index, {**devices, **officers}, two_officers)
    roots = {key_id(public): public for public in document.roots}
    return replace(
        after,
        epoch=document.epoch,
        threshold=document.threshold,
        roots=roots,
        ended=after.ended | (keyring.roots.keys() - roots.keys()),
    )


def _with_revocation(keyring: Keyring, document: Revocation, index: int) -> Keyring:
    if (document.epoch, document.previous) != (keyring.epoch, keyring.head):  # rule 2
        raise _out_of_order(keyring)
    change = keyring.changes[-1]
    unknown = sorted(set(document.revoked) - change.grants.keys())
    if unknown:
        raise _document_refusal(
            code="keys.not_held",
            expected="keys that the party has",
            found=f"{len(unknown)} others",
            facts={"keys": unknown},
        )
    left = {key: grant for key, grant in change.grants.items() if key not in document.revoked}
    return _with_change(keyring, index, left, change.two_officers)


def _with_devices(keyring: Keyring, document: Devices, index: int) -> Keyring:
    change = keyring.changes[-1]
    officer = change.grants.get(document.officer)
    if officer is None or officer.officer is not None or not keyring.epoch:
        raise _document_refusal(
            code="keys.officer",
            expected="the key of an officer of a root document",
            found="another key",
        )
    if document.previous != keyring.device_heads.get(document.officer):  # rule 2
        raise _out_of_order(keyring)
    others = {
        key: grant for key, grant in change.grants.items() if grant.officer != document.officer
    }
    devices = {
        key_id(public): Grant(role=officer.role, public=public, officer=document.officer)
        for public in document.devices
    }
    if others.keys() & devices.keys():
        raise _document_refusal(
            code="keys.taken", expected="a key of its own for each device", found="a key in use"
        )
    return _with_change(keyring, index, {**others, **devices}, change.two_officers)


def _with_change(
    keyring: Keyring, index: int, grants: Mapping[str, Grant], two_officers: frozenset[str]
) -> Keyring:
    """Let keys hold from an index on; devices go with their officer, and what is gone has ended."""
    before = keyring.changes[-1].grants
    kept = {key: each for key, each in grants.items() if each.officer in {None, *grants}}
    change = Change(index=index, grants=kept, two_officers=two_officers)
    return replace(
        keyring,
        changes=(*keyring.changes, change),
        ended=keyring.ended | (before.keys() - kept.keys()),
    )


def _verify_epoch(keyring: Keyring, document: RootDocument) -> None:
    is_first = not keyring.epoch
    expected = keyring.epoch + 1
    is_next = document.epoch == expected or (is_first and document.continues is not None)
    if not is_next or document.previous != keyring.head:
        raise _out_of_order(keyring)
    if document.continues is not None and (
        not is_first or document.epoch == 1 or document.continues.log == document.log
    ):
        raise _document_refusal(
            code="keys.form",
            expected="the end of a former log in a first document",
            found="it elsewhere",
        )


def _verify_words(document: RootDocument, words: Vocabulary) -> None:
    """Refuse what nobody would enforce, and what would leave the party mute."""
    roles = [each.role for each in document.officers]
    said = {name for each in document.officers for name in each.limits}
    unknown = (
        (set(roles) - set(words.roles))
        | (said - set(words.limits))
        | (set(document.two_officers) - set(words.two_officers))
    )
    if unknown:
        raise _document_refusal(
            code="keys.words",
            expected=f"roles among {', '.join(words.roles)}, limits among {', '.join(words.limits)} and "
            f"two officers for some of {', '.join(words.two_officers)}",
            found=f"{len(unknown)} others",
        )
    first = next(iter(words.roles))
    if roles.count(first) < (2 if document.two_officers else 1):
        raise _document_refusal(
            code="keys.too_few",
            expected=f"a key of role {first}, and a second one where two officers are asked for",
            found=f"{roles.count(first)}",
        )


def _verify_new_keys(before: Keyring, after: Keyring, taken: Collection[str]) -> None:
    grants = after.changes[-1].grants
    present = after.roots.keys() | grants.keys()
    if after.roots.keys() & grants.keys() or grants.keys() & before.roots.keys():
        raise _document_refusal(
            code="keys.taken",
            expected="root keys that sign documents alone",
            found="one of an officer",
        )
    if after.roots.keys() & before.changes[-1].grants.keys():
        raise _document_refusal(
            code="keys.taken",
            expected="root keys that sign documents alone",
            found="one of an officer",
        )
    if present & before.ended:
        raise _document_refusal(
            code="keys.ended", expected="keys that have not ended", found="one that has"
        )
    if present & set(taken):
        raise _document_refusal(
            code="keys.taken",
            expected="keys that no other party has",
            found="a key of another party",
        )


def _verify_quorum(before: Keyring, after: Keyring, signed: SignedDocument) -> None:
    old, new = before.changes[-1].grants, after.changes[-1].grants
    added = {key: grant.public for key, grant in new.items() if key not in old}
    by = signed.signatures.keys()
    if isinstance(signed.document, Devices):
        officer = signed.document.officer
        verify_signatures(signed, {officer: old[officer].public, **added})
        missing = sorted({officer, *added} - by)
        if missing:
            raise _too_few_signatures("the officer and of each new device", missing)
        return
    verify_signatures(signed, {**before.roots, **after.roots, **added})
    for keyring, which in ((before, "roots before it"), (after, "roots that it names")):
        count = len(by & keyring.roots.keys())
        if count < keyring.threshold:
            raise PeerError(
                "keys.quorum",
                f"Expected {keyring.threshold} signatures by {which}, found {count}.",
                hint="Let more holders of root keys sign it with `homeward keys sign`.",
                facts={"expected": keyring.threshold, "found": count},
            )
    missing = sorted(added.keys() - by)
    if missing:
        raise _too_few_signatures("each new officer's key", missing)


def _too_few_signatures(whose: str, missing: list[str]) -> PeerError:
    return PeerError(
        "keys.unsigned",
        f"Expected the signature of {whose}, found {len(missing)} missing: {', '.join(missing)}.",
        hint="Whoever has the key signs the document with `homeward keys sign`.",
        facts={"keys": missing},
    )


def _out_of_order(keyring: Keyring) -> PeerError:
    return PeerError(
        "keys.previous",
        f"Expected the document that follows epoch {keyring.epoch} of {keyring.party}, found "
        "another: an older one, or one that was made without the last.",
        hint="Make it anew from the party's keys as they are in the ledger.",
        facts={"party": keyring.party, "epoch": keyring.epoch},
    )


def _document_refusal(
    code: str, expected: str, found: str, *, facts: Mapping[str, Fact] | None = None
) -> PeerError:
    return PeerError(
        code,
        f"Expected {expected}, found {found} in a document of keys.",
        hint="Keep it as evidence and ask its party to write it anew.",
        facts=facts,
    )
