"""What stands around every page: whose node it is, who reads, where one may go."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from homeward.node.home import Node
from homeward.node.models import Peer
from homeward.node.web import set_up
from homeward.node.web.current import current_node, described
from homeward.node.web.policy import ROLES, may_see, roles_of

NAVIGATION = (
    ("home", _("To do")),
    ("cases", _("Cases")),
    ("people", _("People")),
    ("imports", _("Imports")),
    ("carry", _("Bundles")),
    ("ledger", _("Ledger")),
    ("accounts", _("Accounts")),
    ("peers", _("Parties")),
    ("reads", _("Who looked")),
)
"""Pages of the main menu, by name, and their words."""

NODE_ROLES = {"bureau": _("bureau"), "mediator": _("mediator"), "observer": _("observer")}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what the base template needs.

    Args:
        request: Any request.

    Returns:
        Names of the template's variables and their values.
    """
    if set_up.waiting() is not None:
        return {"node": described(), "band": "mediator", "is_first_run": True}
    node = current_node()
    roles = roles_of(request.user)
    return {
        "node": node.about,
        "node_role": NODE_ROLES[node.about.role],
        "band": band(node),
        "account_roles": [text for role, text in ROLES.items() if role in roles],
        "navigation": [(name, text) for name, text in NAVIGATION if roles and may_see(roles, name)],
    }


def band(node: Node) -> str:
    """Return the colour of the band: `mediator`, or `one` and `two` in order of code."""
    if node.about.role != "bureau":
        return "mediator"
    before = Peer.objects.filter(role="bureau", party__lt=node.party)
    return "two" if before.exists() else "one"
