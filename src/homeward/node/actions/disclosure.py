"""A look that two officers allow: one asks, another agrees, both see it for an hour.

Rules of this file:
- What is shown so is what would tell something of one person: why they go or stay, or
  numbers so small that they tell of somebody.
- One account alone sees nothing, however often it asks. Nobody agrees to their own request.
- Asking, agreeing and looking are written down like any read of a person.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from django.db.models import Q

from homeward.foundation.errors import RuleError, TurnError
from homeward.node import access
from homeward.node.access import Reader
from homeward.node.home import Node
from homeward.node.models import Disclosure

ACTS = ("why", "small_counts")
"""What two officers may allow: why a captive goes or stays; small numbers of a plan."""

ASKED_FOR = dt.timedelta(hours=24)
"""How long a request waits for the second officer."""

SEEN_FOR = dt.timedelta(minutes=60)
"""How long both see it, from the agreement on."""

Stage = Literal["closed", "asked", "asked_by_other", "open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is to be shown: which act, in which case, of whom (a salted id; or empty)."""

    act: str
    case: str
    subject: str = ""


def ask(node: Node, look: Look, *, actor: str, now: dt.datetime) -> None:
    """Ask for a look, as the first of two officers.

    Args:
        node: The open node.
        look: What is to be shown.
        actor: Id of the account that asks.
        now: Aware UTC instant.

    Raises:
        TurnError: A request of this kind waits already, or the look is open.
    """
    assert look.act in ACTS, "an act of the table"
    with node.transaction():
        if stage(node, look, actor=actor, now=now) != "closed":
            raise TurnError(
                "disclosure.asked",
                "Expected a look that nobody has asked for, found one that is asked for or open.",
                hint="Load the page again; another officer agrees to what waits.",
            )
        _note(node, look, "disclosure.ask", actor, now)
        Disclosure.objects.create(
            act=look.act, case=look.case, subject=look.subject, asked_by=actor, asked_at=now
        )


def agree(node: Node, look: Look, *, actor: str, now: dt.datetime) -> None:
    """Agree to a look that another officer asked for.

    Args:
        node: The open node.
        look: What is to be shown.
        actor: Id of the account that agrees.
        now: Aware UTC instant.

    Raises:
        TurnError: Nothing waits.
        RuleError: The same account asked for it.
    """
    with node.transaction():
        standing = waiting(look, now)
        if standing is None:
            raise TurnError(
                "disclosure.none",
                "Expected a request that waits for a second officer, found none.",
                hint="Ask for the look first; a request waits for one day.",
            )
        if standing.asked_by == actor:
            raise RuleError(
                "disclosure.same",
                "Expected another account than the one that asked, found the same.",
                hint="Ask another officer to agree, from an account of their own.",
            )
        _note(node, look, "disclosure.agree", actor, now)
        standing.agreed_by, standing.agreed_at = actor, now
        standing.save(update_fields=["agreed_by", "agreed_at"])


def stage(node: Node, look: Look, *, actor: str, now: dt.datetime) -> Stage:
    """Tell how far a look has come, for one account.

    Returns:
        `open` if this account may see it now; `asked` if it waits for another officer;
        `asked_by_other` if it waits for this one; else `closed`.
    """
    node.require_open()
    agreed = Disclosure.objects.filter(act=look.act, case=look.case, subject=look.subject)
    agreed = agreed.filter(agreed_at__gt=now - SEEN_FOR, agreed_at__lte=now)
    if agreed.filter(Q(asked_by=actor) | Q(agreed_by=actor)).exists():
        return "open"
    standing = waiting(look, now)
    if standing is None:
        return "closed"
    return "asked" if standing.asked_by == actor else "asked_by_other"


def show(node: Node, look: Look, *, actor: str, now: dt.datetime) -> bool:
    """Write down that an account looks, if it may.

    Returns:
        True if two officers allowed it and their hour is not over.
    """
    if stage(node, look, actor=actor, now=now) != "open":
        return False
    with node.transaction():
        _note(node, look, "disclosure.read", actor, now)
    return True


def waiting(look: Look, now: dt.datetime) -> Disclosure | None:
    """Return the request that waits for a second officer: who asked, and when."""
    rows = Disclosure.objects.filter(act=look.act, case=look.case, subject=look.subject)
    rows = rows.filter(agreed_at=None, asked_at__gt=now - ASKED_FOR, asked_at__lte=now)
    found: Disclosure | None = rows.order_by("asked_at").first()
    return found


def _note(node: Node, look: Look, act: str, actor: str, now: dt.datetime) -> None:
    reader = Reader(actor=actor, purpose=look.act, now=now)
    subject = f"{look.case}:{look.subject}"
    access.note(node, reader, act=act, subject=subject, person_count=int(bool(look.subject)))
