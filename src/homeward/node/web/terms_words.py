"""Agreements, plans and reasons as sentences in the reader's language.

Rules of this file:
- A number stands after its colon.
- A category is told by what it asks, as `category_words` does.
- A person never gets a score: a rule is named, and nothing about who would be next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from homeward.node.web.category_words import of_category
from homeward.node.web.dates import of_day
from homeward.node.web.words import set_apart
from homeward.report.totals import shown
from homeward.terms import Agreement
from homeward.terms.agreement import Objective

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

TIMETABLE: Mapping[str, Any] = {
    "wanted_days": _("Days to send the wanted lists"),
    "answers_days": _("Days to answer every line"),
    "remarks_days": _("Days to remark on the answers"),
    "replies_days": _("Days to reply to every remark"),
    "final_days": _("Days to sign the final lists"),
    "interviews_days": _("Days to ask everybody in private"),
}
"""Step of the timetable → what its days are for."""

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
    "GC III art. 33": _("GC III art. 33"),
    "GC III art. 16": _("GC III art. 16"),
    "GC III art. 21": _("GC III art. 21"),
    "AP I art. 34": _("AP I art. 34"),
}
"""Rule of the law that a finding names → its words."""

UNITS: Mapping[str, Any] = {"people": _("People"), "equivalents": _("Equivalents")}
"""Unit in which something is owed → its word."""

ORDERS: Mapping[str, Any] = {
    "exposure": _("Whoever is behind is next to receive. People at once: {count}."),
    "medical": _("The gravest go first. People at once: {count}."),
}
"""Order of a handover in batches → its sentence."""

PURPOSES: Mapping[str, Any] = {"medical check": _("medical check")}
"""Purpose of a stop that we know → its words; an agreement may write another."""


def of_objective(objective: Objective, agreement: Agreement) -> SafeString:
    """Tell what a plan seeks, in one sentence.

    Args:
        objective: Of the agreement.
        agreement: Says what its categories mean.
    """
    if objective.count_of:
        text = _MOST_OF if objective.sense > 0 else _FEWEST_OF
        said = format_html(str(text), category=of_category(objective.count_of, agreement))
    elif objective.sum_of:
        said = SafeString(str(_SUMS[objective.sum_of, objective.sense]))
    else:
        said = SafeString(str(_FAIR[objective.kind]))
    if objective.by_phase:
        said = format_html("{} {}", said, gettext("Earlier phases come before later ones."))
    return said


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


def _sides(agreement: Agreement) -> Iterator[tuple[Any, Any]]:
    for label, codes in (
        (_("On paper: what it says is received, unsigned"), agreement.on_paper),
        (_("Observers"), agreement.observers),
    ):
        if codes:
            yield label, set_apart("{parties}", parties=", ".join(codes))
    if agreement.cosigned:
        yield (
            _("Parties that must have cosigned before a step that nobody can take back"),
            set_apart("{share}", share=agreement.cosigned),
        )


def head_of(agreement: Agreement) -> Iterator[tuple[Any, Any]]:
    """Yield what an agreement says before its clauses: label and value each."""
    yield _("Agreement"), set_apart("{id}", id=agreement.id)
    yield _("Parties"), set_apart("{parties}", parties=", ".join(sorted(agreement.parties)))
    yield _("Mediators"), set_apart("{mediators}", mediators=", ".join(agreement.mediators))
    yield from _sides(agreement)
    yield _("In force from"), format_html("<bdi>{}</bdi>", of_day(agreement.effective))
    yield _("Article 109"), ARTICLE_109[agreement.article_109]
    for name, parties in agreement.blocs.items():
        yield _("Bloc"), set_apart("{name}: {parties}", name=name, parties=", ".join(parties))
    for stop in agreement.stops:
        said = gettext("People of {home} stop in {country}: {purpose}.")
        yield (
            _("Stop on the way"),
            set_apart(said, home=stop.home, country=stop.country, purpose=of_purpose(stop.purpose)),
        )
    if agreement.equivalents is not None:
        scale = agreement.equivalents
        weights = ", ".join(f"{value} {weight}" for value, weight in scale.weights.items())
        said = gettext("For how many a person counts, by {column}: {weights}.")
        yield _("Scale of equivalents"), set_apart(said, column=scale.by, weights=weights)
    for account in agreement.accounts:
        said = gettext(
            "By {agreement}, {debtor} gives so much more to {creditor}. {unit}: {count}."
        )
        yield (
            _("Still owed"),
            set_apart(
                said,
                agreement=account.from_,
                debtor=account.debtor,
                creditor=account.creditor,
                unit=format_html("<bdi>{}</bdi>", UNITS[account.unit]),
                count=account.amount,
            ),
        )
    if agreement.handover.batch is not None:
        said = str(ORDERS[agreement.handover.order])
        yield _("Order of the handover"), set_apart(said, count=agreement.handover.batch)
    if agreement.is_sealed:
        yield _("Lists"), _("Nobody shows a list before everybody is bound to its own.")
    if agreement.timetable is not None:
        for step, label in TIMETABLE.items():
            yield label, getattr(agreement.timetable, step)


_MOST_OF = _("As many people as possible of this category: {category}.")
_FEWEST_OF = _("As few people as possible of this category: {category}.")
_SUMS: Mapping[tuple[str, int], Any] = {
    ("days_held", 1): _("The most days held, summed over all who go."),
    ("days_held", -1): _("The fewest days held, summed over all who go."),
    ("age", 1): _("The most years of age, summed over all who go."),
    ("age", -1): _("The fewest years of age, summed over all who go."),
    ("equivalents", 1): _("The most equivalents, summed over all who go."),
    ("equivalents", -1): _("The fewest equivalents, summed over all who go."),
}
_FAIR: Mapping[str, Any] = {
    "longest": _("The longest wait of those who stay is as short as possible."),
    "least_share": _("The smallest share of people who return, by party, is as large as possible."),
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
    ("GC III art. 33", False): _(
        "{rule}: clause {clause} counts medical or religious personnel as prisoners. They are not, "
        "and may be kept only as far as prisoners need them. People: {count}."
    ),
    ("GC III art. 16", False): _(
        "{rule}: clause {clause} counts people by a scale of equivalents. The Convention has none by "
        "which one prisoner stands for several. People: {count}."
    ),
    ("GC III art. 21", False): _(
        "{rule}: clause {clause} sends people home on parole or on credit. Nobody may be compelled "
        "to give parole, or be held for what a Power owes. People: {count}."
    ),
    ("AP I art. 34", False): _(
        "{rule}: clause {clause} counts remains as counterpart. The dead are returned to their "
        "families for their own sake. People: {count}."
    ),
}
