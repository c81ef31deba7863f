import datetime as dt
import json
import stat

import pytest
from django.db import connection

from homeward.foundation.canonical import canonical_bytes
from homeward.foundation.errors import AccessError, EngineError, InputError, TamperError
from homeward.node import home
from homeward.node.models import AccessLog, Peer


def make(folder, passphrase, now, entropy, **options):
    choices = {"party": "XB", "role": "bureau", "name": "Bureau of Borland"} | options
    return home.init_node(folder, passphrase=passphrase, now=now, entropy=entropy, **choices)


def add_peer(now, party="XC", card=b"card of Kowalenko"):
    Peer.objects.create(party=party, role="bureau", card=card, added_at=now)


@pytest.mark.file
def test_a_new_node_is_readable_by_its_owner_alone(tmp_path, passphrase, now, entropy):
    node = make(tmp_path / "xb", passphrase, now, entropy)
    home.close_node()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in node.home.iterdir()}
    assert stat.S_IMODE(node.home.stat().st_mode) == 0o700
    assert modes == {
        "node.json": 0o600,
        "keys.json": 0o600,
        "card.json": 0o600,
        "vault.key": 0o600,
        "node.db": 0o600,
        "inbox": 0o700,
        "outbox": 0o700,
    }


def test_a_simulation_keeps_its_passphrase_in_its_folder(tmp_path, passphrase, now, entropy):
    node = make(tmp_path / "xb", passphrase, now, entropy, simulation=True)
    home.close_node()
    assert home.simulation_passphrase(node.home) == passphrase
    assert stat.S_IMODE((node.home / "passphrase").stat().st_mode) == 0o600
    assert home.open_node(node.home, passphrase).about.simulation


def test_a_real_node_keeps_no_passphrase(node):
    with pytest.raises(AccessError):
        home.simulation_passphrase(node.home)


def test_a_folder_that_holds_something_is_not_taken(node, passphrase, now, entropy):
    home.close_node()
    before = (node.home / "keys.json").read_bytes()
    with pytest.raises(InputError, match="new or an empty folder"):
        make(node.home, passphrase, now, entropy)
    assert (node.home / "keys.json").read_bytes() == before


@pytest.mark.parametrize(
    "options", [{"party": "Borland"}, {"role": "judge"}, {"name": ""}, {"passphrase": "short"}]
)
def test_a_node_that_cannot_be_made_leaves_nothing(tmp_path, passphrase, now, entropy, options):
    choices = {"passphrase": passphrase} | options
    with pytest.raises(InputError):
        make(tmp_path / "xb", now=now, entropy=entropy, **choices)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_that_is_there_already_is_used(tmp_path, passphrase, now, entropy):
    (tmp_path / "volume").mkdir(mode=0o755)
    inode = (tmp_path / "volume").stat().st_ino
    make(tmp_path / "volume", passphrase, now, entropy)
    assert (tmp_path / "volume").stat().st_ino == inode
    assert stat.S_IMODE((tmp_path / "volume").stat().st_mode) == 0o700
    assert not list((tmp_path / "volume").glob(".new.*"))


@pytest.mark.parametrize("there", [True, False])
def test_a_failure_half_way_leaves_nothing(tmp_path, there):
    if there:
        (tmp_path / "xb").mkdir()

    def fail_half_way():
        with home.new_folder(tmp_path / "xb") as folder:
            home.write_private(folder / "node.json", b"{}")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert [path.name for path in tmp_path.rglob("*")] == ["xb"] * there


def test_another_passphrase_does_not_open_a_node(node):
    home.close_node()
    with pytest.raises(AccessError, match="passphrase"):
        home.open_node(node.home, "seven geese over the quiet hill")


def test_a_folder_without_a_node_is_told_so(tmp_path, passphrase):
    with pytest.raises(AccessError, match="found none"):
        home.open_node(tmp_path, passphrase)


def test_an_opened_node_has_what_was_written(node, passphrase, now):
    add_peer(now)
    home.close_node()
    opened = home.open_node(node.home, passphrase)
    assert opened == node
    row = Peer.objects.get()
    assert (row.party, bytes(row.card), row.added_at) == ("XC", b"card of Kowalenko", now)


@pytest.mark.file
def test_a_database_under_another_key_is_refused_in_silence(
    node, tmp_path, passphrase, now, entropy, capfd
):
    home.close_node()
    other = make(tmp_path / "xb", passphrase, now, entropy)
    home.close_node()
    (node.home / "node.db").write_bytes((other.home / "node.db").read_bytes())
    with pytest.raises(AccessError) as raised:
        home.open_node(node.home, passphrase)
    assert raised.value.code == "home.key"
    assert capfd.readouterr().err == ""
    home.open_node(other.home, passphrase)  # the failure left nothing open


@pytest.mark.file
def test_a_lost_database_is_not_replaced_by_an_empty_one(node, passphrase):
    home.close_node()
    (node.home / "node.db").unlink()
    with pytest.raises(EngineError, match="found no file"):
        home.open_node(node.home, passphrase)
    assert not (node.home / "node.db").exists()


@pytest.mark.parametrize(
    ("file", "key", "value"),
    [
        ("node.json", "name", "Bureau of Borland"),
        ("node.json", "simulation", True),
        ("node.json", "role", "judge"),
        ("node.json", "format", 1),
        ("node.json", "languages", 7),
        ("card.json", "name", "Bureau of Borland"),
    ],
)
def test_a_file_of_the_folder_that_was_changed_is_noticed(node, passphrase, file, key, value):
    home.close_node()
    document = json.loads((node.home / file).read_bytes())
    (node.home / file).write_bytes(canonical_bytes({**document, key: value}))
    with pytest.raises(TamperError, match=file):
        home.open_node(node.home, passphrase)


def test_one_process_holds_one_open_node(node, tmp_path, passphrase, now, entropy):
    with pytest.raises(EngineError, match="XA"):
        make(tmp_path / "xb", passphrase, now, entropy)
    with pytest.raises(EngineError, match="XA"):
        home.open_node(node.home, passphrase)


def test_nodes_take_turns_and_never_see_each_other(node, tmp_path, passphrase, now, entropy):
    add_peer(now)
    home.close_node()
    other = make(tmp_path / "xb", passphrase, now, entropy)
    assert Peer.objects.count() == 0
    with pytest.raises(EngineError, match="found XB"), node.transaction():
        add_peer(now, party="XD")
    home.close_node()
    home.reopen_node(node)
    assert Peer.objects.get().party == "XC"
    home.close_node()
    home.reopen_node(other)
    assert Peer.objects.count() == 0


def test_a_closed_node_refuses_to_write(node, now):
    home.close_node()
    with pytest.raises(EngineError, match="found none"), node.transaction():
        add_peer(now)


def test_a_transaction_that_fails_writes_nothing(node, now):
    def fail_half_way():
        with node.transaction():
            add_peer(now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert Peer.objects.count() == 0


@pytest.mark.file
def test_a_full_disk_is_told_and_loses_nothing(node, now):
    add_peer(now)
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(EngineError, match="free space"), node.transaction():
        add_peer(now, party="XD", card=b"x" * 1_000_000)
    assert Peer.objects.get().party == "XC"


@pytest.mark.file
def test_no_word_of_the_database_rests_in_clear(node, now):
    add_peer(now)
    AccessLog.objects.create(
        at=now, actor="u1", act="a", subject="Kowalenko", person_count=1, purpose="test"
    )
    running = [path.read_bytes() for path in node.home.glob("node.db*")]
    home.close_node()
    for data in [*running, (node.home / "node.db").read_bytes()]:
        assert b"Kowalenko" not in data
        assert b"node_peer" not in data
        assert b"SQLite format 3" not in data


@pytest.mark.file
def test_the_database_is_durable_and_checks_its_references(node):
    with connection.cursor() as cursor:
        found = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "temp_store")
        ]
    assert found == ["wal", 2, 1, 2]


@pytest.mark.file
def test_values_keep_their_types_through_the_driver(node):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s, %s", [dt.date(2025, 2, 5), "50 %"])
        assert cursor.fetchone() == ("2025-02-05", "50 %")
        cursor.execute("SELECT %(a)s || %(b)s", {"a": "go ", "b": "home"})
        assert cursor.fetchone() == ("go home",)
        assert cursor.execute("SELECT 'no parameters: %s'").fetchone() == ("no parameters: %s",)


def test_a_new_passphrase_replaces_the_old_one(node, passphrase, entropy):
    new = "nine herons by the old weir"
    home.change_passphrase(node, old=passphrase, new=new, entropy=entropy)
    home.close_node()
    with pytest.raises(AccessError):
        home.open_node(node.home, passphrase)
    assert home.open_node(node.home, new).keys == node.keys


def test_a_passphrase_is_not_changed_without_the_old_one(node, passphrase, entropy):
    before = (node.home / "keys.json").read_bytes()
    with pytest.raises(AccessError):
        home.change_passphrase(node, old="a wrong one", new="a new one here", entropy=entropy)
    assert (node.home / "keys.json").read_bytes() == before


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    target = tmp_path / "file"
    home.write_private(target, b"old")
    (tmp_path / ".file.part").mkdir()  # the disk refuses the new one
    with pytest.raises(EngineError):
        home.write_private(target, b"new")
    assert target.read_bytes() == b"old"
