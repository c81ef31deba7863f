"""The texts of an agreement in a case: the one that was tabled, and those written since.

Rules of this file:
- The tabled text stands in the ledger and never changes. Another one is kept on this node
  alone, encrypted, until it is tabled in a case of its own.
- A text that cannot be read is not kept. The same text is kept once.
- A text is known by its hash over what it says: two texts that say the same have the same.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from homeward.foundation.canonical import canonical_sha256, read_canonical
from homeward.node import blobs
from homeward.node.actions.cases import terms_text
from homeward.node.at_rest import open_at_rest
from homeward.node.home import Node
from homeward.node.models import Blob
from homeward.terms import Agreement, read_agreement

_PURPOSE = "wording"
_AT_REST = "blob"
_GROUPS_OF, _SPOKEN_CHARS = 4, 32

WORDINGS_MAX = 200
"""So many texts of a case are shown, the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One text of an agreement.

    Attributes:
        key: By which a page names it; empty for the tabled one.
        text: TOML.
        agreement: It, read.
        by: Id of the account that kept it; empty for the tabled one.
        at: When it was kept; None for the tabled one.
    """

    key: str
    text: str
    agreement: Agreement
    by: str
    at: dt.datetime | None


def wordings_of(node: Node, case: str) -> tuple[Wording, ...]:
    """Return every text of a case: the tabled one, then those kept here, the latest first.

    Args:
        node: The open node.
        case: The case.

    Raises:
        AccessError: The ledger has no such case.
    """
    text = terms_text(node, case)
    tabled = Wording(key="", text=text, agreement=read_agreement(text), by="", at=None)
    rows = Blob.objects.filter(case=case, purpose=_PURPOSE, recipient=node.party, sealed=False)
    found = [_read(node, row) for row in rows.order_by("-received_at", "-id")[:WORDINGS_MAX]]
    return (tabled, *found)


def keep_wording(node: Node, case: str, text: str, *, actor: str, now: dt.datetime) -> str:
    """Keep a text of an agreement on this node.

    Args:
        node: The open node.
        case: The case.
        text: TOML.
        actor: Id of the account.
        now: When.

    Returns:
        Its key.

    Raises:
        AccessError: The ledger has no such case.
        InputError: It cannot be read.
    """
    read_agreement(text)
    if text == terms_text(node, case):
        return ""
    key = canonical_sha256([_PURPOSE, case, text])
    if not Blob.objects.filter(key=key, recipient=node.party).exists():
        with node.transaction():
            content = {"text": text, "by": actor}
            blobs.keep(node, case=case, purpose=_PURPOSE, key=key, content=content, now=now)
    return key


def spoken(sha256: str) -> str:
    """Return a hash as it is read aloud: eight groups of four digits (128 bits)."""
    return " ".join(
        sha256[start : start + _GROUPS_OF] for start in range(0, _SPOKEN_CHARS, _GROUPS_OF)
    )


def _read(node: Node, row: Blob) -> Wording:
    data = open_at_rest(node, row.data, purpose=_AT_REST)
    content = read_canonical(data, what="text of an agreement")
    text = content["text"]
    return Wording(
        key=row.key,
        text=text,
        agreement=read_agreement(text),
        by=content["by"],
        at=row.received_at,
    )
