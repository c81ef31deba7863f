"""Cli: the command `homeward`.

Decides which command a line names, and how a failure leaves the process: one line on
standard error, the exit code of its kind, and with `--json` the problem as JSON on
standard output. It refuses to decide anything about an exchange: commands translate in,
call the stages or a node's actions, and translate out. Each command's module is imported
only when it is called, so that a command starts fast and without a database.

Entry function: `main`.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import NoReturn

from homeward import __version__
from homeward.foundation.errors import HomewardError, InputError

COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("homeward.cli.demo", "play a whole invented exchange between three nodes"),
    "match": ("homeward.cli.match", "find who on a held list is who on a wanted list"),
    "triage": ("homeward.cli.triage", "say what each line of the other side's list means for us"),
    "names": ("homeward.cli.names", "score pairs of full names, in any letters, with reasons"),
    "agreement": (
        "homeward.cli.agreement",
        "say in sentences what an agreement says, and its hash",
    ),
    "plan": ("homeward.cli.plan", "find who goes home under an agreement, with a proof"),
    "whatif": ("homeward.cli.whatif", "say what another number in an agreement would bring"),
    "check": ("homeward.cli.check", "verify a plan and its proof without a solver"),
    "read": (
        "homeward.cli.read",
        "read a public statement: who says what, and who leaves out what",
    ),
    "reconcile": (
        "homeward.cli.reconcile",
        "say where public texts, the ledger and history agree, differ or keep silent",
    ),
    "talks": (
        "homeward.cli.talks",
        "say which formats of talks are possible, and what blocks the others",
    ),
    "ledger": ("homeward.cli.ledger", "export a node's ledger, or verify an exported one"),
    "communique": (
        "homeward.cli.communique",
        "write a neutral text on an exchange from its ledger, in four languages",
    ),
    "init": ("homeward.cli.init", "make a node for one party"),
    "status": ("homeward.cli.status", "where a node stands, and the next command to type"),
    "import": ("homeward.cli.import_list", "read a held or a wanted list into a node"),
    "export": ("homeward.cli.export_list", "write a held or a wanted list as CSV or XLSX"),
    "take-off": ("homeward.cli.take_off", "take people off a list of our own, or put them back"),
    "card": ("homeward.cli.card", "show this node's card, or import another party's"),
    "keys": ("homeward.cli.keys", "which keys sign for a party: roots, officers, devices"),
    "case": ("homeward.cli.case", "the steps of an exchange, one act each"),
    "bundle": ("homeward.cli.bundle", "what one node has for another, as a file"),
    "documents": ("homeward.cli.documents", "manifests and receipts as PDF"),
    "history": ("homeward.cli.history", "real exchanges as each side told them, and totals"),
    "serve": ("homeward.cli.serve", "a node's pages in the browser"),
    "account": ("homeward.cli.account", "who may sign in to a node's pages"),
    "erase": ("homeward.cli.erase", "destroy what names people of a case that is over"),
    "backup": ("homeward.cli.backup", "keys and data of a node as one encrypted file"),
    "restore": ("homeward.cli.restore", "make a node again from its backup"),
}
"""Command → its module, which has `add_arguments(parser)` and `run(args) -> int`, and its help."""

_NODE_OPTIONS = ("--home", "--passphrase-file")

EXIT_BUG = 70  # EX_SOFTWARE of sysexits.h
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells count
EXIT_PIPE_CLOSED = 141  # 128 + SIGPIPE


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are errors of the one taxonomy."""

    def error(self, message: str) -> NoReturn:
        """Refuse the line.

        Args:
            message: What argparse found.

        Raises:
            InputError: Always.
        """
        raise InputError(
            "cli.usage",
            f"Expected the arguments of '{self.prog}', found others: {message}.",
            hint=f"Run '{self.prog} --help'.",
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line.

    Args:
        argv: The words after `homeward`; None takes those of the process.

    Returns:
        The exit code: 0, that of the error's kind, 130 if interrupted, 141 if nobody reads
        the output any more, 70 for a bug.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _reported(words)
        sys.stdout.flush()
    except BrokenPipeError:
        # What is left in the buffer would raise once more when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_PIPE_CLOSED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception:  # noqa: BLE001 -- the last line of defence; a bug is shown whole
        traceback.print_exc()
        return EXIT_BUG
    return code


def _reported(words: list[str]) -> int:
    try:
        return _dispatch(words)
    except HomewardError as error:
        print(f"homeward: {error}", file=sys.stderr)
        if "--json" in words:
            from homeward.cli.output import write_json

            write_json(error.as_problem())
        return error.exit_code
    except SystemExit as ended:  # argparse has shown help or version
        return ended.code if isinstance(ended.code, int) else 0


def _dispatch(words: list[str]) -> int:
    words = _node_last(words)
    name = words[0] if words else ""
    if name not in COMMANDS:
        _top_parser().parse_args(words)
    path, about = COMMANDS[name]
    command = importlib.import_module(path)
    parser = Parser(
        prog=f"homeward {name}",
        description=f"{about[0].upper()}{about[1:]}.",
        allow_abbrev=False,
    )
    command.add_arguments(parser)
    code: int = command.run(parser.parse_args(words[1:]))
    return code


def _node_last(words: list[str]) -> list[str]:
    """Move the options that name a node to the end: they may stand anywhere in the line."""
    rest: list[str] = []
    node: list[str] = []
    left = iter(words)
    for word in left:
        if word in _NODE_OPTIONS:
            node += [word, *(value for value in (next(left, None),) if value is not None)]
        else:
            (node if word.partition("=")[0] in _NODE_OPTIONS else rest).append(word)
    return rest + node


def _top_parser() -> Parser:
    rows = "\n".join(f"  {name:<12}{about}" for name, (_, about) in COMMANDS.items())
    parser = Parser(
        prog="homeward",
        usage="homeward COMMAND …",
        description="Runs prisoner-of-war exchanges between parties that do not trust one another.",
        epilog=f"commands:\n{rows}\n\nRun 'homeward COMMAND --help' for each.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"homeward {__version__}")
    parser.add_argument("command", metavar="COMMAND", choices=COMMANDS, help=argparse.SUPPRESS)
    return parser
