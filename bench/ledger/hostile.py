"""A hostile world, many times over: how often each attack was made, and how it came out.

Usage: bench/ledger/hostile.py [TRACES] [--first SEED] [--processes N]. Traces are those of
tests/property/hostile_attacks.py; a seed makes the same one everywhere. A promise that does not
hold ends the run with the smallest trace that breaks it.
"""

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/property")]

import hostile_attacks  # noqa: E402 -- after its folder is on the path

PART = 50


def part(first_and_count):
    attacked, caught = hostile_attacks.campaign(*first_and_count)
    return first_and_count[1], attacked, caught


def summary(caught):
    """Say in one line how attacks came out; whatever was not foretold has ended the run before."""
    ways = Counter()
    for (attack, how), count in caught.items():
        if how.startswith("convicts "):
            ways["convicted"] += count
        elif not attack.startswith("honest words"):
            ways[how if how in {"taken", "nothing new"} else "refused"] += count
    return (
        f"{ways['refused']} bundles refused at once, {ways['nothing new']} brought nothing new, "
        f"{ways['taken']} were all that their reader had seen, until the next message told otherwise; "
        f"{ways['convicted']} times the log or a party is convicted by files that judge confirms, "
        "nobody honest"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("traces", type=int, nargs="?", default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    end = args.first + args.traces
    parts = [(seed, min(PART, end - seed)) for seed in range(args.first, end, PART)]
    attacked, caught, began = Counter(), Counter(), time.perf_counter()
    with multiprocessing.Pool(args.processes) as pool, tqdm(total=args.traces, unit="trace") as bar:
        for count, made, came in pool.imap_unordered(part, parts):
            attacked += made
            caught += came
            bar.update(count)
    seconds = time.perf_counter() - began
    print(f"{args.traces} traces, {sum(attacked.values())} attacks, {seconds:.0f} s")
    print(f"{summary(caught)}\n")
    print("| attack | made | how it came out |\n|---|--:|---|")
    for attack in sorted({*attacked, *(each for each, _ in caught)}):
        ways = sorted((how, n) for (each, how), n in caught.items() if each == attack)
        outcome = ", ".join(f"{how} {n}" for how, n in ways)
        print(f"| {attack} | {attacked[attack] or ''} | {outcome} |")


if __name__ == "__main__":
    main()
