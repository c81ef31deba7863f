"""Addresses of the pages. Each view stands behind the row of its page in the policy."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from homeward.node.web.pages import design, home, ledger, own
from homeward.node.web.policy import guarded, page

# The names that begin with `account_` and `mfa_` are those by which allauth finds them.
urlpatterns = guarded(
    [
        path("", home.home, name="home"),
        path("ledger", ledger.ledger, name="ledger"),
        path("verify", ledger.verify, name="verify"),
        path("verify/checkpoint", ledger.checkpoint, name="checkpoint"),
        path("health", home.health, name="health"),
        path("language", page("language")(require_POST(set_language)), name="language"),
        path("design", design.design, name="design"),
        path("sign-in", own.sign_in, name="account_login"),
        path("sign-in/code", page("second-factor")(factor.authenticate), name="mfa_authenticate"),
        path("sign-out", page("sign-out")(require_POST(account.logout)), name="account_logout"),
        path("account", own.account, name="mfa_index"),
        path(
            "account/password",
            page("password")(account.password_change),
            name="account_change_password",
        ),
        path(
            "account/confirm",
            page("reauthenticate")(account.reauthenticate),
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
)

handler400 = "homeward.node.web.problems.bad_request"
handler403 = "homeward.node.web.problems.form_refused"
handler404 = "homeward.node.web.problems.not_found"
handler429 = "homeward.node.web.problems.too_many"
handler500 = "homeward.node.web.problems.bug"
