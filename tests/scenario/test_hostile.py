"""Three nodes in a hostile world: nothing is lost, nothing breaks, and it shows who did it."""

import itertools
import json
import random
import subprocess
import sys

import pytest
from tests.scenario import nodes as play
from tests.scenario.nodes import (
    ACTOR,
    BUREAUS,
    CASE,
    LEGS,
    PARTIES,
    READER,
    nothing_changes,
)

from homeward.foundation.canonical import canonical_bytes, seal_document
from homeward.foundation.crypto import SigningKey, b64, seal, unb64
from homeward.foundation.errors import (
    AccessError,
    HomewardError,
    InputError,
    PeerError,
    RuleError,
    TamperError,
    TurnError,
)
from homeward.handover.custody import captives_root
from homeward.ledger.envelope import read_envelope
from homeward.ledger.note import NoteSigner
from homeward.node import blobs, book, bundles, home
from homeward.node.actions import cases, handover, peers, plans
from homeward.node.keystore import write_card
from homeward.node.models import Blob, Draft, LogHead

TO_UA, TO_RU = LEGS


def refused(nodes, reader, data, kind, *, evidence=True, code=None):
    """Import a bundle that must be refused, changing nothing and kept as evidence."""
    before = len(nodes.evidence(reader))
    with nothing_changes(nodes, reader), pytest.raises(kind) as raised:
        nodes.give(reader, data)
    assert code is None or raised.value.code == code
    kept = nodes.evidence(reader)
    assert len(kept) == before + evidence
    if evidence:
        assert play.opened(data) in [path.read_bytes() for path in kept]
        assert kept[-1].stat().st_mode & 0o077 == 0
    return raised.value


# -- the road: bundles lost, repeated, out of order, late, cut, changed --


def test_bundles_lost_on_the_way_lose_nothing(at_stage):
    """Ledger stays whole (invariant 5): the next bundle holds what the lost one held."""
    nodes = at_stage("ready")
    nodes.do("AE", cases.open_case, play.terms())
    for party in BUREAUS:
        nodes.export("AE", party)
    nodes.carry()
    nodes.both(cases.sign_terms, CASE)
    for party in BUREAUS:
        nodes.export(party, "AE")
    nodes.carry()
    nodes.both(cases.send_wanted, CASE, actor=ACTOR)
    for party in BUREAUS:
        nodes.export(party, "AE")
        nodes.send(party, "AE")
        nodes.export("AE", party)
    nodes.carry()
    assert [nodes.state(party).state for party in PARTIES] == ["wanted"] * 3
    counts = nodes.both(cases.answer, CASE, actor=ACTOR)
    assert counts["UA"]["RU"]["held"] > 0


def test_every_bundle_repeated_changes_nothing(at_stage):
    nodes = at_stage("closed")
    sent = list(nodes.sent)
    for reader in PARTIES:
        nodes.at(reader)
        with nothing_changes(nodes, reader):
            for _, to, data in sent:
                if to == reader:
                    found = nodes.give(reader, data)
                    assert (found.entry_count, found.blob_count) == (0, 0)
        assert nodes.evidence(reader) == []


@pytest.mark.parametrize("seed", range(3))
def test_bundles_in_any_order_with_losses_and_repetitions_end_in_the_same_ledger(at_stage, seed):
    """Whatever the road does to bundles, all three end with one history."""
    nodes, chance = at_stage("manifested"), random.Random(seed)
    todo = [
        lambda: nodes.do("RU", handover.depart, CASE, TO_UA),
        lambda: nodes.do("UA", handover.depart, CASE, TO_RU),
    ]
    road = []
    for _ in range(20):
        if todo and chance.random() < 0.4:
            todo.pop()()
        sender, reader = chance.choice(
            [*itertools.product(BUREAUS, ["AE"]), ("AE", "UA"), ("AE", "RU")]
        )
        road.append((reader, nodes.export(sender, reader)))
        chance.shuffle(road)
        if chance.random() < 0.7:
            to, data = road[0] if chance.random() < 0.3 else road.pop()
            nodes.give(to, data)
    for each in todo:
        each()
    nodes.carry()
    nodes.carry()
    assert nodes.log("UA") == nodes.log("RU") == nodes.log("AE")
    for leg in LEGS:
        assert len(handover.on_leg(nodes.at("UA"), CASE, leg, "departed")) == play.MOVE_COUNT


def test_an_older_bundle_after_a_newer_changes_nothing(at_stage):
    nodes = at_stage("accepted")
    older = nodes.export("AE", "UA")
    play.ask_before(nodes, play.planned(nodes))
    for data in (older, *(data for _, to, data in nodes.sent if to == "UA")):
        with nothing_changes(nodes, "UA"):
            nodes.give("UA", data)


def test_a_gap_is_an_input_error_and_the_mediator_fills_it(at_stage):
    nodes, old = at_stage("proposed"), at_stage("opened", "old")
    nodes.send("UA", "AE")
    nodes.nodes["UA"] = old.nodes["UA"]
    refused(nodes, "UA", nodes.export("AE", "UA"), InputError, evidence=False, code="bundles.gap")


def test_a_bundle_cut_short_is_refused_at_every_length(at_stage):
    nodes = at_stage("opened")
    nodes.do("UA", cases.sign_terms, CASE)
    data = nodes.export("UA", "AE")
    for length in (0, 1, 2, *range(10, len(data), len(data) // 12), len(data) - 1):
        refused(nodes, "AE", data[:length], InputError, evidence=False, code="bundles.sealed")
    content = play.opened(data)
    for length in (1, 2, *range(10, len(content), len(content) // 12), len(content) - 1):
        refused(nodes, "AE", play.sealed_again(data, content[:length]), TamperError)


@pytest.mark.parametrize("sender", ["UA", "AE"])
def test_a_bundle_with_one_byte_flipped_is_refused_wherever(at_stage, sender):
    nodes = at_stage("opened")
    nodes.do("UA", cases.sign_terms, CASE)
    reader = "AE" if sender == "UA" else "UA"
    data = nodes.export(sender, reader)
    content = play.opened(data)
    nodes.at(reader)
    with nothing_changes(nodes, reader):
        for place in range(0, len(data), 100):
            with pytest.raises(InputError) as raised:
                nodes.give(reader, _flipped(data, place))
            assert raised.value.code == "bundles.sealed"
        for place in range(0, len(content), 50):
            changed = _flipped(content, place)
            with pytest.raises((TamperError, InputError, AccessError)) as raised:
                nodes.give(reader, play.sealed_again(data, changed))
            if isinstance(raised.value, TamperError):
                assert changed in [p.read_bytes() for p in nodes.evidence(reader)]
            else:  # the flipped byte is in the code of the sender or of the reader
                body = play.read(changed)
                assert (body["from"], body["to"]) != (sender, reader)
    assert nodes.give(reader, data)


def _flipped(data, place):
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def test_a_bundle_for_another_is_refused(at_stage):
    nodes = at_stage("proposed")
    data = nodes.export("AE", "UA")
    refused(nodes, "RU", data, InputError, evidence=False, code="bundles.sealed")


def test_a_bundle_that_its_reader_passes_on_is_refused_by_another(at_stage):
    """Its reader stands inside the signature: sealed to somebody else it is not theirs."""
    nodes = at_stage("proposed")
    passed_on = seal(play.opened(nodes.export("AE", "UA")), nodes.nodes["RU"].card.sealing_key)
    refused(nodes, "RU", passed_on, InputError, evidence=False, code="bundles.reader")


def test_whoever_carries_a_bundle_reads_nothing_in_it(at_stage):
    nodes = at_stage("closed")
    for _, _, data in nodes.sent:
        assert data.startswith(b"age-encryption.org/v1\n")
        assert not [key for key in (b"entries", b"homeward", CASE.encode()) if key in data]


def test_a_plain_bundle_of_an_earlier_version_is_read(at_stage):
    nodes = at_stage("opened")
    nodes.do("UA", cases.sign_terms, CASE)
    body = play.read(nodes.export("UA", "AE"))
    del body["number"]
    assert nodes.give("AE", play.signed(nodes.nodes["UA"], body)).entry_count == 1


def test_the_same_content_is_the_same_file_and_the_next_one_has_the_next_number(at_stage):
    nodes = at_stage("opened")
    first = nodes.export("UA", "AE")
    assert nodes.export("UA", "AE") == first
    nodes.do("UA", cases.sign_terms, CASE)
    second = nodes.export("UA", "AE")
    assert play.read(second)["number"] == play.read(first)["number"] + 1
    (nodes.nodes["UA"].home / "outbox" / ".to-AE.hwb").unlink()
    again = nodes.export("UA", "AE")
    assert (again != second, play.opened(again)) == (True, play.opened(second))


def test_a_reader_counts_which_bundles_never_came_and_refuses_nothing_for_it(at_stage):
    nodes = at_stage("opened")
    found = []
    for act in (cases.sign_terms, cases.send_wanted):
        nodes.export("UA", "AE")
        arguments = {} if act is cases.sign_terms else {"actor": ACTOR}
        nodes.do("UA", act, CASE, **arguments)
        found.append(nodes.export("UA", "AE"))
        if act is cases.sign_terms:
            nodes.carry()
            nodes.do("RU", cases.sign_terms, CASE)
            nodes.carry()
    lost = nodes.give("AE", found[1]).missing_count
    older = play.signed_anew(nodes.nodes["UA"], found[1], number=play.read(found[1])["number"] + 7)
    assert nodes.give("AE", older).missing_count == lost + 6
    assert nodes.give("AE", found[1]).missing_count == lost + 6
    late = play.signed_anew(nodes.nodes["UA"], found[1], number=play.read(found[1])["number"] + 3)
    assert nodes.give("AE", late).missing_count == lost + 5


def test_a_bundle_of_a_stranger_is_refused(at_stage, tmp_path):
    """A stranger's bundle: no card of theirs, or one under a known party's code."""
    nodes = at_stage("opened")
    data = nodes.export("UA", "AE")
    strange = SigningKey(b"s" * 32)
    body = play.read(data)
    body.pop("signature")
    signature = strange.sign(b"homeward-bundle-v1\n" + canonical_bytes(body))
    refused(nodes, "AE", canonical_bytes({**body, "signature": b64(signature)}), TamperError)
    as_xc = play.signed_anew(nodes.nodes["UA"], data, **{"from": "XC"})
    refused(nodes, "AE", as_xc, AccessError, evidence=False)


@pytest.mark.parametrize("field", ["from", "to"])
def test_a_name_in_place_of_a_party_comes_into_no_message(at_stage, field):
    nodes = at_stage("opened")
    data = nodes.export("UA", "AE")
    named = play.signed_anew(nodes.nodes["UA"], data, **{field: "Kovalenko Ivan 1990-01-01"})
    error = refused(nodes, "AE", named, TamperError)
    assert "Kovalenko" not in f"{error} {error.facts}"


def test_a_bundle_of_another_log_is_refused(at_stage):
    nodes = at_stage("opened")
    for sender, reader in (("UA", "AE"), ("AE", "UA")):
        data = play.signed_anew(
            nodes.nodes[sender], nodes.export(sender, reader), log="homeward/xx"
        )
        refused(nodes, reader, data, TamperError)


def test_an_entry_of_another_log_is_refused(at_stage):
    nodes = at_stage("opened")
    node, now = nodes.at("UA"), nodes.tick()
    state = nodes.state("UA")
    body = {"terms_sha256": state.terms_sha256}
    entry = play.sign_envelope(
        signer=node.keys.signing["bureau"], log="homeward/xx", type="terms_signed", case=CASE,
        author="UA", seq=1, prev=None, seen=None, at=home.utc_text(now), body=body,
    )  # fmt: skip
    data = play.signed_anew(node, nodes.export("UA", "AE"), drafts=[b64(entry)])
    refused(nodes, "AE", data, TamperError, code="ledger.other_log")


def test_a_bureau_does_not_speak_for_another(at_stage):
    nodes = at_stage("opened")
    nodes.do("RU", cases.sign_terms, CASE)
    drafts = play.read(nodes.export("RU", "AE"))["drafts"]
    data = play.signed_anew(nodes.nodes["UA"], nodes.export("UA", "AE"), drafts=drafts)
    refused(nodes, "AE", data, TamperError)


def test_a_bureau_takes_no_bundle_of_a_bureau(at_stage):
    nodes = at_stage("opened")
    data = nodes.export("UA", "RU")
    refused(nodes, "RU", data, AccessError, evidence=False, code="bundles.sender")


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "homeward-bundle-2"},
        {"have": -1},
        {"have": True},
        {"first": "0"},
        {"entries": "none"},
        {"drafts": [7]},
        {"blobs": [{}]},
        {"blobs": ["x"]},
        {"checkpoint": 5},
        {"more": 1},
        {"number": 0},
        {"number": "1"},
        {"number": True},
    ],
)
def test_a_signed_bundle_of_another_form_is_refused(at_stage, changes):
    nodes = at_stage("opened")
    data = play.signed_anew(nodes.nodes["UA"], nodes.export("UA", "AE"), **changes)
    refused(nodes, "AE", data, TamperError)


@pytest.mark.parametrize(
    "change",
    [
        {"key": "0" * 65},
        {"key": "\0" * 64},
        {"case": "first\0"},
        {"case": "x" * 129},
        {"purpose": "wanted\0list"},
        {"purpose": "x" * 41},
        {"from": "RU\0"},
        {"to": "A" * 28},
        {"sealed": 7},
    ],
)
def test_a_blob_whose_texts_no_table_holds_is_refused(at_stage, change):
    nodes = at_stage("opened")
    blob = {"key": "0" * 64, "case": CASE, "purpose": "wanted_list", "from": "UA", "to": "RU"}
    blob = {**blob, "sealed": b64(b"sealed"), **change}
    data = play.signed_anew(nodes.nodes["UA"], nodes.export("UA", "AE"), blobs=[blob])
    refused(nodes, "AE", data, TamperError, code="bundles.form")


def test_what_a_bundle_says_to_have_may_be_anything(at_stage):
    nodes = at_stage("opened")
    holds = ["\0", "x" * 1_000, 7, "0" * 64]
    data = play.signed_anew(nodes.nodes["UA"], nodes.export("UA", "AE"), holds=holds)
    assert nodes.give("AE", data).blob_count == 0


def test_a_bundle_that_is_too_large_is_refused_unread(at_stage, monkeypatch):
    nodes = at_stage("opened")
    monkeypatch.setattr(bundles, "BUNDLE_MAX_BYTES", 100)
    refused(nodes, "AE", b"x" * 101, InputError, evidence=False, code="bundles.size")


# -- a bureau that keeps no rule --


@pytest.mark.parametrize("role", ["bureau", "officer"])
def test_a_bureau_cannot_write_a_will(at_stage, role):
    """No party writes what a captive wants (invariant 1)."""
    nodes = at_stage("accepted")
    ids = play.planned(nodes)[TO_UA]
    body = {"stage": "before_departure", "leg": TO_UA, "travelling": ids, "not_travelling": []}
    play.forge(nodes, "RU", "will_recorded", body, role=role)
    refused(nodes, "AE", nodes.export("RU", "AE"), PeerError, code="case.author")


def test_a_will_under_the_interviewers_name_is_refused(at_stage):
    """A key that the log does not name signs nothing (invariant 1)."""
    nodes = at_stage("accepted")
    ids = play.planned(nodes)[TO_UA]
    node, now = nodes.at("RU"), nodes.tick()
    body = {"stage": "before_departure", "leg": TO_UA, "travelling": ids, "not_travelling": []}
    entry = play.signed_entry(
        node, case=CASE, kind="will_recorded", body=body, role="officer", now=now
    )
    outer = json.loads(entry)
    payload = json.loads(unb64(outer["payload"], what="entry"))
    payload["author"] = "AE"
    outer["payload"] = b64(canonical_bytes(payload))
    data = play.signed_anew(node, nodes.export("RU", "AE"), drafts=[b64(canonical_bytes(outer))])
    refused(nodes, "AE", data, TamperError)


def forged_act(nodes, party, kind, body, role="bureau"):
    play.forge(nodes, party, kind, body, role=role)
    return nodes.export(party, "AE")


def test_a_bureau_cannot_let_go_of_the_same_people_twice(at_stage):
    nodes = at_stage("departed")
    ids = play.planned(nodes)[TO_UA]
    data = forged_act(nodes, "RU", "departed", {"leg": TO_UA, "captives": ids})
    refused(nodes, "AE", data, PeerError, code="handover.custody")


def test_a_bureau_cannot_let_go_of_whoever_is_on_no_manifest(at_stage):
    nodes = at_stage("accepted")
    ids = play.planned(nodes)[TO_UA]
    data = forged_act(nodes, "RU", "departed", {"leg": TO_UA, "captives": ids})
    refused(nodes, "AE", data, PeerError, code="handover.custody")


def test_a_bureau_cannot_act_on_the_other_leg(at_stage):
    nodes = at_stage("manifested")
    people = play.planned(nodes)
    data = forged_act(nodes, "RU", "departed", {"leg": TO_RU, "captives": people[TO_RU]})
    refused(nodes, "AE", data, PeerError, code="handover.not_their_leg")


def test_a_bureau_cannot_receive_people_of_another_leg(at_stage):
    nodes = at_stage("checked_in")
    people = play.planned(nodes)
    play.ask_again(nodes, TO_UA, people[TO_UA])
    nodes.carry()
    body = {"leg": TO_RU, "captives": people[TO_UA], "count": len(people[TO_UA])}
    data = forged_act(nodes, "RU", "received", body)
    refused(nodes, "AE", data, PeerError, code="handover.other_leg")


def test_a_bureau_cannot_receive_before_the_second_question(at_stage):
    nodes = at_stage("checked_in")
    people = play.planned(nodes)
    body = {"leg": TO_UA, "captives": people[TO_UA], "count": len(people[TO_UA])}
    data = forged_act(nodes, "UA", "received", body)
    refused(nodes, "AE", data, PeerError, code="handover.no_second_will")


def test_a_bureau_cannot_answer_twice(at_stage):
    nodes = at_stage("wanted")
    nodes.do("UA", cases.answer, CASE, actor=ACTOR)
    nodes.carry()
    claim = nodes.state("UA").wanted["RU", "UA"]
    body = {
        "to": "RU",
        "in_reply_to": claim.entry_sha256,
        "count": claim.count,
        "counts": {"not_held": claim.count},
        "root": "0" * 64,
    }
    refused(nodes, "AE", forged_act(nodes, "UA", "answers", body), PeerError, code="case.twice")


def test_a_bureau_cannot_bring_a_name_into_the_ledger(at_stage):
    """A body has exactly the fields of its kind (invariant 4)."""
    nodes = at_stage("manifested")
    body = {"leg": TO_UA, "captives": play.planned(nodes)[TO_UA], "note": "Kovalenko"}
    error = refused(nodes, "AE", forged_act(nodes, "RU", "departed", body), PeerError)
    assert "Kovalenko" not in f"{error} {error.facts}"


def test_one_bad_entry_among_good_ones_keeps_all_of_them_out(at_stage):
    nodes = at_stage("opened")
    nodes.do("UA", cases.sign_terms, CASE)
    play.forge(nodes, "UA", "terms_signed", {"terms_sha256": "0" * 64}, role="bureau")
    refused(nodes, "AE", nodes.export("UA", "AE"), PeerError)


def test_a_list_that_is_not_the_one_signed_is_refused_by_its_reader(at_stage):
    """A bureau that signs one root and seals other rows (invariant 5)."""
    nodes = at_stage("wanted")
    claim = nodes.state("RU").wanted["UA", "RU"]
    node = nodes.at("RU")
    with node.transaction():
        Blob.objects.filter(key=claim.root).update(data=canonical_bytes([{"ref": "1"}]))
    with nothing_changes(nodes, "RU"), pytest.raises(TamperError):
        nodes.do("RU", cases.answer, CASE, actor=ACTOR)


def test_a_blob_that_cannot_be_opened_does_not_keep_the_ledger_from_its_reader(at_stage):
    """What one bureau seals wrongly must not silence the mediator for the other."""
    nodes = at_stage("opened")
    nodes.both(cases.sign_terms, CASE)
    nodes.carry()
    nodes.do("RU", cases.send_wanted, CASE, actor=ACTOR)
    root = nodes.state("RU").wanted["RU", "UA"].root
    wrong = seal(b"[]", nodes.nodes["RU"].card.sealing_key)
    with nodes.at("RU").transaction():
        Blob.objects.filter(key=root, recipient="UA").update(data=wrong)
    nodes.carry()
    assert nodes.log("UA") == nodes.log("AE")
    with pytest.raises(AccessError):
        blobs.read_rows(nodes.at("UA"), root=root, what="wanted list", reader=READER)
    nodes.do("UA", cases.send_wanted, CASE, actor=ACTOR)
    nodes.carry()
    assert nodes.state("AE").state == "wanted"


# -- a mediator that keeps no rule --


def two_histories(at_stage, stage="accepted"):
    """Return two worlds with one past, in which the mediator wrote different entries."""
    nodes, other = at_stage(stage), at_stage(stage, "other")
    ids = play.planned(nodes)[TO_UA]
    for world, yes in ((nodes, ids), (other, ids[1:])):
        world.do(
            "AE", handover.record_wills, CASE, TO_UA,
            stage="before_departure", travelling=yes,
        )  # fmt: skip
    return nodes, other


def test_two_histories_show_when_a_bureau_answers(at_stage):
    """A fork shows in what an author had seen (invariant 5)."""
    nodes, other = two_histories(at_stage)
    nodes.send("AE", "UA")
    data = other.export("AE", "RU")
    nodes.give("RU", data)
    nodes.do("RU", cases.abort, CASE, reason="terms_not_kept")
    refused(nodes, "AE", nodes.export("RU", "AE"), TamperError, code="ledger.fork")


def test_two_histories_show_to_a_bureau_from_what_the_other_had_seen(at_stage):
    """An entry that carries the other history is refused by whoever has this one."""
    nodes, other = two_histories(at_stage)
    nodes.send("AE", "UA")
    other.send("AE", "RU")
    other.do("RU", cases.abort, CASE, reason="terms_not_kept")
    draft = play.read(other.export("RU", "AE"))["drafts"][0]
    with nodes.at("AE").transaction():  # it does not look at what it puts into its log
        mediator, entry = nodes.nodes["AE"], read_envelope(unb64(draft, what="entry"))
        book.sequence(mediator, book.read_book(mediator).chain.tree, [entry])
    refused(nodes, "UA", nodes.export("AE", "UA"), TamperError)


def test_two_histories_show_in_the_checkpoint(at_stage):
    """A bureau that has one history refuses the next bundle of another (invariant 5)."""
    nodes, other = two_histories(at_stage)
    nodes.send("AE", "UA")
    error = refused(nodes, "UA", other.export("AE", "UA"), TamperError, code="bundles.fork")
    assert "two histories" in error.hint


def test_a_mediator_that_went_back_is_found_out(at_stage):
    """A rollback shows when something else is written in the same place (invariant 5)."""
    nodes, old = at_stage("departed"), at_stage("manifested", "old")
    log = nodes.log("UA")
    nodes.restore("AE", old)
    with nothing_changes(nodes, "UA"):
        nodes.send("AE", "UA")  # as an old bundle that comes late: nothing new in it
    ids = play.planned(nodes)[TO_UA]
    nodes.do("AE", handover.withdraw, CASE, TO_UA, ids[:1], reason="unfit")
    refused(nodes, "UA", nodes.export("AE", "UA"), TamperError, code="bundles.fork")
    assert nodes.log("UA") == log


def test_a_bureau_tells_a_mediator_that_it_went_back(at_stage):
    nodes, old = at_stage("departed"), at_stage("manifested", "old")
    nodes.restore("AE", old)
    people = play.planned(nodes)
    nodes.do("UA", handover.check_in, CASE, TO_UA, present=people[TO_UA])
    refused(nodes, "AE", nodes.export("UA", "AE"), TamperError)


def test_entries_beyond_the_checkpoint_are_refused(at_stage):
    """Nothing counts that stands under no checkpoint (invariant 5)."""
    nodes = at_stage("accepted")
    old = LogHead.objects.get().checkpoint if nodes.at("AE") else None
    nodes.do("AE", cases.abort, CASE, reason="no_agreement")
    data = play.signed_anew(nodes.nodes["AE"], nodes.export("AE", "UA"), checkpoint=old)
    refused(nodes, "UA", data, TamperError, code="bundles.fork")
    assert nodes.send("AE", "UA").entry_count == 1


@pytest.mark.parametrize("behind", [1, 3])
def test_entries_beyond_an_older_checkpoint_are_refused(at_stage, behind):
    nodes = at_stage("accepted")
    node = nodes.at("AE")
    log = book.Log(book.log_of(node).name, nodes.log("AE")[:-behind])
    signer = NoteSigner(log.checkpoint().origin, node.keys.signing["log"])
    old = book.sign_checkpoint(log.checkpoint(), signer)
    nodes.do("AE", cases.abort, CASE, reason="no_agreement")
    data = play.signed_anew(nodes.nodes["AE"], nodes.export("AE", "UA"), checkpoint=old)
    refused(nodes, "UA", data, TamperError)
    assert nodes.state("UA").state == "accepted"


def test_entries_without_a_checkpoint_are_not_kept(at_stage):
    nodes = at_stage("accepted")
    nodes.do("AE", cases.abort, CASE, reason="no_agreement")
    data = play.signed_anew(nodes.nodes["AE"], nodes.export("AE", "UA"), checkpoint=None)
    nodes.give("UA", data)
    assert nodes.state("UA").state == "accepted"


def test_a_mediator_that_names_other_keys_for_a_party_is_refused(at_stage):
    """A party's keys are those of its card, whatever the log says."""
    nodes = at_stage("ready")
    node = nodes.at("AE")
    keys = [{"role": role, "public": b64(SigningKey(role.encode().ljust(32, b"x")).public)}
            for role in ("bureau", "officer")]  # fmt: skip
    members = [book.member_of(card) for card in (node.card, *map(book.peer_card, BUREAUS))]
    members[1] = {**members[1], "keys": keys}
    play.forge(nodes, "AE", "log_opened", {"members": members}, role="mediator", case="log")
    for reader in ("RU", "UA"):
        data = nodes.export("AE", reader)
        error = refused(nodes, reader, data, TamperError, code="book.member_keys")
        assert error.facts["party"] == members[1]["party"]


def test_another_card_of_a_known_party_is_refused(at_stage):
    nodes = at_stage("ready")
    strange = nodes.nodes["RU"]
    card = write_card(
        strange.keys, party="UA", role="bureau", name="Office of UA (SIMULATION)", simulation=True
    )
    with pytest.raises(TamperError):
        nodes.do("AE", peers.add_card, card.data)


def reproposed(nodes, change, *, body=None):
    """Let the mediator put another plan in place of its own, with every hash made anew."""
    node = nodes.at("AE")
    state = nodes.state("AE")
    plan, lists = plans.plan_of(node, state)
    altered = json.loads(json.dumps(plan))
    change(altered)
    altered.pop("plan_sha256")
    altered = seal_document(altered, "plan_sha256")
    nodes.do("UA", plans.reject_plan, CASE, reason="not_agreed")
    nodes.carry()
    said = {
        "terms_sha256": altered["terms_sha256"],
        "pool_sha256": altered["pool_sha256"],
        "plan_sha256": altered["plan_sha256"],
        "seed": state.seed,
        "status": "optimal",
        "legal_findings": plans.findings_of(altered),
        "flows": altered["counts"],
        "captives_root": captives_root(move["ref"] for move in altered["moves"]),
    }
    play.forge(nodes, "AE", "plan_proposed", {**said, **(body or {})}, role="mediator")
    content = {
        "plan": altered,
        "lists": {name: sorted(map(str, people)) for name, people in lists.items()},
    }
    node = nodes.at("AE")
    with node.transaction():
        for party in BUREAUS:
            blobs.send(
                node, case=CASE, purpose="plan", to=party, key=altered["plan_sha256"],
                content=content, now=nodes.now,
            )  # fmt: skip
    nodes.carry()
    return altered


def refuses_plan(nodes, party, kinds=(TamperError, RuleError)):
    node = nodes.at(party)
    plan, _ = plans.plan_of(node, nodes.state(party))
    with nothing_changes(nodes, party), pytest.raises(kinds):
        nodes.do(party, plans.accept_plan, CASE, acknowledge=plans.findings_of(plan), actor=ACTOR)
    assert nodes.state(party).accepted == frozenset()


def test_a_vetoed_person_in_the_plan_is_refused_by_their_holder(at_stage):
    """Who is vetoed is in no plan that anybody accepts (invariant 3)."""
    nodes = at_stage("proposed")
    (vetoed, _) = sorted(person.ref for person in play.blocked(nodes)["blocked"])

    def change(plan):
        move = next(m for m in plan["moves"] if m["holder"] == "RU")
        move["ref"] = vetoed
        plan["moves"].sort(key=lambda m: (m["holder"], m["ref"]))

    reproposed(nodes, change)
    refuses_plan(nodes, "RU")


def test_another_person_of_the_same_list_in_the_plan_is_refused(at_stage):
    nodes = at_stage("proposed")
    moved = {ref for ids in play.planned(nodes).values() for ref in ids}
    listed = cases.read_pool_rows(
        nodes.at("AE"), cases.terms_of(nodes.nodes["AE"], CASE),
        nodes.state("AE").final_lists["UA"].root,
    )  # fmt: skip
    left = next(row["ref"] for row in listed if row["ref"] not in moved)

    def change(plan):
        next(m for m in plan["moves"] if m["holder"] == "UA")["ref"] = left
        plan["moves"].sort(key=lambda m: (m["holder"], m["ref"]))

    reproposed(nodes, change)
    refuses_plan(nodes, "UA")


@pytest.mark.parametrize("reader", BUREAUS)
def test_a_plan_over_a_list_that_its_party_did_not_sign_is_refused_by_both(at_stage, reader):
    """The lists of a plan are those in the ledger: also the one that this side cannot see."""
    nodes = at_stage("proposed")
    agreement = cases.terms_of(nodes.at("AE"), CASE)
    state = nodes.state("AE")
    held = {
        party: cases.read_pool_rows(nodes.nodes["AE"], agreement, state.final_lists[party].root)
        for party in BUREAUS
    }
    moved = {ref for ids in play.planned(nodes).values() for ref in ids}
    swapped = next(row for row in held["UA"] if row["ref"] not in moved)
    swapped["captured_on"] = "2022-03-01"
    lists = play.blocked(nodes)
    pool = plans.Pool.of(agreement, held, lists)
    with plans.Engine() as engine:
        honest = plans.make_plan(agreement, pool, engine, seed=state.seed)

    def change(plan):
        plan.clear()
        plan.update(honest)

    reproposed(nodes, change)
    refuses_plan(nodes, reader, TamperError)


@pytest.mark.parametrize(
    "body",
    [
        {"captives_root": "0" * 64},
        {"flows": {TO_UA: play.MOVE_COUNT, TO_RU: play.MOVE_COUNT - 1}},
        {"legal_findings": []},
        {"pool_sha256": "0" * 64},
    ],
    ids=lambda body: next(iter(body)),
)
def test_a_proposal_that_says_other_than_its_plan_is_refused(at_stage, body):
    nodes = at_stage("proposed")
    reproposed(nodes, lambda plan: plan.update(review=0), body=body)
    for party in BUREAUS:
        refuses_plan(nodes, party, TamperError)


def test_another_plan_under_the_proposed_hash_is_refused(at_stage):
    nodes = at_stage("proposed")
    node = nodes.at("UA")
    key = nodes.state("UA").plan.plan_sha256
    content = blobs.read(node, key=key, what="plan")
    content["plan"].pop("plan_sha256")
    content["plan"]["review"] = {"x": 1}
    content["plan"] = seal_document(content["plan"], "plan_sha256")
    with node.transaction():
        data = blobs.at_rest(node, canonical_bytes(content))
        Blob.objects.filter(key=key).update(data=data)
    refuses_plan(nodes, "UA", TamperError)


def test_somebody_outside_the_plan_is_let_go_by_nobody(at_stage):
    """A mediator that puts a stranger on a manifest: the holder lets nobody go."""
    nodes = at_stage("accepted")
    people = play.planned(nodes)
    some = [*people[TO_UA][1:], "f" * 32]
    for kind, body, role in (
        (
            "will_recorded",
            {"stage": "before_departure", "leg": TO_UA, "travelling": some, "not_travelling": []},
            "interviewer",
        ),
        (
            "manifest_issued",
            {
                "leg": TO_UA,
                "captives": some,
                "stops": [],
                "plan_sha256": nodes.state("AE").plan.plan_sha256,
            },
            "mediator",
        ),
    ):
        play.forge(nodes, "AE", kind, body, role=role)
    nodes.send("AE", "RU")
    with nothing_changes(nodes, "RU"), pytest.raises(HomewardError) as raised:
        nodes.do("RU", handover.depart, CASE, TO_UA)
    assert raised.value.code == "handover.not_in_plan"


# -- old backups, and crashes --


def test_a_bureau_from_an_old_backup_does_not_sign_over_what_it_signed(at_stage):
    """A key that signed more than its node knows: nobody goes on as if nothing were."""
    nodes, old = at_stage("accepted"), at_stage("proposed", "old")
    nodes.restore("UA", old)
    data = play.signed_anew(
        nodes.nodes["AE"], nodes.export("AE", "UA"), first=0,
        entries=[b64(entry) for entry in nodes.log("AE")],
    )  # fmt: skip
    refused(nodes, "UA", data, TamperError, code="bundles.not_ours")


CRASH = """
import os, sys, datetime as dt
from pathlib import Path
from homeward.node import book, bundles, home

where, folder, bundle = sys.argv[1:]
home_ = Path(folder)
node = home.open_node(home_, home.simulation_passphrase(home_))

def dying(module, name, after):
    real = getattr(module, name)
    def act(*args, **kwargs):
        if after:
            real(*args, **kwargs)
        os._exit(9)
    setattr(module, name, act)

if where == "after-entries":
    dying(book, "store_entries", after=True)
elif where == "after-blobs":
    dying(bundles, "_take_entries" if node.about.role == "bureau" else "_take_drafts", after=False)
bundles.import_bundle(node, Path(bundle).read_bytes(), now=dt.datetime.now(dt.UTC))
os._exit(9)  # the answer never reaches anybody
"""


@pytest.mark.parametrize(
    ("where", "reader"),
    [
        ("after-blobs", "AE"),
        ("after-commit", "AE"),
        ("after-entries", "UA"),
        ("after-commit", "UA"),
    ],
)
def test_a_node_that_dies_while_it_imports_has_all_of_it_or_nothing(
    at_stage, tmp_path, where, reader
):
    """No entry is lost and no index is used twice (invariants 2 and 5)."""
    nodes = at_stage("wanted")
    nodes.do("RU", cases.answer, CASE, actor=ACTOR)
    sender = "RU"
    if reader == "UA":
        nodes.send("RU", "AE")
        sender = "AE"
    data = nodes.export(sender, reader)
    before = nodes.log(reader)
    home.close_node()
    (tmp_path / "bundle.hwb").write_bytes(data)
    died = subprocess.run(
        [sys.executable, "-c", CRASH, where, nodes.nodes[reader].home, tmp_path / "bundle.hwb"],
        capture_output=True,
        check=False,
    )
    assert died.returncode == 9, died.stderr.decode()
    after = nodes.log(reader)
    assert after == (before if where != "after-commit" else [*before, after[-1]])
    assert len(after) == len(before) + (where == "after-commit")
    again = nodes.give(reader, data)
    assert again.entry_count == (where != "after-commit")
    nodes.carry()
    assert nodes.log("UA") == nodes.log("AE") == nodes.log("RU")
    assert nodes.log("AE")[: len(before)] == before
    nodes.do("UA", cases.answer, CASE, actor=ACTOR)
    nodes.carry()
    assert nodes.state("RU").state == "answered"


def test_a_refused_act_leaves_no_draft_behind(at_stage):
    nodes = at_stage("accepted")
    for party in BUREAUS:
        with nothing_changes(nodes, party), pytest.raises(TurnError):
            nodes.do(party, handover.confirm_release, CASE, TO_UA)
        assert not Draft.objects.filter(sequenced_at=None).exists()
