"""The kinds of clause, and what each may contain.

Rules of this file:
- `KINDS` is the whole list: a key that is not in a kind's row is an error that names
  the row; a kind that is not in the table is an error that names the table.
- Flows are `"HOLDER -> HOME"`, people are `"HOLDER:ref"` or the name of a list.
- A clause without `where` speaks of prisoners of war; so does a bargain. A clause that
  names people, or asks for their will, has no `where`: it would say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from homeward.foundation.errors import InputError
from homeward.foundation.ids import Flow, PartyCode, PersonId, parse_flow, parse_party, parse_person

COUNT_MAX = 10_000_000
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """What every clause has."""

    id: str
    kind: str
    where: str | None = None
    withhold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Give(Clause):
    """Exactly `count` people go home on each flow."""

    flows: tuple[Flow, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota(Clause):
    """At least `min` and at most `max` people, on each flow or on all together."""

    flows: tuple[Flow, ...]
    min: int | None
    max: int | None
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance(Clause):
    """What a party (or bloc) gives equals what it gets, in people."""

    flows: tuple[Flow, ...]
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap(Clause):
    """At most `max` people on the flows together, or from one party."""

    flows: tuple[Flow, ...]
    by: PartyCode | None
    max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Clause):
    """These people go home."""

    persons: tuple[PersonId, ...]
    list: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto(Clause):
    """These people do not travel, by the will of a party."""

    persons: tuple[PersonId, ...]
    list: str | None
    by: PartyCode | None
    max_names: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Clause):
    """Nobody travels against their will; what to do while the will is unknown."""

    on_unknown: str


@dataclass(frozen=True, slots=True)
class _Keys:
    """The raw table of one clause, read key by key."""

    id: str
    table: Mapping[str, Any]

    def flows(self, *, required: bool = True) -> tuple[Flow, ...]:
        texts = self.table.get("flows", [])
        if not isinstance(texts, list) or (required and not texts):
            raise wrong(self.id, 'flows = ["HOLDER -> HOME", ...]', "none")
        flows = tuple(parse_flow(text) for text in texts)
        if len(set(flows)) != len(flows):
            raise wrong(self.id, "each flow once", "a flow twice")
        return flows

    def number(self, key: str, *, required: bool = False) -> int | None:
        value = self.table.get(key)
        if value is None and not required:
            return None
        if type(value) is not int or not 0 <= value <= COUNT_MAX:
            raise wrong(self.id, f"{key} = a whole number from 0 to {COUNT_MAX}", _shown(value))
        return value

    def word(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.table.get(key, default)
        if value not in allowed:
            raise wrong(self.id, f"{key} = one of {', '.join(allowed)}", _shown(value))
        return str(value)

    def party(self, key: str) -> PartyCode | None:
        value = self.table.get(key)
        return None if value is None else parse_party(value)

    def people(self) -> dict[str, Any]:
        persons, name = self.table.get("persons"), self.table.get("list")
        if (persons is None) == (name is None):
            raise wrong(
                self.id, 'either persons = ["HOLDER:ref", ...] or list = "NAME"', "both or none"
            )
        if name is not None and not (isinstance(name, str) and _ID.fullmatch(name)):
            raise wrong(self.id, 'list = "NAME"', _shown(name))
        if name is None and not (isinstance(persons, list) and persons):
            raise wrong(self.id, 'persons = ["HOLDER:ref", ...]', _shown(persons))
        return {"persons": tuple(parse_person(p) for p in persons or ()), "list": name}


def _give(keys: _Keys, common: dict[str, Any]) -> Clause:
    return Give(**common, flows=keys.flows(), count=keys.number("count", required=True))  # type: ignore[arg-type]


def _quota(keys: _Keys, common: dict[str, Any]) -> Clause:
    low, high = keys.number("min"), keys.number("max")
    if low is None and high is None:
        raise wrong(keys.id, "min, max or both", "neither")
    if low is not None and high is not None and low > high:
        raise wrong(keys.id, "min not above max", f"{low} and {high}")
    keys.word("unit", ("people",), "people")
    scope = keys.word("scope", ("each", "sum"), "each")
    return Quota(**common, flows=keys.flows(), min=low, max=high, scope=scope)


def _balance(keys: _Keys, common: dict[str, Any]) -> Clause:
    keys.word("unit", ("people",), "people")
    scope = keys.word("scope", ("party", "bloc", "none"), "party")
    return Balance(**common, flows=keys.flows(), scope=scope)


def _cap(keys: _Keys, common: dict[str, Any]) -> Clause:
    flows, by = keys.flows(required=False), keys.party("by")
    if bool(flows) == (by is not None):
        raise wrong(keys.id, 'either flows = [...] or by = "PARTY"', "both or none")
    return Cap(**common, flows=flows, by=by, max=keys.number("max", required=True))  # type: ignore[arg-type]


def _named(keys: _Keys, common: dict[str, Any]) -> Clause:
    return Named(**common, **keys.people())


def _veto(keys: _Keys, common: dict[str, Any]) -> Clause:
    return Veto(**common, **keys.people(), by=keys.party("by"), max_names=keys.number("max_names"))


def _consent(keys: _Keys, common: dict[str, Any]) -> Clause:
    return Consent(**common, on_unknown=keys.word("on_unknown", ("ask", "exclude"), "ask"))


KINDS: Mapping[str, tuple[tuple[str, ...], Callable[[_Keys, dict[str, Any]], Clause]]] = {
    "give": (("where", "flows", "count"), _give),
    "quota": (("where", "flows", "min", "max", "unit", "scope"), _quota),
    "balance": (("where", "flows", "unit", "scope"), _balance),
    "cap": (("where", "flows", "by", "max"), _cap),
    "named": (("persons", "list"), _named),
    "veto": (("persons", "list", "by", "max_names"), _veto),
    "consent": (("on_unknown",), _consent),
}
"""Kind -> its own keys, and how it is read. Every clause also has `COMMON`."""

COMMON = ("id", "kind", "withhold")


def read_clause(table: Mapping[str, Any], position: int) -> Clause:
    """Read one `[[clause]]`.

    Args:
        table: The parsed TOML table.
        position: 1 for the first clause, for messages about one without an id.

    Returns:
        The clause.

    Raises:
        InputError: A key or a value is not what the kind allows.
    """
    identity = table.get("id")
    if not isinstance(identity, str) or not _ID.fullmatch(identity):
        raise wrong(f"number {position}", 'id = "a short stable name"', _shown(identity))
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise wrong(identity, f"kind = one of {', '.join(KINDS)}", _shown(kind))
    own, read = KINDS[kind]
    unknown = sorted(set(table) - set(own) - set(COMMON))
    if unknown:
        raise wrong(
            identity, f"only the keys {', '.join((*COMMON, *own))}", ", ".join(unknown)[:120]
        )
    where, withhold = table.get("where"), table.get("withhold", False)
    if where is not None and not isinstance(where, str):
        raise wrong(identity, 'where = "CATEGORY"', _shown(where))
    if not isinstance(withhold, bool):
        raise wrong(identity, "withhold = true or false", _shown(withhold))
    common = {"id": identity, "kind": kind, "where": where, "withhold": withhold}
    return read(_Keys(identity, table), common)


def wrong(clause: str, expected: str, found: str) -> InputError:
    """Return the error for a clause that says what it may not."""
    return InputError(
        "terms.clause",
        f"In clause {clause}: expected {expected}, found {found}.",
        hint="Mend the clause; docs/reference/agreement.md lists every key.",
        facts={"clause": clause},
    )


def _shown(value: object) -> str:
    return "nothing" if value is None else repr(value)[:60]
