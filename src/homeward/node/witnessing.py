"""This node as a witness, and what other witnesses signed.

Rules of this file:
- A node that does not sequence the log cosigns its newest checkpoint once it has verified
  every entry under it. What it cosigned is stored with it, in one transaction, and leaves
  the node with the next bundle: so it is stored before anybody has it.
- A cosigned checkpoint is believed if the log and the witness signed it and it is of the
  history that this node has. One of another history stops everything.
- The mediator carries to each party the latest word of every other witness. Where the terms of a
  case ask for cosignatures, every node sends the latest word of every witness, its reader's own
  too: so each sees what has arrived at the other.
- A witness is a member of the log; a stranger's signature is passed over, and so is one of a key
  that had ended by then.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from homeward.handover.arrival import take_cosigned
from homeward.handover.cosigning import policy_for, witness_name, witnesses_of
from homeward.handover.replay import KEYS_OF_ROLE, Replay
from homeward.ledger.cosignature import (
    WitnessSigner,
    join_note,
)
from homeward.ledger.policy import Policy
from homeward.ledger.tree import HashTree
from homeward.ledger.witness import WitnessState, begin_witness, observe
from homeward.negotiation.quorums import QUORUMS
from homeward.node import book, cosigned
from homeward.node.home import Node
from homeward.node.models import Cosignature, LogHead, Peer, Witnessed


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a witness has cosigned: `size` entries, 0 if it never did; `time` is its own."""

    party: str
    size: int
    time: int


def cosign_head(node: Node, state: Replay, *, now: dt.datetime) -> None:
    """Cosign the newest checkpoint, if this node is a witness and has not yet.

    The caller has verified every entry under it, and holds the transaction in which the
    entries are stored.

    Args:
        node: The open node.
        state: The verified log, all of it.
        now: The time that the cosignature states.

    Raises:
        TamperError: The checkpoint is not a later one of what was cosigned before.
    """
    verifier = book.log_of(node)
    head = LogHead.objects.filter(origin=verifier.name).first()
    if book.sequences(node) or head is None or not cosigned.witnesses(state, node.party):
        return
    rows = Cosignature.objects.filter(origin=head.origin, party=node.party)
    if rows.filter(size=head.size).exists():
        return
    stored = Witnessed.objects.filter(origin=head.origin).first()
    before = (
        WitnessState(origin=head.origin, size=stored.size, root=bytes(stored.root))
        if stored
        else begin_witness(head.origin)
    )
    time = int(now.timestamp())
    line = observe(
        before,
        head.checkpoint,
        _proof(state.chain.tree, before.size, head.size),
        verifier=verifier,
        signer=_signer(node),
        time=time,
        persist=_persist,
    )
    rows.create(
        origin=head.origin,
        size=head.size,
        party=node.party,
        time=time,
        note=head.checkpoint,
        line=line,
    )


def outgoing(node: Node, to: str) -> list[str]:
    """Return the cosigned checkpoints for a bundle.

    A bureau gives its own latest, the mediator the latest of every witness but the reader; all
    of them where a case asks for cosignatures.
    """
    rows = Cosignature.objects.filter(origin=book.log_of(node).name)
    log = book.read_to_send(node)
    if log is None or not cosigned.asks(log):
        rows = rows.exclude(party=to) if book.sequences(node) else rows.filter(party=node.party)
    latest: dict[str, Cosignature] = {}
    for row in rows.order_by("size"):
        latest[row.party] = row
    notes: dict[int, tuple[str, list[str]]] = {}
    for party in sorted(latest):
        row = latest[party]
        notes.setdefault(row.size, (row.note, []))[1].append(row.line)
    return [join_note(note, lines) for _, (note, lines) in sorted(notes.items())]


def take(node: Node, notes: Sequence[object], state: Replay, *, sender: str) -> None:
    """Believe the cosigned checkpoints of a bundle, or refuse it.

    Args:
        node: The open node.
        notes: As they came.
        state: The verified log, with the entries of the same bundle.
        sender: Whose bundle it is: what stands in it, that node holds.

    Raises:
        TamperError: A signature does not hold, or a checkpoint is of another history; at
            the mediator also if it signed more entries than it has.
    """
    verifier, by_vkey = book.log_of(node), _parties(state)
    peer = Peer.objects.get(party=sender)
    held = cosigned.held_by(peer)
    for found in take_cosigned(notes, state, verifier, is_sequencer=book.sequences(node)):
        for vkey, line in found.lines.items():
            party, size = by_vkey[vkey], found.checkpoint.size
            if not cosigned.witnesses(state, party, size):
                continue
            held[party] = max(size, held.get(party, 0))
            Cosignature.objects.get_or_create(
                origin=verifier.name,
                size=size,
                party=party,
                defaults={"time": found.times[vkey], "note": found.note, "line": line},
            )
    if held != cosigned.held_by(peer):
        Peer.objects.filter(party=sender).update(cosigned=json.dumps(held, sort_keys=True))


def standings(state: Replay) -> list[Standing]:
    """Return how far each witness of the log has cosigned, as this node knows it."""
    rows = Cosignature.objects.filter(origin=state.chain.log).order_by("size")
    latest = {row.party: row for row in rows}
    return [
        Standing(
            party=party,
            size=latest[party].size if party in latest else 0,
            time=latest[party].time if party in latest else 0,
        )
        for party in witnesses_of(state.members.values())
    ]


def policy_of(node: Node, state: Replay, kind: str, table: Mapping[str, str] = QUORUMS) -> Policy:
    """Return the policy under which an entry of a kind counts in the log of this node."""
    members = [each for party, each in state.members.items() if cosigned.witnesses(state, party)]
    return policy_for(kind, book.log_of(node), members, table)


def _signer(node: Node) -> WitnessSigner:
    first = KEYS_OF_ROLE[node.about.role][0]
    return WitnessSigner(witness_name(node.party), node.keys.on_card[first])


def _proof(tree: HashTree, old: int, size: int) -> list[bytes]:
    return tree.consistency_proof(old, size) if 0 < old < size else []


def _persist(state: WitnessState) -> None:
    Witnessed.objects.update_or_create(
        origin=state.origin, defaults={"size": state.size, "root": state.root}
    )


def _parties(state: Replay) -> dict[str, str]:
    return {witness.vkey: party for party, witness in witnesses_of(state.members.values()).items()}
