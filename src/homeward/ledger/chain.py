"""Check that entries are one unbroken history of authors who saw the same history.

Rules of this file, for the entry at index i, in this order:
1. The entry is an envelope, written for this log.
2. It is signed by a key that its author had at index i.
3. It continues its author's own chain: `seq` is one more than before, from 1, and `prev` is
   the hash of the author's previous entry.
4. What its author had seen is this history: `seen` names a size of at most i, and the root
   that this history has at that size. Anything else is a fork: somebody showed two
   histories, and the signed entry proves it.

Who has which key, and what an entry means, is for the caller. A caller with many entries may
note the signatures (rule 2) and check them side by side (`verify_claims`), as long as it
believes none of the entries before that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from homeward.foundation.errors import Fact, TamperError
from homeward.foundation.merkle import leaf_hash
from homeward.ledger.envelope import Envelope, read_envelope, verify_envelope
from homeward.ledger.tree import HashTree

KeyOf = Callable[[str, str, int], bytes]
"""Author, key id, index → the author's 32-byte public key; `TamperError` where there is none."""


class Linked(Protocol):
    """What of an entry binds it to the entries before it."""

    @property
    def author(self) -> str:
        """Whose entry it is, as a party's code."""

    @property
    def seq(self) -> int:
        """The author's own count, from 1."""

    @property
    def prev(self) -> str | None:
        """SHA-256 of the author's previous entry."""

    @property
    def seen(self) -> tuple[int, str] | None:
        """Size and root (hex) that the author had verified."""


class Claim(NamedTuple):
    """A signature that has to hold: the entry, its place, and the key of its author there."""

    place: int
    envelope: Envelope
    public: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorHead:
    """An author's latest entry: its `seq` and its SHA-256."""

    seq: int
    entry_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    """A checked history, as far as the next entry needs to know it.

    A node that stored the leaf hashes and the heads makes the state again with
    `HashTree().extend(leaves)`, and checks only what is new. `held` is the last `seen` that
    was found to hold: entries of one moment have seen the same.
    """

    log: str
    tree: HashTree = field(default_factory=HashTree)
    heads: Mapping[str, AuthorHead] = field(default_factory=dict)
    held: tuple[int, str] | None = None


def extend_chain(
    state: ChainState, entry: bytes, key_of: KeyOf, claims: list[Claim] | None = None
) -> tuple[ChainState, Envelope]:
    """Check the next entry of a history.

    Args:
        state: The history so far; it stays valid, also if the entry is refused.
        entry: The entry's bytes.
        key_of: Which key the author had.
        claims: Where the signature is noted, by a caller who will check it with
            `verify_claims`, also if the entry is refused; None checks it here.

    Returns:
        The history with the entry, and the entry as read.

    Raises:
        TamperError: A rule of this file is broken; message and facts name the entry.
    """
    index = state.tree.size
    try:
        envelope = read_envelope(entry)
        _verify_log(envelope, state.log)  # rule 1
        public = key_of(envelope.author, envelope.key, index)
        if claims is None:
            verify_envelope(envelope, public)  # rule 2
        else:
            claims.append(Claim(index, envelope, public))
        verify_head(envelope, state.heads.get(envelope.author))  # rule 3
        if envelope.seen != state.held:
            verify_seen(envelope, state.tree)  # rule 4
    except TamperError as error:
        raise _at(index, error) from error
    head = AuthorHead(seq=envelope.seq, entry_sha256=envelope.entry_sha256)
    grown = ChainState(
        log=state.log,
        tree=state.tree.append(leaf_hash(entry)),
        heads={**state.heads, envelope.author: head},
        held=envelope.seen,
    )
    return grown, envelope


def verify_claims(claims: Iterable[Claim]) -> None:
    """Check signatures that were noted (rule 2), each by itself.

    Args:
        claims: Of entries that follow one another.

    Raises:
        TamperError: One does not hold; message and facts name the first entry.
    """
    for place, envelope, public in claims:
        try:
            verify_envelope(envelope, public)
        except TamperError as error:
            raise _at(place, error) from error


def verify_chain(entries: Sequence[bytes], *, log: str, key_of: KeyOf) -> tuple[Envelope, ...]:
    """Check a whole history.

    Args:
        entries: Every entry of the log, in order.
        log: The log's origin.
        key_of: Which key an author had.

    Returns:
        The entries as read, in order.

    Raises:
        TamperError: A rule of this file is broken; message and facts name the entry.
    """
    state, envelopes = ChainState(log=log), []
    for entry in entries:
        state, envelope = extend_chain(state, entry, key_of)
        envelopes.append(envelope)
    return tuple(envelopes)


def _verify_log(envelope: Envelope, log: str) -> None:
    if envelope.log != log:
        raise TamperError(
            "ledger.other_log",
            f"Expected an entry for {log}, found one for another log.",
            hint="It was played here from elsewhere, or the wrong ledger was opened.",
        )


def verify_head(envelope: Linked, head: AuthorHead | None) -> None:
    """Check that an entry continues its author's own chain (rule 3).

    Args:
        envelope: The entry, or what is known of it.
        head: The author's previous entry; None if there is none.

    Raises:
        TamperError: It has another number, or another previous entry.
    """
    seq, prev = (head.seq + 1, head.entry_sha256) if head else (1, None)
    if (envelope.seq, envelope.prev) != (seq, prev):
        facts: dict[str, Fact] = {"author": envelope.author, "seq": envelope.seq, "expected": seq}
        raise TamperError(
            "ledger.sequence",
            f"Expected number {seq} of {envelope.author}, after their previous entry; "
            f"found number {envelope.seq}, or another previous entry.",
            hint="An entry of this author was dropped, repeated or moved: ask them for their own copy.",
            facts=facts,
        )


def verify_seen(envelope: Linked, tree: HashTree) -> None:
    """Check that what an entry's author had seen is this history (rule 4).

    Args:
        envelope: The entry, or what is known of it.
        tree: The tree of the entries before it.

    Raises:
        TamperError: The author had seen another history, or a longer one.
    """
    if envelope.seen is None:
        return
    size, root_seen = envelope.seen
    root_here = tree.root(size).hex() if size <= tree.size else None
    if root_here != root_seen:
        raise TamperError(
            "ledger.fork",
            f"Expected the history that {envelope.author} had seen at size {size}, found another.",
            hint="Two histories were shown. Stop, and compare checkpoints with the author directly.",
            facts={
                "author": envelope.author,
                "seen_size": size,
                "root_seen": root_seen,
                "root_here": root_here,
            },
        )


def _at(index: int, error: TamperError) -> TamperError:
    return TamperError(
        error.code,
        f"Entry {index}: {error.message}",
        hint=error.hint,
        facts={**error.facts, "entry": index},
    )
