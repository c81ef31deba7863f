"""One entry of the ledger as a receipt, the whole of it as one file, and its verification.

Rules of this file:
- Who has seen an entry is what they signed themselves: a later entry of theirs that names
  a log of at least that size, or a bundle that said how far they have come.
- A ledger that comes as a file from anywhere is opened within limits: bytes, files and
  bytes after unpacking, each counted while reading, none believed.
- A key that comes with a ledger proves only that the ledger is of one piece: it is said
  whose key was used.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from homeward.foundation.errors import AccessError, InputError, TamperError
from homeward.handover.cosigning import witnessed_by
from homeward.handover.replay import Replay, replay
from homeward.ledger.envelope import Envelope
from homeward.ledger.note import NoteVerifier, parse_vkey
from homeward.ledger.tiles import verify_tree
from homeward.node import book, receipts
from homeward.node.home import Node
from homeward.node.models import LogHead, Peer

UPLOAD_MAX_BYTES = 8 << 20
_UNPACKED_MAX_BYTES = 32 << 20
_FILES_MAX = 2_000
_ENTRIES_MAX = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One entry of the ledger, as its receipt.

    `key_role` is the role of the key that signed it; `leaf_hash` and `root` are hexadecimal;
    `size` is that of the checkpoint; `seen_by` are the parties that signed that they have it.
    """

    number: int
    envelope: Envelope
    key_role: str
    leaf_hash: str
    size: int
    root: str
    is_overtaken: bool
    seen_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A ledger that holds. `key_from` says whose key it was checked with.

    It is `given` (typed in), `node` (the log that this node follows) or `tree` (its own).
    `witnesses` are the parties that cosigned the checkpoint.
    """

    origin: str
    size: int
    root: str
    vkey: str
    key_from: str
    fingerprint: str
    witnesses: tuple[str, ...]
    state: Replay


def receipt(node: Node, number: int) -> Receipt:
    """Return the receipt of an entry.

    Args:
        node: The open node.
        number: Place in the log, from 0.

    Returns:
        The entry with what proves it.

    Raises:
        AccessError: The log has no such entry.
    """
    state, head = _head(node)
    if not 0 <= number < head.size:
        raise _no_entry()
    envelope = state.envelopes[number]
    return Receipt(
        number=number,
        envelope=envelope,
        key_role=_key_role(state, envelope),
        leaf_hash=state.chain.tree.nodes(0, number, number + 1)[0].hex(),
        size=head.size,
        root=bytes(head.root).hex(),
        is_overtaken=number in state.overtaken,
        seen_by=_seen_by(node, state, number),
    )


def entry_bytes(node: Node, number: int) -> bytes:
    """Return the exact bytes of an entry, as they stand in the log.

    Raises:
        AccessError: The log has no such entry.
    """
    state, head = _head(node)
    if not 0 <= number < head.size:
        raise _no_entry()
    return state.envelopes[number].entry


def proof_of(node: Node, number: int) -> str:
    """Return the proof that an entry is in the log, under the best cosigned checkpoint.

    Raises:
        AccessError: The log has no such entry.

    Source:
        C2SP tlog-proof.
    """
    state, head = _head(node)
    if not 0 <= number < head.size:
        raise _no_entry()
    return receipts.receipt_text(node, state, number, with_entry=False)[0]


def zip_ledger(node: Node) -> bytes:
    """Return the whole ledger as a zip file: the same ledger gives the same bytes.

    Raises:
        AccessError: This node has no ledger yet.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in sorted(book.export_ledger(node).items()):
            archive.writestr(zipfile.ZipInfo(f"ledger/{path}"), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def check_upload(data: bytes, *, vkey: str, followed: NoteVerifier | None) -> Verified:
    """Check every byte of a ledger that somebody uploaded.

    Args:
        data: A zip file of an exported ledger, at most 8 MiB.
        vkey: The log's key as its mediator gave it; empty if there is none.
        followed: The log that this node follows, if any.

    Returns:
        What the ledger holds, and whose key it was checked with.

    Raises:
        InputError: It is no such file, too large, or the key is none.
        TamperError: A file or an entry was changed; it is named.
        PeerError: An entry is signed by its author, who was not allowed to write it.
    """
    files = _unpacked(data)
    verifier, key_from = _key(files, vkey.strip(), followed)
    reading = verify_tree(files.get, verifier, None, files)
    if reading.checkpoint.size > _ENTRIES_MAX:
        raise _refused(f"at most {_ENTRIES_MAX} entries", "more")
    state = replay(reading.checkpoint.origin, reading.entries)
    digest = hashlib.sha256(verifier.vkey.encode()).hexdigest()
    return Verified(
        origin=reading.checkpoint.origin,
        size=reading.checkpoint.size,
        root=reading.checkpoint.root.hex(),
        vkey=verifier.vkey,
        key_from=key_from,
        fingerprint=" ".join(digest[start : start + 4] for start in range(0, 32, 4)),
        witnesses=tuple(witnessed_by(reading.note, verifier, state.members.values())),
        state=state,
    )


def _head(node: Node) -> tuple[Replay, LogHead]:
    state = book.read_book(node)
    head = LogHead.objects.filter(origin=state.chain.log).first()
    if head is None:
        raise _no_entry()
    return state, head


def _key_role(state: Replay, envelope: Envelope) -> str:
    key = state.members[envelope.author].keys.get(envelope.key)
    return key.role if key else ""


def _seen_by(node: Node, state: Replay, number: int) -> tuple[str, ...]:
    seen = {
        each.author for each in state.envelopes if each.seen is not None and each.seen[0] > number
    }
    seen |= set(Peer.objects.filter(have_size__gt=number).values_list("party", flat=True))
    return tuple(sorted({*seen, state.envelopes[number].author, node.party}))


def _unpacked(data: bytes) -> Mapping[str, bytes]:
    """Return the files of a zip by their path within the ledger, whatever folder it is in."""
    if len(data) > UPLOAD_MAX_BYTES:
        raise _refused(f"at most {UPLOAD_MAX_BYTES} bytes", f"{len(data)}")
    files: dict[str, bytes] = {}
    left = _UNPACKED_MAX_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if len(infos) > _FILES_MAX:
                raise _refused(f"at most {_FILES_MAX} files", f"{len(infos)}")
            for info in infos:
                with archive.open(info) as file:
                    content = file.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise _refused(f"at most {_UNPACKED_MAX_BYTES} bytes unpacked", "more")
                if info.filename in files:
                    raise _refused("every file once", "one twice")
                files[info.filename] = content
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        raise _refused("a zip file", "another form, or a damaged one") from error
    tops = [path.removesuffix("checkpoint") for path in files if path.endswith("checkpoint")]
    if len(tops) != 1:
        raise _refused("one exported ledger, with its checkpoint", f"{len(tops)}")
    top = tops[0]
    return {path.removeprefix(top): content for path, content in files.items()}


def _key(
    files: Mapping[str, bytes], vkey: str, followed: NoteVerifier | None
) -> tuple[NoteVerifier, str]:
    if vkey:
        return parse_vkey(vkey), "given"
    own = _own_key(files.get)
    if followed is not None and followed.vkey == own.vkey:
        return followed, "node"
    return own, "tree"


def _own_key(read: Callable[[str], bytes | None]) -> NoteVerifier:
    try:
        return parse_vkey((read("vkey") or b"").decode().removesuffix("\n"))
    except (InputError, UnicodeDecodeError) as error:
        raise TamperError(
            "verify.vkey",
            "Expected the log's key in the file vkey, found none or a changed one.",
            hint="Type in the key as the mediator gave it.",
            facts={"file": "vkey"},
        ) from error


def _no_entry() -> AccessError:
    return AccessError(
        "ledger.entry",
        "Expected an entry of the ledger, found none of that number.",
        hint="See the ledger for the numbers it has.",
    )


def _refused(expected: str, found: str) -> InputError:
    return InputError(
        "verify.upload",
        f"Expected {expected}, found {found}.",
        hint="Pack the folder that `homeward ledger export` wrote into a zip file.",
    )
