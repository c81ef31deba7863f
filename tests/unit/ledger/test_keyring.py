import dataclasses

import pytest
from tests.unit.ledger.keybook import LOG, devices, ids, key, officers, revocation, root, sign

from homeward.foundation.canonical import canonical_bytes
from homeward.foundation.errors import InputError, PeerError, TamperError
from homeward.ledger.envelope import key_id
from homeward.ledger.key_documents import (
    Checkpoint,
    add_signature,
    read_file,
    read_signed,
    signed_body,
    write_signed,
)
from homeward.ledger.keyring import Grant, Vocabulary, advance_keyring, begin_keyring

WORDS = Vocabulary(
    roles=("bureau", "officer"), limits=("accept_at_most",), two_officers=("plan_accepted",)
)
ROOTS = ("root 1", "root 2", "root 3")


def advance(keyring, document, index=9, **other):
    return advance_keyring(keyring, document, **{"index": index, "words": WORDS, **other})


@pytest.fixture
def card():
    keys = {
        key_id(key(name).public): Grant(role=role, public=key(name).public)
        for name, role in (("card", "bureau"), ("gate", "officer"))
    }
    return begin_keyring(log=LOG, party="UA", keys=keys, index=1)


def first(card, **change):
    named = officers(["card", "anna"], limits={"accept_at_most": 200}) + officers(
        ["gate"], role="officer"
    )
    return sign(root(card, ROOTS, named, **change), "root 1", "root 3", "anna")


@pytest.fixture
def rooted(card):
    return advance(card, first(card), index=5)


def refused(keyring, document, code, kind=PeerError, **other):
    with pytest.raises(kind) as caught:
        advance(keyring, document, **other)
    assert caught.value.code == code
    return caught.value


def test_a_party_without_a_root_document_has_the_keys_of_its_card(card):
    assert card.keys_of("bureau", 1) == (key("card").public,)
    assert card.keys_of("bureau", 0) == ()
    assert card.at(1).two_officers == frozenset()


def test_a_document_takes_effect_at_its_own_index_and_nothing_changes_before(rooted):
    assert rooted.keys_of("bureau", 4) == (key("card").public,)
    assert set(rooted.keys_of("bureau", 5)) == {key("card").public, key("anna").public}
    assert rooted.at(5).grants[ids("anna")[0]].limits == {"accept_at_most": 200}
    assert rooted.at(4).grants[ids("card")[0]].limits == {}


def test_a_document_survives_the_file_and_the_entry(card):
    document = first(card)
    assert read_file(write_signed(document)) == document
    assert read_signed(signed_body(document)) == document
    assert add_signature(document, key("root 1")) == document


def test_a_revoked_key_ends_at_the_index_and_stays_in_the_past(rooted):
    after = advance(rooted, sign(revocation(rooted, "card"), "root 1", "root 2"), index=9)
    assert ids("card")[0] in after.at(8).grants
    assert ids("card")[0] not in after.at(9).grants
    assert after.ended == set(ids("card"))


def test_roots_change_hands_when_old_and_new_sign(rooted):
    document = root(rooted, ("root 3", "root 4", "root 5"), officers(["anna"]))
    both = sign(document, "root 1", "root 3", "root 4")
    after = advance(rooted, both)
    assert after.epoch == 2
    assert set(after.roots) == set(ids("root 3", "root 4", "root 5"))
    assert set(ids("card", "gate", "root 1", "root 2")) == after.ended
    refused(rooted, sign(document, "root 3", "root 4"), "keys.quorum")
    refused(rooted, sign(document, "root 1", "root 2"), "keys.quorum")


@pytest.mark.parametrize("signers", [[], ["root 1"], ["root 1", "anna"]])
def test_fewer_roots_than_the_threshold_change_nothing(rooted, signers):
    document = root(rooted, ROOTS, officers(["anna"]))
    signers = [name for name in signers if name != "anna"]
    assert refused(rooted, sign(document, *signers), "keys.quorum").facts["expected"] == 2


def test_a_new_officer_proves_to_have_the_key(rooted):
    document = sign(root(rooted, ROOTS, officers(["anna", "boris"])), "root 1", "root 2")
    assert refused(rooted, document, "keys.unsigned").facts["keys"] == list(ids("boris"))


def test_an_older_document_is_refused(card, rooted):
    error = refused(rooted, first(card), "keys.previous")
    assert error.facts["epoch"] == 1
    old = sign(revocation(rooted, "card"), "root 1", "root 2")
    after = advance(rooted, sign(revocation(rooted, "gate"), "root 1", "root 2"))
    refused(after, old, "keys.previous")


def test_an_epoch_is_never_left_out(rooted):
    later = sign(root(rooted, ROOTS, officers(["anna"]), epoch=3), "root 1", "root 2")
    refused(rooted, later, "keys.previous")


def test_a_first_document_may_continue_a_former_log(card):
    former = Checkpoint(log="homeward/ae-1", size=70, root="a" * 64)
    assert advance(card, first(card, epoch=4, continues=former)).epoch == 4
    refused(card, first(card, epoch=4), "keys.previous")
    same = dataclasses.replace(former, log=LOG)
    refused(card, first(card, epoch=4, continues=same), "keys.form")


def test_only_a_first_document_continues_a_former_log(rooted):
    former = Checkpoint(log="homeward/ae-1", size=70, root="a" * 64)
    document = root(rooted, ROOTS, officers(["anna"]), continues=former)
    refused(rooted, sign(document, "root 1", "root 2"), "keys.form")


def test_a_key_that_has_ended_never_comes_back(rooted):
    after = advance(rooted, sign(revocation(rooted, "card"), "root 1", "root 2"))
    again = sign(root(after, ROOTS, officers(["card", "anna"])), "root 1", "root 2", "card")
    refused(after, again, "keys.ended")


@pytest.mark.parametrize(
    ("roots", "named", "signers", "taken"),
    [
        (ROOTS, ["root 1"], ["root 1", "root 2"], None),
        (("anna", "root 2", "root 3"), ["card"], ["root 2", "root 3"], "keys.taken"),
        (("root 2", "root 3"), ["root 1"], ["root 1", "root 2", "root 3"], "keys.taken"),
    ],
)
def test_a_root_key_signs_documents_alone(rooted, roots, named, signers, taken):
    if taken is None:
        with pytest.raises(InputError, match="every key in one place"):
            root(rooted, roots, officers(named))
    else:
        refused(rooted, sign(root(rooted, roots, officers(named)), *signers), taken)


def test_no_key_belongs_to_two_parties(card):
    refused(card, first(card), "keys.taken", taken=set(ids("anna")))
    refused(card, first(card), "keys.taken", taken=set(ids("root 2")))


def test_a_key_keeps_its_role(rooted):
    named = officers(["anna"]) + officers(["card"], role="officer")
    refused(rooted, sign(root(rooted, ROOTS, named), "root 1", "root 2"), "keys.taken")


@pytest.mark.parametrize("change", [{"log": "homeward/xx"}, {"party": "RU"}])
def test_a_document_counts_in_its_log_and_for_its_party_alone(card, change):
    refused(card, first(card, **change), "keys.other")


@pytest.mark.parametrize(
    "change",
    [
        {"officers": officers(["card"], role="mediator")},
        {"officers": officers(["card"], limits={"spend_at_most": 1})},
        {"two_officers": ("seed_revealed",)},
    ],
)
def test_what_nobody_would_enforce_is_refused(card, change):
    document = sign(root(card, ROOTS, officers(["card"]), **change), "root 1", "root 2")
    refused(card, document, "keys.words")


def test_nobody_asks_for_two_officers_and_names_one(card):
    one = root(card, ROOTS, officers(["card"]), two_officers=("plan_accepted",))
    refused(card, sign(one, "root 1", "root 2"), "keys.too_few")
    none = root(card, ROOTS, officers(["gate"], role="officer"))
    refused(card, sign(none, "root 1", "root 2"), "keys.too_few")


def test_a_key_without_a_part_in_it_signs_nothing(rooted):
    document = root(rooted, ROOTS, officers(["anna"]))
    refused(rooted, sign(document, "root 1", "root 2", "stranger"), "keys.signer")


def test_a_signature_counts_for_its_document_alone(rooted):
    one = sign(root(rooted, ROOTS, officers(["anna"])), "root 1", "root 2")
    other = root(rooted, ROOTS, officers(["anna"], limits={"accept_at_most": 9999}))
    moved = dataclasses.replace(other, signatures=one.signatures)
    refused(rooted, moved, "crypto.signature", TamperError)


def test_devices_are_named_by_their_officer_and_prove_their_keys(rooted):
    document = devices(rooted, "gate", ["phone"])
    refused(rooted, sign(document, "gate"), "keys.unsigned")
    refused(rooted, sign(document, "phone"), "keys.unsigned")
    refused(rooted, sign(document, "root 1", "root 2", "phone"), "keys.signer")
    after = advance(rooted, sign(document, "gate", "phone"))
    phone = after.at(9).grants[ids("phone")[0]]
    assert (phone.role, phone.officer) == ("officer", ids("gate")[0])
    assert after.keys_of("officer", 9) == (key("gate").public,)
    refused(after, sign(document, "gate", "phone"), "keys.previous")


def test_devices_replace_the_earlier_ones_and_end_with_their_officer(rooted):
    one = advance(rooted, sign(devices(rooted, "gate", ["phone"]), "gate", "phone"))
    two = advance(one, sign(devices(one, "gate", ["tablet"]), "gate", "tablet"), index=10)
    assert ids("phone")[0] in two.ended
    assert ids("tablet")[0] in two.at(10).grants
    kept = advance(
        two,
        sign(root(two, ROOTS, officers(["anna"]) + officers(["gate"], role="officer")), *ROOTS),
        index=11,
    )
    assert ids("tablet")[0] in kept.at(11).grants
    gone = advance(kept, sign(revocation(kept, "gate"), *ROOTS), index=12)
    assert set(ids("tablet", "gate")) <= gone.ended


def test_a_device_names_no_device_and_a_card_none(card, rooted):
    one = advance(rooted, sign(devices(rooted, "gate", ["phone"]), "gate", "phone"))
    refused(one, sign(devices(one, "phone", ["watch"]), "phone", "watch"), "keys.officer")
    refused(card, sign(devices(card, "gate", ["phone"]), "gate", "phone"), "keys.officer")


def test_an_officer_cannot_hold_up_what_the_roots_sign(rooted):
    document = sign(revocation(rooted, "gate"), "root 1", "root 2")
    flooded = advance(rooted, sign(devices(rooted, "gate", ["phone"]), "gate", "phone"))
    assert ids("gate")[0] in advance(flooded, document).ended


def test_only_keys_that_the_party_has_are_revoked(rooted):
    refused(rooted, sign(revocation(rooted, "stranger"), "root 1", "root 2"), "keys.not_held")
    refused(rooted, sign(revocation(rooted, "root 1"), "root 1", "root 2"), "keys.not_held")


def broken(document):
    plain = signed_body(document)
    inside = plain["document"]
    yield {**plain, "more": 1}
    yield {"document": inside}
    yield {**plain, "signatures": [*plain["signatures"], plain["signatures"][0]]}
    yield {**plain, "signatures": [{"key": "a" * 16, "sig": "?"}]}
    yield {**plain, "signatures": ["x"]}
    for name, value in [
        *(("format", 2), ("kind", "other"), ("kind", []), ("log", ""), ("party", "Ukraine")),
        *(("previous", "x"), ("epoch", 0), ("epoch", True), ("threshold", 4), ("threshold", 0)),
        *(("roots", []), ("roots", ["AA=="]), ("roots", [1]), ("officers", []), ("officers", [1])),
        *(("two_officers", ["A b"]), ("two_officers", ["a", "a"]), ("continues", {})),
        ("officers", [{**inside["officers"][0], "limits": {"accept_at_most": -1}}]),
        ("officers", [{**inside["officers"][0], "kinds": []}]),
        ("continues", {"log": "x", "size": 0, "root": "y"}),
    ]:
        yield {**plain, "document": {**inside, name: value}}


def test_no_other_form_is_read(card):
    for each in broken(first(card)):
        with pytest.raises(PeerError) as caught:
            read_signed(each)
        assert caught.value.code == "keys.form"


def test_a_file_with_another_byte_is_refused(card):
    data = write_signed(first(card))
    with pytest.raises(TamperError):
        read_file(data + b" ")
    with pytest.raises(PeerError):
        read_file(canonical_bytes({"document": {}, "signatures": []}))
