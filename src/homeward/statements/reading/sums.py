"""Numbers that add up, marked before any leg is built.

Rules of this file:
- A row of numbers in one sentence that adds up to a number before it, or to a total beside it,
  tells what that number is made of.
- Where the row names one direction or none, its numbers are parts (`subset`) of the whole.
- Where it names several, the whole is of all directions (`pooled`) and the row are the legs;
  so it is with a number and its half for each side.
- Numbers of different days, and of people on both sides of "in return", are no such row.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from homeward.statements.reading.clauses import MOVES
from homeward.statements.reading.marked import Marked
from homeward.statements.reading.quantity import Quantity

_ROW_MAX = 8
_CANDIDATES_MAX = 40  # of a sentence; junk may hold any number
_BACK = 3  # sentences in which the whole may stand before its parts
_FAR_MIN = 10  # a smaller number adds up by chance
_BESIDE = 6
_OPENING = 3  # tokens at the beginning of a sentence
_GAP = 8
_APART = 12
_FAR_GAP = 14  # where each number of the row says where they go


def mark_sums(sentences: Sequence[Marked], counted: Sequence[list[Quantity]]) -> None:
    """Mark wholes and their parts.

    Args:
        sentences: Of one text.
        counted: The quantities of each; roles and `summand` are set.
    """
    earlier: list[list[Quantity]] = []
    tellers: dict[int, str] = {}
    for marked, quantities in zip(sentences, counted, strict=True):
        here = [q for q in quantities if q.role == "candidate" and q.count][:_CANDIDATES_MAX]
        _mark_halves(marked, here)
        mine = _teller(marked)
        tellers |= {id(q): mine for q in here}
        before = [
            q for row in earlier[-_BACK:] for q in row if not mine or tellers[id(q)] in {mine, ""}
        ]
        plain = [q for q in here if not _is_aside(marked, q)]
        for row in (here, plain):
            at = 0
            while at < len(row):
                at = _row_from(marked, row, at, before)
        earlier.append([q for q in here if q.role == "candidate"])


def _teller(marked: Marked) -> str:
    """Return the party whose office a sentence begins with: each side adds up its own."""
    offices = (m for m in marked.mentions if m.form in {"office", "alias"} and not m.prep)
    first = next(offices, None)
    return first.party if first is not None and first.start <= _OPENING else ""


def _row_from(marked: Marked, here: list[Quantity], at: int, before: list[Quantity]) -> int:
    """Mark the longest row that begins at a number; return where the next may begin."""
    for end in range(min(len(here), at + _ROW_MAX), at + 1, -1):
        row = here[at:end]
        if any(q.role != "candidate" for q in row):
            continue
        whole = _whole_of(marked, row, here[:at], here[end:], before)
        found = whole is not None and not _is_parted(marked, row)
        if whole is not None and found and _settle(marked, whole, row, here):
            return end
    return at + 1


def _whole_of(
    marked: Marked,
    row: list[Quantity],
    left: list[Quantity],
    right: list[Quantity],
    before: list[Quantity],
) -> Quantity | None:
    """Return what a row adds up to: before it in the sentence, a total behind, or earlier."""
    total = sum(q.count or 0 for q in row)
    near = [q for q in left[-1:] if q.count == total and q.role == "candidate"]
    for whole in right[:1]:
        cued = marked.any("total", start=row[-1].end, end=whole.end + _BESIDE)
        if whole.count == total and cued:
            near.append(whole)
    if near:
        return near[0]
    acting = {m.party for m in marked.mentions if m.form in {"name", "seat"} and not m.prep}
    far = [
        q
        for q in before
        if q.count == total
        and total >= _FAR_MIN
        and q.role == "candidate"
        and (not q.nation or acting <= {q.nation})
    ]
    return far[-1] if far else None


def _settle(marked: Marked, whole: Quantity, row: list[Quantity], here: list[Quantity]) -> bool:
    """Say which are parts and which is pooled; return whether the row says either."""
    ways = [_ways(marked, quantity, row) for quantity in row]
    several = len({way for way in ways if way}) > 1
    if several:
        if whole.nation or not all(ways):
            return False
        whole.role = "pooled"
        for quantity in row:
            quantity.summand = True
        return True
    behind = whole.number.start > row[0].number.start and any(whole is q for q in here)
    if behind and len({q.unit for q in row}) > 1:
        whole.role = "pooled"
        return True  # "25 soldiers and 5 civilians, 30 in all" are two legs
    nations = {q.nation for q in (whole, *row) if q.nation}
    remains = {q.unit == "remains" for q in (whole, *row) if q.what == "people"}
    if len(nations) > 1 or len(remains) > 1:
        return False
    for quantity in row:
        quantity.role = "subset"
    row[-1].complete = True
    return True


def _ways(marked: Marked, quantity: Quantity, row: list[Quantity]) -> str:
    """Return whose people a number of a row counts, or which way they go; empty if unsaid."""
    if quantity.nation:
        return quantity.nation
    nexts = [q.start for q in row if q.start > quantity.number.start]
    last = min(nexts[0], quantity.end + _FAR_GAP) if nexts else quantity.end + _BESIDE
    for mention in marked.mentions:
        if quantity.number.start < mention.start < last and mention.prep in {"to", "from", "by"}:
            return f"{mention.prep} {mention.party}"
    for mention in marked.mentions:
        acting = mention.prep == "" and mention.form in {"name", "seat", "actor"}
        if acting and 0 <= quantity.start - mention.end <= 2:
            return mention.party
    return ""


def _is_aside(marked: Marked, quantity: Quantity) -> bool:
    """Return whether "including" stands right before a number: "ten, including two minors"."""
    return marked.any("including", start=quantity.start - 2, end=quantity.start)


def _is_parted(marked: Marked, row: list[Quantity]) -> bool:
    """Return whether the numbers of a row belong to different days or to an exchange."""
    start, end = row[0].start, row[-1].end
    days = [at for at in (*marked.weekdays, *marked.months) if start - 3 <= at < end]
    inside = marked.any("in_return", "for", "same_number", start=row[0].end, end=row[-1].start)
    ways = [_ways(marked, quantity, row) for quantity in row]
    gap = _FAR_GAP if all(ways) and len(set(ways)) > 1 else _GAP
    joined = all(_joined(marked, *two, gap) for two in pairwise(row))
    if gap == _FAR_GAP and all(two[1].start - two[0].end <= _APART for two in pairwise(row)):
        joined = True  # "114 went to Vale, said the king; nine to Orland"
    return inside or len(days) > 1 or not joined


def _joined(marked: Marked, left: Quantity, right: Quantity, most: int) -> bool:
    """Return whether two numbers stand in one list, with no verb and no strong mark between."""
    gap = marked.tokens[left.end : right.start]
    parted = any(
        t.has(*MOVES, "say") or (t.has("move_with") and not t.has("article")) or t.norm in ";:"
        for t in gap
    )
    return len(gap) <= most and not parted


def _mark_halves(marked: Marked, here: list[Quantity]) -> None:
    """Mark the sum before "95 apiece" as of both sides."""
    for whole, half in pairwise(here):
        each = marked.any("each", start=half.number.start, end=half.end + 4)
        if each and whole.count == 2 * (half.count or 0) and not whole.nation:
            whole.role = "pooled"
