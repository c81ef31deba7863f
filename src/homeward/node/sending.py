"""Bundles sent to the mediator's node over the network, and its answers read in.

Rules of this file:
- This node asks, and is asked by nobody: behind a firewall it needs outgoing requests alone.
- The other end is known by its certificate before the first byte is said.
- What was begun is gone on with: a large bundle goes in parts, from where the other end is.
- A line that fails is an `EngineError`, and is tried again; a certificate that is another,
  and a bundle that is refused, are not mended by trying.
- An answer is read up to the size of a bundle, and believed for its signature alone.
- Redirects are not followed, and no proxy is used.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import hmac
import http.client
import json
import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from homeward.foundation.errors import (
    AccessError,
    EngineError,
    HomewardError,
    InputError,
    TamperError,
)
from homeward.node import book, courier, ticket
from homeward.node.bundles import BUNDLE_MAX_BYTES, export_bundle, import_bundle
from homeward.node.home import Node
from homeward.node.models import Peer
from homeward.node.route import Route

PART_BYTES = 4 * 1024 * 1024
ADDRESS = "/api/bundles"
HAVE = "Homeward-Have"
_CONNECT_SECONDS, _SECONDS = 10.0, 60.0
_ROUNDS_MAX = 8
_TRIES, _FIRST_PAUSE_SECONDS = 5, 1.0
_PROBLEM_MAX_BYTES = 64 * 1024
_CODE = re.compile(r"[a-z_]{1,40}\.[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    have: int
    body: bytes


def exchange(node: Node, route: Route, *, now: dt.datetime) -> int:
    """Send what is new to the mediator and read its answers in, until both have everything.

    Args:
        node: The open node.
        route: To the mediator's node.
        now: When.

    Returns:
        How many bundles brought something, in either direction.

    Raises:
        AccessError: No mediator's card is here.
        InputError: The mediator's node refuses the bundle.
        TamperError: Its certificate is another, or its answer does not hold.
        PeerError: Its answer holds what is not allowed.
        EngineError: The line, the disk or the database failed.
    """
    to = mediator_of(node)
    count = int(courier.owes(node, to))
    for _ in range(_ROUNDS_MAX):
        data = export_bundle(node, to)
        answer = deliver(route, ticket.write_ticket(node, book.peer_card(to), data), data)
        if not answer:
            break
        try:
            import_bundle(node, answer, now=now)
        except HomewardError as error:
            if error.code != "bundles.gap":  # the next round says from where on
                raise
        count += 1
    return count


def exchange_patiently(
    node: Node, route: Route, *, now: dt.datetime, pause: Callable[[float], Any]
) -> int:
    """Do as `exchange`, and try again where the line fails.

    Args:
        node: The open node.
        route: To the mediator's node.
        now: When.
        pause: Waits for some seconds.

    Raises:
        HomewardError: As `exchange`; the line's failure after the last try.
    """
    for number in range(_TRIES - 1):
        try:
            return exchange(node, route, now=now)
        except EngineError:
            pause(_FIRST_PAUSE_SECONDS * 2**number)
    return exchange(node, route, now=now)


def mediator_of(node: Node) -> str:
    """Return the party to which a node sends.

    Args:
        node: The open node.

    Raises:
        AccessError: No mediator's card is here.
        InputError: This is the mediator's own node.
    """
    if book.sequences(node):
        raise InputError(
            "sending.role",
            "Expected the node of a bureau or an observer, found that of a mediator.",
            hint="The others send to it, and it answers.",
        )
    peer = Peer.objects.filter(role="mediator").order_by("party").first()
    if peer is None:
        raise AccessError(
            "book.mediator",
            "Expected the card of a mediator, found none.",
            hint="Import it with `homeward card --add FILE` and compare its fingerprint by voice.",
        )
    return str(peer.party)


def deliver(route: Route, shown: str, data: bytes) -> bytes:
    """Give a file to the node at the end of a route.

    Args:
        route: To it.
        shown: The ticket of the file.
        data: The file; a large one goes in parts, from where the other end is.

    Returns:
        The answer; empty if there is nothing new.

    Raises:
        InputError: It is refused.
        TamperError: The certificate is another.
        EngineError: The line failed.
    """
    with _connected(route) as line:
        if len(data) <= PART_BYTES:
            return _final(_ask(line, route, "POST", shown, data)).body
        place = f"/{hashlib.sha256(data).hexdigest()}"
        have = _ask(line, route, "HEAD", shown, b"", place).have
        for _ in range(2 * len(data) // PART_BYTES + 2):
            part = data[have : have + PART_BYTES]
            query = f"{place}?offset={have}&size={len(data)}"
            answer = _ask(line, route, "PUT", shown, part, query)
            if answer.status not in (202, 409):
                return _final(answer).body
            have = min(answer.have, len(data))
    raise _failed("the other end took no part of it")


@contextlib.contextmanager
def _connected(route: Route) -> Iterator[http.client.HTTPConnection]:
    line = _line(route)
    try:
        line.connect()
        _verify_pin(route, line)
        line.sock.settimeout(_SECONDS)
        yield line
    except ssl.SSLCertVerificationError as error:
        raise _another_certificate() from error
    except (OSError, http.client.HTTPException) as error:
        raise _failed(type(error).__name__) from error
    finally:
        line.close()


def _line(route: Route) -> http.client.HTTPConnection:
    parts = urlsplit(route.url)
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=_CONNECT_SECONDS)
    try:
        context = ssl.create_default_context(cafile=route.ca or None)
    except OSError as error:
        raise InputError(
            "route.ca",
            "Expected a file with the certificates of an authority, found none.",
            hint="Give its path, or the fingerprint of the mediator's own certificate.",
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if route.pin:  # the certificate itself is known: whoever signed it, and for what name
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=_CONNECT_SECONDS, context=context)


def _verify_pin(route: Route, line: http.client.HTTPConnection) -> None:
    if not route.pin or not isinstance(line.sock, ssl.SSLSocket):
        return
    shown = hashlib.sha256(line.sock.getpeercert(binary_form=True) or b"").hexdigest()
    if not hmac.compare_digest(shown, route.pin):
        raise _another_certificate()


def _ask(
    line: http.client.HTTPConnection,
    route: Route,
    method: str,
    shown: str,
    body: bytes,
    place: str = "",
) -> _Answer:
    path = f"{urlsplit(route.url).path}{ADDRESS}{place}"
    headers = {ticket.HEADER: shown, "Content-Type": "application/octet-stream"}
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        # Whoever refuses may answer before it has read everything.
        line.request(method, path, body=body, headers=headers)
    answer = line.getresponse()
    most = BUNDLE_MAX_BYTES if answer.status == 200 else _PROBLEM_MAX_BYTES
    data = answer.read(most + 1)
    if len(data) > most:
        raise _failed("an answer that is too large")
    if answer.length:  # `read` takes what ended early for the whole
        raise _failed("an answer that was cut short")
    have = answer.headers.get(HAVE, "0")
    found = _Answer(answer.status, int(have) if have.isdecimal() and len(have) < 16 else 0, data)
    if found.status in (429, 502, 503, 504):
        raise _failed(f"status {found.status}")
    if method == "HEAD" and found.status != 204:
        raise _refused(found)
    return found


def _final(answer: _Answer) -> _Answer:
    if answer.status not in (200, 204):
        raise _refused(answer)
    return answer


def _refused(answer: _Answer) -> InputError:
    code = "none"
    with contextlib.suppress(ValueError, TypeError, KeyError):
        said = str(json.loads(answer.body)["code"])
        code = said if _CODE.fullmatch(said) else code
    return InputError(
        "sending.refused",
        f"Expected the mediator's node to take our bundle, found status {answer.status}, "
        f"code {code}.",
        hint="Ask its office what it says there. Nothing is lost: the next bundle holds the same.",
        facts={"status": answer.status, "their_code": code},
    )


def _another_certificate() -> TamperError:
    return TamperError(
        "sending.certificate",
        "Expected the certificate of the mediator's node, found another. Nothing was sent.",
        hint="Ask its office by voice for the fingerprint; somebody may stand in between.",
    )


def _failed(what: str) -> EngineError:
    return EngineError(
        "sending.line",
        f"Expected an answer of the mediator's node, found {what}.",
        hint="It is tried again. Look at the network and the address if it stays so.",
    )
