"""One party alone: what it refuses, also about people whom it cannot see."""

from __future__ import annotations

import copy

import pytest

from homeward.foundation.canonical import canonical_bytes, seal_document
from homeward.foundation.errors import InputError, RuleError, TamperError
from homeward.planning import check_plan
from homeward.terms.pool import Pool

TERMS = """
[[clause]]
id = "n"
kind = "give"
flows = ["RU -> UA", "UA -> RU"]
count = 2
[[clause]]
id = "names"
kind = "named"
persons = ["RU:1"]
[[clause]]
id = "veto"
kind = "veto"
persons = ["RU:2"]
[[objective]]
max = "count(women)"
"""


@pytest.fixture
def case(planned, person):
    """Give the agreement, UA's own pool, the whole pool and the plan."""
    ru = [person(str(n), "UA") for n in range(1, 6)]
    ua = [person(str(n), "RU", consent="unknown") for n in range(1, 5)]
    ua[2] |= {"sex": "F", "health": "grave"}  # she goes, and the law says something of it
    agreement, pool, plan = planned(TERMS, ru, ua)
    return agreement, Pool.of(agreement, {"UA": ua}), pool, plan


def moves_of(plan, holder):
    return [move for move in plan["moves"] if move["holder"] == holder]


def test_a_true_share_is_accepted_with_and_without_the_other_list(case):
    agreement, own, pool, plan = case
    data = canonical_bytes(plan)
    assert check_plan(agreement, own, data, party="UA") == plan
    assert check_plan(agreement, pool, data, party="UA") == plan


def test_a_party_without_its_list_is_told_to_give_it(case):
    agreement, own, _, plan = case
    with pytest.raises(InputError, match="--held RU"):
        check_plan(agreement, own, canonical_bytes(plan), party="RU")
    with pytest.raises(TamperError):
        check_plan(agreement, own, canonical_bytes(plan))


def lie_fewer_moves(plan):
    plan["moves"] = moves_of(plan, "UA")
    plan["counts"] = {"UA -> RU": 2}
    plan["exposure"]["by_party"]["RU"] = 0


def lie_named_stays(plan):
    moves_of(plan, "RU")[0]["ref"] = "0"


def lie_vetoed_goes(plan):
    moves_of(plan, "RU")[1]["ref"] = "2"


def lie_third_holder(plan):
    plan["roots"]["BY"] = "0" * 64
    plan["certificate"]["shares"]["BY"] = {"rows": [0, 0], "values": [0, 0, 0]}


def lie_goes_elsewhere(plan):
    moves_of(plan, "RU")[0] |= {"home": "BY", "destination": "BY"}


def lie_outside(plan):
    moves_of(plan, "RU")[1]["basis"] = "article_109"


def lie_twice(plan):
    plan["moves"].insert(0, dict(plan["moves"][0]))


def lie_extra_word(plan):
    moves_of(plan, "RU")[0]["name"] = "somebody"


def lie_own_flag(plan):
    del moves_of(plan, "UA")[0]["flags"]


def lie_flags_of_another_form(plan):
    moves_of(plan, "UA")[-1]["flags"] = {"ask": 1}


def lie_counts(plan):
    plan["counts"]["RU -> UA"] = 3


def lie_exposure(plan):
    plan["exposure"]["by_party"]["UA"] = 1


def lie_objective(plan):
    plan["objectives"][0]["value"] += 1


def lie_agreement(plan):
    plan["agreement"] = "another"


def lie_conflict(plan):
    plan["conflicts"] = [{"clauses": ["n"], "sentence": "x"}]


def lie_finding(plan):
    plan["legal_findings"] = []


def lie_share_text(plan):
    rows = plan["certificate"]["shares"]["RU"]["rows"]
    rows[0] = str(rows[0])


def lie_share_longer(plan):
    plan["certificate"]["shares"]["RU"]["rows"].append(0)


def lie_new_key(plan):
    plan["note"] = "x"


def lie_root_number(plan):
    plan["roots"]["RU"] = 7


LIES = [value for name, value in sorted(globals().items()) if name.startswith("lie_")]


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_lie_is_refused_by_one_party_and_by_whoever_has_both_lists(case, lie):
    agreement, own, pool, plan = case
    changed = copy.deepcopy(plan)
    lie(changed)
    assert changed != plan
    changed["pool_sha256"] = changed["seed"] = pool.sha256(changed["roots"])
    data = canonical_bytes(seal_document(changed, "plan_sha256"))
    for people, party in ((own, "UA"), (pool, None)):
        with pytest.raises((TamperError, RuleError)):
            check_plan(agreement, people, data, party=party)
