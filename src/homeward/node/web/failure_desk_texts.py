"""Failures of the desk for statements in words.

The rules are those of `failure_texts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

_AS_ITS_KIND = ""

TEXTS: Mapping[str, tuple[Any, Any]] = {
    "desk.text": (
        _("The text is empty, or too long. Characters at most: {max_chars}."),
        _("Split the document at its headings."),
    ),
    "desk.rows": (
        _("The text has as many rows as it may have: {max_count}."),
        _("Split the document at its headings."),
    ),
    "desk.changed": (
        _("Somebody reviewed this row meanwhile."),
        _("Look at it again, then decide."),
    ),
    "case.lines": (
        _("A communiqué on this case cannot have one of the lines."),
        _AS_ITS_KIND,
    ),
    "communique.lines": (
        _("A communiqué on this case cannot have one of the lines."),
        _("Choose among the lines that are shown."),
    ),
    "statements.no_quote": (
        _("The text does not hold these words."),
        _("Copy the words from the text exactly."),
    ),
    "statements.claim": (
        _("A part of the row is missing, or does not belong to it: {part}."),
        _AS_ITS_KIND,
    ),
    "statements.source": (
        _("Who says it is a party, an office of it, both, narrator or foreign."),
        _("Write UA, or UA.president for an office; narrator for the text itself."),
    ),
}
