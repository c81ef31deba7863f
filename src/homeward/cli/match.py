"""`homeward match`: who on a held list is who on a wanted list.

Rules of this file:
- Rows that cannot be read are counted and left out; the other rows are matched.
- Both lists are read at once, and reasons written at once, on as many cores as there are.
- What does not fit into memory goes to a folder in the work folder, encrypted.
- Nothing made here has a cycle, so nobody looks for cycles while lists are in memory.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gc
import io
import os
import tempfile
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from homeward.cli.output import note, read_file, write_file, write_stdout
from homeward.cli.progress import progress
from homeward.foundation.errors import InputError
from homeward.records.formula import guard
from homeward.records.model import HELD, WANTED, ListKind
from homeward.records.plain import read_cells_of_list
from homeward.records.table import MAX_FILE_BYTES

if TYPE_CHECKING:
    from homeward.matching.columns import Columns, Name
    from homeward.matching.match import Proposals

COLUMNS = ("wanted_ref", "held_ref", "probability", "verdict", "reasons")
_CELLS_AT_ONCE = 5_000
_PAIRS_AT_ONCE = 20_000
_PARALLEL_BYTES = 4 << 20
_PARALLEL_PAIRS = 80_000
"""What is shorter is done before a second process has started."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward match`."""
    parser.add_argument("wanted", metavar="WANTED", help="the list of people who are looked for")
    parser.add_argument("held", metavar="HELD", help="the list of people who are held")
    parser.add_argument("-o", "--output", metavar="FILE", help="write the pairs to this file, CSV")
    parser.add_argument(
        "--engine",
        choices=("duckdb", "spark"),
        default="duckdb",
        help="what compares the lists; spark needs Java and homeward[spark] (%(default)s)",
    )
    parser.add_argument(
        "--work",
        metavar="DIR",
        help="keep finished parts here, and go on from them; also what does not fit into memory",
    )
    parser.add_argument("--memory", metavar="SIZE", default="", help="of the engine, such as 4GB")
    parser.add_argument("--quiet", action="store_true", help="say nothing of the progress")


def run(args: argparse.Namespace) -> int:
    """Match two lists.

    Args:
        args: As `add_arguments` describes them.

    Returns:
        0.

    Raises:
        InputError: A file cannot be used.
        EngineError: Memory, the disk or Spark failed.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        return _match(args)
    except KeyboardInterrupt:
        if not args.work:
            note("Stopped; nothing is kept. With --work DIR, finished parts are.")
        else:
            note(f"Stopped. Finished parts are kept in {args.work}: run it again to go on.")
        raise
    finally:
        if collects:
            gc.enable()


def _match(args: argparse.Namespace) -> int:
    files = (_size(args.wanted), _size(args.held))
    with _processes(max(files) > _PARALLEL_BYTES) as pool:
        left, right = _read_both(args, pool)
    found = _propose(args, left, right)
    with _processes(len(found) > _PARALLEL_PAIRS) as pool:
        data = _written(found, pool, quiet=args.quiet)
    if args.output:
        write_file(args.output, data)
    else:
        write_stdout(data)
    from homeward.matching.match import VERDICTS

    counts = Counter(VERDICTS[place] for place in found.verdict.tolist())
    said = ", ".join(f"{counts[verdict]:,} {verdict.replace('_', ' ')}" for verdict in VERDICTS)
    note(f"{len(found):,} pairs: {said}.")
    return 0


@contextmanager
def _processes(is_long: bool) -> Iterator[Executor | None]:
    """Give processes for a long piece of work; they end with it and give back their memory."""
    if is_long and (os.cpu_count() or 1) > 1:
        # Forked, a process would share locks that threads of the engine hold.
        context = get_context("spawn")
        with ProcessPoolExecutor(os.cpu_count(), context, initializer=gc.disable) as pool:
            yield pool
    else:
        yield None


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except (OSError, ValueError):
        return 0  # reading it will say what is wrong


def _read_both(args: argparse.Namespace, pool: Executor | None) -> list[Columns]:
    from homeward.matching.columns import cells_to_read, read_cells, with_names

    paths, kinds = (args.wanted, args.held), (WANTED, HELD)
    if not args.quiet:
        note("Reading the lists …")
    today = dt.date.today()  # noqa: DTZ011, TID251 -- a front end reads the clock
    read = partial(_read, today=today)
    apply = pool.map if pool else map
    lists = []
    for path, (columns, bad) in zip(paths, apply(read, paths, kinds), strict=True):
        if bad:
            note(f"{path}: {bad:,} rows cannot be read and are left out; homeward import says why.")
        lists.append(columns)
    cells = cells_to_read(*lists)
    portions = [cells[n : n + _CELLS_AT_ONCE] for n in range(0, len(cells), _CELLS_AT_ONCE)]
    names: list[Name] = []
    with progress("Reading names", len(cells), "names", quiet=args.quiet) as report:
        for portion in apply(read_cells, portions):
            names += portion
            report(len(names), len(cells))
    known = dict(zip(cells, names, strict=True))
    return [with_names(columns, known) for columns in lists]


def _read(path: str, kind: ListKind, today: dt.date) -> tuple[Columns, int]:
    from homeward.matching.columns import columns_of_cells

    data = read_file(path, what="list", max_bytes=MAX_FILE_BYTES)
    people = read_cells_of_list(data, kind=kind, file=Path(path).name, today=today)
    return columns_of_cells(people), people.row_count - len(people.cells["ref"])


def _propose(args: argparse.Namespace, left: Columns, right: Columns) -> Proposals:
    if not left.refs or not right.refs:
        raise InputError(
            "match.empty",
            "Expected people on both lists, found a list without any.",
            hint="Check the files, and that their rows can be read.",
        )
    from homeward.matching.engine import Limits
    from homeward.matching.match import decide, propose

    with ExitStack() as stack:
        if args.work:
            Path(args.work).mkdir(parents=True, exist_ok=True)
            spill = stack.enter_context(tempfile.TemporaryDirectory(dir=args.work))
        else:
            spill = stack.enter_context(tempfile.TemporaryDirectory(prefix="homeward-match-"))
        report = stack.enter_context(progress("Comparing", 0, "steps", quiet=args.quiet))
        limits = Limits(memory=args.memory, spill=spill, work=args.work or "")
        if args.engine == "spark":
            from homeward.matching.spark import link_on_spark

            folder = stack.enter_context(tempfile.TemporaryDirectory(dir=args.work))
            found = link_on_spark(left, right, folder=folder, limits=limits, progress=report)
            return decide(left, right, found)
        return propose(left, right, limits=limits, progress=report)


def _written(found: Proposals, pool: Executor | None, *, quiet: bool) -> bytes:
    parts: list[str] = [_row(COLUMNS)]
    slices = [
        (n, min(n + _PAIRS_AT_ONCE, len(found))) for n in range(0, len(found), _PAIRS_AT_ONCE)
    ]
    with progress("Writing reasons", len(found), "pairs", quiet=quiet) as report:
        texts = (
            _in_processes(found, slices, pool)
            if pool
            else (_rows(found.part(*part)) for part in slices)
        )
        for (_, end), text in zip(slices, texts, strict=True):
            parts.append(text)
            report(end, len(found))
    return "".join(parts).encode()


def _in_processes(found: Proposals, slices: list[tuple[int, int]], pool: Executor) -> Iterator[str]:
    """Write slices in order, few of them ahead: what waits takes memory."""
    waiting: deque[Future[str]] = deque()
    for part in slices:
        waiting.append(pool.submit(_rows, found.part(*part)))
        if len(waiting) > 2 * (os.cpu_count() or 1):
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _rows(found: Proposals) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for pair in found.pairs():
        reasons = "; ".join(f"{r.sentence.rstrip('.')} {r.bits:+.1f}" for r in pair.reasons)
        refs = guard(pair.wanted_ref), guard(pair.held_ref)
        writer.writerow((*refs, f"{pair.probability:.6f}", pair.verdict, guard(reasons)))
    return text.getvalue()


def _row(cells: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()
