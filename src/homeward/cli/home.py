"""Opening a node from the command line.

Rules of this file:
- The folder is `--home DIR` or HOMEWARD_HOME; the passphrase comes from a simulation's own
  folder, from `--passphrase-file`, or from the terminal, in this order; never from the
  command line, which other users of the machine can see.
- A node of a simulation says so before anything else.
"""

from __future__ import annotations

import argparse
import datetime as dt
import getpass
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from homeward.cli.output import SIMULATION, note, read_file
from homeward.foundation.errors import AccessError, InputError
from homeward.foundation.ids import parse_flow

if TYPE_CHECKING:
    from homeward.node.home import Node
    from homeward.node.route import Route

ACTOR = "command-line"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that every node command takes.

    Args:
        parser: Of the command.
    """
    parser.add_argument("--home", metavar="DIR", help="the node's folder (or HOMEWARD_HOME)")
    parser.add_argument(
        "--passphrase-file", metavar="FILE", help="read the passphrase from the first line of FILE"
    )


def add_database(parser: argparse.ArgumentParser, when: str) -> None:
    """Add the address of a server's database to a command that makes a node.

    Args:
        parser: Of the command.
        when: When it is given, for the help.
    """
    parser.add_argument(
        "--database",
        default="",
        metavar="URL",
        help=f"an empty database of a PostgreSQL server, postgresql://user@host/name, {when}",
    )


def add_route(parser: argparse.ArgumentParser, what: str, url: str = "--mediator-url") -> None:
    """Add the options that name a way to another node.

    Args:
        parser: Of the command.
        what: What the address is, for the help.
        url: The option of the address.
    """
    parser.add_argument(url, dest="mediator_url", metavar="URL", help=f"https address {what}")
    parser.add_argument(
        "--mediator-cert",
        default="",
        metavar="SHA256",
        help="fingerprint of its certificate; without it the authorities of this machine count",
    )
    parser.add_argument(
        "--mediator-ca", default="", metavar="FILE", help="or the authority's certificates (PEM)"
    )


def route_of(args: argparse.Namespace) -> Route | None:
    """Return the way that the arguments name; None if they name none.

    Raises:
        InputError: It is no address of a node.
    """
    from homeward.node.route import parse_route

    if not args.mediator_url:
        if args.mediator_cert or args.mediator_ca:
            raise InputError(
                "cli.route",
                "Expected the address of the mediator's node, found how to know it alone.",
                hint="Give the address, too.",
            )
        return None
    return parse_route(args.mediator_url, pin=args.mediator_cert, ca=args.mediator_ca)


def keep_route(folder: Path, route: Route) -> None:
    """Keep the way to the mediator's node in a node's folder."""
    from homeward.node.route import write_route

    write_route(folder, route)


def folder_of(args: argparse.Namespace) -> Path:
    """Return the node's folder.

    Raises:
        InputError: None was named.
    """
    home = args.home or os.environ.get("HOMEWARD_HOME")
    if not home:
        raise InputError(
            "cli.no_home",
            "Expected a node's folder, found none.",
            hint="Give --home DIR, or set HOMEWARD_HOME.",
        )
    return Path(home)


def options(args: argparse.Namespace) -> str:
    """Return the options that named the node, as they are typed behind the next command."""
    named = (("--home", args.home), ("--passphrase-file", args.passphrase_file))
    return "".join(f" {option} {shlex.quote(value)}" for option, value in named if value)


@contextmanager
def open_home(args: argparse.Namespace) -> Iterator[Node]:
    """Open the node that the arguments name, and close it again.

    Yields:
        The open node.

    Raises:
        AccessError: There is no node, or the passphrase is another one.
    """
    from homeward.node.home import NODE_FILE, close_node, open_node

    home = folder_of(args)
    if not (home / NODE_FILE).is_file():
        raise AccessError(
            "cli.no_node",
            f"Expected a node in {home}, found none.",
            hint="Check --home, or make one with `homeward init`.",
        )
    node = open_node(home, node_passphrase(args))
    try:
        if node.about.simulation:
            note(SIMULATION)
        yield node
    finally:
        close_node()


def node_passphrase(args: argparse.Namespace) -> str:
    """Return the passphrase of the node that the arguments name.

    Raises:
        InputError: As `passphrase_of`.
    """
    from homeward.node.home import simulation_passphrase

    try:
        return simulation_passphrase(folder_of(args))
    except AccessError:  # a real node: only its people know the passphrase
        return passphrase_of(args)


def passphrase_of(args: argparse.Namespace, *, twice: bool = False) -> str:
    """Read a passphrase from the file named, or from the terminal.

    Args:
        args: With `passphrase_file`.
        twice: Ask again, to catch a slip of the hand.

    Raises:
        InputError: There is no terminal, the file has none, or the two differ.
    """
    if args.passphrase_file:
        data = read_file(args.passphrase_file, what="passphrase", max_bytes=4096)
        return data.decode("utf-8", "replace").split("\n", 1)[0].removesuffix("\r")
    if not sys.stdin.isatty():
        raise InputError(
            "cli.passphrase",
            "Expected a terminal to type the passphrase on, found none.",
            hint="Run the command in a terminal, or give --passphrase-file FILE.",
        )
    passphrase = getpass.getpass("Passphrase: ")
    if twice and getpass.getpass("Passphrase again: ") != passphrase:
        raise InputError(
            "cli.passphrase_twice",
            "Expected the same passphrase twice, found two.",
            hint="Run the command again; nothing was made.",
        )
    return passphrase


def leg(text: str) -> str:
    """Return a leg as the ledger writes it.

    Args:
        text: As typed.

    Raises:
        InputError: It is no leg.
    """
    return str(parse_flow(text))


def now() -> dt.datetime:
    """Return the time, to the second: the front ends are where a clock is read."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)  # noqa: TID251 - the front end's clock
