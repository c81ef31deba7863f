"""Two words of one part of a name: the level at which they are one name, and why.

Rules of this file:
- Levels stand in `LEVELS`, the surest first. A level is a finding, not yet a weight: what it
  is worth stands in `compare`.
- One spelling by a table comes before one name in two languages, that before one stem, that
  before vowels that alternate. Only then letters are counted.
- Two known names without a common class are two names, however near their letters are.
- Words in Arabic or Hebrew letters meet others by their consonants.
"""

# ruff: noqa: RUF001, RUF003 -- letters that look alike are the subject of this file

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from homeward.matching.classes import Link, canonical, father_classes, given_classes
from homeward.matching.endings import family_stem, father_name, short_father_name
from homeward.matching.letters import script_of
from homeward.matching.likeness import likeness_of
from homeward.matching.readings import IN_CYRILLIC, Reading, consonants, loose, readings

Part = Literal["family", "given", "father", "any"]

LEVELS = (
    "same",  # equal keys, both the plainest reading
    "same_name",  # one name in two languages
    "table",  # equal keys by another table
    "variant",  # one name for some of those who bear it: Юрій, Георгій
    "diminutive",  # Саша, Олександр
    "ending",  # one stem of a family's or a father's name
    "other_ending",  # one stem, a man's and a woman's form
    "alternating",  # equal but for і, и, е, о
    "consonants",  # equal consonants, one word in Arabic letters
    "initial",  # one letter, and it fits
    "likeness",  # what was learned of letters in two scripts speaks alone
    "near",  # letters differ by less than a twelfth
    "near_2",
    "near_3",
    "other_name",  # two known names
    "other_sex",  # a father's name of a man and of a woman
    "other_initial",
    "other",
)


class Evidence(NamedTuple):
    """The level that two words reach, and the sentence that says so.

    `likeness` is the learned log-odds in bits, where letters of two scripts or words without
    a part need it; else 0.
    """

    level: str
    sentence: str
    likeness: float = 0.0


Keys = Mapping[str, tuple[int, str]]


class Word:
    """A cleaned word with everything that is compared of it.

    `first` is the plainest reading, None for a word without letters. `keys` gives the level and
    the rule of each reading but the loose one. `lettered`: its letters write vowels, and
    `spellings` reads them. What only some words need is computed once, when it is asked for.
    """

    __slots__ = ("_alternating", "_father", "_fathers", "_given", "_letters", "_stems", "first",
                 "habit", "keys", "lettered", "script", "word")  # fmt: skip

    def __init__(self, word: str, habit: str) -> None:
        self.word = word
        self.habit = habit
        self.script = script_of(word)
        self.lettered = self.script in ("cyrillic", "latin")
        found = readings(word, habit)
        self.first = found[0] if found else None
        self.keys: Keys = {key: (level, rule) for key, rule, level in found if level < 2}
        self._letters: frozenset[str] | None = None
        self._stems: Mapping[str, str] | None = None
        self._alternating: frozenset[str] | None = None
        self._given: Mapping[int, Link] | None = None
        self._father: Mapping[int, Link] | None = None
        self._fathers: Mapping[str, str] | None = None

    @property
    def letters(self) -> frozenset[str]:
        """The letters of all keys."""
        if self._letters is None:
            self._letters = frozenset("".join(self.keys))
        return self._letters

    @property
    def stems(self) -> Mapping[str, str]:
        """Stems of the keys as a family's name, with the sex that the ending tells."""
        if self._stems is None:
            found = dict(map(family_stem, self.keys))
            # Прихожая is Прихожа in Ukrainian.
            found.update({key[:-2]: "female" for key in self.keys if key.endswith("aja")})
            self._stems = found
        return self._stems

    @property
    def alternating(self) -> frozenset[str]:
        """Keys in which vowels that alternate are one, of words and of stems."""
        if self._alternating is None:
            self._alternating = frozenset(map(loose, (*self.keys, *self.stems)))
        return self._alternating

    @property
    def given(self) -> Mapping[int, Link]:
        """Classes as a given name."""
        if self._given is None:
            self._given = {link.class_id: link for link in given_classes(self.word, self.habit)}
        return self._given

    @property
    def father(self) -> Mapping[int, Link]:
        """Classes of the given name that a father's name is formed from."""
        if self._father is None:
            self._father = {link.class_id: link for link in father_classes(self.word, self.habit)}
        return self._father

    @property
    def fathers(self) -> Mapping[str, str]:
        """Stems as a father's name, with the bearer's sex."""
        if self._fathers is None:
            found = [father_name(key) or short_father_name(key) for key in self.keys]
            self._fathers = {name.stem: name.sex for name in found if name}
        return self._fathers

    @property
    def shown(self) -> str:
        """The word as a name is written."""
        return self.word.capitalize()


word_of = lru_cache(maxsize=1 << 18)(Word)

_CONSONANTAL = ("arabic", "hebrew")


def evidence(part: Part, one: str, other: str, habits: tuple[str, str] = ("", "")) -> Evidence:
    """Compare two words of one part.

    Args:
        part: Which part both stand for; `any` where names have no parts.
        one: A cleaned word.
        other: A cleaned word.
        habits: The habits of spelling that the two names show (`readings.habit_of`).

    Returns:
        The surest level that holds, and its sentence. Symmetric but for the sentence's order.
    """
    a, b = word_of(one, habits[0]), word_of(other, habits[1])
    first, second = a.first, b.first
    may_be_equal = part != "any" and len(one) > 1 < len(other)
    if may_be_equal and first and second and first.key == second.key:
        return _equal(one, other, first, second)
    if len(one) == 1 or len(other) == 1:
        return _initials(a, b)
    learned = part == "any" or not (a.lettered and b.lettered)
    bits = likeness_of_words(one, other) if learned else 0.0
    if part == "family" and a.lettered and b.lettered and _unlike(a, b):
        return Evidence("other", _UNLIKE["other"].format(a.shown, b.shown))
    for rule in _RULES[part]:
        found = rule(a, b)
        if found:
            return Evidence(found[0], f"{a.shown} = {b.shown} ({found[1]})", bits)
    level = nearness(a, b) if not learned else "likeness" if bits else "other"
    return Evidence(level, _UNLIKE.get(level, _NEAR).format(a.shown, b.shown), bits)


def _unlike(a: Word, b: Word) -> bool:
    """Say whether two words have so few letters in common that no rule can join them."""
    mine, theirs = a.letters, b.letters
    return 2 * len(mine & theirs) < min(len(mine), len(theirs))


_NEAR = "{} and {} are near in letters, and no spelling of one"
_UNLIKE = {
    "other": "{} is another name than {}",
    "likeness": "{} and {}, letter by letter",
}
_LIKENESS: dict[tuple[str, str], float] = {}
_LIKENESS_MAX = 1 << 20


def likeness_of_words(one: str, other: str) -> float:
    """Return the learned likeness of two words in bits, kept once it is known."""
    if (one, other) not in _LIKENESS:
        learn_likeness([(one, other)])
    return _LIKENESS[one, other]


def learn_likeness(pairs: Iterable[tuple[str, str]]) -> None:
    """Look many likenesses up at once, which is faster than one by one.

    Args:
        pairs: Of cleaned words.
    """
    new = [pair for pair in dict.fromkeys(pairs) if pair not in _LIKENESS]
    if len(_LIKENESS) + len(new) > _LIKENESS_MAX:
        _LIKENESS.clear()
    if new:
        found = (max(-_BITS_MAX, min(_BITS_MAX, float(bits))) for bits in likeness_of(new))
        _LIKENESS.update(zip(new, (round(bits, 3) for bits in found), strict=True))


_BITS_MAX = 12.0


def _initials(a: Word, b: Word) -> Evidence:
    fits = any(x[:1] == y[:1] for x in a.keys for y in b.keys)
    fits = fits or any(x[0] in "ij" and y[0] in "ij" for x in a.keys for y in b.keys)
    classes = set(a.given) & set(b.given)
    if fits or classes:
        return Evidence("initial", f"{a.shown} and {b.shown}: the initial fits")
    return Evidence("other_initial", f"{a.shown} and {b.shown}: the initial does not fit")


_Found = tuple[str, str] | None


def _same(a: Word, b: Word) -> _Found:
    if a.word == b.word:
        return "same", "written the same"
    common = a.keys.keys() & b.keys.keys()
    if not common:
        return None
    level, key = min((max(a.keys[key][0], b.keys[key][0]), key) for key in common)
    return ("table" if level else "same"), _rules(a.keys[key][1], b.keys[key][1])


def _equal(one: str, other: str, first: Reading, second: Reading) -> Evidence:
    """Return the evidence of two words whose plainest readings are equal."""
    rule = "written the same" if one == other else _rules(first.rule, second.rule)
    return Evidence("same", f"{one.capitalize()} = {other.capitalize()} ({rule})")


def _rules(one: str, other: str) -> str:
    if one == other:
        return "one spelling in Cyrillic letters" if one == IN_CYRILLIC else one
    told = [rule for rule in (one, other) if rule != IN_CYRILLIC]
    return " and ".join(told)


_SENTENCES = {
    "same": "one name in two languages",
    "variant": "for some bearers one name",
    "diminutive": "a short form",
}
_CLASS_LEVELS = {"same": "same_name", "variant": "variant", "diminutive": "diminutive"}
_ORDER = ("same", "variant", "diminutive")


def _classes(mine: Mapping[int, Link], theirs: Mapping[int, Link]) -> _Found:
    common = mine.keys() & theirs.keys()
    if common:
        level, name = min(
            (max(_ORDER.index(mine[at].level), _ORDER.index(theirs[at].level)), at) for at in common
        )
        kind = _ORDER[level]
        return _CLASS_LEVELS[kind], f"{_SENTENCES[kind]}: {canonical(name)}"
    return None


def _given(a: Word, b: Word) -> _Found:
    return _classes(a.given, b.given)


def _other_given(a: Word, b: Word) -> _Found:
    return ("other_name", "two names") if a.given and b.given else None


def _father(a: Word, b: Word) -> _Found:
    found = _classes(a.father, b.father)
    if found is None:
        stems = a.fathers.keys() & b.fathers.keys()
        found = ("ending", "one father's name by its stem") if stems else None
    return found


def _other_father(a: Word, b: Word) -> _Found:
    return ("other_name", "two names") if a.father and b.father else None


def _sexes(a: Word, b: Word) -> _Found:
    mine, theirs = a.fathers.values(), b.fathers.values()
    if mine and theirs and set(mine).isdisjoint(theirs):
        return "other_sex", "a man's and a woman's"
    return None


def _stem(a: Word, b: Word) -> _Found:
    common = a.stems.keys() & b.stems.keys()
    if not common:
        return None
    if any(len({a.stems[stem], b.stems[stem]} - {""}) < 2 for stem in common):
        return "ending", "the same but for the ending"
    return "other_ending", "a man's and a woman's form"


def _alternating(a: Word, b: Word) -> _Found:
    if a.alternating & b.alternating:
        return "alternating", "і, и, е, о alternate between the languages"
    return None


def _consonants(a: Word, b: Word) -> _Found:
    if (a.script in _CONSONANTAL) == (b.script in _CONSONANTAL):
        return None
    return (
        ("consonants", "the same consonants")
        if set(consonants(a.word)) & set(consonants(b.word))
        else None
    )


_RULES: Mapping[Part, tuple[Callable[[Word, Word], _Found], ...]] = {
    "family": (_same, _stem, _alternating, _consonants),
    "given": (_same, _given, _other_given, _alternating, _consonants),
    "father": (_same, _sexes, _father, _other_father, _alternating, _consonants),
    "any": (_same, _given, _stem, _other_given, _alternating, _consonants),
}

_VOWELS = frozenset("aeiou")
_CHEAP: Mapping[str, float] = {
    letters: cost
    for pair, cost in {
        "ei": 0.4, "oi": 0.6, "ao": 0.5, "eo": 0.5, "ae": 0.6, "ou": 0.7, "ju": 0.7,
        "ji": 0.3, "ja": 0.6, "gx": 0.5, "gk": 0.8, "fv": 0.6, "kx": 0.7, "Zz": 0.7, "sz": 0.7,
        "Ws": 0.8, "QW": 0.7, "cs": 0.7, "cz": 0.7, "Qc": 0.7, "dt": 0.7, "bp": 0.7, "gd": 1.0,
    }.items()
    for letters in (pair, pair[::-1])
}  # fmt: skip
_LIMITS = (("near", 0.08), ("near_2", 0.14), ("near_3", 0.25))


def nearness(a: Word, b: Word) -> str:
    """Return the level of two words that are not one: how near their letters are."""
    best = limit = _LIMITS[-1][1]
    for x in list(a.keys)[:1]:
        for y in list(b.keys)[:1]:
            longest = max(len(x), len(y))
            if abs(len(x) - len(y)) <= longest * best:
                best = min(best, distance(x, y, limit * longest) / longest)
    return next((level for level, most in _LIMITS if best < most), "other")


def distance(one: str, other: str, limit: float) -> float:
    """Return the weight of the edits between two keys; a vowel for a vowel weighs less.

    Args:
        one: A key.
        other: Another.
        limit: Where to give up.

    Returns:
        The weight; `limit` or more for keys further apart.
    """
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    row = [0.0]
    for y in other:
        row.append(row[-1] + _edge(y))
    for x in one:
        above, drop = row, _edge(x)
        row = [above[0] + drop]
        for at, y in enumerate(other):
            change = 0.0 if x == y else _CHEAP.get(x + y, 1.0)
            row.append(min(above[at] + change, above[at + 1] + drop, row[at] + _edge(y)))
        if min(row) >= limit:
            return limit
    return row[-1]


def _edge(letter: str) -> float:
    return 0.4 if letter == "j" else 0.7 if letter in _VOWELS else 1.0
