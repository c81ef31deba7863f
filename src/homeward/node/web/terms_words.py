"""Agreements, plans and reasons as sentences in the reader's language.

Rules of this file:
- A clause is told as it counts, nothing added; its id stands beside it, so that two
  readers speak of the same one.
- A number stands after its colon.
- A category is told by what it asks, as `category_words` does.
- A person never gets a score: a rule is named, and nothing about who would be next.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from homeward.foundation.ids import Flow
from homeward.node.web.category_words import of_category
from homeward.node.web.dates import of_day
from homeward.node.web.words import of_leg, set_apart
from homeward.report.totals import shown
from homeward.terms import Agreement
from homeward.terms.agreement import Objective
from homeward.terms.clauses import Balance, Cap, Clause, Consent, Give, Named, Quota, Veto

ARTICLE_109: Mapping[str, Any] = {
    "outside": _(
        "The seriously wounded and sick go first, outside the bargain. They count against nothing."
    ),
    "counted": _(
        "The seriously wounded and sick are counted in the bargain. "
        "GC III arts 109-110 owe them without counterpart."
    ),
}
"""What an agreement says of article 109 → its sentence."""

RULES: Mapping[str, Any] = {
    "agreed": _("Goes home under the bargain."),
    "article_109": _("Goes home outside the bargain, by article 109."),
    "no_party": _("Depends on no other party of this agreement."),
    "dead": _("The list says that this person is not alive."),
    "unfit": _("The list says that this person is not fit to travel."),
    "vetoed": _("This person is blocked by name, as the terms allow."),
    "will": _("The rule of consent keeps this person."),
    "over_count": _("A clause could send this person, but its number is full."),
    "unknown_value": _("The list does not tell what a clause asks."),
    "no_clause": _("No clause sends this person."),
}
"""Rule by which somebody goes or stays → its sentence."""

STAYS: Mapping[str, Any] = {
    "no_party": _("depend on no other party of this agreement"),
    "dead": _("are not alive, as the list says"),
    "unfit": _("are not fit to travel, as the list says"),
    "vetoed": _("are blocked by name, as the terms allow"),
    "will": _("are kept by the rule of consent"),
    "over_count": _("could go by a clause whose number is full"),
    "unknown_value": _("lack a value that a clause asks"),
    "no_clause": _("are sent by no clause"),
}
"""Rule by which people stay → what they do, for a count of them."""

IN_CATEGORY: Mapping[str, Any] = {
    "yes": pgettext_lazy("in a category", "yes"),
    "no": pgettext_lazy("in a category", "no"),
    "unknown": pgettext_lazy("in a category", "unknown"),
}
"""Whether somebody is in a category → its word."""

STATUS: Mapping[str, tuple[Any, str]] = {
    "optimal": (_("No better plan exists, and the plan proves it."), "good"),
    "feasible": (
        _("Every clause is kept. That no better plan exists is not proved."),
        "attention",
    ),
}
"""Status of a plan → what its certificate proves, and the kind of its chip."""

REJECTIONS: Mapping[str, Any] = {
    "not_agreed": _("It is not what was agreed."),
    "clause_not_kept": _("A clause is not kept."),
    "certificate_fails": _("The certificate does not hold."),
    "legal_finding": _("What the law says to it."),
    "list_changed": _("Our list has changed."),
}
"""Reason for rejecting a plan → its sentence."""

ABORTS: Mapping[str, Any] = {
    "no_agreement": _("The parties do not agree."),
    "terms_not_kept": _("The terms are not kept."),
    "deadline_passed": _("A deadline has passed."),
    "transport_not_safe": _("The way is not safe."),
    "mediator_unavailable": _("The mediator cannot go on."),
}
"""Reason for ending a case → its sentence."""


LAW: Mapping[str, Any] = {
    "GC III arts 109-110": _("GC III arts 109-110"),
    "GC IV art. 34": _("GC IV art. 34"),
}
"""Rule of the law that a finding names → its words."""

PURPOSES: Mapping[str, Any] = {"medical check": _("medical check")}
"""Purpose of a stop that we know → its words; an agreement may write another."""


def of_clause(clause: Clause, agreement: Agreement) -> tuple[SafeString, ...]:
    """Tell a clause in sentences.

    Args:
        clause: Of the agreement.
        agreement: Says what its categories mean.

    Returns:
        Each sentence as markup; whatever comes from the agreement is escaped.
    """
    return tuple(_sentences(clause, agreement))


def of_objective(objective: Objective, agreement: Agreement) -> SafeString:
    """Tell what a plan seeks, in one sentence.

    Args:
        objective: Of the agreement.
        agreement: Says what its categories mean.
    """
    if objective.count_of:
        said = _MOST_OF if objective.sense > 0 else _FEWEST_OF
        return format_html(str(said), category=of_category(objective.count_of, agreement))
    return SafeString(str(_SUMS[objective.sum_of or "", objective.sense]))


def of_finding(finding: Mapping[str, str], *, is_exact: bool) -> SafeString:
    """Tell what the law says to a plan.

    Args:
        finding: `rule`, `clause` and `sentence`, as a plan has it.
        is_exact: True where the reader may see small numbers.

    Returns:
        One sentence as markup.
    """
    rule, clause = finding["rule"], finding["clause"]
    # The plan's own sentence is English; the count is the one thing in it that we do not know.
    numbers = re.findall(r"\d+", finding["sentence"].replace(f"Clause {clause} ", ""))
    said = _FINDINGS.get((rule, clause == "article_109"))
    if said is None or not numbers:
        return set_apart("{text}", text=finding["sentence"])
    count = int(numbers[0])
    told = shown(count, count, public=not is_exact)
    law = format_html("<bdi>{}</bdi>", LAW[rule])
    return set_apart(str(said), rule=law, clause=clause, count=told)


def of_purpose(purpose: str) -> SafeString:
    """Tell what a stop is for: in our words, or as the agreement writes it."""
    return format_html("<bdi>{}</bdi>", PURPOSES.get(purpose, purpose))


def of_flows(flows: tuple[Flow, ...]) -> str:
    """Write flows with arrows, `RU → UA, UA → RU`."""
    return ", ".join(map(of_leg, flows))


def head_of(agreement: Agreement) -> Iterator[tuple[Any, Any]]:
    """Yield what an agreement says before its clauses: label and value each."""
    yield _("Agreement"), set_apart("{id}", id=agreement.id)
    yield _("Parties"), set_apart("{parties}", parties=", ".join(sorted(agreement.parties)))
    yield _("In force from"), format_html("<bdi>{}</bdi>", of_day(agreement.effective))
    yield _("Article 109"), ARTICLE_109[agreement.article_109]
    for stop in agreement.stops:
        said = gettext("People of {home} stop in {country}: {purpose}.")
        yield (
            _("Stop on the way"),
            set_apart(said, home=stop.home, country=stop.country, purpose=of_purpose(stop.purpose)),
        )


_MOST_OF = _("As many people as possible of this category: {category}.")
_FEWEST_OF = _("As few people as possible of this category: {category}.")
_SUMS: Mapping[tuple[str, int], Any] = {
    ("days_held", 1): _("The most days held, summed over all who go."),
    ("days_held", -1): _("The fewest days held, summed over all who go."),
    ("age", 1): _("The most years of age, summed over all who go."),
    ("age", -1): _("The fewest years of age, summed over all who go."),
}

_FINDINGS: Mapping[tuple[str, bool], Any] = {
    ("GC III arts 109-110", True): _(
        "{rule}: among those who go are seriously wounded and sick, who are owed without "
        "counterpart. The agreement counts them. People: {count}."
    ),
    ("GC III arts 109-110", False): _(
        "{rule}: clause {clause} keeps seriously wounded or sick, who are owed whatever the terms "
        "say. People: {count}."
    ),
    ("GC IV art. 34", False): _(
        "{rule}: clause {clause} counts civilians as counterpart. Civilians may not be held for "
        "exchange. People: {count}."
    ),
}


def _give(clause: Give) -> Iterator[SafeString]:
    said = gettext("{flows}: so many go home on each leg, neither more nor fewer. People: {count}.")
    yield set_apart(said, flows=of_flows(clause.flows), count=clause.count)


def _quota(clause: Quota) -> Iterator[SafeString]:
    said = gettext("{flows}: people who go home on each leg.")
    if clause.scope == "sum":
        said = gettext("{flows}: people who go home on these legs together.")
    yield set_apart(said, flows=of_flows(clause.flows))
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
    yield set_apart(said[clause.scope], flows=of_flows(clause.flows))


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


_KINDS: Mapping[str, Callable[[Any], Iterator[SafeString]]] = {
    "give": _give,
    "quota": _quota,
    "balance": _balance,
    "cap": _cap,
    "named": _named,
    "veto": _veto,
    "consent": _consent,
}


def _sentences(clause: Clause, agreement: Agreement) -> Iterator[SafeString]:
    yield from _KINDS[clause.kind](clause)
    if clause.kind in ("give", "quota", "balance", "cap"):
        if clause.where is None:
            yield SafeString(gettext("It counts prisoners of war."))
        else:
            said = gettext("It counts people of this category: {category}.")
            yield format_html(said, category=of_category(clause.where, agreement))
    if clause.withhold:
        yield SafeString(gettext("Its number is not public."))
