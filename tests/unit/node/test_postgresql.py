"""A node whose tables are in a database of a server."""

import datetime as dt
from itertools import product

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.postgresql import copy_node

from homeward.foundation.errors import AccessError, EngineError, InputError
from homeward.node import access, home, postgresql
from homeward.node.actions.lists import import_list
from homeward.node.backup import backup, restore
from homeward.node.models import Peer

FIND_ROWS = 5_000


@pytest.fixture(scope="module", name="on_server")
def fixture_on_server(server, tmp_path_factory):
    """Make a node on the server, once."""
    node = home.init_node(
        tmp_path_factory.mktemp("server") / "xb",
        party="XB",
        role="bureau",
        name="Bureau of Borland",
        passphrase="nine herons by the old weir",
        now=dt.datetime(2025, 2, 5, 8, 0, tzinfo=dt.UTC),
        entropy=lambda length: bytes(range(length)),
        database=server.new(),
    )
    home.close_node()
    return node


@pytest.fixture(name="borland")
def fixture_borland(on_server, tmp_path):
    return home.reopen_node(copy_node(on_server, tmp_path / "xb"))


def add_peer(now, party="XC"):
    Peer.objects.create(party=party, role="bureau", card=b"card of Kowalenko", added_at=now)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("postgresql://clerk@db.example/node", "verify-full"),
        ("postgresql://clerk@10.0.0.7:5433/node?sslrootcert=/etc/ca.pem", "verify-full"),
        ("postgresql://clerk@localhost,db.example/node", "verify-full"),
        ("postgresql://clerk@db.example/node?sslmode=require", "require"),
        ("postgresql://clerk@localhost/node", None),
        ("postgresql://clerk@[::1]/node", None),
        ("postgresql:///node?host=/run/postgresql", None),
        ("postgresql:///node", None),
    ],
)
def test_a_server_elsewhere_proves_who_it_is_unless_the_address_says_otherwise(url, found):
    assert postgresql.parse_url(url).get("sslmode") == found


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql://clerk:geese@db.example/node", "without a password"),
        ("postgresql://clerk@db.example/node?password=geese", "without a password"),
        ("host=db.example dbname=node", "another address"),
        ("mysql://clerk@db.example/node", "another address"),
        ("postgresql://clerk@db.example/node?nonsense=1", "another address"),
        ("postgresql://clerk@db.example/node?options=-cfsync", "the parameter options"),
        ("postgresql://clerk@db.example", "no name"),
        ("postgresql://clerk@db.example/" + "n" * 64, "too long"),
        ("postgresql://clerk@db.example/node?host=" + "h" * 1_000, "another address"),
    ],
)
def test_an_address_that_is_none_or_tells_a_password_is_refused(url, message):
    with pytest.raises(InputError, match=message) as raised:
        postgresql.parse_url(url)
    assert "geese" not in str(raised.value)


def test_without_the_package_one_is_told_to_install_it(monkeypatch):
    monkeypatch.setattr(postgresql, "HAS_POSTGRESQL", False)
    with pytest.raises(InputError, match="pip install"):
        postgresql.parse_url("postgresql:///node")


def test_a_node_on_a_server_opens_again_with_what_was_written(borland, now):
    add_peer(now)
    home.close_node()
    opened = home.open_node(borland.home, "nine herons by the old weir")
    assert opened == borland
    assert Peer.objects.get().party == "XC"
    assert not (borland.home / "node.db").exists()


def test_a_database_that_holds_something_is_not_taken(server, borland, tmp_path, now, entropy):
    home.close_node()
    with pytest.raises(InputError, match="empty database"):
        home.init_node(
            tmp_path / "xd", party="XD", role="bureau", name="Office", passphrase="a long one",
            now=now, entropy=entropy, database=borland.about.database,
        )  # fmt: skip
    assert not (tmp_path / "xd").exists()
    home.reopen_node(borland)


@pytest.mark.parametrize(
    "options",
    [
        "LOCALE_PROVIDER icu ICU_LOCALE 'en-US'",
        "ENCODING 'LATIN1' LOCALE 'C'",
    ],
)
def test_a_database_of_another_order_or_encoding_is_refused(
    server, tmp_path, now, entropy, options
):
    with pytest.raises(InputError, match="orders text by code point"):
        home.init_node(
            tmp_path / "xd", party="XD", role="bureau", name="Office", passphrase="a long one",
            now=now, entropy=entropy, database=server.new(template="template0", options=options),
        )  # fmt: skip
    assert not (tmp_path / "xd").exists()


@pytest.mark.parametrize("party", ["XB", "XD"])
def test_a_database_of_another_node_is_not_opened(server, borland, tmp_path, now, entropy, party):
    home.close_node()
    other = home.init_node(
        tmp_path / "other", party=party, role="bureau", name="Office", passphrase="a long one",
        now=now, entropy=entropy, database=server.new(),
    )  # fmt: skip
    home.close_node()
    server.replace(borland.about.database, by=other.about.database)
    with pytest.raises(AccessError) as raised:
        home.reopen_node(borland)
    assert raised.value.code == "home.key"
    home.reopen_node(other)  # the failure left nothing open


def test_a_lost_database_of_a_server_is_not_replaced_by_an_empty_one(server, borland):
    home.close_node()
    server.replace(borland.about.database, by=server.new())
    with pytest.raises(EngineError, match="found none"):
        home.reopen_node(borland)


def test_a_server_that_is_away_is_told_and_leaves_nothing(tmp_path, now, entropy):
    with pytest.raises(EngineError, match="PostgreSQL server"):
        home.init_node(
            tmp_path / "xd", party="XD", role="bureau", name="Office", passphrase="a long one",
            now=now, entropy=entropy, database=f"postgresql:///node?host={tmp_path}",
        )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_writers_take_turns_and_who_waits_too_long_is_told(borland, now):
    with psycopg.connect(borland.about.database) as other:
        turn = int.from_bytes(b"homeward")
        other.execute("SELECT pg_advisory_xact_lock(%s)", [turn])
        connection.cursor().execute("SET lock_timeout = '50ms'")
        with pytest.raises(EngineError, match="database"), borland.transaction():
            add_peer(now)
        with borland.transaction(in_turn=False):
            add_peer(now, party="XD")
        other.rollback()
        with borland.transaction():
            add_peer(now)
    other.close()
    assert set(Peer.objects.values_list("party", flat=True)) == {"XC", "XD"}


def test_a_backup_of_a_node_on_a_server_goes_into_another_database(server, borland, tmp_path, now):
    add_peer(now)
    Peer.objects.create(party="XD", role="bureau", card=b"", added_at=now)
    before = rows_of_all_tables()
    saved = backup(borland, now=now)
    assert b"Kowalenko" not in saved
    home.close_node()
    url = server.new()
    restore(saved, tmp_path / "again", passphrase="nine herons by the old weir", database=url)
    again = home.open_node(tmp_path / "again", "nine herons by the old weir")
    assert again.about.database == url
    assert again.keys == borland.keys
    assert rows_of_all_tables() == before
    add_peer(now, party="XE")  # the numbers of rows go on
    assert Peer.objects.get(party="XE").id > Peer.objects.get(party="XD").id


def test_a_backup_is_not_restored_into_a_database_that_is_in_use(borland, tmp_path, now):
    saved = backup(borland, now=now)
    home.close_node()
    with pytest.raises(InputError, match="empty database"):
        restore(
            saved, tmp_path / "again", passphrase="nine herons by the old weir",
            database=borland.about.database,
        )  # fmt: skip
    assert not (tmp_path / "again").exists()
    home.reopen_node(borland)


@pytest.mark.file
def test_a_backup_with_a_file_does_not_go_into_a_database(server, node, tmp_path, now, passphrase):
    saved = backup(node, now=now)
    home.close_node()
    with pytest.raises(InputError, match="found one with a file"):
        restore(saved, tmp_path / "again", passphrase=passphrase, database=server.new())


def test_no_search_reads_the_whole_table(borland, now):
    names = [
        "".join(letters).title() + "enko" for letters in product("bdgklmnprst", "aeiou", "bdgklm")
    ]
    rows = [f"XB-{n:05},{names[n % len(names)]},{n}" for n in range(FIND_ROWS)]
    data = ("ref,family_name,service_number\n" + "\n".join(rows)).encode()
    import_list(borland, kind="held", data=data, file_name="held.csv", now=now, actor="user-1")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    reader = access.Reader(actor="user-1", purpose="test", now=now)
    for question in (
        {"search": "XB-00017"},
        {"search": "4711"},
        {"search": names[17]},
        {"order": "longest"},
        {"order": "ref", "page": 7},
    ):
        with CaptureQueriesContext(connection) as queries:
            assert access.find(borland, "held", columns=None, reader=reader, **question).people
        asked = [query["sql"] for query in queries if "node_person" in query["sql"]]
        assert asked
        for sql in asked:
            if "COUNT(*)" not in sql:  # who counts everybody reads everybody
                with connection.cursor() as cursor:
                    cursor.execute("EXPLAIN " + sql)
                    plan = "\n".join(line for (line,) in cursor.fetchall())
                assert "Seq Scan" not in plan


def rows_of_all_tables():
    found = {}
    with connection.cursor() as cursor:
        for table in postgresql.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            found[table] = cursor.fetchall()
    return found
