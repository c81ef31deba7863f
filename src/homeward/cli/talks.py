"""`homeward talks`: which formats of talks are still possible, by what each side has said.

Rules of this file:
- Each text is a file, with `@` and its day of publication where that is known.
- Without `--on`, every word that was read counts; the clock is not asked.
- With `--json` standard output is one document; without it sentences.
"""

from __future__ import annotations

import argparse

from homeward.cli.output import write_json, write_stdout
from homeward.cli.texts import add_files, day_of, documents_of
from homeward.foundation.errors import InputError
from homeward.talks.hearing import positions_in, sides_in
from homeward.talks.table import mediators_in, talks_table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward talks`.

    Args:
        parser: Of the command.
    """
    add_files(parser)
    parser.add_argument("--on", metavar="DATE", help="count no word said after this day")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    """Show which formats are open, and what stands before the others.

    Args:
        args: As `add_arguments` describes them.

    Returns:
        0.

    Raises:
        InputError: A file or a date cannot be used, or the texts name fewer than two sides.
        EngineError: The disk failed.
    """
    documents = documents_of(args.files)
    sides = sides_in(documents)
    if len(sides) != len(("one", "the other")):
        raise InputError(
            "cli.no_sides",
            f"Expected texts that speak of two sides, found {len(sides)}.",
            hint="Add a text that names both.",
            facts={"sides": len(sides)},
        )
    days = [document.published_on for document in documents if document.published_on]
    table = talks_table(
        [position for document in documents for position in positions_in(document, sides)],
        sides,
        mediators_in(documents, sides),
        on=day_of(args.on) or max(days, default=None),
    )
    if args.json:
        from homeward.talks.as_json import document as as_document

        write_json(as_document(table))
    else:
        from homeward.talks.words import in_words

        write_stdout(in_words(table).encode())
    return 0
