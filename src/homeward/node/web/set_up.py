"""A node that is still to be made: the pages before there is one.

Rules of this file:
- Who may make the node is who can read the terminal: the code printed there, once.
- The passphrase and the password are asked for in the last form, and kept nowhere.
- What the account would be is checked before the node is made: it is made whole or not.
- The process that made the node goes on to serve it.
"""

from __future__ import annotations

import datetime as dt
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from homeward.foundation.errors import TurnError
from homeward.foundation.ids import parse_party
from homeward.node import settings
from homeward.node.home import Node, close_node, init_node
from homeward.node.keystore import Role
from homeward.node.web import current
from homeward.node.web.accounts import add_account, check_account

_CODE_BYTES = 10  # 80 bits: nobody guesses it while the terminal is open
_SECRET_BYTES = 32
FIRST_ROLES = ("administrator",)
"""Roles of the first account: it makes the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the wizard asks, apart from secrets. `language` is a code of `LANGUAGES`."""

    party: str
    role: Role
    name: str
    language: str
    account: str


@dataclass(slots=True, kw_only=True)
class Waiting:
    """A process that serves no node yet."""

    home: Path
    code: str
    port: int
    begin: Callable[[str], None]
    """Does what else it takes to serve the node; gets the passphrase."""
    lock: threading.Lock = field(default_factory=threading.Lock)


_waiting: Waiting | None = None


def new_code() -> str:
    """Return a code for the terminal: five groups of four digits."""
    text = secrets.token_hex(_CODE_BYTES)
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def wait(waiting: Waiting) -> None:
    """Serve the pages of the set-up until there is a node.

    Args:
        waiting: What the server knows.
    """
    global _waiting  # noqa: PLW0603 - a process has one node, or waits for one
    settings.use_secret(secrets.token_hex(_SECRET_BYTES), party="first-run")
    current.expect_node()
    _waiting = waiting


def waiting() -> Waiting | None:
    """Return what this process waits with; None as soon as there is a node."""
    return _waiting


def is_code(text: str) -> bool:
    """Tell whether this is the code of the terminal, in time that says nothing about it."""
    typed = "".join(text.split()).casefold().replace("-", "")
    return _waiting is not None and secrets.compare_digest(
        typed.encode(), _waiting.code.replace("-", "").encode()
    )


def make_node(asked: Asked, *, passphrase: str, password: str, now: dt.datetime) -> Node:
    """Make the node with its first account, and serve it from now on.

    Args:
        asked: What the wizard asked.
        passphrase: Of the node: 8 to 1024 characters.
        password: Of the first account.
        now: When.

    Returns:
        The node that this process serves.

    Raises:
        InputError: An answer is unfit; nothing was made.
        TurnError: Somebody else has just made the node.
        EngineError: The disk failed.
    """
    global _waiting  # noqa: PLW0603 - a process has one node, or waits for one
    found = _waiting
    if found is None:
        raise _too_late()
    with found.lock:
        if _waiting is None:
            raise _too_late()
        check_account(name=asked.account, roles=FIRST_ROLES, password=password)
        node = init_node(
            found.home,
            party=parse_party(asked.party),
            role=asked.role,
            name=asked.name,
            passphrase=passphrase,
            now=now,
            entropy=secrets.token_bytes,
            languages=(asked.language,),
        )
        try:
            add_account(node, name=asked.account, roles=FIRST_ROLES, password=password)
        except BaseException:
            close_node()
            raise
        current.serve_node(node)
        found.begin(passphrase)
        _waiting = None
    return node


def _too_late() -> TurnError:
    return TurnError(
        "setup.done",
        "Expected no node here yet, found one.",
        hint="Sign in with the account that was made with it.",
    )
