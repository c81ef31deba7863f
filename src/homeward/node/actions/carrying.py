"""Carrying: what is new for each other node, and a bundle that somebody brought.

Rules of this file:
- What is new is counted as the next bundle would hold it: whatever its reader has not
  confirmed.
- An upload rests sealed in `inbox/`, under its hash, until its job has read it; then it is
  gone from there, whether it was taken or refused.
- Importing is a job: a bundle may be large, and every signature in it is checked.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from homeward.foundation.errors import AccessError, EngineError, HomewardError, InputError
from homeward.node import book
from homeward.node.at_rest import open_at_rest, seal_at_rest
from homeward.node.bundles import BUNDLE_MAX_BYTES, import_bundle
from homeward.node.home import INBOX, Node, read_private, write_private
from homeward.node.models import Blob, Job, LogHead, Peer

Report = Callable[[str, int, int], None]

IMPORT_ACT = "bundle.import"
_PURPOSE = "upload"
_NAME = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What the next bundle for a party would bring it: entries of the ledger, sealed lists.

    At a bureau the entries are those it signed that do not stand in the ledger yet.
    """

    party: str
    role: str
    entry_count: int
    list_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LastImport:
    """How the last bundle that somebody uploaded here ended.

    `sender`, `entry_count`, `list_count` and `log_size` say what it brought if it was taken,
    `missing_count` how many bundles of that sender never arrived;
    `code`, `message` and `hint` say why it was refused if not.
    """

    ended_at: dt.datetime
    is_taken: bool
    sender: str = ""
    entry_count: int = 0
    list_count: int = 0
    log_size: int = 0
    missing_count: int = 0
    problem: Mapping[str, Any] = field(default_factory=dict)


def outgoing(node: Node) -> list[Outgoing]:
    """Count what is new for every node that this one sends bundles to.

    Args:
        node: The open node.

    Returns:
        One row a party, in order of code: at a mediator every other party, at a bureau the
        mediator alone, through whom everything goes.
    """
    node.require_open()
    return list(_as_mediator() if book.sequences(node) else _as_bureau(node))


def _as_mediator() -> Iterator[Outgoing]:
    head = LogHead.objects.filter(ours=True).first()
    size = head.size if head else 0
    for peer in Peer.objects.order_by("party"):
        sealed = Blob.objects.filter(recipient=peer.party, sealed=True, acknowledged=False)
        yield Outgoing(
            party=peer.party,
            role=peer.role,
            entry_count=max(size - peer.have_size, 0),
            list_count=sealed.count(),
        )


def _as_bureau(node: Node) -> Iterator[Outgoing]:
    for peer in Peer.objects.filter(role="mediator").order_by("party"):
        sealed = Blob.objects.filter(sender=node.party, sealed=True, acknowledged=False)
        yield Outgoing(
            party=peer.party,
            role=peer.role,
            entry_count=len(book.waiting(book.log_of(node).name)),
            list_count=sealed.count(),
        )


def store_upload(node: Node, data: bytes) -> str:
    """Keep an uploaded bundle until its job reads it.

    Args:
        node: The open node.
        data: The file as it came.

    Returns:
        Its name for `import_upload`: the SHA-256 of its bytes.

    Raises:
        InputError: It is empty, or larger than a bundle may be.
        EngineError: The disk failed.
    """
    node.require_open()
    if not 0 < len(data) <= BUNDLE_MAX_BYTES:
        raise InputError(
            "carrying.size",
            f"Expected a bundle of 1 to {BUNDLE_MAX_BYTES} bytes, found {len(data)}.",
            hint="Choose the file that ends in .hwb, as the other node wrote it.",
            facts={"max_bytes": BUNDLE_MAX_BYTES},
        )
    name = hashlib.sha256(data).hexdigest()
    write_private(node.home / INBOX / name, seal_at_rest(node, data, purpose=_PURPOSE))
    return name


def import_upload(
    node: Node,
    *,
    file: str,
    now: dt.datetime,
    actor: str,  # noqa: ARG001 - a bundle is believed for its signature, not for who brings it
    report: Report,
) -> dict[str, Any]:
    """Read an uploaded bundle into the node, as a job.

    Args:
        node: The open node.
        file: From `store_upload`.
        now: When.
        actor: Who brought it.
        report: Takes phase, steps done and steps in all; raises if somebody said stop.

    Returns:
        `sender`, `entries` and `lists` that were new, the `size` of the ledger, and how many
        bundles of that sender are `missing`.

    Raises:
        InputError: It was removed before, or `import_bundle` refuses its form.
        AccessError: It comes from a party whose card we do not have.
        TamperError: As `import_bundle`; the file is kept in `evidence/`.
        PeerError: As `import_bundle`; kept likewise.
    """
    path = node.home / INBOX / _checked(file)
    report("checking", 0, 1)
    try:
        data = open_at_rest(node, read_private(path), purpose=_PURPOSE)
    except AccessError as error:
        raise _gone() from error
    try:
        got = import_bundle(node, data, now=now)
    except EngineError:
        raise  # the disk may do better the next time: the file stays
    except HomewardError:
        path.unlink(missing_ok=True)
        raise
    path.unlink(missing_ok=True)
    return {
        "sender": got.sender,
        "entries": got.entry_count,
        "lists": got.blob_count,
        "size": got.log_size,
        "missing": got.missing_count,
    }


def last_import(node: Node) -> LastImport | None:
    """Return how the last uploaded bundle ended; None if there was none."""
    node.require_open()
    ended = Job.objects.filter(act=IMPORT_ACT, state__in=("done", "failed"))
    job = ended.order_by("-ended_at").first()
    if job is None:
        return None
    if job.state == "failed":
        error: Mapping[str, Any] = json.loads(job.error)
        return LastImport(
            ended_at=job.ended_at,
            is_taken=False,
            problem=error,
        )
    found = json.loads(job.result)
    return LastImport(
        ended_at=job.ended_at,
        is_taken=True,
        sender=found["sender"],
        entry_count=found["entries"],
        list_count=found["lists"],
        log_size=found["size"],
        missing_count=found.get("missing", 0),  # a job of an earlier version does not say
    )


def _checked(file: str) -> str:
    if not _NAME.fullmatch(file):
        raise _gone()
    return file


def _gone() -> InputError:
    return InputError(
        "carrying.gone",
        "Expected the uploaded bundle in this node's inbox, found none of that name.",
        hint="Upload the bundle again.",
    )
