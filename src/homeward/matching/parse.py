"""A full name in any order: which word is the family's, which the person's, which the father's.

Rules of this file:
- The order of the words decides nothing, because lists know no one order; a comma does:
  what stands before it is the family name.
- A father's name shows by its ending, or by огли, кизи, oğlu, qızı behind it; a given name by
  the table of given names; a family name by its ending; what is left is the family's.
- Where the words do not decide, every way stays, with its weight. A word alone may be any part;
  a name of three and more words without a father's name (محمد علي حسن) has no parts: all its
  words are `any`.
- What stands in brackets, after a slash, or after "alias" is another name of the same person.
- Titles, particles (al-, el-, ібн, van) and call signs in quotation marks are no part.
"""

# ruff: noqa: RUF001, RUF002, SIM905 -- words stand in rows; look-alikes are the subject of this file

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import permutations
from typing import Literal, NamedTuple

from homeward.matching.classes import is_family, is_father_name, is_given, is_given_key
from homeward.matching.endings import father_name, short_father_name
from homeward.matching.letters import clean, in_one_script, script_of
from homeward.matching.readings import bears_mark, habit_of, readings

Role = Literal["family", "given", "father"]

PARSES_MAX = 4
ALIASES_MAX = 4
WORDS_MAX = 12  # a name has fewer; of a longer text the first are read
_BEHIND_MAX = 4.0  # bits; a parse further behind the best is left out
_FATHERLY = frozenset(("father", "short father"))


class Parse(NamedTuple):
    """One way to read a full name: cleaned words by part, and how likely the way is.

    `any` holds the words of a name without parts. One-letter words are initials. `weight` is
    the share of this way among the parses of its name. `habit` is that of its Latin words.
    """

    family: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    father: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    weight: float = 1.0
    habit: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """All words, the parts in their order."""
        return self.family + self.given + self.father + self.any


_TOKEN = re.compile(r"[^\W\d_]+(?:[013]+[^\W\d_]+|[\u0300-\u036f]+[^\W\d_]*)*\.?|[,،;]")
_QUOTED = re.compile('[«"“„][^«»"“”„]{1,40}[»"”“]')
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_ALIAS = re.compile(
    r"\s(?:/|\\|\||=|alias|a\.?k\.?a\.?|он же|она же|він же|вона ж|алиас|аліас|тж\.?|ou|или|або|"
    r"также|також|المعروف ب|الملقب ب)\s"
)

_MAYBE_ALIAS = re.compile(
    r"[(\[{/\\|=«\"“„]|alias|a\.?k\.?a|\bже?\s|ал[иі]ас|\bтж|\bou\b|или|або|также|також|ب"
)

_ALIAS_WORDS = frozenset("alias aka же ж алиас аліас тж ou или або также також".split())

_PARTICLES = frozenset(
    "al el ul ad ar as ibn bin ben bint abu van von der den de la le du di da ibni "
    "аль эль ель ибн ібн бин бін бен абу ван фон дер де ла ал ال بن ابن بنت ابو".split()
)
_TITLES = frozenset("mr mrs ms dr prof г гр пан пані господин госпожа".split())
_SERVANT = frozenset("abd abdel abdul abdal abdur abdu عبد абд абдул абдель абдуль".split())
_CHILD_OF = frozenset(
    "огли оглы оглу огла кизи кызы гизи гызы кызи улы ули уулу уули углы ogly oghly oglu ohly "
    "oghlu oğlu kyzy kizi gyzy qizi qızı kızı uly ulu uulu ugli ughli".split()
)

_NOT_NAMES = _PARTICLES | _TITLES | _SERVANT | _CHILD_OF
_NO_PLAIN_WORDS = _NOT_NAMES | _ALIAS_WORDS
_MARKS = re.compile("[.,،;]")
_PLAIN = re.compile("[a-z ]+|[а-яіїєґёў ]+")
"""A name in one script and without a mark, as most are."""

# What a word's look says of its part, in bits; the strongest sign is taken.
_AFFINITY: dict[str, dict[Role, float]] = {
    "father": {"father": 5.0, "family": 0.0, "given": -6.0},
    "short father": {"father": 0.0, "family": 2.0, "given": -4.0},
    "given": {"given": 4.0, "family": -1.5, "father": -5.0},
    "family": {"given": -3.0, "family": 3.0, "father": -6.0},
    "given or family": {"given": 1.5, "family": 1.0, "father": -5.0},
    "unknown": {"given": -0.5, "family": 1.0, "father": -5.0},
}
_SHAPES: dict[int, dict[tuple[Role, ...], float]] = {
    1: {("family",): 0.0, ("given",): 0.0, ("father",): -1.0},
    2: {("family", "given"): 0.0, ("given", "father"): -5.0, ("family", "father"): -5.0},
    3: {
        ("family", "given", "father"): 0.0,
        ("family", "family", "given"): -3.0,
        ("family", "given", "given"): -3.0,
    },
    4: {
        ("family", "family", "given", "father"): 0.0,
        ("family", "given", "given", "father"): -1.0,
        ("family", "family", "given", "given"): -4.0,
    },
}
_FAMILY_ENDING = re.compile(
    "(?:enko|enka|Quk|juk|uk|ak|jak|ski|cki|zki|ska|cka|skaja|ckaja|ko|ov|ev|iv|in|ova|eva|ina|"
    "Wvili|dze|ja|jan|jana|ua|iani|ani|ec|ix|ux|ik|ar|ir|ur|onok|Ca|lo)$"
)

_SURE_FAMILY_ENDING = re.compile("(?:enko|[sc]k(?:i|a|aja)|Quk|Wvili)$")  # no given name has them


def alternatives(full: str) -> tuple[str, ...]:
    """Return a name and its aliases, each as one cleaned text.

    Args:
        full: A full name as written.

    Returns:
        The name first, then what brackets, slashes or "alias" add; at most `ALIASES_MAX`.
    """
    return _alternatives(clean(full))


def _alternatives(text: str) -> tuple[str, ...]:
    """Return a cleaned name and its aliases."""
    if _PLAIN.fullmatch(text) and _ALIAS_WORDS.isdisjoint(text.split()):
        return (text.strip(),)
    if not _MAYBE_ALIAS.search(text):
        return (" ".join(text.split()),)
    text = _QUOTED.sub(" ", text)
    inside = [part.strip() for part in _BRACKETS.findall(text)]
    main, *others = _ALIAS.split(_BRACKETS.sub(" ", text))
    found: list[str] = []
    for part in (main, *others, *inside):
        left, slash, right = part.strip().partition("/")
        found += _both(left, right) if slash else [left]
    spelt = [" ".join(name.split()) for name in found]
    full_names = [spelt[0], *(_completed(spelt[0], name) for name in spelt[1:] if name)]
    return tuple(dict.fromkeys(full_names))[:ALIASES_MAX]


@lru_cache(maxsize=1 << 17)  # a name stands in several pairs
def parse(full: str) -> tuple[Parse, ...]:
    """Read one full name.

    Args:
        full: A full name without aliases (see `alternatives`), as written or cleaned.

    Returns:
        At most `PARSES_MAX` parses, best first; none for a text without a word.
    """
    return _ways(*_words(clean(full)))


def parses(full: str) -> tuple[Parse, ...]:
    """Read one full name and its aliases.

    Args:
        full: A full name as written.

    Returns:
        The parses of each of its `alternatives`, in their order.
    """
    text = clean(full)
    if _PLAIN.fullmatch(text):  # almost every name: it is cleaned and cut into words once
        plain = tuple(text.split())
        if len(plain) <= WORDS_MAX and _NO_PLAIN_WORDS.isdisjoint(plain):
            return _ways((), plain, ())
    return tuple([way for name in _alternatives(text) for way in parse(name)])


def _ways(
    before: tuple[str, ...], after: tuple[str, ...], fathers: tuple[str, ...]
) -> tuple[Parse, ...]:
    """Return the parses of a name cut into words as `_words` cuts it."""
    found = before + after
    if not found and not fathers:
        return ()
    initials = tuple([word for word in found if len(word) == 1])
    # Sorted: the order of the words decides nothing.
    names = tuple(sorted([word for word in found if len(word) > 1] if initials else found))
    seen = [_seen(word) for word in names]
    habit = ""
    if any(sight.is_marked for sight in seen):
        habit = habit_of(" ".join([sight.word for sight in seen if sight.is_latin]))
    looks = _together([sight.sign for sight in seen], names)
    told = tuple([word in before for word in names]) if before else (False,) * len(names)
    father_known = bool(fathers or initials)
    has_father = father_known or not _FATHERLY.isdisjoint(looks)
    orders = _orders(looks, told, father_known)
    alone = len(names) == 1 and not father_known
    if alone or not orders or (len(names) > 2 and not before and not has_father):
        return (Parse(any=(*names, *initials, *fathers), habit=habit),)
    return tuple([_parse_of(names, way, initials, fathers, habit) for way in orders])


def looks_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return what each word of a name looks like, rows of the table of affinities.

    Args:
        names: Cleaned words.

    Returns:
        For each word what `look` says; but a word that ends as family names do is the
        family's where another word is a given name and nothing else.
    """
    return _together([_seen(word).sign for word in names], names)


class _Sight(NamedTuple):
    """What a parse asks of one word: what it looks like, or `ending`, and what letters it has."""

    word: str
    sign: str
    is_latin: bool
    is_marked: bool


@lru_cache(maxsize=1 << 17)
def _seen(word: str) -> _Sight:
    is_latin = script_of(word) == "latin"
    return _Sight(word, _glance(word) or look(word), is_latin, is_latin and bears_mark(word))


def _together(signs: Sequence[str], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the looks of a name's words: an ending alone says more beside a given name."""
    if "ending" not in signs:
        return tuple(signs)
    if "given" in signs:
        return tuple(["family" if sign == "ending" else sign for sign in signs])
    return tuple(
        [look(w) if sign == "ending" else sign for w, sign in zip(names, signs, strict=True)]
    )


@lru_cache(maxsize=1 << 17)
def _glance(word: str) -> str:
    """Return what a word's ending tells: `father`, `family`, `ending` (it may be), or nothing."""
    keys = [reading.key for reading in readings(word) if reading.level < 2]
    if any(map(father_name, keys)):
        return "father"
    if not keys or short_father_name(keys[0]):
        return ""
    if _SURE_FAMILY_ENDING.search(keys[0]):
        return "family"
    return "ending" if _FAMILY_ENDING.search(keys[0]) else ""


def ends_as_family(word: str) -> bool:
    """Say whether a cleaned word ends as family names do and no given name does."""
    return _glance(word) == "family"


@lru_cache(maxsize=1 << 17)
def look(word: str) -> str:
    """Return what a word alone looks like: a row of the table of affinities.

    Args:
        word: One cleaned word.

    Returns:
        `father`, `short father`, `given`, `family`, `given or family` or `unknown`.
    """
    ending = _glance(word)
    if ending in ("father", "family"):
        return ending
    keys = [reading.key for reading in readings(word) if reading.level < 2]
    # Of a Latin word only the readings that need no habit: most are family names.
    given = any(map(is_given_key, keys)) if word.isascii() else is_given(word)
    short = any(map(short_father_name, keys))
    if short and not given:
        return "father" if is_father_name(word) else "short father"
    family = ending == "ending" or is_family(word)
    if given and family:
        return "given or family"
    if given:
        return "given"
    if family:
        return "family"
    return "father" if is_father_name(word) else "unknown"


def _both(left: str, right: str) -> list[str]:
    """Return two names written with a slash: two full names, or one word in two spellings."""
    if left.count(" ") == right.count(" "):
        return [left, right]
    head, _, one = left.rpartition(" ")
    other, _, tail = right.partition(" ")
    return [f"{head} {one} {tail}", f"{head} {other} {tail}"]


def _completed(main: str, alias: str) -> str:
    """Return an alias of one word as a full name: it stands for the word of its own part."""
    words_of_main = main.split()
    if " " in alias or len(words_of_main) < 2:
        return alias
    role: Role = "given" if look(alias) == "given" else "family"
    place = max(range(len(words_of_main)), key=lambda at: _AFFINITY[look(words_of_main[at])][role])
    return " ".join((*words_of_main[:place], alias, *words_of_main[place + 1 :]))


def _words(text: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the words before a comma, the others, and those that oğlu marks as the father's.

    Args:
        text: A cleaned name.
    """
    if _PLAIN.fullmatch(text):
        raw = tuple(text.split()[:WORDS_MAX])
        if _NOT_NAMES.isdisjoint(raw):
            return (), raw, ()
    tokens: list[str] = _TOKEN.findall(text)[:WORDS_MAX]
    raw = in_one_script(tuple([token.rstrip(".") for token in tokens if token[0].isalpha()]))
    if _NOT_NAMES.isdisjoint(raw) and not _MARKS.search(text):
        return (), raw, ()
    spelt = iter(raw)
    groups: list[list[str]] = [[]]
    fathers: list[str] = []
    servant = ""
    for token in tokens:
        if not token[0].isalpha():
            groups.append([])
            continue
        word = next(spelt)
        if word in _CHILD_OF and groups[-1]:
            fathers.append(groups[-1].pop())
        elif word in _SERVANT and len(raw) > 1:
            servant = word
        elif not (word in _PARTICLES or word in _TITLES) or len(raw) < 3:
            is_initial = token.endswith(".") and len(word) <= 2
            groups[-1].append(servant + (word[:1] if is_initial else word))
            servant = ""
    first, rest = groups[0], [word for group in groups[1:] for word in group]
    if rest and len(first) <= 2:
        return tuple(first), tuple(rest), tuple(fathers)
    return (), (*first, *rest), tuple(fathers)


class _Way(NamedTuple):
    """An assignment of words to parts, by the places of the words."""

    weight: float
    family: tuple[int, ...]
    given: tuple[int, ...]
    father: tuple[int, ...]


@lru_cache(maxsize=1 << 14)
def _orders(
    looks: tuple[str, ...], family: tuple[bool, ...], father_known: bool
) -> tuple[_Way, ...]:
    """Return the likely ways to give words their parts, best first, with their shares.

    Args:
        looks: Of each word.
        family: Whether a comma says that the word is the family's.
        father_known: oğlu or initials: the father needs no word of his own.
    """
    scored: list[tuple[float, tuple[Role, ...]]] = []
    for shape, prior in _SHAPES.get(len(looks), {}).items():
        if father_known and "father" in shape:
            continue
        for order in set(permutations(shape)):
            bits = prior
            for sign, told, role in zip(looks, family, order, strict=True):
                bits += _AFFINITY[sign][role]
                if any(family) and told != (role == "family"):
                    bits -= 12.0
            scored.append((bits, order))
    scored.sort(key=lambda row: (-row[0], row[1]))
    kept = [row for row in scored if row[0] > scored[0][0] - _BEHIND_MAX][:PARSES_MAX]
    total = sum(2.0**bits for bits, _ in kept)
    return tuple(
        _Way(2.0**bits / total, *(_places(order, role) for role in ("family", "given", "father")))
        for bits, order in kept
    )


def _places(order: tuple[Role, ...], role: str) -> tuple[int, ...]:
    return tuple(at for at, found in enumerate(order) if found == role)


def _parse_of(
    names: tuple[str, ...],
    way: _Way,
    initials: tuple[str, ...],
    fathers: tuple[str, ...],
    habit: str,
) -> Parse:
    given = tuple([names[at] for at in way.given])
    if initials and not given:
        given, initials = initials[:1], initials[1:]
    return Parse(
        tuple([names[at] for at in way.family]),
        given,
        (*[names[at] for at in way.father], *fathers, *initials),
        (),
        way.weight,
        habit,
    )
