"""Verdicts as JSON, in the words of the contract.

Rules of this file:
- One event for each exchange, in the order of days; spans count characters of the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from homeward.statements.reconcile import FactVerdict, JudgedClaim


def as_json(*exchanges: Sequence[FactVerdict]) -> dict[str, Any]:
    """Write verdicts as `homeward reconcile --json` prints them.

    Args:
        exchanges: The verdicts on each exchange.

    Returns:
        `{"events": [{"date", "parties", "facts": [...]}]}`, events by date.
    """
    events = [_event(facts) for facts in exchanges if facts]
    return {"events": sorted(events, key=lambda event: (event["date"], event["parties"]))}


def _event(facts: Sequence[FactVerdict]) -> dict[str, Any]:
    parties = {party for fact in facts for party in (fact.home, fact.holder) if party}
    return {
        "date": facts[0].date.isoformat(),
        "parties": sorted(parties),
        "facts": [_fact(fact) for fact in facts],
    }


def _fact(verdict: FactVerdict) -> dict[str, Any]:
    return {
        "fact": verdict.fact,
        "home": verdict.home,
        "holder": verdict.holder,
        "unit": verdict.unit,
        "verdict": verdict.verdict,
        "claims": [_claim(judged) for judged in verdict.claims],
        "record": verdict.record,
        "omitted_by": list(verdict.omitted_by),
        "omitted_how": list(verdict.omitted_how),
        "sentence": verdict.sentence,
    }


def _claim(judged: JudgedClaim) -> dict[str, Any]:
    claim = judged.claim
    return {
        "source": claim.source,
        "value": claim.value,
        "qualifier": claim.qualifier,
        "unit": claim.unit,
        "document": claim.document,
        "quoted": claim.quoted,
        "span": list(judged.span),
        "agrees_with_record": judged.agrees_with_record,
    }
