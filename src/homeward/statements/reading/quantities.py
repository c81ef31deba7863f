"""A number together with the noun phrase that says what it counts.

Rules of this file:
- The noun is looked for to the right of the number, over adjectives and small words, never
  over a mark, a verb of the exchange or another number. "Bodies of 44" has it on the left.
- A number whose noun is not a kind of people counts a thing; a number without a noun counts
  people only where the sentence leaves it out (`150 for 150`, `and Armenia two`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from homeward.statements.model import Unit
from homeward.statements.reading.marked import Marked, Mention
from homeward.statements.reading.numbers import Number
from homeward.statements.reading.quantity import Quantity
from homeward.statements.reading.tokens import Token
from homeward.statements.reading.whose import (
    captivity,
    citizens_of,
    men_of,
    side_of,
    take_holder,
    take_kind,
    take_mention,
)

_ARABIC = re.compile(r"[\u0621-\u064a]")
_INHABITANTS = re.compile(r"[а-яії]{3,}(ян|чан|инцев|анцев|янцев|ійців|івців|анців|янам|чанам)$")
_ATTRIBUTE = re.compile(r"[а-яії]{3,}(нн|[иея]т|вш|[аяую]щ|ен|ан)(ых|их)$")
_BEFORE_HEAD = 6
_TOPIC = 6
_AFTER_HEAD = 4
_PAIR = 3  # words before a "two" that stands behind its noun
_FIGURE = 9  # tokens between "the number of its men" and the number
_HEADS: Mapping[str, Unit] = {
    "remains": "remains",
    "civilians": "civilians",
    "soldiers": "soldiers",
    "people": "people",
    "subkind": "people",
}
"""What a noun says of people -> what is counted."""
STOPS = (
    *("exchange", "release", "receive", "return", "say", "and", "while", "which", "passive"),
    "mediate",
)
_JOINTS = (
    *("to", "from", "by", "with", "in", "between", "for", "in_return", "home_word", "each"),
    *("equal", "both_sides", "total", "of_them", "same_number", "also", "aux", "opposite"),
    "preposition",
)
_NO_PEOPLE = ("duration", "age")
_QUOTES = frozenset("\"'“”«»‘’")
_QUALIFIERS = ("more_than", "at_least", "at_most", "approx")


def quantities_of(marked: Marked) -> list[Quantity]:
    """Build a quantity around every number of a sentence.

    Args:
        marked: The sentence.

    Returns:
        One for each number, in order; those told without a number are found in `persons`.
    """
    found = [_around(marked, number) for number in marked.numbers]
    return sorted(found, key=lambda q: q.start)


def mention_at(marked: Marked, at: int) -> Mention | None:
    """Return the mention that covers a token, if any.

    Args:
        marked: The sentence.
        at: Position of the token.
    """
    return next((m for m in marked.mentions if m.start <= at < m.end), None)


def _around(marked: Marked, number: Number) -> Quantity:
    quantity = Quantity(number, number.start, number.end, "bare")
    for at in range(number.start, number.end):
        take_head(marked, quantity, at)
    if not _pair(marked, number):
        _Scan(marked, quantity).run()
    _scan_left(marked, quantity)
    _take_topic(marked, quantity)
    _take_noun_before(marked, quantity)
    return quantity


class _Scan:
    """Walks right from a number to its noun and over what describes it."""

    def __init__(self, marked: Marked, quantity: Quantity) -> None:
        self.marked = marked
        self.quantity = quantity
        self.at = quantity.end
        self.limit = quantity.end + _BEFORE_HEAD
        self.loose = 0
        self.described = False

    def run(self) -> None:
        """Walk until something stops it; fill in the quantity."""
        tokens = self.marked.tokens
        while self.at < min(len(tokens), self.limit) and self._step(tokens[self.at]):
            pass
        quantity = self.quantity
        unknown = quantity.head < 0 and self.loose and quantity.what == "bare"
        if unknown and not (quantity.nation or quantity.own):
            quantity.what = "thing"

    def _step(self, token: Token) -> bool:
        """Take one token or mention; return whether to go on."""
        mention = mention_at(self.marked, self.at)
        if mention and mention.start == self.at:
            body = mention.organisation and self.quantity.head < 0  # "two Red Cross planes"
            if not (body or take_mention(self.marked, self.quantity, mention)):
                return False
            self.quantity.nation = "" if self.quantity.joint else self.quantity.nation
            self.at = mention.end
            self.limit = max(self.limit, self.at + 2)
            return True
        if token.kind != "word":
            return self._over_mark(token)
        if self.quantity.head < 0 and self._counts_no_people(token):
            return False
        if self._joins_nations(token):
            self.at += 1
            return True
        known = token.has(*_HEADS) or _is_inhabitant(token)
        if known and not self._is_time(token):
            self._take_noun(token)
            return True
        if not self._two_kinds(token) and (self._is_time(token) or self._stops(token)):
            return False
        self.at += 1
        return True

    def _joins_nations(self, token: Token) -> bool:
        """Return whether people are of two nations: "200 Dornish and Orlander prisoners"."""
        quantity, after = self.quantity, mention_at(self.marked, self.at + 1)
        if not (token.has("and") and quantity.head < 0 and quantity.nation and after):
            return False
        quantity.joint = after.form == "adj" and after.party != quantity.nation
        return quantity.joint

    def _two_kinds(self, token: Token) -> bool:
        """Return whether "and" joins a second noun for the same people: "citizens and residents"."""
        after = self.at + 1
        if self.quantity.head < 0 or not token.has("and"):
            return False
        noun = self.marked.any(*_HEADS, start=after, end=after + 1)
        return noun and self.marked.number_at(after) is None

    def _over_mark(self, token: Token) -> bool:
        """Pass over a genitive's apostrophe and a quotation mark before the noun."""
        after = self.marked.tokens[self.at + 1 : self.at + 2]
        if token.norm == "'" and after and after[0].norm == "s":
            self.at += 2
            return True
        self.at += 1
        return token.norm in _QUOTES and self.quantity.head < 0 and self.loose < 3

    def _counts_no_people(self, token: Token) -> bool:
        if token.has("time_unit", "age"):
            self.quantity.what = "age" if token.has("age") else "duration"
        elif token.has("thing") and not token.has(*_HEADS):
            self.quantity.what = "thing"
        else:
            return False
        self.quantity.end = self.at + 1
        return True

    def _is_time(self, token: Token) -> bool:
        dated = self.at in self.marked.weekdays or self.at in self.marked.months
        return dated or token.has("today", "yesterday", "previous", "planned")

    def _take_noun(self, token: Token) -> None:
        # A second kind of people after a genitive only describes the first.
        remains = token.has("remains") and self.quantity.unit != "remains"
        if self.quantity.head < 0 or remains:
            take_head(self.marked, self.quantity, self.at)
        self.at += 1
        self.limit = self.at + _AFTER_HEAD
        self.quantity.end = self.at

    def _stops(self, token: Token) -> bool:
        """Return whether a word ends the phrase; take from it whose people they are."""
        marked, quantity, at = self.marked, self.quantity, self.at
        noun = quantity.head >= 0
        going = at == quantity.number.end and token.norm.endswith("ing") and token.has("bring")
        going = going or (at == quantity.number.end and token.has("free_word"))  # "let 40 go"
        if going or marked.number_at(at) or token.has(*STOPS) or _ATTRIBUTE.search(token.norm):
            # "with 31 going north to Vale"
            return not (self._is_described(token) or _participle(marked, quantity, at))
        if token.has("among"):
            if not noun and at == quantity.number.end:
                return False  # "602 of the captives"
            if noun and take_kind(marked, quantity, at + 1):
                return True
        if token.has("own", "our", "theirs"):
            self.loose *= not token.has("theirs")
            quantity.own = quantity.own or token.has("own", "our")
            quantity.ours = quantity.ours or token.has("our")
            return token.has("theirs")
        if token.has("held"):
            take_holder(marked, quantity, at)
            return noun
        captive = noun and token.has("from") and captivity(marked, quantity, at + 1)
        if captive or (
            noun and (citizens_of(marked, quantity, at) or men_of(marked, quantity, at))
        ):
            return True
        if token.has(*_JOINTS):
            return side_of(marked, quantity, at) or not self.described or noun
        self.loose += not token.has("of", "small")
        return self.loose > (1 if noun else 3)

    def _is_described(self, token: Token) -> bool:
        """Return whether a Slavic participle opens what stands before the noun: "met at the border"."""
        if self.quantity.head >= 0 or not _ATTRIBUTE.search(token.norm):
            return False
        self.described = True  # "75 встреченных на границе сограждан"
        self.limit = self.at + _BEFORE_HEAD
        return True


def _pair(marked: Marked, number: Number) -> bool:
    """Return whether a number is the second of "N for N" and no noun stands behind it."""
    at = number.start
    if marked.any(*_HEADS, start=number.end, end=number.end + 3) or any(
        number.end <= m.start <= number.end + 1 for m in marked.mentions
    ):
        return False
    first = at >= 2 and marked.number_at(at - 2) is not None
    return first and marked.tokens[at - 1].has("for")


def _participle(marked: Marked, quantity: Quantity, at: int) -> bool:
    """Return whether a verb form here is only an adjective before the noun ("freed soldiers")."""
    if quantity.head >= 0 or marked.number_at(at) or marked.tokens[at].has("and", "which", "while"):
        return False
    after = marked.tokens[at + 1 : at + 3]
    return bool(after) and any(
        token.has(*_HEADS) or mention_at(marked, at + 1 + k) is not None
        for k, token in enumerate(after[:1])
    )


def _is_inhabitant(token: Token) -> bool:
    """Return whether a noun of no pack is made as those of inhabitants are: "курян"."""
    return not (token.tags or token.capital) and bool(_INHABITANTS.search(token.norm))


def take_head(marked: Marked, quantity: Quantity, at: int) -> None:
    """Let a noun say of which kind the people are that a quantity counts.

    Args:
        marked: The sentence.
        quantity: It is filled in.
        at: Where the noun stands.
    """
    token = marked.tokens[at]
    if _is_inhabitant(token):
        quantity.unit, quantity.what, quantity.head = "civilians", "people", at
    for said, unit in _HEADS.items():
        if token.has(said):
            quantity.unit = unit
            quantity.what, quantity.head = "people", at
            quantity.subkind = token.has("subkind")
            quantity.own = quantity.own or token.has("compatriot", "own", "our")
            quantity.ours = quantity.ours or token.has("our")
            return


def _scan_left(marked: Marked, quantity: Quantity) -> None:
    tokens = marked.tokens
    before = tokens[max(0, quantity.number.start - 5) : quantity.number.start]
    for back, token in enumerate(reversed(before)):
        if token.kind != "word" or token.has("preposition") or quantity.what in _NO_PEOPLE:
            break
        at = quantity.number.start - 1 - back
        if token.has("bring", "leave") or mention_at(marked, at):
            break  # "to Vale flew 40"
        if token.has("remains") and quantity.unit != "remains":
            quantity.unit, quantity.what = "remains", "people"
            quantity.head = quantity.number.start - 1 - back
            quantity.start = quantity.head
            break
        for name in _QUALIFIERS:
            if token.has(name) and quantity.qualifier == "exact" and back < 3:
                quantity.qualifier = name
                quantity.start = min(quantity.start, quantity.number.start - 1 - back)
        if token.has("own", "our") and back == 0:
            quantity.own = True
        if token.has(*STOPS, "to", "from", "by") and not token.has("of"):
            break


def _take_noun_before(marked: Marked, quantity: Quantity) -> None:
    """Use a noun with its owner right before the number: Arabic "its soldiers the 103"."""
    if quantity.what == "bare" and quantity.number.value == 2 and not quantity.number.digits:
        _take_pair_before(marked, quantity)
    before = marked.tokens[quantity.start - 1] if quantity.start else None
    if before is not None and quantity.what in {"bare", "thing"} and before.has("own"):
        take_head(marked, quantity, quantity.start - 1)
        quantity.own = quantity.own or quantity.what == "people"
    if quantity.what == "bare":
        _take_counted(marked, quantity)


def _take_counted(marked: Marked, quantity: Quantity) -> None:
    """Use the people whose number it is said to be: "put the number of its freed soldiers at 40"."""
    tokens, start = marked.tokens, quantity.number.start
    low = max(0, start - _FIGURE)
    figures = marked.tagged("figure", "account", start=low, end=start)
    nouns = marked.tagged(*_HEADS, start=figures[-1], end=start) if figures else []
    people = [
        m for m in marked.mentions if m.form == "people" and figures and m.start > figures[-1]
    ]
    nouns += [m.end - 1 for m in people if m.end <= start and not nouns]
    gap = tokens[nouns[-1] + 1 : start] if nouns else []
    if gap and gap[0].has("which"):
        gap = gap[-1:]  # "the number of the men who returned at 40"
    if not nouns or any(t.has(*STOPS) or t.kind != "word" for t in gap) or len(gap) > _AFTER_HEAD:
        return
    if any(number.start in range(figures[-1], start) for number in marked.numbers):
        return
    take_head(marked, quantity, nouns[-1])
    quantity.own = quantity.own or marked.any("own", start=figures[-1], end=nouns[-1])
    owner = [
        m for m in marked.mentions if figures[-1] < m.start < start and m.form in {"adj", "people"}
    ]
    quantity.nation = owner[-1].party if owner else quantity.nation


def _take_pair_before(marked: Marked, quantity: Quantity) -> None:
    """Use the noun and its adjective before an Arabic "two": "soldiers Dornish two"."""
    for at in range(quantity.start - 1, max(-1, quantity.start - 1 - _PAIR), -1):
        token, mention = marked.tokens[at], mention_at(marked, at)
        if not _ARABIC.match(token.norm) or not (token.has(*_HEADS) or mention):
            return
        if mention is not None and mention.form in {"adj", "people"}:
            quantity.nation = quantity.nation or mention.party
        elif token.has(*_HEADS):
            take_head(marked, quantity, at)
            quantity.start = at
            return


def _take_topic(marked: Marked, quantity: Quantity) -> None:
    """Use a people named before its number: "Dorns: 60", "of the Dorns, sixty"."""
    if quantity.nation or quantity.what != "bare":
        return
    counted = marked.tagged("how_many", start=quantity.start - _TOPIC, end=quantity.start)
    if counted and marked.tokens[quantity.start - 1].norm in "—–":
        nouns = marked.tokens[counted[-1] + 1 : quantity.start - 1]
        plain = all(token.kind == "word" and not token.has(*_HEADS, *STOPS[:4]) for token in nouns)
        quantity.what = "thing" if nouns and plain else quantity.what  # "the number of visits — 17"
    if marked.any("their_number", start=quantity.start - 1, end=quantity.start):
        named = [m for m in marked.mentions if m.end <= quantity.start and m.form == "people"]
        quantity.nation = named[-1].party if named else ""  # "the Dorns freed, who number 40"
    for mention in marked.mentions:
        gap = marked.tokens[mention.end : quantity.start]
        marks = len(gap) <= 2 and all(t.kind == "mark" or t.has("also", "move_with") for t in gap)
        if mention.form == "people" and mention.end <= quantity.start and gap and marks:
            quantity.nation = mention.party
