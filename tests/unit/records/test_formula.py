"""Cells that a spreadsheet would run."""

from __future__ import annotations

import pytest

from homeward.records.formula import guard, unguard

ATTACKS = [
    "=1+1",
    "+380501112233",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",  # noqa: RUF001
    "＋1",  # noqa: RUF001
    "－1",  # noqa: RUF001
    "＠x",  # noqa: RUF001
    "\t=2",
    "\rfoo",
    " \u00a0=1",
    "\u200b=1",
    "\u202e=1",
    "\ufeff@x",
    "\u3164=1",
    "\ufe0f-1",
    "\x00=1",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_a_formula_is_put_behind_one_apostrophe(text: str) -> None:
    assert guard(text) == f"'{text}"
    assert unguard(guard(text)) == text


@pytest.mark.parametrize(
    "text", ["", "1998", "1998-03-14", "O'Brien", "a=b", "'quoted'", "''", "(+1)"]
)
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert guard(text) == text == unguard(text)


@pytest.mark.parametrize("text", ["'=1", "''=1", "'\u200b@x"])
def test_a_cell_that_already_has_an_apostrophe_gets_one_more_and_loses_only_that(text: str) -> None:
    assert guard(text) == f"'{text}"
    assert unguard(guard(text)) == text
