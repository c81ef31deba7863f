# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""The connection of Django to a SQLCipher file.

Rules of this file:
- The key is set before any other statement; the file is unreadable without it.
- A commit is on the disk when it returns (`synchronous = FULL`): the ledger rests on it.
- Temporary tables stay in memory, so that no plain row lies in a temporary file.
- The dialect, the converters and the SQL functions are Django's own for SQLite.

Source: https://www.zetetic.net/sqlcipher/sqlcipher-api/ (raw key data, log level).
"""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Iterable
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3._functions import register as register_functions
from django.utils.dateparse import parse_date, parse_datetime, parse_time
from sqlcipher3 import dbapi2 as Database  # noqa: N812 - Django's name for its driver

# The library would write every wrong key to standard error; we raise an error instead.
_PRAGMAS = (
    "PRAGMA cipher_log_level = NONE",
    "PRAGMA key = \"x'{key_hex}'\"",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA legacy_alter_table = OFF",
)

# SQLCipher is another driver than Python's sqlite3, with its own registry of types.
Database.register_converter("bool", b"1".__eq__)
Database.register_converter("date", base.decoder(parse_date))
Database.register_converter("time", base.decoder(parse_time))
Database.register_converter("datetime", base.decoder(parse_datetime))
Database.register_converter("timestamp", base.decoder(parse_datetime))
Database.register_adapter(decimal.Decimal, str)
Database.register_adapter(dt.date, base.adapt_date)
Database.register_adapter(dt.datetime, base.adapt_datetime)


class SQLCipherCursor(Database.Cursor):
    """A cursor that reads Django's `%s` style, as Django's own for SQLite does."""

    convert_query = base.SQLiteCursorWrapper.convert_query

    def execute(self, query: str, params: Any = None) -> Any:
        """Run one statement; `params` is a sequence, a mapping or None."""
        if params is None:
            return super().execute(query)
        names = list(params) if isinstance(params, dict) else None
        return super().execute(self.convert_query(query, param_names=names), params)

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        """Run one statement for each sequence of parameters."""
        return super().executemany(self.convert_query(query), param_list)


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection of one thread to the node's file."""

    display_name = "SQLCipher"
    Database = Database

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file with its key.

        Raises:
            DatabaseError: The file cannot be read with this key.
        """
        options = dict(conn_params)
        key_hex = options.pop("key_hex")
        connection = Database.connect(**options)
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma.format(key_hex=key_hex))
            register_functions(connection)
        except Database.Error:
            connection.close()
            raise
        return connection

    def create_cursor(self, name: str | None = None) -> SQLCipherCursor:  # noqa: ARG002
        """Return a cursor of this driver (SQLite has no named cursors)."""
        cursor: SQLCipherCursor = self.connection.cursor(factory=SQLCipherCursor)
        return cursor
