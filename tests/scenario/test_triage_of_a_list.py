"""A list of 630 names that one side publishes, told apart by the other side alone.

Built like the list of December 2024, with invented people: 7 were home already, 16 nobody had
reported missing, 21 could not be confirmed, some were civilians. Here further lines stand
twice, family and given names have changed places, and the list is written in three ways.
"""

# ruff: noqa: RUF001 -- Cyrillic letters that look like Latin ones are meant

import csv
import datetime as dt
import io
import json
import random

import openpyxl
import pytest

from homeward.cli import main
from homeward.matching.latin import latinise
from homeward.matching.triage import CLASSES, FLAGS

SIZES = {"home": 7, "never": 16, "vague": 21, "twice": 9}
SIZE = 630
CIVILIANS, SWAPPED, DEAD, OWED = 12, 30, 3, 5
WANTED_ONLY, HOME_ONLY = 1_200, 300
HEADER = [
    "ref",
    "family_name",
    "given_name",
    "father_name",
    "birth_date",
    "status",
    "alive",
    "health",
]

# Given names and fathers' names, in Ukrainian and in Russian.
GIVEN = [
    ("Олександр", "Александр"), ("Микола", "Николай"), ("Сергій", "Сергей"),
    ("Андрій", "Андрей"), ("Дмитро", "Дмитрий"), ("Володимир", "Владимир"),
    ("Олексій", "Алексей"), ("Євген", "Евгений"), ("Михайло", "Михаил"), ("Павло", "Павел"),
    ("Василь", "Василий"), ("Юрій", "Юрий"), ("Ігор", "Игорь"), ("Максим", "Максим"),
]  # fmt: skip
FATHER = [
    ("Олександрович", "Александрович"), ("Миколайович", "Николаевич"),
    ("Сергійович", "Сергеевич"), ("Андрійович", "Андреевич"), ("Дмитрович", "Дмитриевич"),
    ("Володимирович", "Владимирович"), ("Васильович", "Васильевич"),
    ("Михайлович", "Михайлович"), ("Павлович", "Павлович"), ("Ігорович", "Игоревич"),
]  # fmt: skip
ROOTS = [
    "Вер",
    "Гор",
    "Дуб",
    "Зозул",
    "Клен",
    "Лис",
    "Мор",
    "Нив",
    "Орл",
    "Пол",
    "Рож",
    "Сок",
    "Тер",
]
MIDDLES = ["а", "ов", "ин", "ач", "ен", "ил", "ун", "ар", "ош", "ув"]
ENDINGS = [("енко", "енко"), ("чук", "чук"), ("ський", "ский"), ("ець", "ец"), ("ко", "ко")]


class Invented:
    """People drawn by a seed, all with other family names and birth dates."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.seen = set()

    def person(self):
        while True:
            root = self.dice.choice(ROOTS) + "".join(self.dice.choices(MIDDLES, k=3))
            family = tuple(root + end for end in self.dice.choice(ENDINGS))
            given, father = self.dice.choice(GIVEN), self.dice.choice(FATHER)
            born = dt.date(1968, 1, 2) + dt.timedelta(days=self.dice.randrange(13_000))
            new = {root, born}
            if not self.seen & new and (born.month, born.day) != (1, 1):
                self.seen |= new
                return family, given, father, born.isoformat()


def ours(person, ref):
    return [ref, *(name[0] for name in person[:3]), person[3], "pow", "unknown", "unknown"]


def theirs(person, ref, way):
    """Write a person in Russian, or in Latin letters from either language."""
    if way == "russian":
        names = [name[1] for name in person[:3]]
    else:
        is_ru = way == "latin_ru"
        names = [latinise(name[is_ru], guess="ru" if is_ru else "uk") for name in person[:3]]
    return [ref, *names, person[3], "pow", "unknown", "unknown"]


def world(seed):
    """Return (their list, our missing, our returned) and what each line ought to be."""
    people = Invented(seed)
    ways = ["russian", "russian", "latin_uk", "latin_ru"]
    count = SIZE - SIZES["twice"]
    persons = [people.person() for _ in range(count)]
    kinds = ["home"] * 7 + ["never"] * 16 + ["vague"] * 21
    kinds += ["missed"] * (count - len(kinds))
    people.dice.shuffle(kinds)
    lines, missing, returned, truth = [], [], [], {}
    for n, (person, kind) in enumerate(zip(persons, kinds, strict=True)):
        line = theirs(person, f"T-{n}", ways[n % len(ways)])
        if kind == "home":
            returned.append(ours(person, f"R-{n}"))
        elif kind == "missed":
            missing.append(ours(person, f"W-{n}"))
        elif kind == "vague":  # as the list had it: a family name, an initial, no date
            line[2:5] = [f"{line[2][0]}.", "", ""]
        lines.append(line)
        truth[line[0]] = {
            "home": "already_home",
            "never": "not_reported_missing",
            "vague": "insufficient_identification",
            "missed": "matched",
        }[kind]
    missed = [n for n, kind in enumerate(kinds) if kind == "missed"]
    for n in missed[:CIVILIANS]:
        lines[n][5] = "civilian"
    for n in missed[CIVILIANS : CIVILIANS + SWAPPED]:
        lines[n][1:3] = lines[n][2], lines[n][1]
    for n in missed[-DEAD:]:
        lines[n][6] = "no"
    for n in missed[-DEAD - OWED : -DEAD]:
        lines[n][7] = "grave"
    for number, n in enumerate(missed[100 : 100 + SIZES["twice"]]):
        again = theirs(persons[n], f"T-{count + number}", ways[(n + 1) % len(ways)])
        lines.append(again)
        truth[again[0]] = "duplicate"
    missing += [ours(people.person(), f"W-x{n}") for n in range(WANTED_ONLY)]
    returned += [ours(people.person(), f"R-x{n}") for n in range(HOME_ONLY)]
    return lines, missing, returned, truth


def write(path, rows, header=HEADER):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


@pytest.mark.parametrize("seed", [1])
def test_every_line_of_a_list_of_630_gets_its_class(seed, tmp_path, capfd):
    lines, missing, returned, truth = world(seed)
    write(tmp_path / "list.csv", lines)
    write(tmp_path / "missing.csv", missing)
    write(tmp_path / "home.csv", returned)
    paths = [str(tmp_path / name) for name in ("list.csv", "missing.csv", "home.csv", "out.xlsx")]
    code = main(
        ["triage", paths[0], "--wanted", paths[1], "--returned", paths[2], "-o", paths[3], "--json"]
    )
    assert code == 0
    found = json.loads(capfd.readouterr().out)
    said = {line["ref"]: line["class"] for line in found["lines"]}
    assert said == truth
    assert found["counts"] == {
        "duplicate": 9,
        "already_home": 7,
        "matched": SIZE - 7 - 16 - 21 - 9,
        "possible": 0,
        "insufficient_identification": 21,
        "not_reported_missing": 16,
    }
    assert list(found["counts"]) == list(CLASSES)
    flags = {flag: count for flag, count in found["flags"].items() if count}
    assert flags == {"civilian": CIVILIANS, "dead": DEAD, "article_109": OWED}
    for line in found["lines"]:
        assert list(line) == ["ref", "class", "flags", "match", "probability", "reasons"]
        assert line["reasons"]
        if line["class"] in ("matched", "already_home"):
            assert line["match"].split("-")[1] == line["ref"].split("-")[1]
            assert line["probability"] > 0.99
        if line["class"] == "not_reported_missing":
            assert (line["match"], line["probability"]) == (None, None)

    book = openpyxl.load_workbook(paths[3])
    assert book.sheetnames == ["Lines", "Counts"]
    rows = list(book["Lines"].iter_rows(values_only=True))[1:]
    assert [row[0] for row in rows] == sorted(
        (row[0] for row in rows), key=lambda name: list(CLASSES).index(name.replace(" ", "_"))
    )
    assert {row[2]: row[0].replace(" ", "_") for row in rows} == truth
    counts = {row[0]: row[1] for row in book["Counts"].iter_rows(values_only=True)}
    assert (counts["already home"], counts["civilian"], counts["All lines"]) == ("7", "12", "630")


def test_the_terminal_shows_references_and_no_name(tmp_path, capfd):
    lines, missing, returned, _ = world(3)
    for name, rows in (("list", lines[:60]), ("missing", missing[:900]), ("home", returned)):
        write(tmp_path / f"{name}.csv", rows)
    paths = {name: str(tmp_path / f"{name}.csv") for name in ("list", "missing", "home")}
    words = ["triage", paths["list"], "--wanted", paths["missing"], "--returned", paths["home"]]
    assert main([*words, "--quiet"]) == 0
    shown = capfd.readouterr()
    assert "T-1" in shown.out
    assert "60 lines" in shown.out
    for row in lines[:60]:
        assert row[1] not in shown.out + shown.err
        assert row[4] == "" or row[4] not in shown.out + shown.err


def test_a_list_in_other_words_without_references_is_read(tmp_path, capfd):
    lines, missing, _, truth = world(4)
    rows = [[f"{row[1]} {row[2]} {row[3]}", row[4]] for row in lines[:40]]
    rows.append(["Невидимий Іван", "31.02.1990"])
    write(tmp_path / "list.csv", rows, header=["ФИО", "Дата рождения"])
    write(tmp_path / "missing.csv", missing[:800])
    words = ["triage", str(tmp_path / "list.csv"), "--wanted", str(tmp_path / "missing.csv")]
    assert main([*words, "--json"]) == 0
    shown = capfd.readouterr()
    found = json.loads(shown.out)
    assert "ФИО = name_as_written" in shown.err
    assert [line["ref"] for line in found["lines"]] == [f"row-{n}" for n in range(2, 43)]
    bad = found["lines"][-1]
    assert (bad["class"], bad["flags"]) == ("insufficient_identification", ["unreadable"])
    assert "31.02.1990" not in json.dumps(bad)
    for n, line in enumerate(found["lines"][:40]):
        if truth[f"T-{n}"] == "matched":
            assert line["class"] in ("matched", "possible")
            assert line["match"] == f"W-{n}"


def test_a_workbook_runs_no_formula(tmp_path):
    text = io.StringIO()
    csv.writer(text).writerows(
        [
            HEADER[:5],
            ["=1+1", "=HYPERLINK(1)", "@Іван", "", "1990-02-03"],
            ["T-2", "Вигаданий", "", "", ""],
        ]
    )
    (tmp_path / "list.csv").write_text(text.getvalue(), encoding="utf-8")
    write(tmp_path / "missing.csv", [["W-1", "Інший", "Петро", "", "1980-05-06", "", "", ""]])
    out = tmp_path / "out.xlsx"
    words = ["triage", str(tmp_path / "list.csv"), "--wanted", str(tmp_path / "missing.csv")]
    assert main([*words, "-o", str(out), "--quiet"]) == 0
    for sheet in openpyxl.load_workbook(out):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n", "inlineStr")
                assert not str(cell.value or "").startswith(("=", "+", "-", "@"))


def test_flags_are_a_closed_list_with_a_sentence_each():
    assert all(text.endswith(".") for text in FLAGS.values())
    assert all(text.endswith(".") for pair in CLASSES.values() for text in pair)


def run(tmp_path, capfd, rows, header, *options):
    """Look a list through for three people who are missed; return what is said, and shown."""
    missing = [
        ["W-1", "Вигаданко", "Олександр", "Миколайович", "1988-03-14", "", "", ""],
        ["W-2", "Химерчук", "Юрій", "Сергійович", "1990-07-02", "", "", ""],
        ["W-3", "الزهراني", "محمد", "", "1985-02-11", "", "", ""],
    ]
    write(tmp_path / "list.csv", rows, header=header)
    write(tmp_path / "missing.csv", missing)
    words = ["triage", str(tmp_path / "list.csv"), "--wanted", str(tmp_path / "missing.csv")]
    assert main([*words, "--json", *options]) == 0
    shown = capfd.readouterr()
    return json.loads(shown.out), shown.err


def test_a_list_in_the_words_of_its_country_says_who_is_a_civilian(tmp_path, capfd):
    header = ["Имя", "Год рождения", "Категория", "Здоровье", "Жив"]
    rows = [
        ["Выгаданко Александр Николаевич", "14.03.1988", "Гражданский", "", "да"],
        ["KHYMERCHUK Yurii", "2/7/1990", "военнопленный", "тяжело ранен", "да"],
        ["محمد الزهراني", "1985-02-11", "врач", "", "погиб"],
    ]
    found, said = run(tmp_path, capfd, rows, header)
    assert "Имя = name_as_written" in said
    assert [(line["match"], line["flags"]) for line in found["lines"]] == [
        ("W-1", ["civilian"]),
        ("W-2", ["article_109"]),
        ("W-3", ["retained", "dead"]),
    ]


def test_two_lines_that_fit_one_person_of_ours_are_marked(tmp_path, capfd):
    rows = [["T-1", "Вигаданко Олександр Миколайович"], ["T-2", "Вигаданко Олександр Миколайович"]]
    found, _ = run(tmp_path, capfd, rows, ["ref", "full name"])
    for line in found["lines"]:
        assert (line["class"], line["match"]) == ("possible", "W-1")
        assert "shared_match" in line["flags"]


def test_nobody_of_ours_is_left_out_because_of_a_cell(tmp_path, capfd):
    """A row of the missing that cannot be read must not make its person one nobody missed."""
    (tmp_path / "ours.csv").write_text(
        "ПІБ;Дата народження;Стать\nОрленко Адам Ілліч;31.02.1990;?!\n"
    )
    (tmp_path / "list.csv").write_text("full name\nОрленко Адам Ильич\n")
    words = ["triage", str(tmp_path / "list.csv"), "--wanted", str(tmp_path / "ours.csv"), "--json"]
    assert main(words) == 0
    shown = capfd.readouterr()
    (line,) = json.loads(shown.out)["lines"]
    assert (line["class"], line["match"]) == ("possible", "row-2")
    assert "ours.csv: rows with cells that cannot be read, which count as empty: 1." in shown.err


def test_a_simulation_says_so_in_every_row(tmp_path, capfd):
    header, out = ["ref", "full name", "simulation"], tmp_path / "out.xlsx"
    _, said = run(tmp_path, capfd, [["T-1", "Орленко Адам", "yes"]], header, "-o", str(out))
    assert "SIMULATION" in said
    for sheet in openpyxl.load_workbook(out):
        rows = list(sheet.iter_rows(values_only=True))
        assert {row[-1] for row in rows} == {"SIMULATION"}
        assert (sheet.freeze_panes, sheet.auto_filter.ref[:3]) == ("A2", "A1:")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--returned", "list.csv"], "triage.no_list"),
        (["--wanted", "list.csv", "-o", "out.csv"], "triage.output"),
        (["--wanted", "empty.csv"], "records.empty"),
        (["--wanted", "none.csv"], "cli.no_file"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_written(
    words, code, tmp_path, monkeypatch, capfd
):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "list.csv", [["T-1", "Орленко"]], header=["ref", "family_name"])
    (tmp_path / "empty.csv").write_text("")
    assert main(["triage", "list.csv", *words, "--json"]) == 2
    assert json.loads(capfd.readouterr().out)["code"] == code
    assert not (tmp_path / "out.csv").exists()
