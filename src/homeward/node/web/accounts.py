# mypy: disallow-subclassing-any=False
# Neither Django nor allauth ships types, so their classes are Any to the type checker.
"""Accounts of a node: who may sign in, and in which role.

Rules of this file:
- Nobody makes an account in the browser: the administrator does, on the node's machine.
- An account has one role or several: a small office has one person for all.
- A simulation has the accounts of a table, whose passwords are shown to everybody; a real
  node never has one of these.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from homeward.foundation.crypto import derive_bytes
from homeward.foundation.errors import AccessError, InputError
from homeward.node.home import Node
from homeward.node.web.policy import ROLES

_NAME_MAX_CHARS = 64  # as the access log keeps it

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
    """Allauth's accounts, without signing up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Say no."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """An account of a simulation, with its password in clear."""

    name: str
    roles: tuple[str, ...]
    password: str


def add_account(node: Node, *, name: str, roles: Collection[str], password: str) -> None:
    """Make an account.

    Args:
        node: The open node.
        name: Of the account: 1 to 64 letters, digits, dots, hyphens.
        roles: Of `ROLES`, at least one.
        password: At least 12 characters, and none that everybody tries first.

    Raises:
        InputError: The name is taken or unfit, there is no such role, or the password is weak.
    """
    if not roles or not ROLES.keys() >= set(roles):
        raise InputError(
            "account.role",
            f"Expected one of {', '.join(ROLES)} as role, found another.",
            hint="Write the role as listed; one with a space goes in quotation marks.",
        )
    if not (0 < len(name) <= _NAME_MAX_CHARS and name.replace(".", "").replace("-", "").isalnum()):
        raise InputError(
            "account.name",
            f"Expected a name of 1 to {_NAME_MAX_CHARS} letters, digits, dots and hyphens.",
            hint="Choose another name.",
        )
    user = User(username=name)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InputError(
            "account.password",
            "Expected a strong password, found a weak one.",
            hint=" ".join(error.messages),
        ) from error
    with node.transaction():
        if User.objects.filter(username__iexact=name).exists():
            raise InputError(
                "account.taken",
                "Expected a new name, found one that has an account.",
                hint="Choose another name.",
            )
        user.set_password(password)
        user.save()
        user.groups.set([Group.objects.get_or_create(name=role)[0] for role in sorted(roles)])


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
    for account in accounts:
        if account.name not in there:
            add_account(node, name=account.name, roles=account.roles, password=account.password)
    return accounts


def _demo_password(node: Node, name: str) -> str:
    text = derive_bytes(node.keys.id_secret, f"demo account|{name}", 6).hex()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))
