import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeward.foundation.crypto import SigningKey
from homeward.foundation.errors import TamperError
from homeward.ledger.checkpoint import sign_checkpoint
from homeward.ledger.cosignature import WitnessSigner, join_note, open_cosigned
from homeward.ledger.log import Log
from homeward.ledger.note import NoteSigner
from homeward.ledger.witness import begin_witness, observe

ORIGIN = "example.org/log"
LOG_KEY = NoteSigner(ORIGIN, SigningKey(bytes(range(32))))
SIGNER = WitnessSigner("w.example", SigningKey(bytes([7]) * 32))
ENTRIES = [f"entry {n}".encode() for n in range(9)]
LOG = Log(ORIGIN, ENTRIES)
OTHER = Log(ORIGIN, [b"another past", *ENTRIES[1:]])


class Witness:
    """A witness with a store that remembers every state it was given."""

    def __init__(self):
        self.stored = [begin_witness(ORIGIN)]

    def shown(self, log, size, proof=None, note=None):
        state = self.stored[-1]
        if proof is None:
            proof = log.consistency(state.size, size) if 0 < state.size < size else []
        return observe(
            state,
            note or sign_checkpoint(log.checkpoint(size), LOG_KEY),
            proof,
            verifier=LOG_KEY.verifier,
            signer=SIGNER,
            time=1,
            persist=self.stored.append,
        )


@pytest.fixture
def witness():
    return Witness()


def test_a_log_that_only_grows_is_cosigned_each_time(witness):
    for size in (0, 1, 1, 4, 9, 9):
        line = witness.shown(LOG, size)
        note = sign_checkpoint(LOG.checkpoint(size), LOG_KEY)
        found = open_cosigned(join_note(note, [line]), LOG_KEY.verifier, ORIGIN, [SIGNER.verifier])
        assert found.times == {SIGNER.verifier.vkey: 1}
    assert [state.size for state in witness.stored] == [0, 1, 4, 9]
    assert witness.stored[-1].root == LOG.root()


def test_the_state_is_stored_before_anything_is_signed(witness):
    def failing(state):
        raise OSError("no disk")

    note = sign_checkpoint(LOG.checkpoint(3), LOG_KEY)
    with pytest.raises(OSError, match="no disk"):
        observe(
            witness.stored[-1], note, [], verifier=LOG_KEY.verifier, signer=SIGNER, time=1,
            persist=failing,
        )  # fmt: skip


def refused(witness, *args, **kwargs):
    before = list(witness.stored)
    with pytest.raises(TamperError):
        witness.shown(*args, **kwargs)
    assert witness.stored == before


@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_log_that_shrank_is_not_cosigned(witness, size):
    witness.shown(LOG, 4)
    refused(witness, LOG, size)


def test_another_history_is_not_cosigned_whatever_its_size(witness):
    witness.shown(LOG, 4)
    refused(witness, OTHER, 4)
    for size in range(5, 10):
        refused(witness, OTHER, size)
        refused(witness, OTHER, size, proof=LOG.consistency(4, size))


def test_nothing_is_cosigned_without_its_proof_or_with_one_too_many(witness):
    refused(witness, LOG, 4, proof=[bytes(32)])
    witness.shown(LOG, 4)
    refused(witness, LOG, 9, proof=[])
    refused(witness, LOG, 4, proof=[bytes(32)])


def test_a_checkpoint_of_another_log_or_key_is_not_cosigned(witness):
    other = NoteSigner("example.org/other", LOG_KEY.key)
    foreign = sign_checkpoint(Log("example.org/other", ENTRIES).checkpoint(), other)
    forged = sign_checkpoint(LOG.checkpoint(), NoteSigner(ORIGIN, SigningKey(bytes(32))))
    for note in (foreign, forged):
        refused(witness, LOG, 9, note=note)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=12))
def test_whatever_it_is_shown_all_that_it_cosigned_is_one_history(shown):
    witness = Witness()
    for is_other, size in shown:
        try:
            witness.shown(OTHER if is_other else LOG, size)
        except TamperError:
            continue
    states = witness.stored
    assert [state.size for state in states] == sorted(state.size for state in states)
    assert any(all(state.root == log.root(state.size) for state in states) for log in (LOG, OTHER))
