# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""Offers on pages: their cards, the page that makes one, and those that answer one.

Rules of this file:
- Whoever offers sees what it says otherwise than the text that it answers, before it goes.
- Nothing here is signed or binds anybody; each page says so.
- Numbers are changed in boxes; whoever writes another text leaves the boxes as they are.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.foundation.errors import AccessError, InputError
from homeward.negotiation.fields import TERMS_MAX_CHARS
from homeward.negotiation.offers import DAYS_MAX, NOTE_MAX_CHARS, Offer, find, verify_act
from homeward.node.actions import offers, wordings
from homeward.node.actions.cases import terms_text
from homeward.node.actions.offers import OFFER_DAYS, Changed, Draft
from homeward.node.home import Node
from homeward.node.web import difference_words, failure_words, words
from homeward.node.web.acting import Deed, deed
from homeward.node.web.current import current_node
from homeward.planning.changes import stated_numbers
from homeward.terms import Agreement, read_agreement

STATES: Mapping[str, tuple[Any, str]] = {
    "offered": (_("waits for an answer"), "attention"),
    "countered": (_("answered by another offer"), ""),
    "accepted": (_("accepted as a draft"), "good"),
    "withdrawn": (_("withdrawn"), ""),
    "expired": (_("run out"), ""),
}
"""State of an offer → its words, and the look of its chip."""

_BINDS_NOBODY = _("An offer binds nobody. It stands in no ledger, and neither end can prove it.")


def cards(node: Node, heard: offers.Heard, tabled: Agreement | None) -> list[dict[str, Any]]:
    """Return every offer as a card, the latest first.

    Args:
        node: The open node.
        heard: From `offers_of`.
        tabled: The terms with which a first offer is compared; None before there is a case.
    """
    by_id = {offer.id: offer for offer in heard.offers}
    return [_card(node, offer, by_id, tabled) for offer in reversed(heard.offers)]


def _card(
    node: Node, offer: Offer, by_id: Mapping[str, Offer], tabled: Agreement | None
) -> dict[str, Any]:
    said = offer.message
    word, look = STATES[offer.state]
    about = by_id.get(said.about)
    card: dict[str, Any] = {
        "id": offer.id,
        "short": offer.id[:8],
        "from": said.author,
        "to": said.to,
        "is_ours": said.author == node.party,
        "at": said.at,
        "note": said.note,
        "expires_at": said.expires_at if offer.state == "offered" else "",
        "state": word,
        "look": look,
        "about": about.id[:8] if about else "",
        "may": {act: offer.allows(act, node.party) for act in ("accept", "counter", "withdraw")},
        "is_draft": offer.state == "accepted",
        "terms": said.terms,
    }
    try:
        read = read_agreement(said.terms)
    except InputError as error:  # the other end may know kinds of clause that we do not
        return {**card, "unread": failure_words.of(error).sentence}
    card["spoken"] = wordings.spoken(read.sha256)
    before = _before(about, tabled)
    if before is not None:
        card["changes"] = difference_words.between(before, read)
        card["is_same"] = before.sha256 == read.sha256
    return card


def _before(about: Offer | None, tabled: Agreement | None) -> Agreement | None:
    if about is None:
        return tabled
    try:
        return read_agreement(about.message.terms)
    except InputError:
        return tabled


class _OfferForm(forms.Form):
    """To whom, which numbers or which text, a few words, how long."""

    def __init__(self, to: list[str], text: str, numbers: list[Changed]) -> None:
        super().__init__()
        self.base, self.numbers = text, numbers
        self.fields["to"] = forms.ChoiceField(
            label=_("To"), choices=[(party, party) for party in to]
        )
        for number, each in enumerate(numbers):
            name = f"{each.key} {each.place}" if each.place else each.key
            self.fields[f"number-{number}"] = forms.IntegerField(
                label=words.set_apart("{clause} · {name}", clause=each.clause, name=name),
                initial=each.value,
                min_value=0,
                max_value=999_999_999,
                widget=forms.NumberInput(attrs={"dir": "ltr", "class": "figure"}),
            )
        self.fields["note"] = forms.CharField(
            label=_("A few words"),
            help_text=_("The other end alone reads them."),
            required=False,
            max_length=NOTE_MAX_CHARS,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.fields["days"] = forms.IntegerField(
            label=_("Stands for so many days"),
            initial=OFFER_DAYS,
            min_value=1,
            max_value=DAYS_MAX,
            widget=forms.NumberInput(attrs={"dir": "ltr", "class": "figure"}),
        )
        self.fields["text"] = forms.CharField(
            label=_("The terms that are offered"),
            help_text=_("In TOML. Leave it as it is where only numbers above are changed."),
            initial=text,
            strip=False,
            max_length=TERMS_MAX_CHARS,
            widget=forms.Textarea(
                attrs={"rows": 16, "spellcheck": "false", "dir": "ltr", "class": "toml"}
            ),
        )

    def changed(self) -> list[Changed]:
        """Return the numbers that are not as they were."""
        return [
            Changed(clause=each.clause, key=each.key, place=each.place, value=value)
            for number, each in enumerate(self.numbers)
            if (value := self.cleaned_data[f"number-{number}"]) != each.value
        ]

    def other_text(self) -> str:
        """Return the text if it is not as it was."""
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n")
        return "" if text.strip() == self.base.strip() else text


def offer_page(request: HttpRequest, case: str) -> HttpResponse:
    """Make an offer: a first one, or one that answers another (`about`) or repeats it (`like`).

    Args:
        request: GET shows, POST sends.
        case: The case.

    Raises:
        AccessError: There is no such case.
        InputError: There is no such offer.
        TurnError: The offer is not ours to answer.
    """
    node = current_node()
    heard = _heard(node, case)
    about, like = request.GET.get("about", ""), request.GET.get("like", "")
    to = list(offers.ends(node))
    answered = verify_act(heard, "counter", about, party=node.party) if about else None
    if answered is not None:
        text, to = answered.message.terms, [answered.message.author]
    else:
        text = find(heard, like).message.terms if like else terms_text(node, case)
    if like:  # what two ends agreed goes on to the mediator, who stands last
        to.reverse()
    form = _OfferForm(to, text.strip("\n") + "\n", list(_numbers(text)))

    def act(form: Any) -> str:
        draft = Draft(
            to=form.cleaned_data["to"],
            terms=_terms_of(form),
            note=form.cleaned_data["note"],
            about=about,
            days=form.cleaned_data["days"],
        )
        moment = timezone.now()
        offers.make_offer(node, case, draft, now=moment, entropy=secrets.token_bytes)
        return str(gettext("The offer is made. It is carried with the next bundle."))

    return deed(
        request,
        Deed(
            title=str(_("Answer with another offer") if about else _("Make an offer")),
            facts=[(_("Case"), words.set_apart("{case}", case=case)), *_of_answered(answered)],
            warning=str(_BINDS_NOBODY),
            button=str(_("Send the offer")),
            back=_room(case),
            form=form,
            act=act,
            final=False,
        ),
    )


class _FirstForm(forms.Form):
    """To whom, the terms, a few words, how long."""

    def __init__(self, to: list[str]) -> None:
        super().__init__()
        offered = _OfferForm(to, "", [])
        for name in ("to", "text", "note", "days"):
            self.fields[name] = offered.fields[name]
        self.fields["text"].help_text = _("In TOML. Its id names these talks.")
        self.fields["text"].error_messages = {"required": _("Write the terms.")}


def first_page(request: HttpRequest) -> HttpResponse:
    """Make an offer before there is a case; the id of its terms names the talks.

    Args:
        request: GET shows, POST sends.
    """
    node = current_node()
    form = _FirstForm(list(offers.ends(node)))

    def act(form: Any) -> HttpResponse:
        said, moment = form.cleaned_data, timezone.now()
        text = str(said["text"]).replace("\r\n", "\n")
        talks = read_agreement(text).id
        draft = Draft(to=said["to"], terms=text, note=said["note"], days=said["days"])
        offers.make_offer(node, talks, draft, now=moment, entropy=secrets.token_bytes)
        messages.success(request, gettext("The offer is made. It is carried with the next bundle."))
        return redirect(_room(talks))

    return deed(
        request,
        Deed(
            title=gettext("Offer terms before there is a case"),
            facts=[],
            warning=str(_BINDS_NOBODY),
            button=gettext("Send the offer"),
            back=reverse("cases"),
            form=form,
            act=act,
            final=False,
        ),
    )


def answer_page(request: HttpRequest, case: str, act: str) -> HttpResponse:
    """Accept an offer as a draft, or take back an offer of ours.

    Args:
        request: GET shows, POST answers.
        case: The case.
        act: `accept` or `withdraw`.

    Raises:
        InputError: There is no such offer.
        TurnError: It is not ours to answer.
    """
    node = current_node()
    heard = _heard(node, case)
    offer = verify_act(heard, act, request.GET.get("id", ""), party=node.party)
    does = {"accept": offers.accept_offer, "withdraw": offers.withdraw_offer}[act]
    title, warning, button, said = _ANSWERS[act]

    def do(_form: Any) -> str:
        does(node, case, offer.id, now=timezone.now(), entropy=secrets.token_bytes)
        return str(said)

    return deed(
        request,
        Deed(
            title=str(title),
            facts=[(_("Case"), words.set_apart("{case}", case=case)), *_of_answered(offer)],
            warning=f"{warning} {_BINDS_NOBODY}",
            button=str(button),
            back=_room(case),
            act=do,
            final=False,
        ),
    )


def tabled_terms(node: Node, case: str) -> Agreement | None:
    """Return the tabled terms of a case; None before there is one."""
    try:
        return read_agreement(terms_text(node, case))
    except AccessError:
        return None


def _heard(node: Node, case: str) -> tuple[Offer, ...]:
    """Return the offers of a case, or of talks before one."""
    found = offers.offers_of(node, case, now=timezone.now()).offers
    if not found:
        terms_text(node, case)  # what is no case either does not exist
    return found


_ANSWERS: Mapping[str, tuple[Any, Any, Any, Any]] = {
    "accept": (
        _("Accept an offer as a draft"),
        _("The other end learns that its terms suit you. The mediator tables them afterwards."),
        _("Accept as a draft"),
        _("The offer is accepted as a draft. The mediator can table its terms."),
    ),
    "withdraw": (
        _("Withdraw an offer"),
        _("The other end learns that the offer stands no more."),
        _("Withdraw the offer"),
        _("The offer is withdrawn."),
    ),
}
"""Answer to an offer → title, what it means, button, what is said afterwards."""


def _numbers(text: str) -> Iterator[Changed]:
    try:
        agreement = read_agreement(text)
    except InputError:
        return
    for clause, key, place, value in stated_numbers(agreement):
        yield Changed(clause=clause, key=key, place=place, value=value)


def _terms_of(form: _OfferForm) -> str:
    changed, other = form.changed(), form.other_text()
    if changed and other:
        raise InputError(
            "offers.twice",
            "Expected changed numbers or another text, found both.",
            hint="Write the numbers into the text, or leave the text as it was.",
        )
    return other or (offers.rewritten(form.base, changed) if changed else form.base)


def _of_answered(offer: Offer | None) -> list[tuple[object, object]]:
    if offer is None:
        return []
    said = words.set_apart(
        "{id} · {author} → {to}", id=offer.id[:8], author=offer.message.author, to=offer.message.to
    )
    return [(_("Offer"), said)]


def _room(case: str) -> str:
    return f"{reverse('room', args=[case])}#offers"
