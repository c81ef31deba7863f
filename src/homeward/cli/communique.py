"""`homeward communique`: a neutral text on an exchange from its ledger, in four languages.

Rules of this file:
- The ledger is verified first. It writes what the public may read: a number that the terms
  withhold is not written, and a small one is a range.
- Lines are named; `--line` chooses the agreed ones, and the text says who has not agreed.
- Without `--json` one language is printed; with it all four, line by line.
"""

from __future__ import annotations

import argparse
import datetime as dt

from homeward.cli.ledger import read_folder
from homeward.cli.output import write_json, write_stdout
from homeward.foundation.errors import InputError
from homeward.report.totals import shown
from homeward.statements.communique import LANGUAGES, Communique, write_communique
from homeward.statements.from_ledger import records_of
from homeward.statements.model import Record


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward communique`.

    Args:
        parser: Of the command.
    """
    parser.add_argument("folder", metavar="FOLDER", help="an exported ledger")
    parser.add_argument("case", metavar="CASE", help="a case in which people came home")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the printed text")
    parser.add_argument(
        "--line", action="append", default=[], metavar="ID", help="an agreed line; again for more"
    )
    parser.add_argument(
        "--agreed", action="append", default=[], metavar="PARTY", help="who has agreed to the text"
    )
    parser.add_argument(
        "--embargo", metavar="TIME", help="not before this time in UTC, as 2025-02-05T18:00"
    )
    parser.add_argument("--vkey", metavar="KEY", help="the ledger's key as its mediator gave it")
    parser.add_argument("--json", action="store_true", help="every line in four languages as JSON")


def run(args: argparse.Namespace) -> int:
    """Write a communiqué.

    Args:
        args: As `add_arguments` describes them.

    Returns:
        0.

    Raises:
        InputError: The ledger has no such case, or nobody came home in it; a line, a party or
            a time cannot be used.
        TamperError: The ledger was changed.
        PeerError: An entry is signed by its author, who was not allowed to write it.
    """
    ledger = read_folder(args.folder, args.vkey)
    record = records_of(ledger).get(args.case)
    if record is None:
        raise InputError(
            "cli.no_exchange",
            f"Expected a case in which people came home, found none named {args.case[:60]!r}.",
            hint=f"See the cases with: homeward ledger verify {args.folder}",
        )
    made = write_communique(
        record,
        {flow: shown(count, count, public=True) for flow, count in record.legs.items()}
        | dict.fromkeys(record.withheld),
        chosen=args.line,
        agreed_by=args.agreed,
        embargo_until=_time(args.embargo),
        simulation=ledger.is_simulation,
    )
    if args.json:
        write_json(_json(made, args.case, record))
    else:
        write_stdout(made.texts[args.language].encode())
    return 0


def _time(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    try:
        return dt.datetime.strptime(text.removesuffix("Z"), "%Y-%m-%dT%H:%M").replace(tzinfo=dt.UTC)
    except ValueError as error:
        raise InputError(
            "cli.embargo",
            f"Expected a time such as 2025-02-05T18:00 after --embargo, found {text[:30]!r}.",
            hint="Write the day, a T, hours and minutes, in UTC.",
        ) from error


def _json(made: Communique, case: str, record: Record) -> dict[str, object]:
    return {
        "case": case,
        "date": record.date.isoformat(),
        "simulation": made.is_simulation,
        "agreed_by": list(made.agreed_by),
        "not_agreed_by": list(made.open_with),
        "embargo_until": f"{made.embargo_until:%Y-%m-%dT%H:%MZ}" if made.embargo_until else None,
        "lines": [{"id": line.id, "texts": dict(line.texts.items())} for line in made.lines],
        "texts": dict(made.texts.items()),
    }
