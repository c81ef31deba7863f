"""Tokens: how a program shows for which account it asks.

Rules of this file:
- A token is shown once; what is kept is its hash.
- A token may read what its account may see, and ends with it: with the account switched
  off, or the token taken back.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Any

from django.contrib.auth.models import User

from homeward.foundation.errors import InputError
from homeward.node.home import Node
from homeward.node.models import ApiToken
from homeward.node.web.policy import not_yours

_PREFIX = "hw_"
_BYTES = 32
_NAME_MAX_CHARS = 64
_NOTED_EVERY = dt.timedelta(minutes=1)


def make_token(node: Node, *, account: str, name: str, now: dt.datetime) -> str:
    """Make a token for an account.

    Args:
        node: The open node.
        account: Name of the account.
        name: What the token is for: 1 to 64 characters.
        now: When.

    Returns:
        The token; it cannot be shown again.

    Raises:
        InputError: The name is empty or too long.
    """
    if not 0 < len(name.strip()) <= _NAME_MAX_CHARS:
        raise InputError(
            "tokens.name",
            f"Expected 1 to {_NAME_MAX_CHARS} characters that say what the token is for.",
            hint="Name the program that will use it.",
            facts={"max_chars": _NAME_MAX_CHARS},
        )
    token = _PREFIX + secrets.token_urlsafe(_BYTES)
    with node.transaction():
        ApiToken.objects.create(
            account=account, name=name.strip(), token_sha256=_hash(token), created_at=now
        )
    return token


def account_of(node: Node, token: str, *, now: dt.datetime) -> Any | None:
    """Return the account for which a token speaks, or None.

    Args:
        node: The open node.
        token: As the program sent it.
        now: When; the last use is kept to the minute.
    """
    node.require_open()
    found = ApiToken.objects.filter(token_sha256=_hash(token), revoked_at=None).first()
    if found is None:
        return None
    if found.used_at is None or now - found.used_at > _NOTED_EVERY:
        ApiToken.objects.filter(pk=found.pk).update(used_at=now)
    return User.objects.filter(username=found.account, is_active=True).first()


def tokens_of(node: Node, account: str) -> list[ApiToken]:
    """Return the tokens of an account, the latest first; those taken back too."""
    node.require_open()
    return list(ApiToken.objects.filter(account=account).order_by("-created_at"))


def revoke_token(node: Node, *, account: str, number: int, now: dt.datetime) -> None:
    """Take a token back.

    Raises:
        AccessError: The account has no such token.
    """
    with node.transaction():
        rows = ApiToken.objects.filter(pk=number, account=account, revoked_at=None)
        if not rows.update(revoked_at=now):
            raise not_yours()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
