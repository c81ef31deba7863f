"""Receipts: the proof that one entry stands in the log, as a text that needs nobody's server.

Rules of this file:
- A receipt is the entry's place, its audit path, and the log's own signed checkpoint with
  the cosignatures under it. It may carry the entry itself, in its `extra` line.
- Nothing is left to the reader: whoever has the entry, the log's key and a policy can check
  it, alone and at any later time.
- It has one form: canonical decimal and base64, no line that says nothing.

Source: C2SP tlog-proof v1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from homeward.foundation.crypto import b64, unb64
from homeward.foundation.errors import TamperError
from homeward.foundation.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from homeward.ledger.cosignature import MAX_COSIGNED_CHARS, Cosigned, open_cosigned
from homeward.ledger.envelope import MAX_ENTRY_BYTES
from homeward.ledger.note import NoteVerifier
from homeward.ledger.policy import Policy, verify_quorum
from homeward.ledger.tree import HashTree

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
MAX_RECEIPT_CHARS = MAX_COSIGNED_CHARS + 2 * MAX_ENTRY_BYTES
_PATH_MAX = 63
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,14})")
_EXTRA = "extra "


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A receipt as read; whether it holds is for `verify_receipt`.

    `index` is the entry's place from 0, `path` the audit path, `note` the cosigned
    checkpoint, `entry` the entry's bytes if the receipt carries them.
    """

    index: int
    path: tuple[bytes, ...]
    note: str
    entry: bytes | None = None


def write_receipt(
    tree: HashTree, index: int, cosigned: Cosigned, *, entry: bytes | None = None
) -> str:
    """Write the receipt of an entry.

    Args:
        tree: The log's tree; it may have grown since the checkpoint.
        index: The entry, from 0.
        cosigned: The checkpoint to which the proof leads, with its cosignatures.
        entry: The entry's bytes, to be carried inside; without them the receipt fits a QR
            code.

    Returns:
        The text of the receipt.

    Raises:
        InputError: The checkpoint does not reach to this entry.
        TamperError: The checkpoint is not of this tree, or the entry not this entry.
    """
    checkpoint = cosigned.checkpoint
    path = tree.inclusion_proof(index, checkpoint.size)
    leaf = tree.nodes(0, index, index + 1)[0]
    if entry is not None and leaf_hash(entry) != leaf:
        raise _another("the entry that stands at this place")
    verify_inclusion(leaf, index, checkpoint.size, path, checkpoint.root)
    lines = [PROOF_HEADER]
    if entry is not None:
        lines.append(f"{_EXTRA}{b64(entry)}")
    lines += [f"index {index}", *map(b64, path)]
    return "\n".join(lines) + f"\n\n{cosigned.text}"


def read_receipt(text: str) -> Receipt:
    """Read a receipt without checking what it says.

    Args:
        text: As `write_receipt` writes it.

    Returns:
        Its parts.

    Raises:
        TamperError: The text has another form.
    """
    head, gap, note = text.partition("\n\n")
    lines = head.split("\n")
    if len(text) > MAX_RECEIPT_CHARS or not gap or lines[0] != PROOF_HEADER:
        raise _another("its header, its place, its path and a checkpoint")
    rest, entry = lines[1:], None
    if rest and rest[0].startswith(_EXTRA):
        entry = unb64(rest[0].removeprefix(_EXTRA), what="receipt")
        rest = rest[1:]
    match = _INDEX.fullmatch(rest[0]) if rest else None
    path = tuple(unb64(line, what="receipt") for line in rest[1:])
    if match is None or len(path) > _PATH_MAX or any(len(each) != HASH_BYTES for each in path):
        raise _another("the entry's place and a path of hashes")
    return Receipt(index=int(match.group(1)), path=path, note=note, entry=entry)


def verify_receipt(
    entry: bytes, receipt: Receipt, verifier: NoteVerifier, policy: Policy | None = None
) -> Cosigned:
    """Check that an entry stands in a log, and that enough witnesses saw it there.

    Args:
        entry: The entry's exact bytes.
        receipt: As read.
        verifier: The log's key.
        policy: Whose cosignatures are needed; None asks for none and knows no witness.

    Returns:
        The checkpoint under which the entry stands, and who cosigned it.

    Raises:
        TamperError: A signature does not hold, the path does not lead to the signed root,
            the receipt is of another entry, or too few witnesses cosigned.
    """
    policy = policy or Policy()
    # Step 1: the receipt is of this entry.
    if receipt.entry is not None and receipt.entry != entry:
        raise _another("the entry that it carries")
    # Step 2: signatures of the log and of the witnesses that the policy knows.
    cosigned = open_cosigned(receipt.note, verifier, verifier.name, policy.witnesses.values())
    # Step 3: enough of them.
    verify_quorum(policy, cosigned)
    # Step 4: the path from the entry to the signed root.
    checkpoint = cosigned.checkpoint
    verify_inclusion(
        leaf_hash(entry), receipt.index, checkpoint.size, receipt.path, checkpoint.root
    )
    return cosigned


def is_dropped(receipt: Receipt, tree: HashTree) -> bool:
    """Tell whether a tree has another entry in the place of the one that a receipt carries."""
    if receipt.entry is None or receipt.index >= tree.size:
        return False
    return leaf_hash(receipt.entry) != tree.nodes(0, receipt.index, receipt.index + 1)[0]


def _another(expected: str) -> TamperError:
    return TamperError(
        "ledger.receipt",
        f"Expected a receipt with {expected}, found another.",
        hint="Ask for the receipt again; keep this copy as evidence.",
    )
