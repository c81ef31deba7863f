"""Offers that bind nobody: known to be genuine by their two ends, and provable by neither.

Rules of this file:
- A message carries HMAC-SHA-256 over its canonical JSON, under a key that both ends derive
  from their cards (X25519, HKDF). Either end could have made any of them: whoever shows one to
  a third, with all of one end's keys, shows nothing. No message is ever signed or recorded.
- `STATES` is a literal table. Only its reader accepts or counters an offer, only its author
  withdraws it; an offer may be withdrawn after it was accepted, since nobody is bound.
- Messages are put in order by the times that they state, then by id: both ends come to the
  same states, whatever crossed on the way. What the table does not allow counts for nothing.
- An accepted offer is a draft of terms. It becomes terms when the mediator tables it and
  every party signs it in the ledger.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from homeward.foundation.canonical import canonical_bytes
from homeward.foundation.crypto import SealingKey, authenticate, is_authentic, shared_key
from homeward.foundation.errors import InputError, TamperError, TurnError
from homeward.negotiation.fields import TERMS_MAX_CHARS

KINDS = ("offer", "accept", "withdraw")
"""Kinds of message; an offer about another one is a counter-offer."""

NOTE_MAX_CHARS = 500
DAYS_MAX = 365
OPEN = "offered"

STATES: Mapping[tuple[str, str], str] = {
    (OPEN, "counter"): "countered",
    (OPEN, "accept"): "accepted",
    (OPEN, "expire"): "expired",
    (OPEN, "withdraw"): "withdrawn",
    # What crossed on the way: a withdrawal counts, whichever of the two was first.
    ("countered", "withdraw"): "withdrawn",
    ("accepted", "withdraw"): "withdrawn",
}
"""State of an offer, and what is done to it → its next state."""

BY_ITS_AUTHOR = ("withdraw",)
BY_ITS_READER = ("counter", "accept")

_CONTEXT = b"homeward offer v1\n"
_FORMAT = "homeward-offer-1"
_ID = re.compile(r"[0-9a-f]{32}")
_CASE = re.compile(r"[!-~]{1,128}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_FIELDS = frozenset(
    ("format", "id", "kind", "case", "from", "to", "at", "about", "terms", "note", "expires_at")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message between two ends.

    Attributes:
        id: 32 hexadecimal digits, drawn by its author.
        kind: One of `KINDS`.
        case: What it is about: a case, or the name of talks before there is one.
        author: Code of the party that wrote it.
        to: Code of the party that reads it.
        at: When, as its author states it: `2025-02-05T08:00:00Z`.
        about: Id of the offer that it answers, accepts or withdraws; empty for a first offer.
        terms: Of an offer, the agreement as TOML; else empty.
        note: Of an offer, a few words; may be empty.
        expires_at: Of an offer, until when it stands.
    """

    id: str
    kind: str
    case: str
    author: str
    to: str
    at: str
    about: str = ""
    terms: str = ""
    note: str = ""
    expires_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An offer and what became of it: its state, and when it came to that."""

    message: Message
    state: str
    since: str

    @property
    def id(self) -> str:
        """The id of its message."""
        return self.message.id

    def allows(self, act: str, party: str) -> bool:
        """Tell whether a party may do something to it now."""
        by = self.message.author if act in BY_ITS_AUTHOR else self.message.to
        return (self.state, act) in STATES and party == by


def key_between(own: SealingKey, other: str) -> bytes:
    """Derive the key that two ends have in common.

    Args:
        own: The sealing key of one end.
        other: The sealing key on the other end's card.

    Returns:
        32 bytes; both ends derive the same.

    Raises:
        InputError: The other key is none.

    Source:
        RFC 7748 and RFC 5869.
    """
    ends = canonical_bytes(sorted((own.public, other)))
    return shared_key(own, other, label=_CONTEXT + ends)


def seal_message(message: Message, key: bytes) -> dict[str, str]:
    """Return a message with the mark that its reader knows it by.

    Args:
        message: What is said.
        key: From `key_between`.

    Returns:
        JSON values: the same from either end.

    Raises:
        InputError: It says what no message may.

    Source:
        RFC 2104 over RFC 8785.
    """
    fault = _fault(message)
    if fault:
        raise InputError(
            "offers.form",
            f"Expected {fault}, found another.",
            hint="Write the offer again.",
        )
    plain = _plain(message)
    return {**plain, "mac": authenticate(key, _CONTEXT + canonical_bytes(plain)).hex()}


def open_message(content: object, key: bytes, *, author: str, to: str) -> Message:
    """Read a message, if one of the two ends wrote it.

    Args:
        content: What arrived.
        key: From `key_between`.
        author: From whom it came.
        to: For whom it is.

    Returns:
        The message.

    Raises:
        TamperError: It has another form, or neither end wrote it.
    """
    if not isinstance(content, dict) or content.keys() != _FIELDS | {"mac"}:
        raise _not_genuine()
    plain = {name: value for name, value in content.items() if isinstance(value, str)}
    if plain.keys() != content.keys():
        raise _not_genuine()
    mark = plain.pop("mac")
    message = Message(
        **{name: plain[name] for name in _SAME},
        author=plain["from"],
    )
    if (
        plain["format"] != _FORMAT
        or re.fullmatch(r"[0-9a-f]{64}", mark) is None
        or not is_authentic(key, _CONTEXT + canonical_bytes(plain), bytes.fromhex(mark))
        or (message.author, message.to) != (author, to)
        or _fault(message)
    ):
        raise _not_genuine()
    return message


def fold(messages: Iterable[Message], *, now: str) -> tuple[Offer, ...]:
    """Say what became of each offer.

    Args:
        messages: Between two ends, in any order, some perhaps twice.
        now: The instant until which offers expire, as messages state theirs.

    Returns:
        Every offer, the first written first.
    """
    offers: dict[str, Offer] = {}
    ordered = sorted(set(messages), key=lambda each: (each.at, each.id))
    for message in ordered:
        if message.kind == "offer":
            offers.setdefault(message.id, Offer(message=message, state=OPEN, since=message.at))
    for message in ordered:  # an answer counts even if the clock of its author is behind
        if message.about:
            _apply(offers, message)
    return tuple(_expired(offer, now) for offer in offers.values())


def find(offers: Iterable[Offer], about: str) -> Offer:
    """Return one offer.

    Args:
        offers: From `fold`.
        about: Its id; the first digits are enough where they name one.

    Raises:
        InputError: There is none of that id, or there are several.
    """
    found = [offer for offer in offers if about and offer.id.startswith(about)]
    if len(found) != 1:
        raise InputError(
            "offers.unknown",
            f"Expected the id of one offer, found {len(found)} of that id.",
            hint="See `homeward case offers` for the offers and their ids.",
            facts={"count": len(found)},
        )
    return found[0]


def verify_act(offers: Iterable[Offer], act: str, about: str, *, party: str) -> Offer:
    """Check that a party may do something to an offer now.

    Args:
        offers: From `fold`.
        act: `counter`, `accept` or `withdraw`.
        about: Id of the offer; its first digits are enough where they name one.
        party: Who does it.

    Returns:
        The offer.

    Raises:
        InputError: There is no such offer, or there are several.
        TurnError: Its state does not allow it, or it is for the other end to do.
    """
    offer = find(offers, about)
    if not offer.allows(act, party):
        raise TurnError(
            "offers.turn",
            f"Expected an offer that {party} may {act} now, found one that is {offer.state}.",
            hint="See `homeward case offers` for the offers and whose move it is.",
            facts={"party": party},
        )
    return offer


def _apply(offers: dict[str, Offer], message: Message) -> None:
    offer = offers.get(message.about)
    act = "counter" if message.kind == "offer" else message.kind
    if offer is None or (offer.message.case, *_ends(offer.message)) != (
        message.case,
        *_ends(message),
    ):
        return
    offer = _expired(offer, message.at)
    offers[offer.id] = offer
    if offer.allows(act, message.author):
        state = STATES[offer.state, act]
        offers[offer.id] = replace(offer, state=state, since=message.at)


def _ends(message: Message) -> tuple[str, ...]:
    return tuple(sorted((message.author, message.to)))


def _expired(offer: Offer, now: str) -> Offer:
    until = offer.message.expires_at
    if (offer.state, "expire") not in STATES or now <= until:
        return offer
    return replace(offer, state=STATES[offer.state, "expire"], since=until)


_SAME = ("id", "kind", "case", "to", "at", "about", "terms", "note", "expires_at")
"""Fields of a message that have the same name in JSON."""


def _plain(message: Message) -> dict[str, str]:
    plain = {name: str(getattr(message, name)) for name in _SAME}
    return {**plain, "format": _FORMAT, "from": message.author}


def _fault(message: Message) -> str:
    """Say what of a message had to be otherwise; empty if nothing had."""
    is_offer = message.kind == "offer"
    rules = (
        (message.kind in KINDS, f"one of {', '.join(KINDS)}"),
        (bool(_ID.fullmatch(message.id)), "an id of 32 hexadecimal digits"),
        (bool(_ID.fullmatch(message.about)) or (is_offer and not message.about), "an offer's id"),
        (bool(_CASE.fullmatch(message.case)), "a case of at most 128 characters"),
        (message.author != message.to, "two ends"),
        (_is_instant(message.at), "the time of the message"),
        (bool(message.terms) == is_offer, "terms in an offer, and in nothing else"),
        (len(message.terms) <= TERMS_MAX_CHARS, f"terms of at most {TERMS_MAX_CHARS} characters"),
        (len(message.note) <= NOTE_MAX_CHARS, f"a note of at most {NOTE_MAX_CHARS} characters"),
        (is_offer or not message.note, "no note but in an offer"),
        (not _UNSEEN.search(message.note), "a note without characters that cannot be seen"),
        (_is_until(message) if is_offer else not message.expires_at, "an end of an offer"),
    )
    return next((expected for holds, expected in rules if not holds), "")


def _is_until(message: Message) -> bool:
    if not (_is_instant(message.at) and _is_instant(message.expires_at)):
        return False
    lasts = _instant(message.expires_at) - _instant(message.at)
    return dt.timedelta(0) < lasts <= dt.timedelta(days=DAYS_MAX)


def _is_instant(text: str) -> bool:
    if not _INSTANT.fullmatch(text):
        return False
    try:
        _instant(text)
    except ValueError:
        return False
    return True


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _not_genuine() -> TamperError:
    return TamperError(
        "offers.mark",
        "Expected an offer that one of its two ends wrote, found another text.",
        hint="Ask the other end, by voice, what it sent.",
    )


def as_json(offer: Offer) -> dict[str, Any]:
    """Return an offer as JSON values, without its terms."""
    message = offer.message
    return {
        "id": message.id,
        "case": message.case,
        "from": message.author,
        "to": message.to,
        "at": message.at,
        "about": message.about,
        "note": message.note,
        "expires_at": message.expires_at,
        "state": offer.state,
        "since": offer.since,
    }
