import time

import pytest

from homeward.foundation.errors import InputError
from homeward.foundation.merkle import leaf_hash, tree_root, verify_consistency, verify_inclusion
from homeward.ledger.log import Log
from homeward.ledger.tree import HashTree


def test_entries_are_counted_from_0_and_come_back():
    log = Log("example.org/log")
    assert [log.append(entry) for entry in (b"one", b"", b"three")] == [0, 1, 2]
    assert [log.entry(i) for i in range(log.size)] == [b"one", b"", b"three"]


def test_an_empty_log_has_the_root_of_nothing():
    checkpoint = Log("example.org/log").checkpoint()
    assert (checkpoint.size, checkpoint.root) == (0, tree_root([]))


def test_an_entry_that_no_tile_can_hold_leaves_the_log_as_it_was():
    log = Log("example.org/log", [b"one"])
    with pytest.raises(InputError):
        log.append(bytes(65_536))
    assert (log.size, log.root()) == (1, tree_root([leaf_hash(b"one")]))


@pytest.mark.parametrize(
    "ask",
    [
        lambda log: log.entry(3),
        lambda log: log.entry(-1),
        lambda log: log.root(4),
        lambda log: log.root(-1),
        lambda log: log.inclusion(3),
        lambda log: log.inclusion(-1),
        lambda log: log.inclusion(1, 1),
        lambda log: log.inclusion(0, 4),
        lambda log: log.consistency(0),
        lambda log: log.consistency(3, 2),
        lambda log: log.consistency(1, 4),
        lambda log: log.checkpoint(4),
    ],
)
def test_what_the_log_does_not_have_is_an_input_error(ask):
    with pytest.raises(InputError):
        ask(Log("example.org/log", [b"one", b"two", b"three"]))


@pytest.mark.parametrize("origin", ["", "two\nlines", "x" * 300])
def test_a_log_without_a_fit_name_is_refused(origin):
    with pytest.raises(InputError):
        Log(origin)


def test_an_older_tree_stays_what_it_was_when_two_futures_grow_from_it():
    leaves = [leaf_hash(bytes([i])) for i in range(9)]
    base = HashTree().extend(leaves[:5])
    first, second = base.extend(leaves[5:]), base.extend(reversed(leaves[5:]))
    assert base.root() == tree_root(leaves[:5])
    assert first.root() == tree_root(leaves)
    assert second.root() == tree_root([*leaves[:5], *reversed(leaves[5:])])
    with pytest.raises(InputError):
        base.nodes(0, 0, 6)


def test_proofs_of_a_hundred_thousand_entries_take_no_time():
    log = Log("example.org/log", (i.to_bytes(4, "big") for i in range(100_000)))
    root, started = log.root(), time.process_time()
    for index in range(0, 100_000, 997):
        proof = log.inclusion(index)
        verify_inclusion(leaf_hash(log.entry(index)), index, log.size, proof, root)
        old = log.consistency(index + 1)
        verify_consistency(index + 1, log.size, log.root(index + 1), root, old)
    # Hashing every leaf for each of these roots and proofs would take ten times as long.
    assert time.process_time() - started < 2
