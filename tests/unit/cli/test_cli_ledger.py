import datetime as dt
import io
import json
import sys

import pytest
from tests.unit.handover.logbook import ORIGIN, Logbook, key_of, member, whole_case

from homeward.cli import main
from homeward.cli.ledger import write_tree
from homeward.foundation.errors import InputError
from homeward.ledger.checkpoint import sign_checkpoint
from homeward.ledger.log import Log
from homeward.ledger.note import NoteSigner
from homeward.ledger.tiles import export_tree
from homeward.node import home

SIGNER = NoteSigner(ORIGIN, key_of("AE", "log"))
VKEY = SIGNER.verifier.vkey


def exported(entries, signer=SIGNER):
    log = Log(ORIGIN, entries)
    return export_tree(log, sign_checkpoint(log.checkpoint(), signer), signer.verifier.vkey)


@pytest.fixture(scope="module")
def entries():
    log = Logbook()
    log.open(simulation=True)
    return log.play(whole_case())


@pytest.fixture
def tree(entries, tmp_path):
    write_tree(tmp_path / "tree", exported(entries))
    return tmp_path / "tree"


def verify(tree, *more):
    return main(["ledger", "verify", str(tree), *more])


def problem(tree, capsys, *more):
    code = verify(tree, "--json", *more)
    return code, json.loads(capsys.readouterr().out)


def test_an_exported_ledger_is_verified_and_told(tree, entries, capsys):
    assert verify(tree, "--vkey", VKEY) == 0
    out, err = capsys.readouterr()
    assert out.startswith("SIMULATION: ")
    assert err == ""
    assert f"The ledger {ORIGIN} holds: every file, signature and entry." in out
    assert f"size  {len(entries)} entries" in out
    assert "case c-1 (RU, UA): closed" in out


def test_an_exported_ledger_is_told_as_json(tree, entries, capsys):
    code, found = problem(tree, capsys, "--vkey", VKEY)
    assert code == 0
    assert (found["origin"], found["size"], found["simulation"]) == (ORIGIN, len(entries), True)
    assert found["root"] == Log(ORIGIN, entries).root().hex()
    assert found["cases"] == [{"case": "c-1", "state": "closed", "parties": ["RU", "UA"]}]
    assert (found["vkey"], found["vkey_from"]) == (VKEY, "given")


def test_a_log_of_real_members_is_no_simulation(tmp_path, capsys):
    log = Logbook()
    log.open([member("AE", "mediator")])
    write_tree(tmp_path / "tree", exported(log.entries))
    assert verify(tmp_path / "tree", "--vkey", VKEY) == 0
    out, err = capsys.readouterr()
    assert "SIMULATION" not in out + err


def test_whoever_trusts_the_trees_own_key_is_warned(tree, capsys):
    code = verify(tree, "--json")
    out, err = capsys.readouterr()
    assert code == 0
    assert json.loads(out)["vkey_from"] == "tree"
    assert "trusting the tree's own key; compare its fingerprint by voice: " in err


def test_any_altered_file_is_named(tree, capsys):
    files = sorted(path for path in tree.rglob("*") if path.is_file())
    assert len(files) == 4
    for path in files:
        data = path.read_bytes()
        for at in (0, len(data) // 2, len(data) - 1):
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            for key in ([], ["--vkey", VKEY]):
                code, found = problem(tree, capsys, *key)
                assert (code, found["kind"]) == (8, "TamperError"), path
        path.write_bytes(data)
    assert verify(tree) == 0


def test_an_altered_entry_is_named_by_its_number(tree, entries, capsys):
    path = next((tree / "tile" / "entries").rglob("*.p/*"))
    data = path.read_bytes()
    at = data.index(entries[3]) + 40
    path.write_bytes(data[:at] + b"A" + data[at + 1 :])
    code, found = problem(tree, capsys)
    assert code == 8
    assert found["facts"] == {"entry": 3}


@pytest.mark.parametrize("name", ["vkey", "checkpoint", "tile/0/", "tile/entries/"])
def test_a_missing_file_is_named(tree, name, capsys):
    files = (path for path in tree.rglob("*") if path.is_file())
    found = next(path for path in files if path.relative_to(tree).as_posix().startswith(name))
    found.unlink()
    code, document = problem(tree, capsys)
    assert code == 8
    assert document["facts"]["file"] == found.relative_to(tree).as_posix()


def test_a_file_too_many_is_refused(tree):
    (tree / "note.txt").write_text("hello")
    assert verify(tree) == 8


def test_another_key_than_the_one_given_is_refused(tree, entries, tmp_path):
    other = NoteSigner(ORIGIN, key_of("AE", "another"))
    write_tree(tmp_path / "other", exported(entries, other))
    assert verify(tmp_path / "other") == 0
    assert verify(tmp_path / "other", "--vkey", VKEY) == 8


def test_a_key_of_another_form_is_an_input_error(tree, capsys):
    code, found = problem(tree, capsys, "--vkey", "mine")
    assert (code, found["code"]) == (2, "ledger.vkey")


def test_a_signed_entry_that_was_not_allowed_is_the_authors_fault(entries, tmp_path, capsys):
    log = Logbook()
    log.open()
    log.sign("gossip", "UA", "bureau", {}, case="c-1")
    write_tree(tmp_path / "tree", exported(log.entries))
    code, found = problem(tmp_path / "tree", capsys)
    assert (code, found["facts"]["entry"]) == (5, 1)


def test_a_log_that_is_none_of_ours_is_refused(tmp_path, capsys):
    write_tree(tmp_path / "tree", exported([b"one", b"two"]))
    code, found = problem(tmp_path / "tree", capsys)
    assert (code, found["facts"]) == (8, {"entry": 0})


@pytest.mark.parametrize("name", ["none", "file", "empty"])
def test_a_folder_without_a_ledger_is_an_input_error(name, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    assert verify(tmp_path / name) == 2


def test_a_tree_is_written_to_a_new_or_an_empty_folder(tmp_path):
    (tmp_path / "empty").mkdir()
    for name in ("empty", "new"):
        write_tree(tmp_path / name, {"a": b"1", "tile/0/b": b"2"})
        assert (tmp_path / name / "tile/0/b").read_bytes() == b"2"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "new"]


def test_a_tree_is_never_written_over_anything(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("kept")
    (tmp_path / "file").write_text("kept")
    for name in ("full", "file", "no/where"):
        with pytest.raises(InputError):
            write_tree(tmp_path / name, {"a": b"1"})
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine"]


def test_an_export_looks_at_its_folder_before_it_opens_the_node(tmp_path, capsys):
    (tmp_path / "mine").write_text("kept")
    assert main(["ledger", "export", str(tmp_path), "--home", str(tmp_path / "no")]) == 2
    assert "Expected a new or an empty folder" in capsys.readouterr().err


def test_an_export_needs_a_node(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("HOMEWARD_HOME", raising=False)
    assert main(["ledger", "export", str(tmp_path / "out")]) == 2
    assert "--home" in capsys.readouterr().err


def make_node(folder, *, simulation):
    home.init_node(
        folder,
        party="XC",
        role="mediator",
        name="Office of Caldia",
        passphrase="seven geese over the quiet mill",
        now=dt.datetime(2025, 2, 5, tzinfo=dt.UTC),
        entropy=lambda length: bytes(range(length)),
        simulation=simulation,
    )
    home.close_node()


def test_a_node_of_a_simulation_is_opened_without_a_question(tmp_path, monkeypatch, capsys):
    make_node(tmp_path / "xc", simulation=True)
    monkeypatch.setenv("HOMEWARD_HOME", str(tmp_path / "xc"))
    assert main(["ledger", "export", str(tmp_path / "out")]) == 3
    assert "Expected a ledger with entries, found none." in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_real_node_asks_for_its_passphrase_on_a_terminal_alone(tmp_path, monkeypatch, capsys):
    make_node(tmp_path / "xc", simulation=False)
    monkeypatch.setattr(sys, "stdin", io.StringIO("seven geese over the quiet mill\n"))
    assert main(["ledger", "export", str(tmp_path / "out"), "--home", str(tmp_path / "xc")]) == 2
    assert "Expected a terminal" in capsys.readouterr().err


def test_a_folder_without_a_node_is_not_opened(tmp_path):
    assert main(["ledger", "export", str(tmp_path / "out"), "--home", str(tmp_path / "no")]) == 3
