"""Ours beside its peers: the same plan sought by HiGHS, CP-SAT, OR-Tools' flow and kep_solver.

python bench/planning/peers.py [--sizes 1000 10000 100000] [--seconds 60] [--only sides|countries|kidney]

Each peer runs in a process of its own, in an environment of its own (`.venv/peers/`, made on
the first run from the pins in `peers/`), and is ended when its time is over; the package
never imports one. A peer's best value must be ours. A peer that answers "optimal" hands over
nothing that somebody else could check: **no certificate = not solved**. Ours is the
whole plan, each level proved and checked, ties and moves included; the peers seek the first
level alone. Seconds are processor time, for other work may run at the same time.
"""

from __future__ import annotations

import argparse
import json
import resource
import signal
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import numpy as np
from measured import processor, timed
from pools import DAY, invented
from two_sides import terms

from homeward.foundation.canonical import canonical_bytes
from homeward.planning import check_plan, make_plan
from homeward.planning.engine import Engine
from homeward.planning.problem import compile_problem
from homeward.terms import read_agreement

HERE = Path(__file__).parent / "peers"
ENVIRONMENTS = HERE.parents[2] / ".venv" / "peers"
KIDNEY_SIZES = (30, 60, 120, 240)
SEED = 1


def python_of_peers():
    """Return the interpreter of the peers' environment; make it if its pins are new."""
    pins = HERE / "planning.txt"
    folder = ENVIRONMENTS / f"planning-{sha256(pins.read_bytes()).hexdigest()[:12]}"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        print("Installing the peers on planning …", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "-r", str(pins)]
        subprocess.run(install, check=True)
        (folder / "ready").touch()
    return str(python)


def ask(script, arrays, seconds, *before):
    """Let a peer solve an instance.

    Args:
        script: In `peers/`.
        arrays: The instance.
        seconds: Processor seconds after which it is ended; ten times as many on the clock.
        before: Arguments before the instance's file.

    Returns:
        What it printed, with its processor seconds; `status` says where it printed nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "instance.npz"
        np.savez(file, **arrays)
        command = [python_of_peers(), HERE / script, *before, file]
        began = processor()
        try:
            run = subprocess.run(
                list(map(str, command)),
                capture_output=True,
                timeout=10 * seconds,
                check=False,
                preexec_fn=lambda: resource.setrlimit(
                    resource.RLIMIT_CPU, (int(seconds), int(seconds) + 5)
                ),
            )
        except subprocess.TimeoutExpired:
            code, last = None, []
        else:
            code, last = run.returncode, run.stdout.decode().strip().splitlines()[-1:]
        if code == 0 and last:
            answer = json.loads(last[0])
        elif code in (None, -signal.SIGXCPU, -signal.SIGKILL):
            answer = {"status": f"no answer in {seconds:g} s", "objective": None}
        else:
            answer = {"status": f"failed ({code}): {run.stderr.decode()[-120:]}", "objective": None}
    return answer | {"cpu_s": round(processor() - began, 2)}


def ours(agreement, pool):
    """Plan and check with our own; return a row."""
    found = {}
    with timed(found, "plan"), Engine() as engine:
        plan = make_plan(agreement, pool, engine)
    with timed(found, "check"):
        check_plan(agreement, pool, canonical_bytes(plan))
    return {
        "status": plan["status"],
        "objective": plan["objectives"][0]["value"],
        "cpu_s": found["plan_cpu_s"],
        "check_cpu_s": found["check_cpu_s"],
        "certificate_bytes": len(canonical_bytes(plan["certificate"])),
    }


def show(title, rows):
    """Print rows as one table; the first is ours.

    Raises:
        SystemExit: A peer says that it found another optimum.
    """
    print(f"\n{title}\n{'':28}{'status':22}{'objective':>14}{'cpu s':>9}  proof")
    best = rows[0][1]["objective"]
    for number, (name, row) in enumerate(rows):
        reached = row["objective"]
        says_best = row["status"].upper() in {"OPTIMAL", "SOLVED"}
        proof = "none: not solved"
        if number == 0:
            proof = f"{row['certificate_bytes']} bytes, checked in {row['check_cpu_s']:.2f} s"
        elif reached == best:
            proof += "; same value"
        print(
            f"{name:28}{row['status'][:21]:22}{'-' if reached is None else reached:>14}"
            f"{row['cpu_s']:9.2f}  {proof}",
            flush=True,
        )
        if says_best and reached != best:
            raise SystemExit(f"{name} says {reached} is optimal, our certificate proves {best}.")


def sides(size, seconds):
    """Balance in equivalents and ten quotas, as `two_sides.py` B: one variable a person."""
    agreement = read_agreement(
        terms(int(0.45 * size), weights=True, objectives=("sum(days_held)",))
    )
    pool = invented(agreement, {"XA": np.full(size, "XB"), "XB": np.full(size, "XA")}, SEED)
    problem = compile_problem(agreement, pool, seed="0")
    face = problem.face()
    goes, stays = face.open[:, 1], face.open[:, 0]
    arrays = {
        "rows": np.stack(face.columns, axis=1) @ face.ways[0].T,
        "low": np.array([-np.inf if low is None else low for low in face.low]),
        "high": np.array([np.inf if high is None else high for high in face.high]),
        "settled": np.where(goes & stays, -1, goes),
        "value": problem.goals[0][1].people,
    }
    rows = [("homeward", ours(agreement, pool))]
    rows += [
        (label, ask("per_person.py", arrays, seconds, name))
        for name, label in (("highs", "HiGHS, ILP per person"), ("cp-sat", "CP-SAT per person"))
    ]
    show(f"{size:,} for {size:,}: equivalents, a limit, ten quotas", rows)


def many_countries(number, people, seed):
    """Return homes by holder: `number` countries of very different size, `people` in all."""
    rng = np.random.default_rng(seed)
    codes = np.array([f"X{chr(ord('A') + i)}" for i in range(number)])
    share = 1 / np.arange(1, number + 1)
    holder = rng.choice(number, people, p=share / share.sum())
    away = rng.choice(number - 1, people, p=share[1:] / share[1:].sum())
    home = (holder + 1 + away) % number
    return {code: codes[home[holder == i]] for i, code in enumerate(codes.tolist())}


def balanced(codes, objective):
    """Return an agreement by which each party gives as many people as it gets."""
    flows = ", ".join(f'"{a} -> {b}"' for a in codes for b in codes if a != b)
    parties = "\n".join(f"{code} = {{}}" for code in codes)
    return f"""
[agreement]
id = "countries"
mediators = []
effective = {DAY.isoformat()}
article_109 = "counted"
[parties]
{parties}
[[clause]]
id = "as-many-as"
kind = "balance"
scope = "party"
flows = [{flows}]
[[objective]]
max = "{objective}"
"""


def arcs_of(agreement, pool):
    """Return holder, home and value of everybody who may travel, for a peer."""
    problem = compile_problem(agreement, pool, seed="0")
    may = problem.face().open[:, 1]
    people = problem.people[may]
    return {
        "holder": problem.travellers.holder[people],
        "home": problem.travellers.home[people],
        "value": problem.goals[0][1].people[may],
    }


def countries(size, seconds, number=10):
    """Ten countries, balanced by party: a circulation, one arc a captive."""
    homes = many_countries(number, size, SEED)
    agreement = read_agreement(balanced(sorted(homes), "sum(days_held)"))
    pool = invented(agreement, homes, SEED)
    rows = [("homeward", ours(agreement, pool))]
    rows.append(("OR-Tools SimpleMinCostFlow", ask("flow.py", arcs_of(agreement, pool), seconds)))
    show(f"{number} countries, {size:,} captives, balance by party", rows)


def kidney(size, seconds):
    """Three countries as a kidney exchange: there no simple cycle is longer than three."""
    homes = many_countries(3, size, SEED)
    agreement = read_agreement(balanced(sorted(homes), "count(all)"))
    pool = invented(agreement, homes, SEED)
    rows = [("homeward", ours(agreement, pool))]
    rows.append(("kep_solver, cycles of 3", ask("kidney.py", arcs_of(agreement, pool), seconds)))
    show(f"3 countries as a kidney exchange of {size} pairs", rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--kidney-sizes", type=int, nargs="+", default=KIDNEY_SIZES)
    parser.add_argument(
        "--seconds", type=float, default=60, help="of the processor, for each peer and size"
    )
    parser.add_argument("--only", choices=("sides", "countries", "kidney"))
    args = parser.parse_args()
    of = {"sides": args.sizes, "countries": args.sizes, "kidney": args.kidney_sizes}
    for name, act in (("sides", sides), ("countries", countries), ("kidney", kidney)):
        for size in of[name] if args.only in (None, name) else ():
            act(size, args.seconds)


if __name__ == "__main__":
    main()
