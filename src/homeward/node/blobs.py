"""Personal data between nodes: sealed to one reader, bound to a root in the ledger.

Rules of this file:
- A blob is a list of rows; each row has a salt, and the root over the salted rows is what
  the ledger holds. Of rows that were erased the hashes are left: they lead to the root, and
  tell nothing. Whoever reads such a list finds nobody on it.
- A blob is sealed to its reader before it leaves; a mediator carries blobs that it cannot
  open.
- A blob that does not have the root the ledger names is a `TamperError`, whoever sent it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.crypto import derive_bytes, seal
from homeward.foundation.errors import AccessError, TamperError
from homeward.foundation.merkle import leaf_hash, tree_root
from homeward.node import access
from homeward.node.access import Reader
from homeward.node.at_rest import open_at_rest, seal_at_rest
from homeward.node.book import peer_card
from homeward.node.case_secrets import case_secret
from homeward.node.home import Node
from homeward.node.models import Blob

Row = Mapping[str, str]
PLAIN = "blob"  # the purpose of a blob at rest
OFFER = "offer"
"""Purpose of what stands in no ledger; its key is drawn, so that it tells nothing of it."""


def salted(node: Node, case: str, purpose: str, rows: Sequence[Row]) -> list[dict[str, str]]:
    """Return rows with a salt each, which only this node can make again until it erases the case."""
    secret = case_secret(node, case)
    return [
        {
            **row,
            "salt": derive_bytes(secret, f"{purpose}|{row['ref']}", 16).hex(),
        }
        for row in rows
    ]


def rows_root(rows: Sequence[Row]) -> str:
    """Return the root over salted rows, in order of their bytes, as 64 hexadecimal digits."""
    return tree_root(sorted(leaf_hash(canonical_bytes(dict(row))) for row in rows)).hex()


def line_id(row: Row) -> str:
    """Return the opaque id of a salted row, 32 hexadecimal digits; its salt keeps it opaque."""
    return leaf_hash(canonical_bytes(dict(row))).hex()[:32]


def send(
    node: Node,
    *,
    case: str,
    purpose: str,
    to: str,
    key: str,
    content: Any,
    now: dt.datetime,
) -> None:
    """Seal content to a party and keep it until that party's node says that it has it.

    Args:
        node: The open node; the caller holds a transaction.
        case: The case.
        purpose: What it is, such as `wanted_list`.
        to: The party that may read it.
        key: The root or hash by which the ledger names it.
        content: JSON values.
        now: When.
    """
    sealed = seal(canonical_bytes(content), peer_card(to).sealing_key)
    Blob.objects.update_or_create(
        key=key,
        recipient=to,
        defaults={
            "case": case,
            "purpose": purpose,
            "sender": node.party,
            "data": sealed,
            "sealed": True,
            "received_at": now,
        },
    )


def keep(node: Node, *, case: str, purpose: str, key: str, content: Any, now: dt.datetime) -> None:
    """Keep content of our own that the ledger names, for ourselves."""
    with node.transaction():
        Blob.objects.update_or_create(
            key=key,
            recipient=node.party,
            defaults={
                "case": case,
                "purpose": purpose,
                "sender": node.party,
                "data": at_rest(node, canonical_bytes(content)),
                "sealed": False,
                "received_at": now,
            },
        )


def at_rest(node: Node, content: bytes) -> bytes:
    """Return the bytes of a blob that we may read, as they rest in the database."""
    return seal_at_rest(node, content, purpose=PLAIN)


def read(node: Node, *, key: str, what: str) -> Any:
    """Return the content of a blob that we may read.

    Args:
        node: The open node.
        key: The root or hash by which the ledger names it.
        what: What it is, for the message.

    Raises:
        AccessError: It has not arrived, it is not for us, or it was erased.
    """
    blob = _own(node, key, what)
    if blob.erased:
        raise AccessError(
            "blobs.erased",
            f"Expected the {what} that the ledger names, found that it was erased after its case.",
            hint="Nobody can read it again here; what the ledger says of it still holds.",
        )
    return read_canonical(open_at_rest(node, blob.data, purpose=PLAIN), what=what)


def _own(node: Node, key: str, what: str) -> Blob:
    blob: Blob | None = Blob.objects.filter(key=key, recipient=node.party, sealed=False).first()
    if blob is None:
        raise AccessError(
            "blobs.missing",
            f"Expected the {what} that the ledger names, found that it has not arrived.",
            hint="Import the next bundle of the mediator; ask the sender to export it again.",
        )
    return blob


def read_rows(node: Node, *, root: str, what: str, reader: Reader) -> list[dict[str, str]]:
    """Return the rows behind a root, checked against it; the read is written down.

    Of rows that were erased none is left, and their hashes are checked.

    Raises:
        AccessError: They have not arrived.
        TamperError: They have another root.
    """
    blob = _own(node, root, what)
    if blob.erased:
        _verify_erased(node, blob, what)
        return []
    rows = read(node, key=root, what=what)
    if not _are_rows(rows) or rows_root(rows) != root:
        raise other_root(what)
    access.note(
        node, reader, act="disclosed.read", subject=f"{what} {root[:16]}", person_count=len(rows)
    )
    return list(rows)


def erase(node: Node, blob: Blob) -> int:
    """Destroy the content of a blob, all but what leads to its root; return how many lines.

    Args:
        node: The open node; the caller holds a transaction, and renews the vault's key.
        blob: One that we can read, or one that we carry.
    """
    hashes = [] if blob.sealed else _hashes(open_at_rest(node, blob.data, purpose=PLAIN))
    blob.data = b"" if blob.sealed else at_rest(node, canonical_bytes(hashes))
    blob.erased, blob.acknowledged = True, True
    blob.save()
    return len(hashes)


def _hashes(content: bytes) -> list[str]:
    try:
        rows = read_canonical(content, what="blob")
    except TamperError:
        return []  # whoever sent it sent no list: there is nothing to be proved by it
    return (
        sorted(leaf_hash(canonical_bytes(dict(r))).hex() for r in rows) if _are_rows(rows) else []
    )


def _verify_erased(node: Node, blob: Blob, what: str) -> None:
    hashes = read_canonical(open_at_rest(node, blob.data, purpose=PLAIN), what=what)
    if tree_root(sorted(map(bytes.fromhex, hashes))).hex() != blob.key:
        raise other_root(what)


def other_root(what: str) -> TamperError:
    """Return the error for rows that do not have the root which the ledger names."""
    return TamperError(
        "blobs.root",
        f"Expected the {what} with the root that the ledger names, found other rows.",
        hint="Ask its sender for it again; keep the bundle as evidence.",
    )


def _are_rows(rows: object) -> bool:
    return isinstance(rows, list) and all(
        isinstance(row, dict) and all(isinstance(cell, str) for cell in row.values())
        for row in rows
    )
