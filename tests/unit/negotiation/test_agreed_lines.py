"""Lines of a communiqué: agreed by every party beside the bargain, and by entries that carry no text."""

import dataclasses

import pytest
from tests.unit.negotiation.casebook import Casebook

from homeward.foundation.errors import PeerError
from homeward.negotiation import fold, moves, whose_turn
from homeward.negotiation.agreed_lines import agreed_lines, embargo_of, possible_lines

EVENING, NIGHT = "2025-02-05T18:00:00Z", "2025-02-05T23:00:00Z"
LEGS = ("leg.RU-UA", "leg.UA-RU")


def accepted():
    book = Casebook()
    book.to_accepted()
    return book


def say(book, party, said, until=EVENING, **change):
    body = {"lines": list(said), "embargo_until": until} | change
    return book.write("lines_agreed", party, "bureau", body)


def refused(book, code):
    with pytest.raises(PeerError) as caught:
        fold(book.entries)
    assert caught.value.code == code


def test_a_case_has_a_line_for_each_leg_and_each_mediator():
    lines = possible_lines(fold(accepted().entries))
    assert set(LEGS) <= set(lines)
    assert lines[-1] == "mediator.AE"


def test_without_a_plan_there_is_no_line_but_the_mediators():
    book = Casebook()
    book.open()
    assert possible_lines(fold(book.entries)) == ("mediator.AE",)
    assert "lines_agreed" not in moves(fold(book.entries), "UA", "bureau")


def test_agreed_is_what_every_party_agrees_to_and_not_before_all_have_spoken():
    book = accepted()
    say(book, "UA", [*LEGS, "mediator.AE"])
    state = fold(book.entries)
    assert (agreed_lines(state), embargo_of(state)) == ((), "")
    say(book, "RU", ["mediator.AE", LEGS[0]], until=NIGHT)
    state = fold(book.entries)
    assert agreed_lines(state) == (LEGS[0], "mediator.AE")
    assert embargo_of(state) == NIGHT


def test_a_later_word_of_a_party_counts_instead_of_its_earlier_one():
    book = accepted()
    for party in ("UA", "RU"):
        say(book, party, LEGS, until=NIGHT)
    say(book, "RU", [LEGS[1]])
    assert agreed_lines(fold(book.entries)) == (LEGS[1],)
    assert embargo_of(fold(book.entries)) == NIGHT, "the other party still asks for it"
    say(book, "RU", [])
    assert agreed_lines(fold(book.entries)) == ()


def test_it_moves_nothing_and_is_nobodys_turn():
    book = accepted()
    before = fold(book.entries)
    assert "lines_agreed" in moves(before, "UA", "bureau")
    say(book, "UA", LEGS)
    after = fold(book.entries)
    whole = {"last_index": 0, "entry_hashes": frozenset(), "lines_agreed": {}}
    assert dataclasses.replace(after, **whole) == dataclasses.replace(before, **whole)
    assert whose_turn(after) == whose_turn(before)
    assert all("lines_agreed" not in kinds for kinds in whose_turn(after).values())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lines": ["leg.XA-XB"]}, "case.lines"),
        ({"lines": ["Ivan came home"]}, "case.body"),
        ({"lines": [LEGS[0], LEGS[0]]}, "case.body"),
        ({"embargo_until": "soon"}, "case.body"),
        ({"note": "x"}, "case.body"),
    ],
    ids=("other", "text", "twice", "time", "more"),
)
def test_an_entry_holds_ids_of_lines_of_its_case_and_a_time(change, code):
    book = accepted()
    say(book, "UA", LEGS, **change)
    refused(book, code)


def test_only_a_party_agrees_and_only_until_the_end():
    book = accepted()
    book.write("lines_agreed", "AE", "mediator", {"lines": [], "embargo_until": EVENING})
    refused(book, "case.author")
    book = accepted()
    book.will("RU -> UA", ["0" * 32])
    book.abort()
    say(book, "UA", LEGS)
    refused(book, "case.turn")
