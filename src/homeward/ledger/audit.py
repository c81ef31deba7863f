"""Audit of a log of any length, in parts that may be checked side by side.

Rules of this file:
- What an entry says of itself (form, signature, hash) is checked part by part, in any order
  and in any process: the caller brings the `map`. What binds it to the entries before it
  (`chain`, rules 3 and 4) is checked here, in order.
- Entries are forgotten once they are checked: of a million, the tree and the authors' heads
  are kept, not the bytes.
- Which key an author has is a table, the same for the whole log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from homeward.foundation.errors import TamperError
from homeward.foundation.merkle import leaf_hash
from homeward.ledger.chain import AuthorHead, ChainState, verify_head, verify_seen
from homeward.ledger.envelope import read_envelope, verify_envelope
from homeward.ledger.tree import HashTree

KeyTable = Mapping[tuple[str, str], bytes]
"""Author and key id → the author's 32-byte public key."""


class Part(NamedTuple):
    """Entries that follow one another, and what is needed to check each by itself."""

    log: str
    keys: KeyTable
    entries: list[bytes]


class Link(NamedTuple):
    """What of a checked entry binds it to those before it, and its hashes."""

    author: str
    seq: int
    prev: str | None
    seen: tuple[int, str] | None
    entry_sha256: str
    leaf: bytes


Apply = Callable[[Callable[[Part], list[Link]], Iterable[Part]], Iterable[list[Link]]]
"""`map`, or one that keeps the order and works in several processes."""


def check_part(part: Part) -> list[Link]:
    """Check entries each by itself: form, log, key and signature.

    Args:
        part: The entries.

    Returns:
        One link for each, in order.

    Raises:
        TamperError: An entry does not hold.
    """
    return [_link(part, entry) for entry in part.entries]


def audit(
    parts: Iterable[list[bytes]], *, log: str, keys: KeyTable, apply: Apply = map
) -> ChainState:
    """Check a whole history without holding it.

    Args:
        parts: The entries in order, some at a time.
        log: The log's origin.
        keys: Who has which key.
        apply: How parts are checked.

    Returns:
        The checked history; compare its root with the signed one.

    Raises:
        TamperError: An entry does not hold, or does not follow those before it; the facts
            of the latter name its number.
    """
    heads: dict[str, AuthorHead] = {}
    tree = HashTree()
    for links in apply(check_part, (Part(log, keys, entries) for entries in parts)):
        tree = _extended(tree, heads, links)
    return ChainState(log=log, tree=tree, heads=heads)


def _extended(tree: HashTree, heads: dict[str, AuthorHead], links: list[Link]) -> HashTree:
    checked: tuple[int, str] | None = None
    for link in links:
        try:
            verify_head(link, heads.get(link.author))
            if link.seen != checked:  # entries of one moment have seen the same
                verify_seen(link, tree)
                checked = link.seen
        except TamperError as error:
            raise TamperError(
                error.code,
                f"Entry {tree.size}: {error.message}",
                hint=error.hint,
                facts={**error.facts, "entry": tree.size},
            ) from error
        heads[link.author] = AuthorHead(seq=link.seq, entry_sha256=link.entry_sha256)
        tree = tree.append(link.leaf)
    return tree


def in_parts(entries: Iterable[bytes], size: int = 256) -> Iterator[list[bytes]]:
    """Yield entries some at a time, at most `size`."""
    part: list[bytes] = []
    for entry in entries:
        part.append(entry)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def _link(part: Part, entry: bytes) -> Link:
    envelope = read_envelope(entry)
    public = part.keys.get((envelope.author, envelope.key))
    if envelope.log != part.log or public is None:
        raise TamperError(
            "ledger.audit",
            f"Expected an entry for {part.log} by a key that is known, found another.",
            hint="Give the keys of every author, and the log that it belongs to.",
            facts={"author": envelope.author, "seq": envelope.seq},
        )
    verify_envelope(envelope, public)
    return Link(
        author=envelope.author,
        seq=envelope.seq,
        prev=envelope.prev,
        seen=envelope.seen,
        entry_sha256=envelope.entry_sha256,
        leaf=leaf_hash(entry),
    )
