"""Stances on talks: who rules out, is ready, is barred, contests, on which condition.

Rules of this file:
- A stance needs its word and, for readiness and refusal, that the sentence speaks of talks.
- A decree or a law that forbids is a legal bar of the state whose it is; nobody "rules out"
  by being barred.
- Readiness has the one who is ready for actor, even inside another's words; a refusal, a
  dismissal or a doubt of legitimacy has the one who makes it.
- A condition belongs to the readiness beside it; alone it is a precondition.
- A readiness told only to be dismissed stays a readiness of the one who offered it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from homeward.statements.reading.acting import Part, actor_before, is_impersonal
from homeward.statements.reading.dates import days_of
from homeward.statements.reading.discourse import source_at
from homeward.statements.reading.marked import Marked, Mention
from homeward.statements.reading.spoken import NARRATOR
from homeward.statements.reading.stances import tag_stances
from homeward.statements.reading.values import Reading, Stance

_ARABIC = re.compile(r"[\u0600-\u06ff]")
_TOPICS = {
    "legal_bar": "legal_bar",
    "illegitimate": "contests_legitimacy",
    "dismisses": "dismisses",
    "excludes_topic": "excludes_topic",
    "willing": "willing",
    "rules_out": "rules_out",
    "proposes": "proposes",
    "characterises": "characterises",
    "interprets": "interprets",
    "only_precondition": "precondition",
    "must": "precondition",
}
_OF_TALKS = frozenset({"willing", "rules_out", "proposes", "precondition"})
_TALKS = ("talks", "settlement")
_OF_THEMSELVES = ("excludes_topic", "illegitimate")  # these are said of talks only
_ABOUT = ("exchange", "release", "return")
_TOPIC_LASTS = 2  # sentences after which a text no longer speaks of talks
_BARRED = 14
_REACH = 3
_LISTED = 16
_SUPPOSED = 6
_PRIOR = 20
_AND = 3  # words from one of two who act together to the other
_MANY = frozenset({"willing", "rules_out", "proposes"})  # of these a sentence may hold several
_SPOKEN = frozenset({"precondition", "rules_out", "willing"})
_NEXT = 4  # tokens behind a readiness that say for what
_LEADERS = frozenset({"president", "king", "prime_minister"})


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentence, its text, who spoke before it, and what is known of the whole statement."""

    text: str
    part: Part
    last: str
    sides: tuple[str, ...]
    published: dt.date | None


def add(
    reading: Reading,
    text: str,
    parts: Sequence[Part],
    sides: tuple[str, ...],
    published: dt.date | None,
) -> None:
    """Add the stances of a text to its reading.

    Args:
        reading: It is added to.
        text: The whole text.
        parts: Its sentences.
        sides: The two sides.
        published: The day of publication, if known.
    """
    last = NARRATOR
    for part in parts:
        tag_stances(part.marked, reading.language)
    told = [k for k, p in enumerate(parts) if p.marked.any(*_TALKS, *_ABOUT, *_OF_THEMSELVES)]
    topic = {near for k in told for near in range(k - 1, k + _TOPIC_LASTS + 1)}
    for k, part in enumerate(parts):
        talked = any(near.marked.any(*_TALKS) for near in parts[max(0, k - 1) : k + 2])
        for at, stance in _stances(_Place(text, part, last, sides, published)):
            sure = part.marked.tokens[at].has("sure") and not part.marked.tokens[at].has("must")
            if not (sure or (k in topic and (talked or stance.stance not in _OF_TALKS))):
                continue
            alone = not (part.marked.any("talks") or sure) or part.marked.tokens[at].has("must")
            if stance.stance == "precondition" and alone and _joins(stance, reading.positions):
                continue
            key = (stance.actor, stance.stance, stance.target, stance.format)
            known = ((p.actor, p.stance, p.target, p.format) for p in reading.positions)
            if key not in known:
                reading.positions.append(stance)
        if part.speeches:
            last = part.speeches[-1].source


def _joins(condition: Stance, known: list[Stance]) -> bool:
    """Add a condition to the readiness of the same party told before, if there is one."""
    party = condition.actor.partition(".")[0]
    for stance in known:
        if stance.stance == "willing" and stance.actor.partition(".")[0] == party:
            stance.conditions += condition.conditions
            return True
    return False


def _stances(place: _Place) -> list[tuple[int, Stance]]:
    """Return the stances of a sentence, each with the token at which it is taken."""
    part, marked = place.part, place.part.marked
    found: list[tuple[int, Stance]] = []
    taken: set[int] = set()
    for tag, stance in _TOPICS.items():
        for at in marked.tagged(tag):
            if at in taken:
                continue
            others = [stance for _, stance in found]
            if not (marked.tokens[at].has("sure") or _holds(part, at, tag, others)):
                continue
            if tag == "willing" and _is_listed(marked, at):
                continue
            covered = _phrase(part, at, tag)
            taken |= covered
            meant = _meant(part, at, tag, stance)
            taken_here = _stance(place, at, meant, _taker(marked, at, found))
            found += [(at, taken_here), *((at, s) for s in _shared(part, at, taken_here))]
            if tag not in _MANY and not marked.tokens[at].has("sure"):
                break
    return [(at, stance) for at, stance in found if stance.actor != NARRATOR]


def _shared(part: Part, at: int, stance: Stance) -> list[Stance]:
    """Return the same stance of who is named beside its actor: "Vale and Orland will meet"."""
    named = [m for m in part.marked.mentions if m.end <= at and m.party and not m.prep]
    party = stance.actor.partition(".")[0]
    pair = named[-2:]
    if stance.stance != "willing" or len(pair) < 2 or party not in {m.party for m in pair}:
        return []
    between = part.marked.tokens[pair[0].end : pair[1].start]
    joined = any(t.has("and") for t in between) and len(between) <= _AND
    parted = any(t.kind == "mark" for t in part.marked.tokens[pair[1].end : at])
    others = [m.source for m in pair if m.party != party]
    if not joined or parted or len(others) != 1:
        return []
    return [replace(stance, actor=others[0], conditions=[*stance.conditions])]


def _taker(marked: Marked, at: int, found: list[tuple[int, Stance]]) -> str:
    """Return whose an elliptic stance is: "ready to meet anywhere, but not in Vale"."""
    if not marked.tokens[at].has("same_actor"):
        return ""
    return max(((k, s.actor) for k, s in found if k < at), default=(0, ""))[1]


def _meant(part: Part, at: int, tag: str, stance: str) -> str:
    """Return what a refusal is: "did not exclude" is readiness, "a decree makes it impossible" a bar."""
    marked = part.marked
    if marked.tokens[at].has("demands") and tag == "willing" and _asks_another(part, at):
        before = marked.any("first", "only_precondition", start=at, end=at + _LISTED)
        return "precondition" if before else "proposes"
    if tag != "rules_out":
        return stance
    ends = ("prior",) if marked.tokens[at].has("impersonal") else ("prior", "lasting")
    if marked.any(*ends, start=at, end=at + _PRIOR):
        return "precondition"  # "no talks until all are free"
    if marked.tokens[at].has("sure"):
        return stance
    if marked.any("negation", start=max(0, at - 3), end=at):
        return "willing"
    if marked.any("before_word", start=at + 1, end=at + _BARRED):
        return "precondition"  # "a meeting makes no sense before an agreement"
    bar = marked.tagged("instrument", start=max(0, at - _BARRED), end=at)
    return "legal_bar" if bar and marked.any("talks", start=bar[0], end=at + _BARRED) else stance


def _asks_another(part: Part, at: int) -> bool:
    """Return whether somebody else is wanted to act: "wants Orland to agree first"."""
    near = [m for m in part.marked.mentions if at < m.start <= at + 2 and m.form != "adj"]
    return any(part.marked.any("to", start=m.end, end=m.end + 1) for m in near)


def _phrase(part: Part, at: int, tag: str) -> set[int]:
    end = at
    while end < len(part.marked.tokens) and part.marked.tokens[end].has(tag):
        end += 1
    return set(range(at, end))


def _holds(part: Part, at: int, tag: str, found: list[Stance]) -> bool:
    """Return whether a word really takes a stance where it stands."""
    marked = part.marked
    denied = marked.any("negation", start=max(0, at - 3), end=at)
    barred = marked.any("instrument")
    if tag == "legal_bar":
        if marked.tokens[at].has("rules_out"):
            return barred
        return barred or marked.any("talks")
    if tag == "rules_out":
        return _refuses(part, at, found)
    if tag == "willing":
        return not denied and _is_ready(part, at)
    if tag == "only_precondition":
        return (
            not denied
            and not any(s.stance == "legal_bar" for s in found)
            and not any(s.stance in {"willing", "rules_out", "precondition"} for s in found)
        )
    if tag == "proposes":
        return _offers(part, at, found)
    if tag == "characterises":
        return marked.any("talks")  # not "he had crossed the border by mistake"
    return tag != "interprets" or not found


def _offers(part: Part, at: int, found: list[Stance]) -> bool:
    """Return whether a word of proposing proposes talks, and is nobody's account of an offer."""
    if any(stance.stance == "dismisses" for stance in found) or _hands_over(part, at):
        return False  # "called the invitation a show"
    if at and part.marked.tokens[at - 1].has("definite", "article"):
        return False  # "dismissed the offer"
    return _by(part, at) != ""  # "accepted a truce proposed by the mediators"


def _refuses(part: Part, at: int, found: list[Stance]) -> bool:
    """Return whether a word of refusal refuses talks, and is no other's account of them."""
    marked = part.marked
    commented = marked.any("mention", start=at + 1, end=at + _NEXT)
    if marked.any("mention", start=at + 1, end=at + 2):
        return False  # "refused to name the day of the next round"
    if commented and not marked.any("talks", start=at + 1, end=at + _NEXT + 1):
        return False  # who refuses to comment refuses no talks
    if marked.any("accuse", start=max(0, at - _SUPPOSED), end=at):
        return False  # "accused Vale of breaking off talks"
    return not any(s.stance == "legal_bar" for s in found) or not marked.any("instrument")


def _is_ready(part: Part, at: int) -> bool:
    """Return whether a word of readiness is about talks, and said of somebody."""
    marked = part.marked
    told = _hands_over(part, at) or _unsaid(part, at)
    return not (told or marked.tokens[at].has("rules_out"))


def _hands_over(part: Part, at: int) -> bool:
    """Return whether a readiness or an offer is about people counted: "ready to hand over 40"."""
    marked = part.marked
    handing = marked.any("release", start=at + 1, end=at + _NEXT)
    handing = handing and not marked.any("talks", start=at + 1, end=at + _NEXT)
    return handing and any(at < n.start < at + _LISTED for n in marked.numbers)


def _is_listed(marked: Marked, at: int) -> bool:
    """Return whether those who are ready are only named in a list: "states, among them Vale, are"."""
    listed = marked.tagged("including", start=max(0, at - _LISTED), end=at)
    return bool(listed) and not marked.any("willing", start=listed[-1], end=at)


def _unsaid(part: Part, at: int) -> bool:
    """Return whether nobody said that he was ready: "did not say that he would come"."""
    marked = part.marked
    denied = marked.tagged("negation", start=max(0, at - _SUPPOSED), end=at)
    return bool(denied) and marked.any("mention", start=denied[-1] + 1, end=denied[-1] + 3)


def _by(part: Part, at: int) -> str | None:
    """Return who proposed what "proposed by" tells; empty if unknown, None without "by"."""
    marked, end = part.marked, max(_phrase(part, at, "proposes"), default=at) + 1
    if not marked.any("by", start=end, end=end + 1) or marked.any("for", start=end, end=end + 1):
        return None
    return next((m.source for m in marked.mentions if end < m.start <= end + _REACH), "")


def _stance(place: _Place, at: int, stance: str, taker: str) -> Stance:
    text, part, last, sides = place.text, place.part, place.last, place.sides
    published, marked = place.published, place.part.marked
    tokens = marked.tokens
    actor = taker or _actor(part, at, stance, last, sides)
    target = _target(part, at, actor, sides)
    named = days_of(marked, published)
    days = [d for d in named if d.date]
    vague = any(d.date is None for d in named)  # "last week" is no day, nor is it today
    start, end = tokens[0].start, tokens[-1].end
    conditions = [
        text[tokens[c].start : end].strip(' .”"')[:200] for c in marked.tagged("precondition")[:1]
    ]
    instruments = marked.tagged("instrument")
    return Stance(
        actor=actor,
        stance=stance,
        target=target.source if target else None,
        format=_format(part, target),
        conditions=conditions if stance in {"willing", "precondition"} else [],
        instrument=tokens[instruments[0]].text if instruments and stance == "legal_bar" else None,
        said_on=days[0].date if days else None if vague or not published else published.isoformat(),
        quoted=any(t.text in '"“”«»‘' for t in tokens),
        span=(start, end),
    )


def _actor(part: Part, at: int, stance: str, last: str, sides: tuple[str, ...]) -> str:
    marked = part.marked
    if stance == "legal_bar":
        return _barring(part, at, last, sides)
    own = source_at(part.clauses, part.speeches, at)
    if stance == "proposes" and _by(part, at):
        return _by(part, at) or own
    if own != NARRATOR and _is_of_speaker(part, at, stance, own):
        return own
    if stance == "contests_legitimacy":
        return own if own != NARRATOR else _doubter(part, at, last)
    if stance in {"dismisses", "characterises", "interprets"}:
        first = next((m for m in marked.mentions if _judges(part, m, at)), None)
        return first.source if first else own if own != NARRATOR else last
    if own != NARRATOR and at and marked.tokens[at - 1].has("pronoun"):
        return own  # "Vale said that it would not come"
    before = _behind_opening(part, at) or actor_before(part, at, last, reach=20)
    return before if before != NARRATOR else _alone(part)


def _behind_opening(part: Part, at: int) -> str:
    """Return who stands behind an Arabic verb that opens a clause: "called Vale both sides to"."""
    tokens = part.marked.tokens
    if not _ARABIC.match(tokens[at].norm) or not tokens[at].has("sure"):
        return ""
    opens = at == 0 or tokens[at - 1].kind == "mark" or tokens[at].norm[0] == "و"
    named = (m for m in part.marked.mentions if at < m.start <= at + _REACH and m.party)
    free = (m for m in named if not m.prep and m.form not in {"adj", "people"})
    return next((m.source for m in free), "") if opens else ""


def _alone(part: Part) -> str:
    """Return who is the only one that a sentence names: "that is not negotiable, Vale repeated"."""
    free = [m for m in part.marked.mentions if m.party and not m.prep]
    free = [m for m in free if m.form in {"name", "seat", "office", "alias", "actor"}]
    return free[0].source if len({m.party for m in free}) == 1 else NARRATOR


def _barring(part: Part, at: int, last: str, sides: tuple[str, ...]) -> str:
    """Return whose decree or law forbids talks: who made it, is named beside it, or told of it.

    Nobody forbids talks with himself; talks that are impossible while a decree lasts are talks
    with whoever made it.
    """
    marked = part.marked
    near = [m for m in marked.mentions if m.party in sides]
    made = next((m.party for m in near if m.prep == "by"), "")
    if made:
        return made
    instruments = marked.tagged("instrument")
    for here in instruments:
        beside = next((m.party for m in near if here - 2 <= m.start <= here + 2), "")
        if beside:
            return beside
    own = source_at(part.clauses, part.speeches, at).partition(".")[0]
    told = own in sides and len(sides) == 2
    with_whom = [m for m in near if m.prep in {"with", "to", "from"}]
    if told and instruments and with_whom:
        party, behind = with_whom[0].party, with_whom[0].start > instruments[0]
        if behind == (party == own):
            return next(side for side in sides if side != own)
    return actor_before(part, at, last).partition(".")[0]


def _is_of_speaker(part: Part, at: int, stance: str, own: str) -> bool:
    """Return whether a stance is the speaker's, whoever is named before it."""
    marked = part.marked
    if stance == "willing" and marked.any("if_word", start=max(0, at - _SUPPOSED), end=at):
        return True  # "if Vale is ready, let it come, said Orland"
    if stance not in _SPOKEN:
        return False
    acting = next((set(c.actors) for c in part.clauses if c.start <= at < c.end), set())
    joint = len(acting) > 1 and own.partition(".")[0] in acting
    # "a meeting is possible only after that, said Vale"; "Vale and Orland will meet, said Vale"
    return joint or marked.tokens[at].has("impersonal")


def _judges(part: Part, mention: Mention, at: int) -> bool:
    """Return whether a mention before a judgement may be who judges: "in Vale they called it"."""
    if mention.end > at or not mention.party or mention.form in {"adj", "people"}:
        return False
    if is_impersonal(part.marked, mention, at - _REACH):
        return True
    return mention.prep == "" and mention.case != "oblique"


def _doubter(part: Part, at: int, last: str) -> str:
    """Return who doubts somebody's right; who is named alone is doubted, and doubts nobody."""
    named = [m for m in part.marked.mentions if m.party and m.form not in {"adj", "people"}]
    acting = [m for m in named if m.end <= at and not m.prep]
    if acting and len({m.party for m in named}) > 1:
        return acting[0].source
    return last


def _target(part: Part, at: int, actor: str, sides: tuple[str, ...]) -> Mention | None:
    party = actor.partition(".")[0]
    others = [m for m in part.marked.mentions if m.party and m.party != party and m.form != "adj"]
    behind = [m for m in others if m.start > at]
    in_order = [*behind, *others]
    known = [m for m in in_order if m.party in sides]
    return next(iter(known or in_order), None)


def _format(part: Part, target: Mention | None) -> str | None:
    marked = part.marked
    if not marked.any("talks"):
        return None
    if marked.any("direct") or (target is not None and target.office in _LEADERS):
        return "direct"
    if marked.any("mediate"):
        return "mediated"
    return "talks"
