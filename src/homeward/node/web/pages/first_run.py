# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""The pages before there is a node: look around, set up, verify.

Rules of this file:
- Until there is a node every address leads here; afterwards none of these pages does
  anything but lead to the first page.
- Nothing is made or started without the code of the terminal.
- Answers travel in the form, never in an address; secrets in its last step alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from homeward.foundation.errors import InputError
from homeward.foundation.ids import parse_party
from homeward.node.keystore import fingerprint
from homeward.node.settings import LANGUAGES
from homeward.node.web import accounts, failure_words, set_up, set_up_demo
from homeward.node.web.current import current_node
from homeward.node.web.pages.peers import card_file
from homeward.node.web.policy import not_yours, page
from homeward.node.web.set_up import Asked

_COOKIE = "homeward_first_run"
_COOKIE_SECONDS = 60 * 60
_OPEN = ("/first-run", "/language", "/verify", "/health")
_NAME_MAX_CHARS, _SECRET_MAX_CHARS = 200, 1024
_TYPED = {"autocomplete": "off", "spellcheck": "false"}


class FirstRun:
    """Leads every address to the set-up as long as there is no node."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or send there."""
        if set_up.waiting() is not None and not request.path.startswith(_OPEN):
            return redirect("first-run")
        return self._answer(request)


class OfficeForm(forms.Form):
    """Whose node it will be."""

    party = forms.CharField(
        label=gettext_lazy("Code of your party"),
        help_text=gettext_lazy(
            "Two letters of ISO 3166, such as UA. A non-state party: YE-HOUTHI."
        ),
        max_length=27,
        widget=forms.TextInput(attrs={**_TYPED, "dir": "ltr", "autocapitalize": "characters"}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("What this node does"),
        choices=(
            ("bureau", gettext_lazy("Bureau: it keeps the lists of one party.")),
            ("mediator", gettext_lazy("Mediator: it carries messages and keeps the ledger.")),
            ("observer", gettext_lazy("Observer: it only checks.")),
        ),
        widget=forms.RadioSelect,
        initial="bureau",
    )
    name = forms.CharField(
        label=gettext_lazy("Name of your office"),
        help_text=gettext_lazy("As on your letters. The other parties see it."),
        max_length=_NAME_MAX_CHARS,
        widget=forms.TextInput(attrs=_TYPED),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the pages"),
        help_text=gettext_lazy("Everybody can still choose another."),
        choices=LANGUAGES,
    )
    account = forms.CharField(
        label=gettext_lazy("Name of the first account"),
        help_text=gettext_lazy(
            "The administrator: makes the accounts of the others, and sees no people."
        ),
        max_length=64,
        initial="administrator",
        widget=forms.TextInput(attrs={**_TYPED, "autocapitalize": "none"}),
    )

    def clean_party(self) -> str:
        """Refuse what is no code of a party."""
        try:
            return parse_party(self.cleaned_data["party"].strip().upper())
        except InputError as error:
            raise forms.ValidationError(
                _("Write a code such as UA, or YE-HOUTHI for a non-state party.")
            ) from error

    def clean_account(self) -> str:
        """Refuse an unfit name."""
        name: str = self.cleaned_data["account"]
        if not accounts.is_fit(name):
            raise forms.ValidationError(_("Use letters, digits, dots and hyphens alone."))
        return name


class SecretsForm(forms.Form):
    """The passphrase of the node and the password of its first account, twice each."""

    passphrase = forms.CharField(
        label=gettext_lazy("Passphrase of the node"),
        help_text=gettext_lazy(
            "It opens the node each time it is started. Take five or more words that nobody "
            "else would join, and keep them on paper in a safe."
        ),
        max_length=_SECRET_MAX_CHARS,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    passphrase_again = forms.CharField(
        label=gettext_lazy("Passphrase of the node, again"),
        max_length=_SECRET_MAX_CHARS,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password of the first account"),
        help_text=gettext_lazy("At least 12 characters, and none that others would try first."),
        max_length=_SECRET_MAX_CHARS,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=gettext_lazy("Password of the first account, again"),
        max_length=_SECRET_MAX_CHARS,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    understood = forms.BooleanField(
        label=gettext_lazy(
            "I know: without the passphrase nobody opens this node, and nobody can make it anew."
        ),
        error_messages={"required": gettext_lazy("Read this sentence and tick it.")},
    )

    def clean(self) -> None:
        """Refuse two that differ: a slip of the hand would lock everybody out."""
        super().clean()
        for name in ("passphrase", "password"):
            if self.cleaned_data.get(name) != self.cleaned_data.get(f"{name}_again"):
                self.add_error(f"{name}_again", _("The two differ. Type both again."))


@page("first-run")
def first_run(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the terminal, then offer three ways."""
    if set_up.waiting() is None:
        return redirect("home")
    typed = request.POST.get("code") or request.GET.get("code") or ""
    if typed and set_up.is_code(typed):
        return _let_in(redirect("first-run"))
    if _is_let_in(request):
        return render(request, "first_run/doors.html", {"demo": set_up_demo.running()})
    context = {"is_wrong": bool(typed)}
    return render(request, "first_run/code.html", context, status=422 if typed else 200)


@page("first-run")
def organisation(request: HttpRequest) -> HttpResponse:
    """Ask whose node it is, show the answers with the last questions, make the node."""
    if set_up.waiting() is None or not _is_let_in(request):
        return redirect("first-run")
    if request.method != "POST":
        form = OfficeForm(initial={"language": get_language()})
        return render(request, "first_run/office.html", {"form": form})
    office = OfficeForm(request.POST)
    if not office.is_valid() or request.POST.get("step") == "change":
        status = InputError.http_status if office.errors else 200
        return render(request, "first_run/office.html", {"form": office}, status=status)
    if request.POST.get("step") != "make":
        return _check(request, office, SecretsForm())
    private = SecretsForm(request.POST)
    if private.is_valid() and _make(office, private):
        return _let_in(redirect("first-run-ready"))
    return _check(request, office, private)


@page("first-run")
def ready(request: HttpRequest) -> HttpResponse:
    """Show what the others need of the new node, and the way in."""
    if set_up.waiting() is not None or not _is_let_in(request):
        return redirect("home")
    groups = fingerprint(current_node().card).split()
    return render(request, "first_run/ready.html", {"groups": groups})


@page("first-run")
def card(request: HttpRequest) -> HttpResponse:
    """Give the new node's card as a file."""
    if set_up.waiting() is not None or not _is_let_in(request):
        raise not_yours()
    return card_file(current_node().card)


def demo_start(request: HttpRequest) -> HttpResponse:
    """Play the made-up exchange in a folder beside this one."""
    waiting = set_up.waiting()
    if waiting is None or not _is_let_in(request):
        return redirect("first-run")
    set_up_demo.start(waiting.home.absolute().parent, after_port=waiting.port)
    return redirect("first-run-demo")


@page("first-run")
def demo(request: HttpRequest) -> HttpResponse:
    """Show how far the made-up exchange is, then where to look at it."""
    return _demo(request, "first_run/demo.html")


@page("first-run")
def demo_progress(request: HttpRequest) -> HttpResponse:
    """Give the moving part of that page."""
    return _demo(request, "first_run/demo_progress.html")


def _demo(request: HttpRequest, template: str) -> HttpResponse:
    found = set_up_demo.running()
    if set_up.waiting() is None or not _is_let_in(request) or found is None:
        return redirect("first-run")
    return render(request, template, {"demo": found.look()})


def _check(request: HttpRequest, office: OfficeForm, private: SecretsForm) -> HttpResponse:
    answers = [(field.label, _shown(field)) for field in office]
    context = {"office": office, "answers": answers, "form": private}
    status = InputError.http_status if private.errors else 200
    return render(request, "first_run/check.html", context, status=status)


def _shown(field: Any) -> Any:
    value = field.form.cleaned_data[field.name]
    return dict(getattr(field.field, "choices", ())).get(value, value)


def _make(office: OfficeForm, private: SecretsForm) -> bool:
    try:
        set_up.make_node(
            Asked(**office.cleaned_data),
            passphrase=private.cleaned_data["passphrase"],
            password=private.cleaned_data["password"],
            now=timezone.now(),
        )
    except InputError as error:
        field = {"account.password": "password", "keystore.passphrase": "passphrase"}
        # What is weak about a password is told in the reader's language already.
        is_told = error.code == "account.password"
        repair = error.hint if is_told else failure_words.of(error).repair
        private.add_error(field.get(error.code), repair)
        return False
    return True


def _let_in(answer: HttpResponse) -> HttpResponse:
    answer.set_signed_cookie(
        _COOKIE, "yes", max_age=_COOKIE_SECONDS, httponly=True, samesite="Strict"
    )
    return answer


def _is_let_in(request: HttpRequest) -> bool:
    return bool(request.get_signed_cookie(_COOKIE, default="", max_age=_COOKIE_SECONDS) == "yes")


PATTERNS = [
    path("first-run", first_run, name="first-run"),
    path("first-run/organisation", organisation, name="first-run-organisation"),
    path("first-run/ready", ready, name="first-run-ready"),
    path("first-run/card", card, name="first-run-card"),
    path("first-run/demo", demo, name="first-run-demo"),
    path(
        "first-run/demo/start",
        page("first-run")(require_POST(demo_start)),
        name="first-run-demo-start",
    ),
    path("first-run/demo/progress", demo_progress, name="first-run-demo-progress"),
]
