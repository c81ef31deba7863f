"""Phases, ratios, scales, parole, bundles and wishes against brute force."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, note, settings
from way_worlds import Truth, toml, way_worlds

from homeward.foundation.canonical import canonical_bytes
from homeward.planning import check_plan, make_plan
from homeward.planning.engine import Engine
from homeward.planning.problem import TIES
from homeward.terms import read_agreement
from homeward.terms.pool import Pool


@pytest.fixture(scope="module")
def engine():
    with Engine() as running:
        yield running


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=way_worlds())
def test_a_plan_is_as_good_as_the_best_of_all_ways(world, engine):
    note(toml(world))
    note(str(world["held"]))
    truth = Truth(world).best()
    agreement = read_agreement(toml(world))
    pool = Pool.of(agreement, world["held"])
    plan = make_plan(agreement, pool, engine)
    if truth is None:
        assert plan["status"] == "infeasible"
        return
    assert plan["status"] == "optimal"
    levels = plan["certificate"]["levels"]
    reached = [level["value"] for level in levels if level["id"] not in TIES]
    assert tuple(reached) == truth, [level["id"] for level in levels]
    data = canonical_bytes(plan)
    assert check_plan(agreement, pool, data) == plan
    for party in world["held"]:
        alone = Pool.of(agreement, {party: world["held"][party]})
        assert check_plan(agreement, alone, data, party=party) == plan
