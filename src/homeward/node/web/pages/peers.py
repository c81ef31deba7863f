# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""Parties: our card for the others, theirs, and whether anybody compared them by voice."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from homeward.foundation.errors import InputError, TamperError
from homeward.node.actions.peers import (
    Known,
    add_card,
    confirm_card,
    drop_card,
    known,
    own_code,
)
from homeward.node.keystore import Card, fingerprint
from homeward.node.web.acting import Deed, deed
from homeward.node.web.current import current_node
from homeward.node.web.policy import not_yours, page
from homeward.node.web.shell import NODE_ROLES

_CARD_MAX_BYTES = 16_384


class CardForm(forms.Form):
    """Another party's card, as a file."""

    card = forms.FileField(
        label=gettext_lazy("File of the card"),
        error_messages={
            "required": gettext_lazy("Choose the file that the other office sent you."),
            "empty": gettext_lazy("This file is empty. Ask the other office for its card again."),
        },
    )

    def clean_card(self) -> bytes:
        """Read the file within its limit."""
        file = self.cleaned_data["card"]
        if file.size > _CARD_MAX_BYTES:
            raise forms.ValidationError(_("This file is too large for a card. Choose another."))
        data: bytes = file.read()
        return data


class ComparedForm(forms.Form):
    """That somebody compared the fingerprint."""

    compared = forms.BooleanField(
        label=gettext_lazy(
            "I called that office on a number I already knew, and it read the same."
        ),
        error_messages={"required": gettext_lazy("Compare first, then tick this.")},
    )


@page("peers")
def peers(request: HttpRequest) -> HttpResponse:
    """Show our card and theirs; POST imports another one."""
    node = current_node()
    form = CardForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = CardForm(request.POST, request.FILES)
        if form.is_valid() and _imported(request, form):
            return redirect("peers")
    context = {
        "own": _shown(node.card, fingerprint(node.card)),
        "own_code": own_code(node),
        "others": [
            {**_shown(each.card, each.fingerprint), "confirmed": each.confirmed}
            for each in known(node)
        ],
        "form": form,
    }
    status = InputError.http_status if form.errors else 200
    return render(request, "peers.html", context, status=status)


@page("peers")
def own_card(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Give our card as a file."""
    return card_file(current_node().card)


@page("peers")
def confirm(request: HttpRequest, party: str) -> HttpResponse:
    """Record that a fingerprint was compared by voice."""
    node = current_node()
    found = next((each for each in known(node) if each.card.party == party), None)
    if found is None or found.confirmed:
        raise not_yours()
    return deed(request, _comparing(request, found))


@page("peers")
def differs(request: HttpRequest, party: str) -> HttpResponse:
    """Take off a card whose fingerprint differs."""
    node = current_node()
    found = next((each for each in known(node) if each.card.party == party), None)
    if found is None or found.confirmed:
        raise not_yours()
    return deed(request, _dropping(request, found))


def card_file(card: Card) -> HttpResponse:
    """Return a card as a file to save."""
    answer = HttpResponse(card.data, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="card-{card.party}.json"'
    return answer


def _comparing(request: HttpRequest, found: Known) -> Deed:
    card, node = found.card, current_node()

    def act(form: forms.Form | None) -> str:
        del form
        confirm_card(node, card.party, now=timezone.now(), actor=request.user.get_username())
        return str(_("The card of {party} is compared.").format(party=card.party))

    read = format_html('<code class="spoken" dir="ltr">{}</code>', found.fingerprint)
    return Deed(
        title=_("Compare the card of {party} by voice").format(party=card.party),
        facts=(
            (_("Party"), card.party),
            (_("Office"), card.name),
            (_("Role"), NODE_ROLES[card.role]),
            (_("Fingerprint"), read),
        ),
        warning=_(
            "Let them read theirs first, from their own screen. If one group differs, do not "
            "go on: somebody may stand between you. Whatever this party signs is believed by "
            "this card."
        ),
        button=_("It is the same"),
        back=reverse("peers"),
        form=ComparedForm(),
        act=act,
    )


def _dropping(request: HttpRequest, found: Known) -> Deed:
    card, node = found.card, current_node()

    def act(form: forms.Form | None) -> str:
        del form
        drop_card(node, card.party, now=timezone.now(), actor=request.user.get_username())
        return str(_("The card of {party} is taken off.").format(party=card.party))

    return Deed(
        title=_("Take off the card of {party}").format(party=card.party),
        facts=(
            (_("Party"), card.party),
            (_("Office"), card.name),
            (
                _("Fingerprint"),
                format_html('<code class="spoken" dir="ltr">{}</code>', found.fingerprint),
            ),
        ),
        warning=_(
            "Do this when the office read another fingerprint. The card is kept as evidence. "
            "Find out how it reached you before you import another one."
        ),
        button=_("Take it off"),
        back=reverse("peers"),
        act=act,
    )


def _imported(request: HttpRequest, form: CardForm) -> bool:
    try:
        card = add_card(current_node(), form.cleaned_data["card"], now=timezone.now())
    except TamperError as error:
        form.add_error("card", _refusal(error))
    except InputError as error:
        form.add_error("card", _refusal(error))
    else:
        said = _("The card of {party} is here. Compare its fingerprint by voice now.")
        messages.success(request, said.format(party=card.party))
        return True
    return False


def _refusal(error: InputError | TamperError) -> str:
    known_codes = {
        "peers.own": _("This is your own card. Import the card of another party."),
        "peers.simulation": _("One of the two is a simulation. Nothing of it may pass for real."),
        "peers.changed": _(
            "You have another card of this party. Call that office before anything else: "
            "somebody may be posing as it."
        ),
    }
    other = _("This is not a whole card. Ask the other office for its card again.")
    return str(known_codes.get(error.code, other))


def _shown(card: Card, digits: str) -> dict[str, object]:
    return {
        "party": card.party,
        "name": card.name,
        "role": NODE_ROLES[card.role],
        "groups": digits.split(),
    }


PATTERNS = [
    path("parties", peers, name="peers"),
    path("parties/card", own_card, name="peer-card"),
    path("parties/<str:party>/compare", confirm, name="peer-confirm"),
    path("parties/<str:party>/differs", differs, name="peer-differs"),
]
