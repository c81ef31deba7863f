"""The commands as their users type them: each does what `homeward status` says comes next."""

import contextlib
import csv
import functools
import io
import json
import re
import shlex
from pathlib import Path

import pytest

from homeward.cli import main
from homeward.node import home

NODES = {"XA": "bureau", "XB": "bureau", "XM": "mediator"}
CASE = "xa-xb-1"
TO_XA, TO_XB = "XB -> XA", "XA -> XB"
FAMILIES = ("Orlan", "Veshin", "Dorman", "Kalisz", "Tomas", "Rudin", "Belar", "Soltan")
TERMS = f"""
[agreement]
id = "{CASE}"
mediators = ["XM"]
effective = 2026-03-01
article_109 = "outside"

[parties]
XA = {{ name = "Xa" }}
XB = {{ name = "Xb" }}

[[stop]]
home = "XB"
country = "XT"
purpose = "medical check"

[[clause]]
id = "five"
kind = "give"
flows = ["XB -> XA", "XA -> XB"]
count = 5

[[objective]]
max = "sum(days_held)"
"""


class Said:
    """What a command left behind: exit code, standard output, standard error."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


def run(*words):
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(word) for word in words])
        out.flush()
    return Said(code, out.buffer.getvalue().decode(), err.getvalue())


def done(*words):
    said = run(*words)
    assert said.code == 0, (words, said.out, said.err)
    return said


class Office:
    """Three nodes of one test, and the line that each of their commands needs."""

    def __init__(self, folder):
        self.folder = folder
        self.typed = []

    def at(self, party):
        folder = self.folder / party.lower()
        return "--home", folder, "--passphrase-file", self.folder / f"{party.lower()}.txt"

    def steps(self, party):
        """Return the commands that `homeward status` says to type, as words."""
        out = done("status", *self.at(party)).out
        return [
            shlex.split(line)
            for line in re.findall(r"^(?:Next|Then): homeward (.*)$", out, re.MULTILINE)
        ]

    def follow(self, answers):
        """Type what each status says, and carry what is new, until nobody has a step left."""
        for _ in range(40):
            before = len(self.typed)
            for party in NODES:
                for words in self.steps(party):
                    self._type(party, words, answers)
            if len(self.typed) == before:
                return
        raise AssertionError(self.typed[-6:])

    def _type(self, party, words, answers):
        if words[0] == "bundle" and words[1] == "export":
            self.carry(words)
        elif words[:2] != ["case", "open"] and words[:2] != ["bundle", "import"]:
            done(*words)
            self.typed.append((party, " ".join(words[: words.index("--home")])))
            if words[1] == "sheet":
                fill(words[words.index("-o") + 1], answers)

    def carry(self, words):
        said = done(*words).out
        to, path = re.search(r"node of (\w+): homeward bundle import (\S+)", said).groups()
        brought = done("bundle", "import", path, *self.at(to)).out
        if "new entries 0, new lists 0" not in brought:
            self.typed.append((to, "import"))


def fill(path, answers):
    """Write yes into a sheet, and no for those whom `answers` names by number of the row."""
    rows = list(csv.DictReader(io.StringIO(Path(path).read_text("utf-8-sig"))))
    refusing = answers.pop(Path(path).stem, ())
    for number, row in enumerate(rows):
        row["answer"] = "No" if number in refusing else "yes"
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), delimiter=";")  # as some spreadsheets do
        writer.writeheader()
        writer.writerows(rows)


def held(holder, power, count):
    rows = ["ref,family_name,given_name,birth_date,power,status,health,captured_on"]
    rows += [
        f"{holder}-{i:03},{FAMILIES[i % 8]}{power},Adam,{1970 + i}-03-1{i % 9},{power},pow,good,2025-0{1 + i % 9}-05"
        for i in range(count)
    ]
    return "\n".join(rows) + "\n"


def wanted(power, count):
    rows = ["ref,family_name,given_name,birth_date,power,status,missing_since"]
    rows += [
        f"W{power}-{i:03},{FAMILIES[i % 8]}{power},Adam,{1970 + i}-03-1{i % 9},{power},pow,2025-01-01"
        for i in range(count)
    ]
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Give three nodes with cards and lists; a key is derived once, not at each command."""
    folder = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(home, "unlock_node", functools.cache(home.unlock_node))
        patch.chdir(folder)
        office = Office(folder)
        for party, role in NODES.items():
            (folder / f"{party.lower()}.txt").write_text(f"a long passphrase of {party}\n")
            done(
                "init", *office.at(party), "--party", party, "--role", role, "--name", f"Of {party}"
            )
        for party in NODES:
            for other in NODES:
                if other != party:
                    done("card", "--add", folder / other.lower() / "card.json", *office.at(party))
        for party, other in (("XA", "XB"), ("XB", "XA")):
            (folder / f"held-{party}.csv").write_text(held(party, other, 12))
            (folder / f"wanted-{party}.csv").write_text(wanted(party, 10))
            done("import", "held", folder / f"held-{party}.csv", *office.at(party))
            done("import", "wanted", folder / f"wanted-{party}.csv", *office.at(party))
        (folder / "terms.toml").write_text(TERMS)
        yield office
        home.close_node()


@pytest.fixture(scope="module")
def closed(office):
    """Play the whole case by what each status says; some refuse, at each question."""
    done("case", "open", "terms.toml", *office.at("XM"))
    office.follow({"interview-XB-to-XA": {1}, "last-stop-XA-to-XB": {0, 2}})
    return office


def test_the_same_list_twice_changes_nobody(office):
    said = done("import", "held", "held-XA.csv", *office.at("XA"))
    assert said.out.startswith("12 rows: 0 people added, 0 changed, 12 unchanged.")


def test_a_file_that_is_no_list_is_refused_and_changes_nobody(office):
    said = run("import", "held", "terms.toml", *office.at("XA"))
    assert said.code == 2
    assert "Expected a list whose first row names its columns" in said.err
    assert "12 held, 10 wanted" in done("status", *office.at("XA")).out


def test_a_bad_row_is_told_by_row_column_and_repair_never_by_its_content(office, tmp_path):
    file = tmp_path / "held.csv"
    file.write_text("ref,family_name,power,health\nXA-900,Orlan,XB,rather ill\n")
    said = done("import", "held", file, *office.at("XA"), "--json")
    found = json.loads(said.out)
    assert (found["rows"], found["added"], found["problems"]) == (1, 0, 1)
    group = found["problem_groups"][0]
    assert (group["column"], group["rows"]) == ("health", [2])
    assert "rather ill" not in said.out + said.err


def test_a_real_node_takes_no_list_of_a_simulation(office, tmp_path):
    file = tmp_path / "held.csv"
    file.write_text("ref,family_name,power,simulation\nXA-900,Orlan,XB,yes\n")
    said = run("import", "held", file, *office.at("XA"))
    assert (said.code, "column simulation" in said.err) == (2, True)


def test_whoever_follows_each_status_brings_everybody_home(closed):
    view = json.loads(done("status", "--json", *closed.at("XM")).out)
    (case,) = view["cases"]
    assert (case["case"], case["state"], case["turn"]) == (CASE, "closed", {})
    legs = {leg["leg"]: leg for leg in case["legs"]}
    assert (legs[TO_XA]["planned"], legs[TO_XA]["home"]) == (5, 4)
    assert legs[TO_XA]["not_travelling"] == 1
    assert (legs[TO_XB]["departed"], legs[TO_XB]["home"]) == (5, 3)
    typed = [command for _, command in closed.typed]
    assert any(command.startswith("case turn-back") for command in typed)
    assert any(command.startswith("documents manifest") for command in typed)


def test_all_three_nodes_have_the_same_ledger(closed):
    views = [json.loads(done("status", "--json", *closed.at(party)).out) for party in NODES]
    assert len({(view["log_size"], view["log_root"]) for view in views}) == 1


def test_the_options_of_a_node_may_stand_anywhere(closed, monkeypatch):
    first, second = closed.at("XA")[:2], closed.at("XA")[2:]
    after = done("status", *first, *second).out
    assert done(*first, *second, "status").out == after
    assert done(*first, "status", f"{second[0]}={second[1]}").out == after
    monkeypatch.setenv("HOMEWARD_HOME", str(first[1]))
    assert done("status", *second).out.splitlines()[:3] == after.splitlines()[:3]


def test_a_case_is_shown_in_words(closed):
    said = done("case", "show", CASE, *closed.at("XA")).out
    assert 'id = "five"' in said
    assert "# The case is closed." in said
    assert "days held, summed up, as many as possible" in said


@pytest.mark.parametrize(
    ("party", "words", "code"),
    [
        ("XA", ["case", "sign", CASE], 4),
        ("XA", ["case", "sign", "another"], 3),
        ("XM", ["case", "sign", CASE], 4),
        ("XA", ["case", "plan", CASE], 4),
        ("XA", ["case", "depart", CASE, "--leg", "here and there"], 2),
        ("XA", ["case", "sheet", CASE, "--leg", TO_XA, "--for", "check-in", "-o", "s.csv"], 4),
        ("XA", ["case", "accept"], 2),
        ("XM", ["documents", "manifest", CASE, "--leg", TO_XA, "-o", "m.pdf"], 3),
        ("XM", ["bundle", "export", "--to", "XZ"], 3),
        ("XA", ["bundle", "import", "terms.toml"], 2),
        ("XA", ["card", "--add", "xa/card.json"], 2),
    ],
)
def test_a_refusal_says_what_was_expected_and_what_to_do(closed, party, words, code):
    said = run(*words, *closed.at(party))
    assert (said.code, said.out) == (code, "")
    assert re.fullmatch(r"homeward: .*[Ee]xpected .*, found .*\. [A-Z].*\n", said.err), said.err


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("captive,answer\n{a},\n{b},\n", "2 of 2 rows without"),
        ("captive,answer\n{a},perhaps\n", "row 2"),
        ("captive,answer\n{a},yes\n{a},no\n", "row 3"),
        ("captive,answer\n,yes\n", "row 2"),
        ("person,answer\n{a},yes\n", "row 1"),
    ],
)
def test_a_sheet_that_is_not_filled_in_is_refused_and_says_where(closed, tmp_path, rows, words):
    file = tmp_path / "sheet.csv"
    file.write_text(rows.format(a="a" * 32, b="b" * 32))
    said = run("case", "interview", CASE, "--leg", TO_XA, "--answers", file, *closed.at("XM"))
    assert said.code == 2
    assert words in said.err
    assert "perhaps" not in said.err


def test_the_papers_of_a_leg_are_printed(closed, tmp_path):
    for document in ("manifest", "receipt"):
        file = tmp_path / f"{document}.pdf"
        done("documents", document, CASE, "--leg", TO_XA, "-o", file, *closed.at("XA"))
        assert file.read_bytes().startswith(b"%PDF-")


def test_an_exported_ledger_is_verified_and_every_changed_file_is_found(closed, tmp_path):
    done("ledger", "export", tmp_path / "ledger", *closed.at("XB"))
    said = done("ledger", "verify", tmp_path / "ledger", *closed.at("XA"))
    assert f"case {CASE} (XA, XB): closed" in said.out
    files = [path for path in (tmp_path / "ledger").rglob("*") if path.is_file()]
    assert len(files) >= 4
    for file in files:
        data = file.read_bytes()
        changed = bytearray(data)
        changed[len(data) // 2] ^= 1
        file.write_bytes(changed)
        said = run("ledger", "verify", tmp_path / "ledger")
        assert said.code == 8, file
        assert re.search(r"entry \d|tile|checkpoint|vkey|key", said.err), said.err
        file.write_bytes(data)
    assert run("ledger", "verify", tmp_path / "ledger").code == 0


def test_a_list_that_was_written_out_reads_back_the_same(closed, tmp_path):
    for name in ("held.csv", "held.xlsx"):
        done("export", "held", tmp_path / name, *closed.at("XA"))
        said = done("import", "held", tmp_path / name, *closed.at("XA"))
        assert said.out.startswith("12 rows: 0 people added, 0 changed, 12 unchanged.")


def test_a_node_comes_back_from_its_backup(closed, tmp_path):
    file, folder = tmp_path / "xa.backup", tmp_path / "again"
    done("backup", file, *closed.at("XA"))
    passphrase = closed.at("XA")[2:]
    done("restore", file, "--home", folder, *passphrase)
    again = done("status", "--json", "--home", folder, *passphrase).out
    assert again == done("status", "--json", *closed.at("XA")).out
    assert run("restore", file, "--home", folder, *passphrase).code == 2
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert run("restore", file, "--home", tmp_path / "other", *passphrase).code == 8
    assert not (tmp_path / "other").exists()


def test_another_passphrase_opens_nothing(office, tmp_path):
    (tmp_path / "p.txt").write_text("another long passphrase\n")
    folder = office.at("XA")[:2]
    said = run("status", *folder, "--passphrase-file", tmp_path / "p.txt")
    assert (said.code, said.out) == (3, "")
