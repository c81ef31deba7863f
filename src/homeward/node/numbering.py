"""Numbers of bundles: which of another party's bundles never came here.

Rules of this file:
- Each pair of nodes counts in each direction, from 1; the number stands inside the signature.
- The same content has the same number: a bundle that is written again is no new one.
- A gap is told and never refused. What a lost bundle held, the next one holds again.
- At most 64 gaps are remembered; older ones are forgotten, so that what is told is the least.
- A number is noted once the signature holds, whether the content was taken or not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from homeward.foundation.canonical import canonical_bytes
from homeward.node.models import Peer

_GAPS_MAX = 64

Gaps = tuple[tuple[int, int], ...]
"""First and last missing number of each gap, in order."""


def number_for(party: str, content: Mapping[str, Any]) -> int:
    """Return the number of the next bundle for a party.

    Args:
        party: Who reads it; its card is here. The caller holds a transaction.
        content: What the bundle says.

    Returns:
        The number of the last bundle, if that said the same, else the one after it.
    """
    sha256 = hashlib.sha256(canonical_bytes(dict(content))).hexdigest()
    peer = Peer.objects.get(party=party)
    if peer.sent_sha256 != sha256:
        peer.sent_number, peer.sent_sha256 = peer.sent_number + 1, sha256
        peer.save(update_fields=["sent_number", "sent_sha256"])
    return int(peer.sent_number)


def note(party: str, number: int) -> None:
    """Note that a bundle of a party came, however late.

    Args:
        party: Who signed it; the caller holds a transaction.
        number: What it says.
    """
    peer = Peer.objects.get(party=party)
    highest, gaps = arrived(peer.got_number, _read(peer), number)
    peer.got_number, peer.got_gaps = highest, json.dumps(gaps)
    peer.save(update_fields=["got_number", "got_gaps"])


def missing(party: str) -> int:
    """Return how many bundles of a party never came: those before the latest that did."""
    peer = Peer.objects.filter(party=party).first()
    return sum(last - first + 1 for first, last in _read(peer)) if peer else 0


def arrived(highest: int, gaps: Gaps, number: int) -> tuple[int, Gaps]:
    """Return what is known once a bundle came.

    Args:
        highest: The highest number that came before, 0 if none did.
        gaps: What was missing below it.
        number: Of the bundle, from 1.

    Returns:
        The highest number that came, and what is missing below it.
    """
    if number > highest:
        new = ((highest + 1, number - 1),) if number > highest + 1 else ()
        return number, (*gaps, *new)[-_GAPS_MAX:]
    left: list[tuple[int, int]] = []
    for first, last in gaps:
        if not first <= number <= last:
            left.append((first, last))
            continue
        left += [(first, number - 1)] if first < number else []
        left += [(number + 1, last)] if number < last else []
    return highest, tuple(left)[-_GAPS_MAX:]


def _read(peer: Peer) -> Gaps:
    return tuple((first, last) for first, last in json.loads(peer.got_gaps))
