"""What a refused bundle proves, kept: evidence files that anybody can judge.

Rules of this file:
- It is looked for only after a bundle was refused, and whatever was the reason; what convicts
  whom, `handover.accusing` says.
- A bundle that is merely broken convicts nobody, and is kept as it came.
- Nothing found here changes what was refused; a failure while looking is never raised.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from homeward.foundation.errors import HomewardError
from homeward.handover.accusing import Held, accuse
from homeward.node import book, receipts
from homeward.node.home import Node, write_private
from homeward.node.models import Draft, LogHead

FOLDER = "evidence"
_FILES_MAX = 8


def keep_evidence(node: Node, body: Mapping[str, Any]) -> list[str]:
    """Keep everything that a refused bundle proves against anybody.

    Args:
        node: The open node; its tables are as they were before the bundle.
        body: The bundle, whose form and signature hold.

    Returns:
        Names of the files in the node's folder, such as `evidence/0123456789abcdef.json`.
    """
    kept: dict[str, bytes] = {}
    try:
        for data in accuse(_held(node), body):
            kept[f"{hashlib.sha256(data).hexdigest()[:16]}.json"] = data
            if len(kept) == _FILES_MAX:
                break
    except HomewardError:
        pass  # our own ledger does not hold: that is said elsewhere
    folder = node.home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, data in kept.items():
        write_private(folder / name, data)
    return [f"{FOLDER}/{name}" for name in kept]


def _held(node: Node) -> Held:
    log = book.log_of(node)
    head = LogHead.objects.filter(origin=log.name).first()
    return Held(
        log=log,
        state=book.read_book(node),
        head=head.checkpoint if head else None,
        is_sequencer=book.sequences(node),
        drafts=[bytes(draft.entry) for draft in Draft.objects.filter(log=log.name).order_by("seq")],
        receipts=[each.path.read_text("utf-8") for each in receipts.kept(node)],
    )
