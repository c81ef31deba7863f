"""`homeward status`: where a node stands, and the next command to type."""

from __future__ import annotations

import argparse
import dataclasses
from typing import TYPE_CHECKING, Any

from homeward.cli import home
from homeward.cli.output import write_json

if TYPE_CHECKING:
    from homeward.node.actions.list_todo import Step
    from homeward.node.actions.overview import CaseView, Overview


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward status`."""
    parser.add_argument("--json", action="store_true", help="say it as JSON")
    home.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Show a node at a glance; the last lines are always what to do next."""
    from homeward.node.actions.overview import overview

    with home.open_home(args) as node:
        view = overview(node, now=home.now())
    if args.json:
        write_json(_document(view))
        return 0
    print(f"{view.party}, {view.role}{' (SIMULATION)' if view.simulation else ''}")
    if view.role == "bureau":
        print(f"  people   {view.held_count:,} held, {view.wanted_count:,} wanted")
    print(f"  knows    {', '.join(view.peers) or 'nobody yet'}")
    if view.log_size:
        print(f"  ledger   {view.log}, {view.log_size} entries, root {view.log_root[:16]}…")
    for case in view.cases:
        _show_case(case)
    for number, step in enumerate(view.steps):
        print(f"{'Then' if number else 'Next'}: homeward {step.command}{home.options(args)}")
        print(f"      {step.why}{_until(step)}")
    return 0


def _until(step: Step) -> str:
    if not step.due_at:
        return ""
    return f" ({'overdue since' if step.is_overdue else 'until'} {step.due_at})"


def _show_case(case: CaseView) -> None:
    turn = ", ".join(party for party in case.turn) or "nobody"
    print(f"  case     {case.case}: {case.state}; whose turn: {turn}")
    for party, count in sorted(case.overdue.items()):
        print(f"           {count:,} of {party} captured over a week ago, and {party} not told")
    for party, kinds in sorted(case.unsigned.items()):
        said = ", ".join(kind.replace("_", " ") for kind in kinds) or "nothing yet"
        print(f"           {party} is on paper; received, unsigned: {said}")
    for due in case.due:
        when = f"{'overdue since' if due.is_overdue else 'until'} {due.due_at:%Y-%m-%d %H:%M}"
        print(f"           {due.party} owes {due.step.replace('_', ' ')}, {when}")
    for leg in case.legs:
        print(
            f"           {leg.leg}: {leg.home} / {leg.planned} home, {leg.departed} departed, "
            f"{leg.missing} missing, {leg.not_travelling} not travelling"
        )


def _document(view: Overview) -> dict[str, Any]:
    document = dataclasses.asdict(view)
    for case in document["cases"]:
        case["turn"] = {party: list(kinds) for party, kinds in case["turn"].items()}
        for due in case["due"]:
            due["due_at"] = f"{due['due_at']:%Y-%m-%dT%H:%M:%SZ}"
        for leg in case["legs"]:
            leg["leg"] = f"{leg['leg']['holder']} -> {leg['leg']['home']}"
    return document
