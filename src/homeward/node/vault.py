"""The vault's key: what names people rests under it, and erased is what it no longer opens.

Rules of this file:
- The key is random and rests in `vault.key`, wrapped under the node's own, outside of the
  tables: no copy of these, and no archive of a server, has it.
- It is renewed by an erasure. First the new key stands before the old one; then all that
  stays is sealed anew; then the old one goes. Cut off in between, both are there, everything
  opens, and the next erasure ends what this one began.
- A node of an earlier version has no such file. Until its first erasure its key is derived
  from the node's own.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from homeward.foundation.crypto import KEY_BYTES, NONCE_BYTES, derive_bytes, unwrap
from homeward.foundation.errors import AccessError, TamperError
from homeward.node.home import VAULT_FILE, Node, read_private, write_private
from homeward.node.keystore import VAULT_PURPOSE, Entropy, wrap_vault_key

_WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + 16  # with the tag


def vault_keys(node: Node) -> tuple[bytes, ...]:
    """Return the keys under which something may rest: the one that seals stands first.

    Raises:
        TamperError: The file of the key was changed, or is another node's.
    """
    path = node.home / VAULT_FILE
    try:
        found = path.stat()
    except FileNotFoundError:
        return (derive_bytes(node.keys.database, "at rest"),)
    return _read(path, found.st_ino, found.st_mtime_ns, node.keys.database)


def begin_renewal(node: Node, entropy: Entropy) -> bytes:
    """Put a new key before those that there are; from now on it seals.

    Args:
        node: The open node; the caller holds a transaction, so that nobody else writes.
        entropy: Returns as many random bytes as it is asked for.

    Returns:
        The new key, for `end_renewal`.
    """
    key = entropy(KEY_BYTES)
    _write(node, (key, *vault_keys(node)), entropy)
    return key


def end_renewal(node: Node, key: bytes, entropy: Entropy) -> None:
    """Let go of every key older than one under which all was sealed anew.

    Args:
        node: The open node; the caller holds a transaction.
        key: From `begin_renewal`. A later one, of an erasure that was cut off, stays.
        entropy: Returns as many random bytes as it is asked for.
    """
    keys = vault_keys(node)
    _write(node, keys[: keys.index(key) + 1], entropy)


def _write(node: Node, keys: tuple[bytes, ...], entropy: Entropy) -> None:
    wrapped = (wrap_vault_key(node.keys.database, key, entropy) for key in keys)
    write_private(node.home / VAULT_FILE, b"".join(wrapped))


@lru_cache(maxsize=64)  # asked for each row; another process may renew it, so by place and time
def _read(path: Path, _inode: int, _changed_ns: int, over: bytes) -> tuple[bytes, ...]:
    data = read_private(path)
    parts = [data[at : at + _WRAPPED_BYTES] for at in range(0, len(data), _WRAPPED_BYTES)]
    try:
        keys = tuple(unwrap(over, part, purpose=VAULT_PURPOSE) for part in parts)
    except AccessError:
        keys = ()
    if not keys:
        raise TamperError(
            "vault.changed",
            "Expected the key of the vault as this node wrote it, found another file.",
            hint="Restore the node from its last backup.",
        )
    return keys
