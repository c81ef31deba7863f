"""Keys, signatures and seals: the one door to cryptography.

Rules of this file:
- Signatures are Ed25519 (RFC 8032) over exact bytes; checking raises, it never
  returns a boolean.
- Secret keys rest only under a key derived from a passphrase: argon2id (RFC 9106),
  then AES-256-GCM.
- What only one party may read is sealed to that party's age key.
- Two ends that know each other's age keys have a secret in common, for what both may have
  written and nobody can prove: X25519 (RFC 7748), then HKDF (RFC 5869).
- Randomness comes in as an argument, so that a test or a demo can repeat itself.
  Sealing is the exception: age draws its own file key.

Python cannot wipe memory: a key stays in the process until it ends.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

import pyrage
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from homeward.foundation.bech32 import read_bech32
from homeward.foundation.errors import AccessError, InputError, TamperError

KEY_BYTES = 32
NONCE_BYTES = 12
SALT_BYTES = 16
# RFC 9106, second recommended option: 64 MiB, three passes, four lanes.
_ARGON2_MEMORY_KIB, _ARGON2_PASSES, _ARGON2_LANES = 64 * 1024, 3, 4


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key that signs. `secret` is the 32-byte seed."""

    secret: bytes

    @property
    def public(self) -> bytes:
        """The 32-byte public key."""
        return _public_of(self.secret)

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of exactly these bytes."""
        return _private_key(self.secret).sign(message)


@lru_cache(maxsize=64)  # one node has a few keys, and signs often with each
def _private_key(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret)


@lru_cache(maxsize=64)
def _public_of(secret: bytes) -> bytes:
    key = _private_key(secret).public_key()
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def verify_signature(public: bytes, message: bytes, signature: bytes, *, what: str) -> None:
    """Check a signature.

    Args:
        public: 32-byte Ed25519 public key.
        message: The exact bytes that were signed.
        signature: 64 bytes.
        what: What was signed, for the message (`"checkpoint"`, `"entry 12"`).

    Raises:
        TamperError: The signature does not hold.
    """
    try:
        _public_key(public).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise TamperError(
            "crypto.signature",
            f"Expected a valid signature on the {what}, found one that does not hold.",
            hint="Fetch it again from its author; do not use this copy.",
        ) from error


@lru_cache(maxsize=256)  # few keys sign many entries
def _public_key(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)


def derive_key(passphrase: str, salt: bytes) -> bytes:
    """Derive a 32-byte key from a passphrase.

    Args:
        passphrase: As typed; encoded as UTF-8.
        salt: 16 bytes, kept beside what the key protects.

    Returns:
        32 bytes.

    Source:
        RFC 9106 (argon2id, 64 MiB, 3 passes, 4 lanes).
    """
    kdf = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=_ARGON2_PASSES,
        lanes=_ARGON2_LANES,
        memory_cost=_ARGON2_MEMORY_KIB,
    )
    return kdf.derive(passphrase.encode("utf-8"))


def wrap(key: bytes, secret: bytes, *, nonce: bytes, purpose: str) -> bytes:
    """Encrypt a secret under a key.

    Args:
        key: 32 bytes.
        secret: What to protect.
        nonce: 12 bytes, never used twice with one key.
        purpose: Bound to the ciphertext; the same word opens it.

    Returns:
        The nonce followed by AES-256-GCM ciphertext and tag.
    """
    return nonce + AESGCM(key).encrypt(nonce, secret, purpose.encode())


def unwrap(key: bytes, wrapped: bytes, *, purpose: str) -> bytes:
    """Decrypt what `wrap` made.

    Raises:
        AccessError: The key is wrong (or the file was changed: they look alike).
    """
    try:
        return AESGCM(key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], purpose.encode())
    except (InvalidTag, ValueError) as error:
        raise AccessError(
            "crypto.passphrase",
            "Expected the passphrase of this node, found another one.",
            hint="Type it again; without it the node cannot be opened by anybody.",
        ) from error


def derive_bytes(secret: bytes, label: str, length: int = KEY_BYTES) -> bytes:
    """Derive bytes for one purpose from a secret (HMAC-SHA-256, at most 32 bytes)."""
    return hmac.new(secret, label.encode("utf-8"), hashlib.sha256).digest()[:length]


@dataclass(frozen=True, slots=True)
class SealingKey:
    """An age key that opens what was sealed to `public`."""

    secret: str

    @property
    def public(self) -> str:
        """The age recipient, `age1…`."""
        return str(pyrage.x25519.Identity.from_str(self.secret).to_public())

    def open(self, sealed: bytes, *, what: str) -> bytes:
        """Open a sealed blob.

        Raises:
            TamperError: It was changed, or sealed to somebody else.
        """
        try:
            identity = pyrage.x25519.Identity.from_str(self.secret)
            return bytes(pyrage.decrypt(sealed, [identity]))
        except pyrage.DecryptError as error:
            raise TamperError(
                "crypto.seal",
                f"Expected the {what} sealed to this party, found one it cannot open.",
                hint="Ask the sender to seal it again to this party's key.",
            ) from error


def shared_key(own: SealingKey, other: str, *, label: bytes) -> bytes:
    """Derive the key that two ends have in common, each from its own secret.

    Args:
        own: The age key of one end.
        other: The age recipient of the other end, `age1…`.
        label: What the key is for, the same at both ends.

    Returns:
        32 bytes: the same for both ends, and for nobody else.

    Raises:
        InputError: The recipient is not an age key.

    Source:
        RFC 7748 (X25519), RFC 5869 (HKDF with SHA-256, no salt).
    """
    secret = read_bech32(own.secret, prefix="age-secret-key-")
    public = read_bech32(other, prefix="age")
    try:
        agreed = X25519PrivateKey.from_private_bytes(secret).exchange(
            X25519PublicKey.from_public_bytes(public)
        )
    except ValueError as error:  # of another length, or a point that gives everybody one key
        raise InputError(
            "crypto.recipient",
            "Expected an age key (age1…) of the recipient, found another text.",
            hint="Import the recipient's card again.",
        ) from error
    kdf = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=label)
    return kdf.derive(agreed)


def authenticate(key: bytes, message: bytes) -> bytes:
    """Return 32 bytes that only holders of the key can make (HMAC-SHA-256, RFC 2104)."""
    return hmac.digest(key, message, "sha256")


def is_authentic(key: bytes, message: bytes, mark: bytes) -> bool:
    """Tell, in constant time, whether `authenticate` made a mark."""
    return hmac.compare_digest(authenticate(key, message), mark)


def new_sealing_key() -> SealingKey:
    """Make an age key (its randomness is age's own)."""
    return SealingKey(str(pyrage.x25519.Identity.generate()))


def seal(data: bytes, recipient: str) -> bytes:
    """Encrypt data so that only the recipient can read it.

    Args:
        data: The plain bytes.
        recipient: An age recipient, `age1…`.

    Returns:
        An age file.

    Raises:
        InputError: The recipient is not an age key.

    Source:
        https://age-encryption.org/v1
    """
    try:
        return bytes(pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(recipient)]))
    except pyrage.RecipientError as error:
        raise InputError(
            "crypto.recipient",
            "Expected an age key (age1…) of the recipient, found another text.",
            hint="Import the recipient's card again.",
        ) from error


def b64(data: bytes) -> str:
    """Return standard base64 text."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def unb64(text: str | bytes, *, what: str) -> bytes:
    """Read standard base64 text strictly.

    Raises:
        TamperError: The text is not base64 in its one standard form.
    """
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise TamperError(
            "crypto.base64",
            f"Expected base64 in the {what}, found another text.",
            hint="Fetch it again from its author; do not use this copy.",
        ) from error
    given = text.encode("ascii") if isinstance(text, str) else text
    if binascii.b2a_base64(data, newline=False) != given:
        raise TamperError(
            "crypto.base64",
            f"Expected base64 in its one form in the {what}, found a variant.",
            hint="Fetch it again from its author; do not use this copy.",
        )
    return data
