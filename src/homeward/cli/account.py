"""`homeward account`: who may sign in to a node's pages."""

from __future__ import annotations

import argparse

from homeward.cli import home
from homeward.cli.serve import require_web


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward account`."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="add")
    add = acts.add_parser("add", help="make an account")
    add.add_argument("name", metavar="NAME", help="name to sign in with")
    add.add_argument(
        "--role",
        required=True,
        metavar="ROLE",
        action="append",
        help="such as caseworker; may be given several times",
    )
    add.add_argument(
        "--password-file", metavar="FILE", help="read the password from the first line of FILE"
    )
    home.add_arguments(add)


def run(args: argparse.Namespace) -> int:
    """Make an account; its password is asked for on the terminal."""
    require_web()
    from homeward.node.web.accounts import add_account

    with home.open_home(args) as node:
        asked = argparse.Namespace(passphrase_file=args.password_file)
        password = home.passphrase_of(asked, twice=True)
        add_account(node, name=args.name, roles=args.role, password=password)
    print(f"The account {args.name} ({', '.join(args.role)}) is ready.")
    return 0
