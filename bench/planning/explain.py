"""Ask what another number would bring, and explain agreements that no plan keeps.

- What-if: each number of two agreements over 6,465 and 1,348 people (those held as stated in
  June 2024), one more and one fewer; the agreement as it is is solved anew each time.
- No plan: documents of 30 clauses with several conflicts that overlap, all minimal ones and the
  repairs. A document that was cut short is counted.

Usage: bench/planning/explain.py [DOCUMENTS] [--profile]
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import statistics
import time
from pathlib import Path

import numpy as np
from pools import invented
from two_sides import QUOTAS, terms

from homeward.planning.changes import numbers_of
from homeward.planning.conflicts import conflicts_of
from homeward.planning.engine import Engine
from homeward.planning.feasible import Feasibility
from homeward.planning.problem import compile_problem
from homeward.planning.repairs import repairs_of
from homeward.planning.whatif import whatif
from homeward.terms import read_agreement

HELD = {"XA": 6465, "XB": 1348}
SIDES = ("XA -> XB", "XB -> XA")
CLAUSES = 30
CATEGORIES = sorted({category for category, _, _ in QUOTAS})


def problem_of(text, seed):
    """Return an agreement over the invented people."""
    agreement = read_agreement(text)
    homes = {"XA": np.full(HELD["XA"], "XB"), "XB": np.full(HELD["XB"], "XA")}
    return compile_problem(agreement, invented(agreement, homes, seed), seed="bench")


def documents(count):
    """Yield agreements of 30 clauses, of which several cannot be kept together."""
    for seed in range(count):
        draw = np.random.default_rng(seed)
        total = int(draw.integers(400, 900))
        text = terms(total, weights=False)
        for number in range(CLAUSES - text.count("[[clause]]")):
            kind = str(draw.choice(["quota", "quota", "cap", "pair"], p=[0.5, 0.2, 0.25, 0.05]))
            flows = f'["{draw.choice(SIDES)}"]' if kind != "pair" else json.dumps(SIDES)
            many = int(total * draw.choice([0.02, 0.05, 0.1, 0.2, 0.4, 0.8]))
            asked = {"quota": f"min = {many}", "cap": f"max = {many}", "pair": 'key = "sex"'}[kind]
            text += (
                f'[[clause]]\nid = "d{number}"\nkind = "{kind}"\nflows = {flows}\n'
                f'where = "{draw.choice(CATEGORIES)}"\n{asked}\n'
            )
        yield seed, text


class Clock:
    """Wall seconds, and processor seconds of this process and of the solver's."""

    def __init__(self, engine):
        self.engine = engine

    def __enter__(self):
        self._began, self._used = time.perf_counter(), self._processor()
        return self

    def __exit__(self, *_):
        self.wall = time.perf_counter() - self._began
        self.cpu = self._processor() - self._used

    def _processor(self):
        ticks = os.sysconf("SC_CLK_TCK")
        child = self.engine._child  # noqa: SLF001 -- its time is the engine's own
        fields = Path(f"/proc/{child.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return time.process_time() + (int(fields[11]) + int(fields[12])) / ticks


def told(name, wall, cpu, **more):
    """Print the middle and the worst of some runs, in milliseconds."""
    spread = {
        f"{what}_{of}_ms": round(1000 * act(times), 1)
        for what, times in (("wall", wall), ("cpu", cpu))
        for of, act in (("median", statistics.median), ("most", max))
    }
    print(json.dumps({"what": name, "runs": len(wall), **spread, **more}), flush=True)


def ask_what_if(engine):
    """Ask about every number of two agreements."""
    for weights in (False, True):
        problem = problem_of(terms(600, weights=weights), 1)
        wall, cpu = [], []
        for own in problem.agreement.clauses:
            for number in numbers_of(problem, own):
                for change in (1, -1):
                    with Clock(engine) as clock:
                        whatif(problem, engine, own.id, number.key, change)
                    wall.append(clock.wall)
                    cpu.append(clock.cpu)
        told("what-if, weights and quotas" if weights else "what-if, counts", wall, cpu)


def explain_all(engine, count):
    """Explain agreements that no plan keeps."""
    wall, cpu, conflicts, questions, cut, repairs = [], [], [], [], 0, 0
    for seed, text in documents(count):
        problem = problem_of(text, seed)
        with Clock(engine) as clock:
            feasibility = Feasibility(problem, engine)
            found, is_complete = conflicts_of(feasibility)
            asked = feasibility.questions
            repairs += len(repairs_of(feasibility, found))
        if not found:
            print(f"(document {seed} has a plan)")
            continue
        wall.append(clock.wall)
        cpu.append(clock.cpu)
        conflicts.append(len(found))
        questions.append(asked)
        cut += not is_complete
    told(
        f"no plan, {CLAUSES} clauses", wall, cpu, conflicts_most=max(conflicts),
        questions_most=max(questions), repairs=repairs, cut_short=cut,
    )  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", type=int, nargs="?", default=20)
    parser.add_argument("--profile", action="store_true")
    args = parser.parse_args()
    profile = cProfile.Profile()
    with Engine() as engine:
        whatif(problem_of(terms(300, weights=False), 1), engine, "count", "count", 1)  # starts it
        if args.profile:
            profile.enable()
        ask_what_if(engine)
        explain_all(engine, args.documents)
    if args.profile:
        profile.disable()
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
