import pytest
from tests.unit.ledger.keybook import key

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.errors import AccessError, InputError, TamperError
from homeward.ledger.key_files import ROOT, lock_key, read_key_file, unlock_key
from homeward.ledger.spoken import read_spoken, spoken

PASSPHRASE = "words of one holder alone"


def entropy(count):
    return bytes(range(count))


@pytest.fixture(scope="module")
def locked():
    return lock_key(key("a"), party="UA", use=ROOT, passphrase=PASSPHRASE, entropy=entropy)


def test_a_key_comes_out_of_its_file_under_its_passphrase_alone(locked):
    assert unlock_key(locked, PASSPHRASE) == key("a")
    with pytest.raises(AccessError):
        unlock_key(locked, "words of another holder")
    assert key("a").secret not in locked


def test_the_public_part_is_read_without_a_passphrase(locked):
    file = read_key_file(locked)
    assert (file.party, file.use, file.public) == ("UA", "root", key("a").public)


@pytest.mark.parametrize("change", [{"party": "RU"}, {"use": "bureau"}, {"public": "A" * 43 + "="}])
def test_a_file_stands_in_for_no_other(locked, change):
    plain = read_canonical(locked, what="file")
    with pytest.raises(AccessError):
        unlock_key(canonical_bytes({**plain, **change}), PASSPHRASE)


@pytest.mark.parametrize(
    "change", [{"format": 2}, {"party": "?"}, {"use": "R"}, {"salt": "AA=="}, {"more": 1}]
)
def test_no_other_form_is_read(locked, change):
    plain = read_canonical(locked, what="file")
    with pytest.raises(TamperError):
        read_key_file(canonical_bytes({**plain, **change}))


@pytest.mark.parametrize("passphrase", ["short", "x" * 1025])
def test_a_passphrase_has_a_length(passphrase):
    with pytest.raises(InputError, match="8 to 1024"):
        lock_key(key("a"), party="UA", use=ROOT, passphrase=passphrase, entropy=entropy)


def test_a_key_is_spoken_and_read_again():
    words = spoken(key("a").public)
    assert len(words.split("-")) == 17
    assert read_spoken(words.upper().replace("-", " \n")) == key("a").public
    assert spoken(bytes(32)).startswith("babab-babab")
    assert spoken(b"\xff" * 32).startswith("zuzuz-zuzuz")


def test_the_words_are_those_of_the_source():
    assert spoken(bytes.fromhex("7f000001") + bytes(28)).startswith("lusab-babad-")


def test_a_wrong_a_missing_and_a_foreign_word_are_noticed():
    words = spoken(key("a").public).split("-")
    for wrong in (
        [*words[1:2], *words[:1], *words[2:]],
        words[:-1],
        [*words[:-1], "hello"],
        ["babab", *words[1:]],
    ):
        with pytest.raises(InputError):
            read_spoken(" ".join(wrong))
