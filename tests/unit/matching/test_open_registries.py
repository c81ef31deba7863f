"""Two open registries of 20,000 with known truth: figures that must hold with room to spare."""

import csv
import datetime as dt

import pytest

from homeward.matching.columns import columns_of
from homeward.matching.match import VERDICTS, propose
from homeward.records.read import read_list

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def outcome(shared_dir):
    folder = shared_dir / "data/matching"

    def columns(kind):
        data = (folder / f"{kind}-20k.csv").read_bytes()
        reading = read_list(data, kind=kind, file="list.csv", today=dt.date(2026, 1, 1))
        return columns_of(reading.records)

    found = propose(columns("wanted"), columns("held"))
    with (folder / "truth-20k.csv").open(encoding="utf-8", newline="") as file:
        truth = {(row["wanted_ref"], row["held_ref"]) for row in csv.DictReader(file)}
    pairs = [(pair.wanted_ref, pair.held_ref, pair.verdict) for pair in found.pairs()]
    return pairs, truth


def test_nearly_every_true_pair_is_proposed(outcome):
    pairs, truth = outcome
    assert len({pair[:2] for pair in pairs} & truth) >= 0.99 * len(truth)


def test_very_likely_is_nearly_always_right_and_covers_most(outcome):
    pairs, truth = outcome
    sure = [pair[:2] in truth for pair in pairs if pair[2] == "very_likely"]
    assert sum(sure) >= 0.9995 * len(sure)
    assert sum(sure) >= 0.87 * len(truth)


def test_every_record_s_first_proposal_is_the_right_one(outcome):
    pairs, truth = outcome
    wanted, held, kept = set(), set(), []
    for one, other, verdict in pairs:
        if one not in wanted and other not in held and verdict != VERDICTS[2]:
            wanted.add(one)
            held.add(other)
            kept.append((one, other))
    right = len(set(kept) & truth)
    assert 2 * right / (len(kept) + len(truth)) >= 0.975
