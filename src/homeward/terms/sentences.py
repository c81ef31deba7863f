"""An agreement in plain English sentences, as somebody reads it aloud before it is signed.

Rules of this file:
- Every table, clause and objective is told, in the document's order, and nothing else is:
  what holds in every agreement is said where it belongs, once.
- A sentence says what counts, with the numbers; what is left to a default is said too.
- People are told by their number, or by the name of their list, never by reference.
- The pages of a node have their own words, in the reader's language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homeward.foundation.ids import Flow, PersonId
from homeward.terms.agreed import PRISONERS_OF_WAR, Account, Agreement, Objective
from homeward.terms.clause_checks import phase_number
from homeward.terms.clauses import (
    AllOf,
    Balance,
    Bundle,
    Cap,
    Consent,
    Destination,
    Escrow,
    Extend,
    Gate,
    Give,
    Named,
    Pair,
    Phase,
    Quota,
    Ratio,
    Remains,
    Surplus,
    Together,
    Veto,
)
from homeward.terms.predicate import Column
from homeward.terms.predicate_text import said
from homeward.terms.sides_text import sides_sentences
from homeward.terms.timetable_text import timetable_sentences


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, and what it tells of: `"clause n150"`, `"category young"`."""

    about: str
    text: str


def tell(agreement: Agreement) -> tuple[Sentence, ...]:
    """Tell an agreement in sentences.

    Args:
        agreement: As read.

    Returns:
        Every table, clause and objective, in the order of the normal form.
    """
    return tuple(
        Sentence(about, text)
        for part in (_head, _tables, _clauses, _objectives)
        for about, text in part(agreement)
    )


def _head(agreement: Agreement) -> Iterator[tuple[str, str]]:
    yield "agreement", f"This is the agreement {agreement.id}."
    yield "agreement", f"Ages and days held are counted to {_day(agreement.effective)}."
    yield (
        "agreement",
        f"Its parties are {_joined(list(map(_party(agreement), agreement.parties)))}.",
    )
    if agreement.mediators:
        yield "agreement", f"It is mediated by {_joined(agreement.mediators)}."
    yield from sides_sentences(agreement)
    yield "agreement", _ARTICLE_109[agreement.article_109]
    for name, members in sorted(agreement.blocs.items()):
        who = _joined(members)
        if len(members) > 1:
            yield f"bloc {name}", f"The bloc {name} is {who}, who give for one another."
        else:
            yield f"bloc {name}", f"The bloc {name} is {who or 'nobody'} alone."
    for stop in agreement.stops:
        where = f"People who go home to {stop.home} stop on their way in {stop.country}"
        yield f"stop {stop.country}", f"{where}: {stop.purpose.rstrip('.')}."


_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

_ARTICLE_109: Mapping[str, str] = {
    "outside": "The seriously wounded and sick, owed under articles 109 and 110 of the Third "
    "Geneva Convention, travel first and count against nothing.",
    "counted": "The seriously wounded and sick are counted as others are, although articles 109 "
    "and 110 of the Third Geneva Convention owe them without counterpart.",
}


def _party(agreement: Agreement) -> Callable[[Any], str]:
    def told(code: Any) -> str:
        name = agreement.parties[code]
        return str(code) if name == code else f"{name} ({code})"

    return told


def _tables(agreement: Agreement) -> Iterator[tuple[str, str]]:
    for name, column in sorted(agreement.fields.items()):
        yield f"field {name}", _field(name, column)
    for name, category in agreement.categories.items():
        if name in {"all", PRISONERS_OF_WAR}:
            continue
        asked = said(category.predicate)
        yield (
            f"category {name}",
            f"The category '{name}' holds everybody of whom it is true that {asked}.",
        )
        unknown = {
            "review": "Whoever the lists leave uncertain is outside it, and is counted for review.",
            "exclude": "Whoever the lists leave uncertain is outside it.",
        }
        yield f"category {name}", unknown[category.on_unknown]
    if agreement.equivalents is not None:
        scale = agreement.equivalents
        values = sorted(scale.weights.items(), key=lambda item: (item[1], item[0]))
        listed = _joined([f"{value} for {weight}" for value, weight in values])
        yield (
            "equivalents",
            f"One person counts, by the column '{scale.by}', as equivalents: {listed}.",
        )
    for account in agreement.accounts:
        yield f"account {account.from_}", _account(account)
    yield "handover", _HANDOVER[agreement.handover.order].format(agreement.handover.batch)
    yield from timetable_sentences(agreement.timetable)
    if agreement.is_sealed:
        yield "lists", "No list is shown before every party is bound to its own."


_HANDOVER = {
    "together": "On each side all who go in one phase are handed over at once.",
    "exposure": "People are handed over {} at a time: the side that is behind receives next.",
    "medical": "People are handed over {} at a time, the gravest cases first: the side that is "
    "behind receives next.",
}


def _field(name: str, column: Column) -> str:
    if column.type == "choice":
        return f"The lists have a column '{name}', in which stands {_joined(column.values, 'or')}."
    kind = {"number": "a whole number", "date": "a day", "text": "a text"}[column.type]
    return f"The lists have a column '{name}', in which stands {kind}."


def _account(account: Account) -> str:
    amount = _amount(account.amount, account.unit)
    return (
        f"From the agreement {account.from_}, {account.debtor} owes {account.creditor} {amount}: "
        f"in the balance of {account.unit}, {account.debtor} gives so many more than it gets."
    )


def _clauses(agreement: Agreement) -> Iterator[tuple[str, str]]:
    for clause in agreement.clauses:
        about = f"clause {clause.id}"
        if clause.prefer:
            yield about, "This is a wish and no condition: it is kept as far as it can be."
        for text in _KINDS[clause.kind](clause):
            yield about, text
        if clause.withhold:
            yield about, "Its number is not public."


def _objectives(agreement: Agreement) -> Iterator[tuple[str, str]]:
    last = "Where several plans are equally good in all this, a draw decides between them."
    if not agreement.objectives:
        yield "objectives", last
        return
    for number, objective in enumerate(agreement.objectives, 1):
        first = "Of all plans that keep the clauses, one is sought with"
        rank = first if number == 1 else "Of those, one is sought with"
        yield f"objective {number}", f"{rank} {_sought(objective)}."
    yield "objectives", last


_SUMS: Mapping[str | None, str] = {
    "days_held": "sum of days held",
    "age": "sum of years of age",
    "equivalents": "sum of equivalents",
}


def _sought(objective: Objective) -> str:
    phased = ", in the first phase before the second, and so on" if objective.by_phase else ""
    if objective.kind == "longest":
        return (
            "as many as can be of those held longest: of those held 1,980 days or more, then of "
            "those held 1,800 days or more, and so on in steps of 180 days"
        )
    if objective.kind == "least_share":
        return (
            "the greatest share of people who return, for the party whose share is smallest, in "
            "thousandths"
        )
    if objective.kind == "count":
        most = "the most" if objective.sense > 0 else "the fewest"
        return f"{most} {_of(objective.count_of)} among those who go{phased}"
    most = "the greatest" if objective.sense > 0 else "the smallest"
    return f"{most} {_SUMS[objective.sum_of]} over all who go{phased}"


def _give(clause: Give) -> Iterator[str]:
    people = _count(clause.count, clause.where)
    yield f"Exactly {people} {_go(clause.count)} home {_on_each(clause.flows)}."


def _all_of(clause: AllOf) -> Iterator[str]:
    yield f"All {_of(clause.where)} who may travel go home {_on_each(clause.flows)}."
    yield "Only a veto, their own will and the rules of travel keep somebody."
    if clause.cutoff is not None:
        yield (
            f"This holds for those captured on {_day(clause.cutoff)} or earlier; whoever was "
            "captured on an unknown day is left out, and is counted for review."
        )
    if clause.continuing:
        yield "Cases that are recognised later join the next exchange."


def _quota(clause: Quota) -> Iterator[str]:
    bounds = [f"at least {clause.min}"] if clause.min is not None else []
    bounds += [f"at most {clause.max}"] if clause.max is not None else []
    on = _on_each(clause.flows) if clause.scope == "each" else _together_on(clause.flows)
    what = _unit(clause.unit, clause.where)
    yield f"Home {on} go {' and '.join(bounds)} {what}."


def _ratio(clause: Ratio) -> Iterator[str]:
    each = clause.for_each
    parts = [f"{_count(p.count, p.where)} {_from(p.flow)}" for p in clause.give]
    one = _count(1, each.where).removeprefix("1 ")
    yield f"For each {one} who goes home {_from(each.flow)}, there go home exactly {_joined(parts)}."
    yield "Whoever goes by this clause is counted for it alone."


def _balance(clause: Balance) -> Iterator[str]:
    on = f" {_together_on(clause.flows)}" if clause.flows else ""
    if clause.unit == "agreed":
        yield f"What the sides give and get{on} is balanced by their signatures, not by number."
        return
    what = _unit(clause.unit, clause.where)
    if clause.scope == "none":
        yield f"{_capital(what)} go home{on}; there need not be as many one way as the other."
    else:
        yield f"Each {clause.scope} gets home as many {what} as it lets go{on}."


def _pair(clause: Pair) -> Iterator[str]:
    first, second = map(_from, clause.flows)
    yield (
        f"For each value of the column '{clause.key}', as many {_of(clause.where)} go home {first} "
        f"as {second}; an empty cell is a value of its own."
    )


def _cap(clause: Cap) -> Iterator[str]:
    what = _count(clause.max, clause.where)
    if clause.by is not None:
        yield f"{clause.by} lets at most {what} go home, to whatever side."
    else:
        yield f"At most {what} {_go(clause.max)} home {_together_on(clause.flows)}."


def _named(clause: Named) -> Iterator[str]:
    yield f"{_capital(_people(clause))} {_go(len(clause.persons))} home."


def _together(clause: Together) -> Iterator[str]:
    yield f"{_capital(_people(clause))} go home all together, or none of them goes."


def _bundle(clause: Bundle) -> Iterator[str]:
    required = f"{_named_people(clause.requires, 'required here')} {_go(len(clause.requires))}"
    if len(clause.persons) == 1:
        yield f"The person named here goes home only if {required} as well."
    else:
        yield f"Each of {_people(clause)} goes home only if {required} as well."
    if clause.both_ways:
        yield "And whoever is required goes only if all of these go."


def _destination(clause: Destination) -> Iterator[str]:
    people = _of(clause.where) if clause.where is not None else _people(clause)
    are = "is" if len(clause.persons) == 1 else "are"
    yield f"{_capital(people)} {are} sent to {clause.country} instead of home, if they go."


def _veto(clause: Veto) -> Iterator[str]:
    people = _people(clause)
    if clause.by is not None:
        yield f"By the will of {clause.by}, {people} may not travel."
    else:
        yield f"{_capital(people)} may not travel."
    if clause.max_names is not None:
        yield f"At most {_named_number(clause.max_names)} may be kept in this way."


def _consent(clause: Consent) -> Iterator[str]:
    yield "Nobody travels against their will."
    if clause.on_unknown == "ask":
        yield (
            "Whoever has not been asked may be planned, and is not released before the answer is "
            "recorded."
        )
    else:
        yield "Whoever has not been asked stays."


def _phase(clause: Phase) -> Iterator[str]:
    yield _calendar(clause)
    if clause.flow is not None:
        numbers = [f"{count} in phase {number}" for number, count in enumerate(clause.at_least, 1)]
        yield (
            f"Home {_from(clause.flow)} go at least so many people, whoever they are: "
            f"{_joined(numbers)}."
        )
    if clause.seats is not None:
        people = _number(clause.seats, "person goes", "people go")
        yield f"In each phase at most {people} on each flow."
    if clause.equal:
        yield "In each phase every party lets as many people go as it gets home."
    if clause.lockstep:
        yield "Every ratio and every balance holds in each phase, and not only in the whole."
    if clause.order:
        names = ", then ".join(f"'{name}'" for name in clause.order)
        yield f"In each phase as many as possible go of the categories in this order: {names}."


def _calendar(clause: Phase) -> str:
    if clause.days:
        days = _joined([str(day) for day in clause.days])
        return (
            f"The exchange has {_number(len(clause.days), 'phase', 'phases')}, on day {days}; day 1 "
            "is the day on which the agreement takes effect."
        )
    if isinstance(clause.rounds, int):
        return f"The exchange has {_number(clause.rounds, 'phase', 'phases')}."
    return "The exchange has as many phases as its seats make necessary."


def _escrow(clause: Escrow) -> Iterator[str]:
    yield f"{clause.custodian} takes the people of all sides into its hands before any of them goes on."
    if clause.release == "all_or_nothing":
        yield "It lets all of them go on, or none."
    else:
        yield "It lets them go on batch by batch, each batch whole or not at all."


def _surplus(clause: Surplus) -> Iterator[str]:
    what = _unit(clause.unit, clause.where)
    yield f"As many {what} as possible are exchanged for one another {_together_on(clause.flows)}."
    within = ""
    if clause.within_days is not None:
        within = f" within {_number(clause.within_days, 'day', 'days')}"
    yield {
        "parole": f"Those left over on the larger side go home on parole{within}, and are owed "
        "until they are exchanged.",
        "credit": f"Those left over on the larger side go home on credit{within}, and are owed by "
        "the side that gets them.",
    }[clause.release]


def _remains(clause: Remains) -> Iterator[str]:
    yield f"The dead go home {_on_each(clause.flows)}, counted apart from everybody else."
    if clause.min is not None:
        yield f"At least {clause.min} of them go on each flow."
    if clause.max is not None:
        yield f"At most {clause.max} of them go on each flow."
    if clause.balance == "equal":
        yield "As many of them go one way as the other."


def _gate(clause: Gate) -> Iterator[str]:
    number = phase_number(clause.before)
    what = f"phase {number}" if number is not None else f"clause {clause.before}"
    yield (
        f"Nobody of {what} is released before this is recorded, as confirmed by "
        f"{clause.confirmed_by}: {clause.until.rstrip('.')}."
    )


def _extend(clause: Extend) -> Iterator[str]:
    most = "" if clause.max is None else f", at most {_number(clause.max, 'time', 'times')}"
    people = f"{_count(clause.per, 'all')} who {_go(clause.per)} home {_from(clause.flow)}"
    yield f"For every {people}, this is added{most}: {clause.adds.rstrip('.')}."


_KINDS: Mapping[str, Callable[[Any], Iterator[str]]] = {
    "give": _give,
    "all_of": _all_of,
    "quota": _quota,
    "ratio": _ratio,
    "balance": _balance,
    "pair": _pair,
    "cap": _cap,
    "named": _named,
    "together": _together,
    "bundle": _bundle,
    "destination": _destination,
    "veto": _veto,
    "consent": _consent,
    "phase": _phase,
    "escrow": _escrow,
    "surplus": _surplus,
    "remains": _remains,
    "gate": _gate,
    "extend": _extend,
}


def _of(where: str | None) -> str:
    if where in {None, PRISONERS_OF_WAR}:
        return "prisoners of war"
    return "people" if where == "all" else f"people of the category '{where}'"


def _count(count: int, where: str | None) -> str:
    if count != 1:
        return f"{count} {_of(where)}"
    return f"1 {_of(where).replace('prisoners', 'prisoner').replace('people', 'person')}"


def _unit(unit: str, where: str | None) -> str:
    return _of(where) if unit == "people" else f"equivalents of {_of(where)}"


def _amount(amount: int, unit: str) -> str:
    return _number(amount, *(("person", "people") if unit == "people" else ("equivalent", unit)))


def _go(count: int) -> str:
    return "goes" if count == 1 else "go"


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _people(clause: Any) -> str:
    if clause.list is not None:
        return f"the people on the list '{clause.list}'"
    return _named_people(clause.persons, "named here")


def _named_people(persons: Sequence[PersonId], how: str) -> str:
    return f"the person {how}" if len(persons) == 1 else f"the {len(persons)} people {how}"


def _named_number(count: int) -> str:
    return _number(count, "person", "people")


def _from(flow: Flow) -> str:
    return f"from {flow.holder} to {flow.home}"


def _on_each(flows: Sequence[Flow]) -> str:
    told = _joined([_from(flow) for flow in flows])
    return told if len(flows) == 1 else f"on each of these flows ({told})"


def _together_on(flows: Sequence[Flow]) -> str:
    told = _joined([_from(flow) for flow in flows])
    return told if len(flows) == 1 else f"on these flows together ({told})"


def _day(day: dt.date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _joined(parts: Sequence[str], word: str = "and") -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
