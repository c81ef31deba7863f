"""`homeward serve`: a node's pages in the browser."""

from __future__ import annotations

import argparse

from homeward.cli import home
from homeward.cli.output import SIMULATION, note
from homeward.foundation.errors import AccessError, InputError

_PORT = 8765


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward serve`."""
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="listen there (%(default)s)"
    )
    parser.add_argument(
        "--port", type=int, default=_PORT, metavar="P", help="listen on it (%(default)s)"
    )
    home.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Serve a node's pages until interrupted."""
    require_web()
    from homeward.node.home import simulation_passphrase
    from homeward.node.web.server import prepare, serve

    folder = home.folder_of(args)
    try:
        passphrase = simulation_passphrase(folder)
    except AccessError:  # a real node: only its people know the passphrase
        passphrase = home.passphrase_of(args)
    accounts = prepare(folder, passphrase)
    if accounts:
        note(SIMULATION)
        print(f"  {'account':<18}{'roles':<18}password")
    for account in accounts:
        print(f"  {account.name:<18}{', '.join(account.roles):<18}{account.password}")
    host = f"[{args.host}]" if ":" in args.host else args.host
    print(f"Open http://{host}:{args.port}/ in a browser; Ctrl+C ends it.", flush=True)
    serve(folder, passphrase, host=args.host, port=args.port)
    return 0


def require_web() -> None:
    """Check that the packages of the pages are installed.

    Raises:
        InputError: They are not.
    """
    from homeward.node.settings import HAS_WEB

    if not HAS_WEB:
        raise InputError(
            "serve.web",
            "Expected the packages of the pages in the browser, found them missing.",
            hint="Install them with `pip install 'homeward[web]'`.",
        )
