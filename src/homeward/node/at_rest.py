"""What names people, encrypted once more before it rests in the database.

Rules of this file:
- The key is the vault's, which the node's own opens: a database, or its server, without them
  tells no name. On SQLite the whole file is encrypted as well; on a server only this is.
- What goes into the tables is sealed in the transaction that writes it: an erasure renews the
  key in one of its own, so nothing sealed under the old key can arrive after it.
- A mark is blind: equal for equal texts of one purpose, and nothing else can be read off it.
"""

from __future__ import annotations

import contextlib
import hmac
import os
from functools import lru_cache

from django.db import connection

from homeward.foundation.crypto import NONCE_BYTES, derive_bytes, unwrap, wrap
from homeward.foundation.errors import AccessError, TamperError
from homeward.node.home import Node
from homeward.node.vault import vault_keys

PASSING = ("typed", "upload")
"""Purposes of what rests in a session or as a file for a job: whoever gave it can give it again."""


def seal_at_rest(node: Node, data: bytes, *, purpose: str) -> bytes:
    """Encrypt bytes with the key of the vault.

    Args:
        node: The node.
        data: The plain bytes.
        purpose: One word; the same word opens it.

    Returns:
        Nonce, ciphertext and tag.
    """
    assert purpose in PASSING or connection.in_atomic_block, "sealed in its transaction"
    return wrap(vault_keys(node)[0], data, nonce=os.urandom(NONCE_BYTES), purpose=purpose)


def open_at_rest(node: Node, sealed: bytes, *, purpose: str) -> bytes:
    """Decrypt what `seal_at_rest` made.

    Raises:
        TamperError: It was changed, or another node or purpose made it.
    """
    for key in vault_keys(node):
        with contextlib.suppress(AccessError):
            return unwrap(key, bytes(sealed), purpose=purpose)
    raise TamperError(
        "rest.changed",
        f"Expected a {purpose} as this node wrote it, found another content.",
        hint="Restore the node from its last backup.",
    )


def mark(node: Node, text: str, *, purpose: str, digits: int = 16) -> str:
    """Return the blind mark of a text.

    Args:
        node: The node.
        text: Whatever is to be found again; empty gives an empty mark.
        purpose: Marks of two purposes never match.
        digits: Hexadecimal digits, at most 64.
    """
    if not text:
        return ""
    key = _key(node.keys.database, f"mark|{purpose}")
    return hmac.digest(key, text.encode(), "sha256").hex()[:digits]


@lru_cache(maxsize=64)
def _key(secret: bytes, label: str) -> bytes:
    return derive_bytes(secret, label)
