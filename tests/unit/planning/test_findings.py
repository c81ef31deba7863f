"""Findings: one for each rule and clause, about people whom that clause counts."""

from __future__ import annotations

import pytest

from homeward.foundation.canonical import canonical_bytes
from homeward.planning import check_plan, make_plan, walking_away
from homeward.terms import read_agreement
from homeward.terms.pool import Pool

BOTH = 'flows = ["RU -> UA", "UA -> RU"]'
RATIO = """
[[clause]]
id = "one-for-two"
kind = "ratio"
for_each = { flow = "RU -> UA", where = "women" }
give = [{ flow = "UA -> RU", where = "civilians", count = 2 }]
[[clause]]
id = "women"
kind = "all_of"
flows = ["RU -> UA"]
where = "women"
"""
NAMES = '[[clause]]\nid = "names"\nkind = "named"\npersons = [{}]\n'
SCALE = (
    '[equivalents]\nby = "rank"\nprivate = 1\ncaptain = 3\n[[clause]]\nid = "even"\n'
    f'kind = "balance"\nunit = "equivalents"\n{BOTH}\n[[clause]]\nid = "rest"\nkind = "surplus"\n'
    f'unit = "equivalents"\nrelease = "parole"\n{BOTH}\n'
)
DEAD = f'[[clause]]\nid = "dead"\nkind = "remains"\n{BOTH}\nmin = 1\nbalance = "equal"\n'


def told(plan):
    return [
        (f["rule"], f["clause"], f["sentence"].removeprefix(f"Clause {f['clause']} ").split(";")[0])
        for f in plan["legal_findings"]
    ]


def test_a_ratio_counts_on_its_own_account_alone(planned, person):
    civilian = {"status": "civilian"}
    ua = [person(str(n), "RU", **civilian) for n in range(4)]
    named = NAMES.format('"UA:0"')
    agreement, pool, plan = planned(RATIO + named, [person("1", "UA", sex="F")], ua)
    assert len(plan["moves"]) == 4  # one by name, two for one woman
    assert told(plan) == [
        ("GC IV art. 34", "one-for-two", "counts 2 civilians as counterpart"),
        ("GC IV art. 34", "names", "lets 1 civilian go home while others go the other way"),
    ]
    check_plan(agreement, pool, canonical_bytes(plan))


def test_named_civilians_are_no_bargain_where_nobody_goes_the_other_way(planned, person):
    ru = [person("1", "UA", status="civilian")]
    _, _, plan = planned(NAMES.format('"RU:1"'), ru, [])
    assert (len(plan["moves"]), plan["legal_findings"]) == (1, [])


def test_whole_categories_on_both_sides_are_no_bargain(planned, person):
    everybody = f'[[clause]]\nid = "all"\nkind = "all_of"\nwhere = "civilians"\n{BOTH}\n'
    sides = [[person("1", home, status="civilian")] for home in ("UA", "RU")]
    _, _, plan = planned(everybody, *sides)
    assert (len(plan["moves"]), plan["legal_findings"]) == (2, [])


def test_medical_personnel_counted_as_prisoners_are_found(planned, person):
    give = f'[[clause]]\nid = "n"\nkind = "give"\nwhere = "all"\n{BOTH}\ncount = 1\n'
    sides = [[person("1", home, status="medical")] for home in ("UA", "RU")]
    _, _, plan = planned(give, *sides)
    assert told(plan) == [
        ("GC III art. 33", "n", "counts 2 medical or religious personnel as prisoners")
    ]


def test_a_scale_counts_who_is_exchanged_and_parole_who_is_left_over(planned, person):
    ru = [person("1", "UA", rank="captain"), person("2", "UA", rank="private")]
    ua = [person("1", "RU", rank="captain")]
    agreement, pool, plan = planned(SCALE, ru, ua)
    assert told(plan) == [
        ("GC III art. 16", "even", "counts 2 people by a scale of equivalents"),
        ("GC III art. 16", "rest", "counts 2 people by a scale of equivalents"),
        ("GC III art. 21", "rest", "sends 1 person home on parole"),
    ]
    check_plan(agreement, pool, canonical_bytes(plan))


def test_remains_against_remains_are_found(planned, person):
    sides = [[person("1", home, alive="no")] for home in ("UA", "RU")]
    _, _, plan = planned(DEAD, *sides)
    assert told(plan) == [("AP I art. 34", "dead", "counts the remains of 2 people as counterpart")]


@pytest.mark.parametrize(("year", "count"), [(1862, 0), (1953, 3)])
def test_no_agreement_is_measured_by_a_younger_convention(engine, person, year, count):
    head = f'[agreement]\nid = "old"\neffective = {year}-07-22\narticle_109 = "counted"\n'
    agreement = read_agreement(head + "[parties]\nRU = {}\nUA = {}\n" + SCALE + DEAD)
    ru = [person("1", "UA", rank="captain"), person("2", "UA", rank="private")]
    held = {
        "RU": [*ru, person("3", "UA", alive="no")],
        "UA": [person("1", "RU", rank="captain"), person("3", "RU", alive="no")],
    }
    plan = make_plan(agreement, Pool.of(agreement, held), engine)
    assert len(plan["moves"]) == 5
    assert len(plan["legal_findings"]) == count  # and not the Protocol of 1977


def test_walking_away_loses_who_comes_home_only_by_the_agreement(planned, person):
    ru = [person("1", "UA", health="grave"), person("2", "UA"), person("3", "UA")]
    give = f'[[clause]]\nid = "n"\nkind = "give"\n{BOTH}\ncount = 2\n'
    agreement, pool, plan = planned(
        give, ru, [person("1", "RU"), person("2", "RU")], article_109="outside"
    )
    lost = walking_away(agreement, pool, plan, "UA")
    assert (lost["home"], lost["article_109"], lost["loses"]) == (3, 1, 2)
    assert (
        "is still owed 1 person by article 109, and loses 2 people who come home"
        in lost["sentence"]
    )
    assert walking_away(agreement, pool, plan, "RU")["article_109"] == 0
