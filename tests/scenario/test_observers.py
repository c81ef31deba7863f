"""An observer beside the case: it follows, verifies and cosigns; it records nothing, sees no list.

And captives of whom somebody is told: the other side, and the observer if a party seals it to it.
"""

import shutil

import pytest
from tests.scenario import nodes as play

from homeward.foundation.errors import AccessError, InputError, PeerError, TurnError
from homeward.negotiation.notifying import overdue_before
from homeward.node import book, cosigned, home, witnessing
from homeward.node.actions import cases, notify
from homeward.node.actions.overview import overview
from homeward.node.models import Blob

CASE, ICRC = play.CASE, play.OBSERVER
TERMS = play.terms().replace(
    'article_109 = "counted"', f'article_109 = "counted"\nobservers = ["{ICRC}"]'
)


@pytest.fixture(name="world")
def fixture_world(tmp_path):
    world = play.begin(tmp_path / "live", parties=(*play.PARTIES, ICRC))
    world.do("AE", cases.open_case, TERMS)
    world.carry()
    world.both(cases.sign_terms, CASE)
    world.carry()
    yield world
    home.close_node()
    shutil.rmtree(tmp_path, ignore_errors=True)


def steps(world, party):
    found = world.look(party, overview, now=world.now).steps
    return [(each.party, each.count) for each in found if each.kind == "case.notify"]


def told_of(world, by, to):
    return world.state(to).notified.get((by, to), ())


def due(party):
    """Return how many of the other's people a holder's list says were captured over a week ago."""
    first = overdue_before(play.START.date())
    held = play.small_lists()[party, "held"]
    return sum(p.captured_on is not None and p.captured_on.earliest < first for p in held)


def test_an_observer_follows_verifies_and_cosigns_and_sees_no_list(world):
    world.both(cases.send_wanted, CASE, actor=play.ACTOR)
    world.carry()
    world.carry()
    assert world.state(ICRC) == world.state("AE")
    assert world.size(ICRC) == world.size("AE")
    world.at(ICRC)
    assert not Blob.objects.exists()
    assert {row.party: row.size for row in _standings(world, "AE")}[ICRC] == world.size("AE")
    assert steps(world, ICRC) == []
    assert {each.kind for each in world.look(ICRC, overview).steps} <= {"wait", "carry.out"}


def _standings(world, party):
    return witnessing.standings(book.read_book(world.at(party)))


def test_a_silent_observer_delays_nothing(world):
    others = tuple(each for each in world.others if each != ICRC)
    world.others = others
    world.both(cases.send_wanted, CASE, actor=play.ACTOR)
    for _ in range(3):
        world.carry()
    log = book.read_book(world.at("UA"))
    for kind in ("terms_signed", "wanted_list"):
        policy = witnessing.policy_of(world.nodes["UA"], log, kind)
        found = cosigned.checkpoints(book.log_of(world.nodes["UA"]), log)
        assert cosigned.settled(found, policy) is not None
    standing = {row.party: row.size for row in _standings(world, "UA")}
    assert standing[ICRC] < world.size("UA")


def test_an_observer_records_nothing_in_a_case(world):
    with pytest.raises(TurnError):
        world.do(ICRC, cases.sign_terms, CASE)
    with pytest.raises(TurnError):
        world.do(ICRC, cases.abort, CASE, reason="no_agreement")
    play.forge(world, ICRC, "aborted", {"reason": "no_agreement"}, role="observer")
    with pytest.raises(PeerError) as caught:
        world.send(ICRC, "AE")
    assert caught.value.code == "case.author"
    assert world.state("AE").state == "terms_signed"


def test_an_observer_of_the_terms_needs_a_card_before_the_case_opens(tmp_path):
    world = play.begin(tmp_path / "live")
    with pytest.raises(AccessError) as caught:
        world.do("AE", cases.open_case, TERMS)
    assert caught.value.code == "book.peer"


def test_who_is_overdue_is_counted_and_gone_when_the_other_side_was_told(world):
    expected = due("RU")
    assert expected > 0
    assert steps(world, "RU") == [("UA", expected)]
    assert world.look("RU", overview, now=world.now).cases[0].overdue == {"UA": expected}
    assert steps(world, "AE") == []
    count = world.do("RU", notify.notify, CASE, "UA", actor=play.ACTOR)
    assert count == play.HELD_COUNT
    assert steps(world, "RU") == []
    with pytest.raises(TurnError) as caught:
        world.do("RU", notify.notify, CASE, "UA", actor=play.ACTOR)
    assert caught.value.code == "notify.nobody"
    world.carry()
    rows = world.do("UA", notify.notified_rows, CASE, "RU", actor=play.ACTOR)
    names = {person.family_name for person in play.small_lists()["RU", "held"]}
    assert {row["family_name"] for row in rows} == names
    assert not {"health", "held_at", "unit", "salt"} & set().union(*rows)
    assert [told.count for told in told_of(world, "RU", "UA")] == [count]
    for party in ("AE", ICRC):
        with pytest.raises(TurnError) as caught:
            world.do(party, notify.notified_rows, CASE, "RU", actor=play.ACTOR)
        assert caught.value.code == "notify.none"
    log = b"".join(world.log(ICRC))
    assert not [name for name in play.secrets() if name.encode() in log]
    assert world.state("UA").state == "terms_signed"


def test_an_observer_is_told_when_a_party_seals_it_to_it(world):
    count = world.do("RU", notify.notify, CASE, ICRC, actor=play.ACTOR)
    world.carry()
    rows = world.do(ICRC, notify.notified_rows, CASE, "RU", actor=play.ACTOR)
    assert len(rows) == count
    assert steps(world, "RU") == [("UA", due("RU"))], "the Power has not been told by that"
    with pytest.raises(InputError) as caught:
        world.do("RU", notify.notify, CASE, "AE", actor=play.ACTOR)
    assert caught.value.code == "notify.to"
