import random

from hypothesis import given
from hypothesis import strategies as st

from homeward.node.numbering import arrived


def count(gaps):
    return sum(last - first + 1 for first, last in gaps)


def test_numbers_in_order_leave_no_gap():
    known = (0, ())
    for number in (1, 2, 2, 3):
        known = arrived(*known, number)
    assert known == (3, ())


@given(st.lists(st.integers(1, 40), max_size=40), st.integers(0, 9))
def test_whatever_came_in_whatever_order_what_is_missing_is_the_rest(numbers, seed):
    random.Random(seed).shuffle(numbers)
    known = (0, ())
    for number in numbers:
        known = arrived(*known, number)
    highest, gaps = known
    missing = {number for first, last in gaps for number in range(first, last + 1)}
    assert highest == max(numbers, default=0)
    assert missing == set(range(1, highest + 1)) - set(numbers)


def test_a_number_far_away_takes_no_room_and_many_gaps_are_forgotten():
    known = arrived(0, (), 2**53 - 1)
    assert count(known[1]) == 2**53 - 2
    known = (0, ())
    for number in range(2, 1_000, 2):
        known = arrived(*known, number)
    assert len(known[1]) == 64
