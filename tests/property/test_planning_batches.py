"""The course of the handover against a replay of the moves, one person at a time.

The replay reads moves and rows only. It stops after every batch, and in the middle of each, and
asks what a side has let go beyond what it got.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from planning_worlds import toml, worlds
from way_worlds import WEIGHTS, way_worlds
from way_worlds import toml as toml_of_ways

from homeward.foundation.canonical import canonical_bytes
from homeward.planning import check_plan, make_plan
from homeward.planning.engine import Engine
from homeward.terms import read_agreement
from homeward.terms.pool import Pool

OFTEN = settings(max_examples=60, suppress_health_check=list(HealthCheck))
GRADES = {"M": 1, "F": 3}
NEED = ("good", "sick", "wounded", "serious", "grave")


@pytest.fixture(scope="module")
def engine():
    with Engine() as running:
        yield running


@st.composite
def handovers(draw, parties=("RU", "UA", "BY")):
    """Draw an agreement as text, its lists, what a row counts for, the order, and the batch."""
    order = draw(st.sampled_from(("together", "exposure", "medical")))
    batch = None if order == "together" else draw(st.integers(1, 4))
    if draw(st.booleans()):
        world = draw(way_worlds())
        text = toml_of_ways(world)
        value = lambda row: WEIGHTS.get(row["rank"], 0)  # noqa: E731
    else:
        world = draw(worlds(parties=parties, most=7))
        scaled = draw(st.booleans())
        text = toml(world)
        if scaled:
            text += '\n[equivalents]\nby = "sex"\nM = 1\nF = 3'
        value = lambda row: GRADES[row["sex"]] if scaled else 1  # noqa: E731
    if batch is not None:
        text += f'\n[handover]\norder = "{order}"\nbatch = {batch}'
    return text, world, value, order, batch


def planned(text, held, engine):
    agreement = read_agreement(text)
    pool = Pool.of(agreement, held)
    plan = make_plan(agreement, pool, engine)
    if plan["status"] == "infeasible":
        assert (plan["moves"], plan["steps"], plan["exposure"]) == ([], [], {})
        return plan
    data = canonical_bytes(plan)
    assert check_plan(agreement, pool, data) == plan
    for party in held:
        alone = Pool.of(agreement, {party: held[party]})
        assert check_plan(agreement, alone, data, party=party) == plan
    return plan


def moments(plan):
    """Return what goes at once, one moment after the other; who is owed goes apart from them."""
    bargain = [move for move in plan["moves"] if move["basis"] != "article_109"]
    at = lambda move: (move["phase"], move["batch"])  # noqa: E731
    return [list(moves) for _, moves in groupby(sorted(bargain, key=at), key=at)]


def counts_for(move, rows, value):
    return 0 if move["basis"] == "remains" else value(rows[move["holder"], move["ref"]])


def replayed(plan, rows, value, parties):
    """Yield how far each party is behind, after every moment and in the middle of each."""
    behind = dict.fromkeys(parties, 0)
    for moves in moments(plan):
        for holder in parties:  # theirs have not gone yet
            gone = sum(counts_for(m, rows, value) for m in moves if m["holder"] == holder)
            yield {**behind, holder: behind[holder] + gone}
        for move in moves:
            behind[move["holder"]] += counts_for(move, rows, value)
            behind[move["home"]] -= counts_for(move, rows, value)
        yield dict(behind)


@OFTEN
@given(drawn=handovers())
def test_wherever_a_handover_breaks_off_nobody_is_further_behind_than_the_plan_says(drawn, engine):
    text, world, value, order, batch = drawn
    note(text)
    plan = planned(text, world["held"], engine)
    rows = {(h, row["ref"]): row for h, people in world["held"].items() for row in people}
    if plan["status"] == "infeasible":
        return
    worst = dict.fromkeys(world["held"], 0)
    for behind in replayed(plan, rows, value, world["held"]):
        worst = {party: max(most, behind[party]) for party, most in worst.items()}
    exposure = plan["exposure"]
    assert exposure["by_party"] == worst
    assert (exposure["order"], exposure["batch"]) == (order, batch)
    assert f"at most {max(worst.values())} {exposure['unit']} behind" in exposure["sentence"]


@OFTEN
@given(drawn=handovers())
def test_the_steps_are_the_moves_counted_and_no_batch_is_larger_than_agreed(drawn, engine):
    text, world, value, _, batch = drawn
    note(text)
    plan = planned(text, world["held"], engine)
    rows = {(h, row["ref"]): row for h, people in world["held"].items() for row in people}
    people, values = Counter(), Counter()
    for move in (move for moves in moments(plan) for move in moves):
        at = move["phase"], move["batch"], move["holder"], move["home"]
        people[at] += 1
        values[at] += counts_for(move, rows, value)
    stated = {
        (step["phase"], step["batch"], step["holder"], part["home"]): part
        for step in plan["steps"]
        for part in step["parts"]
    }
    assert {at: part["people"] for at, part in stated.items()} == people
    assert {at: part["value"] for at, part in stated.items()} == {at: values[at] for at in people}
    steps = [(step["phase"], step["batch"]) for step in plan["steps"]]
    assert steps == sorted(steps)
    for phase, numbers in groupby(steps, key=lambda at: at[0]):
        found = [number for _, number in numbers]
        assert set(found) == ({1} if batch is None else set(range(1, len(found) + 1))), phase
    if batch is not None:
        for step in plan["steps"]:
            assert 1 <= sum(part["people"] for part in step["parts"]) <= batch
        for at, later in pairwise(step for step in plan["steps"]):
            assert (at["phase"], at["batch"]) < (later["phase"], later["batch"])


@OFTEN
@given(drawn=handovers())
def test_whoever_is_worth_most_or_in_greatest_need_is_in_no_later_batch(drawn, engine):
    text, world, value, order, _ = drawn
    note(text)
    plan = planned(text, world["held"], engine)
    rows = {(h, row["ref"]): row for h, people in world["held"].items() for row in people}
    alike = lambda move: (move["phase"], move["holder"])  # noqa: E731
    bargain = sorted((m for moves in moments(plan) for m in moves), key=alike)
    for _, moves in groupby(bargain, key=alike):
        ranked = []
        for move in moves:
            health = rows[move["holder"], move["ref"]]["health"]
            need = NEED.index(health) if health in NEED else -1
            rank = (-counts_for(move, rows, value), -need)
            ranked.append((move["batch"], rank if order == "exposure" else rank[1:], move["ref"]))
        if order != "together":
            refs = [(rank, ref) for _, rank, ref in sorted(ranked)]
            assert refs == sorted(refs)


@OFTEN
@given(drawn=handovers(parties=("RU", "UA")))
def test_two_even_sides_are_never_further_apart_than_one_batch(drawn, engine):
    text, world, value, _, batch = drawn
    text += (
        '\n[[clause]]\nid = "level"\nkind = "balance"\nflows = ["RU -> UA", "UA -> RU"]\n'
        f'unit = "{"equivalents" if "[equivalents]" in text else "people"}"'
    )
    if batch is None or "balance" in str(world["clauses"]) or world["clauses"] == []:
        return
    note(text)
    plan = planned(text, world["held"], engine)
    rows = {(h, row["ref"]): row for h, people in world["held"].items() for row in people}
    for phase in range(1, plan["phases"] + 1):
        own = [step for step in plan["steps"] if step["phase"] == phase]
        worth = {side: sum(p["value"] for s in own if s["holder"] == side for p in s["parts"])
                 for side in ("RU", "UA")}  # fmt: skip
        if worth["RU"] != worth["UA"]:
            return  # a phase that is uneven by itself leaves one side behind however it goes
    most = max((sum(p["value"] for p in step["parts"]) for step in plan["steps"]), default=0)
    for behind in replayed(plan, rows, value, world["held"]):
        assert max(behind.values()) <= most


@OFTEN
@given(drawn=handovers(), outside=st.booleans())
def test_whoever_may_not_go_is_in_no_batch(drawn, outside, engine):
    text, world, _, _, _ = drawn
    if outside:
        text = text.replace('article_109 = "counted"', 'article_109 = "outside"')
    note(text)
    plan = planned(text, world["held"], engine)
    vetoed = {x for c in world["clauses"] if c["kind"] == "veto" for x in c["persons"]}
    strict = any(c["kind"] == "consent" and c["on_unknown"] == "exclude" for c in world["clauses"])
    rows = {(h, row["ref"]): row for h, people in world["held"].items() for row in people}
    for move in plan["moves"]:
        row = rows[move["holder"], move["ref"]]
        assert f"{move['holder']}:{move['ref']}" not in vetoed
        assert row["power"] == move["home"] != move["holder"]
        assert (row["alive"] == "no") == (move["basis"] == "remains")
        if move["basis"] != "remains":
            assert row["consent"] not in ({"no", "unknown"} if strict else {"no"})
            assert row.get("fit_to_travel") != "no"
            assert (row["consent"] == "unknown") == (move.get("flags") == ["ask"])
