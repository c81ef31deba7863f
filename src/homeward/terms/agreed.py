"""What an agreement is once it is read: values, and what follows from them.

Rules of this file:
- Nothing here reads or refuses: `agreement.read_agreement` makes these values, and every
  one of them has been checked.
- What has no order in what it says (parties, flows, people, accounts) stands sorted, so
  that two documents that say the same are the same value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from homeward.foundation.ids import Flow, PartyCode
from homeward.terms.clauses import AllOf, Clause, Consent, Pair, Phase, flows_of, list_of
from homeward.terms.predicate import COLUMNS, SOURCE_OF, Column, Predicate, uses

PRISONERS_OF_WAR = "prisoners_of_war"
"""The category that a clause without `where` means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`[agreement]`: what it is called, who carries it and who looks on, the day that counts."""

    id: str
    mediators: tuple[PartyCode, ...]
    effective: dt.date
    article_109: str
    on_paper: tuple[PartyCode, ...]
    observers: tuple[PartyCode, ...]
    cosigned: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A stop of one party's people on their way home."""

    home: PartyCode
    country: PartyCode
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A name for a predicate, and what becomes of people it cannot judge."""

    name: str
    predicate: Predicate
    on_unknown: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalents:
    """How many people of the lowest value one person stands for, by a column."""

    by: str
    weights: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What an earlier agreement left owing: the debtor gives `amount` more than it gets."""

    debtor: PartyCode
    creditor: PartyCode
    unit: str
    amount: int
    from_: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """In which order people are handed over, and how many move at once.

    `order` is `together` (each side all at once), `exposure` (whoever is behind is next to
    receive) or `medical` (the gravest first).
    """

    order: str = "together"
    batch: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """How many days each step of the lists may take, from the end of the step before.

    The days are those of the executive mechanism of the Stockholm agreement (2018); it names
    none for the final lists. `interviews` runs from the acceptance of the plan.
    """

    wanted_days: int = 7
    answers_days: int = 7
    remarks_days: int = 7
    replies_days: int = 7
    final_days: int = 7
    interviews_days: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """One level of what a plan seeks, after every level above it.

    `kind` is `count`, `sum`, `longest` (the longest wait of those who stay) or
    `least_share` (of a party's people who return). `sense` is 1 for max, -1 for min.
    """

    id: str
    kind: str
    sense: int
    count_of: str | None
    sum_of: str | None
    by_phase: bool


BASE_COLUMNS = (
    "power",
    "status",
    "alive",
    "health",
    "article_109",
    "fit_to_travel",
    "consent",
)
"""What every plan must know of a person, whatever the terms name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What was agreed, checked.

    `on_paper` are parties without a node: the mediator enters what it receives of them.
    `observers` follow the case and record nothing in it. `cosigned` says how many of the
    parties' nodes must have cosigned the entries that a step rests on; empty asks for none.
    """

    id: str
    mediators: tuple[PartyCode, ...]
    effective: dt.date
    article_109: str
    on_paper: tuple[PartyCode, ...]
    observers: tuple[PartyCode, ...]
    cosigned: str
    parties: Mapping[PartyCode, str]
    blocs: Mapping[str, tuple[PartyCode, ...]]
    stops: tuple[Stop, ...]
    fields: Mapping[str, Column]
    categories: Mapping[str, Category]
    equivalents: Equivalents | None
    accounts: tuple[Account, ...]
    handover: Handover
    timetable: Timetable | None
    is_sealed: bool
    clauses: tuple[Clause, ...]
    objectives: tuple[Objective, ...]
    sha256: str
    consent: Consent = field(repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the lists that a plan needs, sorted."""
        needed = {*BASE_COLUMNS, *self._measured}
        for category in self.categories.values():
            needed |= uses(category.predicate)[0]
        needed |= {clause.key for clause in self.clauses if isinstance(clause, Pair)}
        if self.equivalents is not None:
            needed.add(self.equivalents.by)
        return tuple(sorted({SOURCE_OF.get(name, name) for name in needed}))

    @property
    def measures(self) -> tuple[str, ...]:
        """The dates and numbers, derived ones included, that a plan compares or sums."""
        asked = {n for c in self.categories.values() for n in uses(c.predicate)[0]}
        asked |= self._measured
        types = {**COLUMNS, **self.fields}
        return tuple(sorted(n for n in asked if types[n].type in {"date", "number"}))

    @property
    def _measured(self) -> frozenset[str]:
        """Dates and numbers that clauses and objectives ask for, categories apart."""
        found = {o.sum_of for o in self.objectives if o.sum_of} - {"equivalents"}
        if any(objective.kind == "longest" for objective in self.objectives):
            found.add("days_held")
        if any(isinstance(c, AllOf) and c.cutoff is not None for c in self.clauses):
            found.add("captured_on")
        return frozenset(found)

    @property
    def lists(self) -> frozenset[str]:
        """The lists that must come beside the agreement."""
        named = {name for clause in self.clauses if (name := list_of(clause)) is not None}
        asked = {n for c in self.categories.values() for n in uses(c.predicate)[1]}
        return frozenset(named | asked)

    @property
    def flows(self) -> tuple[Flow, ...]:
        """Every flow that some clause mentions, sorted."""
        return tuple(sorted({flow for clause in self.clauses for flow in flows_of(clause)}))

    @property
    def phase(self) -> Phase | None:
        """The clause that divides the exchange into phases, if there is one."""
        return next((clause for clause in self.clauses if isinstance(clause, Phase)), None)
