"""Predicates over people: true, false or unknown; and the pool they are judged in."""

from __future__ import annotations

import pytest

from homeward.foundation.errors import InputError
from homeward.foundation.ids import parse_person
from homeward.terms import read_agreement
from homeward.terms.pool import Pool, members

HEAD = """
[agreement]
id = "test"
effective = 2025-02-05
article_109 = "counted"
[parties]
RU = {}
UA = {}
[fields]
sentence = { type = "text", values = ["life", "term"] }
months = { type = "number" }
tried_on = { type = "date" }
"""


def judge(predicate: str, lists=None, **cells: str) -> bool | None:
    """Return what one person with these cells is: in, out, or unknown (None)."""
    agreement = read_agreement(HEAD + f'[categories]\nasked = """{predicate}"""\n')
    pool = Pool.of(agreement, {"RU": [{"ref": "1", **cells}]}, lists)
    true, unknown = members(agreement, pool)["asked"]
    assert not (true & unknown).any()
    return None if unknown[0] else bool(true[0])


@pytest.mark.parametrize(
    ("predicate", "cells", "expected"),
    [
        ("sex == 'F'", {"sex": "F"}, True),
        ("sex == 'F'", {"sex": "M"}, False),
        ("sex == 'F'", {"sex": ""}, None),
        ("sex != 'F'", {"sex": "unknown"}, None),
        ("sex == 'unknown'", {"sex": ""}, True),
        ("sex != 'unknown'", {"sex": "M"}, True),
        ("sex in ['F', 'unknown']", {"sex": ""}, True),
        ("sex in ['F', 'X']", {"sex": ""}, None),
        ("health >= 'serious'", {"health": "grave"}, True),
        ("health >= 'serious'", {"health": "wounded"}, False),
        ("health >= 'serious'", {"health": "unknown"}, None),
        ("health >= 'serious'", {"health": "Grave"}, None),
        ("'sick' <= health < 'grave'", {"health": "serious"}, True),
        ("health in ['unknown']", {"health": "good"}, False),
        ("sentence == 'life'", {"sentence": "life"}, True),
        ("sentence == 'life'", {"sentence": "Life"}, None),
        ("months >= -3", {"months": "-3"}, True),
        ("months >= 12", {"months": "9" * 30}, None),
        ("months >= 12", {"months": "1_2"}, None),
        ("tried_on < '1999-01-01'", {"tried_on": "1998"}, True),
        ("tried_on < '1998-06-01'", {"tried_on": "1998"}, None),
        ("tried_on == '1998-03-14'", {"tried_on": "1998-03-14"}, True),
        ("tried_on != '1999-01-01'", {"tried_on": "1998"}, True),
        ("age < 25", {"birth_date": "2000-02-05"}, False),
        ("age < 25", {"birth_date": "2000-02-06"}, True),
        ("age < 25", {"birth_date": "2000-02"}, None),
        ("age < 25", {"birth_date": "2000"}, None),
        ("age < 25", {"birth_date": "1999"}, False),
        ("age < 25", {"birth_date": "1999~"}, None),
        ("age < 25", {"birth_date": ""}, None),
        ("age < 25", {"birth_date": "about 1999"}, None),
        ("age in [24, 25]", {"birth_date": "2000-02-06"}, True),
        ("age in [23, 25]", {"birth_date": "2000-02-06"}, False),
        ("18 <= age < 25", {"birth_date": "2003"}, True),
        ("days_held >= 730", {"captured_on": "2023-02-06"}, True),
        ("days_held >= 730", {"captured_on": "2023-02-07"}, False),
        ("days_held >= 730", {"captured_on": "2023"}, None),
        ("days_held >= 730", {"captured_on": "2022-12~"}, True),
        ("days_held == 0", {"captured_on": "2025-03-01"}, True),
        ("not age < 25", {"birth_date": "2000"}, None),
        ("sex == 'F' and age < 25", {"sex": "M", "birth_date": ""}, False),
        ("sex == 'F' and age < 25", {"sex": "F", "birth_date": ""}, None),
        ("sex == 'F' or age < 25", {"sex": "F", "birth_date": ""}, True),
        ("sex == 'F' or age < 25", {"sex": "M", "birth_date": ""}, None),
        ("all", {}, True),
        ("prisoners_of_war", {"status": "pow"}, True),
        ("prisoners_of_war", {"status": ""}, None),
        ("rank == 'captain'", {"rank": "major"}, False),
    ],
)
def test_a_predicate_is_true_false_or_unknown(predicate, cells, expected):
    assert judge(predicate, **cells) is expected


def test_a_list_holds_the_people_it_names():
    people = frozenset({parse_person("RU:1"), parse_person("UA:2")})
    assert judge("on_list('first')", {"first": people}) is True
    assert judge("not on_list('first')", {"first": frozenset({parse_person("UA:1")})}) is True


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        ("family_name == 'x'", "one of age"),
        ("age < '25'", "a whole number for age"),
        ("age < 25.5", "a whole number for age"),
        ("age < 10**9", "a whole number for age"),
        ("sex == 'f'", "one of M, F, X, unknown"),
        ("sex < 'F'", "== or != on sex"),
        ("health >= 'unknown'", "one of good, sick"),
        ("health in []", "at least one constant"),
        ("health in 'good'", "a list of constants"),
        ("rank == -'x'", "a text in quotes"),
        ("birth_date < '2000'", "a day such as"),
        ("captured_on < '2023-02-31'", "a day that exists"),
        ("age not in [1]", "one of =="),
        ("age is 1", "one of =="),
        ("1 == 1", "a constant on both sides"),
        ("age + 1 > 3", "one of age"),
        ("on_list(first)", "on_list('NAME')"),
        ("on_list('a', key=1)", "on_list('NAME')"),
        ("__import__('os')", "on_list('NAME')"),
        ("lambda: 1", "comparisons"),
        ("age < 25 and", "a predicate such as"),
        ("", "a predicate such as"),
        ("not " * 60 + "all", "levels of brackets"),
        ("(" * 400 + "all" + ")" * 400, "a predicate such as"),
        ("all and " * 300 + "all", "characters"),
    ],
)
def test_a_wrong_predicate_names_what_it_may_say(predicate, expected):
    with pytest.raises(InputError) as caught:
        judge(predicate)
    assert expected in caught.value.message


def test_a_chain_of_every_category_is_judged_without_recursion():
    chain = "\n".join(f'c{n} = "not not not not c{n - 1}"' for n in range(1, 190))
    agreement = read_agreement(HEAD + f"[categories]\nc0 = \"sex == 'F'\"\n{chain}\n")
    pool = Pool.of(agreement, {"RU": [{"ref": "1", "sex": "F"}]})
    assert members(agreement, pool)["c189"][0].tolist() == [True]


def test_the_order_of_rows_changes_nothing():
    agreement = read_agreement(HEAD)
    rows = [{"ref": str(n), "status": "pow", "power": "UA"} for n in range(9)]
    one = Pool.of(agreement, {"RU": rows, "UA": []})
    other = Pool.of(agreement, {"UA": [], "RU": rows[::-1]})
    assert one.sha256() == other.sha256()
    assert one.refs == other.refs


def test_the_hash_of_the_pool_changes_with_every_cell_a_plan_needs_and_no_other():
    agreement = read_agreement(HEAD)

    def root(**cells):
        return Pool.of(agreement, {"RU": [{"ref": "1", **cells}]}).roots["RU"]

    assert root(status="pow") != root(status="civilian")
    assert root(status="pow") == root(status="pow", rank="major", family_name="Example")


@pytest.mark.parametrize(
    ("held", "code"),
    [
        ({"BY": []}, "terms.holder"),
        ({"RU": [{"ref": "1"}, {"ref": "1"}]}, "terms.ref_twice"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(held, code):
    with pytest.raises(InputError) as caught:
        Pool.of(read_agreement(HEAD), held)
    assert caught.value.code == code


def test_a_list_that_the_agreement_names_and_nobody_gave_is_asked_for():
    agreement = read_agreement(HEAD + "[categories]\na = \"on_list('first')\"\n")
    with pytest.raises(InputError, match="first"):
        Pool.of(agreement, {"RU": []})
