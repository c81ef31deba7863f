"""What an agreement means: who travels, who stays, and what the law says of it."""

from __future__ import annotations

import pytest

from homeward.foundation.canonical import canonical_bytes
from homeward.foundation.errors import RuleError
from homeward.foundation.ids import parse_person
from homeward.planning import check_plan

GIVE = """
[[clause]]
id = "n"
kind = "give"
flows = ["RU -> UA", "UA -> RU"]
count = {count}
"""
VETO = '[[clause]]\nid = "veto"\nkind = "veto"\nby = "RU"\npersons = ["RU:1"]\n'


def refs(plan, holder="RU", basis=None):
    return [
        move["ref"]
        for move in plan["moves"]
        if move["holder"] == holder and basis in {None, move["basis"]}
    ]


def findings(plan):
    return [(finding["rule"], finding["clause"]) for finding in plan["legal_findings"]]


def test_owed_people_travel_outside_and_count_against_nothing(planned, person):
    ru = [person("1", "UA", health="grave"), person("2", "UA"), person("3", "UA")]
    ua = [person("1", "RU")]
    clauses = GIVE.format(count=1) + '[[objective]]\nmax = "count(wounded)"\n'
    agreement, pool, plan = planned(clauses, ru, ua, article_109="outside")
    assert plan["status"] == "optimal"
    assert refs(plan, basis="article_109") == ["1"]
    assert len(refs(plan, basis="agreed")) == 1
    assert plan["objectives"][0] == {"id": "count(wounded)", "value": 0}
    assert plan["counts"] == {"RU -> UA": 2, "UA -> RU": 1}
    assert plan["exposure"]["by_party"] == {"RU": 1, "UA": 1}
    assert plan["legal_findings"] == []
    check_plan(agreement, pool, canonical_bytes(plan))


def test_owed_people_travel_even_where_no_clause_gives(planned, person):
    _, _, plan = planned("", [person("1", "UA", article_109="owed")], [], article_109="outside")
    assert refs(plan) == ["1"]


@pytest.mark.parametrize(
    "cells",
    [
        {"health": "grave", "article_109": "not_owed"},
        {"health": "wounded"},
        {"health": "grave", "status": "civilian"},
        {"health": "grave", "alive": "no"},
        {"health": "grave", "fit_to_travel": "no"},
        {"health": "grave", "power": "RU"},
        {"health": "grave", "power": ""},
    ],
)
def test_whoever_is_not_owed_or_cannot_travel_stays(planned, person, cells):
    _, _, plan = planned("", [person("1", "UA") | cells], [], article_109="outside")
    assert plan["moves"] == []


def test_a_veto_holds_against_article_109_and_is_found(planned, person):
    ru = [person("1", "UA", health="grave")]
    _, _, plan = planned(VETO, ru, [], article_109="outside")
    assert plan["moves"] == []
    assert findings(plan) == [("GC III arts 109-110", "veto")]


def test_a_refusal_holds_against_article_109_and_is_told_to_nobody(planned, person):
    ru = [person("1", "UA", health="grave", consent="no")]
    _, _, plan = planned("", ru, [], article_109="outside")
    assert plan["moves"] == []
    assert plan["legal_findings"] == []


def test_a_veto_of_somebody_whom_article_109_does_not_meet_is_no_finding(planned, person):
    _, _, plan = planned(
        VETO, [person("1", "UA", health="grave", alive="no")], [], article_109="outside"
    )
    assert plan["legal_findings"] == []


def test_counting_article_109_is_found_with_its_number(planned, person):
    ru = [person("1", "UA", health="grave"), person("2", "UA")]
    _, _, plan = planned(GIVE.format(count=2), ru, [person(n, "RU") for n in "12"])
    assert findings(plan) == [("GC III arts 109-110", "article_109")]
    assert plan["legal_findings"][0]["sentence"].startswith("1 of those who go home")


def test_what_the_law_says_of_nobody_is_no_finding(planned, person):
    ru = [person("1", "UA"), person("2", "UA", health="grave", consent="no")]
    _, _, plan = planned(GIVE.format(count=1), ru, [person("1", "RU")])
    assert plan["counts"] == {"RU -> UA": 1, "UA -> RU": 1}
    assert plan["legal_findings"] == []


def test_civilians_as_counterpart_are_found(planned, person):
    clause = GIVE.format(count=1) + 'where = "civilians"\n'
    civilian = {"status": "civilian"}
    _, _, plan = planned(clause, [person("1", "UA", **civilian)], [person("1", "RU", **civilian)])
    assert ("GC IV art. 34", "n") in findings(plan)
    assert "counts 2 civilians" in plan["legal_findings"][-1]["sentence"]


def test_whoever_has_not_been_asked_is_planned_with_a_flag_or_stays(planned, person):
    ru, ua = [person("1", "UA", consent="unknown")], [person("1", "RU")]
    _, _, plan = planned(GIVE.format(count=1), ru, ua)
    assert [move.get("flags") for move in plan["moves"]] == [["ask"], None]
    strict = '[[clause]]\nid = "will"\nkind = "consent"\non_unknown = "exclude"\n'
    _, _, plan = planned(GIVE.format(count=1) + strict, ru, ua)
    assert plan["status"] == "infeasible"


def test_people_whom_a_category_cannot_judge_are_counted_for_review(planned, person):
    ru = [person("1", "UA", birth_date="2000"), person("2", "UA", birth_date="2004-01-01")]
    quota = '[[clause]]\nid = "q"\nkind = "quota"\nflows = ["RU -> UA"]\nwhere = "young"\nmin = 1\n'
    agreement, pool, plan = planned(
        GIVE.format(count=1) + quota, ru, [person("1", "RU", birth_date="1970")]
    )
    assert refs(plan) == ["2"]
    assert plan["review"]["young"] == 1
    check_plan(agreement, pool, canonical_bytes(plan))


def test_a_quota_on_a_category_lets_nobody_in_where_a_clause_gives(planned, person):
    quota = (
        '[[clause]]\nid = "q"\nkind = "quota"\nflows = ["RU -> UA"]\nwhere = "civilians"\nmin = 1\n'
    )
    ru, ua = [person("1", "UA"), person("2", "UA", status="civilian")], [person("1", "RU")]
    _, _, plan = planned(GIVE.format(count=1) + quota, ru, ua)
    assert plan["status"] == "infeasible"
    _, _, plan = planned(quota, ru, ua)
    assert refs(plan) == ["2"]


def test_named_people_travel_and_a_list_names_people_too(planned, person):
    ru = [person(n, "UA") for n in "123"]
    named = '[[clause]]\nid = "names"\nkind = "named"\nlist = "first"\n'
    people = {"first": frozenset({parse_person("RU:2")})}
    agreement, pool, plan = planned(named, ru, [], lists=people)
    assert refs(plan) == ["2"]
    check_plan(agreement, pool, canonical_bytes(plan))


def test_a_balance_of_blocs_lets_allies_give_for_one_another(planned, person):
    clauses = (
        '[blocs]\none = ["RU"]\nother = ["UA"]\n[[clause]]\nid = "b"\nkind = "balance"\n'
        'scope = "bloc"\nflows = ["RU -> UA", "UA -> RU"]\n[[objective]]\nmax = "count(all)"\n'
    )
    _, _, plan = planned(clauses, [person(n, "UA") for n in "123"], [person(n, "RU") for n in "12"])
    assert plan["counts"] == {"RU -> UA": 2, "UA -> RU": 2}


def test_a_cap_by_a_party_counts_all_its_flows(planned, person):
    clauses = (
        '[[clause]]\nid = "q"\nkind = "quota"\nflows = ["RU -> UA", "UA -> RU"]\nmin = 0\n'
        '[[clause]]\nid = "c"\nkind = "cap"\nby = "RU"\nmax = 1\n[[objective]]\nmax = "count(all)"\n'
    )
    _, _, plan = planned(clauses, [person(n, "UA") for n in "123"], [person(n, "RU") for n in "12"])
    assert plan["counts"] == {"RU -> UA": 1, "UA -> RU": 2}


def test_a_veto_of_more_names_than_agreed_is_refused(planned, person):
    veto = '[[clause]]\nid = "v"\nkind = "veto"\npersons = ["RU:1", "RU:2"]\nmax_names = 1\n'
    with pytest.raises(RuleError, match="at most 1 people in veto v, found 2"):
        planned(veto, [person("1", "UA")], [])


def test_a_number_that_is_withheld_is_accepted(planned, person):
    clauses = GIVE.format(count=1) + "withhold = true\n"
    agreement, _, plan = planned(clauses, [person("1", "UA")], [person("1", "RU")])
    assert agreement.clauses[0].withhold
    assert plan["status"] == "optimal"


def test_nobody_on_any_list_is_a_plan_for_nobody(planned):
    agreement, pool, plan = planned('[[objective]]\nmax = "count(all)"\n', [], [])
    assert (plan["status"], plan["moves"]) == ("optimal", [])
    check_plan(agreement, pool, canonical_bytes(plan))
