"""Who is speaking, sentence after sentence.

Rules of this file:
- A word of saying has a speaker: before it (`X said`), after it (`, said X`, `according to
  X`), or the last one (`it added`, `in its words`). Two sides together, "each" and "both
  sides" make `both`; the press and unnamed sources make the text itself speak.
- What stands before a speaker at the end of a sentence is theirs as well; what stands before
  a speaker in the middle is not.
- A sentence without a speaker belongs to the last one if it only goes on with what was
  announced (a list, "in return", "among them"); with a party of its own acting it is the
  text's.
"""

from __future__ import annotations

import re

from homeward.statements.reading.clauses import MOVES, Clause
from homeward.statements.reading.marked import ORGANISATIONS, Marked, Mention
from homeward.statements.reading.named import (
    FAR,
    joined_after,
    may_speak,
    mention_after,
    mentions_before,
    undated,
)
from homeward.statements.reading.owners import settle_offices
from homeward.statements.reading.quantity import Quantity
from homeward.statements.reading.spoken import NARRATOR, Speech, State
from homeward.statements.reading.voices import BESIDE, cues_of, headed, teller_of

_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_REACH = 14
_TITLE = 7  # words of a title before the name of an office
_NO_TITLE = ("say", "and", "while", "which", "that", "passive", "in_return", "held")
_NO_SUBJECTS = ("oblique", "accusative", "dative")
_NO_SUBJECT = (*MOVES, "pronoun", "both_sides", "each", "press", "which", "that")
_BREAKS = frozenset(",،\"»”’'—–-؛")
_GOES_ON = ("in_return", "move_with", "including", "same_number", "own", "pronoun", "also", "each")


def speeches_of(marked: Marked, quantities: list[Quantity], state: State) -> list[Speech]:
    """Find who says what in a sentence.

    Args:
        marked: The sentence; offices without a party get one.
        quantities: Of the sentence.
        state: What went before; it is brought up to date.

    Returns:
        Stretches of the sentence that have a speaker, in order.
    """
    settle_offices(marked, state)
    for quantity in quantities:
        if quantity.owner is not None and not quantity.nation:
            quantity.nation = quantity.owner.party
    found: list[Speech] = []
    covered = 0
    cues = cues_of(marked)
    alone = headed(marked)
    if alone and not any(cue < alone.end for cue in cues):
        found.append(Speech(alone.end, len(marked.tokens), alone.source, alone.end))
        state.speaker = alone.source
    for k, cue in enumerate(cues):
        following = cues[k + 1] if k + 1 < len(cues) else len(marked.tokens)
        span = _speaker(marked, cue, cues[k - 1] if k else -1, quantities, state)
        if span is None:
            continue
        source, start, end = span
        denied = marked.tokens[cue].has("rejects")
        if following < len(marked.tokens) and (
            _is_aside(marked, cue) or _in_relative(marked, cue, start)
        ):
            found.append(Speech(end, _end_of_aside(marked, end, following), source, cue, denied))
            continue  # what stands around it is somebody else's
        content = _has_content(marked, quantities, covered, start)
        behind = content and _stands_behind(marked, start, cue) and not _is_aside(marked, cue)
        if behind:
            if found and found[-1].behind and found[-1].start == covered:
                found.pop()  # "…, said X, and 30 came back, Y said"
            found.append(Speech(covered, start, source, cue, denied))
        if _has_content(marked, quantities, end, following) or not content:
            found.append(Speech(end, following, source, cue, denied, behind=behind))
        covered = max(end, following if following < len(marked.tokens) else end)
        covered = end if following < len(marked.tokens) else len(marked.tokens)
        state.speaker = source
    _remember_subject(marked, found, quantities, state)
    return found


def _remember_subject(
    marked: Marked, speeches: list[Speech], quantities: list[Quantity], state: State
) -> None:
    """Keep whom "he" or "it" means in the next sentence: the last speaker, else the subject."""
    if speeches:
        state.subject = speeches[-1].source
        return
    free = [
        m
        for m in marked.mentions
        if m.party
        and m.prep == ""
        and m.form not in {"adj", "people"}
        and not any(q.start <= m.start < q.end for q in quantities)
    ]
    if free:
        state.subject = free[0].source


def assign_sources(clauses: list[Clause], speeches: list[Speech], state: State) -> None:
    """Give every clause of a sentence its source.

    Args:
        clauses: Of one sentence, in order.
        speeches: Of the same sentence.
        state: What went before; it is brought up to date.
    """
    told = bool(speeches)
    carried = not told and state.speaking and _goes_on(clauses, state.speaker)
    for clause in clauses:
        clause.told = [(speech.start, speech.end, speech.source) for speech in speeches]
        best, most = None, 0
        for speech in speeches:
            shared = min(speech.end, clause.end) - max(speech.start, clause.start)
            if shared > most or (shared == most and shared > 0):
                best, most = speech, shared
        if best is not None:
            clause.source, clause.denied = best.source, best.denied
        elif carried:
            clause.source = state.speaker
    if told:
        state.speaking = True
    elif not carried and any(clause.moves for clause in clauses):
        state.speaking = False
    for clause in clauses:
        if clause.actors:
            state.actor = clause.actors[0]


def source_at(clauses: list[Clause], speeches: list[Speech], at: int) -> str:
    """Return who says what stands at a token.

    Args:
        clauses: Of the sentence.
        speeches: Of the sentence.
        at: Position of the token.
    """
    for speech in speeches:
        if speech.start <= at < speech.end:
            return speech.source
    return next((c.source for c in clauses if c.start <= at < c.end), NARRATOR)


def _speaker(
    marked: Marked, cue: int, previous: int, quantities: list[Quantity], state: State
) -> tuple[str, int, int] | None:
    """Return the source of a word of saying and the tokens that name it and say so."""
    tokens = marked.tokens
    end = cue + 1
    while end < len(tokens) and tokens[end].has("say", "according", "rejects"):
        end += 1
    told = _by_place(marked, cue, previous, end, state)
    if told is not None:
        return told
    behind = mention_after(marked, end, quantities)
    if behind and not tokens[cue].has("according") and _is_object(marked, behind, end):
        behind = None
    ahead = mentions_before(marked, cue, max(previous + 1, cue - _REACH), quantities)
    if tokens[cue].has("according"):
        return _by_reference(marked, cue, end, behind, ahead, state)
    verb = cue
    while verb > 1 and tokens[verb - 1].has("aux"):
        verb -= 1  # French "…, a annoncé Vale"
    comma = verb > 0 and tokens[verb - 1].norm in _BREAKS
    ends = behind is not None and all(t.kind == "word" for t in tokens[behind.end : behind.end + 1])
    if (
        behind
        and ahead
        and ends
        and marked.any(*MOVES, "aux", start=behind.end, end=behind.end + 2)
    ):
        behind = None  # "Orlo Vane, a Dornish minister, said Orland had freed 40"
    if behind and (comma or not ahead) and _starts(marked, behind, end, FAR if comma else 2):
        group = [behind, *joined_after(marked, behind)]
        return _source(group, state), cue, group[-1].end
    if ahead:
        if marked.any("both_sides", "each", start=ahead[-1].start, end=cue):
            return "both", ahead[0].start, end  # "officials in both capitals said"
        cited = previous >= 0 and tokens[previous].has("according")
        press = marked.any("press", start=ahead[-1].end, end=cue) and not cited
        return (NARRATOR if press else _source(ahead, state)), ahead[0].start, end
    return _unnamed(marked, cue, previous, end, state)


def _starts(marked: Marked, mention: Mention, end: int, most: int) -> bool:
    """Return whether who says it stands near enough behind the word, dates left out."""
    return len(undated(marked, end, mention.start)) <= most


def _is_object(marked: Marked, mention: Mention, end: int) -> bool:
    """Return whether case keeps who stands behind a verb from speaking: "he called the king's rights …"."""
    if mention.prep or mention.case not in _NO_SUBJECTS:
        return False
    between = marked.tokens[end : mention.start]  # a title, as in "said an aide of the king"
    told = any(token.has("account") for token in between)
    return not between or (not told and any(token.tags - {"small"} for token in between))


def _by_place(
    marked: Marked, cue: int, previous: int, end: int, state: State
) -> tuple[str, int, int] | None:
    """Return the source that the words right around a cue tell: an owner, a shared or relative subject."""
    token = marked.tokens[cue]
    if token.has("according"):
        return None
    joint = marked.any("joint", start=end, end=end + BESIDE)
    if joint and marked.any("account", start=end, end=end + BESIDE):
        return "both", cue, end  # "is said in a joint statement of X and Y"
    if token.has("account") and not token.has("say", "rejects"):
        teller = teller_of(marked, cue)
        if teller is not None:
            return teller.source, min(teller.start, cue), max(teller.end, end)
    if _shares_subject(marked, cue):
        if previous >= 0:
            return state.speaker, cue - 1, end
        first = next((m for m in marked.mentions if m.party and not m.prep), None)
        if first is not None and first.start <= BESIDE and first.form in {"office", "alias"}:
            return first.source, cue - 1, end  # "The king welcomed them and said"
    relative = _relative(marked, cue, previous)
    if relative:
        return relative.source, max(previous + 1, relative.end), end
    behind = mention_after(marked, end, [])
    offices = {"office", "alias"}
    if behind and behind.form in offices and (behind.start == end or behind.prep == "in"):
        return None  # "the king of Vale, whom …, told the ministry"
    head = _before_relative(marked, cue)
    return (head.source, head.start, end) if head is not None else None


def _by_reference(
    marked: Marked,
    cue: int,
    end: int,
    behind: Mention | None,
    ahead: list[Mention],
    state: State,
) -> tuple[str, int, int] | None:
    """Return the source of "according to X", "in its words"; the press is no source."""
    if marked.any("press", start=end, end=end + 3):
        cited = _cited(marked, end)
        return (cited.source, cue, cited.end) if cited else (NARRATOR, cue, end)
    if marked.any("both_sides", start=end, end=end + 2):
        return "both", cue, end + 2
    if behind:
        return _source([behind], state), cue, behind.end
    if marked.any("both_sides", start=end, end=end + BESIDE):
        return "both", cue, end + 1  # "as both sides announced"
    if not marked.any("own", "pronoun", start=cue, end=end + 2):
        return None
    persons = [m for m in ahead if m.form != "people"]  # "Dorns, in his words, …"
    return (_source(persons, state) if persons else state.speaker), cue, end + 1


def _cited(marked: Marked, end: int) -> Mention | None:
    """Return whom the press cites: "as the agency reported, citing the ministry of Vale"."""
    for mention in marked.mentions:
        led = marked.any("about", "according", start=mention.start - 2, end=mention.start)
        if end < mention.start <= end + FAR and led and mention.form in {"office", "alias"}:
            return mention if mention.party else None
    return None


def _unnamed(
    marked: Marked, cue: int, previous: int, end: int, state: State
) -> tuple[str, int, int]:
    """Return who is meant where nobody is named: both sides, the press, or the last one."""
    low = max(previous + 1, cue - _TITLE)
    he = marked.any("pronoun", start=end, end=end + 1) and _CYRILLIC.match(marked.tokens[end].norm)
    if he and state.speaker != NARRATOR:
        return state.speaker, max(previous + 1, cue), end + 1  # "…, сообщил он"
    both = [
        at
        for at in marked.tagged("both_sides", "each", start=low, end=cue)
        if not _counted(marked, at)
    ]
    if both:
        first = both[-1]
        while first - 1 in both:
            first -= 1
        return "both", first, end
    opens = marked.any("press", start=0, end=2) and not any(m.end <= cue for m in marked.mentions)
    if opens or marked.any("press", start=cue - 3, end=end + 3):
        if previous >= 0 and marked.tokens[previous].has("according"):
            return state.speaker, max(previous + 1, cue - 1), end  # the press cites somebody
        cited = _cited(marked, end)  # "…, an agency reported, citing X"
        named = (cited.source, cited.end) if cited else (NARRATOR, end)
        low = max(0, cue - 4)
        commas = [at + 1 for at in range(low, cue) if marked.tokens[at].norm in _BREAKS]
        return named[0], commas[-1] if cited and commas else low, named[1]
    tail = cue > 0 and marked.tokens[cue - 1].norm in _BREAKS
    tail = tail and marked.any("both_sides", start=end, end=end + 2)  # "…, said both governments"
    if tail or marked.any("joint", start=cue, end=end + BESIDE):
        return "both", max(previous + 1, cue - (not tail)), end + tail
    told = _told_at(marked, cue, end)
    if told is not None:
        return told.source, max(previous + 1, cue - 2), told.end
    own = _subject(marked, cue) if previous < 0 else None
    own = own or _common_noun(marked, cue, state)
    his = _in_his(marked, cue, end)
    if his is not None and own is None:
        return his.source, max(previous + 1, cue), end
    last = state.subject if previous < 0 and state.subject else state.speaker
    return (own.source if own else last), max(previous + 1, cue - 1), end


def _told_at(marked: Marked, cue: int, end: int) -> Mention | None:
    """Return at whose place something is told by nobody: "it was confirmed in Vale that"."""
    passive = marked.any("passive", start=cue - 1, end=cue)
    if not passive or not marked.any("thing_pronoun", start=cue - 3, end=cue):
        return None
    near = (m for m in marked.mentions if 0 <= m.start - end <= 2 and m.prep == "in" and m.party)
    return next((m for m in near if m.form in {"seat", "name"}), None)


def _in_his(marked: Marked, cue: int, end: int) -> Mention | None:
    """Return whose account "his post says" means: the person named last in the sentence."""
    his = marked.tagged("his", start=end, end=end + BESIDE)
    if not his or not marked.any("account", start=his[0], end=his[0] + BESIDE):
        return None
    named = [m for m in marked.mentions if m.end < cue and not m.prep and m.party]
    persons = [m for m in named if m.form in {"office", "alias"}]
    return persons[-1] if persons else None


def _common_noun(marked: Marked, cue: int, state: State) -> Mention | None:
    """Return whom "the organisation said" means: the one named before it, if it is not the speaker."""
    nouns = marked.tagged("body_word", start=cue - 2, end=cue + BESIDE)
    if not nouns or not (nouns[0] and marked.tokens[nouns[0] - 1].has("definite", "own", "small")):
        return None  # "tribal mediators said"
    named = [m for m in marked.mentions if m.end < cue and m.party and m.form != "people"]
    third = [m for m in named if m.organisation or m.form == "actor"]
    if state.speaker in ORGANISATIONS and not any(m.organisation for m in named):
        return None
    return next(iter(third or named), None)


def _shares_subject(marked: Marked, cue: int) -> bool:
    """Return whether a second verb of saying has the subject of the first: "and added"."""
    follows = marked.any("that", "in", start=cue + 1, end=cue + 2)
    led = cue > 0 and (
        marked.tokens[cue].norm.startswith("و") or marked.tokens[cue - 1].norm.startswith("لكن")
    )
    if led and follows:
        return True  # Arabic writes "and" to the verb, and "he" to "but"
    for at in range(cue - 1, max(-1, cue - BESIDE), -1):
        token = marked.tokens[at]
        if token.has("and", "while") or token.norm.startswith("و"):
            return True
        if token.kind != "word" or token.capital or token.has(*_NO_SUBJECT):
            return False
        if any(m.start <= at < m.end for m in marked.mentions):
            return False
    return False


def _counted(marked: Marked, at: int) -> bool:
    """Return whether "each" or "both sides" belongs to a number before it: "40 on each side"."""
    while at > 0 and marked.tokens[at - 1].has("each", "both_sides"):
        at -= 1
    before = marked.tokens[max(0, at - BESIDE) : at]
    return any(token.kind == "number" for token in before) or any(
        marked.number_at(k) is not None for k in range(max(0, at - BESIDE), at)
    )


def _subject(marked: Marked, cue: int) -> Mention | None:
    """Return with whom a sentence begins, whom "it said" or "he said" at its end means."""
    thing = marked.any("thing_pronoun", start=cue - 2, end=cue)
    if not thing and not marked.any("pronoun", start=cue - 2, end=cue):
        return None
    for mention in marked.mentions:
        opens = mention.start <= 2 and mention.end < cue and not mention.prep and mention.party
        if opens and (mention.form in {"office", "alias"} or (thing and mention.form != "adj")):
            return mention if mention.form != "people" else None
    return None


def _before_relative(marked: Marked, cue: int) -> Mention | None:
    """Return whom a relative clause describes right before a cue: "Vale, whose king …, said"."""
    if cue < 1 or marked.tokens[cue - 1].norm not in ",،":
        return None
    for mention in reversed(marked.mentions):
        opens = mention.end + 1 < cue and marked.tokens[mention.end].norm in ",،"
        if opens and marked.any("which", start=mention.end + 1, end=mention.end + 3):
            return mention if mention.party and may_speak(mention) else None
    return None


def _relative(marked: Marked, cue: int, previous: int) -> Mention | None:
    """Return who is meant by "which" right before a word of saying: "…, which in turn said"."""
    for at in range(cue - 1, max(previous, cue - 5), -1):
        if marked.tokens[at].has("which") and not marked.tokens[at].has("that"):
            return next((m for m in reversed(marked.mentions) if at - 3 <= m.end <= at), None)
        if marked.tokens[at].has(*MOVES) or marked.tokens[at].norm == ",":
            return None
    return None


def _source(mentions: list[Mention], state: State) -> str:
    parties = list(dict.fromkeys(m.party for m in mentions if m.party))
    if len(parties) > 1:
        if len(state.sides) < 2 or set(parties) == set(state.sides):
            return "both"
        return mentions[0].source
    if not parties:
        return NARRATOR
    return mentions[0].source if len(mentions) == 1 else parties[0]


def _has_content(marked: Marked, quantities: list[Quantity], start: int, end: int) -> bool:
    if any(start <= q.number.start < end and q.role == "candidate" for q in quantities):
        return True
    words = sum(1 for t in marked.tokens[start:end] if t.kind == "word")
    return words >= 4 or marked.any(*MOVES, start=start, end=end)


def _stands_behind(marked: Marked, start: int, cue: int) -> bool:
    """Return whether a speaker follows what he said."""
    tokens = marked.tokens
    if tokens[cue].has("according"):
        return True
    if start == cue and start:
        return not tokens[cue].norm.startswith("و")
    for at in range(start - 1, max(-1, start - _TITLE) - 1, -1):
        token = tokens[at]
        if token.norm in _BREAKS or token.has("cataphora"):
            return True
        named = at > 0 and token.has(*MOVES) and tokens[at - 1].has("own", "definite")
        if named:
            continue  # "its repatriation centre"
        if token.kind != "word" or token.has(*MOVES, *_NO_TITLE) or marked.number_at(at):
            return False
    return False


def _is_aside(marked: Marked, cue: int) -> bool:
    """Return whether "according to X" stands inside a relative clause: "who, by X's word, are"."""
    tokens = marked.tokens
    if cue < 2 or not tokens[cue].has("according"):
        return False
    return tokens[cue - 1].has("which") or (
        tokens[cue - 1].norm in ",،" and tokens[cue - 2].has("which")
    )


def _in_relative(marked: Marked, cue: int, start: int) -> bool:
    """Return whether a relative clause has a teller of its own: "bodies which, Vale says, are"."""
    tokens = marked.tokens
    while start > 0 and tokens[start - 1].has("definite", "small"):
        start -= 1
    first = start - 1 if start > 0 and tokens[start - 1].norm in ",،" else start
    if first < 2 or not tokens[first - 1].has("which"):
        return False
    noun = tokens[first - 2]
    told = tokens[first - 1].has("that") and noun.has("say", "account")
    people = marked.any(
        "people", "remains", "soldiers", "civilians", start=first - 3, end=first - 1
    )
    return people and not told and cue >= start


def _end_of_aside(marked: Marked, start: int, last: int) -> int:
    """Return where a relative clause with an aside ends: at its next comma."""
    marks = (at for at in range(start + 1, last) if marked.tokens[at].norm in ",،;")
    return next(marks, last)


def _goes_on(clauses: list[Clause], speaker: str) -> bool:
    """Return whether a sentence without a speaker only continues the last one's words."""
    first = clauses[0]
    rival = any(
        m.start <= 1 and not m.prep and m.form == "name" and m.party != speaker.partition(".")[0]
        for m in first.marked.mentions
    )
    if first.marked.any(*_GOES_ON, start=0, end=4) and not rival:
        return True
    return not any(clause.own_actor for clause in clauses)
