"""Two withdrawals and another version of a list, between three nodes."""

import pytest
from tests.scenario import nodes as play

from homeward.foundation.errors import InputError, TurnError
from homeward.node.actions import cases, lists, people, plans, remarks, versions
from homeward.node.actions.remarks import Remark, Reply
from homeward.node.models import CaptiveLink
from homeward.records.write import write_csv

BY = {"kind": "wanted_list", "reason": "came_home", "actor": play.ACTOR}


def answered(world):
    world.both(cases.answer, play.CASE, actor=play.ACTOR)
    world.carry()


def test_a_line_withdrawn_from_a_wanted_list_is_asked_about_no_more(at_stage):
    world = at_stage("wanted")
    answered(world)
    wanted = [person.ref for person in play.small_lists()["UA", "wanted"]]
    said = {ref: Remark(code="wrong_person") for ref in wanted[:2]}
    world.do("UA", remarks.send_remarks, play.CASE, "RU", said, actor=play.ACTOR)
    assert world.do("UA", versions.withdraw_lines, play.CASE, wanted[:1], **BY) == 1
    world.carry()
    state = world.state("RU")
    assert state.wanted["UA", "RU"].count == len(wanted) - 1
    assert wanted[0].encode() not in b"".join(world.log("RU"))
    replies = {ref: Reply(code="upheld") for ref in wanted[:2]}
    world.do("RU", remarks.send_replies, play.CASE, "UA", replies, actor=play.ACTOR)
    world.carry()
    lines = world.do("UA", remarks.answered_lines, play.CASE, "RU", actor=play.ACTOR)
    assert [line.ref for line in lines].count(wanted[0]) == 0
    assert len(lines) == len(wanted) - 1
    seen = world.do("UA", people.cases_of, "wanted", wanted[0], actor=play.ACTOR)
    assert [each for each in seen if each.code] == []


def test_somebody_withdrawn_from_a_final_list_is_in_no_plan_and_the_proposal_is_gone(at_stage):
    world = at_stage("proposed")
    plan = play.planned(world)
    captive = plan["RU -> UA"][0]
    world.at("RU")
    ref = CaptiveLink.objects.get(case=play.CASE, captive_id=captive).ref
    by = {"kind": "final_list", "reason": "released", "actor": play.ACTOR}
    assert world.do("RU", versions.withdraw_lines, play.CASE, [ref], **by) == 1
    world.carry()
    assert {world.state(party).state for party in play.PARTIES} == {"seeded"}
    with pytest.raises(TurnError):
        world.do("UA", plans.accept_plan, play.CASE, acknowledge=[], actor=play.ACTOR)
    play.play_to_accepted(world)
    again = play.planned(world)
    assert captive not in again["RU -> UA"]
    assert sum(play.hand_over(world).values()) == 2 * play.MOVE_COUNT
    other = next(p.ref for p in play.small_lists()["RU", "held"] if p.ref != ref)
    with pytest.raises(TurnError):
        world.do("RU", versions.withdraw_lines, play.CASE, [other], **by)


def test_a_wanted_list_is_replaced_until_it_is_answered(at_stage):
    world = at_stage("wanted")
    data = write_csv([*play.small_lists()["UA", "wanted"]][3:], "wanted")
    first = world.state("UA").wanted["UA", "RU"]
    world.do("UA", lists.import_list, kind="wanted", data=data, file_name="w.csv", actor=play.ACTOR)
    replace = {"kind": "wanted_list", "actor": play.ACTOR}
    counts = world.do("UA", versions.replace_list, play.CASE, **replace)
    assert counts == {"RU": first.count}, "nobody leaves a list because a file does not name them"
    world.carry()
    answered(world)
    assert {world.state(party).state for party in play.PARTIES} == {"answered"}
    with pytest.raises(TurnError) as caught:
        world.do("UA", versions.replace_list, play.CASE, **replace)
    assert caught.value.code == "case.version_late"


def test_nobody_is_withdrawn_who_is_not_on_the_list(at_stage):
    world = at_stage("wanted")
    with pytest.raises(InputError) as caught, play.nothing_changes(world, "UA"):
        world.do("UA", versions.withdraw_lines, play.CASE, ["nobody"], **BY)
    assert caught.value.code == "versions.refs"
