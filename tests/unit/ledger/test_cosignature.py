import base64
import hashlib

import pytest

from homeward.foundation.crypto import SigningKey, verify_signature
from homeward.foundation.errors import InputError, TamperError
from homeward.ledger.checkpoint import sign_checkpoint
from homeward.ledger.cosignature import (
    MAX_SIGNATURES,
    WitnessSigner,
    WitnessVerifier,
    cosign_text,
    join_note,
    open_cosigned,
    parse_witness_vkey,
)
from homeward.ledger.log import Log
from homeward.ledger.note import NoteSigner, NoteVerifier

ORIGIN = "example.org/log"
LOG_KEY = NoteSigner(ORIGIN, SigningKey(bytes(range(32))))
WITNESSES = [WitnessSigner(f"w{n}.example", SigningKey(bytes([n]) * 32)) for n in range(3)]
KNOWN = [each.verifier for each in WITNESSES]
TIME = 1_679_315_147
NOTE = sign_checkpoint(Log(ORIGIN, [b"one", b"two"]).checkpoint(), LOG_KEY)
TEXT = NOTE.split("\n\n")[0] + "\n"


def cosigned(*signers, time=TIME):
    return join_note(NOTE, [cosign_text(TEXT, signer, time) for signer in signers])


def opened(note, known=KNOWN):
    return open_cosigned(note, LOG_KEY.verifier, ORIGIN, known)


def test_a_line_is_what_the_specification_writes():
    """Made here by hand: name, key hash of type 4, time of 8 bytes, signature of the message."""
    name, encoded = cosign_text(TEXT, WITNESSES[0], TIME).removeprefix("— ").split(" ")
    blob, public = base64.b64decode(encoded), WITNESSES[0].key.public
    assert name == "w0.example"
    assert blob[:4] == hashlib.sha256(b"w0.example\n\x04" + public).digest()[:4]
    assert int.from_bytes(blob[4:12], "big") == TIME
    message = b"cosignature/v1\ntime 1679315147\n" + TEXT.encode()
    verify_signature(public, message, blob[12:], what="cosignature")
    assert len(blob) == 76


def test_every_known_witness_is_read_with_its_time():
    found = opened(cosigned(*WITNESSES))
    assert found.note == NOTE
    assert found.checkpoint.size == 2
    assert found.times == {each.vkey: TIME for each in KNOWN}
    assert found.text == cosigned(*WITNESSES)


def test_a_checkpoint_without_cosignatures_is_one():
    assert opened(NOTE).times == {}


def test_a_stranger_is_passed_over_and_counted_by_nobody():
    found = opened(cosigned(*WITNESSES), KNOWN[1:2])
    assert list(found.times) == [KNOWN[1].vkey]
    assert found.text == cosigned(WITNESSES[1])


def test_a_known_name_with_another_key_is_a_stranger():
    other = WitnessSigner("w0.example", SigningKey(bytes([9]) * 32))
    assert opened(cosigned(other)).times == {}


def test_every_flipped_bit_of_a_known_line_is_refused_or_makes_a_stranger():
    line = cosign_text(TEXT, WITNESSES[0], TIME)
    blob = base64.b64decode(line.rsplit(" ", 1)[1])
    for position in range(len(blob) * 8):
        changed = bytearray(blob)
        changed[position // 8] ^= 1 << position % 8
        text = base64.b64encode(bytes(changed)).decode()
        note = join_note(NOTE, [f"— w0.example {text}"])
        if position < 32:  # another key hash: another key, of whom nothing is known
            assert opened(note).times == {}
        else:
            with pytest.raises(TamperError):
                opened(note)


def test_a_cosignature_of_another_checkpoint_is_refused():
    other = sign_checkpoint(Log(ORIGIN, [b"one"]).checkpoint(), LOG_KEY)
    line = cosign_text(other.split("\n\n")[0] + "\n", WITNESSES[0], TIME)
    with pytest.raises(TamperError):
        opened(join_note(NOTE, [line]))


def test_the_signature_of_a_note_is_no_cosignature():
    """A log key that signs notes must not be taken for a witness that looked."""
    same = NoteSigner("w0.example", WITNESSES[0].key)
    line = sign_checkpoint(Log(ORIGIN, [b"one", b"two"]).checkpoint(), same).rsplit("\n", 2)[1]
    assert opened(join_note(NOTE, [line])).times == {}


@pytest.mark.parametrize(
    "note",
    [
        cosigned(WITNESSES[0], WITNESSES[0]),
        cosigned(WITNESSES[0]) + "more",
        cosigned(WITNESSES[0]) + "more\n",
        join_note(NOTE, ["— w0.example AAAA="]),
        join_note(NOTE, [cosign_text(TEXT, WITNESSES[0], TIME)] * MAX_SIGNATURES),
        cosigned(WITNESSES[0]).replace(" w0", "  w0"),
        "",
        "\n\n",
        cosigned(WITNESSES[0]).replace("\n2\n", "\n3\n"),
    ],
)
def test_a_note_of_another_form_is_refused(note):
    with pytest.raises(TamperError):
        opened(note)


def test_the_log_signs_first():
    own, line = NOTE.rsplit("\n", 2)[1], cosign_text(TEXT, WITNESSES[0], TIME)
    with pytest.raises(TamperError):
        opened(f"{TEXT}\n{line}\n{own}\n")


@pytest.mark.parametrize("time", [-1, 2**63])
def test_a_time_that_is_none_is_not_signed(time):
    with pytest.raises(InputError):
        cosign_text(TEXT, WITNESSES[0], time)


def test_a_key_of_a_witness_is_read_as_it_is_written():
    for each in KNOWN:
        assert parse_witness_vkey(each.vkey) == each


@pytest.mark.parametrize("text", ["", "w+00000000+AAAA", LOG_KEY.verifier.vkey, KNOWN[0].vkey[:-4]])
def test_another_text_is_no_key_of_a_witness(text):
    with pytest.raises(InputError):
        parse_witness_vkey(text)


def test_one_key_as_log_and_as_witness_is_two_keys():
    public = WITNESSES[0].key.public
    as_log, as_witness = NoteVerifier("same", public), WitnessVerifier("same", public)
    assert as_log.key_hash != as_witness.key_hash
    with pytest.raises(InputError):
        WitnessVerifier("two words", public)
