"""What the columns of a file are said to mean: the checks, samples and the header's mark.

Rules of this file:
- Every column of ours is used once at most, and a further column has no name of ours.
- A sample is short, and for the list's owner alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from homeward.foundation.errors import InputError
from homeward.records.model import COLUMNS
from homeward.records.table import column_name
from homeward.records.titles import ERROR_COLUMN, EXTRA

_SAMPLES = 3
_SAMPLE_ROWS = 50
_SAMPLE_CHARS = 60


def verify_columns(
    kind: str, meant: Mapping[str, str], columns: Mapping[str, str], *, needs_ref: bool
) -> None:
    """Check what the columns of a file are said to mean.

    Args:
        kind: Of the list.
        meant: Every title of the file → what it meant so far.
        columns: What is said now, of some of them.
        needs_ref: One column must be the reference.

    Raises:
        InputError: A title or a column does not exist, a column is used twice, a further
            column has the name of one of ours, or none is `ref`.
    """
    ours = COLUMNS["held" if kind == "held" else "wanted"]
    used: set[str] = set()
    for title, column in {**meant, **columns}.items():
        if title not in meant or (column and column not in (*ours, EXTRA)):
            raise InputError(
                "uploads.column",
                "Expected a column of the file and one of ours, found another.",
                hint="Choose a meaning from the list for each column.",
            )
        if column in used:
            raise InputError(
                "uploads.column_twice",
                f"Expected each column once, found {column} for two columns of the file.",
                hint="Choose another meaning for one of them, or leave it out.",
                facts={"column": column},
            )
        if column == EXTRA and column_name(title) in ours:
            raise InputError(
                "uploads.column_name",
                f"Expected another name for a further column, found {column_name(title)}.",
                hint="Give it its own meaning, or leave it out.",
                facts={"column": column_name(title)},
            )
        used |= {column} - {"", EXTRA}
    if needs_ref and "ref" not in used:
        raise InputError(
            "uploads.no_ref",
            "Expected a column that means ref, found none.",
            hint="Choose the column that holds your own reference of each person.",
        )


def header_sha256(titles: Sequence[str]) -> str:
    """Return by what the header of a file is known the next time."""
    # Rows that come back mended have one column more than their file had.
    named = [title for title in titles if title and column_name(title) != ERROR_COLUMN]
    return hashlib.sha256("\n".join(named).encode()).hexdigest()


def samples(titles: Sequence[str], rows: Any) -> dict[str, list[str]]:
    """Return the first filled cells of each column, to be shown to the list's owner."""
    samples: dict[str, list[str]] = {title: [] for title in titles if title}
    for cells in islice(rows, _SAMPLE_ROWS):
        for title, cell in zip(titles, cells or (), strict=False):
            text = " ".join(cell.split())[:_SAMPLE_CHARS]
            if title and text and len(samples[title]) < _SAMPLES:
                samples[title].append(text)
    return samples
