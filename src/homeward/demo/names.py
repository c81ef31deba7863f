"""Names for invented people, and how either side's clerk would write them down.

Rules of this file:
- Family names are put together at random from word stems or syllables and the endings
  usual in each language; given and father's names come from `matching/given_names.toml`.
- Each person has a name in their own language; every other spelling follows from it by
  the rules a clerk follows, never by chance.

Source: Cabinet of Ministers of Ukraine, resolution 55 of 27 January 2010 (Ukrainian to
Latin); ICAO Doc 9303-3, section 6 (Russian to Latin).
"""

# ruff: noqa: RUF001 -- Cyrillic letters that look like Latin ones are meant

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Literal, TypeVar

from homeward.matching.names import GivenName, given_names

Language = Literal["uk", "ru"]
Spelling = Literal["uk", "ru", "latin_uk", "latin_ru"]  # the fields of `Spellings`


@dataclass(frozen=True, slots=True, kw_only=True)
class FullName:
    """Family name, given name and father's name in one spelling."""

    family: str
    given: str
    father: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spellings:
    """One person's name as Ukrainian, Russian and Latin documents have it.

    `latin_uk` is the Ukrainian form by KMU 2010, `latin_ru` the Russian one by ICAO 9303.
    """

    uk: FullName
    ru: FullName
    latin_uk: FullName
    latin_ru: FullName


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def weights(text: str) -> Mapping[str, int]:
    """Read a table from a text in which keys and whole numbers take turns."""
    words = _words(text)
    return dict(zip(words[::2], map(int, words[1::2]), strict=True))


# How many of a thousand men bear the name, by our own estimate for people born from 1965
# to 2005; every name of the table that is not listed here counts 4.
_OFTEN: Mapping[Language, Mapping[str, int]] = {
    "uk": weights(
        "Олександр 105 Сергій 85 Андрій 75 Володимир 62 Дмитро 60 Микола 45 Іван 45 Віталій 42 "
        "Юрій 42 Роман 42 Василь 38 Ігор 38 Віктор 36 Максим 36 Євген 32 Олексій 30 Олег 30 "
        "Михайло 30 Богдан 22 Артем 22 Руслан 20 Анатолій 18 Петро 18 Денис 18 Вадим 16 Павло 16 "
        "Ярослав 14 Тарас 12 Валерій 12"
    ),
    "ru": weights(
        "Олександр 115 Сергій 90 Дмитро 70 Олексій 65 Андрій 60 Євген 45 Володимир 45 Максим 40 "
        "Іван 40 Михайло 35 Денис 30 Роман 28 Артем 26 Ігор 25 Микола 25 Павло 25 Антон 24 "
        "Юрій 22 Віктор 20 Віталій 20 Владислав 16 Ілля 16 Микита 16 Кирило 14 Руслан 14 "
        "Данило 14 Василь 14 Станіслав 12"
    ),
}
_SELDOM = 4
_WOMEN = weights(
    "Олена 80 Наталія 70 Ірина 70 Тетяна 70 Юлія 55 Анна 55 Марія 50 Катерина 50 Вікторія 45 "
    "Оксана 45 Світлана 45 Людмила 25"
)
# Endings of family names, in per cent; the first fits every stem.
_ENDINGS: Mapping[Language, Mapping[str, int]] = {
    "uk": weights("енко 34 чук 14 ський 13 юк 10 ик 9 ук 8 ак 5 ець 4 ів 3"),
    "ru": weights("ов 42 ин 24 ев 14 ский 8 ков 8 ников 4"),
}
_STEMS: Mapping[Language, tuple[str, ...]] = {
    "uk": _words(
        "Кравч Бонд Гонч Мельнич Ткач Лис Вовч Медвед Зай Гор Дуб Клен Верб Калин "
        "Бурл Козач Степан Івас Петр Романч Данил Федор Гаврил Захар Тимош Микит Матв Назар "
        "Савч Гриц Демч Климч Остап Павл Пилип Прокоп Юрч Яким Дяч Пономар Шинк Мірош Гайд "
        "Луг Яр Мороз Зим Весел Чорн Біл Руд Сив Кучер Головч Губ Вус Ног Пал Пшен Гречан "
        "Жит Вівч Борщ Куліш Галуш Медян Солов Дрозд Сорок Орл Сокол Журав"
    ),
    "ru": _words(
        "Иван Петр Мельник Плотник Гончар Волк Медвед Зайц Лис Барсук Козл Баран "
        "Орл Сокол Голуб Журавл Дрозд Грач Карас Ерш Окун Щук Берез Дуб Ольх "
        "Осин Вишн Калин Рябин Морозк Снег Ветр Гром Туман Рассвет Степан Федот Назар Тарас "
        "Гаврил Данил Захар Марк Никит Прохор Савел Тимоф Филат Яким Поляк Луг Озер Реч "
        "Кочет Гребен Колокол Топор Молот Серп Рогож Лапт Шапк Кафтан Пирог Калач"
    ),
}
_HEADS: Mapping[Language, tuple[str, ...]] = {
    "uk": _words(
        "Ба Бе Бо Бу Ва Ве Ви Га Го Гу Да До Ду За Зо Ка Ко Ку Ла Ле Ли Лу Ма Ме Мо Му На Ни "
        "Но Па По Пу Ра Ро Ру Са Се Си Со Та Ти То Ха Хо Ча Че Ша Ше Шу Гри Дра Кри Кло Сте "
        "Три Хво Шля Скри"
    ),
    "ru": _words(
        "Ба Бе Бо Бу Ва Ве Ви Во Га Го Гу Да Де До Ду За Зо Ка Ки Ко Ку Ла Ло Лу Ма Ме Мо Му "
        "На Не Но Па Пе По Пу Ра Ро Ру Са Се Си Су Та Ти То Фа Ха Хо Че Ша Ше Бры Гра Дро Кра "
        "Кло Сла Сте Тру Хру"
    ),
}
_MIDDLES = _words(
    "б в г д ж з к л м н п р с т х ч ш бр вд гн др жд зн кл лб лд лт мп нд нт пл рб рв рд рж "
    "рк рм рн рт сл ст шн хл тр"
)
# Half of the family names come from the short table of stems, so that some are common.
_STEM_SHARE = 0.5
_VOWELS = "аеєиіоуюяыэё"

# Spelling from one language into the other: first the groups, in this order, then letters.
_UK_TO_RU_GROUPS = (("ськ", "ск"), ("цьк", "цк"), ("ьо", "ё"), ("ць", "ц"), ("'", "ъ"))
_UK_TO_RU_LETTERS = str.maketrans("іїєґІЇЄҐ", "ииегИИЕГ")
_RU_TO_UK_GROUPS = (
    (r"ск(ий|ая|ой)$", r"ськ\1"),
    (r"цк(ий|ая|ой)$", r"цьк\1"),
    (r"ая$", "а"),
    (r"(?<=[аеиоуыэюя])е|^е", "є"),
    (r"(?<=[бвдзклмнпст])е(?=ва?$)", "є"),
    (r"и(?!й$)(?<![жчшщц]и)", "і"),
    (r"(?<=[жчшщ])ё", "о"),
    (r"(?<=[бвгдзклмнпрстфх])ё", "ьо"),
    (r"ё", "йо"),
)
_RU_TO_UK_LETTERS = str.maketrans("ыэъ", "ие'")
_LATIN = {
    **dict(zip("абвдезийклмнопрстуф", "abvdeziiklmnoprstuf", strict=True)),
    **dict(zip("жхцчшщюя", _words("zh kh ts ch sh shch iu ia"), strict=True)),
    "ь": "",
}
_LATIN_OF_UK = str.maketrans(
    {**_LATIN, "г": "h", "ґ": "g", "и": "y", "і": "i", "ї": "i", "є": "ie", "'": ""}
)
_LATIN_OF_UK_FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_LATIN_OF_RU = str.maketrans({**_LATIN, "г": "g", "ы": "y", "э": "e", "ё": "e", "ъ": "ie"})


_Item = TypeVar("_Item")


def draw(rng: Random, table: Mapping[_Item, int]) -> _Item:
    """Draw one key of a table by its weight.

    Args:
        rng: The only source of chance.
        table: Whole weights, not all zero; their sum does not matter.

    Returns:
        A key.
    """
    point = rng.randrange(sum(table.values()))
    for key, weight in table.items():
        point -= weight
        if point < 0:
            return key
    raise AssertionError("the point lies below the sum")


class NameMaker:
    """Draws names of one side's people; the source of chance is passed in."""

    def __init__(self, language: Language) -> None:
        """Weigh the tables once.

        Args:
            language: The language of these people's own documents.
        """
        self._language: Language = language
        often = {"M": _OFTEN[language], "F": _WOMEN}
        self._given: dict[str, dict[GivenName, int]] = {"M": {}, "F": {}}
        for name in given_names():
            self._given[name.sex][name] = often[name.sex].get(name.uk, _SELDOM)

    def draw(self, rng: Random, *, sex: str) -> Spellings:
        """Draw one person's name.

        Args:
            rng: The only source of chance.
            sex: `M` or `F`.

        Returns:
            The name in all spellings.
        """
        family = self._draw_family(rng)
        given, father = draw(rng, self._given[sex]), draw(rng, self._given["M"])
        return self._spell(family, given, father, sex=sex)

    def draw_brother(self, rng: Random, name: Spellings) -> Spellings:
        """Draw a brother: the same family name and father, another given name."""
        given = draw(rng, self._given["M"])
        while given.uk == name.uk.given:
            given = draw(rng, self._given["M"])
        uk = FullName(family=name.uk.family, given=given.uk, father=name.uk.father)
        ru = FullName(family=name.ru.family, given=given.ru, father=name.ru.father)
        return spell(uk, ru)

    def _draw_family(self, rng: Random) -> str:
        ending = draw(rng, _ENDINGS[self._language])
        if rng.random() < _STEM_SHARE:
            stems = _STEMS[self._language]
            # The product of two draws favours the front of the table: some names are common.
            stem = stems[int(rng.random() * rng.random() * len(stems))]
        else:
            stem = rng.choice(_HEADS[self._language]) + rng.choice(_MIDDLES)
            if ending[0] not in _VOWELS and stem[-2] not in _VOWELS:
                stem = stem[:-1]  # too many consonants in a row to be said
        if ending[0] not in _VOWELS and stem[-2] not in _VOWELS:
            ending = next(iter(_ENDINGS[self._language]))
        if stem[-1] in "чшжщц":
            ending = {"чук": "ук", "юк": "ук", "ов": "ев", "ков": "ев"}.get(ending, ending)
        if stem[-1] == "л" and ending.startswith("с"):
            stem += "ь"
        return stem + ending

    def _spell(self, family: str, given: GivenName, father: GivenName, *, sex: str) -> Spellings:
        family_uk = family if self._language == "uk" else uk_from_ru(family)
        family_ru = family if self._language == "ru" else ru_from_uk(family)
        father_uk, father_ru = father.father_uk, father.father_ru
        if sex == "F":
            family_uk, family_ru = _feminine(family_uk), _feminine(family_ru)
            father_uk, father_ru = _daughter_uk(father_uk), _daughter_ru(father_ru)
        return spell(
            FullName(family=family_uk, given=given.uk, father=father_uk),
            FullName(family=family_ru, given=given.ru, father=father_ru),
        )


def spell(uk: FullName, ru: FullName) -> Spellings:
    """Add the Latin spellings to a Ukrainian and a Russian one."""
    return Spellings(uk=uk, ru=ru, latin_uk=_each(latin_of_uk, uk), latin_ru=_each(latin_of_ru, ru))


@lru_cache(maxsize=50_000)
def ru_from_uk(name: str) -> str:
    """Spell a Ukrainian family name as a Russian clerk does."""
    for group, letters in _UK_TO_RU_GROUPS:
        name = name.replace(group, letters)
    return name.translate(_UK_TO_RU_LETTERS)


@lru_cache(maxsize=50_000)
def uk_from_ru(name: str) -> str:
    """Spell a Russian family name as a Ukrainian clerk does."""
    lower = name.lower()
    for pattern, letters in _RU_TO_UK_GROUPS:
        lower = re.sub(pattern, letters, lower)
    return lower.translate(_RU_TO_UK_LETTERS).capitalize()


@lru_cache(maxsize=50_000)
def latin_of_uk(name: str) -> str:
    """Romanise a Ukrainian name (KMU 2010)."""
    lower = name.lower().replace("зг", "zgh")
    first = _LATIN_OF_UK_FIRST.get(lower[:1], lower[:1].translate(_LATIN_OF_UK))
    return (first + lower[1:].translate(_LATIN_OF_UK)).capitalize()


@lru_cache(maxsize=50_000)
def latin_of_ru(name: str) -> str:
    """Romanise a Russian name (ICAO Doc 9303)."""
    return name.lower().translate(_LATIN_OF_RU).capitalize()


def _each(rule: Callable[[str], str], name: FullName) -> FullName:
    return FullName(family=rule(name.family), given=rule(name.given), father=rule(name.father))


def _feminine(family: str) -> str:
    if family.endswith(("ський", "цький")):
        return family[:-2] + "а"
    if family.endswith(("ский", "цкий")):
        return family[:-2] + "ая"
    return family + "а" if family.endswith(("ов", "ев", "єв", "ин", "ін")) else family


def _daughter_uk(father: str) -> str:
    for ending, daughter in (
        ("йович", "ївна"),
        ("ьович", "івна"),
        ("ович", "івна"),
        ("ич", "івна"),
    ):
        if father.endswith(ending):
            return father.removesuffix(ending) + daughter
    return father.removesuffix("іч") + "івна"


def _daughter_ru(father: str) -> str:
    for ending, daughter in (("ович", "овна"), ("евич", "евна"), ("тич", "тична")):
        if father.endswith(ending):
            return father.removesuffix(ending) + daughter
    return father.removesuffix("ич") + "инична"
