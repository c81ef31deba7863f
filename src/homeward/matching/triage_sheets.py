"""What a triage found, as a workbook for the office that has to act on it.

Rules of this file:
- The first sheet has every line, grouped by class in the order of `CLASSES`, with what to do;
  the second the counts.
- Names come from the other side's list, and no cell starts a formula.
- The words are the caller's; without them they are English.
- Every row of a simulation says that it is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from homeward.matching.triage import CLASSES, FLAGS, Line, Triage, to_do
from homeward.records.formula import guard
from homeward.records.model import PersonRecord
from homeward.records.table import CONTROL_CHARACTERS
from homeward.records.write import write_sheets

COLUMNS: Final[Mapping[str, tuple[str, int]]] = {
    "class": ("Class", 18),
    "what_to_do": ("What to do", 36),
    "ref": ("Their reference", 16),
    "name": ("Name", 30),
    "birth_date": ("Date of birth", 13),
    "flags": ("Marks", 18),
    "match": ("Our reference", 16),
    "match_list": ("On which list", 14),
    "probability": ("Probability", 12),
    "reasons": ("Reasons", 70),
}
"""Column of the first sheet → its title in English, and how many characters wide it is."""

COUNT_COLUMNS: Final[Mapping[str, tuple[str, int]]] = {
    "class": ("Class or mark", 28),
    "count": ("Lines", 10),
    "meaning": ("Meaning", 80),
}
"""The same of the second."""

_SIMULATION_WIDTH = 14
_CELL_MAX_CHARS = 32_000  # a sheet's cell holds 32,767


def _as_it_is(word: str) -> str:
    return word.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How things are called in the reader's language; empty tables mean English.

    Attributes:
        of_class: Class → its name.
        of_flag: Flag → its name.
        meaning: Class or flag → what it means.
        to_do: Class → what to do.
        of_column: Column, name of a sheet or of a list → its word.
        of_reason: Says a reason of a line.
    """

    of_class: Mapping[str, str] = field(default_factory=dict)
    of_flag: Mapping[str, str] = field(default_factory=dict)
    meaning: Mapping[str, str] = field(default_factory=dict)
    to_do: Mapping[str, str] = field(default_factory=dict)
    of_column: Mapping[str, str] = field(default_factory=dict)
    of_reason: Callable[[str], str] = str


def write_triage(
    found: Triage,
    people: Sequence[PersonRecord],
    *,
    is_simulation: bool,
    words: Words | None = None,
) -> bytes:
    """Write what a triage found as a workbook with two sheets.

    Args:
        found: Of the list.
        people: The lines of the list that could be read.
        is_simulation: The people are invented.
        words: In the reader's language.

    Returns:
        An XLSX file; the same findings in the same words give the same bytes.

    Raises:
        InputError: There are more lines than a sheet holds.
    """
    said = words or Words()
    by_ref = {person.ref: person for person in people}
    lines, counts = (said.of_column.get(name, name.capitalize()) for name in ("lines", "counts"))
    return write_sheets(
        {
            lines: _guarded(_lines(found, by_ref, said), is_simulation=is_simulation),
            counts: _guarded(_counts(found, said), is_simulation=is_simulation),
        },
        widths={
            sheet: [*(width for _, width in columns.values()), *[_SIMULATION_WIDTH] * is_simulation]
            for sheet, columns in ((lines, COLUMNS), (counts, COUNT_COLUMNS))
        },
    )


def _lines(
    found: Triage, people: Mapping[str, PersonRecord], words: Words
) -> Iterator[Sequence[str]]:
    yield [words.of_column.get(column, title) for column, (title, _) in COLUMNS.items()]
    place = {each: n for n, each in enumerate(CLASSES)}
    for line in sorted(found.lines, key=lambda line: place[line.class_]):
        yield _line(line, people.get(line.ref), words, is_sought=found.is_sought)


def _line(
    line: Line, person: PersonRecord | None, words: Words, *, is_sought: bool
) -> Sequence[str]:
    name = birth = ""
    if person is not None:
        parts = (person.family_name, person.given_name, person.father_name)
        name = " ".join(filter(None, parts)) or person.name_as_written
        birth = person.birth_date.text if person.birth_date else ""
    return [
        words.of_class.get(line.class_, _as_it_is(line.class_)),
        words.to_do.get(line.class_) or to_do(line.class_, is_sought=is_sought),
        line.ref,
        name,
        birth,
        ", ".join(words.of_flag.get(flag, _as_it_is(flag)) for flag in line.flags),
        line.match,
        words.of_column.get(line.match_list, line.match_list),
        "" if line.probability is None else f"{line.probability:.6f}",
        "\n".join(map(words.of_reason, line.reasons)),
    ]


def _counts(found: Triage, words: Words) -> Iterator[Sequence[str]]:
    yield [words.of_column.get(column, title) for column, (title, _) in COUNT_COLUMNS.items()]
    for class_, count in found.counts().items():
        name = words.of_class.get(class_, _as_it_is(class_))
        yield [name, str(count), words.meaning.get(class_, CLASSES[class_][0])]
    yield [words.of_column.get("all", "All lines"), str(len(found.lines)), ""]
    for flag, count in found.flag_counts().items():
        if count:
            name = words.of_flag.get(flag, _as_it_is(flag))
            yield [name, str(count), words.meaning.get(flag, FLAGS[flag])]


def _guarded(rows: Iterator[Sequence[str]], *, is_simulation: bool) -> Iterator[Sequence[str]]:
    for row in rows:
        cells = [*row, *["SIMULATION"] * is_simulation]
        yield [guard(CONTROL_CHARACTERS.sub("\ufffd", cell))[:_CELL_MAX_CHARS] for cell in cells]
