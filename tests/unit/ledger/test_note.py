import pytest

from homeward.foundation.crypto import SigningKey, b64
from homeward.foundation.errors import InputError, TamperError
from homeward.ledger.note import NoteSigner, NoteVerifier, open_note, parse_vkey, sign_note

SIGNER = NoteSigner("example.org/log", SigningKey(bytes(range(32))))
TEXT = "If you think cryptography is the answer\nto your problem\n"


def test_a_note_opens_with_its_key():
    note = sign_note(TEXT, SIGNER)
    assert note.startswith(TEXT + "\n— example.org/log ")
    assert open_note(note, SIGNER.verifier) == TEXT


def test_a_text_with_an_empty_line_is_signed_whole():
    text = "above\n\nbelow\n"
    assert open_note(sign_note(text, SIGNER), SIGNER.verifier) == text


@pytest.mark.parametrize("text", ["\n", "\n\n", "a\n\n"])
def test_empty_lines_are_text_too(text):
    assert open_note(sign_note(text, SIGNER), SIGNER.verifier) == text


def test_every_flipped_bit_of_a_note_is_refused():
    note = sign_note(TEXT, SIGNER).encode()
    for position in range(len(note) * 8):
        changed = bytearray(note)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises((TamperError, UnicodeDecodeError)):
            open_note(bytes(changed).decode(), SIGNER.verifier)


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note + "— somebody.else AAAA\n",
        lambda note: note + note.split("\n\n")[1],
        lambda note: note + "\n",
        lambda note: note[:-1],
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.replace("\n", "\r\n"),
        lambda note: note.replace("\n\n", "\n\n\n"),
        lambda note: "\n" + note.split("\n\n")[1],
        lambda note: "",
        lambda note: "x" * 100_000 + note,
    ],
)
def test_a_note_of_another_shape_is_refused(change):
    with pytest.raises(TamperError):
        open_note(change(sign_note(TEXT, SIGNER)), SIGNER.verifier)


def test_the_same_key_under_another_name_is_another_key():
    other = NoteSigner("example.org/other", SIGNER.key)
    assert other.verifier.key_hash != SIGNER.verifier.key_hash
    renamed = sign_note(TEXT, other).replace("example.org/other", "example.org/log")
    with pytest.raises(TamperError):
        open_note(renamed, SIGNER.verifier)


def test_a_signature_cut_short_is_refused():
    blob = SIGNER.verifier.key_hash + SIGNER.key.sign(TEXT.encode())[:-1]
    with pytest.raises(TamperError):
        open_note(f"{TEXT}\n— {SIGNER.name} {b64(blob)}\n", SIGNER.verifier)


@pytest.mark.parametrize(
    "text", ["no newline", "", "bell\x07\n", "cr\r\n", "\ud800\n", "x" * 9999 + "\n"]
)
def test_a_text_that_no_note_can_hold_is_not_signed(text):
    with pytest.raises(InputError):
        sign_note(text, SIGNER)


def test_a_verifier_key_is_read_as_it_was_written():
    assert parse_vkey(SIGNER.verifier.vkey) == SIGNER.verifier


def test_the_example_key_of_the_go_project_is_read():
    vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert parse_vkey(vkey).name == "PeterNeumann"
    note = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
        "\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert open_note(note, parse_vkey(vkey)).endswith("what your problem is.\n")


@pytest.mark.parametrize(
    "change",
    [
        lambda vkey: "",
        lambda vkey: vkey + "\n",
        lambda vkey: vkey.replace("+", " ", 1),
        lambda vkey: vkey.replace("example", "example "),
        lambda vkey: vkey[:-1],
        lambda vkey: vkey[:-1] + "~",
        lambda vkey: "other" + vkey,
        lambda vkey: vkey.rpartition("+")[0] + "+" + b64(b"\x02" + SIGNER.verifier.public),
        lambda vkey: "x" * 10_000 + vkey,
    ],
)
def test_a_text_that_is_no_verifier_key_is_refused(change):
    with pytest.raises(InputError):
        parse_vkey(change(SIGNER.verifier.vkey))


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\n", "x" * 300])
def test_a_key_without_a_fit_name_is_refused(name):
    with pytest.raises(InputError):
        NoteVerifier(name, bytes(32))
