"""The record of real exchanges in the reader's language.

Rules of this file:
- Every word of `report.history_words` stands here, the same in English; a test fails if one
  is missing, or says another thing than the command does.
- Names stand as they are, after a colon or in a cell: no sentence has to decline them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.report.checksums import Checksum, Verdict
from homeward.report.exchanges import Difference, Exchange, Why
from homeward.report.history import NOBODY

COUNTRIES: Mapping[str, Any] = {
    "UA": _("Ukraine"),
    "RU": _("Russia"),
    "AE": _("United Arab Emirates"),
    "TR": _("Turkey"),
    "SA": _("Saudi Arabia"),
    "VA": _("Holy See"),
    "US": _("United States"),
    "BY": _("Belarus"),
}
"""Code of a country → its name."""

SPEAKERS: Mapping[str, Any] = {
    "UA": _("Ukraine"),
    "UA.president": _("Ukraine's president"),
    "UA.ombudsman": _("Ukraine's ombudsman"),
    "UA.defence_ministry": _("Ukraine's defence ministry"),
    "UA.security_service": _("Ukraine's security service"),
    "RU": _("Russia"),
    "RU.defence_ministry": _("Russia's defence ministry"),
    "RU.ombudsman": _("Russia's ombudsman"),
    "RU.delegation": _("the head of Russia's delegation"),
    "RU.donetsk_head": _("the head of the Donetsk authorities on Russia's side"),
    "RU.luhansk_head": _("the head of the Luhansk authorities on Russia's side"),
    "AE": _("United Arab Emirates"),
    "narrator": _("a compilation"),
}
"""Who said a figure → their name."""

REMARKS: Mapping[str, Any] = {
    "by_category": _(
        "Agreed in Istanbul on 2 June 2025 by category instead of number: the seriously wounded and sick, and those aged 18 to 25."
    ),
    "by_rail": _("Carried by rail."),
    "civilians_only": _("All of them were civilians."),
    "compilation": _("The figures come from a compilation; those of the sides were not seen."),
    "conscripts": _("Conscripts on both sides."),
    "day_not_in_source": _(
        "The sources give the month or the order, not the day; the day is commonly told."
    ),
    "deportees": _(
        "Of the civilians who went to Ukraine, 65 had served a sentence and awaited deportation; Ukraine had not asked for them."
    ),
    "died_in_captivity": _(
        "Five of them had been on the list of the seriously wounded and sick, and died in captivity."
    ),
    "foreigners": _("Citizens of other states were among them."),
    "goodwill": _(
        "Of Ukraine's group, 22 were seriously wounded: Russia called them a gesture of goodwill, Ukraine counts them outside exchanges."
    ),
    "in_stages": _("Carried out over several days."),
    "last_stage": _(
        "The last of five stages: 6,057 for Ukraine by its own count, 6,060 by Russia's, and 78 for Russia."
    ),
    "local": _("A local exchange at the front line, apart from the central one of the same day."),
    "mediator_by_number": _(
        "The mediator is inferred from the numbers that it gives to its mediations."
    ),
    "mediator_only": _("Only the mediator's count is in the record."),
    "not_counted_by_mediator": _("The mediator of the next day's exchange did not count this one."),
    "one_front": _("Russia's press told of 160 exchanged at one place of the front line."),
    "remains_too": _("Remains were returned on the same day."),
    "residents": _("Residents of the Kursk region were among those who went home to Russia."),
    "sailors": _("Civilian sailors were part of it."),
    "seriously_wounded": _("Wounded or sick people were among them."),
    "several_places": _("Carried out in four countries at once."),
    "some_stayed": _("Russia said that 110 women had been due, and that two chose to stay."),
    "third_country": _("Five commanders were to stay in Turkey until the end of the war."),
    "thousand": _("One of three stages of the exchange of 1,000 for 1,000 agreed in Istanbul."),
    "under_25": _("A stage for those under 25."),
    "women_among": _("Women were among them."),
    "women_only": _("All who went home to Ukraine were women."),
}
"""Remark of a row → its sentence."""

WHY: Mapping[Why, Any] = {
    "civilians": _("The difference is the civilians, whom one of them left out."),
    "one_person": _("The difference is one person, a politician, whom one side left out."),
    "apart": _("The difference is people whom one side counts outside exchanges."),
    "category": _(
        "The number is the same; one spoke of soldiers, the other of soldiers and civilians."
    ),
    "open": _("No source explains the difference: it stays open."),
}
"""What explains a difference → its sentence."""

VERDICTS: Mapping[Verdict, tuple[str, Any]] = {
    "start": ("", _("the first one")),
    "closes": ("good", _("closes")),
    "gap": ("attention", _("a gap")),
    "unknown": ("", _("cannot be judged")),
}
"""What became of a total → kind of the chip, and its word."""


def of_country(code: str) -> str:
    """Name a country, or say that the record names none.

    Args:
        code: Of a country, or `NOBODY`.
    """
    return gettext("nobody is named") if code == NOBODY else str(COUNTRIES.get(code, code))


def of_speaker(by: str) -> str:
    """Name who said a figure.

    Args:
        by: A party, an office of it, or `narrator`.
    """
    return str(SPEAKERS[by])


def of_difference(found: Difference) -> str:
    """Say what explains a difference."""
    return str(WHY[found.why])


def of_remarks(exchange: Exchange) -> list[str]:
    """Return what else is known of an exchange, a sentence each."""
    return [str(REMARKS[code]) for code in exchange.remarks]


def besides(check: Checksum) -> list[str]:
    """Return how exchanges without the speaker's own figure were counted."""
    told = (
        (check.borrowed, _("counted by another's figure: {count}")),
        (check.left_out, _("not announced by the speaker, and left out: {count}")),
        (check.without_number, _("without a figure: {count}")),
    )
    return [str(text).format(count=count) for count, text in told if count]
