"""The reference page says what the code reads, and its example is an agreement."""

from __future__ import annotations

import re
from pathlib import Path

from homeward.terms import read_agreement
from homeward.terms.agreement import _TABLES
from homeward.terms.clauses import COMMON, KINDS
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
