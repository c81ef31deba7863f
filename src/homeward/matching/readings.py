"""A word of a name as it may have sounded: one key for every plausible spelling table.

Rules of this file:
- A key is made of ASCII letters, one for one sound: small letters, and Z Q W for ж ч ш
  (щ is WQ), c for ц, x for х, j for a glide before a vowel. Keys of one name are equal
  across Ukrainian, Russian, Belarusian, Latin, Georgian, Armenian and Greek letters.
- What Ukrainian and Russian write differently for one sound is one letter: и і ї ы й; е є э;
  г ґ; тс and ц. Double letters are one; signs of softness are none.
- ё is read as е, as Russian lists write it; as о only in a further reading (ь is dropped).
- A Latin word was written by one table. Each table of `TABLES` that can have written it gives
  a reading; those whose own marks it bears come first, the plain English one next.
- Level 0 is a reading that the letters leave no doubt about, or the plainest; level 1 another
  table's; level 2 (key with `~`) takes і, и, е and о for one, as Семенів and Семенов.
- Arabic and Hebrew letters write consonants: their key begins with `#`, and `consonants`
  gives the same of a word in any script.

Source: Cabinet of Ministers of Ukraine, resolution 55 of 27 January 2010 (KMU 2010); ICAO Doc
9303-3, section 6; BGN/PCGN romanisations of Russian (1947) and Ukrainian (2019); GOST 7.79-2000
(ISO 9:1995), systems A and B; conventional French, German, Polish and Turkic spellings.
"""

# ruff: noqa: RUF001, RUF002 -- letters that look alike are the subject of this file

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from homeward.matching.letters import script_of, words
from homeward.matching.spellings import (
    ARABIC,
    ARMENIAN,
    CYRILLIC,
    GEORGIAN,
    GREEK,
    HEBREW,
    PAIRS,
    PLAIN,
    TABLES,
    Table,
)

READINGS_MAX = 6


class Reading(NamedTuple):
    """One way to read a word: its key, the table that gives it, and how sure it is.

    `level` is 0 for the plainest reading, 1 for another table's, 2 for one in which vowels
    that alternate between the languages are one.
    """

    key: str
    rule: str
    level: int = 0


IN_CYRILLIC = "Cyrillic letters"

_SOUNDS: Mapping[str, tuple[str, Mapping[int, str]]] = {
    "cyrillic": (IN_CYRILLIC, CYRILLIC),
    "georgian": ("Georgian letters", GEORGIAN),
    "armenian": ("Armenian letters", ARMENIAN),
    "greek": ("Greek letters", GREEK),
}
_CONSONANTS: Mapping[str, tuple[str, Mapping[int, str]]] = {
    "arabic": ("consonants in Arabic letters", ARABIC),
    "hebrew": ("consonants in Hebrew letters", HEBREW),
}

_PAIR = re.compile("|".join(PAIRS))
_SOFT_O = re.compile("['i]+o")  # ьо, йо, ё, io, yo
_SOFT_E = re.compile("['i]+e")  # є, ье, ie, ye
_SOFT_J = re.compile("(?<=[bcdfglmnprstvzćńśź])j(?![aeiouyâàéèêëïœ])")  # j for ь
_GLIDE = re.compile("['i]+(?=[au])")
_DOUBLED = re.compile(r"(.)\1+")
_ALTERNATING = str.maketrans({"e": "i", "o": "i"})

# What Arabic letters keep of a key: classes of consonants.
_AS_ARABIC = str.maketrans(
    {
        **dict(zip("pvgZ", "bfkk", strict=True)),
        **dict.fromkeys("aeiouj", ""),
        "c": "ts",
        "Q": "tW",
    }
)
_ARTICLE = "ال"


class _Compiled:
    """A table ready to read words: groups become marks, longest first, and marks sounds."""

    def __init__(self, table: Table) -> None:
        self.name = table.name
        self.habit = table.habit
        groups = {**PLAIN, **table.groups}
        longest_first = sorted(groups, key=lambda group: (-len(group), group))
        self.marks: list[tuple[str, str]] = []
        self.sounds_of: dict[int, str] = {}
        for at, group in enumerate(longest_first):
            if len(group) > 1:
                mark = chr(0xE000 + at)  # private use: no later group can meet it
                self.marks.append((group, mark))
                self.sounds_of[ord(mark)] = groups[group]
            else:
                self.sounds_of[ord(group)] = groups[group]
        self.never = re.compile(table.never)
        self.mark = re.compile(table.mark or "$^")
        # A word without one of the table's own groups reads as the plain table reads it.
        own = [group for group, sound in table.groups.items() if PLAIN.get(group) != sound]
        self.own = re.compile("|".join(map(re.escape, own)) if own and not table.mark else "$^")

    def sounds(self, word: str) -> str:
        """Read a word, given without signs of softness."""
        for group, mark in self.marks:
            if group in word:
                word = word.replace(group, mark)
        spelt = word.translate(self.sounds_of)
        return spelt if spelt.isascii() else self._unmarked(spelt)

    def _unmarked(self, word: str) -> str:
        """Read letters whose marks say nothing as the letters without them."""
        bases = (
            letter if letter.isascii() else unicodedata.normalize("NFD", letter)[0]
            for letter in word
        )
        return "".join(
            self.sounds_of.get(ord(base), "") if not letter.isascii() else letter
            for base, letter in zip(bases, word, strict=True)
        )


_COMPILED = tuple(map(_Compiled, TABLES))
_TELLING = {
    habit: re.compile(
        "|".join(
            [
                re.escape(group)
                for table in TABLES
                if table.habit == habit
                for group, sound in table.groups.items()
                if PLAIN.get(group) != sound
            ]
            or ["j"]
        )
    )
    for habit in {table.habit for table in TABLES}
}
"""What a word must have for its habit of spelling to matter."""
_MARKED = re.compile("|".join(table.mark for table in TABLES[1:] if table.mark))
_ODD = re.compile("(?<![szkct])h|[jwxqß]|c(?!h)|[^a-z]|sch|shh|tch|ou|gu[ei]|sz|cz|rz|tz|th|dj")
"""Without one of these a Latin word has the plain reading alone."""


@lru_cache(maxsize=1 << 18)
def habit_of(latin: str) -> str:
    """Return the habit of spelling of a name, by the marks that its Latin words bear.

    Args:
        latin: The cleaned Latin words of one name, with spaces.

    Returns:
        The habit of a table that can have written all of them; an empty text for the plain one.
    """
    if _ODD.search(latin):
        for table in _COMPILED[1:]:
            if table.mark.search(latin) and not table.never.search(latin):
                return table.habit
    return ""


def bears_mark(word: str) -> bool:
    """Say whether a cleaned Latin word can show a habit: of other words `habit_of` says nothing."""
    return _MARKED.search(word) is not None


def readings(word: str, habit: str = "") -> tuple[Reading, ...]:
    """Return every plausible reading of a word.

    Args:
        word: One cleaned word of a name (`letters.words`), in any script.
        habit: The habit of spelling that the name's other words show (`habit_of`).

    Returns:
        At most `READINGS_MAX` readings with distinct keys, the most plausible first; none
        for a word without letters. Words of a script without a table read as themselves.

    Source:
        The tables named at the top of the file.
    """
    if habit and not _TELLING[habit].search(word):
        habit = ""  # this habit writes the word as the plain one does
    return _readings(word, habit)


@lru_cache(maxsize=1 << 18)  # words repeat; a million names have some 200,000 words
def _readings(word: str, habit: str) -> tuple[Reading, ...]:
    script = script_of(word)
    if script == "latin":
        found = _latin(word, habit)
    elif script in _SOUNDS:
        rule, sounds = _SOUNDS[script]
        found = _keys(_PAIR.sub(lambda pair: PAIRS[pair.group()], word).translate(sounds), rule, 0)
    elif script in _CONSONANTS:
        rule = _CONSONANTS[script][0]
        found = [Reading("#" + key, rule) for key in consonants(word)]
    else:
        found = [Reading(word, "the same letters")] if word else []
    if len(found) > 1 or (found and not found[0].key):
        found = _distinct(found)
    if found and script in ("latin", *_SOUNDS):
        found.append(Reading(loose(found[0].key), "і, и, е, о alternate", 2))
    return tuple(found)


def _distinct(found: list[Reading]) -> list[Reading]:
    unique: dict[str, Reading] = {}
    for reading in sorted(found, key=lambda reading: reading.level):  # a stable sort
        unique.setdefault(reading.key, reading)
    unique.pop("", None)
    return list(unique.values())[: READINGS_MAX - 1]


@lru_cache(maxsize=1 << 12)  # asked for a few times for one word, then no more
def loose(key: str) -> str:
    """Return the key in which vowels that alternate are one: Семенів, Семенов."""
    return "~" + _DOUBLED.sub(r"\1", key.translate(_ALTERNATING))


@lru_cache(maxsize=1 << 16)
def consonants(word: str) -> tuple[str, ...]:
    """Return the consonants of a word as Arabic letters keep them.

    Args:
        word: One cleaned word, in any script.

    Returns:
        One to four keys, the most plausible first: b p, f v, k g q and ж dj, each group one
        letter; no vowels. Empty for a word without letters of a known script.
    """
    script = script_of(word)
    if script not in _CONSONANTS:
        keys = [reading.key for reading in readings(word) if reading.level < 2]
        found = [_DOUBLED.sub(r"\1", key.replace("dZ", "Z").translate(_AS_ARABIC)) for key in keys]
        return tuple(dict.fromkeys(filter(None, found)))[:4]
    letters = _CONSONANTS[script][1]
    forms = [word[2:], word] if word.startswith(_ARTICLE) and len(word) > 4 else [word]
    found = []
    for form in forms:
        spelt = "".join(letters.get(ord(letter), "") for letter in form)
        for w in ("", "f"):
            key = spelt[:1].replace("w", "f") + spelt[1:].replace("w", w)
            found.append(_DOUBLED.sub(r"\1", key))
    return tuple(dict.fromkeys(filter(None, found)))[:4]


def skeleton(text: str) -> str:
    """Return the coarse spelling in which all spellings of one name meet, for searching.

    Args:
        text: A name or a part of one, as written.

    Returns:
        The plainest key of each word with г, ґ, х, h and kh as one letter; words are
        separated by one space.
    """
    return " ".join(
        found[0].key.replace("x", "g").replace("j", "")
        for found in map(readings, words(text))
        if found
    )


def _latin(word: str, habit: str) -> list[Reading]:
    plain = _COMPILED[0]
    if not (habit or _ODD.search(word)):
        return _keys(plain.sounds(word), plain.name, 0)
    hard = _SOFT_J.sub("", word) if "j" in word else word
    found: list[Reading] = []
    for table in _COMPILED:
        marked = table.habit == habit or table.mark.search(word)
        possible = marked or table is plain or table.own.search(word)
        if possible and (table.habit == habit or not table.never.search(word)):
            found += _keys(table.sounds(hard), table.name, 0 if marked else 1)
    if not found:
        return _keys(plain.sounds(hard), "Latin letters", 0)
    if all(reading.level for reading in found):
        found[0] = Reading(found[0].key, found[0].rule, 0)
    return found


def _keys(sounds: str, rule: str, level: int) -> list[Reading]:
    if "'" not in sounds and "i" not in sounds:
        return [Reading(_fold(sounds), rule, level)]
    soft = _SOFT_O.sub("e", sounds)
    found = [Reading(_fold(soft), rule, level)]
    if soft != sounds:
        found.append(Reading(_fold(_SOFT_O.sub("o", sounds)), f"{rule}, ь dropped", 1))
    return found


def _fold(sounds: str) -> str:
    key = sounds
    if "i" in key or "'" in key:
        key = _GLIDE.sub("j", _SOFT_E.sub("e", key)).replace("'", "")
    if "t" in key:
        key = key.replace("ts", "c").replace("tc", "c").replace("tQ", "Q")
    key = key.replace("cj", "c")  # ця in Ukrainian is ца in Russian
    return _DOUBLED.sub(r"\1", key)
