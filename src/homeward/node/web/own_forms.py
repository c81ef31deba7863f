# mypy: disallow-subclassing-any=False
# Neither Django nor allauth ships types, so their classes are Any to the type checker.
"""The forms of one's own account: allauth's, in our words.

Rules of this file:
- Every field has a label of ours, and nothing is written into an empty field: it would look
  as if it were filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base import forms as factor
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _

LABELS: Mapping[str, Any] = {
    "login": _("Name of your account"),
    "password": _("Password"),
    "oldpassword": _("Present password"),
    "password1": _("New password"),
    "password2": _("New password again"),
    "code": _("Code"),
}
"""Field → its label."""

_GROUP_CHARS = 4


class _InOurWords(forms.Form):
    """Any of allauth's forms."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, field in self.fields.items():
            field.label = LABELS[name]
            field.widget.attrs.pop("placeholder", None)


class SignInForm(_InOurWords, LoginForm):
    """Name and password."""


class PasswordForm(_InOurWords, ChangePasswordForm):
    """Another password."""


class ConfirmForm(_InOurWords, ReauthenticateForm):
    """The password again, before an act that cannot be undone."""


class SecondFactorForm(_InOurWords, factor.AuthenticateForm):
    """A code after the password."""


class ConfirmByCodeForm(_InOurWords, factor.ReauthenticateForm):
    """A code again, before an act that cannot be undone."""


class AuthenticatorForm(_InOurWords, ActivateTOTPForm):
    """A new authenticator."""

    @property
    def spaced_secret(self) -> str:
        """The secret in groups, to be typed by hand; an authenticator takes it either way."""
        secret: str = self.secret
        starts = range(0, len(secret), _GROUP_CHARS)
        return " ".join(secret[start : start + _GROUP_CHARS] for start in starts)
