# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""Accounts: who may sign in here, and in which roles. An administrator sees no people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from homeward.node.web import accounts as stored
from homeward.node.web.accounts import Account
from homeward.node.web.acting import Deed, deed
from homeward.node.web.current import current_node
from homeward.node.web.policy import ROLES, not_yours, page
from homeward.node.web.templatetags.homeward import listed

_NAME_MAX_CHARS = 64


class RolesForm(forms.Form):
    """Which roles an account has."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        help_text=gettext_lazy("Choose what this person does. Fewer roles see fewer names."),
        choices=tuple(ROLES.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one role.")},
    )


class NewForm(RolesForm):
    """A new account: name and roles."""

    name = forms.CharField(
        label=gettext_lazy("Name to sign in with"),
        help_text=gettext_lazy("Letters, digits, dots and hyphens, such as o.koval."),
        max_length=_NAME_MAX_CHARS,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )
    field_order = ("name", "roles")

    def clean_name(self) -> str:
        """Refuse a name that is unfit or taken."""
        name: str = self.cleaned_data["name"]
        if not stored.is_fit(name):
            raise forms.ValidationError(_("Use letters, digits, dots and hyphens alone."))
        if stored.is_taken(current_node(), name):
            raise forms.ValidationError(_("There is an account with this name. Choose another."))
        return name


@page("accounts")
def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts, and what may be done to each."""
    own = request.user.get_username()
    rows = [
        {
            "account": account,
            "roles": [ROLES[role] for role in account.roles],
            "acts": [] if account.name == own else _acts_on(account),
        }
        for account in stored.accounts(current_node())
    ]
    return render(request, "accounts.html", {"rows": rows})


@page("accounts")
def account_new(request: HttpRequest) -> HttpResponse:
    """Make an account and show its first password once."""
    node, actor = current_node(), request.user.get_username()

    def make(form: forms.Form | None) -> HttpResponse:
        assert form is not None, "the deed has one"
        name, roles = form.cleaned_data["name"], form.cleaned_data["roles"]
        now = timezone.now()
        password = stored.make_account(node, name=name, roles=roles, actor=actor, now=now)
        return _show_password(request, name, password)

    wanted = Deed(
        title=_("Add an account"),
        facts=(),
        warning=_(
            "You get a password for the first sign-in. Give it to this person in private: "
            "whoever has it can sign in."
        ),
        button=_("Add the account"),
        back=reverse("accounts"),
        form=NewForm(),
        act=make,
        final=False,
    )
    return deed(request, wanted)


@page("accounts")
def account_act(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Do one act of the table to an account."""
    account = stored.account(current_node(), number)
    is_own = account.name == request.user.get_username()
    if is_own or act not in {row["act"] for row in _acts_on(account)}:
        raise not_yours()
    row = ACTS[act]

    def run(form: forms.Form | None) -> str | HttpResponse:
        return row.run(request, account, form)

    wanted = Deed(
        title=str(row.title),
        facts=(
            (_("Account"), account.name),
            (_("Roles"), listed(ROLES[role] for role in account.roles) or _("none")),
        ),
        warning=str(row.warning),
        button=str(row.title),
        back=reverse("accounts"),
        form=row.form(account) if row.form is not None else None,
        act=run,
        final=False,
    )
    return deed(request, wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    title: Any
    warning: Any
    offered: Callable[[Account], bool]
    run: Callable[[HttpRequest, Account, forms.Form | None], str | HttpResponse]
    form: Callable[[Account], forms.Form] | None = None


def _roles(request: HttpRequest, account: Account, form: forms.Form | None) -> str:
    assert form is not None, "the row has one"
    stored.set_roles(current_node(), account.number, form.cleaned_data["roles"], **_by(request))
    return str(_("The roles were changed."))


def _password(request: HttpRequest, account: Account, form: forms.Form | None) -> HttpResponse:
    del form
    password = stored.reset_password(current_node(), account.number, **_by(request))
    return _show_password(request, account.name, password)


def _factor(request: HttpRequest, account: Account, form: forms.Form | None) -> str:
    del form
    stored.reset_second_factor(current_node(), account.number, **_by(request))
    return str(_("The second step was removed."))


def _off(request: HttpRequest, account: Account, form: forms.Form | None) -> str:
    del form
    stored.switch_account(current_node(), account.number, on=False, **_by(request))
    return str(_("The account was switched off."))


def _on(request: HttpRequest, account: Account, form: forms.Form | None) -> str:
    del form
    stored.switch_account(current_node(), account.number, on=True, **_by(request))
    return str(_("The account was switched on."))


ACTS: Mapping[str, _Row] = {
    "roles": _Row(
        title=gettext_lazy("Change the roles"),
        warning=gettext_lazy("The new roles hold from the next page that this person opens."),
        offered=lambda account: True,  # noqa: ARG005
        form=lambda account: RolesForm(initial={"roles": account.roles}),
        run=_roles,
    ),
    "password": _Row(
        title=gettext_lazy("Set a new password"),
        warning=gettext_lazy(
            "The old password stops working and this person is signed out. You get a new "
            "password. It works for one sign-in; then this person chooses their own."
        ),
        offered=lambda account: account.is_active,
        run=_password,
    ),
    "factor": _Row(
        title=gettext_lazy("Remove the second step"),
        warning=gettext_lazy(
            "Authenticator, passkeys and recovery codes of this account stop working. Make "
            "sure, by voice or in person, who asks for this."
        ),
        offered=lambda account: account.has_second_factor,
        run=_factor,
    ),
    "off": _Row(
        title=gettext_lazy("Switch the account off"),
        warning=gettext_lazy(
            "This person is signed out and cannot sign in. What was recorded under the name stays."
        ),
        offered=lambda account: account.is_active,
        run=_off,
    ),
    "on": _Row(
        title=gettext_lazy("Switch the account on"),
        warning=gettext_lazy("This person can sign in again, with the roles above."),
        offered=lambda account: not account.is_active,
        run=_on,
    ),
}
"""Act in the address → what it is, when it is offered, and what it does."""


def _acts_on(account: Account) -> list[dict[str, Any]]:
    return [{"act": act, "title": row.title} for act, row in ACTS.items() if row.offered(account)]


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor": request.user.get_username(), "now": timezone.now()}


def _show_password(request: HttpRequest, name: str, password: str) -> HttpResponse:
    # Shown in the answer itself: a password in a message or an address would be kept.
    return render(request, "account_password.html", {"name": name, "password": password})


PATTERNS = [
    path("accounts", accounts, name="accounts"),
    path("accounts/new", account_new, name="account-new"),
    path("accounts/<int:number>/<str:act>", account_act, name="account-act"),
]
