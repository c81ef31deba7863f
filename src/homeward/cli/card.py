"""`homeward card`: show this node's card, or import another party's."""

from __future__ import annotations

import argparse

from homeward.cli import home
from homeward.cli.output import read_file, write_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward card`."""
    parser.add_argument("--add", metavar="FILE", help="import another party's card")
    parser.add_argument("-o", "--output", metavar="FILE", help="write our own card to this file")
    home.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Show or import a card."""
    from homeward.node.actions.peers import add_card
    from homeward.node.keystore import fingerprint

    with home.open_home(args) as node:
        if args.add:
            data = read_file(args.add, what="card", max_bytes=1 << 16)
            card = add_card(node, data, now=home.now())
            print(f"Imported the card of {card.party} ({card.role}): {card.name}.")
            print(f"  fingerprint  {fingerprint(card)}")
            print("Compare it by voice with that office before you trust anything it signs.")
            print(f"Next: homeward status{home.options(args)}")
            return 0
        print(f"The card of {node.party} ({node.about.role}): {node.about.name}.")
        print(f"  fingerprint  {fingerprint(node.card)}")
        if args.output:
            write_file(args.output, node.card.data)
            print(f"  written to   {args.output}")
    return 0
