"""The two sides of the exchange that a text is about.

Rules of this file:
- The two sides are the parties whose people go home, who hand over or receive, or between
  whom it happens; whoever only mediates or hosts is no side.
- Whoever is only a part of those counted weighs little; a movement's own people are no other side.
- The usual other side is taken where the text leaves the second open.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from homeward.statements.reading.clauses import MOVES
from homeward.statements.reading.marked import Marked, Mention
from homeward.statements.reading.pack import Pack
from homeward.statements.reading.quantity import Quantity

_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_PAIR = 7  # tokens behind the first of two parties in which their verb begins
_LIST = 12  # tokens behind "including" in which a list may go on


def sides_of(
    sentences: Sequence[Marked], quantities: Sequence[list[Quantity]], pack: Pack
) -> tuple[str, ...]:
    """Return the two sides of the exchange that a text is about.

    Args:
        sentences: Of one text.
        quantities: Of each sentence.
        pack: Of its language.

    Returns:
        Two parties, the one named first first; fewer if the text names fewer.
    """
    votes: dict[str, float] = defaultdict(float)
    order: dict[str, int] = {}
    for marked, counted in zip(sentences, quantities, strict=True):
        parts: set[int] = set()
        for quantity in counted:
            if quantity.weak and marked.any("mediate", "say"):
                continue  # "a Dornish diplomat mediated"
            part = _is_included(marked, quantity)
            part = part or marked.any("of_them", start=quantity.end, end=quantity.end + 3)
            parts |= set(range(quantity.start, quantity.end)) if part else set()
            back = marked.any("in_return", start=quantity.start - 8, end=quantity.start)
            for party in (quantity.nation, quantity.holder):
                if party:
                    votes[party] += 0.5 if part else 5.0 if back else 3.0
        third = third_parties(marked)
        named = {m.party for m in marked.mentions}
        third -= {m.start for m in marked.mentions if pack.adversaries.get(m.party) in named}
        moving = marked.any(*MOVES)
        asides = [q for q in counted if _is_included(marked, q)]
        for mention in marked.mentions:
            if mention.party and not mention.organisation and mention.start not in parts:
                order.setdefault(mention.party, len(order))
                if mention.start in third:
                    votes[mention.party] -= 3.0
                elif not any(q.start <= mention.start < q.end for q in asides):
                    votes[mention.party] += _weight(marked, mention, moving=moving)
    last = len(order)
    best = sorted(votes, key=lambda party: (-votes[party], order.get(party, last)))
    chosen = _with_adversary([party for party in best if votes[party] > 0][:2], votes, pack)
    return tuple(sorted(chosen, key=lambda party: order.get(party, last)))


def _is_included(marked: Marked, quantity: Quantity) -> bool:
    """Return whether "including" opens the list in which a number stands."""
    cues = marked.tagged("including", start=quantity.start - _LIST, end=quantity.start)
    if not cues:
        return False
    gap = marked.tokens[cues[-1] : quantity.start]
    return not any(t.has(*MOVES, "in_return", "while") or t.norm in ";:" for t in gap)


def _weight(marked: Marked, mention: Mention, *, moving: bool) -> float:
    """Return how much a mention speaks for a party's being a side."""
    weight = 0.2 if mention.prep == "in" else 1.0 if moving else 0.4
    weight += 0.6 * (mention.form in {"office", "alias"} and not moving)
    weight += 4.0 * (mention.prep == "between") + 1.0 * (mention.form == "people")
    reported = marked.any(
        "that", start=mention.end, end=mention.end + 2
    )  # "Vale said that Dorn freed"
    acting = not (mention.prep or reported) and marked.any(
        "release", "receive", start=mention.end, end=mention.end + 4
    )
    acting = acting or (
        mention.prep == "by" and marked.any("release", start=mention.start - 4, end=mention.start)
    )
    weight += 1.0 * _exchanges(marked, mention)
    weight += 2.0 * marked.any("captivity", start=mention.end, end=mention.end + 1)
    weight += 2.0 * marked.any("side_word", start=mention.start - 3, end=mention.start - 1)
    return weight + 2.5 * acting


def _exchanges(marked: Marked, mention: Mention) -> bool:
    """Return whether a party stands before "exchanged", alone or with another: "Vale and Orland exchanged"."""
    verbs = marked.tagged("exchange", start=mention.end, end=mention.end + _PAIR)
    if mention.prep or mention.form not in {"name", "seat", "actor"} or not verbs:
        return False
    gap = marked.tokens[mention.end : verbs[0]]
    helps = (
        "facilitate",
        "mediate",
        "hosted",
        "thank",
    )  # "Vale helped Orland and Dorn to exchange"
    return not any(
        t.has("say", "which", "by", *helps) or (t.kind == "mark" and t.norm != "'") for t in gap
    )


def _with_adversary(chosen: list[str], votes: Mapping[str, float], pack: Pack) -> list[str]:
    """Return the sides, the usual other side taken where the text leaves the second open."""
    for one, two in ((0, 1), (1, 0)):
        kin = len(chosen) == 2 and chosen[one].startswith(f"{chosen[two]}-")
        if kin and pack.adversaries.get(chosen[one], chosen[two]) != chosen[two]:
            chosen = [chosen[one]]  # a movement's own people are no other side
            break
    foe = pack.adversaries.get(chosen[0], "") if chosen else ""
    if not foe and len(chosen) == 2:
        second = pack.adversaries.get(chosen[1], "")
        rival = votes.get(second, 0.0) if second else 0.0
        return [chosen[1], second] if rival >= votes[chosen[0]] * 0.8 else chosen
    if not foe:
        return chosen
    if len(chosen) == 1:
        return [*chosen, foe]
    if foe == chosen[1]:
        return chosen
    rival = votes.get(foe, 0.0)
    faint = votes[chosen[1]] < 1.5 and chosen[1] not in pack.adversaries
    return [chosen[0], foe] if faint or (rival > 0 and rival >= votes[chosen[1]] / 2) else chosen


def third_parties(marked: Marked) -> set[int]:
    """Return where mentions stand that mediate, host or are thanked in a sentence.

    Args:
        marked: The sentence.

    Returns:
        The first tokens of the mentions.
    """
    found = set()
    for at in marked.tagged("mediate", "hosted", "thank", "allied", "neutral"):
        if is_inside(marked, at, "mediate"):
            continue
        near = [m for m in marked.mentions if m.prep != "between" and _is_near(marked, m, at)]
        if marked.tokens[at].has("thank") and not marked.any("passive", start=at - 3, end=at):
            near = _thanked(marked, at) or near  # who thanks is a side
        near = [m for m in _in_part(marked, near, at) if not _apart(marked, m, at)]
        ruled = [m for m in near if m.start == at + 1 and m.case == "oblique"]
        if ruled:  # "with the mediation of X, Y and Z: …"
            near = ruled[:1]
            for mention in (m for m in marked.mentions if m.start > ruled[0].start):
                gap = marked.tokens[near[-1].end : mention.start]
                if len(gap) <= 2 and all(t.norm in ",،" or t.has("and") for t in gap):
                    near.append(mention)
        found |= {m.start for m in near if m.prep in {"by", "of", "with", "to", ""}}
    for at in marked.tagged("facilitate"):
        found |= {m.start for m in marked.mentions if m.prep == "of" and 0 < m.start - at <= 3}
    apart = len(found) < len(marked.mentions) or not marked.any(*MOVES)
    return found if apart or len(found) == 1 else set()


def _thanked(marked: Marked, at: int) -> list[Mention]:
    """Return who is thanked: all parties behind the verb, up to a verb that moves people."""
    verbs = marked.tagged(*MOVES, start=at + 1)
    end = min(at + _LIST, verbs[0] if verbs else len(marked.tokens))
    return [m for m in marked.mentions if at < m.start < end]


def _apart(marked: Marked, mention: Mention, at: int) -> bool:
    """Return whether a party near a word of mediation exchanges, or a semicolon stands between them."""
    low, high = sorted((mention.start, at))
    return _exchanges(marked, mention) or any(t.norm == ";" for t in marked.tokens[low:high])


def is_inside(marked: Marked, at: int, tag: str) -> bool:
    """Return whether a Slavic phrase with a tag goes on behind a token: "при | посредничестве".

    Args:
        marked: The sentence.
        at: A token with the tag.
        tag: The tag.

    Returns:
        True if it does.
    """
    after = marked.tokens[at + 1 : at + 2]
    return bool(after) and after[0].has(tag) and bool(_CYRILLIC.match(after[0].norm))


def _in_part(marked: Marked, mentions: list[Mention], at: int) -> list[Mention]:
    """Leave out who stands before a comma, where somebody else is named behind a word and near it."""
    behind = [m for m in mentions if m.start > at and not _parted(marked, at, m.start)]
    return [m for m in mentions if m.start > at or not (behind and _parted(marked, m.end, at))]


def _parted(marked: Marked, start: int, end: int) -> bool:
    return any(token.norm in ",،;" for token in marked.tokens[start:end])


def _is_near(marked: Marked, mention: Mention, at: int) -> bool:
    """Return whether a mention is near enough to a third party's act to be its doer."""
    if at < mention.start and mention.prep == "by":
        # In "mediated the release of 40 by Vale" it is Vale that releases.
        return mention.start - at <= 20 and not marked.any(*MOVES, start=at + 1, end=mention.start)
    return min(abs(mention.start - at), abs(at - mention.end)) <= 6
