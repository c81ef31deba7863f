"""Which exchange a clause speaks of: the main one, an earlier, a planned one.

Rules of this file:
- A clause is of an earlier event by a word ("the previous exchange") or by a date before the
  main one; planned by a word of the future without a past date; framework by an agreement's
  number beside the main event.
- The main date is that of the first clause that moves people, or the day on which its source
  spoke, else the day of publication.
- If nothing but plans are told, the plan is the event.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from homeward.statements.reading.clauses import MOVES, Clause
from homeward.statements.reading.dates import Day, days_of
from homeward.statements.reading.marked import Marked

_ARABIC_PAST = re.compile(r"^[\u0621-\u064a]{3,}(ت|وا)$")  # of verbs that tell what was done
_FAR_DAYS = 2
_DAY_CHARS = len("2031-02-05")  # a month alone has fewer
_OPENING = 4  # tokens at the beginning of a clause that set its time
_RECENT_DAYS = 5
_SINCE = 10  # tokens between "since" and the day on which something began
_CAUGHT = 5  # tokens between a word of capture and its day
_DATED = 3  # tokens behind "earlier" in which a day makes it clear
_SAID = 8  # tokens behind "earlier" in which somebody speaks
_GENITIVE = re.compile(r"[а-яіїє]{2,}([аяиыуюії]|ого|его|ів|ов|ей)$")
_PAST = re.compile(r"(л[аои]?(с[яь])?|[аиу]в(ся)?)$")  # of Slavic verbs
_NEAR_AUX = 4  # tokens between "had" and its verb
_BEHIND = 6  # tokens behind a number in which its own day stands


def set_roles(sentences: Sequence[list[Clause]], published: dt.date | None) -> Day | None:
    """Give every clause its event, and return the day of the main one.

    Args:
        sentences: The clauses of each sentence.
        published: The day of publication, if known.

    Returns:
        The day of the main event; None if the text names none.
    """
    for clauses in sentences:
        for clause in clauses:
            clause.role = _by_words(clause, clauses)
    _begin(sentences)
    _look_back(sentences)
    main = _main_day(sentences, published)
    when = main.date if main else published.isoformat() if published else None
    for clauses in sentences:
        days = days_of(clauses[0].marked, published) if clauses else []
        for before, clause in zip([None, *clauses], clauses, strict=False):
            _by_date(clause, _with_opening(clauses, clause, days), when)
            _by_own_day(clause, days, when)
            _goes_on_before(before, clause, days)
        _had_said(clauses, days, when)
    _join_plans(sentences)
    if not any(c.role == "main" and _moves_people(c) for cs in sentences for c in cs):
        for clauses in sentences:
            for clause in clauses:
                if clause.role == "framework":
                    clause.role = "planned"
    return main or _planned_day(sentences, published)  # now it is known what was earlier


def _begin(sentences: Sequence[list[Clause]]) -> None:
    """Let what is told first be the event, though it took place "the day before"."""
    moving = (c for clauses in sentences for c in clauses if _moves_people(c))
    first = next(moving, None)
    if first is not None and first.role == "previous" and first.any("yesterday"):
        first.role = "main"


def _look_back(sentences: Sequence[list[Clause]]) -> None:
    """Set aside what the text itself tells in the pluperfect, with a day, after the event."""
    begun = False
    for clauses in sentences:
        own = not any(clause.told for clause in clauses)
        for clause in clauses:
            before = clause.moves[0] - _NEAR_AUX if clause.moves else 0
            had = bool(clause.moves) and clause.marked.any(
                "pluperfect", start=max(before, clause.start), end=clause.moves[0]
            )
            inside = range(clause.start, clause.end)
            dated = any(at in inside for at in (*clause.marked.weekdays, *clause.marked.months))
            if begun and own and had and clause.role == "main" and (dated or clause.any("each")):
                clause.role = "previous"
        begun = begun or any(c.role == "main" and _moves_people(c) for c in clauses)


def _join_plans(sentences: Sequence[list[Clause]]) -> None:
    """Let "in addition 23 …" be of the plan that the sentences before told."""
    told: set[str] = set()
    for clauses in sentences:
        counting = [c for c in clauses if _moves_people(c)]
        adds = bool(clauses) and clauses[0].marked.any("move_with", "also", start=0, end=3)
        if adds and told == {"planned"}:
            for clause in counting:
                clause.role = "planned" if clause.role == "main" else clause.role
        told |= {clause.role for clause in counting}


def _moves_people(clause: Clause) -> bool:
    counted = [q for q in clause.quantities if q.role == "candidate"]
    return bool(counted) and (bool(clause.moves) or any(q.nation for q in counted))


def _by_words(clause: Clause, clauses: Sequence[Clause]) -> str:
    index = next(k for k, c in enumerate(clauses) if c is clause)
    if _is_previous(clause) or (
        index
        and clauses[index - 1].role == "previous"
        and clause.marked.any("while", "which", start=clause.start, end=clause.start + 2)
    ):
        return "previous"
    if index and _is_since(clauses[index - 1], clause):
        return "previous"
    if index and clauses[index - 1].role == "previous" and not _counts(clauses[index - 1]):
        return "previous"  # "In the previous exchange, in May, 73 were freed"
    if not clause.moves:
        return clauses[index - 1].role if index else "main"
    first = clause.moves[0]
    near = clause.marked.any("planned", start=max(clause.start, first - 8), end=first) or (
        clause.marked.any("planned", start=first, end=_end_of_verb(clause, first))
    )
    if _is_framework(clause, first, planned=near):
        return "framework"
    cared = clause.any("medical") and not clause.marked.tokens[first].has(*MOVES)
    return "planned" if near and not cared else "main"  # "will be flown to Vale for treatment"


def _is_since(before: Clause, clause: Clause) -> bool:
    """Return whether a clause tells what was on the day since which: "since 8 May, when 40 left"."""
    marked = clause.marked
    if not marked.any("while", "which", start=clause.start, end=clause.start + 1):
        return False
    days = [d for d in (*marked.months, *marked.weekdays) if before.start <= d < before.end]
    since = marked.any("since", start=days[0] - 2, end=days[-1]) if days else False
    return since and days[-1] + 3 >= before.end


def _end_of_verb(clause: Clause, verb: int) -> int:
    """Return where what belongs to a verb ends: "and would be flown on" is another's."""
    told = [q.end for q in clause.quantities if q.role == "candidate" and q.number.start > verb]
    tokens = clause.marked.tokens
    for at in range(max([verb, *told[:1]]), clause.end):
        joint = tokens[at].has("and") and any(
            t.has("planned", "passive", "aux", "release", "receive", "return")
            for t in tokens[at + 1 : at + 3]
        )
        if joint or tokens[at].norm in ",،—–(" or tokens[at].has("which"):
            return at
    return clause.end


def _counts(clause: Clause) -> bool:
    return any(q.role == "candidate" for q in clause.quantities)


def _is_framework(clause: Clause, verb: int, *, planned: bool) -> bool:
    """Return whether a number is what was agreed: "agreed to free 50", "a deal on 1,000 each"."""
    numbers = [q.number.start for q in clause.quantities if q.role == "candidate"]
    agreed = clause.marked.tagged("agree", start=clause.start, end=clause.end)
    if not agreed or not numbers:
        return False
    if verb < agreed[0] and clause.marked.any("under", start=agreed[0] - 3, end=agreed[0]):
        return planned  # "swapped prisoners under the formula 30 for 30"
    acting = any(agreed[0] < m.start < verb and not m.prep for m in clause.mentions)
    if any(q.end == agreed[0] and q.role == "candidate" for q in clause.quantities):
        return clause.marked.any("in", "under", "on", start=agreed[0] + 1, end=agreed[0] + 2)
    done = any(verb < at < clause.end for at in clause.marked.weekdays) and not planned
    done = done or (bool(_ARABIC_PAST.search(clause.marked.tokens[verb].norm)) and not planned)
    if done and clause.marked.any("under", start=agreed[0] - 3, end=agreed[0]):
        return False  # "under the agreement 360 were flown home on Saturday"
    if agreed[0] < max(numbers) and not acting:
        return agreed[0] < verb or planned or clause.marked.tokens[verb].has("exchange")
    return planned


def _is_previous(clause: Clause) -> bool:
    """Return whether a word of the past is about the whole clause, not about its last part."""
    had = clause.marked.tagged("had", start=clause.start, end=clause.start + 2)
    done = clause.marked.tagged("had_done", start=had[0] + 1, end=clause.end) if had else []
    if done and not clause.marked.any("say", start=done[0] + 1, end=done[0] + 2):
        return True  # Arabic says "had done" in two words; "had announced" may tell the same event
    found = clause.marked.tagged("previous", start=clause.start, end=clause.end)
    cues = [at for at in found if not (_of_capture(clause, at) or _of_telling(clause.marked, at))]
    cues = [at for at in cues if not _is_measured(clause, at)]
    numbers = [q.number.start for q in clause.quantities if q.role == "candidate"]
    return bool(cues) and not (len(numbers) > 1 and min(cues) > max(numbers))


def _is_measured(clause: Clause, at: int) -> bool:
    """Return whether "four days after" stands behind the event whose time it only measures."""
    tokens = clause.marked.tokens
    after = any(t.has("while") and t.has("preposition") for t in tokens[at + 1 : at + 3])
    after = after or (
        tokens[at].has("previous") and any(t.norm == "after" for t in tokens[at : at + 3])
    )
    return after and any(move < at for move in clause.moves)


def _of_telling(marked: Marked, at: int) -> bool:
    """Return whether a word of the past tells of no earlier event.

    It may tell when somebody spoke ("earlier the ministry said that"), be made clear by a day
    ("earlier on Sunday") or tell what was to come ("on the eve of the holiday").
    """
    after = range(at + 1, min(len(marked.tokens), at + _DATED))
    if any(k in marked.weekdays or marked.tokens[k].has("today") for k in after):
        return True
    if marked.any("eve", start=at, end=at + 1):
        return _in_genitive(marked, at + 1)
    said = marked.tagged("say", start=at + 1, end=at + _SAID)
    if not said or not marked.any("earlier", start=at, end=at + 1):
        return False
    return not marked.any(*MOVES, "which", start=at + 1, end=said[0])


def _in_genitive(marked: Marked, at: int) -> bool:
    """Return whether a Slavic noun of no party, in the genitive, stands at a token."""
    token = marked.tokens[at] if at < len(marked.tokens) else None
    if token is None or token.kind != "word" or token.has(*MOVES, "say", "passive", "planned"):
        return False
    named = any(m.start <= at < m.end for m in marked.mentions)
    return not named and bool(_GENITIVE.search(token.norm)) and not _PAST.search(token.norm)


def _main_day(sentences: Sequence[list[Clause]], published: dt.date | None) -> Day | None:
    fallback: Day | None = None
    begun = False
    for clauses in sentences:
        if not clauses:
            continue
        marked = clauses[0].marked
        moving = [c for c in clauses if c.role in {"main", "planned"} and _moves_people(c)]
        days = [
            d
            for d in days_of(marked, published)
            if d.date
            and not d.coming
            and not any(c.start <= d.at < c.end and _is_aside(c, d) for c in clauses)
            and (not begun or _recent(d.date, published))
        ]
        close = [d for c in moving for d in days if c.start <= d.at < c.end and not _of_talk(c, d)]
        if close or (moving and days):
            if begun and fallback is not None:
                return fallback  # the event was dated before its numbers were told
            opens = [d for d in days if d.at <= 1 and d.date]
            return (opens or [_best(close or days)])[0]
        told = any(c.moves and c.role == "main" for c in clauses) or marked.any("carried")
        if told and days and fallback is None and not marked.any("date_of_talk"):
            fallback = _best(days)
        begun = begun or bool(moving)
    return fallback or _planned_day(sentences, published)


def _is_aside(clause: Clause, day: Day) -> bool:
    """Return whether a day is of an earlier event, of an agreement, or since when people were held."""
    agreed = clause.marked.any("agree", start=max(clause.start, day.at - 4), end=day.at)
    return clause.role == "previous" or agreed or _begins(clause, day)


def _planned_day(sentences: Sequence[list[Clause]], published: dt.date | None) -> Day | None:
    """Return the day for which an exchange is planned, where none has taken place."""
    counting = [c for cs in sentences for c in cs if _moves_people(c)]
    if any(c.role == "main" for c in counting):
        return None
    for clause in counting:
        days = [d for d in days_of(clause.marked, published) if d.coming and d.date]
        if days:
            return days[0]
    return None


def _recent(date: str, published: dt.date | None) -> bool:
    """Return whether a day named after the event was told can still be its day."""
    if published is None:
        return True
    return len(date) == 10 and 0 <= (published - dt.date.fromisoformat(date)).days <= _RECENT_DAYS


def _best(days: Sequence[Day]) -> Day:
    full = [d for d in days if d.date and len(d.date) == 10]
    return max(full, key=lambda d: d.date or "") if full else days[0]


def _of_talk(clause: Clause, day: Day) -> bool:
    since = clause.marked.tagged("since", start=max(clause.start, day.at - _SINCE), end=day.at - 1)
    gap = clause.marked.tokens[since[-1] : day.at] if since else []
    if gap and not any(t.norm in ",،" for t in gap):
        return True  # "since the incursion on 6 August"
    return clause.marked.any(
        "date_of_talk", "agree", start=max(clause.start, day.at - 4), end=day.at
    )


def _had_said(clauses: Sequence[Clause], days: Sequence[Day], main: str | None) -> None:
    """Set aside what somebody "had announced" on an earlier day, which Arabic says in two words."""
    if not clauses or main is None:
        return
    marked = clauses[0].marked
    done = marked.tagged("had_done")
    said = done and marked.any("had", end=3) and marked.any("say", start=done[0], end=done[0] + 2)
    dated = [d.date for d in days if d.date and len(d.date) == _DAY_CHARS and not d.coming]
    if said and dated and all(date < main for date in dated):
        for clause in clauses:
            clause.role = "previous"


def _with_opening(clauses: Sequence[Clause], clause: Clause, days: Sequence[Day]) -> Sequence[Day]:
    """Return the days of a sentence, its first one moved behind an aside: "In June, he said, 40"."""
    first = clauses[0]
    opens = [d for d in days if first.start <= d.at < min(first.end, first.start + _OPENING)]
    own = any(clause.start <= d.at < clause.end for d in days)
    if not opens or own or clause is first or first.moves or _counts(first):
        return days
    begun = first.marked.any("in", start=first.start, end=opens[0].at)
    return [*days, replace(opens[0], at=clause.start)] if begun else days


def _by_date(clause: Clause, days: Sequence[Day], main: str | None) -> None:
    inside = [d for d in days if clause.start <= d.at < clause.end]
    if any(d.coming for d in inside) and clause.moves:
        clause.role = "planned"
    if main is None or clause.role == "previous":
        return
    dated = [d.date for d in inside if d.date and not (_begins(clause, d) or _of_deal(clause, d))]
    shared = clause.any("each") and _counts(clause)  # "on Friday it had been 390 on each side"
    if not dated or not (clause.moves or shared or clause.any("round")):
        return
    if all(_before(date, main) or _day_before(clause, date, main) for date in dated):
        clause.role = "previous"
    ahead = any(d.coming for d in inside)
    ahead = ahead or any(
        clause.marked.any("will", start=at - 2, end=at + 1)  # "would free three on Saturday"
        or clause.marked.tokens[at].has("planned")
        for at in clause.moves
    )
    if clause.role == "planned" and main in dated and not ahead:
        clause.role = "main"


def _of_deal(clause: Clause, day: Day) -> bool:
    """Return whether a day is that of an agreement on what is to come: "agreed on Friday to free"."""
    agreed = clause.marked.any("agree", start=max(clause.start, day.at - _DATED), end=day.at)
    return agreed and clause.role in {"planned", "framework"}


def _begins(clause: Clause, day: Day) -> bool:
    """Return whether a day only tells since when people were held: "seized on 7 October"."""
    if _of_capture(clause, day.at):
        return True
    held = clause.marked.any("held", "captivity", "jailed", start=day.at - _BEHIND, end=day.at)
    return held and clause.marked.any("since", start=day.at - 1, end=day.at)


def _of_capture(clause: Clause, at: int) -> bool:
    """Return whether a time stands behind a word of capture: "apprehended earlier this month"."""
    marked = clause.marked
    caught = marked.tagged("jailed", "taken", start=max(clause.start, at - _CAUGHT), end=at)
    if not caught:
        return False
    gap = marked.tokens[caught[-1] + 1 : at]
    counted = any(q.start <= caught[-1] < q.end for q in clause.quantities)
    return not counted and not any(t.norm in ",،" or t.has(*MOVES, "people") for t in gap)


def _by_own_day(clause: Clause, days: Sequence[Day], main: str | None) -> None:
    """Set aside a number of an earlier day: "300 were freed after the 200 per side of Thursday"."""
    counted = [q for q in clause.quantities if q.role == "candidate"]
    for quantity, after in zip_longest(counted, counted[1:]):
        start = quantity.start
        if clause.marked.any("compared", start=start - 2, end=start):
            quantity.role = "previous"  # "received 909, up from 757 in March"
        lead = start > 0 and clause.marked.tokens[start - 1].has("while")
        preps = ("of", "in") if lead else ("of",)  # "after 757 in March, 909 were received"
        end = min(quantity.end + _BEHIND, after.start if after else clause.end)
        for day in days:
            told = quantity.end <= day.at < end and clause.marked.any(
                *preps, start=day.at - 2, end=day.at
            )
            if told and main and day.date and day.date < main and len(counted) > 1:
                quantity.role = "previous"


def _day_before(clause: Clause, date: str, main: str) -> bool:
    """Return whether a clause tells of a round on the day before: "Friday's opening round"."""
    told = clause.any("round") or (clause.any("yesterday") and clause.any("aux"))
    told = told or (clause.any("each") and _counts(clause))
    return len(date) == len(main) == _DAY_CHARS and date < main and told


def _goes_on_before(before: Clause | None, clause: Clause, days: Sequence[Day]) -> None:
    """Let a clause without a day of its own be of the day with which its sentence began."""
    if before is None or before.role != "previous" or clause.role != "main":
        return
    end = before.start + _OPENING if _counts(before) else before.end
    opened = [d for d in days if d.date and d.at < end]
    if opened and not any(clause.start <= d.at < clause.end for d in days):
        clause.role = "previous"


def _before(date: str, main: str) -> bool:
    """Return whether a date, maybe of a month only, lies clearly before another."""
    if len(date) == 7:
        return date < main[:7]
    if len(main) == 7:
        return date[:7] < main
    gap = dt.date.fromisoformat(main) - dt.date.fromisoformat(date)
    return gap.days >= _FAR_DAYS
