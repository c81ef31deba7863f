"""`homeward import`: read a held or a wanted list into a node."""

from __future__ import annotations

import argparse
import dataclasses
from typing import TYPE_CHECKING

from homeward.cli import home
from homeward.cli.output import note, read_file, write_json
from homeward.cli.progress import progress

if TYPE_CHECKING:
    from homeward.node.actions.lists import ImportOutcome

_FILE_MAX_BYTES = 200 << 20
_GROUPS_SHOWN = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward import`."""
    parser.add_argument("kind", choices=("held", "wanted"), help="which list")
    parser.add_argument("file", metavar="FILE", help="CSV or XLSX with a header row")
    parser.add_argument("--json", action="store_true", help="say what was done as JSON")
    home.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Import a list; good rows are kept, bad rows are reported by kind."""
    from homeward.node.actions.lists import import_list

    data = read_file(args.file, what="list", max_bytes=_FILE_MAX_BYTES)
    label = f"Importing the {args.kind} list"
    with (
        home.open_home(args) as node,
        progress(label, 0, "steps", quiet=args.json) as report,
    ):
        outcome = import_list(
            node,
            kind=args.kind,
            data=data,
            file_name=args.file,
            now=home.now(),
            actor=home.ACTOR,
            progress=report,
        )
    counts = {
        "rows": outcome.row_count,
        "added": outcome.added_count,
        "changed": outcome.changed_count,
        "unchanged": outcome.unchanged_count,
        "problems": len(outcome.problems),
        "problem_groups": [dataclasses.asdict(group) for group in outcome.problem_groups],
        "unknown_columns": list(outcome.unknown_columns),
    }
    if args.json:
        write_json(counts)
        return 0
    print(
        f"{outcome.row_count:,} rows: {outcome.added_count:,} people added, "
        f"{outcome.changed_count:,} changed, {outcome.unchanged_count:,} unchanged."
    )
    if outcome.unknown_columns:
        columns = ", ".join(outcome.unknown_columns[:_GROUPS_SHOWN])
        note(f"Columns of your own, kept and not read: {columns}.")
    _show_problems(outcome)
    print(f"Next: homeward status{home.options(args)}")
    return 0


def _show_problems(outcome: ImportOutcome) -> None:
    if not outcome.problems:
        return
    rows = len({problem.row for problem in outcome.problems})
    note(f"Rows left out: {rows:,}. Mend them and import the file again:")
    for group in outcome.problem_groups[:_GROUPS_SHOWN]:
        places = ", ".join(str(row) for row in group.rows[:8])
        more = " …" if group.count > 8 else ""
        note(
            f"  {group.count:>5,}  {group.column or 'row'}: expected {group.expected}. {group.hint}"
        )
        note(f"         in row {places}{more}")
    left = len(outcome.problem_groups) - _GROUPS_SHOWN
    if left > 0:
        note(f"  and {left} more kinds")
