"""What is wrong with a list, in the reader's language.

Rules of this file:
- Every fault of a cell and every refusal of a file has its sentences here; a test fails if
  one is missing.
- A sentence says what may stand there, or what to do. It never quotes a cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.foundation.errors import HomewardError
from homeward.node.actions.lists import WHY_NOT_UNDONE
from homeward.node.web.columns import NAMES
from homeward.records.cells import MAX_CELL_CHARS, MAX_REF_CHARS
from homeward.records.model import ALLOWED
from homeward.records.read import ProblemGroup

_DAY_HAS_COME = _("The day lies in the future.")
_CHECK_YEAR = _("Check the year.")
_BEFORE_BIRTH = _("The day lies before the date of birth.")
_CHECK_BOTH = _("Check this date and the date of birth.")

FAULTS: Mapping[str, tuple[Any, Any]] = {
    "missing_ref": (
        _("The row has no reference."),
        _("Give the person a reference that no other row has."),
    ),
    "bad_ref": (
        _("The reference is longer than {max_ref} characters or has invisible ones."),
        _("Shorten it, or type it again without invisible characters."),
    ),
    "duplicate_ref": (
        _("Several rows have this reference. None of them is taken over."),
        _("Keep one of the rows, or give each person a reference of their own."),
    ),
    "too_long": (
        _("The cell is longer than {max_cell} characters."),
        _("Shorten it; keep long notes elsewhere."),
    ),
    "control_character": (_("The cell has invisible characters."), _("Type the cell again.")),
    "broken_quotes": (
        _("A quotation mark of this row is not closed."),
        _("Close the quotation mark, double those inside the cell, or save the list as XLSX."),
    ),
    "unknown_value": (
        _("Only these words may stand here: {allowed}."),
        _("Write one of these words, in Latin letters, or leave the cell empty."),
    ),
    "unknown_power": (
        _("Only a code such as UA or YE-HOUTHI may stand here, or nothing."),
        _("Use the two-letter code of ISO 3166. Leave the cell empty if the Power is not known."),
    ),
    "date_form": (
        _("The date is not written as 1998, 1998-03 or 1998-03-14."),
        _("Write year, month, day with hyphens: 14.03.1998 is 1998-03-14."),
    ),
    "impossible_date": (
        _("This day does not exist, or lies outside the years 1800 to 2200."),
        _("Write only year and month, such as 1990-02, if the day is unknown."),
    ),
    "future_birth": (_DAY_HAS_COME, _CHECK_YEAR),
    "future_capture": (_DAY_HAS_COME, _CHECK_YEAR),
    "capture_before_birth": (_BEFORE_BIRTH, _CHECK_BOTH),
    "future_missing": (_DAY_HAS_COME, _CHECK_YEAR),
    "missing_before_birth": (_BEFORE_BIRTH, _CHECK_BOTH),
    "wrong_width": (
        _("The row has more or fewer cells than the list has named columns."),
        _("Look for a missing or an extra separator, or name the column."),
    ),
}
"""Kind of a fault → what is wrong, and what to do."""

REFUSALS: Mapping[str, tuple[Any, Any]] = {
    "records.empty": (_("The file is empty."), _("Export the list again.")),
    "records.too_large": (
        _("The file is larger than this node can read."),
        _("Split the list into several files, or remove columns and stray cells far from it."),
    ),
    "records.encoding": (
        _("The file has bytes that are no text."),
        _("Export the list again as UTF-8."),
    ),
    "records.broken_quotes": (
        _("More than 1,000 rows have quotation marks that are not closed."),
        _("Export the list again as CSV or XLSX."),
    ),
    "records.workbook": (
        _("The file is no XLSX workbook that can be opened."),
        _("Save it again as XLSX without a password, or as CSV."),
    ),
    "records.old_workbook": (
        _("The file is an old or a protected workbook."),
        _("Save it as XLSX without a password, or as CSV."),
    ),
    "records.no_header": (
        _("The first row of the file names no column."),
        _("Check that this is the list, and put the names of the columns in its first row."),
    ),
    "records.no_ref": (
        _("No column of the file is the reference."),
        _("Say which column has your own reference of each person."),
    ),
    "records.column_name": (
        _("The name of a column is too long or has invisible characters."),
        _("Type the name of the column again."),
    ),
    "records.duplicate_column": (
        _("Two columns of the file have the same name."),
        _("Rename or remove one of them."),
    ),
    "uploads.column_name": (
        _("A column with the name of one of ours cannot be kept as a further column."),
        _("Give it its own meaning, or leave it out."),
    ),
    "lists.simulation": (
        _("The file says that its people are invented, and this node is a real one."),
        _("Nothing of a simulation may pass for real. Check that this is the right file."),
    ),
}
"""Code of a refusal → what is wrong with the file, and what to do."""

NO_UNDO: Mapping[str, Any] = {
    "not_done": _("It does not count: it was not taken over, or was undone already."),
    "overtaken": _("A later change wrote one of the same people. Undo that one first."),
    "built_on": _("Since then you signed a list in a case that still runs."),
}
"""Reason of `lists.WHY_NOT_UNDONE` → its sentence."""


def of_fault(kind: str, column: str) -> tuple[str, str]:
    """Say what is wrong with a cell and what to do.

    Args:
        kind: Of a `RowProblem`.
        column: Of the same; empty for a whole row.

    Returns:
        Two sentences.
    """
    key = "unknown_power" if (kind, column) == ("unknown_value", "power") else kind
    values = {
        "allowed": ", ".join(ALLOWED.get(column, ())),
        "max_ref": MAX_REF_CHARS,
        "max_cell": f"{MAX_CELL_CHARS:,}",
    }
    what, repair = FAULTS[key]
    return str(what).format(**values), str(repair)


def of_group(group: ProblemGroup) -> str:
    """Say of which column something is wrong, what, and what to do."""
    column, (what, repair) = of_column(group.column), of_fault(group.kind, group.column)
    return f"{column}: {what} {repair}"


def of_row(number: str, problems: str) -> str:
    """Say in which row of a file something is wrong, as the file counts, and what."""
    return str(gettext("Row {number}: {problem}").format(number=number, problem=problems))


def of_refusal(error: HomewardError) -> tuple[str, str] | None:
    """Say why a file was refused and what to do; None if the error is about something else."""
    found = REFUSALS.get(error.code)
    return (str(found[0]), str(found[1])) if found else None


def of_no_undo(refusal: str) -> str:
    """Say why an import stays; empty if it can be undone.

    Args:
        refusal: From `lists.undo_refusal`.
    """
    return "".join(str(NO_UNDO[why]) for why, text in WHY_NOT_UNDONE.items() if text == refusal)


def of_column(column: str) -> str:
    """Name a column: in words if it is one of ours, else as the file does."""
    if not column:
        return str(gettext("Whole row"))
    return str(NAMES.get(column, column))
