# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""The negotiation room of a case: whose turn it is, the lists line by line, the offers.

Rules of this file:
- The room has counts and no names: a mediator and a negotiator see it too. Names stand on the
  pages of lines alone, for whoever may see them, at the two ends of a list.
- What is said of a line is kept until it is sent with all others; a page says how many wait.
- No reference of a person stands in a path; a filter is a code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, re_path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.foundation.errors import InputError
from homeward.negotiation import CaseState
from homeward.node import book
from homeward.node.actions import lines, offers, remarks
from homeward.node.actions.answered import NO_ANSWER
from homeward.node.actions.lines import CODES, REMARKS, REPLIES, Kept, Line
from homeward.node.actions.overview import overview
from homeward.node.actions.remarks import EVIDENCE_MAX_BYTES, WITHOUT_EVIDENCE, Remark, Reply
from homeward.node.home import Node
from homeward.node.web import failure_words, offer_acts, room_acts, value_words, words
from homeward.node.web.current import current_node
from homeward.node.web.pages.cases import case_row
from homeward.node.web.policy import may_see, not_yours, page, roles_of
from homeward.node.web.steps import rows_of

PAGE_LINES = 50
ASKED, ANSWERED = "asked", "answered"
_REMARKED, _KEPT = "remarked", "kept"

ANSWERS: Mapping[str, Any] = {
    **value_words.ANSWERS,
    NO_ANSWER: value_words.NO_ANSWER,
    "": _("not answered yet"),
}
"""Code of an answer, also of none → its words."""

EXTRA: Mapping[str, Any] = {
    _REMARKED: _("with a remark"),
    _KEPT: _("kept, to be sent"),
}
"""Filter that is no answer's code → its words."""


@page("room")
def room(request: HttpRequest, case: str) -> HttpResponse:
    """Show whose turn it is, the lists in counts, what waits, and the offers."""
    node, now = current_node(), timezone.now()
    roles = roles_of(request.user)
    log = book.read_ahead(node)
    heard = offers.offers_of(node, case, now=now)
    state = log.cases.get(case)
    if state is None and not heard.offers:
        raise not_yours()
    tabled = offer_acts.tabled_terms(node, case)
    sees_offers = may_see(roles, "offers")
    context: dict[str, Any] = {
        "name": case,
        "sees_offers": sees_offers,
        "offers": offer_acts.cards(node, heard, tabled) if sees_offers else [],
        "refused_count": heard.refused_count,
        "can_offer": sees_offers and state is not None,
        "can_table": may_see(roles, "case-open") and book.sequences(node),
        "can_pass_on": sees_offers and not book.sequences(node),
    }
    if state is not None:
        context |= _of_case(request, node, state, roles)
    return render(request, "room.html", context)


def _of_case(
    request: HttpRequest, node: Node, state: CaseState, roles: Collection[str]
) -> dict[str, Any]:
    view = overview(node, now=timezone.now())
    seen = next(each for each in view.cases if each.case == state.case)
    acts = room_acts.possible(node, request, state.case)
    return {
        "case": case_row(node, seen, view.steps),
        "steps": rows_of(node, [s for s in view.steps if s.case == state.case], roles),
        "ends": [
            {
                "party": party,
                "is_ours": party == node.party,
                "is_turn": party in seen.turn,
                "owes": [words.of_owed(due) for due in seen.due if due.party == party],
                "waiting": [
                    words.of_waiting(each.entry.type)
                    for each in state.waiting
                    if each.entry.author == party
                ],
            }
            for party in (*state.parties, *state.mediators)
        ],
        "lists": list(_lists(node, state, is_named=may_see(roles, "room-lines"))),
        "acts": [
            (reverse("room-act", args=[state.case, name]), room_acts.ACTS[name].title)
            for name in acts
            if may_see(roles, room_acts.ACTS[name].row)
        ],
    }


def _lists(node: Node, state: CaseState, *, is_named: bool) -> Iterator[dict[str, Any]]:
    """Yield each wanted list with its answers by code, its remarks and its replies."""
    for (asker, holder), claim in sorted(state.wanted.items()):
        side = ASKED if asker == node.party else ANSWERED
        other = holder if asker == node.party else asker
        is_ours = is_named and node.party in (asker, holder)
        yield {
            "asker": asker,
            "holder": holder,
            "count": claim.count,
            "is_ours": asker == node.party,
            "address": _address(state.case, other, side) if is_ours else "",
            "groups": [
                (
                    heading,
                    [
                        (
                            said[code],
                            count,
                            _address(state.case, other, side, code=code)
                            if is_ours and heading is _ANSWERED_AS
                            else "",
                        )
                        for code, count in sorted(counts.get(key, {}).items())
                        if count
                    ],
                )
                for heading, counts, said, key in (
                    (_ANSWERED_AS, state.answer_counts, ANSWERS, (holder, asker)),
                    (_("Remarks"), state.remark_counts, value_words.REMARKS, (asker, holder)),
                    (_("Replies"), state.reply_counts, value_words.REPLIES, (holder, asker)),
                )
                if counts.get(key)
            ],
        }


_ANSWERED_AS = _("Answers")


def _address(case: str, party: str, side: str, **more: str) -> str:
    query = urlencode({"party": party, "side": side, **more})
    return f"{reverse('room-lines', args=[case])}?{query}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One list between us and another end: the case, who, which side, what we may say."""

    node: Node
    state: CaseState
    party: str
    side: str
    kind: str
    is_open: bool
    actor: str

    @property
    def case(self) -> str:
        """The case that is talked about."""
        return self.state.case

    def lines(self) -> tuple[Line, ...]:
        """Read every line."""
        return lines.lines_of(
            self.node,
            self.case,
            self.party,
            asked_by_us=self.side == ASKED,
            now=timezone.now(),
            actor=self.actor,
        )

    def line(self, ref: str) -> Line:
        """Read one line.

        Raises:
            AccessError: There is none of that reference.
        """
        found = next((line for line in self.lines() if line.ref == ref), None)
        if found is None:
            raise not_yours()
        return found

    def kept(self) -> dict[str, Kept]:
        """Return what we are about to say."""
        return lines.kept_lines(self.node, self.case, self.party, self.kind)

    def address(self, **more: str) -> str:
        """Return the address of the lines."""
        return _address(self.case, self.party, self.side, **more)

    def sheet(self, *, is_filled: bool = False) -> str:
        """Return the address of the lines as a sheet: to be filled in, or to bring it back."""
        name = "room-sheet-filled" if is_filled else "room-sheet"
        query = urlencode({"party": self.party, "side": self.side})
        return f"{reverse(name, args=[self.case])}?{query}"

    def may_say(self, line: Line) -> bool:
        """Tell whether something may be said of a line now."""
        return self.is_open and bool(self.side == ASKED or line.remark)


def side_of(request: HttpRequest, case: str) -> Side:
    """Find the list that the query names.

    Args:
        request: `party` in its query names the other end, `side` whose list it is.
        case: The case.

    Raises:
        AccessError: There is no such case, end or list.
    """
    node = current_node()
    state = book.case_of(book.read_ahead(node), case)
    others = [party for party in state.parties if party != node.party]
    if node.party not in state.parties:
        raise not_yours()
    party = request.GET.get("party", others[0])
    side = request.GET.get("side", ASKED)
    if party not in others or side not in (ASKED, ANSWERED):
        raise not_yours()
    kind = REMARKS if side == ASKED else REPLIES
    return Side(
        node=node,
        state=state,
        party=party,
        side=side,
        kind=kind,
        is_open=may_see(roles_of(request.user), "case-lists")
        and lines.is_open(state, kind, node.party, party),
        actor=request.user.get_username(),
    )


@page("room-lines")
def room_lines(request: HttpRequest, case: str) -> HttpResponse:
    """Show the lines of a wanted list, filtered by what was answered."""
    at = side_of(request, case)
    every, kept = at.lines(), at.kept()
    code = request.GET.get("code")
    chosen = [line for line in every if code is None or _is_of(line, code, kept)]
    asked = request.GET.get("page", "1")
    last = max(1, -(-len(chosen) // PAGE_LINES))
    number = min(int(asked), last) if asked.isdecimal() and len(asked) < 7 and int(asked) else 1
    context = {
        "at": at,
        "case": case,
        "is_asked": at.side == ASKED,
        "tabs": [
            (_address(case, at.party, side), text, side == at.side)
            for side, text in ((ASKED, _("Those we miss")), (ANSWERED, _("Those they miss")))
        ],
        "filters": list(_filters(at, every, kept, code)),
        "rows": [
            _row(at, line, kept.get(line.ref))
            for line in chosen[(number - 1) * PAGE_LINES : number * PAGE_LINES]
        ],
        "shown_count": len(chosen),
        "number": number,
        "last": last,
        "previous": _page_of(at, code, number - 1) if number > 1 else "",
        "next": _page_of(at, code, number + 1) if number < last else "",
        "kept_count": len(kept) if at.is_open else 0,
        "send": _send_address(at) if at.is_open else "",
        "can_send": at.is_open and (bool(kept) or at.side == ANSWERED),
        "sheet": at.sheet(),
        "upload": at.sheet(is_filled=True),
    }
    return render(request, "room_lines.html", context)


def _is_of(line: Line, code: str, kept: Mapping[str, Kept]) -> bool:
    if code == _REMARKED:
        return bool(line.remark)
    if code == _KEPT:
        return line.ref in kept
    return line.answer == code


def _filters(
    at: Side, every: tuple[Line, ...], kept: Mapping[str, Kept], code: str | None
) -> Iterator[tuple[str, Any, int, bool]]:
    """Yield address, words, number of lines and whether it is on, of each filter."""
    yield at.address(), _("all"), len(every), code is None
    for answer, count in sorted(Counter(line.answer for line in every).items()):
        yield at.address(code=answer), ANSWERS[answer], count, code == answer
    for name, count in (
        (_REMARKED, sum(bool(line.remark) for line in every)),
        (_KEPT, len(kept) if at.is_open else 0),
    ):
        if count:
            yield at.address(code=name), EXTRA[name], count, code == name


def _row(at: Side, line: Line, kept: Kept | None) -> dict[str, Any]:
    query = urlencode({"party": at.party, "side": at.side, "ref": line.ref})
    may_say = at.may_say(line)
    return {
        "name": line.name,
        "ref": line.ref,
        "answer": ANSWERS[line.answer],
        "is_held": line.answer == "held",
        "remark": value_words.REMARKS.get(line.remark, ""),
        "reply": value_words.REPLIES.get(line.reply, ""),
        "kept": _words_of(at.kind)[kept.code] if kept and may_say else "",
        "evidence": f"{reverse('room-evidence', args=[at.case])}?{query}" if line.evidence else "",
        "say": f"{reverse('room-line', args=[at.case])}?{query}" if may_say else "",
    }


def _words_of(kind: str) -> Mapping[str, Any]:
    return value_words.REMARKS if kind == REMARKS else value_words.REPLIES


def _page_of(at: Side, code: str | None, number: int) -> str:
    return at.address(**({} if code is None else {"code": code}), page=str(number))


def _send_address(at: Side) -> str:
    act = "remark" if at.side == ASKED else "reply"
    query = urlencode({"party": at.party})
    return f"{reverse('room-act', args=[at.case, act])}?{query}"


class _LineForm(forms.Form):
    """What we say of one line."""

    def __init__(self, at: Side, kept: Kept | None, *args: Any) -> None:
        super().__init__(*args)
        self.kept = kept
        said = _words_of(at.kind)
        self.fields["code"] = forms.ChoiceField(
            label=_("Remark") if at.kind == REMARKS else _("Reply"),
            choices=[("", _("nothing")), *((code, said[code]) for code in CODES[at.kind])],
            initial=kept.code if kept else "",
            required=False,
        )
        if at.kind == REMARKS:
            self.fields["evidence"] = forms.FileField(
                label=_("Evidence"),
                help_text=_("One file of at most 8 MB. The party that answered alone reads it."),
                required=False,
            )
        else:
            self.fields["held_ref"] = forms.CharField(
                label=_("Your own reference, if you hold this person"),
                initial=kept.held_ref if kept else "",
                required=False,
                max_length=200,
                widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        """Ask for what a code needs."""
        cleaned: dict[str, Any] = super().clean()
        code, file = cleaned.get("code", ""), cleaned.get("evidence")
        has_file = file is not None or bool(self.kept and self.kept.evidence)
        if file is not None and file.size > EVIDENCE_MAX_BYTES:
            self.add_error("evidence", _("This file is larger than 8 MB."))
        elif "evidence" in self.fields and code not in ("", *WITHOUT_EVIDENCE) and not has_file:
            self.add_error("evidence", _("This remark needs a file as evidence."))
        if code == "held" and not cleaned.get("held_ref"):
            self.add_error("held_ref", _("Write the reference on your own held list."))
        return cleaned

    def said(self) -> Remark | Reply:
        """Return what was typed."""
        code = self.cleaned_data["code"]
        if "evidence" not in self.fields:
            held = self.cleaned_data["held_ref"].strip() if code == "held" else ""
            return Reply(code=code, held_ref=held)
        file = self.cleaned_data["evidence"]
        return Remark(code=code, evidence=file.read() if file is not None else b"")


@page("room-lines")
def room_line(request: HttpRequest, case: str) -> HttpResponse:
    """Show one line with what both ends said; keep what we say of it."""
    at = side_of(request, case)
    line = at.line(request.GET.get("ref", ""))
    if not at.may_say(line):
        raise not_yours()
    kept = at.kept().get(line.ref)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = _LineForm(at, kept, *given)
    if form.is_bound and form.is_valid():
        try:
            said, now = form.said(), timezone.now()
            lines.keep_line(at.node, case, at.party, at.kind, line.ref, said, now=now)
        except InputError as error:
            form.add_error(None, failure_words.of(error).sentence)
        else:
            messages.success(request, gettext("Kept here. It is sent with all others, at once."))
            return redirect(at.address(code=_KEPT) if said.code else at.address())
    status = InputError.http_status if form.errors else 200
    context = {
        "at": at,
        "case": case,
        "row": _row(at, line, kept),
        "form": form,
        "has_evidence": bool(kept and kept.evidence),
    }
    return render(request, "room_line.html", context, status=status)


@page("room-lines")
def room_evidence(request: HttpRequest, case: str) -> HttpResponse:
    """Give the evidence that came with a remark, as its sender sealed it."""
    at = side_of(request, case)
    line = at.line(request.GET.get("ref", ""))
    if not line.evidence:
        raise not_yours()
    data = remarks.evidence_of(at.node, line.evidence, now=timezone.now(), actor=at.actor)
    answer = HttpResponse(data, content_type="application/octet-stream")
    name = remarks.evidence_name(line.evidence)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def room_act(request: HttpRequest, case: str, act: str) -> HttpResponse:
    """Do what is done in the room."""
    return room_acts.act_page(request, case, act)


@page("offers")
def offer(request: HttpRequest, case: str) -> HttpResponse:
    """Make an offer, or answer one with another."""
    return offer_acts.offer_page(request, case)


@page("offers")
def offer_first(request: HttpRequest) -> HttpResponse:
    """Make an offer before there is a case."""
    return offer_acts.first_page(request)


@page("offers")
def offer_answer(request: HttpRequest, case: str, act: str) -> HttpResponse:
    """Accept an offer as a draft, or take one of ours back."""
    return offer_acts.answer_page(request, case, act)


_ROWS = sorted({act.row for act in room_acts.ACTS.values()})


def _acts(row: str) -> str:
    return "|".join(name for name, act in room_acts.ACTS.items() if act.row == row)


PATTERNS = [
    path("cases/<str:case>/room", room, name="room"),
    path("cases/<str:case>/lines", room_lines, name="room-lines"),
    path("cases/<str:case>/line", room_line, name="room-line"),
    path("cases/<str:case>/line/evidence", room_evidence, name="room-evidence"),
    *(
        re_path(
            rf"^cases/(?P<case>[^/]+)/room/(?P<act>{_acts(row)})$",
            page(row)(room_act),
            name="room-act",
        )
        for row in _ROWS
    ),
    path("offers/first", offer_first, name="offer-first"),
    path("cases/<str:case>/offer", offer, name="offer"),
    re_path(
        r"^cases/(?P<case>[^/]+)/offer/(?P<act>accept|withdraw)$", offer_answer, name="offer-answer"
    ),
]
