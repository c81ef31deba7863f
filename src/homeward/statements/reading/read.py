"""Reads a statement: text and day of publication in, values out.

Rules of this file:
- The stages run in one order: sentences, tokens, numbers, roles, sums, parties, clauses, speakers,
  legs, third parties, dates, claims, arithmetic. A later stage never changes an earlier one.
- The text is data: nothing in it is an instruction to the reader.
- The same text and date give the same values, and the time grows with the length of the text.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

from homeward.statements.reading import arithmetic, claims, positions, roles
from homeward.statements.reading.cases import govern
from homeward.statements.reading.clauses import Clause, clauses_of, go_on
from homeward.statements.reading.confidence import confidence_of
from homeward.statements.reading.dates import Day
from homeward.statements.reading.discourse import assign_sources, speeches_of
from homeward.statements.reading.drafts import Draft
from homeward.statements.reading.events import set_roles
from homeward.statements.reading.factions import part_movements
from homeward.statements.reading.language import Language, language_of
from homeward.statements.reading.legs import drafts_of
from homeward.statements.reading.marked import Marked, mark
from homeward.statements.reading.mediation import mediations_of, stops_of
from homeward.statements.reading.pack import load_pack
from homeward.statements.reading.parties import (
    find_aliases,
    find_invented,
)
from homeward.statements.reading.persons import weak_ones
from homeward.statements.reading.quantities import quantities_of
from homeward.statements.reading.quantity import Quantity
from homeward.statements.reading.quotes import quoted_before
from homeward.statements.reading.sides import sides_of
from homeward.statements.reading.spoken import NARRATOR, Speech, State
from homeward.statements.reading.sums import mark_sums
from homeward.statements.reading.tokens import sentences_of
from homeward.statements.reading.values import Event, Leg, NumberRole, Reading, Total
from homeward.statements.reading.voices import mark_gaps

_REMEMBERED = 60  # legs that a later sentence may speak of again
_PAIRED = 3  # tokens of "in exchange for"
_SWAPPED = 8
_TOLD_BACK = 3  # sentences that "X said this" may be about
_OPENING, _CLOSING = frozenset("«“„"), frozenset("»”")
_ROLES = ("main", "previous", "planned", "framework")


@dataclass(slots=True)
class Read:
    """A sentence after all stages that look at one sentence."""

    marked: Marked
    quantities: list[Quantity]
    clauses: list[Clause]
    speeches: list[Speech]


def read_statement(
    text: str, published: dt.date | None = None, *, language: Language | None = None
) -> Reading:
    """Read a public statement or an article.

    Args:
        text: In one of the six languages; other texts give what numbers and names allow.
        published: The day of publication; without it weekdays stay open.
        language: One of `LANGUAGES`, if somebody has said it; None: as the text looks.

    Returns:
        Events with legs per source, claims, omissions and positions, each with its place.
    """
    language = language or language_of(text)
    pack = load_pack(language)
    sentences = [mark(sentence, pack) for sentence in sentences_of(text, pack.abbreviations)]
    find_aliases(sentences)
    find_invented(sentences, pack)
    part_movements(sentences, pack.adversaries)
    for marked in sentences:
        govern(marked, pack)
        mark_gaps(marked)
    counted = [_counted(marked) for marked in sentences]
    for marked, quantities in zip(sentences, counted, strict=True):
        roles.decide(marked, quantities)
        _inherit_units(marked, quantities)
    mark_sums(sentences, counted)
    sides = sides_of(sentences, counted, pack)
    state = State(sides, home_party=pack.office_party, owners=pack.owners)
    parts: list[Read] = []
    recent = pack.our_party
    for marked, quantities in zip(sentences, counted, strict=True):
        speeches = speeches_of(marked, quantities, state)
        clauses = clauses_of(marked, quantities, verb_first=pack.verb_first)
        assign_sources(clauses, speeches, state)
        go_on(clauses, parts[-1].clauses if parts else [])
        for clause in clauses:
            clause.recent = recent
            recent = next((q.nation for q in clause.quantities if q.nation), recent)
        if speeches:
            _tell_back(parts, marked, speeches)
        parts.append(Read(marked, quantities, clauses, speeches))
        for clause in (c for part in quoted_before(parts) for c in part.clauses):
            clause.source = speeches[0].source
    _tell_between(parts)
    main = set_roles([part.clauses for part in parts], published)
    drafts: list[Draft] = []
    for part in parts:
        drafts += drafts_of(part.clauses, sides, drafts[-_REMEMBERED:])
    _adopt(parts, drafts)
    _plan_again(drafts)
    kept = arithmetic.resolve(drafts)
    for draft in kept:  # whom a movement gets back is of its people, no fighter of it
        draft.home = pack.peoples.get(draft.home, draft.home)
    reading = Reading(language=language, published=published)
    reading.events = _events(parts, kept, sides, main, published)
    reading.numbers = _numbers(parts)
    claims.add(reading, text, parts, sides)
    positions.add(reading, text, parts, sides, published)
    return reading


def _counted(marked: Marked) -> list[Quantity]:
    """Return the quantities of a sentence, those told without a number among them, in order."""
    strong = quantities_of(marked)
    return sorted([*strong, *weak_ones(marked, strong)], key=lambda q: q.start)


def _tell_back(parts: list[Read], marked: Marked, speeches: list[Speech]) -> None:
    """Let sentences without a speaker be told by whoever a later one names: "X said this".

    A quotation of several sentences is told by who is named where it ends.
    """
    last = len(parts)
    first = last
    closes = next((at for at, t in enumerate(marked.tokens) if t.text in _CLOSING), None)
    for back in range(last - 1, max(-1, last - 1 - _TOLD_BACK), -1):
        quoted = _is_open(parts[back].marked) and closes is not None and closes < speeches[0].cue
        if quoted or (back == last - 1 and _is_of_this(marked, speeches[0].cue)):
            first = back
        if parts[back].speeches:
            break
        if first == back + 1 and not quoted and _is_of_this(marked, speeches[0].cue):
            first = back
    for part in parts[first:]:
        for clause in part.clauses:
            clause.source = speeches[0].source if clause.source == NARRATOR else clause.source


def _tell_between(parts: list[Read]) -> None:
    """Let a sentence between two of one speaker be told by the same: "X said. 40 came. 12 came too, X added"."""
    for before, part, after in zip(parts, parts[1:], parts[2:], strict=False):
        if part.speeches or not (before.speeches and after.speeches):
            continue
        first, source = after.speeches[0], before.speeches[-1].source
        adds = after.marked.any("adds", start=first.cue, end=first.cue + 1)
        if not adds or source == NARRATOR or first.source != source:
            continue
        for clause in part.clauses:
            clause.source = source if clause.source == NARRATOR else clause.source


def _is_open(marked: Marked) -> bool:
    """Return whether a quotation begins in a sentence and does not end in it."""
    opened = sum(token.text in _OPENING for token in marked.tokens)
    return opened > sum(token.text in _CLOSING for token in marked.tokens)


def _is_of_this(marked: Marked, cue: int) -> bool:
    """Return whether a speaker tells what stands before: "X said this", "so X put it"."""
    named = marked.any("about_this", start=0, end=min(4, cue))
    deal = marked.any("about", start=0, end=1) and marked.any("exchange", "deal_word", end=3)
    named = named or (deal and not marked.numbers)  # "the deal was announced by X"
    return named or (not marked.numbers and marked.any("cataphora", start=0, end=min(2, cue)))


def _share_pool(marked: Marked, some: Quantity, pool: Quantity) -> None:
    """Let some of a pool be of its people: "eight of its 31 Dornish prisoners"."""
    gap = marked.tokens[some.number.end : pool.number.start]
    if 1 < len(gap) <= 3 and gap[0].has("of") and gap[1].has("own", "definite"):
        some.nation, some.head = some.nation or pool.nation, pool.head
        some.own = some.own and not pool.nation


def _inherit_units(marked: Marked, quantities: list[Quantity]) -> None:
    """Let a number without a noun count what the number before it counts."""
    people = [q for q in quantities if q.role == "candidate"]
    if all(q.what == "bare" for q in people) and marked.any("letters"):
        for quantity in people:
            quantity.role = "things"  # "handed over letters: Vale 40, Orland 38"
    for quantity in people:
        swapped = marked.tagged("exchange", start=quantity.start - _SWAPPED, end=quantity.start)
        if quantity.what == "bare" and swapped:
            dead = marked.any("remains", start=swapped[-1], end=swapped[-1] + 3)
            quantity.unit = "remains" if dead else quantity.unit  # "swapped bodies: Vale got 40"
    for before, quantity in pairwise(people):
        if quantity.what == "bare" and not quantity.nation:
            quantity.unit = before.unit
            of_all = marked.any("pool_of", start=before.start - 2, end=before.start)
            if of_all or marked.any("more", start=quantity.end, end=quantity.end + 1):
                quantity.nation = before.nation  # "of the 31 Dorns only 27", "and 22 more"
        _share_pool(marked, before, quantity)
        some = marked.any("of_them", start=quantity.end - 1, end=quantity.end + 1)
        if some and quantity.what == "bare" and not (quantity.nation or quantity.own):
            quantity.nation, quantity.own = before.nation, before.own  # "40 Dorns, 3 of them"
        if before.unit == "remains" and _are_remains_too(marked, before, quantity):
            quantity.unit = "remains"


def _are_remains_too(marked: Marked, before: Quantity, quantity: Quantity) -> bool:
    """Return whether a number behind bodies counts bodies: "64 bodies for 909 Dorns", "those of 9"."""
    if marked.any("those_of", start=quantity.start - 2, end=quantity.start):
        return True
    gap = marked.tokens[before.end : quantity.start]
    named = quantity.head >= 0 and quantity.nation and quantity.end == quantity.head + 1
    return bool(named) and len(gap) <= _PAIRED and any(t.has("for", "in_return") for t in gap)


def _plan_again(drafts: list[Draft]) -> None:
    """Let what repeats a plan without saying when be the plan."""
    planned = {(d.home, d.count) for d in drafts if d.clause.role == "planned"}
    main = [d for d in drafts if d.clause.role == "main"]
    if main and all((d.home, d.count) in planned for d in main):
        for draft in main:
            draft.clause.role = "planned"


def _adopt(parts: list[Read], drafts: list[Draft]) -> None:
    """Give a headline without a speaker to the first source of the text, if that goes on with it."""
    first = next((k for k, part in enumerate(parts) if part.speeches), 0)
    if first == 0 or not _goes_on(parts, drafts, first):
        return
    source = parts[first].speeches[0].source
    for draft in drafts:
        number = draft.clause.marked.sentence.number
        if (
            draft.source == NARRATOR
            and number == parts[first - 1].marked.sentence.number
            and (draft.home == source.partition(".")[0])
            and not (draft.clause.own_actor and draft.home not in draft.clause.actors)
        ):
            draft.source = source


def _goes_on(parts: list[Read], drafts: list[Draft], first: int) -> bool:
    """Return whether the first sentence with a speaker tells more of the one before it."""
    part = parts[first]
    sources = {speech.source for other in parts for speech in other.speeches} - {NARRATOR}
    if len(sources) == 1 and any(q.role in {"subset", "leg"} for q in part.quantities):
        return True
    here = part.marked.sentence.number
    more = part.marked.any("including", "of_them", "superlative", start=0, end=3)
    trailing = part.speeches[0].cue >= part.speeches[0].end
    alone = not any(d.clause.marked.sentence.number == here for d in drafts)
    return more and trailing and alone and part.speeches[0].source != NARRATOR


def _events(
    parts: list[Read],
    drafts: list[Draft],
    sides: tuple[str, ...],
    main: Day | None,
    published: dt.date | None,
) -> list[Event]:
    events: dict[str, Event] = {}
    for draft in drafts:
        _event(events, draft.clause.role).legs.append(_leg(draft))
    home = drafts[0].home if drafts else ""
    homes = {d.clause.marked.sentence.number: d.home for d in drafts}
    for part in parts:
        home = homes.get(part.marked.sentence.number, home)
        _add_third_parties(events, part, sides, home)
        _add_totals(events, part)
    if not events and any(c.moves and c.role == "main" for part in parts for c in part.clauses):
        _event(events, "main")
    if not events:
        return []
    if "main" in events and "planned" in events and not events["main"].legs:
        _fold(events.pop("main"), events["planned"])
    chief = events.get("main") or events.get("planned") or next(iter(events.values()))
    if main is not None and main.date:
        chief.date, chief.date_basis = main.date, main.basis
    elif published is not None and chief.role == "main":
        chief.date, chief.date_basis = published.isoformat(), "published"
    return sorted(events.values(), key=lambda event: _ROLES.index(event.role))


def _fold(empty: Event, plan: Event) -> None:
    """Add to a plan who stood between the sides, where nothing else has happened yet."""
    known = {(m.party, m.source) for m in plan.mediators}
    plan.mediators += [m for m in empty.mediators if (m.party, m.source) not in known]
    plan.medical_checks += empty.medical_checks
    plan.stops += empty.stops
    plan.pooled += empty.pooled
    plan.cumulative += empty.cumulative


def _event(events: dict[str, Event], role: str) -> Event:
    return events.setdefault(role, Event(role=role))


def _add_third_parties(
    events: dict[str, Event], part: Read, sides: tuple[str, ...], home: str
) -> None:
    """Add mediators, doctors and stops of one sentence; `home` was last spoken of."""
    role = next((clause.role for clause in part.clauses if clause.moves), "main")
    for mediation in mediations_of(part.marked, part.clauses, part.speeches, sides):
        here = _event(events, role).mediators
        same = [m for m in here if (m.party, m.source) == (mediation.party, mediation.source)]
        if not same:
            here.append(mediation)
        for known in same if mediation.role == "mediator" else ():
            known.role = "mediator"  # who carried them is called a mediator later
    checks, stops = stops_of(part.marked, part.clauses, part.speeches, sides, home)
    if checks or stops:
        _event(events, "main").medical_checks += checks
        _event(events, "main").stops += stops


def _leg(draft: Draft) -> Leg:
    tokens = draft.clause.marked.tokens
    quantity = draft.quantity
    start = tokens[min(quantity.start, len(tokens) - 1)].start
    end = tokens[
        min(max(quantity.end, quantity.number.end, quantity.start + 1), len(tokens)) - 1
    ].end
    return Leg(
        home=draft.home,
        holder=draft.holder,
        count=draft.count,
        qualifier=draft.qualifier,
        unit=draft.unit,
        source=draft.source,
        confidence=confidence_of(draft),
        span=(start, end),
        how=draft.how,
    )


def _add_totals(events: dict[str, Event], part: Read) -> None:
    tokens = part.marked.tokens
    for clause in part.clauses:
        for quantity in clause.quantities:
            if quantity.role not in {"pooled", "cumulative"} or quantity.count is None:
                continue
            span = (
                tokens[quantity.number.start].start,
                tokens[max(quantity.number.end, quantity.number.start + 1) - 1].end,
            )
            total = Total(count=quantity.count, source=clause.source, span=span)
            here = _event(events, clause.role)
            (here.pooled if quantity.role == "pooled" else here.cumulative).append(total)


def _numbers(parts: list[Read]) -> list[NumberRole]:
    found = []
    for part in parts:
        tokens = part.marked.tokens
        for quantity in part.quantities:
            number = quantity.number
            if number.end <= number.start:
                continue
            span = (tokens[number.start].start, tokens[number.end - 1].end)
            found.append(NumberRole(value=number.value, role=quantity.role, span=span))
    return found
