"""Bundles: everything one node has for another, as one file (`.hwb`).

Rules of this file:
- A bundle names its sender and its reader inside the signature; a node imports only what
  is for it, from a party whose card it has. Outside it is sealed to that reader (`sealed`).
- A bundle may come late, twice, in any order, or never: the next one holds whatever its
  reader has not confirmed. Importing one twice changes nothing. Its number tells which
  never came (`numbering`).
- Its form is `ledger.bundle`'s, at most 256 MiB, sealed or not; what it adds to our log
  decides `handover.arrival`, what it proves against somebody `handover.accusing`.
- It is imported as a whole or not at all. One that does not hold is kept as evidence, opened,
  and so is what it proves against whoever signed two histories, as files that anybody can
  judge. One that cannot be opened proves nothing, and is not kept.
- Checkpoints that witnesses cosigned travel with it, and each reader cosigns what it has
  verified (`witnessing`). A bundle of an earlier version has none and no number, may be plain,
  and is read as before.
- Offers stand outside the signature, so that nobody can prove by a bundle who made one; what
  they say is known to be genuine by its two ends alone (`negotiation.offers`).
- A blob that we cannot open counts as not arrived: what one party sealed wrongly must not
  keep the ledger from another.
- No entry is kept that stands under no checkpoint.
- A bureau's bundle carries its drafts and sealed blobs; the mediator's carries entries
  from where the reader stands, the checkpoint over them, and the blobs for that reader.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from homeward.foundation.crypto import b64
from homeward.foundation.errors import (
    AccessError,
    HomewardError,
    InputError,
    PeerError,
    TamperError,
)
from homeward.handover.arrival import take_drafts, take_entries, verify_own
from homeward.ledger.bundle import (
    FORMAT,
    blob_keys,
    broken,
    read_blob,
    read_bundle,
    write_bundle,
)
from homeward.ledger.checkpoint import Checkpoint
from homeward.node import book, convicting, numbering, receipts, sealed, signers, witnessing
from homeward.node.blobs import OFFER, at_rest
from homeward.node.home import Node, write_private
from homeward.node.keystore import Card
from homeward.node.models import Blob, Draft, LogHead, Peer

BUNDLE_MAX_BYTES = 256 * 1024 * 1024
_SHOWN_WITH = {"plan_accepted": "identities"}
"""Entry -> what is shown with it, where that has another name than the entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What a bundle brought that was new, and the size of the log after it.

    `missing_count` bundles of the sender never came so far: no harm, this one holds theirs.
    """

    sender: str
    entry_count: int
    blob_count: int
    log_size: int
    missing_count: int = 0


def export_bundle(node: Node, to: str) -> bytes:
    """Write everything that another node has not confirmed, sealed to it.

    Args:
        node: The open node.
        to: The party whose node will read it.

    Returns:
        The bundle; the same bytes as long as there is nothing new to say.

    Raises:
        AccessError: We have no card of that party.
        InputError: There is more than a bundle holds.
        EngineError: The disk or the database failed.
    """
    with node.transaction():
        card = book.peer_card(to)
        body = _content(node, card)
        body["number"] = numbering.number_for(to, body)
        content = write_bundle(body, signers.own_key(node))
        data = sealed.seal_for(node, card, content)
    _require_size(data)
    return data


def _content(node: Node, card: Card) -> dict[str, Any]:
    to = card.party
    origin = book.log_of(node).name
    head = LogHead.objects.filter(origin=origin).first()
    first = Peer.objects.get(party=to).have_size if book.sequences(node) else 0
    is_mediator = book.sequences(node)
    blobs = Blob.objects.filter(sealed=True, acknowledged=False)
    if is_mediator:
        blobs = blobs.filter(recipient=to)
        names = set(_SHOWN_WITH.values())
        if blobs.filter(purpose__in=names, sender=node.party).exists():
            # Of a side on paper: nobody reads what one officer alone entered.
            for each in book.waiting_entries(node):
                blobs = blobs.exclude(case=each.entry.case, purpose__in=names, sender=node.party)
    elif card.role == "mediator":
        blobs = _without_waiting(node, blobs.filter(sender=node.party))
    else:
        blobs = blobs.none()  # everything between bureaus goes through the mediator
    offers = blobs.filter(purpose=OFFER).order_by("key")
    content: dict[str, Any] = {
        "format": FORMAT,
        "from": node.party,
        "to": to,
        "log": origin,
        "have": head.size if head else 0,
        "holds": sorted(_held_from(node, to)),
        "first": first,
        "entries": [b64(e) for e in book.entries_of(origin, first)] if is_mediator else [],
        "checkpoint": head.checkpoint if head and is_mediator else None,
        "drafts": [] if is_mediator else [b64(bytes(d.entry)) for d in book.waiting(origin)],
        "blobs": [_blob_out(blob) for blob in blobs.exclude(purpose=OFFER).order_by("key")],
        "cosigned": witnessing.outgoing(node, to),
    }
    return content | ({"offers": [_blob_out(blob) for blob in offers]} if offers else {})


def _without_waiting(node: Node, blobs: QuerySet[Blob]) -> QuerySet[Blob]:
    """Leave out what goes with entries that one officer alone signed: nobody reads it yet."""
    try:
        waiting = book.waiting_entries(node)
    except (PeerError, TamperError):
        return blobs.none()  # an act that no longer fits goes out, is refused, and shows nothing
    for each in waiting:
        shown = _SHOWN_WITH.get(each.entry.type, each.entry.type)
        blobs = blobs.exclude(case=each.entry.case, purpose=shown)
    return blobs


def import_bundle(node: Node, data: bytes, *, now: dt.datetime) -> Imported:
    """Read a bundle into the node.

    Args:
        node: The open node.
        data: The file.
        now: When.

    Returns:
        What was new.

    Raises:
        InputError: The file is too large, or this node cannot open it, or it is for another.
        AccessError: It comes from a party whose card we do not have.
        TamperError: A signature, a hash or the history does not hold: somebody showed
            another history, or changed this one. It is kept, opened, in `evidence/`.
        PeerError: It holds a move that the case does not allow; kept likewise.
    """
    _require_size(data)
    content = sealed.open_sealed(node, data)
    _require_size(content)
    checked: Mapping[str, Any] | None = None
    try:
        body = read_bundle(content)
        if body["to"] != node.party:
            raise InputError(
                "bundles.reader",
                f"Expected a bundle for {node.party}, found one for {body['to']}.",
                hint="Give it to the node it is for.",
                facts={"party": node.party, "to": body["to"]},
            )
        card = book.peer_card(body["from"])
        signers.verify(node, body, card)
        checked = body
        with node.transaction():  # by itself: it came, whatever becomes of what it holds
            numbering.note(card.party, body.get("number", 0))
        with node.transaction():
            imported = _take(node, body, card, now)
    except (TamperError, PeerError) as error:
        raise _as_evidence(node, content, checked, error) from error
    receipts.keep(node, book.read_book(node))
    return imported


def _require_size(data: bytes) -> None:
    if len(data) > BUNDLE_MAX_BYTES:
        raise InputError(
            "bundles.size",
            f"Expected a bundle of at most {BUNDLE_MAX_BYTES} bytes, found {len(data)}.",
            hint="This is no bundle of homeward.",
            facts={"max_bytes": BUNDLE_MAX_BYTES},
        )


def _as_evidence(
    node: Node, data: bytes, body: Mapping[str, Any] | None, error: TamperError | PeerError
) -> HomewardError:
    """Keep a refused bundle and what it proves; return the error that says where."""
    path = node.home / convicting.FOLDER
    path.mkdir(mode=0o700, exist_ok=True)
    name = f"{hashlib.sha256(data).hexdigest()[:16]}.hwb"
    write_private(path / name, data)
    proofs = convicting.keep_evidence(node, body) if body else []
    said = f" What it proves, homeward ledger judge says: {', '.join(proofs)}." if proofs else ""
    facts = {**error.facts, "evidence": f"{convicting.FOLDER}/{name}"}
    return type(error)(
        error.code,
        error.message,
        hint=f"{error.hint} Kept as {convicting.FOLDER}/{name}.{said}",
        facts={**facts, "proofs": proofs} if proofs else facts,
    )


def _take(node: Node, body: Mapping[str, Any], card: Card, now: dt.datetime) -> Imported:
    origin = book.log_of(node).name
    if body["log"] != origin:
        raise broken(f"the log {origin}", "another log")
    blob_count = sum(_take_blob(node, blob, card, now) for blob in body["blobs"])
    offers = body.get("offers", [])
    blob_count += sum(_take_blob(node, blob, card, now, is_offer=True) for blob in offers)
    Blob.objects.filter(key__in=blob_keys(body["holds"])).filter(
        **({"recipient": card.party} if book.sequences(node) else {"sender": node.party})
    ).update(acknowledged=True)
    if book.sequences(node):
        entry_count = _take_drafts(node, body)
        state = book.read_book(node)
        witnessing.take(node, body.get("cosigned", []), state, sender=card.party)
        have = min(body["have"], state.chain.tree.size)
        Peer.objects.filter(party=card.party).update(have_size=have)
    elif card.role == "mediator":
        entry_count = _take_entries(node, body, now)
    else:
        raise AccessError(
            "bundles.sender",
            f"Expected a bundle of a mediator, found one of {card.party}.",
            hint="Bureaus send to the mediator, and the mediator to bureaus.",
            facts={"party": card.party},
        )
    head = LogHead.objects.filter(origin=origin).first()
    return Imported(
        sender=card.party,
        entry_count=entry_count,
        blob_count=blob_count,
        log_size=head.size if head else 0,
        missing_count=numbering.missing(card.party),
    )


def _take_drafts(node: Node, body: Mapping[str, Any]) -> int:
    """Sequence a party's drafts that are new, each after it was found legal."""
    state = book.read_book(node)
    known = {each.entry_sha256 for each in state.envelopes if each.author == body["from"]}
    after = take_drafts(state, body, known, apply=book.side_by_side)
    fresh = after.envelopes[len(state.envelopes) :]
    if fresh:
        book.sequence(node, state.chain.tree, fresh)
        book.remember(node, after)
    return len(fresh)


def _take_entries(node: Node, body: Mapping[str, Any], now: dt.datetime) -> int:
    """Verify the mediator's entries against our own copy, and keep those that are new."""
    before = book.read_book(node)
    count = len(before.envelopes)
    state = take_entries(before, body, book.log_of(node), apply=book.side_by_side)
    if body["checkpoint"] is None:
        return 0
    fresh = state.envelopes[count:]
    book.verify_members(node, state)
    receipts.verify_kept(node, state.chain.tree, count)
    drafts = Draft.objects.filter(log=state.chain.log)
    verify_own(fresh, node.party, set(drafts.values_list("entry_sha256", flat=True)))
    if fresh:
        own = [each.entry_sha256 for each in fresh if each.author == node.party]
        drafts.filter(entry_sha256__in=own).update(sequenced_at=now)
        book.store_entries(state.chain.log, count, fresh)
        tree = state.chain.tree
        point = Checkpoint(origin=state.chain.log, size=tree.size, root=tree.root())
        book.store_head(point, body["checkpoint"], ours=False)
        book.remember(node, state)
    witnessing.take(node, body.get("cosigned", []), state, sender=body["from"])
    witnessing.cosign_head(node, state, now=now)
    return len(fresh)


def _take_blob(
    node: Node, given: object, card: Card, now: dt.datetime, *, is_offer: bool = False
) -> int:
    blob, data = read_blob(given)
    if (blob["purpose"] == OFFER) != is_offer:
        raise broken("offers apart from what is signed", "them together")
    if book.sequences(node) and blob["from"] != card.party:
        raise broken(f"blobs of {card.party}", f"one of {blob['from']}")
    is_for_us = blob["to"] == node.party
    if not is_for_us and not book.sequences(node):
        raise broken(f"blobs for {node.party}", f"one for {blob['to']}")
    if Blob.objects.filter(key=blob["key"], recipient=blob["to"]).exists():
        return 0
    if is_for_us:
        try:
            data = at_rest(node, node.keys.sealing.open(data, what="blob"))
        except TamperError:
            return 0
    Blob.objects.create(
        key=blob["key"],
        case=blob["case"],
        purpose=blob["purpose"],
        sender=blob["from"],
        recipient=blob["to"],
        data=data,
        sealed=not is_for_us,
        received_at=now,
    )
    return 1


def _held_from(node: Node, party: str) -> set[str]:
    """Return keys of blobs that came through a party, so that it need not send them again."""
    blobs = Blob.objects.exclude(sender=node.party)
    if book.sequences(node):
        blobs = blobs.filter(sender=party)
    return set(blobs.values_list("key", flat=True))


def _blob_out(blob: Blob) -> dict[str, str]:
    return {
        "key": blob.key,
        "case": blob.case,
        "purpose": blob.purpose,
        "from": blob.sender,
        "to": blob.recipient,
        "sealed": b64(bytes(blob.data)),
    }
