"""The outside of a bundle: sealed to its reader, so that whoever carries it reads nothing.

Rules of this file:
- What is signed is sealed as it stands, to the sealing key on the reader's card (age).
- What was sealed last for each reader stays in `outbox/`: the same content is the same file,
  so that it can be sent on from where sending broke off, and is nowhere posted twice.
- Nobody can tell a bundle for another node from a damaged one, and so neither do we.
- A bundle that begins like JSON is a plain one of an earlier version, and is read as it is.
"""

from __future__ import annotations

import hashlib

from homeward.foundation.crypto import seal
from homeward.foundation.errors import AccessError, InputError, TamperError
from homeward.node.home import OUTBOX, Node, read_private, write_private
from homeward.node.keystore import Card
from homeward.node.models import Peer

_PLAIN = b"{"


def seal_for(node: Node, card: Card, content: bytes) -> bytes:
    """Seal what is signed to its reader.

    Args:
        node: The open node; the caller holds a transaction.
        card: Of the reader.
        content: The signed bytes.

    Returns:
        The file to carry; the same one for the same content.

    Raises:
        EngineError: The disk failed.
    """
    path = node.home / OUTBOX / f".to-{card.party}.hwb"
    mark = hashlib.sha256(content).hexdigest()
    row = Peer.objects.filter(party=card.party)
    peer = row.get()
    if peer.sealed_from == mark:
        try:
            data = read_private(path)
        except AccessError:
            data = b""
        if hashlib.sha256(data).hexdigest() == peer.sealed_sha256:
            return data
    data = seal(content, card.sealing_key)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_private(path, data)
    row.update(sealed_from=mark, sealed_sha256=hashlib.sha256(data).hexdigest())
    return data


def open_sealed(node: Node, data: bytes) -> bytes:
    """Open the outside of a bundle.

    Args:
        node: The node.
        data: The file.

    Returns:
        The signed bytes, or what pretends to be them.

    Raises:
        InputError: This node cannot open it.
    """
    if data.startswith(_PLAIN):
        return data
    try:
        return node.keys.sealing.open(data, what="bundle")
    except TamperError as error:
        raise InputError(
            "bundles.sealed",
            f"Expected a bundle for {node.party}, found a file that it cannot open: one for "
            "another node, or a damaged one.",
            hint="Give it to the node it is for, or ask its sender to export it again.",
            facts={"party": node.party},
        ) from error
