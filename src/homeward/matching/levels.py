"""What each part of two records says about being one person: the table and its fields.

Rules of this file:
- Every part speaks through one row of `LEVELS`: the first row of its part that holds.
- What is missing on either side says nothing.
- A name that many bear says less: rows with `rarity` add bits counted on the two lists.
- A row's sentence is for the person who decides; it repeats the two cells as written.

Source: Fellegi and Sunter, "A Theory for Record Linkage", JASA 64 (1969): the weight of a
level is log2(P(level | same person) / P(level | two people)).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from homeward.foundation.dates import PartialDate
from homeward.matching.names import NameKey, given_names, name_key
from homeward.records.model import PersonRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A record made ready: each field is computed once; days are ordinals, 0 if not exact."""

    record: PersonRecord
    family: str
    given: str
    father: str
    born: tuple[int, int] | None
    born_on: int
    born_swapped_on: int
    lost_on: int
    service: str
    unit: str
    sex: str


@dataclass(frozen=True, slots=True)
class Level:
    """One row of the table: what may be seen of a part, and what it is worth."""

    part: str
    holds: Callable[[Side, Side], bool]
    bits: float
    sentence: str
    rarity: bool = False


def _overlap(a: Side, b: Side) -> bool:
    if a.born is None or b.born is None:
        return False
    return a.born[0] <= b.born[1] and b.born[0] <= a.born[1]


# In the order in which reasons are shown. A part is compared if both values are there.
PARTS: Mapping[str, Callable[[Side], object]] = {
    "family_name": lambda side: side.family,
    "given_name": lambda side: side.given,
    "father_name": lambda side: side.father,
    "birth_date": lambda side: side.born,
    "service_number": lambda side: side.service,
    "unit": lambda side: side.unit,
    "captured_on": lambda side: side.lost_on,
    "sex": lambda side: side.sex,
}

# `a` is the wanted record, `b` the held one. Bits are rounded from shares a bureau can
# expect: of pairs of one person about 2 % have day and month swapped and 1 % another
# father's name; of pairs of two people one in about 11,000 shares a birthday.
LEVELS: tuple[Level, ...] = (
    Level("family_name", lambda a, b: a.family == b.family, 0.0, "{same}.", rarity=True),
    Level(
        "family_name",
        lambda a, b: len(a.family) > 4 and _edits(a.family, b.family, limit=1) <= 1,
        4.0,
        "{wanted} and {held} differ by one letter.",
    ),
    Level(
        "family_name",
        lambda a, b: len(a.family) > 7 and _edits(a.family, b.family, limit=2) <= 2,
        1.0,
        "{wanted} and {held} differ by two letters.",
    ),
    Level("family_name", lambda _a, _b: True, -9.0, "{wanted} is another name than {held}."),
    Level("given_name", lambda a, b: a.given == b.given, 0.0, "{same}.", rarity=True),
    # The shared family name and father have counted for one person: this takes it back.
    Level(
        "given_name",
        lambda a, b: a.family == b.family and a.father == b.father != "",
        -16.0,
        "{wanted} and {held}, with one family name and one father: perhaps brothers.",
    ),
    Level(
        "given_name",
        lambda a, b: len(a.given) > 4 and _edits(a.given, b.given, limit=1) <= 1,
        1.0,
        "{wanted} and {held} differ by one letter.",
    ),
    Level("given_name", lambda _a, _b: True, -8.0, "{wanted} is another name than {held}."),
    Level("father_name", lambda a, b: a.father == b.father, 0.0, "{same}.", rarity=True),
    Level(
        "father_name",
        lambda a, b: len(a.father) > 3 and _edits(a.father, b.father, limit=1) <= 1,
        1.0,
        "{wanted} and {held} differ by one letter.",
    ),
    Level("father_name", lambda _a, _b: True, -6.0, "{wanted} is another name than {held}."),
    Level(
        "birth_date",
        lambda a, b: a.born_on == b.born_on != 0,
        13.0,
        "Born on {wanted} on both lists.",
    ),
    Level(
        "birth_date",
        lambda a, b: a.born_on == b.born_swapped_on != 0,
        8.0,
        "Born on {wanted} and on {held}: day and month are swapped.",
    ),
    Level(
        "birth_date",
        lambda a, b: bool(a.born_on and b.born_on) and _differing_digits(a, b) == 1,
        2.0,
        "Born on {wanted} and on {held}: one digit differs.",
    ),
    Level(
        "birth_date",
        lambda a, b: _overlap(a, b) and _uncertain_days(a, b) < 366,
        4.0,
        "Born {wanted} and {held}: both can be true.",
    ),
    Level(
        "birth_date",
        _overlap,
        2.5,
        "Born {wanted} and {held}: both can be true, roughly.",
    ),
    Level("birth_date", lambda _a, _b: True, -9.0, "Born {wanted} and {held}: not the same."),
    Level(
        "service_number",
        lambda a, b: a.service == b.service,
        14.0,
        "Service number {wanted} on both lists.",
    ),
    Level(
        "service_number", lambda _a, _b: True, -4.0, "Service numbers {wanted} and {held} differ."
    ),
    Level("unit", lambda a, b: a.unit == b.unit, 5.0, "Unit {wanted} on both lists."),
    Level("unit", lambda _a, _b: True, -3.0, "Units {wanted} and {held} differ."),
    Level(
        "captured_on",
        lambda a, b: -1 <= b.lost_on - a.lost_on <= 3,
        6.0,
        "Missing since {wanted}, captured on {held}.",
    ),
    Level(
        "captured_on",
        lambda a, b: -14 <= b.lost_on - a.lost_on <= 45,
        1.0,
        "Missing since {wanted}, captured on {held}: some days apart.",
    ),
    Level(
        "captured_on",
        lambda a, b: b.lost_on > a.lost_on,
        -4.0,
        "Missing since {wanted}, captured only on {held}.",
    ),
    Level(
        "captured_on",
        lambda _a, _b: True,
        -6.0,
        "Captured on {held}, before the person was missed ({wanted}).",
    ),
    Level("sex", lambda a, b: a.sex != b.sex, -8.0, "{wanted} on one list, {held} on the other."),
)


def prepare(record: PersonRecord, keys: dict[str, NameKey]) -> Side:
    """Compute once what the table and the blocking compare.

    Args:
        record: From either list.
        keys: Keys of names seen before, by the name as written; grows.

    Returns:
        The record, ready to be compared.
    """
    for text in (record.family_name, record.given_name, record.father_name):
        if text not in keys:
            keys[text] = name_key(text)
    born = record.birth_date
    return Side(
        record=record,
        family=keys[record.family_name].skeleton,
        given=keys[record.given_name].given,
        father=keys[record.father_name].father,
        born=(born.earliest.toordinal(), born.latest.toordinal()) if born else None,
        born_on=_exact_day(born),
        born_swapped_on=_swapped_day(born),
        lost_on=_exact_day(record.captured_on or record.missing_since),
        service=_digits(record.service_number),
        unit=_digits(record.unit),
        sex="" if record.sex == "unknown" else record.sex,
    )


def sentence_of(level: Level, wanted: PersonRecord, held: PersonRecord) -> str:
    """Return a row's sentence for two records, with the cells as written."""
    one, other = _cell(level.part, wanted), _cell(level.part, held)
    same = _same_name(level.part, one, other) if level.rarity else ""
    return level.sentence.format(wanted=one, held=other, same=same)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _exact_day(date: PartialDate | None) -> int:
    return date.earliest.toordinal() if date and date.is_exact else 0


def _swapped_day(date: PartialDate | None) -> int:
    if date is None or not date.is_exact:
        return 0
    day = date.earliest
    if day.day > 12 or day.day == day.month:
        return 0
    return dt.date(day.year, day.day, day.month).toordinal()


def _uncertain_days(a: Side, b: Side) -> int:
    return max(side.born[1] - side.born[0] for side in (a, b) if side.born)


def _differing_digits(a: Side, b: Side) -> int:
    one, other = (dt.date.fromordinal(side.born_on).isoformat() for side in (a, b))
    return sum(x != y for x, y in zip(one, other, strict=True))


def _edits(a: str, b: str, *, limit: int) -> int:
    """Count insertions, deletions and replacements, giving up above `limit`."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
        if min(row) > limit:
            return limit + 1
    return row[-1]


def _cell(part: str, record: PersonRecord) -> str:
    if part == "captured_on":
        date = record.captured_on or record.missing_since
    elif part == "birth_date":
        date = record.birth_date
    else:
        return str(getattr(record, part))
    return date.text if date else ""


def _same_name(part: str, wanted: str, held: str) -> str:
    if wanted == held:
        return f"{wanted} on both lists"
    if part != "family_name" and {wanted.casefold(), held.casefold()} in _translations():
        return f"{wanted} = {held} (same name in Ukrainian and Russian)"
    return f"{wanted} = {held} (same name in another spelling)"


@lru_cache(maxsize=1)
def _translations() -> frozenset[frozenset[str]]:
    return frozenset(
        frozenset(form.casefold() for form in forms)
        for name in given_names()
        for forms in ((name.uk, name.ru), (name.father_uk, name.father_ru))
    )
