"""How sure a leg is.

Rules of this file:
- Sure: an exact whole number with a noun for people, told plainly, of the main event, whose
  direction the sentence itself says.
- Review: the direction was guessed, the number is one that only an article tells, or the
  clause also speaks of totals.
- Likely: the rest.
"""

from __future__ import annotations

from homeward.statements.reading.drafts import Draft
from homeward.statements.reading.values import Confidence

_SAID = frozenset({"people", "to", "receives", "own", "each"})
_GUESSED = frozenset({"guess", "place", "speaker", "list", "equal", "recent", "same fact"})
_DOUBTS = (
    "total",
    "cumulative",
    "including",
    "held",
    "lists",
    "casualty",
    "previous",
    "planned",
    "agree",
    "negation",
    "remain",
)


def confidence_of(draft: Draft) -> Confidence:
    """Judge a leg by how it was found.

    Args:
        draft: After the arithmetic.

    Returns:
        `sure`, `likely` or `review`.
    """
    quantity, clause = draft.quantity, draft.clause
    if quantity.weak or draft.how in _GUESSED:
        return "review"
    plain = (
        draft.how in _SAID
        and quantity.what == "people"
        and draft.qualifier == "exact"
        and clause.role == "main"
        and not clause.denied
        and bool(clause.moves)
        and draft.holder != ""
    )
    if plain and _is_joint(draft):
        return "likely"
    doubtful = clause.any(*_DOUBTS) or clause.marked.any("previous", "last_week", "last_month")
    return "sure" if plain and not doubtful else "likely"


def _is_joint(draft: Draft) -> bool:
    """Return whether the people counted are of two parties: "fighters of Vale and of Orland"."""
    marked, end = draft.clause.marked, draft.quantity.end
    return any(
        end < m.start <= end + 4
        and m.party not in {draft.home, ""}
        and marked.any("and", start=end, end=end + 1)
        and m.prep in {"", "of"}
        and not any(end <= q.number.start < m.end + 5 for q in draft.clause.quantities)
        for m in draft.clause.mentions
    )
