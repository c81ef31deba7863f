import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeward.foundation import crypto
from homeward.foundation.errors import AccessError, InputError, TamperError

KEY = bytes(range(32))
NONCE = bytes(12)


def changed(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_a_signature_is_that_of_the_published_vector():
    # RFC 8032, section 7.1, test 2
    key = crypto.SigningKey(
        bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    )
    assert key.public.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    signature = key.sign(b"\x72")
    assert signature.hex().startswith(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    )
    crypto.verify_signature(key.public, b"\x72", signature, what="vector")


def test_a_signature_holds_for_one_key_and_one_message_only():
    key, other = crypto.SigningKey(KEY), crypto.SigningKey(KEY[::-1])
    signature = key.sign(b"150")
    crypto.verify_signature(key.public, b"150", signature, what="count")
    for public, message, signed in (
        (key.public, b"151", signature),
        (other.public, b"150", signature),
        (key.public, b"150", changed(signature, 0)),
        (key.public, b"150", changed(signature, 63)),
        (key.public, b"150", signature[:-1]),
        (key.public[:-1], b"150", signature),
        (key.public, b"150", b""),
    ):
        with pytest.raises(TamperError, match="on the count"):
            crypto.verify_signature(public, message, signed, what="count")


def test_a_wrapped_secret_opens_with_its_key_and_purpose_only():
    wrapped = crypto.wrap(KEY, b"secret", nonce=NONCE, purpose="database")
    assert crypto.unwrap(KEY, wrapped, purpose="database") == b"secret"
    assert b"secret" not in wrapped
    for key, data, purpose in (
        (KEY[::-1], wrapped, "database"),
        (KEY, wrapped, "signing"),
        (KEY, changed(wrapped, 0), "database"),
        (KEY, changed(wrapped, len(wrapped) - 1), "database"),
        (KEY, wrapped[:10], "database"),
        (KEY, b"", "database"),
    ):
        with pytest.raises(AccessError):
            crypto.unwrap(key, data, purpose=purpose)


def test_a_passphrase_and_a_salt_make_one_key():
    key = crypto.derive_key("seven geese", b"0" * crypto.SALT_BYTES)
    assert len(key) == crypto.KEY_BYTES
    assert key == crypto.derive_key("seven geese", b"0" * crypto.SALT_BYTES)
    assert key != crypto.derive_key("seven geese", b"1" * crypto.SALT_BYTES)


def test_bytes_for_another_purpose_are_other_bytes():
    assert crypto.derive_bytes(KEY, "case 1") != crypto.derive_bytes(KEY, "case 2")
    assert crypto.derive_bytes(KEY, "case 1", 16) == crypto.derive_bytes(KEY, "case 1")[:16]


def test_what_is_sealed_is_opened_by_its_recipient_only():
    ours, theirs = crypto.new_sealing_key(), crypto.new_sealing_key()
    sealed = crypto.seal("їжак".encode(), ours.public)
    assert ours.open(sealed, what="list") == "їжак".encode()
    with pytest.raises(TamperError, match="the list"):
        theirs.open(sealed, what="list")


def test_a_changed_seal_does_not_open():
    key = crypto.new_sealing_key()
    sealed = crypto.seal(b"list", key.public)
    for data in (changed(sealed, len(sealed) - 1), changed(sealed, 60), sealed[:-1], b"", b"list"):
        with pytest.raises(TamperError):
            key.open(data, what="list")


@pytest.mark.parametrize("recipient", ["", "age1", "age1nobody", "ssh-ed25519 AAAA"])
def test_nothing_is_sealed_to_a_text_that_is_no_key(recipient):
    with pytest.raises(InputError):
        crypto.seal(b"list", recipient)


@given(st.binary(max_size=40))
def test_base64_reads_back(data):
    assert crypto.unb64(crypto.b64(data), what="entry") == data


@pytest.mark.parametrize(
    "text", ["QQ", "QQ=", "QQ===", "QR==", "Q Q==", "QQ==\n", "_-8=", "=QQ=", "ЖЖ==", "QQ==QQ=="]
)
def test_a_variant_of_base64_is_refused(text):
    with pytest.raises(TamperError):
        crypto.unb64(text, what="entry")
