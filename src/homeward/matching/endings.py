"""What the endings of a key tell: a family's name in both sexes, a father's name.

Rules of this file:
- It works on keys of `readings`, so one rule serves every script and table.
- A family name has one stem in all languages and both sexes: -ський -ский -skyi -ska; -ов -ова
  -ів -ew -off; -ин -ина; -ий -ой -ая. The feminine -а alone is taken off only after -ов -ев -ін.
- A father's name is the father's given name with -ович -евич -ич, -івна -овна -ична, or the
  word before огли, кизи, oğlu, qızı (`parse`).
"""

# ruff: noqa: RUF002 -- letters that look alike are the subject of this file

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

Sex = Literal["male", "female", ""]


class Stem(NamedTuple):
    """A name without its ending, and the sex of whoever bears it."""

    stem: str
    sex: Sex


_FAMILY: tuple[tuple[re.Pattern[str], str], ...] = (
    # -ський -ська, -цький -цька; -ов -ів -ев -off; -ин -ина; -ий -ой -ая
    (re.compile("(?<=[sckzx]k)(?:(?P<male>i|oi|ei|e)|(?P<female>a|aja))$"), "i"),
    (re.compile("(?<=..)(?:(?P<male>[oei]v|[oe]f)|(?P<female>[oei]va))$"), "ov"),
    (re.compile("(?<=..)(?:(?P<male>in)|(?P<female>ina))$"), "in"),
    (re.compile("(?<=..)(?:(?P<male>i|oi|ei|oe)|(?P<female>aja))$"), "i"),
)
_FATHER_SURE = re.compile("(?P<male>[oei]viQ)$|(?P<female>[oei]vna|iniQna)$")
_FATHER_SHORT = re.compile("(?P<male>iQ)$|(?P<female>iQna)$")
_AFTER_STEM = re.compile("[ieoaj]+$")


@lru_cache(maxsize=1 << 18)
def family_stem(key: str) -> Stem:
    """Return the stem that a family name has in every language and both sexes.

    Args:
        key: Of a reading.

    Returns:
        The key with its ending in one form, and the sex that the ending tells; the key
        itself, and no sex, if it has none of these endings.
    """
    for ending, stem in _FAMILY:
        found = ending.search(key)
        if found:
            return Stem(key[: found.start()] + stem, "male" if found["male"] else "female")
    return Stem(key, "")


@lru_cache(maxsize=1 << 18)
def father_name(key: str) -> Stem | None:
    """Return the stem of a father's name if the key surely ends as one.

    Args:
        key: Of a reading.

    Returns:
        The father's given name without its last vowels, and the bearer's sex; None for a
        key without an ending of a father's name. -ич alone is none: see `short_father_name`.
    """
    return _stem(key, _FATHER_SURE)


@lru_cache(maxsize=1 << 18)
def short_father_name(key: str) -> Stem | None:
    """Return the same for -ич and -ична (Ильич, Кузьмич), which family names have too."""
    return _stem(key, _FATHER_SHORT)


def _stem(key: str, ending: re.Pattern[str]) -> Stem | None:
    found = ending.search(key)
    if found is None or found.start() < 2:
        return None
    sex: Sex = "male" if found["male"] else "female"
    return Stem(_AFTER_STEM.sub("", key[: found.start()]) or key[: found.start()], sex)
