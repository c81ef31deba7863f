import csv
import json

import openpyxl
import pytest

from homeward.cli import main
from homeward.foundation.canonical import canonical_bytes, read_sealed, seal_document

COUNT = 3
TERMS = """
[agreement]
id = "invented"
mediators = ["AE"]
effective = 2025-02-05
article_109 = "counted"
[parties]
UA = {}
RU = {}
[categories]
wounded = "health >= 'serious'"
[[clause]]
id = "n3"
kind = "give"
flows = ["RU -> UA", "UA -> RU"]
count = 3
[[clause]]
id = "first"
kind = "named"
list = "promised"
[[objective]]
max = "count(wounded)"
[[objective]]
min = "sum(days_held)"
"""
COLUMNS = ("ref", "power", "status", "alive", "health", "captured_on", "consent", "family_name")


def rows_of(holder, power, count=9):
    for number in range(count):
        health = ("good", "serious", "unknown")[number % 3]
        consent = ("yes", "unknown")[number % 2]
        yield (
            f"{holder}-{number:03}", power, "pow", "yes", health, f"2024-0{number + 1}-01",
            consent, "Secretname",
        )  # fmt: skip


def write_csv(path, header, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give a folder with an agreement, lists and a plan that was made from them."""
    folder = tmp_path_factory.mktemp("plan")
    (folder / "terms.toml").write_text(TERMS)
    write_csv(folder / "ua.csv", COLUMNS, rows_of("UA", "RU"))
    write_csv(folder / "ru.csv", COLUMNS, rows_of("RU", "UA"))
    write_csv(folder / "promised.csv", ["person"], [["RU:RU-004"], ["UA:UA-008"]])
    assert main(plan_words(folder, "-o", str(folder / "plan.json"))) == 0
    return folder


@pytest.fixture
def folder(made, tmp_path):
    for file in made.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def inputs(folder):
    return [
        *("--held", f"UA={folder / 'ua.csv'}", "--held", f"RU={folder / 'ru.csv'}"),
        *("--list", f"promised={folder / 'promised.csv'}", "--today", "2025-02-05"),
    ]


def plan_words(folder, *more):
    return ["plan", str(folder / "terms.toml"), *inputs(folder), *more]


def check_words(folder, *more):
    return ["check", str(folder / "terms.toml"), str(folder / "plan.json"), *inputs(folder), *more]


def problem(words, capsys):
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_plan_goes_to_its_file_and_to_standard_output_byte_for_byte(folder, capsysbinary):
    assert main(plan_words(folder, "--json")) == 0
    out, err = capsysbinary.readouterr()
    assert out == (folder / "plan.json").read_bytes()
    assert read_sealed(out, "plan_sha256", what="plan")["status"] == "optimal"
    assert b"Planning for 18 people" in err


def test_a_plan_is_told_in_words_with_the_next_command(folder, capsys):
    assert main(plan_words(folder, "--quiet")) == 0
    out, err = capsys.readouterr()
    plan = json.loads((folder / "plan.json").read_bytes())
    for words in (
        "OPTIMAL: no better plan exists",
        "6 people go home under invented:",
        "  RU -> UA  3",
        "  1. people of category wounded, as many as possible: 5",
        "  2. days held, summed up, as few as possible: ",
        "Law (GC III arts 109-110, clause article_109): 5 of those",
        "To be reviewed: 6 people of whom the lists do not say whether wounded.",
        "An interviewer asks everybody in private",
        f"plan_sha256 {plan['plan_sha256']}",
        "  homeward check ",
    ):
        assert words in out
    assert "Secretname" not in out
    assert err == ""


def test_every_level_is_told_as_what_it_is(folder, capsys):
    more = """
[[clause]]
id = "more"
kind = "quota"
flows = ["RU -> UA"]
where = "wounded"
min = 4
prefer = true
[[clause]]
id = "days"
kind = "phase"
days = [1, 7]
order = ["wounded"]
"""
    aims = '[[objective]]\nmin = "sum(days_held) by phase"\n[[objective]]\nmax = "least_share"\n'
    text = TERMS.split("[[objective]]", maxsplit=1)[0] + more + aims
    (folder / "terms.toml").write_text(text)
    assert main(plan_words(folder, "--quiet")) == 0
    out = capsys.readouterr().out
    for words in (
        "  1. the wish of clause more, as near as possible: missed by 1\n",
        "  2. in phase 1, people of category wounded, as many as possible: 5\n",
        "  4. in phase 1, days held, summed up, as few as possible: ",
        "  6. of the party that gets the least, the share who return: 33.3 %\n",
        "  7. everybody as early as possible, phases not waited, summed up: ",
        ". tie-break: drawn by the seed\n",
        "Under the plan 3 people of RU come home. Without it RU is still owed 3 people by",
    ):
        assert words in out, out
    assert out.count("drawn by the seed") <= 2


def test_the_next_command_is_one_that_works(folder, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    assert main(plan_words(folder, "-o", "plan.json")) == 0
    line = capsys.readouterr().out.rstrip().rpartition("\n")[2]
    assert main(line.split()[1:]) == 0


def test_the_same_lists_in_another_order_give_the_same_bytes(folder, capsysbinary):
    write_csv(folder / "ua.csv", COLUMNS, reversed(list(rows_of("UA", "RU"))))
    assert main(plan_words(folder, "--json")) == 0
    assert capsysbinary.readouterr().out == (folder / "plan.json").read_bytes()


def test_the_seed_that_was_drawn_stands_in_the_plan_and_is_checked(folder, capsys):
    seed = "ab" * 32
    target = str(folder / "plan.json")
    assert main(plan_words(folder, "--seed", seed, "-o", target)) == 0
    assert f"--seed {seed}" in capsys.readouterr().out
    assert main(check_words(folder, "--seed", seed)) == 0
    assert main(check_words(folder)) == 8


def test_where_there_is_no_plan_the_conflicts_are_told(folder, capsysbinary):
    (folder / "terms.toml").write_text(TERMS.replace("count = 3", "count = 30"))
    target = folder / "none.json"
    assert main(plan_words(folder, "--json", "-o", str(target))) == 7
    out, err = capsysbinary.readouterr()
    assert json.loads(out)["status"] == "infeasible"
    assert out == target.read_bytes()
    assert b"homeward: No plan keeps every clause." in err
    assert b"Conflict 1 (n3): Clause n3 asks for 30" in err
    assert b"Repair: With count 9 instead of 30" in err


def test_numbers_that_mend_it_together_stand_below_one_another(folder, capsys):
    quota = '[[clause]]\nid = "hurt"\nkind = "quota"\nflows = ["RU -> UA"]\nmin = 1200\n'
    text = TERMS.replace("count = 3", "count = 30").replace(
        "[[objective]]", quota + "[[objective]]", 1
    )
    (folder / "terms.toml").write_text(text)
    assert main(plan_words(folder)) == 7
    told = capsys.readouterr().err.splitlines()
    start = told.index("Repair: With these 2 numbers together a plan exists.")
    assert told[start + 1 : start + 3] == [
        "  n3: count 9 instead of 30",
        "  hurt: min 9 instead of 1,200",
    ]


def test_a_plan_is_checked_and_what_was_checked_is_told(folder, capsys):
    assert main(check_words(folder)) == 0
    out = capsys.readouterr().out
    assert out.startswith("The plan holds: every clause of invented is kept; no better plan exists")
    assert "people       6 go home of 18 on the lists checked" in out
    assert "clauses      n3, first, consent" in out
    assert " bytes\n" in out


def test_what_was_checked_is_told_as_json(folder, capsys):
    code, checked = problem(check_words(folder, "--quiet"), capsys)
    assert code == 0
    assert checked["status"] == "optimal"
    assert (checked["people"], checked["moves"]) == (18, 6)
    assert checked["levels_proved"] == len(checked["levels"])
    assert checked["certificate_bytes"] > 100
    assert not checked["simulation"]


def test_a_party_checks_its_share_from_its_own_list_alone(folder, capsys):
    words = [
        *("check", str(folder / "terms.toml"), str(folder / "plan.json"), "--party", "UA"),
        *("--held", f"UA={folder / 'ua.csv'}", "--list", f"promised={folder / 'promised.csv'}"),
        *("--today", "2025-02-05"),
    ]
    code, checked = problem(words, capsys)
    assert code == 0
    assert (checked["people"], checked["moves"]) == (9, 3)
    assert main(words) == 0
    assert "The share of UA in the plan holds" in capsys.readouterr().out


def test_any_other_byte_of_a_plan_is_refused(folder):
    data = (folder / "plan.json").read_bytes()
    for at in range(0, len(data), max(1, len(data) // 12)):
        (folder / "plan.json").write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert main(check_words(folder)) == 8


def test_a_plan_sealed_anew_with_a_move_too_few_breaks_a_clause(folder, capsys):
    plan = json.loads((folder / "plan.json").read_bytes())
    moves = [move for move in plan["moves"] if move["ref"] != "RU-004"]
    forged = seal_document({**plan, "moves": moves}, "plan_sha256")
    (folder / "plan.json").write_bytes(canonical_bytes(forged))
    code, found = problem(check_words(folder), capsys)
    assert (code, found["facts"]) == (6, {"clause": "first"})


def test_another_list_is_another_pool(folder):
    write_csv(folder / "ru.csv", COLUMNS, rows_of("RU", "UA", count=8))
    assert main(check_words(folder)) == 8


def test_a_document_without_a_plan_cannot_be_checked_as_one(folder):
    terms = (folder / "terms.toml").read_text().replace("count = 3", "count = 30")
    (folder / "terms.toml").write_text(terms)
    assert main(plan_words(folder, "-o", str(folder / "plan.json"))) == 7
    assert main(check_words(folder)) == 7


def test_invented_countries_are_a_simulation(folder, capsys):
    for name in ("terms.toml", "ua.csv", "ru.csv", "promised.csv"):
        text = (folder / name).read_text().replace("UA", "XA").replace("RU", "XB")
        (folder / name).write_text(text)
    words = [word.replace("UA=", "XA=").replace("RU=", "XB=") for word in plan_words(folder)]
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert out.startswith("SIMULATION: ")
    assert "SIMULATION: " in err


def test_lists_that_say_so_are_a_simulation(folder, capsys):
    rows = [(*row, "yes") for row in rows_of("UA", "RU")]
    write_csv(folder / "ua.csv", (*COLUMNS, "Simulation"), rows)
    assert main(check_words(folder)) == 0
    assert capsys.readouterr().out.startswith("SIMULATION: ")


def test_bad_rows_are_summed_up_without_their_content(folder, capsys):
    with (folder / "ua.csv").open("a", encoding="utf-8") as file:
        for number in range(7):
            file.write(f"UA-9{number},RU,pow,yes,Secretstate,2024-01-01,yes,Secretname\n")
    assert main(check_words(folder)) == 0
    err = capsys.readouterr().err
    assert "ua.csv: 9 of 16 rows used, 7 left out:" in err
    assert "7  unknown value in column health (rows 11, 12, 13, 14, 15, …): expected good" in err
    assert "Secret" not in err


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (["holder", "ref"], [["RU", "RU-004"], ["UA", "UA-008"]]),
        (["ref"], [["RU-004"], [""], ["UA-008"]]),
        (["Ref", "note"], [["UA-008", "x"], ["RU-004", ""]]),
        (["person", "ref"], [["", "RU-004"], ["UA:UA-008", ""]]),
    ],
)
def test_a_named_list_may_name_people_in_any_of_its_forms(folder, header, rows):
    write_csv(folder / "promised.csv", header, rows)
    assert main(check_words(folder)) == 0


def test_a_named_list_may_be_a_workbook(folder):
    book = openpyxl.Workbook()
    for row in (["ref"], ["RU-004"], ["UA-008"]):
        book.active.append(row)
    book.save(folder / "promised.xlsx")
    words = [word.replace("promised.csv", "promised.xlsx") for word in check_words(folder)]
    assert main(words) == 0


@pytest.mark.parametrize(
    ("header", "rows", "code"),
    [
        (["name"], [["Secretname"]], "terms.list_columns"),
        (["person"], [["RU:RU-004"], ["Secretname"]], "terms.list_row"),
        (["holder", "ref"], [["RU", ""]], "terms.list_row"),
        (["holder", "ref"], [["Secretname", "RU-004"]], "terms.list_row"),
        (["person", "note"], [["", "x"]], "terms.list_row"),
        (["ref"], [["RU-999"]], "terms.list_ref"),
        (["ref"], [["SHARED"]], "terms.list_ref"),
    ],
)
def test_a_named_list_is_used_whole_or_not_at_all(folder, header, rows, code, capsys):
    for holder, power in (("UA", "RU"), ("RU", "UA")):
        shared = ("SHARED", power, "pow", "yes", "good", "2024-01-01", "yes", "")
        write_csv(folder / f"{holder.lower()}.csv", COLUMNS, [*rows_of(holder, power), shared])
    write_csv(folder / "promised.csv", header, rows)
    exit_code, found = problem(plan_words(folder), capsys)
    assert (exit_code, found["code"]) == (2, code)
    assert "Secret" not in found["message"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("UA=", "XX=", "cli.holder"),
        ("UA=", "UA:", "cli.pair"),
        ("UA=", "RU=", "cli.twice"),
        ("promised=", "promissed=", "cli.list"),
        ("ua.csv", "none.csv", "cli.no_file"),
        ("terms.toml", "none.toml", "cli.no_file"),
        ("terms.toml", "", "cli.no_file"),
        ("2025-02-05", "yesterday", "cli.usage"),
    ],
)
def test_a_line_that_names_something_else_is_refused(folder, old, new, code, capsys):
    words = [word.replace(old, new) for word in plan_words(folder)]
    exit_code, found = problem(words, capsys)
    assert (exit_code, found["code"]) == (2, code)


@pytest.mark.parametrize("option", [("--seed", "AB" * 32), ("--time-limit", "0"), ("--seed", "ab")])
def test_an_option_of_another_form_is_refused(folder, option, capsys):
    exit_code, found = problem(plan_words(folder, *option), capsys)
    assert (exit_code, found["code"]) == (2, "cli.usage")


def test_a_holder_whose_list_is_missing_is_named(folder, capsys):
    words = plan_words(folder)
    del words[4:6]
    exit_code, found = problem(words, capsys)
    assert (exit_code, found["code"]) == (2, "cli.holder_missing")
    assert "RU" in found["message"]


def test_a_missing_list_is_named(folder, capsys):
    words = plan_words(folder)
    del words[6:8]
    exit_code, found = problem(words, capsys)
    assert (exit_code, found["code"]) == (2, "terms.list_missing")


def test_a_file_that_is_too_large_for_an_agreement_is_not_read(folder, capsys):
    (folder / "terms.toml").write_bytes(b"#" * 300_000)
    exit_code, found = problem(plan_words(folder), capsys)
    assert (exit_code, found["code"]) == (2, "cli.too_large")


def test_a_plan_is_written_whole_or_not_at_all(folder, capsys):
    target = folder / "no" / "plan.json"
    exit_code, found = problem(plan_words(folder, "-o", str(target)), capsys)
    assert (exit_code, found["code"]) == (2, "cli.no_folder")
    (folder / "taken").mkdir()
    exit_code, found = problem(plan_words(folder, "-o", str(folder / "taken")), capsys)
    assert (exit_code, found["code"]) == (2, "cli.no_folder")
    assert not list(folder.glob(".*"))
