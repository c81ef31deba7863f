"""A missed deadline between three nodes: shown, recorded by the mediator, and gone on without."""

import datetime as dt

import pytest
from tests.scenario import nodes as play

from homeward.foundation.errors import TurnError
from homeward.node.actions import cases, deadlines, people, remarks
from homeward.node.actions.overview import overview
from homeward.node.actions.remarks import Remark

WEEK = dt.timedelta(days=7)
TIMED = play.terms(play.CASE) + "\n[timetable]\nanswers_days = 7\n"


@pytest.fixture(name="world")
def fixture_world(at_stage):
    world = at_stage("ready")
    world.do("AE", cases.open_case, TIMED)
    world.carry()
    world.both(cases.sign_terms, play.CASE)
    world.carry()
    world.both(cases.send_wanted, play.CASE, actor=play.ACTOR)
    world.carry()
    return world


def view(world, party):
    return world.look(party, overview, now=world.now)


def test_what_is_due_stands_at_every_party_and_overdue_when_its_days_are_over(world):
    for party in play.PARTIES:
        due = view(world, party).cases[0].due
        assert {(each.step, each.party, each.is_overdue) for each in due} == {
            ("answers", "UA", False),
            ("answers", "RU", False),
        }
    step = next(each for each in view(world, "UA").steps if each.kind == "case.answer")
    assert step.due_at
    assert not step.is_overdue
    with pytest.raises(TurnError) as caught:
        world.do("AE", deadlines.lapse, play.CASE, step="answers", owed_by="RU")
    assert caught.value.code == "cases.not_overdue"
    world.now += WEEK
    step = next(each for each in view(world, "UA").steps if each.kind == "case.answer")
    assert step.is_overdue
    assert [each.command for each in view(world, "AE").steps if each.kind == "case.lapse"] == [
        f"case lapse first --step answers --party {party}" for party in ("RU", "UA")
    ]
    assert not overview(world.at("AE")).cases[0].due, "without a time nothing is said of it"


def test_after_a_lapse_the_lines_have_no_answer_and_the_plan_is_made_without(world):
    world.do("UA", cases.answer, play.CASE, actor=play.ACTOR)
    world.carry()
    world.now += WEEK
    world.do("AE", deadlines.lapse, play.CASE, step="answers", owed_by="RU")
    late = world.do("RU", cases.answer, play.CASE, actor=play.ACTOR)
    assert late, "RU has not heard of it"
    world.carry()
    for party in play.PARTIES:
        state = world.state(party)
        assert state.state == "answered"
        assert list(state.no_answer) == [("RU", "UA")]
        assert ("RU", "UA") not in state.answers, "what came later counts for nothing"
    ref = play.small_lists()["UA", "wanted"][0].ref
    seen = world.do("UA", people.cases_of, "wanted", ref, actor=play.ACTOR)
    assert [each.code for each in seen] == ["no_answer"]
    world.both(cases.send_final_list, play.CASE, actor=play.ACTOR)
    world.carry()
    world.both(cases.reveal_seed, play.CASE)
    world.carry()
    play.play_to_accepted(world)
    assert {world.state(party).state for party in play.PARTIES} == {"accepted"}
    totals = play.hand_over(world)
    assert sum(totals.values()) == 2 * play.MOVE_COUNT


def test_replies_that_lapsed_leave_the_answers_as_they_were(world):
    world.both(cases.answer, play.CASE, actor=play.ACTOR)
    world.carry()
    ref = play.small_lists()["UA", "wanted"][0].ref
    said = {ref: Remark(code="wrong_person")}
    world.do("UA", remarks.send_remarks, play.CASE, "RU", said, actor=play.ACTOR)
    world.carry()
    world.now += WEEK
    world.do("AE", deadlines.lapse, play.CASE, step="replies", owed_by="RU")
    world.carry()
    state = world.state("RU")
    assert (state.state, dict(state.no_reply)) == ("replied", {("RU", "UA"): 1})
