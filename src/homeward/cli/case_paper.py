"""`homeward case`: a side on paper, its forms and what the mediator enters of it.

Rules of this file:
- A form is written as CSV or XLSX, by the ending of the file; so it is read again.
- The rows that `homeward case` shows are in `ACTS` here, in the form of `case.ACTS`.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homeward.cli import home
from homeward.cli.output import read_file, write_file
from homeward.foundation.errors import InputError
from homeward.negotiation.entries import REJECTION_REASONS

if TYPE_CHECKING:
    from homeward.node.home import Node

_STEPS = (
    *("sign", "wanted", "answer", "reply", "final", "reveal", "accept", "reject"),
    *("depart", "check-in", "turn-back", "receive", "released"),
)
_FORMS = ("wanted", "answer", "reply", "final", "throws", "accept", "check-in")


def _paper(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.paper import SHEET_MAX_BYTES, Said, Sheet, enter

    def file(path: str | None, what: str) -> bytes:
        return read_file(path, what=what, max_bytes=SHEET_MAX_BYTES) if path else b""

    now = home.now()
    sheet = Sheet(
        data=file(args.sheet, "sheet"),
        file=Path(args.sheet or "").name,
        throws=file(args.throws, "sheet of throws"),
        scans=tuple(file(path, "scan") for path in args.scan or ()),
        received_at=_instant(args.received) if args.received else now,
    )
    said = Said(
        step=args.paper_step,
        to=args.to or "",
        leg=args.paper_leg or "",
        reason=args.paper_reason or "",
        acknowledge=tuple(args.acknowledge or ()),
    )
    count = enter(node, args.case, args.paper_party, said, sheet, now=now, actor=home.ACTOR)
    about = f" Lines or people: {count:,}." if count else ""
    print(f"Entered for {args.paper_party}, received, unsigned: {args.paper_step}.{about}")
    if args.paper_step == "accept":
        print("It counts when a second officer has confirmed it: homeward case second.")


def _form(node: Node, args: argparse.Namespace) -> None:
    from homeward.node.actions.paper_forms import form_bytes, form_of

    form = form_of(
        node,
        args.case,
        args.paper_party,
        args.form,
        about=args.about or "",
        now=home.now(),
        actor=home.ACTOR,
    )
    as_xlsx = args.form_output.casefold().endswith(".xlsx")
    write_file(args.form_output, form_bytes(form, as_xlsx=as_xlsx))
    print(f"Wrote {args.form_output}: {len(form.rows):,} rows to be filled in.")


def _instant(text: str) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InputError(
            "cli.received",
            "Expected a time with its zone such as 2025-02-05T08:00:00Z, found another text.",
            hint="Write when the sheet was received, in UTC.",
        )
    return found.astimezone(dt.UTC).replace(microsecond=0)


ACTS: Mapping[str, tuple[str, Callable[[Node, argparse.Namespace], None], tuple[str, ...]]] = {
    "paper-form": (
        "write the form that a side on paper fills in (mediator)",
        _form,
        ("case", "paper_party", "form", "paper_about", "form_output"),
    ),
    "paper": (
        "enter what was received of a side on paper (mediator)",
        _paper,
        (
            *("case", "paper_party", "paper_step", "sheet", "throws", "scan", "received"),
            *("to", "paper_leg", "paper_reason", "acknowledge"),
        ),
    ),
}
"""Act -> what it does, the function, and the arguments it takes."""

LOOKING = ("paper-form",)
"""Acts that record nothing."""

ARGUMENTS: Mapping[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "paper_party": (
        ("--party",),
        {"required": True, "dest": "paper_party", "metavar": "PARTY", "help": "who is on paper"},
    ),
    "paper_step": (
        ("--step",),
        {
            "required": True,
            "dest": "paper_step",
            "choices": _STEPS,
            "help": "which of its steps came, named as the act of a side with a node",
        },
    ),
    "sheet": (("--sheet",), {"metavar": "FILE", "help": "its filled sheet or list, CSV or XLSX"}),
    "throws": (
        ("--throws",),
        {"metavar": "FILE", "help": "its sheet of throws of a die, with final and with reveal"},
    ),
    "scan": (
        ("--scan",),
        {"action": "append", "metavar": "FILE", "help": "a scan of what it signed by hand"},
    ),
    "received": (
        ("--received",),
        {"metavar": "TIME", "help": "when it was received, such as 2025-02-05T08:00:00Z (now)"},
    ),
    "to": (("--to",), {"metavar": "PARTY", "help": "for whom a list is, if there are several"}),
    "paper_leg": (
        ("--leg",),
        {"type": home.leg, "dest": "paper_leg", "help": 'in the handover, such as "RU -> UA"'},
    ),
    "paper_reason": (
        ("--reason",),
        {"choices": REJECTION_REASONS, "dest": "paper_reason", "help": "why it rejects the plan"},
    ),
    "form": (
        ("--for",),
        {"required": True, "dest": "form", "choices": _FORMS, "help": "the step it is for"},
    ),
    "paper_about": (
        ("--about",),
        {"metavar": "PARTY|LEG", "help": "whose list is answered, or the leg that is counted"},
    ),
    "form_output": (
        ("-o", "--output"),
        {
            "required": True,
            "dest": "form_output",
            "metavar": "FILE",
            "help": "where to write, .csv or .xlsx",
        },
    ),
}
"""The arguments that only these acts take."""
