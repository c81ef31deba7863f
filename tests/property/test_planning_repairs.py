"""Repairs of several numbers, and clauses that would have to go, against brute force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st
from way_conflicts import Subsets
from way_worlds import FLOWS, Truth, toml, way_worlds

from homeward.planning.conflicts import explain
from homeward.planning.engine import Engine
from homeward.planning.feasible import is_feasible
from homeward.planning.loosening import least_changes
from homeward.planning.problem import compile_problem
from homeward.planning.removals import TOLD_MAX, smallest_hitting
from homeward.terms import read_agreement
from homeward.terms.pool import Pool

THOROUGH = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
FAR = 7
"""More than the people of a list, and more than any number drawn."""

VECTORS_MAX = 2_000

Change = tuple[str, str, int, int]
"""Clause, key, place (0 where there is one number), what it is instead."""


@pytest.fixture(scope="module")
def engine():
    with Engine() as running:
        yield running


@st.composite
def torn_worlds(draw) -> dict[str, Any]:
    """Draw a world to which bounds were added that are often too tight for one another."""
    world = draw(way_worlds())
    clauses = list(world["clauses"])
    for n in range(draw(st.integers(1, 3))):
        kind, key = draw(st.sampled_from((("quota", "min"), ("cap", "max"), ("give", "count"))))
        where = draw(st.sampled_from(("women", "hurt", None)))
        flows = draw(st.lists(st.sampled_from(FLOWS), min_size=1, max_size=2, unique=True))
        asked = {"min": draw(st.integers(1, 5)), "max": draw(st.integers(0, 1)), "count": 5}[key]
        extra = {"scope": "sum", "unit": "people"} if kind == "quota" else {}
        found = {"id": f"t{n}", "kind": kind, "flows": flows, key: asked, **extra}
        clauses.append(found | ({"where": where} if where else {}))
    return {**world, "clauses": clauses}


def problem_of(world: Mapping[str, Any]):
    agreement = read_agreement(toml(world))
    return compile_problem(agreement, Pool.of(agreement, world["held"]), seed="")


def numbers(world: Mapping[str, Any], *, with_counts: bool) -> Iterator[tuple[Change, list[int]]]:
    """Yield every number that may give way as it is, and all that it may be."""
    for clause in world["clauses"]:
        if clause.get("prefer"):
            continue
        name = clause["id"]
        match clause["kind"]:
            case "quota":
                yield (name, "min", 0, clause["min"]), list(range(clause["min"], -1, -1))
            case "cap" | "remains":
                yield (name, "max", 0, clause["max"]), list(range(clause["max"], FAR))
            case "give" if with_counts:
                near = sorted(range(FAR), key=lambda v, c=clause["count"]: abs(v - c))
                yield (name, "count", 0, clause["count"]), near
            case "phase":
                for place, least in enumerate(clause.get("at_least", []), 1):
                    yield (name, "at_least", place, least), list(range(least, -1, -1))
                if "seats" in clause:
                    yield (name, "seats", 0, clause["seats"]), list(range(clause["seats"], FAR))


def changed(world: Mapping[str, Any], changes: Sequence[Change]) -> dict[str, Any]:
    """Return the world with these numbers instead."""
    clauses = {clause["id"]: dict(clause) for clause in world["clauses"]}
    for name, key, place, value in changes:
        if place:
            listed = list(clauses[name][key])
            listed[place - 1] = value
            clauses[name][key] = listed
        else:
            clauses[name][key] = value
    return {**world, "clauses": list(clauses.values())}


def least_by_force(world: Mapping[str, Any], *, with_counts: bool) -> int | None:
    """Return the least sum of changes with which a plan exists; None if no vector has one."""
    truth = Truth(world)  # what everybody could do hangs on no number
    if any(not choices for choices in truth.choices) or truth._named_and_absent():
        return None
    free = list(numbers(world, with_counts=with_counts))
    options, vectors = [], 1
    for clause in world["clauses"]:
        own = [(number, values) for number, values in free if number[0] == clause["id"]]
        if not clause.get("prefer"):
            options.append(list(_options(truth, world, clause, own)))
            vectors *= len(options[-1])
    assume(vectors <= VECTORS_MAX)
    chosen = sorted(product(*options), key=lambda each: sum(size for size, _ in each))
    for vector in chosen:
        if np.logical_and.reduce([kept for _, kept in vector]).any():
            return sum(size for size, _ in vector)
    return None


def _options(truth, world, clause, own) -> Iterator[tuple[int, Any]]:
    """Yield what a clause with other numbers keeps, and how far these are from its own."""
    for chosen in product(*(values for _, values in own)):
        changes = [(*number[:3], value) for (number, _), value in zip(own, chosen, strict=True)]
        (after,) = (c for c in changed(world, changes)["clauses"] if c["id"] == clause["id"])
        kept = truth.sums(lambda *_: 0) == 0
        for total, low, high in truth.asks(after):
            kept &= (total >= low) & (total <= high)
        if kept.any():
            yield sum(abs(v - n[3]) for (n, _), v in zip(own, chosen, strict=True)), kept


def parts_of(repair: Mapping[str, Any]) -> list[Change]:
    return [
        (part["clause"], c["key"], c.get("place", 0), c["to"])
        for part in (repair, *repair.get("with", ()))
        for c in [part["change"]]
    ]


@THOROUGH
@given(world=torn_worlds())
def test_numbers_changed_together_are_the_least_there_are(world, engine):
    note(toml(world))
    note(str(world["held"]))
    problem = problem_of(world)
    assume(not is_feasible(problem, engine))
    told = least_changes(problem, engine)
    least = least_by_force(world, with_counts=False)
    if least is None:
        least = least_by_force(world, with_counts=True)
    assert (least is None) == (not told)
    assert sum(abs(value - number.value) for number, value in told) == (least or 0)
    changes = [(n.clause, n.key, n.place, value) for n, value in told]
    if told:
        assert Truth(changed(world, changes)).best() is not None


@THOROUGH
@given(world=torn_worlds())
def test_a_repair_mends_everything_and_needs_each_of_its_changes(world, engine):
    note(toml(world))
    note(str(world["held"]))
    problem = problem_of(world)
    assume(not is_feasible(problem, engine))
    _, repairs = explain(problem, engine)
    several = [repair for repair in repairs if "with" in repair]
    assume(several)
    for repair in several:
        parts = parts_of(repair)
        assert all(
            f"clause{'' if to is not None else 's'}" in repair["sentence"] for *_, to in parts
        )
        assert all(name in repair["sentence"] for name, *_ in parts)
        if repair["change"]["to"] is None:
            continue
        assert Truth(changed(world, parts)).best() is not None
        as_agreed = {
            (n, key, place): value for (n, key, place, value), _ in numbers(world, with_counts=True)
        }
        for n, (name, key, place, to) in enumerate(parts):
            before = as_agreed[name, key, place]
            nearer = to + (1 if to < before else -1)
            for less in {before, nearer}:
                short = [*parts[:n], (name, key, place, less), *parts[n + 1 :]]
                assert Truth(changed(world, short)).best() is None


@THOROUGH
@given(world=torn_worlds())
def test_clauses_that_would_have_to_go_are_the_fewest(world, engine):
    note(toml(world))
    note(str(world["held"]))
    problem = problem_of(world)
    assume(not is_feasible(problem, engine))
    _, repairs = explain(problem, engine)
    removals = [
        {part["clause"] for part in (r, *r.get("with", ()))}
        for r in repairs
        if r["change"]["to"] is None
    ]
    assume(removals or not repairs)
    assert 1 <= len(removals) <= TOLD_MAX
    (size,) = {len(gone) for gone in removals}
    hard = [c["id"] for c in world["clauses"] if not c.get("prefer")]
    conflicts = Subsets(world).minimal
    fewest = [
        set(gone)
        for count in range(size + 1)
        for gone in combinations(hard, count)
        if all(core & set(gone) for core in conflicts)
        and Truth(_without(world, gone)).best() is not None
    ]
    assert min(map(len, fewest)) == size
    assert all(gone in fewest for gone in removals)
    assert len(removals) == min(TOLD_MAX, len(fewest))


def _without(world, gone):
    return {**world, "clauses": [c for c in world["clauses"] if c["id"] not in gone]}


@given(sets=st.lists(st.frozensets(st.sampled_from("abcdefg"), max_size=4), max_size=7))
def test_no_fewer_clauses_hit_every_set(sets):
    found = smallest_hitting(sets, "abcdefg")
    hitting = [
        frozenset(chosen)
        for count in range(8)
        for chosen in combinations("abcdefg", count)
        if all(set(chosen) & each for each in sets)
    ]
    assert (found is None) == (not hitting)
    if found is not None:
        assert found in hitting
        assert len(found) == len(hitting[0])
