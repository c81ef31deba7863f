"""A value with some fields changed."""

import dataclasses

import pytest

from homeward.foundation.values import replace


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """A value of three fields."""

    name: str
    size: int = 0
    parts: tuple[str, ...] = ()


def test_only_the_fields_named_change():
    """The rest is the same, as `dataclasses.replace` has it."""
    before = Case(name="one", parts=("a",))
    assert replace(before, size=2) == dataclasses.replace(before, size=2)
    assert replace(before, size=2).parts is before.parts


def test_the_old_value_stays_what_it_was():
    """Two values share no place to write to."""
    before = Case(name="one")
    replace(before, name="two")
    assert before == Case(name="one")


def test_the_new_value_is_frozen_as_well():
    """Nobody writes into it."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        replace(Case(name="one"), size=1).size = 3


def test_a_field_that_is_not_there_is_a_bug():
    """A misspelt name is not kept beside the fields."""
    with pytest.raises(TypeError, match="Case has no sise"):
        replace(Case(name="one"), sise=1)
