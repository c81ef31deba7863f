"""What the cells of a list say that somebody else wrote, in the languages of such lists.

Rules of this file:
- A word stands here only if it means one allowed value in every list; others stay a fault.
- Case, points and the space around a word do not count.
- Whoever is said to be a soldier is a prisoner of war.

Source: GC III art. 4 A (1).
"""

# ruff: noqa: RUF001 - letters that look alike are the subject of this file

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

NOT_KNOWN: Final = frozenset(
    {
        *("-", "–", "—", "?", "n/a", "na", "none", "not known", "no data"),
        *("н/д", "нд", "невідомо", "немає даних", "не відомо", "неизвестно", "нет данных"),
        *("غير معروف", "غير معروفة", "لا يوجد", "مجهول"),
    }
)
"""Cells that say no more than an empty one."""

YEAR_OF_BIRTH: Final = re.compile(
    r"(\d{4}) ?(?:г\.? ?р\.?|р\.? ?н\.?|года рождения|року народження)"
)
"""A year with the words that say that somebody was born in it."""

_YES: Final = ("y", "true", "так", "є", "да", "نعم")
_NO: Final = ("n", "false", "ні", "нет", "لا")
_SAID: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "sex": {
        "M": (
            *("male", "man", "м", "ч", "чол", "чоловік", "чоловіча", "муж", "мужчина"),
            *("мужской", "ذكر"),
        ),
        "F": (
            *("female", "woman", "ж", "жін", "жінка", "жіноча", "жен", "женщина", "женский"),
            *("أنثى", "انثى"),
        ),
    },
    "status": {
        "pow": (
            *("prisoner of war", "soldier", "military", "serviceman", "servicewoman"),
            *("військовополонений", "військовополонена", "військовий", "військова"),
            *("військовослужбовець", "військовослужбовиця", "военнопленный", "военнопленная"),
            *("военный", "военнослужащий", "военнослужащая", "أسير حرب", "أسيرة حرب"),
            *("عسكري", "جندي"),
        ),
        "civilian": (
            *("civil", "civilian person", "цивільний", "цивільна", "цивільна особа"),
            *("гражданский", "гражданская", "гражданское лицо", "мирный житель"),
            *("مدني", "مدنية"),
        ),
        "medical": (
            *("medic", "medical personnel", "медик", "медичний персонал", "медперсонал"),
            *("медицинский персонал", "лікар", "врач", "طبيب", "مسعف", "طاقم طبي"),
        ),
        "religious": ("chaplain", "капелан", "капеллан", "رجل دين"),
    },
    "alive": {
        "yes": (*_YES, "alive", "живий", "жива", "жив", "живой", "حي", "حية"),
        "no": (
            *(*_NO, "dead", "deceased", "killed", "died", "помер", "померла", "загинув"),
            *("загинула", "умер", "умерла", "погиб", "погибла", "متوفى", "متوفاة", "ميت"),
        ),
    },
    "health": {
        "good": ("healthy", "well", "здоровий", "здорова", "здоров", "здоровый", "جيد", "جيدة"),
        "sick": ("ill", "хворий", "хвора", "больной", "больная", "болен", "مريض", "مريضة"),
        "wounded": (
            *("injured", "поранений", "поранена", "ранен", "ранена", "раненый", "раненая"),
            *("جريح", "جريحة", "مصاب", "مصابة"),
        ),
        "serious": (
            *("seriously wounded", "seriously ill", "тяжкопоранений", "тяжкопоранена"),
            *("тяжкохворий", "тяжкохвора", "тяжелораненый", "тяжелораненая"),
            *("тяжелобольной", "тяжелобольная", "тяжело ранен", "тяжело ранена"),
        ),
        "grave": ("critical", "критичний", "критический", "حرج", "حرجة"),
    },
    "article_109": {"owed": (*_YES, "yes"), "not_owed": (*_NO, "no")},
    "fit_to_travel": {"yes": _YES, "no": _NO},
    "consent": {"yes": _YES, "no": _NO},
}
"""Column → allowed value → what other lists call it, in lower case."""

THEIR_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    column: {word: value for value, words in values.items() for word in words}
    for column, values in _SAID.items()
}
"""Column → word → allowed value."""


def plain(text: str) -> str:
    """Return a cell as the words of this file are written."""
    return " ".join(text.lower().replace(".", " ").split())
