"""One party checks a plan over two million people with its own list alone.

The plan is made from lists in memory. Then an agreement, the plan and the list of one side are
written to an empty folder, and `homeward check --party` runs there in a process of its own: the
other side's list is nowhere on the disk, and the check says so by how many people it read.

Usage: bench/planning/one_side.py [PEOPLE_A_SIDE]
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from pools import DAY, invented
from two_sides import OBJECTIVES, terms

from homeward.foundation.canonical import canonical_bytes
from homeward.planning import make_plan
from homeward.planning.engine import Engine
from homeward.terms import read_agreement


def write_list(path, pool, holder):
    """Write one holder's list as CSV."""
    own = np.flatnonzero(pool.holder == pool.holders.index(holder)).tolist()
    columns = [[c.values[code] for code in c.codes[own].tolist()] for c in pool.columns.values()]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["ref", *pool.columns])
        writer.writerows(zip((pool.refs[i] for i in own), *columns, strict=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", nargs="?", type=int, default=1_000_000, help="on each side")
    people = parser.parse_args().people
    text = terms(min(150, people // 4), weights=False, objectives=OBJECTIVES)
    agreement = read_agreement(text)
    pool = invented(agreement, {"XA": np.full(people, "XB"), "XB": np.full(people, "XA")}, seed=1)
    with Engine() as engine:
        plan = make_plan(agreement, pool, engine)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "terms.toml").write_text(text, encoding="utf-8")
        (folder / "plan.json").write_bytes(canonical_bytes(plan))
        write_list(folder / "xb.csv", pool, "XB")
        words = ["check", "terms.toml", "plan.json", "--held", "XB=xb.csv", "--party", "XB"]
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "homeward", *words, "--today", DAY.isoformat(), "--json"],
            cwd=folder, env=os.environ, capture_output=True, check=False,
        )  # fmt: skip
        seconds = time.perf_counter() - began
        files = sorted(path.name for path in folder.iterdir())
    if done.returncode:
        sys.exit(done.stderr.decode())
    said = json.loads(done.stdout)
    own = sum(move["holder"] == "XB" for move in plan["moves"])
    assert files == ["plan.json", "terms.toml", "xb.csv"], "nothing else lay there"
    assert (said["status"], said["party"], said["people"]) == ("optimal", "XB", people)
    assert said["moves"] == own, "the moves of one side were checked"
    figures = {"people": pool.size, "on_the_list": people, "moves": own, "seconds": seconds}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
