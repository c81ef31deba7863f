"""A text in Latin letters, by the official table of one authority.

Rules of this file:
- Tables are data (tables/romanisation, a file for each language); nothing here knows a language.
- A table is read letter by letter from the left. At each letter the first of its `rules` that
  fits is taken, else its `letters`, the longest first; what neither has stays as written.
- A rule has `of`, the letters it spells; `is`, their spelling; `after` and `before`, what must
  stand beside them: names of `sets`, `start` and `end` of the word, or the letters themselves;
  `when`, what must hold of the word: `followed` by another, `indefinite` (without the article).
- A table may be `like` another: its own rules come first, its own letters replace.
- `prepare` rewrites a word before it is read: patterns and replacements, in order; a third
  text says what a word must have for the pattern to be tried.
- In a spelling `<` stands for that of the letter before, `=` for that of the letter after, and
  `~` for a word that takes no capital (the Arabic article).
- Capitals are those of the text. Where the script has none, `capitals` says which words get
  one: `none`, `words` (the article only at the beginning), `nouns` (the article never).
- Text of other letters, digits and marks stay as they are, and the result is composed (NFC).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from importlib import resources
from types import MappingProxyType
from typing import Any

from homeward.foundation.errors import InputError

LANGUAGES = ("ukr", "rus", "bel", "kat", "hye", "ara")
"""ISO 639-3; each has a file of tables."""

_LETTER = (
    "[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0370-\u052f\u0531-\u0588\u0620-\u064a"
    "\u066e-\u066f\u0671-\u06d3\u10a0-\u10ff\u1c90-\u1cbf\u1e00-\u1eff\u2d00-\u2d2d]"
)  # ranges are five times as fast as a class of Unicode
_MARK = "[\u0300-\u036f\u064b-\u0652\u0670]"
_APOSTROPHE = "['\u2019`\u00b4\u02b9\u02bc\u2018]"
_WORD = re.compile(f"{_LETTER}+(?:{_MARK}+{_LETTER}*|{_APOSTROPHE}{_LETTER}+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One edition of one authority's table for one language.

    `language` is an ISO 639-3 code; `citation` says where the table is published.
    """

    id: str
    name: str
    authority: str
    edition: str
    language: str
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    of: str
    spelling: str
    after: frozenset[str] | None
    before: frozenset[str] | None
    followed: bool
    indefinite: bool


@dataclass(frozen=True, slots=True)
class _Step:
    pattern: re.Pattern[str]
    replacement: str
    needs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    script: re.Pattern[str]
    prepare: tuple[_Step, ...]
    rules: Mapping[str, tuple[_Rule, ...]]  # by the first letter
    letters: Mapping[str, str]
    capitals: str
    article: str
    phrase: bool
    punctuation: Mapping[int, str]


def systems() -> Mapping[str, System]:
    """Return every table there is.

    Returns:
        The systems by id, such as `ukr-kmu-2010`, language by language.

    Source:
        `citation` of each.
    """
    return _systems()


def romanise(text: str, system: str) -> str:
    """Spell a text in Latin letters by one table.

    Args:
        text: A name, or any text; Arabic with its vowel signs.
        system: The id of a table (`systems`).

    Returns:
        The text with every word of the table's script spelt, composed (NFC).

    Raises:
        InputError: `romanise.system`: there is no such table.

    Source:
        `systems()[system].citation`.
    """
    table = _table(system)
    clean = unicodedata.normalize("NFC", text)
    if not table.script.search(clean):
        return clean
    if table.phrase:
        return _phrase(clean, system, table)
    return _WORD.sub(lambda found: _word(found[0], system), clean)


def _phrase(text: str, system: str, table: _Table) -> str:
    found = list(_WORD.finditer(text))
    parts = []
    end = 0
    for at, match in enumerate(found):
        gap = text[end : match.start()].translate(table.punctuation)
        end = match.end()
        after = found[at + 1].start() if at + 1 < len(found) else end
        followed = after > end and text[end:after].isspace()
        parts += [gap, _word(match[0], system, at == 0, followed)]
    parts.append(text[end:].translate(table.punctuation))
    return unicodedata.normalize("NFC", "".join(parts))


@lru_cache(maxsize=1 << 17)  # words repeat
def _word(word: str, system: str, first: bool = False, followed: bool = False) -> str:
    table = _table(system)
    if not table.script.search(word):
        return word
    for step in table.prepare:
        if step.needs in word:
            word = step.pattern.sub(step.replacement, word)
    if table.capitals == "source":
        return unicodedata.normalize("NFC", _as_written(word, table))
    groups = _spelt(word, table, followed=followed)
    spelt = "".join([spelling for _, spelling in groups])
    return unicodedata.normalize("NFC", _capitalised(spelt, table.capitals, first=first))


def _spelt(word: str, table: _Table, *, followed: bool = False) -> list[tuple[int, str]]:
    """Return the spelling of each group of letters, with where the group ends."""
    groups: list[tuple[int, str]] = []
    letters, rules = table.letters, table.rules
    end = 0
    while end < len(word):
        letter = word[end]
        rule = _fitting(rules[letter], word, end, table, followed) if letter in rules else None
        if rule is None:
            end += 1
            spelling = letters.get(letter, letter)
        else:
            end += len(rule.of)
            spelling = rule.spelling
        if table.phrase and ("<" in spelling or "=" in spelling):
            before = groups[-1][1] if groups else ""
            spelling = spelling.replace("<", before)
            spelling = spelling.replace("=", letters.get(word[end : end + 1], ""))
        groups.append((end, spelling))
    return groups


def _fitting(
    rules: tuple[_Rule, ...], word: str, at: int, table: _Table, followed: bool
) -> _Rule | None:
    for rule in rules:
        end = at + len(rule.of)
        if (
            (rule.after is None or (word[at - 1] if at else "start") in rule.after)
            and (rule.before is None or (word[end : end + 1] or "end") in rule.before)
            and word.startswith(rule.of, at)
            and (followed or not rule.followed)
            and not (rule.indefinite and word.startswith(table.article))
        ):
            return rule
    return None


def _as_written(word: str, table: _Table) -> str:
    """Spell a word and give it the capitals it is written with."""
    small = word.lower()
    if len(small) != len(word):
        small = "".join(letter.lower()[:1] for letter in word)
    groups = _spelt(small, table)
    if small == word:
        return "".join([spelling for _, spelling in groups])
    if len(word) > 1 and word.isupper():
        return "".join([spelling for _, spelling in groups]).upper()
    parts = []
    start = 0
    for end, spelling in groups:
        written = word[start:end]
        if written == small[start:end]:
            parts.append(spelling)
        else:
            parts.append(table.letters.get(written) or _capital(spelling))
        start = end
    return "".join(parts)


def _capital(spelling: str) -> str:
    """Make the first letter a capital; marks may stand before it."""
    for at, char in enumerate(spelling):
        if char.isalpha() and char.upper() != char:
            return spelling[:at] + char.upper() + spelling[at + 1 :]
    return spelling


def _capitalised(spelt: str, capitals: str, *, first: bool) -> str:
    parts = re.split("([ -])", spelt)
    for at, part in enumerate(parts):
        small = part.startswith("~")
        kept = capitals == "none" or (small and not (capitals == "words" and first and at == 0))
        parts[at] = part.removeprefix("~") if kept else _capital(part.removeprefix("~"))
    return "".join(parts)


@lru_cache(maxsize=1)
def _systems() -> Mapping[str, System]:
    rows = (row for language in LANGUAGES for row in _rows(language).values())
    fields = System.__dataclass_fields__
    found = [System(**{name: row[name] for name in fields}) for row in rows]
    return MappingProxyType({system.id: system for system in found})


@lru_cache(maxsize=len(LANGUAGES))
def _rows(language: str) -> Mapping[str, Mapping[str, Any]]:
    """Read the tables of a language; each with what stands at the top of the file."""
    folder = resources.files("homeward.matching").joinpath("tables", "romanisation")
    file = tomllib.loads(folder.joinpath(f"{language}.toml").read_text("utf-8"))
    rows = file.pop("system")
    common = file.pop("prepare", [])
    return {
        row["id"]: {**file, **row, "common": common, "own": row.get("prepare", [])} for row in rows
    }


@cache
def _table(system: str) -> _Table:
    language = system[:3]
    row = _rows(language).get(system) if language in LANGUAGES else None
    if row is None:
        raise InputError(
            "romanise.system",
            f"There is no romanisation {system!r}.",
            hint="`systems()` lists what there is.",
        )
    line = _line_of(row)
    letters: dict[str, str] = {}
    prepare: list[list[str]] = list(row["common"])
    for each in reversed(line):
        letters.update(_pairs(each.get("letters", "")))
        prepare += each.get("own", [])
    found = [_rule(raw, row.get("sets", {})) for each in line for raw in each.get("rules", [])]
    groups = sorted((group for group in letters if len(group) > 1), key=len, reverse=True)
    found += [_rule({"of": group, "is": letters.pop(group)}, {}) for group in groups]
    rules: dict[str, tuple[_Rule, ...]] = {}
    for rule in found:
        rules[rule.of[0]] = (*rules.get(rule.of[0], ()), rule)
    return _Table(
        script=re.compile(row["script"]),
        prepare=tuple(map(_step, prepare)),
        rules=rules,
        letters=letters,
        capitals=next((each["capitals"] for each in line if "capitals" in each), "source"),
        article=row.get("article", ""),
        phrase=row.get("phrase", False),
        punctuation={ord(mark): to for mark, to in _pairs(row.get("punctuation", "")).items()},
    )


def _step(raw: Sequence[str]) -> _Step:
    pattern, replacement, *needs = raw
    plain = "" if pattern != re.escape(pattern) else pattern
    return _Step(re.compile(pattern), replacement, needs[0] if needs else plain)


def _pairs(text: str) -> dict[str, str]:
    """Read `letter=spelling letter=spelling …`."""
    pairs = (pair.partition("=") for pair in text.split())
    return {letter: spelling for letter, _, spelling in pairs}


def _line_of(row: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return a table and those that it is like, the nearest first."""
    line = [row]
    while "like" in line[-1]:
        line.append(_rows(row["language"])[line[-1]["like"]])
    return line


def _rule(raw: Mapping[str, str], sets: Mapping[str, str]) -> _Rule:
    when = raw.get("when", "").split()
    beside = partial(_beside, raw, sets)
    return _Rule(
        of=raw["of"],
        spelling=raw["is"],
        after=beside("after"),
        before=beside("before"),
        followed="followed" in when,
        indefinite="indefinite" in when,
    )


def _beside(raw: Mapping[str, str], sets: Mapping[str, str], side: str) -> frozenset[str] | None:
    if side not in raw:
        return None
    found: set[str] = set()
    for name in raw[side].split():
        found |= {name} if name in ("start", "end") else set(sets.get(name, name))
    return frozenset(found)
