import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.ledger.test_chain import KEYS, ORIGIN, Story

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.crypto import SigningKey, b64
from homeward.foundation.errors import HomewardError, InputError, TamperError
from homeward.ledger import evidence
from homeward.ledger.checkpoint import Checkpoint, sign_checkpoint
from homeward.ledger.cosignature import open_cosigned
from homeward.ledger.envelope import sign_envelope
from homeward.ledger.log import Log
from homeward.ledger.note import NoteSigner
from homeward.ledger.proof import write_receipt

LOG_KEY = NoteSigner(ORIGIN, SigningKey(bytes(range(32))))
LOG = LOG_KEY.verifier
ENTRIES = [f"entry {n}".encode() for n in range(9)]
HONEST = Log(ORIGIN, ENTRIES)
OTHER = Log(ORIGIN, [*ENTRIES[:2], b"another past", *ENTRIES[3:]])


def noted(log, size=None):
    return sign_checkpoint(log.checkpoint(size), LOG_KEY)


def two_checkpoints(size=9):
    return evidence.of_checkpoints(LOG, noted(HONEST, size), noted(OTHER), OTHER.tree)


def own_entry(seq=2, author="XA", signer=None, **changes):
    fields = {
        "log": ORIGIN, "type": "message", "case": "case-1", "author": author, "seq": seq,
        "prev": "00" * 32 if seq > 1 else None, "seen": None, "at": "2025-02-05T08:00:00Z",
        "body": {},
    }  # fmt: skip
    return sign_envelope(signer=signer or KEYS[author], **{**fields, **changes})


def two_entries():
    return evidence.of_entries([KEYS["XA"].public], own_entry(), own_entry(body={"n": 1}))


def seen_another(log=HONEST, size=9):
    entry = own_entry(seen=(5, OTHER.root(5).hex()))
    return evidence.of_seen(KEYS["XA"].public, entry, LOG, noted(log, size), log.tree)


def receipt(log, index, size=None):
    cosigned = open_cosigned(noted(log, size), LOG, ORIGIN)
    return write_receipt(log.tree, index, cosigned)


def dropped_entry():
    return evidence.of_dropped(LOG, receipt(HONEST, 2, 4), ENTRIES[2], noted(OTHER), OTHER.tree)


EVERY = {
    "two_checkpoints": two_checkpoints,
    "two_entries": two_entries,
    "seen_another": seen_another,
    "dropped_entry": dropped_entry,
}


@pytest.mark.parametrize("kind", EVERY)
def test_every_kind_convicts_and_says_of_what(kind):
    verdict = evidence.judge(EVERY[kind]())
    is_log = kind in {"two_checkpoints", "dropped_entry"}
    assert verdict.kind == kind
    assert verdict.convicted == (ORIGIN if is_log else "XA")
    assert verdict.keys == (LOG.public if is_log else KEYS["XA"].public,)
    for sentence in (verdict.charge, verdict.because):
        assert sentence.endswith(".")
    assert bool(verdict.doubt) == (kind == "seen_another")


@pytest.mark.parametrize("size", [3, 4, 8, 9])
def test_a_smaller_or_equal_checkpoint_of_another_history_convicts_the_log(size):
    verdict = evidence.judge(two_checkpoints(size))
    assert f"for the size {size}" in verdict.because
    backwards = evidence.of_checkpoints(LOG, noted(OTHER), noted(HONEST, size), OTHER.tree)
    assert backwards == two_checkpoints(size)


def test_a_signed_root_of_nothing_that_is_not_nothings_root_convicts():
    lie = Checkpoint(origin=ORIGIN, size=0, root=bytes(32))
    note = sign_checkpoint(lie, LOG_KEY)
    data = evidence.of_checkpoints(LOG, note, noted(HONEST), HONEST.tree)
    assert evidence.judge(data).convicted == ORIGIN


def test_a_log_that_only_grew_is_not_convicted():
    for size in range(10):
        with pytest.raises(TamperError):
            evidence.of_checkpoints(LOG, noted(HONEST, size), noted(HONEST), HONEST.tree)


def test_two_histories_that_begin_alike_are_one_as_far_as_they_do():
    for size in range(3):
        with pytest.raises(TamperError):
            two_checkpoints(size)


def test_an_author_with_one_entry_for_each_number_is_not_convicted():
    story = Story()
    entries = [story.say("XA") for _ in range(3)]
    public = KEYS["XA"].public
    for pair in (entries[:2], entries[1:], [entries[0]] * 2):
        with pytest.raises(TamperError):
            evidence.of_entries([public], *pair)


@pytest.mark.parametrize(
    "change",
    [{"log": "example.org/other"}, {"author": "XB", "signer": KEYS["XA"]}, {"seq": 3}],
)
def test_entries_of_another_log_author_or_number_convict_nobody(change):
    with pytest.raises(TamperError):
        evidence.of_entries([KEYS["XA"].public], own_entry(), own_entry(**change))


def test_two_keys_convict_only_whoever_has_both():
    """Anybody can sign an entry in another's name: both keys must be known as theirs."""
    mine = SigningKey(bytes([9]) * 32)
    publics = [KEYS["XA"].public, mine.public]
    data = evidence.of_entries(publics, own_entry(), own_entry(signer=mine))
    assert "only if both are its own" in evidence.judge(data).doubt
    with pytest.raises(TamperError) as raised:
        evidence.judge(data, [KEYS["XA"].public])
    assert raised.value.code == "evidence.key"
    assert evidence.judge(data, publics).convicted == "XA"
    with pytest.raises(TamperError):  # a key that signed nothing is not named
        evidence.of_entries(publics, own_entry(), own_entry(body={"n": 1}))


def test_an_author_that_saw_what_there_was_is_not_convicted():
    for seen in (None, (5, HONEST.root(5).hex()), (0, HONEST.root(0).hex())):
        entry = own_entry(seen=seen)
        with pytest.raises(TamperError):
            evidence.of_seen(KEYS["XA"].public, entry, LOG, noted(HONEST), HONEST.tree)


def test_an_author_that_saw_more_than_the_checkpoint_is_not_convicted():
    with pytest.raises(TamperError):
        seen_another(HONEST, 4)


def test_what_an_author_saw_is_judged_at_its_own_size_and_any_later_one():
    for size in (5, 6, 8, 9):
        assert evidence.judge(seen_another(size=size)).convicted == "XA"
    with pytest.raises(TamperError):
        seen_another(OTHER)


def test_a_log_that_kept_the_entry_is_not_convicted():
    for log, size in ((HONEST, None), (HONEST, 3), (HONEST, 4)):
        with pytest.raises(TamperError):
            evidence.of_dropped(LOG, receipt(HONEST, 2, 4), ENTRIES[2], noted(log, size), log.tree)


def test_a_tree_that_does_not_reach_the_entry_convicts_nobody():
    with pytest.raises(InputError):
        evidence.of_dropped(LOG, receipt(HONEST, 2), ENTRIES[2], noted(OTHER, 2), OTHER.tree)


@pytest.mark.parametrize("kind", EVERY)
def test_only_against_a_known_key(kind):
    data = EVERY[kind]()
    own = evidence.judge(data).keys
    assert evidence.judge(data, own).keys == own
    with pytest.raises(TamperError):
        evidence.judge(data, [bytes(32)])


@pytest.mark.parametrize("kind", EVERY)
def test_no_field_can_be_missing_added_or_of_another_type(kind):
    document = read_canonical(EVERY[kind](), what="evidence")
    changed = [{key: v for key, v in document.items() if key != name} for name in document]
    changed += [{**document, "more": ""}, [], "text", None, {**document, "kind": "other"}]
    for name in document:
        changed += [{**document, name: value} for value in (None, 1, "x", ["x"], [1], [], {})]
    for each in changed:
        if each == document:
            continue
        with pytest.raises(TamperError):
            evidence.judge(canonical_bytes(each))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_flipped_bit_convicts_another_or_of_another_thing(data):
    """Whatever is changed, the file convicts nobody, or the same one of the same."""
    original = data.draw(st.sampled_from(sorted(EVERY)).map(lambda kind: EVERY[kind]()))
    position = data.draw(st.integers(0, len(original) * 8 - 1))
    changed = bytearray(original)
    changed[position // 8] ^= 1 << position % 8
    with pytest.raises(TamperError):
        evidence.judge(bytes(changed))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_convict_nobody(data):
    with pytest.raises(TamperError):
        evidence.judge(data)


def test_a_file_too_large_is_not_read():
    with pytest.raises(TamperError):
        evidence.judge(b" " * (evidence.MAX_EVIDENCE_BYTES + 1))


def test_a_key_that_is_none_is_no_other_failure():
    document = read_canonical(two_checkpoints(), what="evidence")
    for log in ("", "a+b+c", b64(bytes(32))):
        with pytest.raises(HomewardError) as raised:
            evidence.judge(canonical_bytes({**document, "log": log}))
        assert type(raised.value) is TamperError
