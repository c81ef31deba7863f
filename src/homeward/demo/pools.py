"""Invented pools of people that can fulfil a given agreement.

Rules of this file:
- A pool is described in groups: so many people held by one party, of another, and what
  their columns say. The file beside an agreement fixes what the agreement counts; whatever
  it leaves open is drawn.
- One seed, one pool: the same rows on every machine. Chance comes from `Random(seed)`
  alone, and each group draws from its own, so that a longer group moves nobody else.
- Everybody is invented: a reference, and no name.
- People are numbered by holder in the order of the file, `RU-00001` first, so that an
  agreement may name them.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from homeward.foundation.errors import InputError
from homeward.foundation.ids import PartyCode, PersonId, parse_party

GROUP_MAX = 1_000_000
_KEYS = ("held_by", "of", "count", "on")
_CALM: dict[str, Any] = {
    "status": "pow",
    "alive": "yes",
    "sex": ["M"] * 19 + ["F"],
    "health": ["good"] * 7 + ["sick"] * 2 + ["wounded"],
    "fit_to_travel": "yes",
    "consent": ["yes"] * 9 + ["unknown"],
    "rank": ["private"] * 7 + ["sergeant"] * 2 + ["lieutenant"],
}
"""What is drawn where a group says nothing: our own estimate, no statistic."""

_AGES_DAYS = (18 * 366, 60 * 365)
_HELD_DAYS = (30, 900)
_DATES = ("birth_date", "captured_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class InventedPool:
    """Held lists as `Pool.of` takes them, and the lists that the agreement names."""

    held: Mapping[str, Sequence[Mapping[str, str]]]
    lists: Mapping[str, frozenset[PersonId]]


def make_pool(text: str, *, effective: dt.date, seed: int) -> InventedPool:
    """Invent the people that a description asks for.

    Args:
        text: TOML: `[[people]]` tables with `held_by`, `of` (the Power they depend on),
            `count`, `on` (lists that they stand on) and columns. A column is a text, an
            array to draw from, or `{ from, to }` with two days to draw between.
        effective: The day that the agreement counts from; ages and captures are drawn
            back from it.
        seed: Any integer.

    Returns:
        The pool; the same arguments give an equal one on every machine.

    Raises:
        InputError: The text is no TOML, or a group lacks what it must have.
    """
    held: dict[str, list[Mapping[str, str]]] = {}
    lists: dict[str, set[PersonId]] = {}
    for number, group in enumerate(_groups(text), 1):
        holder, power, count = _checked(group, number)
        rng = Random(f"{seed}:{number}")
        columns = _CALM | {key: value for key, value in group.items() if key not in _KEYS}
        rows = held.setdefault(holder, [])
        for _ in range(count):
            ref = f"{holder}-{len(rows) + 1:05}"
            cells = _drawn(columns, rng, effective, number)
            rows.append({"ref": ref, "power": power} | cells)
            for name in group.get("on", ()):
                lists.setdefault(name, set()).add(PersonId(holder, ref))
    return InventedPool(held=held, lists={name: frozenset(on) for name, on in lists.items()})


def _groups(text: str) -> list[dict[str, Any]]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(0, "TOML", str(error)[:200]) from error
    groups = document.get("people")
    if set(document) != {"people"} or not isinstance(groups, list):
        raise _wrong(
            0, "[[people]] tables and nothing else", ", ".join(document)[:200] or "nothing"
        )
    return groups


def _checked(group: Mapping[str, Any], number: int) -> tuple[PartyCode, PartyCode, int]:
    missing = [key for key in ("held_by", "of", "count") if key not in group]
    if missing:
        raise _wrong(number, "the keys held_by, of and count", f"no {', '.join(missing)}")
    count = group["count"]
    if type(count) is not int or not 0 <= count <= GROUP_MAX:
        raise _wrong(number, f"count = a whole number from 0 to {GROUP_MAX}", repr(count)[:40])
    return parse_party(group["held_by"]), parse_party(group["of"]), count


def _drawn(
    columns: Mapping[str, Any], rng: Random, effective: dt.date, number: int
) -> dict[str, str]:
    cells = {}
    for name, value in columns.items():
        if isinstance(value, str):
            cells[name] = value
        elif isinstance(value, list) and value and all(isinstance(v, str) for v in value):
            cells[name] = rng.choice(value)
        elif _is_span(value):
            cells[name] = _day(rng, value["from"], (value["to"] - value["from"]).days)
        else:
            raise _wrong(
                number, f"{name} = a text, some texts, or {{ from, to }}", repr(value)[:40]
            )
    for name, days in zip(_DATES, (_AGES_DAYS, _HELD_DAYS), strict=True):
        if name not in cells:
            earliest = effective - dt.timedelta(days[1])
            cells[name] = _day(rng, earliest, days[1] - days[0])
    return cells


def _is_span(value: Any) -> bool:
    """Say whether this is a first and a last day."""
    is_span = isinstance(value, dict) and set(value) == {"from", "to"}
    if not is_span or any(type(day) is not dt.date for day in value.values()):
        return False
    return bool(value["from"] <= value["to"])


def _day(rng: Random, first: dt.date, span: int) -> str:
    return (first + dt.timedelta(rng.randint(0, span))).isoformat()


def _wrong(number: int, expected: str, found: str) -> InputError:
    place = f"In group {number}" if number else "In a description of a pool"
    return InputError(
        "demo.pool",
        f"{place}: expected {expected}, found {found}.",
        hint="agreements/README.md says what stands in such a file.",
    )
