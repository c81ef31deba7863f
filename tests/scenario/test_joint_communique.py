"""A joint communiqué on three nodes: each side signs its lines, and nothing is public too early."""

import datetime as dt
import shutil

import pytest
from tests.scenario import nodes as play

from homeward.foundation.errors import AccessError, InputError, TurnError
from homeward.node import book, home
from homeward.node.actions import communique

CASE = play.CASE
LEG, OTHER, MEDIATOR = "leg.RU-UA", "leg.UA-RU", "mediator.AE"


@pytest.fixture(name="world")
def fixture_world(tmp_path):
    world = play.begin(tmp_path / "live")
    play.play_to_final_lists(world)
    play.play_to_accepted(world)
    yield world
    home.close_node()
    shutil.rmtree(tmp_path, ignore_errors=True)


def agree(world, party, lines, until):
    world.do(party, communique.agree, CASE, lines, until)


def joint(world, party, now=None):
    return communique.joint_of(world.at(party), CASE, now=now or world.now)


def public(world, party, now):
    return communique.public_communique(world.at(party), CASE, now=now)


def test_both_agree_the_embargo_ends_the_case_is_closed_and_then_it_is_public(world):
    early = world.now + dt.timedelta(days=30)
    late = early + dt.timedelta(hours=6)
    agree(world, "UA", [LEG, OTHER, MEDIATOR], early)
    world.carry()
    agree(world, "RU", [MEDIATOR, LEG], late)
    world.carry()
    for party in play.PARTIES:
        found = joint(world, party)
        assert found.agreed == (LEG, MEDIATOR)
        assert dt.datetime.fromisoformat(found.embargo_until) == late.replace(microsecond=0)
        assert found.made is None, "nobody is home"
        assert public(world, party, late) is None
    play.hand_over(world)
    assert joint(world, "UA").may_agree is False, "the case is closed"
    for party in play.PARTIES:
        made = joint(world, party).made
        assert [line.id for line in made.lines] == [LEG, MEDIATOR]
        assert made.open_with == ()
        assert all(text.startswith("SIMULATION") for text in made.texts.values())
        assert public(world, party, late - dt.timedelta(seconds=1)) is None
        assert public(world, party, late) == made
        assert joint(world, party, now=late).is_public


def test_until_both_have_spoken_nothing_is_agreed_and_nothing_public(world):
    agree(world, "UA", [LEG], world.now)
    world.carry()
    play.hand_over(world)
    after = world.now + dt.timedelta(days=1)
    for party in play.PARTIES:
        assert joint(world, party).agreed == ()
        assert public(world, party, after) is None
    assert joint(world, "RU").said.keys() == {"UA"}


def test_where_the_lines_of_both_have_none_in_common_there_is_no_text(world):
    agree(world, "UA", [LEG], world.now)
    agree(world, "RU", [OTHER], world.now)
    world.carry()
    play.hand_over(world)
    assert joint(world, "AE").made is None
    assert public(world, "AE", world.now + dt.timedelta(days=1)) is None


def test_what_cannot_be_agreed_is_refused(world):
    with pytest.raises(InputError):
        agree(world, "UA", ["leg.XA-XB"], world.now)
    with pytest.raises(AccessError):
        communique.joint_of(world.at("UA"), "none", now=world.now)
    size = len(book.read_ahead(world.at("UA")).envelopes)
    play.hand_over(world)
    with pytest.raises(TurnError):
        agree(world, "UA", [LEG], world.now)
    assert len(book.read_ahead(world.at("UA")).envelopes) > size
