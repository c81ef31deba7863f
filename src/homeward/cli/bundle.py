"""`homeward bundle`: what one node has for another, as a file."""

from __future__ import annotations

import argparse
import shlex
import time

from homeward.cli import home
from homeward.cli.output import read_file, write_file
from homeward.foundation.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward bundle`."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="export|import|send")
    export = acts.add_parser("export", help="write what another node has not confirmed")
    export.add_argument("--to", required=True, metavar="PARTY", help="whose node will read it")
    export.add_argument("-o", "--output", metavar="FILE", help="where to write (outbox/ if absent)")
    home.add_arguments(export)
    take = acts.add_parser("import", help="read another node's bundle")
    take.add_argument("file", metavar="FILE", help="the bundle, for this node")
    home.add_arguments(take)
    send = acts.add_parser("send", help="exchange bundles with the mediator's node, over HTTPS")
    home.add_route(send, "of the mediator's node (that of init or serve if absent)", "--to")
    home.add_arguments(send)


def run(args: argparse.Namespace) -> int:
    """Export, import or send a bundle."""
    from homeward.node.bundles import BUNDLE_MAX_BYTES, export_bundle, import_bundle
    from homeward.node.home import OUTBOX

    if args.act == "send":
        return _send(args)
    if args.act == "import":
        data = read_file(args.file, what="bundle", max_bytes=BUNDLE_MAX_BYTES)
        with home.open_home(args) as node:
            got = import_bundle(node, data, now=home.now())
        print(
            f"From {got.sender}: new entries {got.entry_count}, new lists {got.blob_count}; "
            f"the ledger has {got.log_size} entries."
        )
        if got.missing_count:
            print(
                f"{got.missing_count} of theirs never arrived. Nothing is lost by it: each bundle "
                "holds again what this node has not confirmed."
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


def _send(args: argparse.Namespace) -> int:
    """Exchange bundles with the mediator's node until both have everything."""
    from homeward.node.book import log_of
    from homeward.node.models import LogHead
    from homeward.node.route import read_route
    from homeward.node.sending import exchange_patiently

    with home.open_home(args) as node:
        route = home.route_of(args) or read_route(node.home)
        if route is None:
            raise InputError(
                "cli.no_route",
                "Expected the address of the mediator's node, found none.",
                hint="Give --to URL, and --mediator-cert SHA256 if no authority signed for it.",
            )
        count = exchange_patiently(node, route, now=home.now(), pause=time.sleep)
        head = LogHead.objects.filter(origin=log_of(node).name).first()
    size = head.size if head else 0
    print(f"Bundles with something new, both ways: {count}; the ledger has {size} entries.")
    print(f"Next: homeward status{home.options(args)}")
    return 0
