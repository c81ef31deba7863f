import pytest
from tests.unit.negotiation.casebook import PLANNED, RU_HOME, UA_HOME, Casebook, people

from homeward.handover import Exposure, advance, begin, count_legs, exposure, fold

A, B, C, D = people(UA_HOME)


@pytest.fixture
def book():
    book = Casebook()
    book.to_accepted()
    return book


def counts_of(book, leg=UA_HOME):
    return next(row for row in count_legs(fold(book.fold(), PLANNED)) if str(row.leg) == leg)


def test_counts_say_how_far_people_have_come(book):
    book.will(UA_HOME, [A, B, C], refusing=[D])
    book.manifest(UA_HOME, [A, B, C])
    book.depart(UA_HOME, [A, B, C])
    book.check_in(UA_HOME, [A, B], missing=[C])
    book.will(UA_HOME, [A], stage="last_stop", refusing=[B])
    book.receive(UA_HOME, [A])
    row = counts_of(book)
    assert (row.planned, row.wills_recorded, row.on_manifest, row.departed) == (4, 4, 3, 3)
    assert (row.checked_in, row.missing, row.stopped, row.home) == (2, 1, 0, 1)
    assert row.not_travelling == 2


def test_stops_are_counted_where_the_leg_has_one(book):
    book.leg_home(RU_HOME)
    assert counts_of(book, RU_HOME).stopped == 4
    assert counts_of(book, RU_HOME).home == 4


@pytest.mark.parametrize("reason", ["not_travelling", "died", "vetoed", "unfit"])
def test_whoever_does_not_travel_is_one_number_whatever_the_reason(book, reason):
    book.withdraw(UA_HOME, [A], reason)
    book.will(UA_HOME, [], refusing=[B])
    assert counts_of(book).not_travelling == 2


def test_who_was_turned_back_did_depart_and_does_not_travel(book):
    book.will(UA_HOME, [A])
    book.manifest(UA_HOME, [A])
    book.depart(UA_HOME, [A])
    book.turn_back(UA_HOME, [A])
    row = counts_of(book)
    assert (row.departed, row.not_travelling, row.home) == (1, 1, 0)


def test_exposure_is_people_let_go_less_people_received(book):
    book.leg_home(UA_HOME)
    assert exposure(fold(book.fold(), PLANNED)) == {
        "RU": Exposure(now=4, peak=4),
        "UA": Exposure(now=-4, peak=0),
    }
    book.leg_home(RU_HOME)
    assert exposure(fold(book.fold(), PLANNED)) == {
        "RU": Exposure(now=0, peak=4),
        "UA": Exposure(now=0, peak=0),
    }


def test_batches_in_turn_keep_the_exposure_to_one_batch(book):
    for number in range(4):
        for leg in (UA_HOME, RU_HOME):
            book.leg_home(leg, people(leg)[number : number + 1])
    assert exposure(fold(book.fold(), PLANNED))["RU"] == Exposure(now=0, peak=1)


def test_who_is_turned_back_exposes_nobody(book):
    book.will(UA_HOME, [A])
    book.manifest(UA_HOME, [A])
    book.depart(UA_HOME, [A])
    book.turn_back(UA_HOME, [A])
    assert exposure(fold(book.fold(), PLANNED))["RU"] == Exposure(now=0, peak=1)


def test_a_handover_that_has_not_begun_counts_the_plan_alone(book):
    custody = begin(book.fold(), PLANNED)
    assert [row.planned for row in count_legs(custody)] == [4, 4]
    assert sum(row.wills_recorded + row.departed + row.home for row in count_legs(custody)) == 0


def test_the_peak_never_falls(book):
    book.leg_home(UA_HOME)
    book.leg_home(RU_HOME)
    case = book.fold()
    custody, peaks = begin(case, PLANNED), []
    for recorded in case.handover:
        custody = advance(custody, recorded)
        peaks.append(exposure(custody)["RU"].peak)
    assert peaks == sorted(peaks)
    assert peaks[-1] == 4
