"""The append-only log, held in memory.

Rules of this file:
- Entries are only ever appended; nothing here can change or remove one.
- The log does not read its entries: whether they form a history is for `chain`.
"""

from __future__ import annotations

from collections.abc import Iterable

from homeward.foundation.errors import InputError
from homeward.foundation.merkle import leaf_hash
from homeward.ledger.checkpoint import Checkpoint, is_origin
from homeward.ledger.envelope import MAX_ENTRY_BYTES
from homeward.ledger.tree import HashTree


class Log:
    """Entries in order, and the hash tree over them.

    Args:
        origin: The log's name, 1 to 200 printable characters.
        entries: Entries that it starts with.

    Raises:
        InputError: The origin has another form, or an entry is too large.
    """

    __slots__ = ("_entries", "origin", "tree")

    def __init__(self, origin: str, entries: Iterable[bytes] = ()) -> None:
        if not is_origin(origin):
            raise InputError(
                "ledger.origin",
                "Expected an origin of 1 to 200 printable characters, found another text.",
                hint="Name the log such as example.org/log.",
            )
        self.origin = origin
        self.tree = HashTree()
        self._entries: list[bytes] = []
        for entry in entries:
            self.append(entry)

    @property
    def size(self) -> int:
        """How many entries the log has."""
        return self.tree.size

    def append(self, entry: bytes) -> int:
        """Append an entry and return its index, from 0.

        Raises:
            InputError: The entry has more than 65,535 bytes; the log is as before.
        """
        if len(entry) > MAX_ENTRY_BYTES:
            raise InputError(
                "ledger.entry_size",
                f"Expected an entry of at most {MAX_ENTRY_BYTES} bytes, found {len(entry)}.",
                hint="Keep the large part outside the ledger and name it by its SHA-256.",
                facts={"max_bytes": MAX_ENTRY_BYTES},
            )
        self._entries.append(entry)
        self.tree = self.tree.append(leaf_hash(entry))
        return self.size - 1

    def entry(self, index: int) -> bytes:
        """Return the entry at an index.

        Raises:
            InputError: There is no such entry.
        """
        self.tree.nodes(0, index, index + 1)  # refuses what Python would count from the end
        return self._entries[index]

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the log, or of its first `size` entries (see `HashTree.root`)."""
        return self.tree.root(size)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the proof that an entry is in the log (see `HashTree.inclusion_proof`)."""
        return self.tree.inclusion_proof(index, size)

    def consistency(self, old_size: int, size: int | None = None) -> list[bytes]:
        """Return the proof that nothing old was changed (see `HashTree.consistency_proof`)."""
        return self.tree.consistency_proof(old_size, size)

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """Return the unsigned checkpoint of the log, or of its first `size` entries.

        Raises:
            InputError: The log never had this size yet.
        """
        size = self.size if size is None else size
        return Checkpoint(origin=self.origin, size=size, root=self.tree.root(size))
