"""`homeward documents`: manifests and receipts as PDF."""

from __future__ import annotations

import argparse

from homeward.cli import home
from homeward.cli.output import write_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward documents`."""
    parser.add_argument("document", choices=("manifest", "receipt"), help="which paper")
    parser.add_argument("case", metavar="CASE", help="the id of the agreement")
    parser.add_argument("--leg", required=True, type=home.leg, help='such as "RU -> UA"')
    parser.add_argument("-o", "--output", required=True, metavar="FILE.pdf", help="where to write")
    home.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print a document of one leg."""
    from homeward.node.actions.report import manifest_of, receipt_of

    with home.open_home(args) as node:
        if args.document == "manifest":
            data = manifest_of(node, args.case, args.leg, now=home.now(), actor=home.ACTOR)
        else:
            data = receipt_of(node, args.case, args.leg, now=home.now())
    write_file(args.output, data)
    print(f"Wrote {args.output} ({len(data):,} bytes).")
    return 0
