"""Running totals: numbers that count people over many exchanges.

Rules of this file:
- A word of a running total ("so far", "in all since") belongs to the number before or behind it,
  not to a later one; "the largest so far" is about one exchange.
- A clause with a year and no day or month counts over that year.
- "Since" behind a number, without a day of capture, counts from then on.
"""

from __future__ import annotations

from homeward.statements.reading.clauses import Clause
from homeward.statements.reading.marked import Marked
from homeward.statements.reading.quantity import Quantity

_NEAR = 4
_PASSED = 8


def is_cumulative(quantity: Quantity, clause: Clause) -> bool:
    """Return whether a number counts people over many exchanges.

    Args:
        quantity: A candidate.
        clause: It stands in.

    Returns:
        True if it is a running total.
    """
    years = [q for q in clause.quantities if q.role == "year" and q.start < quantity.start]
    since = years and clause.marked.any("since", start=years[-1].start - 1, end=years[-1].start)
    held = since and clause.marked.any(
        "captivity", "held", "jailed", start=clause.start, end=clause.end
    )
    if since and years[-1].start <= clause.start + 2 and not held and clause.moves:
        return True  # "since 2029 2,030 have been freed"
    cumulated = clause.any("cumulative") and _cumulates(quantity, clause)
    return cumulated or _whole_year(clause) or _ever_since(quantity, clause)


def _whole_year(clause: Clause) -> bool:
    """Return whether a clause counts over a year: a year in it, and no day or month."""
    marked = clause.marked
    years = [
        q
        for q in clause.quantities
        if q.role == "year"
        and not marked.any("taken", "jailed", start=q.start - _NEAR, end=q.start)
        and not marked.any("first", "superlative", start=q.start - _NEAR, end=q.start)
    ]
    inside = range(clause.start, clause.end)
    dated = any(at in inside for at in (*marked.months, *marked.weekdays))
    dated = (
        dated
        or clause.any("today", "yesterday", "captivity", "since", "jailed")
        or any(q.role == "day" for q in clause.quantities)
    )
    return bool(years) and not dated and bool(clause.moves)


def _ever_since(quantity: Quantity, clause: Clause) -> bool:
    """Return whether people came "since" something behind the number that is no day."""
    marked = clause.marked
    for at in marked.tagged("ever_since", start=quantity.end, end=clause.end):
        days = any(at < d <= at + _NEAR for d in (*marked.weekdays, *marked.months))
        days = days and not any(
            q.role == "year" and at < q.start <= at + 3 for q in clause.quantities
        )
        rival = any(quantity is not q and quantity.end <= q.start < at for q in clause.quantities)
        held = marked.any("captivity", "held", "taken", start=quantity.end, end=clause.end)
        held = held or marked.any("superlative", start=at - _PASSED, end=at)  # "the largest since"
        if not (days or rival or held or clause.any("today", "yesterday", "first")):
            return bool(clause.moves) and marked.tokens[at - 1].norm not in ",،"
    return False


def _cumulates(quantity: Quantity, clause: Clause) -> bool:
    """Return whether the word of a running total belongs to this number, not to a later one."""
    marked = clause.marked
    cues = marked.tagged("cumulative", start=clause.start, end=clause.end)
    rivals = [
        q for q in clause.quantities if q is not quantity and q.role in {"candidate", "cumulative"}
    ]
    start = quantity.number.start
    if marked.any("only", start=start - 2, end=start):
        return False  # "only 38 have come so far"
    before = [at for at in cues if at < start]
    if before and marked.any("superlative", start=before[0] - _PASSED, end=before[0]):
        return False  # "in the largest return so far 40 came home"
    if before and _is_aside(marked, before[-1], start):
        return False
    if before:
        cue = before[-1]
        return not any(cue < q.number.start < quantity.number.start for q in rivals) or (
            quantity.nation == "" and not rivals
        )
    cue = cues[0]
    if marked.any("superlative", start=cue - _PASSED, end=cue):
        return False  # "brought 230 home in its biggest swap so far"
    caught = marked.any("jailed", "taken", "located", start=quantity.end, end=cue)
    if caught or any(t.norm in ",،" for t in marked.tokens[quantity.end : cue]):
        # "four men taken to Vale during the war are back"
        return False  # "100 came home, the most since the war began"
    if any(cue < q.number.start <= cue + 8 for q in rivals):
        return False
    return not any(quantity.number.start < q.number.start < cue for q in rivals)


def _is_aside(marked: Marked, cue: int, number: int) -> bool:
    """Return whether a word is parted from a number behind it.

    It is by a colon ("the largest so far: 230 and 248"), or by the comma that ends its relative
    clause ("on the eve of the feast, which falls on 12 April this year, 40 came home").
    """
    if any(token.norm == ":" for token in marked.tokens[cue:number]):
        return True
    ends = [at for at in range(cue + 1, number) if marked.tokens[at].norm in ",،"]
    return bool(ends) and marked.any("which", start=cue - _PASSED, end=cue)
