"""Bundles that come over the network, whole or in parts, and the answer to each.

Rules of this file:
- Whoever comes shows a ticket; what counts is the bundle's own signature.
- A large bundle comes in parts, each behind the last: what lies here already need not come
  again. It is read when it is whole and has its hash; the same one again changes nothing.
- One unfinished file a party; a new one takes its place. It is sealed as it came.
- The answer is what the sender has not confirmed, sealed to it; nothing if there is none.
- A bundle that is refused becomes a failed job, for a person to see, as in a shared folder.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from homeward.foundation.errors import EngineError, HomewardError, InputError
from homeward.node import book, courier, jobs
from homeward.node.bundles import BUNDLE_MAX_BYTES, export_bundle, import_bundle
from homeward.node.home import INBOX, Node


def take(node: Node, data: bytes, sha256: str, *, now: dt.datetime) -> bytes:
    """Read a whole bundle in, and return the answer to it.

    Args:
        node: The open node.
        data: The file.
        sha256: From its ticket.
        now: When.

    Returns:
        The bundle for its sender; empty if that has everything.

    Raises:
        InputError: It has another hash, or `import_bundle` refuses its form.
        AccessError: It comes from a party whose card is not here.
        TamperError: As `import_bundle`.
        PeerError: As `import_bundle`.
    """
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InputError(
            "receiving.hash",
            "Expected the file that its ticket names, found one with another hash.",
            hint="Send it again from its beginning.",
        )
    try:
        got = import_bundle(node, data, now=now)
    except EngineError:
        raise
    except HomewardError as error:
        arguments = {"file": sha256}
        jobs.keep_failure(
            "bundle.import", arguments, error, actor=courier.NETWORK, now=now, id=sha256[:32]
        )
        raise
    answer = export_bundle(node, got.sender) if courier.owes(node, got.sender) else b""
    if got.entry_count or got.blob_count or answer:
        courier.note(node, now=now)
    return answer


def have(node: Node, party: str, sha256: str) -> int:
    """Return how many bytes of a file of a party lie here."""
    path = _path(node, party, sha256)
    return path.stat().st_size if path.is_file() else 0


def add(node: Node, party: str, sha256: str, offset: int, part: bytes) -> int:
    """Put a part behind what lies here of a file.

    Args:
        node: The open node.
        party: From the ticket.
        sha256: From the ticket.
        offset: Where the part begins.
        part: Its bytes.

    Returns:
        How many bytes lie here now; the part was left out if it does not begin there.

    Raises:
        InputError: The file would be larger than a bundle.
        EngineError: The disk failed, or another part of it is being written.
    """
    if offset + len(part) > BUNDLE_MAX_BYTES:
        raise InputError(
            "bundles.size",
            f"Expected a bundle of at most {BUNDLE_MAX_BYTES} bytes, found more.",
            hint="This is no bundle of homeward.",
            facts={"max_bytes": BUNDLE_MAX_BYTES},
        )
    path = _path(node, party, sha256)
    with _disk_errors():
        for other in path.parent.glob(f"{party}.*.part"):
            if other != path:
                other.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            size = file.seek(0, os.SEEK_END)
            if offset == size:
                size += file.write(part)
                file.flush()
                os.fsync(file.fileno())
        return size


def whole(node: Node, party: str, sha256: str) -> bytes:
    """Return what lies here of a file.

    Raises:
        EngineError: The disk failed.
    """
    with _disk_errors():
        return _path(node, party, sha256).read_bytes()


def drop(node: Node, party: str, sha256: str) -> None:
    """Forget what lies here of a file, because it was read, or does not have its hash."""
    _path(node, party, sha256).unlink(missing_ok=True)


def require_mediator(node: Node) -> None:
    """Check that others send bundles here.

    Raises:
        InputError: This node is no mediator's: it sends, and nobody sends to it.
    """
    if not book.sequences(node):
        raise InputError(
            "receiving.role",
            "Expected the node of a mediator, found another.",
            hint="Bureaus send to the mediator, and the mediator answers.",
        )


def _path(node: Node, party: str, sha256: str) -> Path:
    return node.home / INBOX / f"{party}.{sha256}.part"


@contextlib.contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EngineError(
            "receiving.disk",
            f"Expected the disk to take a part of a bundle, found that it did not (errno {error.errno}).",
            hint="Send it again; if it stays so, look at the free space.",
            facts={"errno": error.errno or 0},
        ) from error
