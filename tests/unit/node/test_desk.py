"""The desk: what was read waits for people, and only what they confirmed leaves it."""

import datetime as dt

import pytest
from tests.web.told import ACTOR, EXCHANGE, ONE, OTHER, confirm, keep, told

from homeward.foundation.errors import AccessError, InputError
from homeward.node.actions import comparison, desk
from homeward.node.actions.desk import By, Published
from homeward.node.desk import PublicText, TextDecision, TextRow

AT = "a1" * 16


def by(now, seen=0):
    return By(actor=ACTOR, now=now, seen=seen)


@pytest.fixture(name="kept")
def fixture_kept(node):
    return keep(node, ONE, "A president", AT)


def row(node, number):
    return next(each for each in desk.text_of(node, AT).rows if each.number == number)


def test_a_text_is_kept_with_what_was_read_in_it_and_all_of_it_waits(node, kept):
    text = desk.text_of(node, kept)
    assert (text.title, text.text, text.language) == ("A president", ONE, "en")
    kinds = [each.row.kind for each in text.rows]
    assert kinds == ["leg", "omission", "mediator", "position"]
    assert text.waiting == len(kinds)
    assert text.counting == ()


def test_the_same_text_of_the_same_day_is_kept_once(node, kept, now):
    assert keep(node, f"\n{ONE}\r\n", "Again", "b2" * 16) == kept
    other_day = Published(title="Later", text=ONE, published_on=dt.date(2025, 2, 6))
    assert desk.keep_text(node, other_day, id="c3" * 16, now=now, actor=ACTOR) == "c3" * 16


def test_no_plain_word_of_a_text_lies_in_the_tables(node, kept, now):
    desk.correct(node, kept, 1, {"value": 151}, by=by(now))
    rests = [bytes(each.content) for each in PublicText.objects.all()]
    rests += [bytes(each.body) for each in TextRow.objects.all()]
    rests += [bytes(each.body) for each in TextDecision.objects.exclude(body=None)]
    assert len(rests) == 6
    assert not [data for data in rests if b"president" in data or b"150" in data]


def test_what_was_confirmed_corrected_or_struck_no_longer_waits(node, kept, now):
    desk.decide(node, kept, 1, "confirmed", by=by(now))
    desk.correct(node, kept, 3, {"source": "AE"}, by=by(now))
    desk.decide(node, kept, 4, "struck", by=by(now))
    text = desk.text_of(node, kept)
    assert [each.state for each in text.rows] == ["confirmed", "waiting", "corrected", "struck"]
    assert [each.source for each in text.counting] == ["UA.president", "AE"]
    assert row(node, 3).read.source != "AE", "what was read stays"
    assert (row(node, 1).actor, row(node, 1).at) == (ACTOR, "2025-02-05T08:00:00Z")


def test_what_was_said_is_taken_back_and_stays_on_record(node, kept, now):
    desk.correct(node, kept, 1, {"value": 151}, by=by(now))
    desk.decide(node, kept, 1, "waiting", by=by(now, seen=1))
    assert (row(node, 1).state, row(node, 1).row.value) == ("waiting", 150)
    assert [each.word for each in TextDecision.objects.order_by("number")] == [
        "corrected",
        "waiting",
    ]


def test_nobody_decides_on_what_they_have_not_seen(node, kept, now):
    desk.decide(node, kept, 1, "confirmed", by=by(now))
    with pytest.raises(InputError) as refused:
        desk.decide(node, kept, 1, "struck", by=by(now))
    assert refused.value.code == "desk.changed"
    assert row(node, 1).state == "confirmed"


def test_a_correction_that_says_nothing_is_refused_and_changes_nothing(node, kept, now):
    for change in ({"home": "RU"}, {"source": "somebody"}, {"value": None}):
        with pytest.raises(InputError):
            desk.correct(node, kept, 1, change, by=by(now))
    assert row(node, 1).seen == 0


def test_what_the_reader_missed_is_added_in_words_of_the_text(node, kept, now):
    values = {"kind": "mediator", "source": "narrator", "value": "TR"}
    with pytest.raises(InputError):
        desk.add_row(node, kept, "Turkey mediated", values, now=now, actor=ACTOR)
    number = desk.add_row(node, kept, "mediated, both", values, now=now, actor=ACTOR)
    added = row(node, number)
    assert (added.is_added, added.state, added.row.value) == (True, "confirmed", "TR")
    assert ONE[added.row.start : added.row.end] == "mediated, both"


def test_a_text_that_is_empty_or_too_long_is_refused(node, now):
    for text in (" \n", "x" * (desk.TEXT_MAX_CHARS + 1)):
        with pytest.raises(InputError) as refused:
            keep(node, text, "x", AT)
        assert refused.value.code == "desk.text"


def test_what_is_not_there_is_refused(node, kept, now):
    for act in (
        lambda: desk.text_of(node, "b" * 32),
        lambda: desk.decide(node, kept, 99, "struck", by=by(now)),
        lambda: comparison.say_exchange(node, kept, "history:2025-02-06"),
        lambda: comparison.exchange_of(node, "case:none"),
        lambda: comparison.exchange_of(node, "2025-02-05"),
    ):
        with pytest.raises(AccessError):
            act()


def test_the_exchange_of_its_day_is_suggested_and_kept_when_somebody_says_so(node, kept):
    assert comparison.suggested(node, desk.text_of(node, kept)) == EXCHANGE
    assert desk.text_of(node, kept).exchange == ""
    comparison.say_exchange(node, kept, EXCHANGE)
    assert [each.id for each in desk.texts(node, exchange=EXCHANGE)] == [kept]


def verdicts(node):
    exchange = comparison.exchange_of(node, EXCHANGE)
    texts, found = comparison.compare(node, exchange)
    documents = {c.claim.document for each in found for c in each.claims}
    return documents & {text.id for text in texts}, found


def test_a_comparison_counts_reviewed_rows_alone(node, kept):
    comparison.say_exchange(node, kept, EXCHANGE)
    assert verdicts(node)[0] == set()
    confirm(node, kept, 1)
    documents, found = verdicts(node)
    assert documents == {kept}
    leg = next(each for each in found if each.fact == "leg" and each.home == "UA")
    assert leg.verdict == "corroborated"


def test_whoever_left_something_out_is_told_once_that_is_reviewed(node):
    told(node)
    _, found = verdicts(node)
    left = next(each for each in found if each.fact == "leg" and each.home == "RU")
    assert (left.verdict, left.omitted_by) == ("omitted", ("UA",))


def test_talks_are_judged_by_reviewed_positions(node):
    kept = told(node)
    exchange = comparison.exchange_of(node, EXCHANGE)
    assert comparison.talks_of(exchange, desk.texts(node, exchange=EXCHANGE)) is None
    confirm(node, kept, 4)
    table = comparison.talks_of(exchange, desk.texts(node, exchange=EXCHANGE))
    verdict = {(j.format.level, j.format.mode): j.verdict for j in table.formats}
    assert verdict["leaders", "face_to_face"] == "blocked"


def test_a_draft_names_the_parties_and_leaves_open_how_many(node, now):
    from homeward.talks.model import Format
    from homeward.terms import read_agreement

    asked = Format(level="delegations", mode="shuttle", participants=("RU", "UA"), host="AE")
    draft = comparison.draft_of(node, asked, now=now)
    with pytest.raises(InputError, match="count"):
        read_agreement(draft)
    whole = draft.replace('kind = "give"', 'kind = "give"\ncount = 5')
    agreement = read_agreement(whole)
    assert sorted(agreement.parties) == ["RU", "UA"]
    assert agreement.mediators == ("XA",)
    assert agreement.id == "ru-ua-2025-02-05"


def test_only_reviewed_rows_are_published(node):
    differing = f"{ONE.splitlines()[0]}\n{OTHER.replace('150 Ukrainian', '149 Ukrainian')}"
    both = keep(node, differing, "Two sides", "b2" * 16)
    assert comparison.reviews(node, desk.text_of(node, both)) == []
    assert desk.corpus_item(desk.text_of(node, both))["events"] == []
    for number in (1, 2):
        confirm(node, both, number)
    assert comparison.reviews(node, desk.text_of(node, both)) == [], "one side alone is reviewed"
    confirm(node, both, 3)
    published = comparison.reviews(node, desk.text_of(node, both))
    said = {each["claimReviewed"]: each["reviewRating"]["alternateName"] for each in published}
    assert said == dict.fromkeys(
        ("150 Ukrainian soldiers", "149 Ukrainian soldiers"), "contradicted by the other side"
    )
    assert {r["itemReviewed"]["appearance"]["identifier"] for r in published} == {"Two sides"}
    item = desk.corpus_item(desk.text_of(node, both))
    counts = [(leg["home_party"], leg["count"]) for leg in item["events"][0]["legs"]]
    assert counts == [("UA", 150), ("RU", 150), ("UA", 149)]
    confirm(node, both, 3, "struck")
    assert comparison.reviews(node, desk.text_of(node, both)) == []
    assert [trap["value"] for trap in desk.corpus_item(desk.text_of(node, both))["traps"]] == [149]


def test_the_next_row_is_the_one_after_and_then_from_the_start(node, kept):
    confirm(node, kept, 2)
    text = desk.text_of(node, kept)
    assert [desk.next_waiting(text, number) for number in (0, 1, 3, 4)] == [1, 3, 4, 1]
