"""The page about the commands is made from their parsers."""

import argparse
import importlib

from homeward.cli import COMMANDS, EXIT_BUG, EXIT_INTERRUPTED, EXIT_PIPE_CLOSED, Parser
from homeward.foundation.errors import KINDS

HEAD = """\
# Commands

Made from the parsers by `make golden`. Standard output carries the result alone; progress and every
other word go to standard error. With `--json` the result, or the error, is one JSON document.

A node's folder is `--home DIR` or `HOMEWARD_HOME`. Its passphrase comes from the first line of
`--passphrase-file`, or is asked for on the terminal; a simulation keeps its own. These two options may
stand anywhere in the line, and every command that works on a node takes them.

## Exit codes

| code | meaning |
|---|---|
| 0 | done |
"""
NODE_OPTIONS = {"--home", "--passphrase-file"}


def parser_of(name):
    path, about = COMMANDS[name]
    parser = Parser(prog=f"homeward {name}", description=about)
    importlib.import_module(path).add_arguments(parser)
    return parser


def acts_of(parser):
    """Return the acts of a command, each with its parser and what it does; none for most."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            about = {choice.dest: choice.help for choice in action._choices_actions}
            return [(each, about[name]) for name, each in action.choices.items()]
    return []


def arguments_of(parser):
    return [a for a in parser._actions if a.dest not in {"help", "act"}]


def written(action):
    value = action.metavar or ("|".join(action.choices) if action.choices else action.dest.upper())
    if not action.option_strings:
        return f"{value} …" if action.nargs == "+" else value
    names = ", ".join(action.option_strings)
    return names if action.nargs == 0 else f"{names} {value}"


def row(action):
    said = action.help % {"default": action.default}
    if action.choices and action.metavar:
        said += f": {', '.join(action.choices)}"
    if action.required and action.option_strings:
        said += " (required)"
    word = written(action).replace("|", "\\|")
    return f"| `{word}` | {said} |"


def usage(parser):
    needed = [written(a) for a in arguments_of(parser) if a.required]
    return " ".join([parser.prog, *needed])


def section(level, parser, about):
    lines = [f"{level} `{usage(parser)}`", "", f"{about[0].upper()}{about[1:]}.", ""]
    shown = [a for a in arguments_of(parser) if not NODE_OPTIONS & set(a.option_strings)]
    if shown:
        lines += ["| argument | meaning |", "|---|---|", *map(row, shown), ""]
    return lines


def page():
    lines = [HEAD.rstrip("\n")]
    for kind in KINDS:
        said = (kind.__doc__ or "").splitlines()[0].removesuffix(".")
        lines.append(f"| {kind.exit_code} | `{kind.__name__}`: {said} |")
    lines += [
        f"| {EXIT_BUG} | a defect; it is shown whole |",
        f"| {EXIT_INTERRUPTED} | interrupted |",
        f"| {EXIT_PIPE_CLOSED} | nobody read the output any more |",
        "",
    ]
    for name, (_, about) in COMMANDS.items():
        parser = parser_of(name)
        acts = acts_of(parser)
        lines += section("##", parser, about)
        for act, act_about in acts:
            lines += section("###", act, act_about)
    return "\n".join(lines).rstrip("\n") + "\n"


def test_the_reference_page_says_what_the_parsers_say(golden):
    golden("docs/reference/commands.md", page())


def test_every_argument_says_what_it_means():
    silent = [
        f"{parser.prog} {written(action)}"
        for name in COMMANDS
        for parser in (parser_of(name), *(act for act, _ in acts_of(parser_of(name))))
        for action in arguments_of(parser)
        if not action.help
    ]
    assert silent == []
