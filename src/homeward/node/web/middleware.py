# mypy: disallow-subclassing-any=False
# Django ships no types, so its classes are Any to the type checker.
"""What happens around every request: headers, and failures as pages.

Rules of this file:
- Every answer carries the same policy: nothing but our own files, no inline script or
  style, no frame, no sensor.
- A page is never kept by the browser; a file of the package may be.
- A foreseen failure becomes its page here and nowhere else.
- The character NUL, which no keyboard types and a server's tables cannot hold, is refused
  before anything reads it.
- A session ends half an hour after the last request; to know that, it is saved once a minute.
  What a page asks by itself does not count: nobody may sit before it.
- Text is compressed, with some random bytes, so that its size tells nothing of what it says.
"""

from __future__ import annotations

import gzip
import re
import secrets
import time
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

from homeward.foundation.errors import HomewardError, InputError
from homeward.node.web import problems

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Under `no-referrer` a browser names no origin with a form, and Django refuses the form.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_TEXT = ("text/", "application/javascript", "application/json")
_SEEN, _SEEN_SECONDS = "seen", 60

_GZIP = re.compile(r"\bgzip\b")
_PAGE_BYTES = 1_000
_LEVEL = 3  # a third of the time that Django's 6 takes, for a tenth more bytes
# The head of a gzip file (RFC 1952, section 2.3): its fourth byte says that a name follows.
_HEADER_BYTES, _HAS_NAME = 10, b"\x08"

Answer = Callable[[HttpRequest], HttpResponse]


class SecurityHeaders:
    """Adds the headers to every answer, errors and files too."""

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers."""
        response = self._answer(request)
        for name, value in _HEADERS.items():
            response[name] = value
        response.setdefault("Cache-Control", "no-store")
        return response


class Problems:
    """Shows a foreseen failure as a page with the status of its kind."""

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a view's failure goes through `process_exception`."""
        if _holds_nul(request.COOKIES.values()):
            return problems.bad_request(request)  # before the session is looked up
        return self._answer(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """Return the page of a request whose address or form cannot be meant; None: go on."""
        # What is read without a page's form, by the API or to verify, checks for itself.
        if getattr(view, "csrf_exempt", False):
            return None
        named = map(str, (*args, *kwargs.values()))
        if _holds_nul(chain(named, _texts(request.GET), _texts(request.POST))):
            return problems.problem(request, _nul())
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page of a foreseen failure; None leaves a bug to be a bug."""
        return problems.problem(request, error) if isinstance(error, HomewardError) else None


class Compression(GZipMiddleware):
    """Compresses text; fonts, pictures and papers are small already."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Return the answer, compressed if it is text and the browser can read that."""
        if not response.get("Content-Type", "").startswith(_TEXT):
            return response
        if response.streaming or len(response.content) < _PAGE_BYTES:
            return super().process_response(request, response)
        patch_vary_headers(response, ("Accept-Encoding",))
        if not response.has_header("Content-Encoding") and _GZIP.search(
            request.headers.get("Accept-Encoding", "")
        ):
            response.content = _packed(response.content, max_random_bytes=self.max_random_bytes)
            response["Content-Length"] = str(len(response.content))
            response["Content-Encoding"] = "gzip"
        return response


class LivingSessions:
    """Moves the end of a session on, as long as it is used."""

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and have the session saved if that was not done for a minute."""
        response = self._answer(request)
        session = request.session
        is_asked = "HX-Request" not in request.headers
        if is_asked and session.accessed and not session.is_empty():
            now = int(time.monotonic())
            if not 0 <= now - session.get(_SEEN, now - _SEEN_SECONDS) < _SEEN_SECONDS:
                session[_SEEN] = now
        return response


def _packed(content: bytes, *, max_random_bytes: int) -> bytes:
    """Compress a page as Django does, random bytes in the name of the file, but lightly."""
    packed = gzip.compress(content, compresslevel=_LEVEL, mtime=0)
    name = b"a" * secrets.randbelow(max_random_bytes) + b"\0"
    return packed[:3] + _HAS_NAME + packed[4:_HEADER_BYTES] + name + packed[_HEADER_BYTES:]


def _texts(fields: Any) -> Iterable[str]:
    """Return the names and the values of a query or a form."""
    for name, values in fields.lists():
        yield name
        yield from values


def _holds_nul(texts: Iterable[str]) -> bool:
    return any("\0" in text for text in texts)


def _nul() -> InputError:
    return InputError(
        "web.nul",
        "Expected text, found the character NUL in it.",
        hint="Type it again instead of pasting it; nothing was changed.",
    )
