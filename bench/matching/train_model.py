"""Count what each level is worth on invented lists whose truth is known: writes model.json.

python bench/matching/train_model.py [--count 60000] [-o src/homeward/matching/model.json]
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import tempfile
from pathlib import Path

import numpy as np
from people import write

from homeward.matching.classes import table_version
from homeward.matching.columns import columns_of
from homeward.matching.engine import Limits, connect
from homeward.matching.loading import load, rarities
from homeward.matching.model import model_text
from homeward.matching.sql import DUCKDB, patterns_sql, random_sql
from homeward.matching.train import model_of_truth, patterns_from
from homeward.records.read import read_list

TODAY = dt.date(2026, 1, 1)  # no invented person is born later
SEEN_BEFORE = 2.0
"""Pairs of each level that are taken as seen, so that none is impossible."""


def columns(path, kind):
    return columns_of(read_list(path.read_bytes(), kind=kind, file=path.name, today=TODAY).records)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60_000)
    parser.add_argument("--random-pairs", type=int, default=4_000_000)
    parser.add_argument("-o", default="src/homeward/matching/model.json")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, args.count, seed=4, overlap=0.9)
        left, right = columns(folder / "wanted.csv", "wanted"), columns(folder / "held.csv", "held")
        with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
            truth = [(row["wanted_ref"], row["held_ref"]) for row in csv.DictReader(file)]
    places = [{ref: n for n, ref in enumerate(side.refs)} for side in (left, right)]
    db = connect(Limits())
    load(db, left, right, rarities(left, right))
    db.register(
        "truth",
        {
            name: np.array([places[side][pair[side]] for pair in truth], dtype=np.int32)
            for side, name in enumerate("ab")
        },
    )
    drawn = random_sql(args.random_pairs, args.count, args.count, DUCKDB)
    is_true = "select 1 from truth where truth.a = d.a and truth.b = d.b"
    patterns = []
    for pairs in ("truth", f"(select * from ({drawn}) as d where not exists ({is_true}))"):
        found = db.execute(patterns_sql(pairs, DUCKDB)).fetchnumpy()
        patterns.append(patterns_from([found[column] for column in ("code", "rarity", "n")]))
    model = model_of_truth(*patterns, believed=SEEN_BEFORE, tables=table_version(), overlap=0.5)
    Path(args.o).write_text(model_text(model), encoding="utf-8")
    print(model_text(model))


if __name__ == "__main__":
    main()
