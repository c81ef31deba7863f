"""The way to the mediator's node over the network: its address, and by what it is known.

Rules of this file:
- The address begins with https. A plain http address is one of this machine.
- The certificate is known by its own SHA-256, or by the authority in a file, or by the
  authorities of this machine: the first of these that is given.
- It lies in `route.json` beside the node's other files, and is no secret.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.errors import AccessError, InputError, TamperError
from homeward.node.home import read_private, write_private

ROUTE_FILE = "route.json"
_KEYS = frozenset(("url", "pin", "ca"))
_PIN = re.compile(r"[0-9a-f]{64}")
_HOST = re.compile(r"[0-9A-Za-z.:-]{1,253}")
_PATH = re.compile(r"[0-9A-Za-z._~/-]{0,200}")


@dataclass(frozen=True, slots=True)
class Route:
    """`url` has no slash at its end; `pin` and `ca` are empty where they are not given."""

    url: str
    pin: str = ""
    ca: str = ""


def parse_route(url: str, *, pin: str = "", ca: str = "") -> Route:
    """Check an address that somebody typed.

    Args:
        url: Such as `https://mediator.example:8765`.
        pin: SHA-256 of the certificate, 64 hexadecimal digits; colons and spaces may part them.
        ca: Path of a file with the certificates of an authority.

    Raises:
        InputError: It is no address of a node, or a plain one of another machine.
    """
    digits = re.sub("[: ]", "", pin).lower()
    if digits and not _PIN.fullmatch(digits):
        raise InputError(
            "route.pin",
            "Expected the SHA-256 of a certificate as 64 hexadecimal digits, found another text.",
            hint="See `openssl x509 -noout -fingerprint -sha256 -in CERT.pem`.",
        )
    if ca and not Path(ca).is_file():
        raise InputError(
            "route.ca",
            "Expected a file with the certificates of an authority, found none.",
            hint="Give its path, or the fingerprint of the mediator's own certificate.",
        )
    return Route(_address(url), digits, ca)


def read_route(home: Path) -> Route | None:
    """Return the way that a node uses; None if it uses none.

    Args:
        home: The node's folder.

    Raises:
        TamperError: The file is not as it was written.
    """
    try:
        document = read_canonical(read_private(home / ROUTE_FILE), what=ROUTE_FILE)
        if not isinstance(document, dict) or document.keys() != _KEYS:
            raise _changed()
        return Route(_address(document["url"]), str(document["pin"]), str(document["ca"]))
    except AccessError:
        return None
    except (InputError, TypeError, AttributeError) as error:
        raise _changed() from error


def write_route(home: Path, route: Route) -> None:
    """Keep the way that a node uses from now on.

    Raises:
        EngineError: The disk failed.
    """
    document = {"url": route.url, "pin": route.pin, "ca": route.ca}
    write_private(home / ROUTE_FILE, canonical_bytes(document))


def _address(url: str) -> str:
    if not url.isprintable():  # `urlsplit` leaves out the ends of lines
        raise _not_an_address()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    is_clean = not (parts.query or parts.fragment or parts.username or parts.password)
    if not (_HOST.fullmatch(host) and _PATH.fullmatch(parts.path) and is_clean):
        raise _not_an_address()
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(host)):
        raise _not_an_address()
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _not_an_address() -> InputError:
    return InputError(
        "route.url",
        "Expected the address of a node that begins with https://, found another.",
        hint="Type it as the mediator's office gave it, such as https://mediator.example:8765.",
    )


def _changed() -> TamperError:
    return TamperError(
        "route.changed",
        f"Expected {ROUTE_FILE} as this node wrote it, found another form.",
        hint="Give the address again with `homeward serve --mediator-url URL`.",
    )
