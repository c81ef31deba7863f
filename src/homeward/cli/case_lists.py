"""`homeward case`: lists line by line, what is remarked on them and replied.

Rules of this file:
- What a person decides line by line comes as a filled sheet, CSV or XLSX; a line that was
  left empty says nothing.
- Evidence lies beside the sheet, named in it without a folder.
- The rows that `homeward case` shows are in `ACTS` here, in the form of `case.ACTS`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homeward.cli import home
from homeward.cli.output import read_file, write_file
from homeward.foundation.errors import InputError
from homeward.negotiation.entries import LAPSABLE, LINE_REASONS, VERSIONED
from homeward.node.actions.line_sheets import LINES, LINES_MAX_BYTES, read_lines, write_lines

if TYPE_CHECKING:
    from homeward.node.home import Node


def _lines(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions import remarks

    read = remarks.answered_lines if args.lines == "remarks" else remarks.remarked_lines
    found = read(node, args.case, args.party, now=home.now(), actor=home.ACTOR)
    folder, rows = Path(args.output).parent, []
    for line in found:
        row = {"ref": line.ref, "name": line.name, "answer": line.answer, "remark": line.remark}
        if line.evidence:
            row["evidence"] = remarks.evidence_name(line.evidence)
            data = remarks.evidence_of(node, line.evidence, now=home.now(), actor=home.ACTOR)
            write_file(str(folder / row["evidence"]), data)
        rows.append(row)
    write_file(args.output, write_lines(LINES[args.lines], rows))
    evidence = sum("evidence" in row for row in rows)
    beside = f", and {evidence} pieces of evidence beside it" if evidence else ""
    print(f"Wrote {args.output}: {len(rows):,} lines{beside}.")


def _remark(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.remarks import EVIDENCE_MAX_BYTES, Remark, send_remarks

    sheet = _filled(args.lines_file, ("remark",), ("evidence",))
    said = {
        ref: Remark(
            code=row["remark"],
            evidence=_beside(args.lines_file, row.get("evidence", ""), EVIDENCE_MAX_BYTES),
        )
        for ref, row in sheet.items()
    }
    counts = send_remarks(node, args.case, args.party, said, now=home.now(), actor=home.ACTOR)
    print(f"Remarked on answers of {args.party}: {_told(counts)}.")


def _reply(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.remarks import Reply, send_replies

    sheet = _filled(args.lines_file, ("reply",), ("held_ref",))
    said = {
        ref: Reply(code=row["reply"], held_ref=row.get("held_ref", ""))
        for ref, row in sheet.items()
    }
    counts = send_replies(node, args.case, args.party, said, now=home.now(), actor=home.ACTOR)
    print(f"Replied to remarks of {args.party}: {_told(counts)}.")


def _lapse(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.deadlines import lapse

    lapse(node, args.case, step=args.step, owed_by=args.party, now=home.now())
    print(f"Recorded: {args.party} let the deadline pass. The case goes on without its part.")


def _withdraw_line(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.versions import withdraw_lines

    count = withdraw_lines(
        node,
        args.case,
        args.ref,
        kind=args.list_kind,
        reason=args.reason,
        now=home.now(),
        actor=home.ACTOR,
    )
    print(f"Withdrew {count:,} lines; what was said of them counts for nothing.")


def _replace(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.versions import replace_list

    counts = replace_list(node, args.case, kind=args.list_kind, now=home.now(), actor=home.ACTOR)
    for reader, count in counts.items():
        print(f"Replaced the list for {reader}: {count:,} people.")


def _notify(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.notify import notify

    count = notify(node, args.case, args.told, now=home.now(), actor=home.ACTOR)
    print(f"Told {args.told} of {count:,} people; what it says is sealed to {args.told}.")


def _notified(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.notify import TOLD, notified_rows

    rows = notified_rows(node, args.case, args.by, now=home.now(), actor=home.ACTOR)
    write_file(args.output, write_lines(("ref", *TOLD), rows))
    print(f"Wrote {args.output}: {len(rows):,} people of whom {args.by} told us.")


ACTS: Mapping[str, tuple[str, Callable[[Node, argparse.Namespace], None], tuple[str, ...]]] = {
    "lines": (
        "write a list line by line as a sheet, to be filled in",
        _lines,
        ("case", "party", "lines", "output"),
    ),
    "remark": (
        "remark on lines of the answers we got, with evidence",
        _remark,
        ("case", "party", "lines_file"),
    ),
    "reply": ("reply to every remark on our answers", _reply, ("case", "party", "lines_file")),
    "withdraw-line": (
        "withdraw people from a list that we have shown",
        _withdraw_line,
        ("case", "list_kind", "line_reason", "ref"),
    ),
    "replace": (
        "put our list as it is now in place of the one that we have shown",
        _replace,
        ("case", "list_kind"),
    ),
    "notify": (
        "tell a Power, or an observer, whom we have captured",
        _notify,
        ("case", "told"),
    ),
    "notified": (
        "write of whom a holder told us",
        _notified,
        ("case", "by", "output"),
    ),
    "lapse": (
        "go on without a part that is overdue (mediator)",
        _lapse,
        ("case", "step", "party"),
    ),
}
"""Act -> what it does, the function, and the arguments it takes."""

LOOKING = ("lines", "notified")
"""Acts that record nothing."""

ARGUMENTS: Mapping[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "party": (("--party",), {"required": True, "metavar": "PARTY", "help": "the other party"}),
    "told": (
        ("--to",),
        {"required": True, "dest": "told", "metavar": "PARTY", "help": "whom to tell"},
    ),
    "by": (("--by",), {"required": True, "metavar": "PARTY", "help": "the holder"}),
    "step": (("--step",), {"required": True, "choices": LAPSABLE, "help": "what is overdue"}),
    "lines": (
        ("--for",),
        {"required": True, "dest": "lines", "choices": tuple(LINES), "help": "what is filled in"},
    ),
    "list_kind": (
        ("--of",),
        {"required": True, "dest": "list_kind", "choices": VERSIONED, "help": "which list"},
    ),
    "line_reason": (
        ("--reason",),
        {"required": True, "choices": LINE_REASONS, "help": "why, of a closed list"},
    ),
    "ref": (("ref",), {"nargs": "+", "metavar": "REF", "help": "our own references"}),
    "lines_file": (
        ("--lines",),
        {"required": True, "dest": "lines_file", "metavar": "FILE", "help": "a filled sheet"},
    ),
}
"""The arguments that only these acts take."""


def _filled(
    path: str, to_fill: tuple[str, ...], optional: tuple[str, ...]
) -> dict[str, dict[str, str]]:
    data = read_file(path, what="sheet", max_bytes=LINES_MAX_BYTES)
    return read_lines(data, file=Path(path).name, to_fill=to_fill, optional=optional)


def _beside(sheet: str, name: str, max_bytes: int) -> bytes:
    """Return the file that a cell names, from the folder of the sheet."""
    if not name:
        return b""
    if Path(name).name != name:
        raise InputError(
            "cli.evidence",
            "Expected the name of a file beside the sheet, found a path.",
            hint="Put the evidence into the folder of the sheet, and write its name alone.",
        )
    return read_file(str(Path(sheet).parent / name), what="evidence", max_bytes=max_bytes)


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{n:,} {code.replace('_', ' ')}" for code, n in sorted(counts.items()))
