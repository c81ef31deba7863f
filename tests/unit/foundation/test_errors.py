import pytest

from homeward.foundation.errors import KINDS, HomewardError, InputError


def test_nobody_raises_the_family_itself():
    with pytest.raises(TypeError):
        HomewardError("a.code", "Message.")


def test_exit_codes_are_two_to_nine_in_order():
    assert [kind.exit_code for kind in KINDS] == list(range(2, 10))


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_a_problem_for_every_front_end(kind):
    error = kind("room.word", "Expected 2, found 3.", hint="Count again.", facts={"line": 7})
    assert str(error) == "Expected 2, found 3. Count again."
    assert error.as_problem() == {
        "kind": kind.__name__,
        "code": "room.word",
        "message": "Expected 2, found 3.",
        "hint": "Count again.",
        "facts": {"line": 7},
    }


def test_facts_are_a_copy():
    facts = {"rows": 1}
    error = InputError("room.word", "Message.", facts=facts)
    facts["rows"] = 2
    assert error.facts == {"rows": 1}
    assert str(error) == "Message."
