"""Two who act at the same time: neither blocks the other, and the order of the log decides."""

import pytest
from tests.scenario import nodes as play
from tests.scenario.nodes import ACTOR, CASE, LEGS, MOVE_COUNT, PARTIES

from homeward.foundation.errors import PeerError, TurnError
from homeward.node import book
from homeward.node.actions import cases, handover, plans
from homeward.node.actions.overview import overview

TO_UA, TO_RU = LEGS


def overtaken(nodes, party):
    return sorted(book.read_book(nodes.at(party)).overtaken)


def test_an_acceptance_that_a_rejection_overtook_counts_for_nothing_and_blocks_nobody(at_stage):
    nodes = at_stage("proposed")
    findings = nodes.look("AE", plans.findings_in, CASE)
    nodes.do("RU", plans.accept_plan, CASE, acknowledge=findings, actor=ACTOR)
    nodes.do("UA", plans.reject_plan, CASE, reason="not_agreed")
    nodes.carry()
    assert [nodes.state(party).state for party in PARTIES] == ["seeded"] * 3
    assert [len(overtaken(nodes, party)) for party in PARTIES] == [1, 1, 1]
    play.play_to_accepted(nodes)
    assert play.hand_over(nodes) == dict.fromkeys(LEGS, MOVE_COUNT)


@pytest.mark.parametrize("stage", ["opened", "wanted"])
def test_a_move_that_an_end_overtook_leaves_its_author_free_for_the_next_case(at_stage, stage):
    nodes = at_stage(stage)
    if stage == "opened":
        nodes.do("RU", cases.sign_terms, CASE)
    else:
        nodes.do("RU", cases.answer, CASE, actor=ACTOR)
    nodes.do("UA", cases.abort, CASE, reason="no_agreement")
    nodes.carry()
    for party in PARTIES:
        assert nodes.state(party).state == "aborted"
        assert overview(nodes.at(party)).draft_count == 0
    nodes.do("AE", cases.open_case, play.terms("second"))
    nodes.carry()
    nodes.both(cases.sign_terms, "second")
    nodes.carry()
    assert nodes.state("AE", "second").state == "terms_signed"


def test_a_departure_that_a_withdrawal_overtook_is_recorded_anew_without_them(at_stage):
    nodes = at_stage("manifested")
    people = play.planned(nodes)[TO_UA]
    nodes.do("RU", handover.depart, CASE, TO_UA)
    nodes.do("AE", handover.withdraw, CASE, TO_UA, people[:1], reason="not_travelling")
    nodes.carry()
    assert {c.state for i, c in nodes.custody("UA").captives.items() if i in people[1:]} == {
        "manifested"
    }
    assert nodes.do("RU", handover.depart, CASE, TO_UA) == people[1:]
    nodes.carry()
    assert nodes.log("UA") == nodes.log("RU")


def test_a_bureau_can_look_at_its_node_while_its_draft_is_overtaken(at_stage):
    nodes = at_stage("opened")
    nodes.do("RU", cases.sign_terms, CASE)
    nodes.do("UA", cases.abort, CASE, reason="no_agreement")
    nodes.send("UA", "AE")
    nodes.send("AE", "RU")
    assert overview(nodes.at("RU")).cases[0].state == "aborted"


def test_a_move_that_never_fitted_is_refused_whatever_its_author_says_to_have_seen(at_stage):
    nodes = at_stage("departed")
    body = {"leg": TO_UA, "captives": play.planned(nodes)[TO_UA]}
    play.forge(nodes, "RU", "departed", body, role="bureau")
    with pytest.raises(PeerError):
        nodes.send("RU", "AE")


def test_our_own_illegal_move_is_refused_while_others_wait(at_stage):
    nodes = at_stage("opened")
    nodes.do("RU", cases.sign_terms, CASE)
    with pytest.raises(TurnError):
        nodes.do("RU", cases.sign_terms, CASE)
