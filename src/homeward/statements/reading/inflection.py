"""The forms of a verb, made from its infinitive, so that a pack names families of verbs.

Rules of this file:
- English, Spanish, French and Arabic; the Slavic packs write stems.
- An Arabic verb is written as its past and, behind a slash, its present without the prefix.
- A form is written without accents where `tokens.normal` takes them away.
- Forms that no rule makes stand in the pack (`irregular`); they come besides, except in
  English, where they replace the past.
- A form that can only be of the future or the conditional is marked, for it tells a plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from homeward.statements.reading.tokens import normal

Form = tuple[str, bool]
_VOWELS = "aeiou"
_SPANISH = {
    "ar": "ar a an o aron ara aba aban ado ada ados adas ando e en arlos arlas arles arse",
    "er": "er e en io ieron iera ieran ia ian ido ida idos idas iendo a an erlos erlas erles erse",
    "ir": "ir e en io ieron iera ieran ia ian ido ida idos idas iendo a an irlos irlas irles irse",
}
_SPANISH_COMING = ("á", "an", "ia", "ian")  # "-ara" without an accent is a past
_FRENCH = {
    "er": "er e ent ee es ees a erent ait aient ant",
    "ir": "ir it issent i ie is ies irent issait issaient issant",
    "re": "re  ent u ue us ues it irent ait aient ant",
}
_PLURAL_MIN = 4  # letters of a noun whose last two are its ending
_ARABIC_PAST = ("", "ت", "وا", "ا", "تا", "ه", "ها", "هم", "ته", "تها", "تهم")
_ARABIC_PRESENT = ("", "ون", "ان", "ه", "ها", "هم")
_FRENCH_COMING = ("a", "ont", "ait", "aient")
_ARABIC_OWN = ("ها", "هم", "هما")
_ARABIC_OUR = ("نا",)
_ARABIC_ENDS = ("ه", "ا", "ي", "ء", "ات", "ين", "ون", "ان")  # of nouns that take no accusative alif


def forms(language: str, lemma: str, irregular: Mapping[str, Sequence[str]]) -> list[Form]:
    """Return the forms of a verb.

    Args:
        language: Of the pack.
        lemma: The infinitive, one word.
        irregular: By infinitive, the forms that no rule makes.

    Returns:
        Each form, and whether it can only be of the future.
    """
    given = irregular.get(lemma, ())
    if language == "ar":
        return _arabic(lemma)
    if language == "en":
        return [(form, False) for form in _english(lemma, given)]
    ending = lemma[-2:]
    table, coming = (_SPANISH, _SPANISH_COMING) if language == "es" else (_FRENCH, _FRENCH_COMING)
    if ending not in table:
        return [(form, False) for form in (lemma, *given)]
    stem, future = lemma[:-2], lemma.removesuffix("e")
    made = [(stem + end, False) for end in table[ending].split(" ") if stem + end]
    made += [(future + end, True) for end in coming]
    return [*made, *((form, False) for form in given)]


def arabic_noun(word: str) -> list[tuple[str, str]]:
    """Return the shapes of an Arabic noun for people, and what a pronoun written to it says.

    Args:
        word: As a pack writes it, one word.

    Returns:
        Each shape with `own` ("its soldiers"), `our`, or an empty text.
    """
    plain = normal(word)
    stems = [plain]
    if word.endswith("ى"):
        stems = [f"{plain[:-1]}ا"]  # "اسرى" -> "اسراها"
    elif plain.endswith("ه"):
        stems = [f"{plain[:-1]}ت"]
    elif plain.endswith(("ين", "ون")) and len(plain) > _PLURAL_MIN:
        stems = [f"{plain[:-2]}ي", f"{plain[:-2]}و"]
    elif plain.endswith("اء"):
        stems = [plain, f"{plain[:-1]}ي", f"{plain[:-1]}و"]  # one hamza, three seats
    shapes = [(plain, "")]
    if stems[0].endswith("ي") and stems[0] != plain:
        shapes += [(stem, "") for stem in stems]  # "مقاتلي X" owns what follows
    elif not plain.endswith(_ARABIC_ENDS):
        shapes.append((f"{plain}ا", ""))
    for stem in stems:
        shapes += [(stem + end, "own") for end in _ARABIC_OWN]
        shapes += [(stem + end, "our") for end in _ARABIC_OUR]
        if stem != plain:
            shapes.append((f"{stem}ه", "own"))
    return shapes


def _english(lemma: str, past: Sequence[str]) -> list[str]:
    """Return infinitive, third person, past and participles; `past` may end with the gerund."""
    if lemma.endswith(("s", "sh", "ch", "x", "z", "o")):
        third = f"{lemma}es"
    elif lemma.endswith("y") and lemma[-2:-1] not in _VOWELS:
        third = f"{lemma[:-1]}ies"
    else:
        third = f"{lemma}s"
    stem = lemma[:-1] if lemma.endswith("e") and not lemma.endswith("ee") else lemma
    if past:
        return [lemma, third, f"{stem}ing", *past]
    if lemma.endswith("e"):
        regular = f"{lemma}d"
    elif lemma.endswith("y") and lemma[-2:-1] not in _VOWELS:
        regular = f"{lemma[:-1]}ied"
    else:
        regular = f"{lemma}ed"
    return [lemma, third, f"{stem}ing", regular]


def _arabic(lemma: str) -> list[Form]:
    past, _, present = lemma.partition("/")
    made = [(past + end, False) for end in _ARABIC_PAST]
    if present:
        shown = [prefix + present + end for prefix in "يت" for end in _ARABIC_PRESENT]
        made += [(form, False) for form in shown] + [(f"س{form}", True) for form in shown]
    return made
