"""Django for one node: importing this module configures it, once per process.

Rules of this file:
- Django is configured here and nowhere else, before its models can be imported; which
  file it opens is decided later, by `home`.
- Errors never show values (`DEBUG` is off), and Django writes no logs of its own.
- One process holds one open node at a time. Changing it closes the connection first.
"""

from __future__ import annotations

from pathlib import Path

import django
from django.conf import settings
from django.db import connections

BUSY_SECONDS = 20
_ALIAS = "default"


def use_database(path: Path, key: bytes) -> None:
    """Point Django at one encrypted file.

    Args:
        path: The file; it is opened at the first query.
        key: 32 bytes.
    """
    release_database()
    connections.settings[_ALIAS] = {
        **connections.settings[_ALIAS],
        "NAME": str(path),
        "OPTIONS": {
            "key_hex": key.hex(),
            "timeout": BUSY_SECONDS,
            # A writer takes its place at the start, so that it never fails half-way.
            "transaction_mode": "IMMEDIATE",
        },
    }


def release_database() -> None:
    """Close this thread's connection and forget the file and its key."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        del connections[connection.alias]
    connections.settings[_ALIAS] = {**connections.settings[_ALIAS], "NAME": "", "OPTIONS": {}}


def _configure() -> None:
    settings.configure(
        DEBUG=False,
        INSTALLED_APPS=["homeward.node"],
        DATABASES={_ALIAS: {"ENGINE": "homeward.node.sqlcipher", "NAME": ""}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        TIME_ZONE="UTC",
        LOGGING_CONFIG=None,
    )
    django.setup()


_configure()
