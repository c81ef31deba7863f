"""`homeward history` shows what was asked for, in words or as files."""

import json

import pytest

from homeward.cli import main
from homeward.report.history_files import HXL

LINE_MAX = 100


def shown(capsys, *words):
    assert main(["history", *words]) == 0
    return capsys.readouterr()


def test_a_line_has_both_sides_figures_and_what_explains_them(capsys):
    lines = shown(capsys, "--from", "2024-12-30", "--to", "2024-12-30").out.splitlines()
    assert lines[1].split() == [
        *("2024-12-30", "189", "(Russia:", "150)", "150", "United", "Arab", "Emirates")
    ]
    assert "stays open" in " ".join(lines)


def test_no_line_is_wider_than_a_terminal(capsys):
    for words in ([], ["--totals"]):
        assert max(map(len, shown(capsys, *words).out.splitlines())) <= LINE_MAX


def test_a_number_that_nobody_gave_is_no_zero(capsys):
    out = shown(capsys, "--from", "2025-06-09", "--to", "2025-06-26").out
    assert out.count("Nobody gave a number.") == 7
    assert " 0 " not in out


def test_totals_say_which_close(capsys):
    out = " ".join(shown(capsys, "--totals", "--from", "2025").out.split())
    assert "Russia: 2 of 3 close" in out
    assert "2025-01-15 2,583 +99, recorded 50: a gap of 49" in out


def test_the_files_are_whole(capsys):
    document = json.loads(shown(capsys, "--json", "--mediator", "VA").out)
    assert [each["id"] for each in document["exchanges"]] == ["2024-06-28"]
    lines = shown(capsys, "--csv", "--mediator", "VA").out.splitlines()
    assert lines[1] == ",".join(HXL)
    assert len(lines) == 3


def test_nothing_found_is_said_apart(capsys):
    found = shown(capsys, "--from", "2030")
    assert "No exchange of the record fits." in found.err
    assert shown(capsys, "--from", "2030", "--totals").out.startswith("0 exchanges.")


@pytest.mark.parametrize(
    "words", [["--from", "soon"], ["--party", "Ukraine"], ["--mediator", "?"], ["--csv", "--json"]]
)
def test_what_cannot_be_meant_is_refused(capsys, words):
    assert main(["history", *words]) == 2
    assert capsys.readouterr().err.startswith("homeward: Expected")
