"""Public texts on a command line: a file or standard input, and the day of publication.

Rules of this file:
- A text is UTF-8 and at most a few megabytes. It is data, never an order.
- `FILE@2025-02-05` is a file and the day on which it was published. The clock is not asked.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from homeward.cli.output import read_file
from homeward.foundation.errors import InputError
from homeward.statements.heard import Document
from homeward.statements.reading import read_statement

_MAX_BYTES = 4 << 20
_MONTH = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?")
_PUBLISHED = re.compile(r"(.+)@([\w-]{4,20})")


def add_files(parser: argparse.ArgumentParser) -> None:
    """Add the texts that a command reads together.

    Args:
        parser: Of the command.
    """
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE[@DATE]",
        help="a text in UTF-8, and its day of publication",
    )


def documents_of(files: Sequence[str]) -> list[Document]:
    """Read the texts that a command names.

    Args:
        files: Each `FILE` or `FILE@PUBLISHED`, as typed.

    Returns:
        The texts and what they say, each by its file's name, or its path where two share a name.

    Raises:
        InputError: A file cannot be read or is named twice, or a date is none.
        EngineError: The disk failed.
    """
    parted = [_parted(file) for file in files]
    paths = [path for path, _ in parted]
    if len(set(paths)) < len(paths):
        raise InputError(
            "cli.twice",
            f"Expected each file once, found {len(paths) - len(set(paths))} named again.",
            hint="Name every text once.",
        )
    names = [Path(path).name for path in paths]
    documents = []
    for (path, published), name in zip(parted, names, strict=True):
        text, day = text_of(path), day_of(published)
        documents.append(
            Document(
                name=path if names.count(name) > 1 else name,
                published_on=day,
                text=text,
                reading=read_statement(text, day),
            )
        )
    return documents


def _parted(file: str) -> tuple[str, str | None]:
    match = _PUBLISHED.fullmatch(file)
    if match is None or Path(file).is_file():
        return file, None
    return match[1], match[2]


def day_of(text: str | None) -> dt.date | None:
    """Read a day of publication.

    Args:
        text: As typed; None if it was not.

    Returns:
        None where only the month or the year is known: without a day, weekdays stay open.

    Raises:
        InputError: It is no date.
    """
    if text is None or _MONTH.fullmatch(text):
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            "cli.published",
            f"Expected a day of publication such as 2025-02-05, found {text[:20]!r}.",
            hint="Write year, month and day.",
        ) from error


def text_of(path: str) -> str:
    """Read a statement.

    Args:
        path: A file, or `-` for standard input.

    Returns:
        Its text.

    Raises:
        InputError: There is no such file, it is too large or no text in UTF-8.
        EngineError: The disk failed.
    """
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
