"""The letters of a name, cleaned of what does not tell people apart.

Rules of this file:
- Nothing here is language: case, canonical form, apostrophes, stress marks, the vowel signs
  and ligatures of Arabic, and letters that only look right. Spelling is `readings`'s business.
- A word has one script. In a word of two, the letters that have no double decide which; the
  doubles are read as that script's letters. A word of doubles alone follows its neighbours
  if these agree.
- Apostrophes are dropped: one is a sign of softness in Latin, a separator in Ukrainian, a
  hamza in Arabic names, and lists leave each out as they please.
- Marks that carry a sound (й, ї, ё, ў, š, ç, ğ …) stay; stress does not.
"""

# ruff: noqa: RUF001 -- letters that look alike are the subject of this file

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

Script = Literal["cyrillic", "latin", "arabic", "georgian", "armenian", "hebrew", "greek", "other"]

_APOSTROPHES = dict.fromkeys(
    map(
        ord,
        "'`\u00b4\u2018\u2019\u201a\u201b\u2032\u2033\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf"
        "\u02c8\u02ca\u02cb\uff07\ua78b\ua78c\u055a\u05f3\u05f4\u2035\u0374",
    )
)
_COMPOSED = re.compile("[\x20-\x7e\u0401-\u044f\u0451-\u045f\u0490\u0491]*")
"""Texts in which every letter has one code and folds to its small letter."""
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u035c-\u0362\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]"
)
_STRESSED = re.compile("([\u0400-\u04ff][\u0306\u0308]*)[\u0300\u0301\u030f\u0311]+")


def _table(letters: str, looks: str) -> dict[int, str]:
    return {ord(letter): look for letter, look in zip(letters, looks, strict=True)}


_ARABIC: Mapping[int, str | None] = {
    **dict.fromkeys((0x0640, 0x0670, *range(0x0610, 0x061B), *range(0x064B, 0x0660))),
    **dict.fromkeys(range(0x0591, 0x05C8)),  # the points of Hebrew
    **_table("أإآٱىةؤئکیےہھ", "اااايهويكييهه"),
    ord("ء"): None,
}
_CLEAN_WORD = re.compile("[a-z]+|[а-яёіїєґў]+")
_WORD = re.compile(r"[^\W\d_]+(?:[013]+[^\W\d_]+|[\u0300-\u036f]+[^\W\d_]*)*")

# In the order in which a word's script is looked for.
_SCRIPTS: tuple[tuple[Script, re.Pattern[str]], ...] = (
    ("cyrillic", re.compile("[\u0400-\u052f]")),
    ("latin", re.compile("[a-z\u00df-\u02af\u1e00-\u1eff]")),
    ("arabic", re.compile("[\u0600-\u06ff\u0750-\u077f]")),
    ("georgian", re.compile("[\u10a0-\u10ff\u1c90-\u1cbf\u2d00-\u2d2f]")),
    ("armenian", re.compile("[\u0530-\u058f]")),
    ("hebrew", re.compile("[\u0590-\u05ff]")),
    ("greek", re.compile("[\u0370-\u03ff]")),
)

# Doubles by case folded letter: as the capital or the small letter looks.
_LOOKS: Mapping[Script, Mapping[int, str]] = {
    "cyrillic": {
        **_table("aceiopxykmthbïë", "асеіорхукмтнвїё"),
        **_table("αβεηικμορτυχ", "авенікмортух"),
        **_table("03", "оз"),
    },
    "latin": {
        **_table("асеіорхукмтнвїё", "aceiopxykmthbïë"),
        **_table("ѕјһԁԛԝ", "sjhdqw"),
        **_table("αβεηικμνορτυχ", "abehikmnoptyx"),
        **_table("01", "ol"),
    },
}
_CAPITALS_ALONE = (frozenset("kmthb"), frozenset("кмтнв"))
_DOUBLES = frozenset(map(chr, (*_LOOKS["cyrillic"], *_LOOKS["latin"])))


def clean(text: str) -> str:
    """Clean a text of case, stress, apostrophes and the several codes of one letter.

    Args:
        text: A name, or any text, as it was written.

    Returns:
        The same words in the same order, case folded and composed (NFC); spaces, hyphens
        and other marks between words stay.

    Source:
        Unicode Standard Annex 15 (normalization forms).
    """
    if _COMPOSED.fullmatch(text):
        return text.replace("'", "").replace("`", "").lower()  # sooner than to translate
    plain = text.translate(_APOSTROPHES)
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", plain)).casefold()
    # İ folds to i with a dot above; a stress mark is part of no Cyrillic letter here.
    marks = unicodedata.normalize("NFD", folded).translate(_APOSTROPHES).replace("i\u0307", "i")
    return unicodedata.normalize("NFC", _STRESSED.sub(r"\1", marks)).translate(_ARABIC)


def words(text: str) -> tuple[str, ...]:
    """Return the cleaned words of a name, each in one script.

    Args:
        text: A name as it was written.

    Returns:
        Words in their order; empty for a text without letters. Hyphens separate words.
    """
    if _CLEAN_WORD.fullmatch(text):
        return (text,)
    return in_one_script(tuple(_WORD.findall(clean(text))))


def in_one_script(found: tuple[str, ...]) -> tuple[str, ...]:
    """Read letters that only look right as letters of their word's script.

    Args:
        found: Cleaned words of one name.

    Returns:
        The words, each in one script.
    """
    if all(map(_CLEAN_WORD.fullmatch, found)) and len({word.isascii() for word in found}) < 2:
        return found
    told = {script for word in found for script in (_told(word),) if script}
    neighbours = told.pop() if len(told) == 1 else None
    return tuple(_repaired(word, neighbours) for word in found)


def script_of(word: str) -> Script:
    """Return the script of a cleaned word: that of its first letter of a known script."""
    if word.isascii() and word:
        return "latin"
    if "\u0400" <= word[:1] <= "\u052f":
        return "cyrillic"
    for letter in word:
        for script, letters in _SCRIPTS:
            if letters.match(letter):
                return script
    return "other"


@lru_cache(maxsize=1 << 16)  # words repeat
def _told(word: str) -> Script | None:
    """Return the script that the letters without a double decide for."""
    counts = [
        (sum(1 for letter in word if letter not in _DOUBLES and letters.match(letter)), script)
        for script, letters in _SCRIPTS[:2]
    ]
    most, script = max(counts, key=lambda row: row[0])  # Cyrillic if even
    return script if most else None


@lru_cache(maxsize=1 << 16)
def _repaired(word: str, neighbours: Script | None) -> str:
    told = _told(word)
    looks = told or _told_by_small_letters(word)
    if looks is None and set(word) <= _DOUBLES:
        looks = neighbours
    if looks is None:
        letters = [sum(1 for c in word if s.match(c)) for _, s in _SCRIPTS[:2]]
        if not all(letters):
            return word
        looks = "cyrillic" if letters[0] >= letters[1] else "latin"
    if looks == "cyrillic" or not word.isascii():
        return word.translate(_LOOKS[looks])
    return word.translate({ord("0"): "o", ord("1"): "l"})


def _told_by_small_letters(word: str) -> Script | None:
    """Decide a word of doubles by letters that have a double only as capitals: к and not k."""
    latin, cyrillic = (bool(letters.intersection(word)) for letters in _CAPITALS_ALONE)
    if latin == cyrillic:
        return None
    return "latin" if latin else "cyrillic"
