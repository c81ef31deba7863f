"""`homeward plan`: who goes home under an agreement, with a proof.

Rules of this file:
- A plan is checked as the other side would check it before it is shown.
- With `--json` standard output holds the plan's canonical bytes, and nothing more.
- Where there is no plan, the conflicts and repairs stand on standard error in words.
"""

from __future__ import annotations

import argparse
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from homeward.cli import lists
from homeward.cli.output import SIMULATION, note, write_file, write_stdout
from homeward.foundation.canonical import canonical_bytes
from homeward.foundation.errors import EngineError, InfeasibleError, RuleError, TamperError
from homeward.terms.agreement import Agreement, Objective

_STATUS = {
    "optimal": "OPTIMAL: no better plan exists, and the plan proves it.",
    "feasible": "FEASIBLE: every clause is kept; that no better plan exists is not proved.",
    "drawn": "FEASIBLE: every clause is kept and every objective is proved; only the draw between "
    "plans that are equal in these is not.",
}
_MEASURES = {"days_held": "days held", "age": "years of age", "equivalents": "equivalents"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward plan`.

    Args:
        parser: Of the command.
    """
    parser.add_argument("terms", metavar="TERMS.toml", help="the agreement")
    lists.add_arguments(parser)
    parser.add_argument("-o", "--output", metavar="FILE", help="write the plan to this file")
    parser.add_argument("--json", action="store_true", help="write the plan to standard output")
    parser.add_argument(
        "--time-limit",
        metavar="S",
        type=_seconds,
        default=60.0,
        help="seconds that one linear program may take (%(default)g)",
    )


def run(args: argparse.Namespace) -> int:
    """Make a plan.

    Args:
        args: As `add_arguments` describes them.

    Returns:
        0, or 7 if no plan keeps every clause.

    Raises:
        HomewardError: A file cannot be used, or the solver failed.
    """
    from homeward.planning import make_plan
    from homeward.planning.engine import Engine

    inputs = lists.load_inputs(args)
    if not args.quiet:
        note(f"Planning for {inputs.pool.size:,} people …")
    with Engine(args.time_limit) as engine:
        plan = make_plan(inputs.agreement, inputs.pool, engine, seed=args.seed)
    data = canonical_bytes(plan)
    is_found = plan["status"] != "infeasible"
    if is_found:
        if not args.quiet:
            note("Checking …")
        _verify_own(inputs, data, args.seed)
    if args.output:
        write_file(args.output, data)
    if args.json:
        write_stdout(data)
    if not is_found:
        _explain(plan)
        return InfeasibleError.exit_code
    if not args.json:
        print("\n".join(_summary(plan, inputs, args)))
    return 0


def _verify_own(inputs: lists.Inputs, data: bytes, seed: str | None) -> None:
    from homeward.planning import check_plan

    try:
        check_plan(inputs.agreement, inputs.pool, data, seed=seed)
    except (RuleError, TamperError) as error:
        raise EngineError(
            "cli.own_check",
            f"Expected a plan that holds, found one that its own check refuses. {error.message}",
            hint="Nothing was written. Report the agreement (without lists).",
        ) from error


def _explain(plan: dict[str, Any]) -> None:
    note("homeward: No plan keeps every clause.")
    for number, conflict in enumerate(plan["conflicts"], 1):
        note(f"Conflict {number} ({', '.join(conflict['clauses'])}): {conflict['sentence']}")
    for repair in plan["repairs"]:
        parts = [repair, *repair.get("with", ())]
        if len(parts) == 1 or repair["change"]["to"] is None:
            note(f"Repair: {repair['sentence']}")
            continue
        note(f"Repair: With these {len(parts)} numbers together a plan exists.")
        for part in parts:
            note(f"  {_changed(part)}")
    if not plan["repairs"]:
        note("No repair was found; change or drop a clause of each conflict.")


def _changed(part: Mapping[str, Any]) -> str:
    """Write a change of a number: `n5: count 3 instead of 5`."""
    change = part["change"]
    name = f"{change['key']} {change['place']}" if "place" in change else change["key"]
    return f"{part['clause']}: {name} {change['to']:,} instead of {change['from']:,}"


def _summary(plan: dict[str, Any], inputs: lists.Inputs, args: argparse.Namespace) -> Iterator[str]:
    """Say in words what a plan holds, line by line."""
    if inputs.is_simulation:
        yield SIMULATION
    yield _STATUS[_status(plan)]
    yield f"{len(plan['moves']):,} people go home under {plan['agreement']}:"
    for flow, count in plan["counts"].items():
        yield f"  {flow}  {count:,}"
    outside = sum(move["basis"] == "article_109" for move in plan["moves"])
    if outside:
        yield f"  among them, owed under GC III art. 109 outside the bargain: {outside:,}"
    yield "Sought, the first above all:"
    yield from objective_lines(plan, inputs.agreement)
    for finding in plan["legal_findings"]:
        yield f"Law ({finding['rule']}, clause {finding['clause']}): {finding['sentence']}"
    yield from will_lines(plan)
    for category, count in plan["review"].items():
        yield f"To be reviewed: {count:,} people of whom the lists do not say whether {category}."
    yield f"At stake: {plan['exposure']['sentence']}"
    yield from _without_it(plan, inputs)
    yield f"plan_sha256 {plan['plan_sha256']}"
    yield "The other side checks it with:"
    yield f"  {_next_command(args)}"


def _without_it(plan: dict[str, Any], inputs: lists.Inputs) -> Iterator[str]:
    """Say of every party whose people come home what it would lose by walking away."""
    from homeward.planning import walking_away

    for party in sorted({move["home"] for move in plan["moves"]}):
        yield walking_away(inputs.agreement, inputs.pool, plan, party)["sentence"]


def will_lines(plan: Mapping[str, Any]) -> Iterator[str]:
    """Say of whom the lists do not know whether they wish to go, and that everybody is asked."""
    asks = Counter(move["holder"] for move in plan["moves"] if "ask" in move.get("flags", ()))
    for holder, count in sorted(asks.items()):
        yield f"Will not known: {count:,} held by {holder}; they go only if they say so."
    yield "An interviewer asks everybody in private before they go, whatever a list says."


def objective_lines(plan: Mapping[str, Any], agreement: Agreement) -> Iterator[str]:
    """Say what a plan sought and reached, line by line.

    Args:
        plan: With its certificate.
        agreement: Names the objectives.

    Yields:
        One line for each, the first above all.
    """
    known = {objective.id: objective for objective in agreement.objectives}
    levels = {level["id"]: level for level in plan["certificate"]["levels"]}
    for number, stated in enumerate(plan["objectives"], 1):
        name, level, limit = stated["id"], levels[stated["id"]], ""
        objective = known.get(name.rpartition(": ")[2])
        if level.get("unproved"):
            most = level["at_most"] * (1 if objective is None else objective.sense)
            limit = f" (not proved; no plan goes beyond {most:,})"
        yield f"  {number}. {_sought(name, stated['value'], objective)}{limit}"


def _status(plan: Mapping[str, Any]) -> str:
    """Return the status, `drawn` where all but the draw between equal plans is proved."""
    from homeward.planning.problem import TIES

    unproved = {level["id"] for level in plan["certificate"]["levels"] if level.get("unproved")}
    return "drawn" if unproved and unproved <= set(TIES) else str(plan["status"])


def _sought(name: str, value: int, objective: Objective | None) -> str:
    """Say what one level sought and what it reached."""
    phase, _, of = name.rpartition(": ")
    where = f"in {phase}, " if phase else ""
    if objective is not None and objective.kind == "least_share":
        return f"of the party that gets the least, the share who return: {value / 10:.1f} %"
    if objective is not None:
        most = "as many as possible" if objective.sense > 0 else "as few as possible"
        if objective.count_of:
            return f"{where}people of category {objective.count_of}, {most}: {value:,}"
        return f"{where}{_MEASURES[objective.sum_of or '']}, summed up, {most}: {value:,}"
    if phase:
        category = of.removeprefix("count(").removesuffix(")")
        return f"{where}people of category {category}, as many as possible: {value:,}"
    return _sought_besides(name, value)


def _sought_besides(name: str, value: int) -> str:
    """Say what a level sought that is no objective of the agreement by itself."""
    kind, _, rest = name.partition(" ")
    if kind == "wish":
        reached = f"missed by {-value:,}" if value < 0 else f"{value:,}"
        return f"the wish of clause {rest}, as near as possible: {reached}"
    if kind == "exchanged":
        return f"exchanged, and not left over by clause {rest}, as many as possible: {value:,}"
    if kind.startswith("longest("):
        return (
            f"people held {rest.removeprefix('from ')} days or more, the longest first: {value:,}"
        )
    if kind == "soonest":
        return f"everybody as early as possible, phases not waited, summed up: {value:,}"
    return f"{name}: drawn by the seed"


def _next_command(args: argparse.Namespace) -> str:
    words = ["homeward", "check", args.terms, args.output or "plan.json"]
    words += [word for pair in args.held for word in ("--held", pair)]
    words += [word for pair in args.list for word in ("--list", pair)]
    words += ["--seed", args.seed] if args.seed else []
    words += ["--today", args.today.isoformat()] if args.today else []
    return shlex.join(words)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError("expected seconds, more than 0 and at most 86400")
    return seconds
