import base64

import pytest

from homeward.foundation.crypto import SigningKey
from homeward.foundation.errors import InputError, TamperError
from homeward.foundation.merkle import leaf_hash, verify_inclusion
from homeward.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from homeward.ledger.cosignature import WitnessSigner, cosign_text, join_note, open_cosigned
from homeward.ledger.log import Log
from homeward.ledger.note import NoteSigner
from homeward.ledger.policy import make_policy
from homeward.ledger.proof import PROOF_HEADER, read_receipt, verify_receipt, write_receipt
from homeward.ledger.tree import HashTree

ORIGIN = "example.org/log"
SIGNER = NoteSigner(ORIGIN, SigningKey(bytes(range(32))))
ENTRIES = [f"entry {i}".encode() for i in range(11)]


def receipt(log, number, signed):
    cosigned = open_cosigned(signed, SIGNER.verifier, log.origin)
    return write_receipt(log.tree, number, cosigned)


def read(text):
    head, note = text.split("\n\n", 1)
    header, index, *path = head.split("\n")
    assert header == PROOF_HEADER == "c2sp.org/tlog-proof@v1"
    return int(index.removeprefix("index ")), [base64.b64decode(line) for line in path], note


@pytest.mark.parametrize("size", [1, 2, 7, 11])
def test_a_proof_leads_from_every_entry_to_the_signed_root(size):
    log = Log(ORIGIN, ENTRIES)
    signed = sign_checkpoint(log.checkpoint(size), SIGNER)
    for number in range(size):
        index, path, note = read(receipt(log, number, signed))
        checkpoint = open_checkpoint(note, SIGNER.verifier, ORIGIN)
        assert index == number
        verify_inclusion(leaf_hash(ENTRIES[number]), index, checkpoint.size, path, checkpoint.root)


def test_a_proof_of_a_single_entry_has_no_path():
    log = Log(ORIGIN, ENTRIES[:1])
    signed = sign_checkpoint(log.checkpoint(), SIGNER)
    text = receipt(log, 0, signed)
    assert text == f"{PROOF_HEADER}\nindex 0\n\n{signed}"


def test_an_entry_beyond_the_checkpoint_has_no_proof():
    log = Log(ORIGIN, ENTRIES)
    signed = sign_checkpoint(log.checkpoint(3), SIGNER)
    with pytest.raises(InputError):
        receipt(log, 3, signed)


def test_a_checkpoint_of_another_log_proves_nothing():
    other = NoteSigner("example.org/other", SigningKey(bytes(32)))
    signed = sign_checkpoint(Log("example.org/other", ENTRIES).checkpoint(), other)
    with pytest.raises(TamperError):
        receipt(Log(ORIGIN, ENTRIES), 0, signed)


# -- receipts with witnesses --

WITNESSES = [WitnessSigner(f"homeward/x{n}", SigningKey(bytes([n]) * 32)) for n in b"123"]
ALL = make_policy(SIGNER.verifier, [each.verifier for each in WITNESSES], 3)


def cosigned_at(tree, size=None, signers=WITNESSES):
    size = tree.size if size is None else size
    point = Checkpoint(origin=ORIGIN, size=size, root=tree.root(size))
    lines = [cosign_text(point.to_text(), each, 1_740_000_000) for each in signers]
    note = join_note(sign_checkpoint(point, SIGNER), lines)
    return open_cosigned(note, SIGNER.verifier, ORIGIN, [each.verifier for each in WITNESSES])


@pytest.mark.parametrize("entry", [None, ENTRIES[4]])
def test_a_receipt_is_checked_with_the_entry_the_key_and_the_policy_alone(entry):
    log = Log(ORIGIN, ENTRIES)
    text = write_receipt(log.tree, 4, cosigned_at(log.tree, 7), entry=entry)
    got = read_receipt(text)
    assert (got.index, got.entry) == (4, entry)
    found = verify_receipt(ENTRIES[4], got, SIGNER.verifier, ALL)
    assert found.checkpoint.size == 7
    assert len(found.times) == 3
    assert verify_receipt(ENTRIES[4], got, SIGNER.verifier).times == {}


def test_a_receipt_of_another_entry_place_or_quorum_is_refused():
    log = Log(ORIGIN, ENTRIES)
    text = write_receipt(log.tree, 4, cosigned_at(log.tree), entry=ENTRIES[4])
    two = write_receipt(log.tree, 4, cosigned_at(log.tree, signers=WITNESSES[:2]))
    bare = text.replace(text.split("\n")[1] + "\n", "")
    for entry, changed in (
        (ENTRIES[5], text),
        (ENTRIES[5], bare),
        (ENTRIES[4], text.replace("index 4", "index 5")),
        (ENTRIES[4], two),
    ):
        with pytest.raises(TamperError):
            verify_receipt(entry, read_receipt(changed), SIGNER.verifier, ALL)
    verify_receipt(ENTRIES[4], read_receipt(bare), SIGNER.verifier, ALL)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("@v1", "@v2"),
        lambda text: text.replace("index 4", "index 04"),
        lambda text: text.replace("index 4\n", ""),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text.replace("index 4", "extra AAAA"),
        lambda text: text.replace("index 4\n", "index 4\nAAAA\n"),
        lambda text: text.replace("index 4\n", "index 4\nmore\n"),
    ],
)
def test_a_receipt_of_another_form_is_refused(change):
    log = Log(ORIGIN, ENTRIES)
    text = change(write_receipt(log.tree, 4, cosigned_at(log.tree)))
    with pytest.raises(TamperError):
        verify_receipt(ENTRIES[4], read_receipt(text), SIGNER.verifier, ALL)


def test_a_receipt_carries_no_other_entry():
    log = Log(ORIGIN, ENTRIES)
    with pytest.raises(TamperError):
        write_receipt(log.tree, 4, cosigned_at(log.tree), entry=ENTRIES[5])
    with pytest.raises(TamperError):
        write_receipt(Log(ORIGIN, ENTRIES[::-1]).tree, 4, cosigned_at(log.tree))


def test_a_receipt_of_a_million_entries_with_three_witnesses_fits_one_qr_code():
    tree = HashTree().extend(leaf_hash(number.to_bytes(4, "big")) for number in range(1_000_000))
    text = write_receipt(tree, 524_287, cosigned_at(tree))
    verify_receipt((524_287).to_bytes(4, "big"), read_receipt(text), SIGNER.verifier, ALL)
    assert text.count("\n") == 2 + 20 + 1 + 3 + 1 + 4
    assert len(text.encode()) <= 1_600
