"""Plan a million for a million, prove it, check it; print ratios to a sort of the same people.

Variant A is a count (150 for 150) with three objectives, one after the other. Variant B is
a balance in equivalents (weights of the cartel of 1862) under a limit, with ten quotas that
overlap, and one objective; variant C is B with the three objectives of A. Each breaks ties
by the draw, so a plan is three or five optimal levels. Two sorts stand beside it: `argsort` of one
number a person, and `lexsort` of two, days held within people whose other cells are equal.

Usage: bench/planning/two_sides.py [PEOPLE_A_SIDE] [--variant A|B|C] [--stages]
"""

from __future__ import annotations

import argparse
import json

import numpy as np
from measured import CHECKING, MAKING, WRITING, Stages, forget_peak, peak_mb, timed
from pools import DAY, RANKS, invented

from homeward.foundation.canonical import canonical_bytes
from homeward.planning import check_plan, make_plan
from homeward.planning.engine import Engine
from homeward.terms import read_agreement

QUOTAS = [
    ("wounded", "min", 0.10), ("women", "min", 0.02), ("young", "min", 0.08), ("young", "max", 0.30),
    ("officers", "max", 0.12), ("long_held", "min", 0.40), ("sick_women", "min", 0.004),
    ("young_wounded", "min", 0.015), ("old", "min", 0.10), ("old_officers", "max", 0.03),
]  # fmt: skip
"""Category, side of the bound, share of the people who may go."""
OBJECTIVES = ("count(wounded)", "count(long_held)", "sum(days_held)")
FLOWS = 'flows = ["XA -> XB", "XB -> XA"]'


def terms(count, *, weights, objectives=OBJECTIVES):
    """Return an agreement.

    Args:
        count: People who go on each flow; with `weights`, equivalents at most.
        weights: Balance equivalents and keep ten quotas, instead of a count alone.
        objectives: What is maximised, in order.
    """
    scale = "\n".join(f"{rank} = {weight}" for rank, (weight, _) in RANKS.items())
    lines = f"""
[agreement]
id = "bench"
mediators = []
effective = {DAY.isoformat()}
article_109 = "counted"
[parties]
XA = {{}}
XB = {{}}
[equivalents]
by = "rank"
{scale}
[categories]
wounded = "health >= 'serious'"
women = "sex == 'F'"
young = "age < 25"
old = "age >= 45"
officers = "rank in ['lieutenant', 'captain', 'major', 'lieutenant_colonel', 'colonel']"
long_held = "days_held >= 730"
sick_women = "women and health >= 'sick'"
young_wounded = "young and wounded"
old_officers = "old and officers"
"""
    if weights:
        lines += _clause("scale", "balance", 'unit = "equivalents"')
        lines += _clause("at-most", "quota", f'unit = "equivalents"\nmax = {count}')
        for number, (category, side, share) in enumerate(QUOTAS):
            bound = f'where = "{category}"\n{side} = {int(share * count)}'
            lines += _clause(f"q{number}-{category}", "quota", bound)
    else:
        lines += _clause("count", "give", f"count = {count}")
    return lines + "".join(f'[[objective]]\nmax = "{objective}"\n' for objective in objectives)


def _clause(name, kind, rest):
    return f'[[clause]]\nid = "{name}"\nkind = "{kind}"\n{FLOWS}\n{rest}\n'


def one_key(pool, *, but=None):
    """Return every cell of a person, but one, as one whole number: what a plan has to look at."""
    key, span = pool.holder.astype(np.int64), len(pool.holders)
    for name, column in pool.columns.items():
        if name != but:
            key, span = key * len(column.values) + column.codes, span * len(column.values)
    assert span < 1 << 62, "the cells of a person fit one number"
    return key


def measure(agreement, pool, *, with_stages=False):
    """Plan and check; return the plan and the figures."""
    found = {"people": pool.size}
    key = one_key(pool)
    with timed(found, "sort"):
        np.argsort(key, kind="stable")
    kind, days = one_key(pool, but="captured_on"), pool.bounds("days_held")[1]
    with timed(found, "sort_by_two"):
        np.lexsort((days, kind))
    del key, kind, days
    forget_peak()
    with Stages(MAKING) as stages, timed(found, "plan"), Engine() as engine:
        plan = make_plan(agreement, pool, engine)
    found["to_proof_cpu_s"] = round(found["plan_cpu_s"] - sum(map(stages.of, WRITING)), 3)
    if with_stages:
        stages.show(found["plan_s"], found["plan_cpu_s"])
    found["peak_MB"] = peak_mb()
    with timed(found, "write"):
        data = canonical_bytes(plan)
    with Stages(CHECKING) as stages, timed(found, "check"):
        check_plan(agreement, pool, data)
    if with_stages:
        stages.show(found["check_s"], found["check_cpu_s"])
    bare = {key: value for key, value in plan.items() if key != "moves"}
    found |= {
        "certificate_check_cpu_s": round(stages.of("certificate"), 3),
        "to_proof_per_sort": round(found["to_proof_cpu_s"] / max(0.001, found["sort_cpu_s"]), 1),
        "to_proof_per_sort_by_two": round(
            found["to_proof_cpu_s"] / max(0.001, found["sort_by_two_cpu_s"]), 1
        ),
        "plan_per_sort": round(found["plan_cpu_s"] / max(0.001, found["sort_cpu_s"]), 1),
        "status": plan["status"],
        "levels": len(plan["certificate"]["levels"]),
        "trees": sum("tree" in level for level in plan["certificate"]["levels"]),
        "moves": len(plan["moves"]),
        "plan_bytes": len(data),
        "without_moves_bytes": len(canonical_bytes(bare)),
        "certificate_bytes": len(canonical_bytes(plan["certificate"])),
        "peak_with_check_MB": peak_mb(),
        "objectives": {o["id"]: o["value"] for o in plan["objectives"]},
    }
    return plan, found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", nargs="?", type=int, default=1_000_000, help="on each side")
    parser.add_argument("--variant", choices=("A", "B", "C"), action="append")
    parser.add_argument("--stages", action="store_true", help="show where the time goes")
    args = parser.parse_args()
    homes = {"XA": np.full(args.people, "XB"), "XB": np.full(args.people, "XA")}
    for variant in args.variant or ("A", "B"):
        weights = variant != "A"
        count = int(0.45 * args.people) if weights else min(150, args.people // 4)
        objectives = OBJECTIVES[-1:] if variant == "B" else OBJECTIVES
        agreement = read_agreement(terms(count, weights=weights, objectives=objectives))
        found = {"variant": variant}
        with timed(found, "pool"):
            pool = invented(agreement, homes, seed=1)
        _, figures = measure(agreement, pool, with_stages=args.stages)
        print(json.dumps(found | figures), flush=True)


if __name__ == "__main__":
    main()
