"""`homeward restore`: make a node again from its backup."""

from __future__ import annotations

import argparse

from homeward.cli import home
from homeward.cli.output import read_file

_BACKUP_MAX_BYTES = 4 << 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward restore`."""
    parser.add_argument("file", metavar="FILE", help="written by `homeward backup`")
    home.add_arguments(parser)
    home.add_database(parser, "if the node's tables are on a server, and not where they were")


def run(args: argparse.Namespace) -> int:
    """Restore a node into a new folder."""
    from homeward.node.backup import restore

    folder = home.folder_of(args)
    data = read_file(args.file, what="backup", max_bytes=_BACKUP_MAX_BYTES)
    restore(data, folder, passphrase=home.passphrase_of(args), database=args.database)
    print(f"Restored the node into {folder}.")
    print("What came after the backup is not in it. Use one of the two nodes, never both.")
    print(f"Next: homeward status{home.options(args)}")
    return 0
