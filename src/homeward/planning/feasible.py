"""Which clauses can be kept together: one small program for many questions.

Rules of this file:
- People whom nothing tells apart are taken together once, for all questions.
- One linear program says by how little the clauses asked for are missed at least. If that
  is more than nothing they cannot be kept, and the rows that have a price say which of them
  collide. If it is nothing and the numbers are whole, they are counted in integers.
- Whatever the program leaves open (fractions, prices near nothing) is decided exactly, by
  the solver of plans.
- A plan that was found answers for every set of clauses that it keeps.
- Wishes are never asked for: each can be missed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from homeward.foundation.errors import EngineError
from homeward.planning.certificate import Ints
from homeward.planning.classes import Classes, kinds_of
from homeward.planning.engine import INFINITY, Engine, Floats, LinearProgram
from homeward.planning.problem import Problem
from homeward.planning.solve import solve_level

Bounds = tuple[int | None, int | None]

_NOTHING, _SOMETHING = 1e-9, 1e-5
"""Missed by less than the one: perhaps kept. By more than the other: not kept."""


def is_feasible(problem: Problem, engine: Engine, active: Collection[str] | None = None) -> bool:
    """Say whether some plan keeps the clauses named (all, if None), exactly.

    Args:
        problem: The agreement applied to the pool.
        engine: The solver.
        active: Ids of clauses.

    Raises:
        EngineError: The solver failed, or found neither a plan nor that there is none.
    """
    face = problem.face(active)
    if face is None:
        return False
    return solve_level(face, problem.nothing, engine) is not None


class Feasibility:
    """Answers which clauses of a problem can be kept together.

    Attributes:
        questions: How many programs were solved.
        clauses: Ids of the clauses that can be asked for, in the agreement's order.
    """

    def __init__(self, problem: Problem, engine: Engine) -> None:
        self.problem, self.engine, self.questions = problem, engine, 0
        self.clauses = problem.clause_ids
        self.hard = [i for i, row in enumerate(problem.rows) if row.clause in set(self.clauses)]
        self._witnesses: list[frozenset[str]] = []
        self._known: dict[frozenset[str], frozenset[str] | None] = {}
        self._collapse()
        self._build()

    def _collapse(self) -> None:
        """Take people together whom no hard row, no clause and no way tells apart."""
        problem = self.problem
        factors = problem.factors[:, self.hard, :]
        used = np.flatnonzero(factors.any(axis=(0, 1)))
        settled = [fixing.people.astype(np.int64) for fixing in problem.fixings]

        def columns_of(people: NDArray[np.int64]) -> Ints:
            own = problem.columns[used][:, problem.kind[people]]
            return np.concatenate([own, [cells[people] for cells in settled]]) if settled else own

        kind, columns = kinds_of([problem.kind, *settled], np.arange(len(problem.kind)), columns_of)
        bare = problem.face(frozenset())
        assert bare is not None, "no clause, no contradiction"
        wide = np.zeros((len(problem.ways), len(self.hard), len(columns)), dtype=np.int64)
        wide[:, :, : len(used)] = factors[:, :, used]
        nothing: list[int | None] = [None] * len(self.hard)
        face = replace(
            bare,
            kind=kind,
            columns=columns,
            ways=wide,
            low=nothing,
            high=nothing,
            slacks=(),
            largest=[],
        )
        self.classes = Classes(face, problem.nothing)
        told = [row[len(used) : len(columns)] for row in self.classes.told]
        shape = len(told), len(settled)
        self._in = np.array(told, dtype=np.int64).reshape(shape) > 0  # (n_classes, n_fixings)
        stuck = ~problem.possible.any(axis=1)
        self._impossible = {
            fixing.clause
            for fixing in problem.fixings
            if fixing.goes and (fixing.absent or (fixing.people & stuck).any())
        }

    def _build(self) -> None:
        """Build the program with every row; questions only change bounds."""
        classes = self.classes
        self.places = [(int(k), int(w)) for k, w in np.argwhere(classes.can_go)]
        settled = [k for k in range(len(classes.size)) if self._in[k].any()]
        self._sides = [(k, goes) for k in settled for goes in (True, False)]
        own, missed = len(self.places), 2 * (len(self.hard) + len(self._sides))
        most = [float(classes.size[k]) for k, _ in self.places]
        program = LinearProgram(
            [0.0] * own + [1.0] * missed,
            [0.0] * (own + missed),
            most + [INFINITY] * missed,
        )
        k, way = (np.array([p[i] for p in self.places], dtype=np.int64) for i in (0, 1))
        for n, _ in enumerate(self.hard):
            column = classes.rows[k, way, n]
            index = np.flatnonzero(column)
            self._add(program, index.tolist(), column[index].astype(float).tolist())
        at: dict[int, list[int]] = {}
        for number, (of, _) in enumerate(self.places):
            at.setdefault(of, []).append(number)
        for of, _ in self._sides:
            self._add(program, at[of], [1.0] * len(at[of]))
        for of, numbers in at.items():
            if len(numbers) > 1:
                program.add_row(-INFINITY, float(classes.size[of]), numbers, [1.0] * len(numbers))
        self._program = program

    def _add(self, program: LinearProgram, index: list[int], coefficient: list[float]) -> None:
        """Add a row that can be missed on either side."""
        first = len(self.places) + 2 * len(program.row_low)
        program.add_row(-INFINITY, INFINITY, [*index, first, first + 1], [*coefficient, 1.0, -1.0])

    def keeps(self, active: frozenset[str], bounds: Mapping[int, Bounds] | None = None) -> bool:
        """Say whether some plan keeps the clauses named.

        Args:
            active: Ids of clauses.
            bounds: Instead of their own, of rows of the problem.

        Raises:
            EngineError: As `is_feasible`.
        """
        if bounds:
            return self._ask(active, bounds) is None
        return self.collision(active) is None

    def collision(self, active: frozenset[str]) -> frozenset[str] | None:
        """Return clauses among those named that collide, not always the fewest; None if none do."""
        if any(active <= kept for kept in self._witnesses):
            return None
        if active not in self._known:
            self._known[active] = self._ask(active, {})
        return self._known[active]

    def _ask(self, active: frozenset[str], bounds: Mapping[int, Bounds]) -> frozenset[str] | None:
        broken = sorted(active & (self._impossible | self._crossed(bounds)))
        if broken:
            return frozenset(broken[:1])
        self.questions += 1
        program = self._bounded(active, bounds)
        if not self.places:  # nobody can go: no program, a sum
            return self._counted(np.zeros(0), active, bounds)
        answer = self.engine.solve(program)
        if answer is None:  # whatever is missed, the program has a solution
            raise _untrue("a solution", "none")
        missed = float(answer.x[len(self.places) :].sum())
        if missed > _SOMETHING:
            return self._priced(answer.dual, active)
        if missed < _NOTHING:
            return self._counted(answer.x[: len(self.places)], active, bounds)
        return self._exactly(active, bounds)

    def _crossed(self, bounds: Mapping[int, Bounds]) -> set[str]:
        """Return the clauses of rows that ask for more than they allow."""
        found = set()
        for i in self.hard:
            row = self.problem.rows[i]
            low, high = bounds.get(i, (row.low, row.high))
            if low is not None and high is not None and low > high:
                found.add(row.clause)
        return found

    def _bounded(self, active: frozenset[str], bounds: Mapping[int, Bounds]) -> LinearProgram:
        lows, highs = list(self._program.row_low), list(self._program.row_high)
        for n, i in enumerate(self.hard):
            row = self.problem.rows[i]
            if row.clause in active:
                low, high = bounds.get(i, (row.low, row.high))
                base = int(self.classes.base[n])
                lows[n] = -INFINITY if low is None else float(low - base)
                highs[n] = INFINITY if high is None else float(high - base)
        for n, (k, goes) in enumerate(self._sides, len(self.hard)):
            if self._settling(k, active, goes=goes):
                lows[n], highs[n] = (float(self.classes.size[k]), INFINITY) if goes else (0.0, 0.0)
        return self._program.bounded(self._program.low, self._program.high, lows, highs)

    def _settling(self, k: int, active: frozenset[str], *, goes: bool) -> str | None:
        """Return a clause by which a class goes, or by which it stays; None if there is none."""
        for number in np.flatnonzero(self._in[k]).tolist():
            fixing = self.problem.fixings[number]
            if fixing.goes is goes and fixing.clause in active:
                return fixing.clause
        return None

    def _priced(self, dual: Floats, active: frozenset[str]) -> frozenset[str]:
        """Return the clauses of the rows that have a price: together they prove it."""
        found = set()
        rows = len(self.hard) + len(self._sides)
        for n in np.flatnonzero(np.abs(dual[:rows]) > _NOTHING).tolist():
            if n < len(self.hard):
                found.add(self.problem.rows[self.hard[n]].clause)
                continue
            k, goes = self._sides[n - len(self.hard)]
            clause = self._settling(k, active, goes=goes)
            if clause is None:  # only what is asked has a price
                raise _untrue("prices of what was asked", "another")
            found.add(clause)
        return frozenset(found)

    def _counted(
        self, x: Floats, active: frozenset[str], bounds: Mapping[int, Bounds]
    ) -> frozenset[str] | None:
        """Count a solution in integers; what is not whole is decided exactly."""
        whole = np.rint(x).astype(np.int64)
        if np.abs(x - whole).max(initial=0) > 1e-6:
            return self._exactly(active, bounds)
        z = np.zeros(self.classes.can_go.shape, dtype=np.int64)
        for place, number in zip(self.places, whole.tolist(), strict=True):
            z[place] = number
        kept = self._kept(z, bounds)
        if not active <= kept:
            return self._exactly(active, bounds)
        if not bounds:
            self._witnesses.append(kept)
        return None

    def _kept(self, z: Ints, bounds: Mapping[int, Bounds]) -> frozenset[str]:
        """Return every clause that a plan over classes keeps."""
        activity = self.classes.base + np.einsum("kw,kwr->r", z, self.classes.rows)
        broken = set(self._impossible)
        for n, i in enumerate(self.hard):
            row, total = self.problem.rows[i], int(activity[n])
            low, high = bounds.get(i, (row.low, row.high))
            if (low is not None and total < low) or (high is not None and total > high):
                broken.add(row.clause)
        gone = z.sum(axis=1)
        for number, fixing in enumerate(self.problem.fixings):
            inside = self._in[:, number]
            due = self.classes.size[inside] if fixing.goes else 0
            if (gone[inside] != due).any():
                broken.add(fixing.clause)
        return frozenset(set(self.clauses) - broken)

    def _exactly(
        self, active: frozenset[str], bounds: Mapping[int, Bounds]
    ) -> frozenset[str] | None:
        rows = tuple(
            replace(row, low=bounds[i][0], high=bounds[i][1]) if i in bounds else row
            for i, row in enumerate(self.problem.rows)
        )
        changed = replace(self.problem, rows=rows)
        return None if is_feasible(changed, self.engine, active) else active


def _untrue(expected: str, found: str) -> EngineError:
    return EngineError(
        "planning.solver",
        f"Expected {expected} of the solver, found {found}.",
        hint="Try again; if it stays, report the agreement (without lists).",
    )
