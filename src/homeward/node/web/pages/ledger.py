# mypy: disallow-untyped-decorators=False
# Django ships no types, so its decorators are untyped to the type checker.
"""The ledger in words, and what anybody needs to verify it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from homeward.foundation.errors import AccessError, HomewardError, PeerError, TamperError
from homeward.handover.replay import Replay
from homeward.ledger.evidence import Verdict
from homeward.ledger.note import NoteVerifier
from homeward.node import book
from homeward.node.actions import ledger as receipts
from homeward.node.actions.checking import Checked, CheckedReceipt, Judged
from homeward.node.actions.witnesses import (
    evidence_bytes,
    evidence_files,
    own_receipt_bytes,
    own_receipts,
    receipt_of,
    witness_view,
)
from homeward.node.home import Node, utc_text
from homeward.node.models import LogHead
from homeward.node.web import failure_words, set_up, words
from homeward.node.web.current import current_node
from homeward.node.web.policy import not_yours, page
from homeward.node.web.verifying import VKEY_MAX_CHARS, KeptForChecking, check

KEY_ROLES: Mapping[str, Any] = {
    "bureau": _("key of the bureau"),
    "officer": _("key of the handover officer"),
    "mediator": _("key of the mediator"),
    "interviewer": _("key of the neutral interviewer"),
    "observer": _("key of the observer"),
}
"""Role of a signing key → its words."""

KINDS_COUNTED: Mapping[str, Any] = {
    "terms_signed": _("signed terms"),
    "seed_revealed": _("revealed seeds"),
    "plan_accepted": _("accepted plans"),
    "received_unsigned": _("what was received on paper"),
}
"""Kind of entry with a quorum of its own → its words."""

_PAGE_ENTRIES = 200
_RECEIPTS_SHOWN = 20

VERDICTS: Mapping[str, tuple[Any, Any]] = {
    "two_checkpoints": (
        _("The log {convicted} signed two histories."),
        _("No one ledger has both states, and both signatures hold."),
    ),
    "two_entries": (
        _("{convicted} signed two entries with one number."),
        _("An author numbers each entry once. Here are both, and both signatures hold."),
    ),
    "seen_another": (
        _("{convicted} signed that it had seen a history that the log did not have."),
        _("The log signed another one. If it was shown to {convicted}, the log is convicted."),
    ),
    "dropped_entry": (
        _("The log {convicted} dropped an entry for which it gave a receipt."),
        _("Its receipt and a later tree without the entry are both signed by it."),
    ),
}
"""Kind of evidence → whom it convicts of what, and why it proves that."""

_SECONDS_MAX = 253_402_300_799  # the last second of the year 9999


@page("ledger")
def ledger(request: HttpRequest) -> HttpResponse:
    """Show the entries, the latest first."""
    head = _head(current_node())
    before = request.GET.get("before", "")
    entries = lines(book.read_book(current_node())) if head else []
    is_older = before.isdecimal() and len(before) < len(str(2**53))
    if is_older:
        entries = [entry for entry in entries if entry["number"] < int(before)]
    shown = entries[:_PAGE_ENTRIES]
    older = shown[-1]["number"] if len(entries) > len(shown) else None
    context = {"head": head, "entries": shown, "older": older}
    if not is_older:  # the latest, not an older page
        context |= _witnesses(current_node(), head)
    return render(request, "ledger.html", context)


@page("receipt")
def receipt(request: HttpRequest, number: int) -> HttpResponse:
    """Show one entry with what proves it."""
    found = receipts.receipt(current_node(), number)
    context = {
        "receipt": found,
        "sentence": words.of_entry(found.envelope),
        "seen_by": ", ".join(found.seen_by),
        "key_role": KEY_ROLES.get(found.key_role, ""),
        "before": number - 1,
        "after": number + 1,
    }
    return render(request, "receipt.html", context)


@page("receipt")
def receipt_proof(request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG001
    """Give the proof that an entry is in the log."""
    text = receipts.proof_of(current_node(), number)
    return _file(text.encode(), f"entry-{number}.tlog-proof", "text/plain; charset=utf-8")


@page("receipt")
def receipt_entry(request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG001
    """Give the exact bytes of an entry."""
    data = receipts.entry_bytes(current_node(), number)
    return _file(data, f"entry-{number}.json", "application/json")


@page("receipt")
def receipt_whole(request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG001
    """Give the receipt of an entry with the entry inside: it can be checked by itself."""
    text, _enough = receipt_of(current_node(), number, with_entry=True)
    return _file(text.encode(), f"receipt-{number}.tlog-proof", "text/plain; charset=utf-8")


@page("receipt")
def receipt_kept(request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG001
    """Give the receipt of an entry of ours as it lies on the disk of this node."""
    data = own_receipt_bytes(current_node(), number)
    return _file(data, f"receipt-{number}.tlog-proof", "text/plain; charset=utf-8")


@page("ledger")
def evidence(request: HttpRequest, file: str) -> HttpResponse:  # noqa: ARG001
    """Give a file of evidence, to be handed on."""
    return _file(evidence_bytes(current_node(), file), file, "application/json")


@page("ledger")
def ledger_export(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Give the whole ledger as one file that anybody can verify."""
    return _file(receipts.zip_ledger(current_node()), "ledger.zip", "application/zip")


@page("verify")
@csrf_exempt
def verify(request: HttpRequest) -> HttpResponse:
    """Show what anybody needs to verify the ledger, and check one; no account is needed."""
    # What reads the form must know first how large a file may be; then it is protected.
    request.upload_handlers = [KeptForChecking(request)]
    answer: HttpResponse = _verify(request)
    return answer


@csrf_protect
def _verify(request: HttpRequest) -> HttpResponse:
    node = None if set_up.waiting() else current_node()  # before there is one, others' ledgers
    head, verifier = (_head(node), _verifier(node)) if node else (None, None)
    found, error, status = None, None, 200
    if request.method == "POST":
        try:
            found = check(request, node, verifier)
        except HomewardError as failure:
            error, status = failure, failure.http_status
    context = {
        "head": head,
        "vkey": verifier and verifier.vkey,
        **_found(found),
        "failure": failure_words.of(error) if error else None,
        "is_broken": isinstance(error, TamperError | PeerError),
        "typed": request.POST.get("vkey", "")[:VKEY_MAX_CHARS],
    }
    return render(request, "verify.html", context, status=status)


def _found(found: Checked | None) -> dict[str, Any]:
    """Return what was found, under the name of what it is."""
    match found:
        case CheckedReceipt():
            return {"proven": found, "seen_by": ", ".join(found.cosigned_by)}
        case Judged(verdict=verdict):
            return {"judged": found, **_verdict(verdict)}
        case None:
            return {}
    cases = [
        (name, ", ".join(case.parties), words.STATES[case.state])
        for name, case in found.state.cases.items()
    ]
    return {"found": found, "cases": cases, "members": ", ".join(found.state.members)}


def _verdict(verdict: Verdict) -> dict[str, Any]:
    charge, because = VERDICTS[verdict.kind]
    return {
        "charge": words.set_apart(str(charge), convicted=verdict.convicted),
        "because": words.set_apart(str(because), convicted=verdict.convicted),
        "keys": [key.hex() for key in verdict.keys],
    }


@page("checkpoint")
def checkpoint(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Give the latest checkpoint as a file."""
    head = _head(current_node())
    if head is None:
        raise not_yours()
    return _file(head.checkpoint.encode(), "checkpoint", "text/plain; charset=utf-8")


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


def _witnesses(node: Node, head: LogHead | None) -> dict[str, Any]:
    """Return who has cosigned how far, for the page."""
    if head is None:
        return {}
    view = witness_view(node)
    rows = [(each.party, each.size, _instant(each.time)) for each in view.standings]
    counted = [
        (", ".join(str(KINDS_COUNTED[kind]) for kind in each.kinds), each) for each in view.counted
    ]
    own = own_receipts(node)
    return {
        "witnesses": view,
        "standings": rows,
        "counted": counted,
        "receipts": [
            {
                "number": each.number,
                "sentence": words.of_entry(each.envelope),
                "is_waiting": each.is_waiting,
            }
            for each in own[:_RECEIPTS_SHOWN]
        ],
        "receipts_left": max(0, len(own) - _RECEIPTS_SHOWN),
        "evidence": [
            {"name": each.name, **(_verdict(each.verdict) if each.verdict else {})}
            for each in evidence_files(node)
        ],
    }


def _instant(seconds: int) -> str:
    """Return a witness's own time as text; empty where it is none or stands for none."""
    if not 0 < seconds <= _SECONDS_MAX:
        return ""
    return utc_text(dt.datetime.fromtimestamp(seconds, dt.UTC))


def _file(data: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


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
    path("ledger/export", ledger_export, name="ledger-export"),
    path("ledger/<int:number>", receipt, name="receipt"),
    path("ledger/<int:number>/proof", receipt_proof, name="receipt-proof"),
    path("ledger/<int:number>/entry", receipt_entry, name="receipt-entry"),
    path("ledger/<int:number>/receipt", receipt_whole, name="receipt-whole"),
    path("ledger/<int:number>/kept", receipt_kept, name="receipt-kept"),
    path("ledger/evidence/<str:file>", evidence, name="evidence"),
    path("verify", verify, name="verify"),
    path("verify/checkpoint", checkpoint, name="checkpoint"),
]
