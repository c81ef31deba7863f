"""Cards: who the others are.

Rules of this file:
- A card proves that it is whole, not whose it is: somebody compares its fingerprint by
  voice or in person, and that this was said is written down.
- A party has one card here. Another one of the same party is an alarm, not an update; only
  a card that was never relied on is taken off, and kept as evidence.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from homeward.documents.code import MAX_BYTES, code_image
from homeward.foundation.errors import AccessError, InputError, RuleError, TamperError
from homeward.handover.replay import Replay
from homeward.node import access, book
from homeward.node.home import Node, write_private
from homeward.node.keystore import Card, fingerprint, read_card
from homeward.node.models import Peer


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Another party as this node knows it. `fingerprint` is eight groups of four digits."""

    card: Card
    fingerprint: str
    confirmed: bool
    added_at: dt.datetime


def known(node: Node) -> tuple[Known, ...]:
    """Return the other parties whose cards this node has, in order of code."""
    node.require_open()
    found = []
    for peer in Peer.objects.order_by("party"):
        card = read_card(bytes(peer.card))
        found.append(
            Known(
                card=card,
                fingerprint=fingerprint(card),
                confirmed=peer.confirmed,
                added_at=peer.added_at,
            )
        )
    return tuple(found)


def own_code(node: Node) -> str:
    """Return our card as a code to scan, a `data:` address; empty if it is too large for one."""
    data = node.card.data
    return code_image(data) if len(data) <= MAX_BYTES else ""


def confirm_card(node: Node, party: str, *, now: dt.datetime, actor: str) -> None:
    """Record that a card's fingerprint was compared with its office and is the same.

    Args:
        node: The open node.
        party: Code of the party.
        now: When.
        actor: Id of who compared it.

    Raises:
        AccessError: There is no card of this party.
    """
    with node.transaction():
        if not Peer.objects.filter(party=party).update(confirmed=True):
            raise AccessError(
                "peers.unknown",
                "Expected a party whose card this node has, found another.",
                hint="Import its card first.",
            )
        reader = access.Reader(actor=actor, purpose="card", now=now)
        access.note(node, reader, act="card.confirm", subject=f"card:{party}", person_count=0)


def drop_card(node: Node, party: str, *, now: dt.datetime, actor: str) -> None:
    """Take off a card whose fingerprint is not what its office read; it is kept as evidence.

    Args:
        node: The open node.
        party: Code of the party.
        now: When.
        actor: Id of who compared it.

    Raises:
        AccessError: There is no card of this party.
        RuleError: The card was compared before, or the ledger knows the party by it.
    """
    card = book.peer_card(party)
    is_member = any(party in state.members for state in _logs(node))
    if Peer.objects.get(party=party).confirmed or is_member:
        raise RuleError(
            "peers.in_use",
            f"Expected a card of {party} that was never relied on, found one in use.",
            hint="Stop, and call that office and the mediator: somebody may be posing as one of you.",
            facts={"party": party},
        )
    kept = node.home / "evidence"
    kept.mkdir(mode=0o700, exist_ok=True)
    write_private(
        kept / f"card-{party}-{hashlib.sha256(card.data).hexdigest()[:16]}.json", card.data
    )
    with node.transaction():
        Peer.objects.filter(party=party, confirmed=False).delete()
        reader = access.Reader(actor=actor, purpose="card", now=now)
        access.note(node, reader, act="card.drop", subject=f"card:{party}", person_count=0)


def _logs(node: Node) -> list[Replay]:
    try:
        return [book.read_book(node)]
    except AccessError:
        return []  # no mediator's card yet, so no log


def add_card(node: Node, data: bytes, *, now: dt.datetime) -> Card:
    """Import another party's card.

    Args:
        node: The open node.
        data: The bytes of the card.
        now: When.

    Returns:
        The card; its fingerprint is to be compared by voice.

    Raises:
        InputError: It is our own card, or one of a simulation for a real node.
        TamperError: The card does not hold, or we have another card of this party.
    """
    card = read_card(data)
    if card.party == node.party:
        raise InputError(
            "peers.own",
            f"Expected another party's card, found that of {card.party} itself.",
            hint="Give your card to the others, and import theirs.",
        )
    if card.simulation != node.about.simulation:
        raise InputError(
            "peers.simulation",
            "Expected a real card at a real node and a simulated one in a simulation, found both.",
            hint="Nothing of a simulation may pass for real.",
        )
    with node.transaction():
        known = Peer.objects.filter(party=card.party).first()
        if known is not None and bytes(known.card) != data:
            raise TamperError(
                "peers.changed",
                f"Expected the card of {card.party} that this node has, found another.",
                hint="Compare fingerprints by voice with that party before anything else.",
                facts={"party": card.party},
            )
        if known is None:
            Peer.objects.create(party=card.party, role=card.role, card=data, added_at=now)
    return card
