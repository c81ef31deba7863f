import base64
import dataclasses
import json

import pytest

from homeward.foundation.canonical import canonical_bytes
from homeward.foundation.crypto import SigningKey
from homeward.foundation.errors import InputError, TamperError
from homeward.ledger.envelope import (
    MAX_ENTRY_BYTES,
    entry_sha256,
    key_id,
    read_envelope,
    sign_envelope,
    verify_envelope,
)

KEY = SigningKey(bytes(range(32)))
FIELDS = {
    "log": "example.org/log",
    "type": "list.wanted",
    "case": "case-1",
    "author": "XA",
    "seq": 2,
    "prev": "ab" * 32,
    "seen": (7, "cd" * 32),
    "at": "2025-02-05T08:00:00Z",
    "body": {"rows": 150, "text": "Ω"},
    "in_reply_to": "ef" * 32,
}


def signed(**changes):
    return sign_envelope(signer=KEY, **{**FIELDS, **changes})


def test_an_entry_reads_back_as_it_was_signed():
    entry = signed()
    envelope = read_envelope(entry)
    verify_envelope(envelope, KEY.public)
    assert {name: getattr(envelope, name) for name in FIELDS} == FIELDS
    assert (envelope.version, envelope.key) == (1, key_id(KEY.public))
    assert (envelope.entry, envelope.entry_sha256) == (entry, entry_sha256(entry))


def test_what_is_signed_is_the_pre_authentication_encoding_of_dsse():
    envelope = read_envelope(signed())
    kind = b"application/vnd.homeward.entry+json"
    encoded = (
        b"DSSEv1 35 " + kind + b" " + str(len(envelope.payload)).encode() + b" " + envelope.payload
    )
    assert KEY.sign(encoded) == envelope.signature


def test_the_first_entry_has_nothing_before_it_and_may_have_seen_nothing():
    envelope = read_envelope(signed(seq=1, prev=None, seen=None, in_reply_to=None))
    assert (envelope.prev, envelope.seen, envelope.in_reply_to) == (None, None, None)


def test_every_flipped_bit_of_an_entry_is_refused():
    entry = signed()
    for position in range(len(entry) * 8):
        changed = bytearray(entry)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(TamperError):
            verify_envelope(read_envelope(bytes(changed)), KEY.public)


def test_another_key_does_not_verify_an_entry():
    other = SigningKey(bytes(32))
    with pytest.raises(TamperError):
        verify_envelope(read_envelope(signed()), other.public)
    forged = dataclasses.replace(read_envelope(signed()), key=key_id(other.public))
    with pytest.raises(TamperError):
        verify_envelope(forged, other.public)


def test_an_entry_that_names_another_key_than_it_was_signed_with_is_refused():
    envelope = dataclasses.replace(read_envelope(signed()), key="00" * 8)
    with pytest.raises(TamperError, match="id of the author's key"):
        verify_envelope(envelope, KEY.public)


WRONG = [
    {"seq": 0},
    {"seq": True},
    {"seq": 1.0},
    {"seq": 2**53},
    {"prev": None},
    {"prev": "ab" * 32, "seq": 1},
    {"prev": "AB" * 32},
    {"author": "xa"},
    {"author": 7},
    {"at": "2025-02-05 08:00:00"},
    {"at": "2025-02-30T08:00:00Z"},
    {"at": "2025-02-05T24:00:00Z"},
    {"at": "2025-02-05T08:00:00+00:00"},
    {"case": "two words"},
    {"case": ""},
    {"type": "x" * 200},
    {"log": "two\nlines"},
    {"version": 0},
    {"seen": (-1, "cd" * 32)},
    {"seen": (7, "cd")},
    {"seen": (True, "cd" * 32)},
    {"in_reply_to": "entry 7"},
]


@pytest.mark.parametrize("change", WRONG, ids=str)
def test_a_malformed_field_is_not_signed(change):
    with pytest.raises(InputError) as caught:
        signed(**change)
    assert caught.value.facts == {"field": next(iter(change))}


@pytest.mark.parametrize("change", WRONG, ids=str)
def test_a_malformed_field_that_somebody_signed_is_refused(change):
    change = dict(change)
    if isinstance(change.get("seen"), tuple):
        change["seen"] = dict(zip(("size", "root"), change["seen"], strict=True))
    with pytest.raises(TamperError):
        read_envelope(resigned(lambda payload: payload | change))


@pytest.mark.parametrize(
    "change",
    [
        lambda payload: payload | {"extra": 1},
        lambda payload: {k: v for k, v in payload.items() if k != "body"},
        lambda payload: payload | {"body": []},
        lambda payload: payload | {"seen": {"size": 7}},
        lambda payload: payload | {"seen": payload["seen"] | {"extra": 1}},
        lambda payload: payload | {"seen": [7, "cd" * 32]},
        lambda payload: payload | {"key": "00" * 8},
        lambda payload: [payload],
    ],
)
def test_a_payload_of_another_shape_is_refused(change):
    with pytest.raises(TamperError):
        read_envelope(resigned(change))


@pytest.mark.parametrize(
    "change",
    [
        lambda outer: outer | {"extra": 1},
        lambda outer: outer | {"payloadType": "text/plain"},
        lambda outer: outer | {"payload": 7},
        lambda outer: outer | {"payload": base64.b64encode(b"{ }").decode()},
        lambda outer: outer | {"signatures": []},
        lambda outer: outer | {"signatures": outer["signatures"] * 2},
        lambda outer: outer | {"signatures": [outer["signatures"][0] | {"extra": 1}]},
        lambda outer: outer | {"signatures": [{"keyid": "00"}]},
        lambda outer: [outer],
    ],
)
def test_an_envelope_of_another_shape_is_refused(change):
    with pytest.raises(TamperError):
        read_envelope(canonical_bytes(change(json.loads(signed()))))


@pytest.mark.parametrize(
    "entry",
    [b"", b"{}", b"\xff", b"[" * 60_000, b'{"a":NaN}', b" " * (MAX_ENTRY_BYTES + 1), b"9" * 60_000],
    ids=["empty", "object", "no text", "deep", "nan", "large", "digits"],
)
def test_bytes_that_are_no_entry_are_refused(entry):
    with pytest.raises(TamperError):
        read_envelope(entry)


def test_an_entry_fills_the_length_of_a_bundle_and_no_more():
    spare = MAX_ENTRY_BYTES - len(signed(body={"text": ""}))
    fits = signed(body={"text": "x" * (spare // 4 * 3 - 3)})
    assert MAX_ENTRY_BYTES - 8 <= len(fits) <= MAX_ENTRY_BYTES
    assert read_envelope(fits).entry == fits
    with pytest.raises(InputError, match="65535"):
        signed(body={"text": "x" * spare})


def test_a_body_with_a_fraction_is_not_signed():
    with pytest.raises(InputError):
        signed(body={"share": 0.5})


def resigned(change):
    outer = json.loads(signed())
    payload = change(json.loads(base64.b64decode(outer["payload"])))
    # Not canonical_bytes: somebody hostile may write what it refuses.
    content = json.dumps(
        payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    outer["payload"] = base64.b64encode(content).decode()
    return canonical_bytes(outer)
