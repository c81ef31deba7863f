# mypy: disallow-subclassing-any=False
# Neither Django nor allauth ships types, so their classes are Any to the type checker.
"""Accounts of a node: who may sign in, and in which role.

Rules of this file:
- Nobody signs up: an administrator makes every account, or the node's first one is made
  with the node.
- An account has one role or several: a small office has one person for all.
- Nobody changes their own roles or switches themselves off, and an administrator stays.
- A password that somebody else has seen opens one page: the one to choose another.
- What an administrator does to an account is written down as reads of people are.
- A simulation has the accounts of a table, whose passwords are shown to everybody; a real
  node never has one of these.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from homeward.foundation.crypto import derive_bytes
from homeward.foundation.errors import AccessError, InputError, RuleError
from homeward.node import access
from homeward.node.home import Node
from homeward.node.web.policy import ROLES, not_yours

_NAME_MAX_CHARS = 64  # as the access log keeps it
_ONE_TIME = "one-time password"  # a group that is no role
_REPLACE = "replace_password"
_BEFORE = ("password", "sign-out", "sign-in", "language", "health")
"""Pages that a one-time password opens."""
_ONE_TIME_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_ONE_TIME_GROUPS, _ONE_TIME_GROUP_CHARS = 4, 4  # 79 bits

_SHOWN_WORK = 2**4  # of scrypt, for passwords that stand on the page

_OFFICE = ("caseworker", "reviewer", "negotiator", "handover officer")
DEMO: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "bureau": {
        "officer": _OFFICE,
        "second-officer": _OFFICE,
        **{role.replace(" ", "-"): (role,) for role in _OFFICE},
    },
    "mediator": {"mediator": ("mediator",), "second-mediator": ("mediator",)},
    "observer": {},
}
"""Role of a node → its accounts in a simulation, and their roles. An auditor and an
administrator are everywhere."""


class NobodySignsUp(DefaultAccountAdapter):
    """Allauth's accounts, without signing up, and with passwords to be replaced."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Say no."""
        return False

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in, and remember whether the password is to be replaced first."""
        super().login(request, user)
        if _is_one_time(user):
            request.session[_REPLACE] = True

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Tell whoever knows the password of an account that it is switched off."""
        del user
        messages.error(request, _("This account is switched off. Ask the administrator."))
        return redirect("account_login")

    def clean_password(self, password: str, user: Any = None) -> str:
        """Refuse a weak password, and the one that is to be replaced."""
        cleaned: str = super().clean_password(password, user)
        if user is not None and user.check_password(cleaned):
            raise ValidationError(_("Choose another password than the present one."))
        return cleaned

    def set_password(self, user: Any, password: str) -> None:
        """Set a password that its owner chose."""
        super().set_password(user, password)
        user.groups.remove(*user.groups.filter(name=_ONE_TIME))


class OneTimePasswords:
    """Leads whoever signed in with a one-time password to the page that replaces it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; each view goes through `process_view`."""
        return self._answer(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Send away from every page but those that replace the password or sign out."""
        del args, kwargs
        if getattr(view, "page_name", "") in _BEFORE or not request.session.get(_REPLACE):
            return None
        if _is_one_time(request.user):
            return redirect("account_change_password")
        del request.session[_REPLACE]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as an administrator sees it. `number` is its id in addresses."""

    number: int
    name: str
    roles: tuple[str, ...]
    has_second_factor: bool
    is_active: bool
    is_one_time: bool
    signed_in_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """An account of a simulation, with its password in clear."""

    name: str
    roles: tuple[str, ...]
    password: str


def add_account(
    node: Node, *, name: str, roles: Collection[str], password: str, one_time: bool = False
) -> None:
    """Make an account.

    Args:
        node: The open node.
        name: Of the account: 1 to 64 letters, digits, dots, hyphens.
        roles: Of `ROLES`, at least one.
        password: At least 12 characters, and none that everybody tries first.
        one_time: True if its owner must choose another at the first sign-in.

    Raises:
        InputError: The name is taken or unfit, there is no such role, or the password is weak.
    """
    check_account(name=name, roles=roles, password=password)
    user = User(username=name)
    with node.transaction():
        if is_taken(node, name):
            raise InputError(
                "account.taken",
                "Expected a new name, found one that has an account.",
                hint="Choose another name.",
            )
        user.set_password(password)
        user.save()
        user.groups.set(_groups([*roles, _ONE_TIME] if one_time else roles))


def check_account(*, name: str, roles: Collection[str], password: str) -> None:
    """Check what a new account would be, as far as that needs no node.

    Args:
        name: As `add_account`.
        roles: As `add_account`.
        password: As `add_account`.

    Raises:
        InputError: The name is unfit, there is no such role, or the password is weak.
    """
    _check_roles(roles)
    if not is_fit(name):
        raise InputError(
            "account.name",
            f"Expected a name of 1 to {_NAME_MAX_CHARS} letters, digits, dots and hyphens.",
            hint="Choose another name.",
            facts={"max_chars": _NAME_MAX_CHARS},
        )
    try:
        validate_password(password, User(username=name))
    except ValidationError as error:
        raise InputError(
            "account.password",
            "Expected a strong password, found a weak one.",
            hint=" ".join(error.messages),
        ) from error


def is_fit(name: str) -> bool:
    """Tell whether an account may have this name: 1 to 64 letters, digits, dots, hyphens."""
    letters = name.replace(".", "").replace("-", "")
    return 0 < len(name) <= _NAME_MAX_CHARS and letters.isalnum()


def is_taken(node: Node, name: str) -> bool:
    """Tell whether there is an account with this name, in capitals or not."""
    node.require_open()
    return bool(User.objects.filter(username__iexact=name).exists())


def accounts(node: Node) -> tuple[Account, ...]:
    """Return every account, in order of name."""
    node.require_open()
    with_factor = set(
        Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES).values_list(
            "user_id", flat=True
        )
    )
    return tuple(
        _account(user, has_second_factor=user.pk in with_factor)
        for user in User.objects.order_by("username").prefetch_related("groups")
    )


def account(node: Node, number: int) -> Account:
    """Return one account.

    Raises:
        AccessError: There is none with this number.
    """
    found = next((each for each in accounts(node) if each.number == number), None)
    if found is None:
        raise not_yours()
    return found


def make_account(
    node: Node, *, name: str, roles: Collection[str], actor: str, now: dt.datetime
) -> str:
    """Make an account for a colleague.

    Args:
        node: The open node.
        name: As `add_account`.
        roles: As `add_account`.
        actor: Name of the administrator's account.
        now: When.

    Returns:
        A password for the first sign-in alone; it cannot be shown again.

    Raises:
        InputError: As `add_account`.
    """
    password = _one_time_password()
    with node.transaction():
        add_account(node, name=name, roles=roles, password=password, one_time=True)
        _note(node, "account.add", name, actor=actor, now=now)
    return password


def set_roles(
    node: Node, number: int, roles: Collection[str], *, actor: str, now: dt.datetime
) -> None:
    """Give an account other roles.

    Args:
        node: The open node.
        number: Of the account.
        roles: Of `ROLES`, at least one.
        actor: Name of the administrator's account.
        now: When.

    Raises:
        InputError: There is no such role.
        RuleError: It is the actor's own account, or no administrator would be left.
    """
    _check_roles(roles)
    with _changing(node, number, "account.roles", actor=actor, now=now) as user:
        kept = [_ONE_TIME] if _is_one_time(user) else []
        user.groups.set(_groups([*roles, *kept]))


def switch_account(node: Node, number: int, *, on: bool, actor: str, now: dt.datetime) -> None:
    """Switch an account off, which ends its sessions, or on again.

    Args:
        node: The open node.
        number: Of the account.
        on: True switches it on.
        actor: Name of the administrator's account.
        now: When.

    Raises:
        RuleError: It is the actor's own account, or no administrator would be left.
    """
    act = "account.on" if on else "account.off"
    with _changing(node, number, act, actor=actor, now=now) as user:
        user.is_active = on
        user.save(update_fields=["is_active"])


def reset_password(node: Node, number: int, *, actor: str, now: dt.datetime) -> str:
    """Give an account a new password and end its sessions.

    Args:
        node: The open node.
        number: Of the account.
        actor: Name of the administrator's account.
        now: When.

    Returns:
        A password for the next sign-in alone; it cannot be shown again.

    Raises:
        RuleError: It is the actor's own account.
    """
    password = _one_time_password()
    with _changing(node, number, "account.password", actor=actor, now=now) as user:
        user.set_password(password)
        user.save(update_fields=["password"])
        user.groups.add(*_groups([_ONE_TIME]))
    return password


def reset_second_factor(node: Node, number: int, *, actor: str, now: dt.datetime) -> None:
    """Remove an account's authenticator, passkeys and recovery codes.

    Args:
        node: The open node.
        number: Of the account.
        actor: Name of the administrator's account.
        now: When.

    Raises:
        RuleError: It is the actor's own account.
    """
    with _changing(node, number, "account.factor", actor=actor, now=now) as user:
        Authenticator.objects.filter(user=user).delete()


@contextmanager
def _changing(node: Node, number: int, act: str, *, actor: str, now: dt.datetime) -> Iterator[User]:
    """Give the account to be changed, and write down that it was; all or nothing."""
    with node.transaction():
        user = User.objects.filter(pk=number).first()
        if user is None:
            raise not_yours()
        if user.username == actor:
            raise RuleError(
                "account.own",
                "Expected another account, found your own.",
                hint="Ask another administrator. Your own password is under your name.",
            )
        yield user
        if not User.objects.filter(is_active=True, groups__name="administrator").exists():
            raise RuleError(
                "account.last",
                "Expected an administrator to be left, found none.",
                hint="Make another account an administrator first.",
            )
        _note(node, act, user.username, actor=actor, now=now)


def _note(node: Node, act: str, name: str, *, actor: str, now: dt.datetime) -> None:
    reader = access.Reader(actor=actor, purpose="account", now=now)
    access.note(node, reader, act=act, subject=f"account:{name}", person_count=0)


def _account(user: User, *, has_second_factor: bool) -> Account:
    names = {group.name for group in user.groups.all()}
    return Account(
        number=user.pk,
        name=user.username,
        roles=tuple(role for role in ROLES if role in names),
        has_second_factor=has_second_factor,
        is_active=user.is_active,
        is_one_time=_ONE_TIME in names,
        signed_in_at=user.last_login,
    )


def _check_roles(roles: Collection[str]) -> None:
    if not roles or not ROLES.keys() >= set(roles):
        raise InputError(
            "account.role",
            f"Expected one of {', '.join(ROLES)} as role, found another.",
            hint="Write the role as listed; one with a space goes in quotation marks.",
        )


def _groups(names: Collection[str]) -> list[Group]:
    return [Group.objects.get_or_create(name=name)[0] for name in sorted(names)]


def _is_one_time(user: Any) -> bool:
    return bool(user.is_authenticated and user.groups.filter(name=_ONE_TIME).exists())


def _one_time_password() -> str:
    return "-".join(
        "".join(secrets.choice(_ONE_TIME_LETTERS) for _ in range(_ONE_TIME_GROUP_CHARS))
        for _ in range(_ONE_TIME_GROUPS)
    )


def demo_accounts(node: Node) -> tuple[DemoAccount, ...]:
    """Return the accounts that a simulation shows.

    Raises:
        AccessError: The node is a real one.
    """
    if not node.about.simulation:
        raise AccessError(
            "account.no_demo",
            "Expected a simulation, found a real node.",
            hint="Make accounts with `homeward account add`.",
        )
    return tuple(
        DemoAccount(name=name, roles=roles, password=_demo_password(node, name))
        for name, roles in {
            **DEMO[node.about.role],
            "auditor": ("auditor",),
            "administrator": ("administrator",),
        }.items()
    )


def make_demo_accounts(node: Node) -> tuple[DemoAccount, ...]:
    """Return the accounts of a simulation, and make those that it lacks.

    Args:
        node: The open node of a simulation.

    Returns:
        All of them.
    """
    accounts = demo_accounts(node)
    there = set(User.objects.values_list("username", flat=True))
    with node.transaction():
        for account in accounts:
            if account.name not in there:
                user = User.objects.create(
                    username=account.name, password=_shown_hash(account.password)
                )
                user.groups.set(_groups(account.roles))
    return accounts


def _shown_hash(password: str) -> str:
    """Return the hash of a password that everybody is shown: there is nothing to make dear."""
    hasher = ScryptPasswordHasher()
    return str(hasher.encode(password, hasher.salt(), n=_SHOWN_WORK))


def _demo_password(node: Node, name: str) -> str:
    text = derive_bytes(node.keys.id_secret, f"demo account|{name}", 6).hex()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))
