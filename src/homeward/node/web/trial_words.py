"""What comes of a text that somebody tries, in the reader's language.

Rules of this file:
- A number stands after its colon; one that could tell of somebody is a range, unless two
  officers allowed more.
- What is nought is left out, apart from what a clause is about and what it holds back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from homeward.node.actions.clause_figures import Figures
from homeward.node.actions.trying import FINAL, MISSED, OWN, SAID
from homeward.node.web.category_words import of_category
from homeward.node.web.repair_words import of_change
from homeward.node.web.terms_words import of_objective
from homeward.node.web.words import set_apart
from homeward.planning.changes import Number
from homeward.planning.whatif import SOONEST
from homeward.report.totals import shown
from homeward.terms import Agreement

SOURCES: Mapping[str, Any] = {
    OWN: _("{party}: your own list of those you hold. People: {count}."),
    FINAL: _("{party}: its final list. People: {count}."),
    SAID: _("{party}: the people you miss whom it said it holds. People: {count}."),
    MISSED: _("{party}: everybody you miss, as if it held all of them. People: {count}."),
}
"""Where the people of a holder come from → its sentence."""

GUESSED = (SAID, MISSED)
"""Sources that are no list of the holder."""

_WAIT = re.compile(r"(.+) from (\d+)", re.DOTALL)
_PHASE = re.compile(r"phase (\d+): (.+)", re.DOTALL)


def of_source(party: str, source: str, count: int) -> SafeString:
    """Tell on whom a text was tried."""
    return set_apart(str(SOURCES[source]), party=party, count=f"{count:,}")


def of_figures(
    figures: Figures, agreement: Agreement, *, is_exact: bool
) -> Iterator[tuple[SafeString, bool]]:
    """Yield what a clause does on one leg.

    Args:
        figures: Its numbers.
        agreement: Says what its categories mean.
        is_exact: True where the reader may see small numbers.

    Returns:
        Sentences, each with whether it asks for attention.
    """

    def told(count: int, of: int) -> str:
        found = shown(count, of, public=not is_exact)
        return f"{found:,}" if isinstance(found, int) else str(found)

    if figures.category:
        yield of_category(figures.category, agreement) + SafeString("."), False
    if figures.about is not None:
        count = told(figures.about, figures.people)
        yield set_apart(gettext("It is about: {count}."), count=count), False
    if figures.held_back is not None:
        count = told(figures.held_back, figures.people)
        yield set_apart(gettext("It holds back: {count}."), count=count), bool(figures.held_back)
    if figures.left_out:
        count = told(figures.left_out, figures.people)
        yield set_apart(gettext("It leaves out: {count}."), count=count), False
    if figures.wounded and figures.left_out:
        count = told(figures.wounded, figures.left_out)
        said = gettext("Seriously wounded or sick among those left out: {count}.")
        yield set_apart(said, count=count), True
    if figures.unknown:
        count = told(figures.unknown, figures.people)
        yield set_apart(gettext("The list does not tell it of: {count}."), count=count), True
    if figures.going is not None and figures.about is not None:
        count = told(figures.going, figures.about)
        yield set_apart(gettext("Of these go home: {count}."), count=count), False


def of_number(number: Number) -> str:
    """Name a number of a clause, as the agreement writes it: `clause: key = 8`."""
    return f"{number.clause}: {number.name} = {number.value}"


def counts_people(name: str) -> bool:
    """Tell whether what a level reaches is a number of people."""
    return "count(" in name or bool(_WAIT.fullmatch(name))


def of_level(name: str, agreement: Agreement) -> SafeString:
    """Tell what one level of a plan seeks.

    Args:
        name: Of an aim, or of a level that follows from the clauses.
        agreement: Says what it means.
    """
    for objective in agreement.objectives:
        if objective.id == name:
            return of_objective(objective, agreement)
    in_phase = _PHASE.fullmatch(name)
    if in_phase:
        said = gettext("Phase {number}: {aim}")
        rest = in_phase[2]
        inner = rest.removeprefix("count(").removesuffix(")")
        if inner in agreement.categories:
            aim = format_html(
                gettext("people of this category: {category}"),
                category=of_category(inner, agreement),
            )
        else:
            aim = of_level(rest, agreement)
        return set_apart(said, number=in_phase[1], aim=aim)
    waits = _WAIT.fullmatch(name)
    if waits:
        said = gettext(
            "People who go home of those held for so many days, or up to a step more: {days}."
        )
        return set_apart(said, days=waits[2])
    kind, _space, clause = name.partition(" ")
    known = _LEVELS.get(kind)
    return set_apart("{name}", name=name) if known is None else set_apart(str(known), clause=clause)


_LEVELS: Mapping[str, Any] = {
    "wish": _("What is missing from the wish of this clause, below nought: {clause}."),
    "exchanged": _("Exchanged before anybody goes on parole or on credit, by clause: {clause}."),
}
"""Kind of a level that is no aim → its sentence."""


def of_what_if(answer: Mapping[str, Any]) -> SafeString:
    """Tell, in one sentence, what another number would bring.

    Args:
        answer: As `planning.whatif.whatif` gives it.
    """
    text = of_change(answer)
    sought = [each for each in answer["objectives"] if each["id"] != SOONEST]
    before = any(each["from"] is not None for each in sought)
    after = any(each["to"] is not None for each in sought)
    is_same = all(each["from"] == each["to"] for each in sought)
    if not sought:  # nothing is sought: only its own words say if there is a plan
        return format_html('<span lang="en" dir="ltr">{}</span>', answer["sentence"])
    if after and not before:
        said = gettext("With {change} a plan exists. There is none now.")
    elif not after:
        said = gettext("With {change} no plan exists. There is one now.")
    elif is_same:
        said = gettext("With {change} every aim is reached just as far.")
    else:
        said = gettext("With {change} a plan exists, and it reaches something else.")
    return set_apart(said, change=text)
