"""The certificate: forged ones are refused, and one that splits is exercised."""

from __future__ import annotations

import ast
import copy
import random
from pathlib import Path

import numpy as np
import pytest

from homeward.foundation.canonical import canonical_bytes, seal_document
from homeward.foundation.errors import EngineError, RuleError, TamperError
from homeward.planning import certificate, check_plan, make_plan, solve
from homeward.planning.certificate import (
    CertificateError,
    Face,
    Worth,
    holder_sums,
    verify_level,
    weigh,
)
from homeward.terms.pool import Pool

CROSSING = "".join(
    f'[[clause]]\nid = "{name}"\nkind = "quota"\nscope = "sum"\nwhere = "{name}"\nmax = 1\n'
    'flows = ["RU -> UA", "UA -> RU"]\n'
    for name in ("women", "hurt", "long_held")
)
ANYBODY = '[[clause]]\nid = "any"\nkind = "quota"\nscope = "sum"\nmin = 0\nflows = ["RU -> UA", "UA -> RU"]\n'
MOST_DAYS = '[[objective]]\nmax = "sum(days_held)"\n'


@pytest.fixture
def split(planned, person):
    """Give a plan over three people, each in two of three categories of which one may go."""
    days = {"700": "2023-03-08", "900": "2022-08-20", "800": "2022-11-28"}
    ru = [
        person("1", "UA", sex="F", health="sick", captured_on=days["700"]),
        person("2", "UA", sex="M", health="sick", captured_on=days["900"]),
    ]
    ua = [person("1", "RU", sex="F", health="good", captured_on=days["800"])]
    return planned(ANYBODY + CROSSING + MOST_DAYS, ru, ua)


def sealed(plan) -> bytes:
    return canonical_bytes(seal_document(plan, "plan_sha256"))


def numbers(node, path=()):
    """Yield the path of every number in a JSON value."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from numbers(value, (*path, key))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from numbers(value, (*path, place))
    elif type(node) is int:
        yield path


def test_the_checker_imports_numpy_and_the_standard_library_only():
    tree = ast.parse(Path(certificate.__file__).read_text(encoding="utf-8"))
    modules = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert modules == {
        "__future__",
        "collections.abc",
        "dataclasses",
        "functools",
        "typing",
        "numpy",
        "numpy.typing",
    }


def test_a_level_that_one_bound_does_not_prove_is_proved_by_a_tree(split):
    agreement, pool, plan = split
    level = plan["certificate"]["levels"][0]
    assert level["value"] == 900
    assert "tree" in level
    check_plan(agreement, pool, canonical_bytes(plan))


def test_a_party_alone_accepts_its_share_of_a_tree(split):
    agreement, _, plan = split
    alone = Pool.of(agreement, {"UA": [_row(split, "UA")]})
    assert check_plan(agreement, alone, canonical_bytes(plan), party="UA") == plan


def _row(split, holder):
    _, pool, _ = split
    place = next(i for i, n in enumerate(pool.holder) if pool.holders[n] == holder)
    cells = {name: column.values[column.codes[place]] for name, column in pool.columns.items()}
    return {"ref": pool.refs[place], **cells}


@pytest.mark.parametrize("step", [-1, 1])
def test_a_changed_number_in_a_certificate_is_refused_or_proves_the_same(split, step):
    """Values, shares and sums are all held; other multipliers may prove it too."""
    agreement, pool, plan = split
    paths = list(numbers(plan["certificate"]))
    refused = 0
    for path in paths:
        changed = copy.deepcopy(plan)
        node = changed["certificate"]
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] += step
        try:
            assert check_plan(agreement, pool, sealed(changed))["moves"] == plan["moves"]
        except (TamperError, RuleError):
            refused += 1
        else:
            assert not {"value", "sums", "shares"} & set(path), path
    assert refused > 0.7 * len(paths)


def test_no_number_of_a_tree_can_prove_a_worse_plan(split):
    agreement, pool, plan = split
    changed = copy.deepcopy(plan)
    assert [move["ref"] for move in plan["moves"]] == ["2"]
    changed["moves"][0] |= {"ref": "1"}
    level = changed["certificate"]["levels"][0]
    level["value"] = 699
    changed["certificate"]["levels"] = [level]
    with pytest.raises((TamperError, RuleError)):
        check_plan(agreement, pool, sealed(changed))


def face(rows, low, high) -> Face:
    """Return a face of people each of whom may stay or go by one way."""
    count = len(rows)
    return Face(
        kind=np.arange(count, dtype=np.int32),
        columns=np.array(rows, dtype=np.int64).T,
        ways=np.eye(len(low), dtype=np.int64)[None],
        low=low,
        high=high,
        open=np.ones((count, 2), dtype=bool),
        slacks=(),
        holder=np.zeros(count, dtype=np.int32),
        holders=("RU",),
        present=frozenset({"RU"}),
    )


WORTH = Worth(np.array([5, 4, 3]), (1,))
ANY = [1, 1, 1]
"""The class of all three: they count once in the row, may stay, and may go."""
THREE = [[1], [1], [1]]


def level(value, y, scale, total, **more):
    return {"value": value, "bound": {"y": y, "scale": scale, "sums": {"RU": total}}, **more}


def test_a_bound_that_meets_the_value_is_accepted():
    # At most 2 of 3 people worth 5, 4, 3: multiplier 4 gives 2 * 4 + (5 - 4) = 9.
    left = verify_level(face(THREE, [None], [2]), WORTH, level(9, [4], 1, 1))
    assert left.open.tolist() == [[False, True], [True, True], [True, False]]
    assert left.low == [2]


@pytest.mark.parametrize(
    "forged",
    [
        level(8, [4], 1, 1),  # 8 is not the best
        level(10, [4], 1, 1),  # 10 is more than there is
        level(8, [4], 1, 0),  # a smaller sum
        level(9, [4], 0, 0),  # scale 0 bounds nothing
        level(9, [4], -1, 1),
        level(9, [4, 1], 1, 1),  # a row that is not there
        level(12, [-1], 1, 15),  # leans on a side without bound
        level(9, [4.0], 1, 1),
        level(9, [True], 1, 1),
        level(9, ["4"], 1, 1),
        level(9, [1 << 61], 1, 1),
        level(9, [1 << 80], 1, 1),
        level(9, None, 1, 1),
        level(9, [4], 1 << 62, 1),
        level("9", [4], 1, 1),
        {"value": 9},
        {"value": 9, "bound": []},
        {"value": 9, "bound": {"y": [4], "scale": 1, "sums": {}}},
        {"value": 9, "bound": {"y": [4], "scale": 1, "sums": {"RU": 1, "UA": 0}}},
        {"value": 9, "bound": {"y": [4], "scale": 1, "sums": {"RU": 1}, "branch": [1]}},
        level(8, [4], 1, 1, unproved=True),  # without what no plan exceeds
        level(8, [4], 1, 1, unproved=True, at_most=8),
        level(8, [4], 1, 1, unproved=1),
        level(8, [4], 1, 1, tree=None),
        level(8, [4], 1, 1, tree={"class": ANY}),
        level(8, [4], 1, 1, tree={"class": ANY, "way": 1, "at_most": 0}),
        level(8, [4], 1, 1, tree={"class": ANY, "way": -1, "at_most": 0}),
        level(8, [4], 1, 1, tree={"class": [*ANY, 1], "way": 0, "at_most": 0}),
        level(8, [4], 1, 1, tree={"y": [4], "scale": 1, "sums": {"RU": 1}}),
        level(8, [4], 1, 1, tree={"y": [], "scale": 0, "sums": {"RU": 0}}),
    ],
)
def test_a_forged_level_is_refused(forged):
    with pytest.raises(CertificateError):
        verify_level(face(THREE, [None], [2]), WORTH, forged)


def test_no_multipliers_and_no_tree_prove_a_value_that_is_not_the_best():
    rng = random.Random(5)
    whole, worth = face(THREE, [1], [2]), WORTH
    for _ in range(600):
        claimed = rng.randint(-2, 8)
        root = honest(whole, worth, rng, [])
        splits = {"class": ANY, "way": 0, "at_most": (k := rng.randint(-1, 3))}
        tree = splits | {
            "below": honest(whole, worth, rng, [k]),
            "above": honest(whole, worth, rng, [k + 1]),
        }
        with pytest.raises(CertificateError):
            verify_level(whole, worth, {"value": claimed, "bound": root})
        with pytest.raises(CertificateError):
            verify_level(whole, worth, {"value": claimed, "bound": root, "tree": tree})


def honest(whole, worth, rng, splits):
    """Return random multipliers with the sums they really have."""
    y, scale = [rng.randint(-6, 6)], rng.randint(0, 2)
    branch = [rng.randint(-6, 6) for _ in splits]
    worths = weigh(whole, worth, y, scale)
    worths[1] -= sum(branch)
    leaf = {"y": y, "scale": scale, "sums": holder_sums(whole, worths)}
    return leaf | ({"branch": branch} if splits else {})


def test_a_tree_of_hostile_depth_or_size_is_refused():
    node: dict = {"y": [4], "scale": 1, "sums": {"RU": 1}}
    for _ in range(certificate.DEPTH_MAX + 2):
        node = {"class": ANY, "way": 0, "at_most": 0, "below": dict(node), "above": node}
    with pytest.raises(CertificateError):
        verify_level(face(THREE, [None], [2]), WORTH, level(8, [4], 1, 1, tree=node))


def test_a_split_that_leaves_a_part_out_is_refused():
    whole = {
        "class": ANY,
        "way": 0,
        "at_most": 1,
        "above": {"y": [4], "scale": 1, "sums": {"RU": 1}},
    }
    with pytest.raises(CertificateError):
        verify_level(face(THREE, [None], [2]), WORTH, level(9, [4], 1, 1, tree=whole))


def test_a_search_cut_short_is_called_feasible_and_checked_as_that(split, engine, monkeypatch):
    agreement, pool, _ = split
    monkeypatch.setattr(solve, "NODES_MAX", 2)
    plan = make_plan(agreement, pool, engine)
    assert plan["status"] == "feasible"
    first = plan["certificate"]["levels"][0]
    assert first["unproved"] is True
    assert first["at_most"] >= 900 >= first["value"]
    assert check_plan(agreement, pool, canonical_bytes(plan)) == plan
    for change in ({"status": "optimal"}, {"status": "best"}):
        with pytest.raises(TamperError):
            check_plan(agreement, pool, sealed(plan | change))
    lied = copy.deepcopy(plan)
    lied["certificate"]["levels"][0]["at_most"] = first["value"]
    with pytest.raises(TamperError):
        check_plan(agreement, pool, sealed(lied))


def test_neither_a_plan_nor_a_proof_within_the_limits_is_an_error(split, engine, monkeypatch):
    agreement, pool, _ = split
    monkeypatch.setattr(solve, "NODES_TO_A_PLAN", 0)
    with pytest.raises(EngineError, match="found neither"):
        make_plan(agreement, pool, engine)
