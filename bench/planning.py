"""Plan 100,000 for 100,000 with counts and ten overlapping quotas; print ratios to a sort.

The peers are one linear or integer program with a variable a person, in HiGHS; at this
size the integer program returns no plan in two minutes, so it is run with --peers only.

Usage: bench/planning.py [PEOPLE_A_SIDE] [--peers]
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import subprocess
import sys
import time

import numpy as np

from homeward.foundation.canonical import canonical_bytes, read_sealed
from homeward.planning import check_plan, make_plan
from homeward.planning.engine import Engine
from homeward.planning.problem import compile_problem
from homeward.terms import read_agreement
from homeward.terms.pool import Pool

DAY = dt.date(2025, 2, 5)


def terms(count: int) -> str:
    """Return an agreement with a count and ten quotas that overlap."""
    quotas = [
        ("wounded", "min", 0.10), ("women", "min", 0.02), ("young", "min", 0.08), ("young", "max", 0.30),
        ("officers", "max", 0.12), ("long_held", "min", 0.40), ("sick_women", "min", 0.004),
        ("young_wounded", "min", 0.015), ("old", "min", 0.10), ("old_officers", "max", 0.03),
    ]  # fmt: skip
    lines = f"""
[agreement]
id = "bench"
mediators = ["AE"]
effective = {DAY.isoformat()}
article_109 = "counted"
[parties]
RU = {{}}
UA = {{}}
[categories]
wounded = "health >= 'serious'"
women = "sex == 'F'"
young = "age < 25"
old = "age >= 45"
officers = "rank in ['lieutenant', 'captain', 'major', 'colonel']"
long_held = "days_held >= 730"
sick_women = "women and health >= 'sick'"
young_wounded = "young and wounded"
old_officers = "old and officers"
[[clause]]
id = "count"
kind = "give"
flows = ["RU -> UA", "UA -> RU"]
count = {count}
"""
    for number, (category, key, share) in enumerate(quotas):
        lines += f"""[[clause]]
id = "q{number}-{category}"
kind = "quota"
flows = ["RU -> UA", "UA -> RU"]
where = "{category}"
{key} = {int(share * count)}
"""
    for objective in ("count(wounded)", "count(long_held)", "sum(days_held)"):
        lines += f'[[objective]]\nmax = "{objective}"\n'
    return lines


def people(holder: str, home: str, count: int, rng: np.random.Generator) -> list[dict[str, str]]:
    """Return one side's invented list."""
    ranks = ["soldier", "sergeant", "lieutenant", "captain", "major", "colonel"]
    health = ["good", "sick", "wounded", "serious", "grave", "unknown"]
    rank = rng.choice(ranks, count, p=[0.7, 0.17, 0.07, 0.04, 0.015, 0.005])
    state = rng.choice(health, count, p=[0.62, 0.14, 0.11, 0.06, 0.02, 0.05])
    sex = rng.choice(["M", "F"], count, p=[0.97, 0.03])
    will = rng.choice(["yes", "unknown", "no"], count, p=[0.88, 0.1, 0.02])
    age = rng.integers(18, 60, count) * 365 + rng.integers(0, 365, count)
    days = rng.integers(1, 1075, count)
    dates = {
        int(n): (DAY - dt.timedelta(days=int(n))).isoformat()
        for n in np.unique(np.concatenate([age, days]))
    }
    return [
        {
            "ref": f"{holder}-{i:07d}", "power": home, "status": "pow", "alive": "yes",
            "health": state[i], "article_109": "unknown", "fit_to_travel": "unknown",
            "consent": will[i], "sex": sex[i], "rank": rank[i],
            "birth_date": dates[int(age[i])], "captured_on": dates[int(days[i])],
        }
        for i in range(count)
    ]  # fmt: skip


def timed(what, act):
    began = time.perf_counter()
    result = act()
    return result, {what: round(time.perf_counter() - began, 3)}


def main() -> None:
    sizes = [int(a) for a in sys.argv[1:] if a.isdigit()] or [100_000]
    size = sizes[0]
    agreement = read_agreement(terms(int(size * 0.3)))
    rng = np.random.default_rng(1)
    held = {h: people(h, home, size, rng) for h, home in (("RU", "UA"), ("UA", "RU"))}
    pool, load = timed("load", lambda lists=held: Pool.of(agreement, lists))
    del held
    _, sort = timed("sort", lambda: np.argsort(rng.integers(0, 2**60, 2 * size), kind="stable"))
    with Engine() as engine:
        plan, planned = timed("plan", lambda: make_plan(agreement, pool, engine))
    data = canonical_bytes(plan)
    _, read = timed("read_plan", lambda: read_sealed(data, "plan_sha256", what="plan"))
    _, checked = timed("check", lambda: check_plan(agreement, pool, data))
    report = {
        "people": 2 * size, **load, **sort, **planned, **checked,
        **read,
        "check_after_reading": round(checked["check"] - read["read_plan"], 3),
        "plan_per_sort": round(planned["plan"] / sort["sort"], 1),
        "status": plan["status"], "levels": len(plan["certificate"]["levels"]),
        "certificate_bytes": len(canonical_bytes(plan["certificate"])), "plan_bytes": len(data),
        "peak_MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "peak_child_MB": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        "objectives": {o["id"]: o["value"] for o in plan["objectives"]},
    }  # fmt: skip
    print(json.dumps(report), flush=True)
    if "--peers" in sys.argv:
        peers(compile_problem(agreement, pool, seed=plan["seed"]))


PEER = """
import sys, time, pickle, highspy, numpy as np
A, low, high, settled, value, whole = pickle.load(sys.stdin.buffer)
n, m = A.shape
lp = highspy.HighsLp(); lp.num_col_, lp.num_row_ = n, m
lp.col_cost_ = -value.astype(float)
lp.col_lower_ = (settled == 1).astype(float); lp.col_upper_ = (settled != 0).astype(float)
lp.row_lower_, lp.row_upper_ = low, high
mask = A != 0
lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(mask.sum(axis=1))]).astype(np.int32)
lp.a_matrix_.index_ = np.nonzero(mask)[1].astype(np.int32)
lp.a_matrix_.value_ = A[mask].astype(float)
if whole: lp.integrality_ = [highspy.HighsVarType.kInteger] * n
h = highspy.Highs(); h.setOptionValue("output_flag", False); h.passModel(lp)
t = time.perf_counter(); h.run()
print(round(time.perf_counter() - t, 2), h.modelStatusToString(h.getModelStatus()), -h.getInfo().objective_function_value)
"""


def peers(problem) -> None:
    """Solve the last objective alone, one variable a person, each in a process of its own."""
    import pickle

    face = problem.face()
    low = np.array([-np.inf if v is None else v for v in face.low], dtype=float)
    high = np.array([np.inf if v is None else v for v in face.high], dtype=float)
    value = problem.objectives[-1][1]
    for whole in (False, True):
        data = pickle.dumps((face.rows, low, high, face.settled, value, whole))
        try:
            run = subprocess.run(
                [sys.executable, "-c", PEER],
                input=data,
                capture_output=True,
                timeout=110,
                check=False,
            )
            answer = run.stdout.decode().strip() or run.stderr.decode()[-200:]
        except subprocess.TimeoutExpired:
            answer = "no answer in 110 s"
        print(
            json.dumps(
                {
                    "peer": "HiGHS " + ("ILP" if whole else "LP") + " per person, one level",
                    "answer": answer,
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
