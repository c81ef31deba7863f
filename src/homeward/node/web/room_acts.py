# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""What is done in the negotiation room: remarks, replies, lists that change, deadlines, officers.

Rules of this file:
- `ACTS` is all there is. What the case does not allow now is a `TurnError`, before anybody is
  asked for a password.
- Remarks and replies are kept line by line first; here they are sent as one.
- A second officer's key comes as its file with its passphrase; neither is kept anywhere.
- A reason comes from a closed list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.foundation.crypto import SigningKey
from homeward.foundation.errors import AccessError, InputError, TamperError, TurnError
from homeward.ledger.key_files import FILE_MAX_BYTES, read_key_file, unlock_key
from homeward.negotiation import CaseState, moves
from homeward.negotiation.deadlines import Due
from homeward.negotiation.entries import LAPSABLE, LINE_REASONS
from homeward.negotiation.versions import own_list
from homeward.node import book
from homeward.node.actions import keys, lines, versions
from homeward.node.actions.deadlines import due_of, lapse
from homeward.node.actions.lines import REMARKS, REPLIES
from homeward.node.home import Node
from homeward.node.web import value_words, words
from homeward.node.web.acting import Deed, deed
from homeward.node.web.current import current_node
from homeward.node.web.policy import not_yours

REASONS: Mapping[str, Any] = {
    "duplicate": _("stands there twice"),
    "came_home": _("is home already"),
    "died": _("has died"),
    "released": _("was released"),
    "wrong_person": _("another person was meant"),
    "not_held": _("is not held"),
    "no_longer_sought": _("is not missed any more"),
}
"""Reason for withdrawing a line → its words."""

_SAID: Mapping[str, Mapping[str, Any]] = {
    REMARKS: value_words.REMARKS,
    REPLIES: value_words.REPLIES,
}
_REFS_MAX_CHARS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """Where something is done: the request, the node, the case as it stands, the act."""

    request: HttpRequest
    node: Node
    state: CaseState
    act: str
    due: tuple[Due, ...]

    @property
    def case(self) -> str:
        """The case whose room it is."""
        return self.state.case

    @property
    def actor(self) -> str:
        """Id of the account."""
        return str(self.request.user.get_username())

    @property
    def party(self) -> str:
        """The other end that the address names.

        Raises:
            AccessError: There is no such party in the case.
        """
        named = str(self.request.GET.get("party", ""))
        if named not in self.state.parties or named == self.node.party:
            raise not_yours()
        return named

    def may(self, entry: str) -> bool:
        """Tell whether our party may record an entry now."""
        return entry in moves(self.state, self.node.party, self.node.about.role)

    def deed(self, *, facts: list[tuple[object, object]], **texts: Any) -> HttpResponse:
        """Show the page that does it."""
        about: list[tuple[object, object]] = [(_("Case"), words.set_apart("{x}", x=self.case))]
        texts = {"back": reverse("room", args=[self.case]), **texts}
        title = str(ACTS[self.act].title)
        return deed(self.request, Deed(title=title, facts=[*about, *facts], **texts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act: its row of the policy, whose node does it, when it may be done, its page."""

    row: str
    of: str
    title: Any
    allowed: Callable[[At], bool]
    view: Callable[[At], HttpResponse]


def act_page(request: HttpRequest, case: str, act: str) -> HttpResponse:
    """Show the page of an act, or what comes of it.

    Args:
        request: GET shows, POST acts.
        case: The case.
        act: A key of `ACTS`.

    Raises:
        AccessError: There is no such case, or it is an act of another node's.
        TurnError: The case does not allow it now.
    """
    at = _at(current_node(), request, case, act)
    wanted = ACTS[act]
    if at.node.about.role != wanted.of or not _is_member(at):
        raise not_yours()
    if not wanted.allowed(at):
        raise TurnError(
            "web.case_act",
            f"Expected a case that allows this act of {at.node.party} now, found one that does "
            "not.",
            hint="The page of the case says whose turn it is and for what.",
            facts={"party": at.node.party},
        )
    return wanted.view(at)


def possible(node: Node, request: HttpRequest, case: str) -> tuple[str, ...]:
    """Return the acts that name no party and that the case allows this node now."""
    at = _at(node, request, case, "")
    if not _is_member(at):
        return ()
    here = {name: act for name, act in ACTS.items() if act.of == node.about.role}
    return tuple(name for name, act in here.items() if name not in _WITH_PARTY and act.allowed(at))


_WITH_PARTY = ("remark", "reply")


def _at(node: Node, request: HttpRequest, case: str, act: str) -> At:
    log = book.read_ahead(node)
    state = book.case_of(log, case)
    due = due_of(node, log, state, now=timezone.now())
    return At(request=request, node=node, state=state, act=act, due=due)


def _is_member(at: At) -> bool:
    return at.node.party in (*at.state.parties, *at.state.mediators)


def _lines_page(at: At, side: str) -> str:
    query = urlencode({"party": at.party, "side": side})
    return f"{reverse('room-lines', args=[at.case])}?{query}"


def _told(at: At, kind: str) -> list[tuple[object, object]]:
    counts = lines.kept_counts(at.node, at.case, at.party, kind)
    goes = (_("Goes to"), words.set_apart("{party}", party=at.party))
    return [goes, *((_SAID[kind][code], count) for code, count in sorted(counts.items()))]


def _remark(at: At) -> HttpResponse:
    party = at.party

    def act(_form: Any) -> str:
        now = timezone.now()
        lines.send_kept(at.node, at.case, party, REMARKS, now=now, actor=at.actor)
        return str(gettext("The remarks are sent."))

    return at.deed(
        facts=_told(at, REMARKS),
        warning=_(
            "All remarks go at once, with their evidence, sealed to the party that answered. You "
            "can remark once. The ledger gets how many lines got which remark."
        ),
        button=_("Send the remarks"),
        act=act,
        back=_lines_page(at, "asked"),
        form=forms.Form(),
    )


class _RepliesForm(forms.Form):
    """What to say of the lines on which nothing was decided."""

    upheld = forms.BooleanField(
        label=_("On every other line the answer stands"),
        help_text=_("Every remark gets a reply. Without this tick, each needs one of its own."),
        required=False,
    )


def _reply(at: At) -> HttpResponse:
    party = at.party

    def act(form: Any) -> str:
        lines.send_kept(
            at.node,
            at.case,
            party,
            REPLIES,
            others_upheld=form.cleaned_data["upheld"],
            now=timezone.now(),
            actor=at.actor,
        )
        return str(gettext("The replies are sent."))

    remarked = (_("Remarks to be replied to"), at.state.remarks[party, at.node.party].count)
    return at.deed(
        facts=[*_told(at, REPLIES), remarked],
        warning=_(
            "All replies go at once, sealed to the party that remarked. You can reply once. The "
            "ledger gets how many lines got which reply."
        ),
        button=_("Send the replies"),
        act=act,
        back=_lines_page(at, "answered"),
        form=_RepliesForm(),
    )


def _lists_shown(at: At) -> list[tuple[str, Any]]:
    """Return which lists of ours stand in the case."""
    others = ("", *(party for party in at.state.parties if party != at.node.party))
    return [
        (kind, words.DUE[kind])
        for kind in ("wanted_list", "final_list")
        if any(own_list(at.state, kind, at.node.party, to) for to in others)
    ]


class _ListForm(forms.Form):
    """Which list."""

    def __init__(self, shown: list[tuple[str, Any]]) -> None:
        super().__init__()
        self.fields["kind"] = forms.ChoiceField(label=_("Which list"), choices=shown)


class _WithdrawForm(_ListForm):
    """Which list, whose lines, and why."""

    def __init__(self, shown: list[tuple[str, Any]]) -> None:
        super().__init__(shown)
        self.fields["refs"] = forms.CharField(
            label=_("Your own references"),
            help_text=_("One or more, with a space or a line between them."),
            max_length=_REFS_MAX_CHARS,
            widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "spellcheck": "false"}),
            error_messages={"required": _("Write at least one reference.")},
        )
        self.fields["reason"] = forms.ChoiceField(
            label=_("Reason"),
            choices=[("", "—"), *((reason, REASONS[reason]) for reason in LINE_REASONS)],
            error_messages={"required": _("Choose a reason.")},
        )


def _withdraw_line(at: At) -> HttpResponse:
    def act(form: Any) -> str:
        said = form.cleaned_data
        refs = set(filter(None, re.split(r"[\s,;]+", said["refs"])))
        count = versions.withdraw_lines(
            at.node,
            at.case,
            refs,
            kind=said["kind"],
            reason=said["reason"],
            now=timezone.now(),
            actor=at.actor,
        )
        return str(gettext("Lines withdrawn: {count}.")).format(count=count)

    return at.deed(
        facts=[],
        warning=_(
            "What was answered to these lines or remarked on them counts for nothing, and a plan "
            "that was proposed is none any more. All parties see how many, and the reason."
        ),
        button=_("Withdraw the lines"),
        form=_WithdrawForm(_lists_shown(at)),
        act=act,
    )


def _replace(at: At) -> HttpResponse:
    def act(form: Any) -> str:
        kind = form.cleaned_data["kind"]
        counts = versions.replace_list(
            at.node, at.case, kind=kind, now=timezone.now(), actor=at.actor
        )
        said = gettext("The list as it is now stands in its place. People: {count}.")
        return str(said).format(count=max(counts.values(), default=0))

    return at.deed(
        facts=[],
        warning=_(
            "Your list as it is now is put in place of the one that you have shown. A wanted list "
            "can be replaced before it is answered, a final list before the seed is shown."
        ),
        button=_("Replace the list"),
        form=_ListForm(_lists_shown(at)),
        act=act,
    )


def _overdue(at: At) -> list[Due]:
    return [due for due in at.due if due.is_overdue and due.step in LAPSABLE]


class _LapseForm(forms.Form):
    """Which step of which party."""

    def __init__(self, overdue: list[Due]) -> None:
        super().__init__()
        choices = [
            (f"{due.step} {due.party}", f"{due.party}: {words.DUE[due.step]}") for due in overdue
        ]
        self.fields["step"] = forms.ChoiceField(label=_("What is overdue"), choices=choices)


def _lapse(at: At) -> HttpResponse:
    overdue = _overdue(at)

    def act(form: Any) -> str:
        step, party = form.cleaned_data["step"].split(" ")
        lapse(at.node, at.case, step=step, owed_by=party, now=timezone.now())
        return str(gettext("The case goes on without this part."))

    return at.deed(
        facts=[(words.of_owed(due), "") for due in overdue],
        warning=_(
            "The deadline has passed. The case goes on without what was due, and all parties see "
            "who let it pass."
        ),
        button=_("Go on without it"),
        form=_LapseForm(overdue),
        act=act,
    )


class _OfficerForm(forms.Form):
    """The second officer's key file and its passphrase."""

    key = forms.FileField(
        label=_("Key file of the second officer"),
        help_text=_("It is read once, to sign here and now, and is not kept."),
        error_messages={"required": _("Choose the key file.")},
    )
    passphrase = forms.CharField(
        label=_("Passphrase of this file"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "dir": "ltr"}),
        error_messages={"required": _("Type the passphrase.")},
    )


def _second(at: At) -> HttpResponse:
    waiting = book.waiting_entries(at.node, at.case)

    def act(form: Any) -> str:
        signer = _unlocked(form, at.node.party)
        count = keys.confirm(at.node, at.case, signer=signer, now=timezone.now())
        return str(gettext("Confirmed by the second officer: {count}.")).format(count=count)

    return at.deed(
        facts=[
            (_("Waits for a second officer"), words.of_waiting(each.entry.type)) for each in waiting
        ],
        warning=_(
            "The second officer confirms with a key of their own what the first has signed. Until "
            "then it counts for nothing. Whoever does not want to bring the key here confirms with "
            "the command instead: homeward case second CASE --officer KEY-FILE."
        ),
        button=_("Confirm as the second officer"),
        form=_OfficerForm(),
        act=act,
    )


def _unlocked(form: Any, party: str) -> SigningKey:
    """Return the key in an uploaded file."""
    file = form.cleaned_data["key"]
    data = file.read(FILE_MAX_BYTES + 1)
    try:
        if len(data) <= FILE_MAX_BYTES and read_key_file(data).party == party:
            return unlock_key(data, form.cleaned_data["passphrase"])
    except (AccessError, TamperError):
        pass  # a wrong passphrase and a file that is none are one mistake to whoever sits here
    raise InputError(
        "web.officer_key",
        f"Expected the key file of an officer of {party} and its passphrase, found another.",
        hint="Choose the file again, and type the passphrase of this very file.",
        facts={"party": party},
    )


def _named_open(kind: str) -> Callable[[At], bool]:
    return lambda at: at.may(kind) and lines.is_open(at.state, kind, at.node.party, at.party)


ACTS: Mapping[str, Act] = {
    "remark": Act(
        row="case-lists",
        of="bureau",
        title=_("Send the remarks"),
        allowed=_named_open(REMARKS),
        view=_remark,
    ),
    "reply": Act(
        row="case-lists",
        of="bureau",
        title=_("Send the replies"),
        allowed=_named_open(REPLIES),
        view=_reply,
    ),
    "withdraw-line": Act(
        row="case-lists",
        of="bureau",
        title=_("Withdraw lines of a list"),
        allowed=lambda at: at.may("line_withdrawn") and bool(_lists_shown(at)),
        view=_withdraw_line,
    ),
    "replace": Act(
        row="case-lists",
        of="bureau",
        title=_("Replace a list"),
        allowed=lambda at: at.may("list_replaced") and bool(_lists_shown(at)),
        view=_replace,
    ),
    "lapse": Act(
        row="case-plan",
        of="mediator",
        title=_("Go on without what is overdue"),
        allowed=lambda at: bool(_overdue(at)),
        view=_lapse,
    ),
    "second": Act(
        row="case-binding",
        of="bureau",
        title=_("Confirm as the second officer"),
        allowed=lambda at: bool(book.waiting_entries(at.node, at.case)),
        view=_second,
    ),
    "second-mediator": Act(
        row="case-plan",
        of="mediator",
        title=_("Confirm as the second officer"),
        allowed=lambda at: bool(book.waiting_entries(at.node, at.case)),
        view=_second,
    ),
}
"""Act → its row."""
