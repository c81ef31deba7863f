"""The node that this process serves.

Rules of this file:
- A process serves one node, from `serve_node` to its end; a request never chooses.
- The key that signs sessions is derived from the node's own secret: it survives a
  restart and is written nowhere.
"""

from __future__ import annotations

from homeward.foundation.crypto import derive_bytes
from homeward.foundation.errors import EngineError
from homeward.node import settings
from homeward.node.home import Node

_served: Node | None = None


def serve_node(node: Node) -> None:
    """Make an open node the one that every page shows.

    Args:
        node: The open node.
    """
    global _served  # noqa: PLW0603 - a process has one open node
    node.require_open()
    secret = derive_bytes(node.keys.id_secret, "web session key").hex()
    settings.use_secret(secret, party=node.party)
    _served = node


def current_node() -> Node:
    """Return the node that this process serves.

    Raises:
        EngineError: None was opened.
    """
    if _served is None:
        raise EngineError(
            "web.no_node",
            "Expected an open node behind the pages, found none.",
            hint="Start the pages with `homeward serve`.",
        )
    _served.require_open()
    return _served
