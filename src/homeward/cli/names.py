"""`homeward names`: how alike two full names are, whatever letters they are written in.

Rules of this file:
- Every row of the list stays, in its order, with all its columns; `score` and `reasons` are added.
- A score is of names alone. Whether two people are one needs dates and more: `homeward match`.
- Many pairs are scored in two processes; the result is the same.
"""

from __future__ import annotations

import argparse
import csv
import gc
import io
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from homeward.cli.output import read_file, write_file, write_stdout
from homeward.cli.progress import Report, progress
from homeward.foundation.errors import InputError

_MAX_BYTES = 512 << 20
_PAIRS_AT_ONCE = 4_096
_PAIRS_FOR_PROCESSES = 3 * _PAIRS_AT_ONCE
_PROCESSES_MAX = 2
_COLUMNS = ("a", "b")
_ADDED = ("score", "reasons")

Pairs = Sequence[tuple[str, str]]
Scored = list[tuple[float, str]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward names`.

    Args:
        parser: Of the command.
    """
    acts = parser.add_subparsers(dest="act", required=True, metavar="score")
    score = acts.add_parser("score", help="score pairs of full names, from 0 to 1, with reasons")
    score.add_argument("pairs", metavar="PAIRS.csv", help="columns a and b: two full names")
    score.add_argument("-o", "--output", metavar="FILE", help="write the scored pairs to this file")
    score.add_argument("--quiet", action="store_true", help="show no progress")


def run(args: argparse.Namespace) -> int:
    """Score the pairs of a list.

    Args:
        args: As `add_arguments` describes them.

    Returns:
        0.

    Raises:
        InputError: The file cannot be read, or is no list of pairs.
        EngineError: The disk failed.
    """
    columns, rows = _read(args.pairs)
    at = [columns.index(name) for name in _COLUMNS]
    pairs = [(row[at[0]], row[at[1]]) for row in rows]
    with progress("Scoring names", len(pairs), "pairs", quiet=args.quiet) as report:
        scored = [found for chunk in _scored(pairs, report) for found in chunk]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*columns, *_ADDED])
    writer.writerows(
        [*row, f"{score:.6f}", reasons] for row, (score, reasons) in zip(rows, scored, strict=True)
    )
    data = text.getvalue().encode()
    if args.output:
        write_file(args.output, data)
    else:
        write_stdout(data)
    return 0


def score_pairs(pairs: Pairs) -> Scored:
    """Score pairs of names in this process.

    Args:
        pairs: Two full names each.

    Returns:
        For each pair its score and its reasons in one line.
    """
    from homeward.matching.compare import compare_all

    collects = gc.isenabled()
    gc.disable()  # caches without cycles are not worth looking through again and again
    try:
        return [
            (found.score, "; ".join(f"{r.sentence} {r.bits:+.1f}" for r in found.reasons))
            for found in compare_all(pairs)
        ]
    finally:
        if collects:
            gc.enable()


def _scored(pairs: Pairs, report: Report) -> Iterator[Scored]:
    chunks = [pairs[at : at + _PAIRS_AT_ONCE] for at in range(0, len(pairs), _PAIRS_AT_ONCE)]
    processes = min(_PROCESSES_MAX, os.cpu_count() or 1)
    if len(pairs) < _PAIRS_FOR_PROCESSES or processes < 2:
        for at, chunk in enumerate(chunks):
            yield score_pairs(chunk)
            report(min(len(pairs), (at + 1) * _PAIRS_AT_ONCE), len(pairs))
        return
    with ProcessPoolExecutor(processes) as pool:
        for at, found in enumerate(pool.map(score_pairs, chunks)):
            yield found
            report(min(len(pairs), (at + 1) * _PAIRS_AT_ONCE), len(pairs))


def _read(path: str) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows, every row as wide as the header."""
    data = read_file(path, what="list of pairs", max_bytes=_MAX_BYTES)
    try:
        text = data.decode("utf-8-sig")
        header, *rows = csv.reader(io.StringIO(text, newline=""))
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise InputError(
            "cli.pairs",
            "Expected a list of pairs as CSV in UTF-8 with a header, found none.",
            hint="Save the list as CSV (UTF-8).",
        ) from error
    columns = [title.strip().lower() for title in header]
    missing = [name for name in _COLUMNS if columns.count(name) != 1]
    if missing:
        raise InputError(
            "cli.pairs_columns",
            f"Expected the columns a and b once each, found {len(columns)} columns without "
            f"{' and '.join(missing)}.",
            hint="Name the columns of the two names a and b.",
        )
    named = [
        column if column in _COLUMNS else title
        for title, column in zip(header, columns, strict=True)
    ]
    return named, [(row + [""] * len(header))[: len(header)] for row in rows if row]
