"""What is one given name: classes of names across languages, and fathers' names by them.

Rules of this file:
- A class is one given name in all its languages: Микола, Николай, Мікалай, Mykola. A word
  leads to classes, never to one canonical form: Саша is short for a man's name and a woman's.
- Three levels, best first. `same`: the official forms of one name. `variant`: one name by
  origin, but for a living person often another (Юрій, Георгій, Єгор; Andrew). `diminutive`:
  short and tender forms.
- A word is looked up as it is written; if it is nobody's official form so, by its fine keys too
  (`readings`), the certain readings before the doubtful ones; Arabic letters by consonants last.
- A father's name is its ending and what is left: the stem leads to the father's given name, the
  ending to the bearer's sex. Fathers' names are not listed one by one.
- Nothing is closed transitively: two words are forms of one name if they share a class.
- The tables are immutable, made by `tools/names_tables`, and versioned by their bytes.
"""

# ruff: noqa: RUF001, RUF002, RUF003 -- letters that look alike are the subject of this file

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b, sha256
from importlib import resources
from typing import Literal

from homeward.matching.letters import script_of, words
from homeward.matching.readings import consonants, readings

Level = Literal["same", "variant", "diminutive"]
Sex = Literal["male", "female", ""]
Language = Literal["uk", "ru", "be"]

LEVELS: tuple[Level, ...] = ("same", "variant", "diminutive")
"""Best first; an entry of the index holds the position."""

FANOUT_MAX = 6
"""Classes of one word; the commoner names stay (a class's id is its rank)."""

_HABITS = (
    ("scientific", re.compile("[hcjx]")),
    ("German", re.compile("[szw]|ch")),
)
"""Habits of spelling that a word may have without a mark that tells it, and their letters."""

USUAL = 800
"""Classes before this one are names that somebody chose for the table by hand."""

LOOSE = 2
"""The level of readings that are too loose to look a name up by."""

NO_CLASS = 0xFFFF
"""Stands in the index for the stem of a father's name whose own class is not in the table."""

TABLES = ("given.tsv", "given.index", "family.words", "family.groups", "population.toml")


@dataclass(frozen=True, slots=True)
class Link:
    """One name that a word is a form of, at which level, and the rule that led there."""

    class_id: int
    level: Level
    rule: str


@dataclass(frozen=True, slots=True)
class NameClass:
    """One row of the table of given names; forms are cleaned words."""

    name: str
    sex: Sex
    uk: tuple[str, ...]
    ru: tuple[str, ...]
    be: tuple[str, ...]
    other: tuple[str, ...]
    variants: tuple[str, ...]
    diminutives: tuple[str, ...]
    related: tuple[int, ...]
    stems: tuple[str, ...]


# In letters of keys: ending, bearer's sex. The vowel before it tells Артемович from
# Артемійович: a hard and a soft stem; і, и of the Ukrainian feminine, and Belarusian а, tell not.
_FATHER_ENDING = re.compile("(?P<vowel>[oeiaj])v(?P<end>i[Qk]|na)$|(?P<bare>i(?:niQna|Qna|Q))$")
# In letters as written: a key would soften Али-оглы.
_TURKIC_ENDING = re.compile(
    "(?P<male>о[гғ]л[ыиуі]|уулу|[ўу][гғ]ли|o[gğ]l[uiy]|ugli|uulu)$"
    "|(?P<female>[кгқ][ыиі]з[ыиі]|[kgq][iıy]z[iıy])$"
)
_CHILD_OF = {
    **dict.fromkeys(("огли", "оглы", "оглу", "оғлу", "уулу", "улы", "ұлы", "ўғли", "угли"), "male"),
    **dict.fromkeys(("ogli", "ogly", "oglu", "oğlu", "oglou", "uulu", "uly", "ulu"), "male"),
    **dict.fromkeys(("oʻgʻli", "ogʻli", "ugli", "ibn", "bin", "ben", "بن", "ابن"), "male"),
    **dict.fromkeys(("кизи", "кызы", "гызы", "гизи", "қызы", "қизи", "кзы"), "female"),
    **dict.fromkeys(("kizi", "kyzy", "qizi", "qızı", "gizi", "kızı", "gyzy"), "female"),
    **dict.fromkeys(("bint", "بنت", "ابنة"), "female"),
}
"""Words that make a father's name of the given name before (Turkic) or after them (Arabic)."""

_SURE_ENDING = re.compile("(?:[oe]vna|ivna|[oe]vniQ|iniQna)$|(?:(?<=[aeiou])e|ie)viQ$")
"""Endings that family names do not have: a father's name even if its stem is unknown."""

_TRAILING = re.compile("[aeioj]+$")
_CONSONANTS_MIN = 3
"""Fewer consonants, and half the Arabic names share them."""


@lru_cache(maxsize=1)
def table_version() -> str:
    """Return the version of all tables together: 16 hexadecimal digits of their SHA-256."""
    digest = sha256()
    for name in TABLES:
        data = _bytes(name)
        digest.update(f"{name}:{len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1 << 17)  # words repeat
def given_classes(word: str, habit: str = "") -> tuple[Link, ...]:
    """Return the given names that a word is a form of.

    Args:
        word: One word of a name, in any script, case and canonical form.
        habit: The habit of spelling that the name's other words show (`readings.habit_of`).

    Returns:
        At most `FANOUT_MAX` links with distinct classes, best level first; none for a word
        that no table leads from.
    """
    return _given(_cleaned(word), habit)


@lru_cache(maxsize=1 << 17)
def father_classes(word: str, habit: str = "") -> tuple[Link, ...]:
    """Return the given names that a father's name may be formed from.

    Args:
        word: One word of a name, in any script: Миколайович, Nikolaevna, Мамедоглы.
        habit: As of `given_classes`.

    Returns:
        Links as of `given_classes`, of the father's given name, `variant` where the word is
        formed by another rule than the name's own (Василович); none if the ending is no
        father's name's, or its stem is in no table.
    """
    return tuple(link for link in _father(_cleaned(word), habit) if link.class_id != NO_CLASS)


@lru_cache(maxsize=1 << 17)
def sex_of_father_name(word: str) -> Sex:
    """Return the sex of who bears a father's name, by its ending.

    Args:
        word: A father's name, or a word that makes one: огли, kızı, بن.

    Returns:
        `male`, `female`, or an empty text if the word has no ending of a father's name.
    """
    clean = _cleaned(word)
    if clean in _CHILD_OF:
        return "male" if _CHILD_OF[clean] == "male" else "female"
    turkic = _TURKIC_ENDING.search(clean)
    if turkic and _given(clean[: turkic.start()], ""):
        return "male" if turkic["male"] else "female"
    for key in _keys(clean):
        if _FATHER_ENDING.search(key):
            return "female" if key.endswith("na") else "male"
    return ""


def is_given(word: str) -> bool:
    """Say whether a word is a form of a known given name, short forms included."""
    return bool(given_classes(word))


@lru_cache(maxsize=1 << 17)
def is_given_key(key: str) -> bool:
    """Say whether a fine key is a known given name's: sooner than `is_given`, without habits."""
    return bool(_by_key(key, ""))


def is_father_name(word: str) -> bool:
    """Say whether a word is a father's name: its stem is known, or no family name ends so."""
    clean = _cleaned(word)
    return bool(_father(clean, "")) or any(_SURE_ENDING.search(key) for key in _keys(clean)[:1])


@lru_cache(maxsize=1 << 17)
def is_family(word: str) -> bool:
    """Say whether a word is a known family name; wrong for fewer than one other word in 1,000."""
    clean = _cleaned(word)
    known = _family_words()
    for key in _keys(clean):
        wanted = _hash32(key)
        place = bisect_left(known, wanted)
        if place < len(known) and known[place] == wanted:
            return True
    return False


def family_groups(word: str) -> tuple[int, ...]:
    """Return the groups of spellings of one family name that a word belongs to.

    Only names whose spellings no table of letters connects have a group: Айзенхауэр,
    Eisenhower, أيزنهاور.

    Args:
        word: One word of a name, in any script.

    Returns:
        Numbers of groups; two words that share one are spellings of one name.
    """
    hashes, groups = _family_groups()
    wanted = _hash32(group_entry(_cleaned(word)))
    place = bisect_left(hashes, wanted)
    found = []
    while place < len(hashes) and hashes[place] == wanted:
        found.append(groups[place])
        place += 1
    return tuple(found)


def canonical(class_id: int) -> str:
    """Return the name of a class: its Ukrainian form, with a capital.

    Args:
        class_id: As in a link.

    Returns:
        The name.

    Raises:
        IndexError: There is no such class.
    """
    return name_class(class_id).name


def languages(class_id: int, word: str) -> tuple[Language, ...]:
    """Return the languages in which a word is an official form of a class.

    Args:
        class_id: As in a link.
        word: One word of a name.

    Returns:
        Of `uk`, `ru`, `be`, in this order, those in which the name is so written; for a
        Latin word, is so spelt by one of its readings.

    Raises:
        IndexError: There is no such class.
    """
    clean, row = _cleaned(word), name_class(class_id)
    forms: tuple[tuple[Language, tuple[str, ...]], ...] = (
        ("uk", row.uk),
        ("ru", row.ru),
        ("be", row.be),
    )
    exact = tuple(language for language, words_ in forms if clean in words_)
    if exact:
        return exact
    keys = set(_keys(clean))
    return tuple(
        language
        for language, words_ in forms
        if any(not keys.isdisjoint(_keys(form)) for form in words_)
    )


def name_class(class_id: int) -> NameClass:
    """Return one row of the table of given names.

    Args:
        class_id: As in a link.

    Returns:
        The row.

    Raises:
        IndexError: There is no such class.
    """
    if class_id < 0:
        raise IndexError(class_id)
    return _row(class_id)


def stems(key: str) -> tuple[tuple[str, str], ...]:
    """Cut a father's name's ending off its key.

    Args:
        key: A fine key (`readings`).

    Returns:
        Pairs of tag and stem: tag `o` after a hard stem, `e` after a soft one, `i` for -ич;
        empty if the key has no ending of a father's name.
    """
    found = _FATHER_ENDING.search(key)
    if not found or found.start() < 2:  # Ілліч: il
        return ()
    stem = bare_stem(key[: found.start()])
    if found["bare"]:
        return (("i", stem),) if len(stem) > 1 else ()
    tags = {"o": "o", "a": "o", "e": "e"}.get(found["vowel"], "oe")
    return tuple((tag, stem) for tag in tags if len(stem) > 1)


def bare_stem(key: str) -> str:
    """Return what a given name's key and its father's name's stem have in common."""
    return _TRAILING.sub("", key)


def group_entry(word: str) -> str:
    """Return what a cleaned word stands for in the table of family names' groups.

    A Cyrillic word stands by its key, for its spelling varies with the language; any other by
    its letters, for no table of letters reads it.
    """
    return "k" + _keys(word)[0] if script_of(word) == "cyrillic" and _keys(word) else "=" + word


def digest(entry: str) -> int:
    """Return the 64 bits under which an entry stands in the index of given names."""
    return int.from_bytes(blake2b(entry.encode(), digest_size=8).digest(), "little")


def _hash32(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=4).digest(), "little")


def _cleaned(word: str) -> str:
    return "".join(words(word))


def _keys(word: str) -> tuple[str, ...]:
    return tuple(reading.key for reading in readings(word) if reading.level < LOOSE)


def _given(word: str, habit: str) -> tuple[Link, ...]:
    if not word:
        return ()
    found = _entries("=" + word, "as written")
    if not any(link.level == "same" for link in found):
        found += _by_readings(word, habit)
    if not found and script_of(word) in ("arabic", "hebrew"):
        # او- begins with o or u: Олександр.
        for key in (*consonants(word.removeprefix("او")), *consonants(word)):
            if len(key) >= _CONSONANTS_MIN:
                found += _entries("c" + key, "consonants in Arabic letters")
    return _ranked(found)


def _father(word: str, habit: str) -> tuple[Link, ...]:
    turkic = _TURKIC_ENDING.search(word)
    if turkic:
        links = _given(word[: turkic.start()], habit)
        return tuple(link for link in links if link.level == "same")
    lesser: list[Link] = []
    for tried in _habits(word, habit):
        for reading in readings(word, tried):
            found = _by_stem(reading.key, reading.rule) if reading.level < LOOSE else []
            if any(link.level == "same" for link in found):
                return _ranked(found)
            lesser = lesser or found
    return _ranked(lesser)


def _habits(word: str, habit: str) -> tuple[str, ...]:
    """Return the habits of spelling to try: Sachar alone tells none, that Захар is a name does."""
    if script_of(word) != "latin":
        return (habit,)
    others = (other for other, letters in _HABITS if letters.search(word))
    return tuple(dict.fromkeys((habit, *others)))


def _by_readings(word: str, habit: str) -> list[Link]:
    """Return the names that a word reads as, up to the first habit that makes it a usual one."""
    found: list[Link] = []
    for tried in _habits(word, habit):
        for reading in readings(word, tried):
            if reading.level < LOOSE:
                found += _by_key(reading.key, reading.rule)
        if any(link.level == "same" and link.class_id < USUAL for link in found):
            break  # Zahar is Захар, though Загар is a name too
    return found


def _by_stem(key: str, rule: str) -> list[Link]:
    cut = stems(key)
    found = [link for tag, stem in cut for link in _entries(tag + stem, rule)]
    if cut and not found:  # the other vowel
        others = [link for tag in "oei" for link in _entries(tag + cut[0][1], rule)]
        found = [replace(link, level="variant") for link in others]
    return found


def _by_key(key: str, rule: str) -> list[Link]:
    return _entries("k" + key, rule)


def _ranked(found: list[Link]) -> tuple[Link, ...]:
    """Return one link for each class, at its best level, the best and commonest first."""
    best: dict[int, Link] = {}
    for link in found:
        known = best.get(link.class_id)
        if known is None or LEVELS.index(link.level) < LEVELS.index(known.level):
            best[link.class_id] = link
    ranked = sorted(best.values(), key=lambda link: (LEVELS.index(link.level), link.class_id))
    return tuple(ranked[:FANOUT_MAX])


def _entries(entry: str, rule: str) -> list[Link]:
    digests, payloads = _index()
    wanted = digest(entry)
    place = bisect_left(digests, wanted)
    found = []
    while place < len(digests) and digests[place] == wanted:
        payload = payloads[place]
        found.append(Link(payload & 0xFFFF, LEVELS[payload >> 16], rule))
        place += 1
    return found


def _bytes(name: str) -> bytes:
    return resources.files("homeward.matching").joinpath("tables", name).read_bytes()


def _array(code: Literal["I", "Q"], data: bytes) -> array[int]:
    numbers = array(code)
    numbers.frombytes(data)
    if array("H", b"\1\0")[0] != 1:  # the files are little-endian, this machine is not
        numbers.byteswap()
    return numbers


@lru_cache(maxsize=1)
def _index() -> tuple[array[int], array[int]]:
    """Entries of 12 bytes: all digests of 8 in their order, then all payloads of 4."""
    data = _bytes("given.index")
    count = len(data) // 12
    return _array("Q", data[: 8 * count]), _array("I", data[8 * count :])


@lru_cache(maxsize=1)
def _family_words() -> array[int]:
    return _array("I", _bytes("family.words"))


@lru_cache(maxsize=1)
def _family_groups() -> tuple[array[int], array[int]]:
    data = _bytes("family.groups")
    half = len(data) // 2
    return _array("I", data[:half]), _array("I", data[half:])


@lru_cache(maxsize=1)
def _lines() -> tuple[str, ...]:
    text = _bytes("given.tsv").decode()
    return tuple(line for line in text.splitlines() if not line.startswith("#"))


@lru_cache(maxsize=1 << 12)
def _row(class_id: int) -> NameClass:
    name, sex, *lists = _lines()[class_id].split("\t")
    uk, ru, be, other, variants, diminutives, related, stems_ = (
        tuple(forms.split()) for forms in lists
    )
    sexes: dict[str, Sex] = {"m": "male", "f": "female"}
    return NameClass(
        name=name,
        sex=sexes.get(sex, ""),
        uk=uk,
        ru=ru,
        be=be,
        other=other,
        variants=variants,
        diminutives=diminutives,
        related=tuple(map(int, related)),
        stems=stems_,
    )
