"""Sets claims beside one another and beside the record: one verdict per fact.

Rules of this file:
- A fact is a leg and a unit, a mediator's name, a country of medical checks, or a total.
  The same number in two directions is two facts.
- Verdicts are tried in the order of `RULES`; the first that holds stands.
- "Contradicted" is the worst word between warring parties: it needs two exact numbers of
  those who took part or of the record, one flow, one unit, and no sum over categories
  that explains the difference.
- What the narrator or anybody else says is kept, and decides nothing.
- A duration is told of some among many: two of them never contradict each other, and one is
  contradicted only by a record in which nobody was held so long.
- A number that a machine read with doubt contradicts nobody.
- The record alone says who went home. What a side said stays its words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from homeward.foundation.errors import InputError
from homeward.foundation.ids import PartyCode
from homeward.statements.gather import Case, Gathered, How, Key
from homeward.statements.model import (
    COUNTED,
    Claim,
    Fact,
    Record,
    Statement,
    Unit,
    Value,
    Verdict,
)
from homeward.statements.telling import sentence_of

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
    sides that spoke about the exchange and left this fact out, `omitted_how` how that shows
    for each.
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
    omitted_how: tuple[How, ...]
    sentence: str


def _exact_numbers(case: Case) -> list[tuple[int, frozenset[int]]]:
    """Return each exact number, with the other numbers by which its author counts the flow."""
    numbers = [
        (voice.claim.value, voice.elsewhere)
        for voice in case.voices
        if voice.claim
        and voice.claim.qualifier == "exact"
        and voice.claim.fact in COUNTED
        and isinstance(voice.claim.value, int)
        and not voice.claim.is_doubtful
    ]
    if numbers and isinstance(case.record, int):
        numbers.append((case.record, case.record_elsewhere))
    return numbers


def _differ(case: Case, *, explained: bool) -> bool:
    return any(
        first != second
        and (first in beyond or second in sums or case.explanation is not None) is explained
        for (first, sums), (second, beyond) in combinations(_exact_numbers(case), 2)
    )


def _contradicted(case: Case) -> bool:
    return _differ(case, explained=False) or any(
        claim.fact == "duration" and agrees(claim, case.record) is False for claim in case.said
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
    if all(claim.fact == "duration" for claim in case.said):
        return len(case.said) >= 2
    bounds = [_bounds(claim) for claim in case.said if claim.fact in COUNTED]
    if isinstance(case.record, int):
        bounds.append((case.record, case.record))
    inexact = any(claim.qualifier != "exact" for claim in case.said)
    return inexact and len(bounds) >= 2 and max(b[0] for b in bounds) <= min(b[1] for b in bounds)


RULES: tuple[tuple[Verdict, Callable[[Case], bool]], ...] = (
    ("contradicted", _contradicted),
    ("differs_in_category", _differs_in_category),
    ("differs_in_direction", lambda case: case.is_mirrored),
    ("corroborated", _corroborated),
    ("withheld", _withheld),
    ("omitted", lambda case: bool(case.omitted_by)),
    ("consistent_partial", _consistent_partial),
    ("one_sided", lambda case: bool(case.voices) or case.record is not None),
    ("unverifiable", lambda _case: True),
)
"""The verdicts, worst first among differences, strongest first among agreements."""


def reconcile(
    statements: Sequence[Statement],
    record: Record | None,
    *,
    date: dt.date,
    explained: Mapping[PartyCode, str] | None = None,
) -> tuple[FactVerdict, ...]:
    """Judge, fact by fact, what was said about one exchange.

    Args:
        statements: Documents whose claims are about the exchange of `date`.
        record: What the record shows of it; None if there is none.
        date: The day of the exchange.
        explained: Home party → what sources say of two numbers of its people that differ.

    Returns:
        One verdict per fact: first legs by flow, then mediators, medical checks, durations, totals.
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
    gathered = Gathered(statements, record, explained or {})
    verdicts = (_judge(gathered, key, date) for key in gathered.facts())
    # A fact of the record that nobody told and nobody left out needs no verdict.
    return tuple(v for v in verdicts if v.claims or v.omitted_by)


def _judge(gathered: Gathered, key: Key, date: dt.date) -> FactVerdict:
    case = gathered.case(key)
    verdict = next(name for name, holds in RULES if holds(case))
    claims = tuple(
        JudgedClaim(
            claim=claim,
            span=(start, start + len(claim.quoted)),
            agrees_with_record=agrees(claim, case.record),
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
        omitted_by=tuple(party for party, _ in case.omitted_by),
        omitted_how=tuple(how for _, how in case.omitted_by),
        sentence=sentence_of(key, verdict, [judged.claim for judged in claims], case),
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


def agrees(claim: Claim, record: Value) -> bool | None:
    """Tell whether the record agrees with a claim.

    Args:
        claim: What was said.
        record: What the record shows of this fact; None if it does not tell.

    Returns:
        None where the record, or the claim, does not tell.
    """
    if record is None or claim.qualifier == "unstated":
        return None
    if isinstance(record, int):
        least, most = _bounds(claim)
        if claim.fact == "duration" and claim.qualifier != "at_most":
            return least <= record  # somebody of them, not everybody
        return least <= record <= most
    return claim.value == record
