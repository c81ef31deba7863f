"""`homeward demo`: a whole invented exchange between three nodes, and one screen about it."""

from __future__ import annotations

import argparse
import shlex
import shutil
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from homeward.cli.demo_pages import require_free_ports, serve_nodes
from homeward.cli.output import SIMULATION, note
from homeward.cli.serve import PORT, require_web
from homeward.foundation.errors import InputError

if TYPE_CHECKING:
    from homeward.demo.play import Outcome
    from homeward.report.totals import Report

FOLDER = "homeward-demo"
MARK = "SIMULATION"
"""A file that says a folder was made by the demo, and may be made anew by it."""

_PEOPLE = 7_813
_COLUMNS = 99
_ROWS = (
    ("people", ""),
    ("seriously wounded or sick", "wounded"),
    ("held over two years", "held_over_two_years"),
    ("women", "women"),
    ("under 25", "under_25"),
    ("owed by GC III art. 109", "owed_article_109"),
)
_WORDS = {
    "will_recorded": "asked in private",
    "gate_confirmed": "confirmed a gate",
    "manifest_issued": "on the manifest",
    "departed": "departed",
    "checked_in": "counted at the crossing",
    "stop_checked": "medical stop",
    "received": "received at home",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward demo`."""
    parser.add_argument("--dir", default=FOLDER, metavar="D", help="where (%(default)s)")
    parser.add_argument(
        "--people", type=int, default=_PEOPLE, metavar="N", help="held by both (%(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="S", help="of the world (%(default)s)"
    )
    parser.add_argument("--no-serve", action="store_true", help="end after the exchange")
    parser.add_argument(
        "--port", type=int, metavar="P", help="serve the nodes on P and the two after (8765)"
    )


def run(args: argparse.Namespace) -> int:
    """Play the demo and print one screen."""
    from homeward.demo.play import play

    folder = Path(args.dir)
    port = _port_of(args)
    if port is not None:
        require_free_ports(port)
    _make_room(folder)
    began = time.monotonic()

    def progress(done: int, total: int, what: str) -> None:
        passed = time.monotonic() - began
        left = f", about {passed / done * (total - done):.0f} s left" if 2 < done < total else ""
        end = "\n" if done == total or not sys.stderr.isatty() else "\r"
        line = f"{done:2}/{total} {what}{left}"
        print(f"{line:<78}", end=end, file=sys.stderr, flush=True)

    outcome = play(folder, seed=args.seed, people=args.people, progress=progress)
    print("\n".join(screen(outcome, seconds=time.monotonic() - began)), flush=True)
    if port is not None:
        serve_nodes(folder, port)
    return 0


def _port_of(args: argparse.Namespace) -> int | None:
    """Return where to serve, or None: without a terminal nothing is served unasked."""
    from homeward.node.settings import HAS_WEB

    if args.no_serve or (args.port is None and not (sys.stdout.isatty() and HAS_WEB)):
        return None
    require_web()
    return PORT if args.port is None else int(args.port)


def screen(outcome: Outcome, *, seconds: float) -> Iterator[str]:
    """Return the one screen about a played exchange, line by line."""
    yield ""
    yield f"{SIMULATION} Played in {seconds:.0f} s."
    counts = sorted(outcome.plan["counts"].items())
    yield (
        f"{counts[0][1]} for {counts[-1][1]}, mediated by AE; the plan is "
        f"{outcome.plan['status']}, and its certificate proves it."
    )
    yield ""
    yield from _table(outcome.report)
    yield ""
    yield from _one(outcome)
    yield ""
    yield "What each side said, held against the record"
    for verdict in outcome.verdicts:
        left_out = (
            f"; not mentioned by {', '.join(verdict.omitted_by)}" if verdict.omitted_by else ""
        )
        what = verdict.fact.replace("_", " ")
        if verdict.fact == "leg":
            what = f"people home to {verdict.home}"
        said = sorted({str(claim.claim.value) for claim in verdict.claims})
        words = verdict.verdict.replace("_", " ")
        yield (
            f"  {what:<24} said {', '.join(said):<5} record {verdict.record!s:<5} {words}{left_out}"
        )
    owed = ", ".join(f"{count} by {party}" for party, count in sorted(outcome.owed_left.items()))
    yield ""
    yield f"Owed without counterpart (GC III arts 109-110) and still held: {owed}."
    yield f"Ledger: {outcome.log_size} entries, root {outcome.log_root}"
    yield ""
    folder = outcome.folder
    yield f"In {folder}: agreement.toml lists bundles papers statements ledger, the nodes ua ru ae."
    ledger, node = shlex.quote(str(folder / "ledger")), shlex.quote(str(folder / "ru"))
    yield f"  homeward ledger verify {ledger}      anybody can"
    yield f"  homeward status --home {node}          the next exchange stands half agreed"


def _table(report: Report) -> Iterator[str]:
    flows = sorted(report.flows, key=lambda flow: str(flow.flow), reverse=True)
    yield "  went home to                " + "".join(f"{flow.flow.home:>8}" for flow in flows)
    for label, category in _ROWS:
        cells = [flow.categories[category] if category else flow.home for flow in flows]  # type: ignore[index]
        yield f"  {label:<28}" + "".join(f"{cell!s:>8}" for cell in cells)
    yield "  longest held, in days       " + "".join(f"{f.days_held_longest!s:>8}" for f in flows)


def _one(outcome: Outcome) -> Iterator[str]:
    one = outcome.followed
    yield f"One of them: {one.name_home}"
    yield f"  on the holder's list    {one.name_holder}"
    for number, reason in enumerate(one.reasons):
        yield f"  {'' if number else 'the same man because':<24}{reason}"
    why = (
        f"{one.health} wounds come first in this agreement; then who is held longest: "
        f"{one.days_held:,} days"
    )
    steps = ", ".join(f"{_WORDS.get(kind, kind)} (no. {index})" for index, kind, _ in one.timeline)
    yield from _wrapped("chosen because", why)
    yield from _wrapped("his way", steps)


def _wrapped(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        _COLUMNS,
        initial_indent=f"  {label:<24}",
        subsequent_indent=" " * 26,
        break_on_hyphens=False,
    )


def _make_room(folder: Path) -> None:
    """Take a new or empty folder, or one that an earlier demo made."""
    if (folder / MARK).is_file():
        shutil.rmtree(folder)
        note(f"Removed the earlier demo in {folder}.")
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            "demo.folder",
            f"Expected a new or an empty folder, found {folder}, which holds other things.",
            hint="Give another one with --dir D.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text(f"{SIMULATION} Made by `homeward demo`.\n", encoding="utf-8")
