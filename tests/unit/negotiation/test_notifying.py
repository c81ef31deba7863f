"""Notification of captives: open as long as the case is, and of no weight in the bargain."""

import dataclasses

import pytest
from tests.unit.negotiation.casebook import TERMS, Casebook, sha

from homeward.foundation.errors import PeerError
from homeward.negotiation import fold, moves, whose_turn
from homeward.negotiation.state import UNFINISHED
from homeward.terms import read_agreement


def notify(book, author="RU", to="UA", index=None, **change):
    number = len(book.entries)
    body = {"to": to, "count": 3, "root": sha(f"told {number}"), "as_of": "2025-02-05", **change}
    place = {} if index is None else {"index": index}
    return book.write("notified", author, "bureau", body, **place)


def refused(book, code):
    with pytest.raises(PeerError) as caught:
        fold(book.entries)
    assert caught.value.code == code


def to_the_end():
    book = Casebook()
    book.to_accepted()
    book.will("RU -> UA", ["0" * 32])
    book.abort()
    return book.entries


def test_captives_are_notified_in_every_state_that_is_not_the_end_and_nothing_moves():
    seen = set()
    for size in range(1, len(to_the_end()) + 1):
        book = Casebook(entries=to_the_end()[:size])
        before = fold(book.entries)
        notify(book, index=10_000)
        if before.state not in UNFINISHED:
            refused(book, "case.turn")
            continue
        assert "notified" in moves(before, "RU", "bureau")
        after = fold(book.entries)
        seen.add(after.state)
        assert [each.count for each in after.notified["RU", "UA"]] == [3]
        whole = {"last_index": 0, "entry_hashes": frozenset(), "notified": {}}
        assert dataclasses.replace(after, **whole) == dataclasses.replace(before, **whole)
        assert whose_turn(after) == whose_turn(before)
    assert {"opened", "wanted", "answered", "listed", "proposed", "accepted", "handover"} <= seen


def test_a_later_notification_stands_beside_the_earlier_one():
    book = Casebook()
    book.open()
    notify(book, as_of="2025-02-05")
    notify(book, as_of="2025-02-05")
    notify(book, as_of="2025-02-12", author="UA", to="RU")
    state = fold(book.entries)
    assert {pair: len(told) for pair, told in state.notified.items()} == {
        ("RU", "UA"): 2,
        ("UA", "RU"): 1,
    }
    notify(book, as_of="2025-02-04")
    refused(book, "case.notified_on")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": "RU"}, "case.recipient"),
        ({"to": "AE"}, "case.recipient"),
        ({"to": "CH-ICRC"}, "case.recipient"),
        ({"count": 0}, "case.body"),
        ({"as_of": "2025-02-31"}, "case.body"),
        ({"as_of": "2025-02-05T08:00:00Z"}, "case.body"),
        ({"as_of": 5}, "case.body"),
        ({"names": []}, "case.body"),
    ],
)
def test_a_notification_to_nobody_or_of_nobody_is_refused(change, code):
    book = Casebook()
    book.open()
    notify(book, **change)
    refused(book, code)


def test_the_same_root_is_no_second_notification():
    book = Casebook()
    book.open()
    notify(book, root=sha("one"))
    notify(book, root=sha("one"))
    refused(book, "case.twice")


def test_a_mediator_and_an_observer_notify_nobody():
    for author, role in (("AE", "mediator"), ("CH-ICRC", "observer")):
        book = Casebook()
        book.open()
        notify(book, author=author)
        book.entries[-1] = dataclasses.replace(book.entries[-1], role=role)
        refused(book, "case.author")


def test_an_observer_that_the_terms_name_is_told_and_records_nothing():
    text = TERMS.replace("[parties]", 'observers = ["CH-ICRC"]\n[parties]')
    book = Casebook()
    book.open(terms_toml=text, terms_sha256=read_agreement(text).sha256)
    notify(book, to="CH-ICRC")
    state = fold(book.entries)
    assert state.observers == ("CH-ICRC",)
    assert [each.count for each in state.notified["RU", "CH-ICRC"]] == [3]
    assert moves(state, "CH-ICRC", "observer") == ()
    assert "CH-ICRC" not in whose_turn(state)
