"""Says a verdict in a sentence: who said which figure, why the verdict, what the record shows.

Rules of this file:
- Every figure comes with whose it is. Nothing is called a lie; a difference that nothing
  explains is said to be open.
- A reason that lies outside what was said ("outside the exchange", say) is never offered as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from homeward.statements.gather import Case, How, Key
from homeward.statements.model import Claim, Fact, Verdict

WORDS: Mapping[Verdict, str] = {
    "contradicted": "These are exact numbers of the same unit and the same flow, they differ, and "
    "nothing that was said explains it: the difference stays open.",
    "differs_in_category": "They count different categories, so the numbers are no contradiction.",
    "differs_in_direction": "Each side tells the same number of the other direction: two facts, "
    "neither confirmed nor denied.",
    "corroborated": "At least two of those who took part agree.",
    "withheld": "The number or name was withheld.",
    "omitted": "It was left out by a side that spoke about this exchange.",
    "consistent_partial": "The less exact claim fits the other.",
    "one_sided": "No two of those who took part say so.",
    "unverifiable": "Nobody who took part says so, and there is no record of it.",
}
"""Verdict -> why it stands."""

_BEYOND_RECORD = "Nobody in the record was held so long."
_DURATIONS = "More than one of those who took part speak of how long people had been held."
_HOW: Mapping[How, str] = {
    "stated": "A text says that {who} left it out.",
    "absence": "In what was read, {who} did not mention it.",
    "silence": "A text says that {who} said nothing at all.",
}
_YEAR_DAYS, _MONTH_DAYS = 365, 30


def sentence_of(key: Key, verdict: Verdict, claims: Sequence[Claim], case: Case) -> str:
    """Say one verdict.

    Args:
        key: What the fact is about.
        verdict: The verdict.
        claims: All claims on it.
        case: What the verdict was made from.

    Returns:
        Sentences: the claims with their sources, the reason, omissions, the record.
    """
    by_words: dict[str, list[str]] = {}
    for claim in claims:
        sources = by_words.setdefault(_claimed(claim), [])
        if claim.source not in sources:
            sources.append(claim.source)
    parts = [f"{_subject(key)}:"]
    if by_words:
        said = (f"{joined(sources)} said {words}" for words, sources in by_words.items())
        parts.append("; ".join(said) + ".")
    else:
        parts.append("No claim.")
    parts.append(_reason(key, verdict, case))
    for how, words in _HOW.items():
        who = [party for party, shown in case.omitted_by if shown == how]
        if who:
            parts.append(words.format(who=joined(who)))
    if case.record is not None:
        shown = f"up to {_days(case.record)}" if key.fact == "duration" else case.record
        parts.append(f"The record shows {shown}.")
    return " ".join(parts)


def joined(words: Iterable[str]) -> str:
    """Join words as a sentence lists them."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _reason(key: Key, verdict: Verdict, case: Case) -> str:
    if verdict == "differs_in_category" and case.explanation is not None:
        return case.explanation
    if key.fact == "duration" and verdict == "contradicted":
        return _BEYOND_RECORD
    if key.fact == "duration" and verdict == "consistent_partial":
        return _DURATIONS
    if verdict == "differs_in_category" and (sums := _sums(case)):
        return f"{WORDS[verdict]} {sums}"
    return WORDS[verdict]


def _sums(case: Case) -> str:
    """Say which two numbers make a third, if those who spoke gave all three."""
    numbers = sorted(case.counts)
    found = [
        f"{most} = {some} + {most - some}."
        for some, most in combinations(numbers, 2)
        if most - some in case.parts
    ]
    return found[0] if found else ""


def _subject(key: Key) -> str:
    towards = f" to {key.home}" if key.home else ""
    subjects: dict[Fact, str] = {
        "leg": f"{str(key.unit).capitalize()} going home from {key.holder}{towards}",
        "mediator": f"Mediation by {key.named or 'a party not named'}",
        "medical_checks": f"Medical checks of people going home{towards}",
        "duration": f"How long some of those going home{towards} had been held",
        "total": f"Total of {key.unit} going home{towards}",
    }
    return subjects[key.fact]


def _claimed(claim: Claim) -> str:
    value = _days(claim.value) if claim.fact == "duration" else str(claim.value)
    return {
        "exact": value,
        "approx": f"about {value}",
        "at_least": f"at least {value}",
        "at_most": f"at most {value}",
        "more_than": f"more than {value}",
        "dozens": "dozens",
        "unstated": "that it took place, without saying more",
    }[claim.qualifier]


def _days(value: object) -> str:
    if not isinstance(value, int):
        return "a time not given"
    years, months = value / _YEAR_DAYS, round(value / _MONTH_DAYS)
    if value >= _YEAR_DAYS and years == int(years):
        return f"{int(years)} {'year' if years == 1 else 'years'} ({value} days)"
    return f"{months} months ({value} days)" if months >= 2 else f"{value} days"
