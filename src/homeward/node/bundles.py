"""Bundles: everything one node has for another, as one file (`.hwb`).

Rules of this file:
- A bundle names its sender and its reader inside the signature; a node imports only what
  is for it, from a party whose card it has. Outside it is sealed to that reader (`sealed`).
- A bundle may come late, twice, in any order, or never: the next one holds whatever its
  reader has not confirmed. Importing one twice changes nothing. Its number tells which
  never came (`numbering`).
- It holds no path and no program: JSON in canonical form, at most 256 MiB, sealed or not.
- It is imported as a whole or not at all. One that does not hold is kept as evidence, opened,
  and so is what it proves against whoever signed two histories, as files that anybody can
  judge. One that cannot be opened proves nothing, and is not kept.
- Checkpoints that witnesses cosigned travel with it, and each reader cosigns what it has
  verified (`witnessing`). A bundle of an earlier version has none and no number, may be plain,
  and is read as before.
- A blob that we cannot open counts as not arrived: what one party sealed wrongly must not
  keep the ledger from another.
- No entry is kept that stands under no checkpoint.
- A bureau's bundle carries its drafts and sealed blobs; the mediator's carries entries
  from where the reader stands, the checkpoint over them, and the blobs for that reader.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.crypto import b64, unb64, verify_signature
from homeward.foundation.errors import (
    AccessError,
    HomewardError,
    InputError,
    PeerError,
    TamperError,
)
from homeward.foundation.ids import parse_party
from homeward.handover.replay import KEYS_OF_ROLE, Replay, advance_replay
from homeward.ledger.checkpoint import open_checkpoint
from homeward.ledger.envelope import read_envelope
from homeward.node import book, convicting, numbering, receipts, sealed, witnessing
from homeward.node.blobs import at_rest
from homeward.node.home import Node, write_private
from homeward.node.keystore import Card
from homeward.node.models import Blob, Draft, LedgerEntry, LogHead, Peer

BUNDLE_MAX_BYTES = 256 * 1024 * 1024
FORMAT = "homeward-bundle-1"
_SHOWN_WITH = {"plan_accepted": "identities"}
"""Entry -> what is shown with it, where that has another name than the entry."""

_CONTEXT = b"homeward-bundle-v1\n"
_BLOB_KEYS = frozenset(("key", "case", "purpose", "from", "to", "sealed"))
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LABEL = re.compile(r"[!-~]{1,128}")
_PURPOSE = re.compile(r"[a-z_]{1,40}")
_KEYS = frozenset(
    (
        *("format", "from", "to", "log", "have", "holds"),
        *("first", "entries", "checkpoint", "drafts", "blobs", "signature"),
    )
)
_COSIGNED, _NUMBER = "cosigned", "number"
_LATER = {_COSIGNED, _NUMBER}
"""Keys that a bundle of an earlier version has not."""


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
        body[_NUMBER] = numbering.number_for(to, body)
        first_key = node.keys.signing[KEYS_OF_ROLE[node.about.role][0]]
        signature = first_key.sign(_CONTEXT + canonical_bytes(body))
        content = canonical_bytes({**body, "signature": b64(signature)})
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
    elif card.role == "mediator":
        blobs = _without_waiting(node, blobs.filter(sender=node.party))
    else:
        blobs = blobs.none()  # everything between bureaus goes through the mediator
    return {
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
        "blobs": [_blob_out(blob) for blob in blobs.order_by("key")],
        _COSIGNED: witnessing.outgoing(node, to),
    }


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
        body = _opened(content)
        if body["to"] != node.party:
            raise InputError(
                "bundles.reader",
                f"Expected a bundle for {node.party}, found one for {body['to']}.",
                hint="Give it to the node it is for.",
                facts={"party": node.party, "to": body["to"]},
            )
        card = book.peer_card(body["from"])
        _verify_bundle(body, card)
        checked = body
        with node.transaction():  # by itself: it came, whatever becomes of what it holds
            numbering.note(card.party, body.get(_NUMBER, 0))
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


def _opened(data: bytes) -> dict[str, Any]:
    body = read_canonical(data, what="bundle")
    if not isinstance(body, dict) or body.keys() - _LATER != _KEYS or body["format"] != FORMAT:
        raise _broken("a bundle in the agreed form", "another form")
    texts, numbers = ("from", "to", "log", "signature"), ("have", "first")
    lists = ("holds", "entries", "drafts", "blobs")
    if (
        not all(isinstance(body[key], str) for key in texts)
        or not all(type(body[key]) is int and body[key] >= 0 for key in numbers)
        or not all(isinstance(body[key], list) for key in lists)
        or not isinstance(body.get(_COSIGNED, []), list)
        or not _is_number(body.get(_NUMBER, 1))
        or not isinstance(body["checkpoint"], str | None)
        or not all(_is_party(body[key]) for key in ("from", "to"))
    ):
        raise _broken("a bundle in the agreed form", "another form")
    return body


def _is_number(value: object) -> bool:
    return type(value) is int and 1 <= value <= numbering.NUMBER_MAX


def _is_party(text: str) -> bool:
    # What is no code could be a name, and messages show who a bundle is from and for.
    try:
        return parse_party(text) == text
    except InputError:
        return False


def _is_blob(blob: dict[str, Any]) -> bool:
    """Tell whether each text is one that a table can hold: a server refuses others."""
    return (
        all(isinstance(value, str) for value in blob.values())
        and _SHA256.fullmatch(blob["key"]) is not None
        and _LABEL.fullmatch(blob["case"]) is not None
        and _PURPOSE.fullmatch(blob["purpose"]) is not None
        and all(_is_party(blob[key]) for key in ("from", "to"))
    )


def _verify_bundle(body: Mapping[str, Any], card: Card) -> None:
    unsigned = {key: value for key, value in body.items() if key != "signature"}
    verify_signature(
        card.signing_keys[KEYS_OF_ROLE[card.role][0]],
        _CONTEXT + canonical_bytes(unsigned),
        unb64(body["signature"], what="bundle"),
        what="bundle",
    )


def _take(node: Node, body: Mapping[str, Any], card: Card, now: dt.datetime) -> Imported:
    origin = book.log_of(node).name
    if body["log"] != origin:
        raise _broken(f"the log {origin}", "another log")
    blob_count = sum(_take_blob(node, blob, card, now) for blob in body["blobs"])
    Blob.objects.filter(key__in=_keys(body["holds"])).filter(
        **({"recipient": card.party} if book.sequences(node) else {"sender": node.party})
    ).update(acknowledged=True)
    if book.sequences(node):
        entry_count = _take_drafts(node, body, card)
        witnessing.take(node, body.get(_COSIGNED, []), book.read_book(node))
        own = LedgerEntry.objects.filter(log=origin).count()
        Peer.objects.filter(party=card.party).update(have_size=min(body["have"], own))
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


def _take_drafts(node: Node, body: Mapping[str, Any], card: Card) -> int:
    """Sequence a party's drafts that are new, each after it was found legal."""
    state = book.read_book(node)
    known = set(
        LedgerEntry.objects.filter(log=state.chain.log).values_list("entry_sha256", flat=True)
    )
    fresh = []
    for text in body["drafts"]:
        entry = unb64(text, what="bundle")
        envelope = read_envelope(entry)
        if envelope.author != card.party:
            raise _broken(f"entries by {card.party}", f"one by {envelope.author}")
        if envelope.entry_sha256 in known:
            continue
        state = advance_replay(state, entry)
        fresh.append(entry)
    if fresh:
        book.sequence(node, fresh)
        book.remember(node, state)
    return len(fresh)


def _take_entries(node: Node, body: Mapping[str, Any], now: dt.datetime) -> int:
    """Verify the mediator's entries against our own copy, and keep those that are new."""
    state, verifier = book.read_book(node), book.log_of(node)
    own = book.entries_of(state.chain.log)
    first = body["first"]
    if first > len(own):
        raise InputError(
            "bundles.gap",
            f"Expected entries from {len(own)} on, found them from {first} on.",
            hint="An earlier bundle is missing. Send ours to the mediator; its next one fills the gap.",
            facts={"expected": len(own), "first": first},
        )
    sent = [unb64(text, what="bundle") for text in body["entries"]]
    for index, (ours, theirs) in enumerate(zip(own[first:], sent, strict=False), start=first):
        if ours != theirs:
            raise _fork(index)
    fresh = sent[len(own) - first :]
    for entry in fresh:
        state = advance_replay(state, entry)
    if body["checkpoint"] is None:
        return 0
    _verify_checkpoint(body["checkpoint"], verifier, own, state)
    book.verify_members(node, state)
    receipts.verify_kept(node, state.chain.tree, len(own))
    _verify_own(node, fresh, now)
    if fresh:
        book.store_entries(state.chain.log, len(own), fresh)
        LogHead.objects.update_or_create(
            origin=state.chain.log,
            defaults={
                "size": state.chain.tree.size,
                "root": state.chain.tree.root(),
                "checkpoint": body["checkpoint"],
                "ours": False,
            },
        )
        book.remember(node, state)
    witnessing.take(node, body.get(_COSIGNED, []), state)
    witnessing.cosign_head(node, state, now=now)
    return len(fresh)


def _verify_checkpoint(note: str, verifier: Any, own: list[bytes], state: Replay) -> None:
    checkpoint = open_checkpoint(note, verifier, verifier.name)
    tree = state.chain.tree
    if checkpoint.size < len(own) == tree.size:
        if state.chain.tree.root(checkpoint.size) != checkpoint.root:
            raise _fork(checkpoint.size)
        return  # an older bundle that comes late: nothing new, nothing wrong
    if (checkpoint.size, checkpoint.root) != (tree.size, tree.root()):
        raise _fork(checkpoint.size)


def _verify_own(node: Node, fresh: list[bytes], now: dt.datetime) -> None:
    """Find our own entries among the new ones: each must be one that we signed."""
    for entry in fresh:
        envelope = read_envelope(entry)
        if envelope.author != node.party:
            continue
        found = Draft.objects.filter(entry_sha256=envelope.entry_sha256).update(sequenced_at=now)
        if not found:
            raise TamperError(
                "bundles.not_ours",
                f"Expected entries of {node.party} that this node signed, found number {envelope.seq}, "
                "which it does not know.",
                hint="This node was restored from an old backup, or somebody else has its keys.",
                facts={"seq": envelope.seq},
            )


def _take_blob(node: Node, blob: object, card: Card, now: dt.datetime) -> int:
    if not isinstance(blob, dict) or blob.keys() != _BLOB_KEYS or not _is_blob(blob):
        raise _broken("blobs in the agreed form", "another form")
    data = unb64(blob["sealed"], what="blob")
    if book.sequences(node) and blob["from"] != card.party:
        raise _broken(f"blobs of {card.party}", f"one of {blob['from']}")
    is_for_us = blob["to"] == node.party
    if not is_for_us and not book.sequences(node):
        raise _broken(f"blobs for {node.party}", f"one for {blob['to']}")
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


def _keys(holds: list[object]) -> list[str]:
    return [key for key in holds if isinstance(key, str) and _SHA256.fullmatch(key)]


def _fork(index: int) -> TamperError:
    return TamperError(
        "bundles.fork",
        f"Expected the history that this node has, found another at entry {index}.",
        hint="The mediator showed two histories. Stop, and compare checkpoints with the other party.",
        facts={"entry": index},
    )


def _broken(expected: str, found: str) -> TamperError:
    return TamperError(
        "bundles.form",
        f"Expected {expected}, found {found}.",
        hint="Ask its sender to export it again.",
    )
