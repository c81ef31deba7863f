"""Write the invented pool of an agreement of the catalogue as lists that `homeward` reads.

    python tools/make_pool.py shalit-2011 -o pool

It writes `held-PARTY.csv` for each holder and `list-NAME.csv` for each list that the agreement
names, marked as a simulation, and says which command plans it.
"""

from __future__ import annotations

import argparse
import csv
import shlex
from pathlib import Path

from homeward.demo.pools import make_pool
from homeward.terms import read_agreement

CATALOGUE = Path(__file__).resolve().parents[1] / "agreements"


def main() -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    names = sorted(file.stem for file in CATALOGUE.glob("*.toml"))
    parser.add_argument("agreement", choices=names)
    parser.add_argument("-o", "--output", type=Path, required=True, help="a folder")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    terms = CATALOGUE / f"{args.agreement}.toml"
    agreement = read_agreement(terms.read_text("utf-8"))
    described = (CATALOGUE / f"pools/{args.agreement}.toml").read_text("utf-8")
    pool = make_pool(described, effective=agreement.effective, seed=args.seed)
    args.output.mkdir(parents=True, exist_ok=True)
    words = ["homeward", "plan", str(terms), "-o", str(args.output / "plan.json")]
    for holder, rows in sorted(pool.held.items()):
        columns = list(dict.fromkeys(name for row in rows for name in row))
        file = args.output / f"held-{holder}.csv"
        marked = [row | {"simulation": "yes"} for row in rows]
        write(file, [*columns, "simulation"], marked)
        words += ["--held", f"{holder}={file}"]
    for name, people in sorted(pool.lists.items()):
        file = args.output / f"list-{name}.csv"
        write(file, ["person"], [{"person": str(person)} for person in sorted(people)])
        words += ["--list", f"{name}={file}"]
    print(shlex.join(words))


def write(file: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    """Write one list."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
