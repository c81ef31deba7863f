"""Checkpoints that witnesses cosigned, as this node holds them, and what may rest on them.

Rules of this file:
- Where the terms ask for it, a step that cannot be taken back is not signed here before so many
  of the case's parties have cosigned what it rests on (`negotiation.quorums`). Each word counts
  up to the checkpoint that it is under: every one was checked to be of this very history.
- What others sign is judged by the log alone: cosignatures stand beside it, and each node holds
  others of them.
- A kind of entry counts up to the largest checkpoint that has the cosignatures it needs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from homeward.foundation.errors import TurnError
from homeward.handover.cosigning import ended_at, witnesses_of
from homeward.handover.replay import Replay
from homeward.ledger.cosignature import Cosigned, join_note, open_cosigned
from homeward.ledger.note import NoteVerifier
from homeward.ledger.policy import Policy, has_quorum
from homeward.negotiation.case import CaseState
from homeward.negotiation.entries import RECEIVED_UNSIGNED
from homeward.negotiation.quorums import RESTS_ON, needed
from homeward.negotiation.state import CONFIRMED, UNFINISHED
from homeward.node.models import Cosignature, LogHead, Peer

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What a step waits for: `need` parties must have cosigned entry `index`, these have not."""

    index: int
    need: int
    parties: tuple[str, ...]


def asks(log: Replay) -> bool:
    """Tell whether the terms of a case that is not over ask for cosignatures."""
    return any(case.cosigned and case.state in UNFINISHED for case in log.cases.values())


def witnesses(log: Replay, party: str, size: int | None = None) -> bool:
    """Tell whether a member's word for a checkpoint counts: the key on its card has not ended.

    Args:
        log: The verified log.
        party: Its code.
        size: Entries under the checkpoint; None for the newest.
    """
    member = log.members.get(party)
    if member is None:
        return False
    ended = ended_at(log.keyrings.get(party), member)
    return ended is None or (size is not None and size <= ended)


def sizes(origin: str) -> dict[str, int]:
    """Return how many entries each witness has cosigned, by the words that this node holds."""
    rows = Cosignature.objects.filter(origin=origin).order_by("size")
    return dict(rows.values_list("party", "size"))


def missing(log: Replay, case: CaseState, step: str) -> Missing | None:
    """Tell whose cosignature a step still waits for; None if it may be signed.

    Args:
        log: The verified log, without drafts of ours.
        case: The case in it.
        step: Kind of entry that is to be signed.
    """
    if not case.cosigned or step not in RESTS_ON:
        return None
    index = ground_of(log, case, step)
    owing = [party for party in case.parties if witnesses(log, party)]
    have = sizes(log.chain.log)
    without = tuple(party for party in owing if have.get(party, 0) <= index)
    need = needed(case.cosigned, len(owing))
    if len(owing) - len(without) >= need:
        return None
    return Missing(index=index, need=need, parties=without)


def require_grounds(log: Replay, case: str, step: str) -> None:
    """Check that what a step rests on is cosigned by as many as the terms ask for.

    Args:
        log: The verified log, without drafts of ours.
        case: The case.
        step: Kind of entry that is to be signed.

    Raises:
        TurnError: Too few have cosigned; it says whose word is missing.
    """
    found = missing(log, log.cases[case], step) if case in log.cases else None
    if found is not None:
        raise TurnError(
            "cosigned.missing",
            f"Expected {found.need} parties to have cosigned entry {found.index} before this step, "
            f"found none of {', '.join(found.parties)}.",
            hint="Carry what is new to them and bring their bundles back: whoever reads in what "
            "is new cosigns it.",
            facts={"entry": found.index, "need": found.need, "parties": list(found.parties)},
        )


def step_of(kind: str, body: Mapping[str, Any]) -> str:
    """Return which step an entry takes: its own, or that of a side on paper in it."""
    return str(body["type"]) if kind == RECEIVED_UNSIGNED else kind


def words_of(log: Replay) -> dict[str, int]:
    """Return how far each witness has cosigned; nothing where no case asks for it."""
    return sizes(log.chain.log) if asks(log) else {}


def lacks(words: Mapping[str, int], peer: Peer) -> bool:
    """Tell whether a peer has not shown that it holds what other witnesses cosigned.

    Args:
        words: From `words_of`.
        peer: Whom we send to.
    """
    held = held_by(peer)
    return any(size > held.get(party, 0) for party, size in words.items() if party != peer.party)


def held_by(peer: Peer) -> dict[str, int]:
    """Return which words of witnesses a peer has shown that it holds: party → size."""
    found: dict[str, int] = json.loads(peer.cosigned or "{}")
    return found


def ground_of(log: Replay, case: CaseState, step: str) -> int:
    """Return the number of the last entry that a step rests on, or of what confirmed one.

    Without one it is the number of the next entry: then the ground is a draft, and nobody has
    cosigned it.

    Args:
        log: The verified log, without drafts of ours.
        case: The case in it.
        step: A key of `RESTS_ON`.
    """
    for index in range(len(log.envelopes) - 1, -1, -1):
        each = log.envelopes[index]
        if each.case == case.case and index not in log.overtaken:
            kind = step_of(each.type, each.body)
            if kind in RESTS_ON[step] or kind == CONFIRMED:
                return index
    return len(log.envelopes)
