"""A peer: OR-Tools' SimpleMinCostFlow, one arc a captive from holder to home.

flow.py INSTANCE.npz

The instance: `holder`, `home` (numbers of countries), `value`. Prints status, objective, and the
seconds of building and solving as JSON. The solver's prices are not asked for: it gives none.
"""

import json
import sys
import time

import numpy as np
from ortools.graph.python import min_cost_flow


def main():
    given = np.load(sys.argv[1])
    holder, home, value = (given[key] for key in ("holder", "home", "value"))
    began = time.process_time()
    flow = min_cost_flow.SimpleMinCostFlow()
    one = np.ones(len(value), dtype=np.int64)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        holder.astype(np.int32), home.astype(np.int32), one, -value
    )
    status = flow.solve()
    took = time.process_time() - began
    goes = flow.flows(arcs)
    print(
        json.dumps(
            {
                "status": status.name,
                "objective": int((goes * value).sum()),
                "people": int(goes.sum()),
                "solve_cpu_s": round(took, 3),
            }
        )
    )


if __name__ == "__main__":
    main()
