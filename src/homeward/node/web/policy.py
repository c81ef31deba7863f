"""Who may see which page: one table.

Rules of this file:
- `POLICY` is all there is: a page without a row cannot be written, a view without a page
  stops the start.
- A page that is not yours is answered as one that does not exist.
- Only what needs no account is for everybody: signing in, the ledger's proof, health.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from homeward.foundation.errors import AccessError

View = Callable[..., HttpResponse]

ROLES: Mapping[str, Any] = {
    "caseworker": _("caseworker"),
    "reviewer": _("reviewer"),
    "negotiator": _("negotiator"),
    "mediator": _("mediator"),
    "handover officer": _("handover officer"),
    "auditor": _("auditor"),
    "administrator": _("administrator"),
}
"""Role of an account → its name on a page."""

EVERYBODY = None
_ALL = tuple(ROLES)

POLICY: Mapping[str, tuple[str, ...] | None] = {
    "sign-in": EVERYBODY,
    "second-factor": EVERYBODY,
    "sign-out": EVERYBODY,
    "language": EVERYBODY,
    "health": EVERYBODY,
    "verify": EVERYBODY,
    "checkpoint": EVERYBODY,
    "home": _ALL,
    "ledger": _ALL,
    "account": _ALL,
    "reauthenticate": _ALL,
    "password": _ALL,
    "authenticator": _ALL,
    "recovery-codes": _ALL,
    "design": _ALL,
}
"""Page → the roles that may see it; EVERYBODY needs no account."""


def page(name: str) -> Callable[[View], View]:
    """Guard a view by the row of its page.

    Args:
        name: A key of `POLICY`.

    Returns:
        A decorator for the view.
    """
    allowed = POLICY[name]

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if allowed is not EVERYBODY:
                if not request.user.is_authenticated:
                    return redirect_to_login(request.get_full_path())
                if role_of(request.user) not in allowed:
                    raise not_yours()
            return view(request, *args, **kwargs)

        guarded.page_name = name  # type: ignore[attr-defined]
        return guarded

    return decorate


def not_yours() -> AccessError:
    """Return the one answer to what does not exist and to what is not the reader's."""
    return AccessError(
        "web.page",
        "Expected a page that you may see, found none.",
        hint="Go back to the first page, or ask the administrator for another role.",
    )


def role_of(user: Any) -> str:
    """Return the role of an account; empty without one."""
    if not user.is_authenticated:
        return ""
    if not hasattr(user, "homeward_role"):
        names = user.groups.values_list("name", flat=True)
        user.homeward_role = next((name for name in names if name in ROLES), "")
    role: str = user.homeward_role
    return role


def may_see(role: str, name: str) -> bool:
    """Tell whether a role may see a page."""
    allowed = POLICY[name]
    return allowed is EVERYBODY or role in allowed


def guarded(patterns: Iterable[URLPattern]) -> list[URLPattern]:
    """Check that every view has a page, and return the patterns.

    Args:
        patterns: Of the pages, flat.

    Returns:
        The same patterns.
    """
    found = list(patterns)
    bare = [each.name for each in found if not hasattr(each.callback, "page_name")]
    if bare:
        message = f"Views without a row in POLICY: {bare}."
        raise RuntimeError(message)
    return found
