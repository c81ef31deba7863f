"""The fixed words of the papers, in English and in the language of whoever prints them.

Rules of this file:
- English stands on every paper: all who sign it can read one and the same text.
- Another language stands beside it, as data from outside; a word that it lacks stands in
  English alone, and never twice.
- The words of a step are those of the pages of a node.
- A place such as `%(home)s` is filled with a code, never with a name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

LABELS: Mapping[str, str] = {
    "manifest": "Manifest",
    "receipt": "Receipt",
    "simulation": "The people are invented. Nothing here is real.",
    "ways": "%(holder)s lets them go, %(home)s receives them.",
    "issued": "Issued",
    "received": "Received",
    "printed": "Printed",
    "case": "Case",
    "entry": "Ledger entry",
    "plan": "Plan",
    "people": "People",
    "stops": "Stops",
    "none": "none",
    "names_notice": "Personal data: only for those who carry out this handover.",
    "no": "No.",
    "id": "Id",
    "name_holder": "Name as the holder wrote it",
    "name_home": "Name as home wrote it",
    "born": "Born",
    "number": "Number",
    "present": "Present",
    "counts_notice": "Counts only: this page names nobody.",
    "step": "Step",
    "people_count": "Number of people",
    "on_manifest": "on the manifest",
    "departed": "departed",
    "checked_in": "counted at the crossing",
    "stopped": "past a stop",
    "asked_again": "asked again",
    "home": "home",
    "same_people": "The same people",
    "roots_agree": "The two roots are the same: both sides speak of the same people.",
    "roots_differ": (
        "The two roots differ: the sides do not speak of the same people. "
        "Do not sign before the difference is found."
    ),
    "root": "Root",
    "signatures": "Signatures",
    "role_holder": "holder",
    "role_home": "home party",
    "role_holder_unsigned": "holder (in the ledger: received, unsigned)",
    "role_home_unsigned": "home party (in the ledger: received, unsigned)",
    "role_mediator": "mediator",
    "name_and_rank": "Name and rank",
    "signature": "Signature",
    "date_and_hour": "Date and hour",
    "seal": "Seal",
}
"""Key of a label -> its English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language that stands beside the English.

    Attributes:
        code: ISO 639-1, such as `ar`.
        is_right_to_left: How its script runs.
        words: Key of `LABELS` -> the words, with the same places.
        date: Writes an EDTF date of a list, such as `1998-03~`, in words.
    """

    code: str
    is_right_to_left: bool
    words: Mapping[str, str]
    date: Callable[[str], str]

    def word(self, key: str) -> str:
        """Return the words of a label; empty where they would only repeat the English."""
        found = self.words.get(key, "")
        return "" if found == LABELS[key] else found
