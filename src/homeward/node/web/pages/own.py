# mypy: disallow-subclassing-any=False
# Neither Django nor allauth ships types, so their classes are Any to the type checker.
"""Signing in, and one's own account."""

from __future__ import annotations

import ipaddress

from allauth.account import views as signing
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkey
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from homeward.node.web import own_forms
from homeward.node.web import passkeys as answers
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
    extra = {"demo_accounts": accounts, "has_passkeys": _has_name(request)}
    view = signing.LoginView.as_view(form_class=own_forms.SignInForm, extra_context=extra)
    answer: HttpResponse = view(request)
    return answer


@page("account")
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own account: name, role, password, second factor."""
    answer: HttpResponse = factor.index(request)
    return answer


@page("passkeys")
def passkeys(request: HttpRequest) -> HttpResponse:
    """List one's own passkeys."""
    view = passkey.ListWebAuthnView.as_view(extra_context={"has_passkeys": _has_name(request)})
    answer: HttpResponse = view(request)
    return answer


@page("passkeys")
def passkey_new(request: HttpRequest) -> HttpResponse:
    """Add a passkey; at an address without a name the list says why none can be added."""
    if not _has_name(request):
        return redirect("mfa_list_webauthn")
    answer: HttpResponse = passkey.AddWebAuthnView.as_view(form_class=answers.AddForm)(request)
    return answer


def _has_name(request: HttpRequest) -> bool:
    """Tell whether the address has a name: a browser binds no passkey to a number."""
    domain = split_domain_port(request.get_host())[0]
    try:
        ipaddress.ip_address(domain.strip("[]"))
    except ValueError:
        return True
    return False


# The names that begin with `account_` and `mfa_` are those by which allauth finds them.
PATTERNS = [
    path("language", page("language")(require_POST(set_language)), name="language"),
    path("sign-in", sign_in, name="account_login"),
    path(
        "sign-in/code",
        page("second-factor")(
            factor.AuthenticateView.as_view(
                form_class=own_forms.SecondFactorForm,
                webauthn_form_class=answers.SecondFactorForm,
            )
        ),
        name="mfa_authenticate",
    ),
    path("sign-out", page("sign-out")(require_POST(signing.logout)), name="account_logout"),
    path("account", account, name="mfa_index"),
    path(
        "account/password",
        page("password")(signing.PasswordChangeView.as_view(form_class=own_forms.PasswordForm)),
        name="account_change_password",
    ),
    path(
        "account/confirm",
        page("reauthenticate")(
            signing.ReauthenticateView.as_view(form_class=own_forms.ConfirmForm)
        ),
        name="account_reauthenticate",
    ),
    path(
        "account/confirm/code",
        page("reauthenticate")(
            factor.ReauthenticateView.as_view(form_class=own_forms.ConfirmByCodeForm)
        ),
        name="mfa_reauthenticate",
    ),
    path(
        "account/authenticator",
        page("authenticator")(
            totp.ActivateTOTPView.as_view(form_class=own_forms.AuthenticatorForm)
        ),
        name="mfa_activate_totp",
    ),
    path(
        "account/authenticator/remove",
        page("authenticator")(totp.deactivate_totp),
        name="mfa_deactivate_totp",
    ),
    path(
        "sign-in/passkey",
        page("sign-in")(passkey.LoginWebAuthnView.as_view(form_class=answers.SignInForm)),
        name="mfa_login_webauthn",
    ),
    path(
        "account/confirm/passkey",
        page("reauthenticate")(
            passkey.ReauthenticateWebAuthnView.as_view(form_class=answers.ConfirmForm)
        ),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/passkeys", passkeys, name="mfa_list_webauthn"),
    path("account/passkeys/new", passkey_new, name="mfa_add_webauthn"),
    path(
        "account/passkeys/<int:pk>/remove",
        page("passkeys")(passkey.remove_webauthn),
        name="mfa_remove_webauthn",
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
