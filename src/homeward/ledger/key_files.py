"""One key in a file of its own, under its own passphrase: a root key, or an officer's.

Rules of this file:
- A secret rests only wrapped: passphrase → argon2id → key → AES-256-GCM, bound to the
  party, the use and the public key, so that no file stands in for another.
- The public part stands in clear, so that a document can name a key whose holder is away.
- No file holds two keys: who has one file and its passphrase has one voice.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.crypto import (
    KEY_BYTES,
    NONCE_BYTES,
    SALT_BYTES,
    SigningKey,
    b64,
    derive_key,
    unb64,
    unwrap,
    wrap,
)
from homeward.foundation.errors import InputError, TamperError
from homeward.foundation.ids import PartyCode, parse_party

ROOT = "root"
FILE_MAX_BYTES = 4096
_FORMAT = 1
_PASSPHRASE_MIN_CHARS, _PASSPHRASE_MAX_CHARS = 8, 1024
_FIELDS = frozenset(("format", "party", "use", "public", "salt", "wrapped"))
_USE = re.compile(r"[a-z]{1,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """What a key file says in clear: whose key it is, what for, and its public part.

    `use` is `root`, or the role in which the key signs entries.
    """

    party: PartyCode
    use: str
    public: bytes


def require_passphrase(passphrase: str) -> None:
    """Check that a passphrase is as long as one of a key must be.

    Raises:
        InputError: It is too short or too long.
    """
    if not _PASSPHRASE_MIN_CHARS <= len(passphrase) <= _PASSPHRASE_MAX_CHARS:
        raise InputError(
            "keystore.passphrase",
            f"Expected a passphrase of {_PASSPHRASE_MIN_CHARS} to {_PASSPHRASE_MAX_CHARS} "
            f"characters, found {len(passphrase)}.",
            hint="Take five or more words that nobody else would join.",
            facts={"min_chars": _PASSPHRASE_MIN_CHARS, "max_chars": _PASSPHRASE_MAX_CHARS},
        )


def lock_key(
    key: SigningKey,
    *,
    party: PartyCode,
    use: str,
    passphrase: str,
    entropy: Callable[[int], bytes],
) -> bytes:
    """Write a key as it rests.

    Args:
        key: The key.
        party: Whose it is.
        use: `root`, or a role.
        passphrase: 8 to 1024 characters, of this file alone.
        entropy: Returns as many random bytes as it is asked for.

    Returns:
        The content of the file, canonical JSON.

    Raises:
        InputError: The passphrase is too short or too long.
    """
    require_passphrase(passphrase)
    salt = entropy(SALT_BYTES)
    wrapped = wrap(
        derive_key(passphrase, salt),
        key.secret,
        nonce=entropy(NONCE_BYTES),
        purpose=_purpose(party, use, key.public),
    )
    return canonical_bytes(
        {
            "format": _FORMAT,
            "party": party,
            "use": use,
            "public": b64(key.public),
            "salt": b64(salt),
            "wrapped": b64(wrapped),
        }
    )


def read_key_file(data: bytes) -> KeyFile:
    """Read what a key file says in clear; that it is true, only unlocking shows.

    Raises:
        TamperError: It is no key file, or was changed.
    """
    return _read(data)[0]


def unlock_key(data: bytes, passphrase: str) -> SigningKey:
    """Unlock a key.

    Args:
        data: What `lock_key` wrote.
        passphrase: As typed.

    Returns:
        The key.

    Raises:
        AccessError: The passphrase is another one.
        TamperError: The file was changed.
    """
    file, salt, wrapped = _read(data)
    purpose = _purpose(file.party, file.use, file.public)
    key = SigningKey(unwrap(derive_key(passphrase, salt), wrapped, purpose=purpose))
    if key.public != file.public:
        raise _changed()
    return key


def _read(data: bytes) -> tuple[KeyFile, bytes, bytes]:
    plain = read_canonical(data, what="key file")
    if not isinstance(plain, dict) or plain.keys() != _FIELDS or plain["format"] != _FORMAT:
        raise _changed()
    if not all(isinstance(plain[name], str) for name in _FIELDS - {"format"}):
        raise _changed()
    try:
        party = parse_party(plain["party"])
    except InputError as error:
        raise _changed() from error
    public, salt = unb64(plain["public"], what="key file"), unb64(plain["salt"], what="key file")
    sizes = (len(public), len(salt)) == (KEY_BYTES, SALT_BYTES)
    if not sizes or not _USE.fullmatch(plain["use"]):
        raise _changed()
    file = KeyFile(party=party, use=plain["use"], public=public)
    return file, salt, unb64(plain["wrapped"], what="key file")


def _purpose(party: str, use: str, public: bytes) -> str:
    return f"{party}/key-file/{use}/{b64(public)}"


def _changed() -> TamperError:
    return TamperError(
        "keys.file",
        "Expected a key file as it was written, found another form.",
        hint="Take another copy of it; do not use this one.",
    )
