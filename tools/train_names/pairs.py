"""Pairs of full names, made: one person's name in two spellings, and two names easily confused."""

import random
from collections import defaultdict

import translitua
from names_translator.dicts import default_dicts

from homeward.matching.evidence import distance

# Tables by how often they are met; of the tables of translitua 2.0.
_UKRAINIAN = {
    "UkrainianKMU": 8, "UkrainianPassport2007": 3, "UkrainianBGN": 2, "UkrainianISO9": 1,
    "UkrainianFrench": 1, "UkrainianGerman": 1, "UkrainianNational1996": 1, "UkrainianWWS": 1,
    "UkrainianPassport2004Alt": 1, "UkrainianBritish": 1, "UkrainianGOST1986": 1,
    "UkrainianALALC": 1, "UkrainianDSTU9112B": 1, "UkrainianSimple": 1,
}  # fmt: skip
_RUSSIAN = {
    "RussianICAO": 8, "RussianGOST2006": 1, "RussianSimple": 1, "RussianTelegram": 1,
    "RussianISO9SystemA": 1, "RussianISO9SystemB": 1, "RussianInternationalPassport1997": 1,
    "RussianDriverLicense": 1, "RussianALALC": 1,
}  # fmt: skip
_WRITTEN = (
    ("uk", "ru"), ("uk", "latin uk"), ("uk", "latin ru"), ("ru", "latin uk"), ("ru", "latin ru"),
    ("latin uk", "latin ru"),
)  # fmt: skip
_NO_FATHER = 0.18
_NEIGHBOURS = 150


class Names:
    """The names that pairs are made of, with what a draw needs."""

    def __init__(self, seed, common):
        """Take the dictionaries; `common` are given names that half of the people bear."""
        self.dice = random.Random(seed)
        self.forms = {
            part: {
                uk: ru[0]
                for uk, ru in sorted(default_dicts().as_dict(pool).items())
                if uk.replace("'", "").isalpha() and len(uk) > 2
            }
            for part, pool in (("family", "last"), ("given", "first"), ("father", "patronymic"))
        }
        self.words = {part: list(forms) for part, forms in self.forms.items()}
        self.common = [name for name in common if name in self.forms["given"]]
        self.beside = {part: defaultdict(list) for part in self.words}
        for part, words in self.words.items():
            for word in words:
                self.beside[part][word[:2]].append(word)

    def pairs(self, count):
        """Yield so many times one person's two spellings, and as a rule two people's."""
        for _ in range(count):
            one, other = self.dice.choice(_WRITTEN)
            person = {part: self.drawn(part) for part in self.words}
            table, second = self.table(one), self.table(other)
            yield self.written(person, one, table), self.written(person, other, second), True
            part = self.dice.choice(("family", "given", "given", "father"))
            near = self.near(part, person[part]) if self.dice.random() < 0.75 else self.drawn(part)
            if near and self.forms[part][near] != self.forms[part][person[part]]:
                another = {**person, part: near}
                whole = part == "father"
                yield (
                    self.written(person, one, table, whole=whole),
                    self.written(another, other, second, whole=whole),
                    False,
                )

    def drawn(self, part):
        """Draw a word of one part."""
        if part == "given" and self.dice.random() < 0.5:
            return self.dice.choice(self.common)
        return self.dice.choice(self.words[part])

    def near(self, part, word):
        """Return a neighbour of a word in the dictionary, one of the nearest."""
        others = [other for other in self.beside[part][word[:2]] if other[-1] == word[-1]]
        others = self.dice.sample(others, min(_NEIGHBOURS, len(others)))
        ranked = sorted((distance(word, other, 99.0), other) for other in others if other != word)
        return self.dice.choice(ranked[:3])[1] if ranked else None

    def table(self, language):
        """Draw a table of a language that is written in Latin letters."""
        if not language.startswith("latin"):
            return None
        tables = _UKRAINIAN if language.endswith("uk") else _RUSSIAN
        return getattr(translitua, self.dice.choices(list(tables), list(tables.values()))[0])

    def written(self, person, language, table, *, whole=False):
        """Write a name in a language, by a table, in one of two orders."""
        words = [
            (word if language.endswith("uk") else self.forms[part][word]).capitalize()
            for part, word in person.items()
        ]
        if not whole and self.dice.random() < _NO_FATHER:
            words.pop()
        if table:
            words = [translitua.translit(word, table) for word in words]
        return " ".join(words if self.dice.random() < 0.6 else words[1:] + words[:1])
