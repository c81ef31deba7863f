"""`homeward bundle`: what one node has for another, as a file."""

from __future__ import annotations

import argparse
import shlex

from homeward.cli import home
from homeward.cli.output import read_file, write_file


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward bundle`."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="export|import")
    export = acts.add_parser("export", help="write what another node has not confirmed")
    export.add_argument("--to", required=True, metavar="PARTY", help="whose node will read it")
    export.add_argument("-o", "--output", metavar="FILE", help="where to write (outbox/ if absent)")
    home.add_arguments(export)
    take = acts.add_parser("import", help="read another node's bundle")
    take.add_argument("file", metavar="FILE", help="the bundle, for this node")
    home.add_arguments(take)


def run(args: argparse.Namespace) -> int:
    """Export or import a bundle."""
    from homeward.node.bundles import BUNDLE_MAX_BYTES, export_bundle, import_bundle
    from homeward.node.home import OUTBOX

    if args.act == "import":
        data = read_file(args.file, what="bundle", max_bytes=BUNDLE_MAX_BYTES)
        with home.open_home(args) as node:
            got = import_bundle(node, data, now=home.now())
        print(
            f"From {got.sender}: new entries {got.entry_count}, new lists {got.blob_count}; "
            f"the ledger has {got.log_size} entries."
        )
        print(f"Next: homeward status{home.options(args)}")
        return 0
    with home.open_home(args) as node:
        data = export_bundle(node, args.to)
        stamp = home.now().strftime("%Y%m%dT%H%M%SZ")
        default = node.home / OUTBOX / f"{stamp}-{node.party}-to-{args.to}.hwb"
    path = args.output or str(default)
    write_file(path, data)
    print(f"Wrote {path} ({len(data):,} bytes).")
    print(f"Carry it to the node of {args.to}: homeward bundle import {shlex.quote(path)}")
    return 0
