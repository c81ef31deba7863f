import base64
import json

import pytest

from homeward.foundation.canonical import canonical_bytes
from homeward.foundation.crypto import b64
from homeward.foundation.errors import AccessError, InputError, TamperError
from homeward.node import keystore

SALT = b"s" * 16


@pytest.fixture(name="locked")
def fixture_locked(template, passphrase, entropy):
    return keystore.lock(
        template.keys, party="XA", passphrase=passphrase, salt=SALT, entropy=entropy
    )


def unlock(data, passphrase, party="XA"):
    return keystore.unlock(data, party=party, passphrase=passphrase, salt=SALT)


def test_keys_come_back_with_the_passphrase(template, locked, passphrase):
    keys = unlock(locked, passphrase)
    assert keys == template.keys


def test_another_passphrase_opens_nothing(locked):
    with pytest.raises(AccessError, match="passphrase"):
        unlock(locked, "seven geese over the quiet hill")


def test_keys_of_one_party_do_not_open_as_another(locked, passphrase):
    with pytest.raises(AccessError):
        unlock(locked, passphrase, party="XB")


def test_wrapped_keys_cannot_change_places(locked, passphrase):
    document = json.loads(locked)
    document["database"], document["id_secret"] = document["id_secret"], document["database"]
    with pytest.raises(AccessError):
        unlock(canonical_bytes(document), passphrase)


@pytest.mark.parametrize("part", ["signing", "sealing"])
def test_a_public_part_that_was_changed_is_noticed(locked, passphrase, part):
    document = json.loads(locked)
    if part == "signing":
        document["signing"][0]["public"] = b64(b"p" * 32)
    else:
        document["sealing"]["public"] = keystore.new_sealing_key().public
    with pytest.raises(TamperError):
        unlock(canonical_bytes(document), passphrase)


def test_a_key_file_without_a_part_is_noticed(locked, passphrase):
    document = json.loads(locked)
    del document["sealing"]
    with pytest.raises(TamperError):
        unlock(canonical_bytes(document), passphrase)


def test_no_secret_rests_in_clear(template, locked):
    keys = template.keys
    secrets = [keys.database, keys.id_secret, *(key.secret for key in keys.signing.values())]
    for secret in secrets:
        for form in (secret, base64.b64encode(secret), secret.hex().encode()):
            assert form not in locked
    assert keys.sealing.secret.encode() not in locked


def test_keys_do_not_print_themselves(template):
    assert template.keys.database.hex() not in repr(template)
    assert repr(template.keys.database) not in repr(template)
    assert template.keys.sealing.secret not in repr(template)


@pytest.mark.parametrize("passphrase", ["", "short", "x" * 1025])
def test_a_passphrase_of_unfit_length_is_refused(template, entropy, passphrase):
    with pytest.raises(InputError, match=f"found {len(passphrase)}"):
        keystore.lock(template.keys, party="XA", passphrase=passphrase, salt=SALT, entropy=entropy)


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("bureau", {"bureau", "officer"}),
        ("mediator", {"mediator", "interviewer", "log"}),
        ("observer", {"observer"}),
    ],
)
def test_each_role_has_its_own_keys_and_no_two_are_alike(entropy, role, names):
    keys = keystore.create(role, entropy)
    secrets = {keys.database, keys.id_secret, *(key.secret for key in keys.signing.values())}
    assert keys.signing.keys() == names
    assert len(secrets) == len(names) + 2


def test_the_same_seed_draws_the_same_keys_but_for_the_sealing_key(seeded):
    first, again, other = (keystore.create("bureau", seeded(seed)) for seed in ("a", "a", "b"))
    assert (first.signing, first.database, first.id_secret) == (
        again.signing,
        again.database,
        again.id_secret,
    )
    assert first.sealing != again.sealing
    assert first.signing != other.signing


def test_the_id_of_a_captive_repeats_in_a_case_and_not_across_cases(template):
    keys = template.keys
    first = keys.captive_id("case-1", "XA-00017")
    assert first == keys.captive_id("case-1", "XA-00017")
    assert len(first) == 32
    assert bytes.fromhex(first)
    assert first != keys.captive_id("case-2", "XA-00017")
    assert first != keys.captive_id("case-1", "XA-00018")


def card_of(entropy, role="mediator", name="Office of the Mediator"):
    keys = keystore.create(role, entropy)
    return keys, keystore.write_card(keys, party="XM", role=role, name=name, simulation=True)


def test_a_card_says_what_its_node_is(entropy):
    keys, card = card_of(entropy)
    read = keystore.read_card(card.data)
    assert read == card
    assert (read.party, read.role, read.simulation) == ("XM", "mediator", True)
    assert read.signing_keys == {
        role: keys.signing[role].public for role in ("mediator", "interviewer")
    }
    assert read.sealing_key == keys.sealing.public
    assert read.log_vkey.startswith("homeward/xm+")


def test_the_fingerprint_is_eight_groups_to_be_read_aloud(entropy):
    _, card = card_of(entropy)
    groups = keystore.fingerprint(card).split(" ")
    assert [len(group) for group in groups] == [4] * 8
    _, other = card_of(entropy)
    assert keystore.fingerprint(other) != keystore.fingerprint(card)


def test_a_card_with_any_bit_changed_is_refused(entropy):
    _, card = card_of(entropy)
    for place in range(len(card.data)):
        changed = bytearray(card.data)
        changed[place] ^= 1 << (place % 8)
        with pytest.raises(TamperError):
            keystore.read_card(bytes(changed))


@pytest.mark.parametrize(
    "change",
    [
        {"party": "Aldia"},
        {"role": "bureau"},
        {"name": "two\nlines"},
        {"simulation": 1},
        {"signing_keys": []},
        {"sealing_key": "age1nothing"},
        {"log_vkey": None},
        {"log_vkey": "homeward/xb+00000000+AAAA"},
        {"motto": "x"},
    ],
)
def test_a_card_signed_over_nonsense_is_refused(entropy, change):
    keys, card = card_of(entropy)
    body = {key: value for key, value in json.loads(card.data).items() if key != "signature"}
    body |= change
    signature = keys.signing["mediator"].sign(b"homeward-card-v1\n" + canonical_bytes(body))
    with pytest.raises(TamperError):
        keystore.read_card(canonical_bytes({**body, "signature": b64(signature)}))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b"x" * 20_000])
def test_what_is_no_card_is_refused(data):
    with pytest.raises(TamperError):
        keystore.read_card(data)


@pytest.mark.parametrize("name", ["", " padded ", "two\nlines", "x" * 201, "turned \u202eround"])
def test_an_office_name_that_is_not_one_plain_line_is_refused(entropy, name):
    with pytest.raises(InputError):
        card_of(entropy, name=name)
