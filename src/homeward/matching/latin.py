"""A name in Latin letters, for whoever cannot read how it is written.

Rules of this file:
- It is for reading only: nothing is compared by it, and the name as written stands beside it.
- The letters tell the language where they can; where they cannot, the caller's guess does.
- What is not Cyrillic stays as written: an Arabic name has no one Latin spelling.

Source: Cabinet of Ministers of Ukraine, resolution 55 of 27 January 2010 (KMU 2010);
ICAO Doc 9303-3, section 6 (Russian).
"""

# ruff: noqa: RUF001 -- letters that look alike are the subject of this file

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

Language = Literal["uk", "ru"]

_BOTH = {
    **dict(zip("абвдезклмнопрстуф", "abvdezklmnoprstuf", strict=True)),
    **dict(zip("жхцчшщ", ("zh", "kh", "ts", "ch", "sh", "shch"), strict=True)),
    **dict(zip("юяь", ("iu", "ia", ""), strict=True)),
}
_LETTERS: Mapping[Language, Mapping[str, str]] = {
    "uk": {**_BOTH, "г": "h", "ґ": "g", "є": "ie", "и": "y", "і": "i", "ї": "i", "й": "i"},
    "ru": {**_BOTH, "г": "g", "ё": "e", "и": "i", "й": "i", "ъ": "ie", "ы": "y", "э": "e"},
}
_FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
"""At the beginning of a Ukrainian word."""

_ONLY_UK, _ONLY_RU = re.compile("[ґєіїҐЄІЇ]"), re.compile("[ёъыэЁЪЫЭ]")
_APOSTROPHES = "'\u2019\u02bc"
_WORD = re.compile(f"[\u0400-\u04ff]+(?:[{_APOSTROPHES}][\u0400-\u04ff]+)*")


def latinise(text: str, *, guess: Language = "uk") -> str:
    """Spell a name in Latin letters.

    Args:
        text: A name, or several words of one.
        guess: The language of a name whose letters both languages have.

    Returns:
        The text with every Cyrillic word spelt in Latin letters, its capitals kept.
    """
    clean = unicodedata.normalize("NFC", text)
    is_uk, is_ru = _ONLY_UK.search(clean) is not None, _ONLY_RU.search(clean) is not None
    language: Language = guess if is_uk == is_ru else "uk" if is_uk else "ru"
    return _WORD.sub(lambda found: _word(found.group(), language), clean)


@lru_cache(maxsize=65_536)  # names repeat
def _word(word: str, language: Language) -> str:
    letters = _LETTERS[language]
    parts = []
    for at, char in enumerate(word):
        lower = char.lower()
        if char in _APOSTROPHES:
            continue
        spelt = letters.get(lower, char)
        if language == "uk" and at == 0:
            spelt = _FIRST.get(lower, spelt)
        elif language == "uk" and lower == "г" and word[at - 1].lower() == "з":
            spelt = "gh"  # else it would read as ж
        parts.append(spelt.capitalize() if char.isupper() else spelt)
    plain = "".join(parts)
    return plain.upper() if word.isupper() and len(word) > 1 else plain
