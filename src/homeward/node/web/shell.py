"""What stands around every page: whose node it is, who reads, where one may go."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from homeward.node.home import Node
from homeward.node.settings import LANGUAGES
from homeward.node.web import set_up
from homeward.node.web.current import current_node, described
from homeward.node.web.policy import ROLES, may_see, roles_of

NAVIGATION = (
    ("home", _("To do")),
    ("cases", _("Cases")),
    ("people", _("People")),
    ("review", _("Same person?")),
    ("imports", _("Imports")),
    ("statements", _("Statements")),
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
        return {
            "node": described(),
            "band": "mediator",
            "is_first_run": True,
            "languages": LANGUAGES,
        }
    node = current_node()
    roles = roles_of(request.user)
    account_roles, navigation = _words(get_language(), roles)
    here = _here(request.path, navigation)
    return {
        "node": node.about,
        "node_role": NODE_ROLES[node.about.role],
        "band": _band(request, node),
        "account_roles": account_roles,
        "navigation": navigation,
        "here": here,
        "here_as": "page" if here == request.path else "true",
        "languages": LANGUAGES,
    }


def bureaus(request: HttpRequest) -> tuple[str, ...]:
    """Return the codes of the other parties that have a bureau, asked once for a request."""
    if not hasattr(request, "homeward_bureaus"):
        # Plain SQL: every page asks this.
        with connection.cursor() as cursor:
            cursor.execute("SELECT party FROM node_peer WHERE role = 'bureau'")
            request.homeward_bureaus = tuple(party for (party,) in cursor.fetchall())
    codes: tuple[str, ...] = request.homeward_bureaus
    return codes


def _band(request: HttpRequest, node: Node) -> str:
    """Return the colour of the band: `mediator`, or `one` and `two` in order of code."""
    if node.about.role != "bureau":
        return "mediator"
    return "two" if any(party < node.party for party in bureaus(request)) else "one"


def _here(path: str, navigation: tuple[tuple[str, str], ...]) -> str:
    """Return the address in the menu of this page, or of the page that it lies below."""
    over = [
        address
        for address, _ in navigation
        if path == address or (address != "/" and path.startswith(f"{address.rstrip('/')}/"))
    ]
    return max(over, key=len, default="")


@lru_cache(maxsize=512)  # languages, and sets of roles
def _words(
    language: str,  # noqa: ARG001 - the words depend on it
    roles: frozenset[str],
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return the names of the roles; address and words of each page of the menu."""
    names = tuple(str(text) for role, text in ROLES.items() if role in roles)
    seen = [(name, text) for name, text in NAVIGATION if roles and may_see(roles, name)]
    return names, tuple((reverse(name), str(text)) for name, text in seen)
