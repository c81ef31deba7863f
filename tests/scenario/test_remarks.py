"""Remarks with evidence and the replies to them, between three nodes."""

import pytest
from tests.scenario import nodes as play

from homeward.foundation.errors import AccessError, InputError, TurnError
from homeward.node import blobs, book
from homeward.node.actions import cases, people, remarks
from homeward.node.actions.overview import overview
from homeward.node.actions.remarks import Remark, Reply
from homeward.node.models import Blob

FILM = b"a film that somebody published, with a name in it"


@pytest.fixture(name="world")
def fixture_world(at_stage):
    world = at_stage("wanted")
    world.both(cases.answer, play.CASE, actor=play.ACTOR)
    world.carry()
    return world


def lines(world, code=None):
    found = world.do("UA", remarks.answered_lines, play.CASE, "RU", actor=play.ACTOR)
    return [line for line in found if code in {None, line.answer}]


def remark(world, said):
    world.do("UA", remarks.send_remarks, play.CASE, "RU", said, actor=play.ACTOR)
    world.carry()


def commands(world, party):
    return [step.command for step in world.look(party, overview).steps]


def test_a_remark_with_evidence_changes_an_answer_and_the_case_goes_on(world):
    missed = lines(world, "not_held")[0]
    others = lines(world, "held")[:2]
    steps = commands(world, "UA")
    assert steps[0] == "case final first"
    assert "case remark first --party RU --lines remarks-RU.csv" in steps
    said = {missed.ref: Remark(code="video_published", evidence=FILM)}
    said |= {line.ref: Remark(code="date_or_place_differs") for line in others}
    remark(world, said)
    assert world.state("AE").state == "remarked"
    assert commands(world, "RU")[:2] == [
        "case lines first --party UA --for replies -o replies-UA.csv",
        "case reply first --party UA --lines replies-UA.csv",
    ]
    got = world.do("RU", remarks.remarked_lines, play.CASE, "UA", actor=play.ACTOR)
    film = next(line for line in got if line.evidence)
    assert (film.ref, film.remark, film.answer) == (missed.ref, "video_published", "not_held")
    assert world.do("RU", remarks.evidence_of, film.evidence, actor=play.ACTOR) == FILM
    held = play.small_lists()["RU", "held"][0].ref
    replies = {line.ref: Reply(code="upheld") for line in others}
    world.do(
        "RU", remarks.send_replies, play.CASE, "UA",
        {**replies, missed.ref: Reply(code="held", held_ref=held)}, actor=play.ACTOR,
    )  # fmt: skip
    world.carry()
    assert world.state("UA").reply_counts["RU", "UA"] == {"held": 1, "upheld": 2}
    now = {line.ref: line.answer for line in lines(world)}
    assert (now[missed.ref], now[others[0].ref]) == ("held", "held")
    seen = world.do("UA", people.cases_of, "wanted", missed.ref, actor=play.ACTOR)
    assert [each.code for each in seen] == ["held"]
    world.both(cases.send_final_list, play.CASE, actor=play.ACTOR)
    world.carry()
    assert {world.state(party).state for party in play.PARTIES} == {"listed"}


def test_the_mediator_reads_no_remark_and_no_evidence_and_the_ledger_holds_none(world):
    missed = lines(world, "not_held")[0]
    remark(world, {missed.ref: Remark(code="seen_alive", evidence=FILM)})
    log = b"".join(world.log("AE"))
    assert missed.ref.encode() not in log
    carried = Blob.objects.filter(purpose__in=("remarks", "evidence"))
    assert {blob.sealed for blob in carried} == {True}
    assert all(FILM not in bytes(blob.data) for blob in carried)
    with pytest.raises(AccessError):
        blobs.read(world.nodes["AE"], key=carried[0].key, what="evidence")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "remarks.none"),
        ({"nobody": Remark(code="not_returned")}, "remarks.lines"),
        ({0: Remark(code="rumour", evidence=b"x")}, "remarks.code"),
        ({0: Remark(code="letter_received")}, "remarks.evidence"),
    ],
)
def test_a_remark_that_says_nothing_is_refused_before_it_is_signed(world, said, code):
    refs = [line.ref for line in lines(world)]
    said = {refs[key] if key == 0 else key: value for key, value in said.items()}
    with pytest.raises(InputError) as caught, play.nothing_changes(world, "UA"):
        world.do("UA", remarks.send_remarks, play.CASE, "RU", said, actor=play.ACTOR)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (None, "remarks.unanswered"),
        (Reply(code="perhaps"), "remarks.code"),
        (Reply(code="held"), "remarks.held_ref"),
        (Reply(code="held", held_ref="nobody"), "remarks.held_ref"),
    ],
)
def test_every_remark_gets_a_reply_that_holds(world, reply, code):
    ref = lines(world)[0].ref
    remark(world, {ref: Remark(code="wrong_person")})
    said = {ref: reply} if reply else {}
    with pytest.raises(InputError) as caught:
        world.do("RU", remarks.send_replies, play.CASE, "UA", said, actor=play.ACTOR)
    assert caught.value.code == code


def test_nobody_remarks_twice_and_nobody_signs_a_final_list_over_an_open_remark(world):
    ref = lines(world)[0].ref
    said = {ref: Remark(code="wrong_person")}
    remark(world, said)
    with pytest.raises(TurnError):
        world.do("UA", remarks.send_remarks, play.CASE, "RU", said, actor=play.ACTOR)
    with pytest.raises(TurnError):
        world.do("RU", cases.send_final_list, play.CASE, actor=play.ACTOR)
    assert book.case_of(book.read_ahead(world.at("RU")), play.CASE).state == "remarked"
