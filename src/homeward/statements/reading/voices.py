"""Where a sentence says that somebody speaks: the words of saying, before anybody asks who.

Rules of this file:
- A word of saying, of reference ("according to") or of denial is a cue, unless it is denied.
- A noun of telling is one where it is somebody's ("Vale's version", "a statement by Vale"), a
  verb of giving where it gives a figure.
- A verb that no pack knows is one by its place: an office, the verb, "that"; or a last part of
  the sentence behind a comma that holds an office, the verb and nothing that moves people; or, in
  Russian and Ukrainian, a verb by its ending between an office and a number.
- "Passed on" is a word of saying where nobody is counted behind it, only an office named.
- Who stands before "about" and a number, behind somebody else's word of saying, shares that word:
  "Vale spoke of 40, Orland of 38".
- What a speaker's own quotation says has no other speaker: "he said that 'the facts say that …'".
- Who stands alone before a colon, or with such a verb, says what follows.
"""

from __future__ import annotations

import re

from homeward.statements.reading.clauses import MOVES
from homeward.statements.reading.marked import Marked, Mention

_ARABIC = re.compile(r"[\u0621-\u064a]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
OWNED = 3  # words between an owner and what it told
BESIDE = 4
_TAIL_MAX = 14  # tokens of a last part that only names the speaker
_GAP_MAX = 4  # words between a dash and the number that a second speaker gives
_VERB = re.compile(
    r"[а-яіїє]{2,}((л[аои]?|[еєиіїю]в|ав|нув|[еию]т|[уя]т|ть|є)(ся|сь)?|лся|вся|[еи]тся|[уюя]тся)$"
)
_OPENING = {"\u2018": "\u2019", "\u201c": "\u201d", "\u00ab": "\u00bb", "\u201e": "\u201c"}
_KNOWN = ("say", "according", "rejects", "account")
_JOINTS = (*MOVES, "which", "and", "while", "including", "in_return", "of_them", "mediate", "that")


def cues_of(marked: Marked) -> list[int]:
    """Return where a sentence says that somebody speaks.

    Args:
        marked: The sentence.

    Returns:
        Positions of words of saying, in order.
    """
    found: list[int] = []
    last = -2
    for at in marked.tagged("say", "according", "rejects"):
        if at != last + 1 and not (_noun(marked, at) or _is_put_out(marked, at)):
            found.append(at)
        last = at
    found = [at for at in found if not _in_own_quotation(marked, found, at)]
    told = [
        at
        for at in marked.tagged("account", "gives")
        if (_is_account(marked, at) or _gives_figure(marked, at))
        and not any(abs(at - cue) <= BESIDE for cue in found)
    ]
    found = sorted({*found, *told})
    guessed = (*_before_that(marked), *_in_tail(marked), *_before_number(marked), *_of_this(marked))
    unknown = [at for at in guessed if at not in found]
    return sorted(
        {*found, *(at for at in unknown if not any(abs(at - c) <= BESIDE for c in found))}
    )


def _is_put_out(marked: Marked, at: int) -> bool:
    """Return whether a participle tells of a text, and nobody speaks: "an interview published on Monday"."""
    text = marked.tokens[at].has("put_out") and marked.any(
        "account", "date_of_talk", start=at - 1, end=at
    )
    return text and not marked.any("by", start=at + 1, end=at + BESIDE)


def _in_own_quotation(marked: Marked, cues: list[int], at: int) -> bool:
    """Return whether a word of saying stands in a quotation that an earlier one opened."""
    tokens = marked.tokens
    opened = [k for k in range(at) if tokens[k].text in _OPENING]
    if not opened or not any(cue < opened[-1] <= cue + BESIDE for cue in cues if cue < at):
        return False
    closing = _OPENING[tokens[opened[-1]].text]
    return not any(tokens[k].text == closing for k in range(opened[-1] + 1, at))


def _before_that(marked: Marked) -> list[int]:
    """Return unknown verbs between a speaker and "that": "the ministry hinted that"."""
    found = []
    for at in marked.tagged("that"):
        verb = at - 2 if at > 1 and marked.tokens[at - 1].norm in ",،" else at - 1
        if verb < 1 or not _is_plain(marked, verb):
            continue
        near = [m for m in marked.mentions if 0 <= verb - m.end <= OWNED and _speaks(m)]
        if near and all(_is_plain(marked, k) for k in range(near[-1].end, verb)):
            found.append(verb)
    return found


def _in_tail(marked: Marked) -> list[int]:
    """Return the unknown verb of a last part that names a speaker: ", quipped the minister"."""
    tokens = marked.tokens
    commas = [at for at, token in enumerate(tokens[:-2]) if token.norm in ",،—–"]
    if not commas or commas[-1] < OWNED:
        return []
    start, end = commas[-1] + 1, len(tokens)
    while end > start and tokens[end - 1].kind == "mark":
        end -= 1
    if end - start > _TAIL_MAX or marked.any(*_JOINTS, *_KNOWN, start=start, end=end):
        return []
    if any(start <= number.start < end for number in marked.numbers):
        return []
    named = [m for m in marked.mentions if start <= m.start < end and _speaks(m)]
    if _tells_nothing(marked, start, end, named):
        return []
    for mention in named[:1]:
        if mention.start > start and _is_verb(marked, start):
            return [start]  # ", rejoiced the ombudsman Name Surname"
        for at in (mention.start - 1, mention.end):
            if start <= at < end and _is_plain(marked, at):
                return [at]
    return []


def _tells_nothing(marked: Marked, start: int, end: int, named: list[Mention]) -> bool:
    """Return whether a last part holds no verb of its own: ", alluding to an advance of Vale's army".

    Where the verb stands first, as in Arabic, other words are nouns.
    """
    tokens = marked.tokens
    if any(tokens[at].norm.endswith("ing") for at in range(start, end)):
        return True
    return bool(named and _ARABIC.match(tokens[start].norm) and named[0].start > start + 1)


def _before_number(marked: Marked) -> list[int]:
    """Return unknown verbs between an office and a number: "the minister tallied 38 men"."""
    found = []
    for mention in marked.mentions:
        at = mention.end
        if mention.prep or not _speaks(mention) or not _is_verb(marked, at):
            continue
        after = next((n.start for n in marked.numbers if n.start > at), None)
        if after is not None and not marked.any(*MOVES, "held", start=at + 1, end=after):
            found.append(at)
    return found


def _of_this(marked: Marked) -> list[int]:
    """Return the unknown verb by which somebody tells what stands before: "so Vale put it"."""
    for at in marked.tagged("cataphora"):
        ends = [m.end for m in marked.mentions if m.start == at + 1 and _speaks(m)]
        dashed = at > 1 and marked.tokens[at - 1].norm in "—–"
        if dashed and ends and _is_verb(marked, ends[0]):
            return [ends[0]]
    opens = marked.any("about_this", "cataphora", start=0, end=2)
    named = [m for m in marked.mentions if _speaks(m)]
    if not opens or len(named) != 1 or marked.numbers:
        return []
    return [at for at in range(1, len(marked.tokens)) if _is_verb(marked, at)][:1]


def _is_verb(marked: Marked, at: int) -> bool:
    """Return whether a word of which the pack knows nothing ends as a Slavic verb."""
    known = at >= len(marked.tokens) or not _is_plain(marked, at)
    return not known and bool(_VERB.search(marked.tokens[at].norm))


def _speaks(mention: Mention) -> bool:
    return bool(mention.form in {"office", "alias"} and mention.prep in {"", "of"})


def _is_plain(marked: Marked, at: int) -> bool:
    """Return whether a token is a word of which the pack knows nothing."""
    token = marked.tokens[at]
    covered = any(m.start <= at < m.end for m in marked.mentions)
    dated = at in marked.months or at in marked.weekdays
    return token.kind == "word" and not (token.capital or token.tags or covered or dated)


def mark_gaps(marked: Marked) -> None:
    """Give a clause that leaves out its word of saying one: "Vale spoke of 40, Orland of 38".

    Args:
        marked: The sentence; the joint behind the second speaker is tagged.
    """
    _mark_relays(marked)
    first = next(iter(marked.tagged("say", "according")), None)
    tokens = marked.tokens
    for mention in marked.mentions:
        if first is None or mention.start < first:
            continue
        if mention.form == "adj" and not _shares_office(marked, mention, first):
            continue
        if mention.form == "people":
            continue
        joint = mention.end
        about = joint + (joint < len(tokens) and tokens[joint].norm in ",،—–")
        counted = marked.number_at(about + 1) or marked.number_at(about + 2)
        told = about < len(tokens) and tokens[about].has("about") and counted
        if mention.prep in {"by", "from", "with"}:
            continue  # "the release by Vale of 40"
        if not (told or (about > joint and _is_dashed(marked, mention, first))):
            continue
        tokens[joint].tags.add("say")
        marked.places["say"] = sorted({*marked.places.get("say", ()), joint})
        if mention.prep in {"to", "in"}:
            mention.prep = ""  # "in Orland of 38"


def _shares_office(marked: Marked, mention: Mention, first: int) -> bool:
    """Return whether an adjective leaves out the office named before: "Vale's army counted 40, Orland's — 38"."""
    offices = [m for m in marked.mentions if m.form == "office" and m.end <= first]
    dash = marked.tokens[mention.end : mention.end + 1]
    dashed = bool(dash) and dash[0].norm in "—–" and marked.number_at(mention.end + 1) is not None
    if not (offices and dashed and mention.party != offices[-1].party):
        return False
    mention.form, mention.office = "office", offices[-1].office
    return True


def _is_dashed(marked: Marked, mention: Mention, first: int) -> bool:
    """Return whether a dash stands for the word of saying: "Vale put it at 40, Orland — at 38"."""
    tokens, dash = marked.tokens, mention.end
    if tokens[dash].norm not in "—–" or mention.prep:
        return False
    if marked.number_at(dash + 1) is not None:
        return mention.form in {"office", "alias"} or not _moves_alike(marked, mention, first)
    if mention.form not in {"office", "alias"}:
        return False
    for at in range(dash + 1, min(len(tokens), dash + 1 + _GAP_MAX)):
        if marked.number_at(at) is not None:
            return True
        if tokens[at].kind == "mark":
            return False
    return False


def _moves_alike(marked: Marked, mention: Mention, first: int) -> bool:
    """Return whether a dash stands for a verb of movement: "Vale got 40, Orland — 38"."""
    for other in marked.mentions:
        named = other.form in {"name", "seat"} and not other.prep and other.start > first
        if named and other.end <= mention.start and other.party != mention.party:
            return marked.any(*MOVES, start=other.end, end=other.end + OWNED)
    return False


def _mark_relays(marked: Marked) -> None:
    """Let "passed on" be a word of saying where only an office stands behind it."""
    for at in marked.tagged("relay"):
        office = [m for m in marked.mentions if at < m.start <= at + BESIDE and _speaks(m)]
        counted = any(number.start > at for number in marked.numbers)
        parted = at > 0 and marked.tokens[at - 1].norm in ",،—–"
        if not (office and parted) or counted or marked.any("people", start=at):
            continue
        marked.tokens[at].tags.discard("release")
        marked.tokens[at].tags.add("say")
        marked.places["release"] = [k for k in marked.places.get("release", ()) if k != at]
        marked.places["say"] = sorted({*marked.places.get("say", ()), at})


def headed(marked: Marked) -> Mention | None:
    """Return who stands alone before a colon at the beginning: "Ministry of Vale: 40 freed".

    Args:
        marked: The sentence.

    Returns:
        The speaker, or None.
    """
    for mention in marked.mentions:
        if marked.any("and", start=mention.start - 1, end=mention.start):
            return None  # "Vale and Orland: 40 freed on each side"
        if mention.start <= 2 and mention.end < len(marked.tokens) and mention.party:
            names = _behind_bracket(marked, mention.end)
            while names < min(len(marked.tokens), mention.end + BESIDE) and (
                marked.tokens[names].capital
                or _is_plain(marked, names)
                or marked.tokens[names].has("figure", "also", "own", "precondition")
            ):
                names += 1
            if names < len(marked.tokens) and marked.tokens[names].norm == ":":
                return mention
    return None


def _behind_bracket(marked: Marked, at: int) -> int:
    """Return where what stands in brackets ends: "Ministry of Vale (Telegram): 40 freed"."""
    tokens = marked.tokens
    if at >= len(tokens) or tokens[at].norm != "(":
        return at
    closing = (k for k in range(at + 1, min(at + BESIDE + 1, len(tokens))) if tokens[k].norm == ")")
    return next((k + 1 for k in closing), at)


def teller_of(marked: Marked, at: int) -> Mention | None:
    """Return whose account it is: named right before the noun, or right behind it.

    Args:
        marked: The sentence.
        at: Where the noun of telling stands.

    Returns:
        The mention, or None.
    """
    for mention in reversed(marked.mentions):
        if mention.party and mention.form != "people" and 0 <= at - mention.end <= OWNED:
            between = marked.tokens[mention.end : at]
            owned = any(token.norm == "s" for token in between) or mention.form == "adj"
            if owned and not any(token.has(*MOVES, "and") for token in between):
                return mention
    for mention in marked.mentions:
        if mention.form != "people" and at < mention.start <= at + BESIDE:
            between = marked.tokens[at + 1 : mention.start]
            if all(token.has("of", "by", "from", "small", "which", "passive") for token in between):
                genitive = _CYRILLIC.match(marked.tokens[mention.start].norm) and not mention.prep
                return mention if (between or genitive) and mention.party else None
    return None


def _is_account(marked: Marked, at: int) -> bool:
    """Return whether a noun of telling is somebody's: "Vale's version", "a statement by Vale"."""
    if not marked.tokens[at].has("account"):
        return False
    if marked.any("rejects", "contradicting", "negation", start=at - BESIDE, end=at):
        return False
    return teller_of(marked, at) is not None


def _gives_figure(marked: Marked, at: int) -> bool:
    """Return whether a verb of giving gives a figure: "gave 40 as its figure"."""
    tokens = marked.tokens
    end = next((k for k in range(at + 1, len(tokens)) if _ends_figure(marked, k)), len(tokens))
    placed = any(
        tokens[k].norm == "at" and marked.number_at(k + 1)
        for k in range(at + 1, min(at + BESIDE + 1, end))
    )
    set_at = placed and tokens[at].norm.startswith("put")  # "put its share at 40"
    return tokens[at].has("gives") and (set_at or marked.any("figure", start=at + 1, end=end))


def _ends_figure(marked: Marked, at: int) -> bool:
    token = marked.tokens[at]
    return token.has("and", "while", "which") or token.norm in ",;:،؛"


def _is_owned(marked: Marked, at: int) -> bool:
    """Return whether an owner stands before a noun and its adjectives."""
    for here in range(at - 1, max(-1, at - BESIDE), -1):
        if marked.tokens[here].norm == "s":
            return True
        if not _is_plain(marked, here):
            return False
    return False


def _describes(marked: Marked, at: int) -> bool:
    """Return whether a gerund only describes a noun: French "maps telling where mines lie"."""
    gerund = marked.tokens[at].norm.endswith(("ant", "ando", "iendo"))
    after = marked.any("that", "aux", start=at + 1, end=at + 2)
    return gerund and not after and marked.tokens[at - 1].kind == "word"


def _noun(marked: Marked, at: int) -> bool:
    """Return whether a word of saying is denied or wanted, and so says nothing."""
    before = marked.tokens[max(0, at - 3) : at]
    last = before[-1] if before else None
    if last is not None and not marked.tokens[at].has("according"):
        owned = last.norm == "s" and len(before) > 1 and before[-2].norm == "'"
        if owned or last.has("article", "definite", "own"):
            return True  # "Vale's claim", "the report"
        if marked.tokens[at].has("utterance") and _is_owned(marked, at):
            return True  # "repeated Vale's frequent claim that"
    if last is not None and _describes(marked, at):
        return True
    commas = [k for k, token in enumerate(before) if token.norm in ",،"]
    before = before[commas[-1] + 1 :] if commas else before
    if _is_only(marked, at):
        return False
    return any(token.has("negation") for token in before) and not marked.tokens[at].has("according")


def _is_only(marked: Marked, at: int) -> bool:
    """Return whether a French negation around a verb is "only": "n'en compte que 74"."""
    tokens = marked.tokens
    begins = any(token.norm in {"n", "ne"} for token in tokens[max(0, at - _GAP_MAX) : at])
    behind = tokens[at + 1 : at + _GAP_MAX]
    denied = any(token.has("negation") for token in behind)
    return begins and not denied and any(token.norm in {"que", "qu"} for token in behind)
