"""People taken off a list of our own: shown to nobody, deleted by nobody."""

import datetime as dt

import pytest
from tests.scenario import nodes as play

from homeward.foundation.errors import InputError
from homeward.node import access
from homeward.node.actions import cases, off_list
from homeward.node.models import OffList
from homeward.records.model import HELD, WANTED

NOW = dt.datetime(2025, 2, 6, tzinfo=dt.UTC)
BY = {"now": NOW, "actor": "caseworker-1"}


@pytest.fixture(name="world")
def fixture_world(tmp_path):
    world = play.begin(tmp_path)
    yield world
    play.home.close_node()


def test_who_is_off_is_neither_asked_for_nor_bound(world):
    world.do("AE", cases.open_case, play.terms())
    world.carry()
    world.both(cases.sign_terms, play.CASE)
    world.carry()
    lists = play.small_lists()
    gone = {kind: lists["UA", kind][0].ref for kind in (HELD, WANTED)}
    node = world.at("UA")
    for kind, ref in gone.items():
        assert off_list.take_off(node, kind=kind, refs=[ref], reason="duplicate", **BY) == 1
        assert off_list.take_off(node, kind=kind, refs=[ref], reason="duplicate", **BY) == 0
    sent = world.both(cases.send_wanted, play.CASE, actor=play.ACTOR)
    assert sent["UA"] == {"RU": len(lists["UA", WANTED]) - 1}
    world.carry()
    world.both(cases.answer, play.CASE, actor=play.ACTOR)
    world.carry()
    bound = world.both(cases.send_final_list, play.CASE, actor=play.ACTOR)
    whole = sum(person.power == "RU" for person in lists["UA", HELD])
    assert bound["UA"] == whole - 1
    assert access.count(world.at("UA"), HELD) == len(lists["UA", HELD]), "nobody is deleted"


def test_who_was_put_back_is_on_the_list_again_and_the_record_stays(world):
    node = world.at("UA")
    ref = play.small_lists()["UA", HELD][0].ref
    off_list.take_off(node, kind=HELD, refs=[ref], reason="wrong_person", **BY)
    assert off_list.off(node, HELD) == {ref}
    assert off_list.off(node, WANTED) == frozenset()
    assert off_list.put_back(node, kind=HELD, refs=[ref], **BY) == 1
    assert off_list.off(node, HELD) == frozenset()
    assert off_list.take_off(node, kind=HELD, refs=[ref], reason="died", **BY) == 1
    assert OffList.objects.count() == 2
    read = access.reads_of(node, HELD, ref)
    assert {"list.taken_off", "list.put_back"} <= {each.act for each in read}


@pytest.mark.parametrize(
    ("refs", "reason", "code"),
    [
        (["nobody"], "duplicate", "lists.off_refs"),
        ([], "duplicate", "lists.off_refs"),
        (["nobody"], "refuses", "lists.off_reason"),
    ],
)
def test_what_does_not_fit_is_refused(world, refs, reason, code):
    node = world.at("UA")
    with pytest.raises(InputError) as caught:
        off_list.take_off(node, kind=HELD, refs=refs, reason=reason, **BY)
    assert caught.value.code == code
    with pytest.raises(InputError):
        off_list.put_back(node, kind=HELD, refs=["nobody"], **BY)
