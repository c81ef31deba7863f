# mypy: disallow-untyped-decorators=False
"""Bundles between nodes: `POST /api/bundles`, and in parts `PUT` and `HEAD /api/bundles/SHA256`.

Rules of this file:
- No session, cookie or token: a ticket of a known party opens the door, and the
  bundle's own signature decides. So no form of another page can be sent in somebody's
  name, and the pages' protection against that does not apply.
- No byte of a body is read before the ticket holds, and never more than is announced and
  allowed.
- A party asks at most so often a minute; more is told to wait. That is counted in the
  process: nobody makes the tables grow.
- A failure is a problem document like every other of the API.
"""

from __future__ import annotations

import re
import time

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from homeward.foundation.errors import HomewardError, InputError
from homeward.node import receiving, ticket
from homeward.node.bundles import BUNDLE_MAX_BYTES
from homeward.node.home import Node
from homeward.node.sending import HAVE, PART_BYTES
from homeward.node.web.api import frame
from homeward.node.web.current import current_node
from homeward.node.web.policy import page

REQUESTS_A_MINUTE = 600
_PIECE_BYTES = 256 * 1024
_NUMBER = re.compile("[0-9]{1,10}")


@csrf_exempt  # no cookie is looked at: nothing is done in the name of a browser's user
@page("api")
def take_whole(request: HttpRequest) -> HttpResponse:
    """Take a bundle, and answer with the one for its sender."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    try:
        node = current_node()
        party, sha256 = _shown(node, request)
        if _is_too_often(party):
            return _later()
        data = _body(request, BUNDLE_MAX_BYTES)
        return _answered(receiving.take(node, data, sha256, now=timezone.now()))
    except HomewardError as error:
        return frame.problem(error)


@csrf_exempt  # as above
@page("api")
def take_part(request: HttpRequest, sha256: str) -> HttpResponse:
    """Say how much of a bundle is here, or take the next part of it."""
    if request.method not in ("HEAD", "PUT"):
        return HttpResponse(status=405, headers={"Allow": "HEAD, PUT"})
    try:
        node = current_node()
        party, shown = _shown(node, request)
        if shown != sha256:
            raise _not_as_agreed()
        if _is_too_often(party):
            return _later()
        if request.method == "HEAD":
            return _so_far(204, receiving.have(node, party, sha256))
        return _part(node, request, party, sha256)
    except HomewardError as error:
        return frame.problem(error)


def _part(node: Node, request: HttpRequest, party: str, sha256: str) -> HttpResponse:
    offset, size = _number(request, "offset"), _number(request, "size")
    part = _body(request, PART_BYTES)
    have = receiving.add(node, party, sha256, offset, part)
    if have != offset + len(part):
        return _so_far(409, have)
    if have < size:
        return _so_far(202, have)
    data = receiving.whole(node, party, sha256)
    try:
        answer = receiving.take(node, data, sha256, now=timezone.now())
    except HomewardError as error:
        if error.http_status < 500:  # it will be no better from here
            receiving.drop(node, party, sha256)
        raise
    # It stays until the next one comes: whoever lost the answer asks again with no bytes.
    return _answered(answer)


def _shown(node: Node, request: HttpRequest) -> tuple[str, str]:
    found = ticket.read_ticket(node, request.headers.get(ticket.HEADER, ""))
    receiving.require_mediator(node)
    return found


def _body(request: HttpRequest, most: int) -> bytes:
    """Read what was announced, and stop at the first byte too many."""
    announced = request.headers.get("Content-Length", "")
    length = int(announced) if _NUMBER.fullmatch(announced) else most + 1
    if length > most:
        raise InputError(
            "bundles.size",
            f"Expected at most {most} bytes at once, found more, or their number missing.",
            hint="Send a large bundle in parts.",
            facts={"max_bytes": most},
        )
    pieces, left = [], length
    while left and (piece := request.read(min(left, _PIECE_BYTES))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    if not _NUMBER.fullmatch(text):
        raise _not_as_agreed()
    return int(text)


def _is_too_often(party: str) -> bool:
    counted, name = caches["process"], f"bundles-{party}-{int(time.monotonic()) // 60}"
    counted.add(name, 0, 120)
    return bool(counted.incr(name) > REQUESTS_A_MINUTE)


def _answered(data: bytes) -> HttpResponse:
    if not data:
        return HttpResponse(status=204)
    return HttpResponse(data, content_type="application/octet-stream")


def _so_far(status: int, have: int) -> HttpResponse:
    return HttpResponse(status=status, headers={HAVE: str(have)})


def _later() -> HttpResponse:
    return HttpResponse(status=429, headers={"Retry-After": "60"})


def _not_as_agreed() -> InputError:
    return InputError(
        "receiving.request",
        "Expected offset and size, and the hash of the ticket in the address, found others.",
        hint="Send the bundle again from its beginning.",
    )


PATTERNS = [
    path("api/bundles", take_whole, name="bundles"),
    path("api/bundles/<slug:sha256>", take_part, name="bundles-part"),
]
