"""Choosing some people of a leg, before the page that signs it.

Rules of this file:
- Whom somebody chose rests sealed in the session until it is signed, never in an address.
- Only who stands on the page can be chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from homeward.foundation.errors import InputError
from homeward.node.web import kept
from homeward.node.web.rollcall import Called

_REASON, _MARK = "reason", "pick"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """Whom one chooses among, and where the page stands.

    Attributes:
        key: Under which the session keeps the choice.
        title: Heading of the page.
        leg: Such as `RU -> UA`.
        people: Among whom.
        proposed: Salted ids that are chosen already, as the record proposes.
        explained: What choosing somebody means.
        mark: Label of each box.
        reasons: Code and words of the reasons among which one is chosen too; or none. None
            is chosen beforehand: it stands in the record for good.
        can_be_nobody: True where nobody is a choice too.
        here: Address of this page.
        check: Address of the page on which it is signed.
        back: Address to go back to.
        only: Code of a reason → those who can be chosen for that reason alone.
    """

    key: str
    title: Any
    leg: str
    people: Sequence[Called]
    proposed: frozenset[str]
    explained: Any
    mark: Any
    reasons: Sequence[tuple[str, Any]]
    can_be_nobody: bool
    here: str
    check: str
    back: str
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)


def pick(request: HttpRequest, wanted: Pick) -> HttpResponse:
    """Show the people, take the choice, and lead to the page that signs it.

    Args:
        request: GET shows, POST chooses.
        wanted: Among whom.

    Returns:
        The page, or a redirect.
    """
    draft = kept.kept(request, wanted.key)
    reason = (draft or {}).get(_REASON, "")
    picked = {each for each, word in (draft or {}).items() if word == _MARK}
    errors: list[str] = []
    if draft is None:
        picked = set(wanted.proposed)
    if request.method == "POST":
        known = {each.captive for each in wanted.people}
        picked = known.intersection(request.POST.getlist("pick"))
        reason = request.POST.get("reason", "")
        if not picked and not wanted.can_be_nobody:
            errors.append(_("Nobody is chosen yet."))
        if wanted.reasons and reason not in dict(wanted.reasons):
            errors.append(_("Choose why."))
        for code, some in wanted.only.items():
            if reason not in ("", code) and picked & some:
                said = _("Some of them are on the way: they can be taken off only if they died.")
                errors.append(said)
        if not errors:
            kept.keep(request, wanted.key, {**dict.fromkeys(picked, _MARK), _REASON: reason})
            return redirect(wanted.check)
    context = {"pick": wanted, "picked": picked, "reason": reason, "errors": errors}
    return render(request, "pick.html", context, status=InputError.http_status if errors else 200)


def picked(request: HttpRequest, wanted: Pick) -> tuple[tuple[str, ...], str] | None:
    """Return the chosen salted ids in order, and the reason; None if nothing was chosen yet."""
    draft = kept.kept(request, wanted.key)
    if draft is None:
        return None
    ids = tuple(each.captive for each in wanted.people if draft.get(each.captive) == _MARK)
    return (ids, draft.get(_REASON, "")) if ids or wanted.can_be_nobody else None
