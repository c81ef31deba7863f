"""The node's copy of the ledger: read, signed for, and (at the mediator) sequenced.

Rules of this file:
- A node believes no entry it has not verified itself: signature, chain, what its author
  had seen, and whether the case allows it.
- Our own illegal move is a `TurnError` and is never signed.
- A bureau signs drafts; they count when they stand in the mediator's log. A mediator
  sequences its own entries at once.
- An index is given once: entries are appended inside one transaction with the checkpoint.
- Several processes may act for one node: whoever adds to the log, or signs for it, reads it
  in the same transaction, one after another.
- A party's keys are those of its card, where we have the card; the log cannot change them.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import connection

from homeward.foundation.crypto import SigningKey, b64
from homeward.foundation.errors import (
    AccessError,
    InputError,
    PeerError,
    RuleError,
    TamperError,
    TurnError,
)
from homeward.foundation.merkle import leaf_hash
from homeward.handover.replay import (
    KEYS_OF_ROLE,
    Replay,
    advance_replay,
    begin_replay,
    extend_replay,
)
from homeward.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from homeward.ledger.envelope import Envelope, sign_envelope
from homeward.ledger.log import Log
from homeward.ledger.note import NoteSigner, NoteVerifier, parse_vkey
from homeward.ledger.tiles import export_tree
from homeward.ledger.tree import HashTree
from homeward.negotiation.case import CaseState
from homeward.negotiation.entries import Recorded
from homeward.node.cosigned import head_text, require_grounds, step_of
from homeward.node.home import Node, utc_text
from homeward.node.keystore import LOG_KEY, Card, log_verifier, read_card
from homeward.node.models import Draft, LedgerEntry, LogHead, Peer

Part = TypeVar("Part")

_VERIFIED_MAX = 8
_verified: dict[int, tuple[Node, Replay]] = {}
"""Logs that this process has verified, by node: no entry is verified twice in one process."""


def sequences(node: Node) -> bool:
    """Say whether this node keeps the order of a log (a mediator does)."""
    return node.about.role == "mediator"


def peer_card(party: str) -> Card:
    """Return a party's card.

    Raises:
        AccessError: No card of this party was imported.
    """
    peer = Peer.objects.filter(party=party).first()
    if peer is None:
        raise AccessError(
            "book.peer",
            f"Expected the card of {party}, found none.",
            hint="Import it with `homeward card --add FILE` and compare its fingerprint by voice.",
            facts={"party": party},
        )
    return read_card(bytes(peer.card))


def log_of(node: Node) -> NoteVerifier:
    """Return the log that this node follows: its own, or that of the one mediator it knows.

    Raises:
        AccessError: No mediator's card was imported.
        InputError: There are several: a node follows one log.
    """
    if sequences(node):
        return log_verifier(node.party, node.keys.signing[LOG_KEY].public)
    mediators = list(Peer.objects.filter(role="mediator").order_by("party"))
    if not mediators:
        raise AccessError(
            "book.mediator",
            "Expected the card of a mediator, found none.",
            hint="Import it with `homeward card --add FILE` and compare its fingerprint by voice.",
        )
    if len(mediators) > 1:
        raise InputError(
            "book.mediators",
            f"Expected one mediator, found {len(mediators)}.",
            hint="One node follows one log; use another node for another mediator.",
            facts={"count": len(mediators)},
        )
    card = read_card(bytes(mediators[0].card))
    assert card.log_vkey is not None, "a mediator's card has a log key"
    return parse_vkey(card.log_vkey)


def read_book(node: Node) -> Replay:
    """Read and verify the whole log as this node has it.

    Returns:
        Members, cases and chain; empty before the first entry.

    Raises:
        TamperError: An entry, or the checkpoint over all of them, does not hold.
    """
    verifier = log_of(node)
    # First the checkpoint: entries that somebody adds while we read stand under a later one.
    head = LogHead.objects.filter(origin=verifier.name).first()
    point = open_checkpoint(head.checkpoint, verifier, verifier.name) if head else None
    size, root = (point.size, point.root) if point else (0, HashTree().root())
    known = _verified.pop(id(node), None)
    state = known[1] if known and known[0] is node else begin_replay(verifier.name)
    state = _read_on(state, size)
    if (state.chain.tree.size, state.chain.tree.root()) != (size, root):
        # What was verified before may have been rolled back since: verify all of it again.
        state = _read_on(begin_replay(verifier.name), size)
        if (state.chain.tree.size, state.chain.tree.root()) != (size, root):
            raise TamperError(
                "book.head",
                "Expected the entries that stand under the checkpoint, found another tree.",
                hint="Restore the node from its last backup, then import the bundles again.",
            )
    remember(node, state)
    verify_members(node, state)
    return state


def read_to_send(node: Node) -> Replay | None:
    """Return the whole log, or None if it does not hold: whoever reads what is sent finds out."""
    try:
        return read_book(node)
    except (PeerError, TamperError):
        return None


def remember(node: Node, state: Replay) -> None:
    """Remember a log that was verified, so that `read_book` goes on from there.

    Whoever was about to store it and failed does no harm: what does not stand under the
    stored checkpoint is verified anew.
    """
    _verified.pop(id(node), None)
    _verified[id(node)] = (node, state)
    while len(_verified) > _VERIFIED_MAX:
        del _verified[next(iter(_verified))]


def side_by_side(check: Callable[[Part], None], parts: Iterable[Part]) -> Iterator[None]:
    """Check parts in a thread for each core: a verification holds no lock of Python's."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(check, parts)


def _read_on(state: Replay, size: int) -> Replay:
    start = state.chain.tree.size
    fresh = entries_of(state.chain.log, start, size) if start < size else []
    return extend_replay(state, fresh, apply=side_by_side) if fresh else state


def read_ahead(node: Node) -> Replay:
    """Read the log with our own drafts after it, as if they were sequenced next."""
    return _with_drafts(node, read_book(node))


def _with_drafts(node: Node, state: Replay) -> Replay:
    drafts = [] if sequences(node) else waiting(state.chain.log)
    return extend_replay(state, [bytes(draft.entry) for draft in drafts]) if drafts else state


def entries_of(origin: str, start: int = 0, stop: int | None = None) -> list[bytes]:
    """Return the entries of a log from an index on, up to another."""
    rows = LedgerEntry.objects.filter(log=origin, index__gte=start).order_by("index")
    if stop is not None:
        rows = rows.filter(index__lt=stop)
    return [bytes(entry) for entry in rows.values_list("entry", flat=True)]


def case_of(state: Replay, case: str) -> CaseState:
    """Return one case.

    Raises:
        AccessError: The log has no such case.
    """
    if case not in state.cases:
        raise AccessError(
            "book.case",
            f"Expected a case of this log, found none of that name among {len(state.cases)}.",
            hint="See `homeward status` for the cases.",
        )
    return state.cases[case]


def verify_members(node: Node, state: Replay) -> None:
    """Check the keys that the log names against the cards that we have.

    Raises:
        TamperError: The log gives a party other keys than its card, or gives us other keys.
    """
    cards = {peer.party: read_card(bytes(peer.card)) for peer in Peer.objects.all()}
    cards[node.party] = node.card
    for party, member in state.members.items():
        card = cards.get(party)
        keys = {key.role: key.public for key in member.keys.values()}
        if card is not None and keys != dict(card.signing_keys):
            raise TamperError(
                "book.member_keys",
                f"Expected the keys of {party} as on its card, found others in the log.",
                hint="Compare fingerprints by voice with that party before anything else.",
                facts={"party": party},
            )


def member_of(card: Card) -> dict[str, Any]:
    """Return how the log names the holder of a card."""
    return {
        "party": card.party,
        "role": card.role,
        "name": card.name,
        "simulation": card.simulation,
        "keys": [
            {"role": role, "public": b64(public)} for role, public in card.signing_keys.items()
        ],
        "sealing_key": card.sealing_key,
    }


_BEYOND_KEY = ("keys.revoked", "keys.limit", "keys.kind", "keys.device")
"""Refusals of a key, not of the move: another officer may make it."""

_SIGNS = {key: role for role, keys in KEYS_OF_ROLE.items() for key in keys}
"""Role of a key -> role of the node that has it."""


def require_role(node: Node, role: str) -> None:
    """Check that this node has the key of a role.

    Args:
        node: The open node.
        role: Role of a key, such as `interviewer`.

    Raises:
        TurnError: It is the node of another role.
    """
    if role not in node.keys.signing:
        raise TurnError(
            "book.role",
            f"Expected the node of a {_SIGNS[role]}, found that of {node.party}, "
            f"a {node.about.role}.",
            hint="See `homeward status` for what this node may do.",
            facts={"party": node.party},
        )


def record(  # noqa: PLR0913 - the header of an entry, as sign_envelope has it
    node: Node,
    *,
    case: str,
    type: str,  # noqa: A002 - the word of the ledger
    body: Mapping[str, Any],
    role: str,
    now: dt.datetime,
    in_reply_to: str | None = None,
    signer: SigningKey | None = None,
) -> int | None:
    """Sign an entry and put it where it belongs.

    Args:
        node: The open node.
        case: The case.
        type: Kind of entry.
        body: What it says.
        role: In which role we sign.
        now: The time that we state.
        in_reply_to: Hash of the entry that this one answers.
        signer: An officer's key that rests elsewhere; None is the node's own of that role.

    Returns:
        Its number in the log at a mediator; None at a bureau, whose draft waits for the
        next bundle.

    Raises:
        TurnError: The case does not allow it now, or what it rests on is not cosigned yet.
        RuleError: The key may not sign it: it has ended, or it is beyond its limits.
    """
    require_role(node, role)
    with node.transaction():
        sequenced = read_book(node)
        require_grounds(sequenced, case, step_of(type, body))
        tree = sequenced.chain.tree
        seen = (tree.size, tree.root().hex()) if tree.size else None
        state = _with_drafts(node, sequenced)
        head = state.chain.heads.get(node.party)
        seq = head.seq + 1 if head else 1
        entry = sign_envelope(
            signer=signer or node.keys.signing[role],
            log=state.chain.log,
            type=type,
            case=case,
            author=node.party,
            seq=seq,
            prev=head.entry_sha256 if head else None,
            seen=seen,
            at=utc_text(now),
            body=body,
            in_reply_to=in_reply_to,
        )
        after = _require_turn(state, entry)
        if sequences(node):
            sequence(node, tree, after.envelopes[-1:])
            remember(node, after)
            return tree.size
        Draft.objects.create(
            log=state.chain.log,
            seq=seq,
            entry=entry,
            entry_sha256=after.envelopes[-1].entry_sha256,
            created_at=now,
        )
    return None


def _require_turn(state: Replay, entry: bytes) -> Replay:
    try:
        return advance_replay(state, entry)
    except PeerError as error:
        if error.code in _BEYOND_KEY:
            raise RuleError(
                error.code,
                error.message,
                hint="Let an officer sign it who may, or have the roots change the limits.",
                facts=error.facts,
            ) from error
        raise TurnError(
            error.code,
            error.message,
            hint="See `homeward status` for what comes next.",
            facts=error.facts,
        ) from error


def waiting_entries(node: Node, case: str | None = None) -> tuple[Recorded, ...]:
    """Return our entries that wait for their second officer, drafts included.

    Args:
        node: The open node.
        case: Of this case alone; None for all.
    """
    return tuple(
        each
        for name, state in read_ahead(node).cases.items()
        if case in {None, name}
        for each in state.waiting
        if each.signer == node.party
    )


def waiting(origin: str) -> list[Draft]:
    """Return our drafts that do not stand in the log yet, in our own order."""
    return list(Draft.objects.filter(log=origin, sequenced_at=None).order_by("seq"))


def sequence(node: Node, before: HashTree, fresh: Sequence[Envelope]) -> None:
    """Append entries to our own log and sign the new checkpoint.

    Args:
        node: The open node; the caller holds a transaction.
        before: The tree of the log, as it was read in this transaction.
        fresh: The entries that come next; the caller has verified them.
    """
    origin = log_of(node).name
    store_entries(origin, before.size, fresh)
    tree = before.extend(leaf_hash(each.entry) for each in fresh)
    point = Checkpoint(origin=origin, size=tree.size, root=tree.root())
    note = sign_checkpoint(point, NoteSigner(origin, node.keys.signing[LOG_KEY]))
    store_head(point, note, ours=True)


def store_head(point: Checkpoint, note: str, *, ours: bool) -> None:
    """Write the checkpoint over all entries that are stored, and whether we signed it."""
    fields = {"size": point.size, "root": point.root, "checkpoint": note, "ours": ours}
    if not LogHead.objects.filter(origin=point.origin).update(**fields):
        LogHead.objects.create(origin=point.origin, **fields)


_COLUMNS = ("log", "index", "entry", "leaf_hash", "entry_sha256", "type", "case", "author")


def store_entries(origin: str, first: int, entries: Iterable[Envelope]) -> None:
    """Write entries at consecutive places; a place that is taken is never written again."""
    table = LedgerEntry._meta.db_table  # noqa: SLF001 - Django's own way
    columns, places = '", "'.join(_COLUMNS), ", ".join(["%s"] * len(_COLUMNS))
    with connection.cursor() as cursor:  # a model for each row costs ten times the row
        cursor.executemany(
            f'INSERT INTO "{table}" ("{columns}") VALUES ({places})',  # noqa: S608 - our own names
            [
                (
                    origin,
                    index,
                    each.entry,
                    leaf_hash(each.entry),
                    each.entry_sha256,
                    each.type,
                    each.case,
                    each.author,
                )
                for index, each in enumerate(entries, start=first)
            ],
        )


def export_ledger(node: Node) -> dict[str, bytes]:
    """Return the ledger as a tree of files that anybody can verify.

    Its checkpoint has every cosignature under it that this node holds.

    Returns:
        Path within the tree -> bytes, as C2SP tlog-tiles.

    Raises:
        AccessError: This node has no ledger yet.
    """
    verifier = log_of(node)
    head = LogHead.objects.filter(origin=verifier.name).first()
    if head is None:
        raise AccessError(
            "book.empty",
            "Expected a ledger with entries, found none.",
            hint="Open a case, or import a bundle of the mediator.",
        )
    return export_tree(
        Log(verifier.name, entries_of(verifier.name)), head_text(head), verifier.vkey
    )
