"""`homeward whatif`: which numbers there are, and what another would bring."""

from __future__ import annotations

import csv
import json

import pytest

from homeward.cli import main

TERMS = """
[agreement]
id = "invented"
mediators = ["AE"]
effective = 2025-02-05
article_109 = "counted"
[parties]
XA = {}
XB = {}
[categories]
women = "sex == 'F'"
[[clause]]
id = "n3"
kind = "give"
flows = ["XA -> XB", "XB -> XA"]
count = 3
[[clause]]
id = "days"
kind = "phase"
days = [1, 7]
flow = "XA -> XB"
at_least = [1, 1]
[[objective]]
max = "count(women)"
"""


@pytest.fixture
def words(tmp_path):
    (tmp_path / "terms.toml").write_text(TERMS, encoding="utf-8")
    found = ["whatif", str(tmp_path / "terms.toml"), "--today", "2025-02-05"]
    for holder, home in (("XA", "XB"), ("XB", "XA")):
        file = tmp_path / f"{holder}.csv"
        rows = [
            (f"{holder}-{n}", home, "pow", "yes", "good", "yes", "F" if n > 1 else "M")
            for n in range(6)
        ]
        with file.open("w", newline="", encoding="utf-8") as open_file:
            header = ("ref", "power", "status", "alive", "health", "consent", "sex")
            csv.writer(open_file).writerows([header, *rows])
        found += ["--held", f"{holder}={file}"]
    return found


def ask(words, *more):
    return main([*words[:2], *more, *words[2:]])


def test_it_says_what_changes_and_that_the_people_are_invented(words, capsys):
    assert ask(words, "n3", "count=4") == 0
    out, err = capsys.readouterr()
    simulation, sentence = out.splitlines()
    assert simulation.startswith("SIMULATION: ")
    assert sentence.startswith(
        "With count 4 instead of 3 in clause n3 count(women) is 8 instead of 6"
    )
    assert "Asking about 12 people" in err


def test_it_says_when_there_would_be_no_plan(words, capsys):
    assert ask(words, "n3", "count=7") == 0
    assert "With count 7 instead of 3 in clause n3 there is no plan" in capsys.readouterr().out


def test_one_of_several_numbers_is_asked_for_by_its_place(words, capsys):
    assert ask(words, "days", "at_least.2=3", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["change"] == {"key": "at_least", "from": 1, "to": 3, "place": 2}
    assert answer["clause"] == "days"
    assert answer["simulation"] is True
    assert ask(words, "days", "at_least.2=4", "--json") == 0
    objectives = json.loads(capsys.readouterr().out)["objectives"]
    assert {o["id"]: o["to"] for o in objectives}["count(women)"] is None


def test_without_a_clause_it_says_what_can_be_asked(words, capsys):
    assert ask(words) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert lines == ["n3 count=3", "days at_least.1=1", "days at_least.2=1"]
    for line in lines:  # each is a line that can be typed
        assert ask(words, *line.split()) == 0
        assert "every objective stays as it is" in capsys.readouterr().out
    assert ask(words, "--json") == 0
    assert json.loads(capsys.readouterr().out)["numbers"][2] == {
        "clause": "days", "key": "at_least", "place": 2, "value": 1
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("n3",), "cli.whatif"),
        (("n3", "count"), "cli.whatif"),
        (("n3", "count=-1"), "cli.whatif"),
        (("n3", "count.x=1"), "cli.whatif"),
        (("n3", "count=٣"), "cli.whatif"),
        (("n4", "count=3"), "planning.whatif_key"),
        (("n3", "min=3"), "planning.whatif_key"),
        (("days", "at_least=3"), "planning.whatif_key"),
        (("days", "at_least.3=3"), "planning.whatif_key"),
        (("n3", "count=999999999"), "planning.whatif_value"),
    ],
)
def test_another_clause_key_or_number_is_refused(words, capsys, asked, code):
    assert ask(words, *asked, "--json") == 2
    assert json.loads(capsys.readouterr().out)["code"] == code
