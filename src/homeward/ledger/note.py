"""Signed notes: a short text and, under it, the signature of a named key.

Rules of this file:
- A note is its text, an empty line, and exactly one signature line: a second line would be
  bytes that nobody signed.
- A key is named; its id binds name and key, so that one key under two names is two keys.
- Text has no control character but the newline, and always ends with one.

Source: C2SP signed-note, signature type 0x01 (Ed25519).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from homeward.foundation.crypto import KEY_BYTES, SigningKey, b64, unb64, verify_signature
from homeward.foundation.errors import InputError, TamperError

MAX_TEXT_CHARS = 3072
MAX_NOTE_CHARS = 4096  # the text and its signature line
_ED25519 = b"\x01"
KEY_HASH_BYTES = 4
_NAME_MAX_CHARS = 200
_VKEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")
_UNFIT = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class NoteVerifier:
    """A key that checks notes: its name, and 32 bytes of Ed25519 public key."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        require_named_key(self.name, self.public)

    @property
    def key_hash(self) -> bytes:
        """The 4 bytes that stand before a signature of this key."""
        return key_hash(self.name, _ED25519 + self.public)

    @property
    def vkey(self) -> str:
        """The key as text: `name+hash+base64`."""
        return write_vkey(self.name, _ED25519 + self.public)


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """A key that signs notes under a name."""

    name: str
    key: SigningKey

    @property
    def verifier(self) -> NoteVerifier:
        """The key with which others check its notes."""
        return NoteVerifier(self.name, self.key.public)


def require_named_key(name: str, public: bytes) -> None:
    """Check the parts of a verifier key of a log or of a witness.

    Raises:
        InputError: The name has spaces or a plus sign, or the key is not of 32 bytes.
    """
    if not is_key_name(name) or len(public) != KEY_BYTES:
        raise InputError(
            "ledger.key_name",
            f"Expected a name without spaces or '+' and a key of {KEY_BYTES} bytes, found others.",
            hint="Name the key like its log or its witness, such as example.org/log.",
        )


def is_key_name(name: str) -> bool:
    """Return whether a text can name a key: printable, without space or plus sign."""
    fits = 0 < len(name) <= _NAME_MAX_CHARS and name.isprintable()
    return fits and "+" not in name and not any(char.isspace() for char in name)


def key_hash(name: str, material: bytes) -> bytes:
    """Return the 4 bytes that name a key: of its name, and its type byte and public part."""
    return hashlib.sha256(name.encode() + b"\n" + material).digest()[:KEY_HASH_BYTES]


def write_vkey(name: str, material: bytes) -> str:
    """Return a verifier key as text; `material` is its type byte and its public part."""
    return f"{name}+{key_hash(name, material).hex()}+{b64(material)}"


def read_vkey(text: str) -> tuple[str, bytes] | None:
    """Read a verifier key of any type.

    Args:
        text: `name+hash+base64`, without a newline.

    Returns:
        Its name, and its type byte and public part; None if the text is not the one form of
        a key.
    """
    match = _VKEY.fullmatch(text) if len(text) <= MAX_NOTE_CHARS else None
    try:
        material = unb64(match.group(3), what="verifier key") if match else b""
    except TamperError:
        material = b""
    if match and material and is_key_name(match.group(1)):
        name = match.group(1)
        if write_vkey(name, material) == text:
            return name, material
    return None


def parse_vkey(text: str) -> NoteVerifier:
    """Read a verifier key.

    Args:
        text: `name+hash+base64`, without a newline.

    Returns:
        The key; its text is exactly `text` again.

    Raises:
        InputError: The text is not an Ed25519 verifier key in its one form.
    """
    found = read_vkey(text)
    if found and found[1][:1] == _ED25519 and len(found[1]) == 1 + KEY_BYTES:
        return NoteVerifier(found[0], found[1][1:])
    raise InputError(
        "ledger.vkey",
        "Expected an Ed25519 verifier key (name+hash+base64), found another text.",
        hint="Copy the whole line again from the log that it belongs to.",
    )


def sign_note(text: str, signer: NoteSigner) -> str:
    """Sign a text.

    Args:
        text: Lines, each ended by a newline; at least one.
        signer: The key and its name.

    Returns:
        The note: text, empty line, signature line.

    Raises:
        InputError: The text has no newline at its end, holds control characters, or is
            too long.
    """
    if not text.endswith("\n") or _UNFIT.search(text) or len(text) > MAX_TEXT_CHARS:
        raise InputError(
            "ledger.note_text",
            f"Expected lines of text, at most {MAX_TEXT_CHARS} characters, found another form.",
            hint="End the text with a newline, and use no control characters.",
        )
    signature = signer.verifier.key_hash + signer.key.sign(text.encode())
    return f"{text}\n— {signer.name} {b64(signature)}\n"


def open_note(note: str, verifier: NoteVerifier) -> str:
    """Check a note and return its text.

    Args:
        note: The whole note.
        verifier: The key that must have signed it.

    Returns:
        The signed text, newline included.

    Raises:
        TamperError: A character of the note is not as the key's owner wrote it.
    """
    body, gap, line = note.rpartition("\n\n")
    text = body + "\n"
    head = f"— {verifier.name} "
    fits = len(note) <= MAX_NOTE_CHARS and not _UNFIT.search(note) and gap != ""
    if not fits or not line.startswith(head) or not line.endswith("\n"):
        raise _another("one text and one signature line of the known key")
    blob = unb64(line[len(head) : -1], what="signature line")
    if blob[:KEY_HASH_BYTES] != verifier.key_hash:
        raise _another("the key id of the known key")
    verify_signature(verifier.public, text.encode(), blob[KEY_HASH_BYTES:], what="checkpoint")
    return text


def _another(expected: str) -> TamperError:
    return TamperError(
        "ledger.note",
        f"Expected a signed note with {expected}, found another.",
        hint="Compare the log's verifier key with the one its operator handed out.",
    )
