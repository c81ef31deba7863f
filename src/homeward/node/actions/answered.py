"""What a party said of the lines of a wanted list, after remarks and replies.

Rules of this file:
- A reply takes the place of the answer to its line, unless it says that the answer stands.
- What was said of a line that is withdrawn counts for nothing.
- Rows are read from the sealed sheets and checked against the roots in the ledger; every
  read is written down.
"""

from __future__ import annotations

from homeward.negotiation.case import CaseState
from homeward.negotiation.entries import UPHELD
from homeward.node import blobs
from homeward.node.access import Reader
from homeward.node.home import Node

Row = dict[str, str]
NO_ANSWER = "no_answer"
"""Stands as the code of a line whose answer lapsed; no answer has it."""


def answer_rows(
    node: Node, state: CaseState, *, holder: str, asker: str, reader: Reader
) -> list[Row]:
    """Return what a party last said of every line that another asked about.

    Args:
        node: The open node, of one of the two.
        state: The case.
        holder: Who answered.
        asker: Who asked.
        reader: Who reads.

    Returns:
        `ref` and `code` of each line, and of whom it holds `captive` and `name_as_written`;
        `replied` is "yes" where a reply changed the answer. Where the answers lapsed, every
        line has the code `no_answer`. Empty before the answers.

    Raises:
        AccessError: The answers, or the replies, have not arrived.
        TamperError: They have another root than the ledger says.
    """
    claim = state.answers.get((holder, asker))
    if claim is None:
        return _unanswered(node, state, holder, asker, reader)
    rows = blobs.read_rows(node, root=claim.root, what="answers", reader=reader)
    if ("wanted_list", asker, holder) in state.withdrawn_lines:
        wanted = state.wanted[asker, holder].root
        asked = blobs.read_rows(node, root=wanted, what="wanted list", reader=reader)
        left = {row["ref"] for row in asked}
        rows = [row for row in rows if row["ref"] in left]
    replied = state.replies.get((holder, asker))
    if replied is None:
        return rows
    said = blobs.read_rows(node, root=replied.root, what="replies", reader=reader)
    changed = {row["ref"]: row for row in said if row["code"] != UPHELD}
    return [
        {"reasons": "", **changed[row["ref"]], "replied": "yes"} if row["ref"] in changed else row
        for row in rows
    ]


def _unanswered(node: Node, state: CaseState, holder: str, asker: str, reader: Reader) -> list[Row]:
    if (holder, asker) not in state.no_answer:
        return []
    wanted = state.wanted[asker, holder]
    rows = blobs.read_rows(node, root=wanted.root, what="wanted list", reader=reader)
    return [{"ref": row["ref"], "code": NO_ANSWER} for row in rows]
