"""Ten countries and a million captives, balanced by party: ours beside a min-cost flow.

In the agreement this is one clause: `balance`, `scope = "party"`, `flows` from every country
to every other. It is a circulation, so one price a country proves the optimum. The peer is
OR-Tools' SimpleMinCostFlow, see `peers.py`; both must reach the same sum.

Usage: bench/planning/countries.py [CAPTIVES] [--countries 10] [--stages] [--seconds 120] [--ours]
"""

from __future__ import annotations

import argparse
import json

from peers import SEED, arcs_of, ask, balanced, many_countries
from pools import invented
from two_sides import measure

from homeward.terms import read_agreement


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("captives", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--countries", type=int, default=10)
    parser.add_argument("--stages", action="store_true", help="show where the time goes")
    parser.add_argument("--seconds", type=float, default=120, help="for the peer")
    parser.add_argument("--ours", action="store_true", help="without the peer")
    args = parser.parse_args()
    homes = many_countries(args.countries, args.captives, SEED)
    agreement = read_agreement(balanced(sorted(homes), "sum(days_held)"))
    pool = invented(agreement, homes, SEED)
    plan, found = measure(agreement, pool, with_stages=args.stages)
    bound = plan["certificate"]["levels"][0]["bound"]
    found |= {"prices": bound["y"], "scale": bound["scale"]}
    if not args.ours:
        peer = ask("flow.py", arcs_of(agreement, pool), args.seconds)
        found["peer"] = peer
        found["same_optimum"] = peer["objective"] == plan["objectives"][0]["value"]
        if "solve_cpu_s" in peer:
            found["to_proof_per_peer"] = round(found["to_proof_cpu_s"] / peer["solve_cpu_s"], 1)
    print(json.dumps(found), flush=True)
    if not found.get("same_optimum", True):
        raise SystemExit("Ours and the peer's optimum differ, or the peer gave none.")


if __name__ == "__main__":
    main()
