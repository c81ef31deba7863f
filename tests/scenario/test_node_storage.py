"""A bureau loses its laptop: who finds it reads nothing, and the bureau loses nothing."""

import datetime as dt
import hashlib
import shutil

import pytest
from django.db import connection
from tests.postgresql import WANTED
from tests.scenario import nodes as play

from homeward.foundation.errors import AccessError
from homeward.node import access, home
from homeward.node.actions.lists import export_list, import_list
from homeward.node.backup import backup, restore
from homeward.node.keystore import fingerprint, read_card
from homeward.node.models import AccessLog, Peer
from homeward.node.postgresql import table_names

NOW = dt.datetime(2025, 2, 5, 8, 0, tzinfo=dt.UTC)
PASSPHRASES = {"XA": "seven geese over the quiet mill", "XB": "nine herons by the old weir"}
NAMES = ("Орленко", "Gromov", "Ясинська")


def entropy_of(party):
    stream = iter(range(1_000))
    return lambda length: hashlib.shake_256(f"{party}/{next(stream)}".encode()).digest(length)


def new_node(folder, party, **options):
    return home.init_node(
        folder / party.lower(),
        party=party,
        role="bureau",
        name=f"National Information Bureau {party}",
        passphrase=PASSPHRASES[party],
        now=NOW,
        entropy=entropy_of(party),
        **options,
    )


def held_list(party):
    rows = [f"{party}-{number:05},{name}" for number, name in enumerate(NAMES * 100)]
    return ("ref,family_name\n" + "\n".join(rows)).encode()


@pytest.fixture(autouse=True)
def _no_node_stays_open():
    yield
    home.close_node()


def test_a_lost_laptop_costs_a_bureau_neither_secrets_nor_people(tmp_path):
    node = new_node(tmp_path, "XA")
    import_list(
        node, kind="held", data=held_list("XA"), file_name="held.csv", now=NOW, actor="user-1"
    )
    before = export_list(node, kind="held", file_format="csv", now=NOW, actor="user-1")
    saved = backup(node, now=NOW)
    home.close_node()

    lost = tmp_path / "lost"
    shutil.move(node.home, lost)
    image = b"".join(path.read_bytes() for path in lost.rglob("*") if path.is_file())
    for name in NAMES:
        for encoding in ("utf-8", "utf-16-le", "windows-1251"):
            assert name.encode(encoding) not in image
            assert name.encode(encoding) not in saved
    with pytest.raises(AccessError):
        home.open_node(lost, PASSPHRASES["XB"])

    restore(saved, tmp_path / "new", passphrase=PASSPHRASES["XA"])
    again = home.open_node(tmp_path / "new", PASSPHRASES["XA"])
    assert export_list(again, kind="held", file_format="csv", now=NOW, actor="user-1") == before
    assert again.keys.captive_id("case", "XA-00001") == node.keys.captive_id("case", "XA-00001")
    assert AccessLog.objects.filter(act="people.read").count() == 2


def test_who_keeps_the_server_reads_no_name(server, tmp_path):
    node = new_node(tmp_path, "XA", database=server.new())
    import_list(
        node, kind="held", data=held_list("XA"), file_name="held.csv", now=NOW, actor="user-1"
    )
    seen = everything_on_server()
    assert b"XA-00001" in seen, "a reference is in sight: see docs/how-to/postgresql.md"
    saved = backup(node, now=NOW)
    for name in NAMES:
        for encoding in ("utf-8", "utf-16-le", "windows-1251"):
            assert name.encode(encoding) not in seen
            assert name.encode(encoding) not in saved
    assert b"XA-00001" not in saved


@pytest.mark.skipif(not WANTED, reason="the exchange is played on a server in that run alone")
def test_who_keeps_the_server_reads_no_name_in_a_whole_exchange(at_stage):
    nodes = at_stage("closed")
    words = {
        text
        for people in play.small_lists().values()
        for person in people
        for text in (person.family_name, person.given_name, person.service_number, person.unit)
        if len(text) > 3
    }
    for party in play.PARTIES:
        nodes.at(party)
        seen = everything_on_server().decode(errors="replace")
        assert [word for word in words if word in seen] == []


def everything_on_server():
    """Return every value of every table, as who keeps the server can read it."""
    found = []
    with connection.cursor() as cursor:
        for table in table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [value for row in cursor.fetchall() for value in row]
    return b"\n".join(
        bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
        for value in found
    )


def test_two_bureaus_know_each_other_by_card_and_nothing_of_each_other_s_people(tmp_path):
    ours = new_node(tmp_path, "XA")
    import_list(
        ours, kind="held", data=held_list("XA"), file_name="held.csv", now=NOW, actor="user-1"
    )
    home.close_node()
    theirs = new_node(tmp_path, "XB")
    card = read_card((ours.home / "card.json").read_bytes())
    assert fingerprint(card) == fingerprint(ours.card)
    with theirs.transaction():
        Peer.objects.create(party=card.party, role=card.role, card=card.data, added_at=NOW)
    assert access.count(theirs, "held") == 0
    reader = access.Reader(actor="user-2", purpose="review", now=NOW)
    with pytest.raises(AccessError):
        access.person(theirs, "held", "XA-00001", reader=reader)
    assert ours.keys.captive_id("case", "X-1") != theirs.keys.captive_id("case", "X-1")
