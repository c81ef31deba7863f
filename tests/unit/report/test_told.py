"""The record of real exchanges as statements of those who spoke."""

import datetime as dt

from homeward.report.history import read_history
from homeward.report.told import as_statement, explained, hold_total
from homeward.statements import reconcile

HISTORY = read_history()


def verdicts(name):
    row = HISTORY.exchange(name)
    found = reconcile((as_statement(row),), None, date=row.on.latest, explained=explained(row))
    return {(v.fact, v.home, v.unit): v for v in found}


def test_the_exchange_of_february_2025_agrees():
    found = verdicts("2025-02-05")
    assert found["leg", "UA", "soldiers"].verdict == "corroborated"
    assert found["total", None, "people"].verdict == "corroborated"


def test_what_no_source_explains_stays_open():
    assert verdicts("2024-12-30")["leg", "UA", "people"].verdict == "contradicted"
    assert verdicts("2024-01-31")["leg", "UA", "people"].verdict == "contradicted"


def test_civilians_and_a_reason_of_the_sources_explain_a_difference():
    category = verdicts("2025-10-02")["leg", "UA", "people"]
    assert category.verdict == "differs_in_category"
    one = verdicts("2022-09-21")["leg", "RU", "people"]
    assert one.verdict == "differs_in_category"
    assert "one person, a politician" in one.sentence


def test_every_row_becomes_a_statement_in_its_own_words():
    for row in HISTORY.exchanges:
        statement = as_statement(row)
        assert all(statement.text.startswith(c.quoted, c.at) for c in statement.claims)
        assert len(statement.claims) >= len(row.figures)


def test_a_total_is_held_against_the_one_before_it():
    closes = hold_total(HISTORY, "UA.coordination_hq", 4131, dt.date(2025, 2, 5))
    assert (closes.rise, closes.recorded, closes.verdict) == (175, 175, "closes")
    gap = hold_total(HISTORY, "AE", 2583, dt.date(2025, 1, 15))
    assert (gap.rise, gap.recorded, gap.gap) == (99, 50, 49)
    assert hold_total(HISTORY, "TR", 100, dt.date(2025, 1, 15)) is None
