import hashlib

import pytest

from homeward.foundation.errors import TamperError
from homeward.foundation.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(bytes([i])) for i in range(9)]
SIZES = range(1, len(LEAVES) + 1)


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert tree_root([]) == hashlib.sha256(b"").digest()


def test_an_odd_leaf_rises_unchanged():
    a, b, c = LEAVES[:3]
    assert tree_root([a, b, c]) == node_hash(node_hash(a, b), c)


def test_a_node_never_passes_for_a_leaf():
    a, b = LEAVES[:2]
    assert leaf_hash(a + b) != node_hash(a, b)


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_is_proved_and_at_its_own_place_only(size):
    root = tree_root(LEAVES[:size])
    for index in range(size):
        proof = inclusion_proof(LEAVES[:size], index)
        verify_inclusion(LEAVES[index], index, size, proof, root)
        wrong = [
            (LEAVES[(index + 1) % 9], index, size, proof, root),
            (LEAVES[index], size, size, proof, root),
            (LEAVES[index], -1, size, proof, root),
            (LEAVES[index], index, size, [*proof, root], root),
            (LEAVES[index], index, size, proof, LEAVES[8]),
            (LEAVES[index][:31], index, size, proof, root),
        ]
        if size > 1:
            wrong += [
                (LEAVES[index], (index + 1) % size, size, proof, root),
                (LEAVES[index], index, size, proof[:-1], root),
            ]
        for arguments in wrong:
            with pytest.raises(TamperError):
                verify_inclusion(*arguments)


@pytest.mark.parametrize("size", SIZES)
def test_every_prefix_is_proved_and_no_other_history(size):
    root = tree_root(LEAVES[:size])
    for old in range(1, size + 1):
        proof = consistency_proof(LEAVES[:size], old)
        old_root = tree_root(LEAVES[:old])
        verify_consistency(old, size, old_root, root, proof)
        for arguments in (
            (old, size, leaf_hash(b"other"), root, proof),
            (old, size, old_root, leaf_hash(b"other"), proof),
            (old, size, old_root, root, [*proof, root]),
            (0, size, old_root, root, proof),
            (size + 1, size, old_root, root, proof),
        ):
            with pytest.raises(TamperError):
                verify_consistency(*arguments)
        if old < size:
            with pytest.raises(TamperError):
                verify_consistency(old, size, old_root, root, proof[:-1])
