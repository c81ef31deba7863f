"""People told without a number: "a soldier", "ten Thais and a Filipino", "the pilot Orlo Vane".

Rules of this file:
- An article, a possessive or a name makes a noun for one person count one; so does a nation alone
  behind an article, and a nation with a name: "Dornish citizen Orlo Vane".
- Whoever is named behind "and" right after people who are counted is one more of them.
- All of them are weak: whether they are a leg is decided by their clause.
"""

from __future__ import annotations

import re

from homeward.statements.reading.marked import Marked
from homeward.statements.reading.numbers import Number
from homeward.statements.reading.quantities import STOPS, take_head
from homeward.statements.reading.quantity import Quantity

_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_ONE = re.compile(r"[а-яії](ец|ца|цем|нин|нина|нином|нка|нку|нкой|ець|ця|нкою)$")  # "россиянина"
_LEAD = 6  # tokens between an article and its noun, a nation among them
_ROLE_MAX = 3  # words between a nation and a name
_OBJECT = 5  # tokens between a verb of letting go and one person
_NOT_FINITE = re.compile(r"(н|ш|щ|т)(ый|ого|ых|ий|ие|ая|ой|им|их|ні|ний|і|ия|ии|ию)$")
_NAMES = 2  # capitalised words that make a name


def weak_ones(marked: Marked, strong: list[Quantity]) -> list[Quantity]:
    """Find single people told without a number: an article and a person's noun.

    Args:
        marked: The sentence.
        strong: The quantities that have a number.

    Returns:
        One quantity for each person.
    """
    tokens = marked.tokens
    found = _named_ones(marked, strong)
    named_here = [*strong, *found]
    for at in marked.tagged("single"):
        if any(q.start <= at < q.end for q in named_here):
            continue
        if any(m.form == "office" and m.start <= at < m.end for m in marked.mentions):
            continue
        lead = _lead(marked, at)
        named = at + 1 < len(tokens) and tokens[at + 1].capital and not tokens[at + 1].tags
        own = at > 0 and tokens[at - 1].has("own") and bool(_CYRILLIC.match(tokens[at].norm))
        bare = tokens[at].has("bare_single") or _nation_beside(marked, at) or own
        bare = bare or _is_object(marked, at)
        if lead is None and not named and not bare:
            continue
        start = at if lead is None else lead
        if any(tokens[k].has(*STOPS) for k in range(start, at)):
            continue
        beside = start > 1 and tokens[start - 1].norm == "," and tokens[start - 2].capital
        if beside and not any(m.start in range(start, at + 2) for m in marked.mentions):
            continue  # "Viktor Orlenko, a politician"
        quantity = Quantity(Number(start, start, 1.0, digits=False), start, at + 1, "bare")
        take_head(marked, quantity, at)
        quantity.weak = True
        quantity.own = tokens[start].has("own") or own
        if any(token.has("remains") for token in tokens[max(0, start - 2) : start]):
            quantity.unit = "remains"  # "the body of a soldier"
        for mention in marked.mentions:
            behind = mention.start == at + 1 and _nation_beside(marked, at)
            named = mention.form == "name" and (mention.end == at or behind)  # "a US citizen"
            described = mention.form in {"adj", "people"} and mention.start <= at + 2
            low = start - (lead is None and _nation_beside(marked, at))
            if low <= mention.start and (named or described):
                quantity.nation = mention.party
                quantity.end = max(quantity.end, mention.end)
        found.append(quantity)
    found += _unnamed_ones(marked, named_here)
    found += _moved_ones(marked, [*strong, *found])
    return found + _joined_ones(marked, [*strong, *found])


def _is_object(marked: Marked, at: int) -> bool:
    """Return whether a Slavic noun is whom a verb right before it lets go or gets: "отпустила балерину"."""
    word = marked.tokens[at].norm
    for back in range(at - 1, max(-1, at - 1 - _OBJECT), -1):
        token = marked.tokens[back]
        if token.has("release", "receive", "give_back") and not _NOT_FINITE.search(token.norm):
            return bool(_CYRILLIC.match(word)) and word.endswith(("а", "я", "у", "ю", "ого"))
        described = token.has("in_return", "to_pronoun") or token.norm.endswith(
            ("ого", "его", "ую", "ю", "у")
        )
        placed = any(m.start <= back < m.end for m in marked.mentions) or token.has("in")
        if token.kind != "word" or not (described or placed):
            return False
    return False


def _lead(marked: Marked, at: int) -> int | None:
    """Return where the article of a noun stands, over adjectives and a nation's dots."""
    for k in range(at - 1, max(-1, at - _LEAD), -1):
        if marked.tokens[k].has("article"):
            return k
        inside = any(m.start <= k < m.end for m in marked.mentions)
        if marked.tokens[k].kind == "mark" and not inside:
            return None
    return None


def _nation_beside(marked: Marked, at: int) -> bool:
    """Return whether a nation makes a noun without an article one person: "гражданина Вернии"."""
    if not _CYRILLIC.match(marked.tokens[at].norm):
        return False
    return any(
        (m.form in {"adj", "people"} and 0 <= at - m.end <= 1)
        or (m.form == "name" and not m.prep and m.start == at + 1)
        for m in marked.mentions
    )


def _unnamed_ones(marked: Marked, strong: list[Quantity]) -> list[Quantity]:
    """Find single people told by their nation alone: "ten Thais and a Filipino"."""
    tokens = marked.tokens
    found = []
    for mention in marked.mentions:
        start, end = mention.start - 1, mention.end
        one = mention.form == "people" and bool(_ONE.search(tokens[end - 1].norm))
        led = start >= 0 and tokens[start].has("article")
        if mention.form not in {"people", "adj"} or not (led or one):
            continue
        if one and (not led):
            start = mention.start
        after = tokens[end] if end < len(tokens) else None
        alone = after is None or after.kind == "mark" or after.has("and", "aux", "passive", *STOPS)
        if (alone or one) and not any(q.start <= start < q.end for q in strong):
            quantity = Quantity(Number(start, start, 1.0, digits=False), start, end, "bare")
            quantity.nation, quantity.weak = mention.party, True
            if any(q.unit == "remains" and q.end <= start <= q.end + 2 for q in strong):
                quantity.unit = "remains"  # "the bodies of two Thais and a Filipino"
            found.append(quantity)
    return found


def _named_ones(marked: Marked, known: list[Quantity]) -> list[Quantity]:
    """Find people told by nation and name: "Dornish banker Orlo Vane was freed"."""
    found = []
    for mention in marked.mentions:
        if mention.form not in {"adj", "people", "name"} or not mention.party:
            continue
        at = mention.end
        while at < mention.end + _ROLE_MAX and _is_role(marked, at):
            at += 1
        end = _name_end(marked, at)
        if end - at < _NAMES or (mention.form == "name" and at == mention.end):
            continue
        if any(q.start < end and mention.start < q.end for q in known):
            continue
        quantity = Quantity(
            Number(mention.start, mention.start, 1.0, digits=False), mention.start, end, "bare"
        )
        for k in range(mention.end, at):
            take_head(marked, quantity, k)
        lead = range(max(0, mention.start - 3), mention.start)
        joined = any(marked.tokens[k].has("move_with") for k in lead)
        quantity.nation = "" if joined else mention.party  # who goes along goes where they go
        quantity.weak = True
        found.append(quantity)
    return found


def _moved_ones(marked: Marked, known: list[Quantity]) -> list[Quantity]:
    """Find whoever is named right behind a verb of letting go: "Vale freed Orlo Vane"."""
    found = []
    for at in marked.tagged("release", "receive"):
        end = _name_end(marked, at + 1)
        if end - at - 1 < _NAMES or any(q.start <= at + 1 < q.end for q in known):
            continue
        quantity = Quantity(Number(at + 1, at + 1, 1.0, digits=False), at + 1, end, "bare")
        quantity.weak = True
        found.append(quantity)
    return found


def _joined_ones(marked: Marked, known: list[Quantity]) -> list[Quantity]:
    """Find whoever is named behind counted people: "for 55 soldiers and Orlo Vane"."""
    found = []
    for before in known:
        joint = marked.tokens[before.end : before.end + 1]
        if before.what != "people" or not (joint and joint[0].has("and")):
            continue
        start = before.end + 1
        end = _name_end(marked, start)
        if end - start < _NAMES or marked.any("say", "aux", "passive", start=end, end=end + 2):
            continue
        quantity = Quantity(Number(start, start, 1.0, digits=False), start, end, "bare")
        quantity.weak = True
        found.append(quantity)
    return found


def _is_role(marked: Marked, at: int) -> bool:
    """Return whether a word only says what somebody is: "banker", "citizen"."""
    if at >= len(marked.tokens) or marked.number_at(at) is not None:
        return False
    token = marked.tokens[at]
    plain = not token.tags or token.has("single", "people", "soldiers", "civilians")
    plain = plain and not token.has(*STOPS)
    return token.kind == "word" and not token.capital and plain


def _name_end(marked: Marked, at: int) -> int:
    """Return where a row of capitalised words ends that no pack knows."""
    end = at
    while end < len(marked.tokens):
        token = marked.tokens[end]
        known = token.tags or any(m.start <= end < m.end for m in marked.mentions)
        dated = end in marked.months or end in marked.weekdays
        if token.kind != "word" or not token.capital or known or dated:
            break
        end += 1
    return end
