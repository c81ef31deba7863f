"""A statement about a case of the node: held against its ledger, and readable after an erasure."""

import datetime as dt
import shutil

import pytest
from tests.scenario import nodes as play
from tests.web.told import confirm

from homeward.node import home
from homeward.node.actions import comparison, desk, erasure
from homeward.node.actions.desk import Published

CASE, AT = play.CASE, "a1" * 16
TEXT = """Ukraine's president said that 8 Ukrainian soldiers had come home from Russia.
Russia's defence ministry said that 7 people had been returned to Russia by Ukraine."""


@pytest.fixture(name="world")
def fixture_world(tmp_path):
    world = play.begin(tmp_path / "live")
    play.play_to_final_lists(world)
    play.play_to_accepted(world)
    play.hand_over(world)
    yield world
    home.close_node()
    shutil.rmtree(tmp_path, ignore_errors=True)


def keep(world, party):
    node = world.at(party)
    day = comparison.exchange_of(node, f"case:{CASE}").date
    published = Published(title="Two sides", text=TEXT, published_on=day + dt.timedelta(days=1))
    desk.keep_text(node, published, id=AT, now=world.now, actor=play.ACTOR)
    comparison.say_exchange(node, AT, f"case:{CASE}")
    for each in desk.text_of(node, AT).rows:
        confirm(node, AT, each.number)
    return node


def test_claims_are_held_against_the_ledger_of_the_case(world):
    node = keep(world, "UA")
    text = desk.text_of(node, AT)
    assert [each.row.value for each in text.rows] == [8, 7]
    exchange = comparison.exchange_of(node, f"case:{CASE}")
    assert set(exchange.record.legs.values()) == {8}
    texts, found = comparison.compare(node, exchange)
    assert [each.id for each in texts] == [AT]
    agrees = {
        judged.claim.value: judged.agrees_with_record
        for each in found
        if each.fact == "leg"
        for judged in each.claims
    }
    assert agrees == {8: True, 7: False}
    rated = {
        each["claimReviewed"]: (each["reviewRating"]["alternateName"], each["reviewBody"])
        for each in comparison.reviews(node, text)
    }
    assert {words: rating for words, (rating, _) in rated.items()} == {
        "8 Ukrainian soldiers": "agrees with the record",
        "7 people": "differs from the record",
    }
    assert all(body.startswith("SIMULATION. ") for _, body in rated.values())


def test_what_rests_at_the_desk_opens_after_an_erasure(world):
    node = keep(world, "UA")
    desk.correct(node, AT, 1, {"value": 9}, by=desk.By(actor=play.ACTOR, now=world.now, seen=1))
    before = desk.text_of(node, AT)
    world.do("UA", erasure.erase, CASE, actor=play.ACTOR)
    assert desk.text_of(world.at("UA"), AT) == before
