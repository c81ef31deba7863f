"""`homeward init`: make a node for one party."""

from __future__ import annotations

import argparse
import secrets

from homeward.cli import home
from homeward.foundation.ids import parse_party


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward init`."""
    home.add_arguments(parser)
    parser.add_argument("--party", required=True, help="code of the party, such as UA")
    parser.add_argument(
        "--role",
        required=True,
        choices=("bureau", "mediator", "observer"),
        help="what the node does",
    )
    parser.add_argument("--name", required=True, help="name of the office, as on its letters")


def run(args: argparse.Namespace) -> int:
    """Make a node: folder, keys, encrypted database, card."""
    from homeward.node.home import close_node, init_node
    from homeward.node.keystore import fingerprint

    folder = home.folder_of(args)
    node = init_node(
        folder,
        party=parse_party(args.party),
        role=args.role,
        name=args.name,
        passphrase=home.passphrase_of(args, twice=True),
        now=home.now(),
        entropy=secrets.token_bytes,
    )
    close_node()
    print(f"The node of {node.party} ({args.role}) is ready in {folder}.")
    print(f"  card         {folder / 'card.json'}: give it to the others")
    print(f"  fingerprint  {fingerprint(node.card)}: read it to them by voice")
    print("Without the passphrase nobody opens this node, and nobody can make it anew.")
    print(f"Next: homeward status{home.options(args)}")
    return 0
