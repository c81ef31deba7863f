"""The language packs: what words mean, as data.

Rules of this file:
- A pack is `packs/<language>.toml`; `packs/common.toml` holds what is true in all of them,
  `packs/territories.json` and `packs/capitals.json` the names of states and capitals (made by
  `tools/territories` from CLDR).
- Values are lists of phrases parted by commas. `word*` is any word that begins so, `_` any
  one word, `(a|b)` either, `!word` one written with just these accents.
- `[verbs]` names families of verbs by their infinitives; every form of them has the tag.
- Names of states in Russian and Ukrainian are given in the nominative; their cases and the
  adjectives made from them follow by rule. Arabic adjectives too.
- Only the pack of the text's language is loaded.
"""

from __future__ import annotations

import itertools
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from homeward.statements.reading.inflection import arabic_noun, forms
from homeward.statements.reading.language import Language
from homeward.statements.reading.matcher import Matcher, Phrase, phrase_of
from homeward.statements.reading.tokens import normal

_COUNTED = ("soldiers", "civilians", "people", "remains", "compatriot")
_MOVING = frozenset({"exchange", "release", "receive", "return"})
_DENYING = frozenset({"not", "neither", "never", "no", "не", "لم", "لن", "pas"})
_CHOICE = re.compile(r"\(([^()]*)\)")
_PARTS = (
    ("names", "name", True),
    ("adjectives", "adj", False),
    ("people", "people", False),
    ("seats", "seat", True),
    ("actors", "actor", False),
    ("offices", "office", False),
    ("fixed_offices", "fixed", False),
    ("holders", "holder", False),
    ("months", "month", False),
    ("weekdays", "weekday", False),
    ("days", "day", False),
    ("lexicon", "tag", False),
)
_SLAVIC_ENDINGS = {
    "ru": [
        "а",
        "я",
        "у",
        "ю",
        "ом",
        "ем",
        "е",
        "и",
        "ы",
        "ой",
        "ей",
        "ою",
        "ею",
        "ям",
        "ах",
        "ам",
        "ов",
        "ами",
        "ь",
    ],
    "uk": [
        "а",
        "я",
        "у",
        "ю",
        "ом",
        "ем",
        "і",
        "и",
        "ою",
        "ею",
        "єю",
        "ї",
        "є",
        "ові",
        "ям",
        "ах",
        "ам",
        "ів",
        "ами",
        "ь",
    ],
}
_SLAVIC_ADJECTIVES = {"ru": ("ск", "йск"), "uk": ("ськ", "йськ", "йсько")}
_SLAVIC_PEOPLE = {"ru": ("ец", "ц", "ян", "йц"), "uk": ("ец", "ц", "ян", "йц")}
_ARABIC_NO_NAME = frozenset({"ML", "OM", "TD", "GN", "NE", "PE", "CU", "JO"})  # common words


@dataclass(frozen=True, slots=True)
class Pack:
    """What the reader knows of one language.

    `words` finds parties, offices, months and lexicon tags; `numerals` finds numbers in
    words, each labelled with its value. `adversaries` are the usual other side of a party, `peoples`
    whose people a movement's prisoners are, `inside` are
    single words whose tag counts inside longer phrases too, `person_endings` those of nouns for persons,
    `owners` whose an office is that only one party has.
    """

    language: Language
    words: Matcher
    numerals: Matcher
    abbreviations: frozenset[str]
    verb_first: bool
    numeral_and: frozenset[str]
    adversaries: Mapping[str, str]
    peoples: Mapping[str, str]
    titles: frozenset[str]
    inside: Mapping[str, str]
    person_endings: tuple[str, ...]
    our_party: str
    owners: Mapping[str, str]
    office_party: str
    nominatives: frozenset[str] = frozenset()
    accusatives: frozenset[str] = frozenset()


@cache
def load_pack(language: Language) -> Pack:
    """Load a pack; the second call costs nothing.

    Args:
        language: One of the six.

    Returns:
        The pack, ready to match.
    """
    data, common = _toml(f"{language}.toml"), _toml("common.toml")
    cased = language != "ar"
    phrases = [
        *_phrases(data, cased=cased, plurals={"es": "any", "fr": "capital"}.get(language, "")),
        *_phrases(common, cased=True),
        *_verbs(language, data),
        *_territories(language, data),
        *(_arabic_nouns(data["lexicon"]) if language == "ar" else ()),
    ]
    numerals = [
        phrase_of(text, value)
        for value, texts in data.get("numerals", {}).items()
        for text in _split(texts)
    ]
    return Pack(
        language=language,
        words=Matcher(phrases),
        numerals=Matcher(numerals),
        abbreviations=frozenset(normal(word) for word in _split(data.get("abbreviations", ""))),
        verb_first=bool(data.get("verb_first", False)),
        numeral_and=frozenset(_split(data.get("numeral_and", ""))),
        adversaries=common["adversaries"],
        peoples=common["peoples"],
        office_party=str(data.get("office_party", "")),
        nominatives=_nominatives(language),
        accusatives=frozenset(
            f"{name[:-1]}{'ую'[name[-1] == 'я']}"
            for name in _nominatives(language)
            if name[-1] in "ая"
        ),
        our_party=str(data.get("our_party", "")),
        owners=data.get("office_owners", {}),
        inside=_inside(data["lexicon"]),
        person_endings=tuple(_split(data.get("person_endings", ""))) or ("\0",),
        titles=frozenset(normal(word) for word in _split(data.get("titles", ""))),
    )


def _inside(lexicon: Mapping[str, str]) -> Mapping[str, str]:
    """Return the words that keep their tag inside a longer phrase: negations, and words of talks."""
    talks = {normal(word): "talks" for word in _split(lexicon["talks"]) if word.isalpha()}
    # "by his word" is a phrase whose "his" still says by whose
    talks |= {normal(word): "pronoun" for word in _split(lexicon.get("whose", ""))}
    denying = (word for word in _split(lexicon["negation"]) if word in _DENYING)
    return talks | {normal(word): "negation" for word in denying}


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(_packs(name))


def _packs(name: str) -> str:
    return resources.files("homeward.statements.reading").joinpath("packs", name).read_text("utf-8")


def _split(texts: str) -> list[str]:
    found: list[str] = []
    for part in texts.replace("\n", " ").split(","):
        if part.strip():
            found += _expanded(part.strip())
    return found


def phrases_in(texts: str) -> list[str]:
    """Return the phrases of a list as a pack writes it.

    Args:
        texts: Parted by commas, with `(a|b)` for a choice.
    """
    return _split(texts)


def _expanded(text: str) -> list[str]:
    """Return a phrase for each way to choose among its `(a|b)`."""
    if "(" not in text:
        return [text]
    pieces = _CHOICE.split(text)
    choices = [piece.split("|") if k % 2 else [piece] for k, piece in enumerate(pieces)]
    return ["".join(chosen) for chosen in itertools.product(*choices)]


def _phrases(data: Mapping[str, Any], *, cased: bool, plurals: str = "") -> Iterator[Phrase]:
    """Yield the phrases of a pack; with `plurals` an adjective's plural is its people too."""
    for section, kind, capital in _PARTS:
        for label, texts in _flat(data.get(section, {})):
            for text in _split(texts):
                yield phrase_of(text, f"{kind}:{label}", capital=capital and cased)
                if plurals and kind == "adj" and text.endswith("s"):
                    yield phrase_of(text, f"people:{label}", capital=plurals == "capital")


def _verbs(language: Language, data: Mapping[str, Any]) -> Iterator[Phrase]:
    """Yield every form of the verbs that a pack names by their infinitives."""
    irregular = {lemma: _split(texts) for lemma, texts in data.get("irregular", {}).items()}
    for tag, texts in data.get("verbs", {}).items():
        for text in _split(texts):
            lemma, _, rest = text.partition(" ")
            for form, coming in forms(language, lemma, irregular):
                # the future "-ará" differs from a past only by its accent, which it then must have
                spelt = f"!{form}" if coming and form.endswith("á") else form
                line = f"{spelt} {rest}".strip()
                yield phrase_of(line, f"tag:{tag}")
                if coming and tag in _MOVING:
                    yield phrase_of(line, "tag:planned")


def _arabic_nouns(lexicon: Mapping[str, str]) -> Iterator[Phrase]:
    """Yield the shapes of the nouns for people: a pronoun written to one says whose they are."""
    for tag in _COUNTED:
        for word in _split(lexicon[tag]):
            if not word.isalpha():
                continue
            for shape, whose in arabic_noun(word):
                yield phrase_of(shape, f"tag:{tag}")
                if whose:
                    yield phrase_of(shape, f"tag:{whose}")


def _flat(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the rows of a table; `UA.president` is one label, not a table of its own."""
    for label, value in table.items():
        if isinstance(value, dict):
            yield from ((f"{label}.{inner}", texts) for inner, texts in value.items())
        else:
            yield label, value


def _territories(language: Language, data: Mapping[str, Any]) -> Iterator[Phrase]:
    table: dict[str, str] = json.loads(_packs("territories.json"))[language]
    skipped = frozenset(_split(data.get("not_names", "")))
    for code, name in table.items():
        if code in skipped:
            continue
        if language in _SLAVIC_ENDINGS:
            yield from _slavic(language, code, name)
        elif language == "ar":
            yield from _arabic(code, name)
        else:
            yield phrase_of(name, f"name:{code}", capital=True)
    capitals: dict[str, str] = json.loads(_packs("capitals.json"))[language]
    for code, name in capitals.items():
        if code in skipped:
            continue
        for text in _cases(language, name):
            yield phrase_of(text, f"seat:{code}", capital=language != "ar")


def _nominatives(language: Language) -> frozenset[str]:
    """Return the names of states and capitals of one word, in a language that declines names."""
    if language not in _SLAVIC_ENDINGS:
        return frozenset()
    tables = [json.loads(_packs(name))[language] for name in ("territories.json", "capitals.json")]
    return frozenset(normal(name) for table in tables for name in table.values() if name.isalpha())


def _cases(language: Language, name: str) -> list[str]:
    """Return a capital's name in the cases that its language has."""
    if language not in _SLAVIC_ENDINGS or not name.isalpha():
        return [name]
    stem = re.sub(r"[аяиіїыоеєьй]$", "", normal(name)) if len(name) > 3 else normal(name)
    endings = (end for end in _SLAVIC_ENDINGS[language] if end != "ь" or name.endswith("ь"))
    return [name, *(stem + ending for ending in endings)]


def _slavic(language: Language, code: str, name: str) -> Iterator[Phrase]:
    """Yield the cases of a state's name, and the adjective and the people made from it."""
    words = [normal(word) for word in re.split(r"[\s-]+", name)]
    stems = [re.sub(r"[аяиіїыоеєьйі]$", "", word) if len(word) > 3 else word for word in words]
    if name.isupper() or len(words) > 1:
        text = (
            name if name.isupper() else " ".join(f"{re.sub('[аяиіыоеь]+$', '', w)}*" for w in words)
        )
        yield phrase_of(text, f"name:{code}", capital=True)
        return
    stem = stems[0]
    for ending in ["", *_SLAVIC_ENDINGS[language]]:
        yield phrase_of(stem + ending, f"name:{code}", capital=True)
    yield phrase_of(words[0], f"name:{code}", capital=True)
    if len(stem) >= 4:
        for ending in _SLAVIC_ADJECTIVES[language]:
            yield phrase_of(f"{stem}{ending}*", f"adj:{code}")
        for ending in _SLAVIC_PEOPLE[language]:
            yield phrase_of(f"{stem}{ending}*", f"people:{code}")


def _arabic(code: str, name: str) -> Iterator[Phrase]:
    """Yield a state's name, and its adjective: the article and the last vowel gone, ي added."""
    if code in _ARABIC_NO_NAME:
        return
    plain = normal(name)
    yield phrase_of(name, f"name:{code}")
    words = plain.split()
    if len(words) == 1:
        bare = words[0].removeprefix("ال")
        stem = re.sub(r"(يا|ا|ه)$", "", bare)
        if bare != words[0]:
            yield phrase_of(bare, f"name:{code}")
        if len(stem) >= 3:
            for ending in ("ي", "يه", "يا", "يين", "يون", "يان", "يات"):
                yield phrase_of(stem + ending, f"adj:{code}")
