"""Why two records are said to be one person, in the reader's language.

Rules of this file:
- Every level of `matching.reasons.SENTENCES` has a row; dates stand in words.
- How two spellings are one name is told in the words of the engine, which name the rule;
  in another language the rule is left out.
- What was read out of a whole name is quoted as the engine quotes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from homeward.matching.columns import NAMES
from homeward.node.actions.review import Evidence
from homeward.node.decisions import EVIDENCE
from homeward.node.web import columns
from homeward.node.web.person_words import cell_of
from homeward.records.model import PersonRecord

_ONE_LETTER = _("{a} and {b} differ by one letter.")
_TRANSPOSED = _("{a} and {b} have the same letters in another order.")
_TWO_LETTERS = _("{a} and {b} differ by two letters.")
_INITIAL = _("{a} and {b}: the initial fits.")
_OTHER = _("{a} is another name than {b}.")

SENTENCES: Mapping[tuple[str, str], Any] = {
    ("family_name", "one_letter"): _ONE_LETTER,
    ("family_name", "transposed"): _TRANSPOSED,
    ("family_name", "two_letters"): _TWO_LETTERS,
    ("family_name", "two_letters_of_few"): _TWO_LETTERS,
    ("family_name", "swapped"): _("Family name and given name have changed places."),
    ("family_name", "woman"): _("{a} is another name than {b}; a woman's may change."),
    ("family_name", "other"): _OTHER,
    ("given_name", "swapped"): _("{a} and {b}: the given name stands as family name."),
    ("given_name", "initial"): _INITIAL,
    ("given_name", "one_letter"): _ONE_LETTER,
    ("given_name", "transposed"): _TRANSPOSED,
    ("given_name", "brother"): _(
        "{a} and {b}, with one family name and one father: perhaps brothers."
    ),
    ("given_name", "two_letters"): _TWO_LETTERS,
    ("given_name", "other_known"): _OTHER,
    ("given_name", "other"): _OTHER,
    ("father_name", "initial"): _INITIAL,
    ("father_name", "one_letter"): _ONE_LETTER,
    ("father_name", "transposed"): _TRANSPOSED,
    ("father_name", "two_letters"): _TWO_LETTERS,
    ("father_name", "other_known"): _OTHER,
    ("father_name", "other"): _OTHER,
    ("birth_date", "same_day"): _("The same day of birth: {a}."),
    ("birth_date", "swapped"): _("Born on {a} and on {b}: day and month are swapped."),
    ("birth_date", "one_digit"): _("Born on {a} and on {b}: one digit differs."),
    ("birth_date", "next"): _("Born on {a} and on {b}: a day or a year apart."),
    ("birth_date", "days_apart"): _("Born on {a} and on {b}: some days apart."),
    ("birth_date", "both_possible"): _("Born {a} and {b}: both can be true."),
    ("birth_date", "both_possible_roughly"): _("Born {a} and {b}: both can be true, roughly."),
    ("birth_date", "near_years"): _("Born {a} and {b}: about one year, not the same day."),
    ("birth_date", "other"): _("Born {a} and {b}: not the same."),
    ("service_number", "same"): _("The same service number: {a}."),
    ("service_number", "other"): _("Service numbers {a} and {b} differ."),
    ("unit", "same"): _("The same unit: {a}."),
    ("unit", "other"): _("Units {a} and {b} differ."),
    ("captured_on", "at_once"): _("Missed since {a}, captured on {b}."),
    ("captured_on", "days_apart"): _("Missed since {a}, captured on {b}: some days apart."),
    ("captured_on", "later"): _("Missed since {a}, captured only on {b}."),
    ("captured_on", "before"): _("Captured on {b}, before the person was missed ({a})."),
    ("birth_place", "same"): _("Born in {a} and {b}: the same place."),
    ("birth_place", "other"): _("Born in {a} and {b}."),
    ("sex", "other"): _("{a} in one record, {b} in the other."),
}
"""Part and level → what it says."""

STRONG_MILLI = 4_000
LITTLE_MILLI = 500

WEIGHTS: Mapping[str, tuple[Any, str]] = {
    "strong": (_("strongly for"), "good"),
    "for": (_("for"), "good"),
    "little": (_("says little"), ""),
    "against": (_("against"), "attention"),
    "strong against": (_("strongly against"), "stop"),
}
"""How much a reason says for one person → its words and the kind of its chip."""


def weight_of(milli: int) -> tuple[Any, str]:
    """Return the words and the kind of chip for a weight in thousandths of a bit."""
    if abs(milli) < LITTLE_MILLI:
        return WEIGHTS["little"]
    name = "for" if milli > 0 else "against"
    if abs(milli) >= STRONG_MILLI:
        name = "strong" if milli > 0 else "strong against"
    return WEIGHTS[name]


def speaks(milli: int) -> str:
    """Tell which way a weight in thousandths of a bit speaks: for, against, or hardly ("")."""
    if abs(milli) < LITTLE_MILLI:
        return ""
    return "for" if milli > 0 else "against"


def bits_of(milli: int) -> str:
    """Write a weight as bits with its sign, such as `+6.1`."""
    return f"{milli / 1000:+.1f}".replace("-", "\u2212")


def of_reason(reason: Evidence, left: PersonRecord, right: PersonRecord) -> SafeString:
    """Return the sentence for one part of two records.

    Args:
        reason: What the engine said of it.
        left: The first record.
        right: The second.
    """
    a, b = lost_of(left, reason.part), lost_of(right, reason.part)
    in_english = format_html('<bdi lang="en">{}</bdi>', reason.sentence)
    if not a or not b:
        return in_english
    said = SENTENCES.get((reason.part, reason.level))
    if said is None and reason.part in NAMES:
        if a.casefold() != b.casefold():
            if get_language() == "en":
                return in_english
            said = gettext("{a} = {b}: one name in two spellings.")
        else:
            said = gettext("The same name: {a}.")
    elif a == b and reason.level.startswith("both_possible"):
        said = gettext("Both records say {a}.")
    if said is None:
        return in_english
    sentence: SafeString = format_html(
        str(said), a=format_html("<bdi>{}</bdi>", a), b=format_html("<bdi>{}</bdi>", b)
    )
    return sentence


def lost_of(record: PersonRecord, part: str) -> str:
    """Return a record's cell of a part, in words; of the day of the loss whichever it has."""
    if part == "captured_on":
        return cell_of(record, "captured_on") or cell_of(record, "missing_since")
    return cell_of(record, part)


def name_of_part(part: str) -> Any:
    """Return what a part is called."""
    return _("Captured or missed") if part == "captured_on" else columns.NAMES[part]


PARTS = tuple(column for column in EVIDENCE if column != "missing_since")
"""What is shown side by side, in this order."""
