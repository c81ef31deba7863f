"""A node in one file, and back.

Rules of this file:
- Nothing in a backup is plainer than in the folder: keys stay wrapped, the database stays
  encrypted, or is encrypted if it comes from a server. The passphrase is not in it.
- The database is copied as it stands between two transactions; the node may go on working.
- The file is signed by the node's first key: whoever restores it knows that every byte is
  the node's own, and needs the passphrase to know it.
- A folder is restored whole or not at all, and never over something that is there; so are
  the tables of a server.

Form: header length (4 bytes) · header (canonical JSON) · for each file of the header, in
its order, length (8 bytes) · content · and last the Ed25519 signature (64 bytes) over
everything before it. Lengths are big-endian.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import connection

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.crypto import SigningKey, verify_signature
from homeward.foundation.errors import InputError, TamperError
from homeward.handover.replay import KEYS_OF_ROLE
from homeward.node import keystore, postgresql, settings
from homeward.node.home import (
    CARD_FILE,
    DATABASE_FILE,
    KEYS_FILE,
    NODE_FILE,
    PASSPHRASE_FILE,
    VAULT_FILE,
    Description,
    Node,
    describe,
    new_folder,
    read_description,
    read_private,
    require_none_open,
    utc_text,
    write_private,
)
from homeward.node.tables import database_errors

_FORMAT = "homeward-backup-v1"
_COPY = "node.copy"  # of the tables of a server; the other parts are files of the folder
_FILES = (NODE_FILE, KEYS_FILE, CARD_FILE, VAULT_FILE, DATABASE_FILE)
_FILES_ON_SERVER = (NODE_FILE, KEYS_FILE, CARD_FILE, VAULT_FILE, _COPY)
_KNOWN = (_FILES, _FILES_ON_SERVER)
_CONTEXT = b"homeward-backup-v1\n"
_HEADER_LENGTH_BYTES, _PART_LENGTH_BYTES, _SIGNATURE_BYTES = 4, 8, 64
_HEADER_MAX_BYTES = 16_384


def backup(node: Node, *, now: dt.datetime) -> bytes:
    """Copy an open node into one file.

    Args:
        node: The open node.
        now: Aware UTC instant.

    Returns:
        The backup; `restore` needs the node's passphrase.

    Raises:
        EngineError: The node is not open, or the disk or the database failed.
    """
    node.require_open()
    names = (NODE_FILE, KEYS_FILE, CARD_FILE, VAULT_FILE)
    parts = {name: read_private(node.home / name) for name in names if (node.home / name).exists()}
    if node.about.database:
        parts[_COPY] = postgresql.dump(node.keys.database)
    else:
        parts[DATABASE_FILE] = _database_copy(node)
    header = canonical_bytes(
        {
            "format": _FORMAT,
            "party": node.party,
            "created_at": utc_text(now),
            "files": [_listed(name, part) for name, part in parts.items()],
        }
    )
    body = len(header).to_bytes(_HEADER_LENGTH_BYTES) + header
    body += b"".join(len(part).to_bytes(_PART_LENGTH_BYTES) + part for part in parts.values())
    return body + _first_key(node.keys, node.about).sign(_signed(body))


def restore(data: bytes, home: Path, *, passphrase: str, database: str = "") -> None:
    """Make a node's folder from a backup, and its tables where they are on a server.

    Args:
        data: What `backup` returned.
        home: The folder; it does not exist yet, or is empty.
        passphrase: The node's passphrase when the backup was made.
        database: Address of an empty database of a server; empty for the one that the node
            had. A node whose tables are a file has none.

    Raises:
        TamperError: A byte of the backup is not as the node wrote it.
        AccessError: The passphrase is another one.
        InputError: The folder or the database is taken, or the database is unfit.
        EngineError: A node is open, or the disk or the server failed.
    """
    parts = _read_parts(data)
    about = read_description(parts[NODE_FILE])
    keys = keystore.unlock(
        parts[KEYS_FILE], party=about.party, passphrase=passphrase, salt=about.kdf_salt
    )
    verify_signature(
        _first_key(keys, about).public,
        _signed(data[:-_SIGNATURE_BYTES]),
        data[-_SIGNATURE_BYTES:],
        what="backup",
    )
    if database and _COPY not in parts:
        raise InputError(
            "backup.database",
            "Expected the backup of a node whose tables are on a server, found one with a file.",
            hint="Leave --database out: the tables are restored as the file they were.",
        )
    with new_folder(home) as folder:
        if _COPY in parts:
            about = replace(about, database=database or about.database)
            parts[NODE_FILE] = describe(about)
        for name in parts.keys() - {_COPY}:
            write_private(folder / name, parts[name])
        if about.simulation:
            write_private(folder / PASSPHRASE_FILE, passphrase.encode())
        if _COPY in parts:
            _load(parts[_COPY], about, keys)


def _load(copy: bytes, about: Description, keys: keystore.Keys) -> None:
    require_none_open()
    settings.use_server(postgresql.parse_url(about.database))
    try:
        postgresql.require_fit()
        postgresql.load(keys.database, copy, party=about.party)
    finally:
        settings.release_database()


def _read_parts(data: bytes) -> dict[str, bytes]:
    end = len(data) - _SIGNATURE_BYTES
    length = int.from_bytes(data[:_HEADER_LENGTH_BYTES])
    start = _HEADER_LENGTH_BYTES + length
    if length > _HEADER_MAX_BYTES or start > end:
        raise _changed("no header")
    header: Any = read_canonical(data[_HEADER_LENGTH_BYTES:start], what="backup's header")
    try:
        listed, form = header["files"], header["format"]
        names = tuple(item["name"] for item in listed)
    except (KeyError, TypeError) as error:
        raise _changed("another header") from error
    # The node of an earlier version had no key of the vault.
    if form != _FORMAT or not any(
        names in {known, tuple(name for name in known if name != VAULT_FILE)} for known in _KNOWN
    ):
        raise _changed("another header")
    parts: dict[str, bytes] = {}
    for item in listed:
        size = int.from_bytes(data[start : start + _PART_LENGTH_BYTES])
        start += _PART_LENGTH_BYTES
        if start + size > end:
            raise _changed("less than its header lists")
        part = data[start : start + size]
        if item != _listed(item["name"], part):
            raise _changed(f"another {item['name']}")
        parts[item["name"]] = part
        start += size
    if start != end:
        raise _changed("more than its header lists")
    return parts


def _database_copy(node: Node) -> bytes:
    # In the node's own folder: the copy is encrypted, but belongs nowhere else.
    with tempfile.TemporaryDirectory(prefix=".backup.", dir=node.home) as folder:
        copy = Path(folder) / DATABASE_FILE
        with database_errors(), connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
        return copy.read_bytes()


def _listed(name: str, part: bytes) -> dict[str, Any]:
    return {"name": name, "size": len(part), "sha256": hashlib.sha256(part).hexdigest()}


def _first_key(keys: keystore.Keys, about: Description) -> SigningKey:
    return keys.signing[KEYS_OF_ROLE[about.role][0]]


def _signed(body: bytes) -> bytes:
    return _CONTEXT + hashlib.sha256(body).digest()


def _changed(found: str) -> TamperError:
    return TamperError(
        "backup.changed",
        f"Expected a backup exactly as its node wrote it, found {found}.",
        hint="Take another copy of the backup; do not use this one.",
    )
