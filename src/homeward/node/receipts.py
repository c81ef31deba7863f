"""Receipts of this node's own entries, on its own disk.

Rules of this file:
- Each entry of ours that stands in the mediator's log gets a receipt in `receipts/`, with
  the entry inside: it proves the entry to anybody, without this node and without the log.
- A receipt under too few cosignatures is marked as waiting, and replaced once there are
  enough. One that counts is never replaced.
- A receipt is outside the database: whoever rolls that back does not roll back the proof.
  A log that has another entry in its place is refused, and the receipt convicts it.
- A mediator needs none for its own log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from homeward.foundation.errors import TamperError
from homeward.handover.replay import Replay
from homeward.ledger.cosignature import Cosigned
from homeward.ledger.proof import is_dropped, read_receipt, write_receipt
from homeward.ledger.tree import HashTree
from homeward.node import book, cosigned, witnessing
from homeward.node.home import Node, write_private

FOLDER = "receipts"
_NAME = re.compile(r"([0-9]{6,15})(\.waiting)?\.tlog-proof")


@dataclass(frozen=True, slots=True)
class Kept:
    """A receipt on the disk: its entry's place, and whether it waits for cosignatures."""

    index: int
    is_waiting: bool
    path: Path


def kept(node: Node) -> list[Kept]:
    """Return the receipts on this node's disk, in order of place."""
    folder = node.home / FOLDER
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return [
        Kept(int(found[1]), found[2] is not None, folder / name)
        for name in names
        if (found := _NAME.fullmatch(name))
    ]


def keep(node: Node, state: Replay) -> None:
    """Write the receipts that are missing, and those that have enough cosignatures now.

    Args:
        node: The open node.
        state: The verified log.

    Raises:
        EngineError: The disk failed; what is missing is written the next time.
    """
    if book.sequences(node):
        return
    have = {each.index: each for each in kept(node)}
    own = [
        (index, each.type)
        for index, each in enumerate(state.envelopes)
        if each.author == node.party and (index not in have or have[index].is_waiting)
    ]
    if not own:
        return
    found = cosigned.checkpoints(book.log_of(node), state)
    (node.home / FOLDER).mkdir(mode=0o700, exist_ok=True)
    policies = {kind: witnessing.policy_of(node, state, kind) for _, kind in own}
    for index, kind in own:
        enough = cosigned.settled(found, policies[kind], index)
        if enough or index not in have:
            _write(node, state, index, enough or found[0], is_waiting=enough is None)


def receipt_text(node: Node, state: Replay, index: int, *, with_entry: bool) -> tuple[str, bool]:
    """Write the receipt of any entry of the log, under the best checkpoint there is.

    Args:
        node: The open node.
        state: The verified log.
        index: The entry; the log has it.
        with_entry: Carry the entry inside.

    Returns:
        The receipt, and whether it has the cosignatures that its kind of entry needs.
    """
    envelope = state.envelopes[index]
    found = cosigned.checkpoints(book.log_of(node), state)
    enough = cosigned.settled(found, witnessing.policy_of(node, state, envelope.type), index)
    entry = envelope.entry if with_entry else None
    text = write_receipt(state.chain.tree, index, enough or found[0], entry=entry)
    return text, enough is not None


def verify_kept(node: Node, tree: HashTree, known: int) -> None:
    """Check that a log has every entry for which we hold a receipt.

    Args:
        node: The open node.
        tree: Of the log, under its new checkpoint.
        known: Entries that were compared already.

    Raises:
        TamperError: Another entry stands in the place of one of ours.
    """
    for index, _ in broken(node, tree, known):
        raise TamperError(
            "receipts.dropped",
            f"Expected our entry at place {index}, for which the log gave a receipt, found another.",
            hint="The mediator changed its log. Stop, and compare checkpoints with the other party.",
            facts={"entry": index},
        )


def broken(node: Node, tree: HashTree, known: int = 0) -> Iterator[tuple[int, str]]:
    """Yield place and text of each receipt in whose place a tree has another entry."""
    for each in kept(node):
        if known <= each.index < tree.size:
            text = each.path.read_text("utf-8")
            if is_dropped(read_receipt(text), tree):
                yield each.index, text


def _write(node: Node, state: Replay, index: int, under: Cosigned, *, is_waiting: bool) -> None:
    entry = state.envelopes[index].entry
    text = write_receipt(state.chain.tree, index, under, entry=entry)
    folder, name = node.home / FOLDER, f"{index:06}"
    waiting = folder / f"{name}.waiting.tlog-proof"
    write_private(waiting if is_waiting else folder / f"{name}.tlog-proof", text.encode())
    if not is_waiting:
        waiting.unlink(missing_ok=True)
