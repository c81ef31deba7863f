"""`homeward check`: verify a plan and its proof without a solver."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from homeward.cli import lists
from homeward.cli.output import PLAN_MAX_BYTES, SIMULATION, note, read_file, write_json
from homeward.foundation.canonical import canonical_bytes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward check`.

    Args:
        parser: Of the command.
    """
    parser.add_argument("terms", metavar="TERMS.toml", help="the agreement")
    parser.add_argument("plan", metavar="plan.json", help="the plan, byte for byte")
    lists.add_arguments(parser)
    parser.add_argument(
        "--party", metavar="PARTY", help="check that side's share from its own list alone"
    )
    parser.add_argument("--json", action="store_true", help="say what was checked as JSON")


def run(args: argparse.Namespace) -> int:
    """Check a plan.

    Args:
        args: As `add_arguments` describes them.

    Returns:
        0.

    Raises:
        InputError: A file cannot be used.
        RuleError: A move breaks a clause; the message names it.
        InfeasibleError: The document says that there is no plan.
        TamperError: A byte, a hash, a value or the certificate does not hold.
    """
    from homeward.planning import check_plan

    data = read_file(args.plan, what="plan", max_bytes=PLAN_MAX_BYTES)
    inputs = lists.load_inputs(args, party=args.party)
    if not args.quiet:
        note("Checking …")
    plan = check_plan(inputs.agreement, inputs.pool, data, party=args.party, seed=args.seed)
    checked = _checked(plan, inputs, args.party)
    if args.json:
        write_json(checked)
    else:
        print("\n".join(_summary(checked)))
    return 0


def _checked(plan: dict[str, Any], inputs: lists.Inputs, party: str | None) -> dict[str, Any]:
    levels = plan["certificate"]["levels"]
    return {
        "status": plan["status"],
        "agreement": plan["agreement"],
        "plan_sha256": plan["plan_sha256"],
        "party": party,
        "people": inputs.pool.size,
        "moves": sum(party in {None, move["holder"]} for move in plan["moves"]),
        "clauses": [clause.id for clause in inputs.agreement.clauses],
        "levels": [level["id"] for level in levels],
        "levels_proved": sum(not level.get("unproved") for level in levels),
        "certificate_bytes": len(canonical_bytes(plan["certificate"])),
        "legal_findings": plan["legal_findings"],
        "simulation": inputs.is_simulation,
    }


def _summary(checked: dict[str, Any]) -> Iterator[str]:
    if checked["simulation"]:
        yield SIMULATION
    party, levels = checked["party"], len(checked["levels"])
    end = (
        "no better plan exists"
        if checked["status"] == "optimal"
        else "that no better plan exists is not proved"
    )
    whose = f"The share of {party} in the" if party else "The"
    yield f"{whose} plan holds: every clause of {checked['agreement']} is kept; {end}."
    people = f"{checked['moves']:,} go home of {checked['people']:,} on the lists checked"
    yield f"  people       {people}"
    yield f"  clauses      {', '.join(checked['clauses'])}"
    yield f"  levels       {checked['levels_proved']} of {levels} proved"
    yield f"  certificate  {checked['certificate_bytes']:,} bytes"
    yield f"  plan_sha256  {checked['plan_sha256']}"
    if party:
        yield (
            "The others' moves were not checked: their shares are taken as stated, and add up. "
            "Each side checks its own."
        )
    for finding in checked["legal_findings"]:
        yield f"Law ({finding['rule']}, clause {finding['clause']}): {finding['sentence']}"
