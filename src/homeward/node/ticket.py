"""Tickets: who is about to give us which file, with a mark, before a byte of it is read.

Rules of this file:
- A ticket names its party, its reader and the SHA-256 of the file. It says nothing of what
  the file holds: a bundle is believed for its own signature alone.
- Its mark is HMAC-SHA-256 under the key that the two nodes have in common (X25519 of their
  cards, HKDF): the reader knows whose file it is, and cannot prove it. A signature over the
  file would cover the offers in it, which nobody signs. One of an earlier version is signed,
  and is taken too.
- Every ticket that does not hold is answered alike, whether the party is known or not.
- It may be shown again: it brings the same file again, and that changes nothing.
"""

from __future__ import annotations

import hashlib
import re

from homeward.foundation.canonical import canonical_bytes
from homeward.foundation.crypto import (
    authenticate,
    b64,
    is_authentic,
    shared_key,
    unb64,
    verify_signature,
)
from homeward.foundation.errors import AccessError, TamperError
from homeward.handover.replay import KEYS_OF_ROLE
from homeward.node.book import peer_card
from homeward.node.home import Node
from homeward.node.keystore import Card

HEADER = "Homeward-Bundle"
_CONTEXT = b"homeward-upload-v1\n"
_FORM = re.compile(r"([A-Z][A-Z-]{1,26}) ([0-9a-f]{64}) ([0-9A-Za-z+/=]{44}|[0-9A-Za-z+/=]{88})")
_MARK_CHARS = 44


def write_ticket(node: Node, card: Card, data: bytes) -> str:
    """Return the ticket under which a node gives a file to another.

    Args:
        node: The node that gives it.
        card: Of the party that gets it.
        data: The file.

    Source:
        RFC 7748, RFC 5869, RFC 2104.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    key = shared_key(node.keys.sealing, card.sealing_key, label=_CONTEXT)
    mark = authenticate(key, _message(node.party, card.party, sha256))
    return f"{node.party} {sha256} {b64(mark)}"


def read_ticket(node: Node, text: str) -> tuple[str, str]:
    """Check a ticket.

    Args:
        node: The open node, which gets the file.
        text: As it came.

    Returns:
        The party, and the SHA-256 of the file.

    Raises:
        AccessError: It does not hold.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise _no_ticket()
    party, sha256, mark = found.groups()
    try:
        _verify(node, peer_card(party), sha256, mark)
    except (AccessError, TamperError) as error:
        raise _no_ticket() from error
    return party, sha256


def _verify(node: Node, card: Card, sha256: str, text: str) -> None:
    message = _message(card.party, node.party, sha256)
    mark = unb64(text, what="ticket")
    if len(text) == _MARK_CHARS:
        key = shared_key(node.keys.sealing, card.sealing_key, label=_CONTEXT)
        if not is_authentic(key, message, mark):
            raise _no_ticket()
        return
    public = card.signing_keys[KEYS_OF_ROLE[card.role][0]]
    verify_signature(public, message, mark, what="ticket")


def _message(party: str, to: str, sha256: str) -> bytes:
    return _CONTEXT + canonical_bytes({"from": party, "to": to, "sha256": sha256})


def _no_ticket() -> AccessError:
    return AccessError(
        "ticket.none",
        "Expected a file under the signature of a party whose card is here, found none.",
        hint="Exchange cards first, and compare their fingerprints by voice.",
    )
