"""An agreement applied to a pool: rows over people and ways, and levels to maximise.

Rules of this file:
- Clauses that settle people (`named`, `all_of`, `veto`, `consent`) close what is open to
  them; the others are rows (`rows`).
- "All" gives way to a veto and to a refusal; names do not, and collide with them.
- Levels stand in this order: what wishes are short of, the order of the phases, as many
  exchanged as can be before anybody goes on parole, the objectives, everybody as early as
  can be, the tie-breaks.
- Article 109 "outside": whoever is owed goes first and is in no row, no objective.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from homeward.planning.certificate import Face, Ints, Slack, Worth
from homeward.planning.classes import kinds_of
from homeward.planning.goals import goals_of
from homeward.planning.rows import LEAST_SHARE, Missing, Row, least_share_of, rows_of
from homeward.planning.travellers import Travellers, Whom
from homeward.planning.ways import Way, phases_of, ways_of
from homeward.terms.agreed import Agreement
from homeward.terms.clauses import AllOf, Clause, Consent, Named, Veto
from homeward.terms.pool import Mask, Pool

TIE_BITS = 20
TIES = ("tie-break", "tie-break 2", "turn", "turn 2")
"""Two draws of 20 bits: small enough for exact bounds, together enough to decide. They say who
goes, then whose turn is first among those who are equal in all else."""


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
        phases: How many phases there are.
        ways: How somebody can go home.
        possible: Which ways are open to whom before any clause settles it, `(n, n_ways)`.
        kind: Of which kind each person is, `(n,)`: rows count people of one kind alike.
        columns: What rows are made of, a number for each kind, `(n_columns, n_kinds)`.
        factors: How often a way counts a column in a row, `(n_ways, n_rows, n_columns)`.
        missing: The slacks of wishes, and of the least share.
        could_go: Flow -> how many living people some clause may move, and nothing keeps here.
        goals: Name and worth of every level but the tie-breaks, in their order.
        owed: Index in the pool of those who travel outside the bargain (art. 109).
        review: Category -> number of people it cannot judge.
        seed: Text that the tie-breaks are drawn from.
        holders: Every holder that takes part, also one whose list is not here.
    """

    agreement: Agreement
    pool: Pool
    people: NDArray[np.int64]
    phases: int
    ways: tuple[Way, ...]
    possible: Mask
    rows: tuple[Row, ...]
    kind: NDArray[np.int32]
    columns: Ints
    factors: Ints
    missing: tuple[Missing, ...]
    could_go: dict[str, int]
    fixings: tuple[Fixing, ...]
    goals: tuple[tuple[str, Worth], ...]
    owed: NDArray[np.int64]
    review: dict[str, int]
    seed: str
    holders: tuple[str, ...]
    travellers: Travellers

    @property
    def clause_ids(self) -> tuple[str, ...]:
        """Clauses that restrict the plan, in the agreement's order."""
        own = {row.clause for row in self.rows} | {fixing.clause for fixing in self.fixings}
        return tuple(c.id for c in self.agreement.clauses if c.id in own and not c.prefer)

    def face(self, active: Collection[str] | None = None) -> Face | None:
        """Return the plans that keep the clauses named (all, if None), and every wish.

        Returns:
            The face, or None if two clauses settle somebody differently or one names
            people who cannot travel: then no plan exists.
        """
        keep = set(self.clause_ids if active is None else active)
        keep |= {clause.id for clause in self.agreement.clauses if clause.prefer} | {LEAST_SHARE}
        stays = np.ones((len(self.people), 1), dtype=bool)
        is_open = np.asfortranarray(np.concatenate([stays, self.possible], axis=1))
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
            kind=self.kind,
            columns=self.columns,
            ways=np.ascontiguousarray(self.factors[:, chosen, :]),
            low=[self.rows[i].low for i in chosen],
            high=[self.rows[i].high for i in chosen],
            open=is_open,
            slacks=tuple(self._slack(missing, chosen) for missing in self.missing),
            holder=self.place[self.pool.holder[self.people]],
            holders=self.holders,
            present=frozenset(self.pool.holders),
        )

    def _slack(self, missing: Missing, chosen: Sequence[int]) -> Slack:
        adds = {r: self.rows[i].slacks.get(missing.name, 0) for r, i in enumerate(chosen)}
        return Slack(0, missing.most, {r: unit for r, unit in adds.items() if unit})

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of what is maximised, in order; the tie-breaks come last."""
        return (*(name for name, _ in self.goals), *TIES)

    def worth(self, level: str, face: Face) -> Worth:
        """Return what people add to a level; a tie-break counts who is still undecided."""
        if level not in TIES:
            return dict(self.goals)[level]
        is_turn, draw = divmod(TIES.index(level), 2)
        drawn = self.tie(draw, face.undecided())
        if is_turn:
            return Worth(drawn, tuple(range(len(self.ways), 0, -1)))
        return self.every_way(drawn)

    @staticmethod
    def is_drawn(tie: str, face: Face) -> bool:
        """Say whether a tie-break has something to decide: who goes, or for a turn by which way."""
        is_turn = TIES.index(tie) >= len(TIES) // 2
        return bool(face.undecided(ways_only=is_turn).any())

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
        """Return what each row counts of some people, slacks left out.

        Args:
            way: How everybody goes: 0 stays, else 1 + the way; shape `(n,)`.
            of: Who is counted, shape `(n,)`.
        """
        total = np.zeros(len(self.rows), dtype=np.int64)
        for number, factors in enumerate(self.factors, 1):
            gone = self.kind[of & (way == number)]
            counts = np.bincount(gone, minlength=self.columns.shape[1])
            total += factors @ (self.columns @ counts)
        return [int(count) for count in total]

    def most(self, row: int) -> Ints:
        """Return the most that each person can add to a row, shape `(n,)`."""
        most: Ints = (self.factors[:, row, :] @ self.columns).max(axis=0, initial=0)
        return most[self.kind]

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
    agreement: Agreement,
    pool: Pool,
    *,
    seed: str,
    holders: tuple[str, ...] | None = None,
    phases: int | None = None,
    could_go: Mapping[str, int] | None = None,
) -> Problem:
    """Apply an agreement to a pool.

    Args:
        agreement: What was agreed.
        pool: People held, with the columns that the agreement names.
        seed: What the last tie-break is drawn from.
        holders: Every holder, where the pool has the lists of some only: people of the
            others are then taken as able to travel, and checked by who has them.
        phases: How many a plan says there are; None to find out from the pool.
        could_go: What a plan says of the flows from holders whose lists are not here.

    Returns:
        The problem, the same for every order of rows.

    Raises:
        RuleError: A veto names more people than the agreement allows, or the seats agreed
            make too many rounds necessary.
    """
    travellers = Travellers(agreement, pool, elsewhere=set(holders or ()) - set(pool.holders))
    owed = travellers.owed & travellers.allowed()
    if agreement.article_109 == "counted":
        owed = np.zeros(pool.size, dtype=bool)
    given = travellers.given() & ~owed
    people = np.flatnonzero(given)
    count = phases_of(travellers, given) if phases is None else phases
    ways, possible = ways_of(travellers, given, count)
    rows: list[Row] = []
    missing: list[Missing] = []
    fixings: list[Fixing] = []
    for clause in agreement.clauses:
        own, slacks = rows_of(clause, travellers, count)
        rows += own
        missing += slacks
        fixing = fixing_of(clause, travellers, given | owed)
        if fixing is not None and not clause.prefer:
            fixings.append(_over(fixing, people))
    movable = _could_go(travellers, given, could_go or {})
    shares, share = least_share_of(travellers.agreement, movable)
    rows += shares
    missing += share
    kind, columns, factors = _counted(travellers, rows, ways, people)
    return Problem(
        agreement=agreement,
        pool=pool,
        people=people,
        phases=count,
        ways=ways,
        possible=possible[people],
        rows=tuple(rows),
        kind=kind,
        columns=columns,
        factors=factors,
        missing=tuple(missing),
        could_go=movable,
        fixings=tuple(fixings),
        goals=tuple(goals_of(travellers, ways, people, missing)),
        owed=np.flatnonzero(owed),
        review=travellers.review(given),
        seed=seed,
        holders=pool.holders if holders is None else holders,
        travellers=travellers,
    )


def _could_go(travellers: Travellers, given: Mask, stated: Mapping[str, int]) -> dict[str, int]:
    """Return how many living people could go by each flow; on lists not here, as stated."""
    here = travellers.numbers(given & travellers.allowed() & ~travellers.dead)
    found: dict[str, int] = {}
    for flow in travellers.agreement.flows:
        is_here = flow.holder not in travellers.elsewhere
        count = here[flow] if is_here else stated.get(str(flow), 0)
        if count:
            found[str(flow)] = count
    return found


def fixing_of(clause: Clause, travellers: Travellers, able: Mask) -> Fixing | None:
    """Return whom a clause settles, over the pool.

    Args:
        clause: Of the agreement.
        travellers: The agreement applied to the pool.
        able: Whom some clause may move, and who travels outside the bargain.
    """
    match clause:
        case Named():
            mask = travellers.people(clause)
            named = len(travellers.named(clause)) - len(travellers.named_elsewhere(clause))
            absent = named - int((mask & able).sum())
            return Fixing(clause=clause.id, people=mask, goes=True, absent=absent)
        case AllOf():
            mask = travellers.meant(clause) & (travellers.allowed() | travellers.dead)
            return Fixing(clause=clause.id, people=mask, goes=True)
        case Veto():
            return Fixing(clause=clause.id, people=travellers.people(clause), goes=False)
        case Consent():
            return Fixing(clause=clause.id, people=travellers.stays(clause), goes=False)
    return None


def _counted(
    travellers: Travellers, rows: Sequence[Row], ways: Sequence[Way], people: NDArray[np.int64]
) -> tuple[NDArray[np.int32], Ints, Ints]:
    """Return everybody's kind, the columns that rows are made of, and how ways count them."""
    places: dict[Whom, int] = {}
    for row in rows:
        for term in row.terms:
            places.setdefault(term.whom, len(places))

    def columns_of(some: NDArray[np.int64]) -> Ints:
        counted = [travellers.counted(whom, some) for whom in places]
        return np.array(counted, dtype=np.int64).reshape(len(places), len(some))

    kind, columns = kinds_of(travellers.told_by(places), people, columns_of)
    factors = np.zeros((len(ways), len(rows), len(places)), dtype=np.int64)
    for r, row in enumerate(rows):
        for term in row.terms:
            for w, way in enumerate(ways):
                if term.counts(way):
                    factors[w, r, places[term.whom]] += term.factor
    return kind, columns, factors


def _over(fixing: Fixing, people: NDArray[np.int64]) -> Fixing:
    return Fixing(
        clause=fixing.clause, people=fixing.people[people], goes=fixing.goes, absent=fixing.absent
    )
