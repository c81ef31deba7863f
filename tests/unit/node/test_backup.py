import json

import pytest

from homeward.foundation.canonical import canonical_bytes
from homeward.foundation.errors import AccessError, EngineError, InputError, TamperError
from homeward.node import home
from homeward.node.at_rest import open_at_rest, seal_at_rest
from homeward.node.backup import backup, restore
from homeward.node.models import Peer


@pytest.fixture(name="saved")
def fixture_saved(node, now):
    Peer.objects.create(party="XC", role="bureau", card=b"Kowalenko", added_at=now)
    return backup(node, now=now)


def header_of(data):
    length = int.from_bytes(data[:4])
    return json.loads(data[4 : 4 + length]), 4 + length


def test_a_restored_node_opens_and_has_what_was_saved(node, saved, tmp_path, passphrase):
    home.close_node()
    restore(saved, tmp_path / "again", passphrase=passphrase)
    opened = home.open_node(tmp_path / "again", passphrase)
    assert opened.keys == node.keys
    assert opened.card == node.card
    assert Peer.objects.get().party == "XC"


@pytest.mark.file
def test_a_backup_names_its_files_and_shows_nothing_else(saved, node):
    header, _ = header_of(saved)
    assert (header["party"], header["created_at"]) == ("XA", "2025-02-05T08:00:00Z")
    assert [item["name"] for item in header["files"]] == [
        "node.json",
        "keys.json",
        "card.json",
        "vault.key",
        "node.db",
    ]
    assert b"Kowalenko" not in saved
    assert node.keys.database not in saved


def test_a_node_of_an_earlier_version_is_restored_as_it_was(node, now, tmp_path, passphrase):
    (node.home / home.VAULT_FILE).unlink()
    with node.transaction():
        kept = seal_at_rest(node, b"Kowalenko", purpose="person")
    data = backup(node, now=now)
    assert "vault.key" not in [item["name"] for item in header_of(data)[0]["files"]]
    home.close_node()
    restore(data, tmp_path / "again", passphrase=passphrase)
    opened = home.open_node(tmp_path / "again", passphrase)
    assert open_at_rest(opened, kept, purpose="person") == b"Kowalenko"


def test_a_backup_leaves_no_copy_behind(saved, node):
    assert not list(node.home.glob(".backup.*"))


def test_the_node_works_on_after_a_backup(saved, node, now):
    with node.transaction():
        Peer.objects.create(party="XD", role="bureau", card=b"", added_at=now)
    assert Peer.objects.count() == 2


def test_any_changed_byte_of_a_backup_is_refused(saved, tmp_path, passphrase):
    _, start = header_of(saved)
    end = len(saved)
    places = [*range(0, start, 19), *range(start, end - 64, 4_999), *range(end - 64, end, 9)]
    for place in places:
        changed = bytearray(saved)
        changed[place] ^= 1
        with pytest.raises(TamperError):
            restore(bytes(changed), tmp_path / "again", passphrase=passphrase)
    assert not (tmp_path / "again").exists()


def test_another_date_on_a_backup_is_refused(saved, tmp_path, passphrase):
    header, start = header_of(saved)
    forged = canonical_bytes({**header, "created_at": "2026-02-05T08:00:00Z"})
    data = len(forged).to_bytes(4) + forged + saved[start:]
    with pytest.raises(TamperError, match="signature"):
        restore(data, tmp_path / "again", passphrase=passphrase)


@pytest.mark.parametrize("cut", [0, 3, 200, 1_000, -65, -1])
def test_a_backup_cut_short_is_refused(saved, tmp_path, passphrase, cut):
    with pytest.raises(TamperError):
        restore(saved[:cut], tmp_path / "again", passphrase=passphrase)


def test_a_backup_with_more_at_its_end_is_refused(saved, tmp_path, passphrase):
    with pytest.raises(TamperError):
        restore(saved + b"\0", tmp_path / "again", passphrase=passphrase)


def test_another_passphrase_restores_nothing(saved, tmp_path):
    with pytest.raises(AccessError):
        restore(saved, tmp_path / "again", passphrase="seven geese over the quiet hill")
    assert not (tmp_path / "again").exists()


@pytest.mark.file
def test_a_backup_is_not_restored_over_a_node(saved, node, passphrase):
    home.close_node()
    before = (node.home / "node.db").read_bytes()
    with pytest.raises(InputError):
        restore(saved, node.home, passphrase=passphrase)
    assert (node.home / "node.db").read_bytes() == before


def test_a_closed_node_is_not_backed_up(node, now):
    home.close_node()
    with pytest.raises(EngineError):
        backup(node, now=now)


def test_a_restored_simulation_keeps_its_passphrase(tmp_path, passphrase, now, entropy):
    node = home.init_node(
        tmp_path / "xb",
        party="XB",
        role="mediator",
        name="Office",
        passphrase=passphrase,
        now=now,
        entropy=entropy,
        simulation=True,
    )
    saved = backup(node, now=now)
    home.close_node()
    restore(saved, tmp_path / "again", passphrase=passphrase)
    assert home.simulation_passphrase(tmp_path / "again") == passphrase
