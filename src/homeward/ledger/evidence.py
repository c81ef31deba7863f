"""Evidence: one file in which signatures convict whoever showed two histories.

Rules of this file:
- A file holds signed statements of one key that cannot both be honest, and what shows it.
  Nothing else is needed: no node, no ledger, no word of the accuser.
- There are four kinds, and each is judged by its own numbered steps:
  `two_checkpoints`: the log signed two states that no one history has.
  `two_entries`: an author signed two entries with one number.
  `seen_another`: an author signed that it had seen a history that the log did not have.
  `dropped_entry`: the log gave a receipt for an entry, and signed a tree without it.
- What a larger tree held earlier is shown by a proof of consistency from the root that it
  had then: whoever signed the larger tree signed that root too.
- What is made here is judged here before anybody gets it. A file that proves nothing is a
  `TamperError`, whatever is wrong with it.
- Whose a key is, no file can prove: compare it with a card, or give it as a known key.

Source: RFC 9162 section 2.1.4 (consistency), C2SP tlog-proof, DSSE 1.0.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.crypto import b64, unb64
from homeward.foundation.errors import InputError, TamperError
from homeward.foundation.merkle import leaf_hash, tree_root, verify_consistency, verify_inclusion
from homeward.ledger.checkpoint import Checkpoint
from homeward.ledger.cosignature import open_cosigned
from homeward.ledger.envelope import Envelope, key_id, read_envelope, verify_envelope
from homeward.ledger.note import NoteVerifier, parse_vkey
from homeward.ledger.proof import read_receipt, verify_receipt
from homeward.ledger.tree import HashTree

FORMAT = "homeward-evidence-1"
MAX_EVIDENCE_BYTES = 1 << 20
_PROOF_MAX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Who is convicted, by which keys, of what, and why that proves it.

    `convicted` is a log's origin or a party's code. `keys` are 32-byte public keys. `charge`
    and `because` are sentences in English. `doubt` says what the convicted could still show,
    and is empty where that is nothing.
    """

    kind: str
    convicted: str
    keys: tuple[bytes, ...]
    charge: str
    because: str
    doubt: str = ""


def of_checkpoints(log: NoteVerifier, first: str, second: str, tree: HashTree) -> bytes:
    """Make the evidence of two checkpoints that no one history has.

    Args:
        log: The key that signed both.
        first: One signed checkpoint, with or without cosignatures.
        second: The other.
        tree: The tree of the larger one, or one that has grown from it.

    Returns:
        The file.

    Raises:
        TamperError: The two are of one history, or `tree` is not that of the larger one.
        InputError: `tree` is smaller than the larger one.
    """
    both = [(_opened(log, note), note) for note in (first, second)]
    # Of two with one size, the one that is the tree's counts as the larger.
    both.sort(key=lambda each: (each[0].size, each[0].root == tree.root(each[0].size)))
    (small, smaller), (large, larger) = both
    return _judged(
        {
            "kind": "two_checkpoints",
            "log": log.vkey,
            "smaller": smaller,
            "larger": larger,
            **_past(tree, small.size, large.size),
        }
    )


def of_entries(publics: Collection[bytes], first: bytes, second: bytes) -> bytes:
    """Make the evidence of two entries of one author with one number.

    Args:
        publics: The public keys that signed them, 32 bytes each.
        first: One entry.
        second: The other.

    Returns:
        The file; the order of the two makes no difference.

    Raises:
        TamperError: They do not have one author, log and number, or are the same.
    """
    return _judged(
        {
            "kind": "two_entries",
            "entries": [b64(entry) for entry in sorted((first, second))],
            "keys": [b64(public) for public in sorted(publics)],
        }
    )


def of_seen(public: bytes, entry: bytes, log: NoteVerifier, note: str, tree: HashTree) -> bytes:
    """Make the evidence of an entry whose author says it saw what the log never had.

    Args:
        public: The author's key, 32 bytes.
        entry: The entry.
        log: The log's key.
        note: A signed checkpoint at least as large as what the author says it saw.
        tree: The tree of that checkpoint, or one that has grown from it.

    Returns:
        The file.

    Raises:
        TamperError: The entry says what the log had, or nothing.
        InputError: `tree` is smaller than the checkpoint.
    """
    seen, size = read_envelope(entry).seen, _opened(log, note).size
    return _judged(
        {
            "kind": "seen_another",
            "entry": b64(entry),
            "key": b64(public),
            "log": log.vkey,
            "checkpoint": note,
            **_past(tree, min(seen[0], size) if seen else 0, size),
        }
    )


def of_dropped(log: NoteVerifier, receipt: str, entry: bytes, note: str, tree: HashTree) -> bytes:
    """Make the evidence of a receipt whose entry a signed tree does not have.

    Args:
        log: The log's key.
        receipt: The receipt as text.
        entry: The entry that it is for.
        note: A signed checkpoint that reaches beyond the entry's place.
        tree: The tree of that checkpoint, or one that has grown from it.

    Returns:
        The file.

    Raises:
        TamperError: The entry stands in that tree, or a signature does not hold.
        InputError: The checkpoint does not reach to the place, or `tree` not to it.
    """
    index, size = read_receipt(receipt).index, _opened(log, note).size
    return _judged(
        {
            "kind": "dropped_entry",
            "log": log.vkey,
            "receipt": receipt,
            "entry": b64(entry),
            "checkpoint": note,
            "leaf": b64(tree.nodes(0, index, index + 1)[0]),
            "proof": [b64(each) for each in tree.inclusion_proof(index, size)],
        }
    )


def judge(data: bytes, known: Collection[bytes] = ()) -> Verdict:
    """Judge a file of evidence.

    Args:
        data: The file.
        known: Public keys whose owners the reader knows; if there are any, every key that
            is convicted must be among them.

    Returns:
        Who is convicted of what.

    Raises:
        TamperError: The file proves nothing: its form is another, a signature does not hold,
            its statements agree, or it is against a key that is not known.
    """
    try:
        document = _document(data)
        fields, judge_kind = _KINDS[document["kind"]]
        if document.keys() != {"format", "kind", *fields}:
            raise _nothing("exactly the fields of its kind", "others")
        verdict = judge_kind(document)
    except InputError as error:  # a key, or a proof, that is none
        raise _nothing("well-formed keys and proofs", "others") from error
    if known and not set(verdict.keys) <= set(known):
        raise TamperError(
            "evidence.key",
            "Expected evidence against a key that was given, found it against another.",
            hint="Compare the key with the card of the party; anybody can accuse a key of their own.",
        )
    return verdict


def _judged(fields: Mapping[str, Any]) -> bytes:
    data = canonical_bytes({"format": FORMAT, **fields})
    judge(data)
    return data


def _document(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_EVIDENCE_BYTES:
        raise _nothing(f"at most {MAX_EVIDENCE_BYTES} bytes", "more")
    document = read_canonical(data, what="evidence")
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _nothing(f"a file of the form {FORMAT}", "another")
    if not isinstance(document.get("kind"), str) or document["kind"] not in _KINDS:
        raise _nothing(f"one of {', '.join(_KINDS)}", "another kind")
    for name, value in document.items():
        is_list = name in {"proof", "entries", "keys"}
        texts = value if isinstance(value, list) and is_list else [value]
        if is_list != isinstance(value, list) or len(texts) > _PROOF_MAX:
            raise _nothing("texts and short lists of texts", "others")
        if not all(isinstance(text, str) for text in texts):
            raise _nothing("texts and short lists of texts", "others")
    return document


def _two_checkpoints(document: Mapping[str, Any]) -> Verdict:
    log = parse_vkey(document["log"])
    # Step 1: the log signed both.
    small, large = _opened(log, document["smaller"]), _opened(log, document["larger"])
    # Step 2: the larger one says which root the log had at the smaller one's size.
    root = _verify_past(document, small.size, large)
    # Step 3: the log signed another root for that size.
    if root == small.root:
        raise _nothing("two checkpoints of two histories", "two of one history")
    same = small.size == large.size
    return Verdict(
        kind=document["kind"],
        convicted=log.name,
        keys=(log.public,),
        charge=f"The log {log.name} signed two histories.",
        because=(
            f"It signed two roots for the size {small.size}: a log has one."
            if same
            else f"It signed a root for the size {small.size}, and for the size {large.size} a tree "
            f"whose first {small.size} entries have another root: what it had acknowledged was "
            "changed, dropped or reordered."
        ),
    )


def _two_entries(document: Mapping[str, Any]) -> Verdict:
    if len(document["entries"]) != len(("first", "second")):
        raise _nothing("two entries", "another number")
    publics = [unb64(text, what="evidence") for text in document["keys"]]
    by_id = {key_id(public): public for public in publics}
    # Step 1: each is signed by a key that the file names, and none is named in vain.
    first, second = (_signed(unb64(text, what="evidence"), by_id) for text in document["entries"])
    if {first.key, second.key} != by_id.keys() or len(publics) != len(by_id):
        raise _nothing("the keys that signed the entries", "others")
    # Step 2: one author, one log, one number.
    if (first.author, first.log, first.seq) != (second.author, second.log, second.seq):
        raise _nothing("two entries of one author with one number", "others")
    # Step 3: other bytes.
    if first.entry == second.entry:
        raise _nothing("two entries", "one entry twice")
    return Verdict(
        kind=document["kind"],
        convicted=first.author,
        keys=tuple(publics),
        charge=f"{first.author} signed two entries with the number {first.seq} for {first.log}.",
        because=(
            "An author numbers its entries one after the other, each once, so that nobody can be "
            "shown one and somebody else the other. Here are both, and both signatures hold."
        ),
        doubt=""
        if len(by_id) == 1
        else (
            f"Two keys signed them. That convicts {first.author} only if both are its own: compare "
            "both with its card."
        ),
    )


def _seen_another(document: Mapping[str, Any]) -> Verdict:
    log, public = parse_vkey(document["log"]), unb64(document["key"], what="evidence")
    # Step 1: the author signed the entry, and the log the checkpoint.
    envelope = _signed(unb64(document["entry"], what="evidence"), {key_id(public): public})
    checkpoint = _opened(log, document["checkpoint"])
    # Step 2: the entry is for this log, and names a size that the checkpoint reaches.
    if envelope.log != log.name or envelope.seen is None or envelope.seen[0] > checkpoint.size:
        raise _nothing("an entry that names an earlier size of this log", "another")
    # Step 3: the checkpoint says which root the log had at that size.
    size, root_seen = envelope.seen
    if _verify_past(document, size, checkpoint).hex() == root_seen:
        raise _nothing("an entry that saw another history", "one that saw this one")
    return Verdict(
        kind=document["kind"],
        convicted=envelope.author,
        keys=(public,),
        charge=(
            f"{envelope.author} signed, in its entry {envelope.seq}, that {log.name} had a root at "
            f"the size {size} that it did not have."
        ),
        because=(
            f"The log signed a tree whose first {size} entries have another root. Both statements "
            "are signed, and only one can be true."
        ),
        doubt=(
            f"{envelope.author} may have been shown another history. Then it holds a checkpoint of "
            f"that root signed by {log.name}, and with this file's checkpoint that convicts the "
            "log instead. Ask for it; without it the false statement is its own."
        ),
    )


def _dropped_entry(document: Mapping[str, Any]) -> Verdict:
    log = parse_vkey(document["log"])
    entry, leaf = (unb64(document[name], what="evidence") for name in ("entry", "leaf"))
    # Step 1: the log signed that the entry stands at its place.
    receipt = read_receipt(document["receipt"])
    given = verify_receipt(entry, receipt, log).checkpoint
    # Step 2: it signed another tree that reaches beyond that place.
    other = _opened(log, document["checkpoint"])
    # Step 3: what stands there in that tree is something else.
    proof = [unb64(text, what="evidence") for text in document["proof"]]
    verify_inclusion(leaf, receipt.index, other.size, proof, other.root)
    if leaf == leaf_hash(entry):
        raise _nothing("a tree without the entry", "one that has it")
    return Verdict(
        kind=document["kind"],
        convicted=log.name,
        keys=(log.public,),
        charge=f"The log {log.name} dropped entry {receipt.index}, for which it gave a receipt.",
        because=(
            f"It signed a tree of {given.size} entries with this entry at place {receipt.index}, and "
            f"one of {other.size} entries with another entry there."
        ),
    )


_KINDS: Mapping[str, tuple[frozenset[str], Callable[[Mapping[str, Any]], Verdict]]] = {
    "two_checkpoints": (
        frozenset(("log", "smaller", "larger", "root", "proof")),
        _two_checkpoints,
    ),
    "two_entries": (frozenset(("entries", "keys")), _two_entries),
    "seen_another": (
        frozenset(("entry", "key", "log", "checkpoint", "root", "proof")),
        _seen_another,
    ),
    "dropped_entry": (
        frozenset(("log", "receipt", "entry", "checkpoint", "leaf", "proof")),
        _dropped_entry,
    ),
}
"""Kind → its fields, and what judges it."""


def _opened(log: NoteVerifier, note: str) -> Checkpoint:
    return open_cosigned(note, log, log.name).checkpoint


def _signed(entry: bytes, by_id: Mapping[str, bytes]) -> Envelope:
    envelope = read_envelope(entry)
    if envelope.key not in by_id:
        raise _nothing("the key that signed the entry", "another")
    verify_envelope(envelope, by_id[envelope.key])
    return envelope


def _past(tree: HashTree, old: int, size: int) -> dict[str, Any]:
    """Return the root that a tree had at an earlier size, and the proof of it."""
    proof: Sequence[bytes] = tree.consistency_proof(old, size) if old else ()
    return {"root": b64(tree.root(old)), "proof": [b64(each) for each in proof]}


def _verify_past(document: Mapping[str, Any], old: int, checkpoint: Checkpoint) -> bytes:
    """Return the root that a signed tree had at an earlier size, if the file proves it."""
    root = unb64(document["root"], what="evidence")
    proof = [unb64(text, what="evidence") for text in document["proof"]]
    if old == 0:  # nothing has one root, and no proof leads from it
        if proof or root != tree_root([]):
            raise _nothing("the root of no entries", "another")
        return root
    verify_consistency(old, checkpoint.size, root, checkpoint.root, proof)
    return root


def _nothing(expected: str, found: str) -> TamperError:
    return TamperError(
        "evidence.nothing",
        f"Expected {expected}, found {found}: this file convicts nobody.",
        hint="Take it again from whoever kept it. Believe no accusation that it came with.",
    )
