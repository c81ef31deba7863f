"""What a refused bundle proves against whoever signed two histories.

Rules of this file:
- Whatever a bundle was refused for: the signed statements in it are compared with those that
  its reader holds.
- Only what convicts by itself is yielded, as a file that `ledger.evidence` judges. A bundle
  that is merely broken convicts nobody.
- A statement is believed only if its signature holds under a key that the log names for its
  author, on its card or by a document, the bundle's own included: nobody is accused by a forgery.
- A key that has ended accuses nobody: whoever took it could sign anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homeward.foundation.crypto import unb64
from homeward.foundation.errors import HomewardError
from homeward.foundation.merkle import leaf_hash
from homeward.handover.replay import Replay, advance_replay
from homeward.ledger import evidence
from homeward.ledger.cosignature import open_cosigned
from homeward.ledger.envelope import Envelope, read_envelope, verify_envelope
from homeward.ledger.note import NoteVerifier
from homeward.ledger.proof import is_dropped, read_receipt
from homeward.ledger.tree import HashTree

_Make = Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the reader of a bundle holds.

    `head` is the log's checkpoint over `state`, None before the first entry; `drafts` are
    entries that the reader signed, `receipts` the texts of its receipts.
    """

    log: NoteVerifier
    state: Replay
    head: str | None
    is_sequencer: bool
    drafts: Sequence[bytes] = ()
    receipts: Sequence[str] = ()


def accuse(held: Held, body: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield everything that a refused bundle proves against anybody.

    Args:
        held: What its reader holds, as it was before the bundle.
        body: The bundle, whose form and signature hold.

    Returns:
        Files that `ledger.evidence.judge` confirms.
    """
    case = _Case(held, body)
    for make in (*case.of_notes(), *case.of_entries(), *case.of_receipts()):
        try:
            yield make()
        except HomewardError:
            continue  # it does not convict


class _Case:
    """What the reader holds, and what the bundle says, each as far as it is signed."""

    def __init__(self, held: Held, body: Mapping[str, Any]) -> None:
        self.held, self.own = held, held.state.chain.tree
        said = (body["checkpoint"], *body.get("cosigned", ()))
        self.notes = [note for note in said if isinstance(note, str)]
        self.sent = list(_entries(body["entries"]))
        self.drafts = list(_entries(body["drafts"]))
        self.tree = self.own
        if not held.is_sequencer and self.sent and body["first"] <= self.own.size:
            leaves = self.own.nodes(0, 0, body["first"])
            self.tree = HashTree().extend((*leaves, *map(leaf_hash, self.sent)))
        self.keyrings = _with_news(held.state, (*self.sent, *self.drafts)).keyrings

    def of_notes(self) -> Iterator[_Make]:
        """Compare each checkpoint of the bundle with ours, and with its own entries."""
        own, log, head = self.own, self.held.log, self.held.head
        for note in self.notes:
            size = self._size(note)
            if head is None or size is None:
                continue
            tree = own if size <= own.size else self.tree
            yield _later(evidence.of_checkpoints, log, head, note, tree)
            if size == own.size:
                yield _later(evidence.of_checkpoints, log, head, note, self.tree)

    def of_entries(self) -> Iterator[_Make]:
        """Compare each signed entry with ours of the same number, and with what it had seen."""
        ours = {(each.author, each.seq): each.entry for each in self.held.state.envelopes}
        for draft in map(read_envelope, self.held.drafts):
            ours.setdefault((draft.author, draft.seq), draft.entry)
        known = frozenset(ours.values())
        new = (entry for entry in (*self.sent, *self.drafts) if entry not in known)
        for envelope in map(_read, new):
            public = self._public(envelope) if envelope else None
            if envelope is None or public is None:
                continue
            other = ours.setdefault((envelope.author, envelope.seq), envelope.entry)
            if other != envelope.entry:
                theirs = self._public(read_envelope(other))
                keys = {public, *((theirs,) if theirs else ())}
                yield _later(evidence.of_entries, keys, envelope.entry, other)
            yield from self._of_seen(envelope, public)

    def of_receipts(self) -> Iterator[_Make]:
        """Compare each receipt of ours with what the bundle's log has in its place."""
        note = self.notes[0] if self.notes else None
        size = self._size(note) if note else None
        if note is None or size is None or size > self.tree.size:
            return
        for text in self.held.receipts:
            receipt = read_receipt(text)
            if is_dropped(receipt, self.tree):
                entry = receipt.entry or b""
                yield _later(evidence.of_dropped, self.held.log, text, entry, note, self.tree)

    def _of_seen(self, envelope: Envelope, public: bytes) -> Iterator[_Make]:
        if envelope.seen is None:
            return
        log, head, entry = self.held.log, self.held.head, envelope.entry
        if head is not None and _is_another(envelope.seen, self.own):
            yield _later(evidence.of_seen, public, entry, log, head, self.own)
        for note in self.notes[:1]:
            if entry in self.sent and _is_another(envelope.seen, self.tree):
                yield _later(evidence.of_seen, public, entry, log, note, self.tree)

    def _size(self, note: str) -> int | None:
        try:
            return open_cosigned(note, self.held.log, self.held.log.name).checkpoint.size
        except HomewardError:
            return None

    def _public(self, envelope: Envelope) -> bytes | None:
        """Return the author's key as the log names it, if the signature holds with it."""
        keyring = self.keyrings.get(envelope.author)
        if keyring is None:
            return None
        grant = keyring.changes[-1].grants.get(envelope.key)  # what has ended is not there
        try:
            if grant is not None:
                verify_envelope(envelope, grant.public)
        except HomewardError:
            return None
        return grant.public if grant else None


def _with_news(state: Replay, entries: Iterable[bytes]) -> Replay:
    """Return the log with the bundle's entries as far as they fit: they may name new keys."""
    known = frozenset(each.entry for each in state.envelopes)
    for entry in entries:
        if entry not in known:
            try:
                state = advance_replay(state, entry)
            except HomewardError:
                break
    return state


def _is_another(seen: tuple[int, str], tree: HashTree) -> bool:
    size, root = seen
    return size <= tree.size and tree.root(size).hex() != root


def _later(make: Callable[..., bytes], *arguments: Any) -> _Make:
    return lambda: make(*arguments)


def _entries(texts: Iterable[object]) -> Iterator[bytes]:
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
