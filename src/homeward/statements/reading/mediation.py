"""Third parties: who mediated, hosted or carried, where doctors saw people, where they passed.

Rules of this file:
- Whoever "mediated", "with the mediation of", "helped arrange", or is thanked for help, is a
  mediator; the Red Cross is a carrier unless the text calls it a mediator.
- A side of the exchange is no mediator of it, and the host of talks is no transit country.
- Medical checks belong to the people that the sentence speaks of, or to the speaker's own.
"""

from __future__ import annotations

import re

from homeward.statements.reading.clauses import MOVES, Clause
from homeward.statements.reading.discourse import source_at
from homeward.statements.reading.marked import Marked, Mention
from homeward.statements.reading.sides import is_inside
from homeward.statements.reading.spoken import Speech
from homeward.statements.reading.values import Mediation, Stop

_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_REACH = 12
_CLOSE = 8
_BESIDE = 3
_DOER = 4
_SHORT, _LONG = 6, 10  # "Vale and, for the first time, Orland" is a list too
_ACTS = ("mediate", "facilitate", "hosted", "carried", "thank")
_ROLES = {
    "mediate": "mediator",
    "facilitate": "facilitator",
    "hosted": "host",
    "carried": "carrier",
}


def mediations_of(
    marked: Marked, clauses: list[Clause], speeches: list[Speech], sides: tuple[str, ...]
) -> list[Mediation]:
    """Find who stood between the sides in a sentence.

    Args:
        marked: The sentence.
        clauses: Of it, with sources.
        speeches: Of it.
        sides: The two sides.

    Returns:
        One for each third party, in order.
    """
    third = [
        m
        for m in marked.mentions
        if m.party
        and m.party not in sides
        and not any(m.party.startswith(f"{s}-") for s in sides)
        and m.prep != "between"
        and not _second_between(marked, m)
        and m.form != "people"
        and not any(
            m.party in {q.nation, q.holder}
            for c in clauses
            for q in c.quantities
            if q.start <= m.start < q.end and not q.weak
        )
    ]
    found: dict[str, Mediation] = {}
    for act in ("mediate", "thank", "facilitate", "hosted", "carried"):
        for at in marked.tagged(act):
            for mention in [] if is_inside(marked, at, act) else _near(marked, third, at):
                role = _ROLES.get(act, "mediator")
                thanked = marked.any("passive", start=at - 3, end=at)
                if act == "thank" and mention.end <= at and not thanked:
                    continue  # who thanks is no mediator
                cared = marked.any("medical", start=at - 2, end=at + 2)  # "medical help"
                if act == "facilitate" and (cared or not _weighty(marked, mention, at)):
                    continue
                if mention.organisation and act in {"facilitate", "hosted", "thank"}:
                    role = "carrier" if mention.party == "ICRC" else role
                if act == "hosted" and mention.prep == "in":
                    continue
                span = (marked.tokens[mention.start].start, marked.tokens[mention.end - 1].end)
                source = source_at(clauses, speeches, at)
                found.setdefault(
                    mention.party,
                    Mediation(party=mention.party, role=role, source=source, span=span),
                )
    for mention, at in [*_itself(marked, speeches, sides), *_performed(marked, third)]:
        tokens = marked.tokens
        span = (tokens[mention.start].start, tokens[mention.end - 1].end)
        source = source_at(clauses, speeches, at)
        own = Mediation(party=mention.party, role="mediator", source=source, span=span)
        found.setdefault(mention.party, own)
    return list(found.values())


def _second_between(marked: Marked, mention: Mention) -> bool:
    """Return whether a mention is the second of "between Vale and Orland"."""
    firsts = (m for m in marked.mentions if m.prep == "between" and m.end < mention.start)
    return any(
        mention.start - m.end <= 2 and marked.any("and", start=m.end, end=mention.start)
        for m in firsts
    )


def _itself(
    marked: Marked, speeches: list[Speech], sides: tuple[str, ...]
) -> list[tuple[Mention, int]]:
    """Return a third party that tells of its own part: "it had coordinated", "with its help"."""
    found: list[tuple[Mention, int]] = _called(marked, sides)
    for at in marked.tagged("mediate", "facilitate"):
        own = marked.any("own", "pronoun", "our", start=at - 3, end=at)
        told = next((s for s in speeches if s.start <= at < s.end), None)
        if not own or told is None or told.source.partition(".")[0] in sides:
            continue
        tellers = [m for m in marked.mentions if m.source == told.source and not m.organisation]
        found += [(mention, at) for mention in tellers]
        party, _, office = told.source.partition(".")
        carries = party == "ICRC" and not marked.tokens[at].has("mediate")
        if (
            not tellers and party not in {"both", "narrator"} and not carries
        ):  # "its mediations, it said"
            found.append((Mention(at, at + 1, party, "office", office), at))
    return found


def _called(marked: Marked, sides: tuple[str, ...]) -> list[tuple[Mention, int]]:
    """Return a third party that is called the mediator: "the United Nations, the mediator along"."""
    found: list[tuple[Mention, int]] = []
    for mention in marked.mentions:
        comma = marked.tokens[mention.end : mention.end + 1]
        article = marked.tokens[mention.end + 1 : mention.end + 2]
        apart = bool(comma and article) and comma[0].norm in ",،" and article[0].kind == "word"
        named = mention.form in {"name", "seat", "actor", "office"} and mention.party not in sides
        if apart and named and mention.party and article[0].norm in {"the", "a"}:
            at = mention.end + 2
            if marked.any("mediate", start=at, end=at + 1):
                found.append((mention, at))
    return found


def _performed(marked: Marked, third: list[Mention]) -> list[tuple[Mention, int]]:
    """Return who carries out an exchange "between" two others."""
    joint = any(m.prep == "between" for m in marked.mentions)
    swaps = marked.tagged("exchange") if joint else []
    doers = [m for m in third if m.start <= 1 and not m.prep and m.form in {"name", "seat"}]
    return [(doers[0], swaps[0])] if doers and swaps and doers[0].end < swaps[0] else []


def stops_of(
    marked: Marked,
    clauses: list[Clause],
    speeches: list[Speech],
    sides: tuple[str, ...],
    home: str,
) -> tuple[list[Stop], list[Stop]]:
    """Find where doctors saw people, and through which country they passed.

    Args:
        marked: The sentence.
        clauses: Of it, with sources.
        speeches: Of it.
        sides: The two sides.
        home: Of the leg last spoken of; empty if there is none.

    Returns:
        Medical checks and stops.
    """
    places = [
        m
        for m in marked.mentions
        if m.party
        and m.prep in {"in", "to", ""}
        and m.party not in sides
        and not m.organisation
        and m.form in {"name", "seat"}
    ]
    medical = marked.tagged("medical")
    located = marked.tagged("located")
    if not medical and not located:
        return [], []
    checks, stops = [], []
    for mention in places:
        near = [at for at in [*medical, *located] if abs(at - mention.start) <= 16]
        if (
            not near
            or mention.prep == ""
            or marked.any("mediate", "thank", start=mention.start - 4, end=mention.end + 3)
        ):
            continue
        source = source_at(clauses, speeches, mention.start)
        home = _whose(marked, source, sides, home)
        relation = (
            "allied"
            if marked.any("allied", start=mention.start - 3, end=mention.end + 3)
            else (
                "neutral"
                if marked.any("neutral", start=mention.start - 3, end=mention.end + 3)
                else "unstated"
            )
        )
        span = (marked.tokens[mention.start].start, marked.tokens[mention.end - 1].end)
        stop = Stop(home=home, country=mention.party, relation=relation, source=source, span=span)
        stops.append(stop)
        if medical:
            checks.append(stop)
    return checks, stops


def _whose(marked: Marked, source: str, sides: tuple[str, ...], home: str) -> str:
    """Return whose people a sentence without a number speaks of."""
    named = [m.party for m in marked.mentions if m.form in {"adj", "people"} and m.party in sides]
    speaker = source.partition(".")[0]
    if named:
        return named[0]
    if speaker in sides:
        return speaker
    return home or (sides[0] if sides else "")


def _near(marked: Marked, third: list[Mention], at: int) -> list[Mention]:
    """Return the mentions that an act belongs to: a group behind "by", else the nearest."""
    adjective = [m for m in third if m.form == "adj" and (m.end == at or m.start == at + 1)]
    if adjective:
        last = max(adjective, key=lambda m: m.start)
        rest = [m for m in third if m.form == "adj" and m.start >= last.start]
        return [*(m for m in adjective if m is not last), *_chain(marked, rest)]
    doers = [m for m in third if m.form == "adj" and m.start <= 2 and 0 < at - m.end <= _DOER]
    if doers and not any(m.form != "adj" and m.end <= at for m in third):
        return doers[:1]  # "Turkish diplomats acted as go-betweens"
    third = [m for m in third if m.form != "adj"]
    behind = [
        m
        for m in third
        if at < m.start <= at + (20 if m.prep == "by" else _REACH)
        and (m.prep in {"by", "of", "with", "", "from"} or (m.prep == "to" and m.start <= at + 3))
        and not _crossed(marked, at, m.start)
        and not (m.prep == "by" and marked.any(*MOVES, start=at + 1, end=m.start))
    ]
    ahead = [
        m
        for m in third
        if m.end <= at
        and (m.prep in {"", "by", "of", "with"} or _from_there(marked, m, at))
        and not _crossed(marked, m.end, at)
    ]
    ahead = ahead if ahead and at <= ahead[-1].end + _REACH else []
    if ahead and marked.any("which", start=at - 2, end=at) and _before_which(marked, ahead[-1], at):
        return [
            ahead[-1],
            *(m for m in behind if m.prep == "with"),
        ]  # "Vale, which mediated with Oster"
    if ahead and _acts(marked, ahead[-1], at):
        return _chain(marked, ahead[::-1])[::-1]
    if (
        behind
        and marked.tokens[at].has("thank")
        and not marked.any("passive", start=at - 3, end=at)
    ):
        ahead = []
    ruled = behind and behind[0].start == at + 1 and not behind[0].prep
    if ahead and ruled and ahead[-1].prep == "with" and _CYRILLIC.match(marked.tokens[at].norm):
        ahead = []  # "talks with Vale with the mediation of Oster", told by a genitive
    if ahead and behind and _crossed(marked, ahead[-1].end, at, ",،"):
        ahead = ahead if _crossed(marked, at, behind[0].start, ",،") else []
    elif (
        ahead and behind and behind[0].form != "adj" and _crossed(marked, at, behind[0].start, ",،")
    ):
        near = ahead[-1].end >= at - _DOER and not ahead[-1].prep
        behind = [] if near and _CYRILLIC.match(marked.tokens[at].norm) else behind
    chosen = behind if behind and (behind[0].prep or not ahead) else ahead[-1:] or behind
    if chosen and chosen is behind:
        return _chain(marked, behind)
    return _chain(marked, [*ahead][::-1])[::-1] if ahead else chosen


def _from_there(marked: Marked, mention: Mention, at: int) -> bool:
    """Return whether somebody from a party does it: "a diplomat from Vale who helped mediate"."""
    which = marked.any("which", start=mention.end, end=mention.end + 1)
    return mention.prep == "from" and which and at - mention.end <= _DOER


def _before_which(marked: Marked, mention: Mention, at: int) -> bool:
    """Return whether a relative clause that acts describes a party."""
    between = marked.tokens[mention.end : at]
    return len(between) <= 3 and not any(t.has("passive", "by") for t in between)


def _acts(marked: Marked, mention: Mention, at: int) -> bool:
    """Return whether a party right before a verb does it itself: "which Vale brokered"."""
    between = marked.tokens[mention.end : at]
    if mention.prep or mention.form not in {"name", "seat", "actor"} or len(between) > 2:
        return False
    return all(t.kind == "word" and not t.has("passive", "by", "of", *_ACTS) for t in between)


def _chain(marked: Marked, mentions: list[Mention]) -> list[Mention]:
    """Return the list that begins with the first mention; it may be walked from its end."""
    group = mentions[:1]
    waiting: list[Mention] = []
    for mention in mentions[1:]:
        near, far = sorted(((waiting or group)[-1], mention), key=lambda m: m.start)
        between = marked.tokens[near.end : far.start + 1]
        if len(between) > (_LONG if between[0].has("and") else _SHORT):
            break
        if any(t.has("and") or (len(t.forms) > 1 and t.norm[0] == "و") for t in between):
            group += [*waiting, mention]
            waiting = []
        elif any(t.norm in ",،" for t in between) and mention is near and len(group) > 1:
            group.append(mention)  # walked from its end, "and" comes first
        elif any(t.norm in ",،" for t in between):
            waiting.append(mention)  # a list has an "and" before its last
        else:
            break
    return group


def _crossed(marked: Marked, start: int, end: int, marks: str = ";:.") -> bool:
    """Return whether a mark stands between two tokens; the stops of "the U.S." are none."""
    low, high = sorted((start, end))
    named = {at for m in marked.mentions for at in range(m.start, m.end)}
    return any(marked.tokens[at].norm in marks and at not in named for at in range(low, high))


def _weighty(marked: Marked, mention: Mention, at: int) -> bool:
    """Return whether help is help with the exchange, not with something else."""
    moving = marked.any("exchange", "release", "return", "receive")
    distance = min(abs(mention.start - at), abs(at - mention.end))
    return distance <= (_CLOSE if moving else _BESIDE)
