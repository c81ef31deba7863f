"""Negotiation: whose move it is, and what a case has agreed so far.

Decides from the entries of one case, in ledger order, in which state the case is, what
each party has said, and who may record what next. Refuses an entry of the wrong type,
author, shape or moment, a party that acts twice, and a plan that other terms, another
seed or an unacknowledged legal finding stand behind. It does not know where a captive
is: entries of the handover are kept for `homeward.handover`.

Entry functions: `fold` over all entries, `advance` by one.
"""

from homeward.negotiation.case import NEW_CASE, CaseState
from homeward.negotiation.entries import Entry, Recorded
from homeward.negotiation.state import advance, fold, moves, whose_turn

__all__ = [
    "NEW_CASE",
    "CaseState",
    "Entry",
    "Recorded",
    "advance",
    "fold",
    "moves",
    "whose_turn",
]
