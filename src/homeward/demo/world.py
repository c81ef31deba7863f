"""An invented world: who is held, who is missed, and what each bureau wrote down.

Rules of this file:
- One seed, one world: the same bytes on every machine. Chance comes from `Random(seed)`
  alone, and nothing depends on the order of a set.
- Each bureau writes in its own way: a holder in its own language or from a passport in
  Latin letters, a family in the family's language.
- The lists are clean; they differ where real lists differ: spelling, missing fathers'
  names, dates known only roughly, day and month swapped.
- One captive is followed through the whole demo: a seriously wounded prisoner of war, held
  longest of all, whose name looks different on the two lists.

Source: numbers held as stated in June 2024 (6,465 Ukrainians, 1,348 Russians); every share
below is our own estimate for a plausible demo, not a statistic.
"""

# ruff: noqa: RUF001 -- Cyrillic letters that look like Latin ones are meant

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from homeward.demo.names import (
    FullName,
    Language,
    NameMaker,
    Spelling,
    Spellings,
    draw,
    ru_from_uk,
    spell,
    weights,
)
from homeward.foundation.dates import PartialDate, exact_date, parse_date
from homeward.foundation.errors import InputError
from homeward.foundation.ids import PartyCode
from homeward.records.model import PersonRecord

UA, RU, AE, BY = (PartyCode(code) for code in ("UA", "RU", "AE", "BY"))
PEOPLE_DEFAULT = 6_465 + 1_348
PEOPLE_MIN, PEOPLE_MAX = 400, 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Two bureaus' lists and, for tests and for the story, what is true.

    `truth` maps the ref of each held person who is also wanted to their ref on that list.
    `followed` is the held ref of the captive of the story.
    """

    seed: int
    parties: tuple[PartyCode, PartyCode]
    mediator: PartyCode
    transit: PartyCode
    held_by_ru: tuple[PersonRecord, ...]
    held_by_ua: tuple[PersonRecord, ...]
    wanted_by_ua: tuple[PersonRecord, ...]
    wanted_by_ru: tuple[PersonRecord, ...]
    truth: Mapping[str, str]
    followed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One flow: people of `home` held by `holder`, and what differs by side.

    `spellings` says how the holder writes names: in its own language, in the people's, or
    in Latin, from the passport of their state or romanised again from its own spelling.
    """

    home: PartyCode
    holder: PartyCode
    language: Language
    clerk: Language
    held_count: int  # of the default world
    wanted_count: int  # of the default world
    spellings: Mapping[Spelling, int]  # per cent
    captures: Mapping[str, int]  # relative numbers by month: sieges, then big operations
    regions: tuple[str, ...]
    camp_count: int


_UKRAINIANS = _Side(
    home=UA,
    holder=RU,
    language="uk",
    clerk="ru",
    held_count=6_465,
    wanted_count=8_000,
    spellings={"ru": 70, "latin_uk": 18, "latin_ru": 12},
    captures=weights(
        "2022-03 60 2022-04 110 2022-05 150 2022-06 60 2022-07 55 2022-09 25 2022-11 20 "
        "2023-01 30 2023-03 35 2023-05 40 2023-06 45 2023-09 30 2023-11 25 2024-02 45 "
        "2024-05 40 2024-08 60 2024-10 55 2024-12 30 2025-01 20"
    ),
    regions=(
        "Київська",
        "Харківська",
        "Донецька",
        "Дніпропетровська",
        "Полтавська",
        "Львівська",
        "Вінницька",
        "Одеська",
        "Житомирська",
        "Сумська",
    ),
    camp_count=24,
)
_RUSSIANS = _Side(
    home=RU,
    holder=UA,
    language="ru",
    clerk="uk",
    held_count=1_348,
    wanted_count=2_000,
    spellings={"uk": 70, "ru": 18, "latin_ru": 12},
    captures=weights(
        "2022-03 40 2022-04 20 2022-09 80 2022-10 30 2023-02 40 2023-06 90 2023-08 50 "
        "2023-11 40 2024-02 35 2024-05 40 2024-08 220 2024-09 60 2024-11 40 2025-01 30"
    ),
    regions=(
        "Московська",
        "Ростовська",
        "Свердловська",
        "Курська",
        "Саратовська",
        "Омська",
        "Пензенська",
        "Самарська",
        "Тульська",
        "Псковська",
    ),
    camp_count=5,
)
_FRONT = ("Донецька", "Запорізька", "Луганська", "Харківська", "Херсонська")
_KURSK, _KURSK_FROM = "Курська", dt.date(2024, 8, 6)  # fought over only from then on
# Where Russian does not simply follow from the letters.
_REGIONS_RU = {
    "Київська": "Киевская",
    "Харківська": "Харьковская",
    "Запорізька": "Запорожская",
    "Дніпропетровська": "Днепропетровская",
    "Львівська": "Львовская",
    "Одеська": "Одесская",
}

# Weights in per mille.
_AGES = {18: 60, 22: 200, 27: 210, 32: 190, 37: 150, 43: 120, 50: 50, 56: 20}  # when captured
_AGE_SPAN_YEARS = 5
_RANKS = {
    "soldier": 600,
    "senior soldier": 105,
    "junior sergeant": 80,
    "sergeant": 80,
    "senior sergeant": 42,
    "warrant officer": 18,
    "junior lieutenant": 16,
    "lieutenant": 25,
    "senior lieutenant": 18,
    "captain": 10,
    "major": 5,
    "lieutenant colonel": 1,
}
_SEX = {"M": 985, "F": 15}
_STATUS = {"pow": 970, "civilian": 15, "medical": 15}
_HEALTH = {"good": 620, "sick": 140, "wounded": 110, "serious": 60, "grave": 20, "unknown": 50}
_CONSENT = {"yes": 890, "unknown": 100, "no": 10}
_COMMISSION = {"owed": 400, "unknown": 600}  # has a medical commission seen the seriously ill?
_GRAVE_FIT = {"no": 300, "unknown": 700}
_BIRTH_HELD = {"day": 770, "year": 120, "approximate": 30, "uncertain": 30, "none": 50}
# Two days in five can be swapped at all: 50 gives 2 % of the list.
_BIRTH_WANTED = {"day": 935, "swapped": 50, "year": 15}
_MISSED_DAYS = {0: 550, 1: 200, 2: 120, 3: 60, 9: 50, 20: 20}  # last word before capture
# Shares of one.
_FATHER_IN_CYRILLIC, _FATHER_IN_LATIN = 0.92, 0.70  # passports have no father's name
_SERVICE_NUMBER_HELD, _SERVICE_NUMBER_WANTED = 0.55, 0.75
_UNIT_HELD, _UNIT_WANTED = 0.70, 0.95
_BIRTH_PLACE_HELD = 0.66
_LISTED = 0.95  # of those held, whom their own side looks for
# Of those wanted and not held, people easily taken for somebody who is held.
_BROTHERS, _NAMESAKES = 0.03, 0.02
_UNITS_PER_SIDE = 60

_DOUBT = {"approximate": "~", "uncertain": "?"}  # the year may be one off
_WAR_FROM = dt.date(2022, 2, 24)
_CAPTURES_FROM = dt.date(2022, 3, 2)  # the captive of the story was there a day longer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """What is true of one person, before anybody writes it down."""

    name: Spellings
    born_on: dt.date
    birth_place: str
    sex: str
    status: str
    rank: str
    service_number: str
    unit: str
    lost_on: dt.date
    lost_at: str
    followed: bool = False


_FOLLOWED = _Person(
    name=spell(
        FullName(family="Кравченко", given="Микола", father="Олександрович"),
        FullName(family="Кравченко", given="Николай", father="Александрович"),
    ),
    born_on=dt.date(1991, 4, 17),
    birth_place="Полтавська",
    sex="M",
    status="pow",
    rank="sergeant",
    service_number="В-418207",
    unit="",
    lost_on=dt.date(2022, 3, 1),
    lost_at="Харківська",
    followed=True,
)


def build_world(*, seed: int, people: int = PEOPLE_DEFAULT) -> World:
    """Build the world of a seed.

    Args:
        seed: Any integer.
        people: How many people are held by both sides together, 400 to 500,000; the
            wanted lists grow with them.

    Returns:
        The world; the same arguments give an equal one on every machine.

    Raises:
        InputError: `people` is outside the range.
    """
    if not PEOPLE_MIN <= people <= PEOPLE_MAX:
        raise InputError(
            "demo.people",
            f"Expected {PEOPLE_MIN:,} to {PEOPLE_MAX:,} people, found {people:,}.",
            hint="Choose another number; the default is 7,813.",
        )
    rng = Random(seed)
    by_ru = round(people * _UKRAINIANS.held_count / PEOPLE_DEFAULT)
    held_by_ru, wanted_by_ua, truth_ua = _build_flow(rng, _UKRAINIANS, by_ru)
    longest_held = exact_date(_FOLLOWED.lost_on)
    followed = next(record.ref for record in held_by_ru if record.captured_on == longest_held)
    held_by_ua, wanted_by_ru, truth_ru = _build_flow(rng, _RUSSIANS, people - by_ru)
    return World(
        seed=seed,
        parties=(UA, RU),
        mediator=AE,
        transit=BY,
        held_by_ru=held_by_ru,
        held_by_ua=held_by_ua,
        wanted_by_ua=wanted_by_ua,
        wanted_by_ru=wanted_by_ru,
        truth={**truth_ua, **truth_ru},
        followed=followed,
    )


def _build_flow(
    rng: Random, side: _Side, count: int
) -> tuple[tuple[PersonRecord, ...], tuple[PersonRecord, ...], dict[str, str]]:
    """Return the held list, the wanted list, and which held ref is which wanted ref."""
    names = NameMaker(side.language)
    units = [f"в/ч {number}" for number in rng.sample(range(10_000, 100_000), _UNITS_PER_SIDE)]
    people = [_draw_person(rng, side, names, units) for _ in range(count)]
    if side is _UKRAINIANS:
        people[rng.randrange(count)] = dataclasses.replace(_FOLLOWED, unit=units[0])
    held = tuple(
        _write_held(rng, side, person, f"{side.holder}-{number:05d}")
        for number, person in enumerate(people, 1)
    )
    missed: list[tuple[str, _Person]] = [
        (record.ref, person)
        for record, person in zip(held, people, strict=True)
        if rng.random() < _LISTED or person.followed
    ]
    while len(missed) < round(count * side.wanted_count / side.held_count):
        missed.append(("", _draw_other(rng, side, names, units, people)))
    rng.shuffle(missed)
    truth: dict[str, str] = {}
    wanted = []
    for number, (held_ref, person) in enumerate(missed, 1):
        ref = f"W-{side.home}-{number:05d}"
        wanted.append(_write_wanted(rng, side, person, ref))
        if held_ref:
            truth[held_ref] = ref
    return held, tuple(wanted), truth


def _draw_person(rng: Random, side: _Side, names: NameMaker, units: list[str]) -> _Person:
    sex = draw(rng, _SEX)
    status = draw(rng, _STATUS)
    month = dt.date.fromisoformat(f"{draw(rng, side.captures)}-01")
    lost_on = max(month + dt.timedelta(days=rng.randrange(28)), _CAPTURES_FROM)
    age_years = draw(rng, _AGES) + rng.randrange(_AGE_SPAN_YEARS)
    front = (*_FRONT, _KURSK) if lost_on >= _KURSK_FROM else _FRONT
    in_arms = status != "civilian"
    return _Person(
        name=names.draw(rng, sex=sex),
        born_on=lost_on - dt.timedelta(days=age_years * 365 + 5 + rng.randrange(365)),
        birth_place=rng.choice(side.regions),
        sex=sex,
        status=status,
        rank=draw(rng, _RANKS) if in_arms else "",
        service_number=f"{rng.choice('АБВ')}-{rng.randrange(100_000, 1_000_000)}"
        if in_arms
        else "",
        unit=rng.choice(units) if in_arms else "",
        lost_on=lost_on,
        lost_at=rng.choice(front),
    )


def _draw_other(
    rng: Random, side: _Side, names: NameMaker, units: list[str], held: list[_Person]
) -> _Person:
    """Draw somebody who is missed but not held; a few resemble somebody who is."""
    person = _draw_person(rng, side, names, units)
    chance = rng.random()
    if person.sex == "F" or chance >= _BROTHERS + _NAMESAKES:
        return person
    alike = rng.choice([other for other in rng.sample(held, 20) if other.sex == "M"])
    if chance < _BROTHERS:
        return dataclasses.replace(person, name=names.draw_brother(rng, alike.name))
    return dataclasses.replace(person, name=alike.name)


def _write_held(rng: Random, side: _Side, person: _Person, ref: str) -> PersonRecord:
    """Write a person down as the holder's clerk does."""
    followed = person.followed
    spelling = side.clerk if followed else draw(rng, side.spellings)
    father_share = _FATHER_IN_LATIN if spelling.startswith("latin") else _FATHER_IN_CYRILLIC
    health = "serious" if followed else draw(rng, _HEALTH)
    examined = health in {"serious", "grave"} and person.status == "pow"
    name = getattr(person.name, spelling)
    father = name.father if followed or rng.random() < father_share else ""
    return PersonRecord(
        ref=ref,
        family_name=name.family,
        given_name=name.given,
        father_name=father,
        name_as_written=f"{name.family} {name.given} {father}".strip(),
        birth_date=_write_birth(rng, person.born_on, {"day": 1} if followed else _BIRTH_HELD),
        birth_place=_region(person.birth_place, side.clerk)
        if rng.random() < _BIRTH_PLACE_HELD
        else "",
        sex=person.sex,
        power=side.home,
        status=person.status,
        rank=person.rank,
        service_number=person.service_number if rng.random() < _SERVICE_NUMBER_HELD else "",
        unit=person.unit if rng.random() < _UNIT_HELD else "",
        alive="yes",
        captured_on=exact_date(person.lost_on),
        captured_at=_region(person.lost_at, side.clerk),
        held_at=f"{side.holder}-camp-{rng.randint(1, side.camp_count)}",
        health=health,
        article_109=draw(rng, _COMMISSION) if examined else "unknown",
        fit_to_travel={"good": "yes", "grave": draw(rng, _GRAVE_FIT)}.get(health, "unknown"),
        consent="yes" if followed else draw(rng, _CONSENT),
    )


def _write_wanted(rng: Random, side: _Side, person: _Person, ref: str) -> PersonRecord:
    """Write a person down as their own side's bureau does."""
    name: FullName = getattr(person.name, side.language)
    missing_since = max(person.lost_on - dt.timedelta(days=draw(rng, _MISSED_DAYS)), _WAR_FROM)
    known = {"day": 1} if person.followed else _BIRTH_WANTED
    return PersonRecord(
        ref=ref,
        family_name=name.family,
        given_name=name.given,
        father_name=name.father,
        name_as_written=f"{name.family} {name.given} {name.father}",
        birth_date=_write_birth(rng, person.born_on, known),
        birth_place=_region(person.birth_place, side.language),
        sex=person.sex,
        power=side.home,
        status=person.status,
        rank=person.rank,
        service_number=person.service_number if rng.random() < _SERVICE_NUMBER_WANTED else "",
        unit=person.unit if rng.random() < _UNIT_WANTED else "",
        missing_since=exact_date(missing_since),
        last_seen_at=_region(person.lost_at, side.language),
    )


def _write_birth(rng: Random, day: dt.date, known: Mapping[str, int]) -> PartialDate | None:
    kind = draw(rng, known)
    if kind == "none":
        return None
    if kind == "swapped" and day.day <= 12:
        return exact_date(dt.date(day.year, day.day, day.month))
    if kind in {"day", "swapped"}:
        return exact_date(day)
    if kind == "year":
        return parse_date(f"{day.year}")
    return parse_date(f"{day.year + rng.choice((-1, 0, 0, 1))}{_DOUBT[kind]}")


def _region(name: str, language: Language) -> str:
    if language == "uk":
        return f"{name} область"
    return f"{_REGIONS_RU.get(name) or ru_from_uk(name) + 'я'} область"
