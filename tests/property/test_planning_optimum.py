"""The planner against brute force: value, feasibility, certificate, and every mutation of it."""

from __future__ import annotations

import copy

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from planning_worlds import brute_force, crossing_worlds, toml, worlds

from homeward.foundation.canonical import canonical_bytes, seal_document
from homeward.foundation.errors import RuleError, TamperError
from homeward.planning import check_plan, make_plan
from homeward.planning.conflicts import is_feasible
from homeward.planning.engine import Engine
from homeward.planning.problem import compile_problem
from homeward.terms import read_agreement
from homeward.terms.pool import Pool

THOROUGH = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def engine():
    with Engine() as running:
        yield running


def _planned(world, engine):
    agreement = read_agreement(toml(world))
    pool = Pool.of(agreement, world["held"])
    return agreement, pool, make_plan(agreement, pool, engine)


def _sealed(plan):
    return canonical_bytes(seal_document(plan, "plan_sha256"))


@THOROUGH
@given(world=worlds())
def test_a_plan_is_as_good_as_the_best_of_all_subsets(world, engine):
    note(toml(world))
    truth = brute_force(world)
    agreement, pool, plan = _planned(world, engine)
    if truth is None:
        assert plan["status"] == "infeasible"
        assert plan["conflicts"]
        return
    assert plan["status"] == "optimal"
    reached = [level["value"] for level in plan["certificate"]["levels"]]
    assert tuple(reached[: len(truth)]) == truth
    data = canonical_bytes(plan)
    assert check_plan(agreement, pool, data) == plan
    for party in world["parties"]:
        alone = Pool.of(agreement, {party: world["held"][party]})
        assert check_plan(agreement, alone, data, party=party) == plan


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=crossing_worlds())
def test_a_plan_under_quotas_that_cross_is_as_good_as_the_best_of_all_subsets(world, engine):
    truth = brute_force(world)
    agreement, pool, plan = _planned(world, engine)
    reached = [level["value"] for level in plan["certificate"]["levels"]]
    assert plan["status"] == "optimal"
    assert tuple(reached[: len(truth)]) == truth
    data = canonical_bytes(plan)
    check_plan(agreement, pool, data)
    for party in world["parties"]:
        check_plan(agreement, Pool.of(agreement, {party: world["held"][party]}), data, party=party)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds(parties=("RU", "UA", "BY"), most=6))
def test_a_plan_between_three_parties_is_as_good_as_the_best_of_all_subsets(world, engine):
    truth = brute_force(world)
    agreement, pool, plan = _planned(world, engine)
    if truth is None:
        assert plan["status"] == "infeasible"
        return
    reached = [level["value"] for level in plan["certificate"]["levels"]]
    assert plan["status"] == "optimal"
    assert tuple(reached[: len(truth)]) == truth
    check_plan(agreement, pool, canonical_bytes(plan))


@THOROUGH
@given(world=worlds(), data=st.data())
def test_every_change_of_a_plan_is_refused_even_with_its_hash_made_anew(world, data, engine):
    agreement, pool, plan = _planned(world, engine)
    if plan["status"] != "optimal":
        return
    changed = copy.deepcopy(plan)
    what = data.draw(
        st.sampled_from(("move", "drop", "value", "sum", "share", "count", "level", "seed"))
    )
    levels = changed["certificate"]["levels"]
    match what:
        case "move":
            outside = [m["ref"] for m in plan["moves"]]
            stay = [
                (h, p) for h, rows in world["held"].items() for p in rows if p["ref"] not in outside
            ]
            if not stay or not changed["moves"]:
                return
            holder, person = data.draw(st.sampled_from(stay))
            changed["moves"][0] |= {
                "ref": person["ref"],
                "holder": holder,
                "home": person["power"],
                "destination": person["power"],
            }
        case "drop":
            if not changed["moves"]:
                return
            changed["moves"].pop()
        case "value" | "level" | "sum" if not levels:
            return
        case "value":
            level = data.draw(st.sampled_from(levels))
            level["value"] += data.draw(st.sampled_from((-1, 1)))
        case "sum":
            sums = data.draw(st.sampled_from(levels))["bound"]["sums"]
            sums[data.draw(st.sampled_from(sorted(sums)))] -= 1
        case "level":
            levels.pop(data.draw(st.integers(0, len(levels) - 1)))
        case "share":
            values = changed["certificate"]["shares"]["UA"]["values"]
            if not values:
                return
            values[0] += 1
        case "count":
            changed["counts"]["RU -> UA"] = changed["counts"].get("RU -> UA", 0) + 1
        case "seed":
            changed["seed"] = "0" * 64
    with pytest.raises((TamperError, RuleError)):
        check_plan(agreement, pool, _sealed(changed))


@THOROUGH
@given(world=worlds(), data=st.data())
def test_a_party_alone_refuses_every_false_word_about_its_own_people(world, data, engine):
    agreement, _, plan = _planned(world, engine)
    if plan["status"] != "optimal":
        return
    party = data.draw(st.sampled_from(world["parties"]))
    alone = Pool.of(agreement, {party: world["held"][party]})
    changed = copy.deepcopy(plan)
    own = [move for move in changed["moves"] if move["holder"] == party]
    what = data.draw(st.sampled_from(("drop", "twice", "flag", "basis", "phase", "home", "share")))
    match what:
        case "share":
            numbers = data.draw(st.sampled_from(sorted(changed["certificate"]["shares"][party])))
            if not changed["certificate"]["shares"][party][numbers]:
                return
            changed["certificate"]["shares"][party][numbers][0] += 1
        case _ if not own:
            return
        case "drop":
            changed["moves"].remove(own[0])
        case "twice":
            changed["moves"].insert(changed["moves"].index(own[0]), dict(own[0]))
        case "flag" if "flags" in own[0]:
            del own[0]["flags"]
        case "flag":
            own[0]["flags"] = ["ask"]
        case "basis":
            own[0]["basis"] = "agreed" if own[0]["basis"] == "article_109" else "article_109"
        case "phase":
            own[-1]["phase"] = 2
        case "home":
            own[-1]["destination"] = party
    with pytest.raises((TamperError, RuleError)):
        check_plan(agreement, alone, _sealed(changed), party=party)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds(most=5), data=st.data())
def test_any_other_byte_is_refused(world, data, engine):
    agreement, pool, plan = _planned(world, engine)
    good = canonical_bytes(plan)
    for _ in range(20):
        place = data.draw(st.integers(0, len(good) - 1))
        bad = bytearray(good)
        bad[place] ^= data.draw(st.integers(1, 255))
        with pytest.raises(TamperError):
            check_plan(agreement, pool, bytes(bad))
    with pytest.raises(TamperError):
        check_plan(agreement, pool, good + b"\n")


@settings(max_examples=45, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds())
def test_each_conflict_is_a_conflict_and_needs_each_of_its_clauses(world, engine):
    agreement, pool, plan = _planned(world, engine)
    problem = compile_problem(agreement, pool, seed=plan["seed"])
    for conflict in plan["conflicts"]:
        core = frozenset(conflict["clauses"])
        assert not is_feasible(problem, engine, core)
        for clause in core:
            assert is_feasible(problem, engine, core - {clause})
    for repair in plan["repairs"]:
        parts = {part["clause"]: part["change"] for part in (repair, *repair.get("with", ()))}
        mended = [
            c | ({parts[c["id"]]["key"]: parts[c["id"]]["to"]} if c["id"] in parts else {})
            for c in world["clauses"]
            if c["id"] not in parts or parts[c["id"]]["to"] is not None
        ]
        assert brute_force(world | {"clauses": mended}) is not None


@settings(max_examples=45, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds())
def test_whoever_is_vetoed_or_refuses_is_in_no_plan(world, engine):
    _, _, plan = _planned(world, engine)
    vetoed = {x for c in world["clauses"] if c["kind"] == "veto" for x in c["persons"]}
    refuses = {
        f"{h}:{p['ref']}"
        for h, rows in world["held"].items()
        for p in rows
        if p["consent"] == "no" and p["alive"] != "no"
    }
    moved = {f"{m['holder']}:{m['ref']}" for m in plan["moves"]}
    assert not moved & (vetoed | refuses)
