"""The reference page of plans: its keys and its worked numbers are those of the code."""

from __future__ import annotations

import json
import re
from pathlib import Path

PAGE = (Path(__file__).parents[3] / "docs/reference/plan.md").read_text(encoding="utf-8")
TWO = """
[[clause]]
id = "two"
kind = "give"
flows = ["XA -> XB"]
count = 2
[[objective]]
max = "sum(days_held)"
"""


def test_every_key_of_a_plan_is_documented(planned, person):
    clause = '[[clause]]\nid = "q"\nkind = "quota"\nmin = 1\nflows = ["RU -> UA"]\n'
    _, _, plan = planned(clause, [person("1", "UA", consent="unknown")], [])
    keys = PAGE.split("| --- | --- |", 1)[1].split("\n\n", 1)[0]
    documented = {
        name
        for row in keys.splitlines()
        for name in re.findall(r"`(\w+)`", row[: row.find("|", 2)])
    }
    assert documented == set(plan)
    assert set(plan["moves"][0]) <= set(re.findall(r"\w+", keys))


def test_the_worked_example_is_what_the_planner_writes(planned, person):
    days = {"1": "2023-09-24", "2": "2024-01-02", "3": "2024-04-11"}
    ru = [person(ref, "UA", captured_on=day) for ref, day in days.items()]
    clauses = TWO.replace("XA", "RU").replace("XB", "UA")
    _, _, plan = planned(clauses, ru, [])
    shown = json.loads(re.search(r'`(\{"id": "sum\(days_held\)".*?\})`\.', PAGE).group(1))
    level = plan["certificate"]["levels"][0]
    shown["bound"]["sums"] = {"RU": shown["bound"]["sums"]["XA"], "UA": 0}
    assert level["value"] == shown["value"] == 900
    assert level["bound"] == shown["bound"]
