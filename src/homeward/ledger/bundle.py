"""Bundles as signed bytes: their form, and the signature over it.

Rules of this file:
- What is signed is a domain of its own before the canonical bytes of every other field: no
  signature of an entry, a card or a checkpoint stands for one of a bundle.
- Offers alone stand outside the signature, so that nobody can prove by a bundle who made one.
- A bundle has exactly the known fields. Those that an earlier version had not may be absent.
- A party's code, a case, a purpose and a key of a blob have one form: what is none could be
  a name, and messages show who a bundle is from and for.
- It holds no path and no program.

What a bundle says, and whether its reader takes it, is for whoever knows entries.

Source: docs/specs/bundle.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.crypto import SigningKey, b64, unb64, verify_signature
from homeward.foundation.errors import InputError, TamperError
from homeward.foundation.ids import parse_party

NUMBER_MAX = 2**53 - 1
FORMAT = "homeward-bundle-1"
_DOMAIN = b"homeward-bundle-v1\n"
_BLOB_KEYS = frozenset(("key", "case", "purpose", "from", "to", "sealed"))
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LABEL = re.compile(r"[!-~]{1,128}")
_PURPOSE = re.compile(r"[a-z_]{1,40}")
_TEXTS, _NUMBERS = ("from", "to", "log", "signature"), ("have", "first")
_LISTS = ("holds", "entries", "drafts", "blobs")
_KEYS = frozenset(("format", "checkpoint", *_TEXTS, *_NUMBERS, *_LISTS))
_LATER = {"cosigned", "number", "offers"}
"""Keys that a bundle of an earlier version has not."""
_UNSIGNED = ("signature", "offers")


def write_bundle(fields: Mapping[str, Any], signer: SigningKey) -> bytes:
    """Sign what a bundle says.

    Args:
        fields: Every field but the signature.
        signer: The first key on the sender's card.

    Returns:
        The signed bytes, not yet sealed.
    """
    signature = signer.sign(_signed_bytes(fields))
    return canonical_bytes({**fields, "signature": b64(signature)})


def read_bundle(data: bytes) -> dict[str, Any]:
    """Read a bundle without checking its signature.

    Args:
        data: The signed bytes, opened.

    Returns:
        Its fields.

    Raises:
        TamperError: Its form is another.
    """
    body = read_canonical(data, what="bundle")
    if (
        not isinstance(body, dict)
        or body.keys() - _LATER != _KEYS
        or body["format"] != FORMAT
        or not all(isinstance(body[key], str) for key in _TEXTS)
        or not all(type(body[key]) is int and body[key] >= 0 for key in _NUMBERS)
        or not all(isinstance(body[key], list) for key in _LISTS)
        or not all(isinstance(body.get(key, []), list) for key in ("cosigned", "offers"))
        or not _is_number(body.get("number", 1))
        or not isinstance(body["checkpoint"], str | None)
        or not all(_is_party(body[key]) for key in ("from", "to"))
    ):
        raise broken("a bundle in the agreed form", "another form")
    return body


def verify_bundle(body: Mapping[str, Any], public: bytes) -> None:
    """Check the signature of a bundle.

    Args:
        body: As read.
        public: The first key on the sender's card, 32 bytes.

    Raises:
        TamperError: The signature does not hold.
    """
    signature = unb64(body["signature"], what="bundle")
    verify_signature(public, _signed_bytes(body), signature, what="bundle")


def read_blob(blob: object) -> tuple[dict[str, str], bytes]:
    """Read one of a bundle's blobs.

    Args:
        blob: As it stands in the bundle.

    Returns:
        Its texts, each one that a table can hold, and the sealed bytes.

    Raises:
        TamperError: Its form is another.
    """
    if not isinstance(blob, dict) or blob.keys() != _BLOB_KEYS or not _is_blob(blob):
        raise broken("blobs in the agreed form", "another form")
    return blob, unb64(blob["sealed"], what="blob")


def blob_keys(holds: list[object]) -> list[str]:
    """Return what of a list of held blobs can be the key of one."""
    return [key for key in holds if isinstance(key, str) and _SHA256.fullmatch(key)]


def broken(expected: str, found: str) -> TamperError:
    """Make the error that refuses a bundle for its form."""
    return TamperError(
        "bundles.form",
        f"Expected {expected}, found {found}.",
        hint="Ask its sender to export it again.",
    )


def _signed_bytes(body: Mapping[str, Any]) -> bytes:
    signed = {key: value for key, value in body.items() if key not in _UNSIGNED}
    return _DOMAIN + canonical_bytes(signed)


def _is_number(value: object) -> bool:
    return type(value) is int and 1 <= value <= NUMBER_MAX


def _is_party(text: str) -> bool:
    try:
        return parse_party(text) == text
    except InputError:
        return False


def _is_blob(blob: dict[str, Any]) -> bool:
    return (
        all(isinstance(value, str) for value in blob.values())
        and _SHA256.fullmatch(blob["key"]) is not None
        and _LABEL.fullmatch(blob["case"]) is not None
        and _PURPOSE.fullmatch(blob["purpose"]) is not None
        and all(_is_party(blob[key]) for key in ("from", "to"))
    )
