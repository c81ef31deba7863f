"""Envelopes: one entry, signed by its author over its exact bytes.

Rules of this file:
- An entry is a DSSE envelope with one signature; what is signed is the payload's bytes.
- Entry and payload are canonical JSON with exactly the known fields: no byte is free.
- The payload names its log, case, type and author, so that it cannot be played in another
  place; `seq` and `prev` bind it to the author's previous entry, and `seen` to the history
  that the author had verified.
- An entry has at most 65,535 bytes, the most a tile can hold. Larger things are referred to
  by hash.

Source: DSSE 1.0 (PAE); C2SP tlog-tiles (length of an entry).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.crypto import SigningKey, b64, unb64, verify_signature
from homeward.foundation.errors import InputError, TamperError
from homeward.foundation.ids import parse_party
from homeward.ledger.checkpoint import is_origin

PAYLOAD_TYPE = "application/vnd.homeward.entry+json"
MAX_ENTRY_BYTES = 65_535
_KEY_ID_BYTES = 8
_INTEGER_MAX = 2**53 - 1
_KEY_ID = re.compile(r"[0-9a-f]{16}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LABEL = re.compile(r"[!-~]{1,128}")
_OUTER = re.compile(  # the one canonical form of an entry, whose texts need no escape
    rb'\{"payload":"([A-Za-z0-9+/=]*)","payloadType":"'
    + re.escape(PAYLOAD_TYPE.encode())
    + rb'","signatures":\[\{"keyid":"([0-9a-f]{16})","sig":"([A-Za-z0-9+/=]*)"\}\]\}'
)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One entry as read; whether its signature holds is for `verify_envelope`.

    `log` is the origin, `author` a party's code, `key` the id of the author's key, `seq`
    the author's own count from 1, `prev` the SHA-256 of the author's previous entry, `seen`
    the (size, root as hex) that the author had verified, `at` the time the author states,
    `in_reply_to` the SHA-256 of another entry. `entry` holds the exact bytes.
    """

    log: str
    type: str
    version: int
    case: str
    author: str
    key: str
    seq: int
    prev: str | None
    seen: tuple[int, str] | None
    at: str
    in_reply_to: str | None
    body: dict[str, Any]
    entry: bytes
    entry_sha256: str
    payload: bytes
    signature: bytes


@lru_cache(maxsize=256)  # few keys sign many entries
def key_id(public: bytes) -> str:
    """Return the id of an author's key: the first 8 bytes of its SHA-256, as hex."""
    return hashlib.sha256(public).digest()[:_KEY_ID_BYTES].hex()


def entry_sha256(entry: bytes) -> str:
    """Return the hash by which `prev` and `in_reply_to` name an entry, 64 hex digits."""
    return hashlib.sha256(entry).hexdigest()


def sign_envelope(  # noqa: PLR0913 -- the header of an entry: every field is the author's to state
    *,
    signer: SigningKey,
    log: str,
    type: str,  # noqa: A002 -- the field's name on the wire
    case: str,
    author: str,
    seq: int,
    prev: str | None,
    seen: tuple[int, str] | None,
    at: str,
    body: Mapping[str, Any],
    version: int = 1,
    in_reply_to: str | None = None,
) -> bytes:
    """Write and sign one entry.

    Args:
        signer: The author's key.
        log: Origin of the log that it is meant for.
        type: What kind of entry; 1 to 128 printable ASCII characters without space.
        case: Which case, in the same form.
        author: The author's party code.
        seq: 1 for the author's first entry in this log, then 2, 3 …
        prev: SHA-256 of the author's previous entry; None exactly if `seq` is 1.
        seen: Size and root (hex) of the last checkpoint the author verified, if any.
        at: UTC, such as `2025-02-05T08:00:00Z`; a statement, not a proof.
        body: JSON values without floats.
        version: Version of the entry's type, from 1.
        in_reply_to: SHA-256 of the entry that this one answers.

    Returns:
        The entry's bytes, at most 65,535.

    Raises:
        InputError: A field has another form, or the entry is too large.
    """
    payload = {
        "at": at,
        "author": author,
        "body": dict(body),
        "case": case,
        "in_reply_to": in_reply_to,
        "key": key_id(signer.public),
        "log": log,
        "prev": prev,
        "seen": None if seen is None else {"root": seen[1], "size": seen[0]},
        "seq": seq,
        "type": type,
        "version": version,
    }
    wrong = _wrong_field(payload)
    if wrong:
        raise InputError(
            "ledger.field",
            f"Expected an entry with a well-formed {wrong}, found another value.",
            hint="See sign_envelope for the form of each field.",
            facts={"field": wrong},
        )
    content = canonical_bytes(payload)
    signature = {"keyid": payload["key"], "sig": b64(signer.sign(_pae(content)))}
    entry = canonical_bytes(
        {"payload": b64(content), "payloadType": PAYLOAD_TYPE, "signatures": [signature]}
    )
    if len(entry) > MAX_ENTRY_BYTES:
        raise InputError(
            "ledger.entry_size",
            f"Expected an entry of at most {MAX_ENTRY_BYTES} bytes, found {len(entry)}.",
            hint="Keep the large part outside the ledger and name it by its SHA-256.",
            facts={"max_bytes": MAX_ENTRY_BYTES},
        )
    return entry


def read_envelope(entry: bytes) -> Envelope:
    """Read an entry without checking its signature.

    Args:
        entry: The entry's bytes.

    Returns:
        Its fields.

    Raises:
        TamperError: A byte of it is not as `sign_envelope` writes entries.
    """
    if len(entry) > MAX_ENTRY_BYTES:
        raise _another(f"at most {MAX_ENTRY_BYTES} bytes")
    payload, signature, key = _open_outer(entry)
    fields = read_canonical(payload, what="payload of the entry")
    wrong = _wrong_field(fields)
    if wrong:
        raise _another(f"a well-formed {wrong}")
    if fields["key"] != key:
        raise _another("one key id inside and outside")
    seen = fields["seen"]
    return Envelope(  # field by field: half the time of a dictionary
        log=fields["log"],
        type=fields["type"],
        version=fields["version"],
        case=fields["case"],
        author=fields["author"],
        key=key,
        seq=fields["seq"],
        prev=fields["prev"],
        seen=None if seen is None else (seen["size"], seen["root"]),
        at=fields["at"],
        in_reply_to=fields["in_reply_to"],
        body=fields["body"],
        entry=entry,
        entry_sha256=entry_sha256(entry),
        payload=payload,
        signature=signature,
    )


def verify_envelope(envelope: Envelope, public: bytes) -> None:
    """Check the author's signature.

    Args:
        envelope: As `read_envelope` returned it.
        public: The author's 32-byte public key.

    Raises:
        TamperError: The entry names another key, or the signature does not hold.
    """
    if envelope.key != key_id(public):
        raise _another("the id of the author's key")
    verify_signature(public, _pae(envelope.payload), envelope.signature, what="entry")


def _pae(payload: bytes) -> bytes:
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _open_outer(entry: bytes) -> tuple[bytes, bytes, str]:
    exact = _OUTER.fullmatch(entry)
    if exact:  # three times as fast as reading JSON and writing it again
        return (
            unb64(exact[1], what="payload of the entry"),
            unb64(exact[3], what="signature of the entry"),
            exact[2].decode(),
        )
    match read_canonical(entry, what="entry"):
        case {
            "payload": str(payload),
            "payloadType": str(kind),
            "signatures": [{"keyid": str(key), "sig": str(signature), **inner}],
            **rest,
        } if kind == PAYLOAD_TYPE and not inner and not rest:
            return (
                unb64(payload, what="payload of the entry"),
                unb64(signature, what="signature of the entry"),
                key,
            )
    raise _another(f"payload, payloadType {PAYLOAD_TYPE} and one signature")


def _wrong_field(fields: Any) -> str | None:
    """Return the first field that is missing, unknown or malformed."""
    if not isinstance(fields, dict) or fields.keys() != _FIELDS.keys():
        return "set of fields"
    for name, is_well_formed in _FIELDS.items():
        if not is_well_formed(fields[name]):
            return name
    return None if (fields["prev"] is None) == (fields["seq"] == 1) else "prev"


def _is_text(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    matches = pattern.fullmatch
    return lambda value: isinstance(value, str) and matches(value) is not None


def _is_count(least: int) -> Callable[[Any], bool]:
    # `type` and not isinstance: True is an int to Python, and another word in JSON.
    return lambda value: type(value) is int and least <= value <= _INTEGER_MAX


def _is_party(value: Any) -> bool:
    return isinstance(value, str) and _is_party_code(value)


@lru_cache(maxsize=256)  # a log has a few authors, each of many entries
def _is_party_code(text: str) -> bool:
    try:
        parse_party(text)
    except InputError:
        return False
    return True


def _is_instant(value: Any) -> bool:
    if not isinstance(value, str) or _INSTANT.fullmatch(value) is None:
        return False
    try:
        dt.datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_seen(value: Any) -> bool:
    is_pair = isinstance(value, dict) and value.keys() == {"root", "size"}
    return is_pair and _is_hash(value["root"]) and _is_size(value["size"])


_is_hash, _is_size, _is_label = _is_text(_SHA256), _is_count(0), _is_text(_LABEL)


def _or_null(is_well_formed: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or is_well_formed(value)


_FIELDS: Mapping[str, Callable[[Any], bool]] = {
    "at": _is_instant,
    "author": _is_party,
    "body": lambda value: isinstance(value, dict),
    "case": _is_label,
    "in_reply_to": _or_null(_is_hash),
    "key": _is_text(_KEY_ID),
    "log": is_origin,
    "prev": _or_null(_is_hash),
    "seen": _or_null(_is_seen),
    "seq": _is_count(1),
    "type": _is_label,
    "version": _is_count(1),
}


def _another(expected: str) -> TamperError:
    return TamperError(
        "ledger.envelope",
        f"Expected an entry with {expected}, found another.",
        hint="Ask its author for the entry as it was signed; keep this copy as evidence.",
    )
