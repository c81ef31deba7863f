"""`homeward init`: make a node for one party.

Rules of this file:
- What the line does not say is asked on the terminal, one question after another; without
  a terminal it is missing.
- Every answer is checked as soon as it is given, and nothing is made before the last one.
"""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from homeward.cli import home
from homeward.foundation.errors import InputError
from homeward.foundation.ids import parse_party

if TYPE_CHECKING:
    from homeward.node.home import Node

_ROLES = ("bureau", "mediator", "observer")
_FIRST_ROLES = ("administrator",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward init`."""
    home.add_arguments(parser)
    parser.add_argument("--party", help="code of the party, such as UA")
    parser.add_argument("--role", choices=_ROLES, help="what the node does")
    parser.add_argument("--name", help="name of the office, as on its letters")
    parser.add_argument("--language", help="of the pages: en, uk, ru or ar (en)")
    parser.add_argument(
        "--account",
        metavar="NAME",
        help="also make the first account, an administrator; its password is asked for",
    )
    home.add_database(parser, "instead of an encrypted file")
    home.add_route(parser, "of the mediator's node, where bundles go by themselves")


def run(args: argparse.Namespace) -> int:
    """Make a node: folder, keys, encrypted database, card, and its first account."""
    from homeward.node.home import close_node, init_node
    from homeward.node.keystore import fingerprint

    folder = home.folder_of(args)
    if None in (args.party, args.role, args.name):
        _ask(args)
    _language(args.language or "en")
    route = home.route_of(args)
    party = parse_party(args.party)
    if args.passphrase_file is None and sys.stdin.isatty():
        print("Without the passphrase nobody opens this node, and nobody can make it anew.")
    passphrase = home.passphrase_of(args, twice=True)
    password = _password(args.account) if args.account else ""
    node = init_node(
        folder,
        party=party,
        role=args.role,
        name=args.name,
        passphrase=passphrase,
        now=home.now(),
        entropy=secrets.token_bytes,
        languages=(args.language or "en",),
        database=args.database,
    )
    try:
        if route is not None:
            home.keep_route(folder, route)
        if args.account:
            _make_account(node, args.account, password)
    finally:
        close_node()
    print(f"The node of {node.party} ({args.role}) is ready in {folder}.")
    print(f"  card         {folder / 'card.json'}: give it to the others")
    print(f"  fingerprint  {fingerprint(node.card)}: read it to them by voice")
    if args.account:
        print(f"  account      {args.account}: sign in with it, and make the others")
    print("Without the passphrase nobody opens this node, and nobody can make it anew.")
    print(f"Next: homeward {'serve' if args.account else 'status'}{home.options(args)}")
    return 0


def _ask(args: argparse.Namespace) -> None:
    """Ask for what the line does not say."""
    missing = [f"--{name}" for name in ("party", "role", "name") if getattr(args, name) is None]
    if not sys.stdin.isatty():
        raise InputError(
            "init.missing",
            f"Expected {', '.join(missing)}, found no terminal to ask on.",
            hint="Give them on the line, or run the command in a terminal.",
        )
    args.party = args.party or _answer("Code of your party, such as UA", parse_party)
    args.role = args.role or _answer(f"What this node does ({', '.join(_ROLES)})", _role)
    args.name = args.name or _answer("Name of your office, as on its letters", _some)
    args.language = args.language or _answer("Language of the pages (en, uk, ru, ar)", _language)
    if args.account is None and _has_web():
        args.account = input("Name of the first account, an administrator (empty: none): ").strip()


def _answer(question: str, check: Callable[[str], str]) -> str:
    while True:
        try:
            return check(input(f"{question}: ").strip())
        except InputError as error:
            print(error, file=sys.stderr)


def _some(text: str) -> str:
    if not text:
        raise InputError(
            "init.empty", "Expected an answer, found none.", hint="Type it, then press Enter."
        )
    return text


def _role(text: str) -> str:
    if text not in _ROLES:
        raise InputError(
            "init.role",
            f"Expected one of {', '.join(_ROLES)}, found another.",
            hint="A party's own office is a bureau.",
        )
    return text


def _language(text: str) -> str:
    from homeward.node.settings import LANGUAGES

    known = [code for code, _ in LANGUAGES]
    if text not in known:
        raise InputError(
            "init.language",
            f"Expected one of {', '.join(known)} as language, found another.",
            hint="Everybody can still choose another language on the pages.",
        )
    return text


def _has_web() -> bool:
    from homeward.node.settings import HAS_WEB

    return HAS_WEB


def _password(name: str) -> str:
    """Ask for the password of the first account, and check both before anything is made."""
    from homeward.cli.serve import require_web

    require_web()
    from homeward.node.web.accounts import check_account

    if not sys.stdin.isatty():
        raise InputError(
            "init.password",
            "Expected a terminal to type the account's password on, found none.",
            hint="Leave --account out, then use `homeward account add --password-file FILE`.",
        )
    password = getpass.getpass(f"Password of {name}, at least 12 characters: ")
    if getpass.getpass("Password again: ") != password:
        raise InputError(
            "init.password_twice",
            "Expected the same password twice, found two.",
            hint="Run the command again; nothing was made.",
        )
    check_account(name=name, roles=_FIRST_ROLES, password=password)
    return password


def _make_account(node: Node, name: str, password: str) -> None:
    from homeward.node.web.accounts import add_account

    add_account(node, name=name, roles=_FIRST_ROLES, password=password)
