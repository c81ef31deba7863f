"""Cosignatures: other parties' signed word that they saw a log grow and never change.

Rules of this file:
- A cosigned checkpoint is the log's own signed note with further signature lines below the
  log's own, one for each witness, at most 65 lines in all.
- What a witness signs is `cosignature/v1`, the time, and the note's text: nothing else that
  a party signs begins like that, so its first key may sign both.
- The log's signature comes first and must hold. A line of a known witness must hold. A line
  of a stranger is passed over: nobody counts it.
- The time is the witness's statement, in whole seconds since 1970. It decides nothing.

Source: C2SP tlog-cosignature (Ed25519, type 0x04), C2SP signed-note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from homeward.foundation.crypto import KEY_BYTES, SigningKey, b64, unb64, verify_signature
from homeward.foundation.errors import InputError, TamperError
from homeward.ledger.checkpoint import Checkpoint, open_checkpoint
from homeward.ledger.note import (
    KEY_HASH_BYTES,
    MAX_NOTE_CHARS,
    NoteVerifier,
    is_key_name,
    key_hash,
    read_vkey,
    require_named_key,
    write_vkey,
)

MAX_SIGNATURES = 65  # the log's own, and one of each of 64 members
MAX_COSIGNED_CHARS = MAX_NOTE_CHARS + MAX_SIGNATURES * 400
_TYPE = b"\x04"
_TIME_BYTES = 8
_TIME_MAX = 2**63 - 1
_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True)
class WitnessVerifier:
    """A key that checks cosignatures: the witness's name, and 32 bytes of Ed25519 public key."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        require_named_key(self.name, self.public)

    @property
    def key_hash(self) -> bytes:
        """The 4 bytes that stand before a cosignature of this key."""
        return key_hash(self.name, _TYPE + self.public)

    @property
    def vkey(self) -> str:
        """The witness's key as text: `name+hash+base64`."""
        return write_vkey(self.name, _TYPE + self.public)


@dataclass(frozen=True, slots=True)
class WitnessSigner:
    """A key that cosigns under a witness's name."""

    name: str
    key: SigningKey

    @property
    def verifier(self) -> WitnessVerifier:
        """The key with which others check its cosignatures."""
        return WitnessVerifier(self.name, self.key.public)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """A checkpoint that the log signed, and which known witnesses cosigned.

    `note` holds the log's signature alone; `times` is vkey of a witness → the time it states,
    `lines` the same → its signature line without the newline.
    """

    checkpoint: Checkpoint
    note: str
    times: Mapping[str, int] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The whole note: the log's signature, and under it those of the known witnesses."""
        return join_note(self.note, self.lines.values())


def parse_witness_vkey(text: str) -> WitnessVerifier:
    """Read the verifier key of a witness.

    Args:
        text: `name+hash+base64` of type 0x04, without a newline.

    Returns:
        The key; its text is exactly `text` again.

    Raises:
        InputError: The text is not the key of an Ed25519 witness in its one form.
    """
    found = read_vkey(text)
    if found and found[1][:1] == _TYPE and len(found[1]) == 1 + KEY_BYTES:
        return WitnessVerifier(found[0], found[1][1:])
    raise InputError(
        "ledger.witness_vkey",
        "Expected an Ed25519 key of a witness (name+hash+base64), found another text.",
        hint="Copy the whole line again from the witness that it belongs to.",
    )


def cosign_text(text: str, signer: WitnessSigner, time: int) -> str:
    """Return a witness's signature line under the text of a checkpoint, without a newline.

    Whoever calls this has checked that the witness never cosigned another history, and has
    stored it: see `witness.observe`, which is the one caller.

    Args:
        text: The three lines of a checkpoint.
        signer: The witness.
        time: Seconds since 1970.

    Raises:
        InputError: The time is none.
    """
    if not 0 <= time <= _TIME_MAX:
        raise InputError(
            "ledger.cosign_time",
            "Expected whole seconds since 1970, found another number.",
            hint="Give the time as seconds since 1970-01-01T00:00:00Z.",
        )
    signature = signer.key.sign(_message(text, time))
    stamped = signer.verifier.key_hash + time.to_bytes(_TIME_BYTES, "big") + signature
    return f"— {signer.name} {b64(stamped)}"


def join_note(note: str, lines: Iterable[str]) -> str:
    """Return a log's signed note with signature lines of witnesses under it."""
    return note + "".join(f"{line}\n" for line in lines)


def open_cosigned(
    note: str,
    verifier: NoteVerifier,
    origin: str,
    witnesses: Iterable[WitnessVerifier] = (),
) -> Cosigned:
    """Check a checkpoint and the cosignatures under it.

    Args:
        note: The log's signed note; signature lines of witnesses may follow the log's own.
        verifier: The log's key.
        origin: The log whose checkpoint it must be.
        witnesses: The witnesses that the caller knows.

    Returns:
        The checkpoint, and which of the known witnesses cosigned it.

    Raises:
        TamperError: The log's signature, or that of a known witness, does not hold; or the
            note has another form.
    """
    # Step 1: the parts. Cut off the lines under the log's own signature.
    own, lines = _split(note)
    # Step 2: the log's own signature, and the form of its checkpoint.
    checkpoint = open_checkpoint(own, verifier, origin)
    # Step 3: each line of a known witness; each counts once.
    known = {(each.name, each.key_hash): each for each in witnesses}
    times, kept = {}, {}
    for line in lines:
        name, stamped = _read_line(line)
        witness = known.get((name, stamped[:KEY_HASH_BYTES]))
        if witness is None:
            continue
        if witness.vkey in times:
            raise _another("each witness once")
        times[witness.vkey] = verify_cosignature(checkpoint.to_text(), stamped, witness)
        kept[witness.vkey] = line
    return Cosigned(checkpoint=checkpoint, note=own, times=times, lines=kept)


def verify_cosignature(text: str, stamped: bytes, witness: WitnessVerifier) -> int:
    """Check one cosignature and return the time that it states.

    Args:
        text: The three lines of the checkpoint.
        stamped: Key hash, time and signature, as decoded from the line.
        witness: The key that must have signed.

    Raises:
        TamperError: The cosignature does not hold.
    """
    start, body = stamped[:KEY_HASH_BYTES], stamped[KEY_HASH_BYTES:]
    time = int.from_bytes(body[:_TIME_BYTES], "big")
    if start != witness.key_hash or len(body) < _TIME_BYTES or time > _TIME_MAX:
        raise _another("a cosignature of the known witness")
    signature = body[_TIME_BYTES:]
    verify_signature(witness.public, _message(text, time), signature, what="cosignature")
    return time


def _message(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _split(note: str) -> tuple[str, list[str]]:
    body, gap, tail = note.rpartition("\n\n")
    lines = tail.split("\n")
    fits = len(note) <= MAX_COSIGNED_CHARS and gap and lines[-1] == ""
    if not fits or not 1 <= len(lines) - 1 <= MAX_SIGNATURES:
        raise _another(f"one text and 1 to {MAX_SIGNATURES} signature lines")
    return f"{body}\n\n{lines[0]}\n", lines[1:-1]


def _read_line(line: str) -> tuple[str, bytes]:
    match = _LINE.fullmatch(line)
    if match is None or not is_key_name(match.group(1)):
        raise _another("signature lines of a name and a signature")
    return match.group(1), unb64(match.group(2), what="signature line")


def _another(expected: str) -> TamperError:
    return TamperError(
        "ledger.cosigned",
        f"Expected a cosigned checkpoint with {expected}, found another.",
        hint="Fetch it again from the log or the witness; keep this copy as evidence.",
    )
