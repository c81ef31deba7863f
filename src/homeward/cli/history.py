"""`homeward history`: real exchanges, as each side told them, and whether totals close.

Rules of this file:
- The record comes with the program: no file is read, and no node is needed.
- Both sides' figures stand beside one another; a number that nobody gave is a dash, never a zero.
- A sum says how many exchanges it leaves out.
"""

from __future__ import annotations

import argparse
import textwrap

from homeward.cli.output import note, write_json, write_stdout
from homeward.foundation.dates import parse_date
from homeward.foundation.ids import PartyCode, parse_party
from homeward.report.checksums import Checksum, by_speaker
from homeward.report.exchanges import OTHER, PARTIES, Exchange, differences
from homeward.report.history import NOBODY, History, Query, read_history, select, steps, sums
from homeward.report.history_files import as_csv, as_document
from homeward.report.history_words import COUNTRIES, REMARKS, SPEAKERS, WHY

_CELL = 24
_WIDTH = 98
_DASH = "\u2013"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward history`.

    Args:
        parser: Of the command.
    """
    parser.add_argument(
        "--from",
        dest="first",
        metavar="DATE",
        help="no exchange before this day; a month or a year will do",
    )
    parser.add_argument(
        "--to", dest="last", metavar="DATE", help="none after this day; a month or a year will do"
    )
    parser.add_argument(
        "--party", metavar="CODE", help="only those with a figure of people who went home to it"
    )
    parser.add_argument(
        "--mediator", metavar="CODE", help="only those that it mediated; `none`: nobody is named"
    )
    parser.add_argument(
        "--differing", action="store_true", help="only those whose speakers differ on a figure"
    )
    parser.add_argument(
        "--totals",
        action="store_true",
        help="the sums of these, and each published total held against the whole record",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="say everything as JSON")
    form.add_argument("--csv", action="store_true", help="write figures as CSV with a row of HXL")


def run(args: argparse.Namespace) -> int:
    """Show the exchanges that were asked for.

    Args:
        args: As `add_arguments` describes them.

    Returns:
        0.

    Raises:
        InputError: A date or a code has another form.
    """
    history = read_history()
    found = select(history.exchanges, _query(args))
    if args.json:
        write_json(as_document(history, found))
    elif args.csv:
        write_stdout(as_csv(found).encode())
    elif args.totals:
        _print_totals(history, found)
    else:
        _print_table(found)
    if not found:
        note("No exchange of the record fits.")
    return 0


def _query(args: argparse.Namespace) -> Query:
    mediator = args.mediator
    return Query(
        first=parse_date(args.first).earliest if args.first else None,
        last=parse_date(args.last).latest if args.last else None,
        party=parse_party(args.party) if args.party else None,
        mediator=mediator if mediator in (None, NOBODY) else parse_party(mediator),
        differing=args.differing,
    )


def _print_table(found: tuple[Exchange, ...]) -> None:
    titles = [f"home to {COUNTRIES[home]}" for home in PARTIES]
    print(f"{'day':<12}{titles[0]:<{_CELL}}{titles[1]:<{_CELL}}mediated by")
    for each in found:
        cells = "".join(f"{_cell(each, home):<{_CELL}}" for home in PARTIES)
        mediators = ", ".join(_name(m.party) for m in each.mediators) or _DASH
        print(f"{each.on.text:<12}{cells}{mediators}")
        for line in _remarks(each):
            _print_wrapped(line, 4)


def _cell(exchange: Exchange, home: PartyCode) -> str:
    own, other = exchange.said(home, home), exchange.said(home, OTHER[home])
    figure = own or other or exchange.said(home, "narrator")
    if figure is None:
        return _DASH
    text = f"about {figure.people}" if figure.is_about else f"{figure.people:,}"
    if own is None:
        return f"{text} (says {_name(figure.party)})"
    if other is None:
        return text
    same = own.people == other.people
    return f"{text} (both say)" if same else f"{text} ({_name(other.party)}: {other.people:,})"


def _remarks(exchange: Exchange) -> list[str]:
    lines = [
        f"{_name(found.other_by)} counts {found.other:,} in both directions, the sides "
        f"{found.one:,}. {WHY[found.why]}"
        if found.home is None
        else WHY[found.why]
        for found in differences(exchange)
    ]
    alone = [f for f in exchange.figures if f.home is None and len(exchange.figures) == 1]
    lines += [f"{_name(f.by)} counts {f.people:,} in both directions." for f in alone]
    lines += [REMARKS[code] for code in exchange.remarks]
    return lines if exchange.has_numbers else ["Nobody gave a number.", *lines]


def _print_totals(history: History, found: tuple[Exchange, ...]) -> None:
    print(f"{len(found)} exchanges{_span(found)}.")
    for each in sums(found):
        print(
            f"  home to {COUNTRIES[each.home]}: {each.people:,} people in {each.counted} exchanges; "
            f"{each.uncounted} have no figure"
        )
        for party, (people, count) in each.said.items():
            print(f"    as {COUNTRIES[party]} said: {people:,} in {count}")
    days = steps(found, complete_to=history.complete_to)
    longest = max(days, key=lambda step: step.days_since or 0, default=None)
    if longest is not None and longest.days_since:
        print(
            f"  longest time without one: {longest.days_since} days, up to "
            f"{longest.exchange.on.text}"
        )
    print("\nPublished totals against the whole record, each since the one before:")
    for speaker, several in by_speaker(history.checksums()).items():
        told = [check for check in several if check.verdict != "start"]
        closing = sum(check.verdict == "closes" for check in told)
        print(f"\n{COUNTRIES[speaker]}: {closing} of {len(told)} close")
        for check in several:
            _print_wrapped(f"{check.total.on.text:<12}{check.total.people:>6,}  {_told(check)}", 2)


def _print_wrapped(line: str, indent: int) -> None:
    print(
        textwrap.fill(
            line,
            _WIDTH,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + 2),
            break_on_hyphens=False,
        )
    )


def _span(found: tuple[Exchange, ...]) -> str:
    return f" from {found[0].on.text} to {found[-1].on.text}" if found else ""


def _told(each: Checksum) -> str:
    """Say whether a total closes, and with whose figures."""
    if each.verdict == "start":
        return "the first one; nothing to hold it against"
    besides = []
    if each.borrowed:
        besides.append(f"{each.borrowed} by another's figure")
    if each.left_out:
        besides.append(f"{each.left_out} not counted, which it did not announce")
    if each.without_number:
        besides.append(f"{each.without_number} without a figure")
    more = f" ({'; '.join(besides)})" if besides else ""
    if each.verdict == "closes":
        return f"+{each.rise:,} closes{more}"
    said = f"+{each.rise:,}, recorded {each.recorded:,}: a gap of {each.gap:,}"
    return said + more if each.verdict == "gap" else f"{said} that cannot be judged{more}"


def _name(code: str) -> str:
    return SPEAKERS.get(code) or COUNTRIES.get(code, code)
