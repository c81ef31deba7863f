"""Verdicts as ClaimReview, the form in which fact checks are exchanged.

Rules of this file:
- Only a claim that the record confirms or refutes, or that the other side contradicts, is a
  review; whatever is open is none.
- A rating says what was found in words. It has no number: nothing here weighs claims.
- What a machine read and was not sure of is no review before somebody has confirmed it.
- Of an exchange of invented people every review says SIMULATION first.
- A claim keeps the words in which it was made, and whose it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from homeward.statements.reconcile import FactVerdict, JudgedClaim

_CONTEXT = "https://schema.org"


def claim_reviews(
    verdicts: Sequence[FactVerdict], *, author: str, simulation: bool = False
) -> list[dict[str, Any]]:
    """Write verdicts as JSON-LD of the type ClaimReview.

    Args:
        verdicts: From `reconcile`.
        author: Name of the organisation that publishes the reviews.
        simulation: True if the record is of invented people.

    Returns:
        One document for each claim that can be rated, in the order of the verdicts
        (schema.org/ClaimReview).
    """
    return [
        _review(verdict, judged, rating, author, simulation=simulation)
        for verdict in verdicts
        for judged in verdict.claims
        if not judged.claim.is_doubtful and (rating := _rating(verdict, judged))
    ]


def _rating(verdict: FactVerdict, judged: JudgedClaim) -> str:
    if judged.agrees_with_record is not None:
        return "agrees with the record" if judged.agrees_with_record else "differs from the record"
    return "contradicted by the other side" if verdict.verdict == "contradicted" else ""


def _review(
    verdict: FactVerdict, judged: JudgedClaim, rating: str, author: str, *, simulation: bool
) -> dict[str, Any]:
    claim = judged.claim
    return {
        "@context": _CONTEXT,
        "@type": "ClaimReview",
        "claimReviewed": claim.quoted,
        "author": {"@type": "Organization", "name": author},
        "itemReviewed": {
            "@type": "Claim",
            "author": {"@type": "Organization", "name": claim.source},
            "appearance": {"@type": "CreativeWork", "identifier": claim.document},
            "about": {
                "@type": "Event",
                "name": "prisoner exchange",
                "startDate": verdict.date.isoformat(),
            },
        },
        "reviewRating": {"@type": "Rating", "alternateName": rating},
        "reviewBody": f"SIMULATION. {verdict.sentence}" if simulation else verdict.sentence,
    }
