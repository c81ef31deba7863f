"""Signing in, and one's own account."""

from __future__ import annotations

from allauth.account.views import LoginView
from allauth.mfa.base.views import index
from django.http import HttpRequest, HttpResponse

from homeward.node.web.accounts import demo_accounts
from homeward.node.web.current import current_node
from homeward.node.web.policy import ROLES, page


@page("sign-in")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask who it is; a simulation shows its accounts."""
    node = current_node()
    shown = demo_accounts(node) if node.about.simulation else ()
    accounts = [
        {"name": account.name, "role": ROLES[account.role], "password": account.password}
        for account in shown
    ]
    view = LoginView.as_view(extra_context={"demo_accounts": accounts})
    answer: HttpResponse = view(request)
    return answer


@page("account")
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own account: name, role, password, second factor."""
    answer: HttpResponse = index(request)
    return answer
