"""Who has cosigned how far, what counts by now, and receipts to hand on.

Rules of this file:
- What is shown is what this node can prove: a cosignature it does not hold is not counted.
- A kind of entry counts up to the largest checkpoint that has the cosignatures it needs.
"""

from __future__ import annotations

from dataclasses import dataclass

from homeward.foundation.errors import AccessError, TamperError
from homeward.handover.replay import Replay
from homeward.ledger.cosignature import Cosigned
from homeward.ledger.envelope import Envelope
from homeward.ledger.evidence import Verdict, judge
from homeward.ledger.policy import write_policy
from homeward.negotiation.quorums import QUORUMS, ROUTINE
from homeward.node import book, convicting, cosigned, receipts, witnessing
from homeward.node.home import Node

_FILES_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Entries of some kinds count up to `size`: `need` of the witnesses cosigned it.

    `kinds` are the kinds of entry that `quorum` is for; empty means all others.
    """

    quorum: str
    kinds: tuple[str, ...]
    need: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessView:
    """The ledger as its witnesses have cosigned it, as far as this node knows.

    `receipts_kept` and `receipts_waiting` count the receipts of our own entries, and
    `evidence_files` the files that convict somebody.
    """

    origin: str
    size: int
    root: str
    standings: tuple[witnessing.Standing, ...]
    counted: tuple[Counted, ...]
    receipts_kept: int
    receipts_waiting: int
    evidence_files: tuple[str, ...]


def witness_view(node: Node) -> WitnessView:
    """Say who has cosigned how far, and what counts by now.

    Args:
        node: The open node.

    Returns:
        The view; every size is 0 before anybody has cosigned.

    Raises:
        AccessError: No mediator's card was imported.
        TamperError: The ledger of this node does not hold.
    """
    state = book.read_book(node)
    found = cosigned.checkpoints(book.log_of(node), state)
    kept = receipts.kept(node)
    folder = node.home / convicting.FOLDER
    files = sorted(path.name for path in folder.glob("*.json")) if folder.is_dir() else []
    return WitnessView(
        origin=state.chain.log,
        size=state.chain.tree.size,
        root=state.chain.tree.root().hex(),
        standings=tuple(witnessing.standings(state)) if found else (),
        counted=tuple(_counted(node, state, found, quorum) for quorum in _quorums())
        if found
        else (),
        receipts_kept=sum(not each.is_waiting for each in kept),
        receipts_waiting=sum(each.is_waiting for each in kept),
        evidence_files=tuple(f"{convicting.FOLDER}/{name}" for name in files),
    )


def receipt_of(node: Node, number: int, *, with_entry: bool) -> tuple[str, bool]:
    """Return the receipt of an entry, under the best checkpoint that this node has.

    Args:
        node: The open node.
        number: Place in the log, from 0.
        with_entry: Carry the entry inside; without it the receipt fits a QR code.

    Returns:
        The receipt, and whether it has the cosignatures that its kind of entry needs.

    Raises:
        AccessError: The log has no such entry.

    Source:
        C2SP tlog-proof.
    """
    state = book.read_book(node)
    if not 0 <= number < state.chain.tree.size:
        raise AccessError(
            "ledger.entry",
            "Expected an entry of the ledger, found none of that number.",
            hint="See the ledger for the numbers it has.",
        )
    return receipts.receipt_text(node, state, number, with_entry=with_entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """A file of evidence of this node; `verdict` is None where the file proves nothing."""

    name: str
    verdict: Verdict | None


def evidence_files(node: Node) -> tuple[EvidenceFile, ...]:
    """Return the evidence that this node holds, each file judged; at most 50.

    Args:
        node: The open node.
    """
    folder = node.home / convicting.FOLDER
    paths = sorted(folder.glob("*.json"))[:_FILES_MAX] if folder.is_dir() else []
    found = []
    for path in paths:
        try:
            verdict: Verdict | None = judge(path.read_bytes())
        except TamperError:
            verdict = None  # somebody changed it here: it is shown, and accuses nobody
        found.append(EvidenceFile(name=path.name, verdict=verdict))
    return tuple(found)


def evidence_bytes(node: Node, name: str) -> bytes:
    """Return one file of evidence, to be handed on.

    Raises:
        AccessError: There is none of that name.
    """
    if name not in {each.name for each in evidence_files(node)}:
        raise _no_file()
    return (node.home / convicting.FOLDER / name).read_bytes()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReceipt:
    """A receipt on this node's disk: of which entry, and whether it waits for witnesses."""

    number: int
    is_waiting: bool
    envelope: Envelope


def own_receipts(node: Node) -> tuple[OwnReceipt, ...]:
    """Return the receipts of our own entries on the disk, the latest first."""
    envelopes = book.read_book(node).envelopes
    return tuple(
        OwnReceipt(number=each.index, is_waiting=each.is_waiting, envelope=envelopes[each.index])
        for each in reversed(receipts.kept(node))
        if each.index < len(envelopes)
    )


def own_receipt_bytes(node: Node, number: int) -> bytes:
    """Return a receipt as it lies on the disk, its entry inside.

    Raises:
        AccessError: There is none for that entry.
    """
    found = next((each for each in receipts.kept(node) if each.index == number), None)
    if found is None:
        raise _no_file()
    return found.path.read_bytes()


def _no_file() -> AccessError:
    return AccessError(
        "ledger.entry",
        "Expected an entry of the ledger, found none of that number.",
        hint="See the ledger for the numbers it has.",
    )


def policy_text(node: Node, kind: str) -> str:
    """Return the policy under which an entry of a kind counts, as others check it.

    Source:
        C2SP tlog-policy.
    """
    return write_policy(witnessing.policy_of(node, book.read_book(node), kind))


def _quorums() -> tuple[str, ...]:
    return tuple(dict.fromkeys((*QUORUMS.values(), ROUTINE)))


def _counted(node: Node, state: Replay, found: list[Cosigned], quorum: str) -> Counted:
    kinds = tuple(sorted(kind for kind, each in QUORUMS.items() if each == quorum))
    policy = witnessing.policy_of(node, state, "", {"": quorum})
    enough = cosigned.settled(found, policy)
    return Counted(
        quorum=quorum,
        kinds=kinds if quorum != ROUTINE else (),
        need=sum(group.need for group in policy.groups.values()),
        size=enough.checkpoint.size if enough else 0,
    )
