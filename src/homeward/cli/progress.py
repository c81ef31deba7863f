"""Progress on standard error: done, total, time left.

Rules of this file:
- On a terminal a bar is drawn and wiped; elsewhere at most one line stands every 5 s.
- Whoever is quick says nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SECONDS_BETWEEN_LINES = 5.0

Report = Callable[[int, int], None]
"""Takes what is done and what there is in all, both in units."""


@contextmanager
def progress(label: str, total: int, unit: str, *, quiet: bool = False) -> Iterator[Report]:
    """Show how far a piece of work has come.

    Args:
        label: What is done, such as `"Reading the list of RU"`.
        total: Units in all, as far as it is known; 0 if it is not.
        unit: What is counted, in the plural (`"rows"`).
        quiet: Show nothing.

    Yields:
        A function to be called with (done, total) as often as one likes.
    """
    if quiet:
        yield lambda _done, _total: None
    elif sys.stderr.isatty():
        from tqdm import tqdm  # only here: it costs a command's start otherwise

        with tqdm(desc=label, total=total or None, unit=f" {unit}", leave=False) as bar:

            def draw(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            yield draw
    else:
        yield _lines(label, unit)


def _lines(label: str, unit: str) -> Report:
    started = said = time.monotonic()

    def say(done: int, total: int) -> None:
        nonlocal said
        now = time.monotonic()
        if now - said < SECONDS_BETWEEN_LINES or not done:
            return
        said = now
        left = (now - started) * max(0, total - done) / done
        print(
            f"{label}: {done:,} of {total:,} {unit}, about {left:.0f} s left",
            file=sys.stderr,
            flush=True,
        )

    return say
