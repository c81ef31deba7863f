"""Where a node's tables are: made, opened, brought up to date.

Rules of this file:
- They are in an encrypted file of the node's folder, or in a database of a PostgreSQL
  server that `node.json` names. Nothing above this file knows which.
- They are opened only if they are this node's, and a lost database is never replaced by
  an empty one.
- The driver's errors carry values; what leaves here is ours and carries none.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from pathlib import Path

from django.core.management import call_command
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    ProgrammingError,
    connection,
    transaction,
)
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from homeward.foundation.errors import AccessError, EngineError
from homeward.node import postgresql, settings


def make_tables(file: Path, database: str, *, key: bytes, party: str) -> None:
    """Make the tables of a new node, and close them.

    Args:
        file: The file that will hold them, where `database` is empty; it is there.
        database: Address of an empty database of a server, or empty.
        key: The node's database key, 32 bytes.
        party: Code of the party.

    Raises:
        InputError: The address is unfit, or its database is not empty.
        EngineError: The disk or the database failed.
    """
    try:
        if database:
            settings.use_server(postgresql.parse_url(database))
            postgresql.require_fit()
            with database_errors(), transaction.atomic():
                postgresql.claim(key, party)
                _migrate()
        else:
            settings.use_database(file, key)
            with database_errors():
                _migrate()
    finally:
        settings.release_database()


def open_tables(file: Path, database: str, *, key: bytes, party: str) -> None:
    """Open a node's tables and bring them up to date.

    Args:
        file: The file that holds them, where `database` is empty.
        database: Address of a server's database, or empty.
        key: The node's database key, 32 bytes.
        party: Code of the party.

    Raises:
        AccessError: They are not this node's: its key does not open them.
        InputError: The address is unfit.
        EngineError: The disk or the database failed; nothing stays open.
    """
    try:
        if database:
            settings.use_server(postgresql.parse_url(database))
            postgresql.require_fit()
            with database_errors():
                postgresql.require_own(key, party)
        else:
            _require_file(file, party)
            settings.use_database(file, key)
            _require_key_fits()
        with database_errors():
            _migrate()
    except BaseException:
        settings.release_database()
        raise


@contextlib.contextmanager
def database_errors() -> Iterator[None]:
    """Turn a failure of the disk, the file or the server into an `EngineError`; bugs pass."""
    try:
        yield
    except (DataError, IntegrityError, ProgrammingError):
        raise  # a bug of ours, not a failure of the disk
    except DatabaseError as error:
        raise _failed() from error


@functools.cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _is_up_to_date() -> bool:
    # One query decides: planning a migration reads every migration of every package.
    applied = MigrationRecorder(connection).applied_migrations()
    return _known_migrations().issubset(applied)


def _migrate() -> None:
    if _is_up_to_date():
        return
    if not settings.on_server():
        call_command("migrate", verbosity=0, interactive=False)
        return
    with transaction.atomic():
        settings.take_turn()  # of two programs that begin together, one migrates
        if not _is_up_to_date():
            call_command("migrate", verbosity=0, interactive=False)


def _require_file(file: Path, party: str) -> None:
    if not file.is_file():
        # SQLite would quietly begin a new, empty database.
        raise EngineError(
            "home.no_database",
            f"Expected the database of the node of {party}, found no file.",
            hint="Restore the node from its last backup.",
        )


def _require_key_fits() -> None:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        if "not a database" not in str(error):
            raise _failed() from error
        raise AccessError(
            "home.key",
            "Expected a database that this node's key opens, found another.",
            hint="Restore the node from its last backup.",
        ) from error


def _failed() -> EngineError:
    return EngineError(
        "home.database",
        "Expected the node's database to answer, found that it did not.",
        hint="Look at the free space of the disk and for another program that uses the node; "
        "then try again. If it stays so, restore the node from its last backup.",
    )
