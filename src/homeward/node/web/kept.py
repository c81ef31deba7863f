"""What somebody typed about people and has not saved yet.

Rules of this file:
- It names people: it never stands in an address, and rests sealed in the session.
- It ends with the session; what is not there, or was not sealed by this node, is nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.http import HttpRequest

from homeward.foundation.crypto import b64, unb64
from homeward.foundation.errors import TamperError
from homeward.node.at_rest import open_at_rest, seal_at_rest
from homeward.node.web.current import current_node

_PURPOSE = "typed"
_KEY = "typed|{}"


def keep(request: HttpRequest, name: str, values: Mapping[str, str]) -> None:
    """Keep what was typed under a name of ours.

    Args:
        request: Of the session.
        name: What it is: one of ours, or a reference; never a name of a person.
        values: Field → text.
    """
    sealed = seal_at_rest(current_node(), json.dumps(dict(values)).encode(), purpose=_PURPOSE)
    request.session[_KEY.format(name)] = b64(sealed)


def kept(request: HttpRequest, name: str) -> dict[str, str] | None:
    """Return what was kept under a name; None if nothing was."""
    text = request.session.get(_KEY.format(name))
    if text is None:
        return None
    try:
        data = open_at_rest(current_node(), unb64(text, what="typed text"), purpose=_PURPOSE)
    except TamperError:
        return None
    found: dict[str, str] = json.loads(data)
    return found


def forget(request: HttpRequest, name: str) -> None:
    """Forget what was kept under a name."""
    request.session.pop(_KEY.format(name), None)
