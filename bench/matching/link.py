"""Link two invented registries: recall, precision, time, memory, and what a doubling costs.

python bench/matching/link.py [--sizes 50000 100000 200000]

The lists are `people.py`'s, with settings other than those the model was counted on: another seed, more
skew, fewer given names. The command is run as a user runs it.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from people import write

SETTINGS = {"seed": 23, "overlap": 0.4, "skew": 0.85, "names": 200}


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measures(pairs, truth):
    """Return what `pairs`, best first, are worth against the truth."""
    right = [(pair["wanted_ref"], pair["held_ref"]) in truth for pair in pairs]
    used, best, count, true = set(), (0.0, 0.0, 0.0), 0, 0
    for pair, is_right in zip(pairs, right, strict=True):
        ends = {("wanted", pair["wanted_ref"]), ("held", pair["held_ref"])}
        if ends & used:
            continue
        used |= ends
        count, true = count + 1, true + is_right
        best = max(best, (2 * true / (count + len(truth)), true / count, true / len(truth)))
    found = {
        "pairs": len(pairs),
        "recall": round(sum(right) / len(truth), 4),
        "one_to_one_f1": round(best[0], 4),
    }
    if not pairs or "verdict" not in pairs[0]:  # a peer's
        return found
    sure = [yes for pair, yes in zip(pairs, right, strict=True) if pair["verdict"] == "very_likely"]
    return {
        **found,
        "very_likely_precision": round(sum(sure) / max(1, len(sure)), 5),
        "very_likely_recall": round(sum(sure) / len(truth), 4),
    }


def cpu_seconds():
    """Return the processor time of all commands so far: other work on the machine counts little."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(size, folder):
    """Write lists of a size, run the command on them and return the figures."""
    write(folder, size, **SETTINGS)
    out = folder / "pairs.csv"
    command = [sys.executable, "-m", "homeward.cli", "match", "--quiet"]
    began, used = time.monotonic(), cpu_seconds()
    subprocess.run(
        [*command, str(folder / "wanted.csv"), str(folder / "held.csv"), "-o", str(out)], check=True
    )
    seconds, used = time.monotonic() - began, cpu_seconds() - used
    truth = {(row["wanted_ref"], row["held_ref"]) for row in rows(folder / "truth.csv")}
    return {
        "size": size,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(used, 1),
        "cpu_us_per_record": round(used / size / 2 * 1e6, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10,
        **measures(rows(out), truth),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[50_000, 100_000, 200_000])
    args = parser.parse_args()
    before = None
    with tempfile.TemporaryDirectory() as name:
        for size in args.sizes:
            found = measure(size, Path(name) / str(size))
            if before:
                found["cost_ratio"] = round(
                    found["cpu_us_per_record"] / before["cpu_us_per_record"], 2
                )
            before = found
            print(json.dumps({"settings": SETTINGS, **found}), flush=True)


if __name__ == "__main__":
    main()
