"""Ours beside its peers, on the same files: lists linked by splink, names scored by nomenklatura.

python bench/matching/peers.py [--link WANTED HELD TRUTH] [--names PAIRS.csv] [--size N] [--pairs N]

Without files, invented lists (`people.py`) and pairs of names (`names.py`) are used, with settings
that the model has not seen. Each peer has an environment of its own in `.venv/peers/`,
made on the first run from the pins in `peers/`; the package never imports one. A pairs file has
the columns `a`, `b`, `same` and perhaps `id`: the threshold is chosen on one half of the
ids and scored on the other.

splink stands for what a practised user writes who knows nothing of scripts: Jaro-Winkler on the
written names in ASCII, blocking rules and training as its manual has them. Seconds are processor time.
"""

from __future__ import annotations

import argparse
import csv
import resource
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

from link import SETTINGS, measures, rows
from names import pairs_of
from people import write

HERE = Path(__file__).parent / "peers"
ENVIRONMENTS = HERE.parents[2] / ".venv" / "peers"
HOMEWARD = (sys.executable, "-m", "homeward.cli")
SEED = 31


def python_of(peer):
    """Return the interpreter of a peer's environment; make it if its pins are new."""
    pins = HERE / f"{peer}.txt"
    folder = ENVIRONMENTS / f"{peer}-{sha256(pins.read_bytes()).hexdigest()[:12]}"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        print(f"Installing {peer} …", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "-r", str(pins)]
        subprocess.run(install, check=True)
        (folder / "ready").touch()
    return str(python)


def cpu_seconds(command):
    """Run a command and return the processor time that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def link(folder, files, size):
    """Link two lists with both, and return a row for each."""
    if not files:
        write(folder, size, **SETTINGS)
        files = [folder / f"{name}.csv" for name in ("wanted", "held", "truth")]
    wanted, held, truth_file = files
    truth = {(row["wanted_ref"], row["held_ref"]) for row in rows(Path(truth_file))}
    programs = {
        "homeward": (*HOMEWARD, "match", "--quiet", wanted, held, "-o"),
        "splink": (python_of("splink"), HERE / "link_with_splink.py", wanted, held),
    }
    for name, command in programs.items():
        out = folder / f"{name}.csv"
        seconds = cpu_seconds((*command, out))
        yield name, {**measures(rows(out), truth), "cpu_seconds": round(seconds, 1)}


def names(folder, file, count):
    """Score pairs of names with both, and return a row for each."""
    source = folder / "names.csv"
    if file:
        source.write_bytes(Path(file).read_bytes())
    else:
        with source.open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target)
            writer.writerow(("id", "a", "b", "same"))
            for number, row in enumerate(pairs_of(count, SEED, 60_000)):
                writer.writerow((number // 2, *row))
    out = folder / "scored.csv"
    programs = {
        "homeward": (*HOMEWARD, "names", "score", "--quiet", source, "-o", out),
        "nomenklatura": (
            python_of("nomenklatura"), HERE / "names_with_nomenklatura.py", source, out
        ),
    }  # fmt: skip
    for name, command in programs.items():
        seconds = cpu_seconds(command)
        found = rows(out)
        halves = [], []
        for number, row in enumerate(found):
            half = sha256(row.get("id", str(number // 2)).encode()).digest()[0] % 2
            halves[half].append((float(row["score"]), row["same"] == "1"))
        chosen = max({score for score, _ in halves[0]}, key=lambda at: _f1(halves[0], at)[2])
        precision, recall, f1 = _f1(halves[1], chosen)
        yield (
            name,
            {
                "pairs": len(found),
                "threshold": round(chosen, 3),
                "precision": round(precision, 4),
                "recall": round(recall, 4),
                "f1": round(f1, 4),
                "cpu_seconds": round(seconds, 1),
            },
        )


def _f1(scored, threshold):
    right = sum(same for score, same in scored if score >= threshold)
    found = sum(score >= threshold for score, _ in scored)
    true = sum(same for _, same in scored)
    return right / max(1, found), right / max(1, true), 2 * right / max(1, found + true)


def show(title, found):
    """Print the rows as one table."""
    table = list(found)
    columns = list(table[0][1])
    print(f"\n{title}\n{'':14}" + "".join(f"{name:>22}" for name in columns))
    for name, values in table:
        print(f"{name:14}" + "".join(f"{values.get(column, ''):>22}" for column in columns))
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--link", nargs=3, metavar=("WANTED", "HELD", "TRUTH"))
    parser.add_argument("--names", metavar="PAIRS.csv")
    parser.add_argument("--size", type=int, default=20_000, help="records of each invented list")
    parser.add_argument("--pairs", type=int, default=3_000, help="invented pairs of names")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        show("Lists", link(Path(name), args.link, args.size))
        show("Pairs of names", names(Path(name), args.names, args.pairs))


if __name__ == "__main__":
    main()
