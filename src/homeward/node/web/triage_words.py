"""What a triage says of the lines of a list, in the reader's language.

Rules of this file:
- Every class and every flag of `matching.triage` has its words here; a test fails if one is
  missing, or says another thing than the command does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from homeward.matching.triage import Class, Flag
from homeward.records.model import ListKind


class ClassWords(NamedTuple):
    """Name, kind of the chip, meaning, what to do, and the same where the other side seeks."""

    name: Any
    chip: str
    meaning: Any
    to_do: Any
    where_they_seek: Any = ""


CLASSES: Mapping[Class, ClassWords] = {
    "duplicate": ClassWords(
        _("Listed twice"),
        "",
        _("The same person as another line of this list."),
        _("Count them once, and ask the other side to strike the second line."),
    ),
    "already_home": ClassWords(
        _("Home already"),
        "attention",
        _("This person is home already."),
        _("Tell the other side, and ask for another person in their place."),
        _("Tell the other side that this person went home."),
    ),
    "matched": ClassWords(
        _("On our list"),
        "good",
        _("This person is on our list."),
        _("Confirm it, and go on with the exchange."),
        _("Answer that we hold this person."),
    ),
    "possible": ClassWords(
        _("Perhaps on our lists"),
        "attention",
        _("Somebody on our lists may be this person; it is not sure."),
        _("Compare the two records, and let a person decide."),
    ),
    "insufficient_identification": ClassWords(
        _("Insufficient identification"),
        "attention",
        _("The line says too little to tell who is meant."),
        _("Ask the other side, or the Central Tracing Agency, for what is missing."),
    ),
    "not_reported_missing": ClassWords(
        _("On no list of ours"),
        "stop",
        _("Nobody on our lists is this person."),
        _("Open a file: look for the family and the unit, and ask for confirmation of captivity."),
        _(
            "Look in hospitals and among the unidentified dead, then answer that we do not hold them."
        ),
    ),
}
"""Class → its words."""

FLAGS: Mapping[Flag, tuple[Any, Any]] = {
    "civilian": (
        _("civilian"),
        _("A civilian: no prisoner of war, and no counterpart in an exchange of soldiers."),
    ),
    "retained": (
        _("medical or religious"),
        _("Medical or religious personnel: to be returned as such, not as prisoners of war."),
    ),
    "article_109": (
        _("owed under article 109"),
        _("Seriously wounded or sick: repatriation is owed without counterpart."),
    ),
    "dead": (
        _("dead"),
        _("Reported dead: their remains and their belongings are to come home."),
    ),
    "refuses": (
        _("does not wish to return"),
        _("Reported as unwilling to return: to be asked in private by a neutral interviewer."),
    ),
    "still_wanted": (
        _("still on our list"),
        _("Home, and still on our list of the missing: to be taken off it."),
    ),
    "perhaps_home": (_("perhaps home"), _("May be somebody who is home already.")),
    "captured_again": (_("missed again"), _("Home once, and missed again since.")),
    "held_by_us": (_("held by us"), _("We hold this person.")),
    "several": (_("several fit"), _("More than one of our people fit.")),
    "shared_match": (
        _("shares its match"),
        _("Another line of this list fits the same person of ours."),
    ),
    "unreadable": (
        _("partly unreadable"),
        _("The row, or a cell of it, cannot be read as it stands."),
    ),
}
"""Flag → its name and what it says."""

KINDS: Mapping[ListKind, Any] = {
    "held": _("People whom the other side says it holds"),
    "wanted": _("People for whom the other side looks"),
}
"""What the other side says of the people of a list → its words."""

COLUMNS: Mapping[str, Any] = {
    "lines": _("Lines"),
    "counts": _("Counts"),
    "class": _("Class"),
    "what_to_do": _("What to do"),
    "ref": _("Their reference"),
    "name": _("Name"),
    "birth_date": _("Date of birth"),
    "flags": _("Marks"),
    "match": _("Our reference"),
    "other_line": _("The other line"),
    "match_list": _("On which list"),
    "probability": _("Probability"),
    "reasons": _("Reasons"),
    "count": _("Lines"),
    "meaning": _("Meaning"),
    "all": _("All lines"),
    "wanted": _("People you want home"),
    "held": _("People you hold"),
    "returned": _("People who are home"),
    "list": _("This list"),
}
"""Column, sheet or list of a workbook → its word."""


def to_do(class_: Class, *, is_sought: bool) -> str:
    """Say what to do with a line."""
    words = CLASSES[class_]
    return str((words.where_they_seek if is_sought else "") or words.to_do)
