"""Carrying: the bundle for each other node, and one that somebody brought."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from homeward.foundation.errors import InputError
from homeward.node import book, courier
from homeward.node.actions.carrying import IMPORT_ACT, last_import, outgoing, store_upload
from homeward.node.bundles import export_bundle
from homeward.node.home import utc_text
from homeward.node.web import failure_words
from homeward.node.web.current import current_node
from homeward.node.web.pages.jobs import begin
from homeward.node.web.policy import not_yours, page
from homeward.node.web.shell import NODE_ROLES


@page("carry")
def carry(request: HttpRequest, error: str = "") -> HttpResponse:
    """Show what is new for whom, and how the last bundle from outside ended."""
    node = current_node()
    rows: list[dict[str, Any]] = []
    for out in outgoing(node):
        is_new = bool(out.entry_count or out.list_count)
        rows.append(
            {
                "party": out.party,
                "role": NODE_ROLES[out.role],
                "entry_count": out.entry_count,
                "list_count": out.list_count,
                "is_new": is_new,
                "is_first": is_new and not any(row["is_new"] for row in rows),
            }
        )
    last = last_import(node)
    context = {
        "rows": rows,
        "has_new": any(row["is_new"] for row in rows),
        "mediator": book.sequences(node),
        "by_itself": courier.last_carried(node),
        "last": last,
        "last_at": utc_text(last.ended_at) if last else "",
        "failure": failure_words.of_problem(last.problem) if last and last.problem else None,
        "error": error,
    }
    return render(request, "carry.html", context, status=InputError.http_status if error else 200)


@page("carry")
def carry_out(request: HttpRequest, party: str) -> HttpResponse:  # noqa: ARG001
    """Give the bundle for a party: everything that its node has not confirmed."""
    node = current_node()
    if party not in {out.party for out in outgoing(node)}:
        raise not_yours()
    data = export_bundle(node, party)
    answer = HttpResponse(data, content_type="application/octet-stream")
    mark = hashlib.sha256(data).hexdigest()[:16]
    answer["Content-Disposition"] = f'attachment; filename="{node.party}-to-{party}-{mark}.hwb"'
    return answer


@page("carry")
def carry_in(request: HttpRequest) -> HttpResponse:
    """Take a bundle that somebody brought, and let a job read it."""
    if request.method != "POST":
        return redirect("carry")
    file = request.FILES.get("bundle")
    if file is None:
        return carry(request, error=_("Choose a file of at most 200 MB that ends in .hwb."))
    try:
        name = store_upload(current_node(), file.read())
    except InputError as error:
        return carry(request, error=failure_words.of(error).sentence)
    return begin(request, IMPORT_ACT, {"file": name})


PATTERNS = [
    path("carry", carry, name="carry"),
    path("carry/in", carry_in, name="carry-in"),
    path("carry/<str:party>", carry_out, name="carry-out"),
]
