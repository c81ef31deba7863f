"""`homeward reconcile`: what several texts, the record and history say of the same exchange.

Rules of this file:
- Each text is a file, with `@` and its day of publication where that is known.
- A ledger tells what happened; history tells what was said before, by whom.
- With `--json` standard output is one document; without it sentences. With `--claim-review` it
  is a list of reviews, for programs; nobody has reviewed what they say, and a note says so.
"""

from __future__ import annotations

import argparse
import datetime as dt
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from homeward.cli.output import SIMULATION, note, write_json
from homeward.cli.texts import add_files, day_of, documents_of
from homeward.foundation.errors import InputError
from homeward.foundation.ids import PartyCode
from homeward.report.checksums import Checksum
from homeward.report.exchanges import PARTIES
from homeward.report.history import read_history
from homeward.report.told import as_statement, explained, hold_total
from homeward.statements import FactVerdict, Record, as_json, claim_reviews, reconcile
from homeward.statements.heard import Told, exchanges_in, running_totals
from homeward.statements.running import Interval, intervals

_WIDTH = 98


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward reconcile`.

    Args:
        parser: Of the command.
    """
    add_files(parser)
    parser.add_argument(
        "--history", metavar="DATE", help="add what history has of the exchange of this day"
    )
    parser.add_argument(
        "--ledger", metavar="FOLDER", help="hold claims against an exported ledger, verified first"
    )
    parser.add_argument("--vkey", metavar="KEY", help="the ledger's key as its mediator gave it")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON document")
    form.add_argument(
        "--claim-review",
        metavar="AUTHOR",
        help="print verdicts on claims as JSON-LD (schema.org/ClaimReview), published by AUTHOR",
    )


def run(args: argparse.Namespace) -> int:
    """Reconcile texts with one another and with what is recorded.

    Args:
        args: As `add_arguments` describes them.

    Returns:
        0.

    Raises:
        InputError: A file or a date cannot be used, or history has no exchange of that day.
        TamperError: The ledger was changed.
        PeerError: An entry of the ledger is signed by its author, who was not allowed to write it.
        EngineError: The disk failed.
    """
    documents = documents_of(args.files)
    heard, undated = exchanges_in(documents)
    told, sentences = _with_history(heard, args.history)
    records, is_simulation = _records(args)
    found = [
        reconcile(
            each.statements,
            next((r for r in records if _is_of(r, each)), None),
            date=each.date,
            explained=sentences.get(each.date) if _is_in_history(each) else None,
        )
        for each in told
    ]
    if args.claim_review:
        verdicts = [verdict for each in found for verdict in each]
        write_json(claim_reviews(verdicts, author=args.claim_review, simulation=is_simulation))
        note("Nobody has reviewed what was read here. At the desk of a node people do.")
        return 0
    totals = running_totals(documents)
    checks = [
        check
        for total in totals
        if args.history
        and (check := hold_total(read_history(), total.source, total.people, total.date))
    ]
    gaps = intervals(totals, told)
    if args.json:
        write_json(
            {
                **as_json(*found),
                "running_totals": [*map(_check_json, checks), *map(_interval_json, gaps)],
                "undated": undated,
            }
        )
    else:
        print("\n".join(_in_words(found, checks, gaps)))
    if undated:
        note(f"Not compared: {undated} mentions of exchanges without a day.")
    return 0


def _with_history(
    told: Sequence[Told], day: str | None
) -> tuple[list[Told], Mapping[dt.date, Mapping[PartyCode, str]]]:
    """Add what history has of one day to the texts on it."""
    if day is None:
        return list(told), {}
    date = day_of(day)
    rows = [row for row in read_history().exchanges if row.on.is_exact and row.on.latest == date]
    if date is None or not rows:
        raise InputError(
            "cli.no_history",
            f"Expected a day of an exchange in the record, found {day[:20]!r}.",
            hint="See the days with: homeward history",
        )
    added = Told(date=date, parties=frozenset(PARTIES), statements=tuple(map(as_statement, rows)))
    found = []
    for each in told:
        if each.date == date and (not each.parties or each.parties <= added.parties):
            added = replace(added, statements=(*each.statements, *added.statements))
        else:
            found.append(each)
    sentences = {home: words for row in rows for home, words in explained(row).items()}
    return sorted([*found, added], key=lambda t: (t.date, sorted(t.parties))), {date: sentences}


def _is_in_history(told: Told) -> bool:
    return told.parties == frozenset(PARTIES)


def _records(args: argparse.Namespace) -> tuple[list[Record], bool]:
    """Return the records of the ledger, and whether its people are invented."""
    if args.ledger is None:
        return [], False
    from homeward.cli.ledger import read_folder
    from homeward.statements.from_ledger import records_of

    ledger = read_folder(args.ledger, args.vkey)
    if ledger.is_simulation:
        note(SIMULATION)
    return list(records_of(ledger).values()), ledger.is_simulation


def _is_of(record: Record, told: Told) -> bool:
    flows = {*record.legs, *record.withheld}
    sides = {party for flow in flows for party in (flow.home, flow.holder)}
    return record.date == told.date and (not told.parties or bool(sides & told.parties))


def _check_json(check: Checksum) -> dict[str, object]:
    return {
        "party": check.total.by.partition(".")[0],
        "since": check.since.isoformat() if check.since else None,
        "on": check.total.on.text,
        "against": "history",
        "rise": check.rise,
        "counted": check.recorded,
        "gap": check.gap,
        "verdict": check.verdict,
    }


def _interval_json(found: Interval) -> dict[str, object]:
    return {
        "party": found.party,
        "since": found.since.isoformat(),
        "on": found.on.isoformat(),
        "against": "texts",
        "rise": found.rise,
        "counted": found.counted,
        "gap": found.gap,
        "verdict": "closes" if not found.gap else "gap",
    }


def _in_words(
    exchanges: Sequence[Sequence[FactVerdict]],
    checks: Sequence[Checksum],
    gaps: Sequence[Interval],
) -> Iterator[str]:
    if not any(exchanges):
        yield "Nothing was found in these texts that tells of an exchange on a known day."
    for facts in filter(None, exchanges):
        yield facts[0].date.isoformat()
        for fact in facts:
            yield from _wrapped(f"{fact.verdict.replace('_', ' ')}: {fact.sentence}")
    for check in checks:
        yield from _wrapped(f"Total of {check.total.by}, {check.total.people:,}: {_sum(check)}")
    for each in gaps:
        told = f"{each.counted:,} counted in {each.exchanges} exchanges"
        gap = f"a gap of {each.gap:,}" if each.gap else "it closes"
        yield from _wrapped(
            f"Totals of {each.party} from {each.since} to {each.on}: up by {each.rise:,}, {told}: {gap}."
        )


def _sum(check: Checksum) -> str:
    since = check.since.isoformat() if check.since else "the first one"
    said = f"{check.rise:,} more than on {since}, history has {check.recorded:,}"
    return f"{said}: {'it closes' if check.verdict == 'closes' else f'a gap of {check.gap:,}'}."


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(
        line, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
    )
