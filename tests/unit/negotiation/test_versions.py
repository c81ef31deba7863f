"""Lists that change before the plan is accepted."""

import pytest
from tests.unit.negotiation.casebook import Casebook, sha

from homeward.foundation.errors import PeerError
from homeward.negotiation import fold, moves

LINE = sha("a line")[:32]


def change(book, kind, party, former, count, to="", **more):
    body = {
        "list": former.entry.type if former.entry.type in {"wanted_list", "final_list"} else "x",
        "to": to,
        "replaces": former.entry.entry_sha256,
        "count": count,
        "root": sha(f"{kind}{count}"),
    }
    return book.write(kind, party, "bureau", {**body, **more})


def withdraw(book, party, former, count, to="", **more):
    more = {"lines": [LINE], "reason": "duplicate", **more}
    return change(book, "line_withdrawn", party, former, count, to, **more)


def refused(book):
    with pytest.raises(PeerError) as caught:
        fold(book.entries)
    book.entries.pop()
    return caught.value.code


def last(book, kind, party):
    return next(
        e for e in reversed(book.entries) if (e.entry.type, e.entry.author) == (kind, party)
    )


@pytest.fixture(name="book")
def fixture_book():
    return Casebook()


def test_a_line_withdrawn_before_the_answers_is_answered_by_nobody(book):
    book.open_with("")
    asked = book.want("UA", "RU", 5)
    other = book.want("RU", "UA", 3)
    now = withdraw(book, "UA", asked, 4, "RU")
    state = book.fold()
    assert (state.state, state.wanted["UA", "RU"].count) == ("wanted", 4)
    assert state.withdrawn_lines["wanted_list", "UA", "RU"] == {LINE}
    book.answer("RU", "UA", asked)
    assert refused(book) == "case.in_reply_to"
    book.answer("RU", "UA", now)
    book.answer("UA", "RU", other)
    assert book.fold().state == "answered"


def test_a_line_is_withdrawn_until_the_plan_is_accepted_and_takes_the_proposal_with_it(book):
    book.to_seeded()
    book.propose()
    book.accept("UA")
    withdraw(book, "RU", last(book, "final_list", "RU"), 8, reason="released")
    state = book.fold()
    assert (state.state, state.plan, state.accepted) == ("seeded", None, frozenset())
    assert state.final_lists["RU"].count == 8
    book.propose()
    book.accept("UA")
    book.accept("RU")
    accepted = book.fold()
    assert accepted.state == "accepted"
    assert "line_withdrawn" not in moves(accepted, "RU", "bureau")
    withdraw(book, "UA", last(book, "final_list", "UA"), 8)
    assert refused(book) == "case.turn"


def test_a_list_is_replaced_before_it_is_answered_and_before_the_seeds(book):
    book.open_with("")
    asked = book.want("UA", "RU", 5)
    theirs = book.want("RU", "UA", 3)
    now = change(book, "list_replaced", "UA", asked, 9, "RU", list="wanted_list")
    book.answer("RU", "UA", now)
    change(book, "list_replaced", "UA", now, 5, "RU", list="wanted_list")
    assert refused(book) == "case.version_late"
    book.answer("UA", "RU", theirs)
    first = book.finish_list("UA")
    now = change(book, "list_replaced", "UA", first, 7)
    book.finish_list("RU")
    assert book.fold().final_lists["UA"].count == 7
    book.reveal("RU")
    change(book, "list_replaced", "UA", now, 5, list="final_list")
    assert refused(book) == "case.version_late"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"replaces": sha("another")}, "case.version"),
        ({"to": "UA"}, "case.version"),
        ({"count": 9}, "case.version_count"),
        ({"reason": "refuses"}, "case.body"),
        ({"lines": []}, "case.body"),
        ({"lines": ["a name"]}, "case.body"),
        ({"list": "answers"}, "case.body"),
    ],
)
def test_what_does_not_fit_is_refused(book, more, code):
    book.to_seeded()
    body = {"count": 8, **more}
    withdraw(book, "RU", last(book, "final_list", "RU"), body.pop("count"), **body)
    assert refused(book) == code


def test_nobody_withdraws_a_line_of_another_party_or_one_line_twice(book):
    book.to_seeded()
    theirs = last(book, "final_list", "RU")
    withdraw(book, "UA", theirs, 8)
    assert refused(book) == "case.version"
    now = withdraw(book, "RU", theirs, 8)
    withdraw(book, "RU", now, 7, list="final_list")
    assert refused(book) == "case.twice"


def test_a_sealed_list_is_not_replaced_and_its_lines_are_withdrawn_in_the_open(book):
    book.open_with("[lists]\nsealed = true\n")
    for party, other in (("UA", "RU"), ("RU", "UA")):
        book.commit("wanted_list", party, other)
    asked = book.want("UA", "RU", nonce=sha("wanted_list UA RU"))
    change(book, "list_replaced", "UA", asked, 4, "RU")
    assert refused(book) == "case.version_late"
    withdraw(book, "UA", asked, 4, "RU")
    assert book.fold().wanted["UA", "RU"].count == 4
