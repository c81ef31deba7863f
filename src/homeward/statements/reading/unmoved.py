"""Numbers of people whom nobody moved: not mentioned, refused, on a list, or a pool.

Rules of this file:
- What somebody did not mention, and what the denied verb would have moved, is no leg.
- People on a list, offered, wished or asked for go nowhere.
- "Of the 112 only 38" counts the 38.
"""

from __future__ import annotations

from homeward.statements.reading.clauses import MOVES, Clause
from homeward.statements.reading.groups import is_other_count
from homeward.statements.reading.quantity import Quantity

_PASSED = 8


def is_passed_over(clause: Clause, quantity: Quantity) -> bool:
    """Return whether a number is what somebody did not mention: "it did not mention the 45".

    Args:
        clause: It stands in.
        quantity: A candidate.

    Returns:
        True if it is.
    """
    marked, start = clause.marked, quantity.number.start
    low = max(clause.start, start - _PASSED)
    if is_other_count(quantity, clause):
        return True
    for at in marked.tagged("negation", start=low, end=start):
        mentioned = marked.tagged("mention", start=at + 1, end=min(at + 4, start))
        if mentioned and not marked.any(*MOVES, "and", "while", start=mentioned[0], end=start):
            return True
    if marked.any("about", start=start - 2, end=start):  # "of the two it said nothing"
        end = next(
            (k for k in range(quantity.end, clause.end) if marked.tokens[k].norm in ",،;"),
            clause.end,
        )
        if marked.any("silent", start=quantity.end, end=end):
            return True
        denied = marked.tagged("negation", start=quantity.end, end=end)
        if denied and marked.any("mention", start=denied[0] + 1, end=min(end, denied[0] + 4)):
            return True
    return marked.any("silent", start=low, end=start) and not clause.moves


def is_refused(quantity: Quantity, clause: Clause) -> bool:
    """Return whether the verb that would move people is denied: "will not let its 14 go".

    Args:
        clause: It stands in.
        quantity: A candidate.

    Returns:
        True if it is.
    """
    marked = clause.marked
    ahead = [at for at in clause.moves if at < quantity.number.start]
    if not ahead or quantity.number.start - ahead[-1] > _PASSED:
        return False
    first = ahead[-1]
    if marked.any("put_off", start=max(clause.start, first - 3), end=first):
        return True  # "put off the release of 620"
    denied = marked.tagged("negation", start=max(clause.start, first - 3), end=first)
    denied = [at for at in denied if not marked.tokens[at].has("rejects")]  # "denied freeing 60"
    return bool(denied) and not marked.any("only", start=denied[0], end=quantity.number.start)


def is_listed(clause: Clause, quantity: Quantity) -> bool:
    """Return whether people are only named on a list, offered or asked for.

    Args:
        clause: It stands in.
        quantity: A candidate.

    Returns:
        True if it is.
    """
    marked = clause.marked
    commas = [at for at in range(clause.start, quantity.start) if marked.tokens[at].norm in ",،"]
    low = commas[-1] if commas else clause.start
    if marked.any("condition", start=low, end=quantity.number.start):
        return True
    if marked.any("list_of", start=quantity.start - 1, end=quantity.start):
        return True  # "had been sent a list of 640 prisoners"
    if quantity.unit == "remains" and clause.own_actor and _moved(clause, "release"):
        return False  # bodies are offered only where they lie ready
    if clause.any("lists") and not _moved(clause, "release", "receive", "return"):
        return True
    if marked.any("lists") and not _moved(clause, "release", "return") and quantity.what == "bare":
        return True
    return any(
        marked.any("lists", start=max(clause.start, at - 3), end=at)
        for at in clause.moves
        if at < quantity.start
    )


def is_pool(clause: Clause, quantity: Quantity) -> bool:
    """Return whether a smaller number is taken out of this one: "of the 112 … only 38".

    Args:
        clause: It stands in.
        quantity: A candidate.

    Returns:
        True if it is.
    """
    marked, start = clause.marked, quantity.start
    tokens = marked.tokens
    if start > 2 and tokens[start - 1].has("own") and tokens[start - 2].has("of"):
        return marked.number_at(start - 3) is not None  # "70 of its 212 prisoners"
    if marked.any("release", "return", start=quantity.end, end=quantity.end + 2):
        return False  # "of the 106 men released 68 had been missing"
    led = marked.any("pool_of", start=start - 2, end=start)
    before = marked.tokens[start - 3] if start > 2 else None
    opens = start <= 2 or (before is not None and (before.kind == "mark" or before.has("that")))
    tail = marked.tokens[quantity.end :]
    if led and any(
        0 < (q.count or 0) < (quantity.count or 0) and q.end < start for q in clause.quantities
    ):
        return not quantity.nation and not marked.tokens[start - 1].has("of", "from")  # Arabic
    less = any(n.start >= quantity.end and n.value < (quantity.count or 0) for n in marked.numbers)
    return led and opens and (less or any(t.has("only") for t in tail))


def _moved(clause: Clause, *tags: str) -> bool:
    return any(clause.marked.tokens[at].has(*tags) for at in clause.moves)
