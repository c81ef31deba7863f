import pytest

from homeward.foundation.errors import InputError
from homeward.foundation.ids import parse_flow
from homeward.report import CATEGORIES, Move, totals

TO_UA, TO_RU = parse_flow("RU -> UA"), parse_flow("UA -> RU")


def moves(count, *, flow=TO_UA, days=100, **flagged):
    """Return `count` moves; `women=3` flags the first three."""
    return [
        Move(
            flow=flow,
            days_held=days + number,
            categories=frozenset(name for name, flags in flagged.items() if number < flags),
        )
        for number in range(count)
    ]


def public(people, **options):
    return totals(people, {TO_UA: len(people)}, public=True, **options).flows[0]


def test_the_parties_see_exact_counts_and_days():
    people = moves(150, women=3, wounded=148)
    report = totals(people, {TO_UA: 150, TO_RU: 0}, public=False)
    by_flow = {flow.flow: flow for flow in report.flows}
    assert report.home == 150
    assert by_flow[TO_UA].categories["women"] == 3
    assert by_flow[TO_UA].categories["wounded"] == 148
    assert by_flow[TO_UA].categories["under_25"] == 0
    assert (by_flow[TO_UA].days_held_longest, by_flow[TO_UA].days_held_median) == (249, 174)
    assert by_flow[TO_RU].home == 0
    assert by_flow[TO_RU].days_held_longest is None


@pytest.mark.parametrize(
    ("women", "shown"),
    [
        (0, 0),
        (1, "1\u20134"),
        (4, "1\u20134"),
        (5, 5),
        (145, 145),
        (146, "146\u2013149"),
        (150, 150),
    ],
)
def test_the_public_cannot_tell_a_small_group_nor_its_small_rest(women, shown):
    assert public(moves(150, women=women)).categories["women"] == shown


def test_the_public_sees_no_categories_of_fewer_than_ten_people():
    assert set(public(moves(9, women=5)).categories.values()) == {None}
    assert public(moves(10, women=5)).categories["women"] == 5


def test_the_public_cannot_subtract_a_small_flow_from_the_sum():
    people = moves(150) + moves(3, flow=TO_RU)
    report = totals(people, {TO_UA: 150, TO_RU: 3}, public=True)
    assert [flow.home for flow in report.flows] == [150, "1\u20134"]
    assert report.home is None


def test_the_public_sees_whole_months_and_no_days_of_fewer_than_five():
    assert public(moves(150)).days_held_longest == 240
    assert public(moves(4)).days_held_longest is None


def test_a_withheld_flow_shows_no_number_in_public_and_all_to_the_parties():
    people = moves(150, women=20)
    shown = totals(people, {TO_UA: 150}, withheld=frozenset({TO_UA}), public=True)
    assert shown.home is None
    assert shown.flows[0].home is None
    assert set(shown.flows[0].categories) == set(CATEGORIES)
    assert set(shown.flows[0].categories.values()) == {None}
    inside = totals(people, {TO_UA: 150}, withheld=frozenset({TO_UA}), public=False)
    assert inside.home == 150


@pytest.mark.parametrize("recorded", [149, 151])
def test_moves_that_differ_from_the_record_are_refused(recorded):
    with pytest.raises(InputError, match=f"Expected {recorded} people home on RU -> UA, found 150"):
        totals(moves(150), {TO_UA: recorded}, public=True)


def test_a_move_on_a_flow_the_record_does_not_know_is_refused():
    with pytest.raises(InputError, match="Expected 0 people home on UA -> RU, found 1"):
        totals(moves(1, flow=TO_RU), {TO_UA: 0}, public=False)
