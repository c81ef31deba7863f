"""No plan: the conflicts, the repairs, and their numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from homeward.foundation.canonical import canonical_bytes, seal_document
from homeward.foundation.errors import EngineError, InfeasibleError, TamperError
from homeward.planning import check_plan, loosening

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
    (repair,) = plan["repairs"]  # no one change mends two conflicts
    assert repair == {
        "clause": "n5",
        "change": {"key": "count", "from": 5, "to": 3},
        "with": [{"clause": "w", "change": {"key": "min", "from": 2, "to": 1}}],
        "sentence": "With count 3 instead of 5 in clause n5 and min 1 instead of 2 in clause w "
        "a plan exists.",
    }


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
    (repair,) = plan["repairs"]
    assert repair == {
        "clause": "names",
        "change": {"key": "kind", "from": "named", "to": None},
        "sentence": "Without clause names a plan exists.",
    }


BOUNDS = (
    '[[clause]]\nid = "w"\nkind = "quota"\nflows = ["RU -> UA"]\nwhere = "women"\nmin = 9\n'
    '[[clause]]\nid = "few"\nkind = "cap"\nflows = ["RU -> UA"]\nmax = 2\n'
    '[[clause]]\nid = "most"\nkind = "quota"\nflows = ["RU -> UA"]\nmin = 6\n'
)


def test_numbers_that_can_be_loosened_give_way_before_a_count_does(planned, person):
    """Three go on each flow: so there are three women, three under the cap, three at least."""
    ru = [person(str(n), "UA", sex="F" if n < 4 else "M") for n in range(7)]
    _, _, plan = planned(GIVE.replace("count = 5", "count = 3") + BOUNDS, ru, ru_free(person))
    (repair,) = plan["repairs"]
    parts = [repair, *repair["with"]]
    assert [(part["clause"], part["change"]["to"]) for part in parts] == [
        *(("w", 3), ("few", 3), ("most", 3)),
    ]
    assert repair["sentence"] == (
        "With min 3 instead of 9 in clause w, max 3 instead of 2 in clause few and "
        "min 3 instead of 6 in clause most a plan exists."
    )


def ru_free(person):
    return [person(str(n), "RU") for n in range(3)]


def test_changes_that_are_not_proved_are_taken_back_as_far_as_a_plan_exists(
    planned, person, monkeypatch
):
    found = loosening.solve_level

    def lax(face, worth, engine):
        solved = found(face, worth, engine)
        more = tuple(units + 2 for units in solved.slack)
        return replace(solved, slack=more, level=solved.level | {"unproved": True})

    monkeypatch.setattr(loosening, "solve_level", lax)
    ru = [person(str(n), "UA", sex="F" if n < 4 else "M") for n in range(7)]
    _, _, plan = planned(GIVE.replace("count = 5", "count = 3") + BOUNDS, ru, ru_free(person))
    (repair,) = plan["repairs"]
    parts = [repair, *repair["with"]]
    assert [part["change"]["to"] for part in parts] == [3, 3, 3]


def test_a_search_that_finds_nothing_within_its_limits_leaves_the_conflicts_told(
    planned, person, monkeypatch
):
    def gives_up(*_):
        raise EngineError("planning.no_answer", "Expected a plan, found neither.", hint="Wait.")

    monkeypatch.setattr(loosening, "solve_level", gives_up)
    _, _, plan = planned(BOUNDS, [person("1", "UA", sex="F")], [])
    assert plan["conflicts"]
    assert [repair["change"]["to"] for repair in plan["repairs"]] == [None]


def test_of_two_clauses_that_settle_people_differently_either_may_go(planned, person):
    clauses = (
        '[[clause]]\nid = "names"\nkind = "named"\npersons = ["RU:1", "RU:2"]\n'
        '[[clause]]\nid = "kept"\nkind = "veto"\nby = "RU"\npersons = ["RU:1"]\n'
        '[[clause]]\nid = "gone"\nkind = "named"\npersons = ["RU:9"]\n'
    )
    _, _, plan = planned(clauses, [person("1", "UA"), person("2", "UA")], [])
    gone = [[r["clause"], *(part["clause"] for part in r["with"])] for r in plan["repairs"]]
    assert gone == [["names", "gone"], ["kept", "gone"]]
    assert plan["repairs"][1]["sentence"] == "Without clauses kept and gone a plan exists."


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
