import base64

import pytest

from homeward.foundation.crypto import SigningKey
from homeward.foundation.errors import InputError, TamperError
from homeward.foundation.merkle import leaf_hash, verify_inclusion
from homeward.ledger.checkpoint import open_checkpoint, sign_checkpoint
from homeward.ledger.log import Log
from homeward.ledger.note import NoteSigner
from homeward.ledger.proof import PROOF_HEADER, write_proof

ORIGIN = "example.org/log"
SIGNER = NoteSigner(ORIGIN, SigningKey(bytes(range(32))))
ENTRIES = [f"entry {i}".encode() for i in range(11)]


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
        index, path, note = read(write_proof(log, number, signed, SIGNER.verifier))
        checkpoint = open_checkpoint(note, SIGNER.verifier, ORIGIN)
        assert index == number
        verify_inclusion(leaf_hash(ENTRIES[number]), index, checkpoint.size, path, checkpoint.root)


def test_a_proof_of_a_single_entry_has_no_path():
    log = Log(ORIGIN, ENTRIES[:1])
    signed = sign_checkpoint(log.checkpoint(), SIGNER)
    text = write_proof(log, 0, signed, SIGNER.verifier)
    assert text == f"{PROOF_HEADER}\nindex 0\n\n{signed}"


def test_an_entry_beyond_the_checkpoint_has_no_proof():
    log = Log(ORIGIN, ENTRIES)
    signed = sign_checkpoint(log.checkpoint(3), SIGNER)
    with pytest.raises(InputError):
        write_proof(log, 3, signed, SIGNER.verifier)


def test_a_checkpoint_of_another_log_proves_nothing():
    other = NoteSigner("example.org/other", SigningKey(bytes(32)))
    signed = sign_checkpoint(Log("example.org/other", ENTRIES).checkpoint(), other)
    with pytest.raises(TamperError):
        write_proof(Log(ORIGIN, ENTRIES), 0, signed, SIGNER.verifier)
