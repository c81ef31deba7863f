# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""The joint communiqué of a case: who agrees to which line, and what both have agreed.

Rules of this file:
- A line is shown in the reader's language as the record writes it; before anybody is home, by
  what it will be about.
- Agreeing is signed, on the page before everything that is; the mediator looks on.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from homeward.node.actions import communique as acts
from homeward.node.actions.communique import Joint
from homeward.node.web import words
from homeward.node.web.acting import Deed, deed
from homeward.node.web.current import current_node
from homeward.node.web.policy import may_see, not_yours, page, roles_of
from homeward.node.web.statement_words import of_party
from homeward.statements.communique import Communique, Language

_INSTANT = "%Y-%m-%dT%H:%M"


class AgreeForm(forms.Form):
    """Which lines, and until when nothing is published."""

    lines = forms.MultipleChoiceField(
        label=_("Lines to which you agree"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Lines that you leave out are said by nobody in the communiqué."),
    )
    embargo = forms.DateTimeField(
        label=_("Nothing is published before (UTC)"),
        input_formats=[_INSTANT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_INSTANT),
    )

    def __init__(self, choices: list[tuple[str, Any]], **more: Any) -> None:
        super().__init__(**more)
        self.fields["lines"].choices = choices


@page("communique")
def communique(request: HttpRequest, case: str) -> HttpResponse:
    """Show which lines who agrees to, and the text that both have agreed."""
    joint = acts.joint_of(current_node(), case, now=timezone.now())
    may_agree = joint.may_agree and may_see(roles_of(request.user), "communique-agree")
    context = {
        "case": case,
        "joint": joint,
        "lines": [
            {
                "id": line,
                "words": words_of,
                "by": [
                    (party, line in joint.said[party].lines if party in joint.said else None)
                    for party in joint.parties
                ],
                "agreed": line in joint.agreed,
            }
            for line, words_of in _lines(joint)
        ],
        "text": text_of(joint.made) if joint.made and joint.agreed else "",
        "may_agree": may_agree,
    }
    return render(request, "communique.html", context)


@page("communique-agree")
def agree(request: HttpRequest, case: str) -> HttpResponse:
    """Ask which lines our party agrees to; sign it."""
    node, now = current_node(), timezone.now()
    joint = acts.joint_of(node, case, now=now)
    if not joint.may_agree:
        raise not_yours()
    ours = joint.said.get(node.party)
    until = dt.datetime.fromisoformat(ours.embargo_until) if ours else now
    start = {"lines": list(ours.lines if ours else joint.possible), "embargo": until}

    def act(form: Any) -> str:
        given = form.cleaned_data
        embargo = given["embargo"].replace(tzinfo=dt.UTC)
        acts.agree(node, case, given["lines"], embargo, now=timezone.now())
        return str(gettext("Signed: the lines to which you agree."))

    wanted = Deed(
        title=gettext("Lines of the communiqué"),
        facts=[(gettext("Case"), words.set_apart("{x}", x=case))],
        warning=gettext(
            "Lines to which every party agrees are published when the case is closed, not before "
            "the latest time that a party gave. Until then you can sign other lines."
        ),
        button=gettext("Sign"),
        back=reverse("communique", args=[case]),
        act=act,
        form=AgreeForm(_lines(joint), initial=start),
        final=False,
    )
    return deed(request, wanted)


def text_of(made: Communique) -> str:
    """Return a communiqué in the reader's language.

    Args:
        made: With all of its languages.
    """
    return made.texts[cast("Language", get_language())]


def _lines(joint: Joint) -> list[tuple[str, Any]]:
    """Return each line's id, and what it says or will be about."""
    written = {line.id: line.texts for line in joint.whole.lines} if joint.whole else {}
    language = cast("Language", get_language())
    return [
        (line, written[line][language] if line in written else _about(line, joint))
        for line in joint.possible
    ]


def _about(line: str, joint: Joint) -> Any:
    kind, _dot, rest = line.partition(".")
    said: Any = {
        "leg": _("People who go home: {what}"),
        "medical_checks": _("Medical checks of people who go home to: {what}"),
        "mediator": _("Mediator: {what}"),
    }[kind]
    if line in joint.legs:
        return words.set_apart(str(said), what=words.of_leg(joint.legs[line]))
    return str(said).format(what=of_party(rest))


PATTERNS = [
    path("cases/<str:case>/communique", communique, name="communique"),
    path("cases/<str:case>/communique/agree", agree, name="communique-agree"),
]
