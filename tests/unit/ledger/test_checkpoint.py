import pytest

from homeward.foundation.crypto import SigningKey
from homeward.foundation.errors import InputError, TamperError
from homeward.ledger.checkpoint import (
    Checkpoint,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from homeward.ledger.note import NoteSigner, sign_note

ORIGIN = "example.org/log"
SIGNER = NoteSigner(ORIGIN, SigningKey(bytes(range(32))))
CHECKPOINT = Checkpoint(origin=ORIGIN, size=12, root=bytes(range(32)))
TEXT = CHECKPOINT.to_text()


def test_a_checkpoint_is_three_lines_and_reads_back():
    assert TEXT == "example.org/log\n12\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert parse_checkpoint(TEXT) == CHECKPOINT


def test_a_signed_checkpoint_opens_for_its_log():
    note = sign_checkpoint(CHECKPOINT, SIGNER)
    assert open_checkpoint(note, SIGNER.verifier, ORIGIN) == CHECKPOINT


def test_a_checkpoint_of_another_log_is_refused():
    note = sign_checkpoint(CHECKPOINT, SIGNER)
    with pytest.raises(TamperError):
        open_checkpoint(note, SIGNER.verifier, "example.org/other")


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT + "extension\n",
        TEXT + "\n",
        TEXT[:-1],
        TEXT.replace("12", "012"),
        TEXT.replace("12", "+12"),
        TEXT.replace("12", "-1"),
        TEXT.replace("12", "1_2"),
        TEXT.replace("12", "١٢"),
        TEXT.replace("12", "9" * 30),
        TEXT.replace("h8=", "h9="),
        TEXT.replace("h8=", "h8"),
        TEXT.replace("AAEC", ""),
        "\n" + TEXT.partition("\n")[2],
    ],
)
def test_a_checkpoint_of_another_form_is_refused(text):
    with pytest.raises(TamperError):
        parse_checkpoint(text)
    if text.endswith("\n"):
        with pytest.raises(TamperError):
            open_checkpoint(sign_note(text, SIGNER), SIGNER.verifier, ORIGIN)


@pytest.mark.parametrize(
    "checkpoint",
    [
        Checkpoint(origin="two\nlines", size=1, root=bytes(32)),
        Checkpoint(origin="", size=1, root=bytes(32)),
        Checkpoint(origin=ORIGIN, size=-1, root=bytes(32)),
        Checkpoint(origin=ORIGIN, size=1, root=bytes(31)),
    ],
)
def test_a_checkpoint_that_nobody_could_read_is_not_signed(checkpoint):
    with pytest.raises(InputError):
        sign_checkpoint(checkpoint, SIGNER)
