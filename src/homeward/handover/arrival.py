"""What a bundle that arrives adds to a log: decided here, stored elsewhere.

Rules of this file, for a bundle of the mediator:
1. Its entries begin at or before the end of our copy. What we have already is the same.
2. Each new entry fits, as `replay` says. No entry is kept that stands under no checkpoint.
3. Its checkpoint is over the history with the new entries, or it is an older one of ours that
   comes late.
4. Entries under our own name are ones that we signed.
For a bundle of a bureau, at the mediator:
5. Each entry that waits is its sender's own, and fits. One that stands in the log is passed over.
For both:
6. A cosigned checkpoint is of the history that we have now. A mediator that signed more
   entries than it has went back to an old backup, and stops.

Nothing here stores, and a refused bundle leaves everything as it was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from homeward.foundation.crypto import unb64
from homeward.foundation.errors import InputError, TamperError
from homeward.handover.cosigning import witnesses_of
from homeward.handover.replay import Apply, Replay, extend_replay
from homeward.ledger.bundle import broken
from homeward.ledger.checkpoint import open_checkpoint
from homeward.ledger.cosignature import MAX_COSIGNED_CHARS, Cosigned, open_cosigned
from homeward.ledger.envelope import Envelope, read_envelope
from homeward.ledger.note import NoteVerifier
from homeward.ledger.tree import HashTree

NOTES_MAX = 64


def take_entries(
    state: Replay, body: Mapping[str, Any], log: NoteVerifier, *, apply: Apply = map
) -> Replay:
    """Check the mediator's entries against our own copy (rules 1 to 3).

    Args:
        state: The log as we have it.
        body: The bundle; its signature holds.
        log: The log's key.
        apply: How parts of the signatures are checked.

    Returns:
        The log with the new entries; as it was, if they stand under no checkpoint.

    Raises:
        InputError: Entries are missing between ours and theirs.
        TamperError: It is another history, or an entry does not hold.
        PeerError: An entry does not fit.
    """
    own = state.envelopes
    first, count = body["first"], len(own)
    if first > count:  # rule 1
        raise InputError(
            "bundles.gap",
            f"Expected entries from {count} on, found them from {first} on.",
            hint="An earlier bundle is missing. Send ours to the mediator; its next one fills the gap.",
            facts={"expected": count, "first": first},
        )
    sent = [unb64(text, what="bundle") for text in body["entries"]]
    for index, (ours, theirs) in enumerate(zip(own[first:], sent, strict=False), start=first):
        if ours.entry != theirs:
            raise _fork(index)
    after = extend_replay(state, sent[count - first :], apply=apply)  # rule 2
    if body["checkpoint"] is None:
        return state
    _verify_checkpoint(body["checkpoint"], log, state, after)  # rule 3
    return after


def take_drafts(
    state: Replay, body: Mapping[str, Any], known: Collection[str], *, apply: Apply = map
) -> Replay:
    """Check the entries that a bureau asks its mediator to put into the log (rule 5).

    Args:
        state: The log as we have it.
        body: The bundle; its signature holds.
        known: SHA-256 of every entry in the log.
        apply: How parts of the signatures are checked.

    Returns:
        The log with the new entries.

    Raises:
        TamperError: One is not its sender's, or does not hold.
        PeerError: One does not fit.
    """
    fresh = []
    for text in body["drafts"]:
        entry = unb64(text, what="bundle")
        envelope = read_envelope(entry)
        if envelope.author != body["from"]:
            raise broken(f"entries by {body['from']}", f"one by {envelope.author}")
        if envelope.entry_sha256 not in known:
            fresh.append(entry)
    return extend_replay(state, fresh, apply=apply)


def verify_own(fresh: Iterable[Envelope], party: str, signed: Collection[str]) -> None:
    """Check that entries under our own name are ones that we signed (rule 4).

    Args:
        fresh: The new entries.
        party: We.
        signed: SHA-256 of every entry that this node signed.

    Raises:
        TamperError: There is one that this node does not know.
    """
    for envelope in fresh:
        if envelope.author == party and envelope.entry_sha256 not in signed:
            raise TamperError(
                "bundles.not_ours",
                f"Expected entries of {party} that this node signed, found number {envelope.seq}, "
                "which it does not know.",
                hint="This node was restored from an old backup, or somebody else has its keys.",
                facts={"seq": envelope.seq},
            )


def take_cosigned(
    notes: Sequence[object], state: Replay, log: NoteVerifier, *, is_sequencer: bool
) -> Iterator[Cosigned]:
    """Yield the cosigned checkpoints of a bundle, each once it was checked (rule 6).

    Args:
        notes: As they came.
        state: The log, with the entries of the same bundle.
        log: The log's key.
        is_sequencer: The reader is the log's own mediator.

    Raises:
        TamperError: A signature does not hold, or a checkpoint is of another history; at
            the mediator also if it signed more entries than it has.
    """
    witnesses = list(witnesses_of(state.members.values()).values())
    if len(notes) > NOTES_MAX:
        raise _another(f"at most {NOTES_MAX} cosigned checkpoints", "more")
    for note in notes:
        if not isinstance(note, str) or len(note) > MAX_COSIGNED_CHARS:
            raise _another("cosigned checkpoints as texts", "others")
        found = open_cosigned(note, log, log.name, witnesses)
        _verify_history(found, state.chain.tree, is_sequencer=is_sequencer)
        yield found


def _verify_checkpoint(note: str, log: NoteVerifier, before: Replay, after: Replay) -> None:
    checkpoint, tree = open_checkpoint(note, log, log.name), after.chain.tree
    if checkpoint.size < before.chain.tree.size == tree.size:
        if tree.root(checkpoint.size) != checkpoint.root:
            raise _fork(checkpoint.size)
        return  # an older bundle that comes late: nothing new, nothing wrong
    if (checkpoint.size, checkpoint.root) != (tree.size, tree.root()):
        raise _fork(checkpoint.size)


def _verify_history(found: Cosigned, tree: HashTree, *, is_sequencer: bool) -> None:
    size = found.checkpoint.size
    if size <= tree.size and tree.root(size) == found.checkpoint.root:
        return
    if size > tree.size and is_sequencer:
        raise TamperError(
            "witnessing.went_back",
            f"Expected a log of at least the {size} entries that this node signed, found {tree.size}.",
            hint="This node was restored from an old backup. Stop: write nothing before its log is "
            "whole again; the other parties have every entry.",
            facts={"size": size, "found": tree.size},
        )
    raise TamperError(
        "witnessing.fork",
        f"Expected a cosigned checkpoint of the history that this node has, found another of "
        f"{size} entries.",
        hint="The mediator showed two histories. Stop, and compare checkpoints with the other party.",
        facts={"size": size},
    )


def _fork(index: int) -> TamperError:
    return TamperError(
        "bundles.fork",
        f"Expected the history that this node has, found another at entry {index}.",
        hint="The mediator showed two histories. Stop, and compare checkpoints with the other party.",
        facts={"entry": index},
    )


def _another(expected: str, found: str) -> TamperError:
    return TamperError(
        "witnessing.form",
        f"Expected {expected}, found {found}.",
        hint="Ask its sender to export it again.",
    )
