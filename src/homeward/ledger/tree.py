"""The hash tree of a growing history, as a value.

Rules of this file:
- Every node over a full power of two of leaves is hashed once and kept; roots and proofs of
  any earlier size cost the logarithm of the size.
- Appending returns a new tree; the old one stays what it was. Both share what is kept,
  since a full node never changes; growing an older tree a second time copies first.
- A row of nodes is one run of bytes: a million leaves take 64 MB.

Source: RFC 6962 section 2.1; the nodes kept are those that C2SP tlog-tiles publishes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from homeward.foundation.errors import InputError
from homeward.foundation.merkle import HASH_BYTES, node_hash, pair_hash, tree_root


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HashTree:
    """The tree over the first `size` leaves of a history."""

    size: int = 0
    # Row k holds the nodes over 2**k leaves; it may be longer than this tree is.
    _rows: list[bytearray] = field(default_factory=lambda: [bytearray()], repr=False)

    def append(self, leaf: bytes) -> HashTree:
        """Return the tree with one more leaf hash (32 bytes)."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> HashTree:
        """Return the tree with more leaf hashes, in order."""
        rows, size = self._rows, self.size
        if len(rows[0]) != size * HASH_BYTES:
            rows = [row[: (size >> level) * HASH_BYTES] for level, row in enumerate(rows)]
        for leaf in leaves:
            assert len(leaf) == HASH_BYTES, "a leaf is a hash"
            rows[0] += leaf
            size += 1
            level, width = 0, size
            while not width & 1:
                level, width = level + 1, width >> 1
                if level == len(rows):
                    rows.append(bytearray())
                rows[level] += pair_hash(rows[level - 1][-2 * HASH_BYTES :])
        return HashTree(size=size, _rows=rows)

    def nodes(self, level: int, start: int, stop: int) -> list[bytes]:
        """Return nodes over 2**level leaves each; all of them are full.

        Raises:
            InputError: The tree has no such nodes.
        """
        if not 0 <= start <= stop <= self.size >> level:
            raise _outside(stop, self.size >> level)
        row = self._rows[level] if level < len(self._rows) else b""
        return [bytes(row[at * HASH_BYTES : (at + 1) * HASH_BYTES]) for at in range(start, stop)]

    def root(self, size: int | None = None) -> bytes:
        """Return the root, 32 bytes.

        Args:
            size: Of the history when it had this many leaves; all of it if None.

        Raises:
            InputError: The history never had this size yet.
        """
        size = self.size if size is None else size
        if not 0 <= size <= self.size:
            raise _outside(size, self.size)
        return self._range_root(0, size) if size else tree_root([])

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the audit path of a leaf.

        Args:
            index: The leaf, from 0.
            size: The tree that the proof leads to; the whole one if None.

        Returns:
            At most log2(size) + 1 hashes for `merkle.verify_inclusion`.

        Raises:
            InputError: There is no such leaf or tree.

        Source:
            RFC 6962 section 2.1.1.
        """
        end = self.size if size is None else size
        if not 0 <= index < end <= self.size:
            raise _outside(max(index + 1, end), self.size)
        start, proof = 0, []
        while end - start > 1:
            split = _split(start, end)
            if index < split:
                proof.append(self._range_root(split, end))
                end = split
            else:
                proof.append(self._range_root(start, split))
                start = split
        return proof[::-1]

    def consistency_proof(self, old_size: int, size: int | None = None) -> list[bytes]:
        """Return the proof that an earlier history is the beginning of a later one.

        Args:
            old_size: Leaves of the earlier tree, at least 1.
            size: Leaves of the later tree; all if None.

        Returns:
            At most log2(size) + 1 hashes for `merkle.verify_consistency`.

        Raises:
            InputError: There is no such pair of trees.

        Source:
            RFC 6962 section 2.1.2.
        """
        end = self.size if size is None else size
        if not 0 < old_size <= end <= self.size:
            raise _outside(max(old_size, end), self.size)
        start, proof = 0, []
        while old_size != end:
            split = _split(start, end)
            if old_size <= split:
                proof.append(self._range_root(split, end))
                end = split
            else:
                proof.append(self._range_root(start, split))
                start = split
        # The whole earlier tree is what the verifier already has; a part of it is not.
        if start:
            proof.append(self._range_root(start, end))
        return proof[::-1]

    def _range_root(self, start: int, end: int) -> bytes:
        # `start` is a multiple of a power of two that is not below the width, so every
        # block of the binary decomposition is a kept node. Fold them from the right.
        root, width, level = b"", end - start, 0
        while width >> level:
            if width >> level & 1:
                end -= 1 << level
                at = (end >> level) * HASH_BYTES
                node = bytes(self._rows[level][at : at + HASH_BYTES])
                root = node_hash(node, root) if root else node
            level += 1
        return root


def _split(start: int, end: int) -> int:
    return start + (1 << (end - start - 1).bit_length() - 1)


def _outside(asked: int, size: int) -> InputError:
    return InputError(
        "ledger.range",
        f"Expected a place within a history of {size}, found {asked}.",
        hint="Ask for entries and sizes that this copy of the ledger has.",
        facts={"asked": asked, "size": size},
    )
