"""A whole exchange between three nodes, and the ways in which one goes otherwise."""

import dataclasses
import shlex

import pytest
from tests.scenario import nodes as play
from tests.scenario.nodes import ACTOR, BUREAUS, CASE, LEGS, MOVE_COUNT, NEXT_CASE, PARTIES, READER

from homeward.foundation.errors import AccessError, InfeasibleError, RuleError, TurnError
from homeward.foundation.ids import parse_flow
from homeward.handover.counts import count_legs
from homeward.node import access, blobs, bundles
from homeward.node.actions import cases, handover, lists, plans
from homeward.node.actions.overview import overview
from homeward.records.model import WANTED
from homeward.records.write import write_csv

TO_UA, TO_RU = LEGS
DONE = dict.fromkeys(LEGS, MOVE_COUNT)


def counts_of(nodes, leg, party="AE"):
    return next(c for c in count_legs(nodes.custody(party)) if str(c.leg) == leg)


def test_a_whole_exchange_ends_with_everybody_home_and_all_three_agree(at_stage):
    nodes = at_stage("closed")
    logs = [nodes.log(party) for party in PARTIES]
    assert logs[0] == logs[1] == logs[2]
    for party in PARTIES:
        assert nodes.state(party).state == "closed"
        custody = nodes.custody(party)
        assert {str(leg): n for leg, n in custody.flows.items()} == DONE
        assert {captive.state for captive in custody.captives.values()} == {"home"}
        assert overview(nodes.at(party)).cases[0].turn == {}


def test_nobody_moves_before_the_manifests_are_with_both_sides(at_stage):
    nodes = at_stage("accepted")
    with pytest.raises(TurnError):
        nodes.do("RU", handover.depart, CASE, TO_UA)


def test_two_who_refuse_before_departure_stay_and_the_ledger_tells_no_reason(at_stage):
    nodes = at_stage("accepted")
    legs = play.planned(nodes)
    refusing = legs[TO_UA][:2]
    play.ask_before(nodes, legs, refusing)
    gone = play.depart(nodes)
    assert gone[TO_UA] == legs[TO_UA][2:]
    play.check_in(nodes, gone)
    play.stop(nodes)
    for leg in LEGS:
        play.ask_again(nodes, leg, gone[leg])
    nodes.carry()
    play.receive(nodes)
    assert play.receipts(nodes) == {TO_UA: MOVE_COUNT - 2, TO_RU: MOVE_COUNT}
    totals = nodes.do("AE", handover.close_case, CASE)
    nodes.carry()
    assert totals == {TO_UA: MOVE_COUNT - 2, TO_RU: MOVE_COUNT}
    for party in BUREAUS:
        assert counts_of(nodes, TO_UA, party).not_travelling == 2
    said = [
        each.entry
        for each in nodes.state("UA").handover
        if refusing[0] in str(dict(each.entry.body))
    ]
    assert [entry.type for entry in said] == ["will_recorded"]
    assert said[0].body.keys() == {"stage", "leg", "travelling", "not_travelling"}
    assert list(said[0].body["not_travelling"]) == refusing


def test_one_who_refuses_at_the_last_stop_turns_back(at_stage):
    nodes = at_stage("checked_in")
    people = play.planned(nodes)
    back = people[TO_RU][0]
    play.stop(nodes)
    play.ask_again(nodes, TO_RU, people[TO_RU], refusing=[back])
    play.ask_again(nodes, TO_UA, people[TO_UA])
    nodes.carry()
    arrived = play.receive(nodes)
    assert back not in arrived[TO_RU]
    with pytest.raises(TurnError, match="on the way"):
        nodes.do("AE", handover.close_case, CASE)
    nodes.do("UA", handover.turn_back, CASE, TO_RU, [back])
    play.receipts(nodes)
    totals = nodes.do("AE", handover.close_case, CASE)
    assert totals == {TO_UA: MOVE_COUNT, TO_RU: MOVE_COUNT - 1}
    assert nodes.custody("AE").captives[back].state == "turned_back"


def test_one_missing_at_the_crossing_keeps_the_case_open_until_found(at_stage):
    nodes = at_stage("departed")
    people = play.planned(nodes)
    lost = people[TO_UA][3]
    play.check_in(nodes, people, missing=[lost])
    assert counts_of(nodes, TO_UA, "RU").missing == 1
    assert nodes.custody("UA").captives[lost].custodian == "AE"
    play.stop(nodes)
    for leg in LEGS:
        play.ask_again(nodes, leg, people[leg])
    nodes.carry()
    assert lost not in play.receive(nodes)[TO_UA]
    play.receipts(nodes)
    with pytest.raises(TurnError) as raised:
        nodes.do("AE", handover.close_case, CASE)
    assert raised.value.facts["missing_count"] == 1
    nodes.do("UA", handover.check_in, CASE, TO_UA, present=[lost])
    assert counts_of(nodes, TO_UA, "UA").missing == 0
    nodes.carry()
    assert play.receive(nodes, legs=[TO_UA]) == {TO_UA: [lost]}
    assert nodes.do("AE", handover.close_case, CASE) == DONE


def test_one_who_is_unfit_at_the_stop_waits_and_follows(at_stage):
    nodes = at_stage("checked_in")
    people = play.planned(nodes)
    ill = people[TO_RU][5]
    onward = play.stop(nodes, unfit=[ill])
    assert ill not in onward
    with pytest.raises(TurnError):
        play.ask_again(nodes, TO_RU, [ill])
    play.ask_again(nodes, TO_RU, onward)
    play.ask_again(nodes, TO_UA, people[TO_UA])
    nodes.carry()
    assert ill not in play.receive(nodes)[TO_RU]
    play.receipts(nodes)
    with pytest.raises(TurnError):
        nodes.do("AE", handover.close_case, CASE)
    assert play.stop(nodes) == [ill]
    play.ask_again(nodes, TO_RU, [ill])
    nodes.carry()
    assert play.receive(nodes, legs=[TO_RU]) == {TO_RU: [ill]}
    assert nodes.do("AE", handover.close_case, CASE) == DONE


def test_nobody_passes_a_stop_that_the_terms_do_not_name(at_stage):
    nodes = at_stage("checked_in")
    with pytest.raises(TurnError):
        nodes.do(
            "AE", handover.check_at_stop, CASE, TO_UA, country="BY", purpose="medical check"
        )  # fmt: skip
    with pytest.raises(TurnError):
        nodes.do(
            "AE", handover.check_at_stop, CASE, TO_RU, country="TR", purpose="medical check"
        )  # fmt: skip


def test_nobody_skips_the_stop_that_the_terms_name(at_stage):
    nodes = at_stage("checked_in")
    people = play.planned(nodes)
    with pytest.raises(TurnError):
        play.ask_again(nodes, TO_RU, people[TO_RU])
    assert nodes.state("AE").handover[-1].entry.type == "checked_in"


def test_who_is_home_is_in_no_later_exchange(at_stage):
    nodes = at_stage("closed")
    home_ids = set(nodes.custody("RU").captives)
    told = {party: _told_held(nodes, party) & home_ids for party in BUREAUS}
    assert all(told.values())
    sizes = {party: nodes.state(party).final_lists[party].count for party in BUREAUS}
    asked = {p: nodes.state(p).wanted[p, _other(p)].count for p in BUREAUS}
    text = play.terms(NEXT_CASE, count=3)
    play.play_to_final_lists(nodes, NEXT_CASE, text)
    for party in BUREAUS:
        state, other = nodes.state(party, NEXT_CASE), _other(party)
        assert state.final_lists[party].count == sizes[party] - MOVE_COUNT
        assert state.wanted[other, party].count == asked[other] - len(told[party])
    plan = play.play_to_accepted(nodes, NEXT_CASE)
    assert plan["counts"] == dict.fromkeys(LEGS, 3)
    assert not home_ids & {move["ref"] for move in plan["moves"]}


def test_who_is_asked_for_again_under_another_reference_has_already_returned(at_stage):
    nodes = at_stage("closed")
    home = cases.came_home(nodes.at("UA"), READER)
    known = [p for p in access.people(nodes.at("UA"), WANTED, reader=READER) if p.ref in home]
    again = [dataclasses.replace(p, ref=f"again-{p.ref}") for p in known]
    data = write_csv(again, WANTED)
    nodes.do("UA", lists.import_list, kind=WANTED, data=data, file_name="x.csv", actor=ACTOR)
    play.play_to_final_lists(nodes, NEXT_CASE, play.terms(NEXT_CASE, count=3))
    counts = nodes.state("UA", NEXT_CASE).answer_counts["RU", "UA"]
    assert counts["already_returned"] == len(again) > 0


def test_terms_that_nobody_can_keep_are_named_and_nothing_is_proposed(at_stage):
    nodes = at_stage("ready")
    play.play_to_final_lists(nodes, text=play.terms(count=play.HELD_COUNT + 1))
    with pytest.raises(InfeasibleError) as raised:
        nodes.do("AE", plans.propose_plan, CASE, lists=play.blocked(nodes))
    assert "number" in raised.value.facts["clauses"]
    assert raised.value.hint
    assert nodes.state("AE").plan is None


def test_a_rejected_plan_may_be_proposed_again(at_stage):
    nodes = at_stage("proposed")
    nodes.do("RU", plans.accept_plan, CASE, acknowledge=_findings(nodes), actor=ACTOR)
    nodes.carry()
    nodes.do("UA", plans.reject_plan, CASE, reason="not_agreed")
    nodes.carry()
    assert nodes.state("RU").state == "seeded"
    with pytest.raises(TurnError):
        nodes.do("RU", plans.accept_plan, CASE, acknowledge=(), actor=ACTOR)
    play.play_to_accepted(nodes)
    assert play.hand_over(nodes) == DONE


def test_a_plan_is_not_accepted_while_a_legal_finding_is_not_acknowledged(at_stage):
    nodes = at_stage("proposed")
    findings = _findings(nodes)
    assert findings
    with play.nothing_changes(nodes, "UA"), pytest.raises(RuleError):
        nodes.do("UA", plans.accept_plan, CASE, acknowledge=findings[1:], actor=ACTOR)


@pytest.mark.parametrize(
    ("party", "stage"),
    [("RU", "opened"), ("UA", "wanted"), ("AE", "seeded"), ("RU", "proposed"), ("AE", "accepted")],
)
def test_a_case_can_be_ended_before_anybody_departs(at_stage, stage, party):
    nodes = at_stage(stage)
    nodes.do(party, cases.abort, CASE, reason="transport_not_safe")
    nodes.carry()
    for each in PARTIES:
        assert nodes.state(each).state == "aborted"
        assert not [step for step in overview(nodes.at(each)).steps if CASE in step.command.split()]
    with pytest.raises(TurnError):
        nodes.do("AE", cases.abort, CASE, reason="no_agreement")


def test_a_handover_is_not_ended_while_somebody_is_on_the_way(at_stage):
    nodes = at_stage("departed")
    for party in PARTIES:
        with pytest.raises(TurnError, match="on the way"):
            nodes.do(party, cases.abort, CASE, reason="transport_not_safe")


def test_manifested_people_stay_with_their_holder_when_a_case_ends(at_stage):
    nodes = at_stage("manifested")
    nodes.do("UA", cases.abort, CASE, reason="transport_not_safe")
    nodes.carry()
    with pytest.raises(TurnError):
        nodes.do("RU", handover.depart, CASE, TO_UA)
    assert {c.state for c in nodes.custody("RU").captives.values()} == {"manifested"}


def test_an_observer_reads_no_personal_list(at_stage):
    """What was sealed to one party is not there for another."""
    nodes = at_stage("closed")
    state = nodes.state("AE")
    with pytest.raises(AccessError):
        blobs.read_rows(
            nodes.at("AE"), root=state.wanted["UA", "RU"].root, what="wanted list", reader=READER
        )


def _other(party):
    return "RU" if party == "UA" else "UA"


def _told_held(nodes, party):
    """Return the ids of those whom a party answered to hold."""
    claim = nodes.state(party).answers[party, _other(party)]
    rows = blobs.read_rows(nodes.nodes[party], root=claim.root, what="answers", reader=READER)
    return {row["captive"] for row in rows if row["code"] == "held"}


def _findings(nodes):
    return nodes.look("AE", plans.findings_in, CASE)


# -- whoever follows the first step that the overview gives, gets home --


def follow_first_steps(nodes, rounds=80, refusing=(), unfit=()):
    """Let each node in turn do the first thing it is told, until everybody sees it closed."""
    files = {"refusing": set(refusing), "unfit": set(unfit), "carried": {}, "closed": False}
    for _ in range(rounds):
        for party in PARTIES:
            _follow(nodes, party, _first_act(nodes, party, files["carried"]), files)
        if files["closed"] and all(nodes.state(party).state == "closed" for party in PARTIES):
            return
    raise AssertionError([overview(nodes.at(party)).steps for party in PARTIES])


def _first_act(nodes, party, carried):
    """Return the first step that is not done yet, and is more than a look at something."""
    for step in overview(nodes.at(party)).steps:
        if step.command.startswith(("case show", "case sheet", "documents")):
            continue
        if step.command.startswith("bundle export"):
            to = step.command.split()[-1]
            data = bundles.export_bundle(nodes.at(party), to)
            if carried.get((party, to)) == data:
                continue
            carried[party, to] = data
        return step.command
    return ""


def _is_closed(nodes, party):
    view = overview(nodes.at(party))
    return [case.state for case in view.cases] == ["closed"]


def _follow(nodes, party, command, files):
    """Do what a step's command says, as the command line would."""
    words = shlex.split(command)
    if words[:1] == ["bundle"]:
        if words[1] == "export":
            nodes.send(party, words[words.index("--to") + 1])
        return
    if not words:
        return
    assert words[0] == "case", command
    act, leg = words[1], words[words.index("--leg") + 1] if "--leg" in words else ""
    if act == "open":
        nodes.do(party, cases.open_case, play.terms())
    elif act in SIMPLE:
        nodes.do(party, SIMPLE[act], CASE, **({"actor": ACTOR} if act in READS else {}))
    elif act == "plan":
        nodes.do(party, plans.propose_plan, CASE, lists=play.blocked(nodes))
    elif act == "accept":
        found = nodes.look(party, plans.findings_in, CASE)
        nodes.do(party, plans.accept_plan, CASE, acknowledge=found, actor=ACTOR)
    elif act == "close":
        nodes.do(party, handover.close_case, CASE)
        files["closed"] = True
    else:
        _follow_on_leg(nodes, party, act, leg, command, files)


SIMPLE = {
    "sign": cases.sign_terms,
    "wanted": cases.send_wanted,
    "answer": cases.answer,
    "final": cases.send_final_list,
    "reveal": cases.reveal_seed,
}
READS = {"wanted", "answer", "final"}
ON_LEG = {
    "manifest": handover.issue_manifest,
    "depart": handover.depart,
    "receive": handover.receive,
    "released": handover.confirm_release,
}


def _follow_on_leg(nodes, party, act, leg, command, files):
    custody = nodes.custody(party)
    people = {i: c for i, c in custody.captives.items() if str(c.leg) == leg}
    if act in ON_LEG:
        nodes.do(party, ON_LEG[act], CASE, leg)
    elif act == "interview" and "--last-stop" in command:
        asked = [i for i, c in people.items() if _may_be_asked_again(c)]
        refusing = files["refusing"] if leg == TO_RU else set()
        play.ask_again(nodes, leg, asked, refusing)
    elif act == "interview":
        asked = [i for i, c in people.items() if c.state == "held" and c.will is None]
        no = [i for i in asked if i in files["refusing"] and leg == TO_UA]
        nodes.do(
            party, handover.record_wills, CASE, leg, stage="before_departure",
            travelling=[i for i in asked if i not in no], not_travelling=no,
        )  # fmt: skip
    elif act == "check-in":
        here = [i for i, c in people.items() if c.state == "departed"]
        nodes.do(party, handover.check_in, CASE, leg, present=here)
    elif act == "stop":
        assert shlex.split(command)[-4:] == ["--country", "BY", "--purpose", "medical check"]
        here = {i for i, c in people.items() if c.state in {"checked_in", "stopped"}}
        play.stop(nodes, unfit=files["unfit"] & here)
        files["unfit"] = set()
    elif act == "turn-back":
        back = [i for i, c in people.items() if c.last_will is False]
        nodes.do(party, handover.turn_back, CASE, leg, back)
    else:
        raise AssertionError(command)


def _may_be_asked_again(captive):
    return (
        captive.state in {"checked_in", "stopped"}
        and captive.last_will is None
        and captive.stops_passed == len(captive.stops)
    )


def test_who_follows_the_first_step_each_time_comes_to_the_end(at_stage):
    nodes = at_stage("ready")
    follow_first_steps(nodes)
    assert {c.state for c in nodes.custody("AE").captives.values()} == {"home"}


def test_the_first_steps_lead_on_past_refusals_and_illness_too(at_stage):
    nodes = at_stage("accepted")
    people = play.planned(nodes)
    refusing = (*people[TO_UA][:2], people[TO_RU][0])
    follow_first_steps(nodes, refusing=refusing, unfit=people[TO_RU][3:4])
    states = {i: c.state for i, c in nodes.custody("AE").captives.items()}
    assert [states.pop(i) for i in refusing] == ["held", "held", "turned_back"]
    assert set(states.values()) == {"home"}


STAGES = (
    *("ready", "opened", "wanted", "seeded", "proposed", "accepted"),
    *("manifested", "departed", "checked_in", "closed"),
)


@pytest.mark.parametrize("stage", STAGES)
def test_at_every_stage_every_node_is_told_something(at_stage, stage):
    nodes = at_stage(stage)
    for party in PARTIES:
        view = overview(nodes.at(party))
        assert view.steps
        assert all(step.why for step in view.steps)
        waits = stage in {"ready", "closed"} and party != "AE"
        assert view.steps[0].command or waits


@pytest.mark.parametrize("leg", LEGS)
def test_only_the_two_ends_of_a_leg_may_act_on_it(at_stage, leg):
    nodes = at_stage("manifested")
    wrong = parse_flow(leg).home
    with pytest.raises(TurnError):
        nodes.do(wrong, handover.depart, CASE, leg)
