"""The server: processes that hold the open node and answer requests, one that works.

Rules of this file:
- Each process that answers opens the node itself, and so does the one beside them that
  does the jobs (`runner`): no page waits for a plan. What they need to do so reaches them
  through the pipe by which they were started: never by the command line or the
  environment, which other programs of the machine can see.
- Two processes answer where there are two processors: what one must know of the other
  lies in the node's tables (`remembered`). The set-up has one, since it holds a code, and
  so has a simulation, which one person reads.
- It listens on this machine alone unless another address is named. With a certificate it
  speaks TLS alone, and its cookies travel no other way.
- If the pages end, the node is closed; nothing starts them again unseen.
- Each thread keeps its connection to the tables: opening one takes longer than a page.
- Standard error shows bugs alone, with the address asked for; refused requests are no news.
"""

from __future__ import annotations

import atexit
import gc
import http.client
import ipaddress
import logging
import multiprocessing
import os
import socket
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.core.signals import request_started
from django.db import connections
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from homeward.foundation.errors import InputError
from homeward.node import settings
from homeward.node.courier import require_folder
from homeward.node.home import close_node, open_node
from homeward.node.web import set_up
from homeward.node.web.accounts import DemoAccount, make_demo_accounts
from homeward.node.web.current import serve_node
from homeward.node.web.runner import running_beside

_ANSWER_SECONDS = 2.0
_WORKERS_MAX = 2
_BLOCKING_THREADS = 2  # each has a connection of its own; more would wait for one another


@dataclass(frozen=True, slots=True)
class Outside:
    """How others reach this node: by which names, under which certificate and its key."""

    names: tuple[str, ...] = ()
    cert: Path | None = None
    key: Path | None = None


_INSIDE = Outside()


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


def workers_for(accounts: tuple[DemoAccount, ...]) -> int:
    """Return how many processes are to answer, given what `prepare` returned."""
    return 1 if accounts else min(_WORKERS_MAX, os.cpu_count() or 1)


def serve(
    home: Path,
    passphrase: str,
    *,
    host: str,
    port: int,
    workers: int,
    post: Path | None = None,
    outside: Outside = _INSIDE,
) -> None:
    """Serve a node until the process is told to end.

    Args:
        home: The node's folder.
        passphrase: As typed; `prepare` has tried it.
        host: Address to listen on.
        port: Port to listen on.
        workers: How many processes answer, from `workers_for`.
        post: A folder that several nodes share, through which bundles travel by themselves.
        outside: How others reach it.

    Raises:
        InputError: The host is no address of this machine, the port is taken, the folder
            cannot be shared, or the certificate is none.
    """
    require_free(host, port)
    require_certificate(outside)
    if post is not None:
        require_folder(post)
    answers = partial(_answers, host, port, outside)
    loader = partial(application, home, passphrase, host, outside)
    with running_beside(home, passphrase, post=post, is_time=answers):
        _run(host, port, loader, workers=workers, outside=outside)


def _answers(host: str, port: int, outside: Outside) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=_ANSWER_SECONDS)
    if outside.cert:
        context = ssl.create_default_context()
        # Nothing is told to whoever answers, and nothing that it says is believed.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(
            host, port, timeout=_ANSWER_SECONDS, context=context
        )
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _run(
    host: str,
    port: int,
    loader: Callable[[], Callable[..., Any]],
    *,
    workers: int = 1,
    outside: Outside = _INSIDE,
) -> None:
    # A new process, not a copy of this one: no key of this one is in it by accident.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "homeward.node.web",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=_BLOCKING_THREADS,
        websockets=False,
        log_level=LogLevels.warning,
        ssl_cert=outside.cert,
        ssl_key=outside.key,
    )
    server.serve(target_loader=loader, wrap_loader=False)


def serve_first_run(home: Path, *, host: str, port: int, code: str, post: Path | None) -> None:
    """Serve the set-up of a node, and then the node, until the process is told to end.

    Args:
        home: The folder that the node will have.
        host: Address to listen on.
        port: Port to listen on.
        code: What the terminal shows to whoever may make the node.
        post: A folder that several nodes share, through which bundles travel by themselves.

    Raises:
        InputError: As `serve`.
    """
    require_free(host, port)
    if post is not None:
        require_folder(post)
    _run(host, port, partial(first_run, home, host, port, code, post))


def require_free(host: str, port: int) -> None:
    """Check that a server can listen there.

    Args:
        host: Address to listen on.
        port: Port to listen on.

    Raises:
        InputError: It cannot.
    """
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


def require_certificate(outside: Outside) -> None:
    """Check that a server can speak TLS with what it was given.

    Args:
        outside: With both, a certificate and its key, or neither.

    Raises:
        InputError: They are not there, or do not belong together.
    """
    if outside.cert is None and outside.key is None:
        return
    try:
        # A key that wants a passphrase is refused: an empty one is given at once.
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            outside.cert or Path(), outside.key or Path(), password=""
        )
    except (OSError, ValueError) as error:
        raise InputError(
            "serve.certificate",
            "Expected a certificate and its key as PEM files, without a passphrase, found others.",
            hint="Give both, --tls-cert CERT.pem and --tls-key KEY.pem; they belong together.",
        ) from error


def application(
    home: Path, passphrase: str, host: str, outside: Outside = _INSIDE
) -> Callable[..., Any]:
    """Open the node in this process and return the WSGI application over it.

    Args:
        home: The node's folder.
        passphrase: Of the node.
        host: Address that the server listens on.
        outside: How others reach it.
    """
    serve_node(open_node(home, passphrase))
    for name in outside.names:
        settings.allow_host(name)
    if outside.cert:
        settings.use_tls()
    return _answering(host)


def first_run(home: Path, host: str, port: int, code: str, post: Path | None) -> Callable[..., Any]:
    """Return the WSGI application that makes the node first, and serves it then.

    Args:
        home: The folder that the node will have.
        host: Address that the server listens on.
        port: Port that it listens on.
        code: What the terminal shows to whoever may make the node.
        post: A folder that several nodes share, or None.
    """
    beside = ExitStack()
    atexit.register(beside.close)

    def begin(passphrase: str) -> None:
        _keep_connections()
        beside.enter_context(running_beside(home, passphrase, post=post))

    request_started.connect(settings.forget_earlier_database)
    set_up.wait(set_up.Waiting(home=home, code=code, port=port, begin=begin))
    return _answering(host)


def _answering(host: str) -> Callable[..., Any]:
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415 - after the secret is set

    _keep_connections()
    settings.allow_host(host)
    logging.getLogger("django").setLevel(logging.ERROR)
    logging.getLogger("django.security").disabled = True
    logging.getLogger("django.security.DisallowedHost").disabled = True
    answer: Callable[..., Any] = WSGIHandler()
    gc.freeze()  # what is loaded stays: a page need not look through it for waste
    return answer


def _keep_connections() -> None:
    # This process serves one node until it ends, so no connection can outlive its node.
    connections.settings["default"]["CONN_MAX_AGE"] = None
