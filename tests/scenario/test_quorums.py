"""Where the terms ask for it, no step that stays is signed before its grounds are cosigned."""

import hashlib
import shutil

import pytest
from tests.scenario import nodes as play
from tests.scenario.nodes import BUREAUS, CASE, LEGS

from homeward.foundation.errors import InputError, TurnError
from homeward.node import book, cosigned, courier, home, receiving, sending
from homeward.node.actions import cases, handover, plans
from homeward.node.actions.overview import overview
from homeward.terms import read_agreement
from homeward.terms.normal import format_agreement
from homeward.terms.sentences import tell

TO_UA, TO_RU = LEGS


def terms(quorum="all"):
    return play.terms().replace(
        'article_109 = "counted"', f'article_109 = "counted"\ncosigned = "{quorum}"'
    )


def to_listed(folder, quorum="all"):
    """Play to the final lists, of which nobody has seen the other's word yet."""
    world = play.begin(folder)
    world.do("AE", cases.open_case, terms(quorum))
    world.carry()
    world.both(cases.sign_terms, CASE)
    world.carry()
    world.both(cases.send_wanted, CASE, actor=play.ACTOR)
    world.carry()
    world.both(cases.answer, CASE, actor=play.ACTOR)
    world.carry()
    world.both(cases.send_final_list, CASE, actor=play.ACTOR)
    world.carry()
    return world


@pytest.fixture(name="world")
def fixture_world(tmp_path):
    yield to_listed(tmp_path / "live")
    home.close_node()
    shutil.rmtree(tmp_path, ignore_errors=True)


def steps(world, party):
    return [(step.kind, step.party) for step in world.look(party, overview).steps]


def refused(world, party, act, *args, **more):
    size = world.size(party)
    with pytest.raises(TurnError) as caught:
        world.do(party, act, *args, **more)
    assert caught.value.code == "cosigned.missing"
    assert not book.waiting(book.log_of(world.at(party)).name)
    assert world.size(party) == size
    return caught.value.facts


def test_a_seed_is_shown_once_the_other_party_has_cosigned_both_final_lists(world):
    facts = refused(world, "UA", cases.reveal_seed, CASE)
    assert (facts["need"], facts["parties"]) == (2, ["RU"])
    assert ("cosign.wait", "RU") in steps(world, "UA")
    assert "case.reveal" not in dict(steps(world, "UA"))
    assert ("cosign.carry", "AE") in steps(world, "RU"), "its word is waited for"
    world.send("RU", "AE")
    assert ("carry.out", "UA") in steps(world, "AE"), "the word of another is new to it"
    world.send("AE", "UA")
    assert "case.reveal" in dict(steps(world, "UA"))
    world.do("UA", cases.reveal_seed, CASE)
    # RU has not seen UA's word by then: its own half waits for it.
    assert refused(world, "RU", cases.reveal_seed, CASE)["parties"] == ["UA"]
    world.carry()
    world.do("RU", cases.reveal_seed, CASE)


def test_with_words_carried_both_ways_everybody_comes_home(world):
    world.carry()
    world.both(cases.reveal_seed, CASE)
    world.carry()
    world.do("AE", plans.propose_plan, CASE, lists=play.blocked(world, CASE))
    world.carry()
    findings = world.look("AE", plans.findings_in, CASE)
    for party in BUREAUS:
        refused(world, party, plans.accept_plan, CASE, acknowledge=findings, actor=play.ACTOR)
    world.carry()
    world.both(plans.accept_plan, CASE, acknowledge=findings, actor=play.ACTOR)
    world.carry()
    legs = play.planned(world)
    for leg, ids in legs.items():
        world.do(
            "AE", handover.record_wills, CASE, leg, stage="before_departure", travelling=ids,
            not_travelling=[],
        )  # fmt: skip
        world.do("AE", handover.issue_manifest, CASE, leg)
    world.send("AE", "UA")
    world.send("AE", "RU")
    assert refused(world, "UA", handover.depart, CASE, TO_RU)["parties"] == ["RU"]
    assert "handover.depart" not in dict(steps(world, "UA"))
    world.carry()
    gone = play.depart(world)
    assert sorted(map(len, gone.values())) == [play.MOVE_COUNT] * 2
    play.check_in(world, gone)
    play.stop(world)
    for leg in LEGS:
        play.ask_again(world, leg, legs[leg])
    world.carry()
    play.receive(world)


def test_what_others_signed_without_waiting_is_judged_by_the_log_alone(world):
    """Cosignatures are outside of the log: a party that did not wait made no illegal entry."""
    node = world.at("UA")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(book, "require_grounds", lambda *_: None)
        world.do("UA", cases.reveal_seed, CASE)
    assert node.party == "UA"
    assert world.send("UA", "AE").entry_count == 1


def test_one_of_two_is_enough_where_the_terms_say_so(tmp_path):
    world = to_listed(tmp_path / "any", "any")
    world.do("UA", cases.reveal_seed, CASE)
    home.close_node()


def test_a_case_without_the_key_waits_for_nobody_and_bundles_are_as_before(tmp_path):
    world = play.begin(tmp_path / "plain")
    play.play_to_final_lists(world)
    for party in ("UA", "AE"):
        node = world.at(party)
        assert not cosigned.asks(book.read_book(node))
        assert cosigned.words_of(book.read_book(node)) == {}
    sent = play.read(world.export("AE", "UA"))["cosigned"]
    assert not any("homeward/ua" in note.partition("\n\n")[2][30:] for note in sent)
    home.close_node()


def test_words_go_through_a_shared_folder_by_themselves_and_then_it_is_quiet(world, tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    parties = (*BUREAUS, "AE")
    for _ in range(4):
        for party in parties:
            courier.take(world.at(party), shared, now=world.tick())
            courier.post(world.at(party), shared)
    for party in BUREAUS:
        log = book.read_book(world.at(party))
        assert cosigned.missing(log, log.cases[CASE], "seed_revealed") is None
    assert [
        courier.post(world.at(party), shared) + courier.take(world.at(party), shared, now=world.now)
        for party in parties
    ] == [0, 0, 0]


@pytest.mark.parametrize("quorum", ["most", "3-of-2", "0-of-2", "ALL"])
def test_a_quorum_that_is_none_is_refused_with_the_terms(quorum):
    with pytest.raises(InputError, match="cosigned"):
        read_agreement(terms(quorum))


def test_the_terms_say_it_back_in_their_own_form():
    agreement = read_agreement(terms("2-of-3"))
    assert read_agreement(format_agreement(agreement)).cosigned == "2-of-3"
    assert 'cosigned = "2-of-3"' in format_agreement(agreement)
    assert "cosigned" not in format_agreement(read_agreement(play.terms()))
    assert agreement.sha256 != read_agreement(play.terms()).sha256
    said = [each for each in tell(agreement) if "cosigned" in str(each)]
    assert len(said) == 1
    assert "2-of-3 of the parties" in str(said[0])


def test_words_go_over_a_network_by_themselves_and_then_it_is_quiet(world, monkeypatch):
    def deliver(_route, _shown, data):
        asker = next(party for party in BUREAUS if home._opened is world.nodes[party])
        sha256 = hashlib.sha256(data).hexdigest()
        answer = receiving.take(world.at("AE"), data, sha256, now=world.tick())
        world.at(asker)
        return answer

    monkeypatch.setattr(sending, "deliver", deliver)
    for _ in range(2):
        for party in BUREAUS:
            sending.exchange(world.at(party), None, now=world.tick())
    for party in BUREAUS:
        log = book.read_book(world.at(party))
        assert cosigned.missing(log, log.cases[CASE], "seed_revealed") is None
    quiet = [sending.exchange(world.at(party), None, now=world.tick()) for party in BUREAUS]
    assert quiet == [0, 0]
