"""Bundles that travel by themselves through a shared folder: late, twice, lost, changed."""

import json
import random
import shutil

import pytest
from tests.scenario import nodes as play

from homeward.node import courier
from homeward.node.actions import cases
from homeward.node.models import Job


@pytest.fixture(name="shared")
def fixture_shared(tmp_path):
    folder = tmp_path / "post"
    folder.mkdir()
    return folder


def look(world, party, folder, *, again=False):
    """Let a node do what its process does once a second."""
    node = world.at(party)
    taken = courier.take(node, folder, now=world.tick())
    return taken + courier.post(node, folder, again=again)


def until_silent(world, folder, *, again=False, most=20):
    """Let all three look by turns until nothing moves; return how often they did."""
    for turn in range(most):
        if not sum([look(world, party, folder, again=again) for party in play.PARTIES]):
            return turn
    return pytest.fail("they never fall silent")


def bundles(folder):
    return sorted(folder.glob("*.hwb"))


def assert_same_log(world):
    logs = [world.log(party) for party in play.PARTIES]
    assert logs[0] == logs[1] == logs[2] != []


def test_a_case_goes_on_by_itself_and_then_there_is_silence(at_stage, shared):
    world = at_stage("ready")
    world.do("AE", cases.open_case, play.terms())
    until_silent(world, shared)
    world.both(cases.sign_terms, play.CASE)
    until_silent(world, shared)
    world.both(cases.send_wanted, play.CASE, actor=play.ACTOR)
    until_silent(world, shared)
    world.both(cases.answer, play.CASE, actor=play.ACTOR)
    until_silent(world, shared)
    assert {world.state(party).state for party in play.PARTIES} == {"answered"}
    assert_same_log(world)
    assert bundles(shared) == []
    # A minute later nothing is unconfirmed, so that nothing is posted again.
    assert until_silent(world, shared, again=True) == 0


def test_nothing_is_posted_twice_while_nothing_changed(at_stage, shared):
    world = at_stage("opened")
    world.do("UA", cases.sign_terms, play.CASE)
    assert look(world, "UA", shared) == 1
    assert look(world, "UA", shared) == 0
    (posted,) = bundles(shared)
    assert look(world, "UA", shared, again=True) == 0, "it still lies there"
    posted.unlink()
    assert look(world, "UA", shared) == 0
    assert look(world, "UA", shared, again=True) == 1, "it was lost"
    assert [path.name for path in bundles(shared)] == [posted.name]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_lost_repeated_or_late_all_have_the_same_log_in_the_end(
    at_stage, shared, tmp_path, seed
):
    world, draw, kept = at_stage("opened"), random.Random(seed), tmp_path / "kept"
    kept.mkdir()
    world.both(cases.sign_terms, play.CASE)
    for turn in range(30):
        look(world, draw.choice(play.PARTIES), shared, again=turn % 3 == 0)
        for path in bundles(shared):
            shutil.copy(path, kept)
            if draw.random() < 0.4:
                path.unlink()
        for path in bundles(kept):
            if draw.random() < 0.2:
                shutil.copy(path, shared)
    until_silent(world, shared, again=True)
    assert_same_log(world)
    assert {world.state(party).state for party in play.PARTIES} == {"terms_signed"}


def test_a_refused_bundle_is_put_aside_and_shown_as_work_that_failed(at_stage, shared):
    world = at_stage("opened")
    sent = world.export("UA", "AE")
    data = play.sealed_again(sent, play.opened(sent).replace(b'"have":', b'"havE":'))
    import hashlib

    name = f"UA-to-AE-{hashlib.sha256(data).hexdigest()[:16]}.hwb"
    (shared / name).write_bytes(data)
    look(world, "AE", shared)
    assert [path.name for path in (shared / "refused").iterdir()] == [name]
    job = Job.objects.get()
    assert (job.state, job.act, job.actor) == ("failed", "bundle.import", courier.ACTOR)
    assert json.loads(job.error)["kind"] == "TamperError"


def test_what_is_half_copied_or_not_for_us_stays_where_it_is(at_stage, shared):
    world = at_stage("opened")
    world.do("UA", cases.sign_terms, play.CASE)
    look(world, "UA", shared)
    (posted,) = bundles(shared)
    whole = posted.read_bytes()
    posted.write_bytes(whole[:-5])
    (shared / "UA-to-RU-0123456789abcdef.hwb").write_bytes(b"x")
    (shared / "XX-to-AE-0123456789abcdef.hwb").write_bytes(b"x")
    (shared / "UA-to-AE-0000000000000000.hwb").symlink_to(tmp := shared / "elsewhere")
    tmp.write_bytes(b"x")
    before = sorted(path.name for path in shared.iterdir())
    world.at("AE")
    assert courier.take(world.at("AE"), shared, now=world.tick()) == 0
    assert sorted(path.name for path in shared.iterdir()) == before
    posted.write_bytes(whole)
    assert courier.take(world.at("AE"), shared, now=world.tick()) == 1
    assert not posted.exists()


def test_a_node_says_when_it_last_used_the_folder(at_stage):
    world = at_stage("opened")
    node = world.at("UA")
    assert courier.last_carried(node) is None
    courier.note(node, now=world.now)
    assert courier.last_carried(node) == world.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    courier.note(node, now=None)
    assert courier.last_carried(node) is None
