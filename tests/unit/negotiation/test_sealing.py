"""Sealed lists: nobody shows one before everybody is bound to its own."""

import dataclasses

import pytest
from tests.unit.negotiation.casebook import Casebook, sha

from homeward.foundation.errors import PeerError
from homeward.negotiation import fold, moves, whose_turn
from homeward.negotiation.sealing import commitment

SEALED = "[lists]\nsealed = true\n"
PAIR = (("UA", "RU"), ("RU", "UA"))


def nonce(kind, party, to=""):
    return sha(f"{kind} {party} {to}")


def refused(book):
    with pytest.raises(PeerError) as caught:
        fold(book.entries)
    book.entries.pop()
    return caught.value


@pytest.fixture(name="book")
def fixture_book():
    book = Casebook()
    book.open_with(SEALED)
    return book


def wanted(book):
    for party, other in PAIR:
        book.commit("wanted_list", party, other)
    return {
        party: book.want(party, other, nonce=nonce("wanted_list", party, other))
        for party, other in PAIR
    }


def answered(book):
    asked = wanted(book)
    for party, other in PAIR:
        book.commit("answers", party, other)
    return {
        party: book.answer(party, other, asked[other], nonce=nonce("answers", party, other))
        for party, other in PAIR
    }


def test_a_sealed_case_commits_and_then_shows_three_times(book):
    assert whose_turn(book.fold()) == {"UA": ("list_committed",), "RU": ("list_committed",)}
    answered(book)
    for party, _ in PAIR:
        book.commit("final_list", party)
    for party, _ in PAIR:
        book.finish_list(party, nonce=nonce("final_list", party))
    assert book.fold().state == "listed"


def test_no_list_is_shown_before_every_commitment(book):
    book.commit("wanted_list", "UA", "RU")
    assert moves(book.fold(), "UA", "bureau") == ("notified", "aborted")
    book.want("UA", "RU", nonce=nonce("wanted_list", "UA", "RU"))
    assert refused(book).code == "case.sealed"
    book.commit("wanted_list", "RU", "UA")
    assert moves(book.fold(), "UA", "bureau") == ("wanted_list", "notified", "aborted")
    book.want("UA", "RU", nonce=nonce("wanted_list", "UA", "RU"))
    book.fold()


@pytest.mark.parametrize("change", [{"root": sha("another")}, {"nonce": sha("another")}])
def test_another_list_than_committed_is_refused_and_names_both_entries(book, change):
    bound = book.commit("wanted_list", "UA", "RU")
    book.commit("wanted_list", "RU", "UA")
    shown = book.want("UA", "RU", **{"nonce": nonce("wanted_list", "UA", "RU"), **change})
    error = refused(book)
    assert error.code == "case.other_root"
    assert (error.facts["committed"], error.facts["entry"]) == (bound.index, shown.index)


def test_a_copied_commitment_opens_nothing(book):
    first = book.commit("wanted_list", "UA", "RU")
    body = {**first.entry.body, "to": "UA"}
    book.write("list_committed", "RU", "bureau", body)
    copied = {"nonce": nonce("wanted_list", "UA", "RU"), "root": sha("wanted by UA")}
    book.want("UA", "RU", nonce=copied["nonce"])
    book.want("RU", "UA", **copied)
    assert refused(book).code == "case.other_root"


@pytest.mark.parametrize("part", ["case", "kind", "author", "to", "nonce", "root"])
def test_everything_that_a_party_is_bound_to_is_in_the_commitment(part):
    made = {
        "case": "c-1",
        "kind": "answers",
        "author": "UA",
        "to": "RU",
        "nonce": sha("n"),
        "root": sha("r"),
    }
    other = {**made, part: sha("x") if part in {"nonce", "root"} else "other"}
    assert commitment(**made) != commitment(**other)


def test_what_is_not_owed_now_is_not_committed_to(book):
    for kind, party, to, code in (
        ("answers", "UA", "RU", "case.not_owed"),
        ("final_list", "UA", "", "case.not_owed"),
        ("wanted_list", "UA", "UA", "case.not_owed"),
        ("wanted_list", "UA", "", "case.not_owed"),
    ):
        book.commit(kind, party, to)
        assert refused(book).code == code
    book.commit("wanted_list", "UA", "RU")
    book.commit("wanted_list", "UA", "RU", nonce=sha("another"))
    assert refused(book).code == "case.twice"


def test_where_lists_are_not_sealed_nothing_is_committed_to_and_nothing_opened():
    book = Casebook()
    book.open_with("")
    book.commit("wanted_list", "UA", "RU")
    assert refused(book).code == "case.not_sealed"
    book.want("UA", "RU", nonce=sha("x"))
    assert refused(book).code == "case.nonce"


def test_where_they_are_a_list_without_its_nonce_is_refused(book):
    for party, other in PAIR:
        book.commit("wanted_list", party, other)
    book.want("UA", "RU")
    assert refused(book).code == "case.nonce"


def test_remarks_undo_the_commitment_to_a_final_list_and_whoever_committed_has_none(book):
    said = answered(book)
    book.commit("final_list", "RU")
    book.remark("RU", "UA", said["UA"])
    assert refused(book).code == "case.remarks_late"
    remarked = book.remark("UA", "RU", said["RU"])
    assert ("final_list", "RU", "") not in book.fold().seals
    book.reply("RU", "UA", remarked)
    for party, _ in PAIR:
        book.commit("final_list", party)
    for party, _ in PAIR:
        book.finish_list(party, nonce=nonce("final_list", party))
    assert book.fold().state == "listed"


def test_who_neither_commits_nor_shows_keeps_nobody_waiting_once_its_step_lapsed():
    for commits in (True, False):
        book = Casebook()
        book.open_with(SEALED + "[timetable]\n")
        book.commit("wanted_list", "UA", "RU")
        if commits:
            book.commit("wanted_list", "RU", "UA")
        book.write("lapsed", "AE", "mediator", {"step": "wanted_list", "party": "RU"})
        book.want("UA", "RU", nonce=nonce("wanted_list", "UA", "RU"))
        assert book.fold().state == "wanted"


def test_the_nonce_is_no_field_of_other_entries(book):
    first = book.entries[-1]
    body = {**first.entry.body, "nonce": sha("x")}
    entry = dataclasses.replace(first.entry, body=body)
    book.entries[-1] = dataclasses.replace(first, entry=entry)
    assert refused(book).code == "case.body"
