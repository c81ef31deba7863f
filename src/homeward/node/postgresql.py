"""A node's tables in a database of a PostgreSQL server.

Rules of this file:
- One database is one party's. It carries a mark that only this node's key makes; without
  the mark, or with another's, it is not opened.
- The server proves who it is, and the way to it is encrypted, unless it is this machine
  or the address says otherwise (`sslmode`).
- A password is never part of the address: the library takes it from `~/.pgpass` or
  another file that the address names (`passfile`).
- Text is in order of its code points, as in the encrypted file; another order is refused.
- A copy of the tables is encrypted under the node's key before anything keeps it.
"""

from __future__ import annotations

import contextlib
import hmac
import os
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.crypto import NONCE_BYTES, derive_bytes, unwrap, wrap
from homeward.foundation.errors import AccessError, EngineError, InputError, TamperError
from homeward.node.settings import take_turn

HAS_POSTGRESQL = find_spec("psycopg") is not None
"""True where the extra `postgresql` is installed."""

_URL_MAX_CHARS = 1_000
_NAME_MAX_BYTES = 63  # of a database; the server cuts longer ones
_PARAMETERS = frozenset(
    (
        *("user", "host", "port", "dbname", "passfile"),
        *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl"),
    )
)
_THIS_MACHINE = frozenset(("", "localhost", "127.0.0.1", "::1"))
_OWNER = "homeward_owner"
_ORDER = ("", "-", "10", "9", "Z", "a", "a b", "a-c", "ab", "b", "z", "ß", "é", "Є", "я", "ب")
_PURPOSE = "copy of tables"
_LENGTH_BYTES = 8


def parse_url(url: str) -> dict[str, str]:
    """Read the address of a database.

    Args:
        url: `postgresql://user@host:port/name?sslmode=…`, or `postgresql:///name?host=/folder`
            for a socket of this machine; at most 1,000 characters.

    Returns:
        The parameters of the connection, by their names in libpq.

    Raises:
        InputError: It is no such address, it holds a password or a parameter that is not
            for it, or the packages for PostgreSQL are missing.

    Source:
        PostgreSQL, libpq, "Connection URIs" and "Parameter Key Words".
    """
    if not HAS_POSTGRESQL:
        raise InputError(
            "postgresql.package",
            "Expected the package for PostgreSQL, found it missing.",
            hint="Install it with `pip install 'homeward[postgresql]'`.",
        )
    import psycopg.conninfo  # noqa: PLC0415 - an extra

    if not url.startswith(("postgresql://", "postgres://")) or len(url) > _URL_MAX_CHARS:
        raise _unfit("another address")
    try:
        found = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.Error as error:
        raise _unfit("another address") from error
    parameters = {name: str(value) for name, value in found.items()}
    if "password" in parameters:
        raise InputError(
            "postgresql.password",
            "Expected an address without a password, found one with it.",
            hint="Put the password into ~/.pgpass (mode 0600) and leave it out here.",
        )
    if unknown := sorted(parameters.keys() - _PARAMETERS):
        raise _unfit(f"the parameter {unknown[0]}")
    name = parameters.get("dbname", "")
    if not 0 < len(name.encode()) <= _NAME_MAX_BYTES:
        raise _unfit("no name of a database, or too long a one")
    host = parameters.get("host", "")
    if host not in _THIS_MACHINE and not host.startswith(("/", "@")):
        parameters.setdefault("sslmode", "verify-full")
    return parameters


def require_fit() -> None:
    """Check that the server lets us in, writes every letter and has our order of texts.

    Raises:
        EngineError: It does not let us in.
        InputError: Its database has another encoding or another order.
    """
    order = None
    with server_errors():
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_encoding")
            if cursor.fetchone()[0] == "UTF8":
                cursor.execute(
                    "SELECT array_agg(t ORDER BY t) FROM unnest(%s::text[]) t", [[*_ORDER]]
                )
                order = cursor.fetchone()[0]
    if order != sorted(_ORDER):
        raise InputError(
            "postgresql.order",
            "Expected a database in UTF-8 that orders text by code point, found another.",
            hint="Make it with `createdb --template=template0 --encoding=UTF8 --locale=C NAME`.",
        )


def claim(key: bytes, party: str) -> None:
    """Make an empty database a party's; the caller has begun a transaction.

    Args:
        key: The node's database key, 32 bytes.
        party: Code of the party.

    Raises:
        InputError: The database is not empty.
    """
    take_turn()
    if table_names():
        raise InputError(
            "postgresql.taken",
            "Expected an empty database for the node, found one that holds tables.",
            hint="Make another with `createdb`; nothing was changed.",
        )
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {_OWNER} (party text NOT NULL, mark text NOT NULL)")
        cursor.execute(
            f"INSERT INTO {_OWNER} VALUES (%s, %s)",  # noqa: S608 - our own name
            [party, _mark(key, party)],
        )


def require_own(key: bytes, party: str) -> None:
    """Check that the database is this node's.

    Args:
        key: The node's database key, 32 bytes.
        party: Code of the party.

    Raises:
        EngineError: No node has tables there.
        AccessError: They are another's.
    """
    rows: list[tuple[str, str]] = []
    if _OWNER in table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT party, mark FROM {_OWNER}")  # noqa: S608 - our own name
            rows = cursor.fetchall()
    if not rows:
        raise EngineError(
            "home.no_database",
            f"Expected the tables of the node of {party} in this database, found none.",
            hint="Restore the node from its last backup.",
        )
    if len(rows) != 1 or not hmac.compare_digest(rows[0][1], _mark(key, party)):
        raise AccessError(
            "home.key",
            f"Expected a database of this node of {party}, found another's.",
            hint="Look at the address of the database in node.json; a party has a database "
            "of its own.",
        )


def table_names() -> list[str]:
    """Return the names of all tables, views and the like, sorted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
            "AND relkind IN ('r', 'v', 'm', 'f', 'p') ORDER BY relname"
        )
        return [name for (name,) in cursor.fetchall()]


def dump(key: bytes) -> bytes:
    """Copy all tables as they stand between two transactions.

    Args:
        key: The node's database key, 32 bytes.

    Returns:
        Nonce, ciphertext and tag; inside, for each table, length (8 bytes) · name and
        columns (canonical JSON) · length · rows in the server's text form.

    Raises:
        EngineError: The server failed.
    """
    parts: list[bytes] = []
    with server_errors(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for table in table_names():
            if table == _OWNER:
                continue
            columns = _columns(cursor, table)
            with cursor.copy(f"COPY {_quoted(table, columns)} TO STDOUT") as copy:
                rows = b"".join(map(bytes, copy))
            head = canonical_bytes({"table": table, "columns": columns})
            parts += (len(head).to_bytes(_LENGTH_BYTES), head)
            parts += (len(rows).to_bytes(_LENGTH_BYTES), rows)
    return wrap(key, b"".join(parts), nonce=os.urandom(NONCE_BYTES), purpose=_PURPOSE)


def load(key: bytes, data: bytes, *, party: str) -> None:
    """Make the tables of a copy in an empty database, and fill them: all or nothing.

    Args:
        key: The node's database key, 32 bytes.
        data: What `dump` returned.
        party: Code of the party.

    Raises:
        InputError: The database is not empty.
        TamperError: The copy was changed, or a later version made it.
        EngineError: The server failed.
    """
    tables = _tables(key, data)
    with server_errors(), transaction.atomic(), connection.cursor() as cursor:
        claim(key, party)
        _make_tables(tables)
        made = [name for name in table_names() if name != _OWNER]
        if made != [table for table, _, _ in tables]:
            raise _changed()
        # What the migrations wrote themselves stands in the copy too.
        cursor.execute(f"TRUNCATE {_listed(made)}")
        for table, columns, rows in tables:
            if columns != _columns(cursor, table):
                raise _changed()
            with cursor.copy(f"COPY {_quoted(table, columns)} FROM STDIN") as copy:
                copy.write(rows)
        for table, _, _ in tables:
            _go_on_counting(cursor, table)


@contextlib.contextmanager
def server_errors() -> Iterator[None]:
    """Turn a failure of the server, or of the way to it, into an `EngineError`."""
    try:
        yield
    except (DatabaseError, InterfaceError) as error:
        raise EngineError(
            "postgresql.server",
            "Expected the PostgreSQL server to do what it was asked, found that it did not.",
            hint="Try the same address with psql: it says what is amiss (the server is away, "
            "the password is missing in ~/.pgpass, its certificate is not known).",
        ) from error


def _make_tables(tables: list[tuple[str, list[str], bytes]]) -> None:
    """Bring an empty database to the migrations that the copy had, no further."""
    executor = MigrationExecutor(connection)
    done = _migrations_in(tables)
    nodes = executor.loader.graph.node_map
    if not done <= nodes.keys():
        raise _changed()
    leaves = [
        each
        for each in sorted(done)
        if not any(child.key in done and child.key[0] == each[0] for child in nodes[each].children)
    ]
    executor.migrate(leaves)


def _migrations_in(tables: list[tuple[str, list[str], bytes]]) -> set[tuple[str, str]]:
    for table, columns, rows in tables:
        if table == "django_migrations":
            app, name = columns.index("app"), columns.index("name")
            lines = [line.split("\t") for line in rows.decode().splitlines()]
            return {(line[app], line[name]) for line in lines}
    raise _changed()


def _tables(key: bytes, data: bytes) -> list[tuple[str, list[str], bytes]]:
    try:
        plain = unwrap(key, data, purpose=_PURPOSE)
    except AccessError as error:
        raise _changed() from error
    parts, start = [], 0
    while start < len(plain):
        end = start + _LENGTH_BYTES + int.from_bytes(plain[start : start + _LENGTH_BYTES])
        parts.append(plain[start + _LENGTH_BYTES : end])
        start = end
    tables = []
    for head, rows in zip(parts[::2], parts[1::2], strict=True):
        document: Any = read_canonical(head, what="table of a copy")
        tables.append((document["table"], document["columns"], rows))
    return tables


def _columns(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass "
        "AND attnum > 0 AND NOT attisdropped ORDER BY attname",
        [f'"{table}"'],
    )
    return [name for (name,) in cursor.fetchall()]


def _quoted(table: str, columns: list[str]) -> str:
    return f'"{table}" ({_listed(columns)})'


def _listed(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _go_on_counting(cursor: Any, table: str) -> None:
    cursor.execute(
        "SELECT attname FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attidentity <> '' AND NOT attisdropped",
        [f'"{table}"'],
    )
    for (column,) in cursor.fetchall():
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, %s), max({column}))"  # noqa: S608 - our own
            f' FROM "{table}" HAVING count(*) > 0',
            [f'"{table}"', column],
        )


def _mark(key: bytes, party: str) -> str:
    return derive_bytes(key, f"owner of a database|{party}").hex()


def _unfit(found: str) -> InputError:
    return InputError(
        "postgresql.url",
        f"Expected an address such as postgresql://user@host:5432/name, found {found}.",
        hint="Besides these it may have sslmode, sslrootcert, sslcert, sslkey, sslcrl and passfile.",
    )


def _changed() -> TamperError:
    return TamperError(
        "postgresql.copy",
        "Expected a copy of the tables that this version of homeward can read, found another.",
        hint="Restore it with the version that made the backup, or take another copy of it.",
    )
