"""With which key a node signs its bundles, and under which keys it believes those of others.

Rules of this file:
- A bundle is signed by the node's own key of its first role. One that the ledger has ended
  signs nothing: the node takes another, which the ledger names, with `homeward keys adopt`.
- A bundle is believed under a key that its party has by our copy of the ledger; before the
  ledger names that party, under the key of its card.
- The mediator's bundle may itself bring the entry that names its key: then it is believed
  under the keys that the log has with the entries of that bundle, which the log's own key
  and the roots of the mediator vouch for.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from homeward.foundation.crypto import SigningKey
from homeward.foundation.errors import PeerError, RuleError, TamperError
from homeward.handover.arrival import take_entries
from homeward.handover.replay import KEYS_OF_ROLE, Replay
from homeward.ledger.bundle import verify_bundle
from homeward.ledger.envelope import key_id
from homeward.node import book
from homeward.node.home import Node
from homeward.node.keystore import Card


def own_key(node: Node) -> SigningKey:
    """Return the key that signs this node's bundles.

    Raises:
        RuleError: The ledger has ended it.
    """
    key = node.keys.signing[KEYS_OF_ROLE[node.about.role][0]]
    log = book.read_to_send(node)
    keyring = log.keyrings.get(node.party) if log else None
    if keyring is not None and key_id(key.public) in keyring.ended:
        raise RuleError(
            "keys.node_ended",
            f"Expected a key of {node.party} that has not ended, found the one of this node, which "
            "the ledger has ended.",
            hint="Give the node a key that the ledger names: homeward keys adopt KEY-FILE.",
            facts={"party": node.party},
        )
    return key


def verify(node: Node, body: Mapping[str, Any], card: Card) -> None:
    """Check under whose key a bundle was signed.

    Args:
        node: The open node, which reads it.
        body: As read.
        card: The sender's.

    Raises:
        TamperError: The signature is of no key that the sender has, or of one that has ended.
    """
    before = book.read_book(node)
    on_card = card.signing_keys[KEYS_OF_ROLE[card.role][0]]
    if _is_signed(body, _publics(before, card)):
        return
    if card.role == "mediator" and not book.sequences(node):
        with contextlib.suppress(TamperError, PeerError):
            after = take_entries(before, body, book.log_of(node))
            if _is_signed(body, _publics(after, card)):
                return
    verify_bundle(body, on_card)
    raise TamperError(
        "bundles.ended_key",
        f"Expected the signature of a key that {card.party} has, found one of a key that has ended.",
        hint="It came late, or somebody else has that key. Ask its office, by voice, for a new one.",
        facts={"party": card.party},
    )


def _publics(state: Replay, card: Card) -> tuple[bytes, ...]:
    """Return the keys of a party's first role, officers' included, devices left out."""
    first = KEYS_OF_ROLE[card.role][0]
    keyring = state.keyrings.get(card.party)
    if keyring is None:
        return (card.signing_keys[first],)
    grants = keyring.changes[-1].grants.values()
    return tuple(each.public for each in grants if each.role == first and each.officer is None)


def _is_signed(body: Mapping[str, Any], publics: tuple[bytes, ...]) -> bool:
    for public in publics:
        with contextlib.suppress(TamperError):
            verify_bundle(body, public)
            return True
    return False
