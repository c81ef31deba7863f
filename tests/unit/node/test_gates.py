"""Gates of the terms: nobody behind one goes before whoever the terms name has confirmed it."""

import shutil

import pytest
from tests.scenario import nodes as play

from homeward.foundation.errors import PeerError, RuleError, TurnError
from homeward.node import book, home
from homeward.node.actions import handover
from homeward.node.actions.overview import overview

GATE = """
[[clause]]
id = "wounded-first"
kind = "quota"
flows = ["RU -> UA", "UA -> RU"]
where = "wounded"
max = 20

[[clause]]
id = "papers"
kind = "gate"
before = "{before}"
until = "the medical papers of everybody have come"
confirmed_by = "{by}"
"""


def text(before, by):
    return play.terms().replace(
        "[[objective]]", GATE.format(before=before, by=by) + "\n[[objective]]", 1
    )


@pytest.fixture(name="world", params=[("phase 1", "UA"), ("number", "AE"), ("wounded-first", "RU")])
def fixture_world(request, tmp_path):
    """Play a case with a gate up to its manifests."""
    before, by = request.param
    world = play.begin(tmp_path / "live")
    play.play_to_final_lists(world, text=text(before, by))
    play.play_to_accepted(world)
    play.ask_before(world, play.planned(world))
    world.before, world.by = before, by
    yield world
    home.close_node()
    shutil.rmtree(tmp_path, ignore_errors=True)


def steps(world, party):
    return [step.kind for step in overview(world.at(party)).steps if step.case == play.CASE]


def behind(world, party):
    node = world.at(party)
    custody = handover.custody_of(node, book.case_of(book.read_ahead(node), play.CASE))
    return {each: c for each, c in custody.captives.items() if c.waits_for}


def test_nobody_behind_a_gate_is_released_before_it_is_confirmed(world):
    leg = "RU -> UA"
    waiting = {each for each, c in behind(world, "RU").items() if str(c.leg) == leg}
    everybody = set(play.planned(world)[leg])
    assert waiting, "somebody is behind the gate"
    if world.before == "wounded-first":
        assert waiting < everybody
        assert set(world.do("RU", handover.depart, play.CASE, leg)) == everybody - waiting
    else:
        assert waiting == everybody
    with pytest.raises(RuleError, match="wait for papers") as refused:
        world.do("RU", handover.depart, play.CASE, leg)
    assert refused.value.code == "handover.gate"
    assert refused.value.facts["captive_count"] == len(waiting)
    assert "handover.depart" not in steps(world, "RU")
    world.carry()
    world.do(world.by, handover.confirm_gate, play.CASE, "papers")
    world.carry()
    assert not behind(world, "RU")
    assert set(world.do("RU", handover.depart, play.CASE, leg)) == waiting


def test_the_confirming_side_alone_confirms_and_once(world):
    kind = "handover.confirm-mediator" if world.by == "AE" else "handover.confirm"
    assert kind in steps(world, world.by)
    for party in {"UA", "RU", "AE"} - {world.by}:
        assert not {"handover.confirm", "handover.confirm-mediator"} & set(steps(world, party))
        with pytest.raises(TurnError):
            world.do(party, handover.confirm_gate, play.CASE, "papers")
    with pytest.raises(TurnError):
        world.do(world.by, handover.confirm_gate, play.CASE, "number")
    world.do(world.by, handover.confirm_gate, play.CASE, "papers")
    with pytest.raises(TurnError):
        world.do(world.by, handover.confirm_gate, play.CASE, "papers")
    world.carry()
    (gate,) = handover.gates_of(world.at("AE"), play.CASE)
    assert gate.is_confirmed
    assert gate.waiting == 0
    assert kind not in steps(world, world.by)


def test_a_departure_that_passes_a_closed_gate_is_refused_by_whoever_knows_who_is_behind_it(world):
    leg = "RU -> UA"
    waiting = [each for each, c in behind(world, "RU").items() if str(c.leg) == leg]
    play.forge(world, "RU", "departed", {"leg": leg, "captives": waiting}, role="bureau")
    world.send("RU", "AE")
    with pytest.raises(PeerError) as refused:
        behind(world, "AE")
    assert refused.value.code == "handover.gate"
    assert refused.value.facts["captive_count"] == len(waiting)
