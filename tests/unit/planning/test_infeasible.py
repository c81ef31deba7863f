"""No plan: the conflicts, the repairs, and their numbers."""

from __future__ import annotations

import pytest

from homeward.foundation.canonical import canonical_bytes, seal_document
from homeward.foundation.errors import InfeasibleError, TamperError
from homeward.planning import check_plan

GIVE = '[[clause]]\nid = "n5"\nkind = "give"\nflows = ["RU -> UA", "UA -> RU"]\ncount = 5\n'


@pytest.fixture
def no_plan(planned, person):
    women = '[[clause]]\nid = "w"\nkind = "quota"\nflows = ["RU -> UA"]\nwhere = "women"\nmin = 2\n'
    ru = [person(str(n), "UA", sex="F" if n == 0 else "M") for n in range(7)]
    return planned(GIVE + women, ru, [person(str(n), "RU") for n in range(3)])


def test_each_conflict_and_each_repair_comes_with_its_numbers(no_plan):
    _, _, plan = no_plan
    assert plan["status"] == "infeasible"
    assert [c["clauses"] for c in plan["conflicts"]] == [["n5"], ["w"]]
    assert "asks for 5 prisoners of war" in plan["conflicts"][0]["sentence"]
    assert "7 (RU -> UA), 3 (UA -> RU)" in plan["conflicts"][0]["sentence"]
    assert "1 (RU -> UA)" in plan["conflicts"][1]["sentence"]
    assert plan["repairs"] == []  # no one change mends two conflicts


def test_a_repair_is_the_nearest_number_that_makes_a_plan(planned, person):
    ru, ua = [person(str(n), "UA") for n in range(7)], [person(str(n), "RU") for n in range(3)]
    _, _, plan = planned(GIVE, ru, ua)
    (repair,) = plan["repairs"]
    assert repair["change"] == {"key": "count", "from": 5, "to": 3}
    assert repair["sentence"] == "With count 3 instead of 5 in clause n5 a plan exists."


def test_consent_is_part_of_a_conflict_and_never_a_repair(planned, person):
    named = '[[clause]]\nid = "names"\nkind = "named"\npersons = ["RU:1"]\n'
    _, _, plan = planned(named, [person("1", "UA", consent="no")], [])
    assert plan["conflicts"][0]["clauses"] == ["names", "consent"]
    assert "do not wish to go" in plan["conflicts"][0]["sentence"]
    assert plan["repairs"] == []


def test_a_named_person_on_no_list_is_a_conflict_alone(planned, person):
    named = '[[clause]]\nid = "names"\nkind = "named"\npersons = ["RU:9"]\n'
    _, _, plan = planned(named, [person("1", "UA")], [])
    assert plan["conflicts"][0]["clauses"] == ["names"]
    assert "of whom 1 cannot travel or are on no list" in plan["conflicts"][0]["sentence"]


def test_a_document_that_says_there_is_no_plan_passes_for_none(no_plan):
    agreement, pool, plan = no_plan
    with pytest.raises(InfeasibleError) as caught:
        check_plan(agreement, pool, canonical_bytes(plan))
    assert caught.value.facts == {"clauses": ["n5", "w"]}


def test_free_text_of_such_a_document_is_not_repeated(no_plan):
    agreement, pool, plan = no_plan
    plan["conflicts"] = [{"clauses": ["n5", "Petrenko"], "sentence": "Petrenko is ill."}]
    with pytest.raises(InfeasibleError) as caught:
        check_plan(agreement, pool, canonical_bytes(seal_document(plan, "plan_sha256")))
    assert "Petrenko" not in str(caught.value)


def test_such_a_document_over_other_people_is_refused_as_such(no_plan):
    agreement, pool, plan = no_plan
    plan["roots"]["RU"] = "0" * 64
    with pytest.raises(TamperError):
        check_plan(agreement, pool, canonical_bytes(seal_document(plan, "plan_sha256")))
