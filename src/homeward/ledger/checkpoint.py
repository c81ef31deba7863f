"""Checkpoints: the log's signed word for its size and root.

Rules of this file:
- A checkpoint is three lines: origin, size, root. Extension lines are refused, because
  nobody here could say what they promise.
- Every line has one form: canonical decimal, canonical base64.
- A checkpoint of another log is refused, whoever signed it.

Source: C2SP tlog-checkpoint.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from homeward.foundation.crypto import b64, unb64
from homeward.foundation.errors import InputError, TamperError
from homeward.foundation.merkle import HASH_BYTES
from homeward.ledger.note import NoteSigner, NoteVerifier, open_note, sign_note

_ORIGIN_MAX_CHARS = 200
_SIZE = re.compile(r"0|[1-9][0-9]{0,14}")
_LINES = 4  # origin, size, root, and nothing after the last newline


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """How far a log has come: `size` entries, whose tree has the 32-byte `root`."""

    origin: str
    size: int
    root: bytes

    def to_text(self) -> str:
        """Return the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64(self.root)}\n"


def is_origin(text: object) -> bool:
    """Return whether a text can name a log: 1 to 200 printable characters."""
    return isinstance(text, str) and 0 < len(text) <= _ORIGIN_MAX_CHARS and text.isprintable()


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint.

    Args:
        text: Three lines, each ended by a newline, without signatures.

    Returns:
        The checkpoint; its text is exactly `text` again.

    Raises:
        TamperError: The text has another form.
    """
    lines = text.split("\n")
    if len(lines) != _LINES or lines[3] or not is_origin(lines[0]) or not _SIZE.fullmatch(lines[1]):
        raise _another("origin, size and root on three lines")
    root = unb64(lines[2], what="root of the checkpoint")
    if len(root) != HASH_BYTES:
        raise _another(f"a root of {HASH_BYTES} bytes")
    return Checkpoint(origin=lines[0], size=int(lines[1]), root=root)


def sign_checkpoint(checkpoint: Checkpoint, signer: NoteSigner) -> str:
    """Sign a checkpoint.

    Args:
        checkpoint: What the log stands for from now on. The caller never signs two that
            no history can join.
        signer: The log's key.

    Returns:
        A signed note.

    Raises:
        InputError: The checkpoint could not be read back.
    """
    text = checkpoint.to_text()
    try:
        parse_checkpoint(text)
    except TamperError as error:
        raise InputError(
            "ledger.checkpoint", error.message, hint="Name the log on one line."
        ) from error
    return sign_note(text, signer)


def open_checkpoint(note: str, verifier: NoteVerifier, origin: str) -> Checkpoint:
    """Check a signed checkpoint and read it.

    Args:
        note: The signed note.
        verifier: The log's key.
        origin: The log whose checkpoint it must be.

    Returns:
        The checkpoint.

    Raises:
        TamperError: The signature does not hold, the text has another form, or it
            speaks of another log.
    """
    checkpoint = parse_checkpoint(open_note(note, verifier))
    if checkpoint.origin != origin:
        raise _another(f"the origin {origin}")
    return checkpoint


def _another(expected: str) -> TamperError:
    return TamperError(
        "ledger.checkpoint",
        f"Expected a checkpoint with {expected}, found another.",
        hint="Fetch it again from the log; keep this copy as evidence.",
    )
