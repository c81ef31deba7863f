"""The reference page says what the code reads, and its example is an agreement."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from homeward.foundation.errors import InputError
from homeward.terms import read_agreement
from homeward.terms.agreement import _TABLES
from homeward.terms.clauses import COMMON, KINDS, PREFERABLE
from homeward.terms.predicate import COLUMNS

PAGE = (Path(__file__).parents[3] / "docs/reference/agreement.md").read_text(encoding="utf-8")


def cells(heading: str) -> dict[str, tuple[str, ...]]:
    """Return the rows of the table after a line: first cell -> words of the second."""
    table = PAGE.split(heading, 1)[1].split("\n\n", 2)[1].splitlines()[2:]
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table]
    return {row[0].strip("`"): tuple(re.findall(r"`(\w+)`", row[1])) for row in rows}


def test_every_kind_of_clause_is_documented_with_its_keys():
    assert cells("Keys of each kind:") == {kind: keys for kind, (keys, _) in KINDS.items()}


def test_the_keys_of_every_clause_are_documented():
    assert tuple(cells("Every clause has:")) == COMMON


def test_every_table_is_documented():
    assert tuple(name.strip("[]`") for name in cells("## Tables")) == _TABLES


def test_every_column_of_predicates_is_documented():
    section = PAGE.split("## Categories", 1)[1]
    assert all(f"`{column}`" in section for column in COLUMNS)


def test_the_example_is_an_agreement():
    example = PAGE.split("```toml", 1)[1].split("```", 1)[0]
    agreement = read_agreement(example)
    assert [clause.kind for clause in agreement.clauses] == [
        "give",
        "quota",
        "cap",
        "veto",
        "consent",
    ]
    assert agreement.lists == {"kept-by-xb"}


HEAD, *GROUPS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
CATEGORIES = "wounded = \"health >= 'serious'\"\n"


def test_the_examples_of_the_groups_are_one_agreement_and_show_every_kind():
    tables = HEAD.replace("[[clause]]", f"{CATEGORIES}[[clause]]", 1)
    agreement = read_agreement(tables + "".join(GROUPS))
    assert {clause.kind for clause in agreement.clauses} == set(KINDS)
    assert [objective.id for objective in agreement.objectives][2:] == [
        "count(wounded) by phase",
        "min longest(days_held)",
        "sum(equivalents)",
        "least_share",
    ]


def test_the_example_of_an_error_is_what_the_code_says():
    said = re.search(r"```text\n(Line .*?)\n```", PAGE)[1]
    with pytest.raises(InputError) as caught:
        read_agreement(HEAD.replace("count = 40", "count = -40"))
    assert caught.value.message == said


def test_every_key_of_a_phase_is_documented():
    table = PAGE.split("| key of a `phase` | says |", 1)[1].split("\n\n", 1)[0]
    keys = []
    for row in table.strip().splitlines()[1:]:
        keys += re.findall(r"`(\w+)`", row.split("|")[1])
    assert sorted(keys) == sorted(KINDS["phase"][0])


def test_every_kind_that_may_be_a_wish_is_documented():
    wishes = PAGE.split("### Wishes", 1)[1].split("It makes", 1)[0]
    assert set(re.findall(r"`(\w+)`", wishes)) == set(PREFERABLE)
