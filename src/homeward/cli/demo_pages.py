"""The three nodes of a demo in the browser, each served by a process of its own.

Rules of this file:
- It is `homeward serve` three times; what one node signs reaches the others through a
  folder that they share.
- Each node has a name of its own on this machine, so that no cookie meets another's.
- If one of them ends, all end; so they do with this process.
"""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from homeward.foundation.errors import EngineError, InputError

PARTIES: Mapping[str, str] = {"ua": "bureau", "ru": "bureau", "ae": "mediator"}
"""Name of a node's folder → its role; in order of their ports."""

POST = "post"
_HOST = "127.0.0.1"
_SHOWN = {"bureau": "officer", "mediator": "mediator"}  # the account that does most
_START_SECONDS = 60
_END_SECONDS = 10


def require_free_ports(port: int) -> None:
    """Check that the nodes can be served, before anything is played.

    Args:
        port: The first of three.

    Raises:
        InputError: One of them is taken, or is no port.
    """
    from homeward.node.web.server import require_free

    for each in range(port, port + len(PARTIES)):
        try:
            require_free(_HOST, each)
        except InputError as error:
            raise InputError(
                "demo.port",
                f"Expected three free ports from {port} on, found {each} taken.",
                hint="End what uses it, or give another first port with --port P.",
            ) from error


def serve_nodes(folder: Path, port: int) -> None:
    """Serve the nodes of a demo until interrupted.

    Args:
        folder: Of the demo.
        port: The first of three.

    Raises:
        EngineError: One of them ended.
    """
    addresses = {
        name: f"http://{name}.localhost:{each}/" for each, name in enumerate(PARTIES, start=port)
    }
    homes = [
        {"party": name.upper(), "role": role, "address": addresses[name]}
        for name, role in PARTIES.items()
    ]
    (folder / POST).mkdir(exist_ok=True)
    for name in PARTIES:
        (folder / name / "addresses.json").write_text(json.dumps(homes), encoding="utf-8")
    print("\nStarting the pages of the three nodes …", flush=True)
    with _started(folder, port) as servers, contextlib.suppress(KeyboardInterrupt):
        signal.signal(signal.SIGTERM, _interrupted)
        accounts = {name: _account(server, PARTIES[name]) for name, server in servers.items()}
        for each, server in enumerate(servers.values(), start=port):
            _wait_for(each, server)
        _show(addresses, accounts)
        while all(server.poll() is None for server in servers.values()):
            time.sleep(1)
        raise _ended()


@contextlib.contextmanager
def _started(folder: Path, port: int) -> Iterator[dict[str, subprocess.Popen[str]]]:
    servers = {}
    try:
        for each, name in enumerate(PARTIES, start=port):
            command = [sys.executable, "-m", "homeward", "serve", "--home", str(folder / name)]
            command += ["--host", _HOST, "--port", str(each), "--post", str(folder / POST)]
            servers[name] = subprocess.Popen(  # noqa: S603 - our own program, our own words
                command, stdout=subprocess.PIPE, text=True
            )
        yield servers
    finally:
        for server in servers.values():
            server.terminate()
        for server in servers.values():
            try:
                server.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()


def _account(server: subprocess.Popen[str], role: str) -> tuple[str, str]:
    """Read from a server's screen the account that a visitor takes."""
    found = ("", "")
    assert server.stdout is not None, "it was started with one"
    for line in server.stdout:
        words = line.split()
        if words and words[0] == _SHOWN[role]:
            found = words[0], words[-1]
        if words and words[0] == "Open":
            return found
    raise _ended()


def _wait_for(port: int, server: subprocess.Popen[str]) -> None:
    until = time.monotonic() + _START_SECONDS
    while server.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection((_HOST, port), 1):
            return
        time.sleep(0.1)
    raise _ended()


def _show(addresses: Mapping[str, str], accounts: Mapping[str, tuple[str, str]]) -> None:
    print("\nOpen in a browser               sign in as     password")
    for name, address in addresses.items():
        account, password = accounts[name]
        print(f"  {address:<30}{account:<15}{password}")
    ua, ru, _ = addresses.values()
    print(f"\nFirst: open {ru}, sign in, and do what stands at the top:")
    print("the next exchange waits for the list of those whom RU misses.")
    print(f"What you sign there is at {ua} and at the mediator within seconds.")
    print("The first page of each node shows six steps that bring everybody home.")
    print("Ctrl+C ends all three.", flush=True)


def _ended() -> EngineError:
    return EngineError(
        "demo.served",
        "Expected all three nodes to be served, found that one of them ended.",
        hint="Serve one alone with `homeward serve --home DIR` and read what it says.",
    )


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt
