"""The node that this process serves.

Rules of this file:
- A process serves one node, from `serve_node` to its end; a request never chooses.
- Before the node is made there are the pages of the set-up, and nothing else.
- The key that signs sessions is derived from the node's own secret: it survives a
  restart and is written nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from homeward.foundation.crypto import derive_bytes
from homeward.foundation.errors import EngineError
from homeward.node import settings
from homeward.node.home import Description, Node


@dataclass(frozen=True, slots=True)
class NoNode:
    """What stands on a page before there is a node."""

    party: str = "Homeward"
    name: str = ""
    role: str = ""
    simulation: bool = False


_served: Node | None = None
_is_expected = False


def serve_node(node: Node) -> None:
    """Make an open node the one that every page shows.

    Args:
        node: The open node.
    """
    global _served  # noqa: PLW0603 - a process has one open node
    node.require_open()
    secret = derive_bytes(node.keys.id_secret, "web session key").hex()
    settings.use_secret(secret, party=node.party)
    settings.use_language(node.about.languages[0])
    _served = node


def expect_node() -> None:
    """Allow pages that stand before the node is made."""
    global _is_expected  # noqa: PLW0603 - a process has one open node
    _is_expected = True


def described() -> Description | NoNode:
    """Return what every page says of the node, or that there is none yet.

    Raises:
        EngineError: None was opened, and none is expected.
    """
    return NoNode() if _served is None and _is_expected else current_node().about


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
