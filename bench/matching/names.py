"""How fast full names are scored, by the command as people call it.

python bench/matching/names.py [PAIRS] [--seed S] [--families 60000]

The pairs are invented (`people.py`): one half is one person's name in two spellings, the other
two people's who share the family or the given name.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from people import People


def pairs_of(count: int, seed: int, families: int):
    """Yield so many pairs of names, and whether they are one person's."""
    people, dice = People(seed, 0.7, 400, families), random.Random(seed + 1)
    for _ in range(count // 2):
        person, other = people.person(), people.person()
        is_one_family = dice.random() < 0.5
        other = (person[0], *other[1:]) if is_one_family else (other[0], *person[1:])
        wanted = _full(people.wanted(person), dice)
        yield wanted, _full(people.held(person), dice), 1
        yield wanted, _full(people.held(other), dice), 0


def _full(row, dice):
    family, given, father = row[:3]
    order = (family, given, father) if dice.random() < 0.6 else (given, father, family)
    return " ".join(filter(None, order))


def main() -> int:
    """Score the pairs and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", nargs="?", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--families", type=int, default=60_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "pairs.csv", Path(folder) / "out.csv"
        words = set()
        with source.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("a", "b", "same"))
            for row in pairs_of(args.pairs, args.seed, args.families):
                writer.writerow(row)
                words.update(row[0].split(), row[1].split())
        began = time.monotonic()
        command = [sys.executable, "-m", "homeward", "names", "score", source, "-o", out, "--quiet"]
        subprocess.run(command, check=True)
        seconds = time.monotonic() - began
        with out.open(encoding="utf-8", newline="") as file:
            rows = [(float(row["score"]), row["same"] == "1") for row in csv.DictReader(file)]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    right = sum((score >= 0.5) == same for score, same in rows)
    print(
        json.dumps(
            {
                "pairs": len(rows),
                "distinct_words": len(words),
                "seconds": round(seconds, 1),
                "pairs_per_s": round(len(rows) / seconds),
                "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
                "right_at_half": round(right / len(rows), 4),
                "peak_MB": used.ru_maxrss // 1024,
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
