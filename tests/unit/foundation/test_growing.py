import pytest

from homeward.foundation.growing import Growing


def test_a_sequence_stays_what_it_was_when_it_grows():
    first = Growing("ab")
    second = first.append("c")
    assert (list(first), list(second)) == (["a", "b"], ["a", "b", "c"])
    assert len(first) == 2
    assert first[-1] == "b"
    with pytest.raises(IndexError):
        first[2]
    with pytest.raises(IndexError):
        first[-3]


def test_two_futures_of_one_sequence_never_mix():
    first = Growing("a")
    one, other = first.append("b"), first.append("c")
    assert list(one.append("d")) == ["a", "b", "d"]
    assert list(other.append("e")) == ["a", "c", "e"]
    assert one != other
    assert one == Growing("ab")


def test_a_part_of_a_sequence_ends_where_the_sequence_ends():
    first = Growing("abc")
    first.append("d")
    assert first[1:] == ("b", "c")
    assert first[:] == ("a", "b", "c")
    assert list(reversed(first)) == ["c", "b", "a"]
    assert "d" not in first


def test_appending_to_a_long_sequence_shares_what_stands_in_it():
    long = Growing(range(1000))
    assert long.append(1)._shared is long._shared
