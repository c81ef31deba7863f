"""The proof that one entry stands in the log, as a text that needs nobody's server.

Rules of this file:
- A proof is the entry's place, its audit path and the log's own signed checkpoint.
- Nothing is left to the reader: whoever has the entry and the log's key can check it.

Source: C2SP tlog-proof v1.
"""

from __future__ import annotations

from homeward.foundation.crypto import b64
from homeward.ledger.checkpoint import open_checkpoint
from homeward.ledger.log import Log
from homeward.ledger.note import NoteVerifier

PROOF_HEADER = "c2sp.org/tlog-proof@v1"


def write_proof(log: Log, index: int, checkpoint_note: str, verifier: NoteVerifier) -> str:
    """Write the proof that an entry is in the log.

    Args:
        log: The log; it may have grown since the checkpoint.
        index: The entry, from 0.
        checkpoint_note: The signed checkpoint to which the proof leads.
        verifier: The log's key.

    Returns:
        The proof: header, index, one hash a line, and the checkpoint as it was signed.

    Raises:
        InputError: The checkpoint does not reach to this entry.
        TamperError: The checkpoint is not this log's.
    """
    checkpoint = open_checkpoint(checkpoint_note, verifier, log.origin)
    path = log.inclusion(index, checkpoint.size)
    lines = [PROOF_HEADER, f"index {index}", *map(b64, path)]
    return "\n".join(lines) + f"\n\n{checkpoint_note}"
