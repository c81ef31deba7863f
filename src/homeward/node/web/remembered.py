# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""What the processes that answer pages remember together: tries to sign in, codes used.

Rules of this file:
- It lies in the node's tables, where every process finds it: nobody tries more often
  because two processes answer, or because one was started again.
- It is written as JSON under a hash of its name: no address of a reader lies there, and
  nothing that is read back can do anything.
- `add` says yes to one of all who ask at the same moment: allauth takes it for a lock.
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection, transaction

_FOREVER = 32503680000.0  # the year 3000
_WRITE = (
    "INSERT INTO node_remembered (name, value, expires_at) VALUES (%s, %s, %s) ON CONFLICT (name) "
)
_REPLACE = "DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at"


class Remembered(BaseCache):
    """Django's cache in a table of the node."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        del location
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return what is remembered, or the default."""
        row = _run(
            "SELECT value FROM node_remembered WHERE name = %s AND expires_at > %s",
            (self._name(key, version), time.time()),
        )
        return default if row is None else json.loads(row[0])

    def set(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        """Remember a value in place of another."""
        _run(_WRITE + _REPLACE, self._row(key, value, timeout, version))

    def add(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Remember a value if there is none; say whether there was none."""
        with transaction.atomic():
            _run("DELETE FROM node_remembered WHERE expires_at <= %s", (time.time(),))
            row = _run(
                _WRITE + "DO NOTHING RETURNING name", self._row(key, value, timeout, version)
            )
        return row is not None

    def touch(
        self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Remember a value for another while; say whether there was one."""
        row = _run(
            "UPDATE node_remembered SET expires_at = %s "
            "WHERE name = %s AND expires_at > %s RETURNING name",
            (self._end(timeout), self._name(key, version), time.time()),
        )
        return row is not None

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget a value; say whether there was one."""
        row = _run(
            "DELETE FROM node_remembered WHERE name = %s RETURNING name",
            (self._name(key, version),),
        )
        return row is not None

    def clear(self) -> None:
        """Forget everything."""
        _run("DELETE FROM node_remembered", ())

    def _row(
        self, key: str, value: Any, timeout: float | None, version: int | None
    ) -> tuple[str, str, float]:
        return self._name(key, version), json.dumps(value), self._end(timeout)

    def _name(self, key: str, version: int | None) -> str:
        return hashlib.sha256(self.make_key(key, version=version).encode()).hexdigest()

    def _end(self, timeout: float | None) -> float:
        end = self.get_backend_timeout(timeout)
        return _FOREVER if end is None else float(end)


def _run(query: str, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Run one statement; return the first row of its answer, if it has one."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows = cursor.fetchall() if cursor.description else []
    return rows[0] if rows else None
