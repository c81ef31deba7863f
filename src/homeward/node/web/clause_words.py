"""Clauses of an agreement as sentences in the reader's language.

Rules of this file:
- A clause is told as it counts, nothing added; its id stands beside it, so that two
  readers speak of the same one.
- A number stands after its colon.
- People are told by their number or by the name of their list, never by reference.
- What a party wrote in words of its own is set apart, and stands as it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from homeward.foundation.ids import Flow
from homeward.node.web.category_words import of_category
from homeward.node.web.dates import of_day
from homeward.node.web.words import of_leg, set_apart
from homeward.terms import Agreement
from homeward.terms.agreement import PRISONERS_OF_WAR
from homeward.terms.clause_checks import phase_number
from homeward.terms.clauses import (
    AllOf,
    Balance,
    Bundle,
    Cap,
    Clause,
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


def of_clause(clause: Clause, agreement: Agreement) -> tuple[SafeString, ...]:
    """Tell a clause in sentences.

    Args:
        clause: Of the agreement.
        agreement: Says what its categories mean.

    Returns:
        Each sentence as markup; whatever comes from the agreement is escaped.
    """
    return tuple(_sentences(clause, agreement))


def of_flows(flows: tuple[Flow, ...]) -> str:
    """Write flows with arrows, `RU → UA, UA → RU`."""
    return ", ".join(map(of_leg, flows))


def _give(clause: Give) -> Iterator[SafeString]:
    said = gettext("{flows}: so many go home on each leg, neither more nor fewer. People: {count}.")
    yield set_apart(said, flows=of_flows(clause.flows), count=clause.count)


def _quota(clause: Quota) -> Iterator[SafeString]:
    said = gettext("{flows}: people who go home on each leg.")
    if clause.scope == "sum":
        said = gettext("{flows}: people who go home on these legs together.")
    yield set_apart(said, flows=of_flows(clause.flows))
    yield from _in_equivalents(clause.unit)
    if clause.min is not None:
        yield set_apart(gettext("At least: {count}."), count=clause.min)
    if clause.max is not None:
        yield set_apart(gettext("At most: {count}."), count=clause.max)


def _balance(clause: Balance) -> Iterator[SafeString]:
    said = {
        "party": gettext("{flows}: each party gets home as many people as it lets go."),
        "bloc": gettext("{flows}: each bloc gets home as many people as it lets go."),
        "none": gettext("{flows}: nobody has to get home as many people as they let go."),
    }
    if clause.unit == "agreed":
        yield SafeString(gettext("The parties balance it by their signatures, not by number."))
        return
    yield set_apart(said[clause.scope], flows=of_flows(clause.flows))
    yield from _in_equivalents(clause.unit)


def _cap(clause: Cap) -> Iterator[SafeString]:
    if clause.by is None:
        said = gettext("{flows}: people who go home on these legs together. At most: {count}.")
    else:
        said = gettext("{party} lets people go, to whatever side. At most: {count}.")
    yield set_apart(said, flows=of_flows(clause.flows), party=clause.by or "", count=clause.max)


def _named(clause: Named) -> Iterator[SafeString]:
    if clause.list is None:
        said = gettext("The people whom the terms name go home. People: {count}.")
        yield set_apart(said, count=len(clause.persons))
    else:
        yield set_apart(gettext("Everybody on the list {list} goes home."), list=clause.list)


def _veto(clause: Veto) -> Iterator[SafeString]:
    if clause.list is None:
        said = gettext("The people whom the terms name do not travel. People: {count}.")
        yield set_apart(said, count=len(clause.persons))
    else:
        yield set_apart(gettext("Nobody on the list {list} travels."), list=clause.list)
    if clause.by is not None:
        yield set_apart(gettext("It is the will of {party}."), party=clause.by)
    if clause.max_names is not None:
        yield set_apart(gettext("Names at most: {count}."), count=clause.max_names)


def _consent(clause: Consent) -> Iterator[SafeString]:
    yield SafeString(gettext("Nobody travels against their will."))
    if clause.on_unknown == "ask":
        yield SafeString(gettext("Whoever was not asked yet may be planned, and is asked first."))
    else:
        yield SafeString(gettext("Whoever was not asked yet is not planned."))


def _in_equivalents(unit: str) -> Iterator[SafeString]:
    if unit == "equivalents":
        yield SafeString(gettext("A person counts as often as the scale of the terms says."))


def _all_of(clause: AllOf) -> Iterator[SafeString]:
    said = gettext("{flows}: everybody who may travel goes home.")
    yield set_apart(said, flows=of_flows(clause.flows))
    if clause.cutoff is not None:
        said = gettext("Captured on this day or earlier: {day}.")
        yield format_html(said, day=format_html("<bdi>{}</bdi>", of_day(clause.cutoff)))
    if clause.continuing:
        yield SafeString(gettext("Cases that are recognised later join the next exchange."))


def _pair(clause: Pair) -> Iterator[SafeString]:
    said = gettext(
        "{flows}: as many people on one leg as on the other, for each value of {column}."
    )
    yield set_apart(said, flows=of_flows(clause.flows), column=clause.key)


def _together(clause: Together) -> Iterator[SafeString]:
    if clause.list is None:
        said = gettext(
            "The people whom the terms name go home all together or not. People: {count}."
        )
        yield set_apart(said, count=len(clause.persons))
    else:
        said = gettext("Everybody on the list {list} goes home, or nobody on it.")
        yield set_apart(said, list=clause.list)


def _bundle(clause: Bundle) -> Iterator[SafeString]:
    if clause.list is None:
        said = gettext("The people whom the terms name go only if others go. People: {count}.")
        yield set_apart(said, count=len(clause.persons))
    else:
        said = gettext("The people on the list {list} go only if others go.")
        yield set_apart(said, list=clause.list)
    said = gettext("All of these others have to go. People: {count}.")
    yield set_apart(said, count=len(clause.requires))
    if clause.both_ways:
        yield SafeString(gettext("And the others go only if all of these go."))


def _destination(clause: Destination) -> Iterator[SafeString]:
    if clause.list is not None:
        said = gettext("The people on the list {list} are sent to {country} instead of home.")
        yield set_apart(said, list=clause.list, country=clause.country)
    elif clause.persons:
        said = gettext("The people whom the terms name are sent to {country}. People: {count}.")
        yield set_apart(said, country=clause.country, count=len(clause.persons))
    else:
        said = gettext("People of one category are sent to {country} instead of home.")
        yield set_apart(said, country=clause.country)


def _phase(clause: Phase) -> Iterator[SafeString]:
    if clause.days:
        said = gettext("The exchange goes in phases. Days, the first being day 1: {days}.")
        yield set_apart(said, days=", ".join(map(str, clause.days)))
    elif isinstance(clause.rounds, int):
        yield set_apart(
            gettext("The exchange goes in phases. Phases: {count}."), count=clause.rounds
        )
    else:
        yield SafeString(gettext("The exchange has as many phases as its seats make necessary."))
    if clause.flow is not None:
        said = gettext("{flow}: at least so many people, phase by phase: {counts}.")
        counts = ", ".join(map(str, clause.at_least))
        yield set_apart(said, flow=of_leg(clause.flow), counts=counts)
    if clause.seats is not None:
        said = gettext("Seats on each leg in each phase: {count}.")
        yield set_apart(said, count=clause.seats)
    if clause.equal:
        yield SafeString(gettext("In each phase each party gets home as many as it lets go."))
    if clause.lockstep:
        yield SafeString(gettext("Every ratio and every balance holds in each phase."))


def _escrow(clause: Escrow) -> Iterator[SafeString]:
    said = {
        "all_or_nothing": gettext(
            "{party} takes everybody into its hands first, and lets all of them go on or none."
        ),
        "batch": gettext(
            "{party} takes everybody into its hands first, and lets them go on batch by batch."
        ),
    }
    yield set_apart(said[clause.release], party=clause.custodian)


def _surplus(clause: Surplus) -> Iterator[SafeString]:
    said = {
        "parole": gettext("{flows}: whoever is left over goes home on parole, and is owed."),
        "credit": gettext("{flows}: whoever is left over goes home on credit, and is owed."),
    }
    yield set_apart(said[clause.release], flows=of_flows(clause.flows))
    yield from _in_equivalents(clause.unit)
    if clause.within_days is not None:
        yield set_apart(gettext("Within days: {count}."), count=clause.within_days)


def _remains(clause: Remains) -> Iterator[SafeString]:
    said = gettext("{flows}: the dead go home, counted apart from everybody else.")
    yield set_apart(said, flows=of_flows(clause.flows))
    if clause.min is not None:
        yield set_apart(gettext("At least: {count}."), count=clause.min)
    if clause.max is not None:
        yield set_apart(gettext("At most: {count}."), count=clause.max)
    if clause.balance == "equal":
        yield SafeString(gettext("As many of the dead go one way as the other."))


def _gate(clause: Gate) -> Iterator[SafeString]:
    number = phase_number(clause.before)
    if number is not None:
        said = gettext("Nobody of this phase is released before a confirmation. Phase: {before}.")
    else:
        said = gettext("Nobody of the clause {before} is released before a confirmation.")
    yield set_apart(said, before=number or clause.before)
    said = gettext("{party} confirms: {text}.")
    text = format_html('<bdi dir="auto">{}</bdi>', clause.until.rstrip("."))
    yield set_apart(said, party=clause.confirmed_by, text=text)


def _extend(clause: Extend) -> Iterator[SafeString]:
    said = gettext(
        "{flow}: something is added each time so many people have gone. People: {count}."
    )
    yield set_apart(said, flow=of_leg(clause.flow), count=clause.per)
    text = format_html('<bdi dir="auto">{}</bdi>', clause.adds.rstrip("."))
    yield set_apart(gettext("What is added: {text}."), text=text)
    if clause.max is not None:
        yield set_apart(gettext("Times at most: {count}."), count=clause.max)


_KINDS: Mapping[str, Callable[[Any], Iterator[SafeString]]] = {
    "give": _give,
    "all_of": _all_of,
    "quota": _quota,
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
"""Kind of clause → its sentences, categories apart; a ratio has categories in every one."""

_COUNTING = ("give", "all_of", "quota", "balance", "pair", "cap", "surplus")
"""Kinds that count prisoners of war, or people of a category."""


def _ratio(clause: Ratio, agreement: Agreement) -> Iterator[SafeString]:
    each = clause.for_each
    said = gettext(
        "{flow}: for each person who goes home, others go home. It is about: {category}."
    )
    about = of_category(each.where or PRISONERS_OF_WAR, agreement)
    yield set_apart(said, flow=of_leg(each.flow), category=about)
    for part in clause.give:
        said = gettext(
            "{flow}: so many for each of them, of this category: {category}. People: {count}."
        )
        about = of_category(part.where or PRISONERS_OF_WAR, agreement)
        yield set_apart(said, flow=of_leg(part.flow), category=about, count=part.count)


def _sentences(clause: Clause, agreement: Agreement) -> Iterator[SafeString]:
    if clause.prefer:
        yield SafeString(gettext("A wish, no condition: it is kept as far as it can be."))
    if isinstance(clause, Ratio):
        yield from _ratio(clause, agreement)
    else:
        yield from _KINDS[clause.kind](clause)
    if isinstance(clause, Phase):
        for name in clause.order:
            said = gettext("In each phase as many as possible, in this order: {category}.")
            yield format_html(said, category=of_category(name, agreement))
    if clause.where is not None:
        said = gettext("It counts people of this category: {category}.")
        yield format_html(said, category=of_category(clause.where, agreement))
    elif clause.kind in _COUNTING and getattr(clause, "unit", "people") != "agreed":
        yield SafeString(gettext("It counts prisoners of war."))
    if clause.withhold:
        yield SafeString(gettext("Its number is not public."))
