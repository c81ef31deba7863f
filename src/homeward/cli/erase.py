"""`homeward erase`: destroy what names people of a case, once it is over.

Rules of this file:
- Without `--yes` it only says what would be gone, what stays, and what it cannot reach.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from homeward.cli import home

if TYPE_CHECKING:
    from homeward.node.actions.erasure import Erasure


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward erase`."""
    parser.add_argument("case", metavar="CASE", help="a case that is closed or aborted")
    parser.add_argument("--yes", action="store_true", help="erase it; nobody can undo this")
    home.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Say what an erasure destroys, or destroy it."""
    from homeward.node.actions.erasure import erase, erasure_of

    with home.open_home(args) as node:
        act = erase if args.yes else erasure_of
        found = act(node, args.case, now=home.now(), actor=home.ACTOR)
    if found.is_empty and not args.yes:
        print(f"Nothing of {args.case} is left to be erased.")
        return 0
    print("\n".join(_gone(found, is_done=args.yes)))
    if not args.yes:
        print(f"Nothing was changed. To erase it: homeward erase {args.case} --yes")
    return 0


def _gone(found: Erasure, *, is_done: bool) -> Iterator[str]:
    yield f"{'Erased' if is_done else 'Would be erased'} of {found.case}, for ever:"
    late = found.undelivered_count
    waiting = f", of which {late:,} never confirmed by their reader" if late else ""
    yield f"  {found.list_count:,} lists and pieces of evidence{waiting}"
    yield f"  {found.held_count:,} people of the held list who went home by it, all versions"
    yield f"  {found.wanted_count:,} people of the wanted list who came home by it, all versions"
    yield f"  {found.file_count:,} imported files' findings and rows to fix"
    yield "  the secret that salted its lines, and the key under which all of this rested"
    yield "Stays: the ledger, receipts and the plan, and whoever is still held or missed."
    yield "Out of reach: backups made before, other parties' copies, paper,"
    yield f"  {found.evidence_count:,} bundles kept as evidence, {found.kept_list_count:,} lists kept for triage"
