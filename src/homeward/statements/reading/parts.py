"""Numbers of people that are no leg, decided before any direction.

Rules of this file, in this order; the first that applies decides:
- `casualties`: they died, or were taken. Remains that are handed over are none.
- `subset`: the sentence counts them among people already counted.
- `listed`: they stand on a list, are offered or asked for.
- `held`: they remain where they are.
- `cumulative`: they are counted over many exchanges, or over a whole year.
- Without a verb of movement: `subset` behind a colon or of a kind, else `other`, unless a
  new voice gives its own number for what was told.
"""

from __future__ import annotations

from itertools import pairwise

from homeward.statements.reading.clauses import MOVES, Clause
from homeward.statements.reading.drafts import Draft, told_by
from homeward.statements.reading.marked import Marked
from homeward.statements.reading.quantities import Quantity

_NEAR = 4
_LIST_GAP = 8


def role_of(
    quantity: Quantity,
    clause: Clause,
    before: list[Clause],
    here: list[Draft],
    earlier: list[Draft],
) -> str:
    """Return the role of a quantity that is no leg.

    Args:
        quantity: A candidate in the clause.
        clause: It stands in.
        before: Clauses of the sentence before it.
        here: Legs of the sentence so far.
        earlier: Legs of the sentences before.

    Returns:
        A role, or an empty text if the quantity may be a leg.
    """
    after_leg = max(
        (d.quantity.end for d in here if d.quantity.start < quantity.number.start), default=-1
    )
    anything = bool(here or earlier)
    if quantity.unit != "remains" and _is_casualty(quantity, clause):
        return "casualties"
    if _is_part(quantity, clause, after_leg, anything=anything):
        return "subset"
    if _is_listed(clause, quantity):
        return "listed"
    if _is_held(quantity, clause):
        return "held"
    if (clause.any("cumulative") and _cumulates(quantity, clause)) or _whole_year(clause):
        return "cumulative"
    if quantity.weak:
        listed = here or clause.any("in_return", "for", "move_with")
        return "" if clause.moves and listed else "other"
    if clause.moves or for_each(quantity, clause):
        return ""
    return _without_verb(quantity, clause, before, [*earlier, *here], after_leg)


def _without_verb(
    quantity: Quantity, clause: Clause, before: list[Clause], known: list[Draft], after_leg: int
) -> str:
    marked, start = clause.marked, quantity.number.start
    if new_voice(clause, quantity, known):
        return ""
    opened = any(t.norm in _OPENERS for t in marked.tokens[max(0, after_leg) : start])
    if start > 0 and opened and after_leg >= 0:
        return "subset"
    moved = any(c.moves for c in before) or marked.any(*MOVES, start=quantity.end)
    if moved and not (quantity.subkind and after_leg >= 0):
        return ""
    return "subset" if known else "other"


_OPENERS = frozenset(":(—–")


def new_voice(clause: Clause, quantity: Quantity, known: list[Draft]) -> bool:
    """Return whether a source that gave no number yet gives its own: "Vale spoke of 40".

    Args:
        clause: Without a verb of movement.
        quantity: In it.
        known: Legs of the text so far.
    """
    source = told_by(quantity, clause)
    return (
        bool(known)
        and source != "narrator"
        and all(d.source != source for d in known)
        and (
            not quantity.subkind
            and not clause.any("including", "of_them", "held", "casualty")
            and len([q for q in clause.quantities if q.role == "candidate"]) == 1
        )
    )


def for_each(quantity: Quantity, clause: Clause) -> bool:
    """Return whether a number is of each side: "40 each", "по 40", "40 from either side".

    Args:
        quantity: In the clause.
        clause: Looked at around the number, up to the next comma.
    """
    marked = clause.marked
    low = max(clause.start, quantity.start - 6)
    if any(t.norm in ",;" for t in marked.tokens[low : quantity.start]):
        low = max(at for at in range(low, quantity.start) if marked.tokens[at].norm in ",;")
    if quantity.nation or quantity.holder:
        return False
    if marked.any("each", start=low, end=quantity.start):
        return True
    high = min(clause.end, quantity.end + _NEAR + 1)
    stop = [at for at in range(quantity.end, high) if marked.tokens[at].norm in ",;،"]
    return marked.any("each", start=quantity.number.end, end=stop[0] if stop else high)


def _is_casualty(quantity: Quantity, clause: Clause) -> bool:
    marked = clause.marked
    if marked.any("casualty", start=quantity.end, end=min(clause.end, quantity.end + 4)):
        return True
    if marked.any("casualty", start=max(clause.start, quantity.start - 3), end=quantity.start):
        return True
    return clause.any("casualty") and not clause.moves


def _is_part(quantity: Quantity, clause: Clause, after_leg: int, *, anything: bool) -> bool:
    """Return whether a number counts some of the people counted before."""
    if anything and _of_the_freed(quantity, clause):
        return True
    among = _among(quantity, clause)
    if among is not None:
        return among
    follows = _follows_part(quantity, clause)
    if follows is not None:
        return follows
    of_them = _of_them(quantity, clause)
    if of_them == "freed":
        return True
    if of_them == "them":
        return after_leg >= 0 or not clause.moves
    tokens = clause.marked.tokens
    low, start = max(after_leg, clause.start, 0), quantity.start
    lead = any(t.has("including", "of_them") for t in tokens[max(low, start - 8) : start])
    if lead and anything:
        return True
    if after_leg >= 0 and any(t.has("including") for t in tokens[low:start]):
        return not any(t.has(*MOVES, "move_with", "in_return") for t in tokens[after_leg:start])
    including = clause.marked.any("including", start=clause.start, end=start)
    return anything and not clause.moves and including


def _among(quantity: Quantity, clause: Clause) -> bool | None:
    """Return which number of "5 women were among the 90" is the part; None without the phrase."""
    marked = clause.marked
    after = [q for q in clause.quantities if q.number.start > quantity.number.start]
    before = [q for q in clause.quantities if q.number.start < quantity.number.start]
    if after and _links(marked, quantity, after[0]):
        return True
    if before and _links(marked, before[-1], quantity):
        return False
    return None


def _links(marked: Marked, part: Quantity, whole: Quantity) -> bool:
    gap = marked.tokens[part.end : whole.number.start]
    counted = any(token.has("including") for token in gap)
    return counted and len(gap) <= 4 and any(token.has("passive") for token in gap)


def _of_the_freed(quantity: Quantity, clause: Clause) -> bool:
    """Return whether "of the freed" stands behind a number."""
    behind = clause.marked.tokens[quantity.number.end : quantity.number.end + _NEAR]
    freed = any(token.has("release", "return") for token in behind[1:])
    return bool(behind) and behind[0].has("of") and freed


def _follows_part(quantity: Quantity, clause: Clause) -> bool | None:
    """Return whether a number goes on with a list of parts, None if it stands behind none."""
    earlier = [q for q in clause.quantities if q.number.start < quantity.start]
    if not earlier or earlier[-1].role != "subset":
        return None
    gap = clause.marked.tokens[earlier[-1].end : quantity.start]
    parted = any(t.has(*MOVES, "in_return", "while") or t.norm in ";:" for t in gap) or any(
        earlier[-1].end <= m.start < quantity.start and m.form in {"name", "seat", "actor"}
        for m in clause.mentions
    )
    return None if parted or len(gap) > _LIST_GAP else not quantity.nation


def _of_them(quantity: Quantity, clause: Clause) -> str:
    """Return `them` for "22 of them", `freed` for "22 of those released", else nothing."""
    end = quantity.number.end
    behind = clause.marked.tokens[end : end + _NEAR + 1]
    for token, after in pairwise(behind):
        if token.has("of_them") and after.has("release", "return"):
            return "freed"
    near = behind[:3]
    until = next((k for k, t in enumerate(near) if t.kind != "word"), len(near))
    rival = any(end <= q.number.start < end + until for q in clause.quantities)
    return "them" if not rival and any(t.has("of_them") for t in near[:until]) else ""


def _is_listed(clause: Clause, quantity: Quantity) -> bool:
    """Return whether people are only named on a list, offered or asked for."""
    marked = clause.marked
    if clause.any("lists") and not _moved(clause, "release", "receive", "return"):
        return True
    if marked.any("lists") and not _moved(clause, "release", "return") and quantity.what == "bare":
        return True
    return any(
        marked.any("lists", start=max(clause.start, at - 3), end=at)
        for at in clause.moves
        if at < quantity.start
    )


def _moved(clause: Clause, *tags: str) -> bool:
    return any(clause.marked.tokens[at].has(*tags) for at in clause.moves)


def _is_held(quantity: Quantity, clause: Clause) -> bool:
    marked = clause.marked
    if not clause.any("held", "remain"):
        return False
    if not clause.moves:
        return not quantity.holder or clause.any("remain")
    near = marked.any("remain", start=quantity.end, end=quantity.end + 4) or marked.any(
        "held", "remain", start=max(clause.start, quantity.start - 4), end=quantity.start
    )
    return near and not quantity.holder


def _whole_year(clause: Clause) -> bool:
    """Return whether a clause counts over a year: a year in it, and no day or month."""
    marked = clause.marked
    years = [q for q in clause.quantities if q.role == "year"]
    inside = range(clause.start, clause.end)
    dated = any(at in inside for at in (*marked.months, *marked.weekdays))
    dated = (
        dated
        or clause.any("today", "yesterday", "captivity", "since")
        or any(q.role == "day" for q in clause.quantities)
    )
    return bool(years) and not dated and bool(clause.moves)


def _cumulates(quantity: Quantity, clause: Clause) -> bool:
    """Return whether the word of a running total belongs to this number, not to a later one."""
    marked = clause.marked
    cues = marked.tagged("cumulative", start=clause.start, end=clause.end)
    rivals = [
        q for q in clause.quantities if q is not quantity and q.role in {"candidate", "cumulative"}
    ]
    before = [at for at in cues if at < quantity.number.start]
    if before and any(t.norm == ":" for t in marked.tokens[before[-1] : quantity.number.start]):
        return False  # "the largest so far: 230 and 248"
    if before:
        cue = before[-1]
        return not any(cue < q.number.start < quantity.number.start for q in rivals) or (
            quantity.nation == "" and not rivals
        )
    cue = cues[0]
    if any(t.norm in ",،" for t in marked.tokens[quantity.end : cue]):
        return False  # "100 came home, the most since the war began"
    if any(cue < q.number.start <= cue + 8 for q in rivals):
        return False
    return not any(quantity.number.start < q.number.start < cue for q in rivals)
