"""The agreement of 5 February 2025 over the open lists: 150 for 150."""

from __future__ import annotations

import datetime as dt

import pytest

from homeward.foundation.canonical import canonical_bytes
from homeward.planning import check_plan, make_plan
from homeward.records import read_list
from homeward.terms import read_agreement
from homeward.terms.pool import Pool, row_of

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def terms(shared_dir):
    return (shared_dir / "data/terms/1-seed-150.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def records(shared_dir):
    files = {code: shared_dir / f"data/lists/held-by-{code.lower()}.csv" for code in ("RU", "UA")}
    day = dt.date(2025, 2, 5)
    return {
        code: read_list(file.read_bytes(), kind="held", file=file.name, today=day).records
        for code, file in files.items()
    }


def planned(text, records, engine):
    agreement = read_agreement(text)
    rows = {code: [row_of(r, agreement.columns) for r in rs] for code, rs in records.items()}
    pool = Pool.of(agreement, rows)
    return agreement, pool, make_plan(agreement, pool, engine)


@pytest.fixture(scope="module")
def case(terms, records, engine):
    return planned(terms, records, engine)


def test_150_prisoners_of_war_go_home_each_way(case, records):
    agreement, pool, plan = case
    assert plan["status"] == "optimal"
    assert plan["counts"] == {"RU -> UA": 150, "UA -> RU": 150}
    assert check_plan(agreement, pool, canonical_bytes(plan)) == plan
    status = {(code, r.ref): r.status for code, rs in records.items() for r in rs}
    assert {status[m["holder"], m["ref"]] for m in plan["moves"]} == {"pow"}


def test_5000_are_more_than_there_are_and_the_numbers_say_so(terms, records, engine):
    _, _, plan = planned(terms.replace("count = 150", "count = 5000"), records, engine)
    assert plan["status"] == "infeasible"
    (conflict,) = plan["conflicts"]
    assert conflict["clauses"] == ["n150"]
    for code, home in (("RU", "UA"), ("UA", "RU")):
        eligible = sum(
            r.status == "pow"
            and r.power == home
            and "no" not in (r.alive, r.fit_to_travel, r.consent)
            for r in records[code]
        )
        assert f"{eligible} ({code} -> {home})" in conflict["sentence"]


def test_somebody_chosen_and_then_vetoed_stays(case, terms, records, engine):
    _, _, plan = case
    chosen = plan["moves"][0]
    veto = (
        f'\n[[clause]]\nid = "v"\nkind = "veto"\npersons = ["{chosen["holder"]}:{chosen["ref"]}"]\n'
    )
    agreement, pool, other = planned(terms + veto, records, engine)
    assert other["counts"] == plan["counts"]
    assert (chosen["holder"], chosen["ref"]) not in {
        (m["holder"], m["ref"]) for m in other["moves"]
    }
    check_plan(agreement, pool, canonical_bytes(other))
