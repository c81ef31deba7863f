"""Offers between nodes: carried sealed, outside every signature, the same at both ends."""

import itertools

import pytest
from tests.scenario import nodes as play

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.errors import AccessError, InputError, TamperError, TurnError
from homeward.ledger import bundle
from homeward.negotiation.offers import key_between, open_message, seal_message
from homeward.node import bundles
from homeward.node.actions import cases, offers
from homeward.node.actions.offers import Changed, Draft
from homeward.node.models import Blob

NOTE = "a word between the two of us"
COUNTER = itertools.count(1)


def drawn(length):
    return next(COUNTER).to_bytes(length // 2, "little").ljust(length, b"\x07")


@pytest.fixture(name="world")
def fixture_world(at_stage):
    return at_stage("opened")


def make(world, party="UA", to="RU", about="", case=play.CASE, **draft):
    draft = {"terms": play.terms("later", 6), "note": NOTE, **draft}
    said = Draft(to=to, about=about, **draft)
    message = world.do(party, offers.make_offer, case, said, entropy=drawn)
    world.carry()
    return message.id


def seen(world, party, case=play.CASE):
    heard = offers.offers_of(world.at(party), case, now=world.now)
    return {each.id: each.state for each in heard.offers}


def answer(world, party, act, about):
    done = world.do(party, act, play.CASE, about, entropy=drawn)
    world.carry()
    return done


def test_an_offer_is_countered_and_the_counter_offer_accepted_as_a_draft(world):
    first = make(world)
    assert seen(world, "RU") == seen(world, "UA") == {first: "offered"}
    assert offers.waiting_offers(world.at("RU"), play.CASE, now=world.now) == 1
    numbers = [Changed(clause="number", key="count", value=7)]
    text = world.do("RU", offers.reworded, play.CASE, numbers, about=first)
    assert "count = 7" in text
    second = make(world, "RU", "UA", about=first[:10], terms=text)
    assert seen(world, "UA") == {first: "countered", second: "offered"}
    answer(world, "UA", offers.accept_offer, second)
    assert seen(world, "RU") == {first: "countered", second: "accepted"}
    draft = offers.find_offer(world.at("UA"), play.CASE, second[:8], now=world.now)
    world.do("AE", cases.open_case, draft.message.terms)
    assert world.state("AE", "later").state == "opened"


def test_what_is_offered_changes_no_ledger_and_nobody_is_bound(world):
    before = {party: world.log(party) for party in play.PARTIES}
    answer(world, "RU", offers.accept_offer, make(world))
    assert before == {party: world.log(party) for party in play.PARTIES}
    assert {world.state(party).state for party in play.PARTIES} == {"opened"}


def test_the_mediator_carries_what_it_cannot_read(world):
    make(world)
    carried = Blob.objects.filter(purpose="offer")
    world.at("AE")
    assert {blob.sealed for blob in carried} == {True}
    assert all(NOTE.encode() not in bytes(blob.data) for blob in carried)
    assert seen(world, "AE") == {}


def test_no_signature_of_a_bundle_covers_an_offer(world, monkeypatch):
    signed = []
    sign = bundle._signed_bytes
    monkeypatch.setattr(
        bundle, "_signed_bytes", lambda body: signed.append(sign(body)) or sign(body)
    )
    make(world)
    sealed = [b"age-encryption.org", b'"purpose":"offer"', b'"offers"']
    assert len(signed) > 6
    assert not [text for text in sealed for body in signed if text in body]


def test_with_the_keys_of_one_end_anybody_makes_what_the_other_is_said_to_have_written(world):
    first = make(world)
    row = (
        Blob.objects.get(purpose="offer", recipient="RU", sealed=False) if world.at("RU") else None
    )
    ru, ua = world.nodes["RU"], world.nodes["UA"]
    got = offers._read(ru, row)
    assert (got.id, got.author) == (first, "UA")
    theirs = seal_message(got, key_between(ru.keys.sealing, ua.card.sealing_key))
    ours = seal_message(got, key_between(ua.keys.sealing, ru.card.sealing_key))
    assert canonical_bytes(theirs) == canonical_bytes(ours)
    assert open_message(
        theirs, key_between(ua.keys.sealing, ru.card.sealing_key), author="UA", to="RU"
    )


def test_an_offer_of_somebody_else_is_counted_and_not_shown(world):
    first = make(world)
    world.at("RU")
    row = Blob.objects.get(purpose="offer", recipient="RU", sealed=False)
    ru, ae = world.nodes["RU"], world.nodes["AE"]
    forged = seal_message(offers._read(ru, row), key_between(ae.keys.sealing, ru.card.sealing_key))
    for key, content in (("a" * 64, forged), ("b" * 64, ["no offer"])):
        offers.blobs.keep(
            ru, case=play.CASE, purpose="offer", key=key, content=content, now=world.now
        )
    Blob.objects.filter(key="a" * 64).update(sender="UA")
    heard = offers.offers_of(ru, play.CASE, now=world.now)
    assert ([each.id for each in heard.offers], heard.refused_count) == ([first], 2)


def test_an_acceptance_that_crosses_a_withdrawal_is_withdrawn_at_both_ends(world):
    first = make(world)
    world.do("UA", offers.withdraw_offer, play.CASE, first, entropy=drawn)
    world.do("RU", offers.accept_offer, play.CASE, first, entropy=drawn)
    world.carry()
    world.carry()
    assert seen(world, "UA") == seen(world, "RU") == {first: "withdrawn"}


def test_an_offer_to_the_mediator_and_one_before_there_is_a_case(world):
    first = make(world, to="AE", case="talks-2025")
    assert seen(world, "AE", "talks-2025") == {first: "offered"}
    back = make(world, "AE", "UA", about=first, case="talks-2025")
    assert seen(world, "UA", "talks-2025") == {first: "countered", back: "offered"}
    assert offers.cases_with_offers(world.at("UA")) == ("talks-2025",)
    assert offers.cases_with_offers(world.at("RU")) == ()
    assert offers.ends(world.at("UA")) == ("RU", "AE")


def test_a_bundle_without_offers_is_as_before_and_one_with_offers_comes_once(world):
    plain = read_canonical(world.nodes["AE"].keys.sealing.open(
        world.export("UA", "AE"), what="bundle"), what="bundle")  # fmt: skip
    assert "offers" not in plain
    make(world)
    again = world.export("UA", "AE")
    assert world.give("AE", again).blob_count == 0
    assert world.export("UA", "AE") == again, "the same content is the same file"


@pytest.mark.parametrize("place", ["blobs", "offers"])
def test_an_offer_in_the_signed_part_or_a_list_outside_it_is_refused(world, place):
    world.do(
        "UA", offers.make_offer, play.CASE, Draft(to="RU", terms=play.terms("later")), entropy=drawn
    )
    ua, ae = world.nodes["UA"], world.nodes["AE"]
    body = bundles._content(ua, ae.card)
    moved = body["offers"][0]
    body["offers"] = []
    body["number"] = 99
    body[place] = [moved if place == "blobs" else {**moved, "purpose": "wanted_list"}]
    data = bundle.write_bundle(body, ua.keys.signing["bureau"])
    with pytest.raises(TamperError) as caught:
        world.give("AE", data)
    assert caught.value.code == "bundles.form"


@pytest.mark.parametrize(
    ("draft", "error", "code"),
    [
        ({"to": "XX"}, AccessError, "book.peer"),
        ({"terms": "no agreement"}, InputError, None),
        ({"days": 0}, InputError, "offers.days"),
        ({"note": "x" * 501}, InputError, "offers.form"),
        ({"about": "f" * 32}, InputError, "offers.unknown"),
        ({"to": "UA"}, AccessError, "book.peer"),
    ],
)
def test_an_offer_that_cannot_be_is_refused_before_anything_is_kept(world, draft, error, code):
    with pytest.raises(error) as caught, play.nothing_changes(world, "UA"):
        make(world, **draft)
    assert code in {None, caught.value.code}
    assert not Blob.objects.filter(purpose="offer").exists()


def test_nobody_counters_to_another_end_or_accepts_what_is_withdrawn(world):
    first = make(world)
    with pytest.raises(InputError) as caught:
        make(world, "RU", "AE", about=first)
    assert caught.value.code == "offers.end"
    answer(world, "UA", offers.withdraw_offer, first)
    with pytest.raises(TurnError):
        answer(world, "RU", offers.accept_offer, first)


@pytest.mark.parametrize(
    ("clause", "key", "value", "code"),
    [
        ("number", "counts", 7, "planning.whatif_key"),
        ("nothing", "count", 7, "planning.whatif_key"),
        ("number", "count", 999_999_999, None),
    ],
)
def test_a_number_that_no_agreement_says_is_not_offered(world, clause, key, value, code):
    changed = [Changed(clause=clause, key=key, value=value)]
    with pytest.raises(InputError) as caught:
        world.do("UA", offers.reworded, play.CASE, changed, about="")
    assert code in {None, caught.value.code}
