"""`homeward triage`: what a list from the other side says, by our own lists alone.

Rules of this file:
- A list may be anybody's: its titles may be in other words or languages, and it needs no
  references; what a title was taken to mean is said on standard error.
- Nobody is left out, for they would be said to be on no list: what cannot be read counts as
  empty and is said, and a row of which nothing can be read is a line of the answer all the same.
- The terminal shows references and counts. Names stand in the JSON and in the workbook.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from homeward.cli.output import SIMULATION, note, read_file, write_file, write_json
from homeward.cli.progress import progress
from homeward.foundation.errors import InputError
from homeward.records.fix import unread_of
from homeward.records.header import find_titles, known_titles, verify_titles
from homeward.records.model import COLUMNS, HELD, WANTED, ListKind
from homeward.records.read import ListReading, read_list
from homeward.records.table import MAX_FILE_BYTES, column_name, read_table
from homeward.records.titles import EXTRA, guess_columns

if TYPE_CHECKING:
    from homeward.matching.triage import Triage

_REFS_SHOWN = 8
_KINDS: Mapping[str, ListKind] = {"wanted": WANTED, "held": HELD}
_OPTIONS = {
    "wanted": "our own list of the missing",
    "held": "our own list of those we hold, where LIST names people whom the other side looks for",
    "returned": "those who are home already",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward triage`."""
    parser.add_argument("list", metavar="LIST", help="the list from the other side, CSV or XLSX")
    for option, about in _OPTIONS.items():
        parser.add_argument(f"--{option}", metavar="FILE", help=about)
    parser.add_argument("-o", "--output", metavar="FILE.xlsx", help="write a workbook to act on")
    parser.add_argument("--json", action="store_true", help="print every line as JSON")
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def run(args: argparse.Namespace) -> int:
    """Say what every line of a list means for us.

    Args:
        args: As `add_arguments` describes them.

    Returns:
        0.

    Raises:
        InputError: A file cannot be used, or there is no list of ours to look at; or the
            workbook has the name of another sort of file.
        EngineError: Memory or the disk failed.
    """
    if not (args.wanted or args.held):
        raise InputError(
            "triage.no_list",
            "Expected a list of ours to compare with, found none.",
            hint="Give --wanted FILE, our list of the missing, or --held FILE, of those we hold.",
        )
    if args.output and not args.output.lower().endswith(".xlsx"):
        raise InputError(
            "triage.output",
            "Expected a name that ends in .xlsx for the workbook, found another.",
            hint="Write -o FILE.xlsx; for programs, use --json.",
        )
    from homeward.matching.triage import triage
    from homeward.matching.triage_sheets import write_triage

    today = dt.date.today()  # noqa: DTZ011, TID251 -- a front end reads the clock
    theirs = _read(args.list, "list", today)
    ours = {
        option: _read(getattr(args, option), option, today)
        for option in _OPTIONS
        if getattr(args, option)
    }
    readings = (theirs, *ours.values())
    for reading in readings:
        _note_unread(reading)
    is_simulation = any("simulation" in map(column_name, each.unknown_columns) for each in readings)
    if is_simulation:
        note(SIMULATION)
    with progress("Comparing", 0, "steps", quiet=args.quiet or args.json) as report:
        found = triage(
            theirs.records,
            is_sought=not args.wanted,
            unread=unread_of(theirs),
            progress=report,
            **{option: reading.records for option, reading in ours.items()},
        )
    if args.output:
        data = write_triage(found, theirs.records, is_simulation=is_simulation)
        write_file(args.output, data)
        note(f"The workbook is in {args.output}; it holds names.")
    if args.json:
        write_json(found.document())
    else:
        _show(found, args.list)
    return 0


def _read(path: str, option: str, today: dt.date) -> ListReading:
    """Read a list by its titles; nobody on it is left out because of a cell."""
    data = read_file(path, what="list", max_bytes=MAX_FILE_BYTES)
    name = Path(path).name
    _, titles = find_titles(read_table(data, known=known_titles({}), file=name), name)
    verify_titles(titles, name)
    kind = _KINDS.get(option) or _kind_of(titles)
    guesses = guess_columns(titles, kind, is_theirs=option == "list")
    taken = {title: column for title, (column, how) in guesses.items() if how == "guessed"}
    if taken:
        meant = ", ".join(f"{title} = {column}" for title, column in taken.items())
        note(f"{name}: columns were taken to mean: {meant}.")
    if all(column == EXTRA for column, _ in guesses.values()):
        taken = {}  # reading it says that it is no list
    return read_list(data, kind=kind, file=name, today=today, columns=taken, is_theirs=True)


def _note_unread(reading: ListReading) -> None:
    if rows := len({problem.row for problem in reading.problems}):
        note(
            f"{reading.file}: rows with cells that cannot be read, which count as empty: {rows:,}."
        )


def _kind_of(titles: list[str]) -> ListKind:
    """Tell a list by its columns: only a list of the wanted says since when they are missing."""
    only = set(COLUMNS[WANTED]) - set(COLUMNS[HELD])
    meant = {column for column, _ in guess_columns(titles, WANTED).values()}
    return WANTED if only & meant else HELD


def _show(found: Triage, path: str) -> None:
    from homeward.matching.triage import CLASSES, FLAGS, to_do

    print(f"{Path(path).name}: {len(found.lines):,} lines")
    for class_, count in found.counts().items():
        if not count:
            continue
        refs = [line.ref for line in found.lines if line.class_ == class_]
        more = ", …" if count > _REFS_SHOWN else ""
        print(f"{count:>7,}  {class_.replace('_', ' ')}: {CLASSES[class_][0]}")
        print(f"         {to_do(class_, is_sought=found.is_sought)}")
        print(f"         {', '.join(refs[:_REFS_SHOWN])}{more}")
    flags = {flag: count for flag, count in found.flag_counts().items() if count}
    if flags:
        print("Among them:")
    for flag, count in flags.items():
        print(f"{count:>7,}  {flag.replace('_', ' ')}: {FLAGS[flag]}")
