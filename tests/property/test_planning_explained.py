"""Conflicts, repairs and what-ifs against brute force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st
from way_conflicts import Subsets
from way_worlds import FLOWS, Truth, toml, way_worlds

from homeward.planning.changes import numbers_of, with_number
from homeward.planning.conflicts import conflicts_of, explain
from homeward.planning.engine import Engine
from homeward.planning.feasible import Feasibility, is_feasible
from homeward.planning.problem import compile_problem
from homeward.planning.whatif import values_of
from homeward.terms import read_agreement
from homeward.terms.pool import Pool

THOROUGH = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
CLAUSES_MAX = 6
BALLAST = {"id": "give-way", "kind": "pair", "flows": [*FLOWS], "key": "rank", "prefer": True}


@pytest.fixture(scope="module")
def engine():
    with Engine() as running:
        yield running


def problem_of(world: Mapping[str, Any]):
    agreement = read_agreement(toml(world))
    return compile_problem(agreement, Pool.of(agreement, world["held"]), seed="")


@THOROUGH
@given(world=way_worlds())
def test_all_minimal_conflicts_are_found_and_no_other(world, engine):
    assume(len(world["clauses"]) <= CLAUSES_MAX)
    note(toml(world))
    note(str(world["held"]))
    truth = Subsets(world)
    found, is_complete = conflicts_of(Feasibility(problem_of(world), engine))
    assert is_complete
    assert {frozenset(core) for core in found} == set(truth.minimal)


@THOROUGH
@given(world=way_worlds())
def test_each_conflict_needs_each_of_its_clauses_and_says_a_sentence(world, engine):
    note(toml(world))
    note(str(world["held"]))
    problem = problem_of(world)
    if is_feasible(problem, engine):
        return
    conflicts, repairs = explain(problem, engine)
    assert conflicts
    for conflict in conflicts:
        core = frozenset(conflict["clauses"])
        assert not is_feasible(problem, engine, core)
        assert all(is_feasible(problem, engine, core - {clause}) for clause in core)
        assert all(f"Clause {clause} " in conflict["sentence"] for clause in core)
        assert conflict["sentence"].endswith(".")
    for repair in _alone(repairs):
        assert Truth(_mended(world, repair, 0)).best() is not None
        for nearer in _nearer(world, repair):
            assert Truth(nearer).best() is None


@THOROUGH
@given(world=way_worlds())
def test_no_number_that_mends_everything_is_missed(world, engine):
    note(toml(world))
    note(str(world["held"]))
    problem = problem_of(world)
    if is_feasible(problem, engine):
        return
    _, repairs = explain(problem, engine)
    mended = {(repair["clause"], repair["change"]["key"]) for repair in _alone(repairs)}
    keys = {"give": "count", "quota": "min", "cap": "max", "remains": "max"}
    for clause in world["clauses"]:
        key = keys.get(clause["kind"])
        if key is None or clause.get("prefer") or (clause["id"], key) in mended:
            continue
        for value in range(7):
            clauses = [{**c, key: value} if c is clause else c for c in world["clauses"]]
            assert Truth({**world, "clauses": clauses}).best() is None


LOOSER = {"min": -1, "max": 1, "at_least": -1, "seats": 1}


@THOROUGH
@given(world=way_worlds(), data=st.data())
def test_one_more_captive_or_a_looser_number_never_lowers_what_is_reached(world, data, engine):
    assume(all(c["kind"] != "all_of" or c.get("prefer") for c in world["clauses"]))
    note(toml(world))
    note(str(world["held"]))
    problem = problem_of(world)
    before = values_of(problem, engine)
    if before is None:
        return
    numbers = [
        number
        for clause in problem.agreement.clauses
        if not clause.prefer
        for number in numbers_of(problem, clause)
        if number.key in LOOSER
    ]
    if numbers and data.draw(st.booleans(), label="loosen"):
        number = data.draw(st.sampled_from(numbers))
        value = number.value + LOOSER[number.key]
        assume(number.least <= value <= number.most)
        after = values_of(with_number(problem, number, value), engine)
    else:
        holder = data.draw(st.sampled_from(("RU", "UA")))
        rows = world["held"][holder]
        # One more who is held makes the same number who return a smaller share.
        assume(rows and "least_share" not in world["objectives"])
        another = {**data.draw(st.sampled_from(rows)), "ref": f"{holder}-9"}
        held = {**world["held"], holder: [*rows, another]}
        after = values_of(problem_of({**world, "held": held}), engine)
    assert after is not None
    assert list(after) == list(before)
    assert tuple(after.values()) >= tuple(before.values())


def _alone(repairs):
    """Return the repairs of one number; the others have tests of their own."""
    return [r for r in repairs if "with" not in r and r["change"]["to"] is not None]


def _mended(world, repair, back: int):
    """Return the world with a repair made, `back` short of it."""
    change = repair["change"]
    sense = 1 if change["to"] > change["from"] else -1
    value, place = change["to"] - sense * back, change.get("place", 1) - 1
    clauses = []
    for clause in world["clauses"]:
        if clause["id"] != repair["clause"]:
            clauses.append(clause)
        elif clause["kind"] == "ratio":
            clauses.append({**clause, "give": [{**clause["give"][0], "count": value}]})
        elif change["key"] == "at_least":
            numbers = list(clause["at_least"])
            numbers[place] = value
            clauses.append({**clause, "at_least": numbers})
        elif change["key"] == "rounds" and "at_least" in clause:
            padded = [*clause["at_least"], *[0] * (value - len(clause["at_least"]))]
            clauses.append({**clause, "rounds": value, "at_least": padded})
        else:
            clauses.append({**clause, change["key"]: value})
    return {**world, "clauses": clauses}


def _nearer(world, repair):
    size = abs(repair["change"]["to"] - repair["change"]["from"])
    return [_mended(world, repair, back) for back in range(1, min(size, 4))]
