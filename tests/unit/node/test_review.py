"""Pairs are found, decided, taken back, remembered; the answer uses what was decided."""

import datetime as dt

import pytest
from tests.scenario import nodes as play
from tests.scenario import pairs

from homeward.foundation.errors import AccessError, InputError, RuleError, TamperError, TurnError
from homeward.node import blobs, book, decisions, home, pairing
from homeward.node.access import Reader
from homeward.node.actions import cases, off_list, queues, review, review_jobs
from homeward.node.actions.overview import overview
from homeward.node.models import AccessLog, Decision, Proposal
from homeward.node.proposals import Queue
from homeward.records.model import HELD

QUEUE = Queue(kind="answer", case=play.CASE)
ONE, TWO, THREE = "reviewer-1", "reviewer-2", "reviewer-3"
READER = Reader(actor=ONE, purpose=review.PURPOSE, now=pairs.NOW)


@pytest.fixture(scope="module", name="begun")
def fixture_begun(tmp_path_factory):
    world = pairs.begin(tmp_path_factory.mktemp("review"))
    home.close_node()
    return world


@pytest.fixture(name="world")
def fixture_world(begun, tmp_path):
    return begun.copy(tmp_path)


@pytest.fixture(name="node")
def fixture_node(world):
    node = world.at("UA")
    pairs.compare(node)
    return node


def id_of(node, refs, queue=QUEUE):
    for row in Proposal.objects.filter(comparison__kind=queue.kind, comparison__case=queue.case):
        look = review.look_at(node, row.id, columns=None, reader=READER)
        if (look.left.ref, look.right.ref) == refs:
            return row.id
    raise AssertionError(refs)


def look(node, pair, columns=None):
    return review.look_at(node, pair, columns=columns, reader=READER)


def say(node, refs, word, actor=ONE, now=pairs.NOW):
    pair = id_of(node, refs)
    return review.decide(node, pair, word, seen=look(node, pair).seen, actor=actor, now=now)


def progress(node, queue=QUEUE):
    return queues.standing(node, queue).progress


def answers(world):
    """Let UA answer; return each line's code and the reasons."""
    node = world.at("UA")
    world.do("UA", cases.answer, play.CASE, actor=play.ACTOR)
    claim = book.case_of(book.read_ahead(node), play.CASE).answers["UA", "RU"]
    rows = blobs.read_rows(node, root=claim.root, what="answers", reader=READER)
    return {row["ref"]: row for row in rows}


def test_the_most_doubtful_pairs_come_first_and_clear_ones_ask_nobody(node):
    rows = list(Proposal.objects.filter(is_asked=True).order_by("distance", "id"))
    assert [row.distance for row in rows] == sorted(row.distance for row in rows)
    found = review.lines(node, QUEUE, shown="open", page=1, reader=READER)
    assert [line.id for line in found.lines] == [row.id for row in rows]
    clear = review.lines(node, QUEUE, shown="clear", page=1, reader=READER)
    assert [(line.left.ref, line.right.ref) for line in clear.lines] == [pairs.CLEAR]
    assert progress(node).waiting == progress(node).total == len(rows)


def test_before_the_lists_are_compared_nothing_waits(world):
    node = world.at("UA")
    standing = queues.standing(node, QUEUE)
    assert standing.compared_at is None
    assert standing.progress.total == 0
    assert not [step for step in overview(node).steps if step.kind == "review.case"]


def test_what_waits_is_a_step(node):
    steps = overview(node).steps
    kinds = [step.kind for step in steps]
    assert kinds.index("review.case") < kinds.index("case.answer")
    assert steps[kinds.index("review.case")].count == progress(node).waiting


def test_a_look_shows_both_records_with_reasons_and_rivals(node):
    found = look(node, id_of(node, pairs.RIVAL))
    assert (found.left.family_name, found.right.family_name) == ("Белов", "Бєлов")
    assert found.party == "RU"
    assert {each.part for each in found.evidence} >= {"family_name", "given_name", "birth_date"}
    assert all(each.sentence for each in found.evidence)
    assert [(rival.of, rival.record.ref) for rival in found.rivals] == [("left", "H3")]
    assert len(found.model) == 64


def test_the_reasons_add_up_to_the_weight_from_one_beginning(node):
    found = [look(node, id_of(node, refs)) for refs in (pairs.CLEAR, pairs.LIKELY, pairs.RIVAL)]
    (begins,) = {each.begins for each in found}
    assert begins < 0
    assert look(node, id_of(node, pairs.LIKELY), columns={"family_name"}).begins is None


def test_who_has_said_nothing_has_nothing_to_take_back(node):
    assert not review.has_said(node, actor=ONE)
    say(node, pairs.LIKELY, "unsure")
    assert review.has_said(node, actor=ONE)
    assert not review.has_said(node, actor=TWO)
    review.undo(node, actor=ONE, now=pairs.NOW)
    assert not review.has_said(node, actor=ONE)


def test_a_look_is_written_down(node):
    AccessLog.objects.all().delete()
    pair = id_of(node, pairs.LIKELY)
    AccessLog.objects.all().delete()
    look(node, pair)
    noted = [(row.act, row.subject, row.purpose) for row in AccessLog.objects.order_by("id")]
    assert ("person.read", "held:H4", "review") in noted
    assert ("disclosed.read", f"answer:{play.CASE}", "review") in noted
    assert not [row for row in noted if "Кузнецов" in str(row)]


def test_a_reason_is_shown_to_whoever_may_see_its_columns(node):
    pair = id_of(node, pairs.LIKELY)
    found = look(node, pair, columns={"family_name", "given_name"})
    assert {each.part for each in found.evidence} == {"family_name", "given_name"}
    assert found.hidden_count == 1
    assert found.right.birth_date is None


def test_same_against_our_doubt_needs_two_accounts(node, world):
    assert say(node, pairs.LIKELY, "same") == "second"
    assert say(node, pairs.LIKELY, "same") == "second", "one account has one voice"
    assert progress(node).second == 1
    assert say(node, pairs.LIKELY, "same", TWO) == "same"
    row = answers(world)["W4"]
    assert row["code"] == "held"
    assert row["reasons"].splitlines()[-1] == cases.DECIDED


def test_same_of_a_very_likely_pair_needs_one(node):
    assert say(node, pairs.CLEAR, "same") == "same"


def test_who_waits_for_a_second_is_not_asked_again_but_another_is(node):
    pair = id_of(node, pairs.LIKELY)
    say(node, pairs.LIKELY, "same")
    seen = set()
    following = review.next_pair(node, QUEUE, actor=ONE)
    while following and following not in seen:
        seen.add(following)
        following = review.next_pair(node, QUEUE, actor=ONE, after=following)
    assert pair not in seen
    assert progress(node).waiting == len(seen) + 1
    others = set()
    following = review.next_pair(node, QUEUE, actor=TWO)
    while following and following not in others:
        others.add(following)
        following = review.next_pair(node, QUEUE, actor=TWO, after=following)
    assert pair in others


def test_the_answer_follows_what_was_decided(node, world):
    say(node, pairs.CLEAR, "different")
    say(node, pairs.RIVAL, "different")
    say(node, pairs.OTHER_RIVAL, "different")
    codes = {ref: row["code"] for ref, row in answers(world).items()}
    assert codes == {
        "W1": "not_held",
        "W2": "not_held",
        "W4": "insufficient_identification",
        "W5": "not_held",
        "W6": "insufficient_identification",
    }


def test_without_decisions_the_answer_is_as_likely_as_it_is(node, world):
    codes = {ref: row["code"] for ref, row in answers(world).items()}
    assert codes["W1"] == "held"
    assert codes["W4"] == "insufficient_identification"


def test_not_sure_of_a_very_likely_pair_is_no_answer_held(node, world):
    say(node, pairs.CLEAR, "unsure")
    assert answers(world)["W1"]["code"] == "insufficient_identification"


def test_where_as_many_say_different_another_has_to_look(node):
    say(node, pairs.CLEAR, "same")
    assert say(node, pairs.CLEAR, "different", TWO) == "disputed"
    assert say(node, pairs.CLEAR, "different", THREE) == "different"


def test_whoever_is_found_is_nobody_else(node):
    say(node, pairs.RIVAL, "same")
    assert say(node, pairs.RIVAL, "same", TWO) == "same"
    assert look(node, id_of(node, pairs.OTHER_RIVAL)).outcome == "settled"
    with pytest.raises(RuleError, match="another"):
        say(node, pairs.OTHER_RIVAL, "same")
    review.undo(node, actor=TWO, now=pairs.NOW)
    assert look(node, id_of(node, pairs.OTHER_RIVAL)).outcome == "waiting"


def test_a_decision_is_taken_back_by_whoever_made_it_and_both_stay_written(node):
    before = progress(node)
    pair = id_of(node, pairs.LIKELY)
    say(node, pairs.LIKELY, "different")
    with pytest.raises(TurnError):
        review.undo(node, actor=TWO, now=pairs.NOW, pair=pair)
    assert review.undo(node, actor=ONE, now=pairs.NOW) == pair
    assert progress(node) == before
    assert list(Decision.objects.order_by("number").values_list("word", flat=True)) == [
        "different",
        "undone",
    ]
    with pytest.raises(TurnError):
        review.undo(node, actor=ONE, now=pairs.NOW)
    decisions.verify_decisions(node)


def test_not_the_same_is_remembered_when_the_lists_are_compared_again(node, world):
    say(node, pairs.LIKELY, "different")
    pairs.change_held(node, pairs.HELD)
    pairs.compare(node)
    assert look(node, id_of(node, pairs.LIKELY)).outcome == "different"
    assert progress(node).decided == 1


def test_a_changed_record_asks_anew(node, world):
    say(node, pairs.LIKELY, "different")
    pair = id_of(node, pairs.LIKELY)
    later = pairs.NOW + dt.timedelta(hours=1)
    pairs.change_held(node, [("H4", "Кузнецов Іван", "1995")], now=later)
    assert queues.standing(node, QUEUE).is_outdated
    found = look(node, pair)
    assert found.is_changed
    assert found.outcome == "waiting"
    with pytest.raises(TurnError, match="changed"):
        review.decide(node, pair, "same", seen=found.seen, actor=TWO, now=later)
    pairs.compare(node, now=later + dt.timedelta(hours=1))
    assert not queues.standing(node, QUEUE).is_outdated
    assert look(node, pair).outcome == "waiting"
    assert answers(world)["W4"]["code"] == "insufficient_identification"


def test_what_was_not_shown_is_not_decided(node):
    pair = id_of(node, pairs.LIKELY)
    with pytest.raises(TurnError):
        review.decide(node, pair, "same", seen="another", actor=ONE, now=pairs.NOW)
    with pytest.raises(InputError):
        review.decide(node, pair, "perhaps", seen="", actor=ONE, now=pairs.NOW)
    with pytest.raises(AccessError):
        review.decide(node, "no-such", "same", seen="", actor=ONE, now=pairs.NOW)
    assert Decision.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda: Decision.objects.filter(number=1).update(word="same"),
        lambda: Decision.objects.filter(number=1).delete(),
        lambda: Decision.objects.filter(number=1).update(superseded_by=None, actor=TWO),
        lambda: Decision.objects.filter(number=2).update(superseded_by=1),
    ],
)
def test_decisions_that_were_changed_are_found_out(node, world, change):
    say(node, pairs.LIKELY, "different")
    say(node, pairs.RIVAL, "different")
    decisions.verify_decisions(node)
    change()
    with pytest.raises(TamperError):
        decisions.verify_decisions(node)
    with pytest.raises(TamperError):
        world.do("UA", cases.answer, play.CASE, actor=play.ACTOR)


def test_no_name_rests_plain_in_the_tables(node):
    say(node, pairs.LIKELY, "different")
    names = [row[1].split()[0].encode() for row in (*pairs.HELD, *pairs.WANTED)]
    for row in (*Proposal.objects.values_list(), *Decision.objects.values_list()):
        cells = b" ".join(
            bytes(c) if isinstance(c, bytes | memoryview) else str(c).encode() for c in row
        )
        assert not [name for name in (*names, b'"H4"', b'"W4"') if name in cells]


def test_who_stands_twice_is_asked_for_each_list(world):
    node = world.at("UA")
    twice = [*pairs.HELD, ("H9", "Орлов Николай Петрович", "1990-05-12")]
    pairs.change_held(node, twice)
    made = review_jobs.propose_list(
        node, kind=HELD, now=pairs.NOW, actor=ONE, report=cases.no_report
    )
    queue = Queue(kind=HELD)
    assert made["asked"] == progress(node, queue).waiting > 0
    pair = id_of(node, ("H1", "H9"), queue)
    found = look(node, pair)
    assert not [each for each in found.evidence if "both lists" in each.sentence]
    outcome = review.decide(node, pair, "same", seen=found.seen, actor=ONE, now=pairs.NOW)
    assert outcome in ("same", "second")
    assert queues.twice_count(node, HELD) == (1 if outcome == "same" else 0)
    assert [step for step in overview(node).steps if step.kind == "review.held"] or (
        progress(node, queue).waiting == 0
    )
    by = {"kind": HELD, "refs": ["H9"], "now": pairs.NOW, "actor": ONE}
    assert off_list.take_off(node, reason="duplicate", **by) == 1
    assert queues.twice_count(node, HELD) == 0
    assert off_list.put_back(node, **by) == 1
    assert queues.twice_count(node, HELD) == (1 if outcome == "same" else 0)


def test_the_weights_learn_when_asked_and_go_back(node):
    shipped = pairing.model_now()
    arguments = {"now": pairs.NOW, "actor": ONE}
    with pytest.raises(RuleError):
        review_jobs.learn(node, report=cases.no_report, **arguments)
    say(node, pairs.RIVAL, "same")
    say(node, pairs.RIVAL, "same", TWO)
    assert review_jobs.learn(node, report=cases.no_report, **arguments) == {"decided": 1}
    learned = pairing.model_now()
    assert learned.m != shipped.m
    assert learned.u == shipped.u
    before = look(node, id_of(node, pairs.LIKELY)).model
    pairs.compare(node)
    assert look(node, id_of(node, pairs.LIKELY)).model != before
    review_jobs.go_back(node, **arguments)
    assert pairing.model_now() == shipped


def test_a_queue_that_is_not_there_reads_as_none(node):
    for queue in (Queue(kind="answer", case="no-such"), Queue(kind="answer")):
        with pytest.raises(AccessError):
            queues.standing(node, queue)
