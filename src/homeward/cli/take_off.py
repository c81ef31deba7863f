"""`homeward take-off`: take people off a list of our own, or put them back."""

from __future__ import annotations

import argparse

from homeward.cli import home
from homeward.negotiation.entries import LINE_REASONS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward take-off`."""
    parser.add_argument("kind", choices=("held", "wanted"), help="which list")
    parser.add_argument("ref", nargs="+", metavar="REF", help="our own references")
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--reason", choices=LINE_REASONS, help="why, of a closed list")
    how.add_argument("--back", action="store_true", help="put them back on the list")
    home.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Take people off a list, or put them back; nobody is deleted."""
    from homeward.node.actions.off_list import put_back, take_off

    with home.open_home(args) as node:
        options = {"kind": args.kind, "refs": args.ref, "now": home.now(), "actor": home.ACTOR}
        if args.back:
            print(f"Put back on the {args.kind} list: {put_back(node, **options):,}.")
        else:
            count = take_off(node, reason=args.reason, **options)
            print(f"Taken off the {args.kind} list: {count:,}. A list that was shown stays:")
            print("withdraw their lines there (`homeward case withdraw-line`).")
    return 0
