"""One key for one name, however it was spelled.

Rules of this file:
- Ukrainian, Russian and Latin spellings of one name (KMU 2010, BGN/PCGN, ICAO 9303) meet
  in one skeleton of ASCII letters. It is coarse on purpose: і, и, ы, й and y are one
  letter; г, ґ, х, h and kh are one; soft and hard signs, stress marks and doubled letters
  are dropped. What it merges wrongly, the other parts of a record keep apart.
- Letters that only look right (a Latin `i` in a Cyrillic word) are read as the word's
  other letters.
- Different forms of one given name (Микола, Николай) meet through a table, never through
  likeness; a father's name meets through the name it is formed from.

Source: Cabinet of Ministers of Ukraine, resolution 55 of 27 January 2010 (KMU 2010);
ICAO Doc 9303-3, section 6 (Cyrillic); BGN/PCGN romanisations of Russian (1947) and
Ukrainian (2019).
"""

# ruff: noqa: RUF002, RUF003 -- letters that look alike are the subject of this file

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenName:
    """One given name in both languages.

    `father_uk` and `father_ru` are the masculine father's names; empty for women's names.
    """

    uk: str
    ru: str
    sex: str
    father_uk: str = ""
    father_ru: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NameKey:
    """What is compared instead of a name as written.

    `skeleton` is the coarse spelling. `given` is the Ukrainian form of the given name that
    the text is a form of, `father` that of the name a father's name is formed from; where
    the table does not know the name, both fall back to letters of the skeleton.
    """

    skeleton: str
    given: str
    father: str


# Look-alikes of the two alphabets, lower case.
_LATIN_LOOKS, _CYRILLIC_LOOKS = "aceiopxykmthb", "асеіорхукмтнв"
_TO_CYRILLIC = str.maketrans(_LATIN_LOOKS, _CYRILLIC_LOOKS)
_TO_LATIN = str.maketrans(_CYRILLIC_LOOKS, _LATIN_LOOKS)

_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u02b9\u02bb`\u00b4\u2032]")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[a-z]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")

# One letter of the skeleton for each sound that both alphabets write: capitals stand for
# sounds that Latin writes with several letters (J zh, C ts, Q ch, W sh).
_CYRILLIC_LETTERS = str.maketrans(
    {
        **dict(zip("абвгґдезиіклмнопрстуфхыэє", "abvggdeziiklmnoprstufgiee", strict=True)),
        **dict(zip("жцчшщюя", ("J", "C", "Q", "W", "WQ", "iu", "ia"), strict=True)),
        **dict.fromkeys("ьъ", ""),
    }
)
_HACEKS = str.maketrans({"š": "W", "č": "Q", "ž": "J"})
# Longest first: each is read before its own parts.
_LATIN_GROUPS = (
    ("shch", "WQ"),
    ("zgh", "zg"),
    ("zh", "J"),
    ("kh", "g"),
    ("gh", "g"),
    ("ch", "Q"),
    ("sh", "W"),
    ("ph", "f"),
    ("th", "t"),
    ("ck", "k"),
    ("x", "ks"),
)
_LATIN_LETTERS = str.maketrans("hyjwcq", "giivkk")

_YO = re.compile("i+o")  # йо, ьо, yo, io: what Russian writes ё or е
_GLIDE = re.compile("i+(?=[aeou])")  # ia, ya, я; ie, ye, є
_DOUBLED = re.compile(r"(.)\1+")
# Endings of fathers' names, in skeleton letters; the longest that fits is taken off.
_FATHER_ENDING = re.compile("(?:[oe]viQ|iQ|iniQna|[ioe]vna|iQna)$")


@lru_cache(maxsize=1)
def given_names() -> tuple[GivenName, ...]:
    """Return the table of given names, men's names first, the commonest first."""
    text = resources.files("homeward.matching").joinpath("given_names.toml").read_text("utf-8")
    table: dict[str, list[dict[str, Any]]] = tomllib.loads(text)
    return tuple(
        GivenName(sex=sex, **{**row, "also": tuple(row["also"])})
        for sex, rows in (("M", table["male"]), ("F", table["female"]))
        for row in rows
    )


def name_key(text: str) -> NameKey:
    """Return the key of one part of a name.

    Args:
        text: A family name, a given name or a father's name in Cyrillic or Latin letters;
            other scripts pass unchanged, and so meet only themselves.

    Returns:
        The key; all three fields are empty if the text holds no letter.
    """
    letters = skeleton(text)
    stem = _FATHER_ENDING.sub("", letters)
    given_by_skeleton, given_by_stem = _classes()
    return NameKey(
        skeleton=letters,
        given=given_by_skeleton.get(letters, letters),
        # Without an ending it may be the father's own name, as some bureaus write it.
        father=given_by_stem.get(stem) or given_by_skeleton.get(letters, stem),
    )


def skeleton(text: str) -> str:
    """Return the coarse spelling in which all spellings of one name meet.

    Args:
        text: A name or a part of one.

    Returns:
        Lower-case ASCII letters with J, C, Q, W for zh, ts, ch, sh; words are separated by
        one space. Letters of other scripts stay.
    """
    clean = _APOSTROPHES.sub("", unicodedata.normalize("NFC", text).casefold())
    return " ".join(_word_skeleton(_repair(word)) for word in _WORD.findall(_unstress(clean)))


def _unstress(text: str) -> str:
    # The háček carries a sound; every other mark (stress, й's breve, ё's dots) may go.
    plain = unicodedata.normalize("NFD", text.replace("ьо", "ё").translate(_HACEKS))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _repair(word: str) -> str:
    latin, cyrillic = len(_LATIN.findall(word)), len(_CYRILLIC.findall(word))
    if not latin or not cyrillic:
        return word
    return word.translate(_TO_CYRILLIC if cyrillic >= latin else _TO_LATIN)


def _word_skeleton(word: str) -> str:
    if _CYRILLIC.search(word):
        letters = word.translate(_CYRILLIC_LETTERS)
    else:
        letters = word
        for group, sound in _LATIN_GROUPS:
            letters = letters.replace(group, sound)
        letters = letters.translate(_LATIN_LETTERS)
    letters = letters.replace("ts", "C").replace("tQ", "Q")
    return _DOUBLED.sub(r"\1", _GLIDE.sub("", _YO.sub("e", letters)))


@lru_cache(maxsize=1)
def _classes() -> tuple[dict[str, str], dict[str, str]]:
    """Map skeletons of given names, and stems of fathers' names, to the Ukrainian form."""
    given: dict[str, str] = {}
    stems: dict[str, str] = {}
    for name in given_names():
        for form in (name.uk, name.ru, *name.also):
            given[skeleton(form)] = name.uk
        for form in (name.father_uk, name.father_ru):
            if form:
                stems[_FATHER_ENDING.sub("", skeleton(form))] = name.uk
    return given, stems
