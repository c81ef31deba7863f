"""Whose turn is first among equals follows from the draw, not from whoever makes the plan."""

import copy

import pytest

from homeward.foundation.canonical import canonical_bytes, seal_document
from homeward.foundation.errors import TamperError
from homeward.planning import check_plan, make_plan

ONE_BY_ONE = """
[[clause]]
id = "all"
kind = "all_of"
flows = ["RU -> UA"]
[[clause]]
id = "rounds"
kind = "phase"
rounds = 2
seats = 1
"""


@pytest.fixture(name="two")
def fixture_two(planned, person):
    """Give a plan by which two people who are equal in all go home one after the other."""
    return planned(ONE_BY_ONE, [person("1", "UA"), person("2", "UA")], [])


def test_the_seed_says_who_goes_first(two, engine):
    agreement, pool, _ = two
    first = set()
    for number in range(12):
        plan = make_plan(agreement, pool, engine, seed=f"{number:064x}")
        assert plan["status"] == "optimal"
        first.add(next(move["ref"] for move in plan["moves"] if move["phase"] == 1))
    assert first == {"1", "2"}


def test_a_plan_that_lets_another_go_first_is_refused(two):
    agreement, pool, plan = two
    swapped = copy.deepcopy(plan)
    one, other = swapped["moves"]
    one["phase"], other["phase"] = other["phase"], one["phase"]
    with pytest.raises(TamperError):
        check_plan(agreement, pool, canonical_bytes(seal_document(swapped, "plan_sha256")))


def test_a_plan_without_the_turns_is_refused(two):
    agreement, pool, plan = two
    short = copy.deepcopy(plan)
    assert short["certificate"]["levels"].pop()["id"].startswith("turn")
    short["objectives"].pop()
    for share in short["certificate"]["shares"].values():
        share["values"].pop()
    with pytest.raises(TamperError, match="ties broken by the seed"):
        check_plan(agreement, pool, canonical_bytes(seal_document(short, "plan_sha256")))
