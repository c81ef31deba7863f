"""Two invented lists of any length that hold some people in common, and the truth.

python bench/matching/people.py N FOLDER [--seed S] [--overlap .5] [--skew .7] [--names 400]

The wanted list is Ukrainian; the held one Russian (55 %), or Latin by one of eight habits, with the
errors of `RATES`. Names are made here: family names of syllables and endings in both
languages, given and fathers' names of the package's own table. Nothing comes from elsewhere.
"""

# ruff: noqa: RUF001 -- Cyrillic letters that look like Latin ones are meant

from __future__ import annotations

import argparse
import bisect
import csv
import datetime as dt
import itertools
import random
from pathlib import Path

from homeward.matching.classes import name_class

RATES = {
    "russian": 0.55,
    "ukrainian_latin": 0.25,  # the rest: Latin by Russian tables
    "no_father": 0.25,
    "no_birth": 0.12,
    "year_only": 0.08,
    "day_month_swapped": 0.03,
    "other_day": 0.04,
    "family_typo": 0.06,
    "given_typo": 0.03,
    "father_typo": 0.02,
    "names_swapped": 0.02,
    "short_name": 0.01,
}

_ONSETS = [
    "б",
    "в",
    "г",
    "д",
    "ж",
    "з",
    "к",
    "л",
    "м",
    "н",
    "п",
    "р",
    "с",
    "т",
    "х",
    "ц",
    "ч",
    "ш",
    "гр",
    "кр",
    "тр",
    "бр",
    "др",
    "пр",
    "сл",
    "ск",
    "ст",
    "хв",
    "шк",
    "кл",
    "пл",
    "гл",
    "др",
    "вл",
    "мл",
]
_VOWELS = ["а", "а", "а", "о", "о", "о", "и", "и", "і", "і", "у", "у", "е", "е", "я", "ю", "є"]
_CODAS = [
    "б",
    "в",
    "г",
    "д",
    "ж",
    "з",
    "к",
    "л",
    "м",
    "н",
    "п",
    "р",
    "с",
    "т",
    "х",
    "ч",
    "ш",
    "й",
    "рб",
    "нд",
    "льг",
    "рч",
    "вк",
    "ст",
    "ль",
    "нь",
    "ск",
    "нк",
    "рт",
]
_ENDINGS = [
    ("енко", "енко", 14), ("чук", "чук", 5), ("ук", "ук", 5), ("юк", "юк", 3), ("ський", "ский", 8),
    ("цький", "цкий", 4), ("ів", "ов", 4), ("ов", "ов", 10), ("єв", "ев", 4), ("ин", "ин", 5),
    ("ко", "ко", 4), ("ик", "ик", 4), ("ець", "ец", 3), ("ак", "ак", 4), ("ий", "ый", 3),
    ("а", "а", 3), ("ло", "ло", 2), ("ян", "ян", 1), ("швілі", "швили", 1), ("ишин", "ишин", 1),
    ("", "", 3),
]  # fmt: skip
_RUSSIAN = str.maketrans({"і": "и", "и": "ы", "є": "е", "ї": "и", "ґ": "г"})

_UK = dict(zip("абвгґдезиіїйклмнопрстуфхцчшщьюяєж",
    ["a", "b", "v", "h", "g", "d", "e", "z", "y", "i", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "_", "iu", "ia", "ie", "zh"], strict=True))  # fmt: skip
_RU = dict(zip("абвгдезийклмнопрстуфхцчшщьыэюяёж",
    ["a", "b", "v", "g", "d", "e", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "_", "y", "e", "iu", "ia", "e", "zh"], strict=True))  # fmt: skip
LATIN_UK = (
    (_UK, 6),
    (_UK | {"й": "y", "ю": "yu", "я": "ya", "є": "ye", "ї": "yi"}, 2),
    (_UK | {"х": "h", "й": "y", "ю": "yu", "я": "ya", "є": "ye"}, 1),
    (_UK | {"ж": "j", "у": "ou", "ч": "tch", "ш": "ch", "щ": "chtch", "й": "ï", "ю": "iou"}, 1),
    (_UK | {"в": "w", "ж": "sh", "ч": "tsch", "ш": "sch", "х": "ch", "ц": "z", "й": "j", "я": "ja", "ю": "ju"}, 1),
    (_UK | {"х": "ch", "ц": "c", "ч": "č", "ш": "š", "щ": "šč", "ж": "ž", "й": "j", "я": "ja", "ю": "ju", "є": "je", "ї": "ji", "ь": "'"}, 1),
)  # fmt: skip
LATIN_RU = (
    (_RU, 5),
    (_RU | {"й": "y", "ю": "yu", "я": "ya", "ё": "yo"}, 3),
    (_RU | {"ц": "c", "х": "x", "й": "j", "ю": "yu", "я": "ya", "щ": "shh", "ь": "'"}, 1),
)


class Chances:
    """Things that are drawn, the first ones often."""

    def __init__(self, things, weights):
        self.things, self.sums = list(things), list(itertools.accumulate(weights))

    def draw(self, dice):
        return self.things[bisect.bisect(self.sums, dice.random() * self.sums[-1])]


def given_names(count):
    """Return (Ukrainian, Russian, short forms) of men's names that have fathers' names."""
    found = []
    for number in range(4 * count):
        try:
            row = name_class(number)
        except IndexError:
            break
        if row.sex == "male" and row.uk and row.ru and row.stems:
            found.append((row.uk[0], row.ru[0], row.diminutives))
    return found[:count]


def father_names(uk, ru):
    """Return the fathers' names in both languages."""
    if uk in ("микола", "ілля", "лука", "сава", "кузьма", "хома"):
        return f"{uk[:-1]}{'айович' if uk == 'микола' else 'ович'}", {
            "микола": "николаевич", "ілля": "ильич", "лука": "лукич", "сава": "саввич",
            "кузьма": "кузьмич", "хома": "фомич",
        }[uk]  # fmt: skip
    if uk.endswith("й"):
        father = f"{uk}ович"
    elif uk.endswith("ь"):
        father = f"{uk}ович" if not uk.endswith("рь") else f"{uk[:-1]}ович"
    else:
        father = f"{uk.rstrip('аояи')}ович"
    if ru.endswith("ий"):
        russian = f"{ru[:-2]}ьевич"
    elif ru.endswith(("й", "ь")):
        russian = f"{ru[:-1]}евич"
    else:
        russian = f"{ru.rstrip('аоя')}ович"
    return father, russian


def family_names(count, dice):
    """Return distinct (Ukrainian, Russian) family names."""
    endings = Chances([row[:2] for row in _ENDINGS], [row[2] for row in _ENDINGS])
    found = {}
    while len(found) < count:
        parts = 1 if dice.random() < 0.55 else 2
        root = "".join(
            dice.choice(_ONSETS) + dice.choice(_VOWELS) + (dice.choice(_CODAS) if last else "")
            for last in [*([False] * (parts - 1)), True]
        )
        uk_ending, ru_ending = endings.draw(dice)
        russian = root.translate(_RUSSIAN)
        if "і" in root and dice.random() < 0.15:
            russian = root.replace("і", "о").translate(_RUSSIAN)
        russian = russian.replace("жы", "жи").replace("шы", "ши").replace("гы", "ги")
        russian = russian.replace("кы", "ки").replace("хы", "хи").replace("чы", "чи")
        found[root + uk_ending] = russian + ru_ending
    return list(found.items())


def latin(text, table):
    return "".join(table.get(letter, letter) for letter in text).replace("_", "")


def typo(word, dice):
    """Swap, drop, double or replace one letter inside a word."""
    if len(word) < 4:
        return word
    at, kind = dice.randrange(1, len(word) - 1), dice.random()
    if kind < 0.3:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind < 0.6:
        return word[:at] + word[at + 1 :]
    if kind < 0.8:
        return word[:at] + word[at] + word[at:]
    letters = "аеиоурнст" if word[at] > "z" else "aeiournst"
    return word[:at] + dice.choice(letters) + word[at + 1 :]


class People:
    """The names and habits that both lists are drawn from."""

    def __init__(self, seed, skew, names, families):
        self.dice = random.Random(seed)
        family = family_names(families, self.dice)
        given = given_names(names)
        self.family = Chances(family, [1 / (n + 20) ** skew for n in range(len(family))])
        shares = [1 / (n + 4) for n in range(len(given))]
        self.given = Chances(given, shares)
        self.fathers = Chances([father_names(*row[:2]) for row in given], shares)
        self.uk, self.ru = (Chances(*zip(*tables, strict=True)) for tables in (LATIN_UK, LATIN_RU))
        self.first = dt.date(1963, 1, 1).toordinal()
        self.days = dt.date(2005, 1, 1).toordinal() - self.first

    def person(self):
        born = dt.date.fromordinal(self.first + self.dice.randrange(self.days))
        return (
            self.family.draw(self.dice),
            self.given.draw(self.dice),
            self.fathers.draw(self.dice),
            born,
        )

    def wanted(self, person):
        family, given, father, born = person
        return [_title(family[0]), _title(given[0]), _title(father[0]), born.isoformat()]

    def held(self, person):
        """Write a person as the other side does, with its errors."""
        dice, (family, given, father, born) = self.dice, person
        happens = lambda what: dice.random() < RATES[what]  # noqa: E731
        language, table = dice.random(), None
        if language >= RATES["russian"]:
            is_uk = language < RATES["russian"] + RATES["ukrainian_latin"]
            table = (self.uk if is_uk else self.ru).draw(dice)
            which = 0 if is_uk else 1
        else:
            which = 1
        names = [family[which], given[which], father[which]]
        if given[2] and happens("short_name"):
            names[1] = dice.choice(given[2])
        names = [latin(name, table) if table else name for name in names]
        for place, what in enumerate(("family_typo", "given_typo", "father_typo")):
            if happens(what):
                names[place] = typo(names[place], dice)
        if happens("no_father"):
            names[2] = ""
        if happens("names_swapped"):
            names[:2] = names[1], names[0]
        return [*map(_title, names), self.birth(born)]

    def birth(self, born):
        dice, kind = self.dice, self.dice.random()
        for what in ("no_birth", "year_only", "day_month_swapped", "other_day"):
            if kind < RATES[what]:
                break
            kind -= RATES[what]
        else:
            return born.isoformat()
        if what == "no_birth":
            return ""
        if what == "year_only":
            return str(born.year)
        if what == "day_month_swapped":
            return (
                f"{born.year}-{born.day:02}-{born.month:02}" if born.day <= 12 else born.isoformat()
            )
        return (
            born + dt.timedelta(days=dice.choice((-366, -365, -31, -10, -1, 1, 10, 31, 365)))
        ).isoformat()


def _title(text):
    return text[:1].upper() + text[1:]


def write(folder, count, *, seed=1, overlap=0.5, skew=0.7, names=400):
    """Write wanted.csv, held.csv and truth.csv of so many records each."""
    people = People(seed, skew, names, max(1_000, count // 3))
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    common = round(count * overlap)
    wanted, held, truth = [], [], []
    for number in range(count):
        person = people.person()
        wanted.append([f"W{number}", *people.wanted(person), "UA"])
        if number < common:
            held.append([f"H{number}", *people.held(person), "UA"])
            truth.append([f"W{number}", f"H{number}"])
    held += [[f"H{n}", *people.held(people.person()), "UA"] for n in range(common, count)]
    people.dice.shuffle(wanted)
    people.dice.shuffle(held)
    header = ["ref", "family_name", "given_name", "father_name", "birth_date", "power"]
    for name, titles, rows in (
        ("wanted", header, wanted),
        ("held", header, held),
        ("truth", ["wanted_ref", "held_ref"], truth),
    ):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(titles)
            writer.writerows(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--overlap", type=float, default=0.5)
    parser.add_argument("--skew", type=float, default=0.7)
    parser.add_argument("--names", type=int, default=400)
    args = parser.parse_args()
    write(
        args.folder,
        args.count,
        seed=args.seed,
        overlap=args.overlap,
        skew=args.skew,
        names=args.names,
    )


if __name__ == "__main__":
    main()
