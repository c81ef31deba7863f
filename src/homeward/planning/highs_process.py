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


def solve(request: dict[str, Any]) -> dict[str, Any]:
    """Solve one linear program (minimise) with the simplex method, on one thread."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(request["cost"]), len(request["row_low"])
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = (request[k] for k in ("cost", "low", "high"))
    lp.row_lower_, lp.row_upper_ = request["row_low"], request["row_high"]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = request["matrix"]
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("solver", "simplex"),
        ("random_seed", 0),
        ("primal_feasibility_tolerance", 1e-9),
        ("dual_feasibility_tolerance", 1e-9),
    ):
        solver.setOptionValue(option, value)
    solver.passModel(lp)
    solver.run()
    status = solver.modelStatusToString(solver.getModelStatus())
    if status != "Optimal":
        return {"status": status}
    solution = solver.getSolution()
    return {
        "status": status,
        "x": np.array(solution.col_value),
        "dual": np.array(solution.row_dual),
    }


def main() -> None:
    """Answer requests until standard input ends."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while header := source.read(8):
        (size,) = struct.unpack(">Q", header)
        answer = pickle.dumps(solve(pickle.loads(source.read(size))))  # noqa: S301 our own parent
        sink.write(struct.pack(">Q", len(answer)) + answer)
        sink.flush()


if __name__ == "__main__":
    main()
