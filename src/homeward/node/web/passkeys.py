# mypy: disallow-subclassing-any=False
# Neither Django nor allauth ships types, so their classes are Any to the type checker.
"""What a browser sends of a passkey, or what somebody sends in its place.

Rules of this file:
- A browser's answer is JSON of texts in base64url and a few English words. So it is ASCII
  without an escape, by which the character NUL or half of another could come in.
- What has not the form of an answer is refused as any bad input is, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext as _

from homeward.foundation.errors import InputError

_ANSWER_MAX_CHARS = 65_536


class _Answer(forms.JSONField):
    """The hidden field that a page's script fills in."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        """Read it; deep nesting and long numbers are no answers either."""
        if not value:
            return super().to_python(value)
        if len(value) > _ANSWER_MAX_CHARS or not value.isascii() or "\\" in value:
            raise _no_answer()
        with _read():
            found = super().to_python(value)
        if not isinstance(found, dict):
            raise _no_answer()
        return found


class AddForm(AddWebAuthnForm):
    """A new passkey; without a name it gets the next number."""

    credential = _Answer()

    def __init__(self, *args: Any, user: Any, **more: Any) -> None:
        kept = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
        name = _("Passkey {number}").format(number=kept.count() + 1)
        more["initial"] = {"name": name, **(more.get("initial") or {})}
        super().__init__(*args, user=user, **more)

    def clean_name(self) -> str:
        """Keep the name, or the number where it was left empty."""
        name: str = self.cleaned_data["name"] or self.initial["name"]
        return name

    def clean(self) -> dict[str, Any]:
        """Check what the browser made of a new passkey."""
        with _read():
            cleaned: dict[str, Any] = super().clean()
        return cleaned


class _Asked(forms.Form):
    """A passkey of an account that is asked for."""

    def clean_credential(self) -> Any:
        """Check the answer."""
        with _read():
            return super().clean_credential()


class SignInForm(_Asked, LoginWebAuthnForm):
    """A passkey instead of a name and a password."""

    credential = _Answer()


class SecondFactorForm(_Asked, AuthenticateWebAuthnForm):
    """A passkey after the password."""

    credential = _Answer()


class ConfirmForm(_Asked, ReauthenticateWebAuthnForm):
    """A passkey before an act that cannot be undone."""

    credential = _Answer()


@contextmanager
def _read() -> Iterator[None]:
    """Turn what reading an answer of another form ends in into what it is: bad input."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise _no_answer() from error


def _no_answer() -> InputError:
    return InputError(
        "web.passkey",
        "Expected the answer of a passkey, found something else.",
        hint="Go back and use the passkey again; nothing was changed.",
    )
