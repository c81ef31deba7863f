"""Failures as pages: what was expected, what was found, what to do.

Rules of this file:
- One place turns a kind of error into a page; the status is that of the kind.
- What does not exist and what is not yours are one page, word for word.
- After a bug nothing is asked of the database: the page stands by itself.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from homeward.foundation.errors import AccessError, HomewardError
from homeward.node.web import failure_words
from homeward.node.web.current import described

_NO_SUCH_FILTER = "finding.value"


def problem(request: HttpRequest, error: HomewardError) -> HttpResponse:
    """Show a foreseen failure.

    Args:
        request: The request that failed.
        error: What went wrong.

    Returns:
        A page with the status of the error's kind.
    """
    if isinstance(error, AccessError):
        return not_found(request)
    is_list = error.code == _NO_SUCH_FILTER and request.resolver_match.url_name == "people"
    unfiltered = request.path if is_list else ""
    context = {"failure": failure_words.of(error), "unfiltered": unfiltered}
    return render(request, "problem.html", context, status=error.http_status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer what does not exist and what is not the reader's."""
    # No page of the menu is marked: the answer would tell an address from one that is none.
    return render(request, "not_found.html", {"here": ""}, status=AccessError.http_status)


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Answer a form that was not sent from a page of this node."""
    return _plain(
        _("This form is no longer valid."),
        _("Nothing was changed. Go back, load the page again and send the form again."),
        status=403,
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer a request that no browser of ours sends, such as one for another host."""
    return _plain(
        _("This request cannot be answered."),
        _("Nothing was changed. Open the node at the address that `homeward serve` printed."),
        status=400,
    )


def too_many(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer somebody who tried too often."""
    return _plain(
        _("Too many attempts."),
        _("Wait five minutes, then try again. The administrator can set a new password."),
        status=429,
    )


def bug(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer after a failure that nobody foresaw."""
    return _plain(
        _("Something went wrong in Homeward."),
        _("What was recorded before is safe. Try again; if it happens again, tell us when."),
        status=500,
    )


def _plain(title: str, text: str, *, status: int) -> HttpResponse:
    context = {"title": title, "text": text, "node": described()}
    return HttpResponse(render_to_string("plain.html", context), status=status)
