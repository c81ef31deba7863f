"""What a plan does not depend on: the order of anything, names, and the machine it is made on."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from planning_worlds import crossing_worlds, toml, worlds
from way_worlds import toml as toml_of_ways
from way_worlds import way_worlds

from homeward.foundation.canonical import canonical_bytes
from homeward.planning import make_plan
from homeward.planning.engine import Engine
from homeward.planning.problem import Problem
from homeward.terms import read_agreement
from homeward.terms.pool import Pool

OFTEN = settings(max_examples=40, suppress_health_check=list(HealthCheck))
SEED = "0" * 64


@pytest.fixture(scope="module")
def engine():
    with Engine() as running:
        yield running


def planned(text, held, engine):
    agreement = read_agreement(text)
    return make_plan(agreement, Pool.of(agreement, held), engine, seed=SEED)


def mixed(items, rng):
    return rng.sample(items, len(items))


def goers(plan):
    """Return who goes, and how, but for the batch."""
    return [{key: value for key, value in m.items() if key != "batch"} for m in plan["moves"]]


def told(plan):
    """Return what a plan says beside who goes and how it is proved."""
    keys = ("status", "objectives", "counts", "review", "could_go", "legal_findings", "exposure")
    return {key: plan[key] for key in keys}


@OFTEN
@given(world=st.one_of(worlds(), way_worlds()), seed=st.integers(0, 2**32))
def test_lists_rows_and_cells_in_another_order_give_the_same_bytes(world, seed, engine):
    text = toml(world) if "parties" in world else toml_of_ways(world)
    rng = random.Random(seed)
    other = {
        holder: [dict(mixed(list(row.items()), rng)) for row in mixed(rows, rng)]
        for holder, rows in mixed(list(world["held"].items()), rng)
    }
    one, two = (planned(text, held, engine) for held in (world["held"], other))
    assert canonical_bytes(one) == canonical_bytes(two)


@OFTEN
@given(world=worlds(parties=("RU", "UA", "BY"), most=8), seed=st.integers(0, 2**32))
def test_clauses_flows_and_parties_in_another_order_give_the_same_plan(world, seed, engine):
    note(toml(world))
    rng = random.Random(seed)
    clauses = [
        {key: mixed(v, rng) if isinstance(v, list) else v for key, v in clause.items()}
        for clause in mixed(world["clauses"], rng)
    ]
    other = {**world, "clauses": clauses, "parties": mixed(world["parties"], rng)}
    one, two = (planned(toml(w), world["held"], engine) for w in (world, other))
    assert one["moves"] == two["moves"]
    assert {**told(one), "legal_findings": []} == {**told(two), "legal_findings": []}
    findings = [sorted(f["sentence"] for f in plan["legal_findings"]) for plan in (one, two)]
    assert findings[0] == findings[1]
    cores = [{frozenset(c["clauses"]) for c in plan["conflicts"]} for plan in (one, two)]
    assert cores[0] == cores[1]


@OFTEN
@given(world=worlds(parties=("RU", "UA", "BY"), most=8))
def test_other_names_of_clauses_and_categories_give_the_same_people(world, engine):
    text = toml(world)
    other = text
    for clause in world["clauses"]:
        other = other.replace(f'id = "{clause["id"]}"', f'id = "z-{clause["id"]}"')
    for name in ("wounded", "hurt", "women", "long_held", "civilians"):
        for quote in (f"\n{name} = ", f'"{name}"', f"count({name})"):
            other = other.replace(quote, quote.replace(name, f"y_{name}"))
    one, two = (planned(t, world["held"], engine) for t in (text, other))
    assert one["moves"] == two["moves"]
    assert [o["value"] for o in one["objectives"]] == [o["value"] for o in two["objectives"]]
    cores = {
        frozenset(f"z-{c}" if c != "consent" else c for c in x["clauses"]) for x in one["conflicts"]
    }
    assert {frozenset(x["clauses"]) for x in two["conflicts"]} == cores


def renamed(world, name):
    """Return a world in which everybody has another reference."""
    held = {
        holder: [{**row, "ref": name(row["ref"])} for row in rows]
        for holder, rows in world["held"].items()
    }
    clauses = []
    for clause in world["clauses"]:
        people = {
            key: [f"{h}:{name(ref)}" for h, _, ref in (text.partition(":") for text in clause[key])]
            for key in ("persons", "requires")
            if key in clause
        }
        clauses.append({**clause, **people})
    return {**world, "held": held, "clauses": clauses}


@OFTEN
@given(world=worlds(parties=("RU", "UA", "BY"), most=8), seed=st.integers(0, 2**32))
def test_the_plan_of_renamed_people_is_the_renamed_plan(world, seed, engine):
    """The draw goes by names; with each person's own draw kept, nothing else does.

    Without that everything above the draw stays: whatever is sought reaches as much.
    """
    note(toml(world))
    refs = sorted({row["ref"] for rows in world["held"].values() for row in rows})
    name = dict(
        zip(
            refs,
            mixed([f"n{number}" for number in range(len(refs))], random.Random(seed)),
            strict=True,
        )
    )
    back = {new: old for old, new in name.items()}
    other = renamed(world, name.__getitem__)
    one = planned(toml(world), world["held"], engine)
    two = planned(toml(other), other["held"], engine)
    count = len(world["objectives"])
    assert one["objectives"][:count] == two["objectives"][:count]
    assert one["status"] == two["status"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Problem, "tie", drawn_by(back))
        two = planned(toml(other), other["held"], engine)
    moves = [{**move, "ref": back[move["ref"]]} for move in goers(two)]
    assert sorted(moves, key=lambda m: (m["holder"], m["ref"])) == goers(one)
    assert one["objectives"] == two["objectives"]


def drawn_by(back):
    """Return the draw of people by the names they had before."""
    own = Problem.tie

    def tie(problem, number, open_people):
        refs = tuple(back.get(ref, ref) for ref in problem.pool.refs)
        pool = dataclasses.replace(problem.pool, refs=refs)
        return own(dataclasses.replace(problem, pool=pool), number, open_people)

    return tie


THREADS = """
import highspy
own = highspy.Highs.setOptionValue
def changed(solver, option, value):
    return own(solver, option, {OPTIONS}.get(option, value))
highspy.Highs.setOptionValue = changed
from homeward.planning.highs_process import main
main()
"""


class Elsewhere(Engine):
    """The solver as another machine might run it: other options, another environment."""

    def __init__(self, options, environment) -> None:
        super().__init__()
        self.program = THREADS.replace("{OPTIONS}", repr(options))
        self.environment = {**os.environ, **environment}

    def _ask(self, request):
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-c", self.program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                env=self.environment,
            )
            os.set_blocking(self._child.stdin.fileno(), False)
        return super()._ask(request)


MACHINES = [
    ({"threads": threads}, {"OMP_NUM_THREADS": str(threads), "PYTHONHASHSEED": str(threads)})
    for threads in (1, 2, 8)
] + [({"threads": 2, "parallel": "on"}, {"LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"})]


@pytest.fixture(scope="module")
def machines():
    running = [Elsewhere(*machine) for machine in MACHINES]
    yield running
    for one in running:
        one.close()


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(world=st.one_of(worlds(), crossing_worlds()))
def test_a_plan_is_the_same_bytes_on_every_number_of_threads(world, engine, machines):
    here = canonical_bytes(planned(toml(world), world["held"], engine))
    for one in machines:
        assert canonical_bytes(planned(toml(world), world["held"], one)) == here


SOLVERS = (
    {"random_seed": 7},
    {"presolve": "off"},
    {"simplex_strategy": 4},  # the primal simplex: other vertices, other multipliers
    {"solver": "ipm"},
)


@pytest.fixture(scope="module")
def solvers():
    running = [Elsewhere(options, {}) for options in SOLVERS]
    yield running
    for one in running:
        one.close()


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(world=st.one_of(worlds(), crossing_worlds()))
def test_the_same_people_go_whatever_way_the_solver_takes(world, engine, solvers):
    """Where more than one proof holds another may be found, and others are left to the draw.

    Who goes in the end may not differ, nor what is reached above the draw.
    """
    note(toml(world))
    count = len(world["objectives"])
    here = planned(toml(world), world["held"], engine)
    for one in solvers:
        there = planned(toml(world), world["held"], one)
        assert there["moves"] == here["moves"]
        assert there["objectives"][:count] == here["objectives"][:count]


ENVIRONMENTS = (
    {"PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    {"PYTHONHASHSEED": "77", "OMP_NUM_THREADS": "8", "LC_ALL": "C", "TZ": "Asia/Tokyo"},
    {"PYTHONHASHSEED": "random", "PYTHONOPTIMIZE": "1", "NPY_DISABLE_CPU_FEATURES": "AVX2"},
)


def test_the_command_gives_the_same_bytes_in_every_environment(tmp_path):
    (tmp_path / "terms.toml").write_text(ENVIRONMENT_TERMS)
    for holder, home in (("RU", "UA"), ("UA", "RU")):
        lines = ["ref,power,status,alive,consent,health,sex,captured_on"]
        for n in range(120):
            will, health = ("yes", "unknown")[n % 2], ("good", "grave")[n % 3 == 0]
            day = f"20{20 + n % 4}-0{1 + n % 9}-11"
            lines.append(f"{n:03},{home},pow,yes,{will},{health},{'MF'[n % 5 == 0]},{day}")
        (tmp_path / f"{holder}.csv").write_text("\n".join(lines) + "\n")
    here = run_plan(tmp_path, {}, "RU", "UA")
    assert json.loads(here)["status"] == "optimal"
    for environment in ENVIRONMENTS:
        assert run_plan(tmp_path, environment, "UA", "RU") == here


def run_plan(folder, environment, *holders):
    held = [word for holder in holders for word in ("--held", f"{holder}={holder}.csv")]
    words = ["plan", "terms.toml", *held, "--today", "2025-02-05", "--json", "--quiet"]
    done = subprocess.run(
        [sys.executable, "-m", "homeward", *words],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
    )
    return done.stdout


ENVIRONMENT_TERMS = """
[agreement]
id = "invented"
effective = 2025-02-05
article_109 = "counted"
[parties]
RU = {}
UA = {}
[categories]
women = "sex == 'F'"
[[clause]]
id = "forty"
kind = "give"
flows = ["RU -> UA", "UA -> RU"]
count = 40
[[clause]]
id = "women"
kind = "quota"
flows = ["RU -> UA"]
where = "women"
min = 11
[[objective]]
max = "sum(days_held)"
"""
