"""The planner against other algorithms, on lists too long to try every subset.

Each oracle reads the rows by itself: a whole-number program with one variable a person, cycles
of a circulation, a table over the sums of a scale, and swaps of single people.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from itertools import permutations

import highspy
import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from planning_worlds import CALM, DAY, asks, placed, toml, worlds, worth

from homeward.foundation.canonical import canonical_bytes
from homeward.planning import check_plan, make_plan
from homeward.planning.engine import Engine
from homeward.terms import read_agreement
from homeward.terms.pool import Pool

OFTEN = settings(max_examples=40, suppress_health_check=list(HealthCheck))
MANY = 45
"""People on each list, at most."""
SCALED = 13
"""The same under a scale, where a proof may have to split often."""


@pytest.fixture(scope="module")
def engine():
    with Engine() as running:
        yield running


def planned(text, held, engine, seed="0" * 64):
    agreement = read_agreement(text)
    pool = Pool.of(agreement, held)
    plan = make_plan(agreement, pool, engine, seed=seed)
    if plan["status"] != "infeasible":
        assert check_plan(agreement, pool, canonical_bytes(plan), seed=seed) == plan
    return plan


def reached(plan, count):
    return tuple(level["value"] for level in plan["certificate"]["levels"][:count])


def signed(objective):
    """Return what one person adds to an objective, so that more is better."""
    sense, text = objective
    value = worth(text)
    return lambda h, p: value(h, p) * (1 if sense == "max" else -1)


class PerPerson:
    """A whole-number program with one variable a person, solved level by level."""

    def __init__(self, world) -> None:
        people = placed(world)
        self.people = [*people.must, *people.free]
        self.solver = highspy.Highs()
        self.solver.setOptionValue("output_flag", False)
        self.solver.setOptionValue("mip_rel_gap", 0.0)
        self.solver.setOptionValue("mip_abs_gap", 0.5)
        for number in range(len(self.people)):
            self.solver.addVar(float(number < len(people.must)), 1.0)
            self.solver.changeColIntegrality(number, highspy.HighsVarType.kInteger)
        self.is_kept = people.is_kept
        for clause in world["clauses"]:
            for least, most, feature in asks(clause):
                added = self.added(feature)
                self.is_kept &= bool(added.any()) or least <= 0 <= most
                self.row(least, most, added)

    def added(self, feature):
        return np.array([feature(h, p) for h, p in self.people], dtype=np.float64)

    def row(self, least, most, added):
        at = np.flatnonzero(added)
        self.solver.addRow(float(least), float(most), len(at), at.astype(np.int32), added[at])

    def best(self, objectives):
        """Return the best values, or None if no plan keeps every clause."""
        found = []
        for objective in [*objectives, None]:
            added = self.added((lambda *_: 0) if objective is None else signed(objective))
            for number, value in enumerate(added):
                self.solver.changeColCost(number, -value)
            if not self.is_kept or (self.people and not self.solved()):
                return None
            if objective is not None:
                x = np.rint(self.solver.getSolution().col_value)
                found.append(int(added @ x) if self.people else 0)
                self.row(found[-1], found[-1], added)
        return tuple(found)

    def solved(self) -> bool:
        self.solver.run()
        status = self.solver.getModelStatus()
        kinds = highspy.HighsModelStatus
        assert status in {kinds.kOptimal, kinds.kInfeasible}, status
        return status == kinds.kOptimal


@OFTEN
@given(world=worlds(most=MANY))
def test_a_plan_is_as_good_as_a_program_with_one_variable_a_person(world, engine):
    note(toml(world))
    plan = planned(toml(world), world["held"], engine)
    truth = PerPerson(world).best(world["objectives"])
    if truth is None:
        assert plan["status"] == "infeasible"
    else:
        assert plan["status"] == "optimal"
        assert reached(plan, len(truth)) == truth


@OFTEN
@given(world=worlds(parties=("RU", "UA", "BY"), most=MANY // 2))
def test_no_swap_of_single_people_reaches_more_on_any_level(world, engine):
    note(toml(world))
    plan = planned(toml(world), world["held"], engine)
    if plan["status"] == "infeasible":
        return
    people = placed(world)
    moved = {(move["holder"], move["ref"]) for move in plan["moves"]}
    everybody = [*people.must, *people.free]
    goes = np.array([(h, p["ref"]) in moved for h, p in everybody], dtype=bool)
    assert goes[: len(people.must)].all()
    ranges = [ask for clause in world["clauses"] for ask in asks(clause)]
    rows = table([feature for _, _, feature in ranges], everybody)
    low, high = (np.array([ask[side] for ask in ranges]) for side in (0, 1))
    values = table([signed(objective) for objective in world["objectives"]], everybody)
    at, aims = rows[goes].sum(axis=0), values[goes].sum(axis=0)
    assert ((low <= at) & (at <= high)).all()
    out = [None, *np.flatnonzero(goes[len(people.must) :]) + len(people.must)]
    for leaves in out:
        for comes in (None, *np.flatnonzero(~goes)):
            kept, aimed = at.copy(), aims.copy()
            for person, sign in ((leaves, -1), (comes, 1)):
                if person is not None:
                    kept += sign * rows[person]
                    aimed += sign * values[person]
            if ((low <= kept) & (kept <= high)).all():
                assert tuple(aimed) <= tuple(aims)


def table(features, people):
    """Return what each person adds to each of some sums, shape `(n_people, n_sums)`."""
    cells = [[feature(h, p) for feature in features] for h, p in people]
    return np.array(cells, dtype=np.int64).reshape(len(people), len(features))


def captives(rng, codes, most, *, scale=()):
    """Return lists of people whom nothing keeps, each held by one party and from another."""
    return {
        code: [
            CALM
            | {
                "ref": str(number),
                "power": rng.choice([other for other in codes if other != code]),
                "sex": "M",
                "health": "good",
                "rank": rng.choice(scale) if scale else "",
                "captured_on": (DAY - dt.timedelta(rng.choice((3, 40, 41, 900, 901)))).isoformat(),
            }
            for number in range(rng.randint(0, most))
        ]
        for code in codes
    }


def exchange(codes, body):
    """Return an agreement in which every party lets people go to every other."""
    flows = ", ".join(f'"{a} -> {b}"' for a, b in permutations(codes, 2))
    return (
        '[agreement]\nid = "test"\nmediators = []\neffective = 2025-02-05\n'
        'article_109 = "counted"\n[parties]\n'
        + "".join(f"{code} = {{}}\n" for code in codes)
        + body
        + f'[[clause]]\nid = "even"\nkind = "balance"\nflows = [{flows}]\n'
    )


MOST_DAYS = '[[objective]]\nmax = "sum(days_held)"\n'


@OFTEN
@given(seed=st.integers(0, 2**32), codes=st.integers(2, 5))
def test_an_even_exchange_is_the_heaviest_circulation(seed, codes, engine):
    codes = ("RU", "UA", "BY", "XA", "XB")[:codes]
    held = captives(random.Random(seed), codes, 60 // len(codes))
    plan = planned(exchange(codes, "") + MOST_DAYS, held, engine)
    arcs = [(h, p["power"], days_of(p)) for h, rows in held.items() for p in rows]
    assert reached(plan, 1) == (heaviest(codes, arcs),)


def days_of(row):
    return (DAY - dt.date.fromisoformat(row["captured_on"])).days


def heaviest(codes, arcs):
    """Return the weight of the heaviest circulation: turn cycles that gain until none is left."""
    used = [False] * len(arcs)
    while cycle := gaining(codes, arcs, used):
        for number in cycle:
            used[number] = not used[number]
    return sum(weight for (_, _, weight), on in zip(arcs, used, strict=True) if on)


def gaining(codes, arcs, used):
    """Return the arcs of a cycle that gains weight if each is turned, or none (Bellman-Ford)."""
    steps = [
        (home, holder, -weight, number) if on else (holder, home, weight, number)
        for number, ((holder, home, weight), on) in enumerate(zip(arcs, used, strict=True))
    ]
    most, came = dict.fromkeys(codes, 0), {}
    last = None
    for _ in codes:
        last = None
        for begin, end, weight, number in steps:
            if most[begin] + weight > most[end]:
                most[end] = most[begin] + weight
                came[end] = begin, number
                last = end
    if last is None:
        return []
    for _ in codes:  # back into the cycle
        last = came[last][0]
    cycle, at = [], last
    while not cycle or at != last:
        at, number = came[at]
        cycle.append(number)
    return cycle


WEIGHTS = {"private": 1, "captain": 6, "colonel": 15, "general": 60}


@OFTEN
@given(seed=st.integers(0, 2**32))
def test_an_even_exchange_on_a_scale_is_the_best_of_all_sums(seed, engine):
    rng = random.Random(seed)
    held = captives(rng, ("RU", "UA"), SCALED, scale=rng.choices((*WEIGHTS, ""), k=3))
    scale = '[equivalents]\nby = "rank"\n' + "".join(f"{r} = {w}\n" for r, w in WEIGHTS.items())
    text = exchange(("RU", "UA"), scale) + 'unit = "equivalents"\n' + MOST_DAYS
    plan = planned(text, held, engine)
    one, other = (best_by_sum(rows) for rows in held.values())
    assert reached(plan, 1) == (max(one[total] + other[total] for total in one.keys() & other),)


def best_by_sum(rows):
    """Return the most days for each sum of equivalents that some of these people have."""
    best = {0: 0}
    for weight, days in on_scale(rows):
        for total, most in list(best.items()):
            best[total + weight] = max(best.get(total + weight, 0), most + days)
    return best


def on_scale(rows) -> Iterator[tuple[int, int]]:
    for row in rows:
        if row["rank"]:
            yield WEIGHTS[row["rank"]], days_of(row)
