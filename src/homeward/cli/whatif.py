"""`homeward whatif`: what a plan would reach if one number of one clause were another.

Rules of this file:
- Without a clause it says which numbers can be asked about, so that nobody has to guess.
- Both agreements are solved anew; nothing is written, nothing is agreed.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from homeward.cli import lists
from homeward.cli.output import SIMULATION, note, write_json
from homeward.foundation.errors import InputError

if TYPE_CHECKING:
    from homeward.planning.changes import Number

_ASKED = re.compile(r"([a-z_]{1,20})(?:\.([0-9]{1,3}))?=([0-9]{1,9})")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `homeward whatif`.

    Args:
        parser: Of the command.
    """
    parser.add_argument("terms", metavar="TERMS.toml", help="the agreement")
    parser.add_argument("clause", metavar="CLAUSE", nargs="?", help="id of a clause")
    parser.add_argument(
        "number",
        metavar="KEY=NUMBER",
        nargs="?",
        help="another number for it: count=160, or for the second of several at_least.2=4",
    )
    lists.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="write the answer as JSON")


def run(args: argparse.Namespace) -> int:
    """Say what another number would bring.

    Args:
        args: As `add_arguments` describes them.

    Returns:
        0, also where there is no plan: that is the answer.

    Raises:
        HomewardError: A file, the clause or the number cannot be used, or the solver failed.
    """
    from homeward.planning.changes import numbers_of
    from homeward.planning.engine import Engine
    from homeward.planning.problem import compile_problem
    from homeward.planning.whatif import whatif

    if (args.clause is None) != (args.number is None):
        raise _usage("a clause and a number, found one of them")
    asked = None if args.number is None else _read(args.number)
    inputs = lists.load_inputs(args)
    seed = inputs.pool.sha256() if args.seed is None else args.seed
    problem = compile_problem(inputs.agreement, inputs.pool, seed=seed)
    numbers = [n for clause in inputs.agreement.clauses for n in numbers_of(problem, clause)]
    if asked is None:
        answer, told = _numbers(numbers)
    else:
        key, place, value = asked
        stands = {(n.clause, n.key, n.place): n.value for n in numbers}
        change = value - stands.get((args.clause, key, place), value)
        if not args.quiet:
            note(f"Asking about {inputs.pool.size:,} people …")
        with Engine() as engine:
            answer = whatif(problem, engine, args.clause, key, change, place=place)
        told = [answer["sentence"]]
    if args.json:
        write_json({**answer, "simulation": inputs.is_simulation})
        return 0
    print("\n".join([SIMULATION, *told] if inputs.is_simulation else told))
    return 0


def _numbers(numbers: Sequence[Number]) -> tuple[dict[str, Any], list[str]]:
    """Return the numbers that can be asked about, as JSON and as lines to type."""
    said = {
        "numbers": [
            {"clause": n.clause, "key": n.key, "place": n.place, "value": n.value} for n in numbers
        ]
    }
    lines = [f"{n.clause} {n.key}{f'.{n.place}' if n.place else ''}={n.value}" for n in numbers]
    return said, lines or ["No clause states a number that decides who goes."]


def _read(text: str) -> tuple[str, int, int]:
    """Return key, place (0 where there is one number) and the number asked about."""
    found = _ASKED.fullmatch(text)
    if found is None:
        raise _usage("KEY=NUMBER, or KEY.PLACE=NUMBER for one of several, found something else")
    key, place, number = found.groups()
    return key, int(place or 0), int(number)


def _usage(expected: str) -> InputError:
    return InputError(
        "cli.whatif",
        f"Expected {expected}.",
        hint="For example: n150 count=160, or days at_least.2=4. "
        "Without them it says which numbers there are.",
    )
