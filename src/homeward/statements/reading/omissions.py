"""What was left out, and by whom.

Rules of this file:
- An omission is stated where the text denies that somebody mentioned, said or gave it, or
  says that somebody kept silent. Who left it out is who acts there, else who speaks.
- What only one side tells is left out by the other; what both leave out, by each.
- An omission by absence is weaker: a side told only of its own people, and the other
  direction took place by another source, or nobody told of it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from homeward.statements.reading.acting import Part, actor_before
from homeward.statements.reading.discourse import source_at
from homeward.statements.reading.marked import Marked, Mention
from homeward.statements.reading.spoken import NARRATOR
from homeward.statements.reading.values import Omission, Reading
from homeward.statements.reading.voices import teller_of

_REACH = 5
_OPENING = 3  # tokens at the beginning of a sentence, or between two that say nothing
_BESIDE = 3
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_ABOUT = ("exchange", "release", "receive", "return")


def stated(text: str, part: Part, last: str) -> list[Omission]:
    """Return what a sentence says that somebody left out.

    Args:
        text: The whole text.
        part: The sentence.
        last: Who spoke in the sentence before.

    Returns:
        The omissions, in order.
    """
    marked = part.marked
    found: list[Omission] = []
    for at in marked.tagged("negation", "silent"):
        token = marked.tokens[at]
        pair = _neither(marked, at)
        if pair:
            cue = _mentioned(marked, pair[1].end - 1)
            found += [_omission(text, marked, at, cue + 1, m.source) for m in pair if cue]
            continue
        if token.has("silent"):
            end = at + 1
            if at and token.has("silent") and marked.tokens[at - 1].has("silent"):
                continue  # one phrase tells it once
            if marked.any("passive", start=at - 2, end=at) and _is_left_out(marked, at):
                continue  # "a pilot was left out of the bargain"
        else:
            cue = _mentioned(marked, at)
            if cue is None and _lacks(marked, at):
                cue = at  # "details of it are not in the statement", as Slavic languages order it
            if cue is None:
                continue
            end = cue + 1
            if (
                marked.any("passive", start=at - 2, end=cue)
                and not token.has("both_sides")
                and not _named(marked, at)
                and _from_whom(marked, cue) is None
                and not (last != NARRATOR and _is_of_the_last(marked, cue))
            ):
                continue  # "nothing was said" leaves open by whom
        teller = _from_whom(marked, end - 1)
        teller = teller or _from_place(part, at)
        asked = _asked_of(marked, at) if token.has("unclear") else None
        teller = asked or teller
        who = teller.source if teller else _left_out_by(part, at, last)
        if who == NARRATOR:
            continue
        found.append(_omission(text, marked, at, end, who))
    return found


def _is_of_the_last(marked: Marked, cue: int) -> bool:
    """Return whether a figure or a movement was not told, which the last speaker could have told."""
    return marked.any("figure", "how_many", end=cue + 2) or marked.any(*_ABOUT, start=cue)


def _omission(text: str, marked: Marked, at: int, end: int, who: str) -> Omission:
    """Return what somebody left out: what stands behind the word of saying."""
    span = (marked.tokens[at].start, marked.tokens[-1].end)
    what = text[marked.tokens[min(end, len(marked.tokens) - 1)].start : span[1]]
    return Omission(source=who, what=what.strip(" .,")[:200], stated_by="narrator", span=span)


def _neither(marked: Marked, at: int) -> list[Mention]:
    """Return both of whom "neither Vale nor Orland said" tells."""
    if not marked.tokens[at].has("no_one"):
        return []
    first = next((m for m in marked.mentions if at < m.start <= at + 2), None)
    second = next((m for m in marked.mentions if first and m.start >= first.end), None)
    if first is None or second is None or not (first.party and second.party):
        return []
    between = marked.tokens[first.end : second.start]
    parted = any(t.has("negation") or t.norm.startswith("ولا") for t in between)
    return [first, second] if parted and len(between) <= _OPENING else []


def only_one(text: str, part: Part, sides: tuple[str, ...]) -> list[Omission]:
    """Return what only one side tells, as an omission of the other: "only Vale mentions the mediator".

    Args:
        text: The whole text.
        part: The sentence.
        sides: The two sides.

    Returns:
        The omissions, in order.
    """
    marked = part.marked
    found: list[Omission] = []
    for at in marked.tagged("only"):
        if marked.any("say", start=at - 1, end=at) and marked.any(
            "about", start=at + 1, end=at + 2
        ):
            who = source_at(part.clauses, part.speeches, at)
            counted = any(at < number.start <= at + _REACH for number in marked.numbers)
            if who.partition(".")[0] in sides and not counted:  # "spoke only of a first group"
                span = (marked.tokens[0].start, marked.tokens[-1].end)
                what = text[marked.tokens[at].start : span[1]].strip(" .,")[:200]
                found.append(Omission(source=who, what=what, stated_by="narrator", span=span))
        mention = next((m for m in marked.mentions if 0 < m.start - at <= _BESIDE), None)
        if mention is None or mention.party not in sides or mention.prep or len(sides) != 2:
            continue
        told = marked.any("mention", start=at - _BESIDE, end=at)
        told = told or marked.any("mention", start=mention.end, end=mention.end + _BESIDE)
        denied = marked.any("negation", start=at - _REACH, end=mention.end + _BESIDE)
        counted = any(at < number.start < mention.start for number in marked.numbers)
        if told and not (denied or counted):
            span = (marked.tokens[0].start, marked.tokens[-1].end)
            who = next(side for side in sides if side != mention.party)
            what = text[span[0] : span[1]].strip(" .,")[:200]
            found.append(Omission(source=who, what=what, stated_by="narrator", span=span))
    return found


def _from_whom(marked: Marked, at: int) -> Mention | None:
    """Return from whom nothing was heard: "no word from Vale", "no comment by its army"."""
    for mention in marked.mentions:
        gap = marked.tokens[at + 1 : mention.start]
        if (
            mention.form == "people"
            or mention.prep not in {"from", "by"}
            or not mention.party
            or not 1 <= len(gap) <= _REACH
        ):
            continue
        if not any(t.kind != "word" or t.has(*_ABOUT, "and", "which") for t in gap):
            return mention
    return None


def _from_place(part: Part, at: int) -> Mention | None:
    """Return from where nothing was heard: "from Vale no word came", "in Vale, no communiqué"."""
    marked = part.marked
    opens = [m for m in marked.mentions if m.start <= 2 and m.end <= at and m.party]
    if (
        not opens
        or opens[0].form not in {"seat", "name"}
        or opens[0].prep not in {"from", "in", "to"}
    ):
        return None
    rivals = [m for m in marked.mentions if opens[0].end <= m.start < at and not m.prep]
    return None if rivals else opens[0]


def _is_left_out(marked: Marked, at: int) -> bool:
    """Return whether a passive of leaving out has people or things for its subject."""
    return marked.any("of", start=at, end=at + _REACH)


def _left_out_by(part: Part, at: int, last: str) -> str:
    """Return who left something out: the speaker behind a pronoun, else who acts."""
    marked = part.marked
    if marked.tokens[at].has("both_sides", "neither"):
        return "both"  # "none of the two governments", "neither gave a figure"
    bare = at + 1 >= len(marked.tokens) or not marked.tokens[at + 1].has("that")
    if marked.tokens[at].has("without") and bare:
        own = source_at(part.clauses, part.speeches, at)
        if own != NARRATOR:
            return own  # "Vale said that Orland freed 40, without saying whom"
    for here in range(at - 1, max(-1, at - _REACH), -1):
        token = marked.tokens[here]
        led = here > 0 and marked.tokens[here - 1].has("in")
        named = any(m.end == here or (m.end < here and not m.prep) for m in marked.mentions)
        if token.has("account") and led and not named:
            return last  # "in the statement there is no word of it"
        if token.has("which") and marked.tokens[here - 1].norm in ",،":
            near = [m for m in marked.mentions if m.end <= here and m.party]
            return near[-1].source if near else actor_before(part, at, last)
        if token.has("pronoun") and not token.has("own"):
            return _meant(part, here, last)
        if token.kind != "word" or any(m.start <= here < m.end for m in marked.mentions):
            break
    if _is_of_two(part, at):
        return "both"
    found = _sharing(part, at) or _behind_verb(part, at) or _by_account(marked, at)
    return found or actor_before(part, at, last)


def _asked_of(marked: Marked, at: int) -> Mention | None:
    """Return of whom something is not known: "it was not clear whether Vale had freed anyone"."""
    near = (m for m in marked.mentions if at < m.start <= at + _REACH and m.party and not m.prep)
    return next((m for m in near if m.form not in {"adj", "people"}), None)


def _by_account(marked: Marked, at: int) -> str:
    """Return whose account leaves something out: "the communiqué of Vale omits them"."""
    for here in marked.tagged("account", start=max(0, at - _REACH), end=at):
        teller = teller_of(marked, here)
        free = [m for m in marked.mentions if m.end <= at and not m.prep and m.party]
        rivals = [m for m in free if m is not teller and m.form not in {"adj", "people"}]
        if teller is not None and teller.end <= at and not rivals:
            return teller.source
    return ""


def _is_of_two(part: Part, at: int) -> bool:
    """Return whether two act together before a token: "Vale and Orland did not say how many"."""
    clause = next((c for c in part.clauses if c.start <= at < c.end), None)
    if clause is None or len(set(clause.actors)) != 2:
        return False
    named = [m for m in part.marked.mentions if m.end <= at and m.party in clause.actors]
    joined = len(named) == 2 and part.marked.any("and", start=named[0].end, end=named[1].start)
    return joined and not any(s.cue < at for s in part.speeches)


def _sharing(part: Part, at: int) -> str:
    """Return whose words a Slavic clause with "but" goes on with: "X said that …, but did not say when"."""
    marked = part.marked
    joints = [k for k in marked.tagged("while", end=at) if at - k <= _REACH]
    if not joints or not _CYRILLIC.match(marked.tokens[at].norm):
        return ""
    if any(joints[-1] < m.start < at and not m.prep for m in marked.mentions):
        return ""
    told = [s for s in part.speeches if s.cue < joints[-1] and s.source != NARRATOR]
    return told[-1].source if told else ""


def _behind_verb(part: Part, at: int) -> str:
    """Return who stands behind a Slavic verb of leaving out: "how many, the king did not say" turned round."""
    marked = part.marked
    if not _CYRILLIC.match(marked.tokens[at].norm):
        return ""
    free = [
        m for m in marked.mentions if m.party and m.form not in {"adj", "people"} and not m.prep
    ]
    if any(m.end <= at and m.case in {"", "nominative"} for m in free):
        return ""
    near = [m for m in free if at < m.start <= at + _REACH and m.case in {"", "nominative"}]
    gaps = (marked.tokens[at + 1 : m.start] for m in near)
    return next(
        (m.source for m, gap in zip(near, gaps, strict=True) if all(t.kind == "word" for t in gap)),
        "",
    )


def _meant(part: Part, at: int, last: str) -> str:
    """Return whom a pronoun means: who spoke before it in the sentence, else in the last one."""
    spoken = [s.source for s in part.speeches if s.cue < at and s.source != NARRATOR]
    if spoken:
        return spoken[-1]
    acting = [m for m in part.marked.mentions if m.end <= at and not m.prep and m.party]
    acting = [m for m in acting if m.form not in {"adj", "people"}]
    return acting[-1].source if acting else last


def _named(marked: Marked, at: int) -> bool:
    """Return whether somebody who may act stands before a token of the sentence."""
    return any(m.end <= at and m.prep in {"", "of"} and m.party for m in marked.mentions)


def _mentioned(marked: Marked, at: int) -> int | None:
    """Return where a denied word of mentioning stands, right behind its negation."""
    for here in range(at + 1, min(len(marked.tokens), at + _REACH)):
        token = marked.tokens[here]
        if token.norm == "'":
            continue  # French writes one inside "n'a dit"
        if token.kind == "mark" or marked.number_at(here):
            return None
        if token.has("mention", "figure"):
            return here
        if token.has(*_ABOUT, "talks", "willing"):
            return None
    return None


def _lacks(marked: Marked, at: int) -> bool:
    """Return whether "there is none" stands at the end and what is left out before it."""
    after = marked.tokens[at + 1 : at + 2]
    if not marked.tokens[at].has("is_none") or not after or after[0].kind != "mark":
        return False
    low = max((k for k in range(at) if marked.tokens[k].norm in ",،;:—–"), default=-1)
    return marked.any("mention", start=low + 1, end=at)


def of_each(omissions: list[Omission], sides: tuple[str, ...]) -> list[Omission]:
    """Let what both sides left out be an omission of each of them.

    Args:
        omissions: As the text states them.
        sides: The two sides.

    Returns:
        One for each side where both are meant.
    """
    found = []
    for omission in omissions:
        who = sides if omission.source == "both" and len(sides) == 2 else (omission.source,)
        found += [replace(omission, source=source) for source in who]
    return found


def once(omissions: list[Omission]) -> list[Omission]:
    """Return omissions without those that a sentence tells twice of one source.

    Args:
        omissions: In the order of the text.

    Returns:
        Those that stay.
    """
    seen: set[tuple[str, int]] = set()
    kept = []
    for omission in omissions:
        key = (omission.source, omission.span[1])
        if key not in seen:
            seen.add(key)
            kept.append(omission)
    return kept


def absent(reading: Reading, sides: tuple[str, ...]) -> list[Omission]:
    """Return what a side that told only of its own people did not tell.

    Args:
        reading: With its events.
        sides: The two sides.

    Returns:
        One for each such source.
    """
    found = []
    main = next((event for event in reading.events if event.role == "main"), None)
    if main is None or len(sides) != 2:
        return []
    for source in dict.fromkeys(leg.source for leg in main.legs):
        party = source.partition(".")[0]
        if party not in sides:
            continue
        legs = [leg for leg in main.legs if leg.source == source]
        if all(leg.home == party for leg in legs):
            away = next(side for side in sides if side != party)
            what = f"people who went home to {away}"
            found.append(Omission(source=source, what=what, stated_by="absence", span=legs[0].span))
    return found
