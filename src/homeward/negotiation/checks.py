"""What the steps of a case share: refusing, and reading whom a list goes to.

Rules of this file:
- A list goes from one party of the case to another.
- Whatever does not hold is refused with the entry's number, type and author.
"""

from __future__ import annotations

from homeward.negotiation.case import CaseState, ListClaim
from homeward.negotiation.entries import Recorded, refusal


def refuse_unless(holds: bool, recorded: Recorded, code: str, *, expected: str, found: str) -> None:
    """Refuse an entry of which something does not hold.

    Args:
        holds: Whether it does.
        recorded: The entry.
        code: Code of the failure.
        expected: What it had to be, in words.
        found: What it is; never a text out of its body.

    Raises:
        PeerError: It does not hold.
    """
    if not holds:
        raise refusal(recorded, code, expected=expected, found=found)


def claim_of(recorded: Recorded) -> ListClaim:
    """Return what the author of a list binds itself to."""
    entry = recorded.entry
    return ListClaim(
        count=entry.body["count"], root=entry.body["root"], entry_sha256=entry.entry_sha256
    )


def to_another(state: CaseState, recorded: Recorded) -> tuple[str, str]:
    """Return author and recipient of a list.

    Raises:
        PeerError: It goes to no other party of the case.
    """
    author, to = recorded.entry.author, recorded.entry.body["to"]
    refuse_unless(
        to in state.parties and to != author,
        recorded,
        "case.recipient",
        expected="another party of the case as recipient",
        found="somebody else",
    )
    return author, to
