"""Signing in, and one's own account."""

from __future__ import annotations

from allauth.account import views as signing
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from homeward.node.web.accounts import demo_accounts
from homeward.node.web.current import current_node
from homeward.node.web.policy import ROLES, page


@page("sign-in")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask who it is; a simulation shows its accounts."""
    node = current_node()
    shown = demo_accounts(node) if node.about.simulation else ()
    accounts = [
        {
            "name": account.name,
            "roles": [ROLES[role] for role in account.roles],
            "password": account.password,
        }
        for account in shown
    ]
    view = signing.LoginView.as_view(extra_context={"demo_accounts": accounts})
    answer: HttpResponse = view(request)
    return answer


@page("account")
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own account: name, role, password, second factor."""
    answer: HttpResponse = factor.index(request)
    return answer


# The names that begin with `account_` and `mfa_` are those by which allauth finds them.
PATTERNS = [
    path("language", page("language")(require_POST(set_language)), name="language"),
    path("sign-in", sign_in, name="account_login"),
    path("sign-in/code", page("second-factor")(factor.authenticate), name="mfa_authenticate"),
    path("sign-out", page("sign-out")(require_POST(signing.logout)), name="account_logout"),
    path("account", account, name="mfa_index"),
    path(
        "account/password",
        page("password")(signing.password_change),
        name="account_change_password",
    ),
    path(
        "account/confirm",
        page("reauthenticate")(signing.reauthenticate),
        name="account_reauthenticate",
    ),
    path(
        "account/confirm/code",
        page("reauthenticate")(factor.reauthenticate),
        name="mfa_reauthenticate",
    ),
    path(
        "account/authenticator",
        page("authenticator")(totp.activate_totp),
        name="mfa_activate_totp",
    ),
    path(
        "account/authenticator/remove",
        page("authenticator")(totp.deactivate_totp),
        name="mfa_deactivate_totp",
    ),
    path(
        "account/recovery-codes",
        page("recovery-codes")(recovery.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/recovery-codes/new",
        page("recovery-codes")(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
]
