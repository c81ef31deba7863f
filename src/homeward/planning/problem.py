"""From an agreement and a pool to integer rows over people.

Rules of this file:
- People who may travel at all: held by one party, depending on another, not known to be
  dead, not known to be unfit to travel (GC III arts 46-47).
- Somebody moves only if a clause gives them: `give`, `balance`, `named`; and `quota`,
  where it speaks of prisoners of war in general or nothing else gives on its flow. A
  quota or cap on some category restricts who moves and lets nobody else in.
- A clause without `where` counts prisoners of war.
- What a category cannot judge is outside it, and is counted for review.
- Article 109 "outside": whoever is owed goes first and is in no row, no objective.
- A veto and a refusal hold even against article 109; the findings say so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from homeward.foundation.errors import RuleError
from homeward.foundation.ids import Flow, PersonId
from homeward.planning.certificate import Face, Ints, Worth
from homeward.terms.agreement import PRISONERS_OF_WAR, Agreement
from homeward.terms.clauses import Balance, Cap, Clause, Consent, Give, Named, Quota, Veto
from homeward.terms.pool import Mask, Pool, members, owed_article_109

TIE_BITS = 20
TIES = ("tie-break", "tie-break 2")
"""Two draws of 20 bits: small enough for exact bounds, together enough to decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way home: in which phase, and for which clause whoever takes it is counted."""

    phase: int = 1
    account: str = ""
    basis: str = "agreed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """People who count for a row, and how much each of them does.

    `phase` and `account` count only whoever goes by such a way; `basis` likewise.
    """

    flow: Flow
    where: str | None
    factor: int
    phase: int | None = None
    account: str | None = None
    basis: str | None = None

    def counts(self, way: Way) -> bool:
        """Say whether a way counts."""
        return (
            self.phase in (None, way.phase)
            and self.account in (None, way.account)
            and self.basis in (None, way.basis)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One inequality: `low <= what is counted <= high`."""

    clause: str
    label: str
    low: int | None
    high: int | None
    terms: tuple[Term, ...]

    def allows(self, activity: int) -> bool:
        """Say whether so many people keep the clause."""
        above = self.low is None or activity >= self.low
        return above and (self.high is None or activity <= self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixing:
    """People whom a clause settles: they go (1) or stay (0).

    `absent` counts people whom the clause names and who cannot travel at all.
    """

    clause: str
    people: Mask
    goes: bool
    absent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An agreement applied to a pool. Masks and columns are over `people`.

    Attributes:
        people: Index in the pool of everybody whom some clause may move, `(n,)`.
        ways: How somebody can go home.
        columns: What rows are made of, each of shape `(n,)`.
        factors: How often a way counts a column in a row, `(n_ways, n_rows, n_columns)`.
        owed: Index in the pool of those who travel outside the bargain (art. 109).
        review: Category -> number of people it cannot judge.
        seed: Text that the tie-breaks are drawn from.
        holders: Every holder that takes part, also one whose list is not here.
    """

    agreement: Agreement
    pool: Pool
    people: NDArray[np.int64]
    ways: tuple[Way, ...]
    rows: tuple[Row, ...]
    columns: tuple[Ints, ...]
    factors: Ints
    fixings: tuple[Fixing, ...]
    objectives: tuple[tuple[str, Worth], ...]
    owed: NDArray[np.int64]
    review: dict[str, int]
    seed: str
    holders: tuple[str, ...]
    builder: Builder

    @property
    def clause_ids(self) -> tuple[str, ...]:
        """Clauses that restrict the plan, in the agreement's order."""
        own = {row.clause for row in self.rows} | {fixing.clause for fixing in self.fixings}
        return tuple(clause.id for clause in self.agreement.clauses if clause.id in own)

    def face(self, active: Collection[str] | None = None) -> Face | None:
        """Return the plans that keep the clauses named (all, if None).

        Returns:
            The face, or None if two clauses settle somebody differently or one names
            people who cannot travel: then no plan exists.
        """
        keep = set(self.clause_ids if active is None else active)
        is_open = np.ones((len(self.people), 1 + len(self.ways)), dtype=bool)
        for goes in (False, True):
            for fixing in self.fixings:
                if fixing.goes is not goes or fixing.clause not in keep:
                    continue
                if goes and (fixing.absent or not is_open[fixing.people, 1:].any(axis=1).all()):
                    return None
                if goes:
                    is_open[fixing.people, 0] = False
                else:
                    is_open[fixing.people, 1:] = False
        chosen = [i for i, row in enumerate(self.rows) if row.clause in keep]
        return Face(
            columns=self.columns,
            ways=np.ascontiguousarray(self.factors[:, chosen, :]),
            low=[self.rows[i].low for i in chosen],
            high=[self.rows[i].high for i in chosen],
            open=is_open,
            slacks=(),
            holder=self.place[self.pool.holder[self.people]],
            holders=self.holders,
            present=frozenset(self.pool.holders),
        )

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of what is maximised, in order: the objectives, then the tie-breaks."""
        return (*(name for name, _ in self.objectives), *TIES)

    def worth(self, level: str, face: Face) -> Worth:
        """Return what people add to a level; a tie-break counts who is still undecided."""
        if level in TIES:
            undecided = face.open.sum(axis=1) > 1
            return self.every_way(self.tie(TIES.index(level), undecided))
        return dict(self.objectives)[level]

    def every_way(self, people: Ints) -> Worth:
        """Return a level to which people add the same by whatever way they go."""
        return Worth(people, (1,) * len(self.ways))

    @property
    def nothing(self) -> Worth:
        """The level on which all plans are alike: it asks only whether there is one."""
        return Worth(np.zeros(len(self.people), dtype=np.int64), (0,) * len(self.ways))

    @property
    def place(self) -> NDArray[np.int32]:
        """Where each holder of the pool stands among all holders."""
        return np.array([self.holders.index(code) for code in self.pool.holders], dtype=np.int32)

    def activities(self, way: NDArray[np.int32], of: Mask) -> list[int]:
        """Return what each row counts of some people.

        Args:
            way: How everybody goes: 0 stays, else 1 + the way; shape `(n,)`.
            of: Who is counted, shape `(n,)`.
        """
        total = np.zeros(len(self.rows), dtype=np.int64)
        for number, factors in enumerate(self.factors, 1):
            gone = of & (way == number)
            sums = [int(column[gone].sum()) for column in self.columns]
            total += factors @ np.array(sums, dtype=np.int64)
        return [int(count) for count in total]

    def most(self, row: int) -> Ints:
        """Return the most that each person can add to a row, shape `(n,)`."""
        found = np.zeros(len(self.people), dtype=np.int64)
        for factors in self.factors[:, row, :]:
            added = sum(
                (int(f) * c for f, c in zip(factors, self.columns, strict=True) if f), found * 0
            )
            found = np.maximum(found, added)
        return found

    def tie(self, number: int, open_people: Mask) -> Ints:
        """Return draw `number` (0 or 1) for the people still open, 0 for the others."""
        values = np.zeros(len(self.people), dtype=np.int64)
        prefix = f"{self.seed}|{number}|".encode()
        for i in np.flatnonzero(open_people):
            person = self.people[i]
            holder = self.pool.holders[self.pool.holder[person]]
            digest = hashlib.sha256(prefix + f"{holder}:{self.pool.refs[person]}".encode()).digest()
            values[i] = int.from_bytes(digest[:4], "big") >> (32 - TIE_BITS)
        return values


def compile_problem(
    agreement: Agreement, pool: Pool, *, seed: str, holders: tuple[str, ...] | None = None
) -> Problem:
    """Apply an agreement to a pool.

    Args:
        agreement: What was agreed.
        pool: People held, with the columns that the agreement names.
        seed: What the last tie-break is drawn from.
        holders: Every holder, where the pool has the lists of some only: people of the
            others are then taken as able to travel, and checked by who has them.

    Returns:
        The problem, the same for every order of rows.

    Raises:
        RuleError: A veto names more people than the agreement allows.
    """
    builder = Builder(agreement, pool, elsewhere=set(holders or ()) - set(pool.holders))
    owed = builder.owed & builder.allowed()
    if agreement.article_109 == "counted":
        owed = np.zeros(pool.size, dtype=bool)
    given = builder.able & ~owed & builder.given()
    people = np.flatnonzero(given)
    ways = (Way(),)
    rows: list[Row] = []
    fixings: list[Fixing] = []
    for clause in agreement.clauses:
        rows += builder.rows(clause)
        fixing = builder.fixing(clause, given | owed)
        if fixing is not None:
            fixings.append(_over(fixing, people))
    columns, factors = _counted(builder, rows, ways, people)
    return Problem(
        agreement=agreement,
        pool=pool,
        people=people,
        ways=ways,
        rows=tuple(rows),
        columns=columns,
        factors=factors,
        fixings=tuple(fixings),
        objectives=tuple(
            (o.id, Worth(builder.value(o.count_of, o.sum_of)[people] * o.sense, (1,) * len(ways)))
            for o in agreement.objectives
        ),
        owed=np.flatnonzero(owed),
        review=builder.review(given),
        seed=seed,
        holders=pool.holders if holders is None else holders,
        builder=builder,
    )


def _counted(
    builder: Builder, rows: Sequence[Row], ways: Sequence[Way], people: NDArray[np.int64]
) -> tuple[tuple[Ints, ...], Ints]:
    """Return the columns that rows are made of, each once, and how ways count them."""
    places: dict[tuple[Flow, str | None], int] = {}
    for row in rows:
        for term in row.terms:
            places.setdefault((term.flow, term.where), len(places))
    columns = tuple(
        (builder.flow(flow) & builder.category(where))[people].astype(np.int64)
        for flow, where in places
    )
    factors = np.zeros((len(ways), len(rows), len(places)), dtype=np.int64)
    for r, row in enumerate(rows):
        for term in row.terms:
            for w, way in enumerate(ways):
                if term.counts(way):
                    factors[w, r, places[term.flow, term.where]] += term.factor
    return columns, factors


def _over(fixing: Fixing, people: NDArray[np.int64]) -> Fixing:
    return Fixing(
        clause=fixing.clause, people=fixing.people[people], goes=fixing.goes, absent=fixing.absent
    )


class Builder:
    """Masks over the whole pool, made once a category and flow."""

    def __init__(self, agreement: Agreement, pool: Pool, *, elsewhere: Collection[str]) -> None:
        self.agreement, self.pool, self.elsewhere = agreement, pool, elsewhere
        self.codes = tuple(sorted(agreement.parties))
        place = {code: i for i, code in enumerate(self.codes)}
        power = pool.columns["power"]
        by_value = np.array([place.get(v, -1) for v in power.values] or [-1])  # type: ignore[call-overload]
        self.home = by_value[power.codes]
        holder_place = np.array([place[code] for code in pool.holders] or [0])  # type: ignore[index]
        self.holder = holder_place[pool.holder]
        self.home = np.where(self.home == self.holder, -1, self.home)
        self._members = members(agreement, pool)
        self.able = (self.home >= 0) & ~pool.text("alive", lambda text: text == "no")
        self.able &= ~pool.text("fit_to_travel", lambda text: text == "no")
        self.owed = self.able & owed_article_109(pool)
        self.civilian = pool.text("status", lambda text: text == "civilian")

    def category(self, name: str | None) -> Mask:
        """Return who is certainly in a category; None means prisoners of war."""
        return self._members[name or PRISONERS_OF_WAR][0]

    def review(self, given: Mask) -> dict[str, int]:
        """Return how many of `given` each category cannot judge."""
        counts = {}
        for name, category in self.agreement.categories.items():
            unknown = int((self._members[name][1] & given).sum())
            if unknown and category.on_unknown == "review":
                counts[name] = unknown
        return counts

    def flow(self, flow: Flow) -> Mask:
        """Return who is held by one end of a flow and goes home to the other."""
        held = self.holder == self.codes.index(flow.holder)
        mask: Mask = held & (self.home == self.codes.index(flow.home))
        return mask

    def given(self) -> Mask:
        """Return who is moved by some clause; see the rules above."""
        nobody = np.zeros(self.pool.size, dtype=bool)
        givers = [c for c in self.agreement.clauses if isinstance(c, Give | Balance)]
        covered = {flow for clause in givers for flow in clause.flows}
        mask = nobody.copy()
        for clause in self.agreement.clauses:
            if isinstance(clause, Give | Balance):
                mask |= self.any_flow(clause.flows) & self.category(clause.where)
            elif isinstance(clause, Named):
                mask |= self.people(clause)
            elif isinstance(clause, Quota):
                flows = clause.flows if clause.where is None else set(clause.flows) - covered
                mask |= self.any_flow(flows) & self.category(clause.where)
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

    def rows(self, clause: Clause) -> Iterator[Row]:
        """Yield the rows of one clause."""
        match clause:
            case Give(flows=flows, count=count):
                for flow in flows:
                    yield _row(clause, str(flow), count, count, [(flow, 1)])
            case Quota(flows=flows, scope="sum"):
                signs = [(flow, 1) for flow in flows]
                yield _row(clause, "together", clause.min, clause.max, signs)
            case Quota(flows=flows):
                for flow in flows:
                    yield _row(clause, str(flow), clause.min, clause.max, [(flow, 1)])
            case Cap(by=by, flows=flows, max=most):
                if by is not None:
                    flows = tuple(Flow(by, home) for home in self.codes if home != by)
                label = by or "together"
                yield _row(clause, label, None, most, [(flow, 1) for flow in flows])
            case Balance():
                yield from self._balance(clause)

    def _balance(self, clause: Balance) -> Iterator[Row]:
        sides: dict[str, tuple[str, ...]] = {}
        if clause.scope == "party":
            sides = {code: (code,) for code in self.codes}
        elif clause.scope == "bloc":
            sides = {name: tuple(group) for name, group in self.agreement.blocs.items()}
        for name, group in sides.items():
            signs = [(f, (f.holder in group) - (f.home in group)) for f in clause.flows]
            yield _row(clause, name, 0, 0, [(flow, sign) for flow, sign in signs if sign])

    def fixing(self, clause: Clause, travellers: Mask) -> Fixing | None:
        """Return whom a clause settles, over the pool."""
        match clause:
            case Named():
                mask = self.people(clause)
                named = len(self.named(clause)) - len(self.named_elsewhere(clause))
                return Fixing(
                    clause=clause.id,
                    people=mask,
                    goes=True,
                    absent=named - int((mask & travellers).sum()),
                )
            case Veto():
                return Fixing(clause=clause.id, people=self.people(clause), goes=False)
            case Consent():
                return Fixing(clause=clause.id, people=self.stays(clause), goes=False)
        return None

    def value(self, count_of: str | None, sum_of: str | None) -> Ints:
        """Return what each person adds to an objective."""
        if count_of is not None:
            return self.category(count_of).astype(np.int64)
        assert sum_of is not None, "an objective counts or sums"
        _, high, unknown = self.pool.bounds(sum_of)  # the earliest possible day: the larger sum
        return np.where(unknown, 0, high)

    def any_flow(self, flows: Iterable[Flow]) -> Mask:
        """Return who is on one of the flows."""
        mask = np.zeros(self.pool.size, dtype=bool)
        for flow in flows:
            mask |= self.flow(flow)
        return mask

    def people(self, clause: Named | Veto) -> Mask:
        """Return whom a clause names, as far as they are in the pool."""
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

    def named(self, clause: Named | Veto) -> frozenset[PersonId]:
        """Return whom a clause names, on whatever list they are."""
        return frozenset(clause.persons) if clause.list is None else self.pool.lists[clause.list]

    def named_elsewhere(self, clause: Named | Veto) -> frozenset[PersonId]:
        """Return whom a clause names of the holders whose lists are not here."""
        return frozenset(p for p in self.named(clause) if p.holder in self.elsewhere)

    def stays(self, clause: Consent) -> Mask:
        """Return who stays by the rule of consent."""
        stays = ("no",) if clause.on_unknown == "ask" else ("no", "unknown", "")
        return self.pool.text("consent", lambda text: text in stays)


def _row(
    clause: Clause, label: str, low: int | None, high: int | None, signs: list[tuple[Flow, int]]
) -> Row:
    terms = tuple(Term(flow=flow, where=clause.where, factor=sign) for flow, sign in signs)
    return Row(clause=clause.id, label=label, low=low, high=high, terms=terms)
