import pytest

from homeward.foundation.bech32 import read_bech32
from homeward.foundation.crypto import SealingKey, new_sealing_key, shared_key
from homeward.foundation.errors import InputError

# BIP-173, valid test vectors: a text, its prefix, and its groups of five bits from 0 to 31.
LONG = "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"


def test_the_vector_of_the_standard_reads_as_all_groups_in_order():
    number = 0
    for group in range(32):
        number = number << 5 | group
    assert read_bech32(LONG, prefix="abcdef") == number.to_bytes(20, "big")
    assert read_bech32(LONG.upper(), prefix="abcdef") == number.to_bytes(20, "big")


@pytest.mark.parametrize(
    "text",
    [
        LONG[:-1] + "q",  # another letter
        LONG[:-1].upper() + LONG[-1],  # two cases
        LONG.replace("abcdef", "abcdeg"),
        "abcdef1",
        "abcdef1qpzrb",
        "1qqqqqq",
        "",
        "abcdef1qéqqqq",
    ],
)
def test_what_is_no_such_text_is_refused_without_being_repeated(text):
    with pytest.raises(InputError) as caught:
        read_bech32(text, prefix="abcdef")
    assert caught.value.code == "crypto.recipient"
    assert not text or text not in str(caught.value)


def test_the_keys_that_age_writes_are_a_pair_on_the_curve():
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    key = new_sealing_key()
    secret = read_bech32(key.secret, prefix="age-secret-key-")
    public = X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    assert public == read_bech32(key.public, prefix="age")


def test_two_ends_derive_one_key_a_label_each_and_nobody_else_derives_it():
    one, two, other = (new_sealing_key() for _ in range(3))
    key = shared_key(one, two.public, label=b"a")
    assert key == shared_key(two, one.public, label=b"a")
    assert key != shared_key(two, one.public, label=b"b")
    assert key != shared_key(other, one.public, label=b"a")
    assert len(key) == 32


def test_a_recipient_that_gives_everybody_the_same_key_is_refused():
    zero = "age1" + "q" * 52
    checked = next(
        text for text in _with_checksums(zero) if _reads(text)
    )  # the point 0, well written
    with pytest.raises(InputError):
        shared_key(new_sealing_key(), checked, label=b"a")
    with pytest.raises(InputError):
        shared_key(new_sealing_key(), "age1nothing", label=b"a")
    with pytest.raises(InputError):
        shared_key(SealingKey("no key"), new_sealing_key().public, label=b"a")


def _with_checksums(head):
    from homeward.foundation import bech32

    prefix, data = head.split("1")
    spread = [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]
    values = [bech32._LETTERS.index(letter) for letter in data]
    sum_of = bech32._polymod([*spread, *values, *[0] * 6]) ^ 1
    letters = [bech32._LETTERS[sum_of >> 5 * (5 - place) & 31] for place in range(6)]
    yield head + "".join(letters)


def _reads(text):
    from homeward.foundation import bech32

    return bech32.read_bech32(text, prefix="age") == bytes(32)
