"""Deadlines: what is due, and what happens when a step lapses."""

import datetime as dt

import pytest
from tests.unit.negotiation.casebook import TERMS, Casebook

from homeward.foundation.errors import PeerError
from homeward.negotiation import fold, moves, whose_turn
from homeward.negotiation.deadlines import deadlines
from homeward.terms import read_agreement

TIMED = TERMS + "[timetable]\nanswers_days = 3\n"
START = dt.datetime(2025, 2, 5, tzinfo=dt.UTC)


def at(index):
    return START + dt.timedelta(days=index)


def due(state, day, **more):
    found = deadlines(state, stated_at=at, now=at(day), **more)
    return [(each.step, each.party, (each.due_at - START).days, each.is_overdue) for each in found]


def lapse(book, step, party, author="AE", role="mediator"):
    return book.write("lapsed", author, role, {"step": step, "party": party})


def refused(book):
    with pytest.raises(PeerError) as caught:
        fold(book.entries)
    book.entries.pop()
    return caught.value.code


@pytest.fixture(name="book")
def fixture_book():
    book = Casebook()
    book.open(terms_toml=TIMED, terms_sha256=read_agreement(TIMED).sha256)
    for party in ("UA", "RU"):
        book.write("terms_signed", party, "bureau", {"terms_sha256": read_agreement(TIMED).sha256})
    return book


def test_without_a_timetable_nothing_is_due_and_nothing_lapses():
    book = Casebook()
    book.open()
    for party in ("UA", "RU"):
        book.sign(party)
    assert due(book.fold(), 1000) == []
    assert moves(book.fold(), "AE", "mediator") == ("aborted",)
    lapse(book, "wanted_list", "RU")
    assert refused(book) == "case.no_timetable"


def test_every_step_is_due_after_its_days_and_overdue_after_that(book):
    # Entries stand at 10, 13, 16, …: the number is the day that they state.
    assert due(book.fold(), 20) == [("wanted_list", p, 23, False) for p in ("RU", "UA")]
    asked = {"UA": book.want("UA", "RU"), "RU": book.want("RU", "UA")}
    assert due(book.fold(), 26) == [("answers", p, 25, True) for p in ("RU", "UA")]
    assert due(book.fold(), 25)[0][3] is False, "the last moment is not after it"
    answered = book.answer("RU", "UA", asked["UA"])
    assert due(book.fold(), 26) == [("answers", "UA", 25, True)]
    book.answer("UA", "RU", asked["RU"])
    assert due(book.fold(), 30) == [("final_list", p, 28 + 14, False) for p in ("RU", "UA")]
    remarked = book.remark("UA", "RU", answered)
    assert due(book.fold(), 39) == [("replies", "RU", 38, True)]
    book.reply("RU", "UA", remarked)
    assert due(book.fold(), 30) == [("final_list", p, 34 + 7, False) for p in ("RU", "UA")]


def test_the_interviews_are_due_by_the_mediator_while_somebody_is_unasked(book):
    asked = {"UA": book.want("UA", "RU"), "RU": book.want("RU", "UA")}
    book.answer("RU", "UA", asked["UA"])
    book.answer("UA", "RU", asked["RU"])
    for party in ("UA", "RU"):
        book.finish_list(party)
    for party in ("UA", "RU"):
        book.reveal(party)
    hashes = {"terms_sha256": read_agreement(TIMED).sha256}
    book.propose(**hashes)
    last = [book.accept(party, **hashes) for party in ("UA", "RU")][-1].index
    assert due(book.fold(), last + 11) == []
    expected = [("interviews", "AE", last + 10, True)]
    assert due(book.fold(), last + 11, is_anybody_unasked=True) == expected


def test_answers_that_lapsed_count_as_no_answer_and_the_case_goes_on(book):
    asked = {"UA": book.want("UA", "RU", 5), "RU": book.want("RU", "UA", 3)}
    book.answer("UA", "RU", asked["RU"])
    assert "lapsed" in moves(book.fold(), "AE", "mediator")
    assert whose_turn(book.fold()) == {"RU": ("answers",)}
    lapse(book, "answers", "RU")
    state = book.fold()
    assert (state.state, state.no_answer) == ("answered", {("RU", "UA"): 5})
    book.answer("RU", "UA", asked["UA"])
    assert refused(book) == "case.turn"
    book.finish_list("UA")
    book.finish_list("RU")
    assert book.fold().state == "listed"


def test_a_wanted_list_that_lapsed_is_answered_by_nobody(book):
    asked = book.want("UA", "RU", 5)
    lapse(book, "wanted_list", "RU")
    assert whose_turn(book.fold()) == {"RU": ("answers",)}
    book.answer("RU", "UA", asked)
    state = book.fold()
    assert (state.state, state.no_answer) == ("answered", {})


def test_a_case_in_which_nobody_asks_does_not_go_on(book):
    lapse(book, "wanted_list", "RU")
    book.fold()
    lapse(book, "wanted_list", "UA")
    assert refused(book) == "case.nobody_asks"


def test_remarks_without_a_reply_leave_the_answers_and_the_case_goes_on(book):
    asked = {"UA": book.want("UA", "RU", 5), "RU": book.want("RU", "UA", 3)}
    answered = book.answer("RU", "UA", asked["UA"])
    book.answer("UA", "RU", asked["RU"])
    book.remark("UA", "RU", answered, count=2)
    lapse(book, "replies", "RU")
    state = book.fold()
    assert (state.state, state.no_reply) == ("replied", {("RU", "UA"): 2})
    assert state.open_remarks == frozenset()


def test_replies_that_come_after_their_lapse_count_for_nothing(book):
    asked = {"UA": book.want("UA", "RU", 5), "RU": book.want("RU", "UA", 3)}
    answered = {
        "RU": book.answer("RU", "UA", asked["UA"]),
        "UA": book.answer("UA", "RU", asked["RU"]),
    }
    remarked = book.remark("UA", "RU", answered["RU"], count=2)
    book.remark("RU", "UA", answered["UA"], count=1)
    lapse(book, "replies", "RU")
    assert book.fold().state == "remarked"
    book.reply("RU", "UA", remarked, counts={"upheld": 2})
    assert refused(book) == "case.not_owed"


def test_only_a_mediator_records_it_and_only_of_what_is_owed_now(book):
    asked = {"UA": book.want("UA", "RU", 5), "RU": book.want("RU", "UA", 3)}
    book.answer("UA", "RU", asked["RU"])
    for step, party, author, role, code in (
        ("answers", "RU", "UA", "bureau", "case.author"),
        ("answers", "UA", "AE", "mediator", "case.not_owed"),
        ("replies", "RU", "AE", "mediator", "case.not_owed"),
        ("wanted_list", "RU", "AE", "mediator", "case.not_owed"),
        ("final_list", "RU", "AE", "mediator", "case.body"),
        ("answers", "AE", "AE", "mediator", "case.not_owed"),
    ):
        lapse(book, step, party, author, role)
        assert refused(book) == code
    lapse(book, "answers", "RU")
    lapse(book, "answers", "RU")
    assert refused(book) == "case.turn"


def test_an_answer_before_the_lapse_counts_and_the_lapse_does_not(book):
    asked = {"UA": book.want("UA", "RU", 5), "RU": book.want("RU", "UA", 3)}
    book.answer("RU", "UA", asked["UA"])
    lapse(book, "answers", "RU")
    assert refused(book) == "case.not_owed"
