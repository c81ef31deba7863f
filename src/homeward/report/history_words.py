"""The words of the record of real exchanges, in English.

Rules of this file:
- A remark is a sentence of ours about one exchange; it is true of every row that carries it.
- Pages say the same through their catalogues; a test holds the two against each other.
- A speaker is named by office. Nobody is named who holds it.
"""

from __future__ import annotations

from collections.abc import Mapping

COUNTRIES: Mapping[str, str] = {
    "UA": "Ukraine",
    "RU": "Russia",
    "AE": "United Arab Emirates",
    "TR": "Turkey",
    "SA": "Saudi Arabia",
    "VA": "Holy See",
    "US": "United States",
    "BY": "Belarus",
}
"""Code of a country → its name."""

SPEAKERS: Mapping[str, str] = {
    "UA": "Ukraine",
    "UA.president": "Ukraine's president",
    "UA.ombudsman": "Ukraine's ombudsman",
    "UA.defence_ministry": "Ukraine's defence ministry",
    "UA.security_service": "Ukraine's security service",
    "RU": "Russia",
    "RU.defence_ministry": "Russia's defence ministry",
    "RU.ombudsman": "Russia's ombudsman",
    "RU.delegation": "the head of Russia's delegation",
    "RU.donetsk_head": "the head of the Donetsk authorities on Russia's side",
    "RU.luhansk_head": "the head of the Luhansk authorities on Russia's side",
    "AE": "United Arab Emirates",
    "narrator": "a compilation",
}
"""Who said a figure → their name."""

REMARKS: Mapping[str, str] = {
    "by_category": "Agreed in Istanbul on 2 June 2025 by category instead of number: the seriously "
    "wounded and sick, and those aged 18 to 25.",
    "by_rail": "Carried by rail.",
    "civilians_only": "All of them were civilians.",
    "compilation": "The figures come from a compilation; those of the sides were not seen.",
    "conscripts": "Conscripts on both sides.",
    "day_not_in_source": "The sources give the month or the order, not the day; the day is commonly "
    "told.",
    "deportees": "Of the civilians who went to Ukraine, 65 had served a sentence and awaited "
    "deportation; Ukraine had not asked for them.",
    "died_in_captivity": "Five of them had been on the list of the seriously wounded and sick, and "
    "died in captivity.",
    "foreigners": "Citizens of other states were among them.",
    "goodwill": "Of Ukraine's group, 22 were seriously wounded: Russia called them a gesture of "
    "goodwill, Ukraine counts them outside exchanges.",
    "in_stages": "Carried out over several days.",
    "last_stage": "The last of five stages: 6,057 for Ukraine by its own count, 6,060 by Russia's, "
    "and 78 for Russia.",
    "local": "A local exchange at the front line, apart from the central one of the same day.",
    "mediator_by_number": "The mediator is inferred from the numbers that it gives to its "
    "mediations.",
    "mediator_only": "Only the mediator's count is in the record.",
    "not_counted_by_mediator": "The mediator of the next day's exchange did not count this one.",
    "one_front": "Russia's press told of 160 exchanged at one place of the front line.",
    "remains_too": "Remains were returned on the same day.",
    "residents": "Residents of the Kursk region were among those who went home to Russia.",
    "sailors": "Civilian sailors were part of it.",
    "seriously_wounded": "Wounded or sick people were among them.",
    "several_places": "Carried out in four countries at once.",
    "some_stayed": "Russia said that 110 women had been due, and that two chose to stay.",
    "third_country": "Five commanders were to stay in Turkey until the end of the war.",
    "thousand": "One of three stages of the exchange of 1,000 for 1,000 agreed in Istanbul.",
    "under_25": "A stage for those under 25.",
    "women_among": "Women were among them.",
    "women_only": "All who went home to Ukraine were women.",
}
"""Remark of a row → its sentence."""

WHY: Mapping[str, str] = {
    "civilians": "The difference is the civilians, whom one of them left out.",
    "one_person": "The difference is one person, a politician, whom one side left out.",
    "apart": "The difference is people whom one side counts outside exchanges.",
    "category": "The number is the same; one spoke of soldiers, the other of soldiers and civilians.",
    "open": "No source explains the difference: it stays open.",
}
"""What explains a difference → its sentence."""
