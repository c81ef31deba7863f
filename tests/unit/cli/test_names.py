import csv
import io

import pytest

from homeward.cli import main, names

ROWS = [
    ("1", "Кравченко Олександр", "Kravchenko Oleksandr"),
    ("2", "Кравченко Олександр", "Петренко, Сергій"),
    ("3", "", "Іван"),
]


@pytest.fixture
def pairs(tmp_path):
    path = tmp_path / "pairs.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("note", "a", "B "))
        writer.writerows(ROWS)
    return path


def test_every_row_stays_in_order_with_score_and_reasons(pairs, tmp_path):
    out = tmp_path / "out.csv"
    assert main(["names", "score", str(pairs), "-o", str(out)]) == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8"))))
    assert [(row["note"], row["a"], row["b"]) for row in rows] == ROWS
    scores = [float(row["score"]) for row in rows]
    assert scores[0] > 0.8 > scores[1] >= scores[2] == 0
    assert "Кравченко = Kravchenko" in rows[0]["reasons"]


def test_without_a_file_the_list_goes_to_standard_output(pairs, capsysbinary):
    assert main(["names", "score", str(pairs)]) == 0
    assert capsysbinary.readouterr().out.startswith(b"note,a,b,score,reasons\r\n")


def test_two_processes_say_the_same(pairs, tmp_path, monkeypatch):
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    main(["names", "score", str(pairs), "-o", str(one)])
    monkeypatch.setattr(names, "_PAIRS_AT_ONCE", 2)
    monkeypatch.setattr(names, "_PAIRS_FOR_PROCESSES", 1)
    main(["names", "score", str(pairs), "-o", str(two)])
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("data", [b"", b"x,y\n1,2\n", b"a,a\n1,2\n", b"a,b\n\xff,1\n"])
def test_a_file_that_is_no_list_of_pairs_is_refused(tmp_path, capsys, data):
    path = tmp_path / "bad.csv"
    path.write_bytes(data)
    assert main(["names", "score", str(path)]) == 2
    assert "homeward: " in capsys.readouterr().err
