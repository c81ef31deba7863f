"""The keys of this node's party: the next document, its entry, and the second officer.

Rules of this file:
- A document is made from the keys as the ledger has them, drafts of ours included; who has
  to sign it does so elsewhere, with the files of their keys.
- Nothing is recorded that another node would refuse: it is checked as if it stood there.
- A node takes another key of its own only once the ledger names it; its card stays as it is.
- A second officer signs with a key of their own, out of a file of their own; the node's own
  key never confirms what it signed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from homeward.foundation.crypto import SigningKey
from homeward.foundation.errors import InputError, TurnError
from homeward.handover.authority import KEYS_CHANGED
from homeward.handover.replay import KEYS_OF_ROLE
from homeward.ledger.envelope import key_id
from homeward.ledger.key_documents import (
    Devices,
    Officer,
    Revocation,
    RootDocument,
    SignedDocument,
    signed_body,
    unsigned,
)
from homeward.ledger.key_files import KeyFile
from homeward.ledger.keyring import Keyring
from homeward.node import book
from homeward.node.home import Node, adopt_key
from homeward.node.keystore import Entropy


def keyring_of(node: Node) -> Keyring:
    """Return the keys of our party, as the ledger and our drafts have them.

    Raises:
        TurnError: The ledger does not name us yet.
    """
    keyring = book.read_ahead(node).keyrings.get(node.party)
    if keyring is None:
        raise TurnError(
            "keys.no_member",
            f"Expected {node.party} in the ledger, found a ledger that does not name it yet.",
            hint="A party's keys can change once the mediator has opened a case with it.",
            facts={"party": node.party},
        )
    return keyring


def rotation(
    node: Node,
    *,
    added: Sequence[tuple[KeyFile, Mapping[str, int]]] = (),
    ended: Sequence[str] = (),
    roots: Sequence[KeyFile] = (),
    threshold: int | None = None,
    two_officers: Sequence[str] | None = None,
) -> SignedDocument:
    """Write the root document that follows the present one, for the roots to sign.

    Args:
        node: The open node.
        added: Key files of new officers, each with its limits.
        ended: Ids of officers' keys that it leaves out.
        roots: All root keys from now on; empty keeps the present ones.
        threshold: How many of them sign; None keeps the present number.
        two_officers: Entries that two officers sign; None keeps the present ones.

    Returns:
        The document, unsigned.

    Raises:
        TurnError: We have no root document yet, or are not in the ledger.
        InputError: A key is not there, or the document would say what none may say.
    """
    keyring = _rooted(node)
    change = keyring.changes[-1]
    _verify_held(keyring, ended)
    officers = [
        Officer(role=g.role, public=g.public, limits=g.limits, kinds=g.kinds)
        for key, g in change.grants.items()
        if g.officer is None and key not in ended
    ]
    officers += [
        Officer(role=file.use, public=file.public, limits=limits) for file, limits in added
    ]
    publics = [file.public for file in roots] or list(keyring.roots.values())
    return unsigned(
        RootDocument(
            log=keyring.log,
            party=keyring.party,
            epoch=keyring.epoch + 1,
            previous=keyring.head,
            threshold=keyring.threshold if threshold is None else threshold,
            roots=tuple(publics),
            officers=tuple(officers),
            two_officers=tuple(change.two_officers if two_officers is None else two_officers),
        )
    )


def revocation(node: Node, keys: Sequence[str], *, reason: str) -> SignedDocument:
    """Write the revocation of keys, for the roots to sign.

    Args:
        node: The open node.
        keys: Ids of officers' or devices' keys.
        reason: One of `REVOCATION_REASONS`.

    Returns:
        The document, unsigned.

    Raises:
        TurnError: We have no root document yet, or are not in the ledger.
        InputError: A key is not there.
    """
    keyring = _rooted(node)
    _verify_held(keyring, keys)
    assert keyring.head is not None, "a root document has a hash"
    return unsigned(
        Revocation(
            log=keyring.log,
            party=keyring.party,
            epoch=keyring.epoch,
            previous=keyring.head,
            revoked=tuple(sorted(set(keys))),
            reason=reason,
        )
    )


def devices(node: Node, officer: str, files: Sequence[KeyFile]) -> SignedDocument:
    """Write which devices count people for an officer; the officer and each device sign it.

    Args:
        node: The open node.
        officer: The officer's key id.
        files: Key files of all of the officer's devices from now on.

    Returns:
        The document, unsigned.

    Raises:
        TurnError: We have no root document yet, or are not in the ledger.
        InputError: The officer's key is not there.
    """
    keyring = _rooted(node)
    _verify_held(keyring, [officer])
    return unsigned(
        Devices(
            log=keyring.log,
            party=keyring.party,
            previous=keyring.device_heads.get(officer),
            officer=officer,
            devices=tuple(file.public for file in files),
        )
    )


def record_document(
    node: Node, signed: SignedDocument, *, now: dt.datetime, signer: SigningKey | None = None
) -> int | None:
    """Record a document of keys that all have signed: it counts where its entry stands.

    Args:
        node: The open node.
        signed: The document.
        now: The time that we state.
        signer: The officer's key that signs the entry; None is the node's own.

    Returns:
        The entry's number at a mediator; None at a bureau, whose draft waits for the next
        bundle.

    Raises:
        TurnError: The document does not hold, or does not follow the last one.
        RuleError: The key may not sign it.
    """
    role = KEYS_OF_ROLE[node.about.role][0]
    return book.record(
        node,
        case="log",
        type=KEYS_CHANGED,
        body=signed_body(signed),
        role=role,
        now=now,
        signer=signer,
    )


def confirm(node: Node, case: str, *, signer: SigningKey, now: dt.datetime) -> int:
    """Confirm, as a second officer, everything of ours that waits in a case.

    Args:
        node: The open node of a bureau, or of a mediator who entered something on paper.
        case: The case.
        signer: The second officer's own key.
        now: The time that we state.

    Returns:
        How many entries count from now on.

    Raises:
        TurnError: Nothing waits, or the key is not one of another officer of ours.
        RuleError: It is beyond the limits of that officer.
    """
    with node.transaction():
        waiting = book.waiting_entries(node, case)
        if not waiting:
            raise TurnError(
                "keys.nothing_waits",
                "Expected an entry of ours that waits for its second officer, found none.",
                hint="See `homeward status` for what comes next.",
            )
        for each in waiting:
            body = {"entry": each.entry.entry_sha256}
            book.record(
                node,
                case=case,
                type="confirmed",
                body=body,
                role=KEYS_OF_ROLE[node.about.role][0],
                now=now,
                signer=signer,
            )
    return len(waiting)


def adopt(node: Node, key: SigningKey, *, passphrase: str, entropy: Entropy) -> str:
    """Let this node sign with a key that the ledger names for its party, from its next opening on.

    Args:
        node: The open node.
        key: An officer's key of a role that this node signs in.
        passphrase: Of the node.
        entropy: For the nonces under which its keys rest.

    Returns:
        The role.

    Raises:
        InputError: The ledger does not name it for such a role.
        AccessError: The passphrase is another one.
        EngineError: The disk failed.
    """
    keyring = book.read_book(node).keyrings.get(node.party)
    grant = keyring.changes[-1].grants.get(key_id(key.public)) if keyring else None
    if grant is None or grant.officer is not None or grant.role not in node.keys.signing:
        raise InputError(
            "keys.not_adopted",
            f"Expected the key of an officer of {node.party} that the ledger names, found another.",
            hint="Name it with `homeward keys rotate` first, and read in the mediator's next bundle.",
            facts={"party": node.party},
        )
    adopt_key(node, grant.role, key, passphrase=passphrase, entropy=entropy)
    return grant.role


def _rooted(node: Node) -> Keyring:
    keyring = keyring_of(node)
    if not keyring.epoch:
        raise TurnError(
            "keys.no_root",
            f"Expected a root document of {node.party} in the ledger, found none.",
            hint="Make the first one with `homeward keys ceremony`.",
            facts={"party": node.party},
        )
    return keyring


def _verify_held(keyring: Keyring, keys: Sequence[str]) -> None:
    unknown = sorted(set(keys) - keyring.changes[-1].grants.keys())
    if unknown:
        raise InputError(
            "keys.unknown",
            f"Expected the ids of keys that {keyring.party} has, found {len(unknown)} others.",
            hint="See `homeward keys show` for the keys and their ids.",
            facts={"keys": unknown},
        )


def own_key_ids(node: Node) -> frozenset[str]:
    """Return the ids of the keys that this node itself signs with."""
    return frozenset(key_id(key.public) for key in node.keys.signing.values())
