"""Cards: who the others are."""

from __future__ import annotations

import datetime as dt

from homeward.foundation.errors import InputError, TamperError
from homeward.node.home import Node
from homeward.node.keystore import Card, read_card
from homeward.node.models import Peer


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
