# mypy: disallow-untyped-decorators=False, disallow-untyped-calls=False, disallow-subclassing-any=False
"""The API as one piece: its operations, its description, its addresses."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from homeward import __version__
from homeward.foundation.errors import HomewardError
from homeward.node.web.api import frame, people, record
from homeward.node.web.policy import not_yours, page

_PREFIX = "api/"


class Api(NinjaAPI):
    """Homeward's API; its description says that failures are problem documents."""

    def get_openapi_schema(self, **_: Any) -> Any:
        """Return the description, OpenAPI 3.1."""
        schema = super().get_openapi_schema(path_prefix=f"/{_PREFIX}")
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    content = answer.get("content", {})
                    if int(status) >= 400 and "application/json" in content:
                        content[frame.PROBLEM] = content.pop("application/json")
        return schema


api = Api(
    title="Homeward",
    version=__version__,
    description="One node of a prisoner-of-war exchange: its lists, cases, plans and ledger.",
    auth=frame.Token(),
    docs_url=None,  # the page of Ninja loads its scripts from elsewhere
    openapi_url="openapi.json",
    urls_namespace="api",
)
api.add_router("", people.router, tags=["lists"])
api.add_router("", record.router, tags=["record"])


@api.exception_handler(HomewardError)
def _problem(request: HttpRequest, error: HomewardError) -> HttpResponse:  # noqa: ARG001
    return frame.problem(error)


@api.exception_handler(AuthenticationError)
def _no_token(request: HttpRequest, error: Exception) -> HttpResponse:  # noqa: ARG001
    return frame.no_token()


@api.exception_handler(ValidationError)
def _unfit(request: HttpRequest, error: ValidationError) -> HttpResponse:  # noqa: ARG001
    return frame.unfit([".".join(map(str, each["loc"])) for each in error.errors])


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:  # noqa: ARG001
    return frame.unreadable()


@api.exception_handler(Http404)
def _absent(request: HttpRequest, error: Http404) -> HttpResponse:  # noqa: ARG001
    return frame.problem(not_yours())


def _patterns() -> list[URLPattern]:
    found = []
    for pattern in api.urls[0]:
        address = f"{_PREFIX}{pattern.pattern}"
        found.append(path(address, page("api")(pattern.callback), name=f"api-{pattern.name}"))
    return found


PATTERNS = _patterns()
