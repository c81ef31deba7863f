"""Why a line of a list got its class, in the reader's language.

Rules of this file:
- Every sentence of a triage comes from a literal table of its room; each has its words here,
  and a test fails if one is missing.
- Names, dates and numbers stand as they are; in English the engine's sentences do, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from homeward.matching import reasons, triage
from homeward.matching.triage_sheets import Words
from homeward.node.web import columns, reason_words
from homeward.node.web.triage_words import CLASSES, COLUMNS, FLAGS, to_do
from homeward.records.fix import UNREAD

OWN: Mapping[str, Any] = {
    "no_family_name": _("There is no family name."),
    "no_given_name": _("There is no given name."),
    "no_birth_date": _("There is no date of birth."),
    "initial_family_name": _("There is only an initial of the family name."),
    "initial_given_name": _("There is only an initial of the given name."),
    "nobody_wanted": _("Nobody on our list of the missing fits. People on it: {count}."),
    "nobody_held": _("Nobody on the list of those we hold fits. People on it: {count}."),
    "own_record": _("Our own record says: {flags}."),
}
"""Sentence of a triage → the same in the reader's language."""

_UNREADABLE = _("What stands in this column cannot be read, and was left out: {column}.")
_ROW = _("the whole row")
_ALIKE: Final[tuple[tuple[str, Any], ...]] = (
    ("{a} on both lists.", _("The same name: {a}.")),
    ("{a} = {b} ({why}).", _("{a} = {b}: one name in two spellings.")),
)
_WEIGHED = re.compile(r"(.*?)( [+-]\d+\.\d)?", re.DOTALL)
_PLACE = re.compile(r"\{(\w+)\}")


def in_words(reason: str) -> str:
    """Say a reason of a line in the reader's language.

    Args:
        reason: As `Line.reasons` has it.

    Returns:
        The same, with its weight; as it is, if it is no sentence of a triage.
    """
    found = _WEIGHED.fullmatch(reason)
    sentence, weight = (found[1], found[2] or "") if found else (reason, "")
    # A weight stands in the place of the full stop.
    sentence = sentence.replace(" in both rows", " on both lists") + "." * bool(weight)
    engine_speaks = get_language() == "en"
    for pattern, words, is_engine in _patterns():
        if meant := pattern.fullmatch(sentence):
            if is_engine and engine_speaks:
                return reason
            facts = {name: _fact(name, text) for name, text in meant.groupdict().items()}
            return str(words).format(**facts) + weight
    return reason


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], Any, bool], ...]:
    ours, engines = list(_own_sentences()), list(_sentences_of_the_engine())
    return tuple(
        (_pattern(english), words, said is engines)
        for said in (ours, engines)
        for english, words in said
    )


def _own_sentences() -> Iterator[tuple[str, Any]]:
    for name, words in OWN.items():
        yield triage.SENTENCES[name], words
    yield UNREAD, _UNREADABLE


def _sentences_of_the_engine() -> Iterator[tuple[str, Any]]:
    """Yield sentences in English with their words; the first that fits is meant."""
    for part_and_level, words in reason_words.SENTENCES.items():
        yield reasons.SENTENCES[part_and_level], words
    yield from _ALIKE


def _pattern(english: str) -> re.Pattern[str]:
    parts = _PLACE.split(english)
    texts, names = parts[::2], [*parts[1::2], ""]
    return re.compile(
        "".join(
            re.escape(text) + (f"(?P<{name}>.+)" if name else "")
            for text, name in zip(texts, names, strict=True)
        ),
        re.DOTALL,
    )


def _fact(name: str, text: str) -> str:
    if name == "flags":
        known = {flag.replace("_", " "): words[0] for flag, words in FLAGS.items()}
        return ", ".join(str(known.get(each, each)) for each in text.split(", "))
    if name == "column":
        return str(columns.NAMES.get(text, _ROW if text == "the row" else text))
    return text


def in_sheets(*, is_sought: bool) -> Words:
    """Return the words of a workbook."""
    meaning = {each: str(words.meaning) for each, words in CLASSES.items()}
    return Words(
        of_class={each: str(words.name) for each, words in CLASSES.items()},
        of_flag={each: str(name) for each, (name, _said) in FLAGS.items()},
        meaning=meaning | {each: str(said) for each, (_name, said) in FLAGS.items()},
        to_do={each: to_do(each, is_sought=is_sought) for each in triage.CLASSES},
        of_column={each: str(words) for each, words in COLUMNS.items()},
        of_reason=in_words,
    )
