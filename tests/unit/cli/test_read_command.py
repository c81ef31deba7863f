"""`homeward read` reads a file or standard input and shows the outcome."""

import io
import json
import sys

import pytest

from homeward.cli import main

TEXT = (
    "Karnia's ministry of defence said on Monday that 40 of its soldiers had come home. "
    "In exchange, 38 Vellish prisoners were handed over to Velland. Norland mediated."
)


@pytest.fixture
def statement(tmp_path):
    path = tmp_path / "statement.txt"
    path.write_text(TEXT, "utf-8")
    return str(path)


def test_a_statement_becomes_one_document(statement, capsys):
    assert main(["read", statement, "--published", "2031-03-12", "--json"]) == 0
    doc = json.loads(capsys.readouterr().out)
    (event,) = doc["events"]
    assert (event["role"], event["date"], event["date_basis"]) == (
        "main",
        "2031-03-10",
        "relative(Monday)",
    )
    assert {(leg["home"], leg["holder"], leg["count"]) for leg in event["legs"]} == {
        ("XK", "XV", 40),
        ("XV", "XK", 38),
    }
    assert [m["party"] for m in event["mediators"]] == ["XN"]
    for leg in event["legs"]:
        start, end = leg["span"]
        assert str(leg["count"]) in TEXT[start:end]


def test_without_json_it_is_told_in_words(statement, capsys):
    assert main(["read", statement, "--published", "2031-03-12"]) == 0
    out = capsys.readouterr().out
    assert "40 soldiers to XK from XV, per XK.defence_ministry" in out
    assert "2031-03-10" in out


def test_a_dash_is_standard_input(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    assert main(["read", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["published"] is None


@pytest.mark.parametrize(
    ("content", "arguments"),
    [(TEXT.encode(), ["--published", "yesterday"]), (b"\xff\xfe\x00", []), (None, [])],
)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path, capsys, content, arguments):
    path = tmp_path / "statement.txt"
    if content is not None:
        path.write_bytes(content)
    assert main(["read", str(path), *arguments, "--json"]) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["kind"] == "InputError"
    assert captured.err.count("\n") == 1


def test_a_month_of_publication_leaves_weekdays_open(statement, capsys):
    assert main(["read", statement, "--published", "2031-03", "--json"]) == 0
    (event,) = json.loads(capsys.readouterr().out)["events"]
    assert event["date"] is None
