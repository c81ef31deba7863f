# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""One page for every act that cannot be undone: check the answers, then do it.

Rules of this file:
- Nothing is signed, sent or ended but from this page: it says in plain words what will
  be done, and has one button.
- Whoever acts gave the password (or the second factor) in the last five minutes.
- What was typed is checked here, kept where it is wrong, and never put into an address.
- Afterwards the page says what was recorded, and where: it counts, it does not believe.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from homeward.foundation.errors import AccessError, InputError, RuleError
from homeward.node import book, courier
from homeward.node.home import Node
from homeward.node.models import Draft, LogHead, Peer
from homeward.node.web import failure_words
from homeward.node.web.current import current_node

Act = Callable[[forms.Form | None], str | HttpResponse]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What will be done, in the reader's words.

    Attributes:
        title: What it is, as a heading.
        facts: Label and value each: what the reader must have seen before.
        warning: What it means, in a sentence or two.
        button: The verb on the one button.
        back: Address of the page to come back to, after it and instead of it.
        act: Does it with the checked form; returns what was done as a sentence, or an
            answer of its own, such as that of a job.
        form: What must still be chosen or ticked, not bound to a request.
        final: False where another deed can take it back.
    """

    title: str
    facts: Sequence[tuple[object, object]]
    warning: str
    button: str
    back: str
    act: Act
    form: forms.Form | None = None
    final: bool = True


def deed(request: HttpRequest, wanted: Deed) -> HttpResponse:
    """Show what will be done; on POST do it and go back.

    Args:
        request: GET shows, POST does.
        wanted: What will be done.

    Returns:
        The page, or a redirect: to the password, to `back`, or wherever the act leads.

    Raises:
        HomewardError: Whatever the act raises, apart from what its form can mend.
    """
    if not is_confirmed(request):
        here = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('account_reauthenticate')}?{here}")
    form, status = wanted.form, 200
    if request.method == "POST":
        if form is not None:
            form.data, form.files, form.is_bound = request.POST, request.FILES, True
        if form is None or form.is_valid():
            try:
                return _done(request, wanted, form)
            except (InputError, RuleError) as error:
                if form is None:
                    raise
                form.add_error(None, failure_words.of(error).sentence)
                status = error.http_status
        else:
            status = InputError.http_status
    return render(request, "deed.html", {"deed": wanted, "form": form}, status=status)


def is_confirmed(request: HttpRequest) -> bool:
    """Tell whether somebody gave the password or the second factor in the last minutes."""
    latest = max(
        (each["at"] for each in get_authentication_records(request, request.user)), default=0
    )
    since = timezone.now().timestamp() - latest
    return bool(since < app_settings.REAUTHENTICATION_TIMEOUT)


def _done(request: HttpRequest, wanted: Deed, form: forms.Form | None) -> HttpResponse:
    node = current_node()
    before = _written(node)
    answer = wanted.act(form)
    if isinstance(answer, HttpResponse):
        return answer
    messages.success(request, answer)
    where = _where(node, before, _written(node))
    if where:
        messages.success(request, where)
    return redirect(wanted.back)


def _written(node: Node) -> tuple[int, int]:
    """Return how many entries our log has, and how many we signed for another's."""
    try:
        origin = book.log_of(node).name
    except AccessError:
        return 0, 0  # no mediator's card yet
    head = LogHead.objects.filter(origin=origin, ours=True).first()
    return (head.size if head else 0), Draft.objects.filter(log=origin).count()


def _where(node: Node, before: tuple[int, int], after: tuple[int, int]) -> str:
    """Say where what was just signed stands; empty if nothing was."""
    if after[0] > before[0]:
        said = _("Recorded in the ledger as no. {number}.")
        return str(said.format(number=after[0] - 1))
    if after[1] > before[1]:
        mediator = Peer.objects.get(role="mediator").party
        said = _("Signed. It is carried to {party} with the next bundle.")
        if courier.last_carried(node) is not None:  # a shared folder carries it
            said = _("Signed. It is on its way to {party}.")
        return str(said.format(party=mediator))
    return ""
