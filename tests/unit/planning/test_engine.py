"""The solver's door: a child that hangs, dies or is interrupted gives no answer at all."""

from __future__ import annotations

import os
import signal

import pytest

from homeward.foundation.errors import EngineError
from homeward.planning.engine import Engine, LinearProgram


def program(columns: int = 1) -> LinearProgram:
    """Return: minimise -x, each x from 0 to 2, the first at most 1.5."""
    asked = LinearProgram([-1.0] * columns, [0.0] * columns, [2.0] * columns)
    asked.add_row(-float("inf"), 1.5, [0], [1.0])
    return asked


def test_an_optimum_and_its_dual_come_back():
    with Engine() as engine:
        answer = engine.solve(program())
        assert answer is not None
        assert (answer.x.tolist(), answer.dual.tolist()) == ([1.5], [-1.0])


def test_no_solution_is_none():
    asked = program()
    asked.add_row(3.0, 3.0, [0], [1.0])
    with Engine() as engine:
        assert engine.solve(asked) is None


def test_an_answer_that_is_neither_is_an_error():
    asked = LinearProgram([-1.0], [0.0], [float("inf")])
    with Engine() as engine, pytest.raises(EngineError, match="found status"):
        engine.solve(asked)


def test_a_child_that_died_is_an_error_and_the_next_question_is_answered():
    with Engine() as engine:
        engine.solve(program())
        engine._child.kill()
        engine._child.wait()
        with pytest.raises(EngineError):
            engine.solve(program())
        assert engine.solve(program()) is not None


@pytest.mark.parametrize("columns", [1, 200_000])
def test_a_child_that_hangs_is_ended_after_its_time(columns):
    with Engine(seconds=5) as engine:
        engine.solve(program())
        child = engine._child
        os.kill(child.pid, signal.SIGSTOP)
        engine.seconds = 0.2
        with pytest.raises(EngineError, match=r"in 0\.2 s"):
            engine.solve(program(columns))
        assert child.poll() is not None


def test_an_interrupted_question_leaves_no_answer_for_the_next(monkeypatch):
    with Engine() as engine:
        engine.solve(program())

        def interrupted(size: int) -> bytes:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(Engine, "_read", lambda _, size: interrupted(size))
            with pytest.raises(KeyboardInterrupt):
                engine.solve(program())
        other = LinearProgram([1.0], [0.25], [2.0])
        answer = engine.solve(other)
        assert answer is not None
        assert answer.x.tolist() == [0.25]
