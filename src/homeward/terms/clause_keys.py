"""The keys of one clause or table, read one by one; whatever is wrong says where.

Rules of this file:
- A number has bounds, a text has a length, a list has no item twice.
- Flows and people come back sorted: their order says nothing.
- No message shows a person's reference.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from homeward.foundation.ids import Flow, PartyCode, PersonId, parse_flow, parse_party, parse_person
from homeward.terms.places import Place, shown

COUNT_MAX = 10_000_000
TEXT_MAX_CHARS = 500
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
"""What an id of a clause, or the name of a list, may look like."""


@dataclass(frozen=True, slots=True)
class Keys:
    """A parsed table, and where it stands."""

    place: Place
    table: Mapping[str, Any]

    def only(self, *allowed: str) -> None:
        """Refuse every other key.

        Raises:
            InputError: There is one; it names those allowed.
        """
        unknown = sorted(set(self.table) - set(allowed))
        if unknown:
            place = self.place.key(unknown[0])
            raise place.wrong(f"only the keys {', '.join(allowed)}", ", ".join(unknown)[:120])

    def flows(self, *, required: bool = True) -> tuple[Flow, ...]:
        """Read `flows = [...]`: sorted, each once."""
        place, texts = self.place.key("flows"), self.table.get("flows", [])
        if not isinstance(texts, list) or (required and not texts):
            raise place.wrong('flows = ["HOLDER -> HOME", ...]', "none")
        flows = []
        for number, text in enumerate(texts):
            with place.key(number).reading():
                flows.append(parse_flow(text))
        if len(set(flows)) != len(flows):
            raise place.wrong("each flow once", "a flow twice")
        return tuple(sorted(flows))

    def codes(self, key: str, *, example: str) -> tuple[PartyCode, ...]:
        """Read a list of parties' codes, if it is there: sorted, each once."""
        place, texts = self.place.key(key), self.table.get(key, [])
        if not isinstance(texts, list):
            raise place.wrong(f'{key} = ["{example}"]', shown(texts))
        found = set()
        for number, text in enumerate(texts):
            with place.key(number).reading():
                found.add(parse_party(text))
        return tuple(sorted(found))

    def flow(self) -> Flow | None:
        """Read `flow = "HOLDER -> HOME"`."""
        text = self.table.get("flow")
        if text is None:
            return None
        with self.place.key("flow").reading():
            return parse_flow(text)

    def needed_flow(self) -> Flow:
        """Read `flow = "HOLDER -> HOME"`, which must be there."""
        flow = self.flow()
        if flow is None:
            raise self.place.key("flow").wrong('flow = "HOLDER -> HOME"', "nothing")
        return flow

    def number(self, key: str, *, low: int = 0, high: int = COUNT_MAX) -> int | None:
        """Read a whole number within bounds, if it is there."""
        value = self.table.get(key)
        if value is not None and (type(value) is not int or not low <= value <= high):
            place = self.place.key(key)
            raise place.wrong(f"{key} = a whole number from {low} to {high}", shown(value))
        return value

    def needed_number(self, key: str, *, low: int = 0, high: int = COUNT_MAX) -> int:
        """Read a whole number within bounds, which must be there."""
        value = self.number(key, low=low, high=high)
        if value is None:
            expected = f"{key} = a whole number from {low} to {high}"
            raise self.place.key(key).wrong(expected, "nothing")
        return value

    def numbers(self, key: str, *, low: int, high: int, most: int) -> tuple[int, ...]:
        """Read a list of whole numbers within bounds, in their order; empty if not there."""
        place, values = self.place.key(key), self.table.get(key)
        if values is None:
            return ()
        if not isinstance(values, list) or not 0 < len(values) <= most:
            found = f"{len(values)}" if isinstance(values, list) else shown(values)
            raise place.wrong(f"{key} = [...] with 1 to {most} numbers", found)
        for number, value in enumerate(values):
            if type(value) is not int or not low <= value <= high:
                expected = f"whole numbers from {low} to {high}"
                raise place.key(number).wrong(expected, shown(value))
        return tuple(values)

    def word(self, key: str, allowed: tuple[str, ...], default: str | None) -> str:
        """Read one of several words; without a default it must be there."""
        value = self.table.get(key, default)
        if value not in allowed:
            place = self.place.key(key)
            raise place.wrong(f"{key} = one of {', '.join(allowed)}", shown(value))
        return str(value)

    def flag(self, key: str) -> bool:
        """Read `true` or `false`; it is false if not there."""
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            raise self.place.key(key).wrong(f"{key} = true or false", shown(value))
        return value

    def text(self, key: str, *, most: int = TEXT_MAX_CHARS) -> str:
        """Read a text of one to `most` characters, which must be there."""
        value = self.table.get(key)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= len(value) <= most:
            found = f"{len(value)} characters" if isinstance(value, str) else shown(value)
            raise self.place.key(key).wrong(f"{key} = a text of at most {most} characters", found)
        return value

    def day(self, key: str) -> dt.date | None:
        """Read a day, if it is there."""
        value = self.table.get(key)
        if value is not None and type(value) is not dt.date:
            raise self.place.key(key).wrong(f"{key} = a day such as 2025-02-05", shown(value))
        return value

    def party(self, key: str) -> PartyCode | None:
        """Read the code of a party, if it is there."""
        value = self.table.get(key)
        if value is None:
            return None
        with self.place.key(key).reading():
            return parse_party(value)

    def needed_party(self, key: str) -> PartyCode:
        """Read the code of a party, which must be there."""
        party = self.party(key)
        if party is None:
            raise self.place.key(key).wrong(f'{key} = "CODE" of a party or a state', "nothing")
        return party

    def category(self, key: str = "where") -> str | None:
        """Read the name of a category, if it is there."""
        value = self.table.get(key)
        if value is not None and not isinstance(value, str):
            raise self.place.key(key).wrong(f'{key} = "CATEGORY"', shown(value))
        return value

    def persons(self, key: str = "persons") -> tuple[PersonId, ...]:
        """Read people by holder and reference: sorted, each once, at least one."""
        place, texts = self.place.key(key), self.table.get(key)
        if not isinstance(texts, list) or not texts:
            found = {list: "none", type(None): "nothing"}.get(type(texts), "something else")
            raise place.wrong(f'{key} = ["HOLDER:ref", ...]', found)
        persons = []
        for number, text in enumerate(texts):
            with place.key(number).reading():
                persons.append(parse_person(text))
        if len(set(persons)) != len(persons):
            raise place.wrong("each person once", "a person twice")
        return tuple(sorted(persons))

    def people(self, *others: str) -> dict[str, Any]:
        """Read `persons` or `list`: one of the two, or else one of `others`.

        Returns:
            `persons` and `list`, for the class of the clause.
        """
        given = [key for key in ("persons", "list", *others) if key in self.table]
        if len(given) != 1:
            expected = ['persons = ["HOLDER:ref", ...]', 'list = "NAME"']
            expected += [f"{key} = ..." for key in others]
            found = "both" if len(given) == 2 else ("several" if given else "none")
            place = self.place.key(given[1]) if given else self.place
            raise place.wrong(f"either {' or '.join(expected)}", f"{found} of them")
        if given == ["persons"]:
            return {"persons": self.persons(), "list": None}
        name = self.table.get("list")
        if name is not None and not (isinstance(name, str) and NAME.fullmatch(name)):
            raise self.place.key("list").wrong('list = "NAME"', shown(name))
        return {"persons": (), "list": name}
