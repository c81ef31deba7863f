"""The child process in which HiGHS runs: linear programs in, answers out, until told to stop.

It is a process of its own because a solver that hangs can only be stopped by ending its
process. It reads pickled requests from standard input and writes pickled answers to
standard output; both ends are ours, so nothing from outside is ever unpickled.
"""

from __future__ import annotations

import pickle
import struct
import sys
from typing import Any

import highspy
import numpy as np

Models = dict[int, highspy.Highs]

_OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "threads": 1,
    "solver": "simplex",
    "random_seed": 0,
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
    # Of the search in whole numbers. It is cut by nodes, not by a clock, so that the same
    # question gets the same answer on every machine.
    "mip_max_nodes": 500,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.999,
}


def answer(request: dict[str, Any], models: Models) -> dict[str, Any]:
    """Solve one linear program (minimise) with the simplex method, on one thread.

    Args:
        request: The number of a program; its bounds; the rows that are new; its costs, where
            the program `is_new`; how many columns are `whole`, where a hint is sought.
        models: The programs kept so far, by number.
    """
    if request["is_new"]:
        models[request["number"]] = _made(request)
    model = models[request["number"]]
    _bring_up(model, request)
    if "whole" in request:
        return _hint(model, request["whole"])
    model.run()
    status = model.modelStatusToString(model.getModelStatus())
    if status not in {"Optimal", "Infeasible"}:  # the last vertex may be a bad start
        model.clearSolver()
        model.run()
        status = model.modelStatusToString(model.getModelStatus())
    if status != "Optimal":
        return {"status": status}
    solution = model.getSolution()
    return {
        "status": status,
        "x": np.array(solution.col_value),
        "dual": np.array(solution.row_dual),
        "reduced": np.array(solution.col_dual),
    }


def _made(request: dict[str, Any]) -> highspy.Highs:
    model = _solver()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(request["cost"]), 0
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = (request[k] for k in ("cost", "low", "high"))
    model.passModel(lp)
    return model


def _solver() -> highspy.Highs:
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in _OPTIONS.items():
        model.setOptionValue(option, value)
    return model


def _bring_up(model: highspy.Highs, request: dict[str, Any]) -> None:
    """Add the new rows and set all bounds."""
    low, high, first = request["row_low"], request["row_high"], model.getNumRow()
    start, index, coefficient = request["added"]
    added = len(low) - first
    model.addRows(added, low[first:], high[first:], len(index), start[:-1], index, coefficient)
    columns, rows = len(request["low"]), len(low)
    model.changeColsBounds(
        columns, np.arange(columns, dtype=np.int32), request["low"], request["high"]
    )
    every = np.arange(rows, dtype=np.int32)
    model.changeRowsBounds(rows, every, low, high)  # type: ignore[attr-defined]


def _hint(model: highspy.Highs, count: int) -> dict[str, Any]:
    """Look for a good solution whose first columns are whole."""
    lp = model.getLp()
    whole = highspy.HighsVarType.kInteger
    lp.integrality_ = [whole] * count + [highspy.HighsVarType.kContinuous] * (lp.num_col_ - count)
    search = _solver()
    search.passModel(lp)
    search.run()
    if search.getInfo().primal_solution_status != 2:
        return {}
    return {"x": np.array(search.getSolution().col_value)}


def main() -> None:
    """Answer requests until standard input ends."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    models: Models = {}
    while header := source.read(8):
        (size,) = struct.unpack(">Q", header)
        request = pickle.loads(source.read(size))  # noqa: S301 our own parent
        reply = pickle.dumps(answer(request, models))
        sink.write(struct.pack(">Q", len(reply)) + reply)
        sink.flush()


if __name__ == "__main__":
    main()
