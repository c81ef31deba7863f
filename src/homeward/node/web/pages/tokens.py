# mypy: disallow-untyped-decorators=False
# allauth ships no types, so its decorators are untyped to the type checker.
"""The tokens of one's own account, for programs."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homeward.foundation.errors import InputError
from homeward.node.web.current import current_node
from homeward.node.web.policy import page
from homeward.node.web.tokens import make_token, revoke_token, tokens_of


@page("tokens")
@reauthentication_required(allow_get=True)
def tokens(request: HttpRequest) -> HttpResponse:
    """Show one's tokens, and make one: it is shown this once."""
    node, account = current_node(), request.user.get_username()
    made = wrong = ""
    if request.method == "POST":
        try:
            name = request.POST.get("name", "")
            made = make_token(node, account=account, name=name, now=timezone.now())
        except InputError:
            wrong = _("Write 1 to 64 characters that say what the token is for.")
    context = {"tokens": tokens_of(node, account), "made": made, "wrong": wrong}
    return render(request, "tokens.html", context)


@page("tokens")
@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """Take a token back."""
    account = request.user.get_username()
    revoke_token(current_node(), account=account, number=number, now=timezone.now())
    messages.success(request, _("The token no longer opens anything."))
    return redirect("tokens")


PATTERNS = [
    path("account/tokens", tokens, name="tokens"),
    path("account/tokens/<int:number>/revoke", revoke, name="token-revoke"),
]
