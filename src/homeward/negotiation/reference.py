"""The reference page of a case's states, drawn from the table itself.

Rules of this file:
- Nothing is drawn that the table does not say, and every row of it stands on the page.
- The diagram leaves out what may happen in every state (an abort, a notification), lines of a communiqué, and draws the entries of a
  handover as one arrow; the table below it has them all.
"""

from __future__ import annotations

from collections.abc import Iterator

from homeward.negotiation.entries import HANDOVER_TYPES, KINDS
from homeward.negotiation.state import BY_EVERY_PARTY, TRANSITIONS

_HEAD = """\
# States of a case

Drawn from the table `TRANSITIONS` in `homeward.negotiation.state`. An entry that has
no row in the present state is refused. Where every party must act, the case moves on
when the last has.
"""
_UNDER = """\
A case can be aborted in every state before it is closed, and captives are notified in each of
them. Lines of a communiqué are agreed from the acceptance until the close. What came on paper, `received_unsigned`, leads where the entry in it leads. Remarks are answered by replies:
the case is `replied` when no remark is without one.
"""


def table_markdown() -> str:
    """Draw the reference page of a case's states from `TRANSITIONS`.

    Returns:
        A Markdown page that ends with a newline.
    """
    diagram = "\n".join(("```mermaid", "stateDiagram-v2", *_arrows(), "```"))
    table = "\n".join(_rows())
    return f"{_HEAD}\n{diagram}\n\n{_UNDER}\n{table}\n"


def _arrows() -> Iterator[str]:
    drawn = set()
    for (state, kind), after in TRANSITIONS.items():
        label = "entries of the handover" if kind in HANDOVER_TYPES else kind
        before = "[*]" if state == "unopened" else state
        arrow = f"    {before} --> {after}: {label}"
        if kind not in {"aborted", "notified", "lines_agreed"} and arrow not in drawn:
            drawn.add(arrow)
            yield arrow
    yield "    closed --> [*]"


def _rows() -> Iterator[str]:
    yield "| state | entry | signed by | leads to |"
    yield "| --- | --- | --- | --- |"
    for (state, kind), after in TRANSITIONS.items():
        roles = " or ".join(role for _, role in KINDS[kind].authors)
        by = f"{roles}, every party" if kind in BY_EVERY_PARTY else roles
        yield f"| {state} | `{kind}` | {by} | {after} |"
