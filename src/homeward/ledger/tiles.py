"""The ledger as files that anybody can check with tools that are not ours.

Rules of this file:
- A tree of files is `checkpoint`, `vkey`, the hash tiles and the entry bundles of exactly
  the checkpoint's size, and nothing else.
- Everything is computed again from the entries; what a file says is only compared.
- No byte is free: the key file, the checkpoint, each tile and each bundle have one form.
- Under the checkpoint witnesses may have cosigned it. Who they are the entries say, and whoever
  reads those holds the lines against them (`handover.cosigning.witnessed_by`).

Source: C2SP tlog-tiles (tile height 8; entry bundles with 16-bit lengths).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from homeward.foundation.errors import TamperError
from homeward.foundation.merkle import HASH_BYTES, leaf_hash
from homeward.ledger.checkpoint import Checkpoint
from homeward.ledger.cosignature import open_cosigned
from homeward.ledger.log import Log
from homeward.ledger.note import NoteVerifier, parse_vkey
from homeward.ledger.tree import HashTree

TILE_WIDTH = 256
MAX_TREE_ENTRIES = 1_000_000  # a case has hundreds; this bounds what a reader holds in memory
_TILE_HEIGHT = 8
_LENGTH_BYTES = 2
_TREE_PATH = re.compile(
    r"tile/(?:entries|[0-9]{1,2})(?:/x[0-9]{3}){0,5}/[0-9]{3}(?:\.p/[0-9]{1,3})?"
)

ReadFile = Callable[[str], bytes | None]
"""Path within the tree → the file's bytes, or None if there is no such file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeReading:
    """What a verified tree of files holds: the log's word, and every entry.

    `note` is the checkpoint as it stands in its file, with the lines of witnesses, unread.
    """

    checkpoint: Checkpoint
    note: str
    entries: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tile:
    """Nodes `start` to `stop` of the row over 256**level leaves each."""

    path: str
    level: int
    start: int
    stop: int


def export_tree(log: Log, checkpoint_note: str, vkey: str) -> dict[str, bytes]:
    """Write a log as files, as of a signed checkpoint.

    Args:
        log: The log; it may have grown since the checkpoint.
        checkpoint_note: The signed checkpoint; signature lines of witnesses may follow.
        vkey: The log's verifier key as text.

    Returns:
        Path within the tree → the file's bytes.

    Raises:
        InputError: `vkey` is not a verifier key, or the log never had this size.
        TamperError: The checkpoint is not this log's.
    """
    checkpoint = open_cosigned(checkpoint_note, parse_vkey(vkey), log.origin).checkpoint
    if log.root(checkpoint.size) != checkpoint.root:
        raise _another_root()
    files = {"checkpoint": checkpoint_note.encode(), "vkey": f"{vkey}\n".encode()}
    for tile in _hash_tiles(checkpoint.size):
        files[tile.path] = _tile_bytes(log.tree, tile)
    for bundle in _entry_bundles(checkpoint.size):
        files[bundle.path] = _bundle_bytes(map(log.entry, range(bundle.start, bundle.stop)))
    return files


def bundle_file(number: int, entries: Sequence[bytes]) -> tuple[str, bytes]:
    """Return path and bytes of one bundle of entries; only the last may have fewer than 256.

    Args:
        number: Of the bundle, from 0.
        entries: 1 to 256, from place 256 times `number` on.
    """
    part = "" if len(entries) == TILE_WIDTH else f".p/{len(entries)}"
    return f"tile/entries/{_number(number)}{part}", _bundle_bytes(entries)


def hash_files(tree: HashTree) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of every hash tile of a tree."""
    for tile in _hash_tiles(tree.size):
        yield tile.path, _tile_bytes(tree, tile)


def verify_tree(
    read: ReadFile,
    verifier: NoteVerifier,
    origin: str | None = None,
    paths: Iterable[str] | None = None,
) -> TreeReading:
    """Check a tree of files and read its entries.

    Args:
        read: Gives a file's bytes by its path within the tree.
        verifier: The key of the log, better pinned than taken from the tree.
        origin: The log it must be; None takes the one that the key's owner signed.
        paths: Every file that is present; given, any file too many is refused.

    Returns:
        The checkpoint and every entry, in order.

    Raises:
        TamperError: A file is missing, changed or too many; it is named, and so is the
            entry if it is an entry that was changed.
    """
    _verify_vkey_file(_must_read(read, "vkey"), verifier)
    note, checkpoint = _read_checkpoint(_must_read(read, "checkpoint"), verifier, origin)
    if paths is not None:
        _verify_paths(paths, checkpoint.size)
    entries: list[bytes] = []
    misshapen = None
    for bundle in _entry_bundles(checkpoint.size):
        data = _must_read(read, bundle.path)
        found = _split_bundle(data, bundle.stop - bundle.start)
        entries += found
        if _bundle_bytes(found) != data:
            misshapen = misshapen or bundle.path
    tree = HashTree().extend(leaf_hash(entry) for entry in entries)
    # First the tiles: they can tell which entry was changed, where a bundle cannot.
    _verify_tiles(read, tree, is_whole=tree.root() == checkpoint.root)
    if misshapen:
        raise _changed("file", misshapen)
    return TreeReading(checkpoint=checkpoint, note=note, entries=tuple(entries))


def read_parts(read: ReadFile, size: int) -> Iterator[list[bytes]]:
    """Yield the entries of a tree of files, at most 256 at a time.

    Args:
        read: Gives a file's bytes by its path within the tree.
        size: Of the checkpoint.

    Raises:
        TamperError: A file is missing, or not in its one form.
    """
    for bundle in _entry_bundles(size):
        data = _must_read(read, bundle.path)
        found = _split_bundle(data, bundle.stop - bundle.start)
        if _bundle_bytes(found) != data:
            raise _changed("file", bundle.path)
        yield found


def verify_tiles(read: ReadFile, tree: HashTree, root: bytes) -> None:
    """Check that the hash tiles are those of a tree, and that it has the signed root.

    Raises:
        TamperError: A tile is missing or changed, or the root is another.
    """
    _verify_tiles(read, tree, is_whole=tree.root() == root)


def _read_checkpoint(
    data: bytes, verifier: NoteVerifier, origin: str | None
) -> tuple[str, Checkpoint]:
    try:
        note = data.decode("utf-8")
        named = note.partition("\n")[0] if origin is None else origin
        checkpoint = open_cosigned(note, verifier, named).checkpoint
    except UnicodeDecodeError as error:
        raise _changed("file", "checkpoint") from error
    except TamperError as error:
        raise TamperError(
            error.code,
            f"In the file checkpoint: {error.message}",
            hint=error.hint,
            facts={**error.facts, "file": "checkpoint"},
        ) from error
    if checkpoint.size > MAX_TREE_ENTRIES:
        raise TamperError(
            "ledger.tree_size",
            f"Expected at most {MAX_TREE_ENTRIES} entries, found a checkpoint of {checkpoint.size}.",
            hint="No case has that many; ask the log's operator what was signed.",
            facts={"size": checkpoint.size},
        )
    return note, checkpoint


def _verify_vkey_file(data: bytes, verifier: NoteVerifier) -> None:
    if data != f"{verifier.vkey}\n".encode():
        raise TamperError(
            "ledger.vkey_file",
            "Expected the known key of the log in the file vkey, found another.",
            hint="Compare the key with the one that the log's operator handed out in person.",
            facts={"file": "vkey"},
        )


def _verify_paths(paths: Iterable[str], size: int) -> None:
    tiles = (*_hash_tiles(size), *_entry_bundles(size))
    unexpected = sorted(set(paths) - {"checkpoint", "vkey"} - {tile.path for tile in tiles})
    if unexpected:
        # Somebody else named this file: repeat the name only if it is a tile's.
        is_tile = _TREE_PATH.fullmatch(unexpected[0])
        name = unexpected[0] if is_tile else "a file that no ledger has"
        raise TamperError(
            "ledger.file_unexpected",
            f"Expected only the files of a ledger of {size} entries, found {name}.",
            hint="Look at what was added before you trust the rest.",
            facts={"file": name, "count": len(unexpected)},
        )


def _verify_tiles(read: ReadFile, tree: HashTree, *, is_whole: bool) -> None:
    """Compare each tile with the entries; `is_whole` if these lead to the signed root."""
    for tile in _hash_tiles(tree.size):
        found, computed = _must_read(read, tile.path), _tile_bytes(tree, tile)
        if found == computed:
            continue
        # Entries that lead to the signed root are right, so the tile is wrong. Else the
        # first leaf that the tile knows by another hash is the entry that was changed.
        if is_whole or tile.level or len(found) != len(computed):
            raise _changed("tile", tile.path)
        pairs = zip(_hashes(found), _hashes(computed), strict=True)
        raise _changed("entry", tile.start + [a == b for a, b in pairs].index(False))
    if not is_whole:
        raise _another_root()


def _bundle_bytes(entries: Iterable[bytes]) -> bytes:
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def _split_bundle(data: bytes, count: int) -> list[bytes]:
    """Return the entries as far as the bytes reach; compare with `_bundle_bytes`."""
    entries, position = [], 0
    for _ in range(count):
        start = position + _LENGTH_BYTES
        position = start + int.from_bytes(data[start - _LENGTH_BYTES : start], "big")
        entries.append(data[start:position])
    return entries


def _hash_tiles(size: int) -> Iterator[_Tile]:
    level = 0
    while size >> _TILE_HEIGHT * level:
        yield from _row(str(level), level, size >> _TILE_HEIGHT * level)
        level += 1


def _entry_bundles(size: int) -> Iterator[_Tile]:
    return _row("entries", 0, size)


def _row(name: str, level: int, width: int) -> Iterator[_Tile]:
    for start in range(0, width, TILE_WIDTH):
        stop = min(start + TILE_WIDTH, width)
        part = "" if stop - start == TILE_WIDTH else f".p/{stop - start}"
        path = f"tile/{name}/{_number(start // TILE_WIDTH)}{part}"
        yield _Tile(path=path, level=level, start=start, stop=stop)


def _number(number: int) -> str:
    """Write 1234067 as `x001/x234/067`."""
    text = f"{number % 1000:03}"
    while number := number // 1000:
        text = f"x{number % 1000:03}/{text}"
    return text


def _tile_bytes(tree: HashTree, tile: _Tile) -> bytes:
    return b"".join(tree.nodes(_TILE_HEIGHT * tile.level, tile.start, tile.stop))


def _hashes(tile: bytes) -> Sequence[bytes]:
    return [tile[i : i + HASH_BYTES] for i in range(0, len(tile), HASH_BYTES)]


def _must_read(read: ReadFile, path: str) -> bytes:
    data = read(path)
    if data is None:
        raise TamperError(
            "ledger.file_missing",
            f"Expected the file {path}, found none.",
            hint="Fetch the whole tree again from the log.",
            facts={"file": path},
        )
    return data


def _changed(kind: str, name: str | int) -> TamperError:
    return TamperError(
        "ledger.changed",
        f"Expected {kind} {name} as the log signed it, found a changed one.",
        hint="Fetch it again from the log, and keep this copy as evidence.",
        facts={kind: name},
    )


def _another_root() -> TamperError:
    return TamperError(
        "ledger.root",
        "Expected entries that lead to the root in the checkpoint, found others.",
        hint="Entries and tiles were changed together: compare with another party's copy.",
    )
