"""`homeward reconcile`, `homeward talks` and `homeward communique` on files."""

import json

import pytest
from tests.unit.cli.test_cli_ledger import VKEY, exported
from tests.unit.handover.logbook import Logbook, whole_case

from homeward.cli import main
from homeward.cli.ledger import write_tree

UA = "Ukraine's defence ministry said on Wednesday that 4 Ukrainian soldiers had come home from Russia."
RU = (
    "Russia's defence ministry said on Wednesday that 4 Russian soldiers had been returned by Ukraine. "
    "In exchange, 5 Ukrainian prisoners of war were handed over, it said."
)
DAY = "2025-02-05"


@pytest.fixture
def files(tmp_path):
    for name, text in (("ua.txt", UA), ("ru.txt", RU)):
        (tmp_path / name).write_text(text, "utf-8")
    return [f"{tmp_path}/{name}@{DAY}" for name in ("ua.txt", "ru.txt")]


@pytest.fixture
def tree(tmp_path):
    log = Logbook()
    log.open(simulation=True)
    log.play(whole_case())
    write_tree(tmp_path / "tree", exported(log.entries))
    return str(tmp_path / "tree")


def told(capsys):
    return json.loads(capsys.readouterr().out)


def legs(found):
    return {
        fact["home"]: (fact["verdict"], fact["record"])
        for event in found["events"]
        for fact in event["facts"]
        if fact["fact"] == "leg"
    }


def test_texts_are_reconciled_into_one_document(files, capsys):
    assert main(["reconcile", *files, "--json"]) == 0
    found = told(capsys)
    assert [(e["date"], e["parties"]) for e in found["events"]] == [(DAY, ["RU", "UA"])]
    assert legs(found) == {"UA": ("contradicted", None), "RU": ("omitted", None)}
    claim = found["events"][0]["facts"][0]["claims"][0]
    assert RU[slice(*claim["span"])] == claim["quoted"]
    assert claim["document"] == "ru.txt"


def test_claims_are_held_against_a_ledger(files, tree, capsys):
    assert main(["reconcile", *files, "--ledger", tree, "--vkey", VKEY, "--json"]) == 0
    assert legs(told(capsys)) == {"UA": ("contradicted", 4), "RU": ("omitted", 4)}


def test_history_speaks_beside_the_texts(files, capsys):
    assert main(["reconcile", *files, "--history", DAY, "--json"]) == 0
    found = told(capsys)
    sources = {c["document"] for f in found["events"][0]["facts"] for c in f["claims"]}
    assert f"history:{DAY}" in sources


def test_verdicts_are_reviews_for_fact_checkers(files, tree, capsys):
    line = [
        "reconcile",
        *files,
        "--ledger",
        tree,
        "--vkey",
        VKEY,
        "--claim-review",
        "Press of Vale",
    ]
    assert main(line) == 0
    said = capsys.readouterr()
    rated = {
        (r["itemReviewed"]["author"]["name"], r["claimReviewed"]): r["reviewRating"]
        for r in json.loads(said.out)
    }
    words = {rating["alternateName"] for rating in rated.values()}
    assert words == {"agrees with the record", "differs from the record"}
    assert all(r["reviewBody"].startswith("SIMULATION. ") for r in json.loads(said.out))
    assert "Nobody has reviewed" in said.err


def test_it_is_told_in_sentences_too(files, capsys):
    assert main(["reconcile", *files]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{DAY}\n")
    assert "contradicted: Soldiers going home from RU to UA: " in out
    assert max(map(len, out.splitlines())) <= 98


def test_a_text_without_an_exchange_says_so(tmp_path, capsys):
    (tmp_path / "empty.txt").write_text("It rained.", "utf-8")
    assert main(["reconcile", str(tmp_path / "empty.txt")]) == 0
    assert "Nothing was found" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (["reconcile", "FILE", "FILE"], "cli.twice"),
        (["reconcile", "FILE", "--history", "2025-02-06"], "cli.no_history"),
        (["reconcile", "FILE", "--history", "soon"], "cli.published"),
        (["reconcile", "nowhere.txt"], "cli.no_file"),
        (["talks", "RAIN"], "cli.no_sides"),
        (["communique", "TREE", "c-9"], "cli.no_exchange"),
        (["communique", "TREE", "c-1", "--embargo", "soon"], "cli.embargo"),
        (["communique", "TREE", "c-1", "--line", "leg.XA-XB"], "statements.communique"),
    ],
)
def test_what_cannot_be_used_is_refused(line, code, files, tree, tmp_path, capsys):
    (tmp_path / "rain.txt").write_text("It rained.", "utf-8")
    places = {"FILE": files[0], "TREE": tree, "RAIN": str(tmp_path / "rain.txt")}
    assert main([*(places.get(word, word) for word in line), "--json"]) == 2
    assert told(capsys)["code"] == code


def test_talks_of_a_file_become_one_document(tmp_path, capsys):
    text = (
        "Ukraine's president said he was ready for direct talks with Russia's president. "
        "Russia's president ruled out direct talks with Ukraine's president."
    )
    (tmp_path / "talks.txt").write_text(text, "utf-8")
    assert main(["talks", f"{tmp_path}/talks.txt@{DAY}", "--json"]) == 0
    found = told(capsys)
    assert (found["on"], found["sides"]) == (DAY, ["RU", "UA"])
    first = found["formats"][0]
    assert (first["level"], first["mode"], first["verdict"]) == (
        "leaders",
        "face_to_face",
        "blocked",
    )
    assert main(["talks", f"{tmp_path}/talks.txt@{DAY}"]) == 0
    assert "BLOCKED: leaders face to face" in capsys.readouterr().out


def test_a_communique_hides_small_numbers_and_says_simulation(tree, capsys):
    assert main(["communique", tree, "c-1", "--vkey", VKEY, "--language", "uk"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("SIMULATION")
    assert "1\u20134" in out
    assert main(["communique", tree, "c-1", "--vkey", VKEY, "--agreed", "UA", "--json"]) == 0
    found = told(capsys)
    assert (found["agreed_by"], found["not_agreed_by"]) == (["UA"], ["RU"])
    assert set(found["texts"]) == {"en", "uk", "ru", "ar"}
