"""`homeward backup` and `homeward restore`: keys and data as one file, still encrypted."""

from __future__ import annotations

import argparse
import shlex

from homeward.cli import home
from homeward.cli.output import write_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward backup`."""
    parser.add_argument("file", metavar="FILE", help="where to write")
    home.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Write a backup; the passphrase opens it, nothing else does."""
    from homeward.node.backup import backup

    with home.open_home(args) as node:
        data = backup(node, now=home.now())
    write_file(args.file, data)
    print(f"Wrote {args.file} ({len(data):,} bytes), encrypted as the node is.")
    print(f"Try it now and then: homeward restore {shlex.quote(args.file)} --home NEW-FOLDER")
    return 0
