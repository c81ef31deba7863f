"""The bad rows of a list, to be mended by its owner and read again.

Rules of this file:
- The columns stand as in the owner's file, so that what they mean is known the next time;
  before them stands one column more, which says what is wrong and is never read.
- A cell stands as written, but for control characters, which no sheet can hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from homeward.records.formula import guard, unguard
from homeward.records.header import find_titles, known_titles
from homeward.records.read import ListReading, ProblemGroup, RowProblem, ref_of_row
from homeward.records.table import CONTROL_CHARACTERS, read_table
from homeward.records.titles import ERROR_COLUMN
from homeward.records.write import change_first_column, write_sheet

MAX_ROWS_TO_FIX = 100_000
_ROW_MAX_CHARS = 4_000
UNREAD: Final = "{column}: expected {expected}; what stands there was left out."
"""What is said of a cell on somebody else's list that cannot be read."""

_SAID = re.compile(r"Row (\d+): (.*)", re.DOTALL)


def rows_to_fix(
    data: bytes, *, file: str, columns: Mapping[str, str], problems: Iterable[RowProblem]
) -> bytes:
    """Write the bad rows of a file as a sheet of their own.

    Args:
        data: The file in which the problems were found.
        file: What it is called, for messages.
        columns: What its titles mean, as for `read_list`.
        problems: From `read_list`; of more than 100,000 rows the first are written.

    Returns:
        An XLSX file that can be read again once its rows are mended.

    Raises:
        InputError: The file cannot be read, or the rows do not fit in one sheet.
    """
    wrong: dict[int, list[RowProblem]] = {}
    for problem in problems:
        wrong.setdefault(problem.row, []).append(problem)
    return write_sheet(_rows(data, file, columns, wrong))


def say_otherwise(
    data: bytes,
    groups: Iterable[ProblemGroup],
    *,
    of_row: Callable[[str, str], str],
    of_problem: Callable[[ProblemGroup], str],
) -> bytes:
    """Say what is wrong with each bad row in other words, such as those of another language.

    Args:
        data: From `rows_to_fix`.
        groups: Of the problems with which it was written.
        of_row: Takes the number of a row and what is wrong with it; says both.
        of_problem: Says what is wrong and what to do, for all problems of a group.

    Returns:
        The same rows; the title of the first column stays, for by it the column is known.
    """
    words = {_sentence(group): of_problem(group) for group in groups}
    longest_first = sorted(words, key=len, reverse=True)
    sentence = re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, longest_first))})")

    def otherwise(cell: str) -> str:
        said = _SAID.fullmatch(cell)
        if said is None:
            return cell
        problems = sentence.sub(lambda each: words[each[0]], said[2])
        return guard(of_row(said[1], problems)[:_ROW_MAX_CHARS])

    return change_first_column(data, otherwise)


def unread_of(reading: ListReading) -> dict[str, list[str]]:
    """Say what could not be read of a list that somebody else wrote, without its cells.

    Args:
        reading: Of `read_list` with `is_theirs`.

    Returns:
        Reference, or name of the row if nothing of it was read → sentences.
    """
    called = {row: ref for ref, row in reading.row_of.items()}
    said: dict[str, list[str]] = {}
    for problem in reading.problems:
        where = problem.column or "the row"
        what = UNREAD.format(column=where, expected=problem.expected)
        said.setdefault(called.get(problem.row, ref_of_row(problem.row)), []).append(what)
    return said


def _rows(
    data: bytes, file: str, columns: Mapping[str, str], wrong: Mapping[int, list[RowProblem]]
) -> Iterator[list[str]]:
    table = read_table(data, known=known_titles(columns), file=file)
    header_row, titles = find_titles(table, file)
    kept = [at for at, title in enumerate(titles) if title.lower() != ERROR_COLUMN]
    yield [ERROR_COLUMN.capitalize(), *(guard(titles[at]) for at in kept)]
    left = islice(enumerate(table.rows, header_row + 1), max(wrong, default=header_row))
    bad = ((row, cells or []) for row, cells in left if row in wrong)
    for row, cells in islice(bad, MAX_ROWS_TO_FIX):
        shown = (cells[at] if at < len(cells) else "" for at in kept)
        yield [guard(_in_words(row, wrong[row])), *(_cell(text) for text in shown)]


def _in_words(row: int, problems: Iterable[RowProblem]) -> str:
    return f"Row {row}: {' '.join(map(_sentence, problems))}"[:_ROW_MAX_CHARS]


def _sentence(problem: RowProblem | ProblemGroup) -> str:
    return f"{problem.column or 'the row'}: expected {problem.expected}. {problem.hint}"


def _cell(text: str) -> str:
    # As it was read: a guard of the owner's program is taken off before ours is put on.
    return guard(unguard(CONTROL_CHARACTERS.sub("\ufffd", text.strip())))
