"""`homeward serve`: a node's pages in the browser."""

from __future__ import annotations

import argparse
from pathlib import Path

from homeward.cli import home
from homeward.cli.output import SIMULATION, note
from homeward.foundation.errors import AccessError, InputError

PORT = 8765


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward serve`."""
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="listen there (%(default)s)"
    )
    parser.add_argument(
        "--port", type=int, default=PORT, metavar="P", help="listen on it (%(default)s)"
    )
    parser.add_argument(
        "--post", metavar="FOLDER", help="carry bundles through a folder that the nodes share"
    )
    parser.add_argument(
        "--tls-cert", metavar="FILE", help="speak TLS alone, with this certificate (PEM)"
    )
    parser.add_argument("--tls-key", metavar="FILE", help="the certificate's key (PEM)")
    parser.add_argument(
        "--name", action="append", default=[], metavar="HOST", help="also answer to this host name"
    )
    home.add_route(parser, "to the mediator's node, from now on")
    home.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Serve a node's pages until interrupted."""
    require_web()
    from homeward.node.home import simulation_passphrase
    from homeward.node.web.server import Outside, prepare, serve, workers_for

    folder = home.folder_of(args)
    post = Path(args.post) if args.post else None
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return _first_run(folder, args, post)
    route = home.route_of(args)
    try:
        passphrase = simulation_passphrase(folder)
    except AccessError:  # a real node: only its people know the passphrase
        passphrase = home.passphrase_of(args)
    accounts = prepare(folder, passphrase)
    if route is not None:
        home.keep_route(folder, route)
    if accounts:
        note(SIMULATION)
        print(f"  {'account':<18}{'roles':<18}  password")
    for account in accounts:
        print(f"  {account.name:<18}{', '.join(account.roles):<18}  {account.password}")
    print(f"Open {_address(args)} in a browser; Ctrl+C ends it.", flush=True)
    workers = workers_for(accounts)
    outside = Outside(tuple(args.name), *_certificate(args))
    serve(
        folder,
        passphrase,
        host=args.host,
        port=args.port,
        workers=workers,
        post=post,
        outside=outside,
    )
    return 0


def _first_run(folder: Path, args: argparse.Namespace, post: Path | None) -> int:
    """Serve the set-up of a node that is still to be made, and then the node."""
    from homeward.node.web.server import serve_first_run
    from homeward.node.web.set_up import new_code

    if args.tls_cert or args.tls_key or args.mediator_url:
        raise InputError(
            "serve.no_node",
            f"Expected a node in {folder} to reach over the network, found none.",
            hint="Make it first, with `homeward init` or on the page without these options.",
        )
    code = new_code()
    print(f"There is no node in {folder} yet.")
    print(f"Open {_address(args)}first-run?code={code} in a browser; Ctrl+C ends it.")
    print(f"Whoever has the set-up code can make the node: {code}", flush=True)
    serve_first_run(folder, host=args.host, port=args.port, code=code, post=post)
    return 0


def _certificate(args: argparse.Namespace) -> tuple[Path | None, Path | None]:
    cert, key = args.tls_cert, args.tls_key
    return Path(cert) if cert else None, Path(key) if key else None


def _address(args: argparse.Namespace) -> str:
    host = f"[{args.host}]" if ":" in args.host else args.host
    return f"http{'s' if args.tls_cert else ''}://{host}:{args.port}/"


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
