"""The documents that say which keys a party has: written, signed, read.

Rules of this file:
- A root document names the party's root keys and how many of them sign (k of n), its
  officers' keys with their limits, and which entries need two officers. A revocation ends
  keys. A document of devices names the devices of one officer.
- A document is canonical JSON with exactly its fields, for one log and one party. What is
  signed is a domain of its own before those bytes: no signature of an entry, a card or a
  bundle stands for one of a document.
- Each document names the one before it by hash; the devices of an officer are a chain of
  their own, so that no officer can hold up what the roots have signed.
- A signature is added, never replaced, and the order of signing does not matter.

Which documents count, `homeward.ledger.keyring` says.

Source: The Update Framework, root metadata (k of n, the old threshold signs the new keys).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.crypto import KEY_BYTES, SigningKey, b64, unb64, verify_signature
from homeward.foundation.errors import InputError, PeerError, TamperError
from homeward.foundation.ids import parse_party
from homeward.ledger.checkpoint import is_origin
from homeward.ledger.envelope import key_id

ROOTS_MAX = 16
OFFICERS_MAX = 64
DEVICES_MAX = 16
REVOCATION_REASONS = ("lost", "compromised", "left_office", "replaced")

_DOMAIN = b"homeward-keys-v1\n"
_FORMAT = 1
_SIGNATURES_MAX = 2 * ROOTS_MAX + OFFICERS_MAX
_LABELS_MAX = 64
_INTEGER_MAX = 2**53 - 1
_LABEL = re.compile(r"[a-z][a-z0-9_]{0,63}")
_KEY_ID = re.compile(r"[0-9a-f]{16}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_COMMON = frozenset(("format", "kind", "log", "party", "previous"))
_FIELDS: Mapping[str, frozenset[str]] = {
    "root": _COMMON | {"epoch", "continues", "threshold", "roots", "officers", "two_officers"},
    "revocation": _COMMON | {"epoch", "revoked", "reason"},
    "devices": _COMMON | {"officer", "devices"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """A key that signs entries for its party.

    `role` is the role in which it signs, `public` its 32 bytes; `limits` are numbers by
    name (`accept_at_most`); `kinds` are the entries that it may sign, None for all of its role.
    """

    role: str
    public: bytes
    limits: Mapping[str, int] = field(default_factory=dict)
    kinds: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Where a former log of a party ended: its origin, its size and its root as hex."""

    log: str
    size: int
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RootDocument:
    """Every key of a party, as `threshold` of its `roots` signed it.

    `epoch` counts root documents; `previous` is the SHA-256 of the document before, None in
    the first; `continues` says in a first one where the party's former log ended.
    """

    log: str
    party: str
    epoch: int
    previous: str | None
    threshold: int
    roots: tuple[bytes, ...]
    officers: tuple[Officer, ...]
    two_officers: tuple[str, ...] = ()
    continues: Checkpoint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Keys of officers or devices that end, by key id, and why (`REVOCATION_REASONS`)."""

    log: str
    party: str
    epoch: int
    previous: str
    revoked: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """All devices of one officer, whose key id is `officer`; the earlier ones end."""

    log: str
    party: str
    previous: str | None
    officer: str
    devices: tuple[bytes, ...]


Document = RootDocument | Revocation | Devices


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedDocument:
    """A document with its signatures by key id; whether they suffice is for the keyring.

    `sha256` is over the document's canonical bytes, `content`.
    """

    document: Document
    content: bytes
    sha256: str
    signatures: Mapping[str, bytes] = field(default_factory=dict)


def unsigned(document: Document) -> SignedDocument:
    """Write a document that nobody has signed yet.

    Args:
        document: What it says.

    Returns:
        The document, checked by the rules under which it will be read.

    Raises:
        InputError: A value of it is none that such a document may have.
    """
    content = canonical_bytes(_plain(document))
    try:
        return read_signed(_body(content, {}))
    except (PeerError, TamperError) as error:
        raise InputError(
            error.code, error.message, hint="Correct what was given.", facts=error.facts
        ) from error


def add_signature(signed: SignedDocument, key: SigningKey) -> SignedDocument:
    """Sign a document with one more key; a second time changes nothing."""
    signature = key.sign(_DOMAIN + signed.content)
    return replace(signed, signatures={**signed.signatures, key_id(key.public): signature})


def signed_body(signed: SignedDocument) -> dict[str, Any]:
    """Return a document as the body of the entry that carries it."""
    return _body(signed.content, signed.signatures)


def write_signed(signed: SignedDocument) -> bytes:
    """Return a document as a file: canonical JSON, the body of its entry."""
    return canonical_bytes(signed_body(signed))


def read_file(data: bytes) -> SignedDocument:
    """Read a file that `write_signed` wrote.

    Raises:
        TamperError: A byte was changed.
        PeerError: It is no document of keys.
    """
    return read_signed(read_canonical(data, what="document of keys"))


def read_signed(body: object) -> SignedDocument:
    """Read a document and its signatures, without judging them.

    Args:
        body: JSON values: `document` and `signatures`.

    Returns:
        The document.

    Raises:
        PeerError: A field is missing, unknown or of another form.
    """
    match body:
        case {"document": dict(document), "signatures": list(listed), **rest} if not rest:
            pass
        case _:
            raise _form("a document and its signatures")
    signatures: dict[str, bytes] = {}
    for item in listed:
        match item:
            case {"key": str(key), "sig": str(sig), **more} if not more and _KEY_ID.fullmatch(key):
                signatures[key] = _bytes_of(sig, "a signature")
            case _:
                raise _form("signatures with key and sig")
    if len(signatures) != len(listed) or len(listed) > _SIGNATURES_MAX:
        raise _form("one signature a key")
    content = canonical_bytes(document)
    return SignedDocument(
        document=_read(document),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        signatures=signatures,
    )


def verify_signatures(signed: SignedDocument, publics: Mapping[str, bytes]) -> None:
    """Check every signature of a document, each by a key that may sign it.

    Args:
        signed: The document.
        publics: The keys that may sign it, by key id.

    Raises:
        PeerError: A key signed that has no part in it.
        TamperError: A signature does not hold.
    """
    for key, signature in signed.signatures.items():
        if key not in publics:
            raise PeerError(
                "keys.signer",
                f"Expected signatures by keys of the document and of the one before, found one by "
                f"{key}.",
                hint="Leave it out, and sign with the keys that the document names.",
                facts={"key": key},
            )
        verify_signature(publics[key], _DOMAIN + signed.content, signature, what="document of keys")


def _body(content: bytes, signatures: Mapping[str, bytes]) -> dict[str, Any]:
    return {
        "document": read_canonical(content, what="document of keys"),
        "signatures": [{"key": key, "sig": b64(sig)} for key, sig in sorted(signatures.items())],
    }


def _plain(document: Document) -> dict[str, Any]:
    common = {
        "format": _FORMAT,
        "log": document.log,
        "party": document.party,
        "previous": document.previous,
    }
    match document:
        case RootDocument():
            at = document.continues
            return common | {
                "kind": "root",
                "epoch": document.epoch,
                "continues": None
                if at is None
                else {"log": at.log, "size": at.size, "root": at.root},
                "threshold": document.threshold,
                "roots": sorted(map(b64, document.roots)),
                "officers": [
                    {
                        "role": each.role,
                        "public": b64(each.public),
                        "limits": dict(each.limits),
                        "kinds": None if each.kinds is None else sorted(each.kinds),
                    }
                    for each in sorted(document.officers, key=lambda one: (one.role, one.public))
                ],
                "two_officers": sorted(document.two_officers),
            }
        case Revocation():
            return common | {
                "kind": "revocation",
                "epoch": document.epoch,
                "revoked": sorted(document.revoked),
                "reason": document.reason,
            }
        case Devices():
            devices = sorted(map(b64, document.devices))
            return common | {"kind": "devices", "officer": document.officer, "devices": devices}


def _read(plain: Mapping[str, Any]) -> Document:
    kind = plain.get("kind")
    if not isinstance(kind, str) or kind not in _FIELDS or plain.keys() != _FIELDS[kind]:
        raise _form("a root document, a revocation or devices, with exactly its fields")
    _expect(plain["format"] == _FORMAT, f"format {_FORMAT}")
    _expect(is_origin(plain["log"]), "the log's origin")
    _expect(_is_party(plain["party"]), "a party's code")
    previous = plain["previous"]
    _expect(previous is None or _is(_SHA256, previous), "the hash of the document before")
    common = {"log": plain["log"], "party": plain["party"], "previous": previous}
    if kind == "devices":
        _expect(_is(_KEY_ID, plain["officer"]), "the key id of an officer")
        devices = _keys(plain["devices"], at_least=0, at_most=DEVICES_MAX)
        return Devices(**common, officer=plain["officer"], devices=devices)
    _expect(_is_count(plain["epoch"], 1), "an epoch from 1")
    if kind == "revocation":
        _expect(previous is not None, "the hash of the document before")
        revoked = _texts(plain["revoked"], _KEY_ID, at_least=1, at_most=OFFICERS_MAX)
        _expect(plain["reason"] in REVOCATION_REASONS, "a reason of the closed list")
        return Revocation(**common, epoch=plain["epoch"], revoked=revoked, reason=plain["reason"])
    return _read_root(plain, common)


def _read_root(plain: Mapping[str, Any], common: Mapping[str, Any]) -> RootDocument:
    roots = _keys(plain["roots"], at_least=1, at_most=ROOTS_MAX)
    threshold = plain["threshold"]
    _expect(_is_count(threshold, 1) and threshold <= len(roots), "a threshold that roots can meet")
    listed = plain["officers"]
    _expect(isinstance(listed, list) and 1 <= len(listed) <= OFFICERS_MAX, "officers")
    officers = tuple(map(_officer, listed))
    named = {*roots, *(each.public for each in officers)}
    _expect(len(named) == len(roots) + len(officers), "every key in one place")
    two_officers = _texts(plain["two_officers"], _LABEL, at_least=0, at_most=_LABELS_MAX)
    return RootDocument(
        **common,
        epoch=plain["epoch"],
        continues=_continued(plain["continues"]),
        threshold=threshold,
        roots=roots,
        officers=officers,
        two_officers=two_officers,
    )


def _continued(plain: object) -> Checkpoint | None:
    match plain:
        case None:
            return None
        case {"log": log, "size": size, "root": root, **rest} if not rest:
            _expect(
                is_origin(log) and _is_count(size, 1) and _is(_SHA256, root),
                "the end of the former log",
            )
            return Checkpoint(log=str(log), size=size, root=str(root))
    raise _form("the end of the former log, or null")


def _officer(plain: object) -> Officer:
    match plain:
        case {"role": role, "public": public, "limits": dict(limits), "kinds": kinds, **rest}:
            _expect(not rest and _is(_LABEL, role), "officers with exactly their fields")
        case _:
            raise _form("officers with exactly their fields")
    _expect(
        all(_is(_LABEL, name) and _is_count(most, 0) for name, most in limits.items())
        and len(limits) <= _LABELS_MAX,
        "limits that are whole numbers",
    )
    return Officer(
        role=str(role),
        public=_keys([public], at_least=1, at_most=1)[0],
        limits=dict(limits),
        kinds=None if kinds is None else _texts(kinds, _LABEL, at_least=1, at_most=_LABELS_MAX),
    )


def _keys(listed: object, *, at_least: int, at_most: int) -> tuple[bytes, ...]:
    if not isinstance(listed, list) or not at_least <= len(listed) <= at_most:
        raise _form(f"{at_least} to {at_most} keys")
    keys = tuple(_bytes_of(each, "a key") for each in listed)
    _expect(all(len(key) == KEY_BYTES for key in keys), f"keys of {KEY_BYTES} bytes")
    _expect(len(set(keys)) == len(keys), "no key twice")
    return keys


def _texts(
    listed: object, pattern: re.Pattern[str], *, at_least: int, at_most: int
) -> tuple[str, ...]:
    if not isinstance(listed, list) or not at_least <= len(listed) <= at_most:
        raise _form(f"{at_least} to {at_most} names")
    _expect(all(_is(pattern, each) for each in listed), "names of the agreed form")
    _expect(len(set(listed)) == len(listed), "no name twice")
    return tuple(listed)


def _bytes_of(text: object, what: str) -> bytes:
    try:
        return unb64(text if isinstance(text, str) else "?", what=what)
    except TamperError as error:
        raise _form(f"{what} as base64") from error


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_count(value: object, least: int) -> bool:
    return type(value) is int and least <= value <= _INTEGER_MAX


def _is_party(value: Any) -> bool:
    try:
        parse_party(value)
    except InputError:
        return False
    return True


def _expect(holds: bool, expected: str) -> None:
    if not holds:
        raise _form(expected)


def _form(expected: str) -> PeerError:
    return PeerError(
        "keys.form",
        f"Expected {expected} in a document of keys, found another form.",
        hint="Ask its party to write it anew; keep this copy as evidence.",
    )
