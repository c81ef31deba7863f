import csv
import gc
import io

import pytest

from homeward.cli import main
from homeward.cli import match as command

WANTED = """ref,family_name,given_name,father_name,birth_date
W-1,Орленко,Іван,Петрович,1990-02-03
=W-2,Смішна,Оксана,Миколаївна,1991-05-06
W-3,Reed,Leo,,not a date
"""
HELD = """ref,family_name,given_name,father_name,birth_date
H-1,Орленко,Иван,Петрович,1990-02-03
H-2,Smishna,Oksana,Mykolaivna,1991-05-06
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "wanted.csv").write_text(WANTED, "utf-8")
    (tmp_path / "held.csv").write_text(HELD, "utf-8")
    return [str(tmp_path / "wanted.csv"), str(tmp_path / "held.csv")]


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_pairs_are_written_best_first_with_reasons(files, capsys):
    assert main(["match", *files]) == 0
    shown = capsys.readouterr()
    found = rows(shown.out)
    assert list(found[0]) == list(command.COLUMNS)
    assert [float(row["probability"]) for row in found] == sorted(
        (float(row["probability"]) for row in found), reverse=True
    )
    first = next(row for row in found if row["wanted_ref"] == "W-1")
    assert first["held_ref"] == "H-1"
    assert first["verdict"] == "very_likely"
    assert "Іван = Иван (same name in Ukrainian and Russian) +" in first["reasons"]
    assert "Born on 1990-02-03 on both lists +" in first["reasons"]
    assert "1 rows cannot be read" in shown.err


def test_no_cell_of_the_file_can_be_run_as_a_formula(files, tmp_path):
    out = tmp_path / "pairs.csv"
    assert main(["match", *files, "-o", str(out), "--quiet"]) == 0
    assert {row["wanted_ref"] for row in rows(out.read_text("utf-8"))} == {"W-1", "'=W-2"}


def test_the_same_lists_give_the_same_bytes_in_processes_and_from_kept_parts(
    files, tmp_path, monkeypatch
):
    plain, other, again = (tmp_path / f"{n}.csv" for n in range(3))
    assert main(["match", *files, "-o", str(plain)]) == 0
    work = ["--work", str(tmp_path / "work"), "--quiet"]
    monkeypatch.setattr(command, "_PARALLEL_BYTES", 0)
    monkeypatch.setattr(command, "_PAIRS_AT_ONCE", 1)
    monkeypatch.setattr(command, "_PARALLEL_PAIRS", 0)
    assert main(["match", *files, "-o", str(other), *work]) == 0
    assert main(["match", *files, "-o", str(again), *work]) == 0
    assert plain.read_bytes() == other.read_bytes() == again.read_bytes()


def test_a_list_without_people_is_refused(files, tmp_path, capsys):
    empty = tmp_path / "empty.csv"
    empty.write_text("ref,family_name\n", "utf-8")
    assert main(["match", files[0], str(empty)]) == 2
    assert "without any" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(files, capsys):
    assert main(["match", files[0], "nowhere.csv"]) == 2
    assert "nowhere.csv" in capsys.readouterr().err


@pytest.mark.parametrize(("work", "said"), [((), "nothing is kept"), (("--work",), "are kept in")])
def test_a_stop_says_what_is_kept(work, said, files, tmp_path, monkeypatch, capsys):
    def stopped(*_lists, **_settings):
        raise KeyboardInterrupt

    monkeypatch.setattr("homeward.matching.match.propose", stopped)
    folder = [str(tmp_path / "work")] if work else []
    assert main(["match", *files, *work, *folder]) == 130
    assert said in capsys.readouterr().err
    assert gc.isenabled()
