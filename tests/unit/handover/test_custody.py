import dataclasses

import pytest
from tests.unit.negotiation.casebook import (
    PLANNED,
    RU_HOME,
    STOPS,
    UA_HOME,
    Casebook,
    people,
    sha,
)

from homeward.foundation.errors import InputError, PeerError, TamperError, TurnError
from homeward.handover import advance, begin, captives_root, custodian_of, fold
from homeward.handover.custody import CUSTODIANS, CUSTODY
from homeward.negotiation.entries import WITHDRAWAL_REASONS

A, B, C, D = people(UA_HOME)
R = people(RU_HOME)


@pytest.fixture
def book():
    book = Casebook()
    book.to_accepted()
    return book


def custody_of(book, planned=PLANNED):
    return fold(book.fold(), planned)


def refused(book, code, planned=PLANNED):
    """Check that the last entry is refused, and that those before it are not."""
    case = book.fold()
    before = begin(case, planned)
    for recorded in case.handover[:-1]:
        before = advance(before, recorded)
    with pytest.raises(PeerError) as caught:
        advance(before, case.handover[-1])
    assert caught.value.code == code
    return caught.value


def underway(book, leg=UA_HOME, ids=None):
    ids = ids or people(leg)
    book.will(leg, ids)
    book.manifest(leg, ids)
    book.depart(leg, ids)


def test_both_legs_go_home_and_the_case_closes(book):
    book.leg_home(UA_HOME)
    book.leg_home(RU_HOME)
    book.close()
    custody = custody_of(book)
    assert custody.is_ended
    assert {captive.state for captive in custody.captives.values()} == {"home"}
    assert custodian_of(custody, A) == "UA"
    assert custodian_of(custody, R[0]) == "RU"


def test_custody_passes_from_holder_to_mediator_to_home(book):
    states = []
    underway(book)
    book.check_in(UA_HOME, people(UA_HOME))
    book.will(UA_HOME, people(UA_HOME), stage="last_stop")
    book.receive(UA_HOME, people(UA_HOME))
    case = book.fold()
    custody = begin(case, PLANNED)
    for recorded in case.handover:
        custody = advance(custody, recorded)
        states.append((custody.captives[A].state, custodian_of(custody, A)))
    assert states == [
        ("held", "RU"),
        ("manifested", "RU"),
        ("departed", "AE"),
        ("checked_in", "AE"),
        ("checked_in", "AE"),
        ("home", "UA"),
    ]


def test_every_state_of_the_table_has_one_custodian():
    states = {state for state, _ in CUSTODY} | set(CUSTODY.values())
    assert states == set(CUSTODIANS)


def test_the_final_states_have_no_way_out():
    assert set(CUSTODIANS) - {state for state, _ in CUSTODY} == {
        "withdrawn",
        "turned_back",
        "died",
        "home",
    }


def test_nobody_is_on_a_manifest_without_a_recorded_will(book):
    book.will(UA_HOME, [A, B])
    book.manifest(UA_HOME, [A, B, C])
    error = refused(book, "handover.no_will")
    assert error.facts["captives"] == [C]


def test_who_said_no_is_on_no_manifest(book):
    book.will(UA_HOME, [A], refusing=[B])
    book.manifest(UA_HOME, [A, B])
    assert refused(book, "handover.no_will").facts["captives"] == [B]


def test_who_said_no_after_the_manifest_does_not_depart(book):
    book.will(UA_HOME, [A, B])
    book.manifest(UA_HOME, [A, B])
    book.will(UA_HOME, [], refusing=[B])
    book.depart(UA_HOME, [A, B])
    assert refused(book, "handover.no_will").facts["captives"] == [B]


def test_nobody_is_home_without_a_second_will(book):
    underway(book)
    book.check_in(UA_HOME, people(UA_HOME))
    book.will(UA_HOME, [A, B, C], stage="last_stop", refusing=[D])
    book.receive(UA_HOME, people(UA_HOME))
    assert refused(book, "handover.no_second_will").facts["captives"] == [D]


def test_the_second_will_counts_only_after_the_last_stop(book):
    underway(book, RU_HOME)
    book.check_in(RU_HOME, R)
    book.will(RU_HOME, R, stage="last_stop")
    refused(book, "handover.stops_left")


def test_nobody_is_received_before_the_last_stop(book):
    underway(book, RU_HOME)
    book.check_in(RU_HOME, R)
    book.receive(RU_HOME, R)
    refused(book, "handover.stops_left")


def test_two_who_refuse_at_the_crossing_are_turned_back_and_the_others_go_home(book):
    underway(book)
    book.check_in(UA_HOME, people(UA_HOME))
    book.will(UA_HOME, [A, B], stage="last_stop", refusing=[C, D])
    book.turn_back(UA_HOME, [C, D])
    book.release(UA_HOME, [A, B])
    book.receive(UA_HOME, [A, B])
    book.withdraw(RU_HOME, R)
    book.close(**{UA_HOME: 2, RU_HOME: 0})
    custody = custody_of(book)
    assert [custodian_of(custody, each) for each in (A, B, C, D)] == ["UA", "UA", "RU", "RU"]


@pytest.mark.parametrize("reason", WITHDRAWAL_REASONS)
def test_who_was_withdrawn_is_on_no_later_manifest(book, reason):
    book.will(UA_HOME, people(UA_HOME))
    book.withdraw(UA_HOME, [A], reason)
    book.manifest(UA_HOME, people(UA_HOME))
    assert refused(book, "handover.withdrawn").facts["captives"] == [A]


def test_who_was_withdrawn_from_a_manifest_does_not_depart(book):
    book.will(UA_HOME, people(UA_HOME))
    book.manifest(UA_HOME, people(UA_HOME))
    book.withdraw(UA_HOME, [A], role="interviewer")
    book.depart(UA_HOME, people(UA_HOME))
    refused(book, "handover.custody")


def test_a_refusal_of_some_moves_nobody(book):
    book.will(UA_HOME, [A, B])
    book.manifest(UA_HOME, [A])
    before = custody_of(book)
    book.depart(UA_HOME, [A, B])
    refused(book, "handover.custody")
    book.entries.pop()
    assert custody_of(book) == before


def test_who_is_underway_is_not_withdrawn_but_turned_back(book):
    underway(book)
    book.withdraw(UA_HOME, [A])
    refused(book, "handover.custody")


def test_a_death_on_the_way_lets_the_case_end_and_nobody_lost(book):
    underway(book)
    book.check_in(UA_HOME, [A, B, C], missing=[D])
    book.withdraw(UA_HOME, [D], "died")
    book.will(UA_HOME, [A, B, C], stage="last_stop")
    book.release(UA_HOME, people(UA_HOME))
    book.receive(UA_HOME, [A, B, C])
    book.withdraw(RU_HOME, R)
    book.close(**{UA_HOME: 3, RU_HOME: 0})
    assert custodian_of(custody_of(book), D) == "AE"


def test_who_is_not_in_the_plan_is_on_no_manifest(book):
    book.will(UA_HOME, [*people(UA_HOME), sha("stranger")[:32]])
    refused(book, "handover.not_in_plan")


def test_who_belongs_to_another_leg_is_refused(book):
    book.will(UA_HOME, [R[0]])
    refused(book, "handover.other_leg")


def test_without_the_plans_captives_a_leg_names_no_more_people_than_planned(book):
    book.leg_home(UA_HOME)
    assert custodian_of(custody_of(book, planned=None), A) == "UA"
    book.will(UA_HOME, [sha("stranger")[:32]])
    refused(book, "handover.not_in_plan", planned=None)


@pytest.mark.parametrize(
    "planned",
    [
        {},
        {UA_HOME: PLANNED[UA_HOME]},
        {UA_HOME: PLANNED[RU_HOME], RU_HOME: PLANNED[UA_HOME] - {A} | {sha("x")[:32]}},
        {UA_HOME: PLANNED[UA_HOME], RU_HOME: PLANNED[UA_HOME]},
        {UA_HOME: PLANNED[UA_HOME] | {R[0]}, RU_HOME: PLANNED[RU_HOME] - {R[0]}},
    ],
)
def test_captives_that_the_plans_root_does_not_name_are_refused(book, planned):
    with pytest.raises(TamperError) as caught:
        begin(book.fold(), planned)
    assert caught.value.code == "handover.planned"


def test_a_plan_whose_own_root_names_somebody_on_two_legs_is_refused():
    book = Casebook()
    book.to_seeded()
    twice = {UA_HOME: frozenset([A]), RU_HOME: frozenset([A])}
    book.propose(flows={UA_HOME: 1, RU_HOME: 1}, captives_root=captives_root([A, A]))
    book.accept("UA")
    book.accept("RU")
    with pytest.raises(TamperError):
        begin(book.fold(), twice)


def test_a_handover_begins_only_with_an_accepted_plan():
    book = Casebook()
    book.to_seeded()
    book.propose()
    book.accept("UA")
    with pytest.raises(TurnError):
        begin(book.fold(), PLANNED)


def test_the_root_does_not_depend_on_the_order_of_ids():
    assert captives_root([A, B, C]) == captives_root([C, A, B]) != captives_root([A, B])


def test_a_manifest_is_of_the_accepted_plan(book):
    book.will(UA_HOME, [A])
    book.manifest(UA_HOME, [A], plan_sha256=sha("other"))
    refused(book, "handover.plan")


@pytest.mark.parametrize("stops", [[], STOPS[RU_HOME] * 2, [{"country": "XA", "purpose": "rest"}]])
def test_a_manifest_names_the_stops_of_the_terms(book, stops):
    book.will(RU_HOME, R)
    book.manifest(RU_HOME, R, stops=stops)
    refused(book, "handover.stops")


def test_a_stop_that_the_manifest_does_not_name_is_refused(book):
    underway(book, RU_HOME)
    book.check_in(RU_HOME, R)
    book.stop(RU_HOME, R, country="XA")
    refused(book, "handover.stop")


def test_a_stop_is_passed_once(book):
    underway(book, RU_HOME)
    book.check_in(RU_HOME, R)
    book.stop(RU_HOME, R)
    book.stop(RU_HOME, R[:1])
    refused(book, "handover.stop")


def test_who_is_unfit_waits_at_the_stop_until_it_is_passed(book):
    underway(book, RU_HOME)
    book.check_in(RU_HOME, R)
    book.stop(RU_HOME, R[1:], unfit=R[:1])
    book.will(RU_HOME, R[1:], stage="last_stop")
    book.receive(RU_HOME, R[1:])
    custody = custody_of(book)
    assert custody.captives[R[0]].state == "checked_in"
    assert custodian_of(custody, R[0]) == "AE"
    book.stop(RU_HOME, R[:1])
    book.will(RU_HOME, R[:1], stage="last_stop")
    book.receive(RU_HOME, R[:1])
    assert custodian_of(custody_of(book), R[0]) == "RU"


def test_who_is_missing_stays_with_the_custodian_and_keeps_the_case_open(book):
    underway(book)
    book.check_in(UA_HOME, [A, B, C], missing=[D])
    custody = custody_of(book)
    assert custody.captives[D].is_missing
    assert custodian_of(custody, D) == "AE"
    book.will(UA_HOME, [A, B, C], stage="last_stop")
    book.release(UA_HOME, people(UA_HOME))
    book.receive(UA_HOME, [A, B, C])
    book.close(**{UA_HOME: 3, RU_HOME: 0})
    assert refused(book, "handover.on_the_way").facts["missing_count"] == 1
    book.entries.pop()
    book.check_in(UA_HOME, [D])
    assert not custody_of(book).captives[D].is_missing


def test_nobody_is_received_twice(book):
    book.leg_home(UA_HOME)
    book.receive(UA_HOME, [A])
    refused(book, "handover.custody")


def test_nobody_goes_home_and_is_turned_back(book):
    book.leg_home(UA_HOME)
    book.turn_back(UA_HOME, [A])
    refused(book, "handover.custody")


def test_each_act_on_a_leg_is_signed_by_the_side_whose_act_it_is(book):
    underway(book)
    book.check_in(UA_HOME, people(UA_HOME), author="RU")
    refused(book, "handover.not_their_leg")
    book.entries.pop()
    book.turn_back(UA_HOME, people(UA_HOME), author="UA")
    refused(book, "handover.not_their_leg")
    book.entries.pop()
    book.receive(UA_HOME, people(UA_HOME), author="RU")
    refused(book, "handover.not_their_leg")


def test_a_leg_that_is_not_in_the_plan_is_refused(book):
    book.write("departed", "UA", "bureau", {"leg": "UA -> XA", "captives": [A]})
    refused(book, "handover.leg")


def test_a_receipt_of_the_holder_covers_everybody_let_go_since_the_last(book):
    underway(book)
    book.release(UA_HOME, [A, B, C])
    refused(book, "handover.receipt")
    book.entries.pop()
    book.release(UA_HOME, people(UA_HOME), captives_root=captives_root([A, B, C, R[0]]))
    refused(book, "handover.receipt")
    book.entries.pop()
    book.release(UA_HOME, people(UA_HOME))
    book.release(UA_HOME, people(UA_HOME))
    refused(book, "handover.receipt")


def test_two_batches_have_two_receipts(book):
    underway(book, ids=[A, B])
    book.release(UA_HOME, [A, B])
    underway(book, ids=[C, D])
    book.release(UA_HOME, [C, D])
    assert all(
        captive.is_receipted for e, captive in custody_of(book).captives.items() if e not in R
    )


def test_a_receipt_of_the_home_side_counts_the_captives_it_names(book):
    underway(book)
    book.check_in(UA_HOME, people(UA_HOME))
    book.will(UA_HOME, people(UA_HOME), stage="last_stop")
    book.receive(UA_HOME, people(UA_HOME), count=5)
    refused(book, "handover.receipt")


def test_a_case_does_not_close_while_somebody_still_waits_to_go(book):
    book.leg_home(UA_HOME)
    book.will(RU_HOME, R)
    book.manifest(RU_HOME, R)
    book.close(**{RU_HOME: 0})
    assert refused(book, "handover.waiting").facts["captive_count"] == len(R)


def test_who_said_no_before_departure_does_not_keep_a_case_open(book):
    book.leg_home(UA_HOME)
    book.will(RU_HOME, [], refusing=R)
    book.close(**{RU_HOME: 0})
    assert custody_of(book).is_ended


def test_a_case_closes_only_with_the_totals_of_the_record(book):
    book.leg_home(UA_HOME)
    book.withdraw(RU_HOME, R)
    book.close(**{UA_HOME: 4, RU_HOME: 4})
    refused(book, "handover.totals")


def test_a_case_does_not_close_without_the_receipt_of_the_holder(book):
    underway(book)
    book.check_in(UA_HOME, people(UA_HOME))
    book.will(UA_HOME, people(UA_HOME), stage="last_stop")
    book.receive(UA_HOME, people(UA_HOME))
    book.withdraw(RU_HOME, R)
    book.close(**{RU_HOME: 0})
    refused(book, "handover.receipt_missing")


def test_a_handover_with_people_on_the_way_cannot_be_aborted_until_they_are_back(book):
    underway(book)
    book.abort("RU")
    assert refused(book, "handover.on_the_way").facts["captive_count"] == 4
    book.entries.pop()
    book.turn_back(UA_HOME, people(UA_HOME))
    book.abort("RU")
    custody = custody_of(book)
    assert custody.is_ended
    assert {custodian_of(custody, each) for each in people(UA_HOME)} == {"RU"}


def test_nothing_follows_the_end(book):
    book.leg_home(UA_HOME)
    book.withdraw(RU_HOME, R)
    book.close(**{RU_HOME: 0})
    custody = custody_of(book)
    late = dataclasses.replace(book.entries[-2], index=999)
    with pytest.raises(PeerError) as caught:
        advance(custody, late)
    assert caught.value.code == "handover.ended"


def test_an_id_of_another_handover_has_no_custodian(book):
    with pytest.raises(InputError):
        custodian_of(custody_of(book), "0" * 32)
