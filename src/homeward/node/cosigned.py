"""Checkpoints that witnesses cosigned, as this node holds them, and what may rest on them.

Rules of this file:
- A step that cannot be taken back is not signed here before the witnesses that its grounds
  need have cosigned a checkpoint over them (`negotiation.quorums`). What others sign is
  judged by the log alone: cosignatures stand beside it, and each node holds others of them.
- A kind of entry counts up to the largest checkpoint that has the cosignatures it needs.
"""

from __future__ import annotations

from collections.abc import Iterable

from homeward.handover.cosigning import witnesses_of
from homeward.handover.replay import Replay
from homeward.ledger.cosignature import Cosigned, join_note, open_cosigned
from homeward.ledger.note import NoteVerifier
from homeward.ledger.policy import Policy, has_quorum
from homeward.node.models import Cosignature, LogHead

_LOOK_BACK = 16
"""Checkpoints that are looked through for one that enough witnesses cosigned."""


def head_text(head: LogHead) -> str:
    """Return the newest checkpoint with every cosignature under it that this node holds."""
    rows = Cosignature.objects.filter(origin=head.origin, size=head.size).order_by("party")
    return join_note(head.checkpoint, rows.values_list("line", flat=True))


def checkpoints(verifier: NoteVerifier, state: Replay) -> list[Cosigned]:
    """Return the latest checkpoints that anybody cosigned, the largest first.

    The head of the log comes with them, cosigned or not.

    Args:
        verifier: The log's key.
        state: The verified log.
    """
    head = LogHead.objects.filter(origin=verifier.name).first()
    if head is None:
        return []
    witnesses = list(witnesses_of(state.members.values()).values())
    rows = Cosignature.objects.filter(origin=verifier.name).order_by("-size", "party")
    notes: dict[int, tuple[str, list[str]]] = {head.size: (head.checkpoint, [])}
    for row in rows[: _LOOK_BACK * max(len(witnesses), 1)]:
        notes.setdefault(row.size, (row.note, []))[1].append(row.line)
    return [
        open_cosigned(join_note(note, lines), verifier, verifier.name, witnesses)
        for _, (note, lines) in sorted(notes.items(), reverse=True)
    ]


def settled(found: Iterable[Cosigned], policy: Policy, index: int = 0) -> Cosigned | None:
    """Return the largest checkpoint over an entry that a policy counts; None if there is none.

    Args:
        found: From `checkpoints`.
        policy: Whose cosignatures are needed.
        index: The entry that it must reach.
    """
    return next(
        (each for each in found if each.checkpoint.size > index and has_quorum(policy, each.times)),
        None,
    )
