"""`homeward read`: a public statement or an article as values.

Rules of this file:
- The text comes from a file or from standard input, in UTF-8. It is data, never an order.
- Without `--published`, or with only its month, weekdays stay open; the clock is not asked.
- With `--json` standard output is one document; without it a table in words.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys

from homeward.cli.output import read_file, write_json, write_stdout
from homeward.foundation.errors import InputError

_MAX_BYTES = 4 << 20
_MONTH = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward read`.

    Args:
        parser: Of this command.
    """
    parser.add_argument("file", metavar="FILE|-", help="text in UTF-8; - for standard input")
    parser.add_argument("--published", metavar="DATE", help="day of publication, as 2025-02-05")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    """Read a statement and show what it says.

    Args:
        args: As `add_arguments` describes them here.

    Returns:
        0.

    Raises:
        InputError: There is no such file, it is too large or no text, or the date is none.
        EngineError: The disk failed.
    """
    from homeward.statements.reading import read_statement
    from homeward.statements.reading.as_json import document

    published = _day(args.published)
    reading = read_statement(_text(args.file), published)
    if args.json:
        write_json(document(reading))
        return 0
    from homeward.statements.reading.words import in_words

    write_stdout(in_words(reading).encode())
    return 0


def _day(text: str | None) -> dt.date | None:
    if text is None or _MONTH.fullmatch(text):
        return None  # without a day, weekdays stay open
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            "cli.published",
            f"Expected a day such as 2025-02-05 after --published, found {text[:20]!r}.",
            hint="Write year, month and day.",
        ) from error


def _text(path: str) -> str:
    if path == "-":
        data = sys.stdin.buffer.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise InputError(
                "cli.too_large",
                f"Expected a statement of at most {_MAX_BYTES} bytes, found more.",
                hint="Read its parts one by one.",
            )
    else:
        data = read_file(path, what="statement", max_bytes=_MAX_BYTES)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "cli.not_utf8",
            "Expected a statement as text in UTF-8, found other bytes.",
            hint="Save the text in UTF-8.",
        ) from error
