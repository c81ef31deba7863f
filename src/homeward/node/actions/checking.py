"""Whatever somebody uploads to have it checked: a whole ledger, a receipt, or evidence.

Rules of this file:
- What it is, the file itself says; nobody has to choose.
- A receipt brings its entry along: no entry of this node's ledger is told to a stranger.
- A receipt is checked with a key that was typed in, else with that of the log that this node
  follows; then it is also said which witnesses of that log have cosigned.
- Evidence convicts by itself. Whose the key is, is told where the key was typed in or is that
  of the log that this node follows.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from homeward.foundation.errors import InputError, TamperError
from homeward.ledger.cosignature import open_cosigned
from homeward.ledger.envelope import Envelope, read_envelope
from homeward.ledger.evidence import FORMAT, Verdict, judge
from homeward.ledger.note import NoteVerifier, parse_vkey
from homeward.ledger.policy import has_quorum
from homeward.ledger.proof import PROOF_HEADER, read_receipt, verify_receipt
from homeward.node import book, witnessing
from homeward.node.actions.ledger import Verified, check_upload
from homeward.node.home import Node

GIVEN, NODE = "given", "node"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedReceipt:
    """A receipt that holds: entry `number` stands in the log `origin`.

    `key_from` is `given` (typed in) or `node` (the log that this node follows). `cosigned_by`
    and `is_enough` (as many witnesses as this kind of entry needs) are told in the second case
    alone.
    """

    origin: str
    number: int
    size: int
    root: str
    envelope: Envelope
    entry_sha256: str
    key_from: str
    cosigned_by: tuple[str, ...] = ()
    is_enough: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a file of evidence proves, and whether the key it convicts is one that is known.

    `key_from` is `given`, `node`, or empty where nobody here can say whose the key is.
    """

    verdict: Verdict
    key_from: str


Checked = Verified | CheckedReceipt | Judged


def check_file(
    data: bytes, *, vkey: str, node: Node | None, followed: NoteVerifier | None
) -> Checked:
    """Check a file that somebody uploaded, whichever of the three it is.

    Args:
        data: An exported ledger as a zip file, a receipt, or a file of evidence.
        vkey: The log's key as its mediator gave it; empty if there is none.
        node: The open node, if there is one.
        followed: The log that it follows, if any.

    Returns:
        What was found.

    Raises:
        InputError: It is none of these, or there is no key or no entry to check it with.
        TamperError: It was changed, or it proves nothing.
        PeerError: An entry is signed by its author, who was not allowed to write it.
    """
    if data.startswith(PROOF_HEADER.encode()):
        return _receipt(data, vkey.strip(), node, followed)
    if data.startswith(b"{") and FORMAT.encode() in data:
        return _evidence(data, vkey.strip(), followed)
    return check_upload(data, vkey=vkey, followed=followed)


def _receipt(
    data: bytes, vkey: str, node: Node | None, followed: NoteVerifier | None
) -> CheckedReceipt:
    try:
        receipt = read_receipt(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise TamperError(
            "ledger.receipt",
            "Expected a receipt in UTF-8, found another byte.",
            hint="Ask for the receipt again; keep this copy as evidence.",
        ) from error
    if receipt.entry is None:
        raise InputError(
            "verify.no_entry",
            "Expected a receipt that carries its entry, found one without.",
            hint="Upload the receipt with its entry, or check it with `homeward ledger verify`.",
        )
    key = parse_vkey(vkey) if vkey else followed
    if key is None:
        raise InputError(
            "verify.no_key",
            "Expected the key of the log to check a receipt with, found none.",
            hint="Type in the key as the mediator gave it.",
        )
    found = verify_receipt(receipt.entry, receipt, key)
    envelope = read_envelope(receipt.entry)
    is_followed = followed is not None and key.vkey == followed.vkey
    names: tuple[str, ...] = ()
    is_enough = False
    if node is not None and is_followed:
        names, is_enough = _witnesses(node, receipt.note, key, envelope.type)
    return CheckedReceipt(
        origin=found.checkpoint.origin,
        number=receipt.index,
        size=found.checkpoint.size,
        root=found.checkpoint.root.hex(),
        envelope=envelope,
        entry_sha256=hashlib.sha256(receipt.entry).hexdigest(),
        key_from=NODE if is_followed else GIVEN,
        cosigned_by=names,
        is_enough=is_enough,
    )


def _witnesses(node: Node, note: str, key: NoteVerifier, kind: str) -> tuple[tuple[str, ...], bool]:
    """Return which witnesses of the followed log cosigned a note, and if these are enough."""
    policy = witnessing.policy_of(node, book.read_book(node), kind)
    cosigned = open_cosigned(note, key, key.name, policy.witnesses.values())
    names = sorted(each.name for each in policy.witnesses.values() if each.vkey in cosigned.times)
    return tuple(names), has_quorum(policy, cosigned.times)


def _evidence(data: bytes, vkey: str, followed: NoteVerifier | None) -> Judged:
    if vkey:
        return Judged(verdict=judge(data, {parse_vkey(vkey).public}), key_from=GIVEN)
    verdict = judge(data)
    is_followed = followed is not None and set(verdict.keys) <= {followed.public}
    return Judged(verdict=verdict, key_from=NODE if is_followed else "")
