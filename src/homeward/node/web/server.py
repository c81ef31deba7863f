"""The server: one process that holds the open node and answers requests.

Rules of this file:
- The process that answers opens the node itself. What it needs to do so reaches it
  through the pipe by which it was started: never by the command line or the environment,
  which other programs of the machine can see.
- It listens on this machine alone unless another address is named.
- If it ends, the node is closed; nothing starts it again unseen.
- Standard error shows bugs alone, with the address asked for; refused requests are no news.
"""

from __future__ import annotations

import ipaddress
import logging
import multiprocessing
import socket
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
from homeward.node.web.accounts import DemoAccount, make_demo_accounts
from homeward.node.web.current import serve_node

_BLOCKING_THREADS = 4  # each has a connection of its own to the node's file


def prepare(home: Path, passphrase: str) -> tuple[DemoAccount, ...]:
    """Check that a node opens, and give a simulation its accounts.

    Args:
        home: The node's folder.
        passphrase: As typed.

    Returns:
        The accounts of a simulation; none for a real node.

    Raises:
        HomewardError: As `open_node`.
    """
    node = open_node(home, passphrase)
    try:
        return make_demo_accounts(node) if node.about.simulation else ()
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
        InputError: The host is no address of this machine, or the port is taken.
    """
    _require_free(host, port)
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


def _require_free(host: str, port: int) -> None:
    try:
        address = ipaddress.ip_address(host)
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (ValueError, OSError, OverflowError) as error:
        raise InputError(
            "serve.address",
            "Expected an address of this machine, such as 127.0.0.1, and a free port, found others.",
            hint="Give another --port, or the address of one of this machine's interfaces as --host.",
        ) from error


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
    logging.getLogger("django").setLevel(logging.ERROR)
    logging.getLogger("django.security").disabled = True
    logging.getLogger("django.security.DisallowedHost").disabled = True
    answer: Callable[..., Any] = WSGIHandler()
    return answer
