"""The server: one process that holds the open node and answers requests.

Rules of this file:
- The process that answers opens the node itself. What it needs to do so reaches it
  through the pipe by which it was started: never by the command line or the environment,
  which other programs of the machine can see.
- It listens on this machine alone unless another address is named.
- If it ends, the node is closed; nothing starts it again unseen.
"""

from __future__ import annotations

import ipaddress
import multiprocessing
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from homeward.foundation.errors import InputError
from homeward.node import settings
from homeward.node.home import close_node, open_node
from homeward.node.web.accounts import make_demo_accounts
from homeward.node.web.current import serve_node

_BLOCKING_THREADS = 4  # each has a connection of its own to the node's file


def prepare(home: Path, passphrase: str) -> bool:
    """Check that a node opens, and give a simulation its accounts.

    Args:
        home: The node's folder.
        passphrase: As typed.

    Returns:
        True if it is a simulation.

    Raises:
        HomewardError: As `open_node`.
    """
    node = open_node(home, passphrase)
    try:
        if node.about.simulation:
            make_demo_accounts(node)
        return node.about.simulation
    finally:
        close_node()


def serve(home: Path, passphrase: str, *, host: str, port: int) -> None:
    """Serve a node until the process is told to end.

    Args:
        home: The node's folder.
        passphrase: As typed; `prepare` has tried it.
        host: Address to listen on.
        port: Port to listen on.

    Raises:
        InputError: The host is no address.
    """
    try:
        ipaddress.ip_address(host)
    except ValueError as error:
        raise InputError(
            "serve.host",
            "Expected an address such as 127.0.0.1 as host, found another text.",
            hint="Give the address of one of this machine's interfaces.",
        ) from error
    # A new process, not a copy of this one: no key of this one is in it by accident.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "homeward.node.web",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=_BLOCKING_THREADS,
        websockets=False,
        log_level=LogLevels.warning,
    )
    server.serve(target_loader=partial(application, home, passphrase, host), wrap_loader=False)


def application(home: Path, passphrase: str, host: str) -> Callable[..., Any]:
    """Open the node in this process and return the WSGI application over it.

    Args:
        home: The node's folder.
        passphrase: Of the node.
        host: Address that the server listens on.
    """
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415 - after the secret is set

    serve_node(open_node(home, passphrase))
    settings.allow_host(host)
    return WSGIHandler()
