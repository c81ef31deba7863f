"""The checker against a second one that shares no line with it, on good and forged proofs."""

from __future__ import annotations

import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from planning_worlds import brute_force, crossing_worlds, toml, worlds
from second_checker import Left, RefusedError

from homeward.planning import make_plan
from homeward.planning.certificate import (
    CertificateError,
    Face,
    bound_terms,
    holder_sums,
    verify_level,
    weigh,
)
from homeward.planning.engine import Engine
from homeward.planning.problem import compile_problem
from homeward.terms import read_agreement
from homeward.terms.pool import Pool

OFTEN = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def engine():
    with Engine() as running:
        yield running


def as_lists(face: Face) -> Left:
    """Return a face as the second checker has it."""
    people = range(len(face.open))
    columns = [column.tolist() for column in face.columns[:, face.kind]]
    return Left(
        row=[
            [
                [sum(f * c[i] for f, c in zip(row, columns, strict=True)) for row in factors]
                for i in people
            ]
            for factors in face.ways.tolist()
        ],
        low=list(face.low),
        high=list(face.high),
        open=face.open.tolist(),
        told=[[column[i] for column in columns] for i in people],
        slack=[
            (s.low, s.high, [s.rows.get(r, 0) for r in range(len(face.low))]) for s in face.slacks
        ],
        holder=[face.holders[number] for number in face.holder.tolist()],
    )


def both(face, worths, levels):
    """Return whether each checker accepts the levels, one after the other."""
    left, first, second = as_lists(face), True, True
    try:
        for worth, level in zip(worths, levels, strict=True):
            face = verify_level(face, worth, level)
    except CertificateError:
        first = False
    try:
        for worth, level in zip(worths, levels, strict=True):
            slack = [worth.slack(s) for s in range(len(face.slacks))]
            left.verify(worth.people.tolist(), list(worth.ways), slack, level)
    except (RefusedError, KeyError, TypeError):
        second = False
    if first and second:
        assert left.open == face.open.tolist()
    return first, second


def proved(world, engine):
    agreement = read_agreement(toml(world))
    pool = Pool.of(agreement, world["held"])
    plan = make_plan(agreement, pool, engine)
    problem = compile_problem(agreement, pool, seed=plan["seed"])
    levels = plan["certificate"].get("levels", [])
    face, worths = problem.face(), []
    start = face
    for level in levels:
        worths.append(problem.worth(level["id"], face))
        face = verify_level(face, worths[-1], level)
    return start, worths, levels


def numbers(node, path=()):
    """Yield the path of every number in a JSON value."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from numbers(value, (*path, key))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from numbers(value, (*path, place))
    elif type(node) is int:
        yield path


@OFTEN
@given(world=st.one_of(worlds(most=7), crossing_worlds()), data=st.data())
def test_two_checkers_say_the_same_of_every_proof(world, data, engine):
    face, worths, levels = proved(world, engine)
    if not levels:
        return
    assert both(face, worths, levels) == (True, True)
    places = list(numbers(levels))
    for _ in range(5):
        forged = copy.deepcopy(levels)
        node, path = forged, data.draw(st.sampled_from(places))
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] += data.draw(st.sampled_from((-7, -1, 1, 3, 1 << 20)))
        first, second = both(face, worths, forged)
        assert first == second


@OFTEN
@given(world=st.one_of(worlds(most=7), crossing_worlds()), data=st.data())
def test_whatever_the_multipliers_no_plan_exceeds_their_bound(world, data, engine):
    truth = brute_force(world)
    face, worths, _ = proved(world, engine)
    if not truth or not worths:
        return
    for _ in range(10):
        scale = data.draw(st.sampled_from((1, 2, 60, 1 << 16)))
        y = [
            data.draw(st.integers(-40 * scale, 40 * scale)) * (low is not None and high is not None)
            for low, high in zip(face.low, face.high, strict=True)
        ]
        total = bound_terms(face, worths[0], y, scale)
        assert total is not None  # none of them leans on an open side
        total += sum(holder_sums(face, weigh(face, worths[0], y, scale)).values())
        assert total // scale >= truth[0]
