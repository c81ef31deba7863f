"""A client of the log, written from `docs/specs/` alone: nothing of homeward is imported.

It reads an exported ledger with the standard library and one Ed25519 verifier, and returns
the payloads. The tests hold it against the product, so that the pages stay enough.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


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
