"""What a bureau learns from a list that the other side sent or published, by itself.

Rules of this file:
- Every line gets one class, the first of `CLASSES` that fits; what else is known of it is a flag.
- A line whose person would be forgotten by a mistake needs the most: only `very_likely` makes
  somebody `already_home` or `matched`, and nobody is at home who was missed again afterwards.
- Nobody is said to be on no list of ours before they were looked for a second time, without
  the lines that were found: a rival may have taken their place.
- Nothing is decided: the classes order the work of those who decide.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from homeward.matching.columns import NAMES, Columns, columns_of
from homeward.matching.letters import words
from homeward.matching.match import Pair
from homeward.matching.reasons import Reason
from homeward.matching.triage_search import (
    WORTH_A_LOOK,
    Best,
    Found,
    OurList,
    Progress,
    Search,
    repeated_lines,
    unsure,
)
from homeward.records.model import PersonRecord, owed_article_109

Class = Literal[
    "duplicate",
    "already_home",
    "matched",
    "possible",
    "insufficient_identification",
    "not_reported_missing",
]
Flag = Literal[
    "civilian",
    "retained",
    "article_109",
    "dead",
    "refuses",
    "still_wanted",
    "perhaps_home",
    "captured_again",
    "held_by_us",
    "several",
    "shared_match",
    "unreadable",
]

CLASSES: Final[Mapping[Class, tuple[str, str]]] = {
    "duplicate": (
        "The same person as another line of this list.",
        "Count them once, and ask the other side to strike the second line.",
    ),
    "already_home": (
        "This person is home already.",
        "Tell the other side, and ask for another person in their place.",
    ),
    "matched": (
        "This person is on our list.",
        "Confirm it, and go on with the exchange.",
    ),
    "possible": (
        "Somebody on our lists may be this person; it is not sure.",
        "Compare the two records, and let a person decide.",
    ),
    "insufficient_identification": (
        "The line says too little to tell who is meant.",
        "Ask the other side, or the Central Tracing Agency, for what is missing.",
    ),
    "not_reported_missing": (
        "Nobody on our lists is this person.",
        "Open a file: look for the family and the unit, and ask for confirmation of captivity.",
    ),
}
"""Class → what it means and what to do. A line has the first that fits, in this order: a
repeated line needs no second answer; who is home needs none; who is surely on our list goes
before who may be; and only who can be told apart can be said to be on no list."""

WHERE_THEY_SEEK: Final[Mapping[Class, str]] = {
    "already_home": "Tell the other side that this person went home.",
    "matched": "Answer that we hold this person.",
    "not_reported_missing": (
        "Look in hospitals and among the unidentified dead, then answer that we do not hold them."
    ),
}
"""Class → what to do instead where the other side looks for the people of its list."""

FLAGS: Final[Mapping[Flag, str]] = {
    "civilian": "A civilian: no prisoner of war, and no counterpart in an exchange of soldiers.",
    "retained": "Medical or religious personnel: to be returned as such, not as prisoners of war.",
    "article_109": "Seriously wounded or sick: repatriation is owed without counterpart.",
    "dead": "Reported dead: their remains and their belongings are to come home.",
    "refuses": "Reported as unwilling to return: to be asked in private by a neutral interviewer.",
    "still_wanted": "Home, and still on our list of the missing: to be taken off it.",
    "perhaps_home": "May be somebody who is home already.",
    "captured_again": "Home once, and missed again since.",
    "held_by_us": "We hold this person.",
    "several": "More than one of our people fit.",
    "shared_match": "Another line of this list fits the same person of ours.",
    "unreadable": "The row, or a cell of it, cannot be read as it stands.",
}
"""Every flag a line can have, and what it says.

Source: GC III arts 4, 33, 109, 118, 120; GC IV art. 34.
"""

SENTENCES: Final[Mapping[str, str]] = {
    "no_family_name": "No family name.",
    "no_given_name": "No given name.",
    "no_birth_date": "No birth date.",
    "initial_family_name": "Only an initial of the family name.",
    "initial_given_name": "Only an initial of the given name.",
    "nobody_wanted": "Nobody on our list of the missing fits ({count} people).",
    "nobody_held": "Nobody on the list of those we hold fits ({count} people).",
    "own_record": "Our own record says: {flags}.",
}
"""What a triage itself gives as reasons, beside those of the engine."""

LIKELY_ENOUGH: Final = 0.5
"""The least probability of one candidate for a line that says too little by itself."""

NOT_AN_ERROR_DAYS: Final = 180
"""Dates of one loss differ by weeks between two sides; half a year later it is another one."""

SOUGHT_ON: Final[tuple[OurList, ...]] = ("wanted", "held")
"""Lists of ours on which a line's person can be matched."""

_NUMBER_DIGITS_MIN = 4
_NEEDED = ("family_name", "given_name")
_NOTHING: Mapping[str, Sequence[str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is known of one line.

    Attributes:
        ref: The other side's reference.
        class_: The first of `CLASSES` that fits.
        flags: In the order of `FLAGS`.
        match: Our reference of the person; of a duplicate, that of the other line; or empty.
        match_list: On which list `match` stands: one of ours, `list` for the other side's
            own, or empty.
        probability: That both are one person, from 0 to 1; None without a match.
        reasons: Sentences, with the weight in bits where they weigh.
    """

    ref: str
    class_: Class
    flags: tuple[Flag, ...] = ()
    match: str = ""
    match_list: str = ""
    probability: float | None = None
    reasons: tuple[str, ...] = ()

    def document(self) -> dict[str, object]:
        """Return the line as it stands in JSON."""
        return {
            "ref": self.ref,
            "class": self.class_,
            "flags": list(self.flags),
            "match": self.match or None,
            "probability": self.probability,
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """Every line of a list, in the order of the list; rows that cannot be read come last.

    `is_sought` is true if the other side looks for these people.
    """

    lines: tuple[Line, ...]
    is_sought: bool

    def counts(self) -> dict[Class, int]:
        """Return the number of lines of each class; together they are all lines."""
        found = Counter(line.class_ for line in self.lines)
        return {each: found[each] for each in CLASSES}

    def flag_counts(self) -> dict[Flag, int]:
        """Return the number of lines with each flag."""
        found = Counter(flag for line in self.lines for flag in line.flags)
        return {each: found[each] for each in FLAGS}

    def document(self) -> dict[str, object]:
        """Return what was found as it stands in JSON."""
        return {
            "lines": [line.document() for line in self.lines],
            "counts": self.counts(),
            "flags": self.flag_counts(),
        }


def triage(
    lines: Sequence[PersonRecord],
    *,
    is_sought: bool,
    wanted: Sequence[PersonRecord] = (),
    held: Sequence[PersonRecord] = (),
    returned: Sequence[PersonRecord] = (),
    unread: Mapping[str, Sequence[str]] = _NOTHING,
    progress: Progress | None = None,
) -> Triage:
    """Say of every line of a list from the other side what it means for us.

    Args:
        lines: The list, in its order; distinct references.
        is_sought: True if the other side looks for these people, False if it says that it
            holds them.
        wanted: Our own list of the missing.
        held: Our own list of those we hold.
        returned: Those who are home.
        unread: What could not be read, in sentences without a cell: of a line by its
            reference, or of a whole row by what it is called.
        progress: Called with (steps done, steps in all); may raise to stop.

    Returns:
        One line for each of `lines`, and for each other row of `unread`.

    Raises:
        EngineError: Memory failed.
    """
    ours: dict[OurList, Sequence[PersonRecord]] = {
        "wanted": wanted,
        "held": held,
        "returned": returned,
    }
    work = Search({name: people for name, people in ours.items() if people}, is_sought, progress)
    repeated = repeated_lines(lines, work.step)
    work.round_done()
    kept = [line for line in lines if line.ref not in repeated]
    found = work.look_for(kept)
    left = [line for line in kept if not _is_found(found, line.ref)]
    if left and len(left) < len(kept):
        for name, again in work.look_for(left).items():
            # Beside a rival it was less: a person has to look.
            found[name].update({ref: unsure(best) for ref, best in again.items()})
    missing = _missing_parts(columns_of(kept))
    people = {name: {each.ref: each for each in ours[name]} for name in ours}
    by_ref = {line.ref: line for line in lines}
    sizes = {name: len(ours[name]) for name in SOUGHT_ON if ours[name]}
    said = []
    for line in lines:
        if line.ref in repeated:
            said.append(_duplicate(line, *repeated[line.ref], by_ref))
        else:
            of_line = {name: best[line.ref] for name, best in found.items() if line.ref in best}
            said.append(_class_of(line, of_line, people, missing[line.ref], sizes))
    work.round_done()
    lost: Class = "insufficient_identification"
    said += [Line(ref=ref, class_=lost) for ref in unread if ref not in by_ref]
    said = [_with_unread(line, unread) for line in _with_rivals(said)]
    return Triage(lines=tuple(said), is_sought=is_sought)


def to_do(class_: Class, *, is_sought: bool) -> str:
    """Return what to do with a line of a class."""
    instead = WHERE_THEY_SEEK.get(class_, "") if is_sought else ""
    return instead or CLASSES[class_][1]


def _is_found(found: Mapping[OurList, Found], ref: str) -> bool:
    return any(ref in best and best[ref].anybody >= WORTH_A_LOOK for best in found.values())


def _missing_parts(columns: Columns) -> dict[str, tuple[str, ...]]:
    """Return what a line lacks to be told apart; nothing for one that can be."""
    missing = {}
    for n, ref in enumerate(columns.refs):
        cell = {
            column: columns.values[column][columns.cells[column][n]]
            for column in (*NAMES, "birth_date", "service_number")
        }
        number = "".join(filter(str.isdigit, cell["service_number"]))
        lacks = []
        for part in _NEEDED:
            spelt = words(cell[part])
            if not spelt:
                lacks.append(SENTENCES[f"no_{part}"])
            elif all(len(word) == 1 for word in spelt):
                lacks.append(SENTENCES[f"initial_{part}"])
        lacks += [] if cell["birth_date"] else [SENTENCES["no_birth_date"]]
        missing[ref] = () if len(number) >= _NUMBER_DIGITS_MIN else tuple(lacks)
    return missing


def _duplicate(
    line: PersonRecord, other: str, pair: Pair, by_ref: Mapping[str, PersonRecord]
) -> Line:
    return Line(
        ref=line.ref,
        class_="duplicate",
        flags=_in_order({*_facts(line), *_facts(by_ref[other])}),
        match=other,
        match_list="list",
        probability=pair.probability,
        reasons=tuple(map(_sentence, pair.reasons)),
    )


def _class_of(
    line: PersonRecord,
    found: Mapping[OurList, Best],
    people: Mapping[OurList, Mapping[str, PersonRecord]],
    missing: Sequence[str],
    sizes: Mapping[OurList, int],
) -> Line:
    """Return what is said of a line that repeats no other."""
    record = {name: people[name][best.ref] for name, best in found.items()}
    home = found.get("returned")
    sought = [(name, found[name]) for name in SOUGHT_ON if name in found]
    sure = [(name, best) for name, best in sought if best.is_sure]
    is_back = home is not None and home.is_sure
    was_home = is_back and _is_lost_again(
        record["returned"], [line, *(record[name] for name, _ in sure)]
    )
    if home is not None and is_back and not was_home:
        flags: set[Flag] = {"still_wanted"} if any(name == "wanted" for name, _ in sure) else set()
        return _said(line, "already_home", "returned", home, record, flags)
    flags = set()
    if was_home:
        flags.add("captured_again")
    elif home is not None and home.anybody >= WORTH_A_LOOK:
        flags.add("perhaps_home")
    if sure:
        name, best = max(sure, key=lambda each: each[1].pair.probability)
        return _said(line, "matched", name, best, record, flags)
    ours: list[tuple[OurList, Best]] = [*sought]
    ours += [("returned", home)] if home is not None else []
    likely = [each for each in ours if _is_worth_a_look(each[1], is_told_apart=not missing)]
    if likely:
        name, best = max(likely, key=lambda each: each[1].pair.probability)
        return _said(line, "possible", name, best, record, flags)
    flags -= {"perhaps_home"}
    if missing:
        return Line(
            ref=line.ref,
            class_="insufficient_identification",
            flags=_in_order({*_facts(line), *flags}),
            reasons=tuple(missing),
        )
    looked = (SENTENCES[f"nobody_{name}"].format(count=f"{size:,}") for name, size in sizes.items())
    return Line(
        ref=line.ref,
        class_="not_reported_missing",
        flags=_in_order({*_facts(line), *flags}),
        reasons=tuple(looked),
    )


def _with_rivals(lines: Sequence[Line]) -> Iterator[Line]:
    """Mark the lines that fit one person of ours, and are not said to be one person."""
    fitting = Counter((line.match_list, line.match) for line in lines if line.class_ != "duplicate")
    for line in lines:
        is_shared = line.match and fitting[line.match_list, line.match] > 1
        yield replace(line, flags=_in_order({*line.flags, "shared_match"})) if is_shared else line


def _with_unread(line: Line, unread: Mapping[str, Sequence[str]]) -> Line:
    why = tuple(unread.get(line.ref, ()))
    flags = _in_order({*line.flags, "unreadable"}) if why else line.flags
    return replace(line, flags=flags, reasons=(*line.reasons, *why))


def _is_worth_a_look(best: Best, *, is_told_apart: bool) -> bool:
    if best.pair.verdict == "likely" or best.pair.probability >= LIKELY_ENOUGH:
        return True
    return is_told_apart and best.anybody >= WORTH_A_LOOK


def _said(
    line: PersonRecord,
    class_: Class,
    name: OurList,
    best: Best,
    record: Mapping[OurList, PersonRecord],
    flags: set[Flag],
) -> Line:
    """Return a line with its match; what our own record says counts where the match is sure."""
    facts = _facts(line)
    own = _facts(record[name]) - facts if best.is_sure else set()
    more: set[Flag] = {"held_by_us"} if name == "held" else set()
    if best.is_several and not best.is_sure:
        more.add("several")
    reasons = [*map(_sentence, best.pair.reasons)]
    if own:
        words_ = ", ".join(flag.replace("_", " ") for flag in _in_order(own))
        reasons.append(SENTENCES["own_record"].format(flags=words_))
    return Line(
        ref=line.ref,
        class_=class_,
        flags=_in_order({*facts, *own, *more, *flags}),
        match=best.ref,
        match_list=name,
        probability=best.pair.probability,
        reasons=tuple(reasons),
    )


def _is_lost_again(home: PersonRecord, others: Iterable[PersonRecord]) -> bool:
    """Tell whether somebody who came home was lost a second time."""
    first = home.captured_on or home.missing_since
    if first is None:
        return False
    least = first.latest + dt.timedelta(days=NOT_AN_ERROR_DAYS)
    losses = (each.captured_on or each.missing_since for each in others)
    return any(loss is not None and loss.earliest > least for loss in losses)


def _facts(record: PersonRecord) -> set[Flag]:
    """Return what a record says of somebody's standing, whatever list it is on."""
    is_so: dict[Flag, bool] = {
        "civilian": record.status == "civilian",
        "retained": record.status in {"medical", "religious"},
        "article_109": owed_article_109(record),
        "dead": record.alive == "no",
        "refuses": record.consent == "no",
    }
    return {flag for flag, holds in is_so.items() if holds}


def _in_order(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    found = set(flags)
    return tuple(flag for flag in FLAGS if flag in found)


def _sentence(reason: Reason) -> str:
    return f"{reason.sentence.rstrip('.')} {reason.bits:+.1f}"
