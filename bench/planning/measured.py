"""Clocks for planning: where the time of a call goes, and what a process took of the machine.

Rules of this file:
- A stage's time is its own: what a stage inside it took is not counted twice.
- Functions are found by name when a clock starts; one that is gone is left out and said.
"""

from __future__ import annotations

import importlib
import resource
import time
from contextlib import contextmanager
from pathlib import Path

MAKING = {
    "hash of the pool": "homeward.terms.pool:Pool.sha256",
    "compile": "homeward.planning.plan:compile_problem",
    "what is open": "homeward.planning.problem:Problem.face",
    "what people add": "homeward.planning.problem:Problem.worth",
    "classes": "homeward.planning.classes:Classes.__init__",
    "relaxation": "homeward.planning.relax:Relaxation.solve",
    "solver": "homeward.planning.engine:Engine.solve",
    "multipliers": "homeward.planning.solve:_Search.multipliers",
    "holders' sums": "homeward.planning.solve:holder_sums",
    "people of classes": "homeward.planning.classes:Classes.ways_of",
    "own check": "homeward.planning.plan:verify_level",
    "steps": "homeward.planning.plan:batches_of",
    "moves": "homeward.planning.plan:moves_of",
    "moves written": "homeward.planning.plan:written",
    "shares": "homeward.planning.plan:shares_of",
    "findings": "homeward.planning.plan:legal_findings",
    "outcome": "homeward.planning.plan:outcome_of",
    "summary": "homeward.planning.plan:summary_of",
    "JSON and hash": "homeward.planning.plan:seal_document",
}
"""Stage of making a plan -> the function that is its work; `what people add` draws the ties."""

WRITING = (
    "steps",
    "moves",
    "moves written",
    "shares",
    "findings",
    "outcome",
    "summary",
    "JSON and hash",
)
"""Stages after the last level is proved."""

CHECKING = {
    "read and hash": "homeward.planning.check:read_sealed",
    "compile": "homeward.planning.check:compile_problem",
    "moves": "homeward.planning.check:_parted",
    "people of moves": "homeward.planning.check:_ways",
    "clauses": "homeward.planning.check:_kept",
    "what people add": "homeward.planning.problem:Problem.worth",
    "certificate": "homeward.planning.check:verify_level",
    "what it says of itself": "homeward.planning.check:_says_of_itself",
}
"""Stage of checking a plan -> the function that is its work."""


class Stages:
    """Own seconds of each stage, wall and processor, by level."""

    def __init__(self, stages):
        self.seconds = {}
        self.level = "before and after"
        self._inside = []
        self._stages = stages
        self._put_back = []

    def __enter__(self):
        for stage, where in self._stages.items():
            module, _, path = where.partition(":")
            owner = importlib.import_module(module)
            *outer, name = path.split(".")
            for part in outer:
                owner = getattr(owner, part)
            act = getattr(owner, name, None)
            if act is None:
                print(f"(no clock for {stage}: {where} is gone)")
                continue
            self._put_back.append((owner, name, act))
            setattr(owner, name, self._timed(stage, act))
        return self

    def __exit__(self, *_):
        for owner, name, act in self._put_back:
            setattr(owner, name, act)

    def _timed(self, stage, act):
        def timed(*args, **kwargs):
            if stage == "what people add":
                self.level = args[1]
            level = self.level if stage not in _OUTSIDE else "before and after"
            began = time.perf_counter(), time.process_time()
            self._inside.append([0.0, 0.0])
            try:
                return act(*args, **kwargs)
            finally:
                took = [time.perf_counter() - began[0], time.process_time() - began[1]]
                inner = self._inside.pop()
                if self._inside:
                    self._inside[-1] = [a + b for a, b in zip(self._inside[-1], took, strict=True)]
                at = self.seconds.setdefault((level, stage), [0.0, 0.0, 0])
                at[0] += took[0] - inner[0]
                at[1] += took[1] - inner[1]
                at[2] += 1

        return timed

    def of(self, stage):
        """Return the processor seconds of a stage, all levels together."""
        return sum(cpu for (_, name), (_, cpu, _) in self.seconds.items() if name == stage)

    def show(self, wall, cpu):
        """Print a table, and what no stage accounts for."""
        print(f"\n{'level':24}{'stage':26}{'wall s':>9}{'cpu s':>9}{'calls':>7}")
        for (level, stage), (own, processor, calls) in self.seconds.items():
            print(f"{level[:23]:24}{stage:26}{own:9.2f}{processor:9.2f}{calls:7}")
        left = [
            whole - sum(row[i] for row in self.seconds.values())
            for i, whole in ((0, wall), (1, cpu))
        ]
        print(f"{'':24}{'everything else':26}{left[0]:9.2f}{left[1]:9.2f}\n", flush=True)


_OUTSIDE = {
    *WRITING,
    *("hash of the pool", "compile", "what is open"),
    *("read and hash", "moves", "people of moves", "clauses", "what it says of itself"),
}
"""Stages that belong to no level."""


@contextmanager
def timed(found, name):
    """Add the wall and processor seconds of a block to `found`; children count when they end."""
    began, before = time.perf_counter(), processor()
    yield
    found[f"{name}_s"] = round(time.perf_counter() - began, 3)
    found[f"{name}_cpu_s"] = round(processor() - before, 3)


def processor():
    """Return the processor seconds of this process and of its children that have ended."""
    own, ended = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime


def forget_peak():
    """Start the count of peak memory anew, where the kernel lets us."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        print("(peak memory counts the making of the pool too)")


def peak_mb():
    """Return the peak memory of this process since `forget_peak`, in MB."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) // 1024
