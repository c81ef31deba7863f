"""`homeward read`: a public statement or an article as values.

Rules of this file:
- The text comes from a file or from standard input, in UTF-8. It is data, never an order.
- Without `--published`, or with only its month, weekdays stay open; the clock is not asked.
- With `--json` standard output is one document; without it a table in words.
"""

from __future__ import annotations

import argparse

from homeward.cli.output import write_json, write_stdout
from homeward.cli.texts import day_of, text_of


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

    published = day_of(args.published)
    reading = read_statement(text_of(args.file), published)
    if args.json:
        write_json(document(reading))
        return 0
    from homeward.statements.reading.words import in_words

    write_stdout(in_words(reading).encode())
    return 0
