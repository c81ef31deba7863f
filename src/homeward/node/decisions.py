"""What people said of two records: whether they are one person. Signed, kept, never changed.

Rules of this file:
- A decision is about two records as they were: their references, and what they said of the
  person. If either says something else now, nobody has decided.
- Each decision is signed by the node and names the one before it, like the ledger's entries.
  Whoever says something else of the pair, or takes it back, adds a decision that takes the
  place of their earlier one.
- One account has one voice on a pair. `same` against a doubt of ours, which is any verdict
  but `very_likely`, needs two voices; `different` needs one: it sends nobody anywhere.
- If as many say `same` as `different`, another account has to look.
- What names people is sealed; marks of references and contents are blind.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from homeward.foundation.canonical import canonical_bytes, read_canonical
from homeward.foundation.crypto import verify_signature
from homeward.foundation.dates import PartialDate
from homeward.foundation.errors import TamperError
from homeward.node.at_rest import mark, open_at_rest, seal_at_rest
from homeward.node.home import Node, utc_text
from homeward.node.models import Decision
from homeward.records.model import PersonRecord

Kind = Literal["answer", "held", "wanted"]
Word = Literal["same", "different", "unsure"]
Outcome = Literal["waiting", "second", "disputed", "unsure", "same", "different"]

EVIDENCE: Final = (
    *("family_name", "given_name", "father_name", "name_as_written", "birth_date"),
    *("service_number", "unit", "captured_on", "missing_since", "birth_place", "sex"),
)
"""The columns by which two records are compared, in the order in which they are shown."""

_CONTEXT = b"homeward-decision-v1\n"
BODY = "decision"  # the purpose of a body at rest
_MARK_DIGITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two records that somebody decides on, by blind marks.

    Attributes:
        kind: `answer` of a case, or which list of ours.
        party: Whose line the first record is; empty on a list of ours.
        pair: Of both references.
        left_key: Of the first reference.
        right_key: Of the second reference.
        left: Of what the first record says of the person.
        right: Of what the second record says.
    """

    kind: Kind
    party: str
    pair: str
    left_key: str
    right_key: str
    left: str
    right: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What was shown to whoever decides.

    `levels` are by part, `weight` in thousandths of a bit, `model` a SHA-256.
    """

    left_ref: str
    right_ref: str
    verdict: str
    weight: int
    levels: Mapping[str, str]
    model: str


Voices = Mapping[tuple[str, str, str], Sequence[Decision]]
"""Marks of a pair, of the first and of the second content -> the decisions that stand."""


def pair_of(node: Node, kind: Kind, party: str, left: PersonRecord, right: PersonRecord) -> Pair:
    """Return the marks of two records."""
    sides = ("theirs", "held") if kind == "answer" else (kind, kind)
    return Pair(
        kind=kind,
        party=party,
        pair=_mark(node, "pair", [kind, party, left.ref, right.ref]),
        left_key=_mark(node, "ref", [sides[0], party, left.ref]),
        right_key=_mark(node, "ref", [sides[1], "", right.ref]),
        left=_content(node, left),
        right=_content(node, right),
    )


def own_key(node: Node, kind: Kind, ref: str) -> str:
    """Return the mark of one reference on a list of ours, as pairs of that list have it."""
    return _mark(node, "ref", [kind, "", ref])


def queue_mark(node: Node, pair: Pair, case: str) -> str:
    """Return the id of a pair in one queue: it stands in addresses, and tells nothing."""
    return _mark(node, "queue", [pair.kind, case, pair.pair])


def voices(kind: Kind, party: str, pairs: Collection[str] | None = None) -> Voices:
    """Return the decisions that stand, by pair and contents.

    Args:
        kind: Of the queue.
        party: Of the queue.
        pairs: Marks of pairs; None for all.
    """
    rows = Decision.objects.filter(kind=kind, party=party, superseded_by=None)
    if pairs is not None:
        rows = rows.filter(pair_mark__in=pairs)
    found: dict[tuple[str, str, str], list[Decision]] = defaultdict(list)
    for row in rows.exclude(word="undone").order_by("number").defer("signature"):
        found[row.pair_mark, row.left_mark, row.right_mark].append(row)
    return found


def outcome_of(said: Iterable[Decision]) -> Outcome:
    """Tell what comes of the decisions that stand on one pair."""
    rows = list(said)
    same = [row for row in rows if row.word == "same"]
    different = [row for row in rows if row.word == "different"]
    if same or different:
        if len(same) == len(different):
            return "disputed"
        if len(different) > len(same):
            return "different"
        needed = 1 if all(row.verdict == "very_likely" for row in same) else 2
        return "same" if len(same) >= needed else "second"
    return "unsure" if rows else "waiting"


def outcome(found: Voices, pair: Pair) -> Outcome:
    """Tell what comes of the decisions on a pair as it is now."""
    return outcome_of(found.get((pair.pair, pair.left, pair.right), ()))


def outcomes(
    node: Node,
    found: Voices,
    left: Mapping[str, PersonRecord],
    right: Mapping[str, PersonRecord],
) -> dict[tuple[str, str], Outcome]:
    """Return what comes of every decision on records that are there and say what they said.

    Args:
        node: The open node.
        found: From `voices`.
        left: The first records, by reference.
        right: The second records.
    """
    told = {}
    for (_, left_mark, right_mark), rows in found.items():
        refs = about(node, rows[0])
        one, two = left.get(refs["left_ref"]), right.get(refs["right_ref"])
        if one is None or two is None:
            continue
        if (_content(node, one), _content(node, two)) == (left_mark, right_mark):
            told[one.ref, two.ref] = outcome_of(rows)
    return told


def write(
    node: Node,
    pair: Pair,
    shown: Shown,
    word: Word,
    *,
    case: str,
    actor: str,
    now: dt.datetime,
) -> Decision:
    """Add a decision to the chain; the caller holds a transaction.

    Args:
        node: The open node.
        pair: As it was shown.
        shown: Its references and weight as they were shown.
        word: What is said.
        case: In whose queue; empty for a list of ours.
        actor: Id of the account.
        now: Aware UTC instant.

    Returns:
        The decision; it takes the place of an earlier one of this account on this pair.
    """
    earlier = Decision.objects.filter(
        kind=pair.kind, party=pair.party, pair_mark=pair.pair, actor=actor, superseded_by=None
    )
    before = earlier.exclude(word="undone").order_by("-number").first()
    body = {
        "case": case,
        "left_ref": shown.left_ref,
        "right_ref": shown.right_ref,
        "weight": shown.weight,
        "levels": dict(shown.levels),
        "model": shown.model,
    }
    row = Decision(
        kind=pair.kind,
        party=pair.party,
        pair_mark=pair.pair,
        left_mark=pair.left,
        right_mark=pair.right,
        verdict=shown.verdict,
        word=word,
        actor=actor,
        at=now,
    )
    return _append(node, row, body, before)


def take_back(node: Node, before: Decision, *, actor: str, now: dt.datetime) -> Decision:
    """Add that a decision is taken back; the caller holds a transaction.

    Args:
        node: The open node.
        before: The decision; it stands, and is this account's.
        actor: Id of the account.
        now: Aware UTC instant.
    """
    body = read_canonical(_opened(node, before), what="decision")["about"]
    row = Decision(
        kind=before.kind,
        party=before.party,
        pair_mark=before.pair_mark,
        left_mark=before.left_mark,
        right_mark=before.right_mark,
        verdict=before.verdict,
        word="undone",
        actor=actor,
        at=now,
    )
    return _append(node, row, body, before)


def about(node: Node, row: Decision) -> dict[str, Any]:
    """Return what a decision is about: both references, the case, and what was shown."""
    found: dict[str, Any] = read_canonical(_opened(node, row), what="decision")["about"]
    return found


def verify_decisions(node: Node) -> None:
    """Check that every decision is as its node signed it, and that none is missing between.

    Raises:
        TamperError: One was changed, removed or put in.
    """
    public = node.keys.signing[node.about.role].public
    before, taken = "", {}
    rows = list(Decision.objects.order_by("number"))
    for number, row in enumerate(rows, 1):
        body = _opened(node, row)
        signed = read_canonical(body, what="decision")
        if (
            signed != _signed(row, signed["about"], signed["supersedes"], before)
            or row.number != number
            or row.sha256 != hashlib.sha256(body).hexdigest()
        ):
            raise _changed()
        verify_signature(public, _CONTEXT + body, bytes(row.signature), what="decision")
        if signed["supersedes"]:
            taken[signed["supersedes"]] = number
        before = row.sha256
    if any(row.superseded_by != taken.get(row.number) for row in rows):
        raise _changed()


def _append(
    node: Node, row: Decision, about_it: Mapping[str, Any], before: Decision | None
) -> Decision:
    last = Decision.objects.order_by("-number").first()
    row.number = last.number + 1 if last else 1
    supersedes = before.number if before else 0
    body = canonical_bytes(_signed(row, about_it, supersedes, last.sha256 if last else ""))
    row.body = seal_at_rest(node, body, purpose=BODY)
    row.sha256 = hashlib.sha256(body).hexdigest()
    row.signature = node.keys.signing[node.about.role].sign(_CONTEXT + body)
    row.save(force_insert=True)
    if before is not None:
        before.superseded_by = row.number
        before.save(update_fields=["superseded_by"])
    return row


def _signed(
    row: Decision, about_it: Mapping[str, Any], supersedes: int, before: str
) -> dict[str, Any]:
    return {
        "number": row.number,
        "before": before,
        "kind": row.kind,
        "party": row.party,
        "pair": row.pair_mark,
        "left": row.left_mark,
        "right": row.right_mark,
        "verdict": row.verdict,
        "word": row.word,
        "actor": row.actor,
        "at": utc_text(row.at),
        "supersedes": supersedes,
        "about": dict(about_it),
    }


def _opened(node: Node, row: Decision) -> bytes:
    return open_at_rest(node, row.body, purpose=BODY)


def _content(node: Node, record: PersonRecord) -> str:
    cells = [getattr(record, column) for column in EVIDENCE]
    texts = [cell.text if isinstance(cell, PartialDate) else cell or "" for cell in cells]
    return _mark(node, "content", texts)


def _mark(node: Node, what: str, texts: Sequence[str]) -> str:
    text = canonical_bytes(list(texts)).decode()
    return mark(node, text, purpose=f"review {what}", digits=_MARK_DIGITS)


def _changed() -> TamperError:
    return TamperError(
        "decisions.changed",
        "Expected the decisions as this node signed them, found one changed, removed or added.",
        hint="Restore the node from its last backup; nothing is answered by these decisions.",
    )
