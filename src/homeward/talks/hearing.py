"""From texts that were read to positions on talks.

Rules of this file:
- The reader of statements says who takes which stance. Here is added on which format: level,
  mode, who else sits at the table, and which condition stands in the sentence.
- Talks are face to face unless the words say otherwise.
- Who bars or refuses the head of the other side bars a meeting of leaders, and nothing below it.
- A readiness that names three or more parties is one for that table.
- A condition put on the other side is heard where a speaker says what it must do first.
- What words mean is data: `words.toml`.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from homeward.statements.heard import Document
from homeward.statements.reading.marked import Marked, mark
from homeward.statements.reading.pack import Pack, load_pack
from homeward.statements.reading.parties import find_aliases, find_invented
from homeward.statements.reading.tokens import sentences_of
from homeward.statements.reading.values import Reading, Stance
from homeward.talks.model import BARRING, LADDER, READY, Condition, Level, Mode, Position, is_leader

_QUOTE_MAX_CHARS = 300
_ACT_MAX_CHARS = 120
_ONLY_WITHIN_CHARS = 40
_TABLE_MIN = 3
_THIRD_WITHIN = 6
_NARRATOR = "narrator"
_OPENERS = "\"'\u201c\u201d«»\u2018\u2019.,;: "


def positions_in(document: Document, sides: tuple[str, ...]) -> list[Position]:
    """Return the positions on talks that a text tells.

    Args:
        document: A text that was read.
        sides: The two sides.

    Returns:
        In the order of the text; of one actor and one sentence each stance once.
    """
    hearing = _Hearing(document, sides)
    found = [hearing.position(stance) for stance in document.reading.positions]
    found += hearing.tables(found)
    found += hearing.preconditions(found)
    return sorted(found, key=lambda p: (p.span, p.actor, p.stance))


def sides_in(documents: Sequence[Document]) -> tuple[str, ...]:
    """Return the two sides whom texts are about: those who exchange, else who speak of talks.

    Args:
        documents: Texts that were read.

    Returns:
        Two party codes in alphabetical order; fewer if the texts name fewer.
    """
    votes: dict[str, int] = {}
    for document in documents:
        reading = document.reading
        legs = [leg for event in reading.events for leg in event.legs]
        named = [party for leg in legs for party in (leg.home, leg.holder)]
        spoken = [code for p in reading.positions for code in (p.actor, p.target or "")]
        for code in (*named, *named, *spoken):
            party = code.partition(".")[0]
            if party and party not in (_NARRATOR, "both", "foreign"):
                votes[party] = votes.get(party, 0) + 1
    return tuple(sorted(sorted(votes, key=lambda party: (-votes[party], party))[:2]))


def _marked(document: Document, pack: Pack) -> list[Marked]:
    sentences = [mark(each, pack) for each in sentences_of(document.text, pack.abbreviations)]
    find_aliases(sentences)
    find_invented(sentences, pack)
    return sentences


@dataclass(frozen=True, slots=True)
class _Words:
    """Patterns of one language, by what they say."""

    patterns: Mapping[str, re.Pattern[str]]

    def say(self, what: str, sentence: str) -> re.Match[str] | None:
        return self.patterns[what].search(sentence)


@cache
def _words(language: str) -> _Words:
    path = resources.files("homeward.talks").joinpath("words.toml")
    tables = tomllib.loads(path.read_text("utf-8"))
    table = tables.get(language, tables["en"])
    return _Words({what: _pattern(phrases) for what, phrases in table.items()})


def _pattern(phrases: str) -> re.Pattern[str]:
    parts = [re.escape(each).replace(r"\*", r"\w*") for each in phrases.split(", ")]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


class _Hearing:
    """One text, its sentences, and the words of its language."""

    def __init__(self, document: Document, sides: tuple[str, ...]) -> None:
        self._document = document
        self._sides = sides
        self._reading: Reading = document.reading
        self._words = _words(document.reading.language)
        self._sentences = _marked(document, load_pack(document.reading.language))

    def position(self, stance: Stance) -> Position:
        """Return a stance with the formats that it is about."""
        quote = self._quote(stance.span)
        sentence = self._sentence(stance.span)
        table = self._table(sentence) if stance.stance in READY else frozenset[str]()
        target = stance.target or ""
        is_barring = stance.stance in BARRING
        on_talks = stance.format is not None or (
            sentence is not None
            and sentence.any("talks")
            and not self._words.say("election", quote)
        )
        conditions = tuple(self._stated(stance, quote, sentence))
        return Position(
            actor=stance.actor,
            stance=stance.stance,
            target=target,
            levels=self._levels(stance, quote),
            modes=self._modes(stance.format or "", quote, is_barring=is_barring),
            participants=table,
            conditions=conditions,
            instrument=stance.instrument or "",
            said_on=dt.date.fromisoformat(stance.said_on)
            if stance.said_on and len(stance.said_on) == len("2025-02-05")
            else None,
            on_talks=on_talks,
            quote=quote,
            document=self._document.name,
            span=stance.span,
        )

    def tables(self, known: Sequence[Position]) -> Iterator[Position]:
        """Find readiness for a table of three or more that the reader counted as said before."""
        heard = {p.span for p in known if p.participants}
        for sentence in self._sentences:
            span = _span(sentence)
            table = self._table(sentence)
            ready = sentence.tagged("willing")
            if span in heard or not table or not ready or not sentence.any("talks"):
                continue
            actor = self._speaker(sentence.tokens[ready[0]].start)
            if actor.partition(".")[0] not in self._sides:
                continue
            yield self._new(sentence, actor, "willing", participants=table)

    def preconditions(self, known: Sequence[Position]) -> Iterator[Position]:
        """Find what a speaker says that the other side must do first."""
        heard = {(p.party, p.span) for p in known if p.conditions}
        for sentence in self._sentences:
            span = _span(sentence)
            text = self._document.text[span[0] : span[1]]
            match = self._words.say("first", text)
            if match is None or not sentence.any("talks"):
                continue
            actor = self._speaker(span[0] + match.start())
            party = actor.partition(".")[0]
            if party not in self._sides or (party, span) in heard:
                continue
            who = self._named_before(sentence, span[0] + match.start()) or self._other(party)
            if who != party:
                condition = Condition(act=_short(text[match.start() :]), on_party=who)
                yield self._new(sentence, actor, "precondition", conditions=(condition,))

    def _new(
        self,
        sentence: Marked,
        actor: str,
        stance: str,
        *,
        participants: frozenset[str] = frozenset(),
        conditions: tuple[Condition, ...] = (),
    ) -> Position:
        span = _span(sentence)
        return Position(
            actor=actor,
            stance=stance,
            target="",
            levels=frozenset({"leaders", "delegations"}),
            modes=frozenset({"face_to_face"}),
            participants=participants,
            conditions=conditions,
            said_on=self._document.published_on,
            quote=self._quote(span),
            document=self._document.name,
            span=span,
        )

    def _levels(self, stance: Stance, quote: str) -> frozenset[Level]:
        target = stance.target or ""
        if is_leader(target):
            return frozenset({"leaders"})
        if self._words.say("technical", quote):
            return frozenset({"technical"})
        if stance.stance in BARRING and "." not in target:
            return frozenset({"leaders", "delegations", "technical"})
        return frozenset({"delegations"})

    def _modes(self, told: str, quote: str, *, is_barring: bool) -> frozenset[Mode]:
        named: list[Mode] = [mode for mode in LADDER[1:] if self._words.say(mode, quote)]
        if is_barring and told == "direct":
            return frozenset({"face_to_face"})
        if is_barring:
            return frozenset({"face_to_face", "proximity"})
        if told == "mediated" and not named:
            named = ["shuttle"]
        return frozenset(named or ["face_to_face"])

    def _table(self, sentence: Marked | None) -> frozenset[str]:
        """Return who would sit at a table of more than the two sides, if a sentence says so."""
        if sentence is None:
            return frozenset()
        third = sentence.tagged("mediate", "hosted")
        parties = {
            mention.party
            for mention in sentence.mentions
            if mention.party
            and mention.form != "adj"
            and mention.prep not in ("in", "from", "by")
            and not any(abs(mention.start - at) <= _THIRD_WITHIN for at in third)
        }
        others = parties - set(self._sides)
        full = parties | set(self._sides)
        return frozenset(full) if others and len(full) >= _TABLE_MIN else frozenset()

    def _stated(self, stance: Stance, quote: str, sentence: Marked | None) -> Iterator[Condition]:
        if stance.stance not in (*READY, "precondition") or self._words.say("without", quote):
            return
        party = stance.actor.partition(".")[0]
        for act in stance.conditions:
            at = self._document.text.find(act)
            here = self._sentence((at, at)) if at >= 0 else None
            who = self._named_before(here, at) or self._other(party)
            inside = stance.span[0] <= at < stance.span[1]
            # What a party must do itself, or another speaker asks, is a condition of that other.
            if who != party and (inside or self._speaker(at).partition(".")[0] == party):
                yield Condition(act=_short(act), on_party=who)
        if stance.conditions or sentence is None:
            return
        for match in self._words.patterns["if"].finditer(quote):
            behind = quote[match.end() : match.end() + _ONLY_WITHIN_CHARS]
            if self._words.say("only", behind):
                yield Condition(act=_short(quote[match.start() :]), on_party="")
                return

    def _named_before(self, sentence: Marked | None, at: int) -> str:
        """Return the side that is named last before a place in the text, if one is."""
        if sentence is None:
            return ""
        named = [
            mention.party
            for mention in sentence.mentions
            if mention.party in self._sides and sentence.tokens[mention.start].start < at
        ]
        return named[-1] if named else ""

    def _other(self, party: str) -> str:
        return next((side for side in self._sides if side != party), "")

    def _speaker(self, at: int) -> str:
        around = [c for c in self._reading.claims if c.span[0] <= at < c.span[1]]
        if around:
            return min(around, key=lambda c: c.span[1] - c.span[0]).source
        before = [c for c in self._reading.claims if c.span[0] <= at]
        return before[-1].source if before else _NARRATOR

    def _sentence(self, span: tuple[int, int]) -> Marked | None:
        return next((s for s in self._sentences if _span(s)[0] <= span[0] < _span(s)[1]), None)

    def _quote(self, span: tuple[int, int]) -> str:
        return " ".join(self._document.text[span[0] : span[1]].split())[:_QUOTE_MAX_CHARS]


def _span(sentence: Marked) -> tuple[int, int]:
    return (sentence.tokens[0].start, sentence.tokens[-1].end)


def _short(text: str) -> str:
    """Return the words up to the next stop, without the marks around them."""
    part = re.split(r"[,;.\u2019\u201d»]", " ".join(text.split()).strip(_OPENERS))[0]
    return part[:_ACT_MAX_CHARS].strip(_OPENERS)
