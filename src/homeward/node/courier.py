"""A folder that several nodes share, and bundles that travel through it by themselves.

Rules of this file:
- The folder may be a synced one, a share or a stick: it is trusted with nothing. A bundle
  is signed and sealed; whoever reads the folder learns who writes to whom, and how much.
- A file is named `FROM-to-TO-<16 digits of its SHA-256>.hwb`, and appears whole. One that
  does not have its hash is still on its way.
- Nothing is posted twice while nothing changed, unless it stays unconfirmed: then it may
  have been lost, and is posted again after a while.
- A bureau answers each bundle of the mediator with one of its own, which confirms it; the
  mediator answers only where something is missing. So they fall silent.
- A bundle that is refused goes to `refused/` and becomes a failed job, for a person to see.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.errors import EngineError, HomewardError, InputError, TamperError
from homeward.node import book, cosigned, jobs
from homeward.node.bundles import BUNDLE_MAX_BYTES, export_bundle, import_bundle
from homeward.node.home import Node, utc_text, write_private
from homeward.node.models import Blob, Draft, LogHead, Peer

REFUSED = "refused"
AGAIN_SECONDS = 60
ACTOR = "shared-folder"
"""Who brings what lies in the folder, as jobs name it."""
NETWORK = "network"
"""Who brings what comes over the network, as jobs name it."""
BY_THEMSELVES = (ACTOR, NETWORK)

_NAME = re.compile(r"([A-Z][A-Z-]{1,26})-to-([A-Z][A-Z-]{1,26})-([0-9a-f]{16})\.hwb")
_FILES_MAX = 1_000
_STATUS_FILE = "post.json"


def require_folder(folder: Path) -> None:
    """Check that a folder can be shared.

    Args:
        folder: It exists, and is no node's own.

    Raises:
        InputError: It is none.
    """
    if not folder.is_dir() or (folder / "node.json").exists():
        raise InputError(
            "courier.folder",
            "Expected a folder that the nodes share, found none.",
            hint="Make it first, or name another one with --post FOLDER.",
        )


def post(node: Node, folder: Path, *, again: bool = False) -> int:
    """Write what is new for each peer into the folder.

    Args:
        node: The open node.
        folder: The shared folder.
        again: True if what was posted before and is not confirmed may be lost.

    Returns:
        Number of bundles written.

    Raises:
        EngineError: The folder or the database failed.
    """
    origin, count = _origin(node), 0
    if not origin:
        return 0
    head = LogHead.objects.filter(origin=origin).first()
    size = head.size if head else 0
    for peer in _readers(node):
        is_owed, mark = _new_for(node, peer, size)
        if peer.posted == mark and not (again and is_owed):
            continue
        if is_owed or (size and not book.sequences(node)):
            data = export_bundle(node, peer.party)
            digits = hashlib.sha256(data).hexdigest()[:16]
            count += _place(folder, f"{node.party}-to-{peer.party}-{digits}.hwb", data)
        Peer.objects.filter(party=peer.party).update(posted=mark)
    return count


def take(node: Node, folder: Path, *, now: dt.datetime) -> int:
    """Read in what lies in the folder for this node, and remove it.

    Args:
        node: The open node.
        folder: The shared folder.
        now: When.

    Returns:
        Number of bundles that were read in.

    Raises:
        EngineError: The folder or the database failed; what was not read stays.
    """
    count = 0
    for path, sender in list(_for_us(node, folder)):
        data = _read(path)
        if hashlib.sha256(data).hexdigest()[:16] != path.stem[-16:]:
            continue  # still being copied
        try:
            import_bundle(node, data, now=now)
            count += 1
        except EngineError:
            raise
        except HomewardError as error:
            if error.code != "bundles.gap":  # an earlier one is missing: our answer says so
                _refuse(path, data, error, now)
        if sender.role == "mediator":
            Peer.objects.filter(party=sender.party).update(posted="")
        with _folder_errors():
            path.unlink(missing_ok=True)
    return count


def owes(node: Node, party: str) -> bool:
    """Tell whether a party's node has not confirmed something of ours."""
    return _state_of(node, party)[0]


def mark_of(node: Node, party: str) -> str:
    """Return one mark of all that a bundle for a party would hold, to see whether it changed."""
    return _state_of(node, party)[1]


def _state_of(node: Node, party: str) -> tuple[bool, str]:
    head = LogHead.objects.filter(origin=_origin(node)).first()
    return _new_for(node, Peer.objects.get(party=party), head.size if head else 0)


def note(node: Node, *, now: dt.datetime | None) -> None:
    """Write down when something was last carried through the folder; None: it is not in use."""
    path = node.home / _STATUS_FILE
    if now is None:
        path.unlink(missing_ok=True)
    else:
        write_private(path, canonical_bytes({"last_at": utc_text(now)}))


def last_carried(node: Node) -> str | None:
    """Return when a bundle last went through the shared folder, or since when it is in use.

    Returns:
        UTC text; None if no folder is in use.
    """
    try:
        data = (node.home / _STATUS_FILE).read_bytes()
        return str(read_canonical(data, what=_STATUS_FILE)["last_at"])
    except (OSError, TamperError, InputError, TypeError, KeyError):
        return None


def _origin(node: Node) -> str:
    try:
        origin: str = book.log_of(node).name
    except HomewardError:
        return ""  # no mediator's card yet, or two
    return origin


def _readers(node: Node) -> list[Peer]:
    """Return to whom this node sends: a bureau to the mediator, the mediator to everybody."""
    peers = Peer.objects.order_by("party")
    return list(peers if book.sequences(node) else peers.filter(role="mediator"))


def _new_for(node: Node, peer: Peer, size: int) -> tuple[bool, str]:
    """Tell whether a peer lacks something of ours, and what stands behind that as one mark."""
    blobs = Blob.objects.filter(sealed=True, acknowledged=False)
    words = _words(node)
    if book.sequences(node):
        blobs, drafts = blobs.filter(recipient=peer.party), []
        is_behind = peer.have_size < size or cosigned.lacks(words, peer)
    else:
        waiting = Draft.objects.filter(sequenced_at=None).order_by("seq")
        blobs, drafts = blobs.filter(sender=node.party), list(waiting.values_list("seq", flat=True))
        is_behind = False
    keys = sorted(blobs.values_list("key", flat=True))
    state: dict[str, Any] = {"size": size, "have": peer.have_size, "drafts": drafts, "blobs": keys}
    state |= {"cosigned": words} if words else {}
    mark = hashlib.sha256(canonical_bytes(state)).hexdigest()
    return bool(is_behind or drafts or keys), mark


def _words(node: Node) -> dict[str, int]:
    """Return the words of witnesses that peers wait for; nothing of a log that does not hold."""
    try:
        log = book.read_book(node)
    except TamperError:
        return {}  # whoever opens this node is told
    return cosigned.words_of(log)


def _for_us(node: Node, folder: Path) -> Iterator[tuple[Path, Peer]]:
    """Yield the bundles for us, of those whose card we have."""
    peers = {peer.party: peer for peer in Peer.objects.all()}
    with _folder_errors():
        names = sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith(".hwb"))
    for name in names[:_FILES_MAX]:
        found = _NAME.fullmatch(name)
        if found and found[2] == node.party and found[1] in peers:
            yield folder / name, peers[found[1]]


def _read(path: Path) -> bytes:
    """Read one file, and no link, pipe or folder; one byte too many is left to be refused."""
    with _folder_errors():
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ELOOP, errno.ENXIO):
                return b""  # taken away meanwhile, or a link: no bundle
            raise
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return b""
            return file.read(BUNDLE_MAX_BYTES + 1)


def _refuse(path: Path, data: bytes, error: HomewardError, now: dt.datetime) -> None:
    with _folder_errors():
        (path.parent / REFUSED).mkdir(exist_ok=True)
        path.replace(path.parent / REFUSED / path.name)
    sha256 = hashlib.sha256(data).hexdigest()
    jobs.keep_failure(
        "bundle.import", {"file": sha256}, error, actor=ACTOR, now=now, id=sha256[:32]
    )


def _place(folder: Path, name: str, data: bytes) -> int:
    """Let a file appear whole; one that lies there, or was refused, is not written again."""
    with _folder_errors():
        if (folder / name).exists() or (folder / REFUSED / name).exists():
            return 0
        part = folder / f".{name}.part"
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / name)
    return 1


@contextlib.contextmanager
def _folder_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EngineError(
            "courier.disk",
            f"Expected the shared folder to answer, found that it did not (errno {error.errno}).",
            hint="Look whether it is there, its free space and its rights.",
        ) from error
