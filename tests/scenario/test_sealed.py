"""Sealed lists between three nodes: bound first, shown together, whatever changed since."""

import pytest
from tests.scenario import nodes as play

from homeward.foundation.errors import TurnError
from homeward.node.actions import cases, lists
from homeward.node.actions.overview import overview
from homeward.node.models import Blob
from homeward.records.write import write_csv

SEALED = play.terms(play.CASE) + "\n[lists]\nsealed = true\n"


@pytest.fixture(name="world")
def fixture_world(at_stage):
    world = at_stage("ready")
    world.do("AE", cases.open_case, SEALED)
    world.carry()
    world.both(cases.sign_terms, play.CASE)
    world.carry()
    return world


def both_twice(world, act):
    for _ in range(2):
        world.both(act, play.CASE, actor=play.ACTOR)
        world.carry()


def kinds(world, party):
    return [step.kind for step in world.look(party, overview).steps]


def test_a_sealed_case_comes_home_like_any_other(world):
    both_twice(world, cases.send_wanted)
    both_twice(world, cases.answer)
    both_twice(world, cases.send_final_list)
    world.both(cases.reveal_seed, play.CASE)
    world.carry()
    play.play_to_accepted(world)
    assert sum(play.hand_over(world).values()) == 2 * play.MOVE_COUNT


def test_nothing_leaves_a_node_before_everybody_is_bound(world):
    assert kinds(world, "UA")[0] == "case.wanted"
    world.do("UA", cases.send_wanted, play.CASE, actor=play.ACTOR)
    assert not Blob.objects.filter(sealed=True).exists()
    world.carry()
    assert "case.wanted" not in kinds(world, "UA")
    with pytest.raises(TurnError) as caught:
        world.do("UA", cases.send_wanted, play.CASE, actor=play.ACTOR)
    assert caught.value.code in {"case.sealed", "case.turn"}
    assert kinds(world, "RU")[0] == "case.wanted"


def test_what_is_shown_is_what_one_was_bound_to_whatever_the_list_says_now(world):
    world.both(cases.send_wanted, play.CASE, actor=play.ACTOR)
    world.carry()
    seal = world.state("UA").seals["wanted_list", "UA", "RU"]
    fewer = write_csv(play.small_lists()["RU", "wanted"][:1], "wanted")
    world.do(
        "UA", lists.import_list, kind="wanted", data=fewer, file_name="l.csv", actor=play.ACTOR
    )
    counts = world.do("UA", cases.send_wanted, play.CASE, actor=play.ACTOR)
    assert counts == {"RU": len(play.small_lists()["UA", "wanted"])}
    world.carry()
    assert world.state("AE").wanted["UA", "RU"].count == counts["RU"]
    assert world.state("AE").seals["wanted_list", "UA", "RU"] == seal
