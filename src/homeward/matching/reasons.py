"""Why two records are said to be one person: a sentence for each part.

Rules of this file:
- A sentence repeats the two cells as written, and names the rule that joins them.
- It is made for pairs that are shown, from what the engine found; nothing is weighed here.
- `a` is the wanted record's cell, `b` the held one's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from homeward.matching.classes import (
    FANOUT_MAX,
    Link,
    canonical,
    father_classes,
    given_classes,
    languages,
)
from homeward.matching.columns import NAMES
from homeward.matching.letters import script_of, words
from homeward.matching.readings import readings

SENTENCES: Final[Mapping[tuple[str, str], str]] = {
    ("family_name", "one_letter"): "{a} and {b} differ by one letter.",
    ("family_name", "transposed"): "{a} and {b} have the same letters in another order.",
    ("family_name", "two_letters"): "{a} and {b} differ by two letters.",
    ("family_name", "two_letters_of_few"): "{a} and {b} differ by two letters.",
    ("family_name", "swapped"): "Family name and given name have changed places.",
    ("family_name", "woman"): "{a} is another name than {b}; a woman's may change.",
    ("family_name", "other"): "{a} is another name than {b}.",
    ("given_name", "swapped"): "{a} and {b}: the given name stands as family name.",
    ("given_name", "initial"): "{a} and {b}: the initial fits.",
    ("given_name", "one_letter"): "{a} and {b} differ by one letter.",
    ("given_name", "transposed"): "{a} and {b} have the same letters in another order.",
    (
        "given_name",
        "brother",
    ): "{a} and {b}, with one family name and one father: perhaps brothers.",
    ("given_name", "two_letters"): "{a} and {b} differ by two letters.",
    ("given_name", "other_known"): "{a} is another name than {b}.",
    ("given_name", "other"): "{a} is another name than {b}.",
    ("father_name", "initial"): "{a} and {b}: the initial fits.",
    ("father_name", "one_letter"): "{a} and {b} differ by one letter.",
    ("father_name", "transposed"): "{a} and {b} have the same letters in another order.",
    ("father_name", "two_letters"): "{a} and {b} differ by two letters.",
    ("father_name", "other_known"): "{a} is another name than {b}.",
    ("father_name", "other"): "{a} is another name than {b}.",
    ("birth_date", "same_day"): "Born on {a} on both lists.",
    ("birth_date", "swapped"): "Born on {a} and on {b}: day and month are swapped.",
    ("birth_date", "one_digit"): "Born on {a} and on {b}: one digit differs.",
    ("birth_date", "next"): "Born on {a} and on {b}: a day or a year apart.",
    ("birth_date", "days_apart"): "Born on {a} and on {b}: some days apart.",
    ("birth_date", "both_possible"): "Born {a} and {b}: both can be true.",
    ("birth_date", "both_possible_roughly"): "Born {a} and {b}: both can be true, roughly.",
    ("birth_date", "near_years"): "Born {a} and {b}: about one year, not the same day.",
    ("birth_date", "other"): "Born {a} and {b}: not the same.",
    ("service_number", "same"): "Service number {a} on both lists.",
    ("service_number", "other"): "Service numbers {a} and {b} differ.",
    ("unit", "same"): "Unit {a} on both lists.",
    ("unit", "other"): "Units {a} and {b} differ.",
    ("captured_on", "at_once"): "Missing since {a}, captured on {b}.",
    ("captured_on", "days_apart"): "Missing since {a}, captured on {b}: some days apart.",
    ("captured_on", "later"): "Missing since {a}, captured only on {b}.",
    ("captured_on", "before"): "Captured on {b}, before the person was missed ({a}).",
    ("birth_place", "same"): "Born in {a} and {b}: the same place.",
    ("birth_place", "other"): "Born in {a} and {b}.",
    ("sex", "other"): "{a} on one list, {b} on the other.",
}
"""What a level says; names that are one have their own sentences, see `sentence_of`."""

CELL_OF: Final[Mapping[str, str]] = {"captured_on": "lost_on"}
"""The column of `columns` that a part shows, where its name is another."""

_ONE_NAME = frozenset({"same", "near"})
_LANGUAGES = {"uk": "Ukrainian", "ru": "Russian", "be": "Belarusian"}
_LEVELS = {
    "same": "same name",
    "variant": "one name for some who bear it",
    "diminutive": "a short form",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What one part of the two records says; `bits` above zero speak for one person."""

    part: str
    sentence: str
    bits: float


def speaks(part: str, level: str) -> bool:
    """Say whether a level is worth a sentence."""
    return (part in NAMES and level in _ONE_NAME) or (part, level) in SENTENCES


@lru_cache(maxsize=1 << 17)  # the same two cells meet in many pairs
def sentence_of(part: str, level: str, a: str, b: str) -> str:
    """Return the sentence for one part of two records.

    Args:
        part: Of `model.PARTS`.
        level: Of the part; one that `speaks`.
        a: The wanted record's cell as written.
        b: The held record's cell.
    """
    if part in NAMES and level in _ONE_NAME:
        return _one_name(part, level, a, b)
    return SENTENCES[part, level].format(a=a, b=b)


def _one_name(part: str, level: str, a: str, b: str) -> str:
    if a.casefold() == b.casefold():
        return f"{a} on both lists."
    mine, theirs = words(a), words(b)
    one = mine[0] if len(mine) == 1 else "".join(mine)
    other = theirs[0] if len(theirs) == 1 else "".join(theirs)
    why = ""
    if part != "family_name":
        why = _by_class(part, one, other)
    if not why and len(mine) != len(theirs):
        why = "one of several names"
    return f"{a} = {b} ({why or _by_spelling(level, one, other)})."


def _by_class(part: str, one: str, other: str) -> str:
    links_of = given_classes if part == "given_name" else father_classes
    mine = {link.class_id: link for link in links_of(one)}
    theirs = {link.class_id: link for link in links_of(other)}
    common = sorted(mine.keys() & theirs.keys(), key=lambda at: (_rank(mine[at], theirs[at]), at))
    if not common:
        return ""
    at = common[0]
    level = max(mine[at].level, theirs[at].level, key=_ORDER.index)
    if part == "father_name":
        return f"{_LEVELS[level]}: the father is {canonical(at)}"
    if level != "same":
        return f"{_LEVELS[level]}: {canonical(at)}"
    spoken, heard = languages(at, one), languages(at, other)
    if spoken and heard and spoken[0] != heard[0] and not set(spoken) & set(heard):
        return f"same name in {_LANGUAGES[spoken[0]]} and {_LANGUAGES[heard[0]]}"
    rules = _rules(one, other)
    return f"same name: {canonical(at)}, {rules}" if rules else f"same name: {canonical(at)}"


_ORDER = ("same", "variant", "diminutive")
assert FANOUT_MAX < 100, "ranks by level and class do not mix"


def _rank(mine: Link, theirs: Link) -> int:
    return max(_ORDER.index(mine.level), _ORDER.index(theirs.level))


def _by_spelling(level: str, one: str, other: str) -> str:
    if level == "near":
        return "same name but for і, и, е, о, or one of its spellings"  # noqa: RUF001
    return _rules(one, other) or "same name in another spelling"


def _rules(one: str, other: str) -> str:
    """Return by which tables two words are one spelling; empty if none need be named."""
    mine = {reading.key: reading.rule for reading in readings(one)}
    theirs = {reading.key: reading.rule for reading in readings(other)}
    common = [key for key in mine if key in theirs] or list(mine)[:1]
    rules = []
    for word, rule_of in ((one, mine), (other, theirs)):
        if script_of(word) != "cyrillic":
            rules += [rule_of[key] for key in common if key in rule_of][:1] or list(
                rule_of.values()
            )[:1]
    return " and ".join(dict.fromkeys(rules))
