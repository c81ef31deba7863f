import dataclasses

import pytest
from tests.unit.negotiation.casebook import (
    FINDING,
    HASHES,
    NONCES,
    SEED,
    TERMS,
    UA_HOME,
    Casebook,
    people,
    sha,
)

from homeward.foundation.errors import PeerError
from homeward.negotiation import NEW_CASE, advance, fold, moves, whose_turn
from homeward.negotiation.entries import HANDOVER_TYPES, KINDS, RECEIVED_UNSIGNED
from homeward.negotiation.fields import COUNT_MAX
from homeward.negotiation.reference import table_markdown
from homeward.negotiation.state import BY_EVERY_PARTY, CONFIRMED, TRANSITIONS
from homeward.negotiation.steps import STEPS
from homeward.terms import read_agreement


@pytest.fixture
def book():
    return Casebook()


def refused(book, code, entries=None):
    with pytest.raises(PeerError) as caught:
        fold(entries or book.entries)
    assert caught.value.code == code
    return caught.value


def test_a_case_walks_through_every_state_of_the_table(book):
    book.to_accepted()
    book.will(UA_HOME, people(UA_HOME))
    book.close()
    state, walked = NEW_CASE, []
    for recorded in book.entries:
        state = advance(state, recorded)
        walked.append(state.state)
    assert list(dict.fromkeys(walked)) == [
        "opened",
        "terms_signed",
        "wanted",
        "answered",
        "listed",
        "seeded",
        "proposed",
        "accepted",
        "handover",
        "closed",
    ]


def test_a_fold_is_the_sum_of_its_steps_and_holds_what_was_agreed(book):
    state = fold(book.to_accepted())
    assert state.parties == ("RU", "UA")
    assert state.wanted["UA", "RU"].count == 5
    assert state.answer_counts["RU", "UA"] == {"held": 4, "not_held": 1}
    assert state.seed == SEED
    assert state.plan.flows == {"RU -> UA": 4, "UA -> RU": 4}
    assert state.accepted == {"RU", "UA"}
    assert state.handover == ()


def test_a_step_of_every_party_ends_with_the_last(book):
    book.open()
    book.sign("UA")
    assert book.fold().state == "opened"
    book.sign("RU")
    assert book.fold().state == "terms_signed"


@pytest.mark.parametrize("kind", BY_EVERY_PARTY)
def test_a_party_that_acts_twice_is_refused(kind):
    book = Casebook()
    book.to_accepted()
    first = next(n for n, r in enumerate(book.entries) if r.entry.type == kind)
    again = dataclasses.replace(book.entries[first].entry, entry_sha256=sha("again"))
    book.entries[first + 1 :] = [
        dataclasses.replace(book.entries[first], index=book.entries[first].index + 1, entry=again)
    ]
    error = refused(book, "case.twice")
    assert error.facts["type"] == kind


def test_an_illegal_entry_is_named_by_number_type_and_author_with_what_is_allowed(book):
    book.open()
    book.propose()
    error = refused(book, "case.turn")
    assert error.facts["entry"] == 13
    assert error.facts["type"] == "plan_proposed"
    assert error.facts["author"] == "AE"
    assert error.facts["allowed"] == ["terms_signed", "notified", "aborted"]
    assert "entry 13 (plan_proposed by AE)" in error.message
    assert "terms_signed or notified or aborted while the case is opened" in error.message


def test_a_bureau_cannot_record_a_will(book):
    book.to_accepted()
    body = {"stage": "last_stop", "leg": UA_HOME, "travelling": people(UA_HOME)}
    for author, role in (
        ("RU", "bureau"),
        ("UA", "bureau"),
        ("RU", "interviewer"),
        ("AE", "mediator"),
    ):
        book.write("will_recorded", author, role, {**body, "not_travelling": []})
        refused(book, "case.author")
        book.entries.pop()


@pytest.mark.parametrize("party", ["AE", "SA", "XA"])
def test_who_is_no_party_cannot_sign(book, party):
    book.open()
    book.write("terms_signed", party, "bureau", {"terms_sha256": HASHES["terms_sha256"]})
    refused(book, "case.author")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"terms_sha256": sha("other")}, "case.terms"),
        ({"terms_toml": TERMS + "\n[[clause]]"}, "case.terms"),
        ({"terms_toml": "no = terms"}, "case.terms"),
        ({"mediators": ["AE", "RU"]}, "case.sides"),
        ({"mediators": ["QA"]}, "case.author"),
        ({"parties": ["UA", "XB"]}, "case.sides"),
        ({"parties": ["UA"]}, "case.body"),
        ({"parties": ["UA", "UA"]}, "case.body"),
        ({"seed_required": False}, "case.body"),
        ({"remark": "x"}, "case.body"),
    ],
)
def test_a_case_opens_only_with_the_terms_that_it_names(book, change, code):
    book.open(**change)
    refused(book, code)


def test_terms_that_make_a_party_its_own_mediator_open_no_case(book):
    terms = TERMS.replace('["AE"]', '["AE", "RU"]')
    book.open(
        terms_toml=terms,
        terms_sha256=read_agreement(terms).sha256,
        mediators=["AE", "RU"],
    )
    refused(book, "case.sides")


def test_the_same_terms_in_another_layout_are_the_same_terms(book):
    book.open(terms_toml=TERMS + "\n# a comment\n")
    assert book.fold().state == "opened"


def test_answers_cover_every_line_of_the_list_they_reply_to(book):
    book.to_answered()
    del book.entries[-2:]
    asked = book.entries[-2]
    for change, code in (
        ({"counts": {"held": 4}}, "case.unanswered"),
        ({"count": 4, "counts": {"held": 4}}, "case.unanswered"),
        ({"counts": {"perhaps": 5}}, "case.body"),
        ({"in_reply_to": book.entries[-1].entry.entry_sha256}, "case.in_reply_to"),
        ({"to": "RU"}, "case.recipient"),
    ):
        book.answer("RU", "UA", asked, **change)
        refused(book, code)
        book.entries.pop()
    book.answer("RU", "UA", asked)
    assert book.fold().state == "wanted"


def test_a_copied_commitment_is_refused(book):
    book.to_answered()
    first = book.finish_list("UA")
    book.finish_list("RU", seed_commitment=first.entry.body["seed_commitment"])
    refused(book, "case.seed")


def test_a_nonce_that_does_not_open_the_commitment_is_refused(book):
    book.to_answered()
    book.finish_list("UA")
    book.finish_list("RU")
    book.reveal("UA", nonce=NONCES["RU"])
    refused(book, "case.seed")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"seed": sha("ground")}, "case.seed"),
        ({"terms_sha256": sha("other")}, "case.terms"),
        ({"flows": {"RU -> XB": 4}}, "case.plan"),
        ({"flows": {"RU->UA": 4}}, "case.body"),
        ({"flows": {"RU -> UA": COUNT_MAX + 1}}, "case.body"),
        ({"flows": {"RU -> UA": True}}, "case.body"),
        ({"status": "infeasible"}, "case.body"),
        ({"legal_findings": ["free text"]}, "case.body"),
    ],
)
def test_a_plan_stands_on_the_signed_terms_and_the_common_seed(book, change, code):
    book.to_seeded()
    book.propose(**change)
    refused(book, code)


@pytest.mark.parametrize("name", list(HASHES))
def test_an_acceptance_names_the_hashes_of_the_plan(book, name):
    book.to_seeded()
    book.propose()
    book.accept("UA", **{name: sha("other")})
    refused(book, "case.plan")


def test_an_acceptance_acknowledges_every_legal_finding(book):
    book.to_seeded()
    book.propose(legal_findings=[FINDING, "gc4.34"])
    book.accept("UA")
    assert "1 left out" in refused(book, "case.legal_findings").message


def test_a_rejection_by_anyone_leads_back_to_the_seed_and_voids_acceptances(book):
    book.to_seeded()
    book.propose()
    book.accept("UA")
    book.reject("RU")
    state = book.fold()
    assert (state.state, state.plan, state.accepted) == ("seeded", None, frozenset())
    book.propose(plan_sha256=sha("second plan"))
    book.accept("RU", plan_sha256=sha("second plan"))
    assert book.fold().accepted == {"RU"}


def test_a_rejection_gives_a_reason_from_the_closed_list(book):
    book.to_seeded()
    book.propose()
    book.reject("RU", reason="because of somebody")
    assert "somebody" not in str(refused(book, "case.body"))


@pytest.mark.parametrize("who", [("UA", "bureau"), ("AE", "mediator")])
def test_a_party_or_the_mediator_may_abort_and_nothing_follows(book, who):
    book.to_seeded()
    book.abort(*who)
    assert book.fold().state == "aborted"
    assert book.fold().abort_reason == "transport_not_safe"
    book.propose()
    assert "nothing more" in refused(book, "case.turn").message


def test_the_entry_of_another_case_is_refused(book):
    book.open()
    book.write("terms_signed", "UA", "bureau", {"terms_sha256": HASHES["terms_sha256"]}, case="c-2")
    refused(book, "case.other_case")


def test_entries_out_of_ledger_order_are_refused(book):
    book.to_answered()
    book.entries[1], book.entries[2] = book.entries[2], book.entries[1]
    refused(book, "case.order")


def test_the_same_entry_at_a_later_number_is_refused(book):
    book.to_accepted()
    first = book.will(UA_HOME, people(UA_HOME))
    book.entries.append(dataclasses.replace(first, index=first.index + 1))
    refused(book, "case.repeated")


@pytest.mark.parametrize(
    "change",
    [
        {"travelling": [people(UA_HOME)[0]] * 2},
        {"not_travelling": [people(UA_HOME)[0]]},
        {"travelling": [], "not_travelling": []},
        {"travelling": ["RU-00017"]},
        {"travelling": [["a" * 32]]},
        {"travelling": "a" * 32},
        {"leg": "RU->UA"},
        {"leg": 3},
        {"stage": "at home"},
        {"stage": ["last_stop"]},
    ],
)
def test_a_body_of_another_shape_is_refused(book, change):
    book.to_accepted()
    body = {
        "stage": "before_departure",
        "leg": UA_HOME,
        "travelling": people(UA_HOME),
        "not_travelling": [],
    }
    book.write("will_recorded", "AE", "interviewer", {**body, **change})
    refused(book, "case.body")


def test_an_unknown_type_is_refused_without_repeating_its_text(book):
    book.open()
    book.write("Kravchenko is here", "UA", "bureau", {})
    assert "Kravchenko" not in str(refused(book, "case.type").as_problem())


def test_what_an_author_may_record_follows_from_state_side_and_role(book):
    assert moves(NEW_CASE, "AE", "mediator") == ("case_opened",)
    assert moves(NEW_CASE, "AE", "bureau") == ()
    book.open()
    book.sign("UA")
    state = book.fold()
    assert moves(state, "UA", "bureau") == ("notified", "aborted")
    assert moves(state, "RU", "bureau") == ("terms_signed", "notified", "aborted")
    assert moves(state, "RU", "officer") == ()
    assert moves(state, "AE", "mediator") == ("aborted",)
    assert moves(state, "XB", "bureau") == ()


def test_whoever_owes_the_next_move_is_named_and_nobody_else(book):
    book.open()
    book.sign("UA")
    assert whose_turn(book.fold()) == {"RU": ("terms_signed",)}
    seeded = Casebook()
    assert whose_turn(fold(seeded.to_seeded())) == {"AE": ("plan_proposed",)}
    seeded.propose()
    seeded.accept("UA")
    assert whose_turn(seeded.fold()) == {"RU": ("plan_accepted", "plan_rejected")}
    seeded.accept("RU")
    assert set(whose_turn(seeded.fold())) == {"AE", "RU", "UA"}
    seeded.abort()
    assert whose_turn(seeded.fold()) == {}


def test_whatever_moves_names_no_other_author_or_moment_is_at_fault_for():
    entries = Casebook().to_accepted()
    for number, recorded in enumerate(entries):
        before = fold(entries[:number])
        assert recorded.entry.type in moves(before, recorded.entry.author, recorded.role)


def test_the_tables_name_the_same_types():
    assert (
        {kind for _, kind in TRANSITIONS}
        == set(KINDS)
        == set(STEPS) | {CONFIRMED, RECEIVED_UNSIGNED}
    )
    assert set(HANDOVER_TYPES) <= set(KINDS)


def test_the_table_as_a_page_has_a_row_for_every_transition():
    rows = [line for line in table_markdown().splitlines() if line.startswith("| ")]
    assert len(rows) == len(TRANSITIONS) + 2
    assert "| listed | `seed_revealed` | bureau, every party | seeded |" in rows
