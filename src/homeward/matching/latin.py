"""A name in Latin letters, for whoever cannot read how it is written.

Rules of this file:
- It is for reading only: nothing is compared by it, and the name as written stands beside it.
- The letters tell the language where they can; where they cannot, the caller's guess does.
- What is not Cyrillic stays as written: an Arabic name has no one Latin spelling.

Source: Cabinet of Ministers of Ukraine, resolution 55 of 27 January 2010 (KMU 2010);
ICAO Doc 9303-3, section 6 (Russian).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

from homeward.matching.romanise import romanise

Language = Literal["uk", "ru"]

_SYSTEMS: Mapping[Language, str] = {"uk": "ukr-kmu-2010", "ru": "rus-icao-9303"}
_ONLY: Mapping[Language, re.Pattern[str]] = {
    "uk": re.compile("[ґєії]"),
    "ru": re.compile("[ёъыэ]"),
}


def latinise(text: str, *, guess: Language = "uk") -> str:
    """Spell a name in Latin letters.

    Args:
        text: A name, or several words of one.
        guess: The language of a name whose letters both languages have.

    Returns:
        The text with every Cyrillic word spelt in Latin letters, its capitals kept.
    """
    clean = unicodedata.normalize("NFC", text)
    lower = clean.lower()
    told = [language for language, own in _ONLY.items() if own.search(lower)]
    return romanise(clean, _SYSTEMS[told[0] if len(told) == 1 else guess])
