"""What a refused bundle proves: evidence files that anybody can judge.

Rules of this file:
- It is looked for only after a bundle was refused, and whatever was the reason: the signed
  statements in it are compared with those that this node holds.
- Only what convicts by itself is kept. A bundle that is merely broken convicts nobody, and
  is kept as it came.
- A statement is believed only if its signature holds: nobody is accused by a forgery.
- Nothing found here changes what was refused; a failure while looking is never raised.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from homeward.foundation.crypto import unb64
from homeward.foundation.errors import HomewardError
from homeward.foundation.merkle import leaf_hash
from homeward.handover.replay import Replay
from homeward.ledger import evidence
from homeward.ledger.cosignature import open_cosigned
from homeward.ledger.envelope import Envelope, read_envelope, verify_envelope
from homeward.ledger.note import NoteVerifier
from homeward.ledger.proof import read_receipt
from homeward.ledger.tree import HashTree
from homeward.node import book, receipts
from homeward.node.home import Node, write_private
from homeward.node.models import Draft, LogHead

FOLDER = "evidence"
_FILES_MAX = 8


def keep_evidence(node: Node, body: Mapping[str, Any]) -> list[str]:
    """Keep everything that a refused bundle proves against anybody.

    Args:
        node: The open node; its tables are as they were before the bundle.
        body: The bundle, whose form and signature hold.

    Returns:
        Names of the files in the node's folder, such as `evidence/0123456789abcdef.json`.
    """
    kept: dict[str, bytes] = {}
    try:
        for data in _found(node, body):
            kept[f"{hashlib.sha256(data).hexdigest()[:16]}.json"] = data
            if len(kept) == _FILES_MAX:
                break
    except HomewardError:
        pass  # our own ledger does not hold: that is said elsewhere
    folder = node.home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, data in kept.items():
        write_private(folder / name, data)
    return [f"{FOLDER}/{name}" for name in kept]


def _found(node: Node, body: Mapping[str, Any]) -> Iterator[bytes]:
    case = _Case(node, body)
    for make in (*case.of_notes(), *case.of_entries(), *case.of_receipts()):
        try:
            yield make()
        except HomewardError:
            continue  # it does not convict


class _Case:
    """What we hold, and what the bundle says, each as far as it is signed."""

    def __init__(self, node: Node, body: Mapping[str, Any]) -> None:
        self.node = node
        self.log: NoteVerifier = book.log_of(node)
        self.state: Replay = book.read_book(node)
        head = LogHead.objects.filter(origin=self.log.name).first()
        self.head: str | None = head.checkpoint if head else None
        said = (body["checkpoint"], *body.get("cosigned", ()))
        self.notes = [note for note in said if isinstance(note, str)]
        self.sent = list(_entries(body["entries"]))
        self.drafts = list(_entries(body["drafts"]))
        own = self.state.chain.tree
        self.tree = own
        if not book.sequences(node) and self.sent and body["first"] <= own.size:
            leaves = own.nodes(0, 0, body["first"])
            self.tree = HashTree().extend((*leaves, *map(leaf_hash, self.sent)))

    def of_notes(self) -> Iterator[Callable[[], bytes]]:
        """Compare each checkpoint of the bundle with ours, and with its own entries."""
        own = self.state.chain.tree
        for note in self.notes:
            size = self._size(note)
            if self.head is None or size is None:
                continue
            tree = own if size <= own.size else self.tree
            yield _later(evidence.of_checkpoints, self.log, self.head, note, tree)
            if size == own.size:
                yield _later(evidence.of_checkpoints, self.log, self.head, note, self.tree)

    def of_entries(self) -> Iterator[Callable[[], bytes]]:
        """Compare each signed entry with ours of the same number, and with what it had seen."""
        ours = {(each.author, each.seq): each.entry for each in self.state.envelopes}
        for draft in Draft.objects.filter(log=self.log.name):
            ours.setdefault((self.node.party, draft.seq), bytes(draft.entry))
        for envelope in (*map(_read, self.sent), *map(_read, self.drafts)):
            public = self._public(envelope) if envelope else None
            if envelope is None or public is None:
                continue
            other = ours.setdefault((envelope.author, envelope.seq), envelope.entry)
            if other != envelope.entry:
                theirs = self._public(read_envelope(other))
                keys = {public, *((theirs,) if theirs else ())}
                yield _later(evidence.of_entries, keys, envelope.entry, other)
            yield from self._of_seen(envelope, public)

    def of_receipts(self) -> Iterator[Callable[[], bytes]]:
        """Compare each receipt of ours with what the bundle's log has in its place."""
        note = self.notes[0] if self.notes else None
        size = self._size(note) if note else None
        if note is None or size is None or size > self.tree.size:
            return
        for _, text in receipts.broken(self.node, self.tree):
            entry = read_receipt(text).entry or b""
            yield _later(evidence.of_dropped, self.log, text, entry, note, self.tree)

    def _of_seen(self, envelope: Envelope, public: bytes) -> Iterator[Callable[[], bytes]]:
        if envelope.seen is None:
            return
        if self.head is not None:
            own = self.state.chain.tree
            yield _later(evidence.of_seen, public, envelope.entry, self.log, self.head, own)
        for note in self.notes[:1]:
            if envelope.entry in self.sent:
                yield _later(evidence.of_seen, public, envelope.entry, self.log, note, self.tree)

    def _size(self, note: str) -> int | None:
        try:
            return open_cosigned(note, self.log, self.log.name).checkpoint.size
        except HomewardError:
            return None

    def _public(self, envelope: Envelope) -> bytes | None:
        """Return the author's key as the log names it, if the signature holds with it."""
        member = self.state.members.get(envelope.author)
        key = member.keys.get(envelope.key) if member else None
        try:
            if key is not None:
                verify_envelope(envelope, key.public)
        except HomewardError:
            return None
        return key.public if key else None


def _later(make: Callable[..., bytes], *arguments: Any) -> Callable[[], bytes]:
    return lambda: make(*arguments)


def _entries(texts: list[object]) -> Iterator[bytes]:
    for text in texts:
        try:
            yield unb64(str(text), what="entry")
        except HomewardError:
            continue


def _read(entry: bytes) -> Envelope | None:
    try:
        return read_envelope(entry)
    except HomewardError:
        return None
