"""Sets claims beside one another and beside the record: one verdict per fact.

Rules of this file:
- A fact is a leg and a unit, a mediator's name, a country of medical checks, or a total.
  The same number in two directions is two facts.
- Verdicts are tried in the order of `RULES`; the first that holds stands.
- "Contradicted" is the worst word between warring parties: it needs two exact numbers of
  those who took part or of the record, one flow, one unit, and no sum over categories
  that explains the difference.
- What the narrator or anybody else says is kept, and decides nothing.
- The record alone says who went home. What a side said stays its words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from homeward.foundation.errors import InputError
from homeward.foundation.ids import PartyCode
from homeward.statements.gather import Case, Gathered, Key
from homeward.statements.model import COUNTED, Claim, Fact, Record, Statement, Unit, Value

Verdict = Literal[
    "contradicted",
    "differs_in_category",
    "corroborated",
    "withheld",
    "omitted",
    "consistent_partial",
    "one_sided",
    "unverifiable",
]

STATEMENTS_MAX = 1_000
# Rules of thumb, wide on purpose: a doubt is never made into a contradiction.
_APPROX_PERCENT = 10
_DOZENS_AT_LEAST = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedClaim:
    """A claim, where its words stand in its document, and whether the record agrees.

    `agrees_with_record` is None where the record does not tell.
    """

    claim: Claim
    span: tuple[int, int]
    agrees_with_record: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactVerdict:
    """The verdict on one fact of one exchange.

    `record` is what the record shows, None where it does not tell; `omitted_by` are the
    sides that spoke about the exchange and left this fact out.
    """

    date: dt.date
    fact: Fact
    home: PartyCode | None
    holder: PartyCode | None
    unit: Unit | None
    verdict: Verdict
    claims: tuple[JudgedClaim, ...]
    record: Value
    omitted_by: tuple[PartyCode, ...]
    sentence: str


def _exact_numbers(case: Case) -> list[tuple[int, frozenset[int]]]:
    """Return each exact number, with the other numbers by which its author counts the flow."""
    numbers = [
        (voice.claim.value, voice.elsewhere)
        for voice in case.voices
        if voice.claim and voice.claim.qualifier == "exact" and isinstance(voice.claim.value, int)
    ]
    if numbers and isinstance(case.record, int):
        numbers.append((case.record, case.record_elsewhere))
    return numbers


def _differ(case: Case, *, explained: bool) -> bool:
    return any(
        first != second and (first in beyond or second in sums) is explained
        for (first, sums), (second, beyond) in combinations(_exact_numbers(case), 2)
    )


def _differs_in_category(case: Case) -> bool:
    if _differ(case, explained=True):
        return True
    said = {claim.value for claim in case.said if claim.qualifier == "exact"}
    return any(
        voice.elsewhere and said and not (voice.elsewhere & said) for voice in case.relatives
    )


def _corroborated(case: Case) -> bool:
    exact = [claim.value for claim in case.said if claim.qualifier == "exact"]
    agreeing = sum(bool(voice.elsewhere & set(exact)) for voice in case.relatives)
    return len(exact) + agreeing >= 2 and len(set(exact)) == 1


def _withheld(case: Case) -> bool:
    unstated = any(v.claim and v.claim.qualifier == "unstated" for v in case.voices)
    return unstated and not case.said


def _consistent_partial(case: Case) -> bool:
    bounds = [_bounds(claim) for claim in case.said if claim.fact in COUNTED]
    if isinstance(case.record, int):
        bounds.append((case.record, case.record))
    inexact = any(claim.qualifier != "exact" for claim in case.said)
    return inexact and len(bounds) >= 2 and max(b[0] for b in bounds) <= min(b[1] for b in bounds)


RULES: tuple[tuple[Verdict, Callable[[Case], bool]], ...] = (
    ("contradicted", lambda case: _differ(case, explained=False)),
    ("differs_in_category", _differs_in_category),
    ("corroborated", _corroborated),
    ("withheld", _withheld),
    ("omitted", lambda case: bool(case.omitted_by)),
    ("consistent_partial", _consistent_partial),
    ("one_sided", lambda case: bool(case.voices) or case.record is not None),
    ("unverifiable", lambda _case: True),
)
"""The verdicts, worst first among differences, strongest first among agreements."""

_WORDS: dict[Verdict, str] = {
    "contradicted": "These are exact numbers of the same unit and the same flow, and they differ.",
    "differs_in_category": "They count different categories, so the numbers are no contradiction.",
    "corroborated": "At least two of those who took part agree.",
    "withheld": "The number or name was withheld.",
    "omitted": "It was left out by a side that spoke about this exchange.",
    "consistent_partial": "The less exact claim fits the other.",
    "one_sided": "No two of those who took part say so.",
    "unverifiable": "Nobody who took part says so, and there is no record of it.",
}


def reconcile(
    statements: Sequence[Statement], record: Record | None, *, date: dt.date
) -> tuple[FactVerdict, ...]:
    """Judge, fact by fact, what was said about one exchange.

    Args:
        statements: Documents whose claims are about the exchange of `date`.
        record: What the record shows of it; None if there is none.
        date: The day of the exchange.

    Returns:
        One verdict per fact: first legs by flow, then mediators, medical checks, totals.
        A leg of the record that a side left out is among them, even if nobody claims it.

    Raises:
        InputError: There are too many statements, or the record is of another day.
    """
    if len(statements) > STATEMENTS_MAX:
        raise InputError(
            "statements.too_many",
            f"Expected at most {STATEMENTS_MAX} statements, found {len(statements)}.",
            hint="Reconcile one exchange at a time.",
        )
    if record is not None and record.date != date:
        raise InputError(
            "statements.date",
            f"Expected the record of {date.isoformat()}, found that of {record.date.isoformat()}.",
            hint="Reconcile one exchange at a time.",
        )
    gathered = Gathered(statements, record)
    verdicts = (_judge(gathered, key, date) for key in gathered.facts())
    # A fact of the record that nobody told and nobody left out needs no verdict.
    return tuple(v for v in verdicts if v.claims or v.omitted_by)


def as_json(verdicts: Sequence[FactVerdict]) -> dict[str, Any]:
    """Write verdicts as `homeward reconcile --json` prints them.

    Args:
        verdicts: Of one exchange or several.

    Returns:
        `{"events": [{"date", "parties", "facts": [...]}]}`, events by date.
    """
    events = []
    for date in sorted({verdict.date for verdict in verdicts}):
        facts = [verdict for verdict in verdicts if verdict.date == date]
        parties = {party for fact in facts for party in (fact.home, fact.holder) if party}
        events.append(
            {
                "date": date.isoformat(),
                "parties": sorted(parties),
                "facts": [_fact_json(fact) for fact in facts],
            }
        )
    return {"events": events}


def _judge(gathered: Gathered, key: Key, date: dt.date) -> FactVerdict:
    case = gathered.case(key)
    verdict = next(name for name, holds in RULES if holds(case))
    claims = tuple(
        JudgedClaim(
            claim=claim,
            span=(start, start + len(claim.quoted)),
            agrees_with_record=_agrees(claim, case.record),
        )
        for claim, start in gathered.claims.get(key, [])
    )
    return FactVerdict(
        date=date,
        fact=key.fact,
        home=key.home,
        holder=key.holder,
        unit=key.unit,
        verdict=verdict,
        claims=claims,
        record=case.record,
        omitted_by=case.omitted_by,
        sentence=_sentence(key, verdict, [judged.claim for judged in claims], case),
    )


def _bounds(claim: Claim) -> tuple[float, float]:
    """Return the least and the most that a counted claim can mean."""
    if not isinstance(claim.value, int):
        return (_DOZENS_AT_LEAST if claim.qualifier == "dozens" else 0), float("inf")
    slack = claim.value * _APPROX_PERCENT / 100
    return {
        "exact": (claim.value, claim.value),
        "approx": (claim.value - slack, claim.value + slack),
        "at_least": (claim.value, float("inf")),
        "more_than": (claim.value + 1, float("inf")),
        "at_most": (0, claim.value),
    }[claim.qualifier]


def _agrees(claim: Claim, record: Value) -> bool | None:
    if record is None or claim.qualifier == "unstated":
        return None
    if isinstance(record, int):
        least, most = _bounds(claim)
        return least <= record <= most
    return claim.value == record


def _sentence(key: Key, verdict: Verdict, claims: Sequence[Claim], case: Case) -> str:
    by_words: dict[str, list[str]] = {}
    for claim in claims:
        by_words.setdefault(_claimed(claim), [])
        if claim.source not in by_words[_claimed(claim)]:
            by_words[_claimed(claim)].append(claim.source)
    parts = [f"{_subject(key)}:"]
    if by_words:
        said = (f"{_joined(sources)} said {words}" for words, sources in by_words.items())
        parts.append("; ".join(said) + ".")
    else:
        parts.append("No claim.")
    parts.append(_WORDS[verdict])
    if case.omitted_by:
        parts.append(f"In what was read, {_joined(case.omitted_by)} did not mention it.")
    if case.record is not None:
        parts.append(f"The record shows {case.record}.")
    return " ".join(parts)


def _subject(key: Key) -> str:
    towards = f" to {key.home}" if key.home else ""
    subjects: dict[Fact, str] = {
        "leg": f"{str(key.unit).capitalize()} going home from {key.holder}{towards}",
        "mediator": f"Mediation by {key.named or 'a party not named'}",
        "medical_checks": f"Medical checks of people going home{towards}",
        "total": f"Total of {key.unit} going home{towards}",
    }
    return subjects[key.fact]


def _claimed(claim: Claim) -> str:
    words = {
        "exact": str(claim.value),
        "approx": f"about {claim.value}",
        "at_least": f"at least {claim.value}",
        "at_most": f"at most {claim.value}",
        "more_than": f"more than {claim.value}",
        "dozens": "dozens",
        "unstated": "that it took place, without saying more",
    }
    return words[claim.qualifier]


def _joined(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _fact_json(verdict: FactVerdict) -> dict[str, Any]:
    return {
        "fact": verdict.fact,
        "home": verdict.home,
        "holder": verdict.holder,
        "unit": verdict.unit,
        "verdict": verdict.verdict,
        "claims": [
            {
                "source": judged.claim.source,
                "value": judged.claim.value,
                "qualifier": judged.claim.qualifier,
                "document": judged.claim.document,
                "quoted": judged.claim.quoted,
                "span": list(judged.span),
                "agrees_with_record": judged.agrees_with_record,
            }
            for judged in verdict.claims
        ],
        "record": verdict.record,
        "omitted_by": list(verdict.omitted_by),
        "sentence": verdict.sentence,
    }
