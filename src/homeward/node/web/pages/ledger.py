"""The ledger in words, and what anybody needs to verify it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from homeward.foundation.errors import AccessError
from homeward.handover.replay import Replay
from homeward.ledger.note import NoteVerifier
from homeward.node import book
from homeward.node.home import Node
from homeward.node.models import LogHead
from homeward.node.web import words
from homeward.node.web.current import current_node
from homeward.node.web.policy import not_yours, page

_PAGE_ENTRIES = 200


@page("ledger")
def ledger(request: HttpRequest) -> HttpResponse:
    """Show the entries, the latest first."""
    head = _head(current_node())
    before = request.GET.get("before", "")
    entries = lines(book.read_book(current_node())) if head else []
    if before.isdecimal() and len(before) < len(str(2**53)):
        entries = [entry for entry in entries if entry["number"] < int(before)]
    shown = entries[:_PAGE_ENTRIES]
    older = shown[-1]["number"] if len(entries) > len(shown) else None
    context = {"head": head, "entries": shown, "older": older}
    return render(request, "ledger.html", context)


@page("verify")
def verify(request: HttpRequest) -> HttpResponse:
    """Show what anybody needs to verify the ledger; no account is needed."""
    head = _head(current_node())
    verifier = _verifier(current_node())
    return render(request, "verify.html", {"head": head, "vkey": verifier and verifier.vkey})


@page("checkpoint")
def checkpoint(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Give the latest checkpoint as a file."""
    head = _head(current_node())
    if head is None:
        raise not_yours()
    answer = HttpResponse(head.checkpoint, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="checkpoint"'
    return answer


def lines(state: Replay) -> list[dict[str, Any]]:
    """Return the entries of a log in words, the latest first.

    Args:
        state: The verified log.

    Returns:
        For each: number, author, instant, case and sentence.
    """
    return [
        {
            "number": number,
            "author": envelope.author,
            "at": envelope.at,
            "case": envelope.case,
            "sentence": words.of_entry(envelope),
        }
        for number, envelope in reversed(list(enumerate(state.envelopes)))
    ]


def _verifier(node: Node) -> NoteVerifier | None:
    try:
        return book.log_of(node)
    except AccessError:
        return None  # no mediator's card yet


def _head(node: Node) -> LogHead | None:
    verifier = _verifier(node)
    return LogHead.objects.filter(origin=verifier.name).first() if verifier else None


PATTERNS = [
    path("ledger", ledger, name="ledger"),
    path("verify", verify, name="verify"),
    path("verify/checkpoint", checkpoint, name="checkpoint"),
]
