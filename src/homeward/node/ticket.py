"""Tickets: who is about to give us which file, signed, before a byte of it is read.

Rules of this file:
- A ticket names its party, its reader and the SHA-256 of the file. It says nothing of what
  the file holds: a bundle is believed for its own signature alone.
- Every ticket that does not hold is answered alike, whether the party is known or not.
- It may be shown again: it brings the same file again, and that changes nothing.
"""

from __future__ import annotations

import hashlib
import re

from homeward.foundation.canonical import canonical_bytes
from homeward.foundation.crypto import b64, unb64, verify_signature
from homeward.foundation.errors import AccessError, TamperError
from homeward.handover.replay import KEYS_OF_ROLE
from homeward.node.book import peer_card
from homeward.node.home import Node

HEADER = "Homeward-Bundle"
_CONTEXT = b"homeward-upload-v1\n"
_FORM = re.compile(r"([A-Z][A-Z-]{1,26}) ([0-9a-f]{64}) ([0-9A-Za-z+/=]{88})")


def write_ticket(node: Node, to: str, data: bytes) -> str:
    """Return the ticket under which a node gives a file to another.

    Args:
        node: The node that gives it.
        to: The party that gets it.
        data: The file.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    first_key = node.keys.signing[KEYS_OF_ROLE[node.about.role][0]]
    signature = first_key.sign(_message(node.party, to, sha256))
    return f"{node.party} {sha256} {b64(signature)}"


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
    party, sha256, signature = found.groups()
    try:
        card = peer_card(party)
        verify_signature(
            card.signing_keys[KEYS_OF_ROLE[card.role][0]],
            _message(party, node.party, sha256),
            unb64(signature, what="ticket"),
            what="ticket",
        )
    except (AccessError, TamperError) as error:
        raise _no_ticket() from error
    return party, sha256


def _message(party: str, to: str, sha256: str) -> bytes:
    return _CONTEXT + canonical_bytes({"from": party, "to": to, "sha256": sha256})


def _no_ticket() -> AccessError:
    return AccessError(
        "ticket.none",
        "Expected a file under the signature of a party whose card is here, found none.",
        hint="Exchange cards first, and compare their fingerprints by voice.",
    )
