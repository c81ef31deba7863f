# mypy: disallow-subclassing-any=False
# Ninja ships types that lead into Django, which ships none.
"""What every operation stands in: the token, the row of its page, the problem document.

Rules of this file:
- A program shows a token; it sees what the token's account may see on the pages.
- An operation that is not yours is answered as one that does not exist.
- Every failure is a problem document (RFC 9457) from the one table of errors; a bug says
  nothing but that it is one.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Schema
from ninja.security import HttpBearer
from pydantic import Field, StringConstraints

from homeward.foundation.errors import HomewardError
from homeward.node.access import Reader
from homeward.node.web.current import current_node
from homeward.node.web.policy import may_see, not_yours, roles_of
from homeward.node.web.tokens import account_of

PROBLEM = "application/problem+json"
NUMBER_MAX = 2**53 - 1

Kind = Literal["held", "wanted"]
_WITHOUT_NUL = r"^[^\x00]*$"  # which a server's tables cannot hold
Ref = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=_WITHOUT_NUL)]
Text = Annotated[str, StringConstraints(max_length=200, pattern=_WITHOUT_NUL)]
Case = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=_WITHOUT_NUL)]
Number = Annotated[int, Field(ge=0, le=NUMBER_MAX)]


class Problem(Schema):
    """A failure, as RFC 9457 has it, with the stable code of the one table."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str
    facts: dict[str, Any]


PROBLEMS = dict.fromkeys((400, 401, 404, 409, 422, 503), Problem)
"""Status → what a failing operation answers."""


class Token(HttpBearer):
    """Finds the account for which a program asks."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:  # noqa: ARG002
        """Return the account of a token, or None."""
        return account_of(current_node(), token, now=timezone.now())


def require(request: Any, page: str) -> frozenset[str]:
    """Check that the token's account may see a page, and return its roles.

    Args:
        request: The request; `auth` is the account.
        page: A key of `policy.POLICY`.

    Raises:
        AccessError: It may not.
    """
    roles = roles_of(request.auth)
    if not may_see(roles, page):
        raise not_yours()
    return roles


def reader(request: Any, purpose: str) -> Reader:
    """Return who reads, for the access log."""
    return Reader(actor=request.auth.get_username(), purpose=purpose, now=timezone.now())


def problem(error: HomewardError) -> HttpResponse:
    """Return a foreseen failure as a problem document."""
    return _answer(error.http_status, error.code, error.message, error.hint, error.facts)


def no_token() -> HttpResponse:
    """Answer a program without a token that holds."""
    answer = _answer(
        401,
        "api.token",
        "Expected a token of this node, found none that holds.",
        "Make one on the account's page, and send it as `Authorization: Bearer TOKEN`.",
    )
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def unfit(places: list[str]) -> HttpResponse:
    """Answer a request that is not as the description says; its values are not repeated."""
    return _answer(
        422,
        "api.request",
        "Expected a request as the description of the API says, found another.",
        "Look at the places that `facts` names.",
        {"places": places},
    )


def unreadable() -> HttpResponse:
    """Answer a request whose body cannot be read at all."""
    return _answer(
        400,
        "api.body",
        "Expected a body of the stated type, found one that cannot be read.",
        "Send the file as multipart/form-data.",
    )


def _answer(
    status: int, code: str, detail: str, hint: str, facts: dict[str, Any] | None = None
) -> HttpResponse:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "hint": hint,
        "facts": facts or {},
    }
    return HttpResponse(json.dumps(body), content_type=PROBLEM, status=status)
