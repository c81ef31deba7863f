"""A sentence with everything known about its words: tags, numbers, who is mentioned.

Rules of this file:
- Parties, offices and the phrases of the pack are found in one pass, so a ministry "for the
  treatment of prisoners of war" names no prisoners.
- A party's name may be the state, its people (`people`), an adjective (`adj`), or the seat of
  its government, which in "in Ankara" is only a place.
- An office belongs to the party named right beside it; a pronoun or an office alone is left
  to `discourse`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from homeward.statements.reading.matcher import Match
from homeward.statements.reading.numbers import Number, numbers_of
from homeward.statements.reading.pack import Pack
from homeward.statements.reading.prepositions import meant
from homeward.statements.reading.tokens import Sentence, Token

_PREPOSITIONS = ("to", "from", "by", "with", "of", "in", "between")
_TITLES = 3  # names between an office and the surname of who holds it
_PERSON_MIN = 5
_OWNED = 3  # an apostrophe, its s and one word
_PHRASE_MAX = 4  # words behind a phrase that may belong to one inside it
_TANWEEN = ("\u064b", "\u064b\u0627")  # written behind or before the last alif
ORGANISATIONS = frozenset({"ICRC", "UN", "OSCE", "AU", "EU"})


@dataclass(slots=True)
class Mention:
    """A party or an office named by tokens `start` to `end`.

    `form` is `name`, `adj`, `people`, `seat`, `actor`, `office` or `alias`; `party` is empty
    for an office whose party is not said. `prep` is the preposition before it, if any, or the
    one that its `case` stands for.
    """

    start: int
    end: int
    party: str
    form: str
    office: str = ""
    prep: str = ""
    case: str = ""

    @property
    def source(self) -> str:
        """The code of who speaks: a party or an office of it."""
        return f"{self.party}.{self.office}" if self.office else self.party

    @property
    def organisation(self) -> bool:
        """Whether it is no belligerent by nature."""
        return self.party in ORGANISATIONS


@dataclass(slots=True)
class Marked:
    """A sentence, its numbers and its mentions; `months`, `weekdays` and `days` by token.

    A day is one told by an ordinal in words, "the fifth".

    `places` tells where the tokens of each tag stand, in order.
    """

    sentence: Sentence
    numbers: list[Number]
    mentions: list[Mention]
    months: dict[int, int] = field(default_factory=dict)
    weekdays: dict[int, int] = field(default_factory=dict)
    days: dict[int, int] = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)

    @property
    def tokens(self) -> list[Token]:
        """The tokens of the sentence."""
        return self.sentence.tokens

    def tagged(self, *tags: str, start: int = 0, end: int | None = None) -> list[int]:
        """Return where tokens carry one of these tags.

        Args:
            tags: Names of lexicons.
            start: First token looked at.
            end: One behind the last; None for all.

        Returns:
            Positions in order.
        """
        last = len(self.tokens) if end is None else end
        places = (self.places[tag] for tag in tags if tag in self.places)
        return sorted({at for tagged in places for at in tagged if start <= at < last})

    def any(self, *tags: str, start: int = 0, end: int | None = None) -> bool:
        """Return whether a token of the range carries one of these tags.

        Args:
            tags: Names of the lexicons looked for.
            start: First token of the range.
            end: One behind its last; None for all.

        Returns:
            True if one does.
        """
        last = len(self.tokens) if end is None else end
        return any(
            start <= at < last for tag in tags if tag in self.places for at in self.places[tag]
        )

    def number_at(self, at: int) -> Number | None:
        """Return the number that covers a token.

        Args:
            at: Position of the token.

        Returns:
            The number, or None.
        """
        return next((n for n in self.numbers if n.start <= at < n.end), None)


def mark(sentence: Sentence, pack: Pack) -> Marked:
    """Tag the words of a sentence.

    Args:
        sentence: From `tokens.sentences_of`; its tokens' tags are filled in.
        pack: Of its language.

    Returns:
        The sentence with numbers and mentions, in order.
    """
    tokens = sentence.tokens
    marked = Marked(sentence, numbers_of(tokens, pack), [])
    for match in _phrases_of(marked, pack):
        for label in match.labels:
            _put(marked, match.start, match.end, label)
        if match.end - match.start > 2 and match.labels[0].startswith("office:"):
            _look_inside(marked, match.start, match.end, pack)
    for at in marked.weekdays if pack.language == "ar" else ():
        tokens[at].tags.clear()  # "Sunday" without its article is "one"
    named = {at for m in marked.mentions for at in range(m.start, m.end)} | {*marked.weekdays}
    marked.numbers = [
        n for n in marked.numbers if not (n.start in named or tokens[n.start].has("no_number"))
    ]
    _tag_words(marked, pack)
    for at, token in enumerate(tokens):
        for tag in token.tags:
            marked.places.setdefault(tag, []).append(at)
    _join_offices(marked)
    _find_prepositions(marked, pack)
    return marked


def _find_prepositions(marked: Marked, pack: Pack) -> None:
    """Give every mention the preposition that governs it."""
    tokens = marked.tokens
    before: Mention | None = None
    for mention in marked.mentions:
        after = tokens[mention.end : mention.end + 1]
        if mention.form == "people" and after and after[0].glued and after[0].kind == "word":
            mention.form = "adj"  # "a Chinese-brokered truce"
        mention.prep = _governed_by(marked, mention)
        joined = before is not None and before.end == mention.start
        if before is not None and joined and not mention.prep and _and_written(marked, mention):
            mention.prep = before.prep
        before = mention
        if not mention.prep and pack.language in {"ru", "uk"} and mention.form in {"name", "seat"}:
            ruled = marked.any("controlled", start=mention.start - 1, end=mention.start)
            dative = _is_dative(tokens[mention.end - 1].norm, pack)
            mention.prep = "from" if ruled else "to" if dative else ""


def _phrases_of(marked: Marked, pack: Pack) -> Iterator[Match]:
    """Yield the phrases of a sentence; none begins inside a number: "twenty-one of" is no "one of"."""
    tokens = marked.tokens
    ends = {at: n.end for n in marked.numbers for at in range(n.start + 1, n.end)}
    for match in pack.words.find(tokens):
        end = ends.get(match.start)
        if end is None or end >= match.end:
            yield match
            continue
        for inner in pack.words.find(tokens[end : match.end + _PHRASE_MAX]):
            if end + inner.start < match.end:
                yield Match(end + inner.start, end + inner.end, inner.labels)


def _is_dative(word: str, pack: Pack) -> bool:
    """Return whether case alone makes a name the one to whom: "Киеву", "Україні"."""
    if word.endswith(("ові", "еві")) or (word.endswith(("е", "і")) and not word.endswith("ії")):
        return True
    return word.endswith("у") and pack.words.knows(word[:-1])


def _tag_words(marked: Marked, pack: Pack) -> None:
    """Tag words by their shape: inside a longer phrase, an unknown noun of persons, Arabic's "to"."""
    tokens = marked.tokens
    for at, token in enumerate(tokens):
        if at and token.capital and token.kind == "word" and at in marked.months:
            token.tags.discard("planned")  # "since May"
        plain = token.kind == "word" and not (token.tags or token.capital)
        if plain and len(token.norm) > _PERSON_MIN and token.norm.endswith(pack.person_endings):
            token.tags.add("people")
        for form in token.forms:
            if form in pack.inside:
                token.tags.add(pack.inside[form])
        led = pack.language == "ar" and token.norm.startswith("ل") and len(token.forms) > 1
        if led and not pack.words.knows(token.norm):
            token.tags.add("clitic_to")


def _governed_by(marked: Marked, mention: Mention) -> str:
    """Return the preposition of a mention; of one that is "of" and "from", an office takes "of"."""
    if _is_place(marked, mention):
        return "in"
    prep = preposition(marked, mention.start)
    if mention.form == "office" and prep == "from":
        near = marked.tokens[max(0, mention.start - 2) : mention.start]
        return "of" if any(t.has("of") for t in near) else prep
    return prep


def _is_place(marked: Marked, mention: Mention) -> bool:
    """Return whether a name only says where: "the ambassador to Vienna", "the Amman agreement"."""
    if mention.form not in {"name", "seat"}:
        return False
    if marked.any("region_word", start=mention.start - 3, end=mention.start - 1):
        return preposition(marked, mention.start) in {"of", "from"}  # "in the east of Vale"
    if marked.any("agree", "talks", start=mention.start - 2, end=mention.start - 1):
        return marked.any("of", start=mention.start - 1, end=mention.start)  # "the deal of Vale"
    if any(
        m.form == "office" and 0 < mention.start - m.end <= 2 and _leads(marked, m, mention)
        for m in marked.mentions
    ):
        return True
    if marked.any("border_with", start=mention.start - 3, end=mention.start):
        return True
    after = marked.tokens[mention.end : mention.end + 1]
    before = marked.tokens[mention.start - 1 : mention.start]
    if marked.any("border", start=mention.start - 3, end=mention.end + 2):
        return True  # "at the border with Vale"
    return bool(
        mention.form == "seat"
        and before
        and before[0].has("definite", "article", "under")
        and after
        and after[0].has("agree", "talks", "round")
    )


def _leads(marked: Marked, office: Mention, mention: Mention) -> bool:
    return office.office == "embassy" and marked.any(
        "to", "in", start=office.end, end=mention.start
    )


def _put(marked: Marked, start: int, end: int, label: str) -> None:
    """File what a phrase of the pack means."""
    kind, _, value = label.partition(":")
    if kind == "tag":
        for token in marked.tokens[start:end]:
            token.tags.add(value)
    elif kind == "month":
        marked.months[start] = int(value)
    elif kind == "day":
        marked.days[start] = int(value)
    elif kind == "weekday":
        marked.weekdays[start] = int(value)
    else:
        _add_mention(marked, start, end, kind, value)


def preposition(marked: Marked, at: int) -> str:
    """Return which preposition governs what begins at a token, if any.

    Args:
        marked: The sentence.
        at: Where the noun phrase begins.

    Returns:
        `to`, `from`, `by`, `with`, `of`, `in`, `between` or an empty text.
    """
    tokens = marked.tokens
    if at < len(tokens) and tokens[at].has("clitic_to"):
        return "to"
    for back in range(1, 6):
        here = at - back
        if here > 0 and tokens[here].norm == "'" and tokens[here - 1].has("small"):
            continue  # "par l'Orland"
        if here < 0 or tokens[here].kind == "mark":
            return ""
        for name in _PREPOSITIONS:
            # In a phrase such as "sit down with" the preposition has no tag of its own.
            plain = tokens[here].norm == name and not tokens[here].has("according")
            if plain or tokens[here].has(name):
                return meant(tokens, here, at, name)
        if tokens[here].has("say", "exchange", "release", "receive", "return", "and", "while"):
            return ""
        if tokens[here].kind == "number":
            return ""
        if not tokens[here].has("small", "allied", "neutral", "article", "state_word"):
            return ""
    return ""


def rejoin(marked: Marked) -> None:
    """Join offices and parties again after mentions were added.

    Args:
        marked: The sentence; its mentions are in order.
    """
    _join_offices(marked)


def absorb_states(marked: Marked) -> None:
    """Let "the Republic of Vale" be one name with the preposition that stands before it.

    Args:
        marked: The sentence; its mentions are changed.
    """
    for mention in marked.mentions:
        if mention.form == "name" and marked.any("of", start=mention.start - 1, end=mention.start):
            at = next(
                (
                    k
                    for k in range(mention.start - 1, max(-1, mention.start - 4), -1)
                    if marked.tokens[k].has("state_word")
                ),
                None,
            )
            if at is not None:
                mention.start, mention.prep = at, preposition(marked, at)


def _add_mention(marked: Marked, start: int, end: int, kind: str, value: str) -> None:
    if marked.mentions and marked.mentions[-1].start == start:
        earlier = marked.mentions[-1]
        if kind in {"people", "adj"} and earlier.form in {"people", "adj"}:
            earlier.form = "people"  # "Saudi" is both; the noun after it decides
            return
        if kind != "adj":
            marked.mentions.pop()
        else:
            return
    if kind == "name" and marked.tokens[end - 1].text.endswith(_TANWEEN):
        kind = "adj"  # the ending of "a Dornish man" makes the same letters as the land's name
    if kind in {"fixed", "holder"}:
        party, _, office = value.partition(".")
        marked.mentions.append(Mention(start, end, party, "office", office))
    elif kind == "office":
        marked.mentions.append(Mention(start, end, "", "office", value))
    else:
        marked.mentions.append(Mention(start, end, value, kind))


def _look_inside(marked: Marked, start: int, end: int, pack: Pack) -> None:
    """Find the adjective inside an office: "ministère russe de la Défense"."""
    for at in range(start + 1, end - 1):
        for match in pack.words.find(marked.tokens[at : at + 1]):
            label = next((x for x in match.labels if x.startswith(("adj:", "people:"))), "")
            if label:
                marked.mentions[-1].party = label.partition(":")[2]


def _join_offices(marked: Marked) -> None:
    """Give an office the party named beside it; the two become one mention."""
    mentions = marked.mentions
    joined: list[Mention] = []
    used: set[int] = set()
    into: dict[int, int] = {}  # what was joined to what
    for k, mention in enumerate(mentions):
        if mention.form != "office":
            continue
        left = mentions[into.get(k - 1, k - 1)] if k else None
        right = mentions[k + 1] if k + 1 < len(mentions) else None
        named = right is not None and right.form == "actor" and right.start == mention.end
        if mention.office == "movement" and named:
            owner = k + 1  # "Dornish rebels of the DLF" are the DLF
        elif left and left.form != "office" and _beside(marked, left.end, mention.start):
            owner = k - 1
        elif (right and right.form != "office" and _owned(marked, mention, right)) or (
            right and right.form != "office" and mention.start <= right.start < mention.end
        ):
            owner = k + 1
        elif left and _same_person(marked, left, mention):
            _merge(left, mention, used, k)
            into[k] = into.get(k - 1, k - 1)
            continue
        else:
            continue
        other = mentions[owner]
        if mention.party and mention.party != other.party:
            continue
        mention.party = other.party
        mention.start, mention.end = min(mention.start, other.start), max(mention.end, other.end)
        used.add(owner)
        into[owner] = k
    joined = [mention for k, mention in enumerate(mentions) if k not in used]
    marked.mentions = joined
    for left, right in pairwise(joined):
        nameless = left.form == right.form == "office" and right.party and not left.party
        if nameless and _is_of(marked, left, right):  # "the office of the Dornish president"
            right.start = left.start
            marked.mentions = [m for m in marked.mentions if m is not left]


def _is_of(marked: Marked, left: Mention, right: Mention) -> bool:
    """Return whether an office is part of the one behind it: "a spokesman of the ministry of Vale"."""
    between = marked.tokens[left.end : right.start]
    joined = all(token.has("of", "for", "to", "small") for token in between)
    return not between or (joined and any(token.has("of", "for", "to") for token in between))


def _same_person(marked: Marked, left: Mention, mention: Mention) -> bool:
    """Return whether two offices are one: "ministry spokesman", "the head of the office, Orlo Vane"."""
    if left.form != "office" or (left.party and mention.party not in {left.party, ""}):
        return False
    between = marked.tokens[left.end : mention.start]
    names = next((k for k, t in enumerate(between) if not t.capital), 0)
    if between and between[names].norm == "'":  # "President Orlo Vane's office"
        rest = [t for t in between[names + 1 :] if t.norm != "s"]
        return len(rest) <= 2 and all(t.kind == "word" and not t.tags for t in rest)
    if between and mention.office == "delegation":
        return False  # "the president urged officials"
    if len(between) <= 1:
        return not any(token.has("and", "say") for token in between)  # "told parliament"
    named = len(between) <= _TITLES and all(t.capital and t.kind == "word" for t in between)
    return named and not left.party and bool(mention.party)


def _merge(left: Mention, mention: Mention, used: set[int], k: int) -> None:
    """Join two offices that stand side by side, as in "defence ministry spokesman"."""
    left.end = mention.end
    if not left.party:
        left.party = mention.party
    used.add(k)


def _beside(marked: Marked, end: int, start: int) -> bool:
    """Return whether only a genitive or small words stand between a party and its office."""
    between = marked.tokens[end:start]
    if len(between) == _OWNED and between[0].norm == "'" and between[-1].has("captive", "people"):
        return True  # "Vale's prisoner office"
    return len(between) <= 3 and all(
        token.norm in {"'", "s"}
        or (token.kind == "word" and not token.tags and (not token.capital or token.text.isupper()))
        for token in between
    )


def _and_written(marked: Marked, mention: Mention) -> bool:
    """Return whether Arabic "and" is written to a name."""
    token = marked.tokens[mention.start]
    return token.norm.startswith("و") and len(token.forms) > 1


def _owned(marked: Marked, office: Mention, party: Mention) -> bool:
    """Return whether a party behind an office owns it: "ministry of Vale", "министерство РФ"."""
    between = marked.tokens[office.end : party.start]
    if _and_written(marked, party):
        return False
    if len(between) > 2 or any(token.kind == "mark" and token.norm != "'" for token in between):
        return False
    if party.form == "adj":
        return not between
    if party.form not in {"name", "actor", "seat"}:
        return False
    if any(token.has("say", "exchange", "release", "receive", "return") for token in between):
        return False  # "the minister said in Kyiv"
    if any(token.has("in") for token in between):
        official = office.office in {"delegation", "spokesman", "delegation_head"}
        return party.form in {"seat", "name"} or (party.form == "actor" and official)
    return all(
        token.has("of", "small", "for", "from") or token.norm in {"the", "la", "l", "d"}
        for token in between
    )
