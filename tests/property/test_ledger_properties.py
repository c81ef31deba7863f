import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.foundation import merkle
from homeward.foundation.crypto import SigningKey
from homeward.foundation.errors import TamperError
from homeward.ledger.checkpoint import sign_checkpoint
from homeward.ledger.envelope import read_envelope, sign_envelope, verify_envelope
from homeward.ledger.log import Log
from homeward.ledger.note import NoteSigner, open_note, sign_note
from homeward.ledger.tiles import export_tree, verify_tree

ORIGIN = "example.org/log"
KEY = SigningKey(bytes(range(32)))
SIGNER = NoteSigner(ORIGIN, KEY)
LEAVES = [merkle.leaf_hash(i.to_bytes(2, "big")) for i in range(700)]
LOG = Log(ORIGIN, (i.to_bytes(2, "big") for i in range(700)))

moderate = settings(max_examples=40, deadline=None)
sizes = st.integers(1, 700)


@moderate
@given(sizes, st.data())
def test_every_root_and_proof_is_what_hashing_everything_gives(size, data):
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    assert LOG.root(size) == merkle.tree_root(LEAVES[:size])
    assert LOG.inclusion(index, size) == merkle.inclusion_proof(LEAVES[:size], index)
    assert LOG.consistency(old, size) == merkle.consistency_proof(LEAVES[:size], old)


@moderate
@given(sizes, st.data())
def test_a_proof_of_inclusion_holds_and_no_mutation_of_it_does(size, data):
    index = data.draw(st.integers(0, size - 1))
    proof, root = LOG.inclusion(index, size), LOG.root(size)
    merkle.verify_inclusion(LEAVES[index], index, size, proof, root)
    wrong_proof = mutated(data, proof)
    wrong_index = data.draw(st.integers(0, size).filter(lambda other: other != index))
    wrong_leaf = data.draw(st.sampled_from(LEAVES).filter(lambda other: other != LEAVES[index]))
    for arguments in (
        (LEAVES[index], index, size, wrong_proof, root),
        (LEAVES[index], wrong_index, size, proof, root),
        (wrong_leaf, index, size, proof, root),
        (LEAVES[index], index, size, proof, flipped(data, root)),
    ):
        with pytest.raises(TamperError):
            merkle.verify_inclusion(*arguments)


@moderate
@given(sizes, st.data())
def test_a_proof_of_consistency_holds_and_no_mutation_of_it_does(size, data):
    old = data.draw(st.integers(1, size))
    proof, old_root, root = LOG.consistency(old, size), LOG.root(old), LOG.root(size)
    merkle.verify_consistency(old, size, old_root, root, proof)
    for arguments in (
        (old, size, old_root, root, mutated(data, proof)),
        (old, size, flipped(data, old_root), root, proof),
        (old, size, old_root, flipped(data, root), proof),
    ):
        with pytest.raises(TamperError):
            merkle.verify_consistency(*arguments)


@moderate
@given(st.lists(st.binary(max_size=40), max_size=600), st.data())
def test_what_is_exported_is_read_again_and_no_other_byte_is(entries, data):
    log = Log(ORIGIN, entries)
    note = sign_checkpoint(log.checkpoint(), SIGNER)
    files = export_tree(log, note, SIGNER.verifier.vkey)
    assert list(verify_tree(files.get, SIGNER.verifier, ORIGIN, files).entries) == entries
    path = data.draw(st.sampled_from(sorted(files)))
    changed = files | {path: flipped(data, files[path])}
    with pytest.raises(TamperError):
        verify_tree(changed.get, SIGNER.verifier, ORIGIN, changed)


@moderate
@given(st.lists(st.binary(max_size=9), min_size=2, max_size=20, unique=True), st.data())
def test_a_rewritten_past_has_no_proof(entries, data):
    position = data.draw(st.integers(0, len(entries) - 2))
    honest = Log(ORIGIN, entries)
    rewritten = Log(ORIGIN, [*entries[:position], b"another past", *entries[position + 1 :]])
    old = data.draw(st.integers(position + 1, len(entries) - 1))
    with pytest.raises(TamperError):
        merkle.verify_consistency(
            old, honest.size, honest.root(old), rewritten.root(), rewritten.consistency(old)
        )


@moderate
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_nothing_else(data):
    for read in (
        read_envelope,
        lambda blob: open_note(blob.decode("latin-1"), SIGNER.verifier),
        lambda blob: verify_tree(lambda _: blob, SIGNER.verifier),
    ):
        with pytest.raises(TamperError):
            read(data)


field_names = st.text(st.characters(max_codepoint=126), max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(field_names, inner, max_size=4),
    max_leaves=6,
)


@moderate
@given(st.dictionaries(field_names, json_values, max_size=5), st.integers(2, 2**53 - 1))
def test_every_body_comes_back_as_it_was_signed(body, seq):
    entry = sign_envelope(
        signer=KEY, log=ORIGIN, type="message", case="case-1", author="XA", seq=seq,
        prev="00" * 32, seen=None, at="2025-02-05T08:00:00Z", body=body,
    )  # fmt: skip
    envelope = read_envelope(entry)
    verify_envelope(envelope, KEY.public)
    assert (envelope.body, envelope.seq) == (body, seq)


@moderate
@given(st.lists(st.text(st.characters(exclude_categories=["C"])), min_size=1, max_size=5))
def test_every_text_of_lines_is_signed_and_opened(lines):
    text = "\n".join([*lines, "end"]) + "\n"
    assert open_note(sign_note(text, SIGNER), SIGNER.verifier) == text


def flipped(data, blob):
    position = data.draw(st.integers(0, len(blob) * 8 - 1)) if blob else None
    if position is None:
        return b"\x00"
    changed = bytearray(blob)
    changed[position // 8] ^= 1 << position % 8
    return bytes(changed)


def mutated(data, proof):
    """Change a proof in exactly one way: a bit, one hash more, one less, or two exchanged."""
    position = data.draw(st.integers(0, len(proof)))
    longer = [*proof[:position], data.draw(st.binary(min_size=32, max_size=32)), *proof[position:]]
    ways = [longer]
    if position < len(proof):
        rest = proof[position + 1 :]
        ways.append([*proof[:position], flipped(data, proof[position]), *rest])
        ways.append([*proof[:position], *rest])
        ways.append([*proof[:position], proof[position][:-1], *rest])
        if rest:
            ways.append([*proof[:position], rest[0], proof[position], *rest[1:]])
    return data.draw(st.sampled_from(ways))
