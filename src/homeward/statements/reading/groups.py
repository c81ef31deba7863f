"""Numbers that count some of a group that the text tells of.

Rules of this file:
- "Five of the dead whom …", "48 of the men" and "of those freed" are some of a group; so is a bare
  number that opens a sentence or goes on with a list of parts.
- "The two men" are some of those told of, unless the same number was told before.
- "Among them" may stand right behind the number or behind its noun.
"""

from __future__ import annotations

import re
from itertools import pairwise

from homeward.statements.reading.clauses import MOVES, Clause
from homeward.statements.reading.drafts import Draft
from homeward.statements.reading.quantity import Quantity

_FREED = re.compile(r"[а-яії]{3,}(нн|вш|н)(ых|их)$")
_OF_FREED = re.compile(r"[а-яії]{3,}(нн|вш|н|[аяую]щ)(ых|их)(ся)?$")
_NEAR = 4
_PASSED = 8


def of_those_who(quantity: Quantity, clause: Clause) -> bool:
    """Return whether a number is some of a group that a clause tells: "five of the dead whom …".

    Args:
        quantity: A candidate.
        clause: It stands in.

    Returns:
        True if it does.
    """
    if _is_among(quantity, clause):
        return True
    marked, end = clause.marked, quantity.number.end
    tokens = marked.tokens
    if quantity.own or end + 1 >= len(tokens) or not tokens[end].has("of"):
        return False
    group = tokens[end + 1].has("definite", "remains") and quantity.what == "people"
    described = marked.any("which", start=quantity.end, end=quantity.end + 2)
    return (
        group and described and marked.any(*MOVES, start=quantity.end, end=quantity.end + _PASSED)
    )


def some_of_them(quantity: Quantity, clause: Clause, earlier: list[Draft]) -> bool:
    """Return whether a bare number opens a sentence on those told of: "Thirty-seven were hurt".

    Args:
        quantity: A candidate.
        clause: It stands in.
        earlier: Legs of the sentences before.

    Returns:
        True if it does.
    """
    end = quantity.number.end
    start = quantity.number.start
    listed = any(q.role == "subset" and q.end < start for q in clause.quantities)
    listed = listed and clause.marked.tokens[start - 1].has("and")
    if earlier and clause.marked.any("of_them", start=0, end=1) and not quantity.nation:
        # "Of these, 320 had lain in Vale and 89 in the hills"
        return (quantity.count or 0) < (earlier[-1].count or 0)
    opens = (start == 0 or listed) and quantity.what == "bare" and not quantity.nation
    told = [d for d in earlier[-1:] if (d.count or 0) > (quantity.count or 0) > 0]
    verb = clause.marked.any("passive", "aux", start=end, end=end + 1)
    home = clause.marked.any("return", "receive", start=end, end=end + _PASSED)
    return opens and bool(told) and verb and not home


def of_the_people(quantity: Quantity, clause: Clause) -> bool:
    """Return whether a number counts some of those told of: "48 of the men", "ten of these".

    Args:
        quantity: A candidate.
        clause: It stands in.

    Returns:
        True if it does.
    """
    tokens = clause.marked.tokens[quantity.number.end : quantity.number.end + 3]
    if quantity.nation and not clause.moves and any(t.has("of") for t in tokens[:1]):
        return any(t.has("definite") for t in tokens[1:2])  # "74 of the Dorns had fought"
    if quantity.own or quantity.nation or len(tokens) < 3 or not tokens[0].has("of"):
        return False
    if tokens[2].has("own", "theirs"):
        return False
    return tokens[1].has("small", "of_the") and tokens[2].has("people", "soldiers", "civilians")


def of_the_freed(quantity: Quantity, clause: Clause) -> bool:
    """Return whether "of the freed" stands behind a number.

    Args:
        quantity: A candidate.
        clause: It stands in.

    Returns:
        True if it does.
    """
    behind = clause.marked.tokens[quantity.number.end : quantity.number.end + _NEAR]
    if behind and behind[0].has("among") and any(token.has("freed_ones") for token in behind):
        return True  # Arabic
    if _are_among(quantity, clause):
        return True
    if not behind or not behind[0].has("of"):
        return False
    whose = quantity.nation or quantity.own or clause.moves
    named = behind[0].has("of_the") and len(behind) > 1 and behind[1].has("people") and not whose
    return named or any(token.has("release", "return") for token in behind[1:])


def _are_among(quantity: Quantity, clause: Clause) -> bool:
    """Return whether people "are among those released", whose whole was told before."""
    marked, end = clause.marked, quantity.end
    led = marked.tagged("including", "among_word", start=end, end=end + _NEAR - 1)
    if not led:
        return False
    group = range(led[0] + 1, min(led[0] + 2 + _NEAR, len(marked.tokens)))
    counted = any(marked.number_at(at) is not None for at in range(end, group.stop))
    return not counted and any(marked.tokens[at].has("release", "return") for at in group)


def are_the_freed(quantity: Quantity, clause: Clause) -> bool:
    """Return whether a Slavic participle for a noun says who they are: "34 освобождённых служили".

    Args:
        quantity: A candidate.
        clause: It stands in.

    Returns:
        True if nothing else moves them.
    """
    tokens = clause.marked.tokens
    each = clause.marked.any("each", start=quantity.end, end=quantity.end + _NEAR)
    if (
        each
        or quantity.head < 0
        or quantity.nation
        or not _FREED.search(tokens[quantity.head].norm)
    ):
        return False
    freed = tokens[quantity.head].has("release", "return", "receive", "exchange")
    return freed and all(quantity.start <= at < quantity.end for at in clause.moves)


def whole_of(quantity: Quantity, clause: Clause) -> Quantity | None:
    """Return the whole of "among the 150 freed 54 were missing", told in Slavic languages.

    Args:
        quantity: A candidate.
        clause: It stands in.

    Returns:
        The whole that opens the clause, if another number behind it is a part; else None.
    """
    counted = [q for q in clause.quantities if q.role in {"candidate", "leg", "subset"}]
    if len(counted) < 2 or quantity not in counted or counted[0].head < 0:
        return None
    whole, tokens = counted[0], clause.marked.tokens
    led = clause.marked.any("pool_of", "among_word", start=whole.start - 1, end=whole.start)
    freed = _FREED.search(tokens[whole.head].norm) and tokens[whole.head].has("release", "return")
    smaller = all((q.count or 0) < (whole.count or 0) for q in counted[1:])
    return whole if led and freed and smaller else None


def _is_among(quantity: Quantity, clause: Clause) -> bool:
    """Return whether "among the 90 who came home were six women" makes a number a part."""
    marked = clause.marked
    before = [q for q in clause.quantities if q.number.start < quantity.number.start]
    opens = marked.any("among_word", start=0, end=2) or marked.any("including", start=0, end=2)
    if not (opens and before) or (before[0].count or 0) <= (quantity.count or 0):
        return False
    return before[0].start <= 3 and marked.any(
        "passive", start=quantity.start - 2, end=quantity.start
    )


def is_known(quantity: Quantity, clause: Clause, earlier: list[Draft]) -> bool:
    """Return whether "the two men" are some of those told of; the same number is told again.

    Args:
        quantity: A candidate.
        clause: It stands in.
        earlier: Legs of the sentences before.

    Returns:
        True if it does.
    """
    start = quantity.number.start if quantity.unit == "remains" else quantity.start
    before = clause.marked.tokens[max(0, start - 1) : quantity.number.start]
    definite = any(token.has("definite") for token in before)
    again = any(d.count == quantity.count for d in earlier)
    bare = quantity.what == "bare" or quantity.nation or quantity.own
    return definite and not again and not bare and not clause.any("in_return", "each")


def of_them(quantity: Quantity, clause: Clause) -> str:
    """Return `them` for "22 of them", `freed` for "22 of those released", else nothing.

    Args:
        quantity: A candidate.
        clause: It stands in.

    Returns:
        The word for it, or an empty text.
    """
    end = quantity.number.end
    behind = clause.marked.tokens[end : end + _NEAR + 1]
    for token, after in pairwise(behind):
        if token.has("of_them") and after.has("release", "return"):
            return "freed"
    for at in {end, quantity.end}:
        two = clause.marked.tokens[at : at + 2]
        freed = len(two) > 1 and two[0].has("pool_of") and _OF_FREED.search(two[1].norm)
        if freed and two[1].has("release", "return", "exchange"):
            return "freed"  # "31 из освобождённых"
    if clause.marked.any("of_them", start=quantity.end, end=quantity.end + 1):
        return "them"  # "two Greek priests among them"
    near = behind[:3]
    until = next((k for k, t in enumerate(near) if t.kind != "word"), len(near))
    rival = any(end <= q.number.start < end + until for q in clause.quantities)
    return "them" if not rival and any(t.has("of_them") for t in near[:until]) else ""


def are_described(quantity: Quantity, clause: Clause) -> bool:
    """Return whether a sentence only tells what some are: "30 are officers", "12 son civiles".

    Args:
        quantity: A candidate.
        clause: It stands in.

    Returns:
        True if a form of "to be" stands right behind the number, and then a noun for people.
    """
    tokens, at = clause.marked.tokens, quantity.number.end
    if at >= len(tokens) or not tokens[at].has("passive") or quantity.own:
        return False
    for token in tokens[at + 1 : at + _NEAR]:
        if token.has(*MOVES, "held", "jailed") or token.kind != "word":
            return False
        if token.has("subkind", "civilians", "soldiers"):
            return True
    return False


def of_a_number(quantity: Quantity, clause: Clause) -> Quantity | None:
    """Return the greater number that went home, of which a number is a part: "48 of the 117 freed".

    Args:
        quantity: A candidate.
        clause: It stands in.

    Returns:
        The whole; None where the verb is about the part: "12 of the 30 came home".
    """
    tokens, at = clause.marked.tokens, quantity.number.end
    if at >= len(tokens) or not tokens[at].has("of"):
        return None
    whole = next((q for q in clause.quantities if at < q.number.start <= at + 2), None)
    if whole is None or (whole.count or 0) <= (quantity.count or 0):
        return None
    moved = [verb for verb in clause.moves if verb >= whole.number.end]
    return whole if moved and moved[-1] <= whole.number.end + 1 else None


def is_other_count(quantity: Quantity, clause: Clause) -> bool:
    """Return whether a number is only put away beside another: "14 came home and not 16".

    Args:
        quantity: A candidate.
        clause: It stands in.

    Returns:
        True if a denial stands right before it, and a number before that.
    """
    marked, start = clause.marked, quantity.number.start
    about = start > 0 and marked.tokens[start - 1].has("about", "of")
    denied = marked.tagged("negation", start=start - 1 - about, end=start - about)
    return bool(denied) and any(
        clause.start <= q.number.start < denied[0] for q in clause.quantities
    )
