"""Hash trees: roots, and proofs that two parties see one history.

Rules of this file:
- Leaves and nodes are hashed apart (0x00 and 0x01), so that no node passes for a leaf.
- Checking a proof raises `TamperError`; it never returns a boolean.
- A consistency proof from size 0 is refused here: nothing is not a history. Whoever
  accepts a first checkpoint decides that outside.

Source: RFC 6962 section 2.1 (hashes), RFC 9162 sections 2.1.3 and 2.1.4 (proofs).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from homeward.foundation.errors import TamperError

HASH_BYTES = 32


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf's content, 32 bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node, 32 bytes."""
    return pair_hash(left + right)


def pair_hash(pair: bytes | bytearray) -> bytes:
    """Return the hash of the node over two hashes that stand one behind the other."""
    return hashlib.sha256(b"\x01" + pair).digest()


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes.

    Args:
        leaves: Leaf hashes, in order; 32 bytes each.

    Returns:
        32 bytes; of no leaves, the hash of nothing.
    """
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        # An odd last node rises unchanged: this gives RFC 6962's left-heavy tree.
        level = paired + ([level[-1]] if len(level) % 2 else [])
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of leaf `index` in the tree over `leaves`.

    Source:
        RFC 6962 section 2.1.1.
    """
    assert 0 <= index < len(leaves), "the caller asks for a leaf that exists"
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), tree_root(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), tree_root(leaves[:split])]


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the proof that the first `old_size` leaves are a prefix of `leaves`.

    Source:
        RFC 6962 section 2.1.2.
    """
    assert 0 < old_size <= len(leaves), "the caller asks from a size that exists"
    return _subproof(leaves, old_size, whole=True)


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that a leaf stands at `index` of the tree of `size` with `root`.

    Raises:
        TamperError: The proof does not lead to the root.

    Source:
        RFC 9162 section 2.1.3.2; step numbers are its.
    """
    if not 0 <= index < size or any(len(h) != HASH_BYTES for h in (leaf, root, *proof)):
        raise _broken("inclusion")  # step 1
    node, last, current = index, size - 1, leaf  # steps 2 and 3
    for sibling in proof:  # step 4
        if last == 0:
            raise _broken("inclusion")  # step 4.1
        if node & 1 or node == last:
            current = node_hash(sibling, current)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        node, last = node >> 1, last >> 1
    if last != 0 or current != root:  # step 5
        raise _broken("inclusion")


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the smaller tree is a prefix of the larger one.

    Raises:
        TamperError: The proof does not hold: one of the two is another history.

    Source:
        RFC 9162 section 2.1.4.2; step numbers are its.
    """
    hashes = (old_root, new_root, *proof)
    if not 0 < old_size <= new_size or any(len(h) != HASH_BYTES for h in hashes):
        raise _broken("consistency")
    if old_size == new_size:
        if proof or old_root != new_root:
            raise _broken("consistency")
        return
    if not proof:
        raise _broken("consistency")  # step 1
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)  # step 2
    node, last = old_size - 1, new_size - 1  # step 3
    while node & 1:
        node, last = node >> 1, last >> 1  # step 4
    old, new = path[0], path[0]  # step 5
    for sibling in path[1:]:  # step 6
        if last == 0:
            raise _broken("consistency")  # step 6.1
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    if last != 0 or old != old_root or new != new_root:  # step 7
        raise _broken("consistency")


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def _subproof(leaves: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if whole else [tree_root(leaves)]
    split = _split(len(leaves))
    if old_size <= split:
        return [*_subproof(leaves[:split], old_size, whole=whole), tree_root(leaves[split:])]
    rest = _subproof(leaves[split:], old_size - split, whole=False)
    return [*rest, tree_root(leaves[:split])]


def _broken(kind: str) -> TamperError:
    return TamperError(
        f"merkle.{kind}",
        f"Expected a proof of {kind} that leads to the known root, found one that does not.",
        hint="Keep both checkpoints: together they show who changed the history.",
    )
