"""How well the likeness of words tells spellings from the nearest other names, and how fast.

Prints one JSON line each: AUC on the open pairs of words beside the checkout (Latin and Russian,
Latin and Arabic), of simpler measures on the same, and pairs per second. With the file of name
groups that the likeness is learned from as argument, also the AUC of pairs neither word of which
is in it.

Usage: python bench/matching/tokens.py [GROUPS.txt]
"""

import csv
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # speed is that of one core

import numpy as np

from homeward.matching.letters import clean
from homeward.matching.likeness import likeness_of, table_version
from homeward.matching.readings import consonants, skeleton

OPEN = Path(__file__).parents[3] / "shared/data/matching"
SETS = ("en-ru", "en-ar")
DRAWN = 40_000  # pairs in a measurement of speed


def auc(scores: np.ndarray, same: np.ndarray) -> float:
    alike, unlike = scores[same], np.sort(scores[~same])
    below = np.searchsorted(unlike, alike, "left") + np.searchsorted(unlike, alike, "right")
    return round(float(below.mean() / 2 / len(unlike)), 4)


def pairs_of(name: str) -> tuple[list[tuple[str, str]], np.ndarray]:
    with (OPEN / f"tokens-{name}-open.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    pairs = [(clean(row["a"]), clean(row["b"])) for row in rows]
    return pairs, np.array([row["same"] == "1" for row in rows])


def edits(a: str, b: str) -> float:
    """Return 1 - Levenshtein distance / longer length."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return 1 - row[-1] / max(len(a), len(b), 1)


def baselines() -> dict[str, object]:
    """Return simpler measures by name; those of packages only where these are installed."""
    found: dict[str, object] = {
        "edits of the coarse skeleton": lambda a, b: edits(skeleton(a), skeleton(b)),
        "edits of the consonants": lambda a, b: max(
            (edits(x, y) for x in consonants(a) for y in consonants(b)), default=0.0
        ),
    }
    try:
        from anyascii import anyascii
        from rapidfuzz.distance import JaroWinkler
    except ImportError:
        return found
    found["Jaro-Winkler of anyascii"] = lambda a, b: JaroWinkler.similarity(
        anyascii(a).lower(), anyascii(b).lower()
    )
    return found


def known_words(path: str) -> set[str]:
    text = Path(path).read_text("utf-8")
    return {
        re.sub(r"[-.\s]", "", clean(form))
        for line in text.splitlines()
        for form in line.rsplit(" => ", 1)[0].split(",")
    }


def say(**line: object) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


def measure(name: str, known: set[str]) -> None:
    pairs, same = pairs_of(name)
    scores = likeness_of(pairs)
    say(what=f"likeness, {name}", pairs=len(pairs), auc=auc(scores, same), version=table_version())
    chance = np.clip(1 / (1 + np.exp2(-scores)), 1e-6, 1 - 1e-6)
    loss = -np.log2(np.where(same, chance, 1 - chance)).mean()
    say(what=f"likeness, {name}, bits of surprise for one pair (1 is a coin)", bits=round(loss, 3))
    for label, words in (("one word at most", 1), ("neither word", 0)):
        rows = np.array([(a in known) + (b in known) <= words for a, b in pairs])
        if known and rows.any():
            found = auc(scores[rows], same[rows])
            say(what=f"  {label} learned from", pairs=int(rows.sum()), auc=found)
    for label, score in baselines().items():
        simple = np.array([score(a, b) for a, b in pairs])  # type: ignore[operator]
        say(what=f"{label}, {name}", auc=auc(simple, same))


def speed() -> None:
    pairs = [pair for name in SETS for pair in pairs_of(name)[0]]
    words = sorted({word for pair in pairs for word in pair})
    drawn = np.random.default_rng(1).integers(0, len(words), (DRAWN, 2)).tolist()
    repeated = [(words[i], words[j]) for i, j in drawn]
    for label, mine in (("the open pairs", pairs), ("words seen ten times", repeated)):
        began = time.process_time()
        likeness_of(mine)
        seconds = time.process_time() - began
        distinct = len({word for pair in mine for word in pair})
        say(what=f"speed, {label}", words=distinct, pairs_per_cpu_s=round(len(mine) / seconds))


def start() -> None:
    code = (
        "import time, numpy; began = time.process_time(); from homeward.matching.likeness import "
        "likeness; likeness('a', 'b'); print(time.process_time() - began)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    say(what="loading the table, after numpy", cpu_seconds=round(float(done.stdout), 3))


def main() -> int:
    if not OPEN.is_dir():
        say(what=f"no open data in {OPEN}")
        return 0
    known = known_words(sys.argv[1]) if len(sys.argv) > 1 else set()
    for name in SETS:
        measure(name, known)
    start()
    speed()
    return 0


if __name__ == "__main__":
    sys.exit(main())
