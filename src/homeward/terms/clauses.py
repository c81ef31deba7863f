"""The kinds of clause: what each says, and the keys by which a document says it.

Rules of this file:
- `KINDS` is the whole list. A kind that is not in it, and a key that is not in its row, is
  refused by `clause_reading` with the list of those that are.
- Flows, people and parts stand sorted, so that two documents that say the same are the
  same value. An order that says something is kept: `days`, `at_least`, `order`.
- A clause without `where` speaks of prisoners of war; so does a bargain. A clause that
  names people, or is about the dead or the course of the exchange, has no `where`: it would
  say nothing.
- Only what can be had more or less of can be a wish (`PREFERABLE`). What a side must be
  able to rely on, the will of a person above all, cannot.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from homeward.foundation.ids import Flow, PartyCode, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """What every clause has.

    `prefer`: a wish and no condition. `withhold`: its number is not public.
    """

    id: str
    kind: str
    where: str | None = None
    prefer: bool = False
    withhold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Give(Clause):
    """Exactly `count` people go home on each flow."""

    flows: tuple[Flow, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf(Clause):
    """Everybody of a category on the flows who may travel goes home.

    `cutoff`: only those captured on or before that day. `continuing`: cases recognised
    later join the next exchange.
    """

    flows: tuple[Flow, ...]
    cutoff: dt.date | None
    continuing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota(Clause):
    """At least `min` and at most `max` people (or equivalents), on each flow or on all."""

    flows: tuple[Flow, ...]
    min: int | None
    max: int | None
    unit: str
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Whom a ratio counts: people of a category (prisoners of war, if None) on a flow."""

    flow: Flow
    where: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a ratio gives for each person: `count` people of a category on a flow."""

    flow: Flow
    where: str | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(Clause):
    """For each person of `for_each` who goes, exactly the people of every part of `give`."""

    for_each: Counted
    give: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance(Clause):
    """What a party (or bloc) gives equals what it gets, in people or equivalents.

    In unit `agreed` it is balanced by signature, and `flows` may be empty.
    """

    flows: tuple[Flow, ...]
    unit: str
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair(Clause):
    """Of each value of the column `key`, as many go on one of two flows as on the other."""

    flows: tuple[Flow, ...]
    key: str


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
class Together(Clause):
    """These people go home all, or none of them."""

    persons: tuple[PersonId, ...]
    list: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle(Clause):
    """Each of these people goes home only if everybody of `requires` goes.

    `both_ways`: and everybody of `requires` goes only if these all go.
    """

    persons: tuple[PersonId, ...]
    list: str | None
    requires: tuple[PersonId, ...]
    both_ways: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination(Clause):
    """These people (or this category) are sent to `country`, which need not be their home."""

    persons: tuple[PersonId, ...]
    list: str | None
    country: PartyCode


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase(Clause):
    """The exchange goes in phases: on `days` after the day that counts, or in `rounds`.

    `rounds` is a number, `"as_needed"`, or None where there are days. `at_least` has a number
    of people on `flow` for each phase, or none; `seats` is the most on each flow in each phase.
    """

    days: tuple[int, ...]
    rounds: int | str | None
    flow: Flow | None
    at_least: tuple[int, ...]
    order: tuple[str, ...]
    lockstep: bool
    seats: int | None
    equal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Escrow(Clause):
    """A custodian has both groups in hand before it lets anybody of them go on."""

    custodian: PartyCode
    release: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surplus(Clause):
    """What the larger side has left over goes home as well, owed by the other side."""

    flows: tuple[Flow, ...]
    unit: str
    release: str
    within_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remains(Clause):
    """The dead go home, in an account of their own."""

    flows: tuple[Flow, ...]
    min: int | None
    max: int | None
    balance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate(Clause):
    """Nobody of a clause or a phase is released before something is confirmed.

    `before` is the id of a clause, or `"phase N"`.
    """

    before: str
    until: str
    confirmed_by: PartyCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend(Clause):
    """For every `per` people who go on a flow, something is added."""

    per: int
    flow: Flow
    adds: str
    max: int | None


_PEOPLE = ("persons", "list")

KINDS: Mapping[str, tuple[tuple[str, ...], type[Clause]]] = {
    "give": (("where", "flows", "count"), Give),
    "all_of": (("where", "flows", "cutoff", "continuing"), AllOf),
    "quota": (("where", "flows", "min", "max", "unit", "scope"), Quota),
    "ratio": (("for_each", "give"), Ratio),
    "balance": (("where", "flows", "unit", "scope"), Balance),
    "pair": (("where", "flows", "key"), Pair),
    "cap": (("where", "flows", "by", "max"), Cap),
    "named": (_PEOPLE, Named),
    "together": (_PEOPLE, Together),
    "bundle": ((*_PEOPLE, "requires", "both_ways"), Bundle),
    "destination": (("where", *_PEOPLE, "country"), Destination),
    "veto": ((*_PEOPLE, "by", "max_names"), Veto),
    "consent": (("on_unknown",), Consent),
    "phase": (
        ("days", "rounds", "flow", "at_least", "order", "lockstep", "seats", "equal"),
        Phase,
    ),
    "escrow": (("custodian", "release"), Escrow),
    "surplus": (("where", "flows", "unit", "release", "within_days"), Surplus),
    "remains": (("flows", "min", "max", "balance"), Remains),
    "gate": (("before", "until", "confirmed_by"), Gate),
    "extend": (("per", "flow", "adds", "max"), Extend),
}
"""Kind -> its own keys, and its class. Every clause also has `COMMON`."""

COMMON = ("id", "kind", "prefer", "withhold")

PREFERABLE = ("give", "quota", "cap", "pair", "named", "all_of", "together", "bundle")
"""Kinds that may be a wish: of each it is plain how much of it is missing."""

PHASE_MAX = 100
"""The most phases of an exchange; a gate may name any of them."""


def flows_of(clause: Clause) -> tuple[Flow, ...]:
    """Return every flow that a clause speaks of, sorted, each once."""
    found = set(getattr(clause, "flows", ()))
    if isinstance(clause, Ratio):
        found |= {clause.for_each.flow, *(part.flow for part in clause.give)}
    if isinstance(clause, Phase | Extend) and clause.flow is not None:
        found.add(clause.flow)
    return tuple(sorted(found))


def categories_of(clause: Clause) -> tuple[tuple[str, str], ...]:
    """Return every category that a clause names, each after the key that names it."""
    named: list[tuple[str, str | None]] = [("where", clause.where)]
    if isinstance(clause, Ratio):
        named.append(("for_each", clause.for_each.where))
        named += [("give", part.where) for part in clause.give]
    if isinstance(clause, Phase):
        named += [("order", name) for name in clause.order]
    return tuple((key, name) for key, name in named if name is not None)


def list_of(clause: Clause) -> str | None:
    """Return the list of people that a clause takes from beside the agreement, if any."""
    name: str | None = getattr(clause, "list", None)
    return name
