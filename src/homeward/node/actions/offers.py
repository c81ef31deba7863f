"""Offers to another end of the talks, and what it offers us: nothing of it binds anybody.

Rules of this file:
- A message is sealed to its reader and carried with the next bundle, outside its signature;
  no entry is recorded. What we wrote and what we got is kept here, encrypted.
- Its key among the blobs is drawn by chance: whoever confirms that it arrived confirms
  nothing that it says.
- What arrives is read anew each time, and only what one of its two ends wrote is shown; the
  rest is counted.
- An offer always carries whole terms. A changed number is written into the text that it
  answers, else into the tabled one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from homeward.foundation.canonical import read_canonical
from homeward.foundation.errors import InputError, TamperError
from homeward.negotiation.offers import (
    DAYS_MAX,
    Message,
    Offer,
    find,
    fold,
    key_between,
    open_message,
    seal_message,
    verify_act,
)
from homeward.node import blobs, book
from homeward.node.actions.cases import terms_text
from homeward.node.at_rest import open_at_rest
from homeward.node.blobs import OFFER
from homeward.node.home import Node, utc_text
from homeward.node.models import Blob, Peer
from homeward.planning.changes import with_stated
from homeward.terms import read_agreement
from homeward.terms.normal import format_agreement

Entropy = Callable[[int], bytes]

OFFER_DAYS = 7
"""An offer stands so long unless its author says otherwise."""

_KEY_BYTES, _ID_DIGITS = 32, 32
_AT_REST = "blob"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Another number of a clause; `place` counts from 1 in a list of numbers, else it is 0."""

    clause: str
    key: str
    value: int
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An offer that is ready to be made: whose turn it was before, its terms, and until when."""

    to: str
    terms: str
    note: str = ""
    about: str = ""
    days: int = OFFER_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Every offer of a case, the first written first; `refused_count` that neither end wrote."""

    offers: tuple[Offer, ...]
    refused_count: int


def ends(node: Node) -> tuple[str, ...]:
    """Return whom we can make an offer: every party whose card we have, then the mediators."""
    node.require_open()
    others = Peer.objects.exclude(role="observer").order_by("role", "party")
    return tuple(others.values_list("party", flat=True))


def offers_of(node: Node, case: str, *, now: dt.datetime) -> Heard:
    """Return what was offered in a case, both ways, and what became of it.

    Args:
        node: The open node.
        case: The case, or the name of talks before there is one.
        now: Aware UTC instant.

    Raises:
        TamperError: What rests here was changed.
    """
    messages, refused = [], 0
    rows = Blob.objects.filter(case=case, purpose=OFFER, recipient=node.party, sealed=False)
    for row in rows.order_by("received_at", "id"):
        try:
            messages.append(_read(node, row))
        except (TamperError, InputError):
            refused += 1
    by_end: dict[str, list[Message]] = {}
    for message in messages:
        other = message.to if message.author == node.party else message.author
        by_end.setdefault(other, []).append(message)
    found = [each for said in by_end.values() for each in fold(said, now=utc_text(now))]
    ordered = sorted(found, key=lambda each: (each.message.at, each.id))
    return Heard(offers=tuple(ordered), refused_count=refused)


def cases_with_offers(node: Node) -> tuple[str, ...]:
    """Return the cases and the talks before a case in which offers were made."""
    node.require_open()
    rows = Blob.objects.filter(purpose=OFFER, recipient=node.party, sealed=False)
    return tuple(sorted(set(rows.values_list("case", flat=True))))


def waiting_offers(node: Node, case: str, *, now: dt.datetime) -> int:
    """Count the offers of a case that wait for our answer."""
    heard = offers_of(node, case, now=now)
    return sum(offer.allows("accept", node.party) for offer in heard.offers)


def reworded(
    node: Node, case: str, numbers: Collection[Changed], *, about: str, now: dt.datetime
) -> str:
    """Write changed numbers into the offer that we answer, else into the tabled terms.

    Args:
        node: The open node.
        case: The case.
        numbers: What is changed.
        about: Id of the offer; empty for the tabled terms.
        now: Aware UTC instant.

    Returns:
        TOML, in our layout.

    Raises:
        AccessError: There is no such case.
        InputError: There is no such offer or number, or no agreement could say it.
        TurnError: It is not ours to answer.
    """
    if about:
        heard = offers_of(node, case, now=now)
        text = verify_act(heard.offers, "counter", about, party=node.party).message.terms
    else:
        text = terms_text(node, case)
    return rewritten(text, numbers)


def rewritten(text: str, numbers: Collection[Changed]) -> str:
    """Return a text of an agreement with other numbers, in our layout.

    Raises:
        InputError: A clause has no such number, or no agreement could say it.
    """
    agreement = read_agreement(text)
    for each in numbers:
        agreement = with_stated(agreement, each.clause, each.key, each.place, each.value)
    changed = format_agreement(agreement)
    read_agreement(changed)
    return changed


def make_offer(
    node: Node, case: str, draft: Draft, *, now: dt.datetime, entropy: Entropy
) -> Message:
    """Offer terms to another end, or counter an offer of theirs.

    Args:
        node: The open node.
        case: The case, or the name of talks before there is one.
        draft: What is offered, to whom.
        now: When.
        entropy: Returns as many random bytes as it is asked for.

    Returns:
        The message; it is carried with the next bundle.

    Raises:
        AccessError: There is no card of that end.
        InputError: The terms cannot be read, or it says what no offer may.
        TurnError: The offer that it counters is not open, or not for us.
    """
    if not 1 <= draft.days <= DAYS_MAX:
        raise InputError(
            "offers.days",
            f"Expected an offer that stands 1 to {DAYS_MAX} days, found {draft.days}.",
            hint="Choose a number of days.",
            facts={"max_days": DAYS_MAX},
        )
    read_agreement(draft.terms)
    about = ""
    if draft.about:
        heard = offers_of(node, case, now=now)
        countered = verify_act(heard.offers, "counter", draft.about, party=node.party)
        about = countered.id
        if countered.message.author != draft.to:
            raise _no_end()
    return _send(
        node,
        Message(
            id="",
            kind="offer",
            case=case,
            author=node.party,
            to=draft.to,
            at=utc_text(now),
            about=about,
            terms=draft.terms,
            note=draft.note.replace("\r\n", "\n").strip(),
            expires_at=utc_text(now + dt.timedelta(days=draft.days)),
        ),
        now=now,
        entropy=entropy,
    )


def accept_offer(node: Node, case: str, about: str, *, now: dt.datetime, entropy: Entropy) -> Offer:
    """Say that an offer suits us: it is a draft for the mediator to table, and binds nobody.

    Returns:
        The offer.

    Raises:
        InputError: There is no such offer.
        TurnError: It is not open, or not for us.
    """
    return _answer(node, case, "accept", about, now=now, entropy=entropy)


def withdraw_offer(
    node: Node, case: str, about: str, *, now: dt.datetime, entropy: Entropy
) -> Offer:
    """Take back an offer of ours, at any time: nobody was bound by it.

    Returns:
        The offer.

    Raises:
        InputError: There is no such offer.
        TurnError: It is not ours, or has run out.
    """
    return _answer(node, case, "withdraw", about, now=now, entropy=entropy)


def find_offer(node: Node, case: str, about: str, *, now: dt.datetime) -> Offer:
    """Return one offer, by its id or the first digits of it.

    Raises:
        InputError: There is none of that id, or there are several.
    """
    return find(offers_of(node, case, now=now).offers, about)


def _answer(
    node: Node, case: str, act: str, about: str, *, now: dt.datetime, entropy: Entropy
) -> Offer:
    heard = offers_of(node, case, now=now)
    offer = verify_act(heard.offers, act, about, party=node.party)
    first = offer.message
    to = first.to if first.author == node.party else first.author
    answer = Message(
        id="",
        kind=act,
        case=case,
        author=node.party,
        to=to,
        at=utc_text(now),
        about=offer.id,
    )
    _send(node, answer, now=now, entropy=entropy)
    return offer


def _send(node: Node, message: Message, *, now: dt.datetime, entropy: Entropy) -> Message:
    card = book.peer_card(message.to)
    if card.role == "observer":
        raise _no_end()
    drawn = entropy(_KEY_BYTES).hex()
    said = replace(message, id=drawn[:_ID_DIGITS])
    content = seal_message(said, key_between(node.keys.sealing, card.sealing_key))
    what: dict[str, Any] = {
        "case": said.case,
        "purpose": OFFER,
        "key": drawn,
        "content": content,
        "now": now,
    }
    with node.transaction():
        blobs.send(node, to=said.to, **what)
        blobs.keep(node, **what)
    return said


def _read(node: Node, row: Blob) -> Message:
    content = read_canonical(open_at_rest(node, row.data, purpose=_AT_REST), what="offer")
    is_ours = row.sender == node.party
    other = str(content.get("to") if is_ours and isinstance(content, dict) else row.sender)
    if not Peer.objects.filter(party=other).exists():
        raise _no_end()
    key = key_between(node.keys.sealing, book.peer_card(other).sealing_key)
    to = other if is_ours else node.party
    message = open_message(content, key, author=row.sender, to=to)
    if message.case != row.case:
        raise _no_end()
    return message


def _no_end() -> InputError:
    return InputError(
        "offers.end",
        "Expected a party or a mediator whose card is here, found another end.",
        hint="See `homeward status` for the parties whose cards are here.",
    )
