"""A side on paper: what the mediator enters counts as its part, marked, and nothing else does."""

import dataclasses
import hashlib

import pytest
from tests.unit.negotiation.casebook import Casebook, PaperBook, sha

from homeward.foundation.errors import InputError, PeerError
from homeward.negotiation import fold, moves, whose_turn
from homeward.negotiation.on_paper import seed_half, unsigned_of


@pytest.fixture
def book():
    return PaperBook()


def refused(book, code):
    with pytest.raises(PeerError) as caught:
        fold(book.entries)
    assert caught.value.code == code
    return caught.value


def test_what_was_received_counts_as_the_partys_part_and_stays_marked(book):
    state = fold(book.to_accepted())
    assert (state.state, state.accepted) == ("accepted", {"RU", "UA"})
    assert unsigned_of(state, "RU") == (
        *("terms_signed", "wanted_list", "answers", "final_list", "seed_revealed", "plan_accepted"),
    )
    assert unsigned_of(state, "UA") == ()
    assert {each.paper.entered_by for each in state.papers} == {"AE"}


def test_a_party_that_the_terms_do_not_name_is_not_on_paper():
    book = Casebook()
    book.open()
    recorded = book.sign("UA")
    PaperBook.entered(book, recorded)
    assert "received_unsigned" not in moves(fold(book.entries[:-1]), "AE", "mediator")
    error = refused(book, "case.not_on_paper")
    assert error.facts["type"] == "received_unsigned"
    assert error.facts["author"] == "AE"


def test_the_side_with_a_node_is_never_entered_on_paper(book):
    book.open()
    book.entered(book.sign("UA"))
    refused(book, "case.not_on_paper")


def test_the_same_part_twice_is_refused(book):
    book.open()
    book.sign("RU")
    book.sign("RU")
    refused(book, "case.twice")


@pytest.mark.parametrize(
    ("author", "role"), [("UA", "bureau"), ("AE", "interviewer"), ("XX", "mediator")]
)
def test_nobody_but_a_mediator_enters_it(book, author, role):
    book.open()
    signed = Casebook.write(book, "terms_signed", "RU", "bureau", {"terms_sha256": sha("x")})
    book.entered(signed, author=author, role=role)
    refused(book, "case.author")


@pytest.mark.parametrize(
    "change",
    [
        {"type": "will_recorded"},
        {"type": "received_unsigned"},
        {"type": ["terms_signed"]},
        {"party": ["RU"]},
        {"body": {}},
        {"body": {"terms_sha256": "0" * 64, "note": "a name"}},
        {"body": ["terms_sha256"]},
        {"sheets": []},
        {"sheets": ["scan.pdf"]},
        {"received_at": "yesterday"},
        {"received_at": "2025-02-31T08:00:00Z"},
    ],
)
def test_a_sheet_that_says_something_else_is_refused(book, change):
    book.open()
    signed = Casebook.write(book, "terms_signed", "RU", "bureau", {"terms_sha256": sha("x")})
    book.entered(signed, **change)
    assert refused(book, "case.body").facts["entry"] == signed.index


def test_terms_that_were_not_those_on_the_sheet_are_refused(book):
    book.open()
    book.write("terms_signed", "RU", "bureau", {"terms_sha256": sha("other")})
    refused(book, "case.terms")


def test_two_officers_of_the_mediator_enter_an_acceptance(book):
    book.to_seeded()
    book.propose()
    book.accept("UA")
    waiting = book.accept("RU")
    state = fold(book.entries)
    assert (state.state, state.accepted) == ("proposed", {"UA"})
    assert "plan_accepted" not in unsigned_of(state, "RU")
    assert "confirmed" in moves(state, "AE", "mediator")
    assert "confirmed" not in moves(state, "RU", "bureau")
    assert "AE" in whose_turn(state)
    book.second(waiting, key="a" * 16)
    refused(book, "case.same_officer")
    book.entries.pop()
    book.second(waiting, author="UA")
    refused(book, "case.nothing_waits")
    book.entries.pop()
    book.second(waiting)
    assert fold(book.entries).state == "accepted"


def test_one_officer_alone_may_enter_a_rejection(book):
    book.to_seeded()
    book.propose()
    book.reject("RU")
    state = fold(book.entries)
    assert (state.state, state.plan) == ("seeded", None)


def test_the_handover_holds_who_departed_by_whose_word(book):
    book.to_accepted()
    book.depart("RU -> UA", ["0" * 32])
    assert [(each.entry.author, each.signer) for each in fold(book.entries).handover] == [
        ("RU", "AE")
    ]


def test_a_half_of_the_seed_can_be_made_again_with_tools_of_others():
    throws = "123456" * 9
    text = f"homeward-paper-seed-v1\nc-1\nRU\n{throws}\n"
    assert seed_half("c-1", "RU", throws) == hashlib.sha256(text.encode()).hexdigest()
    assert (
        len({seed_half(*of, throws) for of in (("c-1", "RU"), ("c-2", "RU"), ("c-1", "UA"))}) == 3
    )


@pytest.mark.parametrize("throws", ["", "1" * 49, "7" * 50, "1" * 1_001, "1 " * 50])
def test_a_half_of_the_seed_that_could_be_guessed_is_refused(throws):
    with pytest.raises(InputError) as caught:
        seed_half("c-1", "RU", throws)
    assert caught.value.code == "paper.throws"


def test_an_entry_says_who_signed_it(book):
    book.open()
    plain = book.sign("UA")
    assert plain.signer == "UA"
    assert dataclasses.replace(plain, paper=None) == plain
