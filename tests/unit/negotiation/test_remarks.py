"""Remarks on answers, and the replies to them."""

import pytest
from tests.unit.negotiation.casebook import Casebook, sha

from homeward.foundation.errors import PeerError
from homeward.negotiation import fold, moves, whose_turn


@pytest.fixture(name="book")
def fixture_book():
    book = Casebook()
    book.to_answered()
    return book


def answers_of(book, party):
    return next(
        each for each in book.entries if each.entry.type == "answers" and each.entry.author == party
    )


def refused(book):
    with pytest.raises(PeerError) as caught:
        fold(book.entries)
    book.entries.pop()
    return caught.value.code


def test_a_case_without_remarks_goes_from_its_answers_to_its_final_lists(book):
    assert whose_turn(book.fold())["UA"] == ("remarks", "final_list")
    book.finish_list("UA")
    book.finish_list("RU")
    assert book.fold().state == "listed"


def test_with_remarks_nobody_signs_a_final_list_before_the_replies(book):
    remarked = book.remark("UA", "RU", answers_of(book, "RU"), count=2)
    state = book.fold()
    assert state.state == "remarked"
    assert state.remark_counts["UA", "RU"] == {"letter_received": 2}
    assert whose_turn(state) == {"RU": ("remarks", "replies")}
    book.finish_list("UA")
    assert refused(book) == "case.turn"
    book.reply("RU", "UA", remarked)
    state = book.fold()
    assert state.state == "replied"
    assert state.reply_counts["RU", "UA"] == {"upheld": 1, "held": 1}
    book.finish_list("UA")
    book.finish_list("RU")
    assert book.fold().state == "listed"


def test_both_may_remark_and_the_last_reply_ends_the_step(book):
    ours = book.remark("UA", "RU", answers_of(book, "RU"))
    theirs = book.remark("RU", "UA", answers_of(book, "UA"))
    book.reply("RU", "UA", ours)
    assert book.fold().state == "remarked"
    book.reply("UA", "RU", theirs)
    assert book.fold().state == "replied"
    assert "remarks" not in moves(book.fold(), "UA", "bureau")


def test_after_one_round_of_replies_the_other_party_may_still_remark(book):
    book.reply("RU", "UA", book.remark("UA", "RU", answers_of(book, "RU")))
    book.remark("RU", "UA", answers_of(book, "UA"))
    assert book.fold().state == "remarked"
    assert moves(book.fold(), "UA", "bureau") == (
        "replies",
        "line_withdrawn",
        "notified",
        "aborted",
    )


def test_remarks_undo_the_final_list_that_was_signed_before_them(book):
    book.finish_list("RU")
    remarked = book.remark("UA", "RU", answers_of(book, "RU"))
    assert "RU" not in book.fold().final_lists
    book.reply("RU", "UA", remarked)
    book.finish_list("RU", root=sha("another"))
    book.finish_list("UA")
    state = book.fold()
    assert (state.state, state.final_lists["RU"].root) == ("listed", sha("another"))


def test_a_party_that_signed_its_final_list_has_nothing_more_to_remark(book):
    book.finish_list("UA")
    assert "remarks" not in moves(book.fold(), "UA", "bureau")
    book.remark("UA", "RU", answers_of(book, "RU"))
    assert refused(book) == "case.remarks_late"


def test_a_commitment_of_a_list_that_was_undone_is_still_no_others_to_copy(book):
    first = book.finish_list("RU")
    book.reply("RU", "UA", book.remark("UA", "RU", answers_of(book, "RU")))
    book.finish_list("UA", seed_commitment=first.entry.body["seed_commitment"])
    assert refused(book) == "case.seed"


def test_what_does_not_fit_is_refused(book):
    answered = answers_of(book, "RU")
    for change, code in (
        ({"count": 6, "counts": {"seen_alive": 6}}, "case.remarks"),
        ({"counts": {"seen_alive": 2}}, "case.remarks"),
        ({"count": 0, "counts": {}}, "case.body"),
        ({"counts": {"rumour": 1}}, "case.body"),
        ({"in_reply_to": sha("another")}, "case.in_reply_to"),
        ({"to": "UA"}, "case.recipient"),
        ({"evidence": sha("a film")}, "case.body"),
    ):
        book.remark("UA", "RU", answered, **change)
        assert refused(book) == code
    remarked = book.remark("UA", "RU", answered, count=2)
    book.remark("UA", "RU", answered)
    assert refused(book) == "case.twice"
    for change, code in (
        ({"counts": {"held": 1}}, "case.unanswered"),
        ({"count": 1, "counts": {"held": 1}}, "case.unanswered"),
        ({"in_reply_to": answered.entry.entry_sha256}, "case.in_reply_to"),
        ({"counts": {"letter_received": 2}}, "case.body"),
    ):
        book.reply("RU", "UA", remarked, **change)
        assert refused(book) == code
    book.reply("UA", "RU", remarked)
    assert refused(book) == "case.in_reply_to"
    book.reply("RU", "UA", remarked)
    book.fold()
