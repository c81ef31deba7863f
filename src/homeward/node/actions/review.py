"""Who is the same person: pairs wait in queues, and people decide.

Rules of this file:
- Nothing is merged: a decision is remembered, and the answer to a wanted list uses it.
- The most doubtful pairs come first. Pairs that nobody has to look at are there to be seen:
  a very likely one can be refused as well.
- A pair is decided as it was shown: if either record says something else now, the lists have
  to be compared again first.
- In an answer one line is one person: whoever has found them does not decide on the others.
- Whoever looks at a pair reads two people, and the access log says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, get_args

from django.db.models import Exists, OuterRef, Q, QuerySet

from homeward.foundation.errors import AccessError, InputError, RuleError, TurnError
from homeward.node import access, decisions, proposals
from homeward.node.access import Reader
from homeward.node.actions.cases import record_of
from homeward.node.actions.queues import OPEN
from homeward.node.decisions import EVIDENCE, Pair, Shown, Word
from homeward.node.home import Node
from homeward.node.models import Decision, Proposal
from homeward.node.proposals import Queue
from homeward.records.model import PersonRecord

SHOWN: Final = ("open", "unsure", "decided", "clear")
"""Parts of a queue: what waits, what is set aside, what is done, what nobody has to look at."""

PURPOSE: Final = "review"
PAGE_PAIRS: Final = 20
RIVALS_SHOWN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One pair in a list of pairs. A side that left its list since is None."""

    id: str
    verdict: str
    outcome: str
    left: PersonRecord | None
    right: PersonRecord | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """One page of a queue."""

    lines: tuple[Line, ...]
    page: int
    page_count: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one part of two records says: its level, a sentence, thousandths of a bit."""

    part: str
    level: str
    sentence: str
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Who else one of the two may be: the pair, whose rival it is, and the other record."""

    id: str
    of: str
    verdict: str
    outcome: str
    record: PersonRecord | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What one account said of a pair as it is now."""

    actor: str
    word: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A pair, side by side.

    Attributes:
        id: Of the pair in its queue.
        queue: In which queue.
        party: Whose line the left record is; empty on a list of ours.
        left: With the columns of `EVIDENCE` that the reader may see.
        right: The same.
        verdict: very_likely, likely or possible.
        evidence: Part by part; hidden ones are left out.
        hidden_count: Reasons that quote columns which the reader may not see.
        begins: Thousandths of a bit with which every pair of these lists begins; None where
            reasons are hidden: it would tell what they say.
        rivals: Who else either may be, the likeliest first.
        outcome: What comes of the decisions so far.
        voices: They, in order.
        seen: Names both records as they are now; `decide` asks for it.
        is_changed: True if either says something else than when the lists were compared.
        model: SHA-256 of the weights and tables that gave the verdict.
    """

    id: str
    queue: Queue
    party: str
    left: PersonRecord
    right: PersonRecord
    verdict: str
    evidence: tuple[Evidence, ...]
    hidden_count: int
    begins: int | None
    rivals: tuple[Rival, ...]
    outcome: str
    voices: tuple[Voice, ...]
    seen: str
    is_changed: bool
    model: str


def lines(node: Node, queue: Queue, *, shown: str, page: int, reader: Reader) -> Lines:
    """Return one page of a queue; the read of those on it is written down.

    Args:
        node: The open node.
        queue: Which.
        shown: `open`, `decided`, `unsure`, or `clear`: pairs that nobody has to look at.
        page: From 1; beyond the last page the last one is given.
        reader: Who reads, what for, and when.
    """
    asked = proposals.asked(queue)
    rows = {
        "open": asked.filter(outcome__in=OPEN),
        "decided": asked.filter(outcome__in=("same", "different", "settled")),
        "unsure": asked.filter(outcome="unsure"),
        "clear": proposals.of_queue(queue).filter(is_asked=False),
    }[shown].order_by("distance", "id")
    total = rows.count()
    page_count = max(1, -(-total // PAGE_PAIRS))
    page = min(max(page, 1), page_count)
    some = list(rows[(page - 1) * PAGE_PAIRS : page * PAGE_PAIRS])
    contents = {row.id: proposals.opened(node, row) for row in some}
    found = _records(node, queue, contents.values(), reader)
    return Lines(
        lines=tuple(
            Line(
                id=row.id,
                verdict=row.verdict,
                outcome=row.outcome,
                left=found.get(("left", contents[row.id]["left_ref"])),
                right=found.get(("right", contents[row.id]["right_ref"])),
            )
            for row in some
        ),
        page=page,
        page_count=page_count,
        total=total,
    )


def next_pair(node: Node, queue: Queue, *, actor: str, after: str = "") -> str:
    """Return the id of the next pair that waits for this account; empty if none does.

    Args:
        node: The open node.
        queue: Which.
        actor: Id of the account: what it has said stands, and is not asked again.
        after: Id of the pair it has before it; after the last one comes the first.
    """
    node.require_open()
    own = _said_by(actor).filter(
        pair_mark=OuterRef("pair_mark"),
        left_mark=OuterRef("left_mark"),
        right_mark=OuterRef("right_mark"),
    )
    rows = proposals.asked(queue).filter(~Exists(own), outcome__in=OPEN).order_by("distance", "id")
    before = proposals.of_queue(queue).filter(id=after).first() if after else None
    if before is not None:
        rows = rows.exclude(id=before.id)
        later = rows.filter(
            Q(distance__gt=before.distance) | Q(distance=before.distance, id__gt=before.id)
        )
        rows = later if later.exists() else rows
    return str(rows.values_list("id", flat=True).first() or "")


def queue_of(node: Node, pair: str) -> Queue:
    """Return the queue of a pair.

    Raises:
        AccessError: There is no such pair.
    """
    return proposals.queue_of(proposals.row_of(node, pair))


def look_at(node: Node, pair: str, *, columns: Collection[str] | None, reader: Reader) -> Look:
    """Read a pair side by side; that both people were read is written down.

    Args:
        node: The open node.
        pair: Id of the pair in its queue.
        columns: Which columns the reader may see; None: all.
        reader: Who reads, what for, and when.

    Raises:
        AccessError: There is no such pair.
        TurnError: One of the two is no longer on our list.
    """
    row, content, left, right = _both(node, pair, reader)
    queue, now = proposals.queue_of(row), _pair(node, row, left, right)
    said = decisions.voices(queue.kind, row.party, [row.pair_mark])
    evidence = [Evidence(**each) for each in content["evidence"]]
    seen = [each for each in evidence if _may_see(each.part, columns)]
    return Look(
        id=row.id,
        queue=queue,
        party=row.party,
        left=_only(left, columns),
        right=_only(right, columns),
        verdict=row.verdict,
        evidence=tuple(seen),
        hidden_count=len(evidence) - len(seen),
        begins=_begins(content["weight"], evidence) if len(seen) == len(evidence) else None,
        rivals=_rivals(node, row, reader),
        outcome=row.outcome if row.outcome == "settled" else decisions.outcome(said, now),
        voices=tuple(
            Voice(actor=each.actor, word=each.word, at=each.at)
            for each in said.get((now.pair, now.left, now.right), ())
        ),
        seen=f"{now.left}{now.right}",
        is_changed=_is_changed(row, now),
        model=row.comparison.model,
    )


def decide(node: Node, pair: str, word: str, *, seen: str, actor: str, now: dt.datetime) -> str:
    """Say whether two records are one person.

    Args:
        node: The open node.
        pair: Id of the pair in its queue.
        word: `same`, `different` or `unsure`.
        seen: Of the `Look` that was decided on.
        actor: Id of the account.
        now: Aware UTC instant.

    Returns:
        What comes of it: an outcome; `second` if another account has to say so too.

    Raises:
        AccessError: There is no such pair.
        InputError: There is no such word.
        RuleError: One of the two was already decided to be somebody else.
        TurnError: One of the two says something else than what was shown, or is gone.
    """
    chosen: Word | None = next((each for each in get_args(Word) if each == word), None)
    if chosen is None:
        raise InputError(
            "review.word",
            f"Expected one of {', '.join(get_args(Word))}, found another.",
            hint="Go back to the pair and choose again.",
        )
    with node.transaction():
        reader = Reader(actor=actor, purpose=PURPOSE, now=now)
        row, content, left, right = _both(node, pair, reader)
        marks = _pair(node, row, left, right)
        if _is_changed(row, marks) or seen != f"{marks.left}{marks.right}":
            raise TurnError(
                "review.changed",
                "Expected two records that say what was shown, found that one was changed since.",
                hint="Compare the lists again; then decide on what they say now.",
            )
        if word == "same" and _is_taken(row):
            raise RuleError(
                "review.taken",
                "Expected two records that are nobody else's, found one that was decided to be "
                "the same as another.",
                hint="Look at the other pair first; take that decision back if it is wrong.",
            )
        shown = Shown(
            left_ref=left.ref,
            right_ref=right.ref,
            verdict=row.verdict,
            weight=content["weight"],
            levels=content["levels"],
            model=row.comparison.model,
        )
        decisions.write(node, marks, shown, chosen, case=row.comparison.case, actor=actor, now=now)
        proposals.refresh(row.comparison.kind, row.party, proposals.near(row))
    row.refresh_from_db(fields=["outcome"])
    return str(row.outcome)


def undo(node: Node, *, actor: str, now: dt.datetime, pair: str = "") -> str:
    """Take back what this account said last: of a pair, or of all.

    Args:
        node: The open node.
        actor: Id of the account; nobody takes back what another said.
        now: Aware UTC instant.
        pair: Id of the pair in its queue; empty: whichever it said something of last.

    Returns:
        The id of the pair; empty if it is in no queue any more.

    Raises:
        AccessError: There is no such pair.
        TurnError: Nothing that this account said stands.
    """
    with node.transaction():
        said = _said_by(actor)
        if pair:
            said = said.filter(pair_mark=proposals.row_of(node, pair).pair_mark)
        last = said.order_by("-number").first()
        if last is None:
            raise TurnError(
                "review.nothing_said",
                "Expected a decision of this account that stands, found none.",
                hint="Only whoever decided takes a decision back; others decide differently.",
            )
        decisions.take_back(node, last, actor=actor, now=now)
        rows = Proposal.objects.filter(comparison__kind=last.kind, party=last.party)
        same_pair = list(rows.filter(pair_mark=last.pair_mark).select_related("comparison"))
        for row in same_pair:
            proposals.refresh(last.kind, last.party, proposals.near(row))
    case = decisions.about(node, last)["case"]
    here = [row.id for row in same_pair if row.comparison.case == case]
    return pair or (str(here[0]) if here else "")


def has_said(node: Node, *, actor: str) -> bool:
    """Tell whether an account has a decision that stands, and could take it back."""
    node.require_open()
    return bool(_said_by(actor).exists())


def _said_by(actor: str) -> QuerySet[Decision]:
    return Decision.objects.filter(actor=actor, superseded_by=None).exclude(word="undone")


def _is_taken(row: Proposal) -> bool:
    if row.comparison.kind != "answer":
        return False
    others = Proposal.objects.filter(comparison__kind="answer", party=row.party, outcome="same")
    return bool(others.filter(proposals.near(row)).exclude(pair_mark=row.pair_mark).exists())


def _both(
    node: Node, pair: str, reader: Reader
) -> tuple[Proposal, dict[str, Any], PersonRecord, PersonRecord]:
    """Read both records of a pair, and write down that they were read."""
    row = proposals.row_of(node, pair)
    content, queue = proposals.opened(node, row), proposals.queue_of(row)
    try:
        if queue.kind == "answer":
            left = replace(record_of(content["line"]), power=row.party)
            subject = f"answer:{queue.case}"
            access.note(node, reader, act="disclosed.read", subject=subject, person_count=1)
        else:
            left = access.person(node, queue.kind, content["left_ref"], reader=reader)
        right = access.person(node, proposals.own_list(queue), content["right_ref"], reader=reader)
    except AccessError as error:
        raise TurnError(
            "review.gone",
            "Expected two people who are on their lists, found that one is not any more.",
            hint="Compare the lists again.",
        ) from error
    return row, content, left, right


def _pair(node: Node, row: Proposal, left: PersonRecord, right: PersonRecord) -> Pair:
    return decisions.pair_of(node, row.comparison.kind, row.party, left, right)


def _is_changed(row: Proposal, now: Pair) -> bool:
    return (row.left_mark, row.right_mark) != (now.left, now.right)


def _may_see(part: str, columns: Collection[str] | None) -> bool:
    needed = ("captured_on", "missing_since") if part == "captured_on" else (part,)
    return columns is None or set(needed) <= set(columns)


def _begins(weight: int, evidence: Iterable[Evidence]) -> int:
    return weight - sum(each.weight for each in evidence)


def _only(record: PersonRecord, columns: Collection[str] | None) -> PersonRecord:
    cells = {name: getattr(record, name) for name in EVIDENCE if columns is None or name in columns}
    return PersonRecord(ref=record.ref, power=record.power, **cells)


def _rivals(node: Node, row: Proposal, reader: Reader) -> tuple[Rival, ...]:
    near = (
        proposals.of_queue(proposals.queue_of(row))
        .filter(proposals.near(row))
        .exclude(pair_mark=row.pair_mark)
    )
    contents = {other.id: (other, proposals.opened(node, other)) for other in near}
    ordered = sorted(contents.values(), key=lambda each: (-each[1]["weight"], each[0].id))
    best = ordered[:RIVALS_SHOWN]
    found = _records(node, proposals.queue_of(row), (content for _, content in best), reader)
    return tuple(
        Rival(
            id=other.id,
            of=of,
            verdict=other.verdict,
            outcome=other.outcome,
            record=found.get(
                ("right", content["right_ref"]) if of == "left" else ("left", content["left_ref"])
            ),
        )
        for other, content in best
        for of in ("left" if other.left_key == row.left_key else "right",)
    )


def _records(
    node: Node, queue: Queue, contents: Iterable[Mapping[str, Any]], reader: Reader
) -> dict[tuple[str, str], PersonRecord]:
    """Read the people of some pairs, by side and reference; it is written down."""
    contents = list(contents)
    if not contents:
        return {}
    refs = {content["right_ref"] for content in contents}
    found: dict[tuple[str, str], PersonRecord] = {}
    if queue.kind == "answer":
        subject = f"answer:{queue.case}"
        access.note(node, reader, act="disclosed.read", subject=subject, person_count=len(contents))
        for content in contents:
            line = record_of(content["line"])
            found["left", content["left_ref"]] = replace(line, power=content["party"])
    else:
        refs |= {content["left_ref"] for content in contents}
    for record in access.some(node, proposals.own_list(queue), refs, reader=reader):
        found["right", record.ref] = record
        if queue.kind != "answer":
            found["left", record.ref] = record
    return found
