"""Who may travel at all, and whom a clause means: masks over the whole pool.

Rules of this file:
- People who may travel at all: held by one party, depending on another, not known to be
  dead, not known to be unfit to travel (GC III arts 46-47).
- The dead go home as remains: by a clause on remains, or where `all_of` or `named` means them.
- Somebody moves only if a clause gives them: `give`, `all_of`, `ratio`, `balance`, `pair`,
  `surplus`, `named`, `remains`; and `quota`, where it speaks of prisoners of war in general
  or nothing else gives on its flow. A quota or cap on some category restricts who moves and
  lets nobody else in.
- A clause without `where` counts prisoners of war; one on remains counts the dead.
- What a category cannot judge is outside it, and is counted for review; so is whoever has
  no day of capture where a clause asks for one.
- A veto and a refusal hold even against article 109; the findings say so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeward.foundation.errors import RuleError
from homeward.foundation.ids import Flow, PersonId
from homeward.planning.certificate import Ints
from homeward.terms.agreed import PRISONERS_OF_WAR, Agreement
from homeward.terms.clauses import (
    AllOf,
    Balance,
    Bundle,
    Clause,
    Consent,
    Destination,
    Give,
    Named,
    Pair,
    Quota,
    Ratio,
    Remains,
    Surplus,
    Together,
    Veto,
)
from homeward.terms.pool import Mask, Pool, members, owed_article_109
from homeward.terms.predicate import COLUMNS

DEAD = "dead"
"""Stands for a category where a clause counts remains."""

EQUIVALENTS = "equivalents"

NamesPeople = Named | Veto | Together | Bundle | Destination


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Whom a row counts: people of a category on a flow, or one person.

    Attributes:
        flow: Who holds them, and where they go home.
        where: The category; None for prisoners of war.
        unit: `people`, or `equivalents`: as many as each stands for.
        value: A column and its text, if only those with it are counted.
        person: Only this one.
    """

    flow: Flow | None = None
    where: str | None = None
    unit: str = "people"
    value: tuple[str, str] | None = None
    person: PersonId | None = None


class Travellers:
    """Masks over the whole pool, made once a category and flow."""

    def __init__(self, agreement: Agreement, pool: Pool, *, elsewhere: Collection[str]) -> None:
        self.agreement, self.pool, self.elsewhere = agreement, pool, elsewhere
        self.codes = tuple(sorted(agreement.parties))
        place = {code: i for i, code in enumerate(self.codes)}
        power = pool.columns["power"]
        by_value = np.array([place.get(v, -1) for v in power.values] or [-1])  # type: ignore[call-overload]
        self.home = by_value.astype(np.int32)[power.codes]
        self._flows: dict[frozenset[Flow], Mask] = {}
        holder_place = np.array([place[code] for code in pool.holders] or [0], dtype=np.int32)  # type: ignore[index]
        self.holder = holder_place[pool.holder]
        self.home[self.home == self.holder] = -1
        self._on = (self.home + 1) * len(self.codes) + self.holder
        self._members = members(agreement, pool)
        self.dead = (self.home >= 0) & pool.text("alive", lambda text: text == "no")
        self.able = (self.home >= 0) & ~self.dead
        self.able &= ~pool.text("fit_to_travel", lambda text: text == "no")
        self.owed = self.able & owed_article_109(pool)
        self.civilian = pool.text("status", lambda text: text == "civilian")

    def category(self, name: str | None) -> Mask:
        """Return who is certainly in a category; None means prisoners of war."""
        return self.dead if name == DEAD else self._members[name or PRISONERS_OF_WAR][0]

    def review(self, given: Mask) -> dict[str, int]:
        """Return how many of `given` each category, or a clause by its day or scale, cannot judge."""
        counts = {}
        for name, category in self.agreement.categories.items():
            unknown = int((self._members[name][1] & given).sum())
            if unknown and category.on_unknown == "review":
                counts[name] = unknown
        for clause in self.agreement.clauses:
            if isinstance(clause, AllOf) and clause.cutoff is not None:
                meant = self.any_flow(clause.flows) & self.category(clause.where) & self.able
                undated = int((meant & self._captured(clause)[1]).sum())
                if undated:
                    counts[clause.id] = undated
            if isinstance(clause, Balance | Pair | Surplus):
                unweighed = int((self._of(clause) & self._off_scale(clause)).sum())
                if unweighed:
                    counts[clause.id] = unweighed
        return counts

    def flow(self, flow: Flow) -> Mask:
        """Return who is held by one end of a flow and goes home to the other."""
        return self.any_flow([flow])

    def any_flow(self, flows: Iterable[Flow]) -> Mask:
        """Return who is on one of the flows."""
        asked = frozenset(flows)
        if asked not in self._flows:
            is_asked = np.zeros((len(self.codes) + 1) * len(self.codes), dtype=bool)
            is_asked[[self._place_of(flow) for flow in asked]] = True
            self._flows[asked] = is_asked[self._on]
        return self._flows[asked]

    def _place_of(self, flow: Flow) -> int:
        """Return the number of a flow; home stands before holder, and nobody's home is -1."""
        at = self.codes.index
        return (1 + at(flow.home)) * len(self.codes) + at(flow.holder)

    def numbers(self, people: Mask) -> dict[Flow, int]:
        """Return how many of some people are on each flow of the agreement, `people` over the pool."""
        counts = np.bincount(self._on[people], minlength=(len(self.codes) + 1) * len(self.codes))
        return {flow: int(counts[self._place_of(flow)]) for flow in self.agreement.flows}

    def counted(self, whom: Whom, people: NDArray[np.int64]) -> Ints:
        """Return what each of some people counts, shape `(n_people,)`.

        Args:
            whom: Who counts.
            people: Their index in the pool.
        """
        if whom.person is not None:
            return self.pool.on_list(frozenset({whom.person}))[people].astype(np.int64)
        assert whom.flow is not None, "people are counted on a flow"
        mask = self.category(whom.where)[people]
        mask &= self.holder[people] == self.codes.index(whom.flow.holder)
        mask &= self.home[people] == self.codes.index(whom.flow.home)
        if whom.where != DEAD:
            mask &= ~self.dead[people]
        if whom.value is not None:
            name, text = whom.value
            column = self.pool.columns[name]
            is_it = np.array([cell == text for cell in column.values], dtype=bool)
            mask &= is_it[column.codes[people]]
        if whom.unit == EQUIVALENTS:
            return self.equivalents[people] * mask
        return mask.astype(np.int64)

    def told_by(self, whoms: Collection[Whom]) -> list[NDArray[Any]]:
        """Return cells of shape `(n_pool,)`: people equal in all of them count alike for `whoms`."""
        on_flows = [whom for whom in whoms if whom.flow is not None]
        found: list[NDArray[Any]] = [self.holder, self.home]
        found += [self.category(name) for name in {whom.where: 0 for whom in on_flows}]
        if any(whom.where != DEAD for whom in on_flows):
            found.append(self.dead)
        if any(whom.unit == EQUIVALENTS for whom in on_flows):
            found.append(self.equivalents)
        values = {whom.value: 0 for whom in on_flows if whom.value is not None}
        for name in {name: 0 for name, _ in values}:
            column, texts = self.pool.columns[name], [text for of, text in values if of == name]
            at = [texts.index(cell) if cell in texts else -1 for cell in column.values]
            found.append(np.array(at, dtype=np.int32)[column.codes])
        persons = sorted({whom.person for whom in whoms if whom.person is not None}, key=str)
        return [*found, self.pool.places_on(persons)] if persons else found

    @cached_property
    def equivalents(self) -> Ints:
        """Return for how many each person stands; 0 where the scale has no value for them."""
        scale = self.agreement.equivalents
        assert scale is not None, "the agreement has a scale of equivalents"
        column = self.pool.columns[scale.by]
        weights = np.array([scale.weights.get(text, 0) for text in column.values] or [0])
        found: Ints = weights.astype(np.int64)[column.codes]
        return found

    def meant(self, clause: Clause) -> Mask:
        """Return whom a clause gives, whoever of them may travel."""
        match clause:
            case Give() | Balance() | Pair() | Surplus():
                return self._of(clause) & ~self._off_scale(clause)
            case AllOf():
                everybody = self.any_flow(clause.flows) & self.category(clause.where)
                return everybody & (self.able | self.dead) & self._captured(clause)[0]
            case Ratio():
                mask = self.flow(clause.for_each.flow) & self.category(clause.for_each.where)
                for part in clause.give:
                    mask |= self.flow(part.flow) & self.category(part.where)
                return mask & self.able
            case Named():
                return self.people(clause) & (self.able | self.dead)
            case Remains():
                return self.any_flow(clause.flows) & self.dead
            case Quota():
                flows = clause.flows if clause.where is None else set(clause.flows) - self._covered
                return self.any_flow(flows) & self.category(clause.where) & self.able
        return np.zeros(self.pool.size, dtype=bool)

    def _of(self, clause: Give | Balance | Pair | Surplus) -> Mask:
        return self.any_flow(clause.flows) & self.category(clause.where) & self.able

    def _off_scale(self, clause: Clause) -> Mask:
        """Return for whom the scale says nothing: nobody is exchanged for nothing, or unpaired."""
        if getattr(clause, "unit", "people") == EQUIVALENTS:
            unweighed: Mask = self.equivalents == 0
            return unweighed
        if isinstance(clause, Pair):
            known = values_of(self.agreement, clause.key)
            return ~self.pool.text(clause.key, lambda text: text in known)
        return np.zeros(self.pool.size, dtype=bool)

    @property
    def _covered(self) -> set[Flow]:
        """Flows on which something else than a quota gives."""
        found: set[Flow] = set()
        for clause in self.agreement.clauses:
            if isinstance(clause, Give | AllOf | Balance | Pair | Surplus):
                found.update(clause.flows)
            if isinstance(clause, Ratio):
                found.update(part.flow for part in clause.give)
        return found

    def _captured(self, clause: AllOf) -> tuple[Mask, Mask]:
        """Return who was captured in time, and of whom that is unknown."""
        if clause.cutoff is None:
            everybody = np.ones(self.pool.size, dtype=bool)
            return everybody, ~everybody
        low, high, unknown = self.pool.bounds("captured_on")
        last = clause.cutoff.toordinal()
        return ~unknown & (high <= last), unknown | ((low <= last) & (high > last))

    def given(self) -> Mask:
        """Return who is moved by some clause; see the rules above."""
        mask = np.zeros(self.pool.size, dtype=bool)
        for clause in self.agreement.clauses:
            mask |= self.meant(clause)
        return mask

    def allowed(self) -> Mask:
        """Return whom neither their will nor a veto keeps here."""
        kept = np.zeros(self.pool.size, dtype=bool)
        for clause in self.agreement.clauses:
            if isinstance(clause, Veto):
                kept |= self.people(clause)
            elif isinstance(clause, Consent):
                kept |= self.stays(clause)
        return ~kept

    def people(self, clause: NamesPeople) -> Mask:
        """Return whom a clause names, as far as they are in the pool.

        Raises:
            RuleError: A veto names more people than the agreement allows.
        """
        people = self.named(clause)
        if (
            isinstance(clause, Veto)
            and clause.max_names is not None
            and len(people) > clause.max_names
        ):
            raise RuleError(
                "planning.veto_names",
                f"Expected at most {clause.max_names} people in veto {clause.id}, found {len(people)}.",
                hint="Shorten the list, or agree on a larger number.",
                facts={"clause": clause.id, "allowed": clause.max_names, "found": len(people)},
            )
        return self.pool.on_list(people)

    def named(self, clause: NamesPeople) -> frozenset[PersonId]:
        """Return whom a clause names, on whatever list they are."""
        return frozenset(clause.persons) if clause.list is None else self.pool.lists[clause.list]

    def named_elsewhere(self, clause: NamesPeople) -> frozenset[PersonId]:
        """Return whom a clause names of the holders whose lists are not here."""
        return frozenset(p for p in self.named(clause) if p.holder in self.elsewhere)

    def stays(self, clause: Consent) -> Mask:
        """Return who stays by the rule of consent: of the living, nobody asks the dead."""
        stays = ("no",) if clause.on_unknown == "ask" else ("no", "unknown", "")
        return self.pool.text("consent", lambda text: text in stays) & ~self.dead

    def value(self, count_of: str | None, sum_of: str | None) -> Ints:
        """Return what each person adds to an objective: the dead nothing."""
        if count_of is not None:
            return (self.category(count_of) & ~self.dead).astype(np.int64)
        assert sum_of is not None, "an objective counts or sums"
        if sum_of == EQUIVALENTS:
            return self.equivalents * ~self.dead
        _, high, unknown = self.pool.bounds(sum_of)  # the earliest possible day: the larger sum
        return np.where(unknown | self.dead, 0, high)

    def value_is_known(self, column: str) -> Mask:
        """Return of whom an objective knows a date or number: the living whose record says it."""
        return ~self.pool.bounds(column)[2] & ~self.dead

    def destinations(self) -> tuple[NDArray[np.int32], tuple[str, ...]]:
        """Return where each person is sent, home unless a clause says otherwise, and the countries.

        Returns:
            Place among the countries, shape `(n_pool,)`; parties stand first, as in `codes`.
        """
        found, countries = self.home.copy(), list[str](self.codes)
        for clause in self.agreement.clauses:
            if isinstance(clause, Destination):
                is_named = bool(clause.persons) or clause.list is not None
                mask = self.people(clause) if is_named else self.category(clause.where)
                countries.append(clause.country)
                found[mask] = len(countries) - 1
        return found, tuple(countries)


def values_of(agreement: Agreement, key: str) -> tuple[str, ...]:
    """Return what may stand in a column that people are paired by; empty means not known."""
    column = {**COLUMNS, **agreement.fields}[key]
    known: Sequence[str] = column.values
    if not known and agreement.equivalents is not None and agreement.equivalents.by == key:
        known = tuple(agreement.equivalents.weights)
    return (*known, "")
