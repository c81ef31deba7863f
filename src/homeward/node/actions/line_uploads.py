"""A filled sheet of remarks or replies that comes back: its lines are kept until they are sent.

Rules of this file:
- A sheet counts as a whole: a line that is not known, another code, or evidence that is named
  and did not come, and nothing of it is kept.
- Evidence comes beside the sheet, by the name that a cell gives it.
- What a line says takes the place of what was kept of it; a line left empty changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from homeward.foundation.errors import InputError
from homeward.node.actions import lines
from homeward.node.actions.line_sheets import LINES, read_lines, write_lines
from homeward.node.actions.lines import REMARKS, Line
from homeward.node.actions.remarks import (
    WITHOUT_EVIDENCE,
    Remark,
    Reply,
    evidence_name,
    refuse_lines,
)
from homeward.node.home import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A filled sheet, CSV or XLSX, and the evidence beside it: name of a file → its bytes."""

    sheet: bytes
    evidence: Mapping[str, bytes] = field(default_factory=dict)


def sheet_of_lines(
    node: Node, case: str, party: str, kind: str, *, now: dt.datetime, actor: str
) -> bytes:
    """Write the lines that something can be said of as a sheet, to be filled in.

    Args:
        node: A bureau's open node.
        case: The case.
        party: The other end.
        kind: `remarks` or `replies`.
        now: When.
        actor: Who reads.

    Returns:
        CSV; the columns that are filled in are empty.

    Raises:
        AccessError: There is no such case, or a list has not arrived.
    """
    rows = []
    for line in _lines(node, case, party, kind, now=now, actor=actor).values():
        row = {"ref": line.ref, "name": line.name, "answer": line.answer}
        if kind != REMARKS:
            row |= {"remark": line.remark}
            row |= {"evidence": evidence_name(line.evidence)} if line.evidence else {}
        rows.append(row)
    return write_lines(LINES[kind], rows)


def keep_sheet(
    node: Node,
    case: str,
    party: str,
    kind: str,
    filled: Filled,
    *,
    now: dt.datetime,
    actor: str,
) -> int:
    """Keep what a filled sheet says of lines, until it is sent with all others.

    Args:
        node: A bureau's open node.
        case: The case.
        party: The other end.
        kind: `remarks` or `replies`.
        filled: What came.
        now: When.
        actor: Who brings it in.

    Returns:
        How many lines are kept by it.

    Raises:
        InputError: It is no such sheet, says something of an unknown line, or evidence that it
            names or needs is missing; nothing is kept.
    """
    if kind == REMARKS:
        read = read_lines(filled.sheet, file="sheet", to_fill=("remark",), optional=("evidence",))
        said: dict[str, Remark | Reply] = dict(_remarks(read, filled.evidence))
    else:
        read = read_lines(filled.sheet, file="sheet", to_fill=("reply",), optional=("held_ref",))
        said = {
            ref: Reply(code=row["reply"], held_ref=row.get("held_ref", ""))
            for ref, row in read.items()
        }
    known = _lines(node, case, party, kind, now=now, actor=actor)
    refuse_lines(len(said.keys() - known.keys()), "lines on which something can be said")
    lines.keep_lines(node, case, party, kind, said, now=now)
    return len(said)


def _lines(
    node: Node, case: str, party: str, kind: str, *, now: dt.datetime, actor: str
) -> dict[str, Line]:
    found = lines.lines_of(node, case, party, asked_by_us=kind == REMARKS, now=now, actor=actor)
    return {line.ref: line for line in found if kind == REMARKS or line.remark}


def _remarks(
    read: Mapping[str, Mapping[str, str]], evidence: Mapping[str, bytes]
) -> Mapping[str, Remark]:
    named = {ref: row["evidence"] for ref, row in read.items() if row.get("evidence")}
    absent = sum(name not in evidence for name in named.values())
    bare = sum(
        ref not in named and row["remark"] not in WITHOUT_EVIDENCE for ref, row in read.items()
    )
    if absent or bare:
        raise InputError(
            "lines.evidence",
            f"Expected a file of evidence with every remark that speaks of one, found {absent} "
            f"named in the sheet that did not come with it and {bare} remarks that name none.",
            hint="Choose the files of evidence together with the sheet, named as in its column "
            "evidence.",
            facts={"count": absent + bare},
        )
    return {
        ref: Remark(code=row["remark"], evidence=evidence[named[ref]] if ref in named else b"")
        for ref, row in read.items()
    }
