"""Statements, verdicts and talks in the reader's language.

Rules of this file:
- A number stands behind a colon, so that no sentence has to decline what it counts.
- What a side said is its word: who said it stands beside it, and nothing is called a lie.
- Parties and offices without a name here keep their codes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from homeward.node.web import dates, words
from homeward.node.web.history_words import COUNTRIES, SPEAKERS
from homeward.statements import FactVerdict
from homeward.statements.model import Claim, Verdict
from homeward.statements.reviewed import Kind, Row
from homeward.talks.model import Format
from homeward.talks.table import Act

KINDS: Mapping[Kind, Any] = {
    "leg": _("People who go home"),
    "mediator": _("Mediator"),
    "medical_checks": _("Medical checks"),
    "duration": _("Days some had been held"),
    "total": _("Both directions together"),
    "omission": _("Left out"),
    "position": _("Position on talks"),
}
"""Kind of a row → its heading."""

UNITS: Mapping[str, Any] = {
    "soldiers": _("soldiers"),
    "civilians": _("civilians"),
    "people": _("people"),
    "remains": _("remains"),
}
QUALIFIERS: Mapping[str, Any] = {
    "exact": _("exactly"),
    "approx": _("about"),
    "at_least": _("at least"),
    "at_most": _("at most"),
    "more_than": _("more than"),
    "dozens": _("dozens"),
    "unstated": _("number not told"),
}
ROLES: Mapping[str, Any] = {
    "main": _("the exchange itself"),
    "previous": _("an earlier exchange"),
    "planned": _("planned"),
    "framework": _("an agreement on several exchanges"),
    "offered": _("offered"),
    "parallel": _("another exchange"),
}
"""Which exchange of its text a row is about."""

STANCES: Mapping[str, Any] = {
    "proposes": _("proposes talks"),
    "willing": _("is ready for talks"),
    "willing_if": _("is ready on a condition"),
    "rules_out": _("rules talks out"),
    "legal_bar": _("a law forbids talks"),
    "precondition": _("asks for something first"),
    "excludes_topic": _("excludes a topic"),
    "contests_legitimacy": _("contests who may sign"),
    "dismisses": _("dismisses what was said"),
    "characterises": _("says what talks are"),
    "interprets": _("says what was meant"),
}
STATES: Mapping[str, tuple[str, Any]] = {
    "waiting": ("attention", _("to review")),
    "confirmed": ("good", _("confirmed")),
    "corrected": ("good", _("corrected")),
    "struck": ("stop", _("struck out")),
}
"""State of a row → kind and word of its chip."""

VERDICTS: Mapping[Verdict, tuple[str, Any, Any]] = {
    "corroborated": (
        "good",
        _("corroborated"),
        _("At least two of those who took part agree."),
    ),
    "contradicted": (
        "stop",
        _("contradicted"),
        _("Exact numbers of the same people differ, and nothing explains it: it stays open."),
    ),
    "differs_in_category": (
        "attention",
        _("other categories"),
        _("They count different categories: no contradiction."),
    ),
    "differs_in_direction": (
        "attention",
        _("other directions"),
        _("Each side tells the number of the other direction: two facts."),
    ),
    "consistent_partial": (
        "good",
        _("fits"),
        _("The less exact claim fits the other."),
    ),
    "one_sided": ("", _("one side alone"), _("No two of those who took part say so.")),
    "omitted": (
        "attention",
        _("left out by a side"),
        _("A side that spoke about this exchange left it out."),
    ),
    "withheld": ("", _("withheld"), _("The number or name was not told on purpose.")),
    "unverifiable": (
        "",
        _("cannot be judged"),
        _("Nobody who took part says so, and no record shows it."),
    ),
}
"""Verdict → kind of its chip, its word, and why it stands."""

LEVELS: Mapping[str, Any] = {
    "leaders": _("leaders"),
    "delegations": _("delegations"),
    "technical": _("experts"),
}
MODES: Mapping[str, Any] = {
    "face_to_face": _("face to face"),
    "proximity": _("in one house, in separate rooms"),
    "shuttle": _("a mediator goes between them"),
    "written": _("in writing"),
}
OPEN: Mapping[str, tuple[str, Any]] = {
    "blocked": ("stop", _("blocked")),
    "conditional": ("attention", _("on conditions")),
    "unknown": ("", _("not known")),
    "feasible": ("good", _("possible")),
}
"""Verdict on a format → kind and word of its chip."""

ACTS: Mapping[str, Any] = {
    "lift": _("lift the legal bar on talks. With: {about}"),
    "take_back": _("take back the refusal of talks. With: {about}"),
    "say": _("say whether it would come"),
    "drop": _("drop the condition: {about}"),
}
"""Kind of an act that would help → its words."""

_NOT_NAMED = {"both": _("both sides"), "narrator": _("the text itself"), "foreign": _("others")}
OFFICES: Mapping[str, Any] = {
    "president": _("president"),
    "presidential_office": _("president's office"),
    "prime_minister": _("prime minister"),
    "deputy_pm": _("deputy prime minister"),
    "government": _("government"),
    "mfa": _("foreign ministry"),
    "defence_ministry": _("defence ministry"),
    "defence_minister": _("defence minister"),
    "interior_minister": _("interior minister"),
    "ministry": _("ministry"),
    "minister": _("minister"),
    "ombudsman": _("ombudsman"),
    "spokesman": _("spokesman"),
    "kremlin_spokesman": _("Kremlin spokesman"),
    "army": _("armed forces"),
    "security_service": _("security service"),
    "coordination_hq": _("coordination headquarters"),
    "bureau": _("information bureau"),
    "delegation": _("delegation"),
    "delegation_head": _("head of the delegation"),
    "parliament": _("parliament"),
    "governor": _("governor"),
    "embassy": _("embassy"),
    "movement": _("movement"),
    "news_agency": _("news agency"),
}
"""Office of a party → its name."""

_NUMBERED = ("leg", "total")
_LANGUAGES = {"ar": "rtl"}


def of_source(code: str) -> Any:
    """Name who said something: a party, an office of it, both sides, or the text itself."""
    named = _NOT_NAMED.get(code) or SPEAKERS.get(code)
    party, _dot, office = code.partition(".")
    if named or (office and office not in OFFICES):
        return named or code
    return f"{of_party(party)} ({OFFICES[office]})" if office else of_party(party)


def of_party(code: str) -> Any:
    """Name a party or a country, or give its code."""
    return COUNTRIES.get(code) or code


def of_value(fact: str, value: Any, qualifier: str) -> Any:
    """Say the value of a claim: a number with how exact it is, a party, a country."""
    if fact not in (*_NUMBERED, "duration"):
        return of_party(str(value))
    if value is None:
        return QUALIFIERS[qualifier]
    number = format_html('<bdi dir="ltr">{}</bdi>', f"{value:,}")
    return number if qualifier == "exact" else format_html("{} {}", QUALIFIERS[qualifier], number)


def of_row(row: Row) -> dict[str, Any]:
    """Return what a row says: a heading, and a line for each thing.

    Args:
        row: Of a text.
    """
    if row.kind == "position":
        what: Any = STANCES[row.stance]
    elif row.kind == "omission":
        what = _("said nothing at all") if row.is_silence else ""
    else:
        what = of_value(row.kind, row.value, row.qualifier)
    return {
        "heading": _heading(row),
        "what": what,
        "leg": words.of_leg(f"{row.holder} -> {row.home}") if row.holder else "",
        "home": of_party(row.home) if row.home and not row.holder else "",
        "target": of_source(row.target) if row.target else "",
        "levels": [LEVELS[each] for each in row.levels],
        "modes": [MODES[each] for each in row.modes],
        "conditions": [act for act, _on in row.conditions],
        "source": of_source(row.source),
        "role": ROLES.get(row.role, row.role) if row.role != "main" else "",
        "day": dates.of_day(dt.date.fromisoformat(row.date)) if row.date else "",
        "doubtful": row.is_doubtful,
    }


def of_fact(found: FactVerdict) -> dict[str, Any]:
    """Return what a verdict is about, why it stands, and who says what.

    Args:
        found: From `reconcile`.
    """
    kind, word, why = VERDICTS[found.verdict]
    return {
        "heading": _capital(UNITS[found.unit])
        if found.fact == "leg" and found.unit
        else KINDS[found.fact],
        "leg": words.of_leg(f"{found.holder} -> {found.home}") if found.holder else "",
        "home": of_party(found.home) if found.home and not found.holder else "",
        "chip": (kind, word),
        "why": why,
        "record": "" if found.record is None else of_value(found.fact, found.record, "exact"),
        "omitted_by": [of_source(party) for party in found.omitted_by],
    }


def said(claims: Iterable[Claim]) -> list[tuple[Any, list[Any]]]:
    """Return values of one fact, each with all who give it.

    Args:
        claims: On one fact.
    """
    found: dict[tuple[str, Any, str], list[str]] = {}
    for claim in claims:
        sources = found.setdefault((claim.fact, claim.value, claim.qualifier), [])
        if claim.source not in sources:
            sources.append(claim.source)
    return [(of_value(*key), [of_source(each) for each in by]) for key, by in found.items()]


def sum_of(found: FactVerdict, others: Sequence[FactVerdict]) -> str:
    """Say of which parts a number consists, if all of them were told; else nothing.

    Args:
        found: A verdict on people who go home.
        others: All verdicts on that exchange.
    """
    told: dict[str, set[int]] = {"people": set(), "soldiers": set(), "civilians": set()}
    for each in others:
        if each.fact == "leg" and (each.home, each.holder) == (found.home, found.holder):
            values = [judged.claim.value for judged in each.claims]
            told.setdefault(str(each.unit), set()).update(v for v in values if isinstance(v, int))
    wholes = told["people"] | told["soldiers"]
    sums = [
        f"{whole} = {whole - part} + {part}"
        for whole in sorted(wholes)
        for part in sorted(told["civilians"])
        if whole - part in wholes
    ]
    return sums[0] if sums else ""


def of_format(asked: Format) -> dict[str, Any]:
    """Return a format of talks in words."""
    return {
        "level": _capital(LEVELS[asked.level]),
        "mode": MODES[asked.mode],
        "participants": [of_party(party) for party in asked.participants],
        "host": of_party(asked.host) if asked.host else "",
    }


def of_act(act: Act) -> Any:
    """Say what a party could do so that a format becomes possible.

    Args:
        act: Of the table of talks; what a text asks for stays in the words of the text.
    """
    return str(ACTS[act.kind]).format(about=of_source(act.about)) if act.kind != "do" else act.act


def review_of(rows: int, waiting: int) -> tuple[str, Any]:
    """Return kind and word of the chip of a text.

    Args:
        rows: How many it has.
        waiting: How many of them nobody has reviewed.
    """
    if not rows:
        return "", _("nothing found")
    return ("attention", _("to review")) if waiting else ("good", _("reviewed"))


def direction_of(language: str) -> str:
    """Return which way a text in a language runs."""
    return _LANGUAGES.get(language, "ltr")


def _heading(row: Row) -> Any:
    if row.kind == "leg":
        return _capital(UNITS[row.unit])
    return KINDS[row.kind]


def _capital(text: Any) -> str:
    word = str(text)
    return word[:1].upper() + word[1:]
