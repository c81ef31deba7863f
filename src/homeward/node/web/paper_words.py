"""The fixed words of papers and sheets, in the reader's language.

Rules of this file:
- A paper is in English as well; the two say the same.
- A step has one word, on a page and on paper.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from homeward.documents import Language
from homeward.node.web import dates, words

WORDS: Mapping[str, Any] = {
    "manifest": _("Manifest"),
    "receipt": _("Receipt"),
    "simulation": _("The people are invented. Nothing here is real."),
    "ways": _("%(holder)s lets them go, %(home)s receives them."),
    "issued": _("Issued"),
    "received": _("Received"),
    "printed": _("Printed"),
    "case": _("Case"),
    "entry": _("Ledger entry"),
    "plan": _("Plan"),
    "people": _("People"),
    "stops": _("Stops"),
    "none": _("none"),
    "names_notice": _("Personal data: only for those who carry out this handover."),
    "no": _("No."),
    "id": _("Id"),
    "name_holder": _("Name as the holder wrote it"),
    "name_home": _("Name as home wrote it"),
    "born": _("Born"),
    "number": _("Number"),
    "present": _("Present"),
    "counts_notice": _("Counts only: this page names nobody."),
    "step": _("Step"),
    "people_count": _("Number of people"),
    **{
        stage: words.STAGES[stage]
        for stage in ("on_manifest", "departed", "checked_in", "stopped", "asked_again", "home")
    },
    "same_people": _("The same people"),
    "roots_agree": _("The two roots are the same: both sides speak of the same people."),
    "roots_differ": _(
        "The two roots differ: the sides do not speak of the same people. Do not sign before the difference is found."
    ),
    "root": _("Root"),
    "signatures": _("Signatures"),
    "role_holder": _("holder"),
    "role_home": _("home party"),
    "role_holder_unsigned": _("holder (in the ledger: received, unsigned)"),
    "role_home_unsigned": _("home party (in the ledger: received, unsigned)"),
    "role_mediator": _("mediator"),
    "name_and_rank": _("Name and rank"),
    "signature": _("Signature"),
    "date_and_hour": _("Date and hour"),
    "seal": _("Seal"),
}
"""Key of a label of the papers -> its words."""

_SHEET: Mapping[str, Any] = {
    "captive": _("Person"),
    "name": _("Name"),
    "state": _("State"),
    "answer": _("Answer"),
}
"""Column of a sheet -> its words."""


def language() -> Language | None:
    """Return the reader's language as it stands on a paper; None if that is English."""
    code = get_language() or settings.LANGUAGE_CODE
    if _is_english(code):
        return None
    return Language(
        code=code,
        is_right_to_left=get_language_info(code)["bidi"],
        words={key: str(text) for key, text in WORDS.items()},
        date=functools.partial(dates.when_in, code),
    )


def sheet_words() -> dict[str, str]:
    """Return the words of a sheet's columns; none where they are its codes already."""
    if _is_english(get_language() or settings.LANGUAGE_CODE):
        return {}
    return {column: str(text) for column, text in _SHEET.items()}


def _is_english(code: str) -> bool:
    return code.partition("-")[0] == "en"
