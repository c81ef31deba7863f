"""A witness: it cosigns a log's checkpoint if nothing that it cosigned before was changed.

Rules of this file, for a checkpoint that is shown to a witness, in this order:
1. It is a checkpoint that the log signed, and of the log that the witness follows.
2. It is not smaller than the last one cosigned. The log did not shrink; what it cosigned is
   not taken back.
3. Of the same size it has the same root, and no proof is asked for.
4. If it is larger, a proof shows that the last one cosigned is its beginning. From size 0
   there is nothing to prove: the proof is empty, and `merkle.verify_consistency`, which
   accepts no proof from nothing, is not asked.
5. The new size and root are stored before the cosignature is made. If storing fails, none
   is made; if the process dies in between, the same checkpoint may be shown again.

What a witness cosigns it never cosigns otherwise: one that was restored from an older
backup must be shown the latest cosigned checkpoint first, or have a new key.

Source: C2SP tlog-witness, C2SP tlog-cosignature.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from homeward.foundation.errors import TamperError
from homeward.foundation.merkle import tree_root, verify_consistency
from homeward.ledger.checkpoint import open_checkpoint
from homeward.ledger.cosignature import WitnessSigner, cosign_text
from homeward.ledger.note import NoteVerifier


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessState:
    """What a witness last cosigned of one log: its size, and the 32-byte root."""

    origin: str
    size: int
    root: bytes


def begin_witness(origin: str) -> WitnessState:
    """Return the state of a witness that has cosigned nothing of a log yet."""
    return WitnessState(origin=origin, size=0, root=tree_root([]))


def observe(
    state: WitnessState,
    note: str,
    proof: Sequence[bytes],
    *,
    verifier: NoteVerifier,
    signer: WitnessSigner,
    time: int,
    persist: Callable[[WitnessState], None],
) -> str:
    """Check a checkpoint against what was cosigned before, store it, and cosign it.

    Args:
        state: What this witness last cosigned of the log, as it is stored.
        note: The checkpoint, signed by the log alone.
        proof: That the last one cosigned is its beginning; empty from size 0 or of the same
            size.
        verifier: The log's key.
        signer: The witness's key.
        time: Seconds since 1970 that the cosignature states.
        persist: Stores the new state, durably; called before anything is signed.

    Returns:
        The signature line for under the note, without a newline.

    Raises:
        TamperError: The checkpoint is another log's, smaller, or of another history.
    """
    checkpoint = open_checkpoint(note, verifier, state.origin)  # rule 1
    if checkpoint.size < state.size:  # rule 2
        raise _refused(state, f"at least {state.size} entries", f"{checkpoint.size}")
    if checkpoint.size == state.size:  # rule 3
        if proof or checkpoint.root != state.root:
            raise _refused(state, f"the root cosigned at size {state.size}", "another")
    elif state.size:  # rule 4
        verify_consistency(state.size, checkpoint.size, state.root, checkpoint.root, proof)
    elif proof:
        raise _refused(state, "no proof from size 0", f"{len(proof)} hashes")
    new = WitnessState(origin=state.origin, size=checkpoint.size, root=checkpoint.root)
    if new != state:
        persist(new)  # rule 5
    return cosign_text(checkpoint.to_text(), signer, time)


def _refused(state: WitnessState, expected: str, found: str) -> TamperError:
    return TamperError(
        "ledger.witness",
        f"Expected {expected} in a checkpoint of {state.origin}, found {found}.",
        hint="Do not cosign it. Keep both checkpoints: together they may convict the log.",
        facts={"size": state.size},
    )
