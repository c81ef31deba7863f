"""A client of the log, written from `docs/specs/` alone: nothing of homeward is imported.

It reads an exported ledger, reads and writes bundles, with the standard library, one Ed25519
and one age. The tests hold it against the product, so that the pages stay enough.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from pyrage import decrypt, encrypt, x25519

BUNDLE_MAX_BYTES = 268_435_456
BUNDLE_FIELDS = {
    "format": str, "from": str, "to": str, "log": str, "have": int, "holds": list, "first": int,
    "entries": list, "checkpoint": str | None, "drafts": list, "blobs": list, "cosigned": list,
    "number": int, "signature": str,
}  # fmt: skip


class RefusedError(Exception):
    """The ledger is not what the specifications say."""


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def key_hash(name: str, typed_key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + typed_key)[:4]


def verify(public: bytes, signature: bytes, message: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature as error:
        raise RefusedError("signature") from error


def read_ledger(folder: Path, keys: dict[str, dict[str, bytes]]) -> list[dict[str, Any]]:
    """Verify a tree of files; `keys` maps party to key id to public key.

    Returns:
        The payload of every entry.
    """
    vkey = (folder / "vkey").read_text()
    name, _, key = vkey.removesuffix("\n").split("+", maxsplit=2)
    log_key = base64.b64decode(key, validate=True)
    if vkey != f"{name}+{key_hash(name, log_key).hex()}+{base64.b64encode(log_key).decode()}\n":
        raise RefusedError("vkey")
    size, root = read_checkpoint((folder / "checkpoint").read_text(), name, log_key)
    entries = [entry for start in range(0, size, 256) for entry in bundle(folder, start, size)]
    if tree_root([sha256(b"\0" + entry) for entry in entries]) != root:
        raise RefusedError("root")
    hashes = [sha256(b"\0" + entry) for entry in entries]
    for start in range(0, size, 256):
        if file_of(folder, "0", start, size) != b"".join(hashes[start : start + 256]):
            raise RefusedError("tile")
    return read_entries(name, entries, hashes, keys)


def read_checkpoint(note: str, name: str, typed_key: bytes) -> tuple[int, bytes]:
    text, _, lines = note.partition("\n\n")
    origin, size, root = text.split("\n")
    mark, signer, signed = lines.split("\n")[0].split(" ")
    blob = base64.b64decode(signed)
    if (mark, signer, origin) != ("—", name, name) or typed_key[:1] != b"\1":
        raise RefusedError("checkpoint")
    if blob[:4] != key_hash(name, typed_key) or base64.b64encode(blob).decode() != signed:
        raise RefusedError("key hash")
    verify(typed_key[1:], blob[4:], (text + "\n").encode())
    return int(size), base64.b64decode(root)


def file_of(folder: Path, level: str, start: int, size: int) -> bytes:
    groups = f"{start // 256:03}"
    while len(groups.split("/", maxsplit=1)[0]) > 3:
        head, _, tail = groups.partition("/")
        groups = f"{head[:-3]}/{head[-3:]}" + (f"/{tail}" if tail else "")
    *upper, last = groups.split("/")
    path = "/".join([*(f"x{part:0>3}" for part in upper), last])
    width = min(256, size - start)
    return (folder / "tile" / level / (path if width == 256 else f"{path}.p/{width}")).read_bytes()


def bundle(folder: Path, start: int, size: int) -> list[bytes]:
    data, entries = file_of(folder, "entries", start, size), []
    while data:
        length = int.from_bytes(data[:2], "big")
        entries.append(data[2 : 2 + length])
        data = data[2 + length :]
    if len(entries) != min(256, size - start):
        raise RefusedError("entries")
    return entries


def tree_root(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"")
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + tree_root(leaves[:half]) + tree_root(leaves[half:]))


def read_entries(
    log: str, entries: list[bytes], hashes: list[bytes], keys: dict[str, dict[str, bytes]]
) -> list[dict[str, Any]]:
    heads: dict[str, tuple[int, str]] = {}
    payloads = []
    for index, entry in enumerate(entries):
        envelope = json.loads(entry)
        kind = envelope["payloadType"].encode()
        if json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode() != entry:
            raise RefusedError("form")
        content = base64.b64decode(envelope["payload"])
        payload = json.loads(content)
        (signature,) = envelope["signatures"]
        public = keys[payload["author"]][payload["key"]]
        if payload["log"] != log or sha256(public)[:8].hex() != signature["keyid"]:
            raise RefusedError("log or key")
        signed = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(content), content)
        verify(public, base64.b64decode(signature["sig"]), signed)
        seq, prev = heads.get(payload["author"], (0, None))
        if (payload["seq"], payload["prev"]) != (seq + 1, prev):
            raise RefusedError("chain")
        heads[payload["author"]] = payload["seq"], sha256(entry).hex()
        seen = payload["seen"]
        if seen and (
            seen["size"] > index or tree_root(hashes[: seen["size"]]).hex() != seen["root"]
        ):
            raise RefusedError("seen")
        payloads.append(payload)
    return payloads


def canonical(document: Any) -> bytes:
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def read_card(data: bytes) -> dict[str, Any]:
    """Verify a card; the first key is `card["first"]`."""
    card = json.loads(data)
    if len(data) > 16_384 or canonical(card) != data:
        raise RefusedError("card")
    signature = base64.b64decode(card.pop("signature"))
    card["first"] = base64.b64decode(card["signing_keys"][0]["public"])
    said = {name: value for name, value in card.items() if name != "first"}
    verify(card["first"], signature, b"homeward-card-v1\n" + canonical(said))
    return card


def open_bundle(
    data: bytes, identity: str, reader: str, cards: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Steps 1 to 4: open a bundle with an age identity, and verify who signed it for whom."""
    if len(data) > BUNDLE_MAX_BYTES:
        raise RefusedError("size")
    if not data.startswith(b"{"):
        data = decrypt(data, [x25519.Identity.from_str(identity)])
    body = json.loads(data)
    if len(data) > BUNDLE_MAX_BYTES or canonical(body) != data:
        raise RefusedError("form")
    fields = {"cosigned": [], "number": 1, **body}
    if fields.keys() != BUNDLE_FIELDS.keys() or body["format"] != "homeward-bundle-1":
        raise RefusedError("fields")
    for name, kind in BUNDLE_FIELDS.items():
        value = fields[name]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise RefusedError(name)
        if isinstance(value, int) and not (name == "number") <= value < 2**53:
            raise RefusedError(name)
    if body["to"] != reader:
        raise RefusedError("reader")
    signature = base64.b64decode(body.pop("signature"))
    verify(cards[body["from"]]["first"], signature, b"homeward-bundle-v1\n" + canonical(body))
    return fields


def take_entries(
    body: dict[str, Any],
    own: list[bytes],
    log_vkey: str,
    cards: dict[str, dict[str, Any]],
    keys: dict[str, dict[str, bytes]],
) -> list[bytes]:
    """Steps 5, 7, 8 and 10 at a bureau: the history with what the mediator's bundle brings."""
    name, _, key = log_vkey.split("+", maxsplit=2)
    first, log_key = body["first"], base64.b64decode(key)
    sent = [base64.b64decode(entry, validate=True) for entry in body["entries"]]
    if body["log"] != name or cards[body["from"]]["role"] != "mediator" or first > len(own):
        raise RefusedError("log, sender or gap")
    if any(ours != theirs for ours, theirs in zip(own[first:], sent, strict=False)):
        raise RefusedError("another history")
    whole = own + sent[len(own) - first :]
    hashes = [sha256(b"\0" + entry) for entry in whole]
    read_entries(name, whole, hashes, keys)
    if body["checkpoint"] is None:
        return own
    size, root = read_checkpoint(body["checkpoint"], name, log_key)
    is_late = len(whole) == len(own) and size <= len(own)
    if tree_root(hashes[:size]) != root or not (size == len(whole) or is_late):
        raise RefusedError("checkpoint")
    if len(body["cosigned"]) > 64:
        raise RefusedError("cosigned")
    for note in body["cosigned"]:
        read_cosigned(note, name, log_key, hashes, cards)
    return whole


def read_cosigned(
    note: str, name: str, log_key: bytes, hashes: list[bytes], cards: dict[str, dict[str, Any]]
) -> None:
    size, root = read_checkpoint(note, name, log_key)
    if len(note) > 30_096 or size > len(hashes) or tree_root(hashes[:size]) != root:
        raise RefusedError("cosigned")
    text, _, lines = note.partition("\n\n")
    witnesses = {f"homeward/{party.lower()}": card["first"] for party, card in cards.items()}
    for line in lines.split("\n")[1:-1]:
        _, witness, signed = line.split(" ")
        blob = base64.b64decode(signed)
        public = witnesses.get(witness)
        if public is None or blob[:4] != key_hash(witness, b"\4" + public):
            continue  # a stranger's
        time = int.from_bytes(blob[4:12], "big")
        verify(public, blob[12:], f"cosignature/v1\ntime {time}\n{text}\n".encode())


def cosign(note: str, party: str, key: Ed25519PrivateKey, time: int) -> str:
    """Return the log's note with our line under it."""
    text, _, lines = note.partition("\n\n")
    witness, public = f"homeward/{party.lower()}", key.public_key().public_bytes_raw()
    signature = key.sign(f"cosignature/v1\ntime {time}\n{text}\n".encode())
    blob = key_hash(witness, b"\4" + public) + time.to_bytes(8, "big") + signature
    own = lines.split("\n")[0]
    return f"{text}\n\n{own}\n— {witness} {base64.b64encode(blob).decode()}\n"


def write_entry(key: Ed25519PrivateKey, fields: dict[str, Any]) -> bytes:
    """Sign an entry; `fields` are those of its payload but the key."""
    mark = sha256(key.public_key().public_bytes_raw())[:8].hex()
    payload, kind = canonical({**fields, "key": mark}), b"application/vnd.homeward.entry+json"
    signature = key.sign(b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload))
    return canonical(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": kind.decode(),
            "signatures": [{"keyid": mark, "sig": base64.b64encode(signature).decode()}],
        }
    )


def write_bundle(key: Ed25519PrivateKey, fields: dict[str, Any], recipient: str) -> bytes:
    """Sign a bundle and seal it to its reader; `fields` are all but format and signature."""
    body = {"format": "homeward-bundle-1", **fields}
    signature = key.sign(b"homeward-bundle-v1\n" + canonical(body))
    content = canonical({**body, "signature": base64.b64encode(signature).decode()})
    return encrypt(content, [x25519.Recipient.from_str(recipient)])


def open_rows(sealed: str, identity: str, key: str) -> list[dict[str, str]]:
    """Open a list that came as a blob, and check it against the key by which the ledger names it."""
    content = decrypt(base64.b64decode(sealed), [x25519.Identity.from_str(identity)])
    rows = json.loads(content)
    leaves = sorted(sha256(b"\0" + canonical(row)) for row in rows)
    if canonical(rows) != content or tree_root(leaves).hex() != key:
        raise RefusedError("rows")
    return rows
