"""A peer: one integer variable a person, in HiGHS or in CP-SAT.

per_person.py highs|cp-sat INSTANCE.npz

The instance: `rows` (people x rows), `low`, `high`, `settled` (1 goes, 0 stays, -1 open), `value`.
Prints status and objective as JSON. Neither solver writes a proof of its answer.
"""

import json
import sys

import numpy as np


def highs(rows, low, high, settled, value):
    import highspy

    people, width = rows.shape
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = people, width
    lp.col_cost_ = -value.astype(float)
    lp.col_lower_ = (settled == 1).astype(float)
    lp.col_upper_ = (settled != 0).astype(float)
    lp.row_lower_, lp.row_upper_ = low, high
    used = rows != 0
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate([[0], np.cumsum(used.sum(axis=1))]).astype(np.int32)
    lp.a_matrix_.index_ = np.nonzero(used)[1].astype(np.int32)
    lp.a_matrix_.value_ = rows[used].astype(float)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * people
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.5)
    solver.passModel(lp)
    solver.run()
    status = solver.modelStatusToString(solver.getModelStatus())
    return status, round(-solver.getInfo().objective_function_value)


def cp_sat(rows, low, high, settled, value):
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    goes = np.array([model.new_bool_var("") for _ in range(len(value))], dtype=object)
    for at in np.flatnonzero(settled >= 0):
        model.add(goes[at] == int(settled[at]))
    for r in range(rows.shape[1]):
        at = np.flatnonzero(rows[:, r])
        total = cp_model.LinearExpr.weighted_sum(list(goes[at]), rows[at, r].tolist())
        bound = int(np.abs(rows[:, r]).sum())
        least = int(low[r]) if np.isfinite(low[r]) else -bound
        model.add_linear_constraint(total, least, int(high[r]) if np.isfinite(high[r]) else bound)
    model.maximize(cp_model.LinearExpr.weighted_sum(list(goes), value.tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    status = solver.solve(model)
    planned = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return solver.status_name(status), round(solver.objective_value) if planned else None


def main():
    name, file = sys.argv[1:]
    given = np.load(file)
    act = {"highs": highs, "cp-sat": cp_sat}[name]
    columns = (given[key] for key in ("rows", "low", "high", "settled", "value"))
    status, objective = act(*columns)
    print(json.dumps({"status": status, "objective": objective}))


if __name__ == "__main__":
    main()
