"""Numbers of people that are no leg, decided before any direction.

Rules of this file, in this order; the first that applies decides:
- `casualties`: they died, or were taken. Remains that are handed over are none.
- `subset`: the sentence counts them among people already counted.
- `other`: somebody did not mention them.
- `listed`: they stand on a list, are offered or asked for.
- `held`: they remain where they are.
- `cumulative`: they are counted over many exchanges, or over a whole year.
- Without a verb of movement: `subset` behind a colon or of a kind, else `other`, unless a
  new voice gives its own number for what was told.
"""

from __future__ import annotations

from itertools import pairwise

from homeward.statements.reading.clauses import MOVES, Clause, heads_colon
from homeward.statements.reading.drafts import Draft, told_by
from homeward.statements.reading.groups import (
    are_described,
    are_the_freed,
    is_known,
    of_a_number,
    of_the_freed,
    of_the_people,
    of_them,
    of_those_who,
    some_of_them,
    whole_of,
)
from homeward.statements.reading.marked import Marked
from homeward.statements.reading.quantity import Quantity
from homeward.statements.reading.totals import is_cumulative
from homeward.statements.reading.unmoved import is_listed, is_passed_over, is_pool, is_refused

_NEAR = 4
_NO_EVENT = ("held", "remain", "casualty", "taken", "lists", "cumulative", "negation", "talks")
_LIST_GAP = 8
_PASSED = 8
_EACH_BEHIND = 7  # "40 prisoners were to be freed by each side"
_AMONG = 14


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
    ahead = [q for q in clause.quantities if q.start < quantity.start]
    if (
        ahead
        and ahead[-1].role == "cumulative"
        and clause.marked.any("opposite", start=ahead[-1].end, end=quantity.start)
    ):
        return "cumulative"  # "in all 122 went to Vale, the other way 29"
    if clause.moves and clause.moves[-1] < clause.start and before and before[-1].quantities:
        shared = before[-1].quantities[-1].role  # a dash stands for the verb, and for the time
        if shared in {"cumulative", "held", "casualties", "listed"}:
            return shared
    if quantity.unit != "remains" and _is_casualty(quantity, clause):
        return "casualties"
    if _is_part(quantity, clause, after_leg, earlier, anything=anything):
        return "subset"
    for role, applies in (
        ("other", _is_agent(quantity, clause)),
        ("other", is_passed_over(clause, quantity) or is_refused(quantity, clause)),
        ("listed", is_listed(clause, quantity) or is_pool(clause, quantity)),
        ("held", _is_held(quantity, clause, before)),
        ("cumulative", is_cumulative(quantity, clause)),
        ("other", not clause.moves and _is_of_plan(quantity, clause)),
    ):
        if applies:
            return role
    if not quantity.weak and not clause.moves and not for_each(quantity, clause):
        if _is_formula(quantity, clause) or _tells_itself(quantity, clause, [*earlier, *here]):
            return ""
        return _without_verb(quantity, clause, before, [*earlier, *here], after_leg)
    alone = quantity.weak and not _is_somebody(quantity, clause, here)
    return "other" if alone else ""


def _is_of_plan(quantity: Quantity, clause: Clause) -> bool:
    """Return whether a number only tells what was agreed: "40 each", "the deal covers 80 people"."""
    if clause.any("agree", "planned") and for_each(quantity, clause):
        return True
    start = quantity.start
    covered = clause.marked.any("covers", start=start - _NEAR, end=start) and clause.any("agree")
    return covered and not (quantity.nation or quantity.own)


def _is_somebody(quantity: Quantity, clause: Clause, here: list[Draft]) -> bool:
    """Return whether one person told without a number went home: "a Dornish pilot was freed"."""
    if _is_pair(quantity, clause):
        return True
    if not clause.moves:
        return False
    if here or clause.any("in_return", "for", "move_with"):
        return True
    led = any(m.prep == "to" and m.form in {"name", "seat"} for m in clause.mentions)
    first = clause.moves[0]
    given = clause.own_actor and first < quantity.start <= first + _NEAR
    told = bool(quantity.nation) or led or quantity.own or given
    named = clause.marked.any("release", "receive", start=quantity.start - 1, end=quantity.start)
    told = told or (quantity.head < 0 and named)  # "Vale freed Orlo Vane"
    back = clause.marked.any("return", "release", start=quantity.end, end=clause.end)
    spoken = told_by(quantity, clause) != "narrator"
    lead = clause.marked.any("article", start=quantity.start, end=quantity.start + 1)
    told = told or (lead and quantity.unit == "soldiers" and back and spoken)  # "a guard was back"
    speaks = clause.marked.any("say", start=quantity.end, end=quantity.end + _NEAR) or (
        clause.marked.any("say", start=clause.start, end=quantity.start)
    )
    return told and (given or not speaks) and not clause.any("previous")


def _is_formula(quantity: Quantity, clause: Clause) -> bool:
    """Return whether a number is one half of "fifty for fifty" that somebody tells."""
    marked = clause.marked
    parties = {m.party for m in marked.mentions if m.party and not m.organisation}
    told = told_by(quantity, clause) != "narrator" or len(parties) > 1
    if not told or clause.any("agree", "planned", *_NO_EVENT):
        return False
    told = told_by(quantity, clause) != "narrator"
    for rival in clause.quantities:
        low, high = sorted((quantity, rival), key=lambda q: q.number.start)
        gap = marked.tokens[low.number.end : high.number.start]
        if rival is not quantity and rival.count == quantity.count and len(gap) == 1:
            return gap[0].has("for", "in_return")
    return False


def _tells_itself(quantity: Quantity, clause: Clause, known: list[Draft]) -> bool:
    """Return whether people of a nation not yet told of need no verb: "35 Dorns are the other half"."""
    pooled = quantity.what == "bare" and clause.marked.any("pool_of", start=0, end=quantity.start)
    if not quantity.nation or quantity.what == "thing" or quantity.subkind or pooled:
        return False
    lead = clause.marked.any("including", start=clause.start, end=quantity.start)
    if lead or clause.any(*_NO_EVENT) or any(d.home == quantity.nation for d in known):
        return False
    spoken = told_by(quantity, clause) != "narrator"
    nations = {q.nation for q in clause.quantities if q.nation and q.role != "subset"}
    return (
        spoken
        or len(nations) > 1
        or clause.marked.any("exchange", "carried", "bus", "in_return", "opposite", "deal_word")
    )


def _without_verb(
    quantity: Quantity, clause: Clause, before: list[Clause], known: list[Draft], after_leg: int
) -> str:
    marked, start = clause.marked, quantity.number.start
    if new_voice(clause, quantity, known):
        return ""
    opened = any(t.norm in _OPENERS for t in marked.tokens[max(0, after_leg) : start])
    if start > 0 and opened and after_leg >= 0 and not _is_pair(quantity, clause):
        return "subset"
    colon = [at for at in range(quantity.end, len(marked.tokens)) if marked.tokens[at].norm == ":"]
    later = marked.any(*MOVES, start=quantity.end, end=colon[0] if colon else None)
    later = later or heads_colon(quantity, marked)
    moved = any(c.moves for c in before) or later
    if moved and not (quantity.subkind and after_leg >= 0):
        return ""
    return "subset" if known else "other"


def _is_pair(quantity: Quantity, clause: Clause) -> bool:
    """Return whether a number is given for one of another nation: "31 Dorns for 15 Orlanders"."""
    for rival in clause.quantities:
        if rival is quantity or rival.nation in {"", quantity.nation} or not quantity.nation:
            continue
        low, high = sorted((quantity, rival), key=lambda q: q.number.start)
        if clause.marked.any("for", "in_return", start=low.end, end=high.number.start):
            return True
    return False


_OPENERS = frozenset(":(—–")


def new_voice(clause: Clause, quantity: Quantity, known: list[Draft]) -> bool:
    """Return whether a source that gave no number yet gives its own: "Vale spoke of 40".

    Args:
        clause: Without a verb of movement.
        quantity: In it.
        known: Legs of the text so far.
    """
    source = told_by(quantity, clause)
    start = quantity.number.start
    has = clause.marked.any("aux", start=start - _NEAR, end=start)
    if has and not _is_figure(quantity, clause):
        return False  # "it says that it has 300", not "it had counted 300"
    told = any(d.source == source and d.clause is not clause for d in known)
    if not known or source == "narrator" or told:
        return False
    alone = len([q for q in clause.quantities if q.role in {"candidate", "leg"}]) == 1
    alone = alone or any(d.count == quantity.count for d in known)
    lead = clause.marked.any("including", "of_them", start=start - _NEAR, end=start)
    lead = lead or clause.marked.any("of_them", start=quantity.end, end=quantity.end + 2)
    parts = (quantity.subkind and alone) or lead or clause.any("held", "casualty")
    return _is_figure(quantity, clause) or (alone and not parts)


def _is_figure(quantity: Quantity, clause: Clause) -> bool:
    """Return whether a number is given as the figure of what was told: "put the figure at 64"."""
    start = quantity.number.start
    cues = clause.marked.tagged("figure", start=max(clause.start, start - _NEAR), end=start)
    return bool(cues) and not clause.marked.any(*MOVES, start=cues[-1], end=start)


def for_each(quantity: Quantity, clause: Clause) -> bool:
    """Return whether a number is of each side: "40 each", "по 40", "40 from either side".

    Args:
        quantity: In the clause.
        clause: Looked at around the number, up to the next comma.
    """
    marked = clause.marked
    start = quantity.number.start if quantity.unit != "remains" else quantity.start
    low = max(clause.start, quantity.start - 6)
    if any(t.norm in ",;" for t in marked.tokens[low:start]):
        low = max(at for at in range(low, start) if marked.tokens[at].norm in ",;")
    if quantity.nation or quantity.holder:
        return False
    ahead = marked.tagged("each", start=low, end=start)
    if ahead and not _is_of_another(quantity, clause, ahead[0]):
        return True
    high = min(clause.end, quantity.end + _EACH_BEHIND)
    stop = [at for at in range(quantity.end, high) if marked.tokens[at].norm in ",;،"]
    if marked.any("each", start=quantity.number.end, end=stop[0] if stop else high):
        return True
    after = next((q for q in clause.quantities if q.number.start >= quantity.end), None)
    if after is None or after.what != "people" or quantity.what != "people":
        return False
    gap = marked.tokens[quantity.end : after.start]
    listed = len(gap) == 1 and gap[0].has("and")  # "40 men and 2 women from each side"
    return listed and for_each(after, clause)


def _is_of_another(quantity: Quantity, clause: Clause, each: int) -> bool:
    """Return whether "each" belongs to the number before it: "390 on each side of the 1,000"."""
    return any(
        q is not quantity and q.role in {"candidate", "leg"} and 0 <= each - q.end <= _NEAR
        for q in clause.quantities
    )


def _is_agent(quantity: Quantity, clause: Clause) -> bool:
    """Return whether people only do something: "were joined by two civilians"."""
    before = clause.marked.tokens[quantity.start - 1 : quantity.start]
    return any(t.has("by") and not t.has("for", "in_return", "with") for t in before)


def _is_casualty(quantity: Quantity, clause: Clause) -> bool:
    marked = clause.marked
    if marked.any("casualty", start=quantity.end, end=min(clause.end, quantity.end + 4)):
        return True
    if marked.any("casualty", start=max(clause.start, quantity.start - 3), end=quantity.start):
        return True
    listed = [q for q in clause.quantities if q.number.start < quantity.start]
    if listed and listed[-1].role == "casualties":
        gap = marked.tokens[listed[-1].end : quantity.start]
        if len(gap) <= _NEAR and not any(t.has(*MOVES) for t in gap):
            return True
    if marked.any("casualty") and marked.any(
        "carried", "bring", "aboard", start=quantity.start - _NEAR, end=quantity.start
    ):
        return True  # "the aircraft that was carrying 40 of them came down, killing all"
    return clause.any("casualty", "taken") and not clause.moves


def _is_part(
    quantity: Quantity, clause: Clause, after_leg: int, earlier: list[Draft], *, anything: bool
) -> bool:
    """Return whether a number counts some of the people counted before."""
    if any(of_a_number(part, clause) is quantity for part in clause.quantities):
        return False
    if of_a_number(quantity, clause) is not None:
        return True
    whole = whole_of(quantity, clause)
    if whole is not None and not any(d.count == whole.count for d in earlier):
        return whole is not quantity  # "among the 150 freed 54 had been missing"
    counted = of_the_freed(quantity, clause) or of_the_people(quantity, clause)
    counted = counted or are_the_freed(quantity, clause) or _of_known(quantity, clause, earlier)
    if anything and are_described(quantity, clause):
        return True
    if of_those_who(quantity, clause) or (earlier and some_of_them(quantity, clause, earlier)):
        return True
    if (anything and counted) or (earlier and is_known(quantity, clause, earlier)):
        return True
    for said in (_included(quantity, clause, earlier), _among(quantity, clause)):
        if said is not None:
            return said
    follows = _follows_part(quantity, clause)
    return _led(quantity, clause, after_leg, anything=anything) if follows is None else follows


def _of_known(quantity: Quantity, clause: Clause, earlier: list[Draft]) -> bool:
    """Return whether "two of the Dorns" are of more Dorns told of before."""
    behind = clause.marked.tokens[quantity.number.end : quantity.number.end + 2]
    group = len(behind) > 1 and behind[0].has("of") and behind[1].has("definite")
    more = any(
        d.home == quantity.nation and (d.count or 0) > (quantity.count or 0) for d in earlier
    )
    return group and more


def _led(quantity: Quantity, clause: Clause, after_leg: int, *, anything: bool) -> bool:
    """Return whether "of them", "including" or the like makes a number a part."""
    group = of_them(quantity, clause)
    if group == "freed":
        return True
    tokens = clause.marked.tokens
    beside = clause.marked.any("of_them", start=quantity.number.end, end=quantity.number.end + 1)
    moved = any(at > quantity.end for at in clause.moves)  # "seven of them left for Vale"
    if group == "them" and anything and beside and quantity.what == "bare" and not moved:
        return True  # "two of them were ill"
    if group == "them":
        aside = anything and quantity.start > 0 and tokens[quantity.start - 1].norm == ","
        return after_leg >= 0 or aside or not clause.moves
    low, start = max(after_leg, clause.start, 0), quantity.start
    cues = clause.marked.tagged("including", "of_them", start=max(low, start - 8), end=start)
    counted = bool(cues) and cues[0] > 0 and tokens[cues[0] - 1].has("figure", "how_many")
    back = bool(cues) and clause.marked.any("in_return", start=cues[-1], end=start)
    if cues and anything and not (back or counted):
        return True
    if after_leg >= 0 and any(t.has("including") for t in tokens[low:start]):
        return not any(t.has(*MOVES, "move_with", "in_return") for t in tokens[after_leg:start])
    including = clause.marked.any("including", start=clause.start, end=start)
    return anything and not clause.moves and including


def _included(quantity: Quantity, clause: Clause, earlier: list[Draft]) -> bool | None:
    """Return True for "139 civilians included", False for the whole in "among the 90 freed"."""
    tail = clause.marked.tokens[quantity.end : quantity.end + 2]
    ends = len(tail) < 2 or tail[1].kind == "mark"
    behind = clause.marked.tokens[quantity.number.end : quantity.number.end + 2]
    dashed = len(behind) == 2 and behind[0].norm in "—–" and behind[1].has("subkind")
    if earlier and dashed:
        return True  # "eight — officers"
    if earlier and tail and tail[0].has("including") and ends:
        return True
    led = clause.marked.any("among_word", start=quantity.start - 2, end=quantity.start)
    return False if led and any(d.count == quantity.count for d in earlier) else None


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
    if len(gap) > 1 and gap[-1].has("including") and gap[-2].has("passive"):
        return len(gap) <= _AMONG and not any(token.has(*MOVES) for token in gap)
    parted = any(token.has(*MOVES) or token.kind == "mark" for token in gap)
    return counted and not parted and len(gap) <= 4 and any(t.has("passive") for t in gap)


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
    joined = bool(gap) and gap[-1].has("and")
    joined = joined or clause.marked.tokens[quantity.number.start].norm.startswith("و")
    closed = any(a.has("of_them") and b.norm in ",،" for a, b in pairwise(gap))
    if closed and gap[-1].has("and"):
        return False  # "60 soldiers, ten of them officers, and 16 civilians"
    if earlier[-1].complete and any(t.has("move_with", "and") for t in gap):
        return False  # the parts before have added up
    if parted or len(gap) > _LIST_GAP:
        return None
    return not quantity.nation or (len(gap) <= _NEAR and joined)


def _is_held(quantity: Quantity, clause: Clause, before: list[Clause]) -> bool:
    marked = clause.marked
    told = [q for c in before for q in c.quantities if q.role == "held"]
    if told and quantity.what == "bare" and not clause.moves:
        return True  # "Vale keeps 72, while Orland admits to 60"
    if not clause.any("held", "remain"):
        return False
    if not clause.moves:
        return not quantity.holder or clause.any("remain")
    near = marked.any("remain", start=quantity.end, end=quantity.end + 4) or marked.any(
        "held", "remain", start=max(clause.start, quantity.start - 4), end=quantity.start
    )
    return near and not quantity.holder
