"""`homeward export`: write a held or a wanted list as CSV or XLSX."""

from __future__ import annotations

import argparse

from homeward.cli import home
from homeward.cli.output import write_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward export`."""
    parser.add_argument("kind", choices=("held", "wanted"), help="which list")
    parser.add_argument("file", metavar="FILE", help="where to write; .xlsx makes a spreadsheet")
    home.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Export a list; no cell of it can be run as a formula."""
    from homeward.node.actions.lists import export_list

    with home.open_home(args) as node:
        data = export_list(
            node,
            kind=args.kind,
            file_format="xlsx" if args.file.lower().endswith(".xlsx") else "csv",
            now=home.now(),
            actor=home.ACTOR,
        )
    write_file(args.file, data)
    print(f"Wrote {args.file} ({len(data):,} bytes).")
    return 0
