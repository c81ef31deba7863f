"""The agreement and the lists that `plan` and `check` work on.

Rules of this file:
- Good rows of a held list are used; of the others a summary by kind stands on standard
  error, with rows and repair, never with a cell's content.
- Invented countries (`XA`), and lists with a column `simulation`, are a simulation.
- The clock is read here, once: no birth or capture is later than today.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from homeward.cli.output import SIMULATION, note, read_file
from homeward.cli.progress import progress
from homeward.foundation.errors import InputError
from homeward.foundation.ids import PersonId, parse_party
from homeward.records.model import HELD, PersonRecord
from homeward.records.read import ListReading, group_problems, read_list
from homeward.records.table import MAX_FILE_BYTES, column_name
from homeward.terms.agreement import TEXT_MAX_BYTES, Agreement, read_agreement
from homeward.terms.named import read_named

if TYPE_CHECKING:
    from homeward.terms.pool import Pool

_GROUPS_SHOWN = 20
_ROWS_SHOWN = 5
_SEED = re.compile(r"[0-9a-f]{64}")
_INVENTED = re.compile(r"X[A-Z](-.*)?")

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Held lists as a pool needs them: by holder one row a person."""

    rows: Mapping[str, Sequence[Row]]
    is_simulation: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a plan is made from and checked against."""

    agreement: Agreement
    pool: Pool
    is_simulation: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that `plan` and `check` share.

    Args:
        parser: Of the command.
    """
    parser.add_argument(
        "--held",
        metavar="PARTY=FILE",
        action="append",
        required=True,
        help="the people whom a party holds (CSV or XLSX); once for each party",
    )
    parser.add_argument(
        "--list",
        metavar="NAME=FILE",
        action="append",
        default=[],
        help="a list that the agreement names: columns person, or holder and ref, or ref",
    )
    parser.add_argument(
        "--seed",
        metavar="HEX",
        type=_seed,
        help="the seed that both sides drew, 64 hexadecimal digits (without it: the pool's hash)",
    )
    parser.add_argument(
        "--today",
        metavar="DATE",
        type=_day,
        help="no birth or capture is later than this day (without it: today)",
    )
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def load_inputs(args: argparse.Namespace, *, party: str | None = None) -> Inputs:
    """Read everything that a command line names.

    Args:
        args: With `terms` and the options of `add_arguments`.
        party: The only holder whose list must be there; None wants all of them.

    Returns:
        The agreement applied to the lists.

    Raises:
        InputError: A file is missing or cannot be used.
    """
    from homeward.terms.pool import Pool

    text = read_file(args.terms, what="agreement", max_bytes=TEXT_MAX_BYTES)
    agreement = read_agreement(text)
    today = args.today or dt.date.today()  # noqa: DTZ011, TID251 -- a front end reads the clock
    held = load_held(args.held, agreement, today, quiet=args.quiet)
    wanted = {flow.holder for flow in agreement.flows} if party is None else {parse_party(party)}
    absent = sorted(wanted - set(held.rows))
    if absent:
        raise InputError(
            "cli.holder_missing",
            f"Expected a list of everybody whom {', '.join(absent)} holds, found none.",
            hint=f"Give --held {absent[0]}=FILE; a list of nobody is a file with its header.",
        )
    pool = Pool.of(agreement, held.rows, load_lists(args.list, agreement, held))
    if held.is_simulation:
        note(SIMULATION)
    return Inputs(agreement=agreement, pool=pool, is_simulation=held.is_simulation)


def load_held(given: Sequence[str], agreement: Agreement, today: dt.date, *, quiet: bool) -> Held:
    """Read held lists, and say on standard error which rows were left out.

    Args:
        given: `PARTY=FILE` each.
        agreement: Names the parties and the columns that are needed.
        today: No birth or capture is later.
        quiet: Show no progress.

    Returns:
        The rows that passed every check, by holder.

    Raises:
        InputError: A party is given twice or is none of the agreement, or a file is no list.
    """
    from homeward.terms.pool import row_of

    rows: dict[str, list[Row]] = {}
    is_simulation = any(_INVENTED.fullmatch(party) for party in agreement.parties)
    for holder, path in _pairs(given, "--held", "PARTY"):
        if holder not in agreement.parties:
            raise InputError(
                "cli.holder",
                f"Expected lists of {', '.join(agreement.parties)}, found one of {holder!r}.",
                hint="Name the holder as the agreement does: --held PARTY=FILE.",
            )
        reading = _read_held(path, holder, today, quiet=quiet)
        _report(reading)
        is_simulation = is_simulation or any(map(_is_marked, reading.records))
        columns = agreement.columns
        rows[holder] = [row_of(record, columns) for record in reading.records]
    return Held(rows=rows, is_simulation=is_simulation)


def load_lists(
    given: Sequence[str], agreement: Agreement, held: Held
) -> dict[str, frozenset[PersonId]]:
    """Read the lists that an agreement names.

    Args:
        given: `NAME=FILE` each.
        agreement: Says which lists there are.
        held: Where a reference without a holder is looked up.

    Returns:
        The people of each list.

    Raises:
        InputError: A list is given twice or is none of the agreement, or one of its rows
            names nobody, or somebody on two held lists.
    """
    refs = {holder: frozenset(row["ref"] for row in rows) for holder, rows in held.rows.items()}
    lists = {}
    for name, path in _pairs(given, "--list", "NAME"):
        if name not in agreement.lists:
            known = ", ".join(sorted(agreement.lists)) or "none"
            raise InputError(
                "cli.list",
                f"Expected lists that the agreement names ({known}), found {name!r}.",
                hint="Name the list as the agreement does: --list NAME=FILE.",
            )
        data = read_file(path, what="list", max_bytes=MAX_FILE_BYTES)
        lists[name] = read_named(data, file=Path(path).name, held=refs)
    return lists


def _pairs(given: Sequence[str], option: str, left: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for text in given:
        name, equals, path = text.partition("=")
        if not equals or not name or not path:
            raise InputError(
                "cli.pair",
                f"Expected {option} {left}=FILE, found another form.",
                hint=f"Write {option} {left}=FILE without spaces.",
            )
        if name in seen:
            raise InputError(
                "cli.twice",
                f"Expected {option} once for each {left}, found {name!r} twice.",
                hint="Join the files into one list.",
            )
        seen.add(name)
        yield name, path


def _read_held(path: str, holder: str, today: dt.date, *, quiet: bool) -> ListReading:
    data = read_file(path, what=f"list of {holder}", max_bytes=MAX_FILE_BYTES)
    with progress(f"Reading the list of {holder}", 0, "rows", quiet=quiet) as report:
        return read_list(data, kind=HELD, file=Path(path).name, today=today, progress=report)


def _report(reading: ListReading) -> None:
    if not reading.problems:
        return
    used = len(reading.records)
    left_out = reading.row_count - used
    note(f"{reading.file}: {used:,} of {reading.row_count:,} rows used, {left_out:,} left out:")
    groups = group_problems(reading.problems)
    for group in groups[:_GROUPS_SHOWN]:
        shown = ", ".join(map(str, group.rows[:_ROWS_SHOWN]))
        more = ", …" if group.count > _ROWS_SHOWN else ""
        place = f" in column {group.column}" if group.column else ""
        note(
            f"  {group.count:>5,}  {group.kind.replace('_', ' ')}{place} (rows {shown}{more}): "
            f"expected {group.expected}. {group.hint}"
        )
    if len(groups) > _GROUPS_SHOWN:
        note(f"  and {len(groups) - _GROUPS_SHOWN} more kinds")


def _is_marked(record: PersonRecord) -> bool:
    return any(column_name(title) == "simulation" for title, _ in record.extra)


def _seed(text: str) -> str:
    if not _SEED.fullmatch(text):
        raise argparse.ArgumentTypeError("expected 64 hexadecimal digits in lower case")
    return text


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("expected a day such as 2025-02-05") from None
