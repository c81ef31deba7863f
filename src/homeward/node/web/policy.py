"""Who may see which page: one table.

Rules of this file:
- `POLICY` is all there is: a page without a row cannot be written, a view without a page
  stops the start.
- A page that is not yours is answered as one that does not exist.
- Only what needs no account is for everybody: signing in, the ledger's proof, health.
- An account may have several roles; it sees what any of them sees.
- Whoever may see people sees the columns that the role needs, on pages, in exports, in
  filters and in counts alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import connection
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
_CASE = ("caseworker", "reviewer", "negotiator", "mediator", "handover officer", "auditor")
_PEOPLE = ("caseworker", "reviewer", "negotiator")
_CARRY = ("caseworker", "negotiator", "mediator", "handover officer")

POLICY: Mapping[str, tuple[str, ...] | None] = {
    # Before anybody signs in
    "first-run": EVERYBODY,
    "sign-in": EVERYBODY,
    "second-factor": EVERYBODY,
    "sign-out": EVERYBODY,
    "language": EVERYBODY,
    "health": EVERYBODY,
    "verify": EVERYBODY,
    "checkpoint": EVERYBODY,
    "public": EVERYBODY,
    "history": EVERYBODY,
    # One's own
    "home": _ALL,
    "ledger": _ALL,
    "receipt": _ALL,
    "jobs": _ALL,
    "account": _ALL,
    "reauthenticate": _ALL,
    "password": _ALL,
    "authenticator": _ALL,
    "passkeys": _ALL,
    "recovery-codes": _ALL,
    "tokens": _ALL,
    "design": _ALL,
    # Lists and people
    "people": _PEOPLE,
    "people-export": _PEOPLE,
    "person": _PEOPLE,
    "person-edit": ("caseworker",),
    "imports": ("caseworker",),
    "triage": ("caseworker",),
    "review": ("caseworker", "reviewer"),
    # Cases
    "cases": _CASE,
    "case": _CASE,
    "case-open": ("mediator",),
    "agreement": ("negotiator", "mediator"),
    "case-lists": ("caseworker",),
    "case-binding": ("negotiator",),
    "case-plan": ("mediator",),
    "case-paper": ("mediator",),  # names stand on the forms of a side on paper
    "notices": _CASE,
    "room": ("caseworker", "reviewer", "negotiator", "mediator"),
    "room-lines": ("caseworker", "reviewer"),  # names stand on them
    "offers": ("negotiator", "mediator"),
    "communique": ("negotiator", "mediator"),
    "communique-agree": ("negotiator",),
    "plan": ("negotiator", "mediator", "handover officer", "auditor"),
    "why": ("negotiator", "mediator"),
    "handover": ("negotiator", "mediator", "handover officer", "auditor"),
    "handover-mediator": ("mediator",),
    "handover-party": ("handover officer",),
    "papers": ("mediator", "handover officer"),
    "carry": _CARRY,
    # What each side says
    "statements": ("caseworker", "negotiator", "mediator", "auditor"),
    "statements-review": ("caseworker", "mediator"),
    # The node itself
    "peers": ("administrator",),
    "accounts": ("administrator",),
    "reads": ("auditor", "administrator"),
    "erase": ("administrator",),
    # Programs
    "api": EVERYBODY,  # each of its operations asks the row of its page, by the token's account
}
"""Page → the roles that may see it; EVERYBODY needs no account."""

_NAMES = frozenset(
    ("family_name", "given_name", "father_name", "name_as_written", "service_number")
)
_IDENTITY = _NAMES | {"ref", "birth_date", "birth_place", "sex", "power", "status", "rank", "alive"}
_MEASURED = frozenset(
    (
        *("ref", "sex", "birth_date", "power", "status", "rank", "alive", "health", "article_109"),
        *("fit_to_travel", "consent", "captured_on", "missing_since"),
    )
)

COLUMNS_OF: Mapping[str, frozenset[str] | None] = {
    "caseworker": None,
    "reviewer": _IDENTITY,
    "negotiator": _MEASURED - {"birth_date"},
}
"""Role → the columns of a list that it needs; None needs all, unknown ones too."""


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
                if not may_see(roles_of(request.user), name):
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


def roles_of(user: Any) -> frozenset[str]:
    """Return the roles of an account; none without one."""
    if not user.is_authenticated:
        return frozenset()
    if not hasattr(user, "homeward_roles"):
        # Plain SQL: every page asks this.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT g.name FROM auth_group g JOIN auth_user_groups u ON u.group_id = g.id "
                "WHERE u.user_id = %s",
                (user.pk,),
            )
            names = [name for (name,) in cursor.fetchall()]
        user.homeward_roles = known_roles(names)
    roles: frozenset[str] = user.homeward_roles
    return roles


def known_roles(names: Iterable[str]) -> frozenset[str]:
    """Return those of an account's groups that are roles."""
    return frozenset(name for name in names if name in ROLES)


def may_see(roles: Collection[str], name: str) -> bool:
    """Tell whether somebody with these roles may see a page.

    Args:
        roles: Keys of `ROLES`.
        name: A key of `POLICY`.
    """
    allowed = POLICY[name]
    return allowed is EVERYBODY or not set(roles).isdisjoint(allowed)


def columns_of(roles: Collection[str]) -> frozenset[str] | None:
    """Return the columns of a list that somebody with these roles may see; None: all."""
    found = [COLUMNS_OF[role] for role in roles if role in COLUMNS_OF]
    if None in found:
        return None
    return frozenset().union(*(columns for columns in found if columns is not None))


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
