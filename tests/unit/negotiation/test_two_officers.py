"""Where a party asked for two officers, one of them alone moves nothing."""

import dataclasses

import pytest
from tests.unit.negotiation.casebook import Casebook

from homeward.foundation.errors import PeerError
from homeward.negotiation import advance, fold, moves, whose_turn


@pytest.fixture
def book():
    book = Casebook()
    book.to_seeded()
    book.propose()
    return book


def second(book, index=-1):
    """Let the party of an entry ask for two officers."""
    book.entries[index] = dataclasses.replace(book.entries[index], needs_second=True)
    return book.entries[index]


def confirm(book, waiting, author=None, key="b" * 16):
    entry = waiting.entry
    body = {"entry": entry.entry_sha256}
    return book.write("confirmed", author or entry.author, "bureau", body, key=key)


def refused(book, code):
    with pytest.raises(PeerError) as caught:
        fold(book.entries)
    assert caught.value.code == code


def test_an_acceptance_counts_when_a_second_officer_has_confirmed_it(book):
    book.accept("RU")
    book.accept("UA")
    waiting = second(book)
    state = fold(book.entries)
    assert (state.state, state.accepted) == ("proposed", {"RU"})
    assert moves(state, "UA", "bureau") == (
        *("line_withdrawn", "confirmed", "plan_rejected", "notified", "aborted"),
    )
    assert whose_turn(state) == {"UA": ("confirmed", "plan_rejected")}
    confirm(book, waiting)
    state = fold(book.entries)
    assert (state.state, state.accepted, state.waiting) == ("accepted", {"RU", "UA"}, ())


def test_who_signed_does_not_confirm(book):
    book.accept("UA")
    waiting = second(book)
    confirm(book, waiting, key=waiting.entry.key)
    refused(book, "case.same_officer")


def test_another_party_does_not_confirm(book):
    book.accept("UA")
    confirm(book, second(book), author="RU")
    refused(book, "case.nothing_waits")


def test_nothing_is_confirmed_twice_or_without_need(book):
    accepted = book.accept("UA")
    assert "confirmed" not in moves(fold(book.entries), "UA", "bureau")
    confirm(book, accepted)
    refused(book, "case.nothing_waits")
    book.entries.pop()
    confirm(book, second(book))
    assert fold(book.entries).accepted == {"UA"}
    confirm(book, book.entries[-2])
    refused(book, "case.nothing_waits")


def test_a_rejected_plan_takes_the_waiting_acceptance_with_it(book):
    book.accept("UA")
    waiting = second(book)
    book.reject("RU")
    book.propose()
    assert fold(book.entries).waiting == ()
    confirm(book, waiting)
    refused(book, "case.nothing_waits")


def test_an_entry_that_does_not_fit_does_not_wait_either(book):
    book.accept("UA")
    wrong = book.entries[-1].entry
    wrong.body["plan_sha256"] = "0" * 64
    second(book)
    refused(book, "case.plan")


def test_a_later_entry_takes_the_place_of_one_that_waits(book):
    book.accept("UA")
    first = second(book)
    book.accept("UA")
    later = second(book)
    assert fold(book.entries).waiting == (later,)
    confirm(book, first)
    refused(book, "case.nothing_waits")


def test_lists_to_two_others_wait_each_for_themselves():
    book = Casebook()
    book.open()
    for party in ("RU", "UA"):
        book.sign(party)
    want = book.want("UA", "RU")
    second(book)
    book.want("RU", "UA")
    state = fold(book.entries)
    assert state.state == "terms_signed"
    assert set(state.wanted) == {("RU", "UA")}
    confirm(book, want)
    state = fold(book.entries)
    assert state.state == "wanted"
    assert state.wanted["UA", "RU"].entry_sha256 == want.entry.entry_sha256


def test_one_who_waits_and_then_acts_alone_has_acted_once(book):
    book.accept("UA")
    waiting = second(book)
    book.accept("UA")  # meanwhile the party no longer asks for two
    state = fold(book.entries)
    assert (state.accepted, state.waiting) == ({"UA"}, ())
    confirm(book, waiting)
    refused(book, "case.nothing_waits")


def test_what_waits_and_no_longer_fits_hinders_nobody():
    book = Casebook()
    book.to_answered()
    book.finish_list("UA")
    second(book)
    mine = book.entries[-1]
    book.finish_list("RU", seed_commitment=mine.entry.body["seed_commitment"])
    state = fold(book.entries)
    assert "final_list" in moves(state, "UA", "bureau")
    book.write("confirmed", "UA", "bureau", {"entry": mine.entry.entry_sha256}, key="b" * 16)
    with pytest.raises(PeerError):
        advance(state, book.entries[-1])
