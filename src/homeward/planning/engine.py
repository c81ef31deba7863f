"""The door to the solver: one reusable child process with a hard time limit.

Rules of this file:
- The solver never runs in this process: a child that does not answer in time is ended.
- An answer other than "optimal" or "infeasible" is an `EngineError`, never a result.
- The child keeps its last programs. One that shares costs and rows with a kept one is sent
  as bounds, with the rows added since, and begins at the last vertex.
"""

from __future__ import annotations

import os
import pickle
import select
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from homeward.foundation.errors import EngineError

Floats = NDArray[np.float64]
INFINITY = float("inf")


@dataclass(slots=True)
class LinearProgram:
    """Minimise `cost . x` with bounds on x and on rows; rows are added one by one, to stay."""

    cost: list[float]
    low: list[float]
    high: list[float]
    row_low: list[float] = field(default_factory=list)
    row_high: list[float] = field(default_factory=list)
    start: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    coefficient: list[float] = field(default_factory=list)

    def add_row(
        self, low: float, high: float, index: Sequence[int], coefficient: Sequence[float]
    ) -> None:
        """Add `low <= sum coefficient * x[index] <= high`."""
        self.row_low.append(low)
        self.row_high.append(high)
        self.index.extend(index)
        self.coefficient.extend(coefficient)
        self.start.append(len(self.index))

    def bounded(
        self,
        low: list[float],
        high: list[float],
        row_low: list[float] | None = None,
        row_high: list[float] | None = None,
    ) -> LinearProgram:
        """Return this program with other bounds; it shares costs and rows with this one."""
        return LinearProgram(
            self.cost,
            low,
            high,
            self.row_low if row_low is None else row_low,
            self.row_high if row_high is None else row_high,
            self.start,
            self.index,
            self.coefficient,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """A solved program: `x` and `reduced` costs of shape `(n_columns,)`, `dual` of `(n_rows,)`."""

    x: Floats
    dual: Floats
    reduced: Floats


_KEPT_MAX = 2
"""Programs that the child keeps: a level's, and the one that shows a part of it empty."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A program that the child keeps under a number, with so many of its rows."""

    number: int
    program: LinearProgram
    rows: int


class Engine:
    """HiGHS in a child process.

    Args:
        seconds: How long one linear program may take before the child is ended.
    """

    def __init__(self, seconds: float = 60.0) -> None:
        self.seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._kept: list[_Kept] = []

    def __enter__(self) -> Self:
        """Return the engine; the child starts with the first program."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the child."""
        self.close()

    def close(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None
        self._kept.clear()

    def solve(self, program: LinearProgram) -> Answer | None:
        """Solve a linear program.

        Args:
            program: What to minimise.

        Returns:
            An optimal vertex with its duals, or None if no solution exists.

        Raises:
            EngineError: The solver did not answer in time, or gave no clear answer.
        """
        answer = self._ask(self._told(program))
        if answer["status"] == "Optimal":
            return Answer(answer["x"], answer["dual"], answer["reduced"])
        if answer["status"] == "Infeasible":
            return None
        self.close()
        raise EngineError(
            "planning.solver",
            f"Expected an optimal or an infeasible program, found status {answer['status']}.",
            hint="Try again; if it stays, report the agreement (without lists).",
        )

    def solve_whole(self, program: LinearProgram, count: int) -> Floats | None:
        """Look for a good solution in which the first columns are whole numbers.

        Args:
            program: What to minimise.
            count: How many columns are whole.

        Returns:
            The best found, `(n_columns,)`, None if none was: it may not be the best there is.
        """
        try:
            answer = self._ask(self._told(program) | {"whole": count})
        except EngineError:  # a hint that does not come in time is none
            return None
        found: Floats | None = answer.get("x")
        return found

    def _told(self, program: LinearProgram) -> dict[str, Any]:
        """Return a program as the child is told it: whole, or what is new in a kept one."""
        if self._child is None or self._child.poll() is not None:
            self._kept.clear()
        kept = next((k for k in self._kept if k.program.index is program.index), None)
        if kept is None or kept.program.cost is not program.cost:
            number = len(self._kept)
            if number == _KEPT_MAX:
                number = self._kept.pop(0).number
            kept = _Kept(number, program, 0)
        else:
            self._kept.remove(kept)
        self._kept.append(_Kept(kept.number, program, len(program.row_low)))
        since = program.start[kept.rows]
        request: dict[str, Any] = {
            "number": kept.number,
            "is_new": kept.rows == 0,
            "low": np.array(program.low, dtype=np.float64),
            "high": np.array(program.high, dtype=np.float64),
            "row_low": np.array(program.row_low, dtype=np.float64),
            "row_high": np.array(program.row_high, dtype=np.float64),
            "added": (
                np.array(program.start[kept.rows :], dtype=np.int32) - since,
                np.array(program.index[since:], dtype=np.int32),
                np.array(program.coefficient[since:], dtype=np.float64),
            ),
        }
        if request["is_new"]:
            request["cost"] = np.array(program.cost, dtype=np.float64)
        return request

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "homeward.planning.highs_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,  # an interrupt of ours is not the solver's to print
            )
            assert self._child.stdin is not None, "the child was started with pipes"
            os.set_blocking(self._child.stdin.fileno(), False)
        data = pickle.dumps(request)
        try:
            self._write(struct.pack(">Q", len(data)) + data)
            (size,) = struct.unpack(">Q", self._read(8))
            answer: dict[str, Any] = pickle.loads(self._read(size))  # noqa: S301 our own child
        except BaseException:
            self.close()  # whoever interrupts a question must not leave its answer to the next
            raise
        return answer

    def _write(self, data: bytes) -> None:
        assert self._child is not None, "asked a child that was started"
        assert self._child.stdin is not None, "the child was started with pipes"
        left = memoryview(data)
        while left:
            _, ready, _ = select.select([], [self._child.stdin], [], self.seconds)
            if not ready:
                raise self._gone(f"took no question in {self.seconds:g} s")
            try:
                left = left[os.write(self._child.stdin.fileno(), left[: 1 << 20]) :]
            except BrokenPipeError as error:
                raise self._gone("ended before it was asked") from error

    def _read(self, size: int) -> bytes:
        assert self._child is not None, "asked a child that was started"
        assert self._child.stdout is not None, "the child was started with pipes"
        chunks: list[bytes] = []
        while size:
            ready, _, _ = select.select([self._child.stdout], [], [], self.seconds)
            if not ready:
                raise self._gone(f"did not answer in {self.seconds:g} s")
            chunk = os.read(self._child.stdout.fileno(), min(size, 1 << 20))
            if not chunk:
                raise self._gone("ended without an answer")
            chunks.append(chunk)
            size -= len(chunk)
        return b"".join(chunks)

    def _gone(self, what: str) -> EngineError:
        self.close()
        return EngineError(
            "planning.solver_gone",
            f"Expected an answer of the solver, found that it {what}.",
            hint="Try again with more time.",
        )
